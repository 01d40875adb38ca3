/** The literals of a Terraform expression, and whether its value comes from another source, too. */
export interface ExpressionLiterals {
  /** All text of the expression except attributes of references: each literal, name and operator. */
  readonly texts: readonly string[];
  /** The literals that become a part of the value, joined, without keys, separators and paths of files. */
  readonly joined: string;
  /** The literals of `joined` that have a letter or a digit, without those of conditions. */
  readonly values: readonly LiteralValue[];
  /** Whether a reference or a file becomes a part of the value. */
  readonly hasSource: boolean;
}

/** A literal that becomes a part of the value of an expression. */
export interface LiteralValue {
  readonly text: string;
  /** The first literal of the text that this literal is a part of: `a/` for `b` in `a/${lower("b")}`. */
  readonly start: string;
  /** Whether a function decodes the literal: its text may then hide a secret. */
  readonly isEncoded: boolean;
}

// The index of the argument that does not become a part of the function's result.
const SELECTORS: ReadonlyMap<string, number> = new Map([
  ["element", 1],
  ["file", 0],
  ["filebase64", 0],
  ["join", 0],
  ["lookup", 1],
  ["split", 0],
  ["templatefile", 0],
]);
const READS_A_FILE = /^(?:file|filebase64|templatefile)$/;
const DECODES = /^(?:base64decode|base64gunzip|textdecodebase64)$/;
const CONCATENATES = /^(?:join|format)$/;

// https://developer.hashicorp.com/terraform/language/expressions/strings
const IN_TEMPLATE = /\$\$\{|%%\{|[$%]\{|\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\.|"|[^$%\\"]+|[^]/y;
const IN_CODE =
  /#.*|\/\/.*|\/\*(?:[^]*?\*\/|[^]*)|(?<reference>[a-z_][\w-]*)(?:\.[\w-]+)+|[a-z_]\w*::|(?<call>[a-z_][\w-]*)\s*\(|[a-z_][\w-]*|\d+|\.[\w-]+|\s+|[=!<>]=|=>|[^]/iy;
const KEY_SIGN = /\s*=(?!=)/y;
const KEY_SIGN_OR_COLON = /\s*(?:=(?!=)|:)/y;
const OPENS: ReadonlyMap<string, keyof typeof CLOSED_BY> = new Map([
  ['"', "template"],
  ["(", "group"],
  ["[", "list"],
  ["{", "object"],
]);
const CLOSED_BY = {
  template: '"',
  interpolation: "}",
  call: ")",
  object: "}",
  list: "]",
  index: "]",
  group: ")",
} as const;
const MAX_CODE_POINT = 0x10ffff;
const ESCAPES: { readonly [character: string]: string } = { n: "\n", r: "\r", t: "\t" };

/** The first literal of a text, once it is read. All templates that become a part of the text share it. */
interface Beginning {
  literal?: string;
}

/** An open bracket, call or template. */
interface Frame {
  readonly kind: keyof typeof CLOSED_BY;
  readonly call: string;
  /** Whether the value is the concatenation of its parts. */
  readonly concatenates: boolean;
  readonly isSelector: boolean;
  readonly isEncoded: boolean;
  /** The first literal of the text around it. */
  readonly start: string | undefined;
  beginning: Beginning;
  literal: string;
  argument: number;
  /** Whether a question mark was read: a colon after it does not end a key. */
  hasChoice: boolean;
  /** The results before the current part. They are restored if a question mark shows that the part is a condition. */
  hadSource: boolean;
  valuesBefore: number;
}

/** The literals of a string of Terraform JSON, which Terraform reads as a template. */
export function literalsOf(template: string): ExpressionLiterals {
  return new Reader().read(template);
}

class Reader {
  private readonly texts: string[] = [];
  private readonly values: LiteralValue[] = [];
  private joined = "";
  private hasSource = false;
  private readonly outer: Frame[] = [];
  private top = opened("template");
  // Whether a square bracket at this position begins an index.
  private isOperand = false;
  // The last closing bracket.
  private closed = "";

  public read(template: string): ExpressionLiterals {
    let index = 0;
    while (index < template.length) {
      const isTemplate = this.top.kind === "template";
      const pattern = isTemplate ? IN_TEMPLATE : IN_CODE;
      pattern.lastIndex = index;
      const match = pattern.exec(template) as RegExpExecArray;
      index = pattern.lastIndex;
      if (isTemplate) {
        this.readInTemplate(match[0], template, index);
      } else {
        this.readInCode(match[0], match.groups ?? {});
      }
    }
    while (this.outer.length > 0) {
      this.endLiteral(false);
      this.pop();
    }
    this.endLiteral(false);
    return { texts: this.texts, joined: this.joined, values: this.values, hasSource: this.hasSource };
  }

  private readInTemplate(part: string, template: string, next: number): void {
    const isQuoted = this.outer.length > 0;
    if (part === "${" || part === "%{") {
      this.endLiteral(false);
      this.push("interpolation");
    } else if (part === '"' && isQuoted) {
      this.endLiteral(this.isKey(template, next));
      this.pop();
      this.isOperand = true;
    } else {
      this.top.literal += isQuoted ? unescaped(part) : part;
    }
  }

  private readInCode(part: string, { reference, call }: { readonly [group: string]: string | undefined }): void {
    const kind = part === "[" && this.isOperand ? "index" : OPENS.get(part);
    if (reference !== undefined) {
      this.texts.push(reference);
      this.hasSource ||= !isSelected(this.top);
      this.isOperand = true;
    } else if (call !== undefined) {
      this.texts.push(call);
      this.hasSource ||= READS_A_FILE.test(call) && !isSelected(this.top);
      this.push("call", call);
    } else if (kind !== undefined) {
      this.push(kind);
    } else if (/^[)\]}]$/.test(part)) {
      this.close(part);
    } else if (/^[,=?:]$/.test(part)) {
      this.startOver(part);
    } else if (!/^\s/.test(part)) {
      // After an index, `.name` is an attribute of a reference; after other brackets it may be a key of literals.
      if (!part.startsWith(".") || this.closed !== "]") {
        this.texts.push(part);
      }
      this.isOperand = /\w/.test(part) && part !== "in";
    }
  }

  /** Begins the next argument, element, value of a key or value of a condition. */
  private startOver(sign: string): void {
    if (sign === "?") {
      // The condition is not a part of the value.
      this.hasSource = this.top.hadSource;
      this.values.length = this.top.valuesBefore;
      this.top.hasChoice = true;
    }
    this.top.argument += sign === "," ? 1 : 0;
    this.top.beginning = sign === "," ? this.top.beginning : {};
    this.top.hadSource = this.hasSource;
    this.top.valuesBefore = this.values.length;
    this.isOperand = false;
  }

  private push(kind: Frame["kind"], call = ""): void {
    this.outer.push(this.top);
    this.top = opened(kind, call, this.top);
    this.top.hadSource = this.hasSource;
    this.top.valuesBefore = this.values.length;
    this.isOperand = false;
  }

  private pop(): void {
    this.top = this.outer.pop() ?? this.top;
  }

  /** A closing brace also closes the open brackets within it, since the text after it may be a literal. */
  private close(bracket: string): void {
    while (bracket === "}" && this.top.kind !== "object" && this.top.kind !== "interpolation") {
      this.pop();
    }
    if (CLOSED_BY[this.top.kind] === bracket) {
      this.pop();
    }
    this.closed = bracket;
    this.isOperand = true;
  }

  private isKey(template: string, next: number): boolean {
    const object = this.outer[this.outer.length - 1];
    const sign = object?.hasChoice === true ? KEY_SIGN : KEY_SIGN_OR_COLON;
    sign.lastIndex = next;
    return object?.kind === "object" && sign.test(template);
  }

  private endLiteral(isKey: boolean): void {
    const { literal: text, start, beginning, isEncoded, isSelector } = this.top;
    this.top.literal = "";
    this.texts.push(text);
    if (isKey || isSelector) {
      return;
    }
    this.joined += text;
    if (hasLetterOrDigit(text)) {
      beginning.literal ??= text;
      this.values.push({ text, start: start ?? beginning.literal, isEncoded });
    }
  }
}

