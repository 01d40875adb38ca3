import * as fs from "node:fs";
import * as path from "node:path";
import { CreateSecurityGroupCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreatePullThroughCacheRuleCommand, ECRClient, PutRegistryPolicyCommand } from "@aws-sdk/client-ecr";
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DeleteSecretCommand, SecretsManagerClient, UpdateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { trusting } from "../local-aws/clients";
import { addNetworks, NETWORKS } from "../local-aws/ec2/networks";
import { UPSTREAM_ROLE_ACTIONS } from "../local-aws/ecr/fixtures";
import { imageOf, indexOf } from "../local-aws/ecr/images";
import type { LocalAws } from "../local-aws/server";
import type { Report } from "../support/doctor";
import { Account, FIRST_PULL, PULL, READ, SIGN_IN, found } from "../support/doctor";
import { readDocument } from "../support/documents";
import { temporaryFolder } from "../support/temporary-folder";
import { useLocalAws } from "../support/use-local-aws";

jest.mock("node:child_process", () => ({
  ...jest.requireActual<object>("node:child_process"),
  execFile: jest.requireActual<{ execFile: unknown }>("../support/aws-cli-in-process").execFile,
}));

/** Permissions that the accounts of these roles lack. */
const forbidden = new Map<string, readonly string[]>();
const aws: LocalAws = useLocalAws({
  whyForbidden: ({ accountId, operation }) =>
    Promise.resolve(forbidden.get(accountId)?.includes(operation) ? "not authorized" : undefined),
});

let accounts = 0;
async function withCache(): Promise<Account> {
  accounts += 1;
  const account = new Account(aws, String(200_000_000_000 + accounts));
  await account.createCache();
  return account;
}

/** The operations that an account asked for. */
function operationsOf({ id }: Account): string[] {
  return aws.requests.filter(({ accountId }) => accountId === id).map(({ operation }) => operation);
}

const document = (...Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

describe("a healthy setup", () => {
  test("has no cause, and a line for each step", async () => {
    const account = await withCache();
    addNetworks(aws, account.id);
    const { code, stdout, stderr } = await account.doctor(["nginx:1.27", "--vpc", NETWORKS.eks]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.slice(0, 23).trimEnd())).toEqual([
      "ok      credentials",
      "ok      name and rule",
      "ok      image",
      "ok      upstream",
      "ok      credential",
      "ok      template",
      "ok      permissions",
      "ok      network",
      "ok      sign-in",
      "ok      manifest",
      "ok      layer",
    ]);
    expect(lines[1]).toContain(`  ${account.host}/docker-hub/library/nginx:1.27: the rule docker-hub caches`);
    expect(stderr).toBe(
      `pulling the manifest of ${account.host}/docker-hub/library/nginx:1.27 with your credentials; if ECR does not have it, ECR creates the repository and caches the image (--no-pull leaves this out)\n`,
    );
  });

  test("shows no token and reads no secret, and nothing but the pull changes anything", async () => {
    const account = await withCache();
    const before = operationsOf(account).length;
    const { stdout, stderr } = await account.doctor(["nginx:1.27", "--json"]);
    const { answer } = aws.requests.filter(({ operation }) => operation === "GetAuthorizationToken").at(-1) ?? {};
    const [{ authorizationToken }] = (
      JSON.parse(answer ?? "") as { authorizationData: [{ readonly authorizationToken: string }] }
    ).authorizationData;
    const password = Buffer.from(authorizationToken, "base64").toString().replace("AWS:", "");
    for (const secret of [authorizationToken, password, "not-a-token"]) {
      expect(stdout + stderr).not.toContain(secret);
    }
    const asked = operationsOf(account).slice(before);
    expect(
      asked.filter((operation) => !/^(Describe|Get|Validate|Simulate|registry GET |layer bucket GET )/.test(operation)),
    ).toEqual([]);
    expect(asked).not.toContain("GetSecretValue");
  });

  test("has no cause once ECR has cached the image, which the next run says", async () => {
    const account = await withCache();
    await account.createTemplate({ resourceTags: [{ Key: "team", Value: "a" }] });
    await account.createRole("reader", [...SIGN_IN, ...READ]);
    await account.createRepository("docker-hub/library/nginx");
    await account.examine(["nginx:1.27"]);
    const report = await account.examine(["nginx:1.27", "--role", account.roleArn("reader")]);
    expect([report.code, found(report, "cause")]).toEqual([0, []]);
    expect(found(report, "ok").map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/^ECR has the image since .*, last pulled /),
    );
  });

  test("with an image for several platforms asks for a layer of one of them", async () => {
    const account = await withCache();
    await account.createRule("kubernetes", "registry.k8s.io");
    aws.ecr.upstreams.put("registry.k8s.io", "pause", "3.10", indexOf(imageOf("one"), imageOf("two")));
    const report = await account.examine(["registry.k8s.io/pause:3.10"]);
    expect(report.steps.at(-1)).toMatchObject({ step: "layer", status: "ok" });
  });

  test("with the layers at the upstream names the host that the client needs a route to", async () => {
    const account = await withCache();
    await account.createRule("quay", "quay.io");
    aws.ecr.upstreams.put("quay.io", "a/b", "1", imageOf("layer"));
    aws.ecr.upstreams.blobHosts.set("quay.io", "cdn01.quay.io");
    const intercept = ({ host }: URL): Response | undefined =>
      host === "cdn01.quay.io" ? new Response("l", { status: 206 }) : undefined;
    const report = await account.examine(["quay.io/a/b:1"], { intercept });
    expect(report.steps.at(-1)?.remarks).toEqual([
      { kind: "ok", detail: "the layers come from cdn01.quay.io: the client needs a route to the internet" },
    ]);
  });
});

