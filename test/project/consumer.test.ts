import * as fs from "node:fs";
import * as path from "node:path";
import {
  CDKTF_5,
  CDKTF_6,
  CDKTN,
  NEWEST_CONSTRUCTS,
  OLDEST_CONSTRUCTS,
  TYPESCRIPT_5,
  TYPESCRIPT_7,
} from "../../scripts/matrix/cells";
import type { Cell as MatrixCell } from "../../scripts/matrix/cells";
import { PAGE } from "../../scripts/matrix/page";
import * as pack from "../../src";
import { execute, run } from "../support/commands";
import {
  PACKAGE,
  awsVersion,
  differences,
  expectedExamples,
  importNames,
  peersOf,
  programFor,
  runCommand,
  runTypeScript,
  sourceExamples,
  synthesizeExamples,
  typeCheck,
  writePrograms,
} from "../support/consumer-project";
import type { ConsumerProject, WrittenExamples } from "../support/consumer-project";
import { describeUnless } from "../support/describe-unless";
import { ROOT } from "../support/examples";
import { MODULE_NAMES } from "../support/module-folders";
import { registryMissing } from "../support/npm-registry";
import { ONE_STACK_PROGRAMS, expectOneStack } from "../support/one-stack";
import { packedPackage } from "../support/packed-package";
import { missingFrom } from "../support/provider-types";
import { temporaryFolder } from "../support/temporary-folder";
import { majorOf, minorOf } from "../support/versions";

/** The file of a resource of AWS, by its name. */
const RESOURCE = /\/@cdktf\/provider-aws\/lib\/([\w-]+)\//;

/** A combination of versions that every run of the tests installs; scripts/matrix/cells.ts has many more. */
type Cell = Pick<MatrixCell, "framework" | "constructs" | "typescript">;

/** The oldest and the newest provider package for CDKTF, and the newest for CDK Terrain. */
const CELLS: readonly Cell[] = [
  { framework: CDKTF_5, constructs: NEWEST_CONSTRUCTS.cdktf, typescript: TYPESCRIPT_5 },
  { framework: CDKTF_6, constructs: NEWEST_CONSTRUCTS.cdktf, typescript: TYPESCRIPT_7 },
  { framework: CDKTN, constructs: NEWEST_CONSTRUCTS.cdktn, typescript: TYPESCRIPT_7 },
];

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

let tarball: string;
let sources: WrittenExamples;

