import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { App, Lazy, TerraformStack, TerraformVariable } from "cdktf";
import { PullThroughCacheFleet, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { FleetManifest, PullThroughCacheFleetProps } from "cdktf-ecr-pull-through-cache";
import { messageOf, testApp } from "../support/synthesis";

function fleetWith(props: Partial<PullThroughCacheFleetProps> = {}) {
  return new PullThroughCacheFleet(testApp(), "cache", {
    accountId: "111122223333",
    regions: ["us-east-1", "eu-west-1"],
    upstreams: [Upstream.ecrPublic()],
    ...props,
  });
}

/** What a pipeline reads: the file that the manifest is written to. */
function manifestOf(fleet: PullThroughCacheFleet): FleetManifest {
  App.of(fleet).synth();
  return JSON.parse(JSON.stringify(fleet.manifest())) as FleetManifest;
}

/** The names of the stacks, stage by stage. */
function names(fleet: PullThroughCacheFleet): string[][] {
  return manifestOf(fleet).stages.map((stage) => stage.map(({ name }) => name));
}

test("a manifest has the policies first, then the regions side by side, and last what waits for all of them", () => {
  const fleet = fleetWith();
  fleet.addFinalStack("connector", { region: "ap-southeast-2" });
  fleet.addPullPolicy("pull");
  const regional = { regional: true, waitsFor: ["cache-iam"], variables: [] };
  expect(manifestOf(fleet)).toEqual({
    stages: [
      [
        {
          name: "cache-iam",
          folder: "stacks/cache-iam",
          region: "us-east-1",
          regional: false,
          waitsFor: [],
          variables: [],
        },
      ],
      [
        { name: "cache-us-east-1", folder: "stacks/cache-us-east-1", region: "us-east-1", ...regional },
        { name: "cache-eu-west-1", folder: "stacks/cache-eu-west-1", region: "eu-west-1", ...regional },
      ],
      [
        {
          name: "cache-connector",
          folder: "stacks/cache-connector",
          region: "ap-southeast-2",
          regional: false,
          waitsFor: ["cache-eu-west-1", "cache-iam", "cache-us-east-1"],
          variables: [],
        },
      ],
    ],
  });
});

test("a fleet of nothing but regions has one stage", () => {
  expect(names(fleetWith())).toEqual([["cache-us-east-1", "cache-eu-west-1"]]);
});

test("its folders are where the app has written the stacks", () => {
  const fleet = fleetWith();
  const { stages } = manifestOf(fleet);
  const { stacks } = App.of(fleet).manifest;
  for (const { name, folder } of stages.flat()) {
    expect(stacks[name]?.workingDirectory).toBe(folder);
  }
});

describe("the stages", () => {
  test("follow dependencies between stacks of the fleet that were added by hand", () => {
    const fleet = fleetWith();
    fleet.stackIn("us-east-1").addDependency(fleet.stackIn("eu-west-1"));
    fleet.addFinalStack("connector", { region: "us-east-1" });
    expect(names(fleet)).toEqual([["cache-eu-west-1"], ["cache-us-east-1"], ["cache-connector"]]);
  });

  test("follow references between stacks, which are dependencies only when the app is synthesized", () => {
    const fleet = fleetWith();
    const policy = new IamPolicy(fleet.stackIn("eu-west-1"), "policy", { policy: "{}" });
    new IamPolicy(fleet.stackIn("us-east-1"), "policy", { policy: "{}", description: policy.arn });
    expect(names(fleet)).toEqual([["cache-eu-west-1"], ["cache-us-east-1"]]);
  });

  test("have other stacks of the app that a stack of the fleet waits for, and none of those that wait for the fleet", () => {
    const fleet = fleetWith();
    const [network, base, later] = ["network", "base", "later"].map((id) => new TerraformStack(App.of(fleet), id));
    network?.addDependency(base as TerraformStack);
    fleet.stackIn("eu-west-1").addDependency(network as TerraformStack);
    later?.addDependency(fleet.stackIn("us-east-1"));
    expect(names(fleet)).toEqual([["cache-us-east-1", "base"], ["network"], ["cache-eu-west-1"]]);
    expect(fleet.manifest().stages[1]).toEqual([
      { name: "network", folder: "stacks/network", regional: false, waitsFor: ["base"], variables: [] },
    ]);
  });

  test("have a stack between two of the fleet in its place", () => {
    const fleet = fleetWith();
    const between = new TerraformStack(App.of(fleet), "between");
    between.addDependency(fleet.stackIn("us-east-1"));
    fleet.stackIn("eu-west-1").addDependency(between);
    expect(names(fleet)).toEqual([["cache-us-east-1"], ["between"], ["cache-eu-west-1"]]);
  });
});

describe("the variables", () => {
  const credential = RegistryCredential.managed({
    usernameVariable: "hub_user",
    accessTokenVariable: "hub_token",
    version: 1,
  });
  const variables = (fleet: PullThroughCacheFleet) =>
    manifestOf(fleet).stages.map((stage) => stage.map((stack) => stack.variables));

  test("are those of credentials, in every region, and in no stack beside", () => {
    const fleet = fleetWith({ upstreams: [Upstream.dockerHub(credential)] });
    fleet.addFinalStack("connector", { region: "us-east-1" });
    expect(variables(fleet)).toEqual([
      [
        ["hub_token", "hub_user"],
        ["hub_token", "hub_user"],
      ],
      [[]],
    ]);
  });

  test("are of an upstream that was added later as well", () => {
    const fleet = fleetWith();
    fleet.cacheIn("eu-west-1").addUpstream(Upstream.dockerHub(credential));
    expect(variables(fleet)).toEqual([[[], ["hub_token", "hub_user"]]]);
  });

  test("are those that Terraform asks for, without those that have a default", () => {
    const fleet = fleetWith();
    const stack = fleet.stackIn("us-east-1");
    new TerraformVariable(stack, "owner", { type: "string" });
    new TerraformVariable(stack, "team", { type: "string", default: "platform" });
    new TerraformVariable(stack, "cost", { type: "string" }).addOverride("default", null);
    expect(variables(fleet)).toEqual([[["owner"], []]]);
  });
});

describe("the region", () => {
  const regionOf = (region: string) => {
    const fleet = fleetWith();
    const stack = fleet.addFinalStack("connector", { region });
    new TerraformVariable(stack, "region", { type: "string" });
    return manifestOf(fleet).stages[1]?.[0];
  };

  test("is what a token of cdktf stands for", () => {
    expect(regionOf(Lazy.stringValue({ produce: () => "eu-central-1" }))).toHaveProperty("region", "eu-central-1");
  });

  test("is left out where only Terraform knows it", () => {
    expect(regionOf("${var.region}")).not.toHaveProperty("region");
  });
});

describe("a manifest", () => {
  test("is plain data, the same from one app to the next", () => {
    const one = fleetWith();
    const { stages } = manifestOf(one);
    expect(one.manifest()).toEqual({ stages });
    expect(manifestOf(fleetWith())).toEqual({ stages });
  });

  test("fails before the app is synthesized, and when a stack was added since", () => {
    const fleet = fleetWith();
    expect(messageOf(() => fleet.manifest())).toBe(
      'cache: `manifest()` must be called after app.synth(), got "cache-us-east-1"; call it later: this stack is not written yet',
    );
    App.of(fleet).synth();
    expect(fleet.manifest().stages).toHaveLength(1);
    fleet.addFinalStack("connector", { region: "us-east-1" });
    expect(messageOf(() => fleet.manifest())).toContain('got "cache-connector"');
  });
});