describe("what a machine cannot tell", () => {
  test.each<[string, (url: URL) => Response | undefined, string, object]>([
    [
      "behind a proxy",
      () => {
        throw new TypeError("fetch failed", { cause: new Error("no route") });
      },
      "does not answer: no route; the command does not use the proxy of HTTPS_PROXY",
      { HTTPS_PROXY: "http://proxy.example.com" },
    ],
    ["from a page of a captive portal", () => new Response("<html>"), "answers something else than JSON", {}],
    ["from a manifest without layers", () => new Response("{}"), "a layer: the manifest names none", {}],
    [
      "from an index whose manifest is gone",
      ({ pathname }) =>
        pathname.endsWith("1.27")
          ? new Response('{"manifests":[{"digest":"sha256:0"}]}')
          : new Response('{"errors":[{"message":"gone"}]}', { status: 404 }),
      "the manifest sha256:0: gone",
      {},
    ],
    ["from an error of the registry", () => new Response("no", { status: 500 }), "ECR answers 500: no message", {}],
    [
      "from an error of the upstream's host",
      ({ host, pathname }) =>
        pathname.includes("/blobs/")
          ? new Response(null, { status: 307, headers: { location: "https://cdn.example.com/blob" } })
          : host === "cdn.example.com"
            ? new Response(null, { status: 503 })
            : undefined,
      "the layers come from cdn.example.com, which answers 503",
      {},
    ],
  ])("is no cause: %s", async (_, intercept, detail, env) => {
    const account = await withCache();
    const report = await account.examine(["nginx:1.27"], { intercept, env: { ...env } });
    expect(found(report, "unchecked").map((remark) => remark.detail)).toEqual([expect.stringContaining(detail)]);
    expect(report.code).toBe(3);
  });

  test("is not the host of layers that the registry has itself", async () => {
    const account = await withCache();
    const intercept = ({ pathname }: URL): Response | undefined =>
      pathname.includes("/blobs/") ? new Response("layer") : undefined;
    const report = await account.examine(["nginx:1.27"], { intercept });
    expect(report.steps.at(-1)?.remarks).toEqual([{ kind: "ok", detail: `${account.host} has the layers itself` }]);
  });
});

