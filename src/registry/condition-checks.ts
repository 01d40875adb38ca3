import { isUnresolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import { keyShown } from "../validation/secret-patterns";
import type { ValidationErrors } from "../validation/validation-errors";
import { CALLER, CALLER_KEY, CALLER_OPERATOR, CONDITION_KEY, CONDITION_OPERATOR, REGISTRY_POLICY_RULES } from "./rules";

/** Adds an error unless the condition of a statement is left out, or has operators with keys and values. */
export function checkCondition(errors: ValidationErrors, place: string, condition: unknown): void {
  const operators = isPlainObject(condition) ? Object.entries(condition) : [];
  const isComplete =
    operators.length > 0 &&
    operators.every(([operator, tests]: [string, unknown]) => {
      const keys = isPlainObject(tests) ? Object.entries(tests) : [];
      const areKeys = keys.length > 0 && keys.every(([key, values]) => CONDITION_KEY.test(key) && hasValues(values));
      return CONDITION_OPERATOR.test(operator) && areKeys;
    });
  if (condition !== undefined && !isComplete) {
    errors.addBroken(place, REGISTRY_POLICY_RULES.condition, isPlainObject(condition) ? testsOf(condition) : condition);
  }
}

/** Adds an error unless a condition names the accounts or organizations of all callers. */
export function checkCallersNamed(errors: ValidationErrors, place: string, condition: unknown): void {
  const operators: [string, unknown][] = isPlainObject(condition) ? Object.entries(condition) : [];
  const isNamed = operators.some(
    ([operator, tests]) =>
      CALLER_OPERATOR.test(operator) &&
      isPlainObject(tests) &&
      Object.entries(tests).some(([key, values]) => CALLER_KEY.test(key) && areCallers([values].flat())),
  );
  if (!isNamed) {
    errors.addBroken(place, REGISTRY_POLICY_RULES.anybody, isPlainObject(condition) ? testsOf(condition) : []);
  }
}

/** The operators of a condition with their keys, as messages show them. */
function testsOf(condition: object): string[] {
  return Object.entries(condition).flatMap(([operator, tests]: [string, unknown]) =>
    isPlainObject(tests) && Object.keys(tests).length > 0
      ? Object.keys(tests).map((key) => `${keyShown(operator)} ${keyShown(key)}`)
      : [keyShown(operator)],
  );
}

function hasValues(given: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  return values.length > 0 && values.every((value) => ["string", "number", "boolean"].includes(typeof value));
}

function areCallers(values: readonly unknown[]): boolean {
  return values.length > 0 && values.every(isCaller);
}

/** Whether a value names an account or an organization, or may do so because only Terraform knows it. */
function isCaller(value: unknown): boolean {
  if (typeof value !== "string") {
    return false;
  }
  // Policy variables are escaped: AWS fills them in, mostly with what the caller decides.
  return CALLER.test(value) || (isUnresolved(value) && !value.includes("$${") && !hasWildcardInId(value));
}

/** Whether the account of an ARN, or the ID before the first slash of another text, has a wildcard beside its tokens. */
function hasWildcardInId(value: string): boolean {
  const text = value.replace(/\$\{[^}]*\}/g, "");
  const id = text.startsWith("arn:") ? text.split(":")[4] : text.split("/")[0];
  return /[*?]/.test(id ?? "");
}
