import { ACCOUNT_ID } from "../../src/aws/partitions";
import type { Input, ValidationRule } from "./definition";
import { following } from "./rules";

/** The input for the account of a registry. */
export const ACCOUNT_INPUT: Input = {
  type: "string",
  description:
    "Account of the registry, known when Terraform plans. The module does not verify it: to make Terraform refuse another account, also give it to the provider as `allowed_account_ids`.",
  otherwise: "that of the provider's credentials",
  rules: [following(ACCOUNT_ID)],
};

/** The input for the `prefixes` whose creation template sets tags. */
export const TAGGED_PREFIXES_INPUT: Input = {
  type: "list(string)",
  default: [],
  description:
    "The `prefixes` whose creation template sets tags: the output `tagged_prefixes` of pull-through-cache. Their first pull may need `ecr:TagResource`.",
};

/** The rule that tagged prefixes are among `prefixes`. */
export const TAGGED_PREFIXES_FAULT: ValidationRule = {
  each: ["key, element in var.tagged_prefixes"],
  holds: `try(contains(${trimmed("var.prefixes")}, trimsuffix(element, "/")), false)`,
  place: "tagged_prefixes[${key}]",
  requirement: "be one of `prefixes`",
  got: "element",
  hint: "leave it out, or add it to `prefixes`",
};

function trimmed(prefixes: string): string {
  return `[for prefix in ${prefixes} : trimsuffix(prefix, "/")]`;
}