test("--no-pull neither signs in nor asks the registry", async () => {
  const account = await withCache();
  const { code, stderr } = await account.doctor(["nginx:1.27", "--no-pull"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(operationsOf(account).filter((operation) => /^registry|GetAuthorizationToken/.test(operation))).toEqual([]);
});

describe("the name of the image", () => {
  test("may be its name in the cache, also with the host for IPv4 and IPv6", async () => {
    const account = await withCache();
    const dualStack = `${account.id}.dkr-ecr.eu-west-1.on.aws/docker-hub/library/nginx:1.27`;
    expect(await account.examine([dualStack], { env: { AWS_REGION: "us-east-1" } })).toMatchObject({
      code: 0,
      name: dualStack,
    });
  });

  test("is looked up in a registry map", async () => {
    const account = await withCache();
    const cwd = temporaryFolder();
    fs.mkdirSync(path.join(cwd, "cdktf.out"));
    const map = { "docker.io": `${account.host}/docker-hub`, "quay.io": `${account.host}/none` };
    fs.writeFileSync(path.join(cwd, "cdktf.out", "registry-map.json"), JSON.stringify(map));
    expect(await account.examine(["quay.io/a/b:1", "--no-pull"], { cwd })).toMatchObject({
      code: 1,
      name: `${account.host}/none/a/b:1`,
    });
    expect(await account.examine(["nginx:1.27", "--map", "cdktf.out/registry-map.json"], { cwd })).toMatchObject({
      code: 0,
    });
    // The usual file has no such region, and the rules do not need it.
    const elsewhere = await account.examine(["quay.io/a/b:1", "--region", "us-east-1"], { cwd });
    expect(found(elsewhere, "cause")[0]?.detail).toContain("no rule of us-east-1 caches quay.io");
  });

  test("may be one of another private registry that the cache has", async () => {
    const account = await withCache();
    const client = account.client(ECRClient);
    const roleArn = await account.createRole("upstream", UPSTREAM_ROLE_ACTIONS, {
      service: "pullthroughcache.ecr.amazonaws.com",
    });
    const upstream = "444455556666.dkr.ecr.us-east-1.amazonaws.com";
    await client.send(
      new CreatePullThroughCacheRuleCommand({
        ecrRepositoryPrefix: "team",
        upstreamRegistryUrl: upstream,
        upstreamRepositoryPrefix: "ROOT",
        customRoleArn: roleArn,
      }),
    );
    aws.ecr.upstreams.put(upstream, "app", "1", imageOf("layer"));
    const report = await account.examine([`${upstream}/app:1`, "--region", "eu-west-1"]);
    expect(report).toMatchObject({ code: 3, name: `${account.host}/team/app:1` });
    expect(found(report, "unchecked").map(({ detail }) => detail)).toEqual([
      `whether a policy of ${upstream} grants ECR to read: only its account can look`,
    ]);
    await account.client(IAMClient).send(
      new PutRolePolicyCommand({
        RoleName: "upstream",
        PolicyName: "policy",
        PolicyDocument: document({ Effect: "Allow", Action: "ecr:PutImage", Resource: "*" }),
      }),
    );
    const broken = await account.examine([`${upstream}/app:2`, "--region", "eu-west-1", "--no-pull"]);
    expect(found(broken, "cause")).toMatchObject([{ cause: "The authentication to the upstream registry failed" }]);
    expect(found(broken, "unchecked")[0]?.detail).toContain("may ecr:GetDownloadUrlForLayer, ecr:BatchImport");
    const PolicyDocument = trusting("ec2.amazonaws.com");
    await account.client(IAMClient).send(new UpdateAssumeRolePolicyCommand({ RoleName: "upstream", PolicyDocument }));
    const untrusted = await account.examine([`${upstream}/app:2`, "--region", "eu-west-1", "--no-pull"]);
    expect(found(untrusted, "cause").map(({ solution }) => solution)).toContain(
      "let the role trust pullthroughcache.ecr.amazonaws.com",
    );
  });
});

test("sends no token to a host that only begins like one of ECR", async () => {
  const account = await withCache();
  const hosts: string[] = [];
  const image = `${account.host}.example.com/docker-hub/library/nginx:1.27`;
  const { code, stdout } = await account.doctor([image, "--region", "eu-west-1"], {
    intercept: ({ host }) => {
      hosts.push(host);
      return undefined;
    },
  });
  expect([code, hosts]).toEqual([1, []]);
  expect(stdout).toContain(`${account.host}.example.com`);
});

describe("the command ends with 2", () => {
  test.each<[string, readonly string[], string]>([
    [
      "a malformed name",
      ["Nginx:1.27"],
      '"Nginx:1.27" is not the name of an image: at character 1: a path is lower-case',
    ],
    ["a malformed region", ["nginx", "--region", "eu-west-1a"], "--region must be the name of a region"],
    ["a role that is no ARN", ["nginx", "--role", "file:///etc/passwd"], "--role must be the ARN of a role"],
    ["a VPC that is no ID", ["nginx", "--vpc", "vpc-x"], "--vpc must be the ID of a VPC"],
    [
      "a subnet without a VPC",
      ["nginx", "--subnet", "subnet-0c0de00000000000a"],
      "--subnet and --security-group need --vpc",
    ],
    ["a map that is missing", ["nginx", "--map", "none.json"], "cannot read none.json"],
    ["an option that it does not have", ["nginx", "--push"], "unknown option '--push'"],
    [
      "a session that is no ARN",
      ["nginx", "--role", "arn:aws:sts::111122223333:assumed-role/x"],
      "--role must be the ARN of a role",
    ],
    [
      "the host of a registry",
      ["111122223333.dkr.ecr.eu-west-1.amazonaws.com"],
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com is the host of a registry and no image: add the name of an image",
    ],
  ])("for %s", async (_, args, message) => {
    const account = await withCache();
    const { code, stdout, stderr } = await account.doctor(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  test.each<[string, (account: Account) => readonly string[], string]>([
    ["a VPC that does not exist", () => ["--vpc", "vpc-0123456789abcdef0"], "has no VPC vpc-0123456789abcdef0"],
    ["a role that does not exist", ({ id }) => ["--role", `arn:aws:iam::${id}:role/gone`], "role/gone: give the ARN"],
    [
      "a session of a role that does not exist",
      ({ id }) => ["--role", `arn:aws:sts::${id}:assumed-role/gone/i-0`],
      "assumed-role/gone/i-0: give the ARN",
    ],
  ])("for %s, after the steps before", async (_, args, message) => {
    const account = await withCache();
    const { code, stdout, stderr } = await account.doctor(["nginx:1.27", "--no-pull", ...args(account)]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stdout).toMatch(/^ok {6}credentials /);
  });

  test("for a region that contradicts the name of the image", async () => {
    const account = await withCache();
    const { code, stderr } = await account.doctor([
      `${account.host}/docker-hub/library/nginx`,
      "--region",
      "us-east-1",
    ]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("is an image of eu-west-1: leave out --region us-east-1"),
    ]);
  });

  test("without a region", async () => {
    const account = await withCache();
    const { code, stderr } = await account.doctor(["nginx"], { env: { AWS_REGION: undefined } });
    expect([code, stderr]).toEqual([2, expect.stringContaining("give --region")]);
  });

  test("without the rules or a map for a usual name", async () => {
    const account = await withCache();
    forbidden.set(account.id, ["DescribePullThroughCacheRules"]);
    const { code, stderr } = await account.doctor(["nginx"]);
    expect(code).toBe(2);
    expect(stderr).toContain("your credentials lack the permission ecr:DescribePullThroughCacheRules");
  });
});

describe("permissions", () => {
  const grants = (Principal: object | string, more: object = {}): object => ({
    Effect: "Allow",
    Principal,
    Action: FIRST_PULL,
    Resource: "*",
    ...more,
  });

  async function reader(policy?: (account: Account) => object): Promise<Account> {
    const account = await withCache();
    await account.createRole("reader", [...SIGN_IN, ...READ]);
    if (policy !== undefined) {
      const policyText = document({ Sid: "pull", ...policy(account) });
      await account.client(ECRClient).send(new PutRegistryPolicyCommand({ policyText }));
    }
    return account;
  }

  const judge = async (account: Account, role = "reader"): Promise<readonly object[]> => {
    const report = await account.examine(["nginx:1.27", "--no-pull", "--role", account.roleArn(role)]);
    return report.steps.find(({ step }) => step === "permissions")?.remarks ?? [];
  };

  test("may come from the policy of the registry", async () => {
    const account = await reader(({ id }) => grants({ AWS: `arn:aws:iam::${id}:role/reader` }));
    expect(await judge(account)).toEqual([
      { kind: "ok", detail: `${account.roleArn("reader")} may pull docker-hub/library/nginx` },
    ]);
  });

  test("do not come from a policy that names the account only", async () => {
    const account = await reader(({ id }) => grants({ AWS: `arn:aws:iam::${id}:root` }));
    expect(await judge(account)).toMatchObject([{ kind: "cause", cause: "not found on the first pull" }]);
  });

  test("are not known where the policy of the registry has a condition on the request", async () => {
    const Condition = { StringEquals: { "aws:SourceVpc": "vpc-0123456789abcdef0" } };
    const account = await reader(() => grants("*", { Condition }));
    expect(await judge(account)).toMatchObject([
      { kind: "unchecked", detail: expect.stringContaining("it depends on aws:SourceVpc") as string },
      { kind: "unchecked" },
    ]);
  });

  test("are not known where the policies of the role have such a condition", async () => {
    const account = await withCache();
    const condition = { StringEquals: { "aws:SourceVpc": "vpc-0123456789abcdef0" } };
    await account.createRole("inside", PULL, { condition });
    expect(await judge(account, "inside")).toContainEqual({
      kind: "unchecked",
      detail: `whether ${account.roleArn("inside")} may ecr:BatchGetImage: it depends on aws:SourceVpc`,
    });
  });

  test("are refused by a denial in the policy of the registry", async () => {
    const account = await withCache();
    const policyText = document({ Sid: "no", ...grants("*", { Effect: "Deny" }) });
    await account.client(ECRClient).send(new PutRegistryPolicyCommand({ policyText }));
    expect(await judge(account, "local")).toMatchObject([
      { kind: "cause", detail: expect.stringContaining("the policy of the registry denies it") as string },
    ]);
  });

  test("are refused by a permissions boundary", async () => {
    const account = await withCache();
    const iam = account.client(IAMClient);
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: "boundary",
        PolicyDocument: document({ Effect: "Allow", Action: [...SIGN_IN, ...READ], Resource: "*" }),
      }),
    );
    await iam.send(
      new CreateRoleCommand({
        RoleName: "bounded",
        AssumeRolePolicyDocument: trusting("ec2.amazonaws.com"),
        PermissionsBoundary: Policy?.Arn,
      }),
    );
    const PolicyDocument = document({ Effect: "Allow", Action: PULL, Resource: "*" });
    await iam.send(new PutRolePolicyCommand({ RoleName: "bounded", PolicyName: "pull", PolicyDocument }));
    expect(await judge(account, "bounded")).toMatchObject([
      { kind: "cause", detail: expect.stringContaining("the permissions boundary of arn:") as string },
    ]);
  });

  test.each([
    [
      "SimulatePrincipalPolicy",
      "permissions",
      "what arn:aws:sts::$account:assumed-role/local/session may do: your credentials lack the permission iam:SimulatePrincipalPolicy",
    ],
    ["DescribeSecret", "credential", "the secret: your credentials lack the permission secretsmanager:DescribeSecret"],
    [
      "GetResourcePolicy",
      "credential",
      "the policy of the secret: your credentials lack the permission secretsmanager:GetResourcePolicy",
    ],
    [
      "ValidatePullThroughCacheRule",
      "upstream",
      "the rule: your credentials lack the permission ecr:ValidatePullThroughCacheRule",
    ],
    [
      "DescribeRepositories",
      "image",
      "the repository docker-hub/library/nginx: your credentials lack the permission ecr:DescribeRepositories",
    ],
    [
      "DescribeRepositoryCreationTemplates",
      "template",
      "the template: your credentials lack the permission ecr:DescribeRepositoryCreationTemplates",
    ],
  ])("to look that are missing are no cause: %s", async (operation, step, detail) => {
    const account = await withCache();
    forbidden.set(account.id, [operation]);
    const report = await account.examine(["nginx:1.27", "--no-pull"]);
    expect(report.code).toBe(3);
    expect(report.steps.find((candidate) => candidate.step === step)).toMatchObject({ status: "unchecked" });
    // Steps after the first one may depend on it.
    expect(found(report, "unchecked")[0]).toEqual({
      kind: "unchecked",
      detail: detail.replace("$account", account.id),
    });
  });

  test("to look up the role of a session that are missing are no cause, and the solution is to name the role", async () => {
    const account = await withCache();
    forbidden.set(account.id, ["GetRole"]);
    const report = await account.examine(["nginx:1.27", "--no-pull"]);
    expect([report.code, found(report, "unchecked")]).toEqual([
      3,
      [
        {
          kind: "unchecked",
          detail: `what arn:aws:sts::${account.id}:assumed-role/local/session may do: your credentials lack the permission iam:GetRole`,
          solution: `give the ARN of the role, with its path if it has one: --role ${account.roleArn("local")}`,
        },
      ],
    ]);
  });

  test("of a session are those of its role", async () => {
    const account = await reader();
    const session = `arn:aws:sts::${account.id}:assumed-role/reader/i-0a1b2c3d4e5f60718`;
    const report = await account.examine(["nginx:1.27", "--no-pull", "--role", session]);
    expect(found(report, "cause").map(({ detail }) => detail)).toEqual([
      `${account.roleArn("reader")} may not ecr:BatchImportUpstreamImage, ecr:CreateRepository on docker-hub/library/nginx: no policy allows it`,
    ]);
  });

  test("that a policy of the role denies are its Deny to remove, by the name of the policy", async () => {
    const account = await reader();
    const PolicyDocument = document(
      { Effect: "Allow", Action: PULL, Resource: "*" },
      { Effect: "Deny", Action: "ecr:CreateRepository", Resource: "*" },
    );
    await account
      .client(IAMClient)
      .send(new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "no-new", PolicyDocument }));
    const policy = `the policy no-new of ${account.roleArn("reader")}`;
    expect(await judge(account)).toMatchObject([
      {
        cause: "not found on the first pull",
        detail: expect.stringMatching(new RegExp(`: ${policy} denies it$`)) as string,
        solution: `remove the Deny of ecr:CreateRepository from ${policy}`,
      },
    ]);
  });

  test("to sign in are for all resources", async () => {
    const account = await withCache();
    await account.createRole("reader", [...READ, ...FIRST_PULL]);
    expect(await judge(account)).toMatchObject([
      {
        cause: "no basic auth credentials",
        detail: `${account.roleArn("reader")} may not ecr:GetAuthorizationToken on *: no policy allows it`,
        solution: expect.stringMatching(/^allow ecr:GetAuthorizationToken on \* in an identity-based policy/) as string,
      },
    ]);
  });

  test("to sign in that the caller lacks are to be granted", async () => {
    const account = await withCache();
    forbidden.set(account.id, ["GetAuthorizationToken"]);
    const report = await account.examine(["nginx:1.27"]);
    expect(report.steps.find(({ step }) => step === "sign-in")?.remarks).toMatchObject([
      { kind: "cause", solution: expect.stringMatching(/^allow ecr:GetAuthorizationToken on \*/) as string },
    ]);
  });

  test("of the registry's policy that the caller may not read are not known", async () => {
    const account = await reader();
    forbidden.set(account.id, ["GetRegistryPolicy"]);
    expect(await judge(account)).toMatchObject([
      {
        kind: "unchecked",
        detail: expect.stringContaining(
          "only the policy of the registry could allow it, and your credentials lack ecr:GetRegistryPolicy",
        ) as string,
      },
      { kind: "unchecked" },
    ]);
  });

  test("of a role of another account are not known", async () => {
    const account = await withCache();
    const report = await account.examine(["nginx:1.27", "--role", "arn:aws:iam::444455556666:role/node"]);
    expect(found(report, "unchecked").map(({ detail }) => detail)).toEqual([
      "what arn:aws:iam::444455556666:role/node may do: only its own account can simulate its policies",
    ]);
  });
});

