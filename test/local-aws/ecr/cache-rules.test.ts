import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DescribePullThroughCacheRulesCommand,
  ECRClient,
  UpdatePullThroughCacheRuleCommand,
  ValidatePullThroughCacheRuleCommand,
} from "@aws-sdk/client-ecr";
import { DeleteRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { DeleteSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { DOCKER_HUB, INVALID, OTHER_ACCOUNT, UPSTREAM_ROLE_ACTIONS, roleArn, secretArn } from "./fixtures";

const ECR_TO_ECR = "pullthroughcache.ecr.amazonaws.com";

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
});
afterEach(() => sdk.stop());

function createRule(input: Partial<CreatePullThroughCacheRuleCommand["input"]> = {}) {
  const rule = { ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io", ...input };
  return ecr.send(new CreatePullThroughCacheRuleCommand(rule));
}

async function rules(...ecrRepositoryPrefixes: string[]) {
  const input = ecrRepositoryPrefixes.length === 0 ? {} : { ecrRepositoryPrefixes };
  return (await ecr.send(new DescribePullThroughCacheRulesCommand(input))).pullThroughCacheRules ?? [];
}

describe("prefix", () => {
  const longest = "x".repeat(30);
  test.each(["ROOT", "root", "a/b", "ab/", "a.b", "a_b", "a-b", "a1/b2/c3", "ab", longest])(
    "a prefix may be %s",
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
  ])("a prefix refuses to be %j", async (ecrRepositoryPrefix) => {
    await expect(createRule({ ecrRepositoryPrefix })).rejects.toMatchObject({ name: INVALID });
    expect(await rules()).toEqual([]);
  });

  test("a prefix is the same with a slash at its end as without", async () => {
    await createRule({ ecrRepositoryPrefix: "docker-hub" });
    await expect(createRule({ ecrRepositoryPrefix: "docker-hub/" })).rejects.toMatchObject({
      name: "PullThroughCacheRuleAlreadyExistsException",
    });
    expect(await rules("docker-hub/")).toMatchObject([{ ecrRepositoryPrefix: "docker-hub" }]);
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "docker-hub/" }));
    expect(await rules()).toEqual([]);
  });

  test("a prefix may lie below the prefix of another rule", async () => {
    await createRule({ ecrRepositoryPrefix: "ROOT" });
    await createRule({ ecrRepositoryPrefix: "mirror" });
    await createRule({ ecrRepositoryPrefix: "mirror/quay" });
    expect(await rules()).toHaveLength(3);
  });
});

describe("cache rule", () => {
  test("a cache rule is created, described, and deleted", async () => {
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

  test("a cache rule fails to be described, updated or deleted when it is not there", async () => {
    const name = "PullThroughCacheRuleNotFoundException";
    const ecrRepositoryPrefix = "mirror";
    await expect(rules(ecrRepositoryPrefix)).rejects.toMatchObject({ name });
    await expect(ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix }))).rejects.toMatchObject({
      name,
    });
    const credentialArn = await secretArn(sdk);
    const update = new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix, credentialArn });
    await expect(ecr.send(update)).rejects.toMatchObject({ name });
  });

  test("a cache rule is one of at most 50 of a registry", async () => {
    for (let index = 1; index <= 50; index++) {
      await createRule({ ecrRepositoryPrefix: `mirror-${index}` });
    }
    await expect(createRule()).rejects.toMatchObject({ name: "LimitExceededException" });
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror-1" }));
    await createRule();
    expect(await rules()).toHaveLength(50);
  });

  test("a cache rule keeps its credential when an update names none", async () => {
    const credentialArn = await secretArn(sdk);
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn });
    await ecr.send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror" }));
    expect(await rules()).toMatchObject([{ credentialArn, upstreamRegistryUrl: DOCKER_HUB }]);
  });

  test("a cache rule takes the credential that an update names, and refuses one that it would refuse at first", async () => {
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn: await secretArn(sdk) });
    const credentialArn = await secretArn(sdk, { Name: "ecr-pullthroughcache/docker-hub-2" });
    await ecr.send(new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror", credentialArn }));
    expect(await rules()).toMatchObject([{ credentialArn }]);
    const absent = `${credentialArn.slice(0, -6)}Absent`;
    const update = new UpdatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror", credentialArn: absent });
    await expect(ecr.send(update)).rejects.toMatchObject({ name: "SecretNotFoundException" });
    expect(await rules()).toMatchObject([{ credentialArn }]);
  });
});

