import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { App, Fn, Lazy, TerraformStack, TerraformVariable, Token } from "cdktf";
import {
  EncryptionType,
  PullThroughCache,
  PullThroughCacheFleet,
  RegistryCredential,
  StateBackend,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { PullThroughCacheFleetProps } from "cdktf-ecr-pull-through-cache";
import { Construct } from "constructs";
import { addresses, blocks, messageOf, only, stackIn, synthesized, testApp } from "../support/synthesis";

const KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const upstreams = [Upstream.ecrPublic()];

function fleetWith(props: Partial<PullThroughCacheFleetProps> = {}) {
  return new PullThroughCacheFleet(testApp(), "cache", { regions: ["us-east-1", "eu-west-1"], upstreams, ...props });
}

function errorOf(props: Partial<PullThroughCacheFleetProps>) {
  return messageOf(() => fleetWith(props));
}

test("a fleet is one stack per region, with a provider and a state of its own and the same resources", () => {
  const fleet = fleetWith();
  expect(fleet.regions).toEqual(["us-east-1", "eu-west-1"]);
  for (const region of fleet.regions) {
    const stack = fleet.stackIn(region);
    const json = synthesized(stack);
    expect(stack.node.id).toBe(`cache-${region}`);
    expect(json.provider).toEqual({ aws: [{ region }] });
    expect(json.terraform?.["backend"]).toEqual({ local: { path: `../../../terraform.cache-${region}.tfstate` } });
    expect(json.data).toBeUndefined();
    expect(json.resource).toEqual(synthesized(fleet.stackIn("us-east-1")).resource);
  }
});

test("the addresses of a fleet's resources stay what they were", () => {
  expect(addresses(synthesized(fleetWith().stackIn("eu-west-1")))).toEqual([
    "aws_ecr_pull_through_cache_rule.ecr-public-rule",
    "aws_ecr_repository_creation_template.ecr-public-template",
    "terraform_data.ecr-public-encryption",
  ]);
});

test("a fleet works in an app that refuses all children but stacks", () => {
  const synthesize = (context: { readonly [key: string]: unknown }) => {
    const app = new App({ outdir: testApp().outdir, context });
    const fleet = new PullThroughCacheFleet(app, "cache", {
      regions: ["us-east-1"],
      upstreams,
      accountId: "111122223333",
    });
    fleet.addPullPolicy("pull");
    const last = fleet.addFinalStack("last", { region: "us-east-1" });
    app.synth();
    const stacks = [...fleet.regions.map((region) => fleet.stackIn(region)), last];
    return { app, json: stacks.map(synthesized), manifest: fleet.manifest() };
  };
  const { app, ...refusing } = synthesize({ failOnConstructsOutsideOfStacks: "true" });
  const { app: usual, ...others } = synthesize({});
  expect(app.node.children.filter((child) => !TerraformStack.isStack(child))).toEqual([]);
  expect(usual.node.children.filter((child) => !TerraformStack.isStack(child))).toHaveLength(1);
  expect(refusing).toEqual(others);
  expect(() => new PullThroughCacheFleet(app, "cache", { regions: ["us-east-1"], upstreams })).toThrow(
    "must give each stack of the app a unique name",
  );
  expect(() => new PullThroughCacheFleet(app, "cache", { regions: ["eu-west-1"], upstreams })).toThrow(
    new Error('cache: `id` must be the id of one fleet of the app, got "cache"; choose another id'),
  );
});

test("a region's stack takes resources of one's own, and its cache gives URIs", () => {
  const fleet = fleetWith({ accountId: "111122223333" });
  new DataAwsVpc(fleet.stackIn("eu-west-1"), "vpc", { default: true });
  expect(blocks(synthesized(fleet.stackIn("eu-west-1")), "aws_vpc")).toHaveLength(1);
  expect(synthesized(fleet.stackIn("us-east-1")).data).toBeUndefined();
  expect(fleet.cacheIn("eu-west-1").repositoryUri("ecr-public", "elastio/agent")).toBe(
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/ecr-public/elastio/agent",
  );
});

test("fails on a resource of one's own that would have the address of one of the cache", () => {
  const fleet = fleetWith();
  const stack = fleet.stackIn("eu-west-1");
  new DataAwsVpc(stack, "ecr-public-template", { default: true });
  expect(() => App.of(stack).synth()).not.toThrow();
  new EcrPullThroughCacheRule(stack, "ecr-public-rule", { ecrRepositoryPrefix: "x", upstreamRegistryUrl: "quay.io" });
  expect(messageOf(() => App.of(stack).synth())).toContain(
    '[cache-eu-west-1/Default] `cache-eu-west-1/ecr-public-rule` must not have the address of `cache-eu-west-1/Default/ecr-public-rule`, got "aws_ecr_pull_through_cache_rule.ecr-public-rule"; choose another id',
  );
});

test("a secret's name serves every region", () => {
  const credential = RegistryCredential.fromSecretName("ecr-pullthroughcache/hub");
  const fleet = fleetWith({ upstreams: [Upstream.dockerHub(credential)] });
  for (const region of fleet.regions) {
    expect(only(synthesized(fleet.stackIn(region)), "aws_secretsmanager_secret")["name"]).toBe(
      "ecr-pullthroughcache/hub",
    );
  }
});

test("a region's own settings win over the common ones", () => {
  const fleet = fleetWith({
    repositorySettings: { keepLastImages: 5, kmsKeyArn: KEY },
    repositorySettingsByRegion: { "eu-west-1": { kmsKeyArn: KEY.replace("us-east-1", "eu-west-1") } },
  });
  const keys = fleet.regions.map((region) => {
    const template = only(synthesized(fleet.stackIn(region)), "aws_ecr_repository_creation_template");
    expect(template["lifecycle_policy"]).toContain('"countNumber":5');
    return (template["encryption_configuration"] as { kms_key: string }[])[0]?.kms_key;
  });
  expect(keys).toEqual([KEY, KEY.replace("us-east-1", "eu-west-1")]);
});

test("a region's own lifecycle policy and encryption take the place of the common ones that they exclude", () => {
  const selection = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 3 };
  const lifecyclePolicy = JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: "expire" } }] });
  const fleet = fleetWith({
    repositorySettings: { keepLastImages: 5, kmsKeyArn: KEY },
    repositorySettingsByRegion: { "eu-west-1": { lifecyclePolicy, encryptionType: EncryptionType.KMS } },
  });
  expect(only(synthesized(fleet.stackIn("eu-west-1")), "aws_ecr_repository_creation_template")).toMatchObject({
    lifecycle_policy: lifecyclePolicy,
    encryption_configuration: [{ encryption_type: "KMS" }],
  });
});

