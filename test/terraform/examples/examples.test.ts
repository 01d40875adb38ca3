import * as path from "node:path";
import { createAgentStack, createElastioStack } from "../../local-aws/cloudformation/vendor-stacks";
import { addNetworks } from "../../local-aws/ec2/networks";
import { createStateBucket } from "../../local-aws/s3/state-bucket";
import { createCredential } from "../../local-aws/secrets-manager/credentials";
import { ACCOUNT } from "../../local-aws/server";
import { EXAMPLES, stackFolders, synthesizeExample } from "../../support/examples";
import { STARTS_PROVIDERS, Workspace, describeWithTerraform } from "../../support/terraform";
import type { Plan } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const env = { TF_VAR_docker_hub_username: "bot", TF_VAR_docker_hub_access_token: "not-a-token" };

/** A region of the example for pipelines. */
const REGISTRY = {
  rules: { "ecr-public": "public.ecr.aws", "docker-hub": "registry-1.docker.io" },
  others: { aws_secretsmanager_secret: 1, aws_secretsmanager_secret_version: 1 },
};

/** A region of the example with other accounts. */
const SHARED = {
  rules: { "ecr-public": "public.ecr.aws", "docker-hub": "registry-1.docker.io" },
  others: {
    aws_cloudwatch_event_rule: 1,
    aws_cloudwatch_event_target: 1,
    aws_ecr_account_setting: 1,
    aws_ecr_registry_policy: 1,
    aws_ecr_registry_scanning_configuration: 2,
    aws_iam_role: 1,
    aws_iam_role_policy: 1,
    aws_scheduler_schedule: 3,
    aws_sns_topic: 1,
    aws_sns_topic_policy: 1,
    aws_sns_topic_subscription: 1,
    terraform_data: 4,
  },
};

/** What a plan of each stack creates: prefixes by upstream URL, and how many of what else. */
const EXPECTED: { readonly [stack: string]: { readonly rules: object; readonly others: object } } = {
  caches: { rules: { "ecr-public": "public.ecr.aws" }, others: {} },
  "docker-hub": {
    rules: { "docker-hub": "registry-1.docker.io" },
    others: { aws_secretsmanager_secret: 1, aws_secretsmanager_secret_version: 1 },
  },
  "all-upstreams": {
    rules: {
      "ecr-public": "public.ecr.aws",
      k8s: "registry.k8s.io",
      quay: "quay.io",
      "docker-hub": "registry-1.docker.io",
      github: "ghcr.io",
      gitlab: "registry.gitlab.com",
      azure: "contoso.azurecr.io",
      chainguard: "cgr.dev",
      europe: "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
      platform: "444455556666.dkr.ecr.us-east-1.amazonaws.com",
    },
    others: {
      aws_iam_role: 2,
      aws_iam_role_policy: 2,
      aws_secretsmanager_secret: 1,
      aws_secretsmanager_secret_version: 1,
    },
  },
  "elastio-us-east-1": { rules: { "ecr-public": "public.ecr.aws" }, others: {} },
  "elastio-eu-west-1": { rules: { "ecr-public": "public.ecr.aws" }, others: {} },
  "elastio-ap-southeast-2": { rules: { "ecr-public": "public.ecr.aws" }, others: {} },
  "elastio-iam": { rules: {}, others: { aws_iam_policy: 1 } },
  "elastio-connector": { rules: {}, others: { aws_cloudformation_stack: 1, terraform_data: 3 } },
  "registries-us-east-1": REGISTRY,
  "registries-eu-west-1": REGISTRY,
  "registries-ap-southeast-2": REGISTRY,
  "registries-iam": { rules: {}, others: { aws_iam_policy: 1 } },
  "registries-connector": { rules: {}, others: { aws_cloudformation_stack: 1, terraform_data: 3 } },
  "shared-eu-west-1": SHARED,
  "shared-us-east-1": SHARED,
  team: { rules: {}, others: { aws_iam_policy: 1 } },
  "use-the-cache": {
    rules: { "docker-hub": "registry-1.docker.io", kubernetes: "registry.k8s.io", quay: "quay.io" },
    others: { aws_iam_role_policy: 1 },
  },
  "vendor-stack": { rules: {}, others: { aws_cloudformation_stack: 1, terraform_data: 2 } },
  "private-codebuild": {
    rules: { "ecr-public": "public.ecr.aws", "docker-hub": "registry-1.docker.io" },
    others: {
      aws_cloudwatch_log_group: 2,
      aws_codebuild_project: 2,
      aws_ecr_repository: 1,
      aws_iam_role: 3,
      aws_iam_role_policy: 4,
      aws_scheduler_schedule: 1,
      aws_secretsmanager_secret: 1,
      aws_secretsmanager_secret_version: 1,
      aws_security_group: 2,
      aws_vpc_endpoint: 5,
      aws_vpc_endpoint_route_table_association: 1,
      aws_vpc_security_group_egress_rule: 1,
      aws_vpc_security_group_ingress_rule: 1,
    },
  },
  "private-eks": {
    rules: {
      "docker-hub": "registry-1.docker.io",
      "ecr-public": "public.ecr.aws",
      kubernetes: "registry.k8s.io",
      quay: "quay.io",
    },
    others: {
      aws_iam_role_policy: 1,
      aws_security_group: 1,
      aws_vpc_endpoint: 7,
      aws_vpc_endpoint_route_table_association: 2,
      aws_vpc_security_group_ingress_rule: 1,
    },
  },
};

/** The stacks that are not in the account of the others. */
const ACCOUNTS: { readonly [stack: string]: string } = { team: "444455556666" };

