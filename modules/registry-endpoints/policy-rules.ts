import { MAX_ENDPOINT_POLICY, POLICY_RULES } from "../../src/network/rules";
import type { ValidationRule } from "../generator/definition";

/** The rules for an endpoint policy that the caller has written. */
export function ownPolicyRules(input: string): ValidationRule[] {
  const policy = `var.${input}`;
  const given = `jsondecode(${policy}).Statement`;
  // A policy may have one statement in place of a list.
  const statements = `try(concat(${given}, []), [${given}])`;
  // Expressions that fail for a value without statements: only the first rule reports it.
  const unlessWrong = (holds: string): string => `${policy} == null || try(${holds}, true)`;
  return [
    {
      holds: `${policy} == null || can(keys(${given})) || try(length(${given}) > 0 && alltrue([for statement in ${given} : can(keys(statement))]), false)`,
      place: input,
      ...POLICY_RULES.statements,
      got: policy,
      hint: "write it with jsonencode",
    },
    {
      holds: unlessWrong(
        `${given} == [] || anytrue([for statement in ${statements} : lookup(statement, "Effect", "") == "Allow"])`,
      ),
      place: input,
      ...POLICY_RULES.allow,
      got: `try([for statement in ${statements} : try(statement.Effect, null)], null)`,
    },
    {
      holds: unlessWrong(
        `alltrue([for statement in ${statements} : length(setintersection(keys(statement), ["Principal", "NotPrincipal"])) > 0])`,
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

/**
 * The rule for the length of a policy that is generated from an input; `unless` is what else satisfies it. A validation
 * cannot refer to a local that depends on its own input: the rule adds the length of the input's ARNs to the length of the
 * policy without them, which the module has in a local.
 */
export function generatedPolicyRule(input: string, beside: string, arns: string, unless = ""): ValidationRule {
  const length = `local.policy_length_without_${input} + length(jsonencode(${arns}))`;
  return {
    holds: `length(var.${input}) == 0 || ${unless}${length} <= ${MAX_ENDPOINT_POLICY}`,
    place: input,
    ...POLICY_RULES.generatedLength(beside),
    got: length,
  };
}
