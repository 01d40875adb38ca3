/** What a message says about a required value that was not given. */
export const IS_REQUIRED = "is required";

/** The message that `prop` does not meet a requirement; `shown` is undefined if the prop was not given. */
export function worded(prop: string, requirement: string, shown: string | undefined, hint: string): string {
  const what = shown === undefined ? IS_REQUIRED : `must ${requirement}, got ${shown}`;
  return `\`${prop}\` ${what}; ${hint}`;
}

/** One error for several messages about a place; it names the place and every message. */
export function errorText(place: string, messages: readonly string[]): string {
  const [first = "", ...others] = messages;
  return others.length === 0
    ? `${place}: ${first}`
    : `${place}: ${messages.length} validation errors\n${messages.map((message) => `- ${message}`).join("\n")}`;
}