describe("the role of a template", () => {
  const KEY = "arn:aws:kms:eu-west-1:111122223333:key/11112222-3333-4444-5555-666677778888";
  const service = "ecr.amazonaws.com";
  const remarksWith = async (actions: readonly string[], more: object): Promise<unknown> => {
    const account = await withCache();
    const customRoleArn = await account.createRole("creation", actions, { service, ...more });
    const encryptionConfiguration = { encryptionType: "KMS" as const, kmsKey: KEY };
    await account.createTemplate({ customRoleArn, encryptionConfiguration });
    const report = await account.examine(["nginx:1.27", "--no-pull"]);
    return report.steps.find(({ step }) => step === "template");
  };

  test("may use the key of the template", async () => {
    expect(await remarksWith(["ecr:*", "kms:*"], {})).toEqual({
      step: "template",
      status: "ok",
      remarks: [{ kind: "ok", detail: "docker-hub: ECR can use it" }],
    });
  });

  test("may do so by the policy of the key, which is not known", async () => {
    expect(await remarksWith(["ecr:*"], {})).toMatchObject({
      status: "unchecked",
      remarks: [
        {
          detail: expect.stringContaining(
            `may kms:CreateGrant, kms:RetireGrant, kms:DescribeKey: only the policy of the key ${KEY} could allow it`,
          ) as string,
        },
      ],
    });
  });

  test("is not known to create repositories where its policy has a condition", async () => {
    const condition = { StringEquals: { "aws:SourceAccount": "111122223333" } };
    expect(
      await remarksWith(["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"], { condition }),
    ).toMatchObject({
      status: "unchecked",
      remarks: expect.arrayContaining([
        { kind: "unchecked", detail: expect.stringContaining("it depends on aws:SourceAccount") as string },
      ]) as object,
    });
  });
});

