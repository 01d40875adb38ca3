import * as fs from "node:fs";
import * as path from "node:path";
import * as pack from "../../src";
import { execute } from "../support/commands";
import { describeUnless } from "../support/describe-unless";
import { EXAMPLES, ROOT, contents, synthesizeExample } from "../support/examples";
import { MODULE_NAMES } from "../support/module-folders";
import { registryMissing } from "../support/npm-registry";
import { ONE_STACK_PROGRAMS, expectOneStack } from "../support/one-stack";
import { packedPackage } from "../support/packed-package";
import { missingFrom } from "../support/provider-types";
import { temporaryFolder } from "../support/temporary-folder";

const PACKAGE = "cdktf-ecr-pull-through-cache";

/** The file of a resource of AWS, by its name. */
const RESOURCE = /\/@cdktf\/provider-aws\/lib\/([\w-]+)\//;

/** The oldest and the newest provider package that the peers admit, and the examples each runs. */
const PROVIDERS = [["20.1.0"], ["21.22.1"]] as const;

const REGION_PROGRAM = `
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import {
  AlertDestination,
  CacheWarmer,
  ExistingSettings,
  CredentialExpiryAlert,
  FirstPull,
  PullThroughCache,
  RegistryCredential,
  RegistryEndpoints,
  RegistryReplication,
  RegistryScanning,
  RegistryPolicy,
  StackParameterOverride,
  SyncFailureAlert,
  TagMutability,
  Upstream,
} from "cdktf-ecr-pull-through-cache";

const app = new App();
const connector = new TerraformStack(app, "connector");
new AwsProvider(connector, "aws", { region: "us-east-1" });
new LocalBackend(connector, { path: "terraform.tfstate" });
const stack = new TerraformStack(app, "region");
new AwsProvider(stack, "aws", { region: "us-east-1" });
new LocalBackend(stack, { path: "terraform.tfstate" });
const cache = new PullThroughCache(stack, "cache", {
  region: "eu-west-1",
  upstreams: [
    Upstream.dockerHub(RegistryCredential.managed({ usernameVariable: "hub_username", accessTokenVariable: "hub_token", version: 1 })),
    Upstream.github(RegistryCredential.fromSecretName("ecr-pullthroughcache/github")),
  ],
  repositorySettings: {
    tags: { team: "platform" },
    tagMutability: TagMutability.IMMUTABLE_WITH_EXCLUSION,
    tagMutabilityExclusionFilters: ["latest", "dev-*"],
  },
});
cache.grantPullToRoleNamed("puller");
const policy = new RegistryPolicy(stack, "registry-policy", { region: "eu-west-1", existing: ExistingSettings.OVERWRITE });
policy.allowReplicationFrom({ accountIds: ["444455556666"] });
new CacheWarmer(stack, "warmer", {
  cache,
  images: ["nginx"],
  alarmTopicArn: "arn:aws:sns:eu-west-1:111122223333:alarms",
});
const destination = AlertDestination.newTopic({ emailAddresses: ["ops@example.com"] });
new SyncFailureAlert(stack, "failures", { region: "eu-west-1", destination });
new SyncFailureAlert(stack, "log", { region: "eu-west-1", destination: AlertDestination.logGroup() });
new CredentialExpiryAlert(stack, "expiry", { cache, expiryDates: { "docker-hub": "2999-12-31" }, destination });
const network = { vpcId: "vpc-0a1b2c3d", routeTableIds: ["rtb-0a1b2c3d"], firstPull: FirstPull.PREWARMED };
new RegistryEndpoints(stack, "endpoints", {
  ...network,
  region: "eu-west-1",
  subnetIds: ["subnet-0a1b2c3d"],
  clientCidrs: ["10.0.0.0/16"],
  s3EndpointId: "vpce-0a1b2c3d",
});
new RegistryScanning(stack, "scanning", { region: "eu-west-1", accountId: "111122223333" });
new RegistryReplication(stack, "replication", {
  region: "eu-west-1",
  accountId: "111122223333",
  destinations: [{ region: "us-east-1" }],
  repositoryPrefixes: ["team/"],
  existing: ExistingSettings.OVERWRITE,
});
new StackParameterOverride(connector, "override", {
  region: "eu-west-1",
  stackName: "vendor",
  parameters: { image: "x" },
});
app.synth();
`;

/** Loaded before a program, it writes down what the program has loaded at its end. */
const LIST_LOADED = `
process.on("exit", () => {
  require("node:fs").writeFileSync(process.env.LOADED, JSON.stringify(Object.keys(require.cache)));
});
`;

