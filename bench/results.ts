import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Comparison } from "./comparison";
import type { Layout, LayoutCosts, PlanCost } from "./layouts";
import { median, quantile } from "./statistics";

/** What the results were measured on and with. */
export interface Circumstances {
  readonly pairs: number;
  readonly nodeVersion: string;
  readonly cpus: number;
}

const RESULTS = join(__dirname, "RESULTS.md");

/** A Markdown table of all comparisons, one to a row; `size` heads the column of their sizes. */
export function resultsTable(comparisons: readonly Comparison[], size: string): string {
  const header = ["Measure", size, "This pack", "By hand", "Ratio", "Middle half", "Target", "Met"];
  return table(header, comparisons.map(cellsOf));
}

/** A Markdown table of the layouts of a fleet, one measure to a row, with ratios to the stacks of all regions. */
export function layoutsTable(costs: readonly LayoutCosts[]): string {
  const header = ["Measure", "Stacks", "One stack", "Ratio", "Range", "Aliases", "Ratio", "Range"];
  const rows = [
    ["CPU s", ({ cpu }: PlanCost) => cpu / 1e3] as const,
    ["Wall s", ({ wall }: PlanCost) => wall / 1e3] as const,
    ["Peak memory, MiB", ({ memory }: PlanCost) => memory] as const,
  ].map(([measure, of]) => {
    const ratios = (layout: Layout): string[] => {
      const all = costs.map((cost) => of(cost[layout]) / of(cost.stacks));
      return [inThreeDigits(median(all)), `${inThreeDigits(quantile(all, 0))}–${inThreeDigits(quantile(all, 1))}`];
    };
    const typical = (layout: Layout): string => inThreeDigits(median(costs.map((cost) => of(cost[layout]))));
    return [
      measure,
      typical("stacks"),
      typical("one-stack"),
      ...ratios("one-stack"),
      typical("aliases"),
      ...ratios("aliases"),
    ];
  });
  return table(header, rows);
}

/** Writes a section of RESULTS.md, and keeps the others. */
export function writeSection(section: string): void {
  const title = /^# .*$/m.exec(section)?.[0];
  const before = existsSync(RESULTS) ? readFileSync(RESULTS, "utf8").split(/^(?=# )/m) : [];
  const others = before.map((other) => other.trim()).filter((other) => !other.startsWith(`${title}\n`));
  const all = [...others, section.trim()].sort();
  writeFileSync(RESULTS, `${all.join("\n\n")}\n`);
}

/** The section on synthesis. */
export function synthesisSection(comparisons: readonly Comparison[], circumstances: Circumstances): string {
  const { pairs, nodeVersion, cpus } = circumstances;
  const widest = Math.max(...comparisons.map(({ spread: [from, to] }) => to - from));
  return `# Cost of the pack against the same resources by hand

${resultsTable(comparisons, "Regions")}

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

/** The section on plans of the plain module. */
export function plansSection(
  comparisons: readonly Comparison[],
  { pairs, cpus }: Pick<Circumstances, "pairs" | "cpus">,
): string {
  return `# Plans of the module pull-through-cache against the same resources by hand

${resultsTable(comparisons, "Upstreams")}

The CPU time of \`terraform plan\`, with the real provider and from an empty state. Both sides plan the same resources,
which is verified before anything is timed: a third of the upstreams without a credential, a third with a secret of its
own, a third with a managed secret and settings, all with tagged repositories. By hand means resources in the root
module without validations and preconditions (bench/workloads/plan-by-hand). Most of the time on both sides is what
Terraform needs to load the provider and its schema.

- This pack and by hand: medians. Ratio: median of the ratios of ${pairs} pairs, run in turns. ${cpus} CPUs.
- Run again with \`npm run bench:plans\`; \`BENCH_PAIRS=31 npm run bench:plans\` takes more pairs.
`;
}

/** The section on the layouts of a fleet. */
export function layoutsSection(
  costs: readonly LayoutCosts[],
  { regions, sampled, cpus }: { readonly regions: number; readonly sampled: number; readonly cpus: number },
): string {
  const [first] = costs;
  return `# Plans of a fleet in one stack against a stack per region

${layoutsTable(costs)}

\`terraform plan\` of a fleet in ${regions} regions with four upstreams, ${first?.stacks.resources ?? 0} resources in all, from an empty
state and without refresh. The number of resources is verified to be the same in each layout.

- Stacks: a plan for each region, one after the other. ${sampled} of them are planned in each round, and their time is
  multiplied; the memory is that of one plan.
- One stack: one provider for all resources. It stands in for hashicorp/aws 6, where each resource has the argument
  \`region\`: the provider that runs here is hashicorp/aws 5.100.0, which does not know the argument. Not run:
  hashicorp/aws 6 itself, and its requests to ${regions} regions.
- Aliases: one stack with a provider for each region, each a process.
- Memory: the largest sum over Terraform and its providers, with shared pages counted once. Values: medians. Ratio: median
  of the ratios to the stacks in ${costs.length} rounds, run in turns; range: the smallest and the largest. ${cpus} CPUs.
- A refresh reads the same resources in each layout; it is not measured.
- Run again with \`npm run bench:layouts\`; \`BENCH_PAIRS=11 npm run bench:layouts\` takes more rounds. It needs Linux.
`;
}

/** The section on the command that rewrites names of images. */
export function rewriteSection(comparisons: readonly Comparison[], circumstances: Circumstances): string {
  const { pairs, nodeVersion, cpus } = circumstances;
  return `# Rewriting names of images against sed

${resultsTable(comparisons, "Files")}

Both sides print all files with the names of the cache, which is verified to be the same text before anything is timed.
Each file has three objects of Kubernetes and six images of three registries in 2 KiB. By hand means one run of \`sed\`
with one substitution for each registry, which knows nothing of YAML: it would also change comments and other texts. The
command parses every file, and starts Node.js.

- This pack and by hand: medians of whole processes. Ratio: median of the ratios of ${pairs} pairs of processes, run in
  turns. Middle half: where the ratios of half of the pairs lie. Growth exponent: 1 is linear.
- Node.js ${nodeVersion}, ${cpus} CPUs.
- Run again with \`npm run bench:rewrite\`; \`BENCH_PAIRS=31 npm run bench:rewrite\` takes more pairs. It needs GNU time.
`;
}

function table(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = [header, ...cells];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

function cellsOf({ measure, size, pack, hand, ratio, spread, target }: Comparison): string[] {
  return [
    measure,
    size,
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
