import { TerraformOutput, TerraformStack } from "cdktf";
import { PullThroughCacheFleet, Upstream } from "cdktf-ecr-pull-through-cache";
import type { AllowPullOptions, PullThroughCacheFleetProps } from "cdktf-ecr-pull-through-cache";
import { ownRegistryPolicy } from "../support/registry-policy-owner";
import { blocks, messageOf, synthesized, testApp } from "../support/synthesis";

const ACCOUNT = "111122223333";
const OTHER = "444455556666";
const REGIONS = ["us-east-1", "eu-west-1"];

/** A fleet whose second region also caches Quay. */
function fleetWith(props: Partial<PullThroughCacheFleetProps> = {}): PullThroughCacheFleet {
  const fleet = new PullThroughCacheFleet(testApp(), "caches", {
    accountId: ACCOUNT,
    regions: REGIONS,
    upstreams: [Upstream.ecrPublic()],
    ...props,
  });
  fleet.cacheIn("eu-west-1").addUpstream(Upstream.quay());
  REGIONS.forEach((region) => ownRegistryPolicy(fleet.stackIn(region)));
  return fleet;
}

/** The prefixes whose templates have a policy, by region. */
function allowed(fleet: PullThroughCacheFleet): object {
  return Object.fromEntries(
    REGIONS.map((region) => [
      region,
      blocks(synthesized(fleet.stackIn(region)), "aws_ecr_repository_creation_template")
        .filter(({ repository_policy: policy }) => policy !== undefined)
        .map(({ prefix }) => prefix),
    ]),
  );
}

test("a fleet allows other accounts to pull through the caches of all regions", () => {
  const fleet = fleetWith();
  fleet.allowPullFrom({ accountIds: [OTHER] });
  expect(allowed(fleet)).toEqual({ "us-east-1": ["ecr-public"], "eu-west-1": ["ecr-public", "quay"] });
  const resources = REGIONS.flatMap((region) => fleet.cacheIn(region)._internals.registryStatements()).flatMap(
    ({ Resource }) => Resource,
  );
  expect(resources).toEqual(
    ["us-east-1:111122223333:repository/ecr-public", "eu-west-1:111122223333:repository/ecr-public"]
      .concat("eu-west-1:111122223333:repository/quay")
      .map((place) => `arn:aws:ecr:${place}/*`),
  );
});

test("a region without any of the prefixes stays as it is", () => {
  const fleet = fleetWith();
  fleet.allowPullFrom({ accountIds: [OTHER], prefixes: ["quay/"] });
  expect(allowed(fleet)).toEqual({ "us-east-1": [], "eu-west-1": ["quay"] });
});

test.each<[string, unknown, string]>([
  ["nobody", {}, "caches: `accountIds` is required"],
  ["the own account", { accountIds: [ACCOUNT] }, "caches: `accountIds[0]` must be another account than the cache's"],
  [
    "a prefix of no region",
    { accountIds: [OTHER], prefixes: ["gcr"] },
    "caches: `prefixes[0]` must be one of ecr-public, quay",
  ],
  ["no options", undefined, "caches: `options` is required; name the accounts that may pull"],
])("a fleet fails for %s, and changes no region", (_, options, message) => {
  const fleet = fleetWith();
  expect(messageOf(() => fleet.allowPullFrom(options as AllowPullOptions))).toContain(message);
  expect(allowed(fleet)).toEqual({ "us-east-1": [], "eu-west-1": [] });
});

test("a fleet changes no region if one of them has an upstream without a template", () => {
  const fleet = fleetWith();
  fleet.cacheIn("eu-west-1").addUpstream(Upstream.kubernetes({ repositorySettings: { creationTemplate: false } }));
  expect(messageOf(() => fleet.allowPullFrom({ accountIds: [OTHER] }))).toContain(
    'caches: `prefixes` must cover only upstreams with a creation template, got "kubernetes"',
  );
  expect(allowed(fleet)).toEqual({ "us-east-1": [], "eu-west-1": [] });
});

test("a fleet has one pull policy for all regions, which is that of its managed policy", () => {
  const fleet = fleetWith();
  fleet.addPullPolicy("pull", { prefixes: ["quay", "ecr-public"] });
  const stack = new TerraformStack(fleet.node.root, "other");
  new TerraformOutput(stack, "policy", { value: fleet.pullPolicyJson({ prefixes: ["quay", "ecr-public"] }) });
  const policies = synthesized(fleet.node.root.node.findChild("caches-iam") as TerraformStack);
  expect(synthesized(stack).output?.["policy"]?.value).toBe(blocks(policies, "aws_iam_policy")[0]?.["policy"]);
  expect(synthesized(stack).output?.["policy"]?.value).toContain(
    "arn:aws:ecr:eu-west-1:111122223333:repository/quay/*",
  );
});

test("a pull policy of a fleet needs the account and one partition", () => {
  const fleet = new PullThroughCacheFleet(testApp(), "caches", {
    regions: ["us-east-1", "us-gov-west-1"],
    upstreams: [Upstream.ecrPublic()],
  });
  const message = messageOf(() => fleet.pullPolicyJson());
  expect(message).toContain("`accountId` is required");
  expect(message).toContain("`regions` must");
});