describe("the providers", () => {
  test("have the configuration that is given", () => {
    const providerConfig = { assumeRole: [{ roleArn: "arn:aws:iam::111122223333:role/deploy" }] };
    expect(synthesized(fleetWith({ providerConfig }).stackIn("us-east-1")).provider).toEqual({
      aws: [{ region: "us-east-1", assume_role: [{ role_arn: "arn:aws:iam::111122223333:role/deploy" }] }],
    });
  });

  test("touch no other account than the given one", () => {
    const accounts = (props: Partial<PullThroughCacheFleetProps>) =>
      synthesized(fleetWith(props).stackIn("us-east-1")).provider?.["aws"]?.[0]?.["allowed_account_ids"];
    expect(accounts({ accountId: "111122223333" })).toEqual(["111122223333"]);
    expect(accounts({ providerConfig: { allowedAccountIds: ["4"] } })).toEqual(["4"]);
    expect(accounts({ accountId: "111122223333", providerConfig: { skipRequestingAccountId: false } })).toBeDefined();
    expect(accounts({ accountId: "111122223333", providerConfig: { skipRequestingAccountId: true } })).toBeUndefined();
  });
});

describe("the versions of the provider", () => {
  /** The versions that each stack of an app requires. */
  const requiredIn = (fleet: PullThroughCacheFleet): unknown[] =>
    App.of(fleet)
      .node.children.filter((child): child is TerraformStack => TerraformStack.isStack(child))
      .map((stack) => synthesized(stack).terraform?.["required_providers"]);

  /** A fleet with every kind of stack that it makes. */
  const fleetWithAllStacks = (props: Partial<PullThroughCacheFleetProps> = {}): PullThroughCacheFleet => {
    const fleet = fleetWith({ accountId: "111122223333", ...props });
    fleet.addFinalStack("connector", { region: "us-east-1" });
    fleet.addPullPolicy("pull");
    return fleet;
  };

  test("are those that the plain modules run with, in every stack", () => {
    const aws = { source: "aws", version: ">= 5.100.0, < 7.0.0" };
    expect(requiredIn(fleetWithAllStacks())).toEqual([{ aws }, { aws }, { aws }, { aws }]);
  });

  test("are those that are given, in every stack", () => {
    const aws = { source: "aws", version: "~> 5.100" };
    expect(requiredIn(fleetWithAllStacks({ providerVersion: "~> 5.100" }))).toEqual([
      { aws },
      { aws },
      { aws },
      { aws },
    ]);
  });

  test("of a stack of one's own are those of an override", () => {
    const stack = stackIn("us-east-1");
    new PullThroughCache(stack, "cache", { upstreams });
    stack.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");
    expect(synthesized(stack).terraform?.["required_providers"]).toEqual({
      aws: { source: "aws", version: ">= 5.100.0, < 7.0.0" },
    });
  });
});

describe("a final stack", () => {
  test("waits for every region", () => {
    const fleet = fleetWith();
    const connector = fleet.addFinalStack("connector", { region: "ap-southeast-2" });
    expect(connector.node.id).toBe("cache-connector");
    expect(connector.dependencies).toEqual([fleet.stackIn("us-east-1"), fleet.stackIn("eu-west-1")]);
    const json = synthesized(connector);
    expect(json.provider).toEqual({ aws: [{ region: "ap-southeast-2" }] });
    expect(json.terraform?.["backend"]).toEqual({ local: { path: "../../../terraform.cache-connector.tfstate" } });
  });

  test("is known to cdktf's CLI by the ids that its dependencies have, wherever the fleet stands", () => {
    const app = testApp();
    const props = { regions: ["us-east-1", "eu-west-1"], upstreams };
    const fleet = new PullThroughCacheFleet(new Construct(app, "prod"), "cache", props);
    fleet.addFinalStack("connector", { region: "us-east-1" });
    app.synth();
    const { stacks } = app.manifest.buildManifest();
    expect(Object.keys(stacks).sort()).toEqual(["cache-connector", "cache-eu-west-1", "cache-us-east-1"]);
    expect(stacks["cache-connector"]?.dependencies).toEqual(["cache-us-east-1", "cache-eu-west-1"]);
  });

  test("fails on a region that is none", () => {
    expect(messageOf(() => fleetWith().addFinalStack("connector", { region: "us-east" }))).toBe(
      'cache: `region` must be the name of an AWS region, like eu-west-1, got "us-east"; give the region of the stack\'s AWS provider',
    );
  });
});

