// Lays out expressions over lines, so that people can read them. Only brackets of any kind may contain line breaks.
// https://developer.hashicorp.com/terraform/language/syntax/configuration
import { segments } from "./hcl";

const WIDTH = 116;

/** A parsed expression: its text, and the parts of it that may have lines of their own. */
export type Node =
  | { readonly type: "atom"; readonly text: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "prefix"; readonly operator: string; readonly operand: Node }
  | { readonly type: "suffix"; readonly base: Node; readonly text: string }
  | { readonly type: "chain"; readonly operators: readonly string[]; readonly operands: readonly Node[] }
  | { readonly type: "conditional"; readonly condition: Node; readonly then: Node; readonly otherwise: Node }
  | { readonly type: "parentheses"; readonly inner: Node }
  | { readonly type: "call"; readonly name: string; readonly args: readonly Node[]; readonly expands: boolean }
  | { readonly type: "list"; readonly items: readonly Node[] }
  | { readonly type: "object"; readonly entries: readonly (readonly [key: string, value: Node])[] }
  | {
      readonly type: "for";
      readonly open: "[" | "{";
      readonly head: string;
      readonly collection: Node;
      readonly key?: Node;
      readonly value: Node;
      readonly groups: boolean;
      readonly condition?: Node;
    };

/** Whether an expression begins and ends with brackets: a call may have its own brackets in the same lines. */
function isBracketed(node: Node, indent: number): boolean {
  return node.type === "text"
    ? node.text.includes(" ") && splitText(node.text, indent).length > 1
    : ["list", "object", "for", "call"].includes(node.type);
}

/** An expression as the value of an argument at an indentation, of which `used` characters of the first line are taken. */
export function laidOut(expression: string, indent: number, used: number): string {
  return render(parse(expression), indent, used, false);
}

/** Arguments as lines, the signs of equality of those in one line below each other, as `terraform fmt` writes them. */
export function argumentLines(entries: readonly (readonly [key: string, value: string])[]): string[] {
  const isLong = (value: string): boolean => value.includes("\n") && !value.startsWith("<<");
  return entries.map(([key, value], index) => {
    let from = index;
    let to = index;
    while (from > 0 && !isLong(entries[from - 1]?.[1] ?? "")) {
      from--;
    }
    while (to < entries.length - 1 && !isLong(entries[to + 1]?.[1] ?? "")) {
      to++;
    }
    const width = isLong(value) ? 0 : Math.max(...entries.slice(from, to + 1).map(([other]) => other.length));
    return `${key.padEnd(width)} = ${value}`;
  });
}

