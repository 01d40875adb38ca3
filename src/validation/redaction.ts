import { Token } from "cdktf";
import { literalsOf } from "../terraform/expression-literals";
import { MAX_SHOWN, containsAccessToken, notShown, shownText } from "./secret-patterns";

/** The description that a message shows in place of a value that may be a secret. */
export class Redacted {
  /** Describes a value without showing it: people paste access tokens into props for names. */
  public static of(value: unknown): Redacted {
    return new Redacted(
      typeof value === "string"
        ? notShown(value)
        : value === undefined || value === null
          ? "nothing"
          : `a value of type ${typeof value}`,
    );
  }

  private constructor(public readonly text: string) {}
}

/** Whether a URL contains a user or a password. */
export function hasUserInfo(url: string): boolean {
  return /^[^/]*\/\/[^/]*@/.test(url);
}

/** Whether a Terraform expression contains an access token. Attributes of references may look like one. */
export function expressionContainsAccessToken(expression: string): boolean {
  // Without `${` and `%{` the whole text is one literal, in which Terraform reads no escapes.
  if (!/[$%]\{/.test(expression)) {
    return containsAccessToken(expression);
  }
  const { texts, joined } = literalsOf(expression);
  return texts.some(containsAccessToken) || containsAccessToken(joined);
}

/**
 * Whether a Terraform expression may contain a secret: an access token, a literal that a function decodes, or a value that
 * consists of literals only. Literals are not a secret if their text matches `start`.
 */
export function mayContainSecret(expression: string, start?: RegExp): boolean {
  const { values, hasSource } = literalsOf(expression);
  const areRight = start !== undefined && values.length > 0 && values.every((value) => start.test(value.start));
  return (
    expressionContainsAccessToken(expression) || values.some(({ isEncoded }) => isEncoded) || !(hasSource || areRight)
  );
}

/** A value as messages show it: a literal as JSON, and a description of anything that may contain a secret or is no literal. */
export function display(value: unknown): string {
  if (value instanceof Redacted) {
    return value.text;
  }
  if (value === undefined || value === null) {
    return value === null ? "null" : "nothing";
  }
  if (Token.isUnresolved(value)) {
    return "a token";
  }
  if (typeof value === "string") {
    return shownText(value);
  }
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_SHOWN).map((item: unknown) => (Array.isArray(item) ? "a list" : display(item)));
    const list = `[${items.join(",")}]`;
    return list.length > MAX_SHOWN ? `a list of ${value.length} (not shown, it is too long)` : list;
  }
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return String(value);
  }
  const name = typeof value === "object" ? className(value) : undefined;
  return name === undefined || name === "Object" ? `a value of type ${typeof value}` : `a ${name}`;
}

/** The name of an object's class. An own property `constructor` is not read, since it may contain a secret. */
function className(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === "string" ? name : undefined;
}
