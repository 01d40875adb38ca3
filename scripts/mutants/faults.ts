import { createHash } from "node:crypto";
import ts from "typescript";

/** One change of one file that a test should notice. */
export interface Fault {
  /** The same in every run, until the line changes. */
  readonly id: string;
  readonly file: string;
  /** From one. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
}

type Change = Pick<Fault, "start" | "end" | "replacement">;

/** Two words of a message; Terraform's expressions have spaces as well. */
const WORDS = /^["'`](?!.*\\\$\{).*[a-z`,;:] [a-z`]/s;

/** A table of which only the keys count; the types refuse another value than `true`. */
const KEYS = /\{[^{}]*\} satisfies AllKeys\b/g;

/** All faults of a file: StrykerJS's, without those in the words of a message or in the values of a table of keys, and our own. */
export async function faultsOf(file: string, text: string): Promise<Fault[]> {
  const changes = [...(await changesByStryker(file, text)), ...ownChanges(file, text)];
  const seen = new Map<string, number>();
  return changes
    .sort((one, other) => one.start - other.start || one.end - other.end)
    .map((change) => {
      const { start, end, replacement } = change;
      const original = text.slice(start, end);
      const line = text.slice(0, start).split("\n").length;
      const place = [file, text.split("\n")[line - 1]?.trim(), original, replacement].join("\n");
      const count = (seen.get(place) ?? 0) + 1;
      seen.set(place, count);
      return { id: hash(`${place}\n${count}`).slice(0, 8), file, line, start, end, original, replacement };
    });
}

/** The text of a file with a fault. */
export function changed(text: string, { start, end, replacement }: Change): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/**
 * The faults to try, by a number that depends on nothing but their ids and the seed: at least one of each file, then a share
 * of all. A smaller share is a part of a larger one.
 */
export function sampleOf(faults: readonly Fault[], share: number, seed: string): Fault[] {
  const rank = ({ id }: Fault): number => parseInt(hash(`${seed} ${id}`).slice(0, 8), 16) / 2 ** 32;
  const ordered = [...faults].sort((one, other) => rank(one) - rank(other));
  const firsts = ordered.filter((fault, index) => ordered.findIndex(({ file }) => file === fault.file) === index);
  return [...firsts, ...ordered.filter((fault) => rank(fault) < share && !firsts.includes(fault))];
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function changesByStryker(file: string, content: string): Promise<Change[]> {
  const { Instrumenter } = await import("@stryker-mutator/instrumenter");
  const silent = (): void => undefined;
  const logger = { isDebugEnabled: () => false, debug: silent, info: silent } as never;
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const { mutants } = await new Instrumenter(logger).instrument([{ name: file, mutate: true, content }], options);
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.ES2022);
  const tables = [...content.matchAll(KEYS)].map(({ index, 0: text }) => [index, index + text.length] as const);
  return mutants
    .map(({ location: { start, end }, replacement }) => ({
      start: source.getPositionOfLineAndCharacter(start.line, start.column),
      end: source.getPositionOfLineAndCharacter(end.line, end.column),
      replacement,
    }))
    .filter(({ start, end }) => !WORDS.test(content.slice(start, end)))
    .filter(({ start, end }) => !tables.some(([from, to]) => from < start && end < to));
}

/** StrykerJS changes no bound, and removes no call, no element of a list and no side of `??`. */
function ownChanges(file: string, text: string): Change[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const changes: Change[] = [];
  const replace = (node: ts.Node, replacement: string, end = node.end): void => {
    changes.push({ start: node.getStart(source), end, replacement });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) {
      return;
    }
    if (ts.isNumericLiteral(node)) {
      replace(node, `(${node.getText()} + 1)`);
    } else if (ts.isExpressionStatement(node)) {
      replace(node, ";");
    } else if (ts.isArrayLiteralExpression(node) && node.elements.length > 1) {
      node.elements.forEach((element, index) =>
        replace(element, "", node.elements[index + 1]?.getStart() ?? node.end - 1),
      );
    } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
      replace(node, `(${node.left.getText()})`);
      replace(node, `(${node.right.getText()})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return changes;
}
