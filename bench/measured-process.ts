import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, WORKLOADS } from "./compiled-workloads";
import type { Usage } from "./workloads/usage";

/** Who declares the resources: this pack, or somebody by hand. */
export type Workload = "pack" | "hand-written";

/** What one process took. */
export interface Sample extends Usage {
  /** From spawn to exit, in milliseconds. */
  readonly wall: number;
  /** Size of the synthesized Terraform JSON; 0 where nothing but loading is done. */
  readonly bytes: number;
}

/** Runs a workload in a process of its own; `inspect` gets the output folder before it is removed. */
export function synthesize(workload: Workload, regions: number, inspect?: (outdir: string) => void): Sample {
  const outdir = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    const sample = runNode([scriptOf(workload), outdir, String(regions)]);
    inspect?.(outdir);
    return { ...sample, bytes: terraformFiles(outdir).reduce((sum, file) => sum + statSync(file).size, 0) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Loads all that a workload needs, and does nothing with it, in a process that is started with `flags`. */
export function load(workload: Workload, flags: string[] = []): Sample {
  return { ...runNode([...flags, scriptOf(workload)]), bytes: 0 };
}

/** The Terraform JSON in an output folder, one file per stack. */
export function terraformFiles(outdir: string): string[] {
  return readdirSync(join(outdir, "stacks")).map((stack) => join(outdir, "stacks", stack, "cdk.tf.json"));
}

function scriptOf(workload: Workload): string {
  return join(WORKLOADS, `${workload}.js`);
}

function runNode(args: string[]): Usage & { readonly wall: number } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    // A loader or a profiler that the caller runs with must not be measured.
    env: { ...process.env, NODE_OPTIONS: "" },
    encoding: "utf8",
  });
  const wall = performance.now() - start;
  if (status !== 0) {
    throw new Error(`node ${args.join(" ")} failed:\n${stderr}`);
  }
  return { ...(JSON.parse(stdout) as Usage), wall };
}
