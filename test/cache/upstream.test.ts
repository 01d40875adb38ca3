import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { Lazy, Token } from "cdktf";
import { PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { UpstreamOptions } from "cdktf-ecr-pull-through-cache";
import { SUPPORTED_REGISTRIES } from "../../src/image/supported-registries";
import { blocks, messageOf, only, stackIn, stackWithCache, synthesized, warnings } from "../support/synthesis";

const SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/registry-AbCdEf";
const credential = RegistryCredential.fromSecretArn(SECRET);
const FACTORIES = Object.values(SUPPORTED_REGISTRIES).map(({ factory }) => factory);

function ruleOf(upstream: Upstream, accountId: string | undefined = "111122223333") {
  return only(synthesized(stackWithCache({ upstreams: [upstream], accountId })), "aws_ecr_pull_through_cache_rule");
}

function faultOf(upstream: unknown) {
  return messageOf(() => stackWithCache({ upstreams: [upstream as Upstream], accountId: "111122223333" }));
}

describe("a registry whose host differs by customer", () => {
  test.each<[string, (options?: UpstreamOptions) => Upstream, string, string, boolean]>([
    ["Azure", (o) => Upstream.azure("contoso", credential, o), "contoso.azurecr.io", "azure", true],
    [
      "private ECR",
      (o) => Upstream.privateEcr({ region: "eu-west-1", ...o }),
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
      "ecr",
      false,
    ],
  ])("%s has its URL, its usual prefix and its way to sign in", (_name, create, url, prefix, signsIn) => {
    const rule = ruleOf(create());
    expect(rule["upstream_registry_url"]).toBe(url);
    expect(rule["ecr_repository_prefix"]).toBe(prefix);
    expect(rule["credential_arn"]).toBe(signsIn ? SECRET : undefined);
    expect(ruleOf(create({ prefix: "mirror/x" }))["ecr_repository_prefix"]).toBe("mirror/x");
  });

  test("only private ECR has an upstream repository prefix", () => {
    expect(ruleOf(Upstream.ecrPublic())).not.toHaveProperty("upstream_repository_prefix");
    expect(ruleOf(Upstream.privateEcr({ region: "eu-west-1" }))["upstream_repository_prefix"]).toBe("ROOT");
  });
});

describe("a private registry", () => {
  test("in the same account needs no role", () => {
    const json = synthesized(
      stackWithCache({
        upstreams: [Upstream.privateEcr({ region: "eu-west-1", accountId: "111122223333" })],
        accountId: "111122223333",
      }),
    );
    expect(blocks(json, "aws_iam_role")).toEqual([]);
    expect(only(json, "aws_ecr_pull_through_cache_rule")).not.toHaveProperty("custom_role_arn");
  });

  test("of another account is read with a role that is made, once for all of them, and that the rules wait for", () => {
    const json = synthesized(
      stackWithCache({
        upstreams: [
          Upstream.privateEcr({ region: "us-east-1", accountId: "444455556666", prefix: "a1" }),
          Upstream.privateEcr({ region: "us-east-1", accountId: "777788889999", prefix: "a2" }),
        ],
        accountId: "111122223333",
      }),
    );
    const role = only(json, "aws_iam_role");
    expect(JSON.parse(role["assume_role_policy"] as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: "pullthroughcache.ecr.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    });
    expect(JSON.parse(only(json, "aws_iam_role_policy")["policy"] as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: [
            "ecr:GetDownloadUrlForLayer",
            "ecr:GetAuthorizationToken",
            "ecr:BatchImportUpstreamImage",
            "ecr:BatchGetImage",
            "ecr:GetImageCopyStatus",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
            "ecr:PutImage",
          ],
          Resource: "*",
        },
      ],
    });
    for (const rule of blocks(json, "aws_ecr_pull_through_cache_rule")) {
      expect(rule["custom_role_arn"]).toMatch(/^\$\{aws_iam_role\.cache_upstream-role_\w+\.arn}$/);
      expect(rule["depends_on"]).toContainEqual(
        expect.stringMatching(/^aws_iam_role_policy\.cache_upstream-role-policy_/),
      );
      expect(rule).not.toHaveProperty("lifecycle");
    }
  });

  test("of another account is read with the role that is given", () => {
    const roleArn = "arn:aws:iam::111122223333:role/service/ecr-reader";
    const rule = ruleOf(Upstream.privateEcr({ region: "us-east-1", accountId: "444455556666", roleArn }));
    expect(rule["custom_role_arn"]).toBe(roleArn);
  });

  test("whose account may turn out to be the cache's own fails the plan then", () => {
    const stack = stackIn("us-east-1");
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.privateEcr({ region: "us-east-1", accountId: "444455556666" })],
      accountId: new DataAwsCallerIdentity(stack, "me").accountId,
    });
    expect(only(synthesized(stack), "aws_ecr_pull_through_cache_rule")["lifecycle"]).toEqual({
      precondition: [
        {
          condition: '${(data.aws_caller_identity.me.account_id != "444455556666")}',
          error_message:
            "The upstream ecr is in the account of the cache, where ECR accepts no role: use Upstream.privateEcr without accountId.",
        },
      ],
    });
  });

  test("may be named by tokens", () => {
    const stack = stackIn("us-east-1");
    const other = new DataAwsCallerIdentity(stack, "other");
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.privateEcr({ region: "us-east-1", accountId: other.accountId })],
      accountId: "111122223333",
    });
    const rule = only(synthesized(stack), "aws_ecr_pull_through_cache_rule");
    expect(rule["upstream_registry_url"]).toBe(
      "${data.aws_caller_identity.other.account_id}.dkr.ecr.us-east-1.amazonaws.com",
    );
    expect(rule["lifecycle"]).toHaveProperty("precondition");
  });

  test("may be in a region that an expression names", () => {
    const stack = stackIn("cn-north-1");
    const upstream = Upstream.privateEcr({ region: "${var.region}", accountId: "444455556666" });
    new PullThroughCache(stack, "cache", { upstreams: [upstream], accountId: "111122223333" });
    expect(only(synthesized(stack), "aws_ecr_pull_through_cache_rule")["upstream_registry_url"]).toBe(
      "444455556666.dkr.ecr.${var.region}.amazonaws.com.cn",
    );
  });

  test("has the DNS suffix of its partition", () => {
    const stack = stackIn("cn-north-1");
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.privateEcr({ region: "cn-northwest-1" })],
      accountId: "111122223333",
    });
    expect(only(synthesized(stack), "aws_ecr_pull_through_cache_rule")["upstream_registry_url"]).toBe(
      "111122223333.dkr.ecr.cn-northwest-1.amazonaws.com.cn",
    );
  });

  test("cached without a prefix leaves the upstream repository prefix out, as AWS demands", () => {
    expect(ruleOf(Upstream.privateEcr({ region: "eu-west-1", prefix: "ROOT" }))).not.toHaveProperty(
      "upstream_repository_prefix",
    );
  });

  test.each<[string, Upstream, string]>([
    [
      "fails when it is the cache's own registry",
      Upstream.privateEcr({ region: "us-east-1" }),
      '`upstreams[0].region` must be another region than the cache\'s, got "us-east-1"; a registry cannot cache itself: pull from it directly',
    ],
    [
      "fails when it is in another partition",
      Upstream.privateEcr({ region: "cn-north-1" }),
      '`upstreams[0].region` must be in the partition of the cache, aws, got "cn-north-1"; ECR cannot reach a registry in another partition',
    ],
    [
      "fails on an account ID of 11 digits",
      Upstream.privateEcr({ region: "eu-west-1", accountId: "44445555666" }),
      '`upstreams[0].accountId` must be an AWS account ID of 12 digits, got "44445555666"; leave it out for the account of the cache',
    ],
    [
      "fails on a zone for a region",
      Upstream.privateEcr({ region: "eu-west-1a" }),
      '`upstreams[0].region` must be the name of an AWS region, like eu-west-1, got "eu-west-1a"; give the region, not an availability zone',
    ],
    [
      "fails on a role in the same account",
      Upstream.privateEcr({ region: "eu-west-1", roleArn: "arn:aws:iam::111122223333:role/x" }),
      '`upstreams[0].roleArn` must be given only for an upstream in another account, got "arn:aws:iam::111122223333:role/x"; set `accountId` to that account, or leave the role out',
    ],
    [
      "fails on a role that is none",
      Upstream.privateEcr({ region: "eu-west-1", accountId: "444455556666", roleArn: "arn:aws:iam::1:user/x" }),
      '`upstreams[0].roleArn` must be the ARN of an IAM role, got "arn:aws:iam::1:user/x"; leave it out: a role is created if one is needed',
    ],
    [
      "fails on an upstream prefix that is none",
      Upstream.privateEcr({ region: "eu-west-1", upstreamRepositoryPrefix: "/base" }),
      '`upstreams[0].upstreamRepositoryPrefix` must be 2 to 30 characters: lower-case letters and digits, with single `.`, `_`, `-` or `/` between them, or ROOT for no prefix, got "/base"; use ROOT to cache every repository; it must be a literal',
    ],
    [
      "fails on an upstream prefix beside ROOT",
      Upstream.privateEcr({ region: "eu-west-1", prefix: "ROOT", upstreamRepositoryPrefix: "base" }),
      '`upstreams[0].upstreamRepositoryPrefix` must not be given beside the prefix ROOT, got "base"; leave it out, or choose another `prefix`',
    ],
  ])("%s", (_name, upstream, message) => {
    expect(faultOf(upstream)).toBe(`stack/cache: ${message}`);
  });
});