function render(node: Node, indent: number, used: number, isInBrackets: boolean): string {
  const whole = flat(node);
  if (used + whole.length <= WIDTH) {
    return whole;
  }
  const margin = "\n" + " ".repeat(indent);
  const inner = indent + 2;
  const innerMargin = `${margin}  `;
  const within = (part: Node, already = 0): string => render(part, inner, inner + already, true);
  switch (node.type) {
    case "atom":
      return whole;
    case "text": {
      const parts = splitText(node.text, indent);
      if (parts.length === 1) {
        return whole;
      }
      const items = parts.map((part) => (part.startsWith('"') ? part : within(parse(part), 1)));
      return `join("", [${items.map((item) => `${innerMargin}${item},`).join("")}${margin}])`;
    }
    case "prefix":
      return `${node.operator}${render(node.operand, indent, used + 1, isInBrackets)}`;
    case "suffix":
      return `${render(node.base, indent, used + node.text.length, isInBrackets)}${node.text}`;
    case "parentheses":
      return `(${innerMargin}${within(node.inner)}${margin})`;
    case "list":
      return `[${node.items.map((item) => `${innerMargin}${within(item, 1)},`).join("")}${margin}]`;
    case "object": {
      const width = Math.max(...node.entries.map(([key]) => key.length));
      const entries = node.entries.map(
        ([key, value]) => [key, render(value, inner, inner + width + 3, false)] as const,
      );
      return `{${argumentLines(entries)
        .map((line) => `${innerMargin}${line}`)
        .join("")}${margin}}`;
    }
    case "call": {
      const end = node.expands ? "..." : "";
      const [first, ...others] = node.args.filter((arg) => isBracketed(arg, indent));
      const rest = node.args.filter((arg) => arg !== first);
      if (first !== undefined && others.length === 0 && rest.every((arg) => flat(arg).length <= 40)) {
        const at = node.args.indexOf(first);
        const before = node.args.slice(0, at).map((arg) => `${flat(arg)}, `);
        const after = node.args.slice(at + 1).map((arg) => `, ${flat(arg)}`);
        const start = `${node.name}(${before.join("")}`;
        const close = `${after.join("")}${end})`;
        return `${start}${render(first, indent, used + start.length + close.length, true)}${close}`;
      }
      const args = node.args.map((arg) => `${innerMargin}${within(arg, 1)}`).join(",");
      return `${node.name}(${args}${end}${margin})`;
    }
    case "for": {
      const header = `for ${node.head} in `;
      const collection = within(node.collection, header.length + 2);
      const key = node.key === undefined ? "" : `${within(node.key)} => `;
      const value = `${key}${within(node.value, lastLine(key).length)}${node.groups ? "..." : ""}`;
      const start = `${header}${collection} :`;
      const joined = `${start} ${value}`;
      const isShort = !joined.includes("\n") && inner + joined.length <= WIDTH;
      const condition = node.condition === undefined ? "" : `${innerMargin}if ${within(node.condition, 3)}`;
      const [open, close] = node.open === "[" ? ["[", "]"] : ["{", "}"];
      return `${open}${innerMargin}${isShort ? joined : `${start}${innerMargin}${value}`}${condition}${margin}${close}`;
    }
    case "chain":
    case "conditional": {
      const mayBreak = node.type === "conditional" || ["&&", "||", "==", "!="].includes(node.operators[0] ?? "");
      if (mayBreak && !isInBrackets) {
        return `(${innerMargin}${render(node, inner, inner, true)}${margin})`;
      }
      if (node.type === "conditional") {
        const [condition, then, otherwise] = [node.condition, node.then, node.otherwise].map((part, index) =>
          render(part, indent, indent + (index === 0 ? 0 : 2), true),
        );
        return `${condition}${margin}? ${then}${margin}: ${otherwise}`;
      }
      if (mayBreak) {
        return node.operands
          .map((operand, index) => {
            const operator = index === 0 ? "" : `${node.operators[index - 1]} `;
            return `${operator}${render(operand, indent, indent + operator.length, true)}`;
          })
          .join(margin);
      }
      return node.operands
        .map((operand, index) => {
          const operator = index === 0 ? "" : ` ${node.operators[index - 1]} `;
          return `${operator}${render(operand, indent, used + operator.length, isInBrackets)}`;
        })
        .join("");
    }
  }
}

/** An expression in one line. */
export function flat(node: Node): string {
  switch (node.type) {
    case "atom":
    case "text":
      return node.text;
    case "prefix":
      return `${node.operator}${flat(node.operand)}`;
    case "suffix":
      return `${flat(node.base)}${node.text}`;
    case "parentheses":
      return `(${flat(node.inner)})`;
    case "list":
      return `[${node.items.map(flat).join(", ")}]`;
    case "object":
      return node.entries.length === 0
        ? "{}"
        : `{ ${node.entries.map(([key, value]) => `${key} = ${flat(value)}`).join(", ")} }`;
    case "call":
      return `${node.name}(${node.args.map(flat).join(", ")}${node.expands ? "..." : ""})`;
    case "chain":
      return node.operands
        .map((operand, index) => `${index === 0 ? "" : ` ${node.operators[index - 1]} `}${flat(operand)}`)
        .join("");
    case "conditional":
      return `${flat(node.condition)} ? ${flat(node.then)} : ${flat(node.otherwise)}`;
    case "for": {
      const key = node.key === undefined ? "" : `${flat(node.key)} => `;
      const condition = node.condition === undefined ? "" : ` if ${flat(node.condition)}`;
      const text = `for ${node.head} in ${flat(node.collection)} : ${key}${flat(node.value)}${node.groups ? "..." : ""}${condition}`;
      return node.open === "[" ? `[${text}]` : `{ ${text} }`;
    }
  }
}

