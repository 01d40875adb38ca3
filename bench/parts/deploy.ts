import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { PullThroughCacheFleet, RegistryCredential, Upstream } from "../../src";
import { LocalAws } from "../../test/local-aws/server";
import { run } from "../../test/support/commands";
import { terraformEnvironment } from "../../test/support/terraform-environment";
import { cost } from "../processes";
import type { Cost } from "../processes";
import { compare } from "../rows";
import type { Row } from "../rows";
import { AWS_PROVIDER } from "../versions";
import { DOCKER_HUB_CREDENTIAL, REGIONS } from "../workloads/declaration";

/** How a fleet is deployed. */
export interface Configuration {
  readonly cache: boolean;
  /** How many stacks at the same time. @default - all, as cdktf does */
  readonly parallelism?: number;
}

/** What a deployment took, and the disk of the output folder and of the plugin cache at its end. */
type DeployCost = Pick<Cost, "cpu" | "wall" | "memory"> & { readonly disk: number };

/** What all deployments use. */
interface Prepared {
  readonly root: string;
  readonly regions: readonly string[];
  readonly synthesized: string;
  /** A configuration of Terraform's command line, with which it unpacks the provider from an archive. */
  readonly cliConfig: string;
  readonly cache: string;
  readonly lockFile: string;
}

const DEFAULTS: Configuration = { cache: false };

/** The first one is the other side of all rows. */
export const CONFIGURATIONS: readonly Configuration[] = [
  DEFAULTS,
  { cache: false, parallelism: 4 },
  { cache: true },
  { cache: true, parallelism: 10 },
  { cache: true, parallelism: 4 },
  { cache: true, parallelism: 1 },
];

const MEASURES: readonly (readonly [measure: string, of: (cost: DeployCost) => number])[] = [
  ["wall s", ({ wall }) => wall / 1e3],
  ["CPU s", ({ cpu }) => cpu / 1e3],
  ["peak memory, GiB", ({ memory }) => memory / 1024],
  ["disk, GiB", ({ disk }) => disk / 1024 ** 3],
];

const PROVIDER = "registry.terraform.io/hashicorp/aws";
const UPSTREAMS = [
  Upstream.ecrPublic(),
  Upstream.kubernetes(),
  Upstream.quay(),
  Upstream.dockerHub(RegistryCredential.managed(DOCKER_HUB_CREDENTIAL)),
];

/** How much memory a stack may need in an apply, in MiB. */
const MEMORY_PER_STACK = 500;

/** Compares deployments of a fleet with that of the defaults. */
export async function measureDeploy(rounds: number, regionCount = REGIONS.length): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), "ecr-cache-bench-"));
  try {
    const prepared = await prepare(root, REGIONS.slice(0, regionCount));
    const costs = new Map<Configuration, DeployCost[]>();
    for (let round = 0; round < rounds; round++) {
      for (const configuration of CONFIGURATIONS.filter((each) => hasMemory(each, regionCount))) {
        const taken = await deploy(prepared, configuration);
        console.log(`${nameOf(configuration)}: ${(taken.wall / 1e3).toFixed(0)} s`);
        costs.set(configuration, [...(costs.get(configuration) ?? []), taken]);
      }
    }
    return deployRows(costs, regionCount);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The rows of the part, from the costs of the configurations that were deployed. */
export function deployRows(
  costs: ReadonlyMap<Configuration, readonly DeployCost[]>,
  regionCount = REGIONS.length,
): Row[] {
  const [[reference, references] = [DEFAULTS, []], ...others] = costs;
  return others.flatMap(([configuration, taken]) =>
    // The disk does not depend on the parallelism.
    MEASURES.filter(([measure]) => !measure.startsWith("disk") || isCacheAlone(configuration)).map(([measure, of]) =>
      compare(
        { measure: `${nameOf(configuration)}, ${measure}`, size: `${regionCount} regions`, against: nameOf(reference) },
        taken.map((each, index) => [of(each), of(references[index] ?? each)] as const),
      ),
    ),
  );
}

function isCacheAlone({ cache, parallelism }: Configuration): boolean {
  return cache && parallelism === undefined;
}

/** What the rows call a configuration. */
export function nameOf({ cache, parallelism }: Configuration): string {
  return `${cache ? "plugin cache" : "no plugin cache"}, ${parallelism === undefined ? "all at once" : `${parallelism} at once`}`;
}

/** Whether the machine has the memory for a configuration; says so if it has not. */
function hasMemory(configuration: Configuration, regionCount: number): boolean {
  const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]) / 1024;
  const needed = Math.min(configuration.parallelism ?? Infinity, regionCount) * MEMORY_PER_STACK;
  if (available < needed) {
    const missing = `${needed} MiB of memory are needed, and ${available.toFixed(0)} are available`;
    console.log(`${nameOf(configuration)}: left out, because ${missing}`);
  }
  return available >= needed;
}

