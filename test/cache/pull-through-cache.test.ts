import { DataAwsIamRole } from "@cdktf/provider-aws/lib/data-aws-iam-role";
import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret";
import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { App, Lazy, TerraformOutput, TerraformStack, TerraformVariable, Token } from "cdktf";
import { PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { PullPolicyOptions, PullThroughCacheProps } from "cdktf-ecr-pull-through-cache";
import { Construct } from "constructs";
import {
  addresses,
  blocks,
  messageOf,
  stackIn,
  stackWithCache,
  synthesized,
  testApp,
  warnings,
} from "../support/synthesis";

const SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/registry-AbCdEf";

test("the smallest cache is one rule and its template", () => {
  const json = synthesized(stackWithCache({ upstreams: [Upstream.ecrPublic()] }));
  expect(json).toEqual({
    provider: { aws: [{ region: "us-east-1" }] },
    resource: {
      aws_ecr_pull_through_cache_rule: {
        "cache_ecr-public-rule_8ACF2D4B": {
          depends_on: ["aws_ecr_repository_creation_template.cache_ecr-public-template_7B995F5C"],
          ecr_repository_prefix: "ecr-public",
          upstream_registry_url: "public.ecr.aws",
        },
      },
      aws_ecr_repository_creation_template: {
        "cache_ecr-public-template_7B995F5C": {
          applied_for: ["PULL_THROUGH_CACHE"],
          image_tag_mutability: "MUTABLE",
          lifecycle: { replace_triggered_by: ["terraform_data.cache_ecr-public-encryption_4B403B05"] },
          lifecycle_policy:
            '{"rules":[{"rulePriority":2,"description":"Keep the newest images","selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":100},"action":{"type":"expire"}}]}',
          prefix: "ecr-public",
        },
      },
      terraform_data: { "cache_ecr-public-encryption_4B403B05": { input: "keys of Amazon S3" } },
    },
    terraform: {
      required_providers: { aws: { source: "aws", version: "5.100.0" } },
    },
  });
});

test("the address of every kind of resource stays what it was: changing one destroys people's resources", () => {
  const stack = stackIn(undefined);
  const cache = new PullThroughCache(stack, "cache", {
    upstreams: [
      Upstream.dockerHub(
        RegistryCredential.managed({ usernameVariable: "hub_username", accessTokenVariable: "hub_token", version: 1 }),
      ),
      Upstream.github(RegistryCredential.fromSecretName("ecr-pullthroughcache/github.com/bot")),
      Upstream.privateEcr({ region: "eu-west-1", accountId: "444455556666", prefix: "a/b.c_d" }),
      Upstream.unlisted("registry.example.com", { prefix: "example" }),
    ],
    repositorySettings: { tags: { team: "platform" } },
  });
  cache.repositoryUri("example", "app");
  expect(addresses(synthesized(stack))).toEqual([
    "aws_ecr_pull_through_cache_rule.cache_a_2fb_2ec_5fd-rule_7DF6CDC7",
    "aws_ecr_pull_through_cache_rule.cache_docker-hub-rule_78E9EDE4",
    "aws_ecr_pull_through_cache_rule.cache_example-rule_92D677F0",
    "aws_ecr_pull_through_cache_rule.cache_github-rule_59D4F582",
    "aws_ecr_repository_creation_template.cache_a_2fb_2ec_5fd-template_5E4C3E7D",
    "aws_ecr_repository_creation_template.cache_docker-hub-template_F0D475E8",
    "aws_ecr_repository_creation_template.cache_example-template_C902EAAE",
    "aws_ecr_repository_creation_template.cache_github-template_EF3E059D",
    "aws_iam_role.cache_repository-creation-role_8BDA3799",
    "aws_iam_role.cache_upstream-role_25316AD3",
    "aws_iam_role_policy.cache_repository-creation-role-policy_1496BB71",
    "aws_iam_role_policy.cache_upstream-role-policy_D9CE9026",
    "aws_secretsmanager_secret.cache_docker-hub-secret_700B7009",
    "aws_secretsmanager_secret_version.cache_docker-hub-secret-version_FC701ECD",
    "data.aws_caller_identity.aws-lookup_caller-identity_82AEBEF1",
    "data.aws_partition.aws-lookup_partition_7147F8A7",
    "data.aws_region.aws-lookup_region_0A228083",
    "data.aws_secretsmanager_secret.cache_github_2ecom_2fbot-secret-lookup_2066F650",
    "terraform_data.cache_a_2fb_2ec_5fd-encryption_945B5F4B",
    "terraform_data.cache_docker-hub-encryption_7CB61FD7",
    "terraform_data.cache_example-authentication_A09E821C",
    "terraform_data.cache_example-encryption_68946F4C",
    "terraform_data.cache_github-encryption_1CECF71F",
  ]);
});

test("encodes a digit or hyphen that would begin an address, which Terraform refuses, and no other one", () => {
  const upstreams = [
    Upstream.quay({ prefix: "3scale" }),
    Upstream.gitlab(RegistryCredential.fromSecretName("ecr-pullthroughcache/-x")),
  ];
  const repositories = { creationTemplate: false };
  const addressesIn = (scope: TerraformStack | Construct, id: string) => {
    new PullThroughCache(scope, id, { upstreams, repositorySettings: repositories });
    return addresses(synthesized(TerraformStack.of(scope)));
  };
  const atTheBeginning = [
    "aws_ecr_pull_through_cache_rule._33scale-rule",
    "aws_ecr_pull_through_cache_rule.gitlab-rule",
    "data.aws_secretsmanager_secret._2dx-secret-lookup",
  ];
  expect(addressesIn(stackIn("us-east-1"), "Default")).toEqual(atTheBeginning);
  expect(addressesIn(new Construct(stackIn("us-east-1"), "Default"), "Default")).toEqual(atTheBeginning);
  expect(addressesIn(stackIn("us-east-1"), "Resource")).toEqual([
    "aws_ecr_pull_through_cache_rule._33scale-rule_C77B8D9D",
    "aws_ecr_pull_through_cache_rule.gitlab-rule_B8824D82",
    "data.aws_secretsmanager_secret._2dx-secret-lookup_46CFCC9A",
  ]);
  expect(addressesIn(stackIn("us-east-1"), "cache")).toEqual([
    "aws_ecr_pull_through_cache_rule.cache_3scale-rule_0BB20324",
    "aws_ecr_pull_through_cache_rule.cache_gitlab-rule_ED748E50",
    "data.aws_secretsmanager_secret.cache_-x-secret-lookup_86347B9D",
  ]);
});

test("fails when something else has the address of one of its resources: Terraform would see only one", () => {
  const stack = stackWithCache({ upstreams: [Upstream.ecrPublic()] });
  const provider = new AwsProvider(stack, "europe", { region: "eu-west-1", alias: "europe" });
  new PullThroughCache(new Construct(stack, "Default"), "cache", { upstreams: [Upstream.ecrPublic()], provider });
  expect(messageOf(() => App.of(stack).synth())).toContain(
    '[stack/cache] `stack/Default/cache/ecr-public-rule` must not have the address of `stack/cache/ecr-public-rule`, got "aws_ecr_pull_through_cache_rule.cache_ecr-public-rule_8ACF2D4B"; choose another id',
  );
});

test("fails when something has the address of a look-up, or of a resource, of its own", () => {
  const stack = stackIn("us-east-1");
  const credential = RegistryCredential.fromSecretName("ecr-pullthroughcache/hub");
  const cache = new PullThroughCache(stack, "Default", { upstreams: [Upstream.dockerHub(credential)] });
  new DataAwsSecretsmanagerSecret(stack, "hub-secret-lookup", { name: "other" });
  const inside = new Construct(cache, "Default");
  new EcrPullThroughCacheRule(inside, "docker-hub-rule", { ecrRepositoryPrefix: "ab", upstreamRegistryUrl: "quay.io" });
  const message = messageOf(() => App.of(stack).synth());
  expect(message).toContain('got "data.aws_secretsmanager_secret.hub-secret-lookup"; choose another id');
  expect(message).toContain('got "aws_ecr_pull_through_cache_rule.docker-hub-rule"; choose another id');
});

test.each(["0", "-cache", "%1"])("fails with the id %s, with which addresses begin with no letter", (id) => {
  const stack = stackIn("us-east-1");
  const scope = new Construct(stack, "Default");
  const upstreams = [Upstream.ecrPublic(), Upstream.quay()];
  const props = { upstreams, repositorySettings: { creationTemplate: false } };
  const rule = new PullThroughCache(scope, id, props).rule("ecr-public");
  expect(messageOf(() => App.of(stack).synth()).match(/`stack.*/g)).toEqual([
    `\`${rule.node.path}\` must have a name that begins with a letter or an underscore, got "aws_ecr_pull_through_cache_rule.${rule.friendlyUniqueId}"; begin the id of the construct, or of the first one that contains it in the stack, with a letter`,
  ]);
});

test("fails outside of a stack, and without anything", () => {
  const app = testApp();
  expect(messageOf(() => new PullThroughCache(app, "cache", { upstreams: [Upstream.ecrPublic()] }))).toBe(
    'cache: `scope` must be a TerraformStack or a construct inside one, got ""; use a TerraformStack, or a PullThroughCacheFleet, which creates stacks',
  );
  expect(app.node.children).toEqual([]);
  expect(messageOf(() => stackWithCache(undefined as never))).toContain("`upstreams` is required");
});

test.each<[string, unknown, string]>([
  ["a construct", { repositorySettings: { kmsKeyArn: stackIn("us-east-1") } }, "got a TerraformStack;"],
  ["a big integer", { accountId: 123456789012n }, "got 123456789012;"],
  ["no number", { repositorySettings: { keepLastImages: NaN } }, "got NaN;"],
])("fails on %s with a message, whatever JSON makes of it", (_name, props, got) => {
  expect(messageOf(() => stackWithCache({ upstreams: [Upstream.quay()], ...(props as object) }))).toContain(got);
});

describe("one declaration", () => {
  test("has all its faults reported together, and nothing is made", () => {
    const stack = stackIn("us-east-1");
    const declare = () =>
      new PullThroughCache(stack, "cache", {
        accountId: "1",
        partition: "aws-eu",
        upstreams: [
          Upstream.ecrPublic({ prefix: "Public" }),
          Upstream.dockerHub(RegistryCredential.fromSecretArn(SECRET.replace("us-east-1", "eu-west-1"))),
          Upstream.fromRegistryUrl("gcr.io"),
        ],
        repositorySettings: { keepLastImages: 0 },
      });
    expect(messageOf(declare).split("\n")).toEqual([
      "stack/cache: 6 validation errors",
      '- `accountId` must be an AWS account ID of 12 digits, got "1"; give it as a string, with its leading zeros and without hyphens',
      '- `partition` must be one of aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-eusc, aws, got "aws-eu"; leave it out: it is derived from the region',
      expect.stringMatching(/^- `upstreams\[0]\.prefix` must be 2 to 30 characters/),
      expect.stringMatching(/^- `upstreams\[1]\.credential\.secretArn` must be in the region of the cache, us-east-1/),
      expect.stringMatching(/^- `upstreams\[2]\.upstreamRegistryUrl` must be a registry that ECR can cache/),
      "- `repositorySettings.keepLastImages` must be an integer of 1 or more, got 0; to keep every image, use `keepAllImages`",
    ]);
    expect(stack.node.tryFindChild("cache")).toBeUndefined();
    expect(Object.keys(synthesized(stack))).toEqual(["provider", "terraform"]);
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
  });

  test.each<[string, unknown, string]>([
    ["no list of upstreams", undefined, "is required"],
    ["an empty list of upstreams", [], "must be a list of at least one upstream, got []"],
  ])("fails on %s", (_name, upstreams, what) => {
    expect(messageOf(() => stackWithCache({ upstreams } as PullThroughCacheProps))).toBe(
      `stack/cache: \`upstreams\` ${what}; name the registries to cache, for example [Upstream.ecrPublic()]`,
    );
  });
});

describe("prefixes", () => {
  const twice = (first: string, second: string) => () =>
    stackWithCache({ upstreams: [Upstream.ecrPublic({ prefix: first }), Upstream.quay({ prefix: second })] });

  test.each([
    ["mirror", "mirror"],
    ["mirror", "mirror/"],
    ["mirror/", "mirror"],
  ])("fail twice in one registry: %j and %j", (first, second) => {
    expect(messageOf(twice(first, second))).toBe(
      `stack/cache: \`upstreams[1].prefix\` must be used once per account and region, but upstreams[0] uses it already, got "${second}"; give one of the two another prefix; a slash at the end makes no difference`,
    );
  });

  test("that differ in a character Terraform does not allow have resources of their own", () => {
    const upstreams = ["docker.io", "dockerio", "docker_io", "docker/io", "docker-io"].map((prefix) =>
      Upstream.ecrPublic({ prefix }),
    );
    const stack = stackIn("us-east-1");
    // Under this id, cdktf leaves the path out of the addresses, and with it the hash that tells them apart.
    new PullThroughCache(stack, "Default", { upstreams });
    expect(blocks(synthesized(stack), "aws_ecr_pull_through_cache_rule")).toHaveLength(5);
  });

  test.each([
    ["only the first", "111122223333", undefined],
    ["only the second", undefined, "111122223333"],
  ])("fail when two caches of a stack use one, of which %s says its account", (_, first, second) => {
    const stack = stackWithCache({ upstreams: [Upstream.ecrPublic()], accountId: first });
    const props = { upstreams: [Upstream.ecrPublic()], accountId: second };
    expect(messageOf(() => new PullThroughCache(stack, "second", props))).toBe(
      'stack/second: `upstreams[0].prefix` must be used once per account and region, but stack/cache uses it already, got "ecr-public"; give one of the two another prefix; a slash at the end makes no difference',
    );
  });

  test("fail when a cache elsewhere in the account uses one of a cache that did not say its account at first", () => {
    const stack = stackWithCache({ upstreams: [Upstream.ecrPublic()] });
    new PullThroughCache(stack, "second", { upstreams: [Upstream.quay()], accountId: "111122223333" });
    const other = new TerraformStack(App.of(stack), "other");
    new AwsProvider(other, "aws", { region: "us-east-1" });
    const props = { upstreams: [Upstream.ecrPublic(), Upstream.quay()], accountId: "111122223333" };
    const message = messageOf(() => new PullThroughCache(other, "third", props));
    expect(message).toContain(
      "`upstreams[0].prefix` must be used once per account and region, but stack/cache uses it already",
    );
    expect(message).toContain(
      "`upstreams[1].prefix` must be used once per account and region, but stack/second uses it already",
    );
  });

  const elsewhere = (config: AwsProviderConfig) => () => {
    const stack = new TerraformStack(testApp(), "stack");
    new AwsProvider(stack, "aws", { region: "us-east-1" });
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()], accountId: "111122223333" });
    const other = new TerraformStack(App.of(stack), "other");
    new AwsProvider(other, "aws", { region: "us-east-1", ...config });
    return new PullThroughCache(other, "last", { upstreams: [Upstream.ecrPublic()] });
  };
  const roleIn = (account: string) => ({ roleArn: `arn:aws:iam::${account}:role/deploy` });

  test.each<[string, AwsProviderConfig]>([
    ["is allowed to work in that account only", { allowedAccountIds: ["111122223333"] }],
    ["assumes a role of that account", { assumeRole: [roleIn("444455556666"), roleIn("111122223333")] }],
  ])("fail when a cache of another stack uses one, and the provider of the last one %s", (_, config) => {
    expect(messageOf(elsewhere(config))).toMatch(
      /^other\/last: `upstreams\[0]\.prefix` must be used once per account and region, but stack\/cache uses it already/,
    );
  });

  test.each<[string, AwsProviderConfig]>([
    ["works with the credentials that the stack is applied with", {}],
    ["is allowed to work in another account too", { allowedAccountIds: ["111122223333", "444455556666"] }],
    ["is allowed to work in an account that only Terraform knows", { allowedAccountIds: ["${var.account}"] }],
    ["has a list of accounts that only Terraform knows", { allowedAccountIds: Token.asList("${var.accounts}") }],
    ["assumes a role of another account", { assumeRole: [roleIn("111122223333"), roleIn("444455556666")] }],
    ["assumes a role that only Terraform knows", { assumeRole: [{ roleArn: "${var.role}" }] }],
    ["works in another region", { region: "eu-west-1", allowedAccountIds: ["111122223333"] }],
  ])("are taken when a cache of another stack uses one, and the provider of the last one %s", (_, config) => {
    expect(elsewhere(config)).not.toThrow();
  });

  test("fail when two caches of a stack use one, and not when their providers differ", () => {
    const stack = stackWithCache({ upstreams: [Upstream.ecrPublic()] });
    expect(messageOf(() => new PullThroughCache(stack, "second", { upstreams: [Upstream.ecrPublic()] }))).toMatch(
      /^stack\/second: `upstreams\[0]\.prefix` must be used once per account and region, but stack\/cache uses it already/,
    );
    const provider = new AwsProvider(stack, "europe", { region: "eu-west-1", alias: "europe" });
    new PullThroughCache(stack, "europe-cache", { upstreams: [Upstream.ecrPublic()], provider });
    expect(blocks(synthesized(stack), "aws_ecr_pull_through_cache_rule")).toHaveLength(2);
  });
});