test("a cause has its detail, its solution and the address of its heading", async () => {
  const account = await withCache();
  const { code, stdout } = await account.doctor([`${account.host}/docker-hub/nginx:1.27`]);
  expect(code).toBe(1);
  const [steps = "", causes = ""] = stdout.split("\nCauses:\n");
  expect(steps).toMatch(/^FAILED {2}name and rule {2}403 Forbidden, see below$/m);
  expect(steps).toMatch(/^- {7}manifest {7}ECR cannot have an image of this name$/m);
  expect(causes).toBe(`
  403 Forbidden
  Docker Hub has its official images below library/, and the name lacks it
  Solution: pull ${account.host}/docker-hub/library/nginx:1.27
  https://github.com/cdktf-ecr-pull-through-cache/cdktf-ecr-pull-through-cache/blob/main/docs/troubleshooting.md#403-forbidden
`);
});

/** The marks of the steps in the text. */
const marksIn = (stdout: string): { [step: string]: string } =>
  Object.fromEntries(
    [...stdout.matchAll(/^(ok|FAILED|\?|-) +(name and rule|[a-z-]+)/gm)].map(([, mark = "", step = ""]) => [
      step,
      mark,
    ]),
  );

describe("what could not be checked is said", () => {
  test("with credentials of another account", async () => {
    const account = await withCache();
    const image = `444455556666.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1.27`;
    const { code, stdout } = await account.doctor([image, "--no-pull"]);
    expect(code).toBe(3);
    expect(stdout).toContain("\n?       permissions    your credentials are not of the account 444455556666\n");
    expect(stdout.split("\n\n").at(-1)).toBe(
      "Not checked: name and rule, image, upstream, credential, template, permissions: use credentials of the account 444455556666, for example with AWS_PROFILE\n",
    );
  });

  test("with credentials that may do nothing", async () => {
    const account = await withCache();
    const operations = [
      ...["DescribePullThroughCacheRules", "DescribeRepositories", "DescribeRepositoryCreationTemplates"],
      ...["GetRole", "SimulatePrincipalPolicy"],
    ];
    forbidden.set(account.id, operations);
    const { code, stdout } = await account.doctor([`${account.host}/docker-hub/library/nginx:1.27`, "--no-pull"]);
    expect(code).toBe(3);
    expect(marksIn(stdout)).toEqual({
      ...{ credentials: "ok", "name and rule": "?", image: "?", upstream: "?", credential: "?", template: "?" },
      ...{ permissions: "?", network: "-", "sign-in": "-", manifest: "-", layer: "-" },
    });
    expect(stdout).toMatch(
      /\nNot checked: name and rule, image, upstream, credential, template\nNot checked: permissions: give the ARN/,
    );
  });
});

