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

/** Nobody reads a longer value in a message, and the patterns above take quadratic time on long text. */
export const MAX_SHOWN = 1_000;

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

/** What a message shows in place of text that may be a secret. */
export function notShown(text: string): string {
  return `a string of ${text.length} characters (not shown, it may be a secret)`;
}

// Line breaks would split a message, which has a line for each error.
const LINE_BREAKS_AND_CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

/** A key of an object as messages show it. */
export function keyShown(key: string): string {
  return looksLikeSecret(key)
    ? "(a key not shown)"
    : key.replace(
        LINE_BREAKS_AND_CONTROLS,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
}

/** Text as messages show it. */
export function shownText(text: string): string {
  return looksLikeSecret(text) ? notShown(text) : JSON.stringify(text);
}
