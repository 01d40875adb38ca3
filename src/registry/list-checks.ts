import { isUnresolved } from "../terraform/tokens";
import type { Requirement, Rule } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { LIST_KNOWN_AT_SYNTH } from "./rules";

/** The rule that a list is not empty, and that it has at most so many elements. */
interface ListRules {
  readonly notEmpty: Requirement;
  readonly max?: { readonly length: number; readonly rule: Requirement };
}

/**
 * Adds the errors of a list whose elements become blocks of a resource. `check` adds the errors of one element and
 * returns a key that must be different for each element; undefined is not compared.
 */
export function checkBlocks(
  errors: ValidationErrors,
  prop: string,
  list: unknown,
  { notEmpty, max }: ListRules,
  check: (place: string, element: unknown) => unknown,
): void {
  if (isUnresolved(list)) {
    errors.addBroken(prop, LIST_KNOWN_AT_SYNTH, list);
    return;
  }
  errors.checkList(prop, list, notEmpty, check);
  if (max !== undefined && Array.isArray(list) && list.length > max.length) {
    errors.addBroken(prop, max.rule, list.length);
  }
}

/** The same for a list of strings, each of which follows a rule or is a token. */
export function checkStringBlocks(
  errors: ValidationErrors,
  prop: string,
  list: unknown,
  rules: ListRules,
  rule: Rule,
): void {
  checkBlocks(errors, prop, list, rules, (place, value) =>
    errors.checkString(place, value, rule) && !isUnresolved(value) ? value : undefined,
  );
}
