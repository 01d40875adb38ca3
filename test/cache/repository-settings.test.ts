import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { App, Fn, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { EncryptionType, PullThroughCache, TagMutability, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RepositorySettings } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { checkRepositorySettings } from "../../src/cache/repository-settings-checks";
import { TAG_KEY, TAG_VALUE } from "../../src/cache/rules";
import { matches } from "../../src/validation/rule";
import { ValidationErrors } from "../../src/validation/validation-errors";
import { blocks, messageOf, only, stackIn, stackWithCache, synthesized, warnings } from "../support/synthesis";

const KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ROLE = "arn:aws:iam::111122223333:role/ecr-creation";

function cacheWith(repositories?: RepositorySettings, own?: RepositorySettings) {
  return synthesized(
    stackWithCache({ upstreams: [Upstream.ecrPublic({ repositorySettings: own })], repositorySettings: repositories }),
  );
}

function templateWith(repositories?: RepositorySettings, own?: RepositorySettings) {
  return only(cacheWith(repositories, own), "aws_ecr_repository_creation_template");
}

function lifecycleOf(repositories?: RepositorySettings, own?: RepositorySettings): number[] | undefined {
  const text = templateWith(repositories, own)["lifecycle_policy"] as string | undefined;
  const { rules } = (text === undefined ? { rules: undefined } : JSON.parse(text)) as {
    rules: { selection: { countNumber: number } }[] | undefined;
  };
  return rules?.map((rule) => rule.selection.countNumber);
}

function policyOf(images: number): string {
  const selection = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: images };
  return JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: "expire" } }] });
}

function faultOf(repositories: unknown) {
  return messageOf(() => cacheWith(repositories as RepositorySettings));
}

describe("a creation template", () => {
  test("has by default tags that can move and a lifecycle that bounds what is stored", () => {
    const template = templateWith();
    expect({ ...template, lifecycle_policy: JSON.parse(template["lifecycle_policy"] as string) as unknown }).toEqual({
      prefix: "ecr-public",
      applied_for: ["PULL_THROUGH_CACHE"],
      image_tag_mutability: "MUTABLE",
      lifecycle: { replace_triggered_by: ["terraform_data.cache_ecr-public-encryption_4B403B05"] },
      lifecycle_policy: {
        rules: [
          {
            rulePriority: 2,
            description: "Keep the newest images",
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 },
            action: { type: "expire" },
          },
        ],
      },
    });
  });

  test("exists before its rule, so that no repository is created without it", () => {
    expect(only(cacheWith(), "aws_ecr_pull_through_cache_rule")["depends_on"]).toEqual([
      expect.stringMatching(/^aws_ecr_repository_creation_template\.cache_ecr-public-template_/),
    ]);
  });

  test("can be left out, for all upstreams or for one", () => {
    const none = cacheWith({ creationTemplate: false });
    expect(none.resource).not.toHaveProperty("aws_ecr_repository_creation_template");
    expect(only(none, "aws_ecr_pull_through_cache_rule")).not.toHaveProperty("depends_on");
    expect(cacheWith({ tags: { a: "b" } }, { creationTemplate: false }).resource).toEqual(none.resource);
  });

  test("comes back for an upstream that says how its repositories look", () => {
    expect(templateWith({ creationTemplate: false }, { keepLastImages: 5 })).toHaveProperty("lifecycle_policy");
  });
});

