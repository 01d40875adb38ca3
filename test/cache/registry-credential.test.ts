import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { App, Fn, Lazy, TerraformStack, TerraformVariable, Token } from "cdktf";
import { PullThroughCache, PullThroughCacheFleet, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import type { ManagedCredentialOptions } from "cdktf-ecr-pull-through-cache";
import { ACKNOWLEDGED_WARNINGS } from "../../src/terraform/warnings";
import {
  addresses,
  blocks,
  messageOf,
  only,
  stackIn,
  stackWithCache,
  synthesized,
  testApp,
  warnings,
} from "../support/synthesis";

const ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf";
const variables: ManagedCredentialOptions = {
  usernameVariable: "hub_username",
  accessTokenVariable: "hub_access_token",
  version: 3,
};

function cacheWith(credential: RegistryCredential) {
  return synthesized(stackWithCache({ upstreams: [Upstream.dockerHub(credential)], accountId: "111122223333" }));
}

function faultOf(credential: RegistryCredential) {
  return messageOf(() => cacheWith(credential)).replace("stack/cache: `upstreams[0].credential", "`");
}

describe("a credential from variables", () => {
  const json = cacheWith(RegistryCredential.managed(variables));

  test("declares two variables of the stack, sensitive, ephemeral and never empty", () => {
    const declared = (name: string) => ({
      type: "string",
      description:
        "Credential with which Amazon ECR signs in to an upstream registry. Terraform does not store it in the state.",
      sensitive: true,
      ephemeral: true,
      nullable: false,
      validation: [
        {
          condition: `\${length(trimspace(var.${name})) > 0}`,
          error_message: `The variable ${name} must not be empty.`,
        },
      ],
    });
    expect(json.variable).toEqual({
      hub_username: declared("hub_username"),
      hub_access_token: declared("hub_access_token"),
    });
  });

  test("writes a secret that ECR may read, with a write-only value", () => {
    expect(only(json, "aws_secretsmanager_secret")).toEqual({
      name: "ecr-pullthroughcache/docker-hub",
      description: "Credential of an ECR pull-through cache",
      recovery_window_in_days: 0,
      lifecycle: { create_before_destroy: true },
    });
    expect(only(json, "aws_secretsmanager_secret_version")).toEqual({
      secret_id: expect.stringMatching(/^\$\{aws_secretsmanager_secret\.cache_docker-hub-secret_\w+\.id}$/) as unknown,
      secret_string_wo: '${jsonencode({"username" = var.hub_username, "accessToken" = var.hub_access_token})}',
      secret_string_wo_version: 3,
      lifecycle: { create_before_destroy: true },
    });
  });

  test("is read by a rule that waits for the secret's value", () => {
    const rule = only(json, "aws_ecr_pull_through_cache_rule");
    expect(rule["credential_arn"]).toMatch(/^\$\{aws_secretsmanager_secret\.cache_docker-hub-secret_\w+\.arn}$/);
    expect(rule["depends_on"]).toContainEqual(
      expect.stringMatching(/^aws_secretsmanager_secret_version\.cache_docker-hub-secret-version_/),
    );
  });

  test("insists on a Terraform that has write-only arguments, unless the stack says otherwise", () => {
    expect(json.terraform?.["required_version"]).toBe(">= 1.11.0");
    const stack = stackWithCache({ upstreams: [Upstream.dockerHub(RegistryCredential.managed(variables))] });
    stack.addOverride("terraform.required_version", "~> 1.12");
    expect(synthesized(stack).terraform?.["required_version"]).toBe("~> 1.12");
  });

  test("declares a variable once, however many credentials use it", () => {
    const other = { ...variables, accessTokenVariable: "other_access_token" };
    const both = synthesized(
      stackWithCache({
        upstreams: [
          Upstream.dockerHub(RegistryCredential.managed(variables)),
          Upstream.github(RegistryCredential.managed(other)),
        ],
      }),
    );
    expect(Object.keys(both.variable ?? {}).sort()).toEqual(["hub_access_token", "hub_username", "other_access_token"]);
    expect(blocks(both, "aws_secretsmanager_secret")).toHaveLength(2);
  });

  test("shared by two upstreams under one name of a secret writes it once", () => {
    const shared = RegistryCredential.managed({ ...variables, secretName: "ecr-pullthroughcache/shared" });
    const both = synthesized(
      stackWithCache({ upstreams: [Upstream.dockerHub(shared), Upstream.dockerHub(shared, { prefix: "hub2" })] }),
    );
    expect(only(both, "aws_secretsmanager_secret")["name"]).toBe("ecr-pullthroughcache/shared");
    expect(new Set(blocks(both, "aws_ecr_pull_through_cache_rule").map((rule) => rule["credential_arn"])).size).toBe(1);
  });

  test("keeps a deleted secret for as long as it is told", () => {
    const kept = cacheWith(RegistryCredential.managed({ ...variables, recoveryWindowInDays: 7 }));
    expect(only(kept, "aws_secretsmanager_secret")["recovery_window_in_days"]).toBe(7);
  });

  test("takes its version and its secret's name from elsewhere", () => {
    const stack = stackIn("us-east-1");
    const version = new TerraformVariable(stack, "revision", { type: "number" }).numberValue;
    const secretName = new TerraformVariable(stack, "secret", { type: "string" }).stringValue;
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.dockerHub(RegistryCredential.managed({ ...variables, version, secretName }))],
    });
    const given = synthesized(stack);
    expect(only(given, "aws_secretsmanager_secret")["name"]).toBe("${var.secret}");
    expect(only(given, "aws_secretsmanager_secret_version")["secret_string_wo_version"]).toBe("${var.revision}");
  });

  const version = "start at 1 and increase it by one with every new value of the credential";
  test.each<[string, Partial<ManagedCredentialOptions>, string]>([
    ["version 0", { version: 0 }, `.version\` must be an integer of 1 or more, got 0; ${version}`],
    ["half a version", { version: 1.5 }, `.version\` must be an integer of 1 or more, got 1.5; ${version}`],
    [
      "no version",
      { version: undefined },
      ".version` is required; start at 1 and increase it by one with every new value of the credential",
    ],
    [
      "a recovery window of 6 days",
      { recoveryWindowInDays: 6 },
      ".recoveryWindowInDays` must be 0, or an integer from 7 to 30, got 6; use 0 to free the name of a deleted secret at once",
    ],
    [
      "a recovery window of 31 days",
      { recoveryWindowInDays: 31 },
      ".recoveryWindowInDays` must be 0, or an integer from 7 to 30, got 31; use 0 to free the name of a deleted secret at once",
    ],
    [
      "one variable for both",
      { accessTokenVariable: "hub_username" },
      ".accessTokenVariable` must name another variable than `usernameVariable`, got a string of 12 characters (not shown, it may be a secret); declare one variable for each",
    ],
    [
      "a name Terraform reserves",
      { usernameVariable: "version" },
      '.usernameVariable` must not be a name that Terraform reserves, got "version"; choose another name for the variable',
    ],
    [
      "a secret ECR may not read",
      { secretName: "docker-hub" },
      ".secretName` must be a secret's name that starts with ecr-pullthroughcache/, up to 512 letters, digits and /_+=.@-, got a string of 10 characters (not shown, it may be a secret); ECR reads only secrets whose names start with ecr-pullthroughcache/: rename it",
    ],
  ])("fails on %s", (_name, wrong, message) => {
    expect(faultOf(RegistryCredential.managed({ ...variables, ...wrong }))).toBe(`\`${message}`);
  });

  test("fails on no variables at all in the form of every error", () => {
    const nothing = undefined as unknown as ManagedCredentialOptions;
    expect(faultOf(RegistryCredential.managed(nothing))).toContain(
      ".credential.version` is required; start at 1 and increase it by one with every new value of the credential",
    );
  });

  test("fails on a variable named constructor, also in a fleet, before the first stack is made", () => {
    const credential = RegistryCredential.managed({ ...variables, usernameVariable: "constructor" });
    const rule = 'must not be the id of another construct in the stack, got "constructor"';
    expect(faultOf(credential)).toContain(`.usernameVariable\` ${rule}`);
    const app = testApp();
    const fleet = () =>
      new PullThroughCacheFleet(app, "fleet", { regions: ["us-east-1"], upstreams: [Upstream.dockerHub(credential)] });
    expect(messageOf(fleet)).toContain(`fleet: \`upstreams[0].credential.usernameVariable\` ${rule}`);
    expect(app.node.children).toEqual([]);
  });

  // Made up, in the shapes that registries give out.
  test.each([
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "ghp_0123456789abcdefghijabcdefghij012345",
    "github_pat_11abcdefg0123456789_abcdefghijklmnopqrst",
    "glpat-0123456789abcdefghij",
    "dckr_pat_0123456789abcdefghijabcdefg",
    "0123456789abcdef0123456789abcdef01234567",
    "a0123456789abcdef0123456789abcdef0123456",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln",
    "hunter2!",
    "${var.token}",
    "two words",
    "",
    "a".repeat(65),
  ])("fails on a value in place of a variable's name, and does not show it: %j", (value) => {
    expect(faultOf(RegistryCredential.managed({ ...variables, accessTokenVariable: value }))).toBe(
      `\`.accessTokenVariable\` must be the name of a Terraform variable in snake_case, up to 64 characters, like docker_hub_access_token, got a string of ${value.length} characters (not shown, it may be a secret); give the name of the variable here, and its value to Terraform, for example as TF_VAR_<name>`,
    );
  });

  test("fails on a variable given by reference", () => {
    const stack = stackIn("us-east-1");
    const token = new TerraformVariable(stack, "token", { type: "string" }).stringValue;
    const credential = RegistryCredential.managed({ ...variables, accessTokenVariable: token });
    expect(
      messageOf(() => new PullThroughCache(stack, "cache", { upstreams: [Upstream.dockerHub(credential)] })),
    ).toMatch(/`upstreams\[0]\.credential\.accessTokenVariable` must be the name of a Terraform variable/);
  });

  test("fails where the stack has something else of that name", () => {
    const stack = stackIn("us-east-1");
    new TerraformVariable(stack, "hub_username", { type: "string" });
    const credential = RegistryCredential.managed(variables);
    expect(messageOf(() => new PullThroughCache(stack, "cache", { upstreams: [Upstream.dockerHub(credential)] }))).toBe(
      'stack/cache: `upstreams[0].credential.usernameVariable` must not be the id of another construct in the stack, got "hub_username"; do not declare the variable yourself, or choose another name',
    );
  });

  test("fails where two credentials write one secret", () => {
    const named = () => RegistryCredential.managed({ ...variables, secretName: "ecr-pullthroughcache/shared" });
    expect(
      messageOf(() => stackWithCache({ upstreams: [Upstream.dockerHub(named()), Upstream.github(named())] })),
    ).toBe(
      'stack/cache: `upstreams[1].credential` must write a secret that no other credential or cache writes, but stack/cache does, got "ecr-pullthroughcache/shared"; share one RegistryCredential between the upstreams of a cache, or give each its own `secretName`',
    );
  });
});

