import * as fs from "node:fs";
import * as path from "node:path";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientConfig } from "../local-aws/clients";
import { addNetworks } from "../local-aws/networks";
import { LocalAws } from "../local-aws/server";
import type { LoggedRequest } from "../local-aws/server";
import { createStateBucket } from "../local-aws/state-bucket";
import {
  AGENT_PARAMETERS,
  AGENT_STACK,
  ELASTIO_PARAMETERS,
  ELASTIO_STACK,
  createAgentStack,
  createElastioStack,
  describeStack,
  parametersOf,
} from "../local-aws/vendor-stacks";
import { execute } from "../support/commands";
import type { Edit } from "../support/example-program";
import { EXAMPLES, ROOT, stackFolders, synthesizeExample } from "../support/examples";
import { Workspace, describeWithTerraform, temporaryFolder } from "../support/terraform";
import { terraformEnvironment } from "../support/terraform-environment";

const variables = { TF_VAR_docker_hub_username: "bot", TF_VAR_docker_hub_access_token: "not-a-token" };

/** The stacks that change somebody else's. */
const OVERRIDES = {
  "elastio-connector": {
    example: "elastio-connector",
    stackName: ELASTIO_STACK,
    region: "us-east-1",
    parameters: ELASTIO_PARAMETERS,
    changed: {
      ecrPublicPrefix: "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public",
      globalManagedPolicies: "arn:aws:iam::<account>:policy/elastio-pull",
    },
    lastLine: 'fleet.pullPolicyArn("pull"),\n  },\n',
  },
  "registries-connector": {
    example: "pipeline",
    stackName: ELASTIO_STACK,
    region: "us-east-1",
    parameters: ELASTIO_PARAMETERS,
    changed: {
      ecrPublicPrefix: "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public",
      globalManagedPolicies: "arn:aws:iam::<account>:policy/registries-pull",
    },
    lastLine: 'fleet.pullPolicyArn("pull", { prefixes: ["ecr-public"] }),\n  },\n',
  },
  "vendor-stack": {
    example: "vendor-stack",
    stackName: AGENT_STACK,
    region: "eu-west-1",
    parameters: AGENT_PARAMETERS,
    changed: { imageRegistry: "<account>.dkr.ecr.eu-west-1.amazonaws.com/quay" },
    lastLine: "// AWS_CLI where the stack has NoEcho parameters\n",
  },
} as const;

/** The stacks that hold no cache but a policy, and what a further upstream changes in it: this one is for all, that for one. */
const FLEET_POLICIES = {
  "elastio-iam": { "aws_iam_policy.policy-pull": "update" },
  "registries-iam": {},
};

