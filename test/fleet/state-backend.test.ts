import { App, Fn, TerraformOutput, Testing } from "cdktf";
import { PullThroughCacheFleet, StateBackend, Upstream } from "cdktf-ecr-pull-through-cache";
import type { HcpTerraformStateOptions, S3StateOptions } from "cdktf-ecr-pull-through-cache";
import { messageOf, synthesized, testApp } from "../support/synthesis";

function fleetWith(backend?: StateBackend) {
  return new PullThroughCacheFleet(testApp(), "cache", {
    regions: ["us-east-1"],
    upstreams: [Upstream.ecrPublic()],
    accountId: "111122223333",
    backend,
  });
}

function terraformBlock(backend?: StateBackend) {
  return synthesized(fleetWith(backend).stackIn("us-east-1")).terraform ?? {};
}

test("the state is by default a file beside the output folder, by a relative path", () => {
  const local = { local: { path: "../../../terraform.cache-us-east-1.tfstate" } };
  expect(terraformBlock()["backend"]).toEqual(local);
  expect(terraformBlock(StateBackend.local())["backend"]).toEqual(local);
});

describe("a state in S3", () => {
  const s3: S3StateOptions = { bucket: "acme-states", region: "eu-west-1" };

  test("is encrypted and locked by S3 itself, which needs Terraform 1.11", () => {
    expect(terraformBlock(StateBackend.s3(s3))).toMatchObject({
      required_version: ">= 1.11.0",
      backend: {
        s3: {
          bucket: "acme-states",
          region: "eu-west-1",
          key: "ecr-pull-through-cache/cache-us-east-1.tfstate",
          encrypt: true,
          use_lockfile: true,
        },
      },
    });
  });

  test.each<[string, Partial<S3StateOptions>, object]>([
    ["a bucket of 3 characters", { bucket: "a.b" }, { bucket: "a.b" }],
    ["a bucket of 63 characters", { bucket: "a".repeat(63) }, { bucket: "a".repeat(63) }],
    ["the alias of an access point", { bucket: "states-0a1b-s3alias" }, { bucket: "states-0a1b-s3alias" }],
    ["keys with dots", { keyPrefix: ".a/..b/c.d/" }, { key: ".a/..b/c.d/cache-us-east-1.tfstate" }],
    ["its keys", { keyPrefix: "platform/" }, { key: "platform/cache-us-east-1.tfstate" }],
    ["no folder", { keyPrefix: "" }, { key: "cache-us-east-1.tfstate" }],
    ["a key of KMS", { kmsKeyId: "alias/states" }, { kms_key_id: "alias/states" }],
    [
      "a role",
      { roleArn: "arn:aws:iam::111122223333:role/states" },
      { assume_role: { role_arn: "arn:aws:iam::111122223333:role/states" } },
    ],
  ])("may be given %s", (_name, options, expected) => {
    expect(terraformBlock(StateBackend.s3({ ...s3, ...options }))["backend"]).toMatchObject({ s3: expected });
  });

  test.each<[string, Partial<S3StateOptions>, string]>([
    [
      "a bucket's ARN",
      { bucket: "arn:aws:s3:::acme-states" },
      '`backend.bucket` must be a bucket\'s name: 3 to 63 lower-case letters, digits, dots and hyphens, and none that S3 refuses or reserves, got "arn:aws:s3:::acme-states"; give the name, not the ARN',
    ],
    [
      "a region that is none",
      { region: "eu" },
      '`backend.region` must be the name of an AWS region, like eu-west-1, got "eu"; give the region of the bucket',
    ],
    [
      "keys without a slash",
      { keyPrefix: "platform" },
      '`backend.keyPrefix` must end with a slash and not begin with one, with no empty part, no `.` or `..` as a part, and no control character, got "platform"; for example platform/registries/',
    ],
    ...["/", "/a/", "a//b/", "./", "../", "a/./b/", "a/../b/", "\n/", "a\u0000b/", "a\u007f/"].map(
      (keyPrefix): [string, Partial<S3StateOptions>, string] => [
        `the keys ${JSON.stringify(keyPrefix)}`,
        { keyPrefix },
        `\`backend.keyPrefix\` must end with a slash and not begin with one, with no empty part, no \`.\` or \`..\` as a part, and no control character, got ${JSON.stringify(keyPrefix)}; for example platform/registries/`,
      ],
    ),
    ...[
      "ab",
      "a".repeat(64),
      "Acme",
      "acme_states",
      "acme-",
      ".acme",
      "acme..states",
      "192.168.5.4",
      "xn--acme",
      "sthree-acme",
      "amzn-s3-demo-bucket",
      "acme.mrap",
      "acme--table-s3",
    ].map((bucket): [string, Partial<S3StateOptions>, string] => [
      `the bucket ${bucket}`,
      { bucket },
      `\`backend.bucket\` must be a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens, and none that S3 refuses or reserves, got "${bucket}"; give the name, not the ARN`,
    ]),
    [
      "a role that is none",
      { roleArn: "states" },
      '`backend.roleArn` must be the ARN of an IAM role, got "states"; give the role\'s ARN, not its name',
    ],
    [
      "a bucket that only Terraform knows, which would read the reference as a name",
      { bucket: Fn.lower("States") },
      "`backend.bucket` must be known at synth, got a token; give a literal: Terraform evaluates no expression in a backend",
    ],
    [
      "a reference in a key",
      { keyPrefix: "${var.environment}/" },
      '`backend.keyPrefix` must be known at synth, got "${var.environment}/"; give a literal: Terraform evaluates no expression in a backend',
    ],
    [
      "an AWS secret key, which the JSON would contain",
      { secretKey: "abc" } as never,
      "`backend.secretKey` is not an option of StateBackend.s3; use one of bucket, region, keyPrefix, kmsKeyId, roleArn",
    ],
  ])("fails on %s", (_name, options, message) => {
    expect(messageOf(() => fleetWith(StateBackend.s3({ ...s3, ...options })))).toBe(`cache: ${message}`);
  });

  test("is what it was when it was given, and needs something to be given", () => {
    const options = { bucket: "acme-states", region: "eu-west-1" };
    const backend = StateBackend.s3(options);
    options.bucket = "other";
    expect(terraformBlock(backend)["backend"]).toMatchObject({ s3: { bucket: "acme-states" } });
    expect(messageOf(() => fleetWith(StateBackend.s3(undefined as never)))).toContain("cache: 2 validation errors");
  });
});