describe("a registry given by its URL", () => {
  test("is the one of the catalogue, with its usual prefix", () => {
    expect(ruleOf(Upstream.fromRegistryUrl("ghcr.io", { credential }))).toMatchObject({
      upstream_registry_url: "ghcr.io",
      ecr_repository_prefix: "github",
      credential_arn: SECRET,
    });
    expect(ruleOf(Upstream.fromRegistryUrl("contoso.azurecr.io", { credential }))["ecr_repository_prefix"]).toBe(
      "azure",
    );
  });

  test("of a private registry is taken apart", () => {
    const rule = ruleOf(Upstream.fromRegistryUrl("444455556666.dkr.ecr.eu-west-1.amazonaws.com"));
    expect(rule["upstream_registry_url"]).toBe("444455556666.dkr.ecr.eu-west-1.amazonaws.com");
    expect(rule["custom_role_arn"]).toMatch(/aws_iam_role/);
  });

  test.each([
    [
      "gcr.io",
      "be a registry that ECR can cache",
      "ECR cannot cache Google Container Registry: copy these images into a private repository",
    ],
    [
      "eu.gcr.io",
      "be a registry that ECR can cache",
      "ECR cannot cache Google Container Registry: copy these images into a private repository",
    ],
    [
      "europe-docker.pkg.dev",
      "be a registry that ECR can cache",
      "ECR cannot cache Google Artifact Registry: copy these images into a private repository",
    ],
    [
      "acme.jfrog.io",
      "be a registry that ECR can cache",
      "ECR cannot cache JFrog Artifactory: copy these images into a private repository",
    ],
    [
      "harbor.acme.com",
      "be a registry that ECR can cache",
      "ECR cannot cache Harbor: copy these images into a private repository",
    ],
    [
      "gitlab.acme.com",
      "be a registry that ECR can cache",
      "ECR caches GitLab.com only, not a self-managed GitLab: copy these images into a private repository",
    ],
    [
      "mcr.microsoft.com",
      "be a registry that ECR can cache",
      "ECR caches Azure registries named <name>.azurecr.io only: copy these images into a private repository",
    ],
    [
      "dhi.io",
      "be a registry that ECR can cache",
      "ECR cannot cache Docker Hardened Images: copy these images into a private repository",
    ],
    [
      "nvcr.io",
      "be a registry that ECR can cache",
      "ECR cannot cache NVIDIA NGC: copy these images into a private repository",
    ],
    [
      "docker.elastic.co",
      "be a registry that ECR can cache",
      "ECR cannot cache the registry of Elastic: copy these images into a private repository",
    ],
    [
      "registry.access.redhat.com",
      "be a registry that ECR can cache",
      "ECR cannot cache the registries of Red Hat: copy these images into a private repository",
    ],
    [
      "registry.redhat.io",
      "be a registry that ECR can cache",
      "ECR cannot cache the registries of Red Hat: copy these images into a private repository",
    ],
    [
      "containers.sentinelone.net",
      "be a registry that ECR can cache",
      "ECR cannot cache the registry of SentinelOne: copy these images into a private repository",
    ],
    [
      "docker.io",
      "be a registry that ECR can cache",
      "ECR reaches Docker Hub as registry-1.docker.io: use Upstream.dockerHub(credential)",
    ],
    [
      "registry.example.com",
      "be a registry that ECR can cache",
      `use one of ${FACTORIES.join(", ")}, or Upstream.unlisted(…) if AWS supports it by now`,
    ],
    [
      "https://public.ecr.aws",
      "be a bare host",
      "use the host in lower case, without scheme, port or path: the path of a repository belongs in the image's name",
    ],
    [
      "public.ecr.aws/elastio",
      "be a bare host",
      "use the host in lower case, without scheme, port or path: the path of a repository belongs in the image's name",
    ],
    [
      "",
      "be a bare host",
      "use the host in lower case, without scheme, port or path: the path of a repository belongs in the image's name",
    ],
  ])("fails on %j, by name and with the reason", (url, rule, wayOut) => {
    expect(faultOf(Upstream.fromRegistryUrl(url))).toBe(
      `stack/cache: \`upstreams[0].upstreamRegistryUrl\` must ${rule}, got ${JSON.stringify(url)}; ${wayOut}`,
    );
  });

  test("fails on a registry's name that no text can be made of", () => {
    expect(faultOf(Upstream.azure(Symbol("acme") as never, credential))).toContain(
      "stack/cache: `upstreams[0].registryName` must ",
    );
  });

  test("fails on a host with a password before it, and does not show the password", () => {
    expect(faultOf(Upstream.fromRegistryUrl("swordfish@ghcr.io"))).toMatch(
      /must be a bare host, got a string of 17 characters \(not shown, it may be a secret\)/,
    );
  });

  test("fails on a token, whose registry nobody can tell", () => {
    expect(faultOf(Upstream.fromRegistryUrl(Token.asString({ resolve: () => "${var.url}" })))).toBe(
      "stack/cache: `upstreams[0].upstreamRegistryUrl` must be known at synth, got a token; use a literal",
    );
  });
});

