import { FILE_HEADERS_ONLY, formatPatch } from "diff";
import type { StructuredPatchHunk } from "diff";
import { edited } from "./plan";
import type { Edit } from "./plan";

const CONTEXT = 3;

/**
 * The changes of a file as `git diff` shows them. Edits stay within their lines, so that the changed lines are known
 * and no search for a shortest difference is needed.
 */
export function unifiedDiff(file: string, text: string, edits: readonly Edit[]): string {
  const before = text.split("\n");
  const after = edited(text, edits).split("\n");
  // A text that ends with a line feed has nothing behind it.
  const count = before.at(-1) === "" ? before.length - 1 : before.length;
  const changed = before.slice(0, count).flatMap((line, index) => (line === after[index] ? [] : [index]));
  const hunks: StructuredPatchHunk[] = [];
  for (let at = 0; at < changed.length;) {
    const first = changed[at] ?? 0;
    let last = first;
    do {
      last = changed[at] ?? last;
      at += 1;
    } while (at < changed.length && (changed[at] ?? 0) - last <= 2 * CONTEXT + 1);
    hunks.push(hunkOf(before, after, Math.max(0, first - CONTEXT), Math.min(count, last + CONTEXT + 1)));
  }
  const names = { oldFileName: `a/${file}`, newFileName: `b/${file}` };
  return formatPatch({ ...names, oldHeader: undefined, newHeader: undefined, hunks }, FILE_HEADERS_ONLY);
}

function hunkOf(before: readonly string[], after: readonly string[], start: number, end: number): StructuredPatchHunk {
  const runs: string[][] = [];
  for (let index = start; index < end;) {
    let next = index;
    while (next < end && before[next] !== after[next]) {
      next += 1;
    }
    runs.push(marked("-", before, index, next), marked("+", after, index, next));
    if (next < end) {
      runs.push(marked(" ", before, next, next + 1));
    }
    index = next + 1;
  }
  const count = end - start;
  return { oldStart: start + 1, oldLines: count, newStart: start + 1, newLines: count, lines: runs.flat() };
}

/** Lines with a mark, and a note behind the last one of a text if no line feed ends it. */
function marked(mark: string, lines: readonly string[], start: number, end: number): string[] {
  const found = lines.slice(start, end).map((line) => `${mark}${line}`);
  return end > start && end === lines.length ? [...found, "\\ No newline at end of file"] : found;
}
