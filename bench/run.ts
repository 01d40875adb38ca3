// Measures the parts of the benchmark, and writes results.json, RESULTS.md and results.svg.
import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { measureDeploy } from "./parts/deploy";
import { measureGrowth } from "./parts/growth";
import { measureLayouts } from "./parts/layouts";
import { measurePlans, profilePlans } from "./parts/plans";
import { measureRewrite } from "./parts/rewrite";
import { measureSynthesis } from "./parts/synthesis";
import { profile } from "./profile";
import { rowsTable, writeResults } from "./results";
import type { Circumstances } from "./results";
import type { Row } from "./rows";
import { PARTS, TEXTS } from "./texts";
import type { PartName } from "./texts";
import { TERRAFORM } from "./versions";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    pairs: { type: "string", default: process.env["BENCH_PAIRS"] },
    regions: { type: "string" },
    profile: { type: "boolean", default: false },
  },
});

const MEASURE: { readonly [part in PartName]: (pairs: number) => Promise<Row[]> } = {
  synthesis: measureSynthesis,
  growth: measureGrowth,
  plans: measurePlans,
  layouts: measureLayouts,
  deploy: (rounds) => measureDeploy(rounds, integer("regions", options.regions)),
  rewrite: measureRewrite,
};

/** How often each copy of the module is planned for the profile. */
const PROFILED_PLANS = 5;

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  checkTerraform();
  const pairs = integer("pairs", options.pairs);
  if (options.profile) {
    const plans = await profilePlans(pairs ?? PROFILED_PLANS);
    writeResults({ profile: { ...circumstances(), rows: await profile(), plans } });
    return;
  }
  for (const part of chosenParts()) {
    const start = Date.now();
    const { pairs: usual, mostPairs = Infinity } = TEXTS[part];
    const count = Math.min(pairs ?? usual, mostPairs);
    const rows = await MEASURE[part](count);
    // Each part is kept, whatever happens to the next one.
    const measured = { [part]: { ...circumstances(), pairs: count, rows } };
    writeResults(measured);
    console.log(`${rowsTable(measured, [part])}\n\n${part}: ${((Date.now() - start) / 1000).toFixed(0)} s\n`);
  }
}

/** RESULTS.md names the version. */
function checkTerraform(): void {
  const json = execFileSync("terraform", ["version", "-json"], { encoding: "utf8" });
  const { terraform_version: version } = JSON.parse(json) as { readonly terraform_version: string };
  if (version !== TERRAFORM) {
    throw new Error(`terraform must be ${TERRAFORM}, as bench/versions.ts says, got ${version}`);
  }
}

function chosenParts(): PartName[] {
  const names: readonly string[] = options.only?.split(",") ?? PARTS;
  return names.map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part === undefined) {
      throw new Error(`--only must be a list of ${PARTS.join(", ")}, got ${name}`);
    }
    return part;
  });
}

function circumstances(): Circumstances {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    nodeVersion: process.versions.node,
  };
}

function integer(name: string, text: string | undefined): number | undefined {
  const value = text === undefined ? undefined : Number(text);
  if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
    throw new Error(`--${name} must be an integer of 1 or more, got ${text ?? ""}`);
  }
  return value;
}
