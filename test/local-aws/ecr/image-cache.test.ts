import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCreationTemplateCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-ecr";
import { DeleteRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import {
  DOCKER_HUB,
  OTHER_ACCOUNT,
  TEMPLATE_ROLE_ACTIONS,
  UPSTREAM_ROLE_ACTIONS,
  ask,
  roleArn,
  secretArn,
  signIn,
} from "./fixtures";
import { imageOf } from "./images";

const HOST = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`;
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const KEY_ACTIONS = ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"];
const IMAGE = imageOf("layer");
const [MANIFEST] = IMAGE.manifests;

let sdk: Sdk;
let ecr: ECRClient;
let authorization: string;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
  authorization = await signIn(sdk);
  sdk.aws.ecr.upstreams.put("quay.io", "team/app", "v1", IMAGE);
});
afterEach(() => sdk.stop());

function createRule(input: Partial<CreatePullThroughCacheRuleCommand["input"]> = {}) {
  const rule = { ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io", ...input };
  return ecr.send(new CreatePullThroughCacheRuleCommand(rule));
}

function createTemplate(input: Partial<CreateRepositoryCreationTemplateCommand["input"]> = {}) {
  const template = { prefix: "mirror", appliedFor: ["PULL_THROUGH_CACHE" as const], ...input };
  return ecr.send(new CreateRepositoryCreationTemplateCommand(template));
}

/** The digest of the image that a pull finds, or the error that it meets. */
async function pull(image: string) {
  const [, repository = "", reference = ""] = /^([^:@]+)[:@](.+)$/.exec(image) ?? [];
  const url = `https://${HOST}/v2/${repository}/manifests/${reference}`;
  const { status, headers, body } = await ask(sdk, url, { headers: { authorization } });
  if (status === 200) {
    return headers["docker-content-digest"];
  }
  const { errors } = JSON.parse(body) as {
    readonly errors: readonly [{ readonly code: string; readonly message: string }];
  };
  return `${status} ${errors[0].code}: ${errors[0].message}`;
}

async function repositories() {
  return (await ecr.send(new DescribeRepositoriesCommand({}))).repositories ?? [];
}

function unknownName(name: string) {
  return `404 NAME_UNKNOWN: The repository with name '${name}' does not exist in the registry with id '${ACCOUNT}'`;
}

