import type { Fault } from "./faults";

/** "no test": no unit test runs the line. */
export type Outcome = "killed" | "timed out" | "survived" | "no test";

export interface Result {
  readonly fault: Fault;
  readonly outcome: Outcome;
}

const CLOSED = "## Closed by new tests\n";
const NOT_EXPLAINED = "not explained";
const SHOWN = 70;

/** What people write: the last column of the table of survivors, by the id of the fault, and the section at the end. */
function writtenIn(page: string): { readonly explanations: ReadonlyMap<string, string>; readonly closed: string } {
  const [table = "", closed = ""] = page.split(CLOSED);
  const rows = [...table.matchAll(/^\| ([0-9a-f]{8}) \|.*\| ([^|]+) \|$/gm)];
  return { explanations: new Map(rows.map(([, id = "", explanation = ""]) => [id, explanation])), closed };
}

/** The report, whose order and ids depend on the code only, so that two runs can be compared line by line. */
export function reportOf(
  results: readonly Result[],
  run: { readonly all: number; readonly sample: number; readonly seed: string },
  formerPage: string,
): string {
  const { explanations, closed } = writtenIn(formerPage);
  const folders = [...new Set(results.map(({ fault }) => folderOf(fault)))].sort();
  const row = (name: string, rows: readonly Result[]): string => {
    const count = (...outcomes: Outcome[]): number => rows.filter(({ outcome }) => outcomes.includes(outcome)).length;
    const noticed = count("killed", "timed out");
    const score = `${((100 * noticed) / rows.length).toFixed(1)} %`;
    return cells(name, rows.length, count("killed"), count("timed out"), count("survived"), count("no test"), score);
  };
  const survivors = results.filter(({ outcome }) => outcome === "survived" || outcome === "no test");
  return `# Faults that no unit test notices

\`npm run mutants\` writes this page. It puts faults into \`src/\` one by one and runs the unit tests that reach them: ${results.length} of
${run.all} possible faults, a share of ${run.sample} with the seed "${run.seed}" and at least one of each file. Without a fault, all tests pass.

| folder | faults | noticed | endless | survived | no test | score |
|---|---|---|---|---|---|---|
${folders
  .map((folder) =>
    row(
      folder,
      results.filter(({ fault }) => folderOf(fault) === folder),
    ),
  )
  .join("\n")}
${row("all", results)}

"Endless" are faults with which the tests use up their CPU time. "No test" are faults in lines that no unit test runs in its own process.

## Survivors

People write the last column and the section below; the next run keeps them.

| id | place | fault | why |
|---|---|---|---|
${survivors.map(({ fault, outcome }) => survivor(fault, outcome, explanations)).join("\n")}

${CLOSED}${closed}`;
}

function survivor(fault: Fault, outcome: Outcome, explanations: ReadonlyMap<string, string>): string {
  const { id, file, line, original, replacement } = fault;
  const explanation = explanations.get(id) ?? (outcome === "no test" ? `${NOT_EXPLAINED}, no test` : NOT_EXPLAINED);
  return cells(id, `${file}:${line}`, `${code(original)} → ${code(replacement)}`, explanation);
}

function cells(...values: (string | number)[]): string {
  return `| ${values.join(" | ")} |`;
}

/** Code in a cell of a table. */
function code(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  const short = line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
  return short === "" ? "nothing" : `\`\` ${short.replace(/\|/g, "\\|")} \`\``;
}

function folderOf({ file }: Fault): string {
  return file.split("/").slice(0, -1).join("/");
}