const npm = (args: string[], cwd: string): Promise<{ status: number | null; output: string }> =>
  execute("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd });

async function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { status, output } = await execute(command, args, { cwd, env: { ...process.env, ...env } });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${String(status)}:\n${output}`);
  }
  return output;
}

let tarball: string;

beforeAll(async () => {
  tarball = await packedPackage();
});

describe("the package, unpacked beside its peers", () => {
  let folder: string;

  beforeAll(async () => {
    folder = temporaryFolder();
    const unpacked = path.join(folder, "node_modules", PACKAGE);
    fs.mkdirSync(unpacked, { recursive: true });
    await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", unpacked], ROOT);
    for (const peer of ["cdktf", "constructs", "@cdktf"]) {
      fs.symlinkSync(path.join(ROOT, "node_modules", peer), path.join(folder, "node_modules", peer));
    }
    fs.writeFileSync(path.join(folder, "list-loaded.cjs"), LIST_LOADED);
  });

  /** Runs a program in the folder, and returns which files it has loaded, cut down to what `part` captures of them. */
  async function loadedBy(file: string, program: string, part: RegExp): Promise<string[]> {
    fs.writeFileSync(path.join(folder, file), program);
    const list = path.join(folder, "loaded.json");
    await run(process.execPath, ["--require", path.join(folder, "list-loaded.cjs"), file], folder, {
      CDKTF_OUTDIR: path.join(temporaryFolder(), "cdktf.out"),
      LOADED: list,
    });
    const matches = read<string[]>(list).map((name) => part.exec(name.replaceAll(path.sep, "/"))?.[1]);
    return [...new Set(matches.filter((match) => match !== undefined))].sort();
  }

  test("holds three scripts, source maps, types and licences, and no source file, test or private path", async () => {
    const files = (await run("tar", ["-tzf", tarball], ROOT)).trim().split("\n");
    expect(files).toEqual(
      expect.arrayContaining([
        "package/lib/index.d.ts",
        "package/LICENSE",
        ...MODULE_NAMES.map((name) => `package/modules/${name}/main.tf`),
        "package/modules/README.md",
        "package/modules/stack-parameter-override/update.sh",
      ]),
    );
    expect(
      files.filter(
        (file) =>
          !/^package\/(lib\/|docs\/|examples\/|modules\/README\.md$|modules\/[a-z-]+\/((examples\/[a-z-]+\/)?[a-z]+\.(tf|sh)|[a-z-]+\.js|README\.md)$|bench\/RESULTS\.md|package\.json|LICENSE|[A-Z]+\.md)/.test(
            file,
          ),
      ),
    ).toEqual([]);
    const compiled = files.filter((file) => file.startsWith("package/lib/") && !file.endsWith(".d.ts"));
    expect(compiled.sort()).toEqual([
      "package/lib/cdktn/index.js",
      "package/lib/cdktn/index.js.map",
      "package/lib/cli.js",
      "package/lib/cli.js.LICENSES.txt",
      "package/lib/index.js",
      "package/lib/index.js.map",
    ]);
  });

  test("has each export imported by its name, from CommonJS and from ES modules, and then loads nothing of AWS", async () => {
    const names = Object.keys(pack);
    const common = `const { ${names.join(", ")} } = require("${PACKAGE}");`;
    const modern = `import { ${names.join(", ")} } from "${PACKAGE}";`;
    const check = `if ([${names.join(", ")}].some((value) => value === undefined)) { throw new Error("undefined"); }`;
    expect(await loadedBy("all.cjs", `${common} ${check}`, RESOURCE)).toEqual([]);
    expect(await loadedBy("all.mjs", `${modern} ${check}`, RESOURCE)).toEqual([]);
  });

  test("names the other entry point if the framework of this one is not installed", async () => {
    const { status, output } = await execute(process.execPath, ["-e", `require("${PACKAGE}/cdktn")`], { cwd: folder });
    expect(status).toBe(1);
    expect(output).toContain(
      `Error: the package cdktn is not installed; a program of CDKTF imports from "${PACKAGE}"\nCannot find module 'cdktn'`,
    );
  });

  test("has a command that loads no other file", async () => {
    const { bin } = read<{ readonly bin: { readonly [name: string]: string } }>(
      path.join(folder, "node_modules", PACKAGE, "package.json"),
    );
    const [[name = "", script = ""] = []] = Object.entries(bin);
    const command = path.join(folder, "node_modules", ".bin", name);
    fs.mkdirSync(path.dirname(command));
    fs.symlinkSync(path.join("..", PACKAGE, script), command);
    const registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
    fs.writeFileSync(path.join(folder, "map.json"), JSON.stringify({ "docker.io": `${registry}/docker-hub` }));
    const list = path.join(folder, "loaded.json");
    const output = await run(command, ["uri", "--map", "map.json", "nginx:1.27"], folder, {
      NODE_OPTIONS: `--require=${path.join(folder, "list-loaded.cjs")}`,
      LOADED: list,
    });
    expect([name, output.trim()]).toEqual(["ecr-pull-through-cache", `${registry}/docker-hub/library/nginx:1.27`]);
    expect(read<string[]>(list).map((file) => path.basename(file))).toEqual(["list-loaded.cjs", "cli.js"]);
    // The reader ends before it has read what a pipe holds.
    const images = "$(seq --format 'registry.%g/app' 20000)";
    const piped = `'${command}' uri --pass-through --map map.json ${images} | head --lines 1`;
    expect(await run("bash", ["-o", "pipefail", "-c", piped], folder)).toBe("registry.1/app\n");
  });

  test("shows in stack traces the names of its classes and, with source maps, its source files", async () => {
    const program = `
      const { App, TerraformStack } = require("cdktf");
      const { PullThroughCache } = require("${PACKAGE}");
      new PullThroughCache(new TerraformStack(new App(), "stack"), "cache", { upstreams: [] });`;
    fs.writeFileSync(path.join(folder, "fails.cjs"), program);
    const { output } = await execute(process.execPath, ["--enable-source-maps", "fails.cjs"], { cwd: folder });
    const frames = output.matchAll(new RegExp(`at (.+) \\(.*/${PACKAGE}/(src/.+\\.ts):(\\d+):(\\d+)\\)`, "g"));
    const calls = [...frames].map(([, name, file = "", line, column]) => ({
      name,
      file: path.basename(file),
      code: codeAt(file, line, column),
    }));
    expect(calls.at(0)).toMatchObject({ code: "new Error" });
    expect(calls.at(-1)).toMatchObject({ name: "new PullThroughCache", file: "pull-through-cache.ts" });
  });

  test("loads of AWS what a cache makes, and nothing else", async () => {
    const program = `
      const { AwsProvider } = require("@cdktf/provider-aws/lib/provider");
      const { App, TerraformStack } = require("cdktf");
      const { PullThroughCache, Upstream } = require("${PACKAGE}");
      const app = new App();
      const stack = new TerraformStack(app, "stack");
      new AwsProvider(stack, "aws", { region: "eu-west-1" });
      new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
      app.synth();`;
    expect(await loadedBy("plain.cjs", program, RESOURCE)).toEqual([
      "ecr-pull-through-cache-rule",
      "ecr-repository-creation-template",
      "provider",
    ]);
  });

  test.each(EXAMPLES)("writes for examples/%s what its sources write", async (example) => {
    fs.copyFileSync(path.join(ROOT, "examples", example, "main.ts"), path.join(folder, `${example}.ts`));
    const outdir = path.join(temporaryFolder(), "cdktf.out");
    await run(process.execPath, ["--import", require.resolve("tsx"), `${example}.ts`], folder, {
      CDKTF_OUTDIR: outdir,
    });
    expect(contents(outdir)).toEqual(contents(await synthesizeExample(example)));
  });
});

describeUnless(registryMissing(), "the package, installed from its tarball", () => {
  test.each(PROVIDERS)(
    "type-checks and runs beside @cdktf/provider-aws %s in an empty folder",
    async (version) => {
      const folder = temporaryFolder();
      install(folder);
      const installed = await npm(
        ["install", "--prefer-offline", "--save-exact", tarball, `@cdktf/provider-aws@${version}`, ...PEERS],
        folder,
      );
      expect(`${String(installed.status)} ${installed.status === 0 ? "" : installed.output}`).toBe("0 ");

      fs.copyFileSync(path.join(ROOT, "examples", "all-upstreams", "main.ts"), path.join(folder, "main.ts"));
      fs.copyFileSync(path.join(ROOT, "examples", "private-codebuild", "main.ts"), path.join(folder, "private.ts"));
      fs.writeFileSync(path.join(folder, "region.ts"), REGION_PROGRAM);
      ONE_STACK_PROGRAMS.forEach(({ file, source }) => fs.copyFileSync(source, path.join(folder, file)));
      await run("npx", ["--no-install", "tsc", "-p", "."], folder);

      const lib = path.join(folder, "node_modules", "@cdktf", "provider-aws", "lib");
      expect(await missingFrom(lib)).toEqual([]);
      expect(await missingFrom(folder)).not.toEqual([]);

      const outdir = path.join(folder, "cdktf.out");
      await run(process.execPath, ["main.js"], folder, { CDKTF_OUTDIR: outdir });
      const provider = version.startsWith("20") ? "5.100.0" : providerVersion(folder);
      const here = contents(await synthesizeExample("all-upstreams"));
      const expected = Object.fromEntries(
        Object.entries(here).map(([file, text]) => [
          file,
          text.replace('"version": "5.100.0"', `"version": "${provider}"`),
        ]),
      );
      expect(contents(outdir)).toEqual(expected);

      const region = await execute(process.execPath, ["region.js"], {
        cwd: folder,
        env: { ...process.env, CDKTF_OUTDIR: outdir },
      });
      if (version.startsWith("20")) {
        expect(region.status).toBe(1);
        expect(region.output).toContain("`region` must not be set with @cdktf/provider-aws 20");
        expect(region.output).toContain("`repositorySettings.tagMutability` must be one of MUTABLE, IMMUTABLE with");
      } else {
        expect(`${String(region.status)} ${region.status === 0 ? "" : region.output}`).toBe("0 ");
        expectRegionEverywhere(path.join(outdir, "stacks", "region", "cdk.tf.json"));
        for (const { file, stack } of ONE_STACK_PROGRAMS) {
          await run(process.execPath, [file.replace(/ts$/, "js")], folder, { CDKTF_OUTDIR: outdir });
          expectOneStack(outdir, stack);
        }
        const { resource } = read<{ readonly resource: { readonly [type: string]: object } }>(
          path.join(outdir, "stacks", "region", "cdk.tf.json"),
        );
        expect(Object.values(resource["aws_ecr_repository_creation_template"] ?? {})).toMatchObject(
          Array(2).fill({
            image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION",
            image_tag_mutability_exclusion_filter: [
              { filter: "latest", filter_type: "WILDCARD" },
              { filter: "dev-*", filter_type: "WILDCARD" },
            ],
          }),
        );
        const connector = read<Connector>(path.join(outdir, "stacks", "connector", "cdk.tf.json"));
        expect(connector.import).toEqual([{ to: "aws_cloudformation_stack.adopted", id: "vendor@eu-west-1" }]);
        const stacks = [connector.resource, connector.data].flatMap(
          (block): unknown[] => Object.values(block.aws_cloudformation_stack) as unknown[],
        );
        expect(stacks).toMatchObject(Array(3).fill({ region: "eu-west-1" }));
      }
    },
    600_000,
  );
});

/** What a user of the package has beside it. */
const PEERS = ["cdktf@0.21.0", "constructs@10.8.1", "typescript@5.9.3", "@types/node@20"];

function install(folder: string): void {
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  fs.writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2022",
        module: "node16",
        moduleResolution: "node16",
        strict: true,
        skipLibCheck: false,
        types: ["node"],
      },
      files: ["main.ts", "private.ts", "region.ts", ...ONE_STACK_PROGRAMS.map(({ file }) => file)],
    }),
  );
}

/** The words that begin at a place of a source file, as a stack trace gives it. */
function codeAt(file: string, line = "", column = ""): string | undefined {
  const lines = fs.readFileSync(path.join(ROOT, file), "utf8").split("\n");
  return /^[\w ]+/.exec(lines[Number(line) - 1]?.slice(Number(column) - 1) ?? "")?.[0];
}

/** The version of hashicorp/aws that an installed provider package is made for. */
function providerVersion(folder: string): string {
  const text = fs.readFileSync(path.join(folder, "node_modules/@cdktf/provider-aws/lib/provider/index.js"), "utf8");
  return /providerVersion: ['"]([\d.]+)['"]/.exec(text)?.[1] ?? "unknown";
}

interface Connector {
  readonly import: object[];
  readonly resource: { readonly aws_cloudformation_stack: object };
  readonly data: { readonly aws_cloudformation_stack: object };
}

function read<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, "utf8")) as T;
}

function expectRegionEverywhere(file: string): void {
  const json = read<{
    resource: { [type: string]: { [name: string]: { region?: string } } };
    data: { [type: string]: { [name: string]: { region?: string } } };
  }>(file);
  const ofNoRegion = /^(aws_(iam_.*|caller_identity|partition)|terraform_data)$/;
  for (const [type, named] of [...Object.entries(json.resource), ...Object.entries(json.data)]) {
    for (const block of Object.values(named)) {
      expect([type, block.region]).toEqual([type, ofNoRegion.test(type) ? undefined : "eu-west-1"]);
    }
  }
}