describe("the quota", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => Upstream.ecrPublic({ prefix: `mirror-${i}` }));

  test("admits 50 rules", () => {
    const json = synthesized(stackWithCache({ upstreams: many(50) }));
    expect(blocks(json, "aws_ecr_pull_through_cache_rule")).toHaveLength(50);
  });

  test("fails on 51, in one cache or one by one", () => {
    const fault = (prop: string) =>
      `stack/cache: \`${prop}\` must have at most 50 upstreams per account and region, got 51; AWS does not raise this quota: use another region or account for the rest`;
    expect(messageOf(() => stackWithCache({ upstreams: many(51) }))).toBe(fault("upstreams"));
    const cache = new PullThroughCache(stackIn("us-east-1"), "cache", { upstreams: many(50) });
    expect(messageOf(() => cache.addUpstream(Upstream.quay()))).toBe(fault("upstream"));
  });
});

describe("an upstream added later", () => {
  test("is cached like the others", () => {
    const stack = stackIn("us-east-1");
    const cache = new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
    cache.addUpstream(Upstream.quay());
    expect(cache.upstreams.map((upstream) => upstream.prefix)).toEqual(["ecr-public", "quay"]);
    expect(synthesized(stack)).toEqual(
      synthesized(stackWithCache({ upstreams: [Upstream.ecrPublic(), Upstream.quay()] })),
    );
  });

  test("fails like the others, and the cache stays as it was", () => {
    const stack = stackIn("us-east-1");
    const cache = new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
    expect(messageOf(() => cache.addUpstream(Upstream.quay({ prefix: "ecr-public/" })))).toBe(
      'stack/cache: `upstream.prefix` must be used once per account and region, but stack/cache uses it already, got "ecr-public/"; give one of the two another prefix; a slash at the end makes no difference',
    );
    cache.upstreams.pop();
    expect(cache.upstreams).toHaveLength(1);
    expect(blocks(synthesized(stack), "aws_ecr_pull_through_cache_rule")).toHaveLength(1);
  });
});

