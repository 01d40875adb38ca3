/** A plain Terraform module, from which its files are generated. */
export interface ModuleDefinition {
  /** Name of its folder. */
  readonly name: string;
  /** What it is for, as paragraphs of Markdown; the first one is a sentence. */
  readonly purpose: readonly string[];
  /** The smallest configuration that uses it, in HCL, and more ways to use it. */
  readonly uses: readonly Use[];
  /** The first Terraform that can read it. */
  readonly terraform: `1.${number}`;
  readonly inputs: Inputs;
  readonly locals?: Block;
  readonly data?: Blocks;
  readonly resources?: Blocks;
  readonly modules?: Block;
  readonly checks?: { readonly [name: string]: Condition };
  readonly outputs: { readonly [name: string]: Output };
}

/** A configuration that uses a module, and what it shows. */
export interface Use {
  readonly title: string;
  readonly hcl: string;
}

/** Arguments, as Terraform JSON. */
export interface Block {
  readonly [name: string]: unknown;
}

/** Blocks by type and name. */
export interface Blocks {
  readonly [type: string]: { readonly [name: string]: Block };
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
   * Whether the module checks the attributes itself: Terraform drops those that a closed type does not have, and says
   * nothing.
   */
  readonly isOpen?: boolean;
  /** What messages call an object of an open input. */
  readonly noun?: string;
  /** What its attributes may be called in error, and what they are called. */
  readonly misnomers?: { readonly [word: string]: string };
  readonly description: string;
  /** Must be given; without it, what is left out is the default, and null where there is none. */
  readonly required?: boolean;
  readonly default?: unknown;
  /** What being left out means, where no literal says it. */
  readonly otherwise?: string;
  /** Held against the value, where it is not null. */
  readonly rules?: readonly InputRule[];
  /** Held against every element of a list, a set or a map. */
  readonly elementRules?: readonly InputRule[];
  /** Held against every key of a map. */
  readonly keyRules?: readonly InputRule[];
  /** Rules of several attributes, and of this input beside others; of inputs only. */
  readonly validations?: readonly ValidationRule[];
  /** Whether a module that is called holds the rules against it; here they are told only. */
  readonly isCheckedBelow?: boolean;
  /** Whether what is made depends on its keys or its size, so that Terraform takes no sensitive value for it. */
  readonly decides?: boolean;
  /** Kept out of messages, plans and states. */
  readonly secret?: boolean;
}

/** A rule of one value. */
export interface InputRule {
  /** Completes "must …". */
  readonly requirement: string;
  /** Whether a value, given as an expression, follows it. */
  readonly holds: (value: string) => string;
  readonly hint: string;
  /** Whether messages keep the value back. */
  readonly withheld?: boolean;
  /** What messages show in place of a long value; it is evaluated for values that follow the rule, and for null, too. */
  readonly shown?: (value: string) => string;
}

/** What is wrong with a declaration, once for each element of what is looped over. */
export interface ValidationRule {
  /** The heads of loops, one in the other, like `key, upstream in var.upstreams`. */
  readonly each?: readonly string[];
  /** Whether nothing is wrong with it, as an expression. */
  readonly holds: string;
  /** The input and its attribute, with `${…}` where it depends on a loop. */
  readonly place: string;
  /** Completes "must …", or begins with "is" and says what is wrong in a whole sentence, as `IS_REQUIRED` does. */
  readonly requirement: string;
  /** The value, as an expression; without it the value is kept back. */
  readonly got?: string;
  /** What is said in place of the value, with `${…}` where it depends on it. */
  readonly gotText?: string;
  readonly hint: string;
  /** What a README says of it, where "must" and the words say too much or too little. */
  readonly told?: string;
}

export interface Condition {
  readonly condition: string;
  readonly error_message: string;
}

export interface Output {
  readonly description: string;
  readonly value: unknown;
  readonly depends_on?: readonly string[];
  readonly precondition?: readonly Condition[];
}
