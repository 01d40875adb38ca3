import fs from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import process from "node:process";

/** Writes which lines of src/ each test file runs, and its time; `jest --coverage` alone shows the lines of all files together. */
export default class Coverage {
  #files = {};

  onTestResult(_test, { testFilePath, coverage, perfStats }) {
    const lines = Object.entries(coverage ?? {}).map(([file, ofFile]) => [this.#relative(file), linesOf(ofFile)]);
    this.#files[this.#relative(testFilePath)] = { seconds: perfStats.runtime / 1000, lines: Object.fromEntries(lines) };
  }

  onRunComplete() {
    fs.writeFileSync(process.env["MUTANTS_COVERAGE"], JSON.stringify(this.#files));
  }

  #relative(file) {
    return path.relative(process.cwd(), file);
  }
}

/** The lines where statements and functions begin, as written: how often each runs. */
function linesOf({ statementMap, fnMap, s, f, inputSourceMap }) {
  const map = inputSourceMap === undefined ? undefined : new SourceMap(inputSourceMap);
  const counts = {};
  const add = ({ line, column }, count) => {
    const written = map === undefined ? line : (map.findEntry(line - 1, column).originalLine ?? -1) + 1;
    counts[written] = Math.max(counts[written] ?? 0, count);
  };
  Object.entries(statementMap).forEach(([id, { start }]) => add(start, s[id]));
  Object.entries(fnMap).forEach(([id, { loc }]) => add(loc.start, f[id]));
  return counts;
}
