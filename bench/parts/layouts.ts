import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { App } from "cdktf";
import { FleetLayout, PullThroughCacheFleet, RegistryCredential, StateBackend, Upstream } from "../../src";
import { terraformEnvironment } from "../../test/support/terraform-environment";
import { cost } from "../processes";
import type { Cost } from "../processes";
import { compare } from "../rows";
import type { Row } from "../rows";
import { SAMPLED_STACKS } from "../texts";
import { AWS_PROVIDER } from "../versions";
import { DOCKER_HUB_CREDENTIAL, REGIONS } from "../workloads/declaration";

/** How a fleet reaches its regions: by its stacks, by one provider, or by a provider for each region in one stack. */
type Layout = "stacks" | "one-stack" | "aliases";

/** What the plans of a layout took, and how many resources they create. */
type PlanCost = Pick<Cost, "cpu" | "wall" | "memory"> & { readonly resources: number };

type LayoutCosts = { readonly [layout in Layout]: PlanCost };

interface StackJson {
  readonly terraform: object;
  readonly provider: { readonly aws: readonly object[] };
  readonly resource: { readonly [type: string]: { readonly [name: string]: object } };
}

// As in plans.ts.
const env = terraformEnvironment({
  GOGC: "100",
  AWS_ACCESS_KEY_ID: "none",
  AWS_SECRET_ACCESS_KEY: "none",
  TF_VAR_docker_hub_username: "bot",
  TF_VAR_docker_hub_access_token: "not-a-token",
});

const MEASURES: readonly (readonly [measure: string, of: (cost: PlanCost) => number])[] = [
  ["CPU s", ({ cpu }) => cpu / 1e3],
  ["wall s", ({ wall }) => wall / 1e3],
  ["peak memory, MiB", ({ memory }) => memory],
];

/** Compares plans of a fleet in one stack with those of its stacks. */
export async function measureLayouts(rounds: number): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    const stacks = await prepareLayout(root, "stacks");
    const [oneStack = ""] = await prepareLayout(root, "one-stack");
    const [aliases = ""] = await prepareLayout(root, "aliases");
    const costs: LayoutCosts[] = [];
    while (costs.length < rounds) {
      const round = {
        stacks: await costOfStacks(stacks),
        "one-stack": await planCost(oneStack),
        aliases: await planCost(aliases),
      };
      if (new Set(Object.values(round).map(({ resources }) => resources)).size > 1) {
        throw new Error("the layouts do not plan the same number of resources");
      }
      costs.push(round);
    }
    return layoutRows(costs);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The rows of the part, from its rounds. */
export function layoutRows(rounds: readonly LayoutCosts[]): Row[] {
  const layouts = [
    ["Plan of one stack", "one-stack"],
    ["Plan with aliases", "aliases"],
  ] as const;
  return layouts.flatMap(([name, layout]) =>
    MEASURES.map(([measure, of]) =>
      compare(
        { measure: `${name}, ${measure}`, size: `${REGIONS.length} regions`, against: "a stack per region" },
        rounds.map((round) => [of(round[layout]), of(round.stacks)] as const),
      ),
    ),
  );
}

/** Writes the configurations of a layout, and initializes them; returns their folders. */
async function prepareLayout(root: string, layout: Layout): Promise<string[]> {
  const stacks = synthesize(layout === "stacks" ? FleetLayout.STACK_PER_REGION : FleetLayout.ONE_STACK);
  const chosen = layout === "stacks" ? stacks.slice(0, SAMPLED_STACKS) : stacks;
  const folders: string[] = [];
  for (const [index, json] of chosen.entries()) {
    const folder = join(root, `${layout}-${index}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(layout === "aliases" ? withAliases(json) : json));
    await cost(["terraform", "init", "-input=false"], { cwd: folder, env });
    folders.push(folder);
  }
  return folders;
}

/** The cost of planning the stacks of all regions one after the other, from that of some of them. */
async function costOfStacks(folders: readonly string[]): Promise<PlanCost> {
  const sampled: PlanCost[] = [];
  for (const folder of folders) {
    sampled.push(await planCost(folder));
  }
  const scaled = (of: (plan: PlanCost) => number): number =>
    (sampled.map(of).reduce((sum, value) => sum + value, 0) * REGIONS.length) / sampled.length;
  return {
    cpu: scaled(({ cpu }) => cpu),
    wall: scaled(({ wall }) => wall),
    memory: Math.max(...sampled.map(({ memory }) => memory)),
    resources: scaled(({ resources }) => resources),
  };
}

/** Plans a configuration from an empty state. */
async function planCost(cwd: string): Promise<PlanCost> {
  const command = ["terraform", "plan", "-input=false", "-no-color", "-refresh=false"];
  const plan = await cost(command, { cwd, env, memoryEvery: 200 });
  return { ...plan, resources: Number(/Plan: (\d+) to add/.exec(plan.stdout)?.[1]) };
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
      return { ...json, terraform: { required_providers: { aws: { source: "aws", version: AWS_PROVIDER } } } };
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
