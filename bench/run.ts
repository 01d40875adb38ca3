import { cpus } from "node:os";
import { compare } from "./comparison";
import { compileWorkloads } from "./compiled-workloads";
import { numberOfPairs } from "./number-of-pairs";
import { resultsTable, synthesisSection, writeSection } from "./results";
import { REGION_COUNTS, runRound } from "./rounds";
import type { Round } from "./rounds";
import { assertSameResources } from "./same-resources";

const DEFAULT_PAIRS = 31;

const pairs = numberOfPairs(DEFAULT_PAIRS);

compileWorkloads();
// This also warms the file system's cache, for both sides alike.
REGION_COUNTS.forEach(assertSameResources);

const rounds: Round[] = [];
while (rounds.length < pairs) {
  rounds.push(runRound());
}

const comparisons = compare(rounds);
console.log(resultsTable(comparisons, "Regions"));
writeSection(synthesisSection(comparisons, { pairs, nodeVersion: process.versions.node, cpus: cpus().length }));