describe("where the registry is", () => {
  const upstreams = [Upstream.ecrPublic()];

  test("is known without a data source when account and region are given", () => {
    const stack = stackIn("us-east-1");
    const cache = new PullThroughCache(stack, "cache", { upstreams, accountId: "111122223333" });
    expect(cache.repositoryUri("ecr-public", "nginx/nginx")).toBe(
      "111122223333.dkr.ecr.us-east-1.amazonaws.com/ecr-public/nginx/nginx",
    );
    expect(synthesized(stack).data).toBeUndefined();
  });

  test.each([
    ["us-gov-west-1", "amazonaws.com"],
    ["cn-north-1", "amazonaws.com.cn"],
    ["us-iso-east-1", "c2s.ic.gov"],
    ["us-isob-east-1", "sc2s.sgov.gov"],
    ["eu-isoe-west-1", "cloud.adc-e.uk"],
    ["us-isof-south-1", "csp.hci.ic.gov"],
    ["eusc-de-east-1", "amazonaws.eu"],
  ])("in %s ends with %s", (region, suffix) => {
    const cache = new PullThroughCache(stackIn(region), "cache", { upstreams, accountId: "111122223333" });
    expect(cache.registryUri).toBe(`111122223333.dkr.ecr.${region}.${suffix}`);
  });

  test("is looked up once for all caches of a stack, and only what is not known", () => {
    const stack = stackIn(undefined);
    for (const id of ["one", "two"]) {
      const cache = new PullThroughCache(stack, id, { upstreams: [Upstream.quay({ prefix: id })] });
      expect(cache.registryUri).toBe(cache.registryUri);
    }
    const json = synthesized(stack);
    expect(addresses(json).filter((address) => address.startsWith("data."))).toEqual([
      expect.stringMatching(/^data\.aws_caller_identity\.aws-lookup_caller-identity_/),
      expect.stringMatching(/^data\.aws_partition\.aws-lookup_partition_/),
      expect.stringMatching(/^data\.aws_region\.aws-lookup_region_/),
    ]);
  });

  test("is not looked up when nothing asks for it", () => {
    const stack = stackIn(undefined);
    new PullThroughCache(stack, "cache", { upstreams });
    expect(synthesized(stack).data).toBeUndefined();
  });

  test("may be tokens", () => {
    const stack = new TerraformStack(testApp(), "stack");
    const variable = (name: string) => new TerraformVariable(stack, name, { type: "string" }).stringValue;
    new AwsProvider(stack, "aws", { region: variable("region") });
    const cache = new PullThroughCache(stack, "cache", {
      upstreams,
      accountId: variable("account"),
      partition: variable("partition"),
    });
    new TerraformOutput(stack, "uri", { value: cache.registryUri });
    const json = synthesized(stack);
    expect(json.output?.["uri"]?.value).toMatch(
      /^\$\{var\.account}\.dkr\.ecr\.\$\{var\.region}\.\$\{data\.aws_partition\.\S+\.dns_suffix}$/,
    );
    expect(Object.keys(json.data ?? {})).toEqual(["aws_partition"]);
  });

  test("with its partition given has no other part looked up", () => {
    const stack = stackIn(undefined);
    const cache = new PullThroughCache(stack, "cache", { upstreams, accountId: "111122223333", partition: "aws-cn" });
    expect(cache.registryUri).toMatch(/\.amazonaws\.com\.cn$/);
    expect(Object.keys(synthesized(stack).data ?? {})).toEqual(["aws_region"]);
  });

  test("is that of an aliased provider, which reaches every resource and data source", () => {
    const stack = stackIn("us-east-1");
    const provider = new AwsProvider(stack, "europe", { region: "eu-west-1", alias: "europe" });
    const cache = new PullThroughCache(stack, "cache", {
      provider,
      upstreams: [
        Upstream.dockerHub(
          RegistryCredential.managed({
            usernameVariable: "hub_username",
            accessTokenVariable: "hub_token",
            version: 1,
          }),
        ),
        Upstream.github(RegistryCredential.fromSecretName("ecr-pullthroughcache/github")),
        Upstream.privateEcr({ region: "us-east-1", accountId: "444455556666" }),
      ],
      repositorySettings: { tags: { team: "platform" } },
    });
    expect(cache.registryUri).toContain(".dkr.ecr.eu-west-1.amazonaws.com");
    const json = synthesized(stack);
    // What is Terraform's own has no provider of AWS.
    const { terraform_data: ofTerraform, ...ofAws } = json.resource ?? {};
    expect(Object.keys(ofTerraform ?? {})).toHaveLength(3);
    const all = [...Object.values(ofAws), ...Object.values(json.data ?? {})].flatMap(Object.values);
    expect(all).toHaveLength(14);
    for (const block of all) {
      expect((block as { provider?: string }).provider).toBe("aws.europe");
    }
  });

  test("fails when every provider of the stack has an alias and none is given", () => {
    const stack = new TerraformStack(testApp(), "stack");
    new AwsProvider(stack, "europe", { region: "eu-west-1", alias: "europe" });
    new PullThroughCache(stack, "cache", { upstreams });
    expect(messageOf(() => App.of(stack).synth())).toContain(
      "[stack/cache] `provider` is required; every AWS provider of the stack has an alias: europe",
    );
  });

  test("fails on a provider of another stack, or of something else than AWS", () => {
    const stack = stackIn("us-east-1");
    const other = new TerraformStack(App.of(stack), "other");
    const provider = new AwsProvider(other, "aws", { region: "us-east-1" });
    const declare = (given: unknown) => () =>
      new PullThroughCache(stack, "cache", { upstreams, provider: given as AwsProvider });
    expect(messageOf(declare(provider))).toBe(
      'stack/cache: `provider` must be in the same stack, got "other/aws"; create an AwsProvider in that stack',
    );
    expect(messageOf(declare("aws.europe"))).toBe(
      'stack/cache: `provider` must be an AwsProvider, got "aws.europe"; leave it out to use the stack\'s AWS provider without an alias',
    );
  });

  test("fails on a provider in a zone", () => {
    const stack = stackIn("us-east-1");
    const provider = new AwsProvider(stack, "zone", { region: "eu-west-1a", alias: "zone" });
    const message = "`AwsProvider.region` must be the name of an AWS region";
    expect(messageOf(() => new PullThroughCache(stack, "cache", { upstreams, provider }))).toContain(message);
    expect(messageOf(() => new PullThroughCache(stackIn("us-east-1b"), "cache", { upstreams }))).toContain(message);
  });

  test("is one however it is reached, when account and region are known", () => {
    const stack = stackIn("us-east-1");
    const accountId = "111122223333";
    const provider = new AwsProvider(stack, "same", { region: "us-east-1", alias: "same" });
    new PullThroughCache(stack, "one", { upstreams, accountId });
    expect(messageOf(() => new PullThroughCache(stack, "two", { upstreams, accountId, provider }))).toContain(
      "must be used once per account and region, but stack/one uses it already",
    );
  });

  test.each<[string, Partial<PullThroughCacheProps>, string]>([
    [
      "a partition that is not the provider's",
      { partition: "aws-cn" },
      '`partition` must be the partition of us-east-1, aws, got "aws-cn"; leave it out: it is derived from the region',
    ],
    [
      "a property it does not have",
      { repositry: {} } as never,
      "`repositry` is not a property of PullThroughCache; use one of upstreams, repositorySettings, roleOptions, provider, region, accountId, partition",
    ],
    [
      "a region that resources do not take",
      { region: "eu-west-1" },
      '`region` must not be set with @cdktf/provider-aws 20, whose resources have no argument `region`, got "eu-west-1"; give `provider` an AwsProvider of that region, or use @cdktf/provider-aws 21',
    ],
    [
      "an account that lost its leading zero",
      { accountId: "11122223333" },
      '`accountId` must be an AWS account ID of 12 digits, got "11122223333"; give it as a string, with its leading zeros and without hyphens',
    ],
    [
      "an account as the console shows it",
      { accountId: "1111-2222-3333" },
      '`accountId` must be an AWS account ID of 12 digits, got "1111-2222-3333"; give it as a string, with its leading zeros and without hyphens',
    ],
    [
      "an account as a number",
      { accountId: 111122223333 as never },
      "`accountId` must be an AWS account ID of 12 digits, got 111122223333; give it as a string, with its leading zeros and without hyphens",
    ],
  ])("fails on %s", (_name, props, message) => {
    expect(messageOf(() => stackWithCache({ upstreams, ...props }))).toBe(`stack/cache: ${message}`);
  });
});

