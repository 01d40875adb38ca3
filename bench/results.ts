import type { Comparison } from "./comparison";

/** What the results were measured on and with. */
export interface Circumstances {
  readonly pairs: number;
  readonly nodeVersion: string;
  readonly cpus: number;
}

const HEADER = ["Measure", "Regions", "This pack", "By hand", "Ratio", "Middle half", "Target", "Met"];

/** A Markdown table of all comparisons, one to a row. */
export function resultsTable(comparisons: readonly Comparison[]): string {
  const rows = [HEADER, ...comparisons.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

/** The text of RESULTS.md. */
export function resultsDocument(comparisons: readonly Comparison[], circumstances: Circumstances): string {
  const { pairs, nodeVersion, cpus } = circumstances;
  const widest = Math.max(...comparisons.map(({ spread: [from, to] }) => to - from));
  return `# Cost of the pack against the same resources by hand

${resultsTable(comparisons)}

Both sides declare the same resources, variables, providers and backends, which is verified before anything is timed:
Amazon ECR Public, Kubernetes, Quay, Docker Hub with a managed credential and GitHub with an existing secret, with
tagged repositories, one stack per region. By hand means with the classes of \`@cdktf/provider-aws\`, imported one by
one, directly in the stack. Import means loading what each side needs for that, and nothing else: cdktf, the same eight
files of the provider, which the pack otherwise loads when it first uses them, and on this side the pack. With room in
the heap, neither makes V8 collect all of it, which otherwise one may just do and the other not. Construct and synth has
all of them loaded before; the whole process is everything.

- This pack and by hand: medians of whole processes. Ratio: median of the ratios of ${pairs} pairs of processes, run in
  turns. Middle half: where the ratios of half of the pairs lie. A ratio without a target is for information.
- Node.js ${nodeVersion}, ${cpus} CPUs.
- Run again with \`npm run bench\`; \`BENCH_PAIRS=99 npm run bench\` takes more pairs.

Noise: the middle half of the least steady measure is ${widest.toFixed(2)} wide, so that two runs may differ by a few
hundredths in any ratio of time, and only the bytes are exact.
`;
}

function cellsOf({ measure, regions, pack, hand, ratio, spread, target }: Comparison): string[] {
  return [
    measure,
    regions,
    inThreeDigits(pack),
    inThreeDigits(hand),
    ratio.toFixed(3),
    `${spread[0].toFixed(3)}–${spread[1].toFixed(3)}`,
    target === undefined ? "–" : `<= ${target.toFixed(2)}`,
    target === undefined ? "–" : ratio <= target ? "yes" : "**no**",
  ];
}

function inThreeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