describe("what is deleted", () => {
  test.each<[string, RepositorySettings | undefined, RepositorySettings | undefined, number[] | undefined]>([
    ["by default, and nothing by age", undefined, undefined, [100]],
    ["as the cache says", { untaggedExpirationInDays: 1, keepLastImages: 50 }, undefined, [1, 50]],
    ["as the upstream says, where it does", { untaggedExpirationInDays: 1 }, { keepLastImages: 9 }, [1, 9]],
    ["nothing, when the cache says so", { keepAllImages: true }, undefined, undefined],
    ["nothing, when the upstream says so", { keepLastImages: 5 }, { keepAllImages: true }, undefined],
    ["something, when only the upstream says so", { keepAllImages: true }, { keepLastImages: 5 }, [5]],
    ["by default, when only the upstream wants that", { keepAllImages: true }, { keepAllImages: false }, [100]],
    ["as the cache's policy says", { lifecyclePolicy: policyOf(3) }, undefined, [3]],
    [
      "as the cache's policy says, whatever else the upstream sets",
      { lifecyclePolicy: policyOf(3) },
      { tags: {} },
      [3],
    ],
    [
      "as the upstream's policy says",
      { keepLastImages: 9, untaggedExpirationInDays: 1 },
      { lifecyclePolicy: policyOf(3) },
      [3],
    ],
    [
      "as the upstream's policy says, beside all images",
      { keepAllImages: true },
      { lifecyclePolicy: policyOf(3) },
      [3],
    ],
    ["as the upstream says, beside a policy", { lifecyclePolicy: policyOf(3) }, { keepLastImages: 5 }, [5]],
    [
      "nothing, when the upstream says so beside a policy",
      { lifecyclePolicy: policyOf(3) },
      { keepAllImages: true },
      undefined,
    ],
  ])("is %s", (_name, common, own, expected) => {
    expect(lifecycleOf(common, own)).toEqual(expected);
  });

  test("may be a number that Terraform computes", () => {
    const stack = stackIn("us-east-1");
    const keepLastImages = new TerraformVariable(stack, "images", { type: "number" }).numberValue;
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()], repositorySettings: { keepLastImages } });
    expect(only(synthesized(stack), "aws_ecr_repository_creation_template")["lifecycle_policy"]).toMatch(
      /^\$\{jsonencode\(.*"countNumber" = var\.images.*\)}$/,
    );
  });
});

test("immutable tags are accepted with a warning, which can be acknowledged", () => {
  const repositories = { tagMutability: TagMutability.IMMUTABLE };
  const stack = stackWithCache({ upstreams: [Upstream.ecrPublic()], repositorySettings: repositories });
  expect(only(synthesized(stack), "aws_ecr_repository_creation_template")["image_tag_mutability"]).toBe("IMMUTABLE");
  expect(warnings(stack)).toEqual([
    'tags under ecr-public are immutable: Amazon ECR will never refresh a cached tag (if this is meant, add "immutable-tags" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app\'s context)',
  ]);
  const acknowledged = stackIn("us-east-1", {
    "cdktf-ecr-pull-through-cache:acknowledgedWarnings": ["immutable-tags"],
  });
  new PullThroughCache(acknowledged, "cache", { upstreams: [Upstream.ecrPublic()], repositorySettings: repositories });
  expect(warnings(acknowledged)).toEqual([]);
});