function opened(kind: Frame["kind"], call = "", outer?: Frame): Frame {
  return {
    kind,
    call,
    concatenates:
      kind === "template" ||
      kind === "interpolation" ||
      kind === "group" ||
      CONCATENATES.test(call) ||
      (kind === "list" && outer?.call === "join"),
    isSelector: outer !== undefined && isSelected(outer),
    isEncoded: outer?.isEncoded === true || DECODES.test(call),
    start: outer?.start ?? outer?.beginning.literal,
    beginning: outer?.concatenates === true ? outer.beginning : {},
    literal: "",
    argument: 0,
    hasChoice: false,
    hadSource: false,
    valuesBefore: 0,
  };
}

/** Whether the next part of a frame is a key, an index, a separator or a path, and so not a part of the value. */
function isSelected({ isSelector, kind, call, argument }: Frame): boolean {
  return isSelector || kind === "index" || SELECTORS.get(call) === argument;
}

/** Whether text has a letter or a digit. Most programs have ASCII text only and never compile the pattern for Unicode. */
function hasLetterOrDigit(text: string): boolean {
  return /[A-Za-z0-9]/.test(text) || (/[\u0080-\uffff]/.test(text) && /[\p{L}\p{N}]/u.test(text));
}

function unescaped(part: string): string {
  if (!part.startsWith("\\")) {
    return part;
  }
  const escaped = part.slice(1);
  const code = /^u[\da-f]+$/i.test(escaped) ? parseInt(escaped.slice(1), 16) : Infinity;
  return code <= MAX_CODE_POINT ? String.fromCodePoint(code) : (ESCAPES[escaped] ?? escaped);
}