describe("regions without pull-through caches", () => {
  test.each(["cn-north-1", "us-gov-west-1"])("are warned of: %s", (region) => {
    const stack = stackIn(region);
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
    expect(warnings(stack)).toEqual([
      `Amazon ECR documents no pull-through caches in ${region}: AWS will reject the rules (if this is meant, add "region-without-pull-through-cache" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app's context)`,
    ]);
  });

  test("are not the others", () => {
    expect(warnings(stackWithCache({ upstreams: [Upstream.ecrPublic()] }))).toEqual([]);
  });
});

test("an existing rule and an existing template can be imported", () => {
  const stack = stackIn("us-east-1");
  const cache = new PullThroughCache(stack, "Default", { upstreams: [Upstream.quay({ prefix: "mirror/quay.io" })] });
  cache.rule("mirror/quay.io").importFrom("mirror/quay.io");
  cache.template("mirror/quay.io").importFrom("mirror/quay.io");
  expect(synthesized(stack)).toMatchObject({
    import: [
      { id: "mirror/quay.io", to: "aws_ecr_repository_creation_template.mirror_2fquay_2eio-template" },
      { id: "mirror/quay.io", to: "aws_ecr_pull_through_cache_rule.mirror_2fquay_2eio-rule" },
    ],
  });
});

