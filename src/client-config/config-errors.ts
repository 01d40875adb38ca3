import { meant } from "../validation/nearest-name";
import { isPlainObject } from "../validation/plain-object";
import { keyShown, shownText } from "../validation/secret-patterns";
import { MAX_ERRORS, errorText, worded } from "../validation/wording";

/** An error in what a caller has given. */
export class ConfigError extends Error {}

/** Collects the errors of one call. It is for values that are no tokens, and loads nothing of cdktf. */
export class ConfigErrors {
  private readonly messages: string[] = [];

  /** Adds the error that `prop` does not meet a requirement, with its value, or that it is required, and a hint. */
  public add(prop: string, requirement: string, got: unknown, hint: string): void {
    this.messages.push(worded(prop, requirement, shown(got), hint));
  }

  /** Adds an error for every key of `given` that is not known: a misspelt key would have no effect. */
  public checkKeys(given: object, known: readonly string[]): void {
    for (const key of Object.keys(given).filter((name) => !known.includes(name))) {
      // An object may have many keys, and a message lists few: a search for what each key means would take long.
      if (this.messages.length > MAX_ERRORS) {
        return;
      }
      this.messages.push(`\`${keyShown(key)}\` is not an option; ${meant(key, known)}`);
    }
  }

  public throwIfAny(): void {
    if (this.messages.length > 0) {
      throw new ConfigError(errorText("ClientConfiguration", this.messages));
    }
  }
}

/** A value as messages show it; undefined if it was not given. */
function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) {
    return value === null ? "null" : undefined;
  }
  if (typeof value === "string") {
    return shownText(value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : "a list";
  }
  return isPlainObject(value) && Object.keys(value).length === 0 ? "{}" : `a value of type ${typeof value}`;
}
