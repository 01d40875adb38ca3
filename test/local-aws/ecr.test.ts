import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCreationTemplateCommand,
  DeletePullThroughCacheRuleCommand,
  DeleteRegistryPolicyCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRepositoryCreationTemplatesCommand,
  ECRClient,
  GetRegistryPolicyCommand,
  PutRegistryPolicyCommand,
  UpdatePullThroughCacheRuleCommand,
  UpdateRepositoryCreationTemplateCommand,
} from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Sdk } from "./clients";
import { ACCOUNT } from "./server";
import type { Scope } from "./service";

const OTHER_ACCOUNT = "444455556666";
const INVALID = "InvalidParameterException";
const DOCKER_HUB = "registry-1.docker.io";
const VALUE = JSON.stringify({ username: "bot", accessToken: "t0ken" });
const UPSTREAM_ROLE_ACTIONS = [
  "ecr:GetDownloadUrlForLayer",
  "ecr:GetAuthorizationToken",
  "ecr:BatchImportUpstreamImage",
  "ecr:BatchGetImage",
  "ecr:GetImageCopyStatus",
  "ecr:InitiateLayerUpload",
  "ecr:UploadLayerPart",
  "ecr:CompleteLayerUpload",
  "ecr:PutImage",
];

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
});
afterEach(() => sdk.stop());

type RuleInput = Partial<CreatePullThroughCacheRuleCommand["input"]>;
type TemplateInput = Partial<CreateRepositoryCreationTemplateCommand["input"]>;

function createRule(input: RuleInput = {}) {
  const rule = { ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io", ...input };
  return ecr.send(new CreatePullThroughCacheRuleCommand(rule));
}

async function rules(...ecrRepositoryPrefixes: string[]) {
  const input = ecrRepositoryPrefixes.length === 0 ? {} : { ecrRepositoryPrefixes };
  return (await ecr.send(new DescribePullThroughCacheRulesCommand(input))).pullThroughCacheRules ?? [];
}

async function secretArn(input: Partial<CreateSecretCommand["input"]> = {}, scope: Partial<Scope> = {}) {
  const secret = { Name: "ecr-pullthroughcache/docker-hub", SecretString: VALUE, ...input };
  const { ARN = "" } = await sdk.client(SecretsManagerClient, scope).send(new CreateSecretCommand(secret));
  return ARN;
}

async function roleArn(service: string, actions: readonly string[]) {
  const iam = sdk.client(IAMClient);
  const RoleName = "cache-reader";
  const trust = { Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] };
  const policy = { Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName: "upstream", PolicyDocument: JSON.stringify(policy) }),
  );
  return Role?.Arn ?? "";
}

function createTemplate(input: TemplateInput = {}) {
  const template = { prefix: "mirror", ...input };
  return ecr.send(new CreateRepositoryCreationTemplateCommand({ appliedFor: ["PULL_THROUGH_CACHE"], ...template }));
}

async function templates(...prefixes: string[]) {
  const input = prefixes.length === 0 ? {} : { prefixes };
  return (await ecr.send(new DescribeRepositoryCreationTemplatesCommand(input))).repositoryCreationTemplates ?? [];
}

function jsonOfLength(length: number) {
  return JSON.stringify({ x: "x".repeat(length - JSON.stringify({ x: "" }).length) });
}

describe("a prefix", () => {
  const longest = "x".repeat(30);
  test.each(["ROOT", "root", "a/b", "ab/", "a.b", "a_b", "a-b", "a1/b2/c3", "ab", longest])(
    "may be %s",
    async (ecrRepositoryPrefix) => {
      await createRule({ ecrRepositoryPrefix });
      expect(await rules()).toMatchObject([{ ecrRepositoryPrefix }]);
    },
  );

  test.each([
    "a",
    `${longest}x`,
    "Docker",
    "/ab",
    "a//b",
    "a..b",
    "a___b",
    "a._b",
    "ab-",
    "-ab",
    "ab_",
    "ROOT/",
    "ROOT/ab",
    "a b",
    "a:b",
    "ab/-c",
  ])("refuses to be %j", async (ecrRepositoryPrefix) => {
    await expect(createRule({ ecrRepositoryPrefix })).rejects.toMatchObject({ name: INVALID });
    expect(await rules()).toEqual([]);
  });

  test("is the same with a slash at its end as without", async () => {
    await createRule({ ecrRepositoryPrefix: "docker-hub" });
    await expect(createRule({ ecrRepositoryPrefix: "docker-hub/" })).rejects.toMatchObject({
      name: "PullThroughCacheRuleAlreadyExistsException",
    });
    expect(await rules("docker-hub/")).toMatchObject([{ ecrRepositoryPrefix: "docker-hub" }]);
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "docker-hub/" }));
    expect(await rules()).toEqual([]);
  });

  test("may lie below the prefix of another rule", async () => {
    await createRule({ ecrRepositoryPrefix: "ROOT" });
    await createRule({ ecrRepositoryPrefix: "mirror" });
    await createRule({ ecrRepositoryPrefix: "mirror/quay" });
    expect(await rules()).toHaveLength(3);
  });
});