test("secrets whose names are expressions written by hand are looked up once for each name", () => {
  const expressions = ["${local.a_secret}", "${local.b_secret}", "${local.c_secret}", "${local.c_secret}"];
  const json = synthesized(
    stackWithCache({
      upstreams: expressions.map((name, index) =>
        Upstream.dockerHub(RegistryCredential.fromSecretName(name), { prefix: `hub${index}` }),
      ),
    }),
  );
  expect(blocks(json, "aws_secretsmanager_secret").map((block) => block["name"])).toEqual(expressions.slice(0, 3));
});

test("a secret whose name ends with text behind an expression keeps its address, also beside another with that text", () => {
  const secretName = "${local.some_secrets}/docker-hub";
  const credential = RegistryCredential.managed({ ...variables, secretName });
  const other = RegistryCredential.managed({ ...variables, secretName: secretName.replace("some", "that") });
  const address = "aws_secretsmanager_secret.cache__2fdocker-hub-secret_";
  const alone = addresses(synthesized(stackWithCache({ upstreams: [Upstream.dockerHub(credential)] })));
  const both = addresses(
    synthesized(stackWithCache({ upstreams: [Upstream.dockerHub(credential), Upstream.github(other)] })),
  );
  expect(alone).toContainEqual(expect.stringContaining(address));
  expect(both).toEqual(expect.arrayContaining(alone));
  expect(both).toContainEqual(expect.stringContaining("aws_secretsmanager_secret.cache__7egithub-secret_"));
});