describe("a role for ECR to create repositories with", () => {
  const actions = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"];

  test("is not made without need", () => {
    const json = cacheWith({ keepLastImages: 5, tags: {} });
    expect(json.resource).not.toHaveProperty("aws_iam_role");
    expect(only(json, "aws_ecr_repository_creation_template")).not.toHaveProperty("custom_role_arn");
  });

  test("is made for tags, and the template waits for what it may do", () => {
    const json = cacheWith({ tags: { team: "platform" } });
    expect(only(json, "aws_iam_role")).toEqual({
      name_prefix: "ecr-repository-creation-",
      description: "Amazon ECR assumes this role to create repositories of a pull-through cache",
      assume_role_policy:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecr.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    });
    expect(JSON.parse(only(json, "aws_iam_role_policy")["policy"] as string)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
    });
    expect(only(json, "aws_ecr_repository_creation_template")).toMatchObject({
      resource_tags: { team: "platform" },
      custom_role_arn: expect.stringMatching(/^\$\{aws_iam_role\.cache_repository-creation-role_\w+\.arn}$/) as unknown,
      depends_on: [expect.stringMatching(/^aws_iam_role_policy\.cache_repository-creation-role-policy_/) as unknown],
    });
  });

  test("may use the keys, and no others", () => {
    const stack = stackIn("us-east-1");
    const key = new KmsKey(stack, "key");
    const cache = new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.ecrPublic(), Upstream.quay({ repositorySettings: { kmsKeyArn: key.arn } })],
    });
    cache.addUpstream(Upstream.kubernetes({ repositorySettings: { kmsKeyArn: KEY } }));
    const json = synthesized(stack);
    expect(only(json, "aws_iam_role_policy")["policy"]).toContain(
      `{"Effect" = "Allow", "Action" = ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"], "Resource" = [aws_kms_key.key.arn, "${KEY}"]}`,
    );
    expect(
      blocks(json, "aws_ecr_repository_creation_template").map((template) => template["encryption_configuration"]),
    ).toEqual([
      undefined,
      [{ encryption_type: "KMS", kms_key: KEY }],
      [{ encryption_type: "KMS", kms_key: "${aws_kms_key.key.arn}" }],
    ]);
  });

  test("is made for AWS's own key, whose ID only AWS knows", () => {
    const json = cacheWith({ encryptionType: EncryptionType.KMS });
    expect(only(json, "aws_ecr_repository_creation_template")).toMatchObject({
      encryption_configuration: [{ encryption_type: "KMS" }],
      custom_role_arn: expect.stringMatching(/^\$\{aws_iam_role\./) as unknown,
    });
    expect(JSON.parse(only(json, "aws_iam_role_policy")["policy"] as string)).toMatchObject({
      Statement: [
        { Action: actions },
        { Action: ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"], Resource: ["*"] },
      ],
    });
  });

  test("is the given one, and then none is made", () => {
    const json = cacheWith({ roleArn: ROLE, kmsKeyArn: KEY });
    expect(json.resource).not.toHaveProperty("aws_iam_role");
    expect(only(json, "aws_ecr_repository_creation_template")["custom_role_arn"]).toBe(ROLE);
  });
});

test("a template has the description that is given", () => {
  expect(templateWith({ description: "d".repeat(255) })["description"]).toBe("d".repeat(255));
  expect(templateWith({ description: "common" }, { description: "own" })["description"]).toBe("own");
});

test("a setting of an upstream that is undefined leaves the common one", () => {
  expect(templateWith({ description: "common" }, { description: undefined })["description"]).toBe("common");
});

test.each([{}, { description: undefined }])(
  "settings of an upstream without a value, %j, create no template",
  (own) => {
    expect(blocks(cacheWith({ creationTemplate: false }, own), "aws_ecr_repository_creation_template")).toEqual([]);
  },
);

describe("how repositories are encrypted", () => {
  const OTHER = KEY.replace("1234abcd", "other");
  const { KMS, AES256 } = EncryptionType;

  test.each<[string, RepositorySettings, RepositorySettings | undefined, object[] | undefined]>([
    ["AES-256, when the cache says so", { encryptionType: AES256 }, undefined, undefined],
    ["AWS's key, when the cache says so", { encryptionType: KMS }, undefined, [{ encryption_type: "KMS" }]],
    [
      "the upstream's key, in place of AWS's",
      { encryptionType: KMS },
      { kmsKeyArn: KEY },
      [{ encryption_type: "KMS", kms_key: KEY }],
    ],
    [
      "the upstream's key, in place of another",
      { kmsKeyArn: OTHER },
      { kmsKeyArn: KEY },
      [{ encryption_type: "KMS", kms_key: KEY }],
    ],
    ["AWS's key, in place of the cache's", { kmsKeyArn: KEY }, { encryptionType: KMS }, [{ encryption_type: "KMS" }]],
    ["AES-256, in place of the cache's key", { kmsKeyArn: KEY }, { encryptionType: AES256 }, undefined],
  ])("is %s", (_name, common, own, expected) => {
    expect(templateWith(common, own)["encryption_configuration"]).toEqual(expected);
  });
});

test("a template is replaced when a key comes or goes, which the provider cannot take out of it", () => {
  const trigger = (repositories?: RepositorySettings) => only(cacheWith(repositories), "terraform_data")["input"];
  expect([undefined, { kmsKeyArn: KEY }, { encryptionType: EncryptionType.KMS }].map(trigger)).toEqual([
    "keys of Amazon S3",
    "a key of yours",
    "aws/ecr",
  ]);
  expect(cacheWith({ creationTemplate: false }).resource).not.toHaveProperty("terraform_data");
});