/** One more upstream, where the example lists its own. */
const MORE: { readonly [example: string]: readonly Edit[] } = {
  "all-upstreams": [["    Upstream.quay(),\n", '    Upstream.quay(),\n    Upstream.quay({ prefix: "more" }),\n']],
  "docker-hub": [["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n']],
  "elastio-connector": [["[Upstream.ecrPublic()]", '[Upstream.ecrPublic(), Upstream.quay({ prefix: "more" })]']],
  pipeline: [["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n']],
  "private-codebuild": [["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n']],
  "private-eks": [["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n']],
};

/** What else says which upstreams may be pulled, and changes in place when there is one more. */
const POLICIES: { readonly [stack: string]: readonly string[] } = {
  "private-codebuild": ["aws_vpc_endpoint.endpoints_ecr-api", "aws_vpc_endpoint.endpoints_ecr-dkr"],
  "private-eks": [
    "aws_iam_role_policy.cache_pulls_role_3aeks-node",
    "aws_vpc_endpoint.endpoints_ecr-api",
    "aws_vpc_endpoint.endpoints_ecr-dkr",
  ],
};

/** Other settings of the repositories, for every upstream. */
const OTHERWISE: { readonly [example: string]: readonly Edit[] } = {
  "all-upstreams": [["keepLastImages: 50", "keepLastImages: 5"]],
  "docker-hub": [["  upstreams: [\n", "  repositories: { keepLastImages: 5 },\n  upstreams: [\n"]],
  "elastio-connector": [["  upstreams: [", "  repositories: { keepLastImages: 5 },\n  upstreams: ["]],
  pipeline: [["  upstreams: [\n", "  repositories: { keepLastImages: 5 },\n  upstreams: [\n"]],
  "private-codebuild": [["  upstreams: [\n", "  repositories: { keepLastImages: 5 },\n  upstreams: [\n"]],
  "private-eks": [["  upstreams: [\n", "  repositories: { keepLastImages: 5 },\n  upstreams: [\n"]],
};

/** Further regions of a fleet, which live as its first one does: test/terraform/pipeline.test.ts applies them all. */
const LEFT_OUT: readonly string[] = ["registries-eu-west-1", "registries-ap-southeast-2"];

/** Secrets and roles that an example expects to be there. */
const EXPECTED: { readonly [example: string]: { readonly region: string; readonly secrets: readonly string[] } } = {
  "all-upstreams": { region: "us-east-1", secrets: ["github", "gitlab", "azure", "chainguard"] },
  "private-eks": { region: "eu-west-1", secrets: ["docker-hub", "github"] },
};

/** What has changed something, states in S3 aside. */
const writes = (requests: readonly LoggedRequest[]): string[] =>
  requests
    .filter(({ service }) => service !== "s3")
    .map(({ operation }) => operation)
    .filter((operation) => !/^(BatchGet|Get|Describe|List)/.test(operation));

const policyWrites = (stack: string): string[] =>
  (POLICIES[stack] ?? []).map((address) => (address.includes("role") ? "PutRolePolicy" : "ModifyVpcEndpoint"));

describeWithTerraform("from nothing to nothing, each stack of the examples", () => {
  let aws: LocalAws;
  const workspaces = new Map<string, Workspace>();
  const accounts = new Map<string, string>();

  beforeAll(async () => {
    aws = await LocalAws.start();
    for (const [index, example] of EXAMPLES.entries()) {
      // Examples cache the same registries: each has an account of its own.
      const accountId = `${index}`.repeat(12);
      accounts.set(example, accountId);
      await createStateBucket(aws, accountId);
      const folders = stackFolders(await synthesizeExample(example, { accountId }));
      for (const folder of folders.filter((name) => !LEFT_OUT.includes(path.basename(name)))) {
        const workspace = new Workspace(folder, { ...variables, ...aws.environment(accountId) });
        await workspace.init();
        workspaces.set(path.basename(folder), workspace);
      }
      const { region, secrets } = EXPECTED[example] ?? { region: "us-east-1", secrets: [] };
      for (const name of secrets) {
        await new SecretsManagerClient(clientConfig(aws, { accountId, region })).send(
          new CreateSecretCommand({
            Name: `ecr-pullthroughcache/${name}`,
            SecretString: JSON.stringify({ username: "bot", accessToken: "not-a-token" }),
          }),
        );
      }
      addNetworks(aws, accountId);
    }
    await new IAMClient(clientConfig(aws, { accountId: accounts.get("private-eks") })).send(
      new CreateRoleCommand({ RoleName: "eks-node", AssumeRolePolicyDocument: '{"Statement":[]}' }),
    );
    await createElastioStack(aws, { accountId: accounts.get("elastio-connector") });
    await createElastioStack(aws, { accountId: accounts.get("pipeline") });
    await createAgentStack(aws, { accountId: accounts.get("vendor-stack"), region: "eu-west-1" });
    foreign = aws.contents();
  }, 240_000);
  afterAll(() => aws.stop());

  /** What is there and not ours. */
  let foreign: string[];

  const isCache = (stack: string): boolean => !(stack in OVERRIDES) && !(stack in FLEET_POLICIES);

  async function each(action: (workspace: Workspace, stack: string) => Promise<void>): Promise<void> {
    for (const [stack, workspace] of workspaces) {
      if (isCache(stack)) {
        await action(workspace, stack);
      }
    }
  }

  /** Has every workspace hold what the examples synthesize to when they are edited. */
  async function synthesize(edits: { readonly [example: string]: readonly Edit[] }): Promise<void> {
    for (const example of EXAMPLES) {
      const options = { edits: edits[example], accountId: accounts.get(example) };
      for (const folder of stackFolders(await synthesizeExample(example, options))) {
        const json = fs.readFileSync(path.join(folder, "cdk.tf.json"), "utf8");
        workspaces.get(path.basename(folder))?.write("cdk.tf.json", json);
      }
    }
  }

  test("is created, and then is as declared", async () => {
    await each(async (workspace) => {
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
    });
    // The provider tries to learn its account, and to take away rules that a new security group may not have; Terraform
    // looks for a state where there is none yet.
    const expected = /^(GetUser|HeadObject|RevokeSecurityGroupEgress)$/;
    const errors = aws.requests.filter(({ errorCode }) => errorCode !== undefined);
    expect(errors.filter(({ operation }) => !expected.test(operation))).toEqual([]);
  }, 240_000);

  test("gets one more upstream, and nothing else is touched", async () => {
    await synthesize(MORE);
    await each(async (workspace, stack) => {
      const changes = Object.entries(await workspace.changes()).sort();
      const updates = changes.filter(([, action]) => action === "update").map(([address]) => address);
      expect(updates.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual(POLICIES[stack] ?? []);
      const others = changes.filter(([address]) => !updates.includes(address));
      expect(others.map(([, action]) => action)).toEqual(["create", "create"]);
      for (const [address] of others) {
        expect(address).toMatch(/^aws_ecr_(pull_through_cache_rule|repository_creation_template)\.(cache_)?more-/);
      }
      const before = aws.requests.length;
      await workspace.apply();
      expect(writes(aws.requests.slice(before)).sort()).toEqual(
        ["CreatePullThroughCacheRule", "CreateRepositoryCreationTemplate", ...policyWrites(stack)].sort(),
      );
      expect(await workspace.isUpToDate()).toBe(true);
    });
  }, 240_000);

  test("loses it again, and nothing else is touched", async () => {
    await synthesize({});
    await each(async (workspace, stack) => {
      const before = aws.requests.length;
      await workspace.apply();
      expect(writes(aws.requests.slice(before)).sort()).toEqual(
        ["DeletePullThroughCacheRule", "DeleteRepositoryCreationTemplate", ...policyWrites(stack)].sort(),
      );
      expect(await workspace.isUpToDate()).toBe(true);
    });
  }, 240_000);

  test("gets other settings in place", async () => {
    await synthesize(OTHERWISE);
    await each(async (workspace) => {
      expect(new Set(Object.values(await workspace.changes()))).toEqual(new Set(["update"]));
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
    });
  }, 240_000);

  test.each(Object.entries(FLEET_POLICIES))(
    "%s has a policy for all regions, which follows the caches it is for",
    async (stack, changes) => {
      await synthesize(OTHERWISE);
      const workspace = workspaces.get(stack) as Workspace;
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
      await synthesize(MORE);
      expect(await workspace.changes()).toEqual(changes);
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
      await synthesize(OTHERWISE);
      await workspace.destroy();
    },
    240_000,
  );

  test.each(Object.entries(OVERRIDES))(
    "%s changes parameters, and gives them back",
    async (name, { example, stackName, region, parameters, changed, lastLine }) => {
      const workspace = workspaces.get(name) as Workspace;
      const accountId = accounts.get(example) ?? "";
      const scope = { accountId, region };
      const values = Object.entries(changed).map(([key, value]) => [key, value.replace("<account>", accountId)]);
      const now = async (): Promise<object> => parametersOf(await describeStack(aws, scope, stackName));
      await workspace.apply();
      expect(await now()).toEqual({ ...parameters, ...(Object.fromEntries(values) as object) });
      expect(await workspace.isUpToDate()).toBe(true);
      for (const line of ["undo", "letGo"]) {
        await synthesize({ ...OTHERWISE, [example]: [[lastLine, `${lastLine}  ${line}: true,\n`]] });
        await workspace.apply();
        expect(await now()).toEqual(parameters);
        expect(await workspace.isUpToDate()).toBe(true);
      }
      const { terraform, provider } = JSON.parse(workspace.read("cdk.tf.json")) as {
        terraform: object;
        provider: object;
      };
      workspace.write("cdk.tf.json", JSON.stringify({ terraform, provider }));
      await workspace.destroy();
      expect(await now()).toEqual(parameters);
    },
    240_000,
  );

  test("is destroyed, and leaves nothing behind", async () => {
    await each(async (workspace) => {
      await workspace.destroy();
    });
    // Terraform keeps a state in S3 when there is nothing in it any more.
    expect(aws.contents().filter((line) => !line.endsWith(".tfstate"))).toEqual(foreign);
  }, 240_000);
});

describeWithTerraform("an apply that fails midway", () => {
  let aws: LocalAws;
  beforeAll(async () => {
    aws = await LocalAws.start();
  });
  afterAll(() => aws.stop());

  test("converges when it is run again", async () => {
    const [folder = ""] = stackFolders(await synthesizeExample("docker-hub", { edits: MORE["docker-hub"] }));
    const workspace = new Workspace(folder, { ...variables, ...aws.environment() });
    await workspace.init();
    aws.refuseOnce({
      operation: "CreatePullThroughCacheRule",
      code: "UnableToAccessSecretException",
      when: ({ ecrRepositoryPrefix }) => ecrRepositoryPrefix === "docker-hub",
    });
    const { status, output } = await workspace.try(["apply", "-no-color", "-auto-approve"]);
    expect([status, output]).toEqual([1, expect.stringContaining("UnableToAccessSecretException")]);
    expect(await workspace.changes()).toEqual({
      "aws_ecr_pull_through_cache_rule.cache_docker-hub-rule_78E9EDE4": "create",
    });
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    await workspace.destroy();
    expect(aws.contents()).toEqual([]);
  });
});

describeWithTerraform("one command of cdktf", () => {
  let aws: LocalAws;
  beforeAll(async () => {
    aws = await LocalAws.start();
  });
  afterAll(() => aws.stop());

  test("makes the policy to pull, the caches of all regions, and then changes the connector's parameters", async () => {
    await createElastioStack(aws, { region: "us-east-1" });
    const output = path.join(temporaryFolder(), "cdktf.out");
    const args = ["--no-install", "cdktf", "deploy", "*", "--auto-approve", "--skip-provider-lock", "--output", output];
    const deploy = await execute("npx", args, {
      cwd: ROOT,
      env: terraformEnvironment({ CI: "1", ...aws.environment() }),
    });
    expect(`${String(deploy.status)} ${deploy.status === 0 ? "" : deploy.output}`).toBe("0 ");
    const made = aws.requests.filter(({ operation }) =>
      /^(CreatePolicy|CreatePullThroughCacheRule|UpdateStack)$/.test(operation),
    );
    expect(
      made
        .slice(1, 4)
        .map(({ region }) => region)
        .sort(),
    ).toEqual(["ap-southeast-2", "eu-west-1", "us-east-1"]);
    expect(made.map(({ operation }) => operation)).toEqual([
      "CreatePolicy",
      ...Array<string>(3).fill("CreatePullThroughCacheRule"),
      "UpdateStack",
    ]);
  }, 240_000);
});