async function prepare(root: string, regions: readonly string[]): Promise<Prepared> {
  const synthesized = join(root, "synthesized");
  const app = new App({ outdir: synthesized });
  new PullThroughCacheFleet(app, "registries", {
    regions: [...regions],
    upstreams: UPSTREAMS,
    // Some of the regions are newer than the provider.
    providerConfig: { skipRegionValidation: true },
  });
  app.synth();
  const cliConfig = join(root, "terraform.rc");
  const mirror = await packedMirror(root);
  writeFileSync(
    cliConfig,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  const cache = join(root, "plugin-cache");
  mkdirSync(cache);
  const folder = join(root, "warm");
  mkdirSync(folder);
  copyFileSync(join(firstStack(synthesized), "cdk.tf.json"), join(folder, "cdk.tf.json"));
  await cost(["terraform", "init", "-input=false"], {
    cwd: folder,
    env: { ...environment(cliConfig), TF_PLUGIN_CACHE_DIR: cache },
  });
  return { root, regions, synthesized, cliConfig, cache, lockFile: join(folder, ".terraform.lock.hcl") };
}

/** A mirror of providers with an archive of the provider, as registries have it. */
async function packedMirror(root: string): Promise<string> {
  const folder = join(root, "unpacked");
  mkdirSync(folder);
  const aws = { source: "hashicorp/aws", version: AWS_PROVIDER };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: { aws } } }));
  await cost(["terraform", "init", "-input=false"], { cwd: folder, env: terraformEnvironment() });
  const versions = join(folder, ".terraform", "providers", PROVIDER, AWS_PROVIDER);
  const [platform = ""] = readdirSync(versions);
  const mirror = join(root, "mirror", PROVIDER);
  mkdirSync(mirror, { recursive: true });
  const archive = join(mirror, `terraform-provider-aws_${AWS_PROVIDER}_${platform}.zip`);
  // What it saves with more effort would only take longer to write.
  await run("zip", ["-q", "-1", "-r", archive, "."], realpathSync(join(versions, platform)));
  rmSync(folder, { recursive: true });
  return join(root, "mirror");
}

/** Deploys the fleet into an empty AWS, and removes everything. */
async function deploy(prepared: Prepared, { cache, parallelism }: Configuration): Promise<DeployCost> {
  const { root, regions, synthesized } = prepared;
  const folder = mkdtempSync(join(root, "deploy-"));
  const output = join(folder, "cdktf.out");
  await run("cp", ["-r", synthesized, output], root);
  if (cache) {
    stacksOf(output).forEach((stack) => copyFileSync(prepared.lockFile, join(stack, ".terraform.lock.hcl")));
  }
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ language: "typescript", app: "true", output }));
  const cached = cachedProvider(prepared.cache);
  const aws = await LocalAws.start();
  try {
    const command = [process.execPath, require.resolve("cdktf-cli/bundle/bin/cdktf.js"), "deploy", "*"];
    const options = ["--auto-approve", "--skip-synth", "--skip-provider-lock", "--output", output];
    const parallel = parallelism === undefined ? [] : ["--parallelism", String(parallelism)];
    const taken = await cost([...command, ...options, ...parallel], {
      cwd: folder,
      env: {
        ...environment(prepared.cliConfig),
        ...aws.environment(),
        // cdktf has a plugin cache of its own, below the home directory.
        ...(cache ? { TF_PLUGIN_CACHE_DIR: prepared.cache } : { CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1" }),
      },
      memoryEvery: 500,
    });
    const rules = aws.contents().filter((line) => line.includes(" cache rule ")).length;
    if (rules !== regions.length * UPSTREAMS.length) {
      throw new Error(`AWS has ${rules} rules of ${regions.length * UPSTREAMS.length}:\n${aws.contents().join("\n")}`);
    }
    if (cachedProvider(prepared.cache) !== cached) {
      throw new Error("a deployment has changed the provider in the plugin cache");
    }
    return { ...taken, disk: diskOf(output) + (cache ? diskOf(prepared.cache) : 0) };
  } finally {
    await aws.stop();
    rmSync(folder, { recursive: true });
  }
}

function environment(cliConfig: string): NodeJS.ProcessEnv {
  const all = terraformEnvironment({
    // The garbage collection of users, whatever the tests use.
    GOGC: "100",
    CI: "1",
    NODE_OPTIONS: "",
    TF_CLI_CONFIG_FILE: cliConfig,
    [`TF_VAR_${DOCKER_HUB_CREDENTIAL.usernameVariable}`]: "bot",
    [`TF_VAR_${DOCKER_HUB_CREDENTIAL.accessTokenVariable}`]: "not-a-token",
  });
  // They name a mirror from which Terraform links the provider, where users unpack it.
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith("TF_CLI_ARGS_")));
}

function stacksOf(output: string): string[] {
  return readdirSync(join(output, "stacks")).map((stack) => join(output, "stacks", stack));
}

function firstStack(output: string): string {
  return stacksOf(output)[0] ?? "";
}

/** Which file the cached provider is, and when it was written. */
function cachedProvider(cache: string): string {
  const folder = join(cache, PROVIDER, AWS_PROVIDER);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => {
      const { ino, mtimeMs } = statSync(join(folder, name));
      return `${name} ${ino} ${mtimeMs}`;
    })
    .join("\n");
}

/** The disk that a folder takes, in bytes. Links count as links. */
function diskOf(folder: string): number {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .reduce((sum, file) => {
      const found = lstatSync(file);
      return sum + (found.isDirectory() ? diskOf(file) : found.blocks * 512);
    }, 0);
}
