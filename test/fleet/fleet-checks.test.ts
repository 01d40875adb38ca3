import { PullThroughCacheFleet, Upstream } from "cdktf-ecr-pull-through-cache";
import { checkRepositorySettings } from "../../src/cache/repository-settings-checks";
import { checkUpstream } from "../../src/cache/upstream-checks";
import { messageOf, testApp } from "../support/synthesis";

jest.mock("../../src/cache/upstream-checks", () => counted("upstream-checks", "checkUpstream"));
jest.mock("../../src/cache/repository-settings-checks", () =>
  counted("repository-settings-checks", "checkRepositorySettings"),
);

/** A module of the cache in which calls of one function are counted. */
function counted(module: string, name: string): object {
  const actual = jest.requireActual<{ [name: string]: () => void }>(`../../src/cache/${module}`);
  return { ...actual, [name]: jest.fn(actual[name]) };
}

test("a fleet checks its upstreams and settings once for all regions, and its caches do not check them again", () => {
  new PullThroughCacheFleet(testApp(), "cache", {
    regions: ["us-east-1", "eu-west-1", "eu-central-1"],
    upstreams: [Upstream.ecrPublic(), Upstream.quay()],
    repositorySettings: { keepLastImages: 5 },
  });
  expect(checkUpstream).toHaveBeenCalledTimes(2);
  expect(checkRepositorySettings).toHaveBeenCalledTimes(1);
});

test("fails on a registry that caches itself in the second region, and on a role of another account", () => {
  const declare = () =>
    new PullThroughCacheFleet(testApp(), "cache", {
      regions: ["us-east-1", "eu-west-1"],
      accountId: "111122223333",
      upstreams: [Upstream.privateEcr({ region: "eu-west-1" })],
      repositorySettings: { roleArn: "arn:aws:iam::444455556666:role/ecr" },
    });
  expect(messageOf(declare).split("\n")).toEqual([
    "cache: 2 validation errors",
    expect.stringContaining("`repositorySettings.roleArn` must be in the account of the cache, 111122223333"),
    expect.stringContaining("`upstreams[0].region` must be another region than the cache's"),
  ]);
});

test("fails on a common KMS key only where a region uses it", () => {
  const keyIn = (region: string) => `arn:aws:kms:${region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const declare = (regions: string[]) => () =>
    new PullThroughCacheFleet(testApp(), "cache", {
      regions,
      upstreams: [Upstream.ecrPublic()],
      repositorySettings: { kmsKeyArn: keyIn("us-east-1") },
      repositorySettingsByRegion: { "eu-west-1": { kmsKeyArn: keyIn("eu-west-1") } },
    });
  expect(declare(["us-east-1", "eu-west-1"])).not.toThrow();
  expect(messageOf(declare(["eu-central-1", "us-east-1", "eu-west-1"]))).toMatch(
    /^cache: `repositorySettings\.kmsKeyArn` must be in the region of the cache, eu-central-1, got /,
  );
});
