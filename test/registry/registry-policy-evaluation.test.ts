import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import { ExistingSettings, PullThroughCache, RegistryPolicy, Upstream } from "cdktf-ecr-pull-through-cache";
import { whyDenied } from "../local-aws/iam/policy-evaluation";
import { only, synthesized, testApp } from "../support/synthesis";

const REGION = "us-east-1";
const ACCOUNT = "111122223333";
const CACHE_ACCOUNT = "444455556666";
const SOURCE_ACCOUNT = "777788889999";
const STRANGER = "888899990000";

/** The actions with which ECR reads a registry for a cache of another account. */
const READS = [
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
  "ecr:BatchImportUpstreamImage",
  "ecr:GetImageCopyStatus",
];
const REPLICATION = ["ecr:CreateRepository", "ecr:ReplicateImage"];

/** The registry policy, and the policy of the role with which ECR reads the registry, both from one declaration. */
function policies(): { readonly registry: object; readonly role: object } {
  const app = testApp();
  const [upstream, downstream] = ["upstream", "downstream"].map((name) => {
    const stack = new TerraformStack(app, name);
    new AwsProvider(stack, "aws", { region: REGION });
    return stack;
  }) as [TerraformStack, TerraformStack];
  const part = { accountId: ACCOUNT, region: REGION, upstreamRepositoryPrefix: "base" };
  const cache = new PullThroughCache(downstream, "cache", {
    accountId: CACHE_ACCOUNT,
    upstreams: [Upstream.privateEcr(part)],
  });
  const policy = new RegistryPolicy(upstream, "policy", { existing: ExistingSettings.NONE, accountId: ACCOUNT });
  policy.allowUpstreamOf(cache);
  policy.allowReplicationFrom({ accountIds: [SOURCE_ACCOUNT], repositoryPrefixes: ["prod"] });
  const documentIn = (stack: TerraformStack, type: string): object =>
    JSON.parse(String(only(synthesized(stack), type)["policy"])) as object;
  return {
    registry: documentIn(upstream, "aws_ecr_registry_policy"),
    role: documentIn(downstream, "aws_iam_role_policy"),
  };
}

describe("the registry policy, with the policy of the role of the cache", () => {
  const { registry, role } = policies();

  async function denied(accountId: string, actions: readonly string[], repository: string, resourcePolicy?: object) {
    const verdicts = await Promise.all(
      actions.map((action) =>
        whyDenied({
          principalArn: `arn:aws:iam::${accountId}:role/reader`,
          action,
          resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${repository}`,
          accountId: ACCOUNT,
          identityPolicies: accountId === CACHE_ACCOUNT ? [role] : undefined,
          resourcePolicy,
        }),
      ),
    );
    return actions.filter((_, index) => verdicts[index] !== undefined);
  }

  test.each<readonly [who: string, accountId: string, actions: readonly string[], repository: string]>([
    ["the cache may read what it has as upstream", CACHE_ACCOUNT, READS, "base/java"],
    ["the source may replicate to the repositories with the prefix", SOURCE_ACCOUNT, REPLICATION, "prod/app"],
    ["a prefix of replication is the start of a name", SOURCE_ACCOUNT, REPLICATION, "production"],
  ])("%s", async (_, accountId, actions, repository) => {
    expect(await denied(accountId, actions, repository, registry)).toEqual([]);
  });

  test.each<readonly [who: string, accountId: string, actions: readonly string[], repository: string]>([
    ["the cache may not read other repositories", CACHE_ACCOUNT, READS, "other/java"],
    ["the cache may not read a repository whose name only begins alike", CACHE_ACCOUNT, READS, "baseline"],
    ["the cache may not write", CACHE_ACCOUNT, ["ecr:PutImage", "ecr:CreateRepository"], "base/java"],
    ["the source may not read", SOURCE_ACCOUNT, READS, "prod/app"],
    ["the source may not replicate to other repositories", SOURCE_ACCOUNT, REPLICATION, "base/java"],
    ["another account may do nothing", STRANGER, [...READS, ...REPLICATION], "base/java"],
  ])("%s", async (_, accountId, actions, repository) => {
    expect(await denied(accountId, actions, repository, registry)).toEqual(actions);
  });

  test("without the registry policy, the role of the cache may read nothing", async () => {
    const empty = { Version: "2012-10-17", Statement: [] };
    expect(await denied(CACHE_ACCOUNT, READS, "base/java", empty)).toEqual(READS);
    expect(await denied(CACHE_ACCOUNT, READS, "base/java")).toEqual(READS);
  });
});
