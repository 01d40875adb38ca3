import { ACCOUNT_ID, PARTITION_NAMES, partitionPattern } from "../../src/aws/partitions";
import type { PolicyStatement } from "../../src/aws/policy-document";
import { SIGN_IN, createTaggedStatement } from "../../src/cache/policy-statements";
import type { Block, Blocks, ValidationRule, Input } from "./definition";
import { expression, hcl, regex } from "./hcl";
import { following } from "./rules";

/** The input for the account of a registry. */
export const ACCOUNT_INPUT: Input = {
  type: "string",
  description:
    "Account of the registry, known when Terraform plans. The module does not verify it: to make Terraform refuse another account, also give it to the provider as `allowed_account_ids`.",
  otherwise: "that of the provider's credentials",
  rules: [following(ACCOUNT_ID)],
};

/** The location of a registry. Terraform sends a request for the account only, and only if it is not given. */
export const REGISTRY_DATA: Blocks = {
  aws_caller_identity: { current: { count: expression("nonsensitive(var.account_id == null) ? 1 : 0") } },
  aws_partition: { current: {} },
  aws_region: { current: {} },
};

// `id` is the region's name in every version of the AWS provider; `name` is deprecated in 6.
export const REGION_EXPRESSION = "data.aws_region.current.id";
export const PARTITION = "data.aws_partition.current.partition";

/** The account, host and ARN of a registry. */
export const REGISTRY_LOCALS: Block = {
  account_id: expression(
    "var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id",
  ),
  registry_uri: `\${local.account_id}.dkr.ecr.\${${REGION_EXPRESSION}}.\${data.aws_partition.current.dns_suffix}`,
  registry_arn: registryArn(REGION_EXPRESSION),
};

/** The first part of the ARNs of a registry's repositories. */
export function registryArn(region: string): string {
  return `arn:\${${PARTITION}}:ecr:\${${region}}:\${local.account_id}`;
}

/** The ARNs of the repositories under prefixes, as an expression; ROOT stands for all repositories. */
export function repositoryArns(prefixes: string, registryArn = "${local.registry_arn}"): string {
  const arn = (path: string): string => hcl(`${registryArn}:repository/${path}`);
  return `contains(${prefixes}, "ROOT") ? [${arn("*")}] : [for prefix in ${prefixes} : ${arn('${trimsuffix(prefix, "/")}/*')}]`;
}

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

/** The `prefixes` that are not tagged, as an expression. */
export const UNTAGGED_PREFIXES = `[for prefix in var.prefixes : prefix if !contains(${trimmed("var.tagged_prefixes")}, trimsuffix(prefix, "/"))]`;

/**
 * The statements of a policy that allows pulls, as an expression: one to sign in, the given one for repositories without
 * tags, and one for repositories with tags. A statement without resources is left out.
 */
export function pullStatements(
  untaggedStatement: string,
  taggedArns: string,
  form: (statement: PolicyStatement) => PolicyStatement = (statement) => statement,
): string {
  const statements = `[${untaggedStatement}, ${hcl(form(createTaggedStatement(taggedArns)))}]`;
  return `concat(${hcl([form(SIGN_IN)])}, [for statement in ${statements} : statement if length(statement.Resource) > 0])`;
}

function trimmed(prefixes: string): string {
  return `[for prefix in ${prefixes} : trimsuffix(prefix, "/")]`;
}

/** The partition of a region, as an expression. */
export function partitionOf(region: string): string {
  const others = PARTITION_NAMES.filter((name) => name !== "aws");
  const found = others.map(
    (name) => `can(regex(${regex(partitionPattern(name) ?? /^$/)}, ${region})) ? ["${name}"] : []`,
  );
  return `concat(${found.join(", ")}, ["aws"])[0]`;
}
