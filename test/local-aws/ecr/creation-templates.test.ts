import {
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeRepositoryCreationTemplatesCommand,
  ECRClient,
  UpdateRepositoryCreationTemplateCommand,
} from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { INVALID } from "./fixtures";

const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 },
      action: { type: "expire" },
    },
  ],
});
const REPOSITORY_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Sid: "team pulls", Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "ecr:BatchGetImage" }],
});

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
});
afterEach(() => sdk.stop());

type TemplateInput = Partial<CreateRepositoryCreationTemplateCommand["input"]>;

function createTemplate(input: TemplateInput = {}) {
  const template = { prefix: "mirror", ...input };
  return ecr.send(new CreateRepositoryCreationTemplateCommand({ appliedFor: ["PULL_THROUGH_CACHE"], ...template }));
}

function updateTemplate(input: TemplateInput) {
  return ecr.send(new UpdateRepositoryCreationTemplateCommand({ prefix: "mirror", ...input }));
}

async function templates(...prefixes: string[]) {
  const input = prefixes.length === 0 ? {} : { prefixes };
  return (await ecr.send(new DescribeRepositoryCreationTemplatesCommand(input))).repositoryCreationTemplates ?? [];
}

describe("repository creation template", () => {
  test("a repository creation template is created with what the caller says, and with mutable tags and AES256 by default", async () => {
    await createTemplate();
    const full = {
      prefix: "team/images",
      description: "for the team",
      imageTagMutability: "IMMUTABLE" as const,
      lifecyclePolicy: LIFECYCLE,
      repositoryPolicy: REPOSITORY_POLICY,
      appliedFor: ["PULL_THROUGH_CACHE" as const, "REPLICATION" as const],
      customRoleArn: `arn:aws:iam::${ACCOUNT}:role/templates`,
      resourceTags: [{ Key: "team", Value: "platform" }],
      encryptionConfiguration: { encryptionType: "KMS" as const, kmsKey: KEY },
    };
    expect((await createTemplate(full)).registryId).toBe(ACCOUNT);
    expect(await templates("mirror")).toMatchObject([
      { prefix: "mirror", imageTagMutability: "MUTABLE", encryptionConfiguration: { encryptionType: "AES256" } },
    ]);
    expect(await templates("team/images")).toMatchObject([full]);
    expect(await templates()).toHaveLength(2);
  });

  test("a repository creation template changes what an update names, and keeps the rest", async () => {
    await createTemplate({ description: "old", lifecyclePolicy: LIFECYCLE, imageTagMutability: "IMMUTABLE" });
    const update = new UpdateRepositoryCreationTemplateCommand({ prefix: "mirror", description: "new" });
    expect((await ecr.send(update)).repositoryCreationTemplate).toMatchObject({ description: "new" });
    expect(await templates()).toMatchObject([
      {
        prefix: "mirror",
        description: "new",
        lifecyclePolicy: LIFECYCLE,
        imageTagMutability: "IMMUTABLE",
        appliedFor: ["PULL_THROUGH_CACHE"],
      },
    ]);
  });

  test("a repository creation template refuses an update that it would refuse at first, and stays what it was", async () => {
    await createTemplate({ lifecyclePolicy: LIFECYCLE });
    const update = { prefix: "mirror", lifecyclePolicy: LIFECYCLE.padEnd(30_721) };
    await expect(ecr.send(new UpdateRepositoryCreationTemplateCommand(update))).rejects.toMatchObject({
      name: INVALID,
    });
    expect(await templates()).toMatchObject([{ lifecyclePolicy: LIFECYCLE }]);
  });

  test("a repository creation template is deleted, and what was deleted is answered", async () => {
    await createTemplate({ description: "for the team" });
    const answer = await ecr.send(new DeleteRepositoryCreationTemplateCommand({ prefix: "mirror" }));
    expect(answer.repositoryCreationTemplate).toMatchObject({ prefix: "mirror", description: "for the team" });
    expect(await templates()).toEqual([]);
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("a repository creation template fails to be updated or deleted when it is not there", async () => {
    const name = "TemplateNotFoundException";
    const prefix = "mirror";
    await expect(ecr.send(new UpdateRepositoryCreationTemplateCommand({ prefix }))).rejects.toMatchObject({ name });
    await expect(ecr.send(new DeleteRepositoryCreationTemplateCommand({ prefix }))).rejects.toMatchObject({ name });
  });

  test.each(["mirror", "mirror/"])("a repository creation template of mirror refuses another of %s", async (prefix) => {
    await createTemplate();
    await expect(createTemplate({ prefix })).rejects.toMatchObject({ name: "TemplateAlreadyExistsException" });
  });

  test.each(["ROOT", "mirror/quay"])("a repository creation template may have the prefix %s", async (prefix) => {
    await createTemplate({ prefix });
    expect(await templates()).toMatchObject([{ prefix }]);
  });

  test("a repository creation template has a prefix of 256 characters at most", async () => {
    await expect(createTemplate({ prefix: "x".repeat(257) })).rejects.toMatchObject({ name: INVALID });
    await createTemplate({ prefix: "x".repeat(256) });
  });

  test.each(["Mirror", "a//b"])("a repository creation template refuses the prefix %s", async (prefix) => {
    await expect(createTemplate({ prefix })).rejects.toMatchObject({ name: INVALID });
  });

  test("a repository creation template may have documents that are empty", async () => {
    await createTemplate({ lifecyclePolicy: "", repositoryPolicy: "" });
    expect(await templates()).toHaveLength(1);
  });

  test.each([
    [
      "lifecyclePolicy",
      "{",
      "'LifecyclePolicyText'",
      "Lifecycle policy validation failure: Could not map policyString into LifecyclePolicy.",
    ],
    ["repositoryPolicy", "{", "'PolicyText'", "Invalid repository policy provided"],
    [
      "repositoryPolicy",
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage","Resource":"*"}}',
      "'PolicyText'",
      "Invalid repository policy provided",
    ],
  ])("a repository creation template refuses the %s %s", async (name, document, parameter, constraint) => {
    await expect(createTemplate({ [name]: document })).rejects.toMatchObject({
      name: INVALID,
      message: `Invalid parameter at ${parameter} failed to satisfy constraint: '${constraint}'`,
    });
  });

  test.each([
    ["lifecyclePolicy", LIFECYCLE, "LifecyclePolicyText", 30_720],
    ["repositoryPolicy", REPOSITORY_POLICY, "PolicyText", 10_240],
  ])(
    "a repository creation template takes a %s of so many characters and no more",
    async (name, document, parameter, length) => {
      await createTemplate({ [name]: document.padEnd(length) });
      const tooLong = createTemplate({ prefix: "other", [name]: document.padEnd(length + 1) });
      await expect(tooLong).rejects.toMatchObject({
        name: INVALID,
        message:
          `Invalid parameter at '${parameter}' failed to satisfy constraint: ` +
          `'Member must have length less than or equal to ${length}'`,
      });
    },
  );

  test.each(["MUTABLE", "IMMUTABLE"] as const)(
    "a repository creation template may make %s tags",
    async (imageTagMutability) => {
      await createTemplate({ imageTagMutability });
      expect(await templates()).toMatchObject([{ imageTagMutability }]);
    },
  );

  test.each(["IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"] as const)(
    "a repository creation template may make tags %s of those that a filter names",
    async (imageTagMutability) => {
      const filters = [{ filterType: "WILDCARD" as const, filter: "latest*" }];
      await createTemplate({ imageTagMutability, imageTagMutabilityExclusionFilters: filters });
      expect(await templates()).toMatchObject([{ imageTagMutability, imageTagMutabilityExclusionFilters: filters }]);
    },
  );

  test("a repository creation template refuses a mutability that there is not", async () => {
    const imageTagMutability = "FROZEN" as TemplateInput["imageTagMutability"];
    await expect(createTemplate({ imageTagMutability })).rejects.toMatchObject({ name: INVALID });
  });

  test.each(["PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH"] as const)(
    "a repository creation template may be for %s",
    async (use) => {
      await createTemplate({ appliedFor: [use] });
      expect(await templates()).toMatchObject([{ appliedFor: [use] }]);
    },
  );

  test.each([["none"], ["one that there is not", "PUSH"]])(
    "a repository creation template refuses to be for %s",
    async (_name, ...uses) => {
      const appliedFor = uses as TemplateInput["appliedFor"];
      await expect(createTemplate({ appliedFor })).rejects.toMatchObject({ name: INVALID });
    },
  );
});

describe("times of a template", () => {
  test("the times of a template say when it was created and when it was updated", async () => {
    const { repositoryCreationTemplate } = await createTemplate();
    const { createdAt, updatedAt } = repositoryCreationTemplate ?? {};
    expect(createdAt).toEqual(updatedAt);
    expect(Math.abs(Number(createdAt) - Date.now())).toBeLessThan(60_000);
    const updated = await updateTemplate({ description: "new" });
    expect(updated.repositoryCreationTemplate).toMatchObject({ createdAt, updatedAt: expect.any(Date) as Date });
  });
});

describe("encryption of a template", () => {
  test.each<[string, TemplateInput["encryptionConfiguration"]]>([
    ["AES256", { encryptionType: "AES256" }],
    ["AES256 and an empty key", { encryptionType: "AES256", kmsKey: "" }],
    ["KMS", { encryptionType: "KMS" }],
    ["KMS and a key", { encryptionType: "KMS", kmsKey: KEY }],
  ])("the encryption of a template may be %s", async (_, encryptionConfiguration) => {
    await createTemplate({ encryptionConfiguration });
    expect(await templates()).toMatchObject([{ encryptionConfiguration }]);
  });

  test("the encryption of a template may be KMS_DSSE in GovCloud", async () => {
    const scope = { region: "us-gov-west-1" };
    const input = {
      prefix: "mirror",
      appliedFor: ["PULL_THROUGH_CACHE" as const],
      encryptionConfiguration: {
        encryptionType: "KMS_DSSE" as const,
        kmsKey: KEY.replace("aws", "aws-us-gov").replace("us-east-1", scope.region),
      },
    };
    const answer = await sdk.client(ECRClient, scope).send(new CreateRepositoryCreationTemplateCommand(input));
    expect(answer.repositoryCreationTemplate).toMatchObject(input);
  });

  const ofPattern = "kmsKey must match ^arn:aws[a-z-]*:kms:([a-z0-9-]+):\\d{12}:key\\/[a-z0-9-]+$";
  test.each([
    ["an unknown type", "AES512", undefined, "encryptionType must be one of AES256, KMS, KMS_DSSE"],
    ["KMS_DSSE", "KMS_DSSE", undefined, "encryptionType KMS_DSSE is not available in us-east-1"],
    ["a key with AES256", "AES256", KEY, "kmsKey cannot be given with encryptionType AES256"],
    [
      "a key in upper case",
      "KMS",
      KEY.toUpperCase().replace("ARN:AWS:KMS:US-EAST-1", "arn:aws:kms:us-east-1"),
      ofPattern,
    ],
    ["an alias", "KMS", "alias/team", ofPattern],
    ["the ARN of an alias", "KMS", `arn:aws:kms:us-east-1:${ACCOUNT}:alias/team`, ofPattern],
    ["the ID of a key alone", "KMS", "1234abcd-12ab-34cd-56ef-1234567890ab", ofPattern],
    [
      "a key of another region",
      "KMS",
      KEY.replace("us-east-1", "eu-west-1"),
      "kmsKey must be a key of us-east-1, got one of eu-west-1",
    ],
  ])("the encryption of a template refuses %s", async (_, encryptionType, kmsKey, message) => {
    const encryptionConfiguration = { encryptionType: encryptionType as "KMS", kmsKey };
    await expect(createTemplate({ encryptionConfiguration })).rejects.toMatchObject({ name: INVALID, message });
    await createTemplate();
    await expect(updateTemplate({ encryptionConfiguration })).rejects.toMatchObject({ name: INVALID, message });
  });
});

describe("tag mutability of a template", () => {
  const filter = { filterType: "WILDCARD" as const, filter: "latest" };
  const number = "imageTagMutabilityExclusionFilters must have 1 to 5 filters";
  const pattern = "imageTagMutabilityExclusionFilters must be of the type WILDCARD and match ^[0-9a-zA-Z._*-]{1,128}$";

  test.each<[string, TemplateInput, string]>([
    [
      "MUTABLE with a filter",
      { imageTagMutabilityExclusionFilters: [filter] },
      "imageTagMutabilityExclusionFilters cannot be given with MUTABLE",
    ],
    ["MUTABLE_WITH_EXCLUSION without a filter", { imageTagMutability: "MUTABLE_WITH_EXCLUSION" }, number],
    [
      "IMMUTABLE_WITH_EXCLUSION with six filters",
      {
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: Array.from({ length: 6 }, () => filter),
      },
      number,
    ],
    [
      "IMMUTABLE_WITH_EXCLUSION with a filter that is no tag",
      {
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [{ ...filter, filter: "a/b" }],
      },
      pattern,
    ],
  ])("the tag mutability of a template refuses %s", async (_, input, message) => {
    await expect(createTemplate(input)).rejects.toMatchObject({ name: INVALID, message });
  });

  test("the tag mutability of a template loses its filters when an update says another mutability", async () => {
    const imageTagMutability = "IMMUTABLE_WITH_EXCLUSION";
    await createTemplate({ imageTagMutability, imageTagMutabilityExclusionFilters: [filter] });
    await updateTemplate({ description: "new" });
    expect(await templates()).toMatchObject([{ imageTagMutabilityExclusionFilters: [filter] }]);
    await updateTemplate({ imageTagMutability: "MUTABLE" });
    expect((await templates())[0]?.imageTagMutabilityExclusionFilters).toBeUndefined();
  });
});

describe("tags and the description of a template", () => {
  const lengths = "resourceTags must have keys of 1 to 128 characters and values of at most 256";

  test("the tags and the description of a template may be as long as AWS allows", async () => {
    const tags = Array.from({ length: 50 }, (_, index) => ({
      Key: `${index}`.padEnd(128, "k"),
      Value: "v".repeat(256),
    }));
    const description = "d".repeat(256);
    await createTemplate({ resourceTags: tags, description });
    expect(await templates()).toMatchObject([{ resourceTags: tags, description }]);
  });

  test.each<[string, TemplateInput, string]>([
    [
      "51 tags",
      { resourceTags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "" })) },
      "resourceTags must have at most 50 tags",
    ],
    ["an empty key", { resourceTags: [{ Key: "", Value: "" }] }, lengths],
    ["a key of 129 characters", { resourceTags: [{ Key: "k".repeat(129), Value: "" }] }, lengths],
    ["a value of 257 characters", { resourceTags: [{ Key: "k", Value: "v".repeat(257) }] }, lengths],
    [
      "a key of AWS",
      { resourceTags: [{ Key: "aws:team", Value: "" }] },
      "resourceTags must not have keys that start with aws:",
    ],
    [
      "a character that tags do not have",
      { resourceTags: [{ Key: "team", Value: "a;b" }] },
      "resourceTags must consist of letters, digits, spaces and _.:/=+-@",
    ],
    [
      "a description of 257 characters",
      { description: "d".repeat(257) },
      "Invalid parameter at 'description' failed to satisfy constraint: " +
        "'Member must have length less than or equal to 256'",
    ],
  ])("the tags and the description of a template refuse %s", async (_, input, message) => {
    await expect(createTemplate(input)).rejects.toMatchObject({ name: INVALID, message });
  });
});

describe("list of templates", () => {
  function page(input: DescribeRepositoryCreationTemplatesCommand["input"]) {
    return ecr.send(new DescribeRepositoryCreationTemplatesCommand(input));
  }

  test("a list of templates is answered in pages", async () => {
    for (const prefix of ["one", "two", "three"]) {
      await createTemplate({ prefix });
    }
    const first = await page({ maxResults: 2 });
    expect(first).toMatchObject({
      registryId: ACCOUNT,
      repositoryCreationTemplates: [{ prefix: "one" }, { prefix: "two" }],
    });
    const second = await page({ nextToken: first.nextToken });
    expect(second.repositoryCreationTemplates).toMatchObject([{ prefix: "three" }]);
    expect(second.nextToken).toBeUndefined();
  });

  test("a list of templates refuses prefixes together with a size of pages", async () => {
    await createTemplate();
    await expect(page({ prefixes: ["mirror"], maxResults: 1 })).rejects.toMatchObject({
      name: INVALID,
      message: "maxResults cannot be given together with prefixes",
    });
  });
});