describe("a credential by its secret's ARN", () => {
  const arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf";

  test("is handed to the rule, and nothing is made or looked up", () => {
    const json = cacheWith(RegistryCredential.fromSecretArn(arn));
    expect(only(json, "aws_ecr_pull_through_cache_rule")["credential_arn"]).toBe(arn);
    expect([blocks(json, "aws_secretsmanager_secret"), json.data]).toEqual([[], undefined]);
  });

  /** A stack with a secret, its version, and a cache that signs in with an ARN that one of the two has. */
  function stackWithSecret(
    arnOf: (secret: SecretsmanagerSecret, version: SecretsmanagerSecretVersion) => string,
    acknowledged: string[] = [],
  ) {
    const stack = stackIn("us-east-1", { [ACKNOWLEDGED_WARNINGS]: acknowledged });
    const secret = new SecretsmanagerSecret(stack, "hub", { name: "ecr-pullthroughcache/hub" });
    const version = new SecretsmanagerSecretVersion(stack, "value", { secretId: secret.id, secretString: "{}" });
    const credential = RegistryCredential.fromSecretArn(arnOf(secret, version));
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.dockerHub(credential)] });
    return stack;
  }

  test("may come from a version of a secret, for whose value the rule waits then", () => {
    const stack = stackWithSecret((_, version) => version.arn);
    expect(only(synthesized(stack), "aws_ecr_pull_through_cache_rule")["credential_arn"]).toBe(
      "${aws_secretsmanager_secret_version.value.arn}",
    );
    expect(warnings(stack)).toEqual([]);
  });

  test.each<[string, (secret: SecretsmanagerSecret) => string]>([
    ["the ARN of a secret", (secret) => secret.arn],
    ["the ID of a secret, which is its ARN", (secret) => secret.id],
    ["a lazy ARN of a secret", (secret) => Lazy.stringValue({ produce: () => secret.arn })],
    ["the ARN of one of several secrets", () => '${aws_secretsmanager_secret.hub["docker"].arn}'],
  ])("warns of %s of the same stack, for whose value nothing waits", (_, arnOf) => {
    const stack = stackWithSecret(arnOf);
    synthesized(stack);
    expect(warnings(stack)).toEqual([
      'the rule docker-hub depends on aws_secretsmanager_secret.hub but not on its value, and AWS rejects the rule while the secret has no value: pass the arn of the aws_secretsmanager_secret_version to fromSecretArn, which is the same ARN (if this is meant, add "secret-value-not-awaited" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app\'s context)',
    ]);
    const silenced = stackWithSecret(arnOf, ["secret-value-not-awaited"]);
    synthesized(silenced);
    expect(warnings(silenced)).toEqual([]);
  });

  test("warns of no secret of another stack, which is applied with its value before", () => {
    const app = testApp();
    const stacks = ["secrets", "caches"].map((id) => new TerraformStack(app, id));
    stacks.forEach((stack) => new AwsProvider(stack, "aws", { region: "us-east-1" }));
    const [secrets, caches] = stacks as [TerraformStack, TerraformStack];
    const secret = new SecretsmanagerSecret(secrets, "hub", { name: "ecr-pullthroughcache/hub" });
    new PullThroughCache(caches, "cache", {
      upstreams: [Upstream.dockerHub(RegistryCredential.fromSecretArn(secret.arn))],
    });
    app.synth();
    expect(warnings(caches)).toEqual([]);
  });

  const full =
    ".secretArn` must be the full ARN of a Secrets Manager secret whose name starts with ecr-pullthroughcache/, with the six characters at its end, got ";
  const copy = "; copy it from Secrets Manager, or use fromSecretName";
  test.each([
    ["another service", "arn:aws:ssm:us-east-1:111122223333:parameter/ecr-pullthroughcache/docker-hub-AbCdEf"],
    ["another name", "arn:aws:secretsmanager:us-east-1:111122223333:secret:docker-hub-AbCdEf"],
    ["no six characters", "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/hub"],
    ["no account", "arn:aws:secretsmanager:us-east-1::secret:ecr-pullthroughcache/docker-hub-AbCdEf"],
    [
      "613 characters",
      `arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/${"x".repeat(532)}-AbCdEf`,
    ],
  ])("fails on %s", (_name, wrong) => {
    expect(faultOf(RegistryCredential.fromSecretArn(wrong))).toBe(`\`${full}${JSON.stringify(wrong)}${copy}`);
  });

  test("fails on a token, and does not show it", () => {
    expect(faultOf(RegistryCredential.fromSecretArn("user:dckr_pat_s3cr3t"))).toBe(
      `\`${full}a string of 20 characters (not shown, it may be a secret)${copy}`,
    );
  });

  test("fails on another region and another account, and says both", () => {
    const wrong = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:ecr-pullthroughcache/docker-hub-AbCdEf";
    expect(faultOf(RegistryCredential.fromSecretArn(wrong))).toBe(
      [
        "stack/cache: 2 validation errors",
        `- \`upstreams[0].credential.secretArn\` must be in the region of the cache, us-east-1, got "${wrong}"; replicate the secret there and use fromSecretName, which looks it up in each region`,
        `- \`upstreams[0].credential.secretArn\` must be in the account of the cache, 111122223333, got "${wrong}"; create a secret there: ECR does not read secrets of other accounts`,
      ].join("\n"),
    );
  });

  test("is not held against a region or an account that only Terraform knows", () => {
    const stack = stackIn(undefined);
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.dockerHub(RegistryCredential.fromSecretArn(arn))],
      accountId: new DataAwsCallerIdentity(stack, "me").accountId,
    });
    expect(only(synthesized(stack), "aws_ecr_pull_through_cache_rule")["credential_arn"]).toBe(arn);
  });
});

