import * as path from "node:path";
import { ECRClient, PutRegistryPolicyCommand, PutReplicationConfigurationCommand } from "@aws-sdk/client-ecr";
import { CreatePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { clientConfig, trusting } from "../../local-aws/clients";
import { createAgentStack } from "../../local-aws/cloudformation/vendor-stacks";
import { createDockerHubCache } from "../../local-aws/ecr/docker-hub-cache";
import { ACCOUNT } from "../../local-aws/server";
import type { LocalAws } from "../../local-aws/server";
import { pathWithAwsCli } from "../../local-commands/path-with-aws-cli";
import { MODULE_EXAMPLES, copyModules } from "../../support/module-folders";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useNewLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
/** The examples that take the place of another one, whose resources Terraform must not delete. */
const FORGET: { readonly [use: string]: string } = {
  "registry-policy: overwrite": "registry-policy: forget",
  "stack-parameter-override: minimal": "stack-parameter-override: forget",
};
const TOKENS = {
  TF_VAR_docker_hub_access_token: "not-a-token",
  TF_VAR_docker_hub_username: "acme",
  TF_VAR_ghcr_token: "not-a-token",
  TF_VAR_hub_token: "not-a-token",
};

/** What an example expects to be there. */
const EXPECTED: { readonly [use: string]: (aws: LocalAws) => Promise<unknown> | void } = {
  "private-registry: minimal": async (aws) => {
    addNetwork(aws);
    await new IAMClient(clientConfig(aws)).send(
      new CreateRoleCommand({ RoleName: "eks-node", AssumeRolePolicyDocument: trusting("ec2.amazonaws.com") }),
    );
  },
  "pull-through-cache: repository-settings": createBoundary,
  "pull-through-cache: import": (aws) => createDockerHubCache(aws, REGION),
  "registry-endpoints: minimal": addNetwork,
  "registry-replication: overwrite": addReplication,
  "registry-policy: overwrite": putRegistryPolicy,
  "stack-parameter-override: minimal": (aws) => createAgentStack(aws, { region: REGION }),
  "stack-parameter-override: aws-cli": (aws) => createAgentStack(aws, { region: REGION }),
};

/** What stays of an example: a secret is gone when its recovery window is over, which is 30 days unless it says otherwise. */
const LEFT: { readonly [use: string]: readonly string[] } = {
  "pull-through-cache: with-credentials": [`${ACCOUNT} ${REGION} secret ecr-pullthroughcache/docker-hub`],
};

/** A registry policy that somebody else has put. */
async function putRegistryPolicy(aws: LocalAws): Promise<void> {
  const Resource = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/builds/*`;
  const Statement = { Sid: "Old", Effect: "Allow", Principal: { AWS: "777788889999" }, Action: "ecr:*", Resource };
  const policyText = JSON.stringify({ Version: "2012-10-17", Statement });
  await new ECRClient(clientConfig(aws, { region: REGION })).send(new PutRegistryPolicyCommand({ policyText }));
}

/** The permissions boundary that an example names, which limits nothing. */
async function createBoundary(aws: LocalAws): Promise<void> {
  const Statement = { Effect: "Allow", Action: "*", Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await new IAMClient(clientConfig(aws)).send(new CreatePolicyCommand({ PolicyName: "boundary", PolicyDocument }));
}

/** The network that the examples name, with a NAT gateway. */
function addNetwork(aws: LocalAws): void {
  const scope = { accountId: ACCOUNT, region: REGION };
  const vpcId = "vpc-0a1b2c3d4e5f60718";
  const routeTableId = "rtb-0a1b2c3d4e5f60718";
  aws.ec2.addVpc(scope, { vpcId, cidrBlock: "10.0.0.0/16" });
  const routes = [{ destination: "0.0.0.0/0", target: "nat-0a1b2c3d4e5f60718" }];
  aws.ec2.addRouteTable(scope, { routeTableId, vpcId, routes });
  for (const [index, zone] of ["a", "b"].entries()) {
    aws.ec2.addSubnet(scope, {
      subnetId: `subnet-0a1b2c3d4e5f6071${zone}`,
      vpcId,
      availabilityZone: `${REGION}${zone}`,
      cidrBlock: `10.0.${index}.0/24`,
      routeTableId,
    });
  }
}

/** Replication rules that somebody has configured. */
async function addReplication(aws: LocalAws): Promise<void> {
  const destinations = [{ region: "us-east-1", registryId: ACCOUNT }];
  const replicationConfiguration = { rules: [{ destinations }] };
  await new ECRClient(clientConfig(aws, { region: REGION })).send(
    new PutReplicationConfigurationCommand({ replicationConfiguration }),
  );
}

const hclOf = (use: string | undefined): string => {
  const [, hcl] = MODULE_EXAMPLES.find(([name]) => name === use) ?? [];
  if (hcl === undefined) {
    throw new Error(`no README has the example ${use}`);
  }
  return hcl;
};

/** Compares a configuration beside a clone of this package with what its README promises. */
async function checkUse(workspace: Workspace, hcl: string): Promise<void> {
  expect(await workspace.validate()).toEqual([]);
  expect(await workspace.try(["fmt", "-check", "-diff", "main.tf"])).toEqual({ status: 0, output: "" });
  if (hcl.includes('module "')) {
    const given = /providers\s*= \{ aws = aws\.(\w+) \}/.exec(hcl)?.[1];
    // The module image-uris uses no provider.
    const aliased = hcl.replace(
      /^module "\w+" \{\n(?! *source = ".*\/image-uris")/gm,
      "$&  providers = { aws = aws.eu }\n",
    );
    workspace.write("main.tf", given === undefined ? `provider "aws" {\n  alias = "eu"\n}\n${aliased}` : hcl);
    expect(await providersUsed(workspace)).toEqual(new Set([`.${given ?? "eu"}`]));
    workspace.write("main.tf", hcl);
  }
}

/** The aliases of the AWS providers that the modules of a configuration use. */
async function providersUsed(workspace: Workspace): Promise<Set<string | undefined>> {
  const graph = await workspace.run(["graph", "-type=plan"]);
  const used = graph.matchAll(/"\[root\] module\..*" -> "\[root\] provider\[\\"[^"]*hashicorp\/aws\\"\](\.\w+)?"/g);
  return new Set([...used].map(([, alias]) => alias));
}

describeWithTerraform("the examples of the modules' READMEs", () => {
  let aws: LocalAws;
  useNewLocalAws((made) => {
    aws = made;
  });

  test.each(MODULE_EXAMPLES.map(([use]) => use).filter((use) => !Object.values(FORGET).includes(use)))(
    "are valid, use the provider that they are given, apply at the first try, have nothing more to do, and end without a trace: %s",
    async (use) => {
      await EXPECTED[use]?.(aws);
      const foreign = aws.contents();
      const env = { ...TOKENS, AWS_REGION: REGION, PATH: pathWithAwsCli(), ...aws.environment() };
      const workspace = new Workspace({}, env);
      copyModules(path.join(workspace.folder, "..", "cdktf-ecr-pull-through-cache", "modules"));
      workspace.write("main.tf", hclOf(use));
      await workspace.init();
      await checkUse(workspace, hclOf(use));
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
      const end = FORGET[use];
      if (end === undefined) {
        await workspace.destroy();
      } else {
        workspace.write("main.tf", hclOf(end));
        await checkUse(workspace, hclOf(end));
        await workspace.apply();
      }
      expect((await workspace.run(["state", "list"])).trim()).toBe("");
      // A rule that was taken over belongs to Terraform, and goes with the rest.
      expect([...foreign, ...(LEFT[use] ?? [])]).toEqual(expect.arrayContaining(aws.contents()));
    },
  );
});