describe("a state in HCP Terraform", () => {
  const workspaceOf = (options: HcpTerraformStateOptions) =>
    terraformBlock(StateBackend.hcpTerraform(options))["cloud"];

  test("is a workspace named after the stack", () => {
    expect(workspaceOf({ organization: "acme" })).toEqual({
      organization: "acme",
      workspaces: { name: "cache-us-east-1" },
    });
    expect(
      workspaceOf({ organization: "acme", workspacePrefix: "ecr-", project: "platform", hostname: "tfe.acme.com" }),
    ).toEqual({
      hostname: "tfe.acme.com",
      organization: "acme",
      workspaces: { name: "ecr-cache-us-east-1", project: "platform" },
    });
  });

  test.each<[string, HcpTerraformStateOptions, string]>([
    [
      "an organization that is none",
      { organization: "acme inc" },
      '`backend.organization` must be letters, digits, underscores and hyphens, got "acme inc"; give the name that HCP Terraform shows',
    ],
    [
      "a name that no workspace can have",
      { organization: "acme", workspacePrefix: "ecr.", project: "x" },
      '`backend.workspacePrefix` must be letters, digits, underscores and hyphens, up to 90 with the stack\'s name, got "ecr.cache-us-east-1"; shorten or change `id` or `workspacePrefix`',
    ],
    [
      "a host with its scheme",
      { organization: "acme", hostname: "https://tfe.acme.com" },
      '`backend.hostname` must be the name of a host, without a scheme, got "https://tfe.acme.com"; leave it out for HCP Terraform',
    ],
    [
      "a workspace's name of 91 characters",
      { organization: "acme", workspacePrefix: "x".repeat(76) },
      `\`backend.workspacePrefix\` must be letters, digits, underscores and hyphens, up to 90 with the stack's name, got "${"x".repeat(76)}cache-us-east-1"; shorten or change \`id\` or \`workspacePrefix\``,
    ],
    [
      "a prefix that no workspace can have",
      { organization: "acme", workspacePrefix: "ecr/" },
      '`backend.workspacePrefix` must be letters, digits, underscores and hyphens, up to 90 with the stack\'s name, got "ecr/cache-us-east-1"; shorten or change `id` or `workspacePrefix`',
    ],
  ])("fails on %s", (_name, options, message) => {
    expect(messageOf(() => fleetWith(StateBackend.hcpTerraform(options)))).toBe(`cache: ${message}`);
  });
});

describe("no backend", () => {
  test("leaves nothing in the JSON, and no absolute path", () => {
    expect(terraformBlock(StateBackend.none())).not.toHaveProperty("backend");
    expect(Testing.synth(fleetWith(StateBackend.none()).stackIn("us-east-1"))).not.toContain(process.cwd());
  });

  test("fails on a reference from another stack, which would not know the state", () => {
    const fleet = fleetWith(StateBackend.none());
    const last = fleet.addFinalStack("last", { region: "us-east-1" });
    const cache = fleet.cacheIn("us-east-1");
    const rule = cache.node.findChild("ecr-public-rule") as unknown as { readonly registryId: string };
    new TerraformOutput(last, "registry", { value: rule.registryId });
    expect(messageOf(() => App.of(last).synth())).toContain(
      'cache-last: `backend` must be known for a reference to the stack cache-us-east-1, got "StateBackend.none()"; give the fleet another backend',
    );
  });
});
