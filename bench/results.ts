import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chart } from "./chart";
import type { PlanProfileRow } from "./parts/plans";
import type { ProfileRow } from "./profile";
import { isMet } from "./rows";
import type { Row } from "./rows";
import { PARTS, TEXTS } from "./texts";
import type { PartName } from "./texts";

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

/** A Markdown table of rows. */
export function rowsTable(rows: readonly Row[]): string {
  return table(
    ["Measure", "Size", "This pack", "Against", "Other side", "Ratio", "Middle half", "Target", "Met"],
    rows.map(cellsOf),
  );
}

function page(results: Results): string {
  const rows = PARTS.flatMap((part) => results[part]?.rows ?? []);
  const targets = rows.map(isMet).filter((met) => met !== undefined);
  return `# Benchmark

This pack against other ways to declare the same resources. A ratio below 1 means that the pack takes less.
${targets.filter(Boolean).length} of ${targets.length} targets are met.

![Ratios of all rows of the table below, by part, with the middle half of the pairs and the targets](results.svg)

${rowsTable(rows)}

- Both sides run in turns, in processes of their own. This pack and other side: medians. Ratio: median of the ratios of all
  pairs. Middle half: where the ratios of half of the pairs lie; with fewer than five pairs, where all of them lie.
- A target is for the ratio, except "exponent", which is for the value of this pack. A row without a target is for
  information.
- Noise: a ratio of times whose middle half contains 1 is no difference. Two runs may differ by a few hundredths in any
  ratio of times, and by more in absolute values. Only the bytes are exact.
- \`npm run bench\` measures all parts. \`npm run bench -- --only ${PARTS.slice(0, 2).join(",")}\` measures some and keeps the others,
  \`--pairs 99\` takes more pairs, \`--profile\` writes the profile. It needs Linux, bash, zip, Terraform and the npm registry.

${PARTS.map((part) => section(part, results[part])).join("\n\n")}
${profileSection(results.profile)}`;
}

function section(part: PartName, results: PartResults | undefined): string {
  const { title, text } = TEXTS[part];
  const measured =
    results === undefined
      ? "Not measured."
      : `${results.pairs} ${results.pairs === 1 ? "pair" : "pairs"}, ${circumstances(results)}.`;
  return `## ${title}\n\n${text}\n\n${measured}`;
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

The places where whole processes of this pack and by hand differ by half a millisecond or more: medians of the self time
in seven profiles of each. The profiler slows both sides down. A place is a package, or what Node.js and V8 do for all of
them.

${table(["Place", "Regions", "This pack, ms", "By hand, ms", "Difference, ms"], rows)}

Plans of the module with 50 upstreams, and of copies of it that lack some of its checks: medians of the CPU time. What
remains without both is the work of its expressions, of more resources and of the call itself.

${table(["Configuration", "Plan, CPU ms", "Ratio to by hand"], plans)}

${circumstances(results)}.
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

/** Near 1 the third decimal counts, elsewhere three digits. */
function inRatio(value: number): string {
  return value >= 0.9 && value < 10 ? value.toFixed(3) : inThreeDigits(value);
}

function inThreeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
