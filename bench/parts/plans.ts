import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformEnvironment } from "../../test/support/terraform-environment";
import { cost } from "../processes";
import { compare } from "../rows";
import type { Row } from "../rows";
import { assertSamePlans } from "../same-plans";
import { median } from "../statistics";

const UPSTREAM_COUNTS = [1, 10, 50];

/** The ratios not to exceed, by the number of upstreams. */
const TARGETS: { readonly [upstreams: number]: number } = { 10: 1.1, 50: 1.15 };

// The garbage collection of users, whatever the tests use. The credentials only have to exist: nothing is sent.
const env = terraformEnvironment({ GOGC: "100", AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" });

const MODULES = join(__dirname, "..", "..", "modules");

/** Copies of the module, and the blocks that they lack. */
const VARIANTS: readonly (readonly [name: string, blocks: readonly string[]])[] = [
  ["the module", []],
  ["without validations of inputs", ["validation"]],
  ["without preconditions", ["precondition"]],
  ["without both", ["validation", "precondition"]],
];

/** What a plan takes with a copy of the module. */
export interface PlanProfileRow {
  readonly variant: string;
  readonly upstreams: number;
  /** Median of the CPU time, in milliseconds. */
  readonly cpu: number;
}

/** CPU times of the module and by hand, one pair for each time they were measured. */
type Values = [module: number, byHand: number][];

/** Compares plans of the module with those of the same resources by hand. */
export async function measurePlans(pairs: number): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    const byModule = await prepare(root, "plan-by-module");
    const byHand = await prepare(root, "plan-by-hand");
    const measured = new Map<number, Values>();
    for (const upstreams of UPSTREAM_COUNTS) {
      const options = optionsFor(upstreams);
      await assertSamePlans([byModule, byHand], env, options);
      const plan = async (cwd: string): Promise<number> =>
        (await cost(["terraform", "plan", "-input=false", ...options], { cwd, env })).cpu;
      const values: Values = [];
      for (let pair = 0; pair < pairs; pair++) {
        values.push([await plan(byModule), await plan(byHand)]);
      }
      measured.set(upstreams, values);
    }
    return planRows((upstreams) => measured.get(upstreams) ?? []);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The rows of the part, from the values for each number of upstreams. */
export function planRows(valuesOf: (upstreams: number) => Values): Row[] {
  return UPSTREAM_COUNTS.map((upstreams) => {
    const size = `${upstreams} ${upstreams === 1 ? "upstream" : "upstreams"}`;
    const labels = { measure: "Plan, CPU ms", size, against: "HCL by hand", target: TARGETS[upstreams] };
    return compare(labels, valuesOf(upstreams));
  });
}

/** Plans with copies of the module that lack some of its checks: the CPU time, in milliseconds, by the name of the copy. */
export async function profilePlans(rounds: number): Promise<PlanProfileRow[]> {
  const root = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    const upstreams = Math.max(...UPSTREAM_COUNTS);
    const folders: [string, string][] = [["by hand", await prepare(root, "plan-by-hand")]];
    for (const [index, [name, blocks]] of VARIANTS.entries()) {
      const modules = join(root, `modules-${index}`);
      cpSync(MODULES, modules, { recursive: true });
      removeBlocks(join(modules, "pull-through-cache"), blocks);
      folders.push([name, await prepare(root, "plan-by-module", modules, `variant-${index}`)]);
    }
    const costs = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, cwd] of folders) {
        const { cpu } = await cost(["terraform", "plan", "-input=false", ...optionsFor(upstreams)], { cwd, env });
        costs.set(name, [...(costs.get(name) ?? []), cpu]);
      }
    }
    return [...costs].map(([variant, taken]) => ({ variant, upstreams, cpu: Math.round(median(taken)) }));
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Removes blocks from the files of a module; `terraform fmt` puts the end of a block below its start. */
function removeBlocks(folder: string, names: readonly string[]): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".tf"))) {
    const text = readFileSync(join(folder, file), "utf8");
    const without = names.reduce(
      (rest, name) => rest.replace(new RegExp(`^( *)${name} \\{\\n[^]*?^\\1\\}\\n`, "gm"), ""),
      text,
    );
    writeFileSync(join(folder, file), without);
  }
}

/** Copies the configuration of a workload, and initializes it. */
async function prepare(
  root: string,
  workload: "plan-by-module" | "plan-by-hand",
  modules = MODULES,
  name: string = workload,
): Promise<string> {
  const folder = join(root, name);
  cpSync(join(__dirname, "..", "workloads", workload), folder, { recursive: true });
  const main = join(folder, "main.tf");
  writeFileSync(main, readFileSync(main, "utf8").replace("../../../modules", modules));
  await cost(["terraform", "init", "-input=false"], { cwd: folder, env });
  return folder;
}

function optionsFor(upstreams: number): string[] {
  return ["-refresh=false", `-var=upstreams=${upstreams}`];
}
