import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chart } from "./chart";
import type { PlanProfileRow } from "./parts/plans";
import type { ProfileRow } from "./profile";
import { isMet } from "./rows";
import type { Row } from "./rows";
import { missedTargets, summary } from "./summary";
import { PARTS, PROFILES, SMALLEST_DIFFERENCE, TEXTS, headingOf } from "./texts";
import type { PartName } from "./texts";
import { versions } from "./versions";

/** When, on what and how a part was measured. */
export interface Circumstances {
  /** The day, in UTC. */
  readonly date: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly nodeVersion: string;
}

/** What a part has measured. */
export interface PartResults extends Circumstances {
  /** Pairs, or rounds, of most rows. */
  readonly pairs: number;
  readonly rows: readonly Row[];
}

/** What results.json has. */
export type Results = { readonly [part in PartName]?: PartResults } & {
  readonly profile?: Circumstances & {
    readonly rows: readonly ProfileRow[];
    readonly plans: readonly PlanProfileRow[];
  };
};

const JSON_FILE = join(__dirname, "results.json");

/** Everything that was measured until now. */
export function readResults(): Results {
  return JSON.parse(readFileSync(JSON_FILE, "utf8")) as Results;
}

/** Adds what was measured, and writes results.json and what it gives. */
export function writeResults(measured: Results): void {
  const results = { ...readResults(), ...measured };
  writeFileSync(JSON_FILE, `${JSON.stringify(results, undefined, 2)}\n`);
  for (const [file, text] of Object.entries(rendered(results))) {
    writeFileSync(join(__dirname, file), text);
  }
}

/** The page and the chart, by the names of their files. */
export function rendered(results: Results): { readonly [file: string]: string } {
  return { "RESULTS.md": page(results), "results.svg": chart(results) };
}

/** A Markdown table of all rows of some parts. */
export function rowsTable(results: Results, parts: readonly PartName[]): string {
  return table(
    ["Part", "Measure", "Size", "Measured", "Other side", "Against", "Ratio", "Middle half", "Target", "Met"],
    parts.flatMap((part) => (results[part]?.rows ?? []).map((row) => [TEXTS[part].name, ...cellsOf(row)])),
  );
}

function page(results: Results): string {
  const rows = PARTS.flatMap((part) => results[part]?.rows ?? []);
  const targets = rows.map(isMet).filter((met) => met !== undefined);
  const missed = missedTargets(results);
  return `# Benchmark

This package, or a setting of it, against other ways to get the same resources. A ratio below 1 means that the package,
or the setting, takes less.

${summary(results)}

![Ratios of the main rows of the table below, by part, with the middle half of the pairs and the targets](results.svg)

${targets.filter(Boolean).length} of ${targets.length} targets are met.${missed === "" ? "" : ` These are missed:\n\n${missed}`}

## All rows

${rowsTable(results, PARTS)}

- Both sides run in turns, in processes of their own. Measured: the median of this package, or of the setting that the
  measure names. Against: the median of the other side. Ratio: the median of the ratios of all pairs. Middle half: the
  range of the middle half of these ratios; with fewer than five pairs, the range of all of them.
- A target is a limit of the ratio. A target with the word "exponent" is a limit of the measured exponent. A row without
  a target is for information.
- Noise: a ratio of times whose middle half contains 1 is no difference. Two runs may differ by a few hundredths in any
  ratio of times, and by more in absolute values. Only the bytes are exact.
- Versions: ${versions()}.
- \`npm run bench\` measures all parts. \`npm run bench -- --only ${PARTS.slice(0, 2).join(",")}\` measures some and keeps the others,
  \`--pairs 99\` takes more pairs, \`--profile\` writes the profile. It needs Linux, bash, zip,
  GNU time, Terraform and the npm registry.

${PARTS.map((part) => section(part, results[part])).join("\n\n")}
${profileSection(results.profile)}`;
}

function section(part: PartName, results: PartResults | undefined): string {
  const measured =
    results === undefined
      ? "Not measured."
      : `${results.pairs} ${results.pairs === 1 ? "pair" : "pairs"}, ${circumstances(results)}.`;
  return `## ${headingOf(part)}\n\n${TEXTS[part].text}\n\n${measured}`;
}

function profileSection(results: Results["profile"]): string {
  if (results === undefined) {
    return "";
  }
  const rows = results.rows.map(({ place, regions, pack, byHand }) => [
    place,
    String(regions),
    pack.toFixed(1),
    byHand.toFixed(1),
    (pack - byHand).toFixed(1),
  ]);
  const byHand = results.plans.find(({ variant }) => variant === "by hand")?.cpu ?? NaN;
  const plans = results.plans.map(({ variant, cpu }) => [variant, String(cpu), (cpu / byHand).toFixed(3)]);
  return `
## Profile

The places where whole processes of this package and by hand differ by ${SMALLEST_DIFFERENCE} ms or more: medians of the self time
in ${PROFILES} profiles of each. The profiler slows both sides down. A place is a package, or a task of Node.js or V8 for all
packages.

${table(["Place", "Regions", "This package, ms", "By hand, ms", "Difference, ms"], rows)}

Plans of the module with ${results.plans[0]?.upstreams ?? 0} upstreams, and of copies of the module without some of its checks: medians of the CPU
time. Without both kinds of checks, the difference to by hand is the work of expressions, of more resources and of the
call of the module.

${table(["Configuration", "Plan, CPU ms", "Ratio to by hand"], plans)}

${upperFirst(circumstances(results))}.
`;
}

function circumstances({ date, cpus, memoryGiB, nodeVersion }: Circumstances): string {
  return `measured on ${date} with Node.js ${nodeVersion}, ${cpus} CPUs and ${memoryGiB} GiB of memory`;
}

function table(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = [header, ...cells];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

function cellsOf(row: Row): string[] {
  const { measure, size, against, pack, other, ratio, spread, target, targetOf } = row;
  const met = isMet(row);
  return [
    measure,
    size,
    inThreeDigits(pack),
    against,
    inThreeDigits(other),
    inRatio(ratio),
    spread.map(inRatio).join("–"),
    target === undefined ? "–" : `${targetOf === "pack" ? "exponent " : ""}<= ${target.toFixed(2)}`,
    met === undefined ? "–" : met ? "yes" : "**no**",
  ];
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Near 1 the third decimal counts, elsewhere three digits. */
function inRatio(value: number): string {
  return value >= 0.9 && value < 10 ? value.toFixed(3) : inThreeDigits(value);
}

function inThreeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
