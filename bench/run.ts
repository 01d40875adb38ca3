import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { compare } from "./comparison";
import { compileWorkloads } from "./compiled-workloads";
import { resultsDocument, resultsTable } from "./results";
import { REGION_COUNTS, runRound } from "./rounds";
import type { Round } from "./rounds";
import { assertSameResources } from "./same-resources";

const DEFAULT_PAIRS = 31;

const pairs = Number(process.env.BENCH_PAIRS ?? DEFAULT_PAIRS);
if (!Number.isInteger(pairs) || pairs < 1) {
  throw new Error(`BENCH_PAIRS must be an integer of 1 or more, got ${process.env.BENCH_PAIRS}`);
}

compileWorkloads();
// This also warms the file system's cache, for both sides alike.
REGION_COUNTS.forEach(assertSameResources);

const rounds: Round[] = [];
while (rounds.length < pairs) {
  rounds.push(runRound());
}

const comparisons = compare(rounds);
console.log(resultsTable(comparisons));
writeFileSync(
  join(__dirname, "RESULTS.md"),
  resultsDocument(comparisons, { pairs, nodeVersion: process.versions.node, cpus: cpus().length }),
);