describe("a credential by its secret's name", () => {
  test("is looked up, once for all upstreams that share it", () => {
    const named = () => RegistryCredential.fromSecretName("ecr-pullthroughcache/hub");
    const json = synthesized(
      stackWithCache({ upstreams: [Upstream.dockerHub(named()), Upstream.dockerHub(named(), { prefix: "hub2" })] }),
    );
    expect(only(json, "aws_secretsmanager_secret")).toEqual({ name: "ecr-pullthroughcache/hub" });
    expect(json.resource).not.toHaveProperty("aws_secretsmanager_secret");
    for (const rule of blocks(json, "aws_ecr_pull_through_cache_rule")) {
      expect(rule["credential_arn"]).toMatch(
        /^\$\{data\.aws_secretsmanager_secret\.cache_hub-secret-lookup_\w+\.arn}$/,
      );
    }
  });

  test("may be named by tokens, and is still looked up once", () => {
    const stack = stackIn("us-east-1");
    const name = new TerraformVariable(stack, "secret", { type: "string" }).stringValue;
    const credential = RegistryCredential.fromSecretName(name);
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.dockerHub(credential), Upstream.github(credential)],
    });
    expect(blocks(synthesized(stack), "aws_secretsmanager_secret")).toEqual([{ name: "${var.secret}" }]);
  });

  test.each(["docker-hub", "ecr-pullthroughcache/", "", "dckr_pat_s3cr3t", `ecr-pullthroughcache/${"x".repeat(492)}`])(
    "fails on %j",
    (name) => {
      const got = name.startsWith("ecr-pullthroughcache/")
        ? JSON.stringify(name)
        : `a string of ${name.length} characters (not shown, it may be a secret)`;
      expect(faultOf(RegistryCredential.fromSecretName(name))).toBe(
        `\`.secretName\` must be a secret's name that starts with ecr-pullthroughcache/, up to 512 letters, digits and /_+=.@-, got ${got}; ECR reads only secrets whose names start with ecr-pullthroughcache/: rename it`,
      );
    },
  );
});