test("a final stack fails on an unknown option", () => {
  const options = { region: "us-east-1", regions: ["us-east-1"] };
  expect(messageOf(() => fleetWith().addFinalStack("connector", options))).toContain(
    "`regions` is not an option of addFinalStack; did you mean `region`?",
  );
});

describe("a repository's URI for software that fills in account and region", () => {
  test("is the same text for every region", () => {
    const fleet = fleetWith({ upstreams: [Upstream.ecrPublic(), Upstream.quay({ prefix: "images/quay/" })] });
    expect(fleet.templatedRepositoryUri("ecr-public")).toBe(
      "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public",
    );
    expect(fleet.templatedRepositoryUri("images/quay")).toBe(
      "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/images/quay",
    );
  });

  test("has no path where there is no prefix", () => {
    const fleet = fleetWith({ upstreams: [Upstream.ecrPublic({ prefix: "ROOT" })] });
    expect(fleet.templatedRepositoryUri("ROOT")).toBe("{{account_id}}.dkr.ecr.{{region}}.amazonaws.com");
  });

  test("has the suffix of the regions' partition", () => {
    const fleet = fleetWith({ regions: ["eusc-de-east-1"] });
    expect(fleet.templatedRepositoryUri("ecr-public")).toBe(
      "{{account_id}}.dkr.ecr.{{region}}.amazonaws.eu/ecr-public",
    );
  });

  test.each([["quay"], [""]])("fails for the prefix %j, which no upstream has", (prefix) => {
    expect(messageOf(() => fleetWith({ regions: ["us-east-1"] }).templatedRepositoryUri(prefix))).toBe(
      `cache: \`prefix\` must be the prefix of an upstream in every region of the fleet, got "${prefix}"; add the upstream in us-east-1: the software pulls from the cache of its own region`,
    );
  });

  test("fails for a prefix that one region lacks", () => {
    const fleet = fleetWith();
    fleet.cacheIn("us-east-1").addUpstream(Upstream.quay());
    expect(messageOf(() => fleet.templatedRepositoryUri("quay"))).toContain("add the upstream in eu-west-1");
  });

  test("fails for a prefix that leads elsewhere in one region", () => {
    const fleet = fleetWith();
    fleet.cacheIn("us-east-1").addUpstream(Upstream.quay({ prefix: "mirror" }));
    fleet.cacheIn("eu-west-1").addUpstream(Upstream.kubernetes({ prefix: "mirror" }));
    expect(messageOf(() => fleet.templatedRepositoryUri("mirror"))).toBe(
      'cache: `prefix` must cache the same registry in every region, got ["quay quay.io in us-east-1","kubernetes registry.k8s.io in eu-west-1"]; give one of the upstreams another prefix',
    );
  });

  test("fails for a prefix that leads to different private registries", () => {
    const fleet = fleetWith();
    const upstream = (upstreamRepositoryPrefix: string) =>
      Upstream.privateEcr({ region: "eu-central-1", prefix: "priv", upstreamRepositoryPrefix });
    fleet.cacheIn("us-east-1").addUpstream(upstream("team-a"));
    fleet.cacheIn("eu-west-1").addUpstream(upstream("team-b"));
    expect(messageOf(() => fleet.templatedRepositoryUri("priv"))).toContain(
      'got ["team-a of its own account in eu-central-1 in us-east-1","team-b of its own account in eu-central-1 in eu-west-1"]',
    );
  });

  test("fails for what is no string, and takes a slash at the end for none", () => {
    expect(messageOf(() => fleetWith().templatedRepositoryUri(["ecr-public"] as never))).toContain(
      "`prefix` must be a string",
    );
    const fleet = fleetWith({ upstreams: [Upstream.ecrPublic({ prefix: "ROOT" })] });
    expect(fleet.templatedRepositoryUri("ROOT/")).toBe("{{account_id}}.dkr.ecr.{{region}}.amazonaws.com");
  });

  test("fails for regions of several partitions", () => {
    const fleet = fleetWith({ regions: ["us-east-1", "eusc-de-east-1"] });
    expect(messageOf(() => fleet.templatedRepositoryUri("ecr-public"))).toBe(
      'cache: `regions` must have one DNS suffix, got ["amazonaws.com","amazonaws.eu"]; create a fleet for each partition: one URI has one DNS suffix',
    );
  });
});

test("a fleet fails to give the stack or the cache of a region that it does not have", () => {
  const message =
    'cache: `region` must be one of us-east-1, eu-west-1, got "eu-west-2"; add the region to the `regions` of the fleet';
  expect(messageOf(() => fleetWith().stackIn("eu-west-2"))).toBe(message);
  expect(messageOf(() => fleetWith().cacheIn("eu-west-2"))).toBe(message);
});

