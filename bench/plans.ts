import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformEnvironment } from "../test/support/terraform-environment";

/** How many upstreams the plans have. */
export const UPSTREAM_COUNTS = [1, 10, 50];

/** Who declares the resources: the plain module, or somebody by hand. */
export type PlanWorkload = "plan-by-module" | "plan-by-hand";

/** A prepared configuration. */
export interface PreparedPlan {
  readonly folder: string;
}

interface PlannedResources {
  readonly resource_changes?: readonly {
    readonly type: string;
    readonly mode: string;
    readonly change: { readonly after: unknown; readonly after_unknown: unknown };
  }[];
}

// The garbage collection of users, whatever the tests use. The credentials only have to exist: nothing is sent.
const ENVIRONMENT = { GOGC: "100", AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" };

/** Copies the configuration of a workload, and initializes it. */
export function preparePlan(workload: PlanWorkload): PreparedPlan {
  const folder = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  cpSync(join(__dirname, "workloads", workload), folder, { recursive: true });
  const main = join(folder, "main.tf");
  writeFileSync(main, readFileSync(main, "utf8").replace("../../../modules", join(__dirname, "..", "modules")));
  terraform(folder, ["init", "-input=false"]);
  return { folder };
}

/** Removes what `preparePlan` has made. */
export function removePlan({ folder }: PreparedPlan): void {
  rmSync(folder, { recursive: true });
}

/** The CPU time of a plan, Terraform and its providers together, in milliseconds. */
export function planCpu({ folder }: PreparedPlan, upstreams: number): number {
  const command = `TIMEFORMAT='%U %S'; time terraform plan -input=false -refresh=false -var upstreams=${upstreams} >&2`;
  const { stderr } = run(folder, "bash", ["-c", command]);
  const [user = NaN, system = NaN] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  return (user + system) * 1e3;
}

/** Throws unless both workloads plan the same resources. */
export function assertSamePlans(plans: readonly PreparedPlan[], upstreams: number): void {
  const [one, ...others] = plans.map(({ folder }) => {
    terraform(folder, ["plan", "-input=false", "-refresh=false", `-var=upstreams=${upstreams}`, "-out=tfplan"]);
    const { resource_changes: changes = [] } = JSON.parse(
      terraform(folder, ["show", "-json", "tfplan"]),
    ) as PlannedResources;
    return changes
      .filter(({ mode }) => mode === "managed")
      .map(({ type, change }) => JSON.stringify([type, change.after, change.after_unknown]))
      .sort();
  });
  if (others.some((other) => JSON.stringify(other) !== JSON.stringify(one))) {
    throw new Error(`the module and the configuration by hand do not plan the same ${upstreams} upstreams`);
  }
}

function terraform(folder: string, args: string[]): string {
  return run(folder, "terraform", args).stdout;
}

function run(cwd: string, command: string, args: string[]): { readonly stdout: string; readonly stderr: string } {
  const outcome = spawnSync(command, args, {
    cwd,
    env: terraformEnvironment(ENVIRONMENT),
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  if (outcome.status !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${outcome.stderr}`);
  }
  return outcome;
}
