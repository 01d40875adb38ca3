/** Nobody reads more errors of one declaration: a text in place of props has one for each character. */
export const MAX_ERRORS = 20;

/** What a message says about a required value that was not given. */
export const IS_REQUIRED = "is required";

/** The message that `prop` does not meet a requirement; `shown` is undefined if the prop was not given. */
export function worded(prop: string, requirement: string, shown: string | undefined, hint: string): string {
  const what = shown === undefined ? IS_REQUIRED : `must ${requirement}, got ${shown}`;
  return `\`${prop}\` ${what}; ${hint}`;
}

/** One error for several messages about a place; it names the place and the first messages. */
export function errorText(place: string, messages: readonly string[]): string {
  const [first = "", ...others] = messages;
  if (others.length === 0) {
    return `${place}: ${first}`;
  }
  const listed = messages.slice(0, MAX_ERRORS);
  const count = listed.length < messages.length ? `more than ${MAX_ERRORS}` : messages.length;
  return `${place}: ${count} validation errors\n${listed.map((message) => `- ${message}`).join("\n")}`;
}