describe("a cache rule", () => {
  test("is created, described, and deleted", async () => {
    const before = Date.now();
    const created = await createRule();
    expect(created).toMatchObject({
      ecrRepositoryPrefix: "mirror",
      upstreamRegistryUrl: "quay.io",
      registryId: ACCOUNT,
      createdAt: expect.any(Date) as Date,
    });
    expect(Math.abs(Number(created.createdAt) - before)).toBeLessThan(60_000);
    expect(await rules("mirror")).toMatchObject([{ ecrRepositoryPrefix: "mirror", registryId: ACCOUNT }]);
    const deleted = await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror" }));
    expect(deleted).toMatchObject({ ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io" });
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("fails to be described, updated or deleted when it is not there", async () => {
    const name = "PullThroughCacheRuleNotFoundException";
    const ecrRepositoryPrefix = "mirror";
    await expect(rules(ecrRepositoryPrefix)).rejects.toMatchObject({ name });
    await expect(ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix }))).rejects.toMatchObject({
      name,
    });
    const credentialArn = await secretArn();
    const update = new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix, credentialArn });
    await expect(ecr.send(update)).rejects.toMatchObject({ name });
  });

  test("is one of at most 50 of a registry", async () => {
    for (let index = 1; index <= 50; index++) {
      await createRule({ ecrRepositoryPrefix: `mirror-${index}` });
    }
    await expect(createRule()).rejects.toMatchObject({ name: "LimitExceededException" });
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror-1" }));
    await createRule();
    expect(await rules()).toHaveLength(50);
  });

  test("keeps its credential when an update names none", async () => {
    const credentialArn = await secretArn();
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn });
    await ecr.send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror" }));
    expect(await rules()).toMatchObject([{ credentialArn, upstreamRegistryUrl: DOCKER_HUB }]);
  });

  test("takes the credential that an update names, and refuses one that it would refuse at first", async () => {
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn: await secretArn() });
    const credentialArn = await secretArn({ Name: "ecr-pullthroughcache/docker-hub-2" });
    await ecr.send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror", credentialArn }));
    expect(await rules()).toMatchObject([{ credentialArn }]);
    const absent = `${credentialArn.slice(0, -6)}Absent`;
    const update = new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror", credentialArn: absent });
    await expect(ecr.send(update)).rejects.toMatchObject({ name: "SecretNotFoundException" });
    expect(await rules()).toMatchObject([{ credentialArn }]);
  });
});

describe("an upstream", () => {
  const open = ["public.ecr.aws", "registry.k8s.io", "quay.io"];
  const closed = [DOCKER_HUB, "ghcr.io", "registry.gitlab.com", "cgr.dev", "contoso.azurecr.io"];

  test.each(open)("%s is cached without a credential", async (upstreamRegistryUrl) => {
    expect(await createRule({ upstreamRegistryUrl })).toMatchObject({ upstreamRegistryUrl });
  });

  test.each(open)("%s refuses a credential", async (upstreamRegistryUrl) => {
    const credentialArn = await secretArn();
    await expect(createRule({ upstreamRegistryUrl, credentialArn })).rejects.toMatchObject({ name: INVALID });
  });

  test.each(closed)("%s is cached with a credential", async (upstreamRegistryUrl) => {
    const credentialArn = await secretArn();
    expect(await createRule({ upstreamRegistryUrl, credentialArn })).toMatchObject({ credentialArn });
  });

  test.each(closed)("%s fails without a credential", async (upstreamRegistryUrl) => {
    await expect(createRule({ upstreamRegistryUrl })).rejects.toThrow(upstreamRegistryUrl);
    expect(await rules()).toEqual([]);
  });

  test.each(["gcr.io", "https://quay.io", "quay.io/team", "docker.io", "azurecr.io", "a.b.azurecr.io", "xquay.io"])(
    "refuses %s, which Amazon ECR does not know",
    async (upstreamRegistryUrl) => {
      await expect(createRule({ upstreamRegistryUrl })).rejects.toMatchObject({
        name: "UnsupportedUpstreamRegistryException",
      });
    },
  );

  test("that Amazon ECR has added since is cached where the stand-in is told so", async () => {
    const later = await Sdk.start({ addedSince: ["gcr.io"] });
    try {
      const rule = { ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "gcr.io" };
      const answer = await later.client(ECRClient).send(new CreatePullThroughCacheRuleCommand(rule));
      expect(answer).toMatchObject(rule);
    } finally {
      await later.stop();
    }
  });
});

