import * as fs from "node:fs";
import * as path from "node:path";
import { CreatePullThroughCacheRuleCommand, ECRClient } from "@aws-sdk/client-ecr";
import { clientConfig } from "../../local-aws/clients";
import {
  ELASTIO_PARAMETERS,
  ELASTIO_STACK,
  createElastioStack,
  describeStack,
  parametersOf,
} from "../../local-aws/cloudformation/vendor-stacks";
import { addNetworks } from "../../local-aws/ec2/networks";
import { whyDenied } from "../../local-aws/iam/policy-evaluation";
import { ACCOUNT } from "../../local-aws/server";
import type { LocalAws } from "../../local-aws/server";
import { ROOT } from "../../support/examples";
import { copyModules } from "../../support/module-folders";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const EXAMPLE = path.join(ROOT, "examples", "plain-terraform");
const TOKEN = "not-a-token";
const variables = { TF_VAR_docker_hub_username: "bot", TF_VAR_docker_hub_access_token: TOKEN };

/** An example's configuration in a folder outside of the project, which it reaches by a relative path. */
function outside(name: string, aws: LocalAws, env: NodeJS.ProcessEnv = {}): Workspace {
  const workspace = new Workspace(path.join(EXAMPLE, name), { ...env, ...aws.environment() });
  edit(workspace, "../../../modules", path.relative(fs.realpathSync(workspace.folder), path.join(ROOT, "modules")));
  return workspace;
}

function edit(workspace: Workspace, from: string, to: string): void {
  const text = workspace.read("main.tf");
  if (!text.includes(from)) {
    throw new Error(`the example has no ${from}`);
  }
  workspace.write("main.tf", text.replaceAll(from, to));
}

/** The changes of a plan that are not made to Terraform's own records. */
async function changesInAws(workspace: Workspace): Promise<{ [address: string]: string }> {
  const changes = Object.entries(await workspace.changes());
  return Object.fromEntries(changes.filter(([address]) => !address.includes(".terraform_data.")));
}

describeWithTerraform("the module pull-through-cache", () => {
  const aws = useLocalAws();

  test("takes over a rule that exists", async () => {
    await new ECRClient(clientConfig(aws, { region: "eu-west-1" })).send(
      new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: "quay", upstreamRegistryUrl: "quay.io" }),
    );
    const rule = 'module.cache.aws_ecr_pull_through_cache_rule.upstream["quay"]';
    const workspace = new Workspace(
      {
        provider: { aws: { region: "eu-west-1" } },
        import: [{ to: rule, id: "quay" }],
        module: { cache: { source: "../../../modules/pull-through-cache", upstreams: { quay: {} } } },
      },
      aws.environment(),
    );
    copyModules(path.join(workspace.folder, "../../../modules"));
    await workspace.init();
    expect(await workspace.changes()).toEqual({
      'module.cache.aws_ecr_repository_creation_template.upstream["quay"]': "create",
      'module.cache.terraform_data.authentication["quay"]': "create",
      'module.cache.terraform_data.encryption["quay"]': "create",
    });
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    expect(aws.requests.filter(({ operation }) => operation === "CreatePullThroughCacheRule").length).toBe(1);
  });
});

describeWithTerraform("the module private-registry", () => {
  const aws = useLocalAws();
  beforeAll(() => addNetworks(aws, ACCOUNT));

  test("is made in a network, is as declared, gets one more upstream and is destroyed", async () => {
    const foreign = aws.contents();
    const configured = (upstreams: object): object => ({
      provider: { aws: { region: "eu-west-1" } },
      module: {
        registry: {
          source: "./modules/private-registry",
          upstreams,
          vpc_id: "vpc-0e450000000000001",
          subnet_ids: ["subnet-0e45000000000000a", "subnet-0e45000000000000b"],
          route_table_ids: { a: "rtb-0e45000000000000a", b: "rtb-0e45000000000000b" },
          client_cidrs: { vpc: "10.0.0.0/16" },
          first_pull: "INTERNET_ROUTE",
          services: ["sts"],
          managed_policy: { name: "pulls" },
        },
      },
    });
    const workspace = new Workspace(configured({ "ecr-public": {} }), aws.environment());
    copyModules(path.join(workspace.folder, "modules"));
    await workspace.init();
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    const role = { arn: `arn:aws:iam::${ACCOUNT}:role/creates` };
    const quay = { repository_settings: { tags: { team: "platform" }, role } };
    workspace.write("main.tf.json", JSON.stringify(configured({ "ecr-public": {}, quay })));
    // What may be pulled is said by the endpoints and by the policy, and nothing else is touched.
    expect(await changesInAws(workspace)).toEqual({
      'module.registry.module.cache.aws_ecr_pull_through_cache_rule.upstream["quay"]': "create",
      'module.registry.module.cache.aws_ecr_repository_creation_template.upstream["quay"]': "create",
      'module.registry.module.endpoints.aws_vpc_endpoint.registry["ecr.api"]': "update",
      'module.registry.module.endpoints.aws_vpc_endpoint.registry["ecr.dkr"]': "update",
      "module.registry.module.pulls.aws_iam_policy.pull[0]": "update",
    });
    const before = aws.requests.length;
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    const policies = aws.requests
      .slice(before)
      .filter(({ operation }) => /^(ModifyVpcEndpoint|CreatePolicyVersion)$/.test(operation));
    expect(policies.map(({ input }) => JSON.stringify(input).includes("ecr:TagResource"))).toEqual([true, true, true]);
    await workspace.destroy();
    expect(aws.contents()).toEqual(foreign);
  });
});