describe("a declaration of a fleet", () => {
  test.each<[string, Partial<PullThroughCacheFleetProps>, string]>([
    [
      "no region",
      { regions: [] },
      "`regions` must be a list of at least one region, got []; give the regions to cache in",
    ],
    [
      "a zone",
      { regions: ["eu-west-1b"] },
      '`regions[0]` must be the name of an AWS region, like eu-west-1, got "eu-west-1b"; give the region, not an availability zone',
    ],
    [
      "a region twice",
      { regions: ["eu-west-1", "eu-west-1"] },
      '`regions[1]` must be given once, got "eu-west-1"; leave out the second one',
    ],
    [
      "a region that only Terraform knows",
      { regions: [Token.asString({ resolve: () => "${var.region}" })] },
      "`regions[0]` must be known at synth, got a token; give a literal: names of stacks and addresses contain it",
    ],
    [
      "a region that is an expression",
      { regions: ["${var.region}"] },
      '`regions[0]` must be known at synth, got "${var.region}"; give a literal: names of stacks and addresses contain it',
    ],
    [
      "an account that is none",
      { accountId: "1" },
      '`accountId` must be an AWS account ID of 12 digits, got "1"; give it as a string, with its leading zeros and without hyphens',
    ],
    [
      "a provider's own region",
      { providerConfig: { region: "us-east-1" } },
      '`providerConfig.region` must not be given, got "us-east-1"; each stack has one AWS provider, in its own region and without an alias',
    ],
    [
      "other accounts beside its own",
      { accountId: "111122223333", providerConfig: { forbiddenAccountIds: ["444455556666"] } },
      '`providerConfig.forbiddenAccountIds` must not be given beside `accountId`, got ["444455556666"]; remove one of them: `accountId` is the only account that the providers allow',
    ],
    [
      "its own account twice",
      { accountId: "111122223333", providerConfig: { allowedAccountIds: ["111122223333"] } },
      '`providerConfig.allowedAccountIds` must not be given beside `accountId`, got ["111122223333"]; remove one of them: `accountId` is the only account that the providers allow',
    ],
    [
      "a key of AWS that is no text",
      { providerConfig: { secretKey: 5 as never } },
      "`providerConfig.secretKey` must not be a literal, got a value of type number; use Terraform's environment, `profile` or `assumeRole`: the JSON would contain the literal",
    ],
    [
      "an access token as the key of a tag",
      { providerConfig: { defaultTags: [{ tags: { ghp_0123456789abcdefABCDEF0123: "x" } }] } },
      "`providerConfig.defaultTags` must contain no access token, got a value of type object; keep it in Secrets Manager, since Terraform stores this value in its plan and state",
    ],
    [
      "101 regions",
      { regions: Array.from({ length: 101 }, (_, at) => `eu-west-${at}`) },
      "`regions` must have at most 100 regions, got 101; AWS has fewer: declare a fleet for each account",
    ],
    [
      "a key of AWS in the program",
      { providerConfig: { secretKey: "abc" } },
      "`providerConfig.secretKey` must not be a literal, got a string of 3 characters (not shown, it may be a secret); use Terraform's environment, `profile` or `assumeRole`: the JSON would contain the literal",
    ],
    ...["", "latest", "5.x", "^5.100.0", ">= 5.100.0 < 7.0.0", "v5.100.0", "5.100.0.1", "=> 5.100"].map(
      (providerVersion): [string, Partial<PullThroughCacheFleetProps>, string] => [
        `${JSON.stringify(providerVersion)} for versions of the provider`,
        { providerVersion },
        `\`providerVersion\` must be a Terraform version constraint, like ">= 5.100.0, < 7.0.0" or "~> 5.100", got ${JSON.stringify(providerVersion)}; give a literal, with commas between its conditions`,
      ],
    ),
    [
      "versions of the provider that lack arguments",
      { providerVersion: "~> 7.0" },
      '`providerVersion` must allow a version in ">= 5.100.0, < 7.0.0", got "~> 7.0"; other versions lack arguments that the constructs use',
    ],
    [
      "versions of the provider that only Terraform knows",
      { providerVersion: Token.asString({ resolve: () => "${var.version}" }) },
      '`providerVersion` must be a Terraform version constraint, like ">= 5.100.0, < 7.0.0" or "~> 5.100", got a token; give a literal, with commas between its conditions',
    ],
    [
      "something else for a backend",
      { backend: "s3" as never },
      '`backend` must be a StateBackend, got "s3"; use a factory, for example StateBackend.s3(options)',
    ],
    [
      "a variable named like something in its stacks",
      {
        upstreams: [
          Upstream.github(
            RegistryCredential.managed({ usernameVariable: "aws", accessTokenVariable: "token", version: 1 }),
          ),
        ],
      },
      '`upstreams[0].credential.usernameVariable` must not be the id of another construct in the stack, got "aws"; do not declare the variable yourself, or choose another name',
    ],
    [
      "an unknown property",
      { region: "us-east-1" } as never,
      "`region` is not a property of PullThroughCacheFleet; did you mean `regions`?",
    ],
    [
      "null for the settings of regions",
      { repositorySettingsByRegion: null as never },
      '`repositorySettingsByRegion` must be an object of settings by the names of regions, got null; for example { "eu-west-1": { kmsKeyArn } }',
    ],
    [
      "settings of a region it is not in",
      { repositorySettingsByRegion: { "eu-west-2": {} } },
      '`repositorySettingsByRegion` must name regions of the fleet only, got "eu-west-2"; add the region to `regions`, or remove it here',
    ],
    [
      "wrong settings of a region",
      { repositorySettingsByRegion: { "eu-west-1": { kmsKeyArn: KEY } } },
      `\`repositorySettingsByRegion["eu-west-1"].kmsKeyArn\` must be in the region of the cache, eu-west-1, got "${KEY}"; use a key of that region; a fleet takes one for each in its \`repositorySettingsByRegion\``,
    ],
    [
      "one key for all regions",
      { repositorySettings: { kmsKeyArn: KEY } },
      `\`repositorySettings.kmsKeyArn\` must be in the region of the cache, eu-west-1, got "${KEY}"; use a key of that region; a fleet takes one for each in its \`repositorySettingsByRegion\``,
    ],
    [
      "one secret for all regions",
      {
        upstreams: [
          Upstream.github(
            RegistryCredential.fromSecretArn(
              "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/github-AbCdEf",
            ),
          ),
        ],
      },
      '`upstreams[0].credential.secretArn` must be in the region of the cache, eu-west-1, got "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/github-AbCdEf"; replicate the secret there and use fromSecretName, which looks it up in each region',
    ],
    [
      "a registry that caches itself",
      { upstreams: [Upstream.privateEcr({ region: "eu-west-1" })] },
      '`upstreams[0].region` must be another region than the cache\'s, got "eu-west-1"; a registry cannot cache itself: pull from it directly',
    ],
    [
      "a backend that is at fault",
      { backend: StateBackend.s3({ bucket: "My_Bucket", region: "eu-west-1" }) },
      '`backend.bucket` must be a bucket\'s name: 3 to 63 lower-case letters, digits, dots and hyphens, and none that S3 refuses or reserves, got "My_Bucket"; give the name, not the ARN',
    ],
  ])("fails on %s", (_name, props, message) => {
    expect(errorOf(props)).toBe(`cache: ${message}`);
  });

  test("fails with all errors of all regions reported once and together, and no stack is created", () => {
    const app = testApp();
    const declare = () =>
      new PullThroughCacheFleet(app, "cache", {
        regions: ["us-east-1", "eu-west-1", "moon"],
        upstreams: [Upstream.ecrPublic({ prefix: "x" })],
        repositorySettings: { keepLastImages: -1 },
      });
    expect(messageOf(declare).split("\n")).toEqual([
      "cache: 3 validation errors",
      expect.stringMatching(/^- `regions\[2]` must be the name of an AWS region/),
      expect.stringMatching(/^- `upstreams\[0]\.prefix` must be 2 to 30 characters/),
      expect.stringMatching(/^- `repositorySettings\.keepLastImages` must be an integer of 1 or more, got -1/),
    ]);
    expect(app.node.children).toEqual([]);
  });

  test("fails on wrong upstreams even when it has no region", () => {
    expect(errorOf({ regions: [], upstreams: [] })).toContain("2 validation errors");
  });

  test("fails without any", () => {
    expect(messageOf(() => new PullThroughCacheFleet(testApp(), "cache", undefined as never))).toContain(
      "2 validation errors",
    );
  });

  test("fails on a name that only Terraform would know", () => {
    const declare = () => new PullThroughCacheFleet(testApp(), "${var.name}", { regions: ["us-east-1"], upstreams });
    expect(messageOf(declare)).toContain("`id` must be up to 128 letters, digits");
  });

  test("fails on a name that no folder should have", () => {
    const declare = () => new PullThroughCacheFleet(testApp(), "my fleet", { regions: ["us-east-1"], upstreams });
    expect(messageOf(declare)).toBe(
      'my fleet: `id` must be up to 128 letters, digits, dots, underscores and hyphens that begin with a letter or digit, got "my fleet"; choose another id: stacks, folders and states are named after it',
    );
  });

  test("fails when a stack of the app has the name of one of its own: they would share a folder and a state", () => {
    const app = testApp();
    const declare = (scope: string) => () =>
      new PullThroughCacheFleet(new Construct(app, scope), "cache", { regions: ["us-east-1"], upstreams });
    const fleet = declare("dev")();
    expect(messageOf(declare("prod"))).toBe(
      'prod/cache: `id` must give each stack of the app a unique name, ignoring case, got "cache-us-east-1"; choose another id: the stack cache-us-east-1 has this name already',
    );
    expect(messageOf(() => fleet.addFinalStack("US-EAST-1", { region: "us-east-1" }))).toContain(
      "a unique name, ignoring case",
    );
  });

  test("fails when a stack made later takes the name of one of its own", () => {
    const fleet = fleetWith();
    new TerraformStack(App.of(fleet), "Cache-us-east-1");
    expect(messageOf(() => App.of(fleet).synth())).toContain("`id` must give each stack of the app a unique name");
  });

  test("fails on a secret of AWS in the providers, as it is or wrapped in a token of cdktf", () => {
    const secretKey = Lazy.stringValue({ produce: () => "wJalrXUtnFEMI" });
    const message = messageOf(() => App.of(fleetWith({ providerConfig: { secretKey } })).synth());
    expect(message).toContain("`providerConfig.secretKey` must not be a literal");
    expect(message).not.toContain("wJalr");
    const assumeRoleWithWebIdentity = [{ roleArn: "arn:aws:iam::111122223333:role/x", webIdentityToken: "eyJ" }];
    expect(errorOf({ providerConfig: { assumeRoleWithWebIdentity } })).toContain(
      "`providerConfig.assumeRoleWithWebIdentity[0].webIdentityToken` must not be a literal",
    );
    expect(errorOf({ providerConfig: { httpsProxy: "http://me:hunter2@proxy" } })).toBe(
      "cache: `providerConfig.httpsProxy` must contain no password, got a string of 23 characters (not shown, it may be a secret); set HTTP_PROXY and HTTPS_PROXY in Terraform's environment",
    );
    const fleet = fleetWith({ providerConfig: { token: "${var.session}", httpProxy: "http://proxy:3128" } });
    expect(() => App.of(fleet).synth()).not.toThrow();
  });

  test.each<[string, AwsProviderConfig, string]>([
    ["a secret in a function of Terraform", { accessKey: Fn.trimspace("AKIASWORDFISH") }, "accessKey"],
    ["a secret in an expression", { secretKey: '${trimspace("AKIASWORDFISH")}' }, "secretKey"],
    [
      "a web identity token that a token of cdktf stands for",
      { assumeRoleWithWebIdentity: Lazy.anyValue({ produce: () => [{ webIdentityToken: "SWORDFISH" }] }) },
      "assumeRoleWithWebIdentity[0].webIdentityToken",
    ],
    [
      "a web identity token in one block without a list",
      { assumeRoleWithWebIdentity: { webIdentityToken: "SWORDFISH" } as never },
      "assumeRoleWithWebIdentity[0].webIdentityToken",
    ],
    [
      "a proxy's password that a token of cdktf stands for",
      { httpProxy: Lazy.stringValue({ produce: () => "http://me:SWORDFISH@proxy" }) },
      "httpProxy",
    ],
    ["a password in an endpoint", { endpoints: [{ ecr: "https://me:SWORDFISH@ecr.example.com" }] }, "endpoints[0].ecr"],
    ["a secret that Terraform decodes", { secretKey: Fn.base64decode("U1dPUkRGSVNI") }, "secretKey"],
    ["a secret that a reference selects", { token: '${lookup({ a = "SWORDFISH" }, var.stage, "")}' }, "token"],
    ["an access key beside a reference", { accessKey: '${coalesce(var.key, "AKIA0123456789SWORDFISH")}' }, "accessKey"],
    ["a proxy's password in parts", { httpProxy: Fn.join("", ["http://me:", "SWORDFISH", "@proxy"]) }, "httpProxy"],
    ["a proxy that Terraform decodes", { httpsProxy: Fn.base64decode("U1dPUkRGSVNI") }, "httpsProxy"],
    [
      "an endpoint's password in parts",
      { endpoints: [{ s3: '${join("", ["https://me:", "SWORDFISH@s3"])}' }] },
      "endpoints[0].s3",
    ],
  ])("fails on %s in the providers' configuration, and shows nothing of it", (_, providerConfig, place) => {
    const message = messageOf(() => App.of(fleetWith({ providerConfig })).synth());
    expect(message).toContain(`\`providerConfig.${place}\` must `);
    expect(message).not.toContain("SWORDFISH");
  });

  test("takes endpoints without a password, and secrets that Terraform looks up", () => {
    const endpoints = [{ ecr: "https://vpce-0a1b2c3d4e5f60718-abcdefgh.api.ecr.us-east-1.vpce.amazonaws.com" }];
    const secretKey = '${data.vault_generic_secret.aws.data["secret_key"]}';
    expect(() => App.of(fleetWith({ providerConfig: { endpoints, secretKey } })).synth()).not.toThrow();
  });

  test("takes secrets from a file and from a variable, and a proxy from a long name of one", () => {
    const app = testApp();
    const stack = new TerraformStack(app, "stack");
    const token = new TerraformVariable(stack, "token", { type: "string", sensitive: true }).stringValue;
    const secretKey = Fn.trimspace(Fn.file("secret-key.txt"));
    const httpProxy = "${module.proxyforproduction20240101.url}";
    const providerConfig = { token, secretKey, httpProxy };
    new PullThroughCacheFleet(app, "cache", { regions: ["us-east-1"], upstreams, providerConfig });
    expect(() => app.synth()).not.toThrow();
  });

  test("fails on a web identity token and on a password in an endpoint, and names an alternative", () => {
    const assumeRoleWithWebIdentity = [{ webIdentityToken: "SWORDFISH" }];
    const endpoints = [{ ecr: "https://me:SWORDFISH@ecr.example.com" }];
    const message = errorOf({ providerConfig: { assumeRoleWithWebIdentity, endpoints } });
    expect(message).toContain("; give `webIdentityTokenFile`, the path of a file with the token\n");
    expect(message).toMatch(/; give the URL without user and password: the provider signs its requests$/);
  });

  test("fails on an unknown argument of the AWS provider", () => {
    expect(errorOf({ providerConfig: { defaultTag: [{ tags: {} }] } as never })).toBe(
      "cache: `providerConfig.defaultTag` is not an argument of the AWS provider; did you mean `defaultTags`?",
    );
    expect(errorOf({ providerConfig: "us-east-1" as never })).toBe(
      "cache: `providerConfig` must be an object, got a string of 9 characters (not shown, it may be a secret); give arguments of AwsProvider",
    );
  });

  test("keeps the providers' configuration as it was given, whatever is changed in it later", () => {
    const tags: { [name: string]: string } = { team: "platform" };
    const fleet = fleetWith({ providerConfig: { defaultTags: [{ tags }] } });
    tags["team"] = "other";
    const { provider } = synthesized(fleet.stackIn("us-east-1"));
    expect(provider?.["aws"]?.[0]?.["default_tags"]).toEqual([{ tags: { team: "platform" } }]);
  });

  test("takes null for nothing, and a common key where one region has no templates", () => {
    const fleet = fleetWith({
      backend: null as never,
      providerConfig: null as never,
      repositorySettings: { kmsKeyArn: KEY },
      repositorySettingsByRegion: { "eu-west-1": { creationTemplate: false } },
    });
    expect(fleet.regions).toHaveLength(2);
  });

  test("fails when a cache that is added to a region's stack repeats a prefix, and does not say its account", () => {
    const fleet = fleetWith({ accountId: "111122223333" });
    const add = () => new PullThroughCache(fleet.stackIn("eu-west-1"), "more", { upstreams });
    expect(messageOf(add)).toContain("must be used once per account and region, but");
    expect(messageOf(add)).toContain("-eu-west-1/Default uses it already");
  });

  test("fails when another fleet caches the same prefix in the same account and region", () => {
    const app = testApp();
    const declare = (id: string) => () =>
      new PullThroughCacheFleet(app, id, { regions: ["us-east-1"], upstreams, accountId: "111122223333" });
    declare("one")();
    expect(messageOf(declare("two"))).toContain(
      "two: `upstreams[0].prefix` must be used once per account and region, but one-us-east-1/Default uses it already",
    );
    expect(app.node.tryFindChild("two")).toBeUndefined();
  });

  test("fails when another fleet caches the same prefix in the account of the role that its providers assume", () => {
    const app = testApp();
    new PullThroughCacheFleet(app, "one", { regions: ["us-east-1"], upstreams, accountId: "111122223333" });
    const providerConfig = { assumeRole: [{ roleArn: "arn:aws:iam::111122223333:role/deploy" }] };
    const declare = () => new PullThroughCacheFleet(app, "two", { regions: ["us-east-1"], upstreams, providerConfig });
    expect(messageOf(declare)).toContain(
      "two: `upstreams[0].prefix` must be used once per account and region, but one-us-east-1/Default uses it already",
    );
    expect(app.node.tryFindChild("two-us-east-1")).toBeUndefined();
  });

  test("takes a region without templates beside common settings", () => {
    const fleet = fleetWith({
      repositorySettings: { keepLastImages: 5 },
      repositorySettingsByRegion: { "eu-west-1": { creationTemplate: false } },
    });
    const templates = fleet.regions.map(
      (region) => blocks(synthesized(fleet.stackIn(region)), "aws_ecr_repository_creation_template").length,
    );
    expect(templates).toEqual([1, 0]);
  });

  test("fails inside a stack", () => {
    const stack = stackIn("us-east-1");
    expect(messageOf(() => new PullThroughCacheFleet(stack, "cache", { regions: ["us-east-1"], upstreams }))).toBe(
      'stack/cache: `scope` must not be in a stack, got "stack"; give the app as the scope: the fleet creates a stack for each region',
    );
  });
});