describe("first pull of a tag", () => {
  test("the first pull of a tag fetches the image and creates its repository", async () => {
    await createRule();
    expect(await pull("mirror/team/app:v1")).toBe(MANIFEST.digest);
    expect(await repositories()).toMatchObject([
      {
        repositoryName: "mirror/team/app",
        registryId: ACCOUNT,
        repositoryArn: `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/mirror/team/app`,
        repositoryUri: `${HOST}/mirror/team/app`,
        imageTagMutability: "MUTABLE",
        encryptionConfiguration: { encryptionType: "AES256" },
      },
    ]);
    expect(sdk.aws.contents()).toContain(`${ACCOUNT} us-east-1 repository mirror/team/app`);
  });

  test("the first pull of a tag finds no repository without a rule", async () => {
    expect(await pull("mirror/team/app:v1")).toBe(unknownName("mirror/team/app"));
  });

  test.each([
    ["repository", "mirror/team/other:v1", "mirror/team/other"],
    ["tag", "mirror/team/app:v2", "mirror/team/app"],
  ])(
    "the first pull of a tag finds no repository where the upstream has no such %s, and creates none",
    async (_, image, name) => {
      await createRule();
      expect(await pull(image)).toBe(unknownName(name));
      expect(await repositories()).toEqual([]);
    },
  );

  test("the first pull of a tag finds no image in a repository that has others", async () => {
    await createRule();
    await pull("mirror/team/app:v1");
    expect(await pull("mirror/team/app:v2")).toBe("404 MANIFEST_UNKNOWN: Requested image not found: v2");
  });

  test.each([
    ["mirror/deep/app", "quay.io", "app"],
    ["mirror/app", "registry.k8s.io", "app"],
    ["app", "public.ecr.aws", "app"],
  ])(
    "the first pull of a tag of %s uses the rule of the longest prefix, which is for %s",
    async (name, host, source) => {
      sdk.aws.ecr.upstreams.put(host, source, "v1", IMAGE);
      await createRule({ ecrRepositoryPrefix: "ROOT", upstreamRegistryUrl: "public.ecr.aws" });
      await createRule({ ecrRepositoryPrefix: "mirror/deep", upstreamRegistryUrl: "quay.io" });
      await createRule({ ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "registry.k8s.io" });
      expect(await pull(`${name}:v1`)).toBe(MANIFEST.digest);
    },
  );

  test.each([
    ["ROOT", undefined, "team/app", "team/app"],
    ["mirror/", undefined, "mirror/team/app", "team/app"],
    ["mirror", "ROOT", "mirror/team/app", "team/app"],
    ["team", "team", "team/app", "team/app"],
    ["mirror", "source", "mirror/app", "source/app"],
  ])(
    "the first pull of a tag by the rule %s and the upstream prefix %s asks for %s as %s",
    async (prefix, upstreamPrefix, name, source) => {
      const upstreamRegistryUrl = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
      sdk.aws.ecr.upstreams.put(upstreamRegistryUrl, source, "v1", IMAGE);
      await createRule({ ecrRepositoryPrefix: prefix, upstreamRepositoryPrefix: upstreamPrefix, upstreamRegistryUrl });
      expect(await pull(`${name}:v1`)).toBe(MANIFEST.digest);
    },
  );

  test("the first pull of a tag finds an official image of Docker Hub under library/ only", async () => {
    sdk.aws.ecr.upstreams.put(DOCKER_HUB, "library/nginx", "1", IMAGE);
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn: await secretArn(sdk) });
    expect(await pull("mirror/nginx:1")).toBe(
      "403 DENIED: The authentication to the upstream registry failed for nginx.",
    );
    expect(await pull("mirror/library/nginx:1")).toBe(MANIFEST.digest);
  });

  test("the first pull of a tag fails when the credential is gone", async () => {
    const credentialArn = await secretArn(sdk);
    sdk.aws.ecr.upstreams.put(DOCKER_HUB, "library/nginx", "1", IMAGE);
    await createRule({ upstreamRegistryUrl: DOCKER_HUB, credentialArn });
    await sdk.client(SecretsManagerClient).send(new DeleteSecretCommand({ SecretId: credentialArn }));
    expect(await pull("mirror/library/nginx:1")).toBe(
      "403 DENIED: The authentication to the upstream registry failed. " +
        `The ARN of the secret ${credentialArn} does not exist.`,
    );
    expect(await repositories()).toEqual([]);
  });

  test("the first pull of a tag fails when the role of the rule has lost its permissions", async () => {
    const customRoleArn = await roleArn(sdk, "pullthroughcache.ecr.amazonaws.com", UPSTREAM_ROLE_ACTIONS);
    const upstreamRegistryUrl = `${OTHER_ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`;
    sdk.aws.ecr.upstreams.put(upstreamRegistryUrl, "team/app", "v1", IMAGE);
    await createRule({ upstreamRegistryUrl, customRoleArn });
    await sdk.client(IAMClient).send(new DeleteRolePolicyCommand({ RoleName: "cache-reader", PolicyName: "ecr" }));
    expect(await pull("mirror/team/app:v1")).toBe(
      "403 DENIED: The authentication to the upstream registry failed. " +
        `${customRoleArn} may not ecr:GetDownloadUrlForLayer`,
    );
  });
});

describe("later pull", () => {
  beforeEach(async () => {
    await createRule();
    await pull("mirror/team/app:v1");
  });

  test("a later pull finds the image by its digest", async () => {
    expect(await pull(`mirror/team/app@${MANIFEST.digest}`)).toBe(MANIFEST.digest);
  });

  test("a later pull finds what is cached when the upstream is gone", async () => {
    sdk.aws.ecr.upstreams.clear("quay.io");
    expect(await pull("mirror/team/app:v1")).toBe(MANIFEST.digest);
  });

  test("a later pull finds what is cached when the tag has moved", async () => {
    sdk.aws.ecr.upstreams.put("quay.io", "team/app", "v1", imageOf("newer"));
    expect(await pull("mirror/team/app:v1")).toBe(MANIFEST.digest);
  });

  test("a later pull finds no digest that is not cached, although the upstream has it", async () => {
    const [newer] = imageOf("newer").manifests;
    sdk.aws.ecr.upstreams.put("quay.io", "team/app", "v2", imageOf("newer"));
    expect(await pull(`mirror/team/app@${newer.digest}`)).toBe(
      `404 MANIFEST_UNKNOWN: Requested image not found: ${newer.digest}`,
    );
  });

  test("a later pull finds nothing in the registry of another region", async () => {
    const region = "eu-west-1";
    const headers = { authorization: await signIn(sdk, { region }) };
    const url = `https://${HOST.replace("us-east-1", region)}/v2/mirror/team/app/manifests/v1`;
    expect(await ask(sdk, url, { headers })).toMatchObject({ status: 404 });
  });
});