describe("one secret", () => {
  const shared = () => RegistryCredential.managed({ ...variables, secretName: "ecr-pullthroughcache/shared" });

  test("fails when two caches of a registry would both make it", () => {
    const stack = stackIn("us-east-1");
    const credential = shared();
    new PullThroughCache(stack, "one", { upstreams: [Upstream.dockerHub(credential)] });
    expect(messageOf(() => new PullThroughCache(stack, "two", { upstreams: [Upstream.github(credential)] }))).toContain(
      "`upstreams[0].credential` must write a secret that no other credential or cache writes, but stack/one does",
    );
  });

  test("is written once when its name is a token", () => {
    const stack = stackIn("us-east-1");
    const secretName = new TerraformVariable(stack, "secret", { type: "string" }).stringValue;
    const credential = RegistryCredential.managed({ ...variables, secretName });
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.dockerHub(credential), Upstream.github(credential)] });
    expect(blocks(synthesized(stack), "aws_secretsmanager_secret")).toHaveLength(1);
  });

  test("fails when one upstream writes it and another looks it up, which a first plan could not", () => {
    const writer = Upstream.dockerHub(shared());
    const reader = Upstream.github(RegistryCredential.fromSecretName("ecr-pullthroughcache/shared"));
    expect(messageOf(() => stackWithCache({ upstreams: [writer, reader] }))).toBe(
      'stack/cache: `upstreams[1].credential.secretName` must be a secret that exists already, but stack/cache creates it, got "ecr-pullthroughcache/shared"; share the RegistryCredential that creates it, or use fromSecretArn with the ARN of the secret',
    );
    expect(messageOf(() => stackWithCache({ upstreams: [reader, writer] }))).toBe(
      'stack/cache: `upstreams[1].credential` must create a secret that does not exist yet, but stack/cache looks it up in the same stack, got "ecr-pullthroughcache/shared"; share this RegistryCredential with the upstream that looks it up',
    );
  });

  test("may be written by one stack and looked up by a later one", () => {
    const app = testApp();
    const declare = (id: string, upstream: Upstream) => {
      const stack = new TerraformStack(app, id);
      new AwsProvider(stack, "aws", { region: "us-east-1" });
      new PullThroughCache(stack, "cache", { upstreams: [upstream], accountId: "111122223333" });
    };
    declare("one", Upstream.dockerHub(shared()));
    declare("two", Upstream.github(RegistryCredential.fromSecretName("ecr-pullthroughcache/shared")));
  });

  test("is not shown by a clash when its name may be a secret", () => {
    const named = () => RegistryCredential.managed({ ...variables, secretName: "Hunter2!Secret" });
    const message = messageOf(() =>
      stackWithCache({ upstreams: [Upstream.dockerHub(named()), Upstream.github(named())] }),
    );
    expect(message).toContain("2 validation errors");
    expect(message).not.toContain("Hunter2");
  });
});