test("a template in HCL has nothing that replaces it: cdktf cannot write its address", () => {
  const stack = new TerraformStack(new App({ hclOutput: true }), "stack");
  new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
  expect(Testing.synthHcl(stack as never)).not.toMatch(/terraform_data|replace_triggered_by/);
});

describe("a lifecycle policy", () => {
  test("is handed on, with what Terraform would read as its own escaped", () => {
    const lifecyclePolicy = policyOf(3).replace('"selection"', '"description":"%{x","selection"');
    expect(templateWith({ lifecyclePolicy })["lifecycle_policy"]).toBe(lifecyclePolicy.replace("%{", "%%{"));
  });

  test("may be made of tokens", () => {
    const stack = stackIn("us-east-1");
    const images = new TerraformVariable(stack, "images", { type: "number" }).numberValue;
    const lifecyclePolicy = Fn.jsonencode({ rules: [{ countNumber: images }] });
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.ecrPublic()],
      repositorySettings: { lifecyclePolicy },
    });
    expect(only(synthesized(stack), "aws_ecr_repository_creation_template")["lifecycle_policy"]).toBe(
      '${jsonencode({"rules" = [{"countNumber" = var.images}]})}',
    );
  });

  test("is checked where it was given", () => {
    expect(messageOf(() => cacheWith(undefined, { lifecyclePolicy: policyOf(0) }))).toBe(
      "stack/cache: `upstreams[0].repositorySettings.lifecyclePolicy.rules[0].selection.countNumber` must be an integer of 1 or more, got 0; see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html",
    );
  });
});

describe("a repository policy", () => {
  test("is handed on, with policy variables that Terraform leaves alone", () => {
    const policy = '{"Resource":"${aws:PrincipalTag/team} ${ saml:sub } ${www.amazon.com:user_id} ${*} %{x"}';
    expect(templateWith({ repositoryPolicy: policy })["repository_policy"]).toBe(
      '{"Resource":"$${aws:PrincipalTag/team} $${ saml:sub } $${www.amazon.com:user_id} $${*} %%{x"}',
    );
  });

  test.each([
    ["a policy variable", "$${aws:username}"],
    ["a dollar sign before a policy variable", "$$${aws:username}"],
    ["a percent sign", "%%{x"],
    ["an expression", "${local.team}"],
  ])("keeps %s that is escaped already, or is Terraform's own, as it is", (_, text) => {
    const policy = `{"Resource":"${text}"}`;
    expect(templateWith({ repositoryPolicy: policy })["repository_policy"]).toBe(policy);
  });

  test("escapes policy variables beside tokens, and those of an OpenID Connect provider with a path", () => {
    const stack = stackIn("us-east-1");
    const Resource = new KmsKey(stack, "key").arn;
    const Condition = { StringEquals: { a: "${aws:username}", b: "${oidc.eks.eu-west-1.amazonaws.com/id/X:sub}" } };
    const repositoryPolicy = JSON.stringify({ Statement: [{ Resource, Condition }] });
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.ecrPublic()],
      repositorySettings: { repositoryPolicy },
    });
    expect(only(synthesized(stack), "aws_ecr_repository_creation_template")["repository_policy"]).toBe(
      '{"Statement":[{"Resource":"${aws_kms_key.key.arn}","Condition":{"StringEquals":{"a":"$${aws:username}","b":"$${oidc.eks.eu-west-1.amazonaws.com/id/X:sub}"}}}]}',
    );
  });

  test("may be made of tokens", () => {
    const stack = stackIn("us-east-1");
    const repositoryPolicy = Fn.jsonencode({ Statement: [{ Resource: new KmsKey(stack, "key").arn }] });
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.ecrPublic()],
      repositorySettings: { repositoryPolicy },
    });
    expect(only(synthesized(stack), "aws_ecr_repository_creation_template")["repository_policy"]).toBe(
      '${jsonencode({"Statement" = [{"Resource" = aws_kms_key.key.arn}]})}',
    );
  });
});