describe("what to pull", () => {
  const credential = RegistryCredential.fromSecretArn(SECRET);
  const cache = new PullThroughCache(stackIn("us-east-1"), "cache", {
    accountId: "111122223333",
    upstreams: [
      Upstream.ecrPublic({ prefix: "public/" }),
      Upstream.dockerHub(credential),
      Upstream.kubernetes({ prefix: "ROOT" }),
      Upstream.privateEcr({ region: "eu-west-1", prefix: "europe" }),
      Upstream.privateEcr({ region: "eu-west-1", prefix: "team-a", upstreamRepositoryPrefix: "team-a" }),
      Upstream.privateEcr({ region: "eu-west-1", prefix: "my-app", upstreamRepositoryPrefix: "upstream-app" }),
    ],
  });
  const registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

  test.each([
    ["public", "elastio/agent", "public/elastio/agent"],
    ["public/", "elastio/agent", "public/elastio/agent"],
    ["docker-hub", "library/nginx", "docker-hub/library/nginx"],
    ["docker-hub", "nginx", "docker-hub/library/nginx"],
    ["docker-hub", "grafana/grafana", "docker-hub/grafana/grafana"],
    ["ROOT", "pause", "pause"],
    ["ROOT", "ingress-nginx/controller", "ingress-nginx/controller"],
    ["europe", "my-app/image", "europe/my-app/image"],
    ["team-a", "team-a/image", "team-a/image"],
    ["my-app", "upstream-app/image", "my-app/image"],
    ["public", "a__b/c--d/e.f_g", "public/a__b/c--d/e.f_g"],
  ])("under %j for %j is %j", (prefix, repository, path) => {
    expect(cache.repositoryUri(prefix, repository)).toBe(`${registry}/${path}`);
  });

  test("may be an expression written by hand, which is no official image", () => {
    expect(cache.repositoryUri("docker-hub", "${var.image}")).toBe(`${registry}/docker-hub/\${var.image}`);
  });

  test("may be a token", () => {
    const stack = stackIn("us-east-1");
    const repository = new TerraformVariable(stack, "image", { type: "string" }).stringValue;
    expect(cache.repositoryUri("public", repository)).toBe(`${registry}/public/${repository}`);
  });

  test("fails where the rule of a longer prefix would answer", () => {
    const rivals = new PullThroughCache(stackIn("us-east-1"), "cache", {
      accountId: "111122223333",
      upstreams: [Upstream.dockerHub(credential, { prefix: "ROOT" }), Upstream.quay({ prefix: "library" })],
    });
    expect(rivals.repositoryUri("library", "nginx")).toMatch(/\/library\/nginx$/);
    expect(messageOf(() => rivals.repositoryUri("ROOT", "nginx"))).toBe(
      'stack/cache: `repository` must not be under the longer prefix library, which another upstream has, got "library/nginx"; give one of the two upstreams another prefix',
    );
  });

  test.each([
    [
      "other",
      "nginx",
      '`prefix` must be one of public, docker-hub, ROOT, europe, team-a, my-app, got "other"; add an upstream with that prefix',
    ],
    [
      "public",
      "elastio/agent:1",
      '`repository` must be without tag and digest, got "elastio/agent:1"; append them to the URI',
    ],
    [
      "public",
      "elastio/agent@sha256:0",
      '`repository` must be without tag and digest, got "elastio/agent@sha256:0"; append them to the URI',
    ],
    [
      "public",
      "public.ecr.aws/elastio/agent",
      '`repository` must be without the upstream\'s host, got "public.ecr.aws/elastio/agent"; leave out public.ecr.aws/',
    ],
    [
      "docker-hub",
      "docker.io/library/nginx",
      '`repository` must be without the upstream\'s host, got "docker.io/library/nginx"; leave out docker.io/',
    ],
    [
      "public",
      "Elastio/Agent",
      '`repository` must be the path of a repository: lower-case, without registry, tag or digest, got "Elastio/Agent"; use the path in the upstream registry, like library/nginx',
    ],
    [
      "public",
      "",
      '`repository` must be the path of a repository: lower-case, without registry, tag or digest, got ""; use the path in the upstream registry, like library/nginx',
    ],
    [
      "my-app",
      "other/image",
      '`repository` must be under upstream-app/, the part of the upstream that is cached, got "other/image"; cache more of it with `upstreamRepositoryPrefix`',
    ],
  ])("under %j fails for %j", (prefix, repository, message) => {
    expect(messageOf(() => cache.repositoryUri(prefix, repository))).toBe(`stack/cache: ${message}`);
  });

  test("fails for a repository with the host of an unlisted registry, and not for one with the name of a host", () => {
    const upstreams = [Upstream.unlisted("registry.example.com", { prefix: "example" })];
    const unlisted = new PullThroughCache(stackIn("us-east-1"), "cache", { upstreams });
    expect(messageOf(() => unlisted.repositoryUri("example", "registry.example.com/team/app"))).toBe(
      'stack/cache: `repository` must be without the upstream\'s host, got "registry.example.com/team/app"; leave out registry.example.com/',
    );
    expect(unlisted.repositoryUri("example", "registry.example.com")).toMatch(/\/example\/registry\.example\.com$/);
    expect(unlisted.repositoryUri("example", "other.example.com/app")).toMatch(/\/example\/other\.example\.com\/app$/);
  });
});