test("without a rule for a prefix, nothing is said of what the rule needs", async () => {
  const account = await withCache();
  const { code, stdout, stderr } = await account.doctor([`${account.host}/quay/a/b:1`]);
  expect([code, stderr]).toEqual([1, ""]);
  expect(marksIn(stdout)).toEqual({
    ...{ credentials: "ok", "name and rule": "FAILED", image: "-", upstream: "-", credential: "-", template: "-" },
    ...{ permissions: "-", network: "-", "sign-in": "-", manifest: "-", layer: "-" },
  });
});

test("a secret that is scheduled for deletion is one cause, with the command that restores it", async () => {
  const account = await withCache();
  const SecretId = "ecr-pullthroughcache/docker-hub";
  await account.client(SecretsManagerClient).send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  const { code, stdout } = await account.doctor(["nginx:1.27", "--no-pull"]);
  expect(code).toBe(1);
  const [, causes = ""] = stdout.split("\nCauses:\n");
  expect(causes.match(/^ {2}Solution: .*$/gm)).toEqual([
    expect.stringMatching(/aws secretsmanager restore-secret --secret-id arn:\S+ --region eu-west-1$/),
  ]);
  expect(causes).toMatch(/ECR cannot use the rule docker-hub: .*\n {2}the secret \S+ was deleted/);
});