describe("what a caller in JavaScript, or from a file, may pass", () => {
  test("a credential that is null is none", () => {
    expect(ruleOf(Upstream.fromRegistryUrl("quay.io", { credential: null as never }))).not.toHaveProperty(
      "credential_arn",
    );
    expect(faultOf(Upstream.fromRegistryUrl("ghcr.io", { credential: null as never }))).toContain(
      "`upstreams[0].credential` is required;",
    );
  });

  test("a private registry's URL takes what a private registry takes, and others do not", () => {
    const options = { roleArn: "arn:aws:iam::111122223333:role/x", upstreamRepositoryPrefix: "base", prefix: "shared" };
    expect(ruleOf(Upstream.fromRegistryUrl("444455556666.dkr.ecr.eu-west-1.amazonaws.com", options))).toMatchObject({
      custom_role_arn: options.roleArn,
      upstream_repository_prefix: "base",
    });
    expect(faultOf(Upstream.fromRegistryUrl("quay.io", { roleArn: options.roleArn }))).toBe(
      "stack/cache: `upstreams[0].roleArn` is not an option of this upstream; use one of prefix, repositorySettings",
    );
  });

  test("an option that is misspelt or does not belong fails, and is not shown", () => {
    expect(faultOf(Upstream.quay({ prefx: "x" } as never))).toBe(
      "stack/cache: `upstreams[0].prefx` is not an option of this upstream; did you mean `prefix`?",
    );
    expect(faultOf(Upstream.dockerHub(credential, { accessToken: "x" } as never))).toBe(
      "stack/cache: `upstreams[0].accessToken` is not an option of this upstream; for the credential, use RegistryCredential.managed, fromSecretArn or fromSecretName",
    );
    expect(faultOf(Upstream.quay({ accessToken: "x" } as never))).toBe(
      "stack/cache: `upstreams[0].accessToken` is not an option of this upstream; use one of prefix, repositorySettings",
    );
    expect(faultOf(Upstream.kubernetes({ credential } as never))).toContain(
      "`upstreams[0].credential` is not an option of this upstream",
    );
  });

  test.each<[string, Upstream, string]>([
    [
      "an Azure registry's short name",
      Upstream.fromRegistryUrl("acme.azurecr.io", { credential }),
      'be a registry that ECR can cache, got "acme.azurecr.io"; the name of an Azure registry has 5 to 50',
    ],
    ["an Azure registry that was not set", Upstream.azure(undefined as never, credential), "is required; use the name"],
    ["an Azure registry that is a number", Upstream.azure(12345 as never, credential), "be 5 to 50 lower-case"],
    ["a host in a list", Upstream.unlisted(["registry.example.com"] as never, { prefix: "ab" }), "be a bare host"],
    ["no host", Upstream.fromRegistryUrl(undefined as never), "is required; use the host"],
    ["a host in capitals", Upstream.fromRegistryUrl("GHCR.IO", { credential }), "be a bare host"],
    [
      "a private registry at another domain",
      Upstream.fromRegistryUrl("444455556666.dkr.ecr.eu-west-1.amazonaws.com.evil.example"),
      "be the host of a private registry, 444455556666.dkr.ecr.eu-west-1.amazonaws.com, got",
    ],
    ["no options of a private registry", Upstream.privateEcr(undefined as never), "is required; give the region"],
    [
      "a role of the upstream's account",
      Upstream.privateEcr({
        region: "eu-west-1",
        accountId: "444455556666",
        roleArn: "arn:aws:iam::444455556666:role/x",
      }),
      "be in the account of the cache, 111122223333, got",
    ],
  ])("fails on %s", (_name, upstream, rule) => {
    expect(faultOf(upstream)).toContain(rule.startsWith("is ") ? `\` ${rule}` : `\` must ${rule}`);
  });
});

