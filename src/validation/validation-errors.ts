import type { Construct } from "constructs";
import { isUnresolved } from "../terraform/tokens";
import { meant } from "./nearest-name";
import { Redacted, display, expressionContainsAccessToken } from "./redaction";
import { GIVEN_ONCE, NO_ACCESS_TOKEN, atLeastOne, integerRequirement, matches, oneOfRequirement } from "./rule";
import type { Requirement, Rule } from "./rule";
import { containsAccessToken, keyShown } from "./secret-patterns";
import { MAX_ERRORS, errorText, worded } from "./wording";

/** Collects the errors of one declaration, so that one thrown error reports all of them before the first resource exists. */
export class ValidationErrors {
  // A set: the same error may be found in several ways.
  private readonly messages = new Set<string>();

  /** Adds the error that `prop` does not meet a requirement, with its value, or that it is required, and a hint. */
  public add(prop: string, requirement: string, got: unknown, hint: string): void {
    this.messages.add(worded(prop, requirement, shown(got), hint));
  }

  /** Adds the error that `prop` does not meet a requirement that is defined with its hint. */
  public addBroken(prop: string, { requirement, hint }: Requirement, got: unknown): void {
    this.add(prop, requirement, got, hint);
  }

  /** Adds an error unless `value` is a token or a string that matches `rule`; returns whether it may be used. */
  public checkString(prop: string, value: unknown, rule: Rule, hint = rule.hint): boolean {
    // Tokens of lists and numbers are no text, which functions of Terraform need.
    const isText = !Array.isArray(value) && typeof value !== "number";
    if ((isText && isUnresolved(value)) || matches(value, rule)) {
      return true;
    }
    if (typeof value === "string" && containsAccessToken(value)) {
      this.addBroken(prop, NO_ACCESS_TOKEN, value);
    } else {
      this.add(prop, rule.requirement, value, hint);
    }
    return false;
  }

  /** Adds an error if a document that the caller has written contains an access token. */
  public checkDocument(prop: string, document: unknown): void {
    if (typeof document === "string" && expressionContainsAccessToken(document)) {
      this.addBroken(prop, NO_ACCESS_TOKEN, document);
    }
  }

  /**
   * Adds an error unless `list` is a token, or has at least one element and each is a token or matches `rule`, and none
   * is given twice.
   */
  public checkStrings(prop: string, list: unknown, rule: Rule, hint = rule.hint): void {
    // Text with a Terraform expression is no list.
    if (typeof list !== "string" && isUnresolved(list)) {
      return;
    }
    this.checkList(prop, list, { requirement: atLeastOne("list"), hint }, (place, value) =>
      this.checkString(place, value, rule, hint) ? value : undefined,
    );
  }

  /**
   * Adds an error unless `list` has at least one element. `check` adds the errors of one element and returns a key that
   * must be different for each element; undefined is not compared.
   */
  public checkList(
    prop: string,
    list: unknown,
    rule: Requirement,
    check: (place: string, element: unknown) => unknown,
  ): void {
    if (!Array.isArray(list) || list.length === 0) {
      this.addBroken(prop, rule, list);
    } else {
      const seen = new Set<unknown>();
      for (const [index, element] of (list as unknown[]).entries()) {
        const place = `${prop}[${index}]`;
        const key = check(place, element);
        if (key !== undefined && seen.has(key)) {
          this.addBroken(place, GIVEN_ONCE, element);
        }
        seen.add(key);
      }
    }
  }

  /** Adds an error unless `value` is undefined, a token or an integer within the bounds; `show` may redact it. */
  public checkInteger(
    prop: string,
    value: unknown,
    { min, max }: { readonly min: number; readonly max?: number },
    hint: string,
    show: (value: unknown) => unknown = (shownAsIs) => shownAsIs,
  ): void {
    if (value === undefined || isUnresolved(value)) {
      return;
    }
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > (max ?? Infinity)) {
      this.add(prop, integerRequirement(min, max), show(value), hint);
    }
  }

  /** Adds an error unless `value` is undefined or a boolean. A token is an error: booleans decide which resources exist. */
  public checkBoolean(prop: string, value: unknown, hint: string): void {
    if (value !== undefined && typeof value !== "boolean") {
      this.add(prop, "be true or false", value, hint);
    }
  }

  /** Adds an error unless `value` is undefined or one of a few. */
  public checkEnum(prop: string, value: unknown, values: readonly unknown[], hint: string): void {
    if (value !== undefined && !values.includes(value)) {
      this.add(prop, oneOfRequirement(values), value, hint);
    }
  }

  /**
   * Adds an error, and returns false, if a value is neither an object nor nothing: each character of a text would be an
   * unknown key.
   */
  public checkObject(prop: string, value: unknown, hint: string): boolean {
    if (value === undefined || value === null || (typeof value === "object" && !Array.isArray(value))) {
      return true;
    }
    this.add(prop, "be an object", Redacted.of(value), hint);
    return false;
  }

  /**
   * Adds an error for every key of `given` that is not known: a misspelt key would have no effect. `hints` are those of
   * keys that people expect.
   */
  public checkKeys(
    prop: string,
    given: object,
    known: readonly string[],
    what: string,
    hints: ReadonlyMap<string, string> = new Map(),
  ): void {
    for (const [key, value] of Object.entries(given)) {
      // An object may have many keys, and a message lists few: a search for what each key means would take long.
      if (this.messages.size > MAX_ERRORS) {
        return;
      }
      if (!known.includes(key) && value !== undefined) {
        const name = keyShown(key);
        const place = prop === "" ? name : `${prop}.${name}`;
        this.messages.add(`\`${place}\` is not ${what}; ${hints.get(key) ?? meant(key, known)}`);
      }
    }
  }

  /** The errors, for a validation that reports them itself. */
  public list(): string[] {
    return [...this.messages];
  }

  /** Throws one error that names `place` and every error; does nothing when there is none. */
  public throwIfAny(place: string): void {
    if (this.messages.size > 0) {
      throw new Error(errorText(place, this.list()));
    }
  }

  /**
   * Like `throwIfAny`, for the constructor of a construct: it removes the construct from the tree first.
   */
  public throwAndRemove(construct: Construct): void {
    if (this.messages.size > 0) {
      construct.node.scope?.node.tryRemoveChild(construct.node.id);
      this.throwIfAny(construct.node.path);
    }
  }
}

/** Throws one error in the form that all messages share. */
export function fail(place: string, prop: string, requirement: string, got: unknown, hint: string): never {
  throw new Error(`${place}: ${worded(prop, requirement, shown(got), hint)}`);
}

/** A value as messages show it; undefined if it was not given. */
function shown(got: unknown): string | undefined {
  return got === undefined ? undefined : display(got);
}