describe("template of a repository", () => {
  const lifecyclePolicy = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 },
        action: { type: "expire" },
      },
    ],
  });
  const repositoryPolicy = JSON.stringify({
    Statement: { Effect: "Allow", Principal: { AWS: OTHER_ACCOUNT }, Action: "ecr:BatchGetImage" },
  });

  beforeEach(() => createRule());

  test("the template of a repository gives the repository its settings", async () => {
    const settings = {
      imageTagMutability: "IMMUTABLE" as const,
      encryptionConfiguration: { encryptionType: "KMS" as const, kmsKey: KEY },
    };
    const customRoleArn = await roleArn(sdk, "ecr.amazonaws.com", [...TEMPLATE_ROLE_ACTIONS, ...KEY_ACTIONS]);
    const resourceTags = [{ Key: "team", Value: "platform" }];
    await createTemplate({ ...settings, lifecyclePolicy, repositoryPolicy, resourceTags, customRoleArn });
    expect(await pull("mirror/team/app:v1")).toBe(MANIFEST.digest);
    const repositoryName = "mirror/team/app";
    const [repository] = await repositories();
    expect(repository).toMatchObject(settings);
    expect(await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).toMatchObject({
      lifecyclePolicyText: lifecyclePolicy,
    });
    expect(await ecr.send(new GetRepositoryPolicyCommand({ repositoryName }))).toMatchObject({
      policyText: repositoryPolicy,
    });
    const tags = new ListTagsForResourceCommand({ resourceArn: repository?.repositoryArn });
    expect(await ecr.send(tags)).toMatchObject({ tags: resourceTags });
  });

  test("the template of a repository is the one of the longest prefix that is for pull through caches", async () => {
    await createTemplate({ prefix: "ROOT" });
    await createTemplate({ prefix: "mirror", imageTagMutability: "IMMUTABLE" });
    await createTemplate({ prefix: "mirror/team", appliedFor: ["REPLICATION"] });
    await pull("mirror/team/app:v1");
    expect(await repositories()).toMatchObject([{ imageTagMutability: "IMMUTABLE" }]);
  });

  test("the template of a repository of ROOT is for what no other is for", async () => {
    await createTemplate({ prefix: "ROOT", imageTagMutability: "IMMUTABLE" });
    await createTemplate({ prefix: "mirror/other" });
    await pull("mirror/team/app:v1");
    expect(await repositories()).toMatchObject([{ imageTagMutability: "IMMUTABLE" }]);
  });

  test("the template of a repository is not for repositories that are there", async () => {
    await pull("mirror/team/app:v1");
    await createTemplate({ resourceTags: [{ Key: "team", Value: "platform" }] });
    sdk.aws.ecr.upstreams.put("quay.io", "team/app", "v2", imageOf("newer"));
    expect(await pull("mirror/team/app:v2")).toBe(imageOf("newer").manifests[0].digest);
  });

  test.each<[string, Parameters<typeof createTemplate>[0]]>([
    ["tags", { resourceTags: [{ Key: "team", Value: "platform" }] }],
    ["a key", { encryptionConfiguration: { encryptionType: "KMS", kmsKey: KEY } }],
    ["the key of AWS", { encryptionConfiguration: { encryptionType: "KMS" } }],
  ])("the template of a repository with %s and no role lets every pull fail", async (_, input) => {
    await createTemplate(input);
    expect(await pull("mirror/team/app:v1")).toBe(unknownName("mirror/team/app"));
    expect(await repositories()).toEqual([]);
  });

  test.each([...TEMPLATE_ROLE_ACTIONS, ...KEY_ACTIONS])(
    "the template of a repository with a role that may not %s lets every pull fail",
    async (missing) => {
      const actions = [...TEMPLATE_ROLE_ACTIONS, ...KEY_ACTIONS].filter((action) => action !== missing);
      const customRoleArn = await roleArn(sdk, "ecr.amazonaws.com", actions);
      await createTemplate({ encryptionConfiguration: { encryptionType: "KMS", kmsKey: KEY }, customRoleArn });
      expect(await pull("mirror/team/app:v1")).toBe(unknownName("mirror/team/app"));
    },
  );

  test("the template of a repository with the role of a rule lets every pull fail", async () => {
    const customRoleArn = await roleArn(sdk, "pullthroughcache.ecr.amazonaws.com", TEMPLATE_ROLE_ACTIONS);
    await createTemplate({ resourceTags: [{ Key: "team", Value: "platform" }], customRoleArn });
    expect(await pull("mirror/team/app:v1")).toBe(unknownName("mirror/team/app"));
  });
});