describe("a registry that AWS may have added since", () => {
  const upstream = Upstream.unlisted("registry.example.com", { prefix: "example" });

  test("is used on the caller's word, with a warning", () => {
    const stack = stackWithCache({ upstreams: [upstream] });
    expect(only(synthesized(stack), "aws_ecr_pull_through_cache_rule")).toMatchObject({
      upstream_registry_url: "registry.example.com",
      ecr_repository_prefix: "example",
    });
    expect(warnings(stack)).toEqual([
      'this version does not know registry.example.com as a registry that Amazon ECR can cache; AWS rejects the rule example if it is none: see AWS\'s list (if this is meant, add "unlisted-registry" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app\'s context)',
    ]);
  });

  test("is replaced when it begins or ceases to sign in, which the provider would not notice", () => {
    const trigger = (json: ReturnType<typeof synthesized>) =>
      Object.entries(json.resource?.["terraform_data"] ?? {}).find(([name]) => name.includes("-authentication"))?.[1]?.[
        "input"
      ];
    const without = synthesized(stackWithCache({ upstreams: [upstream] }));
    const signedIn = Upstream.unlisted("registry.example.com", { prefix: "example", credential });
    const withCredential = synthesized(stackWithCache({ upstreams: [signedIn] }));
    expect([trigger(without), trigger(withCredential)]).toEqual(["none", "credential"]);
    expect(only(without, "aws_ecr_pull_through_cache_rule")["lifecycle"]).toEqual({
      replace_triggered_by: [expect.stringMatching(/^terraform_data\.cache_example-authentication_\w+$/)],
    });
  });

  const LABEL = "a".repeat(63);
  const LONGEST = `${LABEL}.${LABEL}.${LABEL}.${"a".repeat(61)}`;

  test.each(["a.b", "1a.2b.example.com", "xn--a.xn--b", LONGEST])("may have the host %s", (host) => {
    expect(ruleOf(Upstream.unlisted(host, { prefix: "example" }))["upstream_registry_url"]).toBe(host);
  });

  test.each([
    "https://registry.example.com",
    "registry.example.com/team",
    "registry.example.com:443",
    "Registry.example.com",
    "registry",
    "registry..example.com",
    "-.-",
    "-a.example.com",
    "a-.example.com",
    "a_b.example.com",
    "10.0.0.1",
    `a${LABEL}.com`,
    `a${LONGEST}`,
  ])("fails with the host %s", (host) => {
    expect(faultOf(Upstream.unlisted(host, { prefix: "example" }))).toMatch(
      /^stack\/cache: `upstreams\[0\]\.upstreamRegistryUrl` must be a bare host, got .*; use the host in lower case, without scheme, port or path: the path of a repository belongs in the image's name$/,
    );
  });

  test("may be one that was refused when this version was made", () => {
    expect(ruleOf(Upstream.unlisted("gcr.io", { prefix: "gcr" }))["upstream_registry_url"]).toBe("gcr.io");
  });

  test("fails on an Azure registry, which has a factory as well", () => {
    expect(faultOf(Upstream.unlisted("contoso.azurecr.io", { prefix: "az" }))).toContain("use Upstream.azure(");
  });

  test("fails on a registry that has a factory", () => {
    expect(faultOf(Upstream.unlisted("quay.io", { prefix: "quay" }))).toBe(
      'stack/cache: `upstreams[0].upstreamRegistryUrl` must be a registry that this version does not know, got "quay.io"; use Upstream.quay()',
    );
  });

  test("fails without a prefix", () => {
    for (const options of [{}, undefined, { prefix: undefined }, { prefix: null }] as never[]) {
      expect(faultOf(Upstream.unlisted("registry.example.com", options))).toBe(
        "stack/cache: `upstreams[0].prefix` is required; an unlisted registry has no usual prefix, with which the names of its repositories begin",
      );
    }
  });

  test("fails with an empty prefix", () => {
    expect(faultOf(Upstream.unlisted("registry.example.com", { prefix: "" }))).toBe(
      'stack/cache: `upstreams[0].prefix` must be 2 to 30 characters: lower-case letters and digits, with single `.`, `_`, `-` or `/` between them, or ROOT for no prefix, got ""; use a literal like docker-hub, since resources are named after it',
    );
  });
});

