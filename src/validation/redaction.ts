import { Token } from "cdktf";
import { literalsOf } from "../terraform/expression-literals";

// What registries' tokens begin with, and the rest of them.
const TOKEN_ITSELF = "(?:gh[opsur]_|github_pat_|glpat[-_]|dckr_[op]at_|xox[a-z][-_])([a-z0-9_-]{16,})";

/**
 * An access token in text; a digit in its rest tells it from a name that is made of words. Terraform reads it as well,
 * and knows no lookahead.
 */
export const ACCESS_TOKEN = new RegExp(`(?:^|[^a-z0-9])${TOKEN_ITSELF}`, "gi");

/**
 * What a message of Terraform must not show: an access token, wherever it stands, or a word with a password in front of
 * a host. The words of rules have colons and at signs too, but no host behind them.
 */
export const SECRETS = new RegExp(`${TOKEN_ITSELF}|[^ "\\n]*:[^@ "\\n]*@[a-z0-9][^ "\\n]*`, "i");

// A run of letters and digits that no name has.
const LONG_RUN = /(?=(?:[a-z]*\d){3})[a-z0-9]{20,}/i;
const USER_INFO = /:[^@\s]*@/;
const ARN = /^arn:aws[a-z-]*:[a-z0-9-]+:/;

// Nobody reads a longer value in a message, and on long text the patterns above take quadratic time.
const MAX_SHOWN = 1_000;

/** Something that stands in a message in place of a value that must not be shown. */
export class Redacted {
  /** Describes a value without showing it: people paste tokens where names belong. */
  public static of(value: unknown): Redacted {
    return new Redacted(
      typeof value === "string"
        ? `a string of ${value.length} characters (not shown, it may be a secret)`
        : value === undefined || value === null
          ? "nothing"
          : `a value of type ${typeof value}`,
    );
  }

  private constructor(public readonly text: string) {}
}

/** Whether text has an access token in it that says itself whose it is. */
export function containsAccessToken(text: string): boolean {
  return [...text.matchAll(ACCESS_TOKEN)].some(([, rest = ""]) => /\d/.test(rest));
}

/** Whether text is shaped like an access token, has a password in it, or is so long that it may have anything in it. */
export function looksLikeSecret(text: string): boolean {
  return (
    text.length > MAX_SHOWN ||
    containsAccessToken(text) ||
    USER_INFO.test(text) ||
    (!ARN.test(text) && LONG_RUN.test(text))
  );
}

/** Whether a URL has a user or a password in it. */
export function hasUserInfo(url: string): boolean {
  return /^[^/]*\/\/[^/]*@/.test(url);
}

/** Whether a Terraform expression has an access token in it. Attributes of references may look like one. */
export function expressionContainsAccessToken(expression: string): boolean {
  const { texts, joined } = literalsOf(expression);
  return texts.some(containsAccessToken) || containsAccessToken(joined);
}

/**
 * Whether a Terraform expression may have a secret in it: an access token, a literal that a function decodes, or a value
 * that consists of literals only. Literals are no secret if the text that they make up begins as `start` says.
 */
export function mayContainSecret(expression: string, start?: RegExp): boolean {
  const { values, hasSource } = literalsOf(expression);
  const areRight = start !== undefined && values.length > 0 && values.every((value) => start.test(value.start));
  return (
    expressionContainsAccessToken(expression) || values.some(({ isEncoded }) => isEncoded) || !(hasSource || areRight)
  );
}

/** A value as messages show it: literals as JSON, and nothing of what may hold a secret or cannot be written out. */
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
    return looksLikeSecret(value) ? Redacted.of(value).text : JSON.stringify(value);
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

/** The name of an object's class. An own property `constructor` is not read, since it may hold a secret. */
function className(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === "string" ? name : undefined;
}