describe("a credential", () => {
  function createWith(credentialArn: string) {
    return createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn });
  }

  test("must exist", async () => {
    const arn = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:ecr-pullthroughcache/docker-hub-AbCdEf`;
    await expect(createWith(arn)).rejects.toMatchObject({ name: "SecretNotFoundException" });
  });

  test("must not be scheduled for deletion", async () => {
    const arn = await secretArn();
    await sdk.client(SecretsManagerClient).send(new DeleteSecretCommand({ SecretId: arn }));
    await expect(createWith(arn)).rejects.toMatchObject({ name: "SecretNotFoundException" });
  });

  test("must have a value", async () => {
    const arn = await secretArn({ SecretString: undefined });
    await expect(createWith(arn)).rejects.toMatchObject({ name: "SecretNotFoundException" });
  });

  test.each([
    ["no JSON", "bot:t0ken"],
    ["a JSON string", '"t0ken"'],
    ["no user name", '{"accessToken":"t0ken"}'],
    ["no access token", '{"username":"bot","password":"t0ken"}'],
    ["more than the two", '{"username":"bot","accessToken":"t0ken","registry":"docker.io"}'],
  ])("fails when it holds %s", async (_name, SecretString) => {
    const arn = await secretArn({ SecretString });
    await expect(createWith(arn)).rejects.toMatchObject({ name: "UnableToAccessSecretException" });
  });

  test.each([
    ["region", { region: "eu-west-1" }],
    ["account", { accountId: OTHER_ACCOUNT }],
  ])("fails when it is in another %s", async (_name, scope) => {
    const arn = await secretArn({}, scope);
    await expect(createWith(arn)).rejects.toMatchObject({ name: "SecretNotFoundException" });
  });

  test.each(["docker-hub-credential", "team/ecr-pullthroughcache/docker-hub", "ecr-pullthroughcache-docker-hub"])(
    "refuses the name %s, which does not start with ecr-pullthroughcache/",
    async (Name) => {
      await expect(createWith(await secretArn({ Name }))).rejects.toMatchObject({ name: INVALID });
    },
  );

  test("is named by its ARN, not by its name", async () => {
    await secretArn();
    await expect(createWith("ecr-pullthroughcache/docker-hub")).rejects.toMatchObject({ name: INVALID });
  });

  test("may be under the default key of Secrets Manager, said so or not", async () => {
    const credentialArn = await secretArn({ KmsKeyId: "alias/aws/secretsmanager" });
    expect(await createWith(credentialArn)).toMatchObject({ credentialArn });
  });

  test("fails when it is under a key of the customer", async () => {
    const arn = await secretArn({ KmsKeyId: "alias/team" });
    await expect(createWith(arn)).rejects.toMatchObject({ name: "UnableToDecryptSecretValueException" });
  });
});

describe("a private registry of Amazon ECR", () => {
  const own = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
  const other = `${OTHER_ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
  const service = "pullthroughcache.ecr.amazonaws.com";

  test("of the same account is cached without a role", async () => {
    expect(await createRule({ upstreamRegistryUrl: own, upstreamRepositoryPrefix: "team" })).toMatchObject({
      upstreamRegistryUrl: own,
      upstreamRepositoryPrefix: "team",
    });
  });

  test("of the same account takes no role", async () => {
    const customRoleArn = await roleArn(service, UPSTREAM_ROLE_ACTIONS);
    await expect(createRule({ upstreamRegistryUrl: own, customRoleArn })).rejects.toMatchObject({ name: INVALID });
  });

  test("takes no credential", async () => {
    const credentialArn = await secretArn();
    await expect(createRule({ upstreamRegistryUrl: own, credentialArn })).rejects.toMatchObject({ name: INVALID });
  });

  test("of another account is cached with a role that may do what it takes", async () => {
    const customRoleArn = await roleArn(service, UPSTREAM_ROLE_ACTIONS);
    expect(await createRule({ upstreamRegistryUrl: other, customRoleArn })).toMatchObject({ customRoleArn });
    expect(await rules()).toMatchObject([{ customRoleArn, upstreamRegistryUrl: other }]);
  });

  test("of another account fails without a role", async () => {
    await expect(createRule({ upstreamRegistryUrl: other })).rejects.toMatchObject({ name: INVALID });
  });

  test("of another account fails with a role that does not exist", async () => {
    const customRoleArn = `arn:aws:iam::${ACCOUNT}:role/absent`;
    await expect(createRule({ upstreamRegistryUrl: other, customRoleArn })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("does not exist") as string,
    });
  });

  test("of another account fails with a role that trusts another service", async () => {
    const customRoleArn = await roleArn("ecr.amazonaws.com", UPSTREAM_ROLE_ACTIONS);
    await expect(createRule({ upstreamRegistryUrl: other, customRoleArn })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(`does not trust ${service}`) as string,
    });
  });

  test.each(UPSTREAM_ROLE_ACTIONS)("of another account fails with a role that may not %s", async (missing) => {
    const customRoleArn = await roleArn(
      service,
      UPSTREAM_ROLE_ACTIONS.filter((action) => action !== missing),
    );
    await expect(createRule({ upstreamRegistryUrl: other, customRoleArn })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(missing) as string,
    });
    expect(await rules()).toEqual([]);
  });

  test("alone has a role and an upstream prefix", async () => {
    const customRoleArn = await roleArn(service, UPSTREAM_ROLE_ACTIONS);
    await expect(createRule({ customRoleArn })).rejects.toMatchObject({ name: INVALID });
    await expect(createRule({ upstreamRepositoryPrefix: "team" })).rejects.toMatchObject({ name: INVALID });
  });
});

