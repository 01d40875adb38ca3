import { containsAccessToken } from "./secret-patterns";

/** What must be true of a value, and how to correct the value if it is not. */
export interface Requirement {
  /** Completes "must …". */
  readonly requirement: string;
  /** How to correct the value; follows the semicolon of the message. */
  readonly hint: string;
}

/**
 * A rule for a string. Constructs check it at synth, Terraform evaluates it in the plain modules. `except` replaces
 * lookaround, which Terraform's patterns do not have.
 */
export interface Rule extends Requirement {
  readonly pattern: RegExp;
  /** A string that matches this pattern, too, breaks the rule. */
  readonly except?: RegExp;
  /** The same patterns for ASCII text, without the classes of Unicode that take V8 about 0.4 ms each to compile. */
  readonly ascii?: { readonly pattern: RegExp; readonly except?: RegExp };
  /** In characters. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** In bytes of UTF-8. */
  readonly maxBytes?: number;
}

const ASCII = /^[^\u0080-\uffff]*$/;

/** The requirement of all text: nothing that is declared is a secret. */
export const NO_ACCESS_TOKEN: Requirement = {
  requirement: "contain no access token",
  hint: "keep it in Secrets Manager, since Terraform stores this value in its plan and state",
};

/** Whether a value is a string that follows a rule and contains no access token. */
export function matches(value: unknown, rule: Rule): value is string {
  if (typeof value !== "string" || containsAccessToken(value)) {
    return false;
  }
  const { pattern, except } = rule.ascii !== undefined && ASCII.test(value) ? rule.ascii : rule;
  return (
    value.length >= (rule.minLength ?? 0) &&
    value.length <= (rule.maxLength ?? Number.MAX_SAFE_INTEGER) &&
    (rule.maxBytes === undefined || byteLength(value) <= rule.maxBytes) &&
    pattern.test(value) &&
    except?.test(value) !== true
  );
}

/** The length of a text in bytes of UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The requirement that no two elements are the same. */
export const GIVEN_ONCE: Requirement = { requirement: "be given once", hint: "leave out the second one" };

/** The requirement of the options of a method. */
export const OBJECT_OF_OPTIONS = "be an object of options";

/** The requirement that a collection is not empty. */
export function atLeastOne(collection: "list" | "map", element = ""): string {
  return `be a ${collection} of at least one ${element}`.trim();
}

/** The requirement that a value is an integer within bounds. */
export function integerRequirement(min: number, max = Number.MAX_SAFE_INTEGER): string {
  return `be an integer ${max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`}`;
}

/** The requirement that a value is one of a few. */
export function oneOfRequirement(values: readonly unknown[]): string {
  return `be one of ${values.join(", ")}`;
}

/** A table of all keys of an interface: the compiler refuses one that lacks a key. */
export type AllKeys<T> = { readonly [key in keyof T]-?: true };