describe("who pulls", () => {
  const registry = "arn:aws:ecr:us-east-1:111122223333:repository";
  const signIn = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };
  const refreshes = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchImportUpstreamImage",
  ];
  const pulls = [...refreshes, "ecr:CreateRepository"];

  function cacheIn(stack: TerraformStack, props: Partial<PullThroughCacheProps> = {}): PullThroughCache {
    const upstreams = [Upstream.ecrPublic(), Upstream.quay()];
    return new PullThroughCache(stack, "cache", { accountId: "111122223333", upstreams, ...props });
  }

  /** The policies of roles that may pull, as text; a cache can have other roles, which ECR assumes. */
  function policiesOf(stack: TerraformStack): string[] {
    const all = blocks(synthesized(stack), "aws_iam_role_policy");
    return all
      .filter(({ name_prefix: prefix }) => prefix === "ecr-pull-through-cache-")
      .map(({ policy }) => String(policy));
  }

  function granted(stack: TerraformStack): unknown[] {
    return policiesOf(stack).map((policy) => (JSON.parse(policy) as { Statement: unknown }).Statement);
  }

  test("is granted what pulls need, on the repositories of this cache, and nothing else", () => {
    const stack = stackIn("us-east-1");
    const policy = cacheIn(stack).grantPullToRoleNamed("app");
    expect(blocks(synthesized(stack), "aws_iam_role_policy")).toEqual([
      {
        name_prefix: "ecr-pull-through-cache-",
        role: "app",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            signIn,
            { Effect: "Allow", Action: pulls, Resource: [`${registry}/ecr-public/*`, `${registry}/quay/*`] },
          ],
        }),
      },
    ]);
    expect(policy.terraformResourceType).toBe("aws_iam_role_policy");
  });

  test("is granted what is cached when the app is synthesized, everything with the prefix ROOT", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    cache.grantPullToRoleNamed("app");
    cache.addUpstream(Upstream.kubernetes({ prefix: "k8s/" }));
    expect(granted(stack)).toEqual([
      [
        signIn,
        expect.objectContaining({ Resource: ["ecr-public", "quay", "k8s"].map((name) => `${registry}/${name}/*`) }),
      ],
    ]);
    cache.addUpstream(Upstream.privateEcr({ region: "eu-west-1", prefix: "ROOT" }));
    expect(granted(stack)).toEqual([[signIn, expect.objectContaining({ Resource: [`${registry}/*`] })]]);
  });

  test("can be granted less: some upstreams only, or images in repositories that exist", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    cache.grantPullToRoleNamed("app", { prefixes: ["quay/"], createRepositories: false });
    expect(granted(stack)).toEqual([
      [signIn, { Effect: "Allow", Action: refreshes, Resource: [`${registry}/quay/*`] }],
    ]);
  });

  describe("where creation templates set tags", () => {
    const repositories = { tags: { team: "platform" } };
    const tags = [...pulls, "ecr:TagResource"];
    const plain = Upstream.ecrPublic();
    const tagged = Upstream.quay({ prefix: "quay/", repositorySettings: repositories });

    test("is granted to tag repositories that the first pull creates, and no others", () => {
      const stack = stackIn("us-east-1");
      cacheIn(stack, { upstreams: [tagged, plain] }).grantPullToRoleNamed("app");
      expect(granted(stack)).toEqual([
        [
          signIn,
          { Effect: "Allow", Action: pulls, Resource: [`${registry}/ecr-public/*`] },
          { Effect: "Allow", Action: tags, Resource: [`${registry}/quay/*`] },
        ],
      ]);
    });

    test("is granted by one statement where every template sets them", () => {
      const stack = stackIn("us-east-1");
      cacheIn(stack, { repositorySettings: repositories }).grantPullToRoleNamed("app");
      expect(granted(stack)).toEqual([
        [signIn, { Effect: "Allow", Action: tags, Resource: [`${registry}/ecr-public/*`, `${registry}/quay/*`] }],
      ]);
    });

    test("is granted where only Terraform knows the tags", () => {
      const stack = stackIn("us-east-1");
      const unknown = Token.asStringMap(new TerraformVariable(stack, "tags", { type: "map(string)" }).value);
      cacheIn(stack, { repositorySettings: { tags: unknown } }).grantPullToRoleNamed("app", { prefixes: ["quay"] });
      expect(granted(stack)).toEqual([[signIn, { Effect: "Allow", Action: tags, Resource: [`${registry}/quay/*`] }]]);
    });

    test.each<[string, Partial<PullThroughCacheProps>, PullPolicyOptions]>([
      ["of other upstreams", { upstreams: [plain, tagged] }, { prefixes: ["ecr-public"] }],
      [
        "of an upstream that has none",
        { upstreams: [Upstream.ecrPublic({ repositorySettings: { tags: {} } })], repositorySettings: repositories },
        {},
      ],
      [
        "that no template sets",
        {
          upstreams: [Upstream.ecrPublic({ repositorySettings: { creationTemplate: false } })],
          repositorySettings: repositories,
        },
        {},
      ],
    ])("is granted the same as ever beside tags %s", (_, props, options) => {
      const policiesWith = (cacheProps: Partial<PullThroughCacheProps>): string[] => {
        const stack = stackIn("us-east-1");
        cacheIn(stack, cacheProps).grantPullToRoleNamed("app", options);
        return policiesOf(stack);
      };
      expect(policiesWith(props)).toEqual(policiesWith({ upstreams: [plain] }));
      expect(policiesWith(props)).toEqual([expect.not.stringContaining("ecr:TagResource")]);
    });

    test("is granted the same as ever where no pull may create a repository", () => {
      const stack = stackIn("us-east-1");
      cacheIn(stack, { upstreams: [tagged, plain] }).grantPullToRoleNamed("app", { createRepositories: false });
      const Resource = [`${registry}/quay/*`, `${registry}/ecr-public/*`];
      expect(granted(stack)).toEqual([[signIn, { Effect: "Allow", Action: refreshes, Resource }]]);
    });

    test("is granted to tag under a prefix without a template, which gets the template of a shorter one", () => {
      const stack = stackIn("us-east-1");
      const bare = (prefix: string): Upstream =>
        Upstream.quay({ prefix, repositorySettings: { creationTemplate: false } });
      const upstreams = [
        Upstream.quay({ prefix: "aa", repositorySettings: repositories }),
        bare("aa/b"),
        bare("aab"),
        Upstream.quay({ prefix: "aa/c" }),
      ];
      cacheIn(stack, { upstreams }).grantPullToRoleNamed("app");
      expect(granted(stack)).toEqual([
        [
          signIn,
          { Effect: "Allow", Action: pulls, Resource: [`${registry}/aab/*`, `${registry}/aa/c/*`] },
          { Effect: "Allow", Action: tags, Resource: [`${registry}/aa/*`, `${registry}/aa/b/*`] },
        ],
      ]);
    });

    test("is granted to tag everything where the template for ROOT does so", () => {
      const stack = stackIn("us-east-1");
      const root = Upstream.privateEcr({ region: "eu-west-1", prefix: "ROOT", repositorySettings: repositories });
      cacheIn(stack, {
        upstreams: [root, Upstream.quay({ repositorySettings: { creationTemplate: false } })],
      }).grantPullToRoleNamed("app");
      expect(granted(stack)).toEqual([[signIn, { Effect: "Allow", Action: tags, Resource: [`${registry}/*`] }]]);
    });
  });

  test("is granted the sum of all grants by one policy, whichever way the role is named", () => {
    const stack = stackIn("us-east-1");
    const role = new IamRole(stack, "role", { assumeRolePolicy: "{}" });
    const cache = cacheIn(stack);
    const policies = [
      cache.grantPull(role, { prefixes: ["quay"] }),
      cache.grantPullToRoleNamed(role.name, { prefixes: ["quay"] }),
      cache.grantPullToRoleNamed(role.id, { prefixes: ["ecr-public"], createRepositories: false }),
    ];
    expect(new Set(policies).size).toBe(1);
    expect(granted(stack)).toEqual([
      [
        signIn,
        { Effect: "Allow", Action: pulls, Resource: [`${registry}/quay/*`] },
        { Effect: "Allow", Action: refreshes, Resource: [`${registry}/ecr-public/*`] },
      ],
    ]);
  });

  test("has a policy of its own at an address that stays what it was, also where two are named alike", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    cache.grantPullToRoleNamed("app");
    cache.grantPullToRoleNamed("App_1@x.y");
    cache.grantPull(new IamRole(stack, "app", { assumeRolePolicy: "{}" }));
    cache.grantPullToRoleNamed(new DataAwsIamRole(stack, "found", { name: "other" }).name);
    const json = synthesized(stack);
    expect(addresses(json).filter((address) => address.startsWith("aws_iam_role_policy."))).toEqual([
      "aws_iam_role_policy.cache_pulls_app_92ECFFAE",
      "aws_iam_role_policy.cache_pulls_data_2eaws_5fiam_5frole_2efound_2ename_AC295E08",
      "aws_iam_role_policy.cache_pulls_role_3aApp_5f1_40x_2ey_5A0A7CE5",
      "aws_iam_role_policy.cache_pulls_role_3aapp_02D2EB37",
    ]);
    expect(blocks(json, "aws_iam_role_policy").map(({ role }) => role)).toEqual(
      expect.arrayContaining(["app", "App_1@x.y", "${aws_iam_role.app.name}", "${data.aws_iam_role.found.name}"]),
    );
  });

  test("has a policy of its own where roles of several stacks are called alike, beside an upstream called so, too", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack, { upstreams: [Upstream.quay({ prefix: "pulls" })] });
    const roles = ["a", "b"].map((id) => {
      const other = new TerraformStack(App.of(stack), id);
      new AwsProvider(other, "aws", { region: "us-east-1" });
      return new IamRole(other, "role", { name: id, assumeRolePolicy: "{}" });
    });
    const own = new IamRole(stack, "rule", { assumeRolePolicy: "{}" });
    const policies = [...roles, own].map((role) => cache.grantPull(role));
    expect(new Set(policies).size).toBe(3);
    expect(cache.grantPull(roles[0] ?? own)).toBe(policies[0]);
  });

  test("is found by its name in whatever stack it is, unless two of that address are there", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    const other = new TerraformStack(App.of(stack), "other");
    new AwsProvider(other, "aws", { region: "us-east-1" });
    const role = new IamRole(other, "node", { assumeRolePolicy: "{}" });
    expect(cache.grantPullToRoleNamed(role.name)).toBe(cache.grantPull(role));
    new IamRole(stack, "node", { assumeRolePolicy: "{}" });
    expect(messageOf(() => cache.grantPullToRoleNamed(role.name))).toBe(
      'stack/cache: `roleName` must be the only role of the app at its address, got ["stack/node","other/node"]; use grantPull with the role itself',
    );
  });

  test("cannot have more of it than IAM takes, where the account is not known either", () => {
    const stack = stackIn("us-east-1");
    const many = (name: string): Upstream[] =>
      Array.from({ length: 50 }, (_, index) => Upstream.quay({ prefix: `${name}-${"x".repeat(18)}-${index}` }));
    for (const name of ["one", "two", "three"]) {
      const provider = new AwsProvider(stack, `aws-${name}`, { region: "us-east-1", alias: name });
      new PullThroughCache(stack, name, { upstreams: many(name), provider }).grantPullToRoleNamed("node");
    }
    expect(messageOf(() => App.of(stack).synth())).toContain(
      "`role:node` must have at most 10240 characters of inline policies from all grants to it",
    );
  });

  test("cannot have more of it than IAM takes, by all grants to one role", () => {
    const accountId = "111122223333";
    const app = testApp();
    const upstreams = Array.from({ length: 50 }, (_, index) => Upstream.quay({ prefix: `quay-mirror-${index}` }));
    for (const region of ["us-east-1", "eu-west-1", "eu-west-2"]) {
      const stack = new TerraformStack(app, region);
      new AwsProvider(stack, "aws", { region });
      cacheIn(stack, { upstreams, accountId }).grantPullToRoleNamed("node");
      if (region !== "eu-west-2") {
        expect(() => app.synth()).not.toThrow();
      }
    }
    expect(messageOf(() => app.synth())).toMatch(
      /\[us-east-1\/cache] `role:node` must have at most 10240 characters of inline policies from all grants to it, got \d+; grant fewer `prefixes`, or attach a managed policy with `pullPolicyJson` or `fleet.addPullPolicy`/,
    );
  });

  test("can have the policy as JSON, for any other tool", () => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    const prefixes = ["quay"];
    new TerraformOutput(stack, "policy", { value: cache.pullPolicyJson({ prefixes }) });
    prefixes.push("none");
    expect(synthesized(stack).output?.["policy"]?.value).toBe(
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [signIn, { Effect: "Allow", Action: pulls, Resource: [`${registry}/quay/*`] }],
      }),
    );
  });

  test("is granted what Terraform finds the account, region and partition to be, by the cache's provider", () => {
    const stack = stackIn(undefined);
    const provider = new AwsProvider(stack, "europe", { alias: "europe" });
    cacheIn(stack, { accountId: undefined, provider }).grantPullToRoleNamed("app");
    const json = synthesized(stack);
    expect(blocks(json, "aws_iam_role_policy")).toEqual([
      expect.objectContaining({
        provider: "aws.europe",
        policy: expect.stringContaining(
          '"Resource" = ["arn:${data.aws_partition.aws-lookup_partition-europe_C9043EBB.partition}:ecr:',
        ) as unknown,
      }),
    ]);
  });

  test.each([
    ["cn-north-1", "arn:aws-cn:ecr:cn-north-1:111122223333:repository/quay/*"],
    ["us-gov-west-1", "arn:aws-us-gov:ecr:us-gov-west-1:111122223333:repository/quay/*"],
  ])("is granted repositories of the partition of %s", (region, arn) => {
    const stack = stackIn(region);
    cacheIn(stack).grantPullToRoleNamed("app", { prefixes: ["quay"] });
    expect(granted(stack)).toEqual([[signIn, { Effect: "Allow", Action: pulls, Resource: [arn] }]]);
  });

  test.each<[string, unknown]>([
    ["fails for no role", undefined],
    ["fails for a stack in place of a role", stackIn("us-east-1")],
    ["fails for the name of a role in place of the role", "app"],
  ])("%s", (_, role) => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    const what =
      role === undefined ? "is required" : `must be an IamRole, got ${role === "app" ? '"app"' : "a TerraformStack"}`;
    expect(messageOf(() => cache.grantPull(role as never))).toBe(
      `stack/cache: \`role\` ${what}; for any other role, use grantPullToRoleNamed`,
    );
    expect(blocks(synthesized(stack), "aws_iam_role_policy")).toEqual([]);
  });

  const NAME = "be the name of a role: up to 64 letters, digits and _+=,.@-";
  test.each<[string, unknown, unknown, string]>([
    [
      "the ARN of a role",
      "arn:aws:iam::111122223333:role/app",
      {},
      `\`roleName\` must ${NAME}, got "arn:aws:iam::111122223333:role/app"; use the name of the role without its path, not its ARN`,
    ],
    [
      "the name of a role with 65 characters",
      "a".repeat(65),
      {},
      `\`roleName\` must ${NAME}, got "${"a".repeat(65)}"; use the name of the role without its path, not its ARN`,
    ],
    [
      "no name of a role",
      undefined,
      {},
      "`roleName` is required; use the name of the role without its path, not its ARN",
    ],
    [
      "a name of a role that is not known yet",
      Lazy.stringValue({ produce: () => undefined }),
      {},
      "`roleName` must be known when the permission is granted, got a token; grant it later, or use grantPull with the role itself",
    ],
    [
      "a prefix that no upstream has",
      "app",
      { prefixes: ["hub"] },
      '`prefixes[0]` must be one of ecr-public, quay, got "hub"; add an upstream with that prefix',
    ],
    [
      "an empty list of prefixes",
      "app",
      { prefixes: [] },
      "`prefixes` must be a list of at least one prefix, got []; leave it out for all upstreams",
    ],
    [
      "a string in place of a boolean option",
      "app",
      { createRepositories: "no" },
      '`createRepositories` must be true or false, got "no"; leave it out to let pulls create repositories',
    ],
    [
      "a list in place of the options",
      "app",
      ["quay"],
      '`options` must be an object of options, got ["quay"]; leave it out to allow pulls from every upstream',
    ],
    [
      "a misspelt option",
      "app",
      { prefix: "quay" },
      "`prefix` is not an option of a pull policy; did you mean `prefixes`?",
    ],
  ])("fails for %s", (_, roleName, options, message) => {
    const stack = stackIn("us-east-1");
    const cache = cacheIn(stack);
    expect(messageOf(() => cache.grantPullToRoleNamed(roleName as never, options as never))).toBe(
      `stack/cache: ${message}`,
    );
    expect(blocks(synthesized(stack), "aws_iam_role_policy")).toEqual([]);
  });
});

