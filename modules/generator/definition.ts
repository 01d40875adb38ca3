import type { Requirement } from "../../src/validation/rule";

/** The inputs of a plain Terraform module, and the facts of AWS that its files use. */
export interface ModuleDefinition {
  /** Name of its folder. */
  readonly name: string;
  readonly inputs: Inputs;
  /** What AWS and the rules of the constructs determine, as locals by their names. */
  readonly facts?: { readonly [name: string]: Fact };
  /** Programs that it shares with the constructs, in shell or JavaScript, by the names of their files. */
  readonly programs?: { readonly [file: string]: string };
}

/** A local of `facts.tf`. */
export interface Fact {
  /** What it is and which page of AWS it rests on, as sentences. */
  readonly comment: string;
  /** Text in it may contain `${…}` for expressions. */
  readonly value: unknown;
}

export interface Inputs {
  readonly [name: string]: Input;
}

/** An input, or an attribute of one. */
export interface Input {
  readonly type:
    "string" | "number" | "bool" | "list(string)" | "set(string)" | "map(string)" | "object" | "map(object)";
  /** Of an object, or of each object of a map. */
  readonly attributes?: Inputs;
  /**
   * Whether the module checks the attributes itself: Terraform silently drops attributes that a closed type does not have.
   */
  readonly isOpen?: boolean;
  /** The name of an object of an open input in messages. */
  readonly noun?: string;
  /** Wrong names that people may use for its attributes, with the right names. */
  readonly misnomers?: { readonly [word: string]: string };
  /** Names of values that people expect among its attributes, with the hints where to give them. */
  readonly misplaced?: { readonly [word: string]: string };
  readonly description: string;
  /** Whether it must be given. An optional input without a default is null. */
  readonly required?: boolean;
  readonly default?: unknown;
  /** The effect of leaving it out, for the README, if no literal default describes it. */
  readonly otherwise?: string;
  /** Rules of the value, unless it is null. */
  readonly rules?: readonly InputRule[];
  /** Rules of each element of a list, a set or a map. */
  readonly elementRules?: readonly InputRule[];
  /** Rules of each key of a map. */
  readonly keyRules?: readonly InputRule[];
  /** Rules of several attributes or inputs together; for inputs only, not for attributes. */
  readonly validations?: readonly ValidationRule[];
  /** Whether a called module checks the rules; this module only documents them. */
  readonly isCheckedBelow?: boolean;
  /** Whether resources depend on its keys or its size: Terraform then refuses a sensitive value. */
  readonly decides?: boolean;
  /** Whether it is a secret: messages, plans and states do not contain it. */
  readonly secret?: boolean;
}

/** A rule of one value. */
export interface InputRule extends Requirement {
  /** The expression that a value follows the rule; the value is an expression, too. */
  readonly holds: (value: string) => string;
  /** Whether messages do not show the value. */
  readonly withheld?: boolean;
  /** What messages show in place of a long value. It is evaluated for all values, also for null. */
  readonly shown?: (value: string) => string;
}

/**
 * A rule of a declaration, or of each element in loops. Its requirement completes "must …", or is a whole sentence that
 * begins with "is", like `IS_REQUIRED`.
 */
export interface ValidationRule extends Requirement {
  /** The heads of nested loops, like `key, upstream in var.upstreams`. */
  readonly each?: readonly string[];
  /** The expression that the rule is followed. */
  readonly holds: string;
  /** The input and its attribute, with `${…}` for the variables of loops. */
  readonly place: string;
  /** The value, as an expression; without it messages do not show the value. */
  readonly got?: string;
  /** The description that messages show in place of the value, with `${…}` for expressions. */
  readonly gotText?: string;
  /** The sentence in the README, if "must" and the requirement are not clear there. */
  readonly told?: string;
}

/** The validation of a variable, as expressions. */
export interface Validation {
  readonly condition: string;
  readonly message: string;
}