describe("upstream", () => {
  const open = ["public.ecr.aws", "registry.k8s.io", "quay.io"];
  const closed = [DOCKER_HUB, "ghcr.io", "registry.gitlab.com", "cgr.dev", "contoso.azurecr.io"];

  test.each(open)("an upstream %s is cached without a credential", async (upstreamRegistryUrl) => {
    expect(await createRule({ upstreamRegistryUrl })).toMatchObject({ upstreamRegistryUrl });
  });

  test.each(open)("an upstream %s refuses a credential", async (upstreamRegistryUrl) => {
    const credentialArn = await secretArn(sdk);
    await expect(createRule({ upstreamRegistryUrl, credentialArn })).rejects.toMatchObject({ name: INVALID });
  });

  test.each(closed)("an upstream %s is cached with a credential", async (upstreamRegistryUrl) => {
    const credentialArn = await secretArn(sdk);
    expect(await createRule({ upstreamRegistryUrl, credentialArn })).toMatchObject({ credentialArn });
  });

  test.each(closed)("an upstream %s fails without a credential", async (upstreamRegistryUrl) => {
    await expect(createRule({ upstreamRegistryUrl })).rejects.toThrow(upstreamRegistryUrl);
    expect(await rules()).toEqual([]);
  });

  test.each(["gcr.io", "https://quay.io", "quay.io/team", "docker.io", "azurecr.io", "a.b.azurecr.io", "xquay.io"])(
    "an upstream refuses %s, which Amazon ECR does not know",
    async (upstreamRegistryUrl) => {
      await expect(createRule({ upstreamRegistryUrl })).rejects.toMatchObject({
        name: "UnsupportedUpstreamRegistryException",
      });
    },
  );

  test("an upstream that Amazon ECR has added since is cached where the stand-in is told so", async () => {
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

describe("credential", () => {
  function createWith(credentialArn: string) {
    return createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn });
  }

  test("a credential must exist", async () => {
    const arn = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:ecr-pullthroughcache/docker-hub-AbCdEf`;
    await expect(createWith(arn)).rejects.toMatchObject({ name: "SecretNotFoundException" });
  });

  test("a credential must not be scheduled for deletion", async () => {
    const arn = await secretArn(sdk);
    await sdk.client(SecretsManagerClient).send(new DeleteSecretCommand({ SecretId: arn }));
    await expect(createWith(arn)).rejects.toMatchObject({ name: "SecretNotFoundException" });
  });

  test("a credential must have a value", async () => {
    const arn = await secretArn(sdk, { SecretString: undefined });
    await expect(createWith(arn)).rejects.toMatchObject({ name: "SecretNotFoundException" });
  });

  test.each([
    ["no JSON", "bot:t0ken"],
    ["a JSON string", '"t0ken"'],
    ["no user name", '{"accessToken":"t0ken"}'],
    ["no access token", '{"username":"bot","password":"t0ken"}'],
    ["more than the two", '{"username":"bot","accessToken":"t0ken","registry":"docker.io"}'],
  ])("a credential fails when it holds %s", async (_name, SecretString) => {
    const arn = await secretArn(sdk, { SecretString });
    await expect(createWith(arn)).rejects.toMatchObject({ name: "UnableToAccessSecretException" });
  });

  test.each([
    ["region", { region: "eu-west-1" }],
    ["account", { accountId: OTHER_ACCOUNT }],
  ])("a credential fails when it is in another %s", async (_name, scope) => {
    const arn = await secretArn(sdk, {}, scope);
    await expect(createWith(arn)).rejects.toMatchObject({ name: "SecretNotFoundException" });
  });

  test.each(["docker-hub-credential", "team/ecr-pullthroughcache/docker-hub", "ecr-pullthroughcache-docker-hub"])(
    "a credential refuses the name %s, which does not start with ecr-pullthroughcache/",
    async (Name) => {
      await expect(createWith(await secretArn(sdk, { Name }))).rejects.toMatchObject({ name: INVALID });
    },
  );

  test("a credential is named by its ARN, not by its name", async () => {
    await secretArn(sdk);
    await expect(createWith("ecr-pullthroughcache/docker-hub")).rejects.toMatchObject({ name: INVALID });
  });

  test("a credential may be under the default key of Secrets Manager, said so or not", async () => {
    const credentialArn = await secretArn(sdk, { KmsKeyId: "alias/aws/secretsmanager" });
    expect(await createWith(credentialArn)).toMatchObject({ credentialArn });
  });

  test("a credential fails when it is under a key of the customer", async () => {
    const arn = await secretArn(sdk, { KmsKeyId: "alias/team" });
    await expect(createWith(arn)).rejects.toMatchObject({ name: "UnableToDecryptSecretValueException" });
  });
});

describe("private registry of Amazon ECR", () => {
  const own = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
  const other = `${OTHER_ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
  const service = ECR_TO_ECR;

  test("a private registry of Amazon ECR of the same account is cached without a role", async () => {
    expect(await createRule({ upstreamRegistryUrl: own, upstreamRepositoryPrefix: "team" })).toMatchObject({
      upstreamRegistryUrl: own,
      upstreamRepositoryPrefix: "team",
    });
  });

  test("a private registry of Amazon ECR of the same account takes no role", async () => {
    const customRoleArn = await roleArn(sdk, service, UPSTREAM_ROLE_ACTIONS);
    await expect(createRule({ upstreamRegistryUrl: own, customRoleArn })).rejects.toMatchObject({ name: INVALID });
  });

  test("a private registry of Amazon ECR takes no credential", async () => {
    const credentialArn = await secretArn(sdk);
    await expect(createRule({ upstreamRegistryUrl: own, credentialArn })).rejects.toMatchObject({ name: INVALID });
  });

  test("a private registry of Amazon ECR of another account is cached with a role that may do what it takes", async () => {
    const customRoleArn = await roleArn(sdk, service, UPSTREAM_ROLE_ACTIONS);
    expect(await createRule({ upstreamRegistryUrl: other, customRoleArn })).toMatchObject({ customRoleArn });
    expect(await rules()).toMatchObject([{ customRoleArn, upstreamRegistryUrl: other }]);
  });

  test("a private registry of Amazon ECR of another account fails without a role", async () => {
    await expect(createRule({ upstreamRegistryUrl: other })).rejects.toMatchObject({ name: INVALID });
  });

  test("a private registry of Amazon ECR of another account fails with a role that does not exist", async () => {
    const customRoleArn = `arn:aws:iam::${ACCOUNT}:role/absent`;
    await expect(createRule({ upstreamRegistryUrl: other, customRoleArn })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("does not exist") as string,
    });
  });

  test("a private registry of Amazon ECR of another account fails with a role that trusts another service", async () => {
    const customRoleArn = await roleArn(sdk, "ecr.amazonaws.com", UPSTREAM_ROLE_ACTIONS);
    await expect(createRule({ upstreamRegistryUrl: other, customRoleArn })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(`does not trust ${service}`) as string,
    });
  });

  test.each(UPSTREAM_ROLE_ACTIONS)(
    "a private registry of Amazon ECR of another account fails with a role that may not %s",
    async (missing) => {
      const customRoleArn = await roleArn(
        sdk,
        service,
        UPSTREAM_ROLE_ACTIONS.filter((action) => action !== missing),
      );
      await expect(createRule({ upstreamRegistryUrl: other, customRoleArn })).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining(missing) as string,
      });
      expect(await rules()).toEqual([]);
    },
  );

  test("a private registry of Amazon ECR alone has a role and an upstream prefix", async () => {
    const customRoleArn = await roleArn(sdk, service, UPSTREAM_ROLE_ACTIONS);
    await expect(createRule({ customRoleArn })).rejects.toMatchObject({ name: INVALID });
    await expect(createRule({ upstreamRepositoryPrefix: "team" })).rejects.toMatchObject({ name: INVALID });
  });
});

/** The names of the members that an answer has, but for the one that the SDK adds. */
function membersOf(answer: object) {
  return Object.entries(answer)
    .filter(([name, value]) => name !== "$metadata" && value !== undefined)
    .map(([name]) => name)
    .sort();
}

describe("answer about a cache rule", () => {
  const own = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
  const common = ["ecrRepositoryPrefix", "registryId", "upstreamRepositoryPrefix"];

  test("an answer about a cache rule has the members that the operation has, and no other", async () => {
    const created = await createRule({
      upstreamRegistryUrl: own,
      upstreamRegistry: "ecr",
      upstreamRepositoryPrefix: "team",
    });
    const key = { ecrRepositoryPrefix: "mirror" };
    const [described = {}] = await rules();
    const updated = await ecr.send(new UpdatePullThroughCacheRuleCommand(key));
    const validated = await ecr.send(new ValidatePullThroughCacheRuleCommand(key));
    const deleted = await ecr.send(new DeletePullThroughCacheRuleCommand(key));
    expect(membersOf(created)).toEqual([...common, "createdAt", "upstreamRegistry", "upstreamRegistryUrl"].sort());
    expect(membersOf(described)).toEqual(
      [...common, "createdAt", "updatedAt", "upstreamRegistry", "upstreamRegistryUrl"].sort(),
    );
    expect(membersOf(updated)).toEqual([...common, "updatedAt"].sort());
    expect(membersOf(validated)).toEqual([...common, "isValid", "upstreamRegistryUrl"].sort());
    expect(membersOf(deleted)).toEqual([...common, "createdAt", "upstreamRegistryUrl"].sort());
  });

  test("an answer about a cache rule has no member on the wire that AWS's model does not have", async () => {
    const response = await fetch(sdk.aws.url, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/us-east-1/ecr/aws4_request`,
        "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.CreatePullThroughCacheRule",
      },
      body: JSON.stringify({ ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io", unknown: "member" }),
    });
    const answer = (await response.json()) as object;
    expect(Object.keys(answer).sort()).toEqual([
      "createdAt",
      "ecrRepositoryPrefix",
      "registryId",
      "upstreamRegistryUrl",
    ]);
  });
});

describe("name of an upstream", () => {
  const closed = [
    ["docker-hub", DOCKER_HUB],
    ["github-container-registry", "ghcr.io"],
    ["gitlab-container-registry", "registry.gitlab.com"],
    ["azure-container-registry", "contoso.azurecr.io"],
    ["chainguard", "cgr.dev"],
  ] as const;
  const open = [
    ["ecr-public", "public.ecr.aws"],
    ["k8s", "registry.k8s.io"],
    ["quay", "quay.io"],
    ["ecr", `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`],
  ] as const;

  test.each(open)("the name of an upstream may be %s for %s", async (upstreamRegistry, upstreamRegistryUrl) => {
    await createRule({ upstreamRegistry, upstreamRegistryUrl });
    expect(await rules()).toMatchObject([{ upstreamRegistry, upstreamRegistryUrl }]);
  });

  test.each(closed)("the name of an upstream may be %s for %s", async (upstreamRegistry, upstreamRegistryUrl) => {
    await createRule({ upstreamRegistry, upstreamRegistryUrl, credentialArn: await secretArn(sdk) });
    expect(await rules()).toMatchObject([{ upstreamRegistry, upstreamRegistryUrl }]);
  });

  test.each([...closed, ...open].filter(([name]) => name !== "quay"))(
    "the name of an upstream refuses to be %s for quay.io",
    async (upstreamRegistry) => {
      await expect(createRule({ upstreamRegistry })).rejects.toMatchObject({
        name: INVALID,
        message:
          "Invalid parameter at 'upstreamRegistry' failed to satisfy constraint: " +
          `'${upstreamRegistry} is not the registry at quay.io'`,
      });
    },
  );
});

describe("list of cache rules", () => {
  function page(input: DescribePullThroughCacheRulesCommand["input"]) {
    return ecr.send(new DescribePullThroughCacheRulesCommand(input));
  }

  test("a list of cache rules is answered in pages of the size that the caller asks for", async () => {
    for (const ecrRepositoryPrefix of ["one", "two", "three"]) {
      await createRule({ ecrRepositoryPrefix });
    }
    const first = await page({ maxResults: 2 });
    expect(first.pullThroughCacheRules).toMatchObject([{ ecrRepositoryPrefix: "one" }, { ecrRepositoryPrefix: "two" }]);
    const second = await page({ maxResults: 2, nextToken: first.nextToken });
    expect(second.pullThroughCacheRules).toMatchObject([{ ecrRepositoryPrefix: "three" }]);
    expect(second.nextToken).toBeUndefined();
  });

  test("a list of cache rules is answered in smaller pages where the stand-in is told so", async () => {
    const small = await Sdk.start({ pageSize: 1 });
    try {
      const client = small.client(ECRClient);
      for (const ecrRepositoryPrefix of ["one", "two"]) {
        const rule = { ecrRepositoryPrefix, upstreamRegistryUrl: "quay.io" };
        await client.send(new CreatePullThroughCacheRuleCommand(rule));
      }
      const answer = await client.send(new DescribePullThroughCacheRulesCommand({}));
      expect(answer).toMatchObject({ pullThroughCacheRules: [{ ecrRepositoryPrefix: "one" }], nextToken: "page-1" });
    } finally {
      await small.stop();
    }
  });

  test.each([0, 1001])("a list of cache rules refuses pages of %i", async (maxResults) => {
    await expect(page({ maxResults })).rejects.toMatchObject({
      name: INVALID,
      message: `maxResults must be between 1 and 1000, got ${maxResults}`,
    });
  });

  test("a list of cache rules refuses a token that it did not answer", async () => {
    await expect(page({ nextToken: "other" })).rejects.toMatchObject({ name: INVALID });
  });

  test.each([{ maxResults: 1 }, { nextToken: "page-1" }])(
    "a list of cache rules refuses prefixes together with %j",
    async (paging) => {
      await createRule();
      await expect(page({ ecrRepositoryPrefixes: ["mirror"], ...paging })).rejects.toMatchObject({
        name: INVALID,
        message: `${Object.keys(paging).join()} cannot be given together with ecrRepositoryPrefixes`,
      });
    },
  );
});

describe("validation of a cache rule", () => {
  function validate() {
    return ecr.send(new ValidatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "mirror" }));
  }

  test("the validation of a cache rule answers the rule, and that it is valid", async () => {
    const credentialArn = await secretArn(sdk);
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn });
    const answer = await validate();
    expect(answer).toMatchObject({
      ecrRepositoryPrefix: "mirror",
      registryId: ACCOUNT,
      upstreamRegistryUrl: DOCKER_HUB,
      credentialArn,
      isValid: true,
    });
    expect(answer.failure).toBeUndefined();
  });

  test("the validation of a cache rule fails for a rule that there is not", async () => {
    await expect(validate()).rejects.toMatchObject({ name: "PullThroughCacheRuleNotFoundException" });
  });

  test("the validation of a cache rule says that the secret is gone", async () => {
    const credentialArn = await secretArn(sdk);
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn });
    await sdk.client(SecretsManagerClient).send(new DeleteSecretCommand({ SecretId: credentialArn }));
    expect(await validate()).toMatchObject({
      isValid: false,
      failure: `The ARN of the secret ${credentialArn} does not exist.`,
    });
  });

  test("the validation of a cache rule says that the secret holds no credential any more", async () => {
    const credentialArn = await secretArn(sdk);
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn });
    const value = { SecretId: credentialArn, SecretString: "t0ken" };
    await sdk.client(SecretsManagerClient).send(new PutSecretValueCommand(value));
    expect(await validate()).toMatchObject({
      isValid: false,
      failure: `The secret ${credentialArn} does not hold a credential.`,
    });
  });

  test("the validation of a cache rule says that the role has lost a permission", async () => {
    const customRoleArn = await roleArn(sdk, ECR_TO_ECR, UPSTREAM_ROLE_ACTIONS);
    await createRule({ upstreamRegistryUrl: `${OTHER_ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`, customRoleArn });
    await sdk.client(IAMClient).send(new DeleteRolePolicyCommand({ RoleName: "cache-reader", PolicyName: "ecr" }));
    expect(await validate()).toMatchObject({
      isValid: false,
      failure: `${customRoleArn} may not ecr:GetDownloadUrlForLayer`,
    });
  });
});
