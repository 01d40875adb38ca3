import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import {
  ExistingSettings,
  FleetLayout,
  PullThroughCache,
  PullThroughCacheFleet,
  RegistryCredential,
  RegistryPolicy,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { PullThroughCacheFleetProps } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { REPOSITORY_PREFIX } from "../../src/cache/rules";
import { matches } from "../../src/validation/rule";
import { prefixLike } from "../support/prefixes";
import { useRegionalResources } from "../support/regional-resources";
import { addresses, blocks, messageOf, synthesized, testApp } from "../support/synthesis";
import type { TerraformJson } from "../support/synthesis";

const ACCOUNT = "111122223333";
const REGIONS = ["us-east-1", "eu-west-1"];
const CREDENTIAL = RegistryCredential.managed({
  usernameVariable: "hub_username",
  accessTokenVariable: "hub_access_token",
  version: 1,
});

function fleetWith(props: Partial<PullThroughCacheFleetProps> = {}): PullThroughCacheFleet {
  return new PullThroughCacheFleet(testApp(), "cache", {
    accountId: ACCOUNT,
    regions: REGIONS,
    layout: FleetLayout.ONE_STACK,
    upstreams: [Upstream.ecrPublic()],
    ...props,
  });
}

function errorOf(props: Partial<PullThroughCacheFleetProps>): string {
  return messageOf(() => fleetWith(props));
}

test("one stack of all regions fails with @cdktf/provider-aws 20, and leaves no construct", () => {
  const app = testApp();
  const declare = (): PullThroughCacheFleet =>
    new PullThroughCacheFleet(app, "cache", {
      regions: REGIONS,
      layout: FleetLayout.ONE_STACK,
      upstreams: [Upstream.ecrPublic()],
    });
  expect(messageOf(declare)).toBe(
    'cache: `layout` must not be ONE_STACK with @cdktf/provider-aws 20, whose resources have no argument `region`, got "ONE_STACK"; use @cdktf/provider-aws 21, or leave it out for a stack per region',
  );
  expect(app.node.children).toEqual([]);
});

test("fails on another layout", () => {
  expect(errorOf({ layout: "ALIASES" as FleetLayout })).toBe(
    'cache: `layout` must be one of STACK_PER_REGION, ONE_STACK, got "ALIASES"; leave it out for STACK_PER_REGION',
  );
});

test("a stack per region is the default layout", () => {
  const names = (props: Partial<PullThroughCacheFleetProps>): string[] =>
    App.of(fleetWith(props)).node.children.map(({ node }) => node.id);
  expect(names({ layout: undefined })).toEqual(names({ layout: FleetLayout.STACK_PER_REGION }));
});

describe("one stack of all regions", () => {
  useRegionalResources();

  test("has one provider in the first region, and one state, and needs hashicorp/aws 6", () => {
    const fleet = fleetWith();
    const [stack, ...others] = [...new Set(REGIONS.map((region) => fleet.stackIn(region)))];
    const json = synthesized(stack as TerraformStack);
    expect(others).toEqual([]);
    expect(stack?.node.path).toBe("cache-regions");
    expect(json.provider).toEqual({ aws: [{ allowed_account_ids: [ACCOUNT], region: "us-east-1" }] });
    expect(json.terraform).toMatchObject({
      backend: { local: { path: "../../../terraform.cache-regions.tfstate" } },
      required_providers: { aws: { source: "aws", version: ">= 6.0.0, < 7.0.0" } },
    });
    expect(json.data).toBeUndefined();
  });

  test("has each region below its own id: these addresses stay what they were", () => {
    const fleet = fleetWith({
      upstreams: [
        Upstream.ecrPublic({ prefix: "1st.public" }),
        Upstream.dockerHub(CREDENTIAL),
        Upstream.privateEcr({ region: "ap-south-1", accountId: "444455556666", prefix: "team" }),
      ],
      repositorySettings: { tags: { team: "platform" } },
    });
    const all = addresses(synthesized(fleet.stackIn("eu-west-1")));
    expect(all.filter((address) => address.includes(".eu-west-1_"))).toEqual([
      "aws_ecr_pull_through_cache_rule.eu-west-1_1st_2epublic-rule_A7063C1E",
      "aws_ecr_pull_through_cache_rule.eu-west-1_docker-hub-rule_507DE686",
      "aws_ecr_pull_through_cache_rule.eu-west-1_team-rule_8DE1002F",
      "aws_ecr_repository_creation_template.eu-west-1_1st_2epublic-template_F3B2D6BD",
      "aws_ecr_repository_creation_template.eu-west-1_docker-hub-template_FF641D83",
      "aws_ecr_repository_creation_template.eu-west-1_team-template_56220C00",
      "aws_iam_role.eu-west-1_repository-creation-role_80FB93E8",
      "aws_iam_role.eu-west-1_upstream-role_3C6B4F16",
      "aws_iam_role_policy.eu-west-1_repository-creation-role-policy_A3B94F04",
      "aws_iam_role_policy.eu-west-1_upstream-role-policy_FE5BD3B2",
      "aws_secretsmanager_secret.eu-west-1_docker-hub-secret_BCD6509C",
      "aws_secretsmanager_secret_version.eu-west-1_docker-hub-secret-version_C855CAB3",
      "terraform_data.eu-west-1_1st_2epublic-encryption_9F3357EA",
      "terraform_data.eu-west-1_docker-hub-encryption_865BC814",
      "terraform_data.eu-west-1_team-encryption_7210ECBA",
    ]);
    expect(all).toHaveLength(30);
  });

  test("keeps the addresses and arguments of a region when other regions are added before it or removed", () => {
    const own = (regions: string[]): object =>
      ofRegion(synthesized(fleetWith({ regions }).stackIn("eu-west-1")), "eu-west-1");
    expect(own(["ap-south-1", "eu-west-1"])).toEqual(own(REGIONS));
    expect(own(["eu-west-1"])).toEqual(own(REGIONS));
  });

  test("asks for the credential of all regions once, and writes a secret in each", () => {
    const json = synthesized(fleetWith({ upstreams: [Upstream.dockerHub(CREDENTIAL)] }).stackIn("us-east-1"));
    expect(Object.keys(json.variable ?? {}).sort()).toEqual(["hub_access_token", "hub_username"]);
    expect(blocks(json, "aws_secretsmanager_secret").map(({ name }) => name)).toEqual(
      Array(2).fill("ecr-pullthroughcache/docker-hub"),
    );
  });

  test("looks up the account once, and nothing else, if it is not known", () => {
    const upstreams = [Upstream.privateEcr({ region: "ap-south-1", prefix: "team" })];
    const json = synthesized(fleetWith({ accountId: undefined, upstreams }).stackIn("us-east-1"));
    expect(addresses(json).filter((address) => address.startsWith("data."))).toEqual([
      "data.aws_caller_identity.aws-lookup_caller-identity_82AEBEF1",
    ]);
  });

  test("gives names of images in each region, and settings of each", () => {
    const fleet = fleetWith({ repositorySettingsByRegion: { "eu-west-1": { keepLastImages: 7 } } });
    expect(REGIONS.map((region) => fleet.cacheIn(region).repositoryUri("ecr-public", "elastio/agent"))).toEqual(
      REGIONS.map((region) => `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com/ecr-public/elastio/agent`),
    );
    expect(Object.keys(fleet.registryMaps())).toEqual(REGIONS);
    const limits = blocks(synthesized(fleet.stackIn("eu-west-1")), "aws_ecr_repository_creation_template").map(
      ({ lifecycle_policy: policy }) => /"countNumber":(\d+)/.exec(String(policy))?.[1],
    );
    expect(limits.sort()).toEqual(["100", "7"]);
  });

  test("is between the stack of the policies and the final stacks", () => {
    const fleet = fleetWith();
    fleet.addPullPolicy("pull");
    fleet.addFinalStack("connector", { region: "us-west-2" });
    App.of(fleet).synth();
    expect(
      fleet
        .manifest()
        .stages.map((stage) => stage.map(({ name, region, regional, waitsFor }) => [name, region, regional, waitsFor])),
    ).toEqual([
      [["cache-iam", "us-east-1", false, []]],
      [["cache-regions", "us-east-1", true, ["cache-iam"]]],
      [["cache-connector", "us-west-2", false, ["cache-iam", "cache-regions"]]],
    ]);
  });

  test("needs one registry policy for each region, which has the statements of its region only", () => {
    const fleet = fleetWith();
    fleet.allowPullFrom({ accountIds: ["444455556666"] });
    for (const region of REGIONS) {
      new RegistryPolicy(fleet.stackIn(region), `policy-${region}`, { region, existing: ExistingSettings.NONE });
    }
    const policies = synthesized(fleet.stackIn("us-east-1")).resource?.["aws_ecr_registry_policy"] ?? {};
    expect(Object.entries(policies).map(([name, { policy }]) => [name, resourcesIn(String(policy))])).toEqual(
      ["eu-west-1_policy_54D638F7", "us-east-1_policy_4BDA9D9D"].map((name) => [
        `policy-${name}`,
        [[`arn:aws:ecr:${name.slice(0, 9)}:${ACCOUNT}:repository/ecr-public/*`]],
      ]),
    );
  });

  test("fails if the registry policy of one region is missing, and if two are in one region", () => {
    const fleet = fleetWith();
    fleet.allowPullFrom({ accountIds: ["444455556666"] });
    new RegistryPolicy(fleet.stackIn("eu-west-1"), "policy", { region: "eu-west-1", existing: ExistingSettings.NONE });
    expect(messageOf(() => App.of(fleet).synth())).toMatch(
      /^[^[]*\[cache-regions\/us-east-1\] `RegistryPolicy` [^[]*$/,
    );
    // Without the argument it is in the region of the provider.
    new RegistryPolicy(fleet.stackIn("us-east-1"), "policy-of-provider", { existing: ExistingSettings.NONE });
    expect(
      messageOf(
        () =>
          new RegistryPolicy(fleet.stackIn("us-east-1"), "third", {
            region: "us-east-1",
            existing: ExistingSettings.NONE,
          }),
      ),
    ).toContain(
      "must be the only owner of the registry policy of its account and region, but cache-regions/policy-of-provider owns it",
    );
  });

  test("has room for a cache of one's own in another region, and not for its prefixes in the same", () => {
    const stack = fleetWith().stackIn("us-east-1");
    const add = (region: string): PullThroughCache =>
      new PullThroughCache(stack, `own-${region}`, { region, upstreams: [Upstream.ecrPublic()] });
    expect(() => add("ap-south-1")).not.toThrow();
    expect(messageOf(() => add("eu-west-1"))).toContain("cache-regions/eu-west-1");
  });

  test("has the given version of the provider, if it is one that takes a region", () => {
    const stack = fleetWith({ providerVersion: "~> 6.2" }).stackIn("us-east-1");
    expect(synthesized(stack).terraform?.["required_providers"]).toEqual({ aws: { source: "aws", version: "~> 6.2" } });
    expect(errorOf({ providerVersion: "~> 5.100" })).toBe(
      'cache: `providerVersion` must allow a version in ">= 6.0.0, < 7.0.0", got "~> 5.100"; other versions lack arguments that the constructs use',
    );
  });

  test("fails on regions of two partitions", () => {
    expect(errorOf({ regions: ["us-east-1", "eusc-de-east-1"] })).toBe(
      'cache: `regions` must be of one partition with ONE_STACK, got ["aws","aws-eusc"]; create a fleet for each partition: one AWS provider has credentials of one partition',
    );
  });

  test("fails if another stack of the app has its name, created before or after it", () => {
    const app = testApp();
    const props = { regions: REGIONS, layout: FleetLayout.ONE_STACK, upstreams: [Upstream.ecrPublic()] };
    const fleet = new PullThroughCacheFleet(app, "cache", props);
    const hint = 'got "cache-regions"; choose another id: the stack cache-regions has this name already';
    expect(messageOf(() => fleet.addFinalStack("regions", { region: "us-east-1" }))).toContain(hint);
    new TerraformStack(app, "other-regions");
    expect(messageOf(() => new PullThroughCacheFleet(app, "other", props))).toContain(
      "the stack other-regions has this name already",
    );
    new TerraformStack(app, "Cache-Regions");
    expect(messageOf(() => app.synth())).toContain("the stack Cache-Regions has this name already");
  });
});

describe("a cache with a region of its own", () => {
  useRegionalResources();

  test("fails in another partition than the one of its provider", () => {
    const stack = new TerraformStack(testApp(), "stack");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    const add = (region: string): PullThroughCache =>
      new PullThroughCache(stack, region, { region, upstreams: [Upstream.ecrPublic()] });
    expect(() => add("us-east-1")).not.toThrow();
    expect(messageOf(() => add("us-gov-west-1"))).toBe(
      'stack/us-gov-west-1: `region` must be in aws, the partition of the AWS provider in eu-west-1, got "us-gov-west-1"; give `provider` an AwsProvider with credentials of the other partition',
    );
  });
});

describe("both layouts", () => {
  useRegionalResources();

  const prefixes = fc.uniqueArray(
    prefixLike.filter((prefix) => matches(prefix, REPOSITORY_PREFIX)),
    { selector: (prefix) => prefix.replace(/\/$/, ""), minLength: 1, maxLength: 4 },
  );
  const declarations = fc.record({
    regions: fc.uniqueArray(fc.constantFrom("us-east-1", "eu-west-1", "eu-west-2", "ap-south-1"), { minLength: 1 }),
    upstreams: prefixes.map((list) =>
      list.map((prefix, index) =>
        index % 2 === 0
          ? Upstream.ecrPublic({ prefix })
          : Upstream.dockerHub(CREDENTIAL, { prefix, repositorySettings: { tags: { index: String(index) } } }),
      ),
    ),
    repositorySettings: fc.constantFrom({}, { tags: { team: "platform" } }, { creationTemplate: false }),
    accountId: fc.constantFrom(ACCOUNT, undefined),
  });

  test("declare the same resources with the same arguments in each region", () => {
    fc.assert(
      fc.property(declarations, (props) => {
        const one = fleetWith(props);
        const each = fleetWith({ ...props, layout: FleetLayout.STACK_PER_REGION });
        const all = synthesized(one.stackIn(props.regions[0] ?? ""));
        for (const region of props.regions) {
          expect(ofRegion(all, region)).toEqual(withoutAddresses(synthesized(each.stackIn(region))));
        }
        const count = props.regions.reduce((sum, region) => sum + managed(synthesized(each.stackIn(region))).length, 0);
        expect(managed(all)).toHaveLength(count);
        expect(all.variable).toEqual(synthesized(each.stackIn(props.regions[0] ?? "")).variable);
      }),
      { numRuns: 40 },
    );
  });
});

/** The addresses of the resources. */
function managed(json: TerraformJson): string[] {
  return addresses(json).filter((address) => !address.startsWith("data."));
}

/** The resources of a region in the JSON of all regions, as the stack of the region alone would have them. */
function ofRegion(json: TerraformJson, region: string): object {
  const own = Object.entries(json.resource ?? {}).flatMap(([type, named]) => {
    const kept = Object.entries(named).filter(([name]) => name.startsWith(`${region}_`));
    return kept.length === 0 ? [] : [[type, Object.fromEntries(kept)] as const];
  });
  return withoutAddresses({ resource: Object.fromEntries(own) }, region);
}

/** The arguments of all resources but `region`, by their types, with the names that a stack per region gives them. */
function withoutAddresses({ resource = {} }: TerraformJson, region = ""): object {
  return Object.fromEntries(
    Object.entries(resource).map(([type, named]) => [
      type,
      Object.values(named)
        .map((block) =>
          JSON.stringify({ ...block, region: undefined })
            .replace(new RegExp(`\\b${region}_([\\w-]+)_[0-9A-F]{8}\\b`, "g"), "$1")
            // At the start of an address, a digit or a hyphen is encoded.
            .replace(/(?<=\baws_\w+\.|\bterraform_data\.)_([23][0-9a-f])/g, (_, code: string) =>
              String.fromCharCode(parseInt(code, 16)),
            ),
        )
        .sort(),
    ]),
  );
}

/** The resources of each statement of a policy. */
function resourcesIn(policy: string): unknown[] {
  const { Statement: statements } = JSON.parse(policy) as {
    readonly Statement: readonly { readonly Resource: unknown }[];
  };
  return statements.map(({ Resource }) => Resource);
}
