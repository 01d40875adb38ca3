import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { App, TerraformElement, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import {
  ExistingSettings,
  FirstPull,
  PullThroughCache,
  PullThroughCacheFleet,
  RegistryEndpoints,
  RegistryPolicy,
  RegistryReplication,
  RegistryScanning,
  StateBackend,
  StackParameterOverride,
  Upstream,
} from "../../src";

/** What jsii adds to the classes of CDK Terrain, whose other properties are those of CDKTF. */
const OF_CDK_TERRAIN = { [Symbol.for("jsii.rtti")]: { fqn: "cdktn.TerraformElement" } };

class TerrainApp extends App {}
class TerrainStack extends TerraformStack {}
class TerrainTopic extends SnsTopic {}
[TerrainApp, TerrainStack, TerrainTopic].forEach((type) => Object.assign(type, OF_CDK_TERRAIN));

/** The class of a user or a library, whose base class belongs to a framework. */
class DerivedStack extends TerrainStack {}
Object.assign(DerivedStack, { [Symbol.for("jsii.rtti")]: { fqn: "@team/stacks.DerivedStack" } });

const upstreams = [Upstream.ecrPublic()];
const existing = ExistingSettings.OVERWRITE;

const FOREIGN_SCOPE =
  "`scope` must belong to CDKTF (package cdktf), " +
  'got "a scope of CDK Terrain (package cdktn)"; ' +
  'in a program of CDK Terrain, import this package as "cdktf-ecr-pull-through-cache/cdktn"';

const FOREIGN_CONSTRUCT =
  "`scope` must be in a stack whose constructs all belong to CDKTF (package cdktf), " +
  'got "stack/topic of CDK Terrain"; import that construct from "cdktf" or from "@cdktf/provider-aws"';

const CONSTRUCTS: [string, (scope: Construct) => unknown][] = [
  ["PullThroughCache", (scope) => new PullThroughCache(scope, "it", { upstreams })],
  [
    "RegistryEndpoints",
    (scope) =>
      new RegistryEndpoints(scope, "it", { vpcId: "vpc-0a", subnetIds: ["subnet-0a"], firstPull: FirstPull.PREWARMED }),
  ],
  ["RegistryPolicy", (scope) => new RegistryPolicy(scope, "it", { existing })],
  ["RegistryScanning", (scope) => new RegistryScanning(scope, "it")],
  ["RegistryReplication", (scope) => new RegistryReplication(scope, "it", { destinations: [], existing })],
  [
    "StackParameterOverride",
    (scope) => new StackParameterOverride(scope, "it", { stackName: "vendor", parameters: { a: "b" } }),
  ],
];

test.each(CONSTRUCTS)("fails before it makes a %s in a stack of the other framework", (_, create) => {
  for (const type of [TerrainStack, DerivedStack]) {
    const stack = new type(new TerrainApp({ outdir: Testing.app().outdir }), "stack");
    expect(() => create(stack)).toThrow(new Error(`stack/it: ${FOREIGN_SCOPE}`));
    expect(stack.node.children).toEqual([]);
  }
});

test.each([
  ["App", () => new TerraformStack(new TerrainApp({ outdir: Testing.app().outdir }), "stack"), "TerrainApp"],
  ["stack", () => new TerrainStack(Testing.app(), "stack"), "TerrainStack"],
])("fails if the %s belongs to the other framework, and names it", (_, parent, name) => {
  expect(() => new PullThroughCache(parent(), "it", { upstreams })).toThrow(
    new Error(
      "stack/it: `scope` must have parents that all belong to CDKTF (package cdktf), " +
        `got "${name} of CDK Terrain (package cdktn)"; import the App and all stacks from one package, "cdktf" or "cdktn"`,
    ),
  );
});

test("fails for a backend of the other framework", () => {
  const backend = Object.assign(StateBackend.local(), { _framework: "cdktn" });
  const declare = () =>
    new PullThroughCacheFleet(Testing.app(), "fleet", { regions: ["eu-west-1"], upstreams, backend });
  expect(declare).toThrow(
    new Error(
      'fleet: `backend` must be a StateBackend of cdktf, got "StateBackend of cdktn"; ' +
        'import StateBackend from "cdktf-ecr-pull-through-cache"',
    ),
  );
});

test("fails for a fleet in an app of the other framework", () => {
  const app = new TerrainApp({ outdir: Testing.app().outdir });
  expect(() => new PullThroughCacheFleet(app, "fleet", { regions: ["eu-west-1"], upstreams })).toThrow(
    new Error(`fleet: ${FOREIGN_SCOPE}`),
  );
  expect(app.node.children).toEqual([]);
});

test("fails if the stack has a construct of the other framework, at once or when the app is synthesized", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  new AwsProvider(stack, "aws", { region: "eu-west-1" });
  const cache = new PullThroughCache(stack, "early", { upstreams });
  expect(cache.node.validate()).toEqual([]);
  new TerrainTopic(stack, "topic", {});
  expect(cache.node.validate()).toEqual([FOREIGN_CONSTRUCT]);
  expect(() => new PullThroughCache(stack, "late", { upstreams })).toThrow(
    new Error(`stack/late: ${FOREIGN_CONSTRUCT}`),
  );
  expect(stack.node.tryFindChild("late")).toBeUndefined();
});

test("fails for a construct of the other framework in a stack of a fleet", () => {
  const fleet = new PullThroughCacheFleet(Testing.app(), "fleet", { regions: ["eu-west-1"], upstreams });
  new TerrainTopic(fleet.stackIn("eu-west-1"), "topic", {});
  expect(fleet.cacheIn("eu-west-1").node.validate()).toEqual([
    FOREIGN_CONSTRUCT.replace("stack/topic", "fleet-eu-west-1/topic"),
  ]);
});

test("accepts constructs that belong to no framework, and classes of users", () => {
  class OwnStack extends TerraformStack {}
  const stack = new OwnStack(Testing.app(), "stack");
  expect(() => new PullThroughCache(stack, "it", { upstreams })).not.toThrow();
});

describe("a version of the framework that is not tested", () => {
  const type = TerraformElement as unknown as { [key: symbol]: object };
  const key = Symbol.for("jsii.rtti");
  const original = type[key] ?? {};
  afterEach(() => void (type[key] = original));

  const warnings = (version: string): string[] => {
    type[key] = { ...original, version };
    const stack = new TerraformStack(Testing.app(), "stack");
    new PullThroughCache(stack, "one", { upstreams: [Upstream.quay()] });
    new PullThroughCache(stack, "two", { upstreams: [Upstream.ecrPublic()] });
    return stack.node.metadata.map(({ data }) => String(data)).filter((text) => text.includes("framework-version"));
  };

  test.each(["0.20.9", "0.22.0", "0.210.0", "1.0.0"])("gives one warning for each stack: %s", (version) => {
    expect(warnings(version)).toEqual([
      expect.stringContaining(
        `the program has cdktf ${version}; this version of cdktf-ecr-pull-through-cache is tested with cdktf 0.21 (if`,
      ),
    ]);
  });

  test("gives a fleet's stack the warning, too", () => {
    type[key] = { ...original, version: "0.22.0" };
    const fleet = new PullThroughCacheFleet(Testing.app(), "fleet", { regions: ["eu-west-1"], upstreams });
    const texts = fleet.stackIn("eu-west-1").node.metadata.map(({ data }) => String(data));
    expect(texts.filter((text) => text.includes("framework-version"))).toHaveLength(1);
  });

  test.each(["0.21.0", "0.21.7"])("is not %s", (version) => {
    expect(warnings(version)).toEqual([]);
  });
});