describe("a value that is a token in part", () => {
  const stack = stackIn("us-east-1");
  const part = new TerraformVariable(stack, "part", { type: "string" }).stringValue;

  test.each([
    ["a name that cannot fit", RegistryCredential.fromSecretName(`docker-hub/${part}`)],
    ["an ARN of another service", RegistryCredential.fromSecretArn(`arn:aws:ssm:us-east-1:${part}:parameter/x`)],
    ["an ARN of another region", RegistryCredential.fromSecretArn(`arn:aws:secretsmanager:eu-west-1:${part}:secret:x`)],
  ])("fails on %s", (_name, credential) => {
    expect(faultOf(credential)).toContain(" must be ");
  });

  test("is taken when what is known of it fits", () => {
    const arn = `arn:aws:secretsmanager:us-east-1:${part}:secret:ecr-pullthroughcache/hub-AbCdEf`;
    new PullThroughCache(stack, "cache", {
      upstreams: [
        Upstream.dockerHub(RegistryCredential.fromSecretArn(arn)),
        Upstream.github(RegistryCredential.fromSecretName(`ecr-pullthroughcache/${part}`)),
      ],
    });
    expect(synthesized(stack).data?.["aws_secretsmanager_secret"]).toBeDefined();
  });
});

test.each([
  "docker_hub_access_token_2",
  "DOCKER_HUB_TOKEN",
  "glpat_registry_token_readonly",
  "dockerhubaccesstoken2",
  "registrycredentials01",
])("a variable may be named %s", (name) => {
  expect(cacheWith(RegistryCredential.managed({ ...variables, accessTokenVariable: name })).variable).toHaveProperty(
    name,
  );
});

test("fails on a variable's name as it stands in the environment, and on an option that there is not", () => {
  const credential = (more: object) => RegistryCredential.managed({ ...variables, ...more });
  expect(faultOf(credential({ usernameVariable: "TF_VAR_hub" }))).toContain("must not begin with TF_VAR_");
  expect(faultOf(credential({ size: 1 }))).toContain(
    ".size` is not an option of RegistryCredential.managed; use one of usernameVariable, accessTokenVariable, version, secretName",
  );
  for (const [name, right] of [
    ["username", "usernameVariable"],
    ["accessToken", "accessTokenVariable"],
    ["token", "accessTokenVariable"],
    ["password", "accessTokenVariable"],
    ["secret", "secretName"],
  ] as const) {
    expect(faultOf(credential({ [name]: "x" }))).toContain(
      `.${name}\` is not an option of RegistryCredential.managed; did you mean \`${right}\`?`,
    );
  }
});

test("no fault of anything else shows a credential, or what is shaped like a token", () => {
  const pat = "dckr_pat_0123456789abcdef";
  const bad = RegistryCredential.managed({ usernameVariable: "me", accessTokenVariable: pat, version: 1 });
  const good = RegistryCredential.managed(variables);
  const upstreams: unknown[] = [
    Upstream.dockerHub(bad),
    { a: Upstream.dockerHub(bad) },
    pat,
    [Upstream.azure(bad as never, "contoso" as never)],
    [Upstream.azure(pat, good)],
    [Upstream.fromRegistryUrl(`https://me:${pat}@ghcr.io`)],
    [Upstream.fromRegistryUrl("me:hunter2@ghcr.io")],
    [Upstream.unlisted(`me:${pat}@ghcr.io`, { prefix: pat })],
    [Upstream.fromRegistryUrl(bad as never)],
    [Upstream.privateEcr({ region: bad as never, accountId: pat, roleArn: pat })],
    [Upstream.dockerHub(good, { prefix: bad as never, repositorySettings: [bad] as never })],
    [Upstream.dockerHub(good, pat as never)],
    [Upstream.dockerHub(RegistryCredential.fromSecretArn(`arn:${pat}`))],
    [Upstream.dockerHub(RegistryCredential.fromSecretName("ecr-pullthroughcache/ hunter2"))],
    [Upstream.dockerHub(RegistryCredential.fromSecretName(`ecr-pullthroughcache/${pat}`))],
  ];
  for (const wrong of upstreams) {
    const message = messageOf(() => stackWithCache({ upstreams: wrong as Upstream[] }));
    expect(message).toMatch(/^stack\/cache: /);
    expect(message).not.toMatch(/dckr_pat_0|hunter2/);
  }
});

