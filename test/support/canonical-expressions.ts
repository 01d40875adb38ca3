import { hcl, segments } from "../../modules/generator/hcl";
import { flat, parse } from "../../modules/generator/layout";
import type { Node } from "../../modules/generator/layout";

/** The locals of a module, as the parser of its files has them. */
export interface Locals {
  readonly [name: string]: unknown;
}

type Loop = Extract<Node, { type: "for" }>;

/** What surrounds a node: the locals of its module, and the loops around it from the outermost. */
interface Scope {
  readonly locals: Locals;
  readonly loops: readonly Loop[];
}

/**
 * A value as an expression in which all locals are replaced by their expressions, so that two ways to write the same
 * expression are equal: each step in a local of its own, and everything in one line.
 */
export function canonical(value: unknown, locals: Locals): string {
  return written(parse(hcl(value)), { locals, loops: [] });
}

/** Every operation is in parentheses, so that no others are needed. */
function written(node: Node, scope: Scope): string {
  const within = (part: Node): string => written(part, scope);
  switch (node.type) {
    case "atom":
      return withoutLocals(node.text, scope);
    case "text":
      return `"${template(node, scope)}"`;
    case "prefix":
      return `${node.operator}${within(node.operand)}`;
    case "suffix":
      return `${within(node.base)}${withoutLocals(node.text, scope)}`;
    case "parentheses":
      return within(node.inner);
    case "chain": {
      const [operator = "", ...others] = node.operators;
      const isLogical = ["&&", "||"].includes(operator) && others.every((other) => other === operator);
      const operands = isLogical ? node.operands.flatMap((part) => operandsOf(part, operator, scope)) : node.operands;
      const operatorAt = (index: number): string => node.operators[index] ?? operator;
      return `(${operands.map((part, index) => `${index === 0 ? "" : ` ${operatorAt(index - 1)} `}${within(part)}`).join("")})`;
    }
    case "conditional":
      return `(${within(node.condition)} ? ${within(node.then)} : ${within(node.otherwise)})`;
    case "call":
      return concatenated(node) === undefined
        ? `${node.name}(${node.args.map(within).join(", ")}${node.expands ? "..." : ""})`
        : `"${template(node, scope)}"`;
    case "list":
      return `[${node.items.map(within).join(", ")}]`;
    case "object": {
      const entries = node.entries.map(([key, item]) => `${key} = ${within(item)}`);
      return `{ ${entries.sort().join(", ")} }`;
    }
    case "for": {
      const inLoop = (part: Node): string => written(part, { ...scope, loops: [...scope.loops, node] });
      const key = node.key === undefined ? "" : `${inLoop(node.key)} => `;
      const condition = node.condition === undefined ? "" : ` if ${inLoop(node.condition)}`;
      const text = `for ${node.head} in ${within(node.collection)} : ${key}${inLoop(node.value)}${condition}`;
      return node.open === "[" ? `[${text}]` : `{ ${text} }`;
    }
  }
}

/** The operands of a logical operation that is an operand of the same operation, or the node itself. */
function operandsOf(node: Node, operator: string, scope: Scope): readonly Node[] {
  if (node.type === "parentheses") {
    return operandsOf(node.inner, operator, scope);
  }
  if (node.type === "atom" && /^local\.\w+(\[\w+\])?$/.test(node.text)) {
    return operandsOf(parse(withoutLocals(node.text, scope)), operator, scope);
  }
  return node.type === "chain" && node.operators.every((other) => other === operator)
    ? node.operands.flatMap((part) => operandsOf(part, operator, scope))
    : [node];
}

/** A reference with the expression of a local in its place, or with that of its element in a loop over its names. */
function withoutLocals(text: string, scope: Scope): string {
  return text.replace(/\blocal\.(\w+)(?:\[(\w+)\])?/g, (reference, name: string, index: string | undefined) => {
    if (!(name in scope.locals)) {
      throw new Error(`the module has no ${reference}`);
    }
    const node = parse(hcl(scope.locals[name]));
    if (node.type === "for" && node.key !== undefined && flat(node.key) === index) {
      return written(elementOf(node, reference, scope), { ...scope, loops: [...scope.loops, node] });
    }
    return `${written(node, scope)}${index === undefined ? "" : `[${index}]`}`;
  });
}

/** The expression for an element of a loop; its variables have to be those where the element is used. */
function elementOf(local: Loop, reference: string, { loops }: Scope): Node {
  const [key, value] = local.head.split(", ");
  const around = loops.filter(({ head }) => head.split(", ")[0] === key).at(-1);
  const hasSameVariables =
    around !== undefined &&
    (value === undefined || (around.head === local.head && flat(around.collection) === flat(local.collection)));
  if (!hasSameVariables || local.condition !== undefined) {
    throw new Error(`${reference} is not in a loop like the one of the local`);
  }
  return local.value;
}

/** The parts that a call joins to one text. */
function concatenated(node: Node): readonly Node[] | undefined {
  if (node.type !== "call" || node.name !== "join") {
    return undefined;
  }
  const [separator, list] = node.args;
  return separator?.type === "text" && separator.text === '""' && list?.type === "list" ? list.items : undefined;
}

/** A text without its quotes, in one part or in several. */
function template(node: Node, scope: Scope): string {
  if (node.type === "text") {
    return segments(node.text.slice(1, -1))
      .map((segment) => (segment.startsWith("${") ? template(parse(segment.slice(2, -1)), scope) : segment))
      .join("");
  }
  const parts = concatenated(node);
  if (parts !== undefined) {
    return parts.map((part) => template(part, scope)).join("");
  }
  const expression = written(node, scope);
  return /^\d+$/.test(expression) ? expression : `\${${expression}}`;
}
