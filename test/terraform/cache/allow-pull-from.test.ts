import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  CreateRepositoryCommand,
  DeleteRegistryPolicyCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetRepositoryPolicyCommand,
} from "@aws-sdk/client-ecr";
import { TerraformOutput } from "cdktf";
import { ExistingSettings, PullThroughCache, RegistryPolicy, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RepositorySettings } from "cdktf-ecr-pull-through-cache";
import { clientConfig } from "../../local-aws/clients";
import { imageOf } from "../../local-aws/ecr/images";
import { whyNoPull } from "../../local-aws/ecr/pull";
import type { Pull } from "../../local-aws/ecr/pull";
import { ACCOUNT } from "../../local-aws/server";
import { pullImage } from "../../local-commands/docker";
import { pathWithAwsCli } from "../../local-commands/path-with-aws-cli";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "us-east-1";
const SCOPE = { accountId: ACCOUNT, region: REGION };
const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const ORGANIZATION = "o-a1b2c3d4e5";
const UNIT = `${ORGANIZATION}/r-ab12/ou-ab12-11111111/`;

/** Accounts by what they are: `NAMED` is in no organization. */
const NAMED = "444455556666";
const IN_UNIT = "555566667777";
const BESIDE_UNIT = "666677778888";
const STRANGER = "777788889999";

// With a role of the stack, which the stand-in asks about tags.
const TAGS: RepositorySettings = { tags: { team: "platform" } };

interface Outputs {
  readonly pull: { readonly value: string };
  readonly commands: { readonly value: string[] };
}

