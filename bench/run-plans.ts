import { cpus } from "node:os";
import { comparison } from "./comparison";
import { numberOfPairs } from "./number-of-pairs";
import { UPSTREAM_COUNTS, assertSamePlans, planCpu, preparePlan, removePlan } from "./plans";
import { plansSection, resultsTable, writeSection } from "./results";

const DEFAULT_PAIRS = 11;

/** The ratios not to exceed, by the number of upstreams. */
const TARGETS: { readonly [upstreams: number]: number } = { 10: 1.1, 50: 1.15 };

const pairs = numberOfPairs(DEFAULT_PAIRS);
const byModule = preparePlan("plan-by-module");
const byHand = preparePlan("plan-by-hand");
try {
  UPSTREAM_COUNTS.forEach((upstreams) => assertSamePlans([byModule, byHand], upstreams));
  const comparisons = UPSTREAM_COUNTS.map((upstreams) =>
    comparison(
      { measure: "Plan, CPU ms", size: String(upstreams), target: TARGETS[upstreams] },
      Array.from({ length: pairs }, () => [planCpu(byModule, upstreams), planCpu(byHand, upstreams)] as const),
    ),
  );
  console.log(resultsTable(comparisons, "Upstreams"));
  writeSection(plansSection(comparisons, { pairs, cpus: cpus().length }));
} finally {
  [byModule, byHand].forEach(removePlan);
}