describe("a repository creation template", () => {
  test("is created with what the caller says, and with mutable tags and AES256 by default", async () => {
    await createTemplate();
    const full = {
      prefix: "team/images",
      description: "for the team",
      imageTagMutability: "IMMUTABLE" as const,
      lifecyclePolicy: '{"rules":[]}',
      repositoryPolicy: '{"Version":"2012-10-17","Statement":[]}',
      appliedFor: ["PULL_THROUGH_CACHE" as const, "REPLICATION" as const],
      customRoleArn: `arn:aws:iam::${ACCOUNT}:role/templates`,
      resourceTags: [{ Key: "team", Value: "platform" }],
      encryptionConfiguration: { encryptionType: "KMS" as const, kmsKey: "alias/team" },
    };
    expect((await createTemplate(full)).registryId).toBe(ACCOUNT);
    expect(await templates("mirror")).toMatchObject([
      { prefix: "mirror", imageTagMutability: "MUTABLE", encryptionConfiguration: { encryptionType: "AES256" } },
    ]);
    expect(await templates("team/images")).toMatchObject([full]);
    expect(await templates()).toHaveLength(2);
  });

  test("changes what an update names, and keeps the rest", async () => {
    await createTemplate({ description: "old", lifecyclePolicy: '{"rules":[]}', imageTagMutability: "IMMUTABLE" });
    const update = new UpdateRepositoryCreationTemplateCommand({ prefix: "mirror", description: "new" });
    expect((await ecr.send(update)).repositoryCreationTemplate).toMatchObject({ description: "new" });
    expect(await templates()).toMatchObject([
      {
        prefix: "mirror",
        description: "new",
        lifecyclePolicy: '{"rules":[]}',
        imageTagMutability: "IMMUTABLE",
        appliedFor: ["PULL_THROUGH_CACHE"],
      },
    ]);
  });

  test("refuses an update that it would refuse at first, and stays what it was", async () => {
    await createTemplate({ lifecyclePolicy: '{"rules":[]}' });
    const update = { prefix: "mirror", lifecyclePolicy: jsonOfLength(30_721) };
    await expect(ecr.send(new UpdateRepositoryCreationTemplateCommand(update))).rejects.toMatchObject({
      name: INVALID,
    });
    expect(await templates()).toMatchObject([{ lifecyclePolicy: '{"rules":[]}' }]);
  });

  test("is deleted, and what was deleted is answered", async () => {
    await createTemplate({ description: "for the team" });
    const answer = await ecr.send(new DeleteRepositoryCreationTemplateCommand({ prefix: "mirror" }));
    expect(answer.repositoryCreationTemplate).toMatchObject({ prefix: "mirror", description: "for the team" });
    expect(await templates()).toEqual([]);
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("fails to be updated or deleted when it is not there", async () => {
    const name = "TemplateNotFoundException";
    const prefix = "mirror";
    await expect(ecr.send(new UpdateRepositoryCreationTemplateCommand({ prefix }))).rejects.toMatchObject({ name });
    await expect(ecr.send(new DeleteRepositoryCreationTemplateCommand({ prefix }))).rejects.toMatchObject({ name });
  });

  test.each(["mirror", "mirror/"])("of mirror refuses another of %s", async (prefix) => {
    await createTemplate();
    await expect(createTemplate({ prefix })).rejects.toMatchObject({ name: "TemplateAlreadyExistsException" });
  });

  test.each(["ROOT", "mirror/quay"])("may have the prefix %s", async (prefix) => {
    await createTemplate({ prefix });
    expect(await templates()).toMatchObject([{ prefix }]);
  });

  test("has a prefix of 256 characters at most", async () => {
    await expect(createTemplate({ prefix: "x".repeat(257) })).rejects.toMatchObject({ name: INVALID });
    await createTemplate({ prefix: "x".repeat(256) });
  });

  test.each(["Mirror", "a//b"])("refuses the prefix %s", async (prefix) => {
    await expect(createTemplate({ prefix })).rejects.toMatchObject({ name: INVALID });
  });

  test.each(["lifecyclePolicy", "repositoryPolicy"])("refuses a %s that is not JSON", async (name) => {
    await expect(createTemplate({ [name]: "{" })).rejects.toMatchObject({ name: INVALID });
  });

  test.each([
    ["lifecyclePolicy", 30_720],
    ["repositoryPolicy", 10_240],
  ])("takes a %s of %i characters and no more", async (name, length) => {
    await createTemplate({ [name]: jsonOfLength(length) });
    await expect(createTemplate({ prefix: "other", [name]: jsonOfLength(length + 1) })).rejects.toMatchObject({
      name: INVALID,
    });
  });

  test.each(["MUTABLE", "IMMUTABLE"] as const)("may make %s tags", async (imageTagMutability) => {
    await createTemplate({ imageTagMutability });
    expect(await templates()).toMatchObject([{ imageTagMutability }]);
  });

  test.each(["IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"] as const)(
    "may make tags %s of those that a filter names",
    async (imageTagMutability) => {
      const filters = [{ filterType: "WILDCARD" as const, filter: "latest*" }];
      await createTemplate({ imageTagMutability, imageTagMutabilityExclusionFilters: filters });
      expect(await templates()).toMatchObject([{ imageTagMutability, imageTagMutabilityExclusionFilters: filters }]);
    },
  );

  test("refuses a mutability that there is not", async () => {
    const imageTagMutability = "FROZEN" as TemplateInput["imageTagMutability"];
    await expect(createTemplate({ imageTagMutability })).rejects.toMatchObject({ name: INVALID });
  });

  test.each(["PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH"] as const)("may be for %s", async (use) => {
    await createTemplate({ appliedFor: [use] });
    expect(await templates()).toMatchObject([{ appliedFor: [use] }]);
  });

  test.each([["none"], ["one that there is not", "PUSH"]])("refuses to be for %s", async (_name, ...uses) => {
    const appliedFor = uses as TemplateInput["appliedFor"];
    await expect(createTemplate({ appliedFor })).rejects.toMatchObject({ name: INVALID });
  });
});

describe("the registry policy", () => {
  const first = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "First" }] });
  const second = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "Second" }] });
  const absent = { name: "RegistryPolicyNotFoundException" };

  function put(policyText: string) {
    return ecr.send(new PutRegistryPolicyCommand({ policyText }));
  }

  test("is not there until it is put, nor after it is deleted", async () => {
    await expect(ecr.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
    await expect(ecr.send(new DeleteRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
    expect(await put(first)).toMatchObject({ registryId: ACCOUNT, policyText: first });
    expect(await ecr.send(new DeleteRegistryPolicyCommand({}))).toMatchObject({ policyText: first });
    await expect(ecr.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("is one, which another put silently replaces", async () => {
    await put(first);
    await put(second);
    expect(await ecr.send(new GetRegistryPolicyCommand({}))).toMatchObject({ policyText: second });
    expect(sdk.aws.contents()).toHaveLength(1);
  });

  test("is another one in each region", async () => {
    await put(first);
    const elsewhere = sdk.client(ECRClient, { region: "eu-west-1" });
    await expect(elsewhere.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
  });

  test("refuses what is not JSON, and what is longer than 10,240 characters", async () => {
    await expect(put("{")).rejects.toMatchObject({ name: INVALID });
    await put(jsonOfLength(10_240));
    await expect(put(jsonOfLength(10_241))).rejects.toMatchObject({ name: INVALID });
  });
});