/** A string in parts that fit into lines and end at spaces; a long expression in it is a part without quotes. */
function splitText(text: string, indent: number): string[] {
  const width = WIDTH - indent - 6;
  const parts: string[] = [];
  const hasSpaces = /^[^$]* /.test(text);
  let isOpen = false;
  const add = (word: string, mayBreak: boolean): void => {
    const last = parts.at(-1);
    if (last === undefined || !isOpen || (mayBreak && last.length + word.trimEnd().length > width)) {
      parts.push(`"${word}"`);
    } else {
      parts[parts.length - 1] = `${last.slice(0, -1)}${word}"`;
    }
    isOpen = true;
  };
  for (const segment of segments(text.slice(1, -1))) {
    if (segment.startsWith("${") && segment.length > width) {
      parts.push(segment.slice(2, -1));
      isOpen = false;
    } else {
      wordsOf(segment, width).forEach((word, index) =>
        add(word, index > 0 || !hasSpaces || parts.at(-1)?.endsWith(' "') === true),
      );
    }
  }
  return parts;
}

/** The words of text, and the parts of a long pattern; an expression is one word. */
function wordsOf(segment: string, width: number): string[] {
  return segment.startsWith("${")
    ? [segment]
    : segment.split(/(?<= )/).flatMap((word) => (word.length > width ? word.split(/(?<=[:|])/) : [word]));
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}

// From the operators that bind least to those that bind most; the conditional binds less than all of them.
// https://developer.hashicorp.com/terraform/language/expressions/operators
const OPERATORS = [["||"], ["&&"], ["==", "!="], ["<=", ">=", "<", ">"], ["+", "-"], ["*", "/", "%"]] as const;

/** Parses an expression. */
export function parse(expression: string): Node {
  const parser = new Parser(expression);
  const node = parser.expression();
  parser.end();
  return node;
}

class Parser {
  private at = 0;

  constructor(private readonly source: string) {}

  public expression(): Node {
    const condition = this.chain(0);
    if (!this.takes("?")) {
      return condition;
    }
    const then = this.expression();
    this.take(":");
    return { type: "conditional", condition, then, otherwise: this.expression() };
  }

  public end(): void {
    if (this.peek() !== "") {
      throw this.error("the end");
    }
  }

  private chain(level: number): Node {
    const candidates = OPERATORS[level];
    if (candidates === undefined) {
      return this.unary();
    }
    const operands = [this.chain(level + 1)];
    const operators: string[] = [];
    for (let found = this.operator(candidates); found !== undefined; found = this.operator(candidates)) {
      operators.push(found);
      operands.push(this.chain(level + 1));
    }
    return operators.length === 0 ? (operands[0] as Node) : { type: "chain", operators, operands };
  }

  private operator(candidates: readonly string[]): string | undefined {
    // The `=` and `=>` of objects are no operators.
    return candidates.find((candidate) => this.takes(candidate));
  }

  private unary(): Node {
    const operator = ["!", "-"].find((candidate) => this.takes(candidate));
    return operator === undefined ? this.postfix() : { type: "prefix", operator, operand: this.unary() };
  }

  private postfix(): Node {
    let node = this.primary();
    for (;;) {
      const access = /^(?:\.(?:\w+|\*))/.exec(this.source.slice(this.at))?.[0];
      if (access !== undefined && !access.startsWith("...")) {
        this.at += access.length;
        node = withSuffix(node, access);
      } else if (this.source[this.at] === "[") {
        this.at++;
        const index = this.takes("*") ? "*" : flat(this.expression());
        this.take("]");
        node = withSuffix(node, `[${index}]`);
      } else {
        return node;
      }
    }
  }