/** What a plan does with a resource that it imports: it changes the stacks of vendors, and only reads the scanning. */
const IMPORTED: { readonly [type: string]: string } = {
  aws_cloudformation_stack: "update",
  aws_ecr_registry_scanning_configuration: "no-op",
};

describeWithTerraform("the examples", () => {
  const aws = useLocalAws();
  const workspaces: { readonly name: string; readonly workspace: Workspace; plan?: Plan }[] = [];

  beforeAll(async () => {
    await createElastioStack(aws, { region: "us-east-1" });
    await createAgentStack(aws, { region: "eu-west-1" });
    addNetworks(aws, ACCOUNT);
    await createStateBucket(aws);
    await createCredential(aws, "docker-hub", { region: "eu-west-1" });
    await createCredential(aws, "docker-hub", { region: "us-east-1" });
    aws.requests.length = 0;
    for (const example of EXAMPLES) {
      for (const folder of stackFolders(await synthesizeExample(example))) {
        const workspace = new Workspace(folder, aws.environment(ACCOUNTS[path.basename(folder)]));
        // The versions of a stack's providers are read only where Terraform installs them.
        await workspace.init(STARTS_PROVIDERS);
        workspaces.push({ name: path.basename(folder), workspace });
      }
    }
  });

  test("are the stacks that are expected", () => {
    expect(workspaces.map(({ name }) => name).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  test("are valid", async () => {
    for (const { workspace } of workspaces) {
      expect(await workspace.validate()).toEqual([]);
    }
  });

  test("plan to create what they say, and ask AWS for nothing but the account, states, secrets, the vendors' stacks and the networks", async () => {
    for (const { name, workspace } of workspaces) {
      const plan = await workspace.plan(env);
      const created = (plan.resource_changes ?? []).filter((resource) => resource.mode === "managed");
      for (const { type, change } of created) {
        const isImported = change.importing !== undefined;
        expect([type, change.actions.join()]).toEqual([type, isImported ? (IMPORTED[type] ?? "") : "create"]);
      }
      const rules = created.filter((resource) => resource.type === "aws_ecr_pull_through_cache_rule");
      const templates = created.filter((resource) => resource.type === "aws_ecr_repository_creation_template");
      expect(
        Object.fromEntries(
          rules.map(({ change }) => [change.after?.["ecr_repository_prefix"], change.after?.["upstream_registry_url"]]),
        ),
      ).toEqual(EXPECTED[name]?.rules);
      expect(templates.map(({ change }) => change.after?.["prefix"]).sort()).toEqual(
        Object.keys(EXPECTED[name]?.rules ?? {}).sort(),
      );
      const encryptions = created.filter(({ address }) => /^terraform_data\..*-encryption/.test(address));
      expect(encryptions).toHaveLength(templates.length);
      const parts = [...rules, ...templates, ...encryptions];
      const others = created.filter((resource) => !parts.includes(resource));
      expect(counts(others.map((resource) => resource.type))).toEqual(EXPECTED[name]?.others);
    }
    // GetUser is how the provider itself first tries to learn its account.
    const asked = aws.requests.filter(
      ({ service, operation }) => service !== "s3" && !/^(GetCallerIdentity|GetUser)$/.test(operation),
    );
    expect([...new Set(asked.map(({ operation }) => operation))].sort()).toEqual([
      "DescribeRouteTables",
      "DescribeSecret",
      "DescribeStacks",
      "DescribeSubnets",
      "DescribeVpcAttribute",
      "DescribeVpcs",
      "GetRegistryScanningConfiguration",
      "GetResourcePolicy",
      "GetTemplate",
    ]);
  });

  test("have every rule wait for its template, and for the secret's value where it has one", async () => {
    for (const { name, workspace } of workspaces) {
      const plan = JSON.parse(await workspace.run(["show", "-json", "tfplan"])) as Plan;
      for (const resource of plan.configuration.root_module.resources ?? []) {
        if (resource.address.startsWith("aws_ecr_pull_through_cache_rule.")) {
          const template = resource.address.replace(
            /^.*?\.(.*)-rule.*$/,
            "aws_ecr_repository_creation_template.$1-template",
          );
          expect(resource.depends_on).toContainEqual(expect.stringContaining(template));
          expect(resource.depends_on?.some((address) => address.includes("secret-version"))).toBe(
            resource.address.includes("docker-hub") &&
              !["private-eks", "use-the-cache", "shared-eu-west-1", "shared-us-east-1"].includes(name),
          );
        }
      }
    }
  });

  test("are valid in HCL as well, which cdktf can write instead, unless they hold conditions", async () => {
    const env = { SYNTH_HCL_OUTPUT: "true" };
    const jsonOnly = [
      "elastio-connector",
      "pipeline",
      "private-codebuild",
      "private-eks",
      "shared-services",
      "vendor-stack",
    ];
    for (const example of EXAMPLES.filter((name) => !jsonOnly.includes(name))) {
      const [folder = ""] = stackFolders(await synthesizeExample(example, { env }));
      const workspace = new Workspace(folder);
      await workspace.init();
      expect((await workspace.validate()).filter((diagnostic) => diagnostic.severity === "error")).toEqual([]);
    }
    for (const example of jsonOnly) {
      await expect(synthesizeExample(example, { env })).rejects.toThrow("synthesize to JSON");
    }
  });
});

function counts(names: string[]): { [name: string]: number } {
  const counted: { [name: string]: number } = {};
  names.forEach((name) => (counted[name] = (counted[name] ?? 0) + 1));
  return counted;
}
