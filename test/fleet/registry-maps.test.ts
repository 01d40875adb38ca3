import { TerraformVariable } from "cdktf";
import { PullThroughCacheFleet, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { PullThroughCacheFleetProps } from "cdktf-ecr-pull-through-cache";
import { messageOf, testApp } from "../support/synthesis";

const ACCOUNT = "111122223333";
const host = (region: string) => `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com`;

function fleetWith(props: Partial<PullThroughCacheFleetProps> = {}) {
  return new PullThroughCacheFleet(testApp(), "cache", {
    accountId: ACCOUNT,
    regions: ["us-east-1", "eu-west-1"],
    upstreams: [Upstream.quay()],
    ...props,
  });
}

test("the maps of a fleet are those of its caches by their regions, as plain data", () => {
  const credential = RegistryCredential.fromSecretName("ecr-pullthroughcache/hub");
  const fleet = fleetWith({
    upstreams: [
      Upstream.dockerHub(credential),
      Upstream.privateEcr({ region: "us-west-2", upstreamRepositoryPrefix: "base" }),
    ],
  });
  const map = (region: string) => ({
    "docker.io": `${host(region)}/docker-hub`,
    [`${host("us-west-2")}/base`]: `${host(region)}/ecr`,
  });
  const maps = fleet.registryMaps();
  expect(maps).toEqual({ "us-east-1": map("us-east-1"), "eu-west-1": map("eu-west-1") });
  expect(JSON.parse(JSON.stringify(maps))).toEqual(maps);
  expect(JSON.stringify(maps)).toBe(JSON.stringify(fleet.registryMaps()));
});

test("the maps have the upstreams that a cache of the fleet gets later", () => {
  const fleet = fleetWith();
  fleet.cacheIn("eu-west-1").addUpstream(Upstream.ecrPublic());
  expect(fleet.registryMaps()).toEqual({
    "us-east-1": { "quay.io": `${host("us-east-1")}/quay` },
    "eu-west-1": {
      "quay.io": `${host("eu-west-1")}/quay`,
      "public.ecr.aws": `${host("eu-west-1")}/ecr-public`,
    },
  });
});

test("the maps need the account", () => {
  expect(messageOf(() => fleetWith({ accountId: undefined }).registryMaps())).toBe(
    "cache: `accountId` is required; it is a part of the hosts that the maps contain",
  );
  expect(messageOf(() => fleetWith({ accountId: "${var.account}" }).registryMaps())).toBe(
    'cache: `accountId` must be a literal in a fleet with registry maps, got "${var.account}"; it is a part of the hosts that the maps contain',
  );
});

test("the maps need literal accounts and regions of private registries, and name each registry once", () => {
  const token = new TerraformVariable(fleetWith().stackIn("us-east-1"), "account", {}).stringValue;
  const message = (accountId: string) =>
    messageOf(() =>
      fleetWith({
        upstreams: [Upstream.quay(), Upstream.privateEcr({ accountId, region: "us-west-2" })],
      }).registryMaps(),
    );
  const rule =
    "cache: `upstreams` must have private registries with a literal account and region in a fleet with registry maps";
  expect(message("${var.account}")).toBe(
    `${rule}, got ["\${var.account}.dkr.ecr.us-west-2.amazonaws.com"]; the maps are plain data for other tools`,
  );
  expect(message(token)).toBe(`${rule}, got [a token]; the maps are plain data for other tools`);
});
