import { ACCOUNT_ID, PARTITION_NAMES, partitionPattern } from "../../src/aws/partitions";
import { createStatement, createTaggedStatement, pullStatement } from "../../src/cache/policy-statements";
import { ExistingSettings } from "../../src/registry/existing-settings";
import type { Fact, Input, ValidationRule } from "./definition";
import { following, oneOf } from "./rules";

/** The input for the account of a registry. */
export const ACCOUNT_INPUT: Input = {
  type: "string",
  description:
    "Account of the registry, known when Terraform plans. The module does not verify it: to make Terraform refuse another account, also give it to the provider as `allowed_account_ids`.",
  otherwise: "that of the provider's credentials",
  rules: [following(ACCOUNT_ID)],
};

/** The input that says whether a registry has a setting already. */
export function existingInput(description: string, hint: string): Input {
  return {
    type: "string",
    required: true,
    description: `${description} The plan must know the value.`,
    rules: [oneOf(Object.values(ExistingSettings), hint)],
  };
}

const PULL_PAGE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html";

/** The actions of pulls, as facts. */
export const PULL_ACTIONS = {
  existing: {
    comment: `The actions of pulls from repositories that exist. ${PULL_PAGE}`,
    value: pullStatement([]).Action,
  },
  first: {
    comment: "The actions of pulls, including the first one, which creates the repository.",
    value: createStatement([]).Action,
  },
  taggingFirst: {
    comment:
      "The same if the creation template sets tags. AWS's pages disagree on ecr:TagResource; with it, pulls work in any case.",
    value: createTaggedStatement([]).Action,
  },
} as const;

/** The partitions of regions, as a fact. */
export const PARTITIONS_BY_REGION: Fact = {
  comment:
    "The partitions of regions whose names match a pattern; all others are in the partition aws. https://docs.aws.amazon.com/general/latest/gr/ecr.html",
  value: byRegion((partition) => partition),
};

/** The input for the `prefixes` whose creation template sets tags. */
export const TAGGED_PREFIXES_INPUT: Input = {
  type: "list(string)",
  default: [],
  description:
    "The `prefixes` whose creation template sets tags: the output `tagged_prefixes` of pull-through-cache. Their first pull may need `ecr:TagResource`.",
};

/** The rule that tagged prefixes are among `prefixes`. */
export const TAGGED_PREFIXES_RULE: ValidationRule = {
  each: ["key, element in var.tagged_prefixes"],
  holds: `try(contains(${trimmed("var.prefixes")}, trimsuffix(element, "/")), false)`,
  place: "tagged_prefixes[${key}]",
  requirement: "be one of `prefixes`",
  got: "element",
  hint: "leave it out, or add it to `prefixes`",
};

/** A value of each partition but aws, by the patterns of the partitions' regions. */
export function byRegion(value: (partition: string) => string | undefined): {
  readonly [pattern: string]: string | undefined;
} {
  const entries = PARTITION_NAMES.flatMap((name) => {
    const pattern = name === "aws" ? undefined : partitionPattern(name);
    return pattern === undefined ? [] : [[pattern.source, value(name)] as const];
  });
  return Object.fromEntries(entries);
}

function trimmed(prefixes: string): string {
  return `[for prefix in ${prefixes} : trimsuffix(prefix, "/")]`;
}