test("a policy and tags may come from variables as they are", () => {
  const stack = stackIn("us-east-1");
  const value = (name: string) => new TerraformVariable(stack, name, { type: "string" }).value as never;
  const repositories = { repositoryPolicy: value("policy"), kmsKeyArn: value("key"), tags: { team: value("team") } };
  new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()], repositorySettings: repositories });
  expect(only(synthesized(stack), "aws_ecr_repository_creation_template")).toMatchObject({
    repository_policy: "${var.policy}",
    encryption_configuration: [{ kms_key: "${var.key}" }],
    resource_tags: { team: "${var.team}" },
  });
});

test("an expression written by hand is left to Terraform", () => {
  const stack = stackIn("${var.region}");
  new PullThroughCache(stack, "cache", {
    accountId: "${var.account}",
    upstreams: [Upstream.ecrPublic()],
    repositorySettings: { kmsKeyArn: KEY.replace("us-east-1", "eu-west-1"), roleArn: "${aws_iam_role.ecr.arn}" },
  });
  expect(blocks(synthesized(stack), "aws_ecr_repository_creation_template")).toHaveLength(1);
});

test("tags may come from a variable as a whole", () => {
  const stack = stackIn("us-east-1");
  const tags = Fn.merge([new TerraformVariable(stack, "tags", { type: "map(string)" }).value]) as never;
  new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()], repositorySettings: { tags } });
  const json = synthesized(stack);
  expect(only(json, "aws_ecr_repository_creation_template")["resource_tags"]).toBe("${merge(var.tags)}");
  expect(blocks(json, "aws_iam_role")).toHaveLength(1);
});

test("settings are copied: what the caller changes afterwards changes nothing", () => {
  const tags: { [key: string]: string } = { team: "platform" };
  const repositories = { keepLastImages: 5, tags };
  const upstream = Upstream.quay({ repositorySettings: repositories });
  const stack = stackIn("us-east-1");
  const cache = new PullThroughCache(stack, "cache", {
    upstreams: [Upstream.ecrPublic()],
    repositorySettings: repositories,
  });
  tags["team"] = "other";
  repositories.keepLastImages = 6;
  cache.addUpstream(upstream);
  for (const template of blocks(synthesized(stack), "aws_ecr_repository_creation_template")) {
    expect(template["resource_tags"]).toEqual({ team: "platform" });
    expect(template["lifecycle_policy"]).toContain('"countNumber":5');
  }
});

describe("settings of one upstream", () => {
  test("win over the cache's, one by one", () => {
    const json = cacheWith({ tags: { a: "1" }, roleArn: ROLE, keepLastImages: 9 }, { tags: { b: "2" } });
    const template = only(json, "aws_ecr_repository_creation_template");
    expect([template["resource_tags"], template["custom_role_arn"]]).toEqual([{ b: "2" }, ROLE]);
    expect(lifecycleOf({ keepLastImages: 9 }, { tags: { b: "2" } })).toEqual([9]);
  });

  test("are checked where they were given", () => {
    expect(messageOf(() => cacheWith(undefined, { keepLastImages: 0 }))).toBe(
      "stack/cache: `upstreams[0].repositorySettings.keepLastImages` must be an integer of 1 or more, got 0; to keep every image, use `keepAllImages`",
    );
  });
});

