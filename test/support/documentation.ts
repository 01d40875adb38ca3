import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "./examples";

/** A page in Markdown. */
export interface MarkdownPage {
  /** Its path in the project. */
  readonly name: string;
  /** The absolute path of its folder. */
  readonly folder: string;
  readonly text: string;
}

/** The page at a path in the project, or all pages in a folder there. */
export function markdownPages(name: string): MarkdownPage[] {
  const full = path.join(ROOT, name);
  if (fs.statSync(full).isDirectory()) {
    const names = fs.readdirSync(full).sort();
    return names.flatMap((entry) => markdownPages(path.join(name, entry)));
  }
  return name.endsWith(".md") ? [{ name, folder: path.dirname(full), text: fs.readFileSync(full, "utf8") }] : [];
}

/** The rows of the table whose first line has the given cells at its start; each row is a list of cells. */
export function tableRows(text: string, ...header: readonly string[]): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${header.join(" | ")} |`));
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

/** The fenced blocks of a language, each with the file that the comment before it names. */
export function fencedBlocks(text: string, language: string): { readonly file?: string; readonly code: string }[] {
  const pattern = new RegExp(`^(?:<!-- (\\S+) -->\\n)?\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...text.matchAll(pattern)].map(([, file, code = ""]) => ({ file, code }));
}

/** The anchors that GitHub gives to the headings of a page. */
export function anchorsOf(text: string): string[] {
  const withoutCode = text.replace(/^```[\s\S]*?^```$/gm, "");
  return [...withoutCode.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
}

/** Whether code is a contiguous run of a file's lines, less the indentation that they have in common. */
export function isPartOf(file: string, code: string): boolean {
  const lines = fs.readFileSync(path.join(ROOT, file), "utf8").split("\n");
  const wanted = code.replace(/\n$/, "").split("\n");
  return lines.some((_, start) => dedented(lines.slice(start, start + wanted.length)) === wanted.join("\n"));
}

function dedented(lines: readonly string[]): string {
  const indentations = lines.filter((line) => line !== "").map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const common = Math.min(...indentations);
  return lines.map((line) => line.slice(common)).join("\n");
}
