import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { SAMPLED_STACKS, planCost, prepareLayout } from "./layouts";
import type { LayoutCosts, PlanCost } from "./layouts";
import { numberOfPairs } from "./number-of-pairs";
import { layoutsSection, layoutsTable, writeSection } from "./results";
import { REGIONS } from "./workloads/declaration";

const DEFAULT_ROUNDS = 5;

async function main(): Promise<void> {
  const rounds = numberOfPairs(DEFAULT_ROUNDS);
  const root = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    const stacks = prepareLayout(root, "stacks");
    const [oneStack = ""] = prepareLayout(root, "one-stack");
    const [aliases = ""] = prepareLayout(root, "aliases");
    const costs: LayoutCosts[] = [];
    for (let round = 0; round < rounds; round++) {
      const cost = {
        stacks: await costOfStacks(stacks),
        "one-stack": await planCost(oneStack),
        aliases: await planCost(aliases),
      };
      if (new Set(Object.values(cost).map(({ resources }) => resources)).size > 1) {
        throw new Error("the layouts do not plan the same number of resources");
      }
      costs.push(cost);
    }
    console.log(layoutsTable(costs));
    writeSection(layoutsSection(costs, { regions: REGIONS.length, sampled: SAMPLED_STACKS, cpus: cpus().length }));
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The cost of planning the stacks of all regions one after the other, from that of some of them. */
async function costOfStacks(folders: readonly string[]): Promise<PlanCost> {
  const sampled: PlanCost[] = [];
  for (const folder of folders) {
    sampled.push(await planCost(folder));
  }
  const scaled = (of: (cost: PlanCost) => number): number =>
    (sampled.map(of).reduce((sum, value) => sum + value, 0) * REGIONS.length) / sampled.length;
  return {
    cpu: scaled(({ cpu }) => cpu),
    wall: scaled(({ wall }) => wall),
    memory: Math.max(...sampled.map(({ memory }) => memory)),
    resources: scaled(({ resources }) => resources),
  };
}

void main();