describe("a policy to pull in all regions", () => {
  const accountId = "111122223333";

  function policies(fleet: PullThroughCacheFleet): unknown[] {
    const stack = fleet.node.root.node.findChild(`${fleet.node.id}-iam`) as TerraformStack;
    return blocks(synthesized(stack), "aws_iam_policy").map(({ policy, ...rest }) => ({
      ...rest,
      policy: JSON.parse(String(policy)) as unknown,
    }));
  }

  test("is one managed policy, in a stack of its own that waits for nothing, and any stack can name it", () => {
    const fleet = fleetWith({ accountId });
    const policy = fleet.addPullPolicy("elastio");
    expect(policy).toEqual({ policyArn: "arn:aws:iam::111122223333:policy/cache-elastio" });
    expect(fleet.addPullPolicy("elastio")).toEqual(policy);
    expect(policies(fleet)).toEqual([
      {
        name: "cache-elastio",
        description: "Permission to pull through the caches of cache",
        policy: {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
            {
              Effect: "Allow",
              Action: [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
                "ecr:BatchImportUpstreamImage",
                "ecr:CreateRepository",
              ],
              Resource: [
                "arn:aws:ecr:us-east-1:111122223333:repository/ecr-public/*",
                "arn:aws:ecr:eu-west-1:111122223333:repository/ecr-public/*",
              ],
            },
          ],
        },
      },
    ]);
    const stack = fleet.node.root.node.findChild("cache-iam") as TerraformStack;
    expect(addresses(synthesized(stack))).toEqual(["aws_iam_policy.policy-elastio"]);
    expect(synthesized(stack).provider).toEqual({ aws: [{ allowed_account_ids: [accountId], region: "us-east-1" }] });
    expect(stack.dependencies).toEqual([]);
  });

  test("has what each region caches when the app is synthesized, or some of it", () => {
    const fleet = fleetWith({ accountId });
    fleet.cacheIn("eu-west-1").addUpstream(Upstream.quay());
    fleet.addPullPolicy("all");
    fleet.addPullPolicy("quay", { prefixes: ["quay"], createRepositories: false });
    fleet.cacheIn("us-east-1").addUpstream(Upstream.kubernetes());
    const resources = (policy: unknown): string[] =>
      (policy as { policy: { Statement: { Resource: string[] }[] } }).policy.Statement[1]?.Resource.map((arn) =>
        arn.replace(/^arn:aws:ecr:|111122223333:repository\//g, ""),
      ) ?? [];
    const [all, quay] = policies(fleet);
    expect(resources(all)).toEqual([
      "us-east-1:ecr-public/*",
      "us-east-1:kubernetes/*",
      "eu-west-1:ecr-public/*",
      "eu-west-1:quay/*",
    ]);
    expect(resources(quay)).toEqual(["eu-west-1:quay/*"]);
    expect(JSON.stringify(quay)).not.toContain("CreateRepository");
  });

  test("lets the first pull tag repositories in the regions whose templates set tags", () => {
    const repositorySettingsByRegion = { "eu-west-1": { tags: { team: "platform" } } };
    const fleet = fleetWith({ accountId, repositorySettingsByRegion: repositorySettingsByRegion });
    fleet.addPullPolicy("all");
    const [all] = policies(fleet) as unknown as { policy: { Statement: { Action: string[]; Resource: string[] }[] } }[];
    const [, plain, tagged] = all?.policy.Statement ?? [];
    expect(plain?.Resource).toEqual(["arn:aws:ecr:us-east-1:111122223333:repository/ecr-public/*"]);
    expect(tagged?.Resource).toEqual(["arn:aws:ecr:eu-west-1:111122223333:repository/ecr-public/*"]);
    expect(tagged?.Action).toEqual([...(plain?.Action ?? []), "ecr:TagResource"]);
  });

  test("is the same again for options that come to the same, and has whatever name IAM takes", () => {
    const fleet = fleetWith({ accountId });
    const policy = fleet.addPullPolicy("x", { prefixes: ["ecr-public"], createRepositories: true });
    expect(fleet.addPullPolicy("x", { prefixes: ["ecr-public/", "ecr-public"] })).toEqual(policy);
    for (const id of ["aws", "backend", "a=b"]) {
      expect(fleet.addPullPolicy(id).policyArn).toBe(`arn:aws:iam::111122223333:policy/cache-${id}`);
    }
    expect(policies(fleet)).toHaveLength(4);
  });

  test("is there before all other stacks of the fleet, made before it or later", () => {
    const fleet = fleetWith({ accountId });
    const before = fleet.addFinalStack("before", { region: "us-east-1" });
    fleet.addPullPolicy("elastio");
    const after = fleet.addFinalStack("after", { region: "us-east-1" });
    expect(fleet.stackIn("eu-west-1").dependencies.map(({ node }) => node.id)).toEqual(["cache-iam"]);
    for (const stack of [before, after]) {
      expect(stack.dependencies.map(({ node }) => node.id).sort()).toEqual([
        "cache-eu-west-1",
        "cache-iam",
        "cache-us-east-1",
      ]);
    }
  });

  test("fails when it is too long for a managed policy, and tells how to divide it", () => {
    const regions = Array.from({ length: 34 }, (_, index) => `us-east-${index + 1}`);
    const all = [
      Upstream.ecrPublic(),
      Upstream.quay(),
      Upstream.kubernetes(),
      Upstream.privateEcr({ region: "us-west-2" }),
    ];
    const fleet = fleetWith({ accountId, regions, upstreams: all });
    fleet.addPullPolicy("half", { prefixes: ["quay", "kubernetes"] });
    expect(() => App.of(fleet).synth()).not.toThrow();
    fleet.addPullPolicy("all");
    expect(messageOf(() => App.of(fleet).synth())).toMatch(
      /\[cache-iam\/policy-all] `addPullPolicy` must make a policy of at most 6144 characters, got \d+; create several policies, each with some of the `prefixes`/,
    );
  });

  test.each<[string, Partial<PullThroughCacheFleetProps>, string, object, string]>([
    ["no account", {}, "elastio", {}, "`accountId` is required; it is a part of the policy's ARN"],
    [
      "a bad name",
      { accountId },
      "a/b",
      {},
      '`id` must form a policy\'s name together with the id of the fleet: up to 128 letters, digits and _+=,.@-, got "cache-a/b"; choose another name',
    ],
    ...[["", '""'] as const, [undefined, '""'] as const, [5, '""'] as const].map(
      ([id]): [string, Partial<PullThroughCacheFleetProps>, string, object, string] => [
        `no name, but ${String(id)}`,
        { accountId },
        id as string,
        {},
        '`id` must form a policy\'s name together with the id of the fleet: up to 128 letters, digits and _+=,.@-, got ""; choose another name',
      ],
    ),
    [
      "a prefix that no region has",
      { accountId },
      "elastio",
      { prefixes: ["quay"] },
      '`prefixes[0]` must be one of ecr-public, got "quay"; add an upstream with that prefix',
    ],
    [
      "several partitions",
      { accountId, regions: ["us-east-1", "cn-north-1"] },
      "elastio",
      {},
      '`regions` must be of one partition, got ["aws","aws-cn"]; create a fleet for each partition: a managed policy exists in one partition only',
    ],
  ])("fails for %s", (_, props, id, options, message) => {
    const fleet = fleetWith(props);
    expect(messageOf(() => fleet.addPullPolicy(id, options))).toBe(`cache: ${message}`);
    expect(fleet.node.root.node.tryFindChild("cache-iam")).toBeUndefined();
  });

  test("fails on an id that another policy has, and on a stack that has the name of its own", () => {
    const fleet = fleetWith({ accountId });
    fleet.addPullPolicy("elastio");
    expect(messageOf(() => fleet.addPullPolicy("elastio", { createRepositories: false }))).toBe(
      'cache: `id` must not be the id of a pull policy with other options, got "elastio"; choose another id',
    );
    const other = fleetWith({ accountId });
    other.addFinalStack("iam", { region: "us-east-1" });
    expect(messageOf(() => other.addPullPolicy("elastio"))).toBe(
      'cache: `addPullPolicy` must create a stack with an unused name, got "cache-iam"; rename the stack cache-iam: the stack of the fleet\'s policies needs this name',
    );
    expect(messageOf(() => fleet.addPullPolicy("Elastio"))).toBe(
      'cache: `id` must differ from `elastio` in more than case, got "Elastio"; choose another id: IAM ignores the case of policy names',
    );
  });
});
