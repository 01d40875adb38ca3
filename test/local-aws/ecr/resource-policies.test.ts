import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryPolicyCommand,
  ECRClient,
  GetRepositoryPolicyCommand,
  PutAccountSettingCommand,
  PutRegistryPolicyCommand,
  SetRepositoryPolicyCommand,
} from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { ask, signIn } from "./fixtures";
import { imageOf } from "./images";
import { whyNoPull } from "./pull";
import type { Pull } from "./pull";

const OTHER = "444455556666";
const SCOPE = { accountId: ACCOUNT, region: "us-east-1" };
const NAME = "mirror/team/app";
const HOST = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`;
const READ = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const FIRST = ["ecr:CreateRepository", "ecr:BatchImportUpstreamImage"];
const RESOURCE = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/mirror/*`;

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
  sdk.aws.ecr.upstreams.put("quay.io", "team/app", "v1", imageOf("layer"));
  await ecr.send(
    new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io" }),
  );
});
afterEach(() => sdk.stop());

function policy(Action: string[], more: object = {}): string {
  const statement = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action, ...more };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

function registryPolicy(Action: string[], more: object = {}) {
  return ecr.send(new PutRegistryPolicyCommand({ policyText: policy(Action, { Resource: RESOURCE, ...more }) }));
}

function template(repositoryPolicy?: string) {
  return ecr.send(
    new CreateRepositoryCreationTemplateCommand({
      prefix: "mirror",
      appliedFor: ["PULL_THROUGH_CACHE"],
      repositoryPolicy,
    }),
  );
}

function why(more: Partial<Pull> = {}) {
  const identityPolicies = [
    { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "ecr:*", Resource: "*" }] },
  ];
  return whyNoPull(sdk.aws, {
    ...SCOPE,
    callerAccountId: OTHER,
    repository: NAME,
    cached: false,
    identityPolicies,
    ...more,
  });
}

async function pulled() {
  const headers = { authorization: await signIn(sdk, { accountId: OTHER }) };
  return (await ask(sdk, `https://${HOST}/v2/${NAME}/manifests/v1`, { headers })).status;
}

test("another account pulls where the registry policy lets it create and the template lets it read", async () => {
  await registryPolicy(FIRST);
  await template(policy(READ));
  expect(await why()).toBeUndefined();
  expect(await pulled()).toBe(200);
});

test.each<[string, () => Promise<unknown>, string, number]>([
  ["without policies", () => Promise.resolve(), "ecr:BatchImportUpstreamImage", 403],
  ["by the registry policy alone", () => registryPolicy(FIRST), "ecr:BatchGetImage", 403],
  ["by the repository policy alone", () => template(policy(READ)), "ecr:BatchImportUpstreamImage", 404],
  [
    "by a template without a policy",
    async () => {
      await registryPolicy(FIRST);
      await template();
    },
    "ecr:BatchGetImage",
    403,
  ],
  [
    "by a template that allows the import, before the repository exists",
    async () => {
      await registryPolicy(["ecr:CreateRepository"]);
      await template(policy([...READ, "ecr:BatchImportUpstreamImage"]));
    },
    "ecr:BatchImportUpstreamImage",
    404,
  ],
])("another account makes no first pull %s", async (_, prepare, action, status) => {
  await prepare();
  expect(await why()).toContain(`does not allow ${action}`);
  expect(await pulled()).toBe(status);
});

test("another account refreshes a repository whose own policy allows the import, without a registry policy", async () => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: NAME }));
  expect(await why()).toContain("does not allow ecr:BatchImportUpstreamImage");
  const policyText = policy([...READ, "ecr:BatchImportUpstreamImage"]);
  await ecr.send(new SetRepositoryPolicyCommand({ repositoryName: NAME, policyText }));
  expect(await why()).toBeUndefined();
  expect(await pulled()).toBe(200);
  await ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName: NAME }));
  expect(await pulled()).toBe(403);
  await expect(ecr.send(new GetRepositoryPolicyCommand({ repositoryName: NAME }))).rejects.toMatchObject({
    name: "RepositoryPolicyNotFoundException",
  });
});

test("a registry policy allows reads as well, unless its scope is V1", async () => {
  await registryPolicy([...FIRST, ...READ]);
  expect(await why()).toBeUndefined();
  await ecr.send(new PutAccountSettingCommand({ name: "REGISTRY_POLICY_SCOPE", value: "V1" }));
  expect(await why()).toContain("does not allow ecr:BatchGetImage");
});

test.each([
  ["the organization", { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }, true],
  ["another organization", { StringEquals: { "aws:PrincipalOrgID": "o-z1b2c3d4e5" } }, false],
  ["the unit above", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/ou-1/*"] } }, true],
  [
    "the unit itself",
    { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/ou-1/ou-2/*"] } },
    true,
  ],
  ["another unit", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/ou-2/*"] } }, false],
])("conditions see the organization of an account: %s", async (_, Condition, expected) => {
  const path = "o-a1b2c3d4e5/r-ab12/ou-1/ou-2/";
  sdk.aws.ecr.resourcePolicies.memberships.set(OTHER, { organizationId: "o-a1b2c3d4e5", path });
  await registryPolicy([...FIRST, ...READ], { Principal: "*", Condition });
  expect((await why()) === undefined).toBe(expected);
  expect((await pulled()) === 200).toBe(expected);
});

test("a principal of the registry's own account needs no policy of its own where * includes it", async () => {
  await registryPolicy([...FIRST, ...READ, "ecr:BatchCheckLayerAvailability"], { Principal: "*" });
  const signIn = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };
  const identityPolicies = [{ Version: "2012-10-17", Statement: [signIn] }];
  expect(await why({ callerAccountId: ACCOUNT, identityPolicies })).toBeUndefined();
  expect(await why({ identityPolicies })).toContain("the identity policy does not allow");
});