describe("settings", () => {
  test.each<[string, unknown, string]>([
    [
      "no days",
      { untaggedExpirationInDays: 0 },
      ".untaggedExpirationInDays` must be an integer of 1 or more, got 0; to keep every image, use `keepAllImages`",
    ],
    [
      "half an image",
      { keepLastImages: 0.5 },
      ".keepLastImages` must be an integer of 1 or more, got 0.5; to keep every image, use `keepAllImages`",
    ],
    [
      "a number as text",
      { keepLastImages: "50" },
      '.keepLastImages` must be an integer of 1 or more, got "50"; to keep every image, use `keepAllImages`',
    ],
    [
      "a mutability the provider does not know",
      { tagMutability: "immutable" },
      '.tagMutability` must be one of MUTABLE, IMMUTABLE, got "immutable"; leave it out for MUTABLE',
    ],
    [
      "a key's alias",
      { kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:alias/ecr" },
      '.kmsKeyArn` must be the ARN of a KMS key in lower case, not of an alias, got "arn:aws:kms:us-east-1:111122223333:alias/ecr"; use the ARN of the key',
    ],
    [
      "a key in capitals",
      { kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/ABC" },
      '.kmsKeyArn` must be the ARN of a KMS key in lower case, not of an alias, got "arn:aws:kms:us-east-1:111122223333:key/ABC"; use the ARN of the key',
    ],
    [
      "an encryption that only GovCloud has",
      { encryptionType: "KMS_DSSE" },
      '.encryptionType` must be one of AES256, KMS, got "KMS_DSSE"; leave it out for AES256',
    ],
    [
      "AWS's key beside another",
      { encryptionType: EncryptionType.KMS, kmsKeyArn: KEY },
      '.encryptionType` must not be given beside a KMS key, got "KMS"; leave it out, since a key implies KMS',
    ],
    [
      "an empty description",
      { description: "" },
      '.description` must be a string of 1 to 255 bytes in UTF-8, got ""; shorten it, or leave it out for none',
    ],
    [
      "a description of 256 characters",
      { description: "d ".repeat(128) },
      `.description\` must be a string of 1 to 255 bytes in UTF-8, got "${"d ".repeat(128)}"; shorten it, or leave it out for none`,
    ],
    [
      "a lifecycle policy beside days",
      { lifecyclePolicy: policyOf(3), untaggedExpirationInDays: 9 },
      ".untaggedExpirationInDays` must not be given beside `lifecyclePolicy`, got 9; write all rules into the policy",
    ],
    [
      "a lifecycle policy beside a number of images",
      { lifecyclePolicy: policyOf(3), keepLastImages: 9 },
      ".keepLastImages` must not be given beside `lifecyclePolicy`, got 9; write all rules into the policy",
    ],
    [
      "a lifecycle policy beside all images",
      { lifecyclePolicy: policyOf(3), keepAllImages: true },
      ".keepAllImages` must not be given beside `lifecyclePolicy`, got true; write all rules into the policy",
    ],
    [
      "a key of another region",
      { kmsKeyArn: KEY.replace("us-east-1", "eu-west-1") },
      `.kmsKeyArn\` must be in the region of the cache, us-east-1, got "${KEY.replace("us-east-1", "eu-west-1")}"; use a key of that region; a fleet takes one for each in its \`repositorySettingsByRegion\``,
    ],
    [
      "tags that are AWS's own",
      { tags: { "aws:team": "x" } },
      '.tags` must have keys of 1 to 128 letters, digits, spaces and _.:/=+-@ that do not start with aws:, got "aws:team"; rename the tag',
    ],
    [
      "a tag's value of 257 characters",
      { tags: { team: "x".repeat(257) } },
      `.tags["team"]\` must be a string of up to 256 letters, digits, spaces and _.:/=+-@, got "${"x".repeat(257)}"; remove the characters that AWS does not accept`,
    ],
    [
      "a list of tags",
      { tags: ["a"] },
      '.tags` must be a map of strings, got ["a"]; give each tag as a key and its value',
    ],
    [
      "51 tags",
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`t${i}`, ""])) },
      ".tags` must have at most 50 entries, got 51; ECR accepts no more tags on a repository",
    ],
    [
      "a policy that is no JSON",
      { repositoryPolicy: "allow" },
      '.repositoryPolicy` must be a policy as JSON text, got "allow"; write it with JSON.stringify, or with Fn.jsonencode if it contains tokens',
    ],
    [
      "a policy that is no object",
      { repositoryPolicy: "[]" },
      '.repositoryPolicy` must be a policy as JSON text, got "[]"; write it with JSON.stringify, or with Fn.jsonencode if it contains tokens',
    ],
    [
      "a policy of 10,241 characters",
      { repositoryPolicy: JSON.stringify({ x: "x".repeat(10233) }) },
      '.repositoryPolicy` must be at most 10240 characters, got "10241 characters"; combine its statements',
    ],
    [
      "a role that is none",
      { roleArn: "ecr-creation" },
      '.roleArn` must be the ARN of an IAM role, got "ecr-creation"; leave it out: a role is created if one is needed',
    ],
    [
      "settings beside no template",
      { creationTemplate: false, keepLastImages: 5, tags: {} },
      ".creationTemplate` must not be false beside `keepLastImages`, `tags`, got false; ECR applies settings only with a template: leave them out, or keep the template",
    ],
    [
      "keeping all and keeping some",
      { keepAllImages: true, keepLastImages: 5 },
      ".keepAllImages` must not be true beside `untaggedExpirationInDays` or `keepLastImages`, got true; choose one or the other",
    ],
    [
      "a flag as text",
      { keepAllImages: "yes" },
      '.keepAllImages` must be true or false, got "yes"; leave it out for the default',
    ],
    [
      "a misspelt setting",
      { keepLastImage: 5 },
      ".keepLastImage` is not a repository setting; did you mean `keepLastImages`?",
    ],
    ["false", false, "` must be an object of settings, got false; for no template, use { creationTemplate: false }"],
  ])("fail on %s", (_name, settings, message) => {
    expect(faultOf(settings)).toBe(`stack/cache: \`repositorySettings${message}`);
  });

  test("may be at their bounds", () => {
    expect(lifecycleOf({ untaggedExpirationInDays: 1, keepLastImages: 1 })).toEqual([1, 1]);
    const repositoryPolicy = JSON.stringify({ x: "x".repeat(10232) });
    expect(repositoryPolicy).toHaveLength(10240);
    expect(templateWith({ repositoryPolicy })["repository_policy"]).toBe(repositoryPolicy);
    expect(templateWith({ tags: { ["k".repeat(128)]: "v".repeat(256) } })).toHaveProperty("resource_tags");
  });
});

