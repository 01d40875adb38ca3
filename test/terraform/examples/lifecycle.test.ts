import * as fs from "node:fs";
import * as path from "node:path";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { clientConfig, trusting } from "../../local-aws/clients";
import {
  ELASTIO_PARAMETERS,
  ELASTIO_STACK,
  createElastioStack,
  describeStack,
  parametersOf,
} from "../../local-aws/cloudformation/vendor-stacks";
import { addNetworks } from "../../local-aws/ec2/networks";
import { createStateBucket } from "../../local-aws/s3/state-bucket";
import { createCredential } from "../../local-aws/secrets-manager/credentials";
import type { LoggedRequest } from "../../local-aws/server";
import { modelViolations } from "../../local-aws/service-model";
import type { Edit } from "../../support/example-program";
import { EXAMPLES, stackFolders, synthesizeExample } from "../../support/examples";
import { mutationsOf } from "../../support/mutations";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const variables = { TF_VAR_docker_hub_username: "bot", TF_VAR_docker_hub_access_token: "not-a-token" };

/** The stacks that change somebody else's. */
const OVERRIDES = {
  "registries-connector": {
    example: "pipeline",
    stackName: ELASTIO_STACK,
    region: "us-east-1",
    parameters: ELASTIO_PARAMETERS,
    changed: {
      ecrPublicPrefix: "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public",
      globalManagedPolicies: "arn:aws:iam::<account>:policy/registries-pull",
    },
    lastLine: 'fleet.addPullPolicy("pull", { prefixes: ["ecr-public"] }).policyArn,\n  },\n',
  },
} as const;

/** The stacks without a cache, and what the edit of their example in MORE changes in them. */
const WITHOUT_CACHES = {
  "elastio-iam": { "aws_iam_policy.policy-pull": "update" },
  "registries-iam": {},
};

