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
  /** Size of the synthesized Terraform JSON; 0 for a bare import. */
  readonly bytes: number;
}

/** Runs a workload in a process of its own; `inspect` gets the output folder before it is removed. */
export function synthesize(workload: Workload, regions: number, inspect?: (outdir: string) => void): Sample {
  const outdir = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    const sample = runNode([join(WORKLOADS, `${workload}.js`), outdir, String(regions)]);
    inspect?.(outdir);
    return { ...sample, bytes: terraformFiles(outdir).reduce((sum, file) => sum + statSync(file).size, 0) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Imports modules in a process that does nothing else and is started with `flags`. */
export function importModules(modules: string[], flags: string[] = []): Sample {
  const script = modules.map((name) => `require(${JSON.stringify(name)});`).join("");
  return { ...runNode([...flags, "--require", join(WORKLOADS, "usage.js"), "--eval", script]), bytes: 0 };
}

/** The Terraform JSON in an output folder, one file per stack. */
export function terraformFiles(outdir: string): string[] {
  return readdirSync(join(outdir, "stacks")).map((stack) => join(outdir, "stacks", stack, "cdk.tf.json"));
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