describe("resources of one upstream", () => {
  const written = RegistryCredential.managed({ usernameVariable: "user", accessTokenVariable: "token", version: 1 });
  const upstreams = [
    Upstream.quay({ prefix: "quay/" }),
    Upstream.kubernetes({ repositorySettings: { creationTemplate: false } }),
    Upstream.dockerHub(written),
    Upstream.github(RegistryCredential.fromSecretName("ecr-pullthroughcache/github")),
  ];

  function cacheOfAll(): PullThroughCache {
    return new PullThroughCache(stackIn("us-east-1"), "cache", { upstreams });
  }

  test("are found by its prefix, with and without a slash at the end", () => {
    const cache = cacheOfAll();
    for (const prefix of ["quay", "quay/"]) {
      expect(cache.rule(prefix).ecrRepositoryPrefixInput).toBe("quay/");
      expect(cache.template(prefix).prefixInput).toBe("quay/");
    }
    expect(cache.secret("docker-hub").nameInput).toBe("ecr-pullthroughcache/docker-hub");
    expect(cache.secret("docker-hub/")).toBe(cache.secret("docker-hub"));
    cache.addUpstream(Upstream.gitlab(written));
    expect(cache.rule("gitlab").upstreamRegistryUrlInput).toBe("registry.gitlab.com");
  });

  test("can be what other resources depend on", () => {
    const cache = cacheOfAll();
    const stack = TerraformStack.of(cache);
    new TerraformOutput(stack, "rule", { value: 1, dependsOn: [cache.rule("docker-hub"), cache.secret("docker-hub")] });
    const json = synthesized(stack) as { output?: { rule: { depends_on: string[] } } };
    expect(json.output?.rule.depends_on).toEqual([
      expect.stringMatching(/^\$\{aws_ecr_pull_through_cache_rule\.cache_docker-hub-rule_\w+}$/),
      expect.stringMatching(/^\$\{aws_secretsmanager_secret\.cache_docker-hub-secret_\w+}$/),
    ]);
  });

  test.each<[string, (cache: PullThroughCache) => unknown, string]>([
    [
      "fails for the rule of a prefix that no upstream has",
      (cache) => cache.rule("gitlab"),
      '`prefix` must be one of quay, kubernetes, docker-hub, github, got "gitlab"; add an upstream with that prefix',
    ],
    [
      "fails for the template of a prefix that no upstream has",
      (cache) => cache.template("gitlab"),
      '`prefix` must be one of quay, kubernetes, docker-hub, github, got "gitlab"; add an upstream with that prefix',
    ],
    [
      "fails for the secret of a prefix that is not given",
      (cache) => cache.secret(undefined as never),
      "`prefix` is required; add an upstream with that prefix",
    ],
    [
      "fails for the template of an upstream without one",
      (cache) => cache.template("kubernetes"),
      '`prefix` must be of an upstream with a creation template, got "kubernetes"; the template does not exist because of `creationTemplate: false`',
    ],
    [
      "fails for the secret of an upstream without a credential",
      (cache) => cache.secret("quay"),
      '`prefix` must be of an upstream with a managed credential, got "quay"; use RegistryCredential.managed, or refer to the secret that you created',
    ],
    [
      "fails for the secret of an upstream whose secret is looked up",
      (cache) => cache.secret("github"),
      '`prefix` must be of an upstream with a managed credential, got "github"; use RegistryCredential.managed, or refer to the secret that you created',
    ],
  ])("%s", (_, find, message) => {
    expect(messageOf(() => find(cacheOfAll()))).toBe(`stack/cache: ${message}`);
  });
});

test("a cache is recognized among other values, also by another copy of this package", () => {
  const cache = stackWithCache({ upstreams: [Upstream.ecrPublic()] }).node.findChild("cache");
  expect(PullThroughCache.isPullThroughCache(cache)).toBe(true);
  for (const other of [undefined, null, "cache", {}, cache.node.scope]) {
    expect(PullThroughCache.isPullThroughCache(other)).toBe(false);
  }
});

test("a caller's construct may have the id of the version constraint", () => {
  const stack = stackIn("us-east-1");
  new Construct(stack, "terraform-version-constraint");
  new PullThroughCache(stack, "cache", {
    upstreams: [Upstream.unlisted("registry.example.com", { prefix: "example" })],
  });
  expect(() => synthesized(stack)).not.toThrow();
});