test("a secret that ECR cannot use for its value is one that the command cannot check", async () => {
  const account = await withCache();
  const SecretId = "ecr-pullthroughcache/docker-hub";
  const SecretString = JSON.stringify({ user: "acme", password: "not-a-token" });
  await account.client(SecretsManagerClient).send(new UpdateSecretCommand({ SecretId, SecretString }));
  const report = await account.examine(["nginx:1.27", "--no-pull"]);
  expect(report.steps.find(({ step }) => step === "credential")).toEqual({
    step: "credential",
    status: "unchecked",
    remarks: [
      {
        kind: "unchecked",
        detail: "ECR cannot use the secret, and the command does not read its value",
        solution: 'write the value as {"username": "…", "accessToken": "…"}',
      },
    ],
  });
  expect(found(report, "cause")).toHaveLength(1);
});

test("several causes of a step are counted in its line, and those with one solution are one", async () => {
  const account = await withCache();
  addNetworks(aws, account.id);
  const { stdout } = await account.doctor(["nginx:1.27", "--no-pull", "--vpc", NETWORKS.codeBuild]);
  expect(stdout).toMatch(/^FAILED {2}network {8}2 causes, see below$/m);
  expect(stdout.match(/^ {2}Solution: create the missing endpoints/gm)).toHaveLength(1);
});

