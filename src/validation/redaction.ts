import { Token } from "cdktf";
import { literalsOf } from "../terraform/expression-literals";

// The prefixes of registries' access tokens, and the rest of the token.
const TOKEN_ITSELF = "(?:gh[opsur]_|github_pat_|glpat[-_]|dckr_[op]at_|xox[a-z][-_])([a-z0-9_-]{16,})";

/**
 * A candidate for an access token in text; it is one if its rest has a digit, which names of words do not have. The
 * pattern has no lookahead, since Terraform evaluates it, too.
 */
export const ACCESS_TOKEN = new RegExp(`(?:^|[^a-z0-9])${TOKEN_ITSELF}`, "gi");

/**
 * Text that a message of Terraform must not show: an access token anywhere, or a word with a password before a host.
 * Requirements contain colons and at signs, too, but no host after them.
 */
export const SECRETS = new RegExp(`${TOKEN_ITSELF}|[^ "\\n]*:[^@ "\\n]*@[a-z0-9][^ "\\n]*`, "i");

// A run of letters and digits that is too long for a name.
const LONG_RUN = /(?=(?:[a-z]*\d){3})[a-z0-9]{20,}/i;
const USER_INFO = /:[^@\s]*@/;
const ARN = /^arn:aws[a-z-]*:[a-z0-9-]+:/;

// Nobody reads a longer value in a message, and the patterns above take quadratic time on long text.
const MAX_SHOWN = 1_000;

/** The description that a message shows in place of a value that may be a secret. */
export class Redacted {
  /** Describes a value without showing it: people paste access tokens into props for names. */
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

/** Whether text contains an access token with the prefix of a registry that issues them. */
export function containsAccessToken(text: string): boolean {
  return [...text.matchAll(ACCESS_TOKEN)].some(([, rest = ""]) => /\d/.test(rest));
}

/** Whether text looks like an access token, contains a password, or is too long to check. */
export function looksLikeSecret(text: string): boolean {
  return (
    text.length > MAX_SHOWN ||
    containsAccessToken(text) ||
    USER_INFO.test(text) ||
    (!ARN.test(text) && LONG_RUN.test(text))
  );
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

/** The name of an object's class. An own property `constructor` is not read, since it may contain a secret. */
function className(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === "string" ? name : undefined;
}
