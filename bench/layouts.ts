import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { App } from "cdktf";
import { FleetLayout, PullThroughCacheFleet, RegistryCredential, StateBackend, Upstream } from "../src";
import { terraformEnvironment } from "../test/support/terraform-environment";
import { DOCKER_HUB_CREDENTIAL, REGIONS } from "./workloads/declaration";

/** How many stacks of a region are planned in place of all of them. */
export const SAMPLED_STACKS = 3;

/** How a fleet reaches its regions: by its stacks, by one provider, or by a provider for each region in one stack. */
export type Layout = "stacks" | "one-stack" | "aliases";

/** What a plan took. */
export interface PlanCost {
  /** CPU time of Terraform and its providers, in milliseconds. */
  readonly cpu: number;
  /** From start to end, in milliseconds. */
  readonly wall: number;
  /** The largest sum of the memory of all processes, with shared pages counted once, in MiB. */
  readonly memory: number;
  /** How many resources the plan creates. */
  readonly resources: number;
}

/** What the plans of all layouts took in one round. */
export type LayoutCosts = { readonly [layout in Layout]: PlanCost };

interface StackJson {
  readonly terraform: object;
  readonly provider: { readonly aws: readonly object[] };
  readonly resource: { readonly [type: string]: { readonly [name: string]: object } };
}

// As in plans.ts.
const ENVIRONMENT = {
  GOGC: "100",
  AWS_ACCESS_KEY_ID: "none",
  AWS_SECRET_ACCESS_KEY: "none",
  TF_VAR_docker_hub_username: "bot",
  TF_VAR_docker_hub_access_token: "not-a-token",
};

const SAMPLING_INTERVAL = 200;

/** Writes the configurations of a layout, and initializes them; returns their folders. */
export function prepareLayout(root: string, layout: Layout): string[] {
  const stacks = synthesize(layout === "stacks" ? FleetLayout.STACK_PER_REGION : FleetLayout.ONE_STACK);
  const chosen = layout === "stacks" ? stacks.slice(0, SAMPLED_STACKS) : stacks;
  return chosen.map((json, index) => {
    const folder = join(root, `${layout}-${index}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(layout === "aliases" ? withAliases(json) : json));
    const { status, stderr } = spawnSync("terraform", ["init", "-input=false"], {
      cwd: folder,
      env: terraformEnvironment(ENVIRONMENT),
      encoding: "utf8",
    });
    if (status !== 0) {
      throw new Error(`terraform init failed:\n${stderr}`);
    }
    return folder;
  });
}

/** Plans a configuration from an empty state. */
export async function planCost(folder: string): Promise<PlanCost> {
  const command = "TIMEFORMAT='%U %S'; time terraform plan -input=false -no-color -refresh=false";
  const start = performance.now();
  const bash = spawn("bash", ["-c", command], { cwd: folder, env: terraformEnvironment(ENVIRONMENT) });
  let output = "";
  let errors = "";
  bash.stdout.on("data", (data) => (output += String(data)));
  bash.stderr.on("data", (data) => (errors += String(data)));
  let memory = 0;
  const sampler = setInterval(() => (memory = Math.max(memory, memoryBelow(bash.pid))), SAMPLING_INTERVAL);
  const status = await new Promise((resolve) => bash.on("close", resolve));
  const wall = performance.now() - start;
  clearInterval(sampler);
  if (status !== 0) {
    throw new Error(`terraform plan failed:\n${errors}`);
  }
  const [user = NaN, system = NaN] = errors.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  const resources = Number(/Plan: (\d+) to add/.exec(output)?.[1]);
  return { cpu: (user + system) * 1e3, wall, memory, resources };
}

/**
 * The stacks of a fleet for hashicorp/aws 5. The installed @cdktf/provider-aws 20 leaves the argument `region` out of the
 * JSON of one stack; with 21 each resource would have it.
 */
function synthesize(layout: FleetLayout): StackJson[] {
  Object.defineProperty(EcrPullThroughCacheRule.prototype, "region", { configurable: true, value: undefined });
  const outdir = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    const app = new App({ outdir });
    new PullThroughCacheFleet(app, "fleet", {
      regions: REGIONS,
      layout,
      backend: StateBackend.none(),
      // Some of the regions are newer than the provider.
      providerConfig: { skipCredentialsValidation: true, skipRequestingAccountId: true, skipRegionValidation: true },
      upstreams: [
        Upstream.ecrPublic(),
        Upstream.kubernetes(),
        Upstream.quay(),
        Upstream.dockerHub(RegistryCredential.managed(DOCKER_HUB_CREDENTIAL)),
      ],
      repositorySettings: { tags: { team: "platform" } },
    });
    app.synth();
    const stacks = join(outdir, "stacks");
    return readdirSync(stacks).map((stack) => {
      const json = JSON.parse(readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8")) as StackJson;
      return { ...json, terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } } };
    });
  } finally {
    rmSync(outdir, { recursive: true });
    Reflect.deleteProperty(EcrPullThroughCacheRule.prototype, "region");
  }
}

/** The same resources, each with the provider of its region. */
function withAliases(json: StackJson): StackJson {
  const [common = {}] = json.provider.aws;
  const resource = Object.fromEntries(
    Object.entries(json.resource).map(([type, named]) => [
      type,
      Object.fromEntries(
        Object.entries(named).map(([name, block]) => {
          const region = name.slice(0, name.indexOf("_"));
          return [name, type.startsWith("aws_") ? { ...block, provider: `aws.${region}` } : block];
        }),
      ),
    ]),
  );
  return { ...json, provider: { aws: REGIONS.map((region) => ({ ...common, region, alias: region })) }, resource };
}

/** The memory of a process and of all processes below it, in MiB; 0 for one that has ended. */
function memoryBelow(root: number | undefined): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    // The second field is the name of the program in parentheses, which may contain spaces.
    const fields = readIfExists(`/proc/${name}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    parents.set(Number(name), Number(fields[1]));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid !== 0 && (pid === root || isBelow(parents.get(pid)));
  return [...parents.keys()]
    .filter(isBelow)
    .map((pid) => Number(/^Pss:\s+(\d+) kB/m.exec(readIfExists(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024)
    .reduce((sum, memory) => sum + memory, 0);
}

function readIfExists(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