describeWithTerraform("pulls of other accounts, by what Terraform applied", () => {
  const aws = useLocalAws();
  const ecr = (accountId = ACCOUNT): ECRClient => new ECRClient(clientConfig(aws, { region: REGION, accountId }));
  let identityPolicy: object;
  let commands: string[];

  beforeAll(async () => {
    aws.ecr.upstreams.put("quay.io", "team/app", "v1", imageOf("layer"));
    aws.ecr.upstreams.put("registry.k8s.io", "pause", "v1", imageOf("pause"));
    for (const repositoryName of ["quay/old", "quay/managed", "apps/own"]) {
      await ecr().send(new CreateRepositoryCommand({ repositoryName }));
    }
    aws.ecr.resourcePolicies.memberships.set(IN_UNIT, {
      organizationId: ORGANIZATION,
      path: `${UNIT}ou-ab12-22222222/`,
    });
    const beside = `${ORGANIZATION}/r-ab12/ou-ab12-33333333/`;
    aws.ecr.resourcePolicies.memberships.set(BESIDE_UNIT, { organizationId: ORGANIZATION, path: beside });
    // The cache's own account is in the unit, too.
    aws.ecr.resourcePolicies.memberships.set(ACCOUNT, { organizationId: ORGANIZATION, path: UNIT });

    const stack = stackIn(REGION);
    const cache = new PullThroughCache(stack, "cache", {
      upstreams: [
        Upstream.quay(),
        Upstream.kubernetes({ repositorySettings: TAGS }),
        Upstream.ecrPublic({ prefix: "ROOT" }),
      ],
      accountId: ACCOUNT,
    });
    cache.allowPullFrom({
      accountIds: [NAMED],
      organizationalUnitPaths: [UNIT],
      prefixes: ["quay", "kubernetes"],
      existingRepositories: ["quay/managed"],
    });
    cache.allowPullFrom({ organizationId: ORGANIZATION, prefixes: ["quay"], createRepositories: false });
    new RegistryPolicy(stack, "policy", { accountId: ACCOUNT, existing: ExistingSettings.NONE });
    new TerraformOutput(stack, "pull", { value: cache.pullPolicyJson() }).overrideLogicalId("pull");
    new TerraformOutput(stack, "commands", { value: cache.existingRepositoryCommands() });
    const workspace = new Workspace(synthesized(stack), aws.environment());
    await workspace.init();
    await workspace.apply();
    const outputs = JSON.parse(await workspace.run(["output", "-json"])) as Outputs;
    identityPolicy = JSON.parse(outputs.pull.value) as object;
    commands = outputs.commands.value;
  });

  /** Why a role cannot pull; with the policy for the other side, unless it is said otherwise. */
  function why(pull: Partial<Pull>): Promise<string | undefined> {
    const defaults = { ...SCOPE, repository: "quay/team/new", cached: false, identityPolicies: [identityPolicy] };
    return whyNoPull(aws, { ...defaults, ...pull });
  }

  test.each<[string, string, string | undefined]>([
    ["of the named account", NAMED, undefined],
    ["of the unit", IN_UNIT, undefined],
    ["of the organization beside the unit", BESIDE_UNIT, "does not allow ecr:BatchImportUpstreamImage"],
    ["of another account", STRANGER, "does not allow ecr:BatchImportUpstreamImage"],
    ["of the cache's account", ACCOUNT, undefined],
  ])(
    "a role %s with the policy for the other side makes first pulls, or cannot",
    async (_, callerAccountId, reason) => {
      for (const repository of ["quay/team/new", "kubernetes/pause"]) {
        const answer = await why({ callerAccountId, repository });
        expect(answer ?? "").toContain(reason ?? "");
        expect(answer === undefined).toBe(reason === undefined);
      }
    },
  );

  test.each([NAMED, IN_UNIT, BESIDE_UNIT, STRANGER, ACCOUNT])(
    "a role of %s without policy pulls nothing",
    async (id) => {
      const none = { callerAccountId: id, identityPolicies: [] };
      expect(await why(none)).toContain("the identity policy does not allow ecr:GetAuthorizationToken");
      const signingIn = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };
      const onlyToken = [{ Version: "2012-10-17", Statement: [signingIn] }];
      expect(await why({ callerAccountId: id, identityPolicies: onlyToken })).toContain("does not allow ecr:Batch");
      expect(await why({ callerAccountId: id, identityPolicies: onlyToken, cached: true })).toContain(
        "does not allow ecr:BatchGetImage",
      );
    },
  );

  test("no prefix that is not covered can be pulled, not even under ROOT", async () => {
    for (const cached of [true, false]) {
      expect(await why({ callerAccountId: NAMED, repository: "nginx/nginx", cached })).toContain("does not allow ecr:");
    }
    expect(await why({ callerAccountId: NAMED, repository: "apps/own", cached: true })).toContain(
      "does not allow ecr:",
    );
  });

  test("an existing repository needs a policy, which Terraform or a command gives it", async () => {
    const old = { callerAccountId: NAMED, repository: "quay/old", cached: true };
    expect(await why(old)).toContain("does not allow ecr:BatchGetImage");
    // The registry policy alone allows the import, and nothing to read.
    expect(await why({ ...old, cached: false })).toContain("does not allow ecr:BatchGetImage");
    expect(await why({ ...old, repository: "quay/managed" })).toBeUndefined();
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatch(
      /^aws ecr get-repository-policy --region us-east-1 --registry-id 111122223333 --repository-name quay\/old 2>&1 \| grep -q RepositoryPolicyNotFoundException && aws ecr set-repository-policy --region us-east-1 --registry-id 111122223333 --repository-name quay\/old --policy-text '\{.*\}' \|\| echo 'quay\/old: not changed' >&2$/,
    );
    const inShell = (command = ""): Promise<{ readonly stderr: string }> =>
      promisify(execFile)("bash", ["-c", command], {
        env: { ...process.env, ...aws.environment(), PATH: pathWithAwsCli() },
      });
    expect(await inShell(commands[0])).toMatchObject({ stderr: "" });
    expect(await why(old)).toBeUndefined();
    const policyOf = async (repositoryName: string): Promise<unknown> =>
      JSON.parse((await ecr().send(new GetRepositoryPolicyCommand({ repositoryName }))).policyText ?? "");
    expect(await policyOf("quay/old")).toEqual(await policyOf("quay/managed"));
    // The second time, the repository has a policy.
    const other = commands[0]?.replace("PullsOfAccounts1", "Other");
    expect(await inShell(other)).toMatchObject({ stderr: "quay/old: not changed\n" });
    expect(await policyOf("quay/old")).toEqual(await policyOf("quay/managed"));
  });

  test("the organization pulls and refreshes what exists, and creates nothing", async () => {
    const beside = { callerAccountId: BESIDE_UNIT, repository: "quay/managed" };
    expect(await why({ ...beside, cached: true })).toBeUndefined();
    expect(await why({ ...beside, cached: false })).toBeUndefined();
  });

  test("AmazonEC2ContainerRegistryPullOnly there is not enough for a first pull", async () => {
    const Action = [
      "ecr:GetAuthorizationToken",
      "ecr:BatchImportUpstreamImage",
      "ecr:BatchGetImage",
      "ecr:GetDownloadUrlForLayer",
    ];
    const pullOnly = [{ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] }];
    expect(await why({ callerAccountId: NAMED, identityPolicies: pullOnly })).toContain(
      "the identity policy does not allow ecr:CreateRepository",
    );
    expect(
      await why({ callerAccountId: NAMED, identityPolicies: pullOnly, repository: "quay/managed" }),
    ).toBeUndefined();
  });

  async function pulled(accountId: string, repository: string): Promise<object> {
    const { authorizationData } = await ecr(accountId).send(new GetAuthorizationTokenCommand({}));
    return pullImage(aws, `${HOST}/${repository}:v1`, authorizationData?.[0]?.authorizationToken ?? "");
  }

  test("a client of another account pulls an image that nobody has pulled before, and a stranger does not", async () => {
    expect(await pulled(STRANGER, "quay/team/app")).toMatchObject({ status: 404 });
    expect(aws.ecr.repositories.tryFind("quay/team/app", SCOPE)).toBeUndefined();
    expect(await pulled(NAMED, "quay/team/app")).toEqual({ digest: imageOf("layer").manifests[0].digest });
    expect(await pulled(IN_UNIT, "quay/team/app")).toHaveProperty("digest");
    expect(await pulled(STRANGER, "quay/team/app")).toMatchObject({ status: 403 });
    expect(await pulled(NAMED, "kubernetes/pause")).toHaveProperty("digest");
  });

  test("without the registry policy, only repositories that exist can be pulled", async () => {
    await ecr().send(new DeleteRegistryPolicyCommand({}));
    expect(await why({ callerAccountId: NAMED })).toContain("does not allow ecr:BatchImportUpstreamImage");
    expect(await why({ callerAccountId: NAMED, repository: "quay/managed", cached: true })).toBeUndefined();
  });
});