test.each(["dockerhubproduction2024", "0123456789abcdef0123456789abcdef", "glpat-prod1"])(
  "a secret may be named ecr-pullthroughcache/%s",
  (name) => {
    const secretName = `ecr-pullthroughcache/${name}`;
    const json = cacheWith(RegistryCredential.fromSecretName(secretName));
    expect(only(json, "aws_secretsmanager_secret")["name"]).toBe(secretName);
  },
);

test("a key that looks like a token is not shown", () => {
  const credential = RegistryCredential.managed({ ...variables, ghp_0123456789abcdefABCDEF0123: "x" } as never);
  expect(faultOf(credential)).toMatch(/^`\.\(a key not shown\)` is not an option/);
  expect(faultOf(RegistryCredential.managed("hunter2" as never))).not.toContain("hunter2");
});

describe("a literal wrapped in a token of cdktf", () => {
  const pat = "dckr_pat_0123456789abcdef";
  test.each([
    ["an expression", () => RegistryCredential.fromSecretArn(Fn.jsonencode({ username: "me", accessToken: pat }))],
    ["an expression by hand", () => RegistryCredential.fromSecretArn(`\${trimspace("${pat}")}`)],
    ["a function of it", () => RegistryCredential.fromSecretArn(Fn.trimspace(pat))],
    ["literals joined", () => RegistryCredential.fromSecretArn(Fn.join("", ["dckr_pat_0", "abcdef0123456789"]))],
    ["a lazy value", () => RegistryCredential.fromSecretName(Lazy.stringValue({ produce: () => "hunter2" }))],
    ["a lazy ARN", () => RegistryCredential.fromSecretArn(Lazy.stringValue({ produce: () => pat }))],
    ["a number", () => RegistryCredential.managed({ ...variables, version: Token.asNumber(pat) })],
    [
      "a number beside a name with a reference",
      () =>
        RegistryCredential.managed({
          ...variables,
          version: Token.asNumber(pat),
          secretName: "ecr-pullthroughcache/${var.name}",
        }),
    ],
    ["what Terraform decodes", () => RegistryCredential.fromSecretArn(Fn.base64decode("aHVudGVyMg=="))],
    [
      "a lazy name with a reference, behind which it looks like an attribute",
      () =>
        RegistryCredential.fromSecretName(
          Lazy.stringValue({ produce: () => `ecr-pullthroughcache/\${var.a}/${pat}.x` }),
        ),
    ],
  ])("fails at synth: %s", (_name, create) => {
    const stack = stackWithCache({ upstreams: [Upstream.dockerHub(create())] });
    const message = messageOf(() => App.of(stack).synth());
    expect(message).toMatch(/\[stack\/cache] `upstreams\["docker-hub"]\.credential/);
    expect(message).not.toMatch(/dckr_pat_0|hunter2/);
  });

  test.each([
    [
      "secretArn",
      RegistryCredential.fromSecretArn(Fn.trimspace("hunter2")),
      "use the secret's ARN as a literal, from a reference or from a file; store an access token in a variable, see RegistryCredential.managed",
    ],
    [
      "secretName",
      RegistryCredential.fromSecretName(Fn.trimspace("hunter2")),
      "use the secret's name as a literal, from a reference or from a file; store an access token in a variable, see RegistryCredential.managed",
    ],
    [
      "version",
      RegistryCredential.managed({ ...variables, version: Token.asNumber('${tonumber("hunter2")}') }),
      "use a number, or a reference to one",
    ],
  ])("fails with what to give as %s", (prop, credential, wayOut) => {
    const stack = stackWithCache({ upstreams: [Upstream.dockerHub(credential)] });
    const length = prop === "version" ? 22 : 23;
    expect(messageOf(() => App.of(stack).synth())).toContain(
      `[stack/cache] \`upstreams["docker-hub"].credential.${prop}\` must contain no literal that may be a secret, got a string of ${length} characters (not shown, it may be a secret); ${wayOut}`,
    );
  });

  test.each([
    ["a file", Fn.file("arn.txt")],
    ["a file beside the module", Fn.file("${path.module}/arn.txt")],
    ["a trimmed file", Fn.trimspace(Fn.file("arn.txt"))],
    ["a key of a file", Fn.lookup(Fn.jsondecode(Fn.file("arns.json")), "arn", "") as string],
    ["an element of a file", Fn.element(Fn.split(",", Fn.file("arns.txt")), 0) as string],
    ["a right literal", Fn.lookup({ a: ARN }, "a", "") as string],
  ])("is no matter where it comes from %s", (_, arn) => {
    const stack = stackWithCache({ upstreams: [Upstream.dockerHub(RegistryCredential.fromSecretArn(arn))] });
    expect(() => App.of(stack).synth()).not.toThrow();
  });

  test.each([
    ["of a function", 'ecr-pullthroughcache/${lower("X")}'],
    ["of a file", '${file("name.txt")}'],
    ["of a resource that is named like a token", `\${aws_secretsmanager_secret.${pat}.name}`],
  ])("is no matter in a secret's name %s, written by hand", (_, name) => {
    const stack = stackWithCache({ upstreams: [Upstream.dockerHub(RegistryCredential.fromSecretName(name))] });
    expect(() => App.of(stack).synth()).not.toThrow();
  });

  test("is no matter beside references, however they are joined", () => {
    const stack = stackIn("us-east-1");
    const account = new TerraformVariable(stack, "dockerhubaccount20241", { type: "string" }).stringValue;
    const secret = new SecretsmanagerSecret(stack, "secretforproduction202411", { name: "x" });
    const hex = "0123456789abcdef0123456789abcdef";
    new PullThroughCache(stack, "cache", {
      upstreams: [
        `arn:aws:secretsmanager:us-east-1:${account}:secret:ecr-pullthroughcache/team@corp-AbCdE1`,
        Fn.join(":", ["arn:aws:secretsmanager:us-east-1", account, "secret", `ecr-pullthroughcache/${hex}-AbCd12`]),
        Fn.lookup({ a: secret.arn, b: "x" }, "a", secret.arn) as string,
        "${var.raw_arn}",
      ].map((arn, index) => Upstream.dockerHub(RegistryCredential.fromSecretArn(arn), { prefix: `hub${index}` })),
    });
    expect(() => App.of(stack).synth()).not.toThrow();
  });

  test("is no matter where it is what it should be", () => {
    const secretName = Lazy.stringValue({ produce: () => "ecr-pullthroughcache/hub" });
    const stack = stackWithCache({
      upstreams: [
        Upstream.dockerHub(RegistryCredential.fromSecretName(secretName)),
        Upstream.github(RegistryCredential.managed(variables)),
      ],
    });
    const secret = new SecretsmanagerSecret(stack, "glpat_registry_0123456789012345678901", { name: "x" });
    new PullThroughCache(stack, "other", {
      upstreams: [Upstream.gitlab(RegistryCredential.fromSecretArn(secret.arn))],
    });
    expect(() => App.of(stack).synth()).not.toThrow();
  });
});

test("no fault of a credential shows a value that may be a secret", () => {
  const marker = "s3cr3t-m4rk3r";
  const doors = [
    () => RegistryCredential.fromSecretArn(marker),
    () => RegistryCredential.fromSecretName(marker),
    () =>
      RegistryCredential.managed({
        usernameVariable: marker,
        accessTokenVariable: marker,
        version: 1,
        secretName: marker,
      }),
    () => RegistryCredential.managed({ ...variables, version: marker as never }),
    () => marker as never,
    () => ({ token: marker }) as never,
    () => Token.asString(marker) as never,
  ];
  for (const door of doors) {
    expect(messageOf(() => cacheWith(door()))).not.toContain(marker);
  }
});

test("fails on a secret's ARN that has an access token in it, and does not show it", () => {
  const arn =
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/dckr_pat_0123456789abcdefghij-AbCdEf";
  const message = faultOf(RegistryCredential.fromSecretArn(arn));
  expect(message).toContain("must not contain an access token");
  expect(message).not.toContain("dckr_pat");
});