test("fails on a tag's value without its key where the key may be an access token", () => {
  const message = faultOf({ tags: { dckr_pat_0123456789abcdefghij: "{}" } });
  expect(message).toContain("`repositorySettings.tags[(a key not shown)]` must ");
  expect(message).not.toContain("dckr_pat");
});

test("fails on a tag with the key __proto__, which cdktf would leave out", () => {
  const tags = JSON.parse('{ "__proto__": "x" }') as object;
  expect(faultOf({ tags })).toContain(
    '`repositorySettings.tags` must have no key that JavaScript reserves, got "__proto__"; rename the tag, since the JSON would not contain it',
  );
});

test.each([
  ["100%{x", "100%%{x"],
  ["100%%{x}", "100%%{x}"],
  ['${"%{ if true }a%{ endif }"} %{x', '${"%{ if true }a%{ endif }"} %%{x'],
  ["$${x} %{y}", "$${x} %%{y}"],
  ["${var.x}%{ if", "${var.x}%%{ if"],
  ["100% {x}", "100% {x}"],
])("the description %j is no template directive for Terraform", (description, written) => {
  expect(templateWith({ description })["description"]).toBe(written);
});

test("a tag is checked by the rules of tags, plain or not", () => {
  const parts = fc.constantFrom(..."aZ0_.:/=+-@ ", "aws:", "AWS:", "ä", "日", "\u00a0", "{", "\n", "");
  const text = fc.array(parts, { maxLength: 5 }).map((all) => all.join(""));
  const long = fc.tuple(fc.constantFrom("a", "ä"), fc.constantFrom(127, 128, 129, 255, 256, 257));
  const tag = fc.oneof(
    text,
    long.map(([letter, length]) => letter.repeat(length)),
  );
  const counts = { sound: 0, wrong: 0 };
  fc.assert(
    fc.property(tag, tag, (key, value) => {
      const errors = new ValidationErrors();
      checkRepositorySettings(errors, "settings", { tags: { [key]: value } }, {});
      const isSound = matches(key, TAG_KEY) && matches(value, TAG_VALUE);
      counts[isSound ? "sound" : "wrong"] += 1;
      expect({ key, value, isSound: errors.list().length === 0 }).toEqual({ key, value, isSound });
    }),
    { numRuns: 600, seed: 14 },
  );
  expect(Math.min(counts.sound, counts.wrong)).toBeGreaterThan(60);
});