describe("a prefix", () => {
  const rule =
    "must be 2 to 30 characters: lower-case letters and digits, with single `.`, `_`, `-` or `/` between them, or ROOT for no prefix";

  test.each(["ROOT", "root", "a/b", "ab/", "a.b", "a/", "a".repeat(30)])("may be %j", (prefix) => {
    expect(ruleOf(Upstream.ecrPublic({ prefix }))["ecr_repository_prefix"]).toBe(prefix);
  });

  test.each(["", "a", "a".repeat(31), "Docker", "/ab", "a//b", "a..b", "ab-", "ROOT/", "a b", "a__b", "a--b", "ab\n"])(
    "fails on %j",
    (prefix) => {
      expect(faultOf(Upstream.ecrPublic({ prefix }))).toBe(
        `stack/cache: \`upstreams[0].prefix\` ${rule}, got ${JSON.stringify(prefix)}; use a literal like docker-hub, since resources are named after it`,
      );
    },
  );

  test("fails on a token", () => {
    expect(faultOf(Upstream.quay({ prefix: Token.asString({ resolve: () => "${var.prefix}" }) }))).toBe(
      `stack/cache: \`upstreams[0].prefix\` ${rule}, got a token; use a literal like docker-hub, since resources are named after it`,
    );
  });
});

