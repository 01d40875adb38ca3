import { createStatement, readStatement } from "../../src/cache/policy-statements";
import {
  FULL_ACCESS,
  bucketArns,
  bucketsStatement,
  forEverybody,
  layersStatement,
  pushStatement,
} from "../../src/network/policy-statements";
import { MAX_ENDPOINT_POLICY, POLICY_RULES } from "../../src/network/rules";
import type { ValidationRule } from "../generator/definition";
import { expression, hcl } from "../generator/hcl";
import { PARTITION, REGION_EXPRESSION, pullStatements } from "../generator/registry";

const UNTAGGED_STATEMENT = hcl(forEverybody(createStatement("${local.untagged_arns}")));
const PULLS = `${pullStatements(UNTAGGED_STATEMENT, "${local.tagged_arns}", forEverybody)}, length(var.repository_arns) == 0 ? [] : ${hcl([forEverybody(readStatement("${var.repository_arns}"))])}`;
const PUSHES = `length(var.push_repository_arns) == 0 ? [] : ${hcl([forEverybody(pushStatement("${var.push_repository_arns}"))])}`;

/** The generated policy of the ECR endpoints. */
export const ECR_POLICY = policyOf(`concat(${PULLS}, ${PUSHES})`);

/**
 * The same without pushes. The validations of two inputs cannot refer to each other: that of the input for pulls refers to
 * this policy.
 */
export const PULL_POLICY = policyOf(`concat(${PULLS})`);
const BUCKET_ARNS = `flatten([for bucket in var.bucket_names : ${hcl(bucketArns(expression(PARTITION), "${bucket}"))}])`;

/** The generated policy of the S3 endpoint. */
export const S3_POLICY = policyOf(
  `concat(${hcl([forEverybody(layersStatement(expression(PARTITION), expression(REGION_EXPRESSION)))])}, length(var.bucket_names) == 0 ? [] : ${hcl([forEverybody(bucketsStatement(expression(BUCKET_ARNS)))])})`,
);

function policyOf(statements: string): string {
  return `jsonencode({ Version = "2012-10-17", Statement = ${statements} })`;
}

/** The policy of an endpoint: that of the caller, the one for full access, or the generated one. */
export function policyBy(input: string, generated: string): string {
  return expression(`var.${input} != null ? var.${input} : var.full_access ? ${hcl(FULL_ACCESS)} : ${generated}`);
}

/** The rules for an endpoint policy that the caller has written. */
export function ownPolicyRules(input: string): ValidationRule[] {
  const policy = `var.${input}`;
  const given = `jsondecode(${policy}).Statement`;
  const statements = `try(concat(${given}, []), [${given}])`;
  const isPolicy = `try(length(${statements}) > 0 && alltrue([for statement in ${statements} : can(keys(statement))]), false)`;
  const unlessWrong = (holds: string): string => `${policy} == null || !${isPolicy} || try(${holds}, false)`;
  return [
    {
      holds: `${policy} == null || ${isPolicy}`,
      place: input,
      ...POLICY_RULES.statements,
      got: policy,
      hint: "write it with jsonencode",
    },
    {
      holds: unlessWrong(`anytrue([for statement in ${statements} : try(statement.Effect == "Allow", false)])`),
      place: input,
      ...POLICY_RULES.allow,
      got: `try([for statement in ${statements} : try(statement.Effect, null)], null)`,
    },
    {
      holds: unlessWrong(
        `alltrue([for statement in ${statements} : can(statement.Principal) || can(statement.NotPrincipal)])`,
      ),
      place: input,
      ...POLICY_RULES.principal,
      got: '"a statement without one"',
    },
    {
      holds: `${policy} == null || try(length(${policy}) <= ${MAX_ENDPOINT_POLICY}, false)`,
      place: input,
      ...POLICY_RULES.length,
      got: `try(length(${policy}), 0)`,
    },
  ];
}

/** The rule for the length of a policy that is generated from an input; `unless` is what else satisfies it. */
export function generatedPolicyRule(input: string, beside: string, policy: string, unless = ""): ValidationRule {
  return {
    holds: `length(var.${input}) == 0 || ${unless}length(${policy}) <= ${MAX_ENDPOINT_POLICY}`,
    place: input,
    ...POLICY_RULES.generatedLength(beside),
    got: `length(${policy})`,
  };
}