beforeAll(async () => {
  [tarball, sources] = await Promise.all([packedPackage(), sourceExamples()]);
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
          !/^package\/(lib\/|docs\/|examples\/|modules\/README\.md$|modules\/[a-z-]+\/((examples\/[a-z-]+\/)?[a-z]+\.(tf|sh)|[a-z-]+\.js|README\.md)$|bench\/(RESULTS\.md|results\.svg)|package\.json|LICENSE|[A-Z]+\.md)/.test(
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

  test("leaves the error of an installed framework that misses a package of its own", async () => {
    const framework = path.join(folder, "node_modules", "cdktn");
    fs.mkdirSync(framework);
    fs.writeFileSync(path.join(framework, "index.js"), 'require("absent");');
    const { status, output } = await execute(process.execPath, ["-e", `require("${PACKAGE}/cdktn")`], { cwd: folder });
    fs.rmSync(framework, { recursive: true });
    expect(status).toBe(1);
    expect(output).toContain("Error: Cannot find module 'absent'");
    expect(output).not.toContain("is not installed");
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

  test("writes for every example what its sources write", async () => {
    writePrograms({ folder, framework: CDKTF_5 });
    const node = (args: readonly string[]): Promise<string> => runTypeScript(args, folder);
    const examples = await synthesizeExamples({ folder, node }, (example) => path.join(folder, `${example}.ts`));
    expect(differences(examples, sources)).toEqual([]);
  });
});

describeUnless(registryMissing(), "the package, installed from its tarball", () => {
  let projects: ReadonlyMap<Cell, Promise<ConsumerProject>>;

  // Installations wait for the registry and the disk, so all of them run at the same time.
  beforeAll(() => {
    projects = new Map(CELLS.map((cell) => [cell, installed(cell)]));
    return Promise.allSettled(projects.values());
  });

  test.each(
    CELLS.map((cell) => [`@${cell.framework.name}/provider-aws ${cell.framework.providerVersion}`, cell] as const),
  )(
    "type-checks and runs beside %s in an empty folder",
    async (_, cell) => {
      const project = await projects.get(cell)!;
      const { folder, framework } = project;
      writePrograms(project);
      fs.writeFileSync(path.join(folder, "region.ts"), programFor(framework, REGION_PROGRAM));
      for (const { file, source } of ONE_STACK_PROGRAMS) {
        fs.writeFileSync(path.join(folder, file), programFor(framework, fs.readFileSync(source, "utf8")));
      }
      await typeCheck(project, ["node16"]);
      await importNames(project);
      await runCommand(project);

      const lib = path.join(folder, "node_modules", `@${framework.name}`, "provider-aws", "lib");
      expect(await missingFrom(lib)).toEqual([]);
      expect(await missingFrom(folder)).not.toEqual([]);

      const outdir = path.join(folder, "cdktf.out");
      const region = await execute(process.execPath, [path.join("build", "region.js")], {
        cwd: folder,
        env: { ...process.env, CDKTF_OUTDIR: outdir },
      });
      if (framework === CDKTF_5) {
        expect(region.status).toBe(1);
        expect(region.output).toContain("`region` must not be set with @cdktf/provider-aws 20");
        expect(region.output).toContain("`repositorySettings.tagMutability` must be one of MUTABLE, IMMUTABLE with");
      } else {
        expect(`${String(region.status)} ${region.status === 0 ? "" : region.output}`).toBe("0 ");
        expect(region.output).not.toContain("framework-version");
        expectRegionEverywhere(path.join(outdir, "stacks", "region", "cdk.tf.json"));
        for (const program of ONE_STACK_PROGRAMS) {
          await project.node([path.join("build", program.file.replace(/ts$/, "js"))], { CDKTF_OUTDIR: outdir });
          expectOneStack(outdir, program);
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

      const expected = expectedExamples(sources, framework, await awsVersion(project));
      expect(differences(await synthesizeExamples(project), expected)).toEqual([]);
    },
    600_000,
  );

  test("needs with CDK Terrain what the documents say", async () => {
    const document = (file: string): string => fs.readFileSync(path.join(ROOT, file), "utf8");
    const guide = document("docs/move-to-cdk-terrain.md");
    const [cdktf, , terrain] = await Promise.all(projects.values());
    for (const project of [cdktf!, terrain!]) {
      const { name, providerVersion } = project.framework;
      expect(guide).toContain(`exactly ${await awsVersion(project)} with \`@${name}/provider-aws\` ${providerVersion}`);
    }
    const aws = await awsVersion(terrain!);
    expect(guide).toContain(`${CDKTN.providerVersion} is made for hashicorp/aws ${aws}.`);
    expect(guide).toContain(`"~> ${minorOf(aws)}"`);

    const packages = path.join(terrain!.folder, "node_modules");
    const provider = read<Manifest>(path.join(packages, "@cdktn/provider-aws/package.json"));
    const node = minorOf(provider.engines.node.replace(/^>= ?/, ""));
    expect(guide).toContain(`${node} or later for \`@cdktn/provider-aws\` ${String(majorOf(CDKTN.providerVersion))};`);
    expect(document(PAGE)).toContain(`\`@cdktn/provider-aws\` requires Node.js ${node} or later.`);

    const { peerDependencies } = read<Manifest>(path.join(packages, "cdktn/package.json"));
    const [major, minor] = NEWEST_CONSTRUCTS.cdktn.split(".").map(Number);
    expect(peerDependencies.constructs).toBe(
      `>=${OLDEST_CONSTRUCTS.cdktn} <${String(major)}.${String((minor ?? 0) + 1)}.0`,
    );
  });

  test("explains a program that mixes CDKTF and CDK Terrain", async () => {
    const { folder } = await [...projects.values()].at(-1)!;
    fs.symlinkSync(path.join(ROOT, "node_modules", "cdktf"), path.join(folder, "node_modules", "cdktf"));
    const mixed = async (framework: string, entry: string): Promise<string> => {
      const program = `
        const { App, TerraformStack } = require("${framework}");
        const { PullThroughCache, Upstream } = require("${entry}");
        const stack = new TerraformStack(new App(), "stack");
        new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });`;
      const { status, output } = await execute(process.execPath, ["-e", program], { cwd: folder });
      expect(status).toBe(1);
      return output;
    };
    const [cdktf, terrain] = ["CDKTF (package cdktf)", "CDK Terrain (package cdktn)"];
    expect(await mixed("cdktn", PACKAGE)).toContain(
      `stack/cache: \`scope\` must belong to ${cdktf}, got "a scope of ${terrain}"; in a program of CDK Terrain, import this package as "${PACKAGE}/cdktn"`,
    );
    expect(await mixed("cdktf", `${PACKAGE}/cdktn`)).toContain(
      `stack/cache: \`scope\` must belong to ${terrain}, got "a scope of ${cdktf}"; in a program of CDKTF, import this package as "${PACKAGE}"`,
    );
  });
});

/** Installs the package in an empty folder, beside what its user has. */
async function installed({ framework, constructs, typescript }: Cell): Promise<ConsumerProject> {
  const folder = temporaryFolder();
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  const others = [`constructs@${constructs}`, `typescript@${typescript}`, "@types/node@20"];
  const options = ["--prefer-offline", "--save-exact", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", ...options, tarball, ...peersOf(framework), ...others], folder);
  return {
    folder,
    framework,
    node: (args, env) => run(process.execPath, args, folder, env),
    command: (name, args) => run(path.join(folder, "node_modules", ".bin", name), args, folder),
  };
}

/** The words that begin at a place of a source file, as a stack trace gives it. */
function codeAt(file: string, line = "", column = ""): string | undefined {
  const lines = fs.readFileSync(path.join(ROOT, file), "utf8").split("\n");
  return /^[\w ]+/.exec(lines[Number(line) - 1]?.slice(Number(column) - 1) ?? "")?.[0];
}

/** What package.json has of a package of CDK Terrain. */
interface Manifest {
  readonly engines: { readonly node: string };
  readonly peerDependencies: { readonly constructs: string };
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
