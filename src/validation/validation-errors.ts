import type { Construct } from "constructs";
import { isUnresolved } from "../terraform/tokens";
import { Redacted, looksLikeSecret, display } from "./redaction";

/**
 * A rule and its words, stated once for every check that applies it: at synth, and in the plain modules, where Terraform
 * reads the patterns. It has no lookaround, hence `except`.
 */
export interface Rule {
  readonly pattern: RegExp;
  /** What does not follow the rule, although it matches the pattern. */
  readonly except?: RegExp;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Completes "must …". */
  readonly requirement: string;
}

/**
 * The errors of one declaration, collected so that all of them are reported at once
 * and before anything is created.
 */
export class ValidationErrors {
  private readonly messages: string[] = [];

  /** Records that `prop` must follow `rule`, what it was instead, and the hint. */
  public add(prop: string, rule: string, got: unknown, hint: string): void {
    const message = worded(prop, rule, got, hint);
    if (!this.messages.includes(message)) {
      this.messages.push(message);
    }
  }

  /** Records that `prop` was not given and must be, and the hint. */
  public addMissing(prop: string, hint: string): void {
    const message = `\`${prop}\` ${IS_REQUIRED}; ${hint}`;
    if (!this.messages.includes(message)) {
      this.messages.push(message);
    }
  }

  /** Adds an error unless `value` is a token or a string that follows `rule`; tells whether it may be used. */
  public checkString(prop: string, value: unknown, rule: Rule, hint: string): boolean {
    if (isUnresolved(value) || matches(value, rule)) {
      return true;
    }
    this.add(prop, rule.requirement, value, hint);
    return false;
  }

  /**
   * Adds an error unless `list` is a token, or has at least one element and each is a token or follows `rule`, and none
   * is given twice.
   */
  public checkStrings(prop: string, list: unknown, rule: Rule, hint: string): void {
    // An expression written by hand is text, and would be taken apart into its letters.
    if (typeof list !== "string" && isUnresolved(list)) {
      return;
    }
    if (!Array.isArray(list) || list.length === 0) {
      this.add(prop, atLeastOne("list"), list, hint);
      return;
    }
    for (const [index, value] of (list as unknown[]).entries()) {
      if (this.checkString(`${prop}[${index}]`, value, rule, hint) && list.indexOf(value) < index) {
        this.add(`${prop}[${index}]`, GIVEN_ONCE, value, "leave out the second one");
      }
    }
  }

  /** Adds an error unless `value` is undefined, a token or an integer within the bounds; `show` may withhold it. */
  public checkInteger(
    prop: string,
    value: unknown,
    min: number,
    max: number,
    hint: string,
    show: (value: unknown) => unknown = (shownAsIs) => shownAsIs,
  ): void {
    if (value === undefined || isUnresolved(value)) {
      return;
    }
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
      this.add(prop, integerRequirement(min, max), show(value), hint);
    }
  }

  /** Records every key of `given` that is not known: what is misspelt would otherwise do nothing, and say nothing. */
  public checkKeys(prop: string, given: object, known: readonly string[], what: string): void {
    for (const [key, value] of Object.entries(given)) {
      if (!known.includes(key) && value !== undefined) {
        const name = looksLikeSecret(key) ? "(a key not shown)" : key;
        this.add(
          prop === "" ? name : `${prop}.${name}`,
          `be ${what}`,
          Redacted.of(value),
          `use one of ${known.join(", ")}`,
        );
      }
    }
  }

  /** The errors, for a validation that reports them itself. */
  public list(): string[] {
    return [...this.messages];
  }

  /** Throws one error that names `place` and every error; does nothing when there is none. */
  public throwIfAny(place: string): void {
    if (this.messages.length === 1) {
      throw new Error(`${place}: ${this.messages[0]}`);
    }
    if (this.messages.length > 1) {
      throw new Error(
        `${place}: ${this.messages.length} validation errors\n${this.messages.map((m) => `- ${m}`).join("\n")}`,
      );
    }
  }

  /**
   * Like `throwIfAny`, for a construct under construction: takes it out of the tree, so that nothing is left half made.
   */
  public throwAndRemove(construct: Construct): void {
    if (this.messages.length > 0) {
      construct.node.scope?.node.tryRemoveChild(construct.node.id);
      this.throwIfAny(construct.node.path);
    }
  }
}

/** What a message says of a value that was not given and must be. */
export const IS_REQUIRED = "is required";

/** The words of the rule that no two elements are the same. */
export const GIVEN_ONCE = "be given once";

/** The words of the rule that a collection is not empty. */
export function atLeastOne(collection: "list" | "map"): string {
  return `be a ${collection} of at least one`;
}

/** The words of the rule that something is an integer within bounds. */
export function integerRequirement(min: number, max = Number.MAX_SAFE_INTEGER): string {
  return `be an integer ${max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`}`;
}

/** Whether `value` is a string that follows `rule`. */
export function matches(value: unknown, rule: Rule): value is string {
  return (
    typeof value === "string" &&
    value.length >= (rule.minLength ?? 0) &&
    value.length <= (rule.maxLength ?? Number.MAX_SAFE_INTEGER) &&
    rule.pattern.test(value) &&
    rule.except?.test(value) !== true
  );
}

/** Throws one error in the form that all messages share. */
export function fail(place: string, prop: string, rule: string, got: unknown, hint: string): never {
  throw new Error(`${place}: ${worded(prop, rule, got, hint)}`);
}

function worded(prop: string, rule: string, got: unknown, hint: string): string {
  return `\`${prop}\` must ${rule}, got ${display(got)}; ${hint}`;
}
