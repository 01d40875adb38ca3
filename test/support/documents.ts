import * as fs from "node:fs";
import * as path from "node:path";
import MarkdownIt from "markdown-it";
import type { Token } from "markdown-it";
import { ROOT } from "./examples";

/** A block of code in a document. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** The line of the document that it begins at. */
  readonly line: number;
  /** The file that the comment before the block names, from the project's folder. */
  readonly file: string | undefined;
  /** Whether the comment says that the block has the imports for CDK Terrain, in place of those of the file. */
  readonly isForCdkTerrain: boolean;
}

/** A document in Markdown. */
export interface MarkdownDocument {
  /** From the project's folder. */
  readonly name: string;
  readonly text: string;
  readonly headings: readonly string[];
  /** The names that links into the document end with. */
  readonly anchors: readonly string[];
  readonly links: readonly string[];
  readonly blocks: readonly CodeBlock[];
}

const FILE = /^<!-- (\S+\.\w+)( for CDK Terrain)? -->\s*$/;

const markdown = new MarkdownIt({ html: true });

/** A document by its name from the project's folder. */
export function readDocument(name: string): MarkdownDocument {
  const text = fs.readFileSync(path.join(ROOT, name), "utf8");
  const tokens = markdown.parse(text, {});
  const inline = tokens.flatMap(({ children }) => children ?? []);
  const headings = tokens
    .filter((_, index) => tokens[index - 1]?.type === "heading_open")
    .map(({ children }) => (children ?? []).map(({ content }) => content).join(""));
  const links = inline.flatMap((token) => String(token.attrGet("href") ?? token.attrGet("src") ?? "") || []);
  return { name, text, headings, anchors: anchorsOf(headings), links, blocks: blocksOf(tokens) };
}

/** An example in Terraform as its reader has it: beside a clone, and not in it. */
export function readersTerraform(file: string): string {
  const [, module = ""] = /^modules\/([a-z-]+)\/examples\//.exec(file) ?? [];
  const modules = "../cdktf-ecr-pull-through-cache/modules";
  return fs
    .readFileSync(path.join(ROOT, file), "utf8")
    .replaceAll('"../.."', `"${modules}/${module}"`)
    .replaceAll(module === "" ? '"../../../modules/' : '"../../../', `"${modules}/`);
}

/** The names of the documents in a folder and in those below it. */
export function documentsIn(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join(folder, file))
    .sort();
}

/** The rows of the table whose first line has the given cells at its start; each row is a list of cells. */
export function tableRows(text: string, ...header: readonly string[]): string[][] {
  const lines = text.split("\n");
  const first = `| ${header.join(" | ")} |`.replaceAll("|  |", "| |");
  const start = lines.findIndex((line) => line.startsWith(first));
  if (start === -1) {
    throw new Error(`there is no table that begins with ${header.join(", ")}`);
  }
  const after = lines.slice(start + 2);
  const end = after.findIndex((line) => !line.startsWith("|"));
  return after.slice(0, end === -1 ? undefined : end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The pieces of code in text that is between backticks on one line. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(headings: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const anchor = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

function blocksOf(tokens: readonly Token[]): CodeBlock[] {
  return tokens.flatMap((token, index) => {
    const before = tokens[index - 1];
    const [, file, framework] = FILE.exec(before?.type === "html_block" ? before.content : "") ?? [];
    return token.type === "fence"
      ? [
          {
            language: token.info,
            text: token.content,
            line: (token.map?.[0] ?? 0) + 1,
            file,
            isForCdkTerrain: framework !== undefined,
          },
        ]
      : [];
  });
}