/** One more upstream, where the example lists its own. */
const MORE: { readonly [example: string]: readonly Edit[] } = {
  "all-upstreams": [["    Upstream.quay(),\n", '    Upstream.quay(),\n    Upstream.quay({ prefix: "more" }),\n']],
  "elastio-connector": [["[Upstream.ecrPublic()]", '[Upstream.ecrPublic(), Upstream.quay({ prefix: "more" })]']],
  pipeline: [["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n']],
  "private-codebuild": [["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n']],
  "private-eks": [["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n']],
  "shared-services": [["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n']],
};

/** What else says which upstreams may be pulled, and changes in place when there is one more. */
const POLICIES: { readonly [stack: string]: readonly string[] } = {
  "private-codebuild": ["aws_vpc_endpoint.endpoints_ecr-api", "aws_vpc_endpoint.endpoints_ecr-dkr"],
  "private-eks": [
    "aws_iam_role_policy.cache_pulls_role_3aeks-node",
    "aws_vpc_endpoint.endpoints_ecr-api",
    "aws_vpc_endpoint.endpoints_ecr-dkr",
  ],
  "shared-eu-west-1": [
    "aws_cloudwatch_event_rule.sync-failures_rule",
    "aws_ecr_registry_policy.registry-policy",
    "aws_ecr_registry_scanning_configuration.scanning_configuration",
  ],
};

/** The operation that updates each type in POLICIES. */
const UPDATES: { readonly [type: string]: string } = {
  aws_cloudwatch_event_rule: "PutRule",
  aws_ecr_registry_policy: "PutRegistryPolicy",
  aws_ecr_registry_scanning_configuration: "PutRegistryScanningConfiguration",
  aws_iam_role_policy: "PutRolePolicy",
  aws_vpc_endpoint: "ModifyVpcEndpoint",
};

/** Other settings of the repositories, for every upstream. */
const OTHERWISE: { readonly [example: string]: readonly Edit[] } = {
  "all-upstreams": [["keepLastImages: 50", "keepLastImages: 5"]],
  "elastio-connector": [["  upstreams: [", "  repositorySettings: { keepLastImages: 5 },\n  upstreams: ["]],
  pipeline: [["  upstreams: [\n", "  repositorySettings: { keepLastImages: 5 },\n  upstreams: [\n"]],
  "private-codebuild": [["  upstreams: [\n", "  repositorySettings: { keepLastImages: 5 },\n  upstreams: [\n"]],
  "private-eks": [["  upstreams: [\n", "  repositorySettings: { keepLastImages: 5 },\n  upstreams: [\n"]],
  "shared-services": [["  upstreams: [\n", "  repositorySettings: { keepLastImages: 5 },\n  upstreams: [\n"]],
};

/** Stacks whose resources another stack here has too, and which other tests apply. */
const LEFT_OUT: readonly string[] = [
  // test/terraform/examples/pipeline.test.ts
  "registries-eu-west-1",
  "registries-ap-southeast-2",
  // all-upstreams, here
  // test/terraform/guides.test.ts, which also restores and forgets the stacks of others
  "caches",
  "docker-hub",
  "elastio-connector",
  "elastio-eu-west-1",
  "elastio-ap-southeast-2",
  "shared-us-east-1",
  "team",
  "use-the-cache",
  "vendor-stack",
];

/** Secrets and roles that an example expects to be there. */
const EXPECTED: { readonly [example: string]: { readonly region: string; readonly secrets: readonly string[] } } = {
  "all-upstreams": { region: "us-east-1", secrets: ["github", "gitlab", "azure", "chainguard"] },
  "private-eks": { region: "eu-west-1", secrets: ["docker-hub"] },
  "shared-services": { region: "eu-west-1", secrets: ["docker-hub"] },
};

/** What has changed something, but for states in S3 and for the stacks of others, which other tests change meanwhile. */
const writes = (requests: readonly LoggedRequest[]): string[] =>
  requests
    .filter(({ service }) => service !== "s3" && service !== "cloudformation")
    .map(({ operation }) => operation)
    .filter((operation) => !/^(BatchGet|Get|Describe|List)/.test(operation));

const policyWrites = (stack: string): string[] =>
  (POLICIES[stack] ?? []).map((address) => UPDATES[address.replace(/\..*/, "")] ?? address);

const aws = useLocalAws({ pageSize: 1 });
/** What is there and not ours. */
let foreign: string[];
const workspaces: { readonly example: string; readonly stack: string; readonly workspace: Workspace }[] = [];

/** Examples cache the same registries: each has an account of its own. */
const accountOf = (example: string): string => `${EXAMPLES.indexOf(example)}`.padStart(12, "1");

// The tests that run at once start before the hooks of their block.
beforeAll(async () => {
  // One thing a page, so that the provider has to ask for the next one.
  for (const example of EXAMPLES) {
    const accountId = accountOf(example);
    await createStateBucket(aws, accountId);
    const folders = stackFolders(await synthesizeExample(example, { accountId }));
    for (const folder of folders.filter((name) => !LEFT_OUT.includes(path.basename(name)))) {
      const workspace = new Workspace(folder, { ...variables, ...aws.environment(accountId) });
      await workspace.init();
      workspaces.push({ example, stack: path.basename(folder), workspace });
    }
    const { region, secrets } = EXPECTED[example] ?? { region: "us-east-1", secrets: [] };
    for (const name of secrets) {
      await createCredential(aws, name, { accountId, region });
    }
    addNetworks(aws, accountId);
  }
  await new IAMClient(clientConfig(aws, { accountId: accountOf("private-eks") })).send(
    new CreateRoleCommand({ RoleName: "eks-node", AssumeRolePolicyDocument: trusting("ec2.amazonaws.com") }),
  );
  await createElastioStack(aws, { accountId: accountOf("pipeline") });
  foreign = aws.contents();
});

describeWithTerraform("from nothing to nothing, each stack of the examples", () => {
  const isCache = (stack: string): boolean => !(stack in OVERRIDES) && !(stack in WITHOUT_CACHES);

  /** Does something with every stack that holds a cache: the stacks of one example in their order, the examples at once. */
  async function each(
    action: (workspace: Workspace, stack: string, accountId: string) => Promise<void>,
  ): Promise<void> {
    await Promise.all(
      EXAMPLES.map(async (example) => {
        for (const { stack, workspace } of workspaces.filter((one) => one.example === example && isCache(one.stack))) {
          await action(workspace, stack, accountOf(example));
        }
      }),
    );
  }

  /** Has the workspaces of some stacks hold what their examples synthesize to when these are edited. */
  async function synthesize(
    edits: { readonly [example: string]: readonly Edit[] },
    isMeant: (stack: string) => boolean,
  ): Promise<void> {
    const meant = workspaces.filter(({ stack }) => isMeant(stack));
    for (const example of new Set(meant.map((one) => one.example))) {
      const outdir = await synthesizeExample(example, { edits: edits[example], accountId: accountOf(example) });
      for (const { stack, workspace } of meant.filter((one) => one.example === example)) {
        workspace.write("cdk.tf.json", fs.readFileSync(path.join(outdir, "stacks", stack, "cdk.tf.json"), "utf8"));
      }
    }
  }

  function workspaceOf(name: string): Workspace {
    return workspaces.find(({ stack }) => stack === name)?.workspace as Workspace;
  }

  const requestsOf = (accountId: string): LoggedRequest[] =>
    aws.requests.filter((request) => request.accountId === accountId);

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
  });

  test("gets one more upstream, and nothing else is touched", async () => {
    await synthesize(MORE, isCache);
    await each(async (workspace, stack, accountId) => {
      const changes = Object.entries(await workspace.changes()).sort();
      const updates = changes.filter(([, action]) => action === "update").map(([address]) => address);
      expect(updates.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual(POLICIES[stack] ?? []);
      const others = changes.filter(([address]) => !updates.includes(address));
      expect(others.map(([, action]) => action)).toEqual(["create", "create", "create"]);
      for (const [address] of others) {
        expect(address).toMatch(
          /^(aws_ecr_(pull_through_cache_rule|repository_creation_template)|terraform_data)\.(cache_)?more-/,
        );
      }
      const before = requestsOf(accountId).length;
      await workspace.apply();
      expect(writes(requestsOf(accountId).slice(before)).sort()).toEqual(
        ["CreatePullThroughCacheRule", "CreateRepositoryCreationTemplate", ...policyWrites(stack)].sort(),
      );
      expect(await workspace.isUpToDate()).toBe(true);
    });
  });

  test("loses it again, and nothing else is touched", async () => {
    await synthesize({}, isCache);
    await each(async (workspace, stack, accountId) => {
      const before = requestsOf(accountId).length;
      await workspace.apply();
      expect(writes(requestsOf(accountId).slice(before)).sort()).toEqual(
        ["DeletePullThroughCacheRule", "DeleteRepositoryCreationTemplate", ...policyWrites(stack)].sort(),
      );
      expect(await workspace.isUpToDate()).toBe(true);
    });
  });

  test("gets other settings in place", async () => {
    await synthesize(OTHERWISE, isCache);
    await each(async (workspace) => {
      expect(new Set(Object.values(await workspace.changes()))).toEqual(new Set(["update"]));
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
    });
  });

  test.each(Object.entries(WITHOUT_CACHES))(
    "%s is up to date after an apply, and follows the edit of its example",
    async (stack, changes) => {
      const workspace = workspaceOf(stack);
      await synthesize(OTHERWISE, (name) => name === stack);
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
      await synthesize(MORE, (name) => name === stack);
      expect(await workspace.changes()).toEqual(changes);
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
      await synthesize(OTHERWISE, (name) => name === stack);
      await workspace.destroy();
    },
  );

  test.concurrent.each(Object.entries(OVERRIDES))(
    "%s sets parameters, restores them, and is forgotten",
    async (name, { example, stackName, region, parameters, changed, lastLine }) => {
      const workspace = workspaceOf(name);
      const accountId = accountOf(example);
      const scope = { accountId, region };
      const values = Object.entries(changed).map(([key, value]) => [key, value.replace("<account>", accountId)]);
      const now = async (): Promise<object> => parametersOf(await describeStack(aws, scope, stackName));
      await workspace.apply();
      expect(await now()).toEqual({ ...parameters, ...(Object.fromEntries(values) as object) });
      expect(await workspace.isUpToDate()).toBe(true);
      for (const action of ["RESTORE", "FORGET"]) {
        const edits: Edit[] = [
          ["const app =", 'import { OverrideAction } from "cdktf-ecr-pull-through-cache";\n\nconst app ='],
          [lastLine, `${lastLine}  action: OverrideAction.${action},\n`],
        ];
        await synthesize({ [example]: edits }, (stack) => stack === name);
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
  );

  test("is destroyed, and leaves nothing behind", async () => {
    await each(async (workspace) => {
      await workspace.destroy();
    });
    // Terraform keeps a state in S3 when there is nothing in it any more.
    expect(aws.contents().filter((line) => !line.endsWith(".tfstate"))).toEqual(foreign);
  });

  test("sends nothing, and is answered nothing, that AWS's model of the operation does not have", () => {
    expect([...new Set(sentToServices().flatMap(modelViolations))]).toEqual([]);
    expect(new Set(sentToServices().map(({ service }) => service)).size).toBeGreaterThan(8);
  });

  test("reads lists to their end, where AWS answers one thing a page", () => {
    const tokens = ["Marker", "NextToken", "nextToken"];
    const further = sentToServices().filter(({ input }) => tokens.some((token) => token in input));
    expect([...new Set(further.map(({ operation }) => operation))].sort()).toEqual([
      "ListPolicyVersions",
      "ListRolePolicies",
    ]);
  });

  test("would be caught with any member of another name or type, in requests and in answers", () => {
    const byOperation = new Map(
      sentToServices()
        .filter(({ errorCode }) => errorCode === undefined)
        .map((request) => [`${request.service} ${request.operation}`, request]),
    );
    const mutations = [...byOperation.values()].flatMap(mutationsOf);
    expect(mutations.length).toBeGreaterThan(500);
    const missed = mutations.filter(({ request }) => modelViolations(request).length === 0);
    expect(missed.map(({ what }) => what)).toEqual([]);
  });

  /** What the provider has sent; Terraform's backend keeps the states in S3. */
  function sentToServices(): LoggedRequest[] {
    return aws.requests.filter(({ service }) => service !== "s3");
  }
});
