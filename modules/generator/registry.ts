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
    "Account of the registry, known when Terraform plans. It is taken at its word: to have Terraform refuse any other, give it to the provider as `allowed_account_ids` too.",
  otherwise: "that of the provider's credentials",
  rules: [following(ACCOUNT_ID)],
};

/** Where a registry is. Region and partition cost no request; the account does, unless it is given. */
export const REGISTRY_DATA: Blocks = {
  aws_caller_identity: { current: { count: expression("nonsensitive(var.account_id == null) ? 1 : 0") } },
  aws_partition: { current: {} },
  aws_region: { current: {} },
};

// `id` holds the region's name in every version of the AWS provider; `name` is deprecated in 6.
export const REGION_EXPRESSION = "data.aws_region.current.id";
export const PARTITION = "data.aws_partition.current.partition";

/** What registries are named by. */
export const REGISTRY_LOCALS: Block = {
  account_id: expression(
    "var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id",
  ),
  registry_uri: `\${local.account_id}.dkr.ecr.\${${REGION_EXPRESSION}}.\${data.aws_partition.current.dns_suffix}`,
  registry_arn: registryArn(REGION_EXPRESSION),
};

/** What the ARNs of the repositories of a registry begin with. */
export function registryArn(region: string): string {
  return `arn:\${${PARTITION}}:ecr:\${${region}}:\${local.account_id}`;
}

/** The ARNs of the repositories of a registry under prefixes, of which ROOT is all there are. */
export function repositoryArns(prefixes: string, registryArn = "${local.registry_arn}"): string {
  const arn = (path: string): string => hcl(`${registryArn}:repository/${path}`);
  return `contains(${prefixes}, "ROOT") ? [${arn("*")}] : [for prefix in ${prefixes} : ${arn('${trimsuffix(prefix, "/")}/*')}]`;
}

/** The input for those of `prefixes` whose creation template sets tags. */
export const TAGGED_PREFIXES_INPUT: Input = {
  type: "list(string)",
  default: [],
  description:
    "Those of `prefixes` whose creation template sets tags: the output `tagged_prefixes` of pull-through-cache. Their first pull may need `ecr:TagResource`.",
};

/** The rule of that input, beside `prefixes`. */
export const TAGGED_PREFIXES_FAULT: ValidationRule = {
  each: ["key, element in var.tagged_prefixes"],
  holds: `try(contains(${trimmed("var.prefixes")}, trimsuffix(element, "/")), false)`,
  place: "tagged_prefixes[${key}]",
  requirement: "be one of `prefixes`",
  got: "element",
  hint: "leave it out, or add it to `prefixes`",
};

/** Those of `prefixes` that are not tagged, as an expression. */
export const UNTAGGED_PREFIXES = `[for prefix in var.prefixes : prefix if !contains(${trimmed("var.tagged_prefixes")}, trimsuffix(prefix, "/"))]`;

/**
 * The statements of a policy that allows pulls, as an expression: one for signing in, the given one for repositories
 * without tags, and one for repositories with tags. A statement without resources is left out.
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

/** The partition that a region belongs to. */
export function partitionOf(region: string): string {
  const others = PARTITION_NAMES.filter((name) => name !== "aws");
  const found = others.map(
    (name) => `can(regex(${regex(partitionPattern(name) ?? /^$/)}, ${region})) ? ["${name}"] : []`,
  );
  return `concat(${found.join(", ")}, ["aws"])[0]`;
}