test("each line is printed when its step ends, before the next step asks AWS", async () => {
  const account = await withCache();
  const before = operationsOf(account).length;
  const asked = new Map<string, readonly string[]>();
  const onOutput = (text: string): void =>
    void asked.set(text.slice(8, 21).trim(), operationsOf(account).slice(before));
  await account.doctor(["nginx:1.27"], { onOutput });
  expect(asked.get("credentials")).toEqual(["GetCallerIdentity"]);
  expect(asked.get("permissions")).not.toContain("GetAuthorizationToken");
  expect(asked.get("sign-in")?.at(-1)).toBe("GetAuthorizationToken");
});

test("the help names the AWS CLI and the exit codes", async () => {
  const { code, stdout } = await new Account(aws, "200000000000").doctor(["--help"]);
  expect(code).toBe(0);
  expect(stdout).toContain("It needs the AWS CLI");
  expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 /);
});

test("the example of the reference is what --json prints of a wrong name, without the steps that were left out", async () => {
  const account = new Account(aws, "111122223333");
  await account.createCache();
  const { stdout } = await account.doctor([`${account.host}/docker-hub/nginx:1.27`, "--no-pull", "--json"]);
  const report = JSON.parse(stdout) as Report;
  const [, example = ""] =
    /^<!-- test\/cli\/files\/doctor\.json -->\n```json\n(.*?)```$/ms.exec(
      readDocument("docs/reference/command-line.md").text,
    ) ?? [];
  const file = fs.readFileSync(path.join(__dirname, "files", "doctor.json"), "utf8");
  const steps = report.steps.filter(({ step }) => ["credentials", "name and rule", "manifest"].includes(step));
  expect(JSON.parse(file)).toEqual({ ...report, steps });
  expect(example).toBe(file);
});

test("the reference lists the permissions that the command needs, and no others", async () => {
  const account = await withCache();
  addNetworks(aws, account.id);
  const customRoleArn = await account.createRole("creation", ["ecr:*"], { service: "ecr.amazonaws.com" });
  await account.createTemplate({ customRoleArn });
  const { GroupId = "" } = await account
    .client(EC2Client)
    .send(new CreateSecurityGroupCommand({ GroupName: "nodes", Description: "nodes", VpcId: NETWORKS.eks }));
  const args = ["nginx:1.27", "--vpc", NETWORKS.eks, "--security-group", GroupId];
  const start = aws.requests.length;
  await account.examine(args);
  await account.examine([...args, "--subnet", "subnet-0e45000000000000a"]);
  const needed = aws.requests
    .slice(start)
    .filter(({ operation }) => /^\w+$/.test(operation))
    .map(({ service, operation }) => `${service}:${operation}`);
  const { text } = readDocument("docs/reference/command-line.md");
  const [, section = ""] = /^### Permissions of `doctor`$(.*?)(?=^#|(?![^]))/ms.exec(text) ?? [];
  const listed = [...section.matchAll(/`([a-z0-9]+:[A-Z]\w+)`/g)].map(([, action = ""]) => action);
  const pulling = [...READ, ...FIRST_PULL, "ecr:TagResource"];
  expect([...new Set(listed)].filter((action) => !pulling.includes(action)).sort()).toEqual(
    [...new Set(needed)].sort(),
  );
  expect(listed).toEqual(expect.arrayContaining(pulling));
});