describeWithTerraform("the registries of plain Terraform", () => {
  const QUAY = '    ecr-public = {}\n    quay       = { prefix = "red-hat" }\n';
  const aws = useLocalAws();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = outside("registries", aws, variables);
    await workspace.init();
  });

  test("are made in both regions, and then are as declared", async () => {
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    const made = aws.requests.filter(({ operation }) => operation === "CreatePullThroughCacheRule");
    expect(made.map(({ region }) => region).sort()).toEqual(["eu-west-1", "eu-west-1", "us-east-1", "us-east-1"]);
    const output = JSON.parse(await workspace.run(["output", "-json", "repository_uris"])) as object;
    expect(output).toEqual({
      "us-east-1": {
        "docker-hub": "111122223333.dkr.ecr.us-east-1.amazonaws.com/docker-hub",
        "ecr-public": "111122223333.dkr.ecr.us-east-1.amazonaws.com/ecr-public",
      },
      "eu-west-1": {
        "docker-hub": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub",
        "ecr-public": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/ecr-public",
      },
    });
  });

  test("let the nodes tag the repositories that a first pull creates in Europe", async () => {
    const roles = aws.requests.filter(({ operation }) => operation === "CreateRole");
    const nodes = roles.map(({ input }) => String(input["RoleName"])).filter((name) => name.startsWith("nodes-"));
    const identityPolicies = aws.iam.policiesOf({ accountId: ACCOUNT, region: "eu-west-1" }, nodes.join());
    const principalArn = `arn:aws:iam::${ACCOUNT}:role/${nodes.join()}`;
    const whyNotTagged = (path: string): Promise<string | undefined> => {
      const resource = `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/${path}`;
      const access = { principalArn, action: "ecr:TagResource", resource, accountId: ACCOUNT };
      return whyDenied({ ...access, identityPolicies });
    };
    expect(await whyNotTagged("docker-hub/library/nginx")).toBeUndefined();
    expect(await whyNotTagged("team/app")).toMatch(/does not allow ecr:TagResource/);
  });

  test("get one more upstream, and nothing else is touched but what says who may pull", async () => {
    edit(workspace, "    ecr-public = {}\n", QUAY);
    const changes = {
      'aws_ecr_pull_through_cache_rule.upstream["quay"]': "create",
      'aws_ecr_repository_creation_template.upstream["quay"]': "create",
    };
    const both = ["america", "europe"].flatMap((module) =>
      Object.entries(changes).map(([address, action]) => [`module.${module}.${address}`, action] as const),
    );
    expect(await changesInAws(workspace)).toEqual({
      ...Object.fromEntries(both),
      "module.pulls.aws_iam_policy.pull[0]": "update",
      'module.pulls.aws_iam_role_policy.pull["nodes"]': "update",
    });
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("lose it again, and nothing else is touched but what says who may pull", async () => {
    edit(workspace, QUAY, "    ecr-public = {}\n");
    expect([...new Set(Object.values(await changesInAws(workspace)))].sort()).toEqual(["delete", "update"]);
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("write a new token when its version is raised, and otherwise none", async () => {
    expect(await workspace.changes({ TF_VAR_docker_hub_access_token: "another" })).toEqual({});
    edit(workspace, "credential_version = 1", "credential_version = 2");
    expect(await workspace.changes({ TF_VAR_docker_hub_access_token: "another" })).toEqual({
      'module.america.aws_secretsmanager_secret_version.credential["docker-hub"]': "create,delete",
      'module.europe.aws_secretsmanager_secret_version.credential["docker-hub"]': "create,delete",
    });
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("keep the token out of every file", async () => {
    await workspace.plan();
    const holding = workspace.files().filter((file) => fs.readFileSync(file).includes(TOKEN));
    expect(holding).toEqual([]);
    expect(workspace.files().length).toBeGreaterThan(3);
  });

  test("are destroyed without the token, and leave nothing behind", async () => {
    await workspace.destroy({ TF_VAR_docker_hub_username: "", TF_VAR_docker_hub_access_token: "" });
    expect(aws.contents()).toEqual([]);
  });
});

describeWithTerraform("the connector of plain Terraform", () => {
  const scope = { region: "us-east-1" };
  const aws = useLocalAws();
  let workspace: Workspace;

  const parameters = async (): Promise<object> => parametersOf(await describeStack(aws, scope, ELASTIO_STACK));

  beforeAll(async () => {
    await createElastioStack(aws, scope);
    workspace = outside("connector", aws);
    await workspace.init();
  });

  test("has two parameters changed and keeps all others", async () => {
    await workspace.apply();
    expect(await parameters()).toEqual({
      ...ELASTIO_PARAMETERS,
      ecrPublicPrefix: "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public",
      globalManagedPolicies: "arn:aws:iam::111122223333:policy/elastio-pull",
    });
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("gets its former parameters, and is forgotten", async () => {
    edit(workspace, '  stack_name = "', '  action     = "RESTORE"\n  stack_name = "');
    await workspace.apply();
    expect(await parameters()).toEqual(ELASTIO_PARAMETERS);
    const [head = ""] = workspace.read("main.tf").split('module "connector"');
    workspace.write(
      "main.tf",
      `${head}removed {\n  from = module.connector\n  lifecycle {\n    destroy = false\n  }\n}\n`,
    );
    await workspace.apply();
    await workspace.destroy();
    expect(await parameters()).toEqual(ELASTIO_PARAMETERS);
  });
});