  private primary(): Node {
    const next = this.peek();
    if (next === '"') {
      return { type: "text", text: this.text() };
    }
    if (this.takes("(")) {
      const inner = this.expression();
      this.take(")");
      return { type: "parentheses", inner };
    }
    if (next === "[" || next === "{") {
      this.at++;
      return /^\s*for\b/.test(this.source.slice(this.at))
        ? this.loop(next)
        : next === "["
          ? this.list()
          : this.object();
    }
    const atom = /^(?:\d+(?:\.\d+)?|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)/.exec(this.source.slice(this.at))?.[0];
    if (atom === undefined) {
      throw this.error("a value");
    }
    this.at += atom.length;
    return this.source[this.at] === "(" ? this.call(atom) : { type: "atom", text: atom };
  }

  private call(name: string): Node {
    this.take("(");
    const args: Node[] = [];
    let expands = false;
    while (!this.takes(")")) {
      args.push(this.expression());
      expands ||= this.takes("...");
      this.takes(",");
    }
    return { type: "call", name, args, expands };
  }

  private list(): Node {
    const items: Node[] = [];
    while (!this.takes("]")) {
      items.push(this.expression());
      this.takes(",");
    }
    return { type: "list", items };
  }

  private object(): Node {
    const entries: (readonly [string, Node])[] = [];
    while (!this.takes("}")) {
      const key = flat(this.primary());
      this.take("=");
      entries.push([key, this.expression()]);
      this.takes(",");
    }
    return { type: "object", entries };
  }

  private loop(open: "[" | "{"): Node {
    this.take("for");
    const head = [this.name()];
    while (this.takes(",")) {
      head.push(this.name());
    }
    this.take("in");
    const collection = this.expression();
    this.take(":");
    const first = this.expression();
    const key = this.takes("=>") ? first : undefined;
    const value = key === undefined ? first : this.expression();
    const groups = this.takes("...");
    const condition = /^\s*if\b/.test(this.source.slice(this.at)) && this.takes("if") ? this.expression() : undefined;
    this.take(open === "[" ? "]" : "}");
    return { type: "for", open, head: head.join(", "), collection, key, value, groups, condition };
  }

  private name(): string {
    this.peek();
    const name = /^\w+/.exec(this.source.slice(this.at))?.[0] ?? "";
    this.at += name.length;
    return name;
  }

  /** A quoted string as it is, with the expressions in it. */
  private text(): string {
    const start = this.at;
    let depth = 0;
    for (this.at++; depth > 0 || this.source[this.at] !== '"'; this.at++) {
      if (this.at >= this.source.length) {
        throw this.error("the end of a string");
      }
      if (depth === 0 && this.source[this.at] === "\\") {
        this.at++;
      } else if (depth === 0 && /^(?:\$\$|%%)\{/.test(this.source.slice(this.at, this.at + 3))) {
        this.at += 2;
      } else if (depth === 0 && /^[$%]\{/.test(this.source.slice(this.at, this.at + 2))) {
        depth = 1;
        this.at++;
      } else if (depth > 0 && this.source[this.at] === '"') {
        this.text();
        this.at--;
      } else if (depth > 0 && this.source[this.at] === "{") {
        depth++;
      } else if (depth > 0 && this.source[this.at] === "}") {
        depth--;
      }
    }
    this.at++;
    return this.source.slice(start, this.at);
  }

  /** The next character after spaces. */
  private peek(): string {
    while (/\s/.test(this.source[this.at] ?? "")) {
      this.at++;
    }
    return this.source[this.at] ?? "";
  }

  private takes(token: string): boolean {
    this.peek();
    const follows = this.source.slice(this.at + token.length, this.at + token.length + 1);
    if (
      !this.source.startsWith(token, this.at) ||
      (token === "!" && follows === "=") ||
      (token === "=" && follows === ">")
    ) {
      return false;
    }
    this.at += token.length;
    return true;
  }

  private take(token: string): void {
    if (!this.takes(token)) {
      throw this.error(`\`${token}\``);
    }
  }

  private error(expected: string): Error {
    return new Error(`expected ${expected} at character ${this.at} of the expression ${this.source}`);
  }
}

function withSuffix(base: Node, text: string): Node {
  return base.type === "suffix"
    ? { ...base, text: base.text + text }
    : base.type === "atom"
      ? { type: "atom", text: base.text + text }
      : { type: "suffix", base, text };
}