describe("signing in", () => {
  const required = "use RegistryCredential";
  test.each<[string, () => Upstream, string]>([
    ["Docker Hub", () => Upstream.dockerHub(undefined as never), "Docker Hub"],
    ["GitHub", () => Upstream.fromRegistryUrl("ghcr.io"), "the GitHub Container Registry"],
    ["Azure", () => Upstream.azure("contoso", undefined as never), "an Azure Container Registry"],
  ])("to %s fails without a credential", (_name, create, name) => {
    expect(faultOf(create())).toBe(
      `stack/cache: \`upstreams[0].credential\` is required; ECR caches ${name} only with a credential: ${required}`,
    );
  });

  test("fails where ECR takes no credential", () => {
    expect(faultOf(Upstream.fromRegistryUrl("quay.io", { credential }))).toBe(
      'stack/cache: `upstreams[0].credential` must not be given, got "a credential"; ECR accepts no credential for Quay: leave it out',
    );
  });

  test("fails on a token in place of a credential, and does not show it", () => {
    expect(faultOf(Upstream.dockerHub("dckr_pat_s3cr3t" as never))).toBe(
      "stack/cache: `upstreams[0].credential` must be a RegistryCredential, got a string of 15 characters (not shown, it may be a secret); use RegistryCredential.managed, fromSecretArn or fromSecretName",
    );
  });

  test.each([["contoso.azurecr.io"], ["Contoso"], ["abcd"], [""]])("to Azure fails on the registry name %j", (name) => {
    expect(faultOf(Upstream.azure(name, credential))).toBe(
      `stack/cache: \`upstreams[0].registryName\` must be 5 to 50 lower-case letters and digits, with or without a hyphen and a hash behind them, got ${JSON.stringify(name)}; use the name that Azure shows, without .azurecr.io`,
    );
  });
});

test("fails on something that is no upstream, and does not show it", () => {
  expect(faultOf({ url: "quay.io" })).toBe(
    "stack/cache: `upstreams[0]` must be an Upstream, got a value of type object; use a factory, for example Upstream.ecrPublic(), or Upstream.fromRegistryUrl for a URL",
  );
});

test("an account that a token of cdktf stands for is text in the condition, as the account of the cache is", () => {
  const accountId = Lazy.stringValue({ produce: () => "044455556666" });
  const stack = stackWithCache({ upstreams: [Upstream.privateEcr({ region: "us-east-1", accountId })] });
  const rule = only(synthesized(stack), "aws_ecr_pull_through_cache_rule") as {
    readonly lifecycle: { readonly precondition: readonly { readonly condition: string }[] };
  };
  expect(rule.lifecycle.precondition[0]?.condition).toMatch(/ != "044455556666"\)\}$/);
});
