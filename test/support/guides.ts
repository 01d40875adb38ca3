import { ECRClient, PutRegistryPolicyCommand, PutRegistryScanningConfigurationCommand } from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { clientConfig, trusting } from "../local-aws/clients";
import {
  AGENT_STACK,
  createAgentStack,
  createElastioStack,
  protectStack,
} from "../local-aws/cloudformation/vendor-stacks";
import { addNetworks } from "../local-aws/ec2/networks";
import { createDockerHubCache } from "../local-aws/ecr/docker-hub-cache";
import { imageOf } from "../local-aws/ecr/images";
import { createStateBucket } from "../local-aws/s3/state-bucket";
import { createCredential } from "../local-aws/secrets-manager/credentials";
import { ACCOUNT } from "../local-aws/server";
import type { LocalAws } from "../local-aws/server";
import { runBuilds } from "../local-commands/builds";
import type { Puller } from "../local-commands/puller";
import type { GuideSetup } from "./guide";

/** A node of the example `private-eks`. */
const NODE: Puller = { roleName: "eks-node", subnetId: "subnet-0e45000000000000a" };

/** The guides, and what each takes for given. */
export const GUIDES: { readonly [name: string]: GuideSetup } = {
  "docs/alerts.md": {
    files: { "main.ts": "examples/shared-services/main.ts" },
    prepare: async (aws) => {
      await createCredential(aws, "docker-hub", { region: "eu-west-1" });
    },
  },
  "docs/cloudformation-stack-parameters.md": {
    files: { "main.ts": "examples/vendor-stack/main.ts" },
    prepare: async (aws) => {
      const scope = { accountId: ACCOUNT, region: "eu-west-1" };
      await createAgentStack(aws, scope);
      await protectStack(aws, scope, AGENT_STACK, false);
    },
  },
  "docs/codebuild-private-subnets.md": {
    files: { "main.ts": "examples/private-codebuild/main.ts" },
    typed: ["not-a-token"],
    prepare: (aws) => {
      addNetworks(aws, ACCOUNT);
      aws.ecr.upstreams.put("registry-1.docker.io", "library/python", "3.12-slim", imageOf("python"));
      publishAlpine(aws);
      runBuilds(aws);
    },
  },
  "docs/eks-docker-hub.md": {
    files: {
      "main.ts": "examples/private-eks/main.ts",
      "deployment.yaml": "examples/private-eks/deployment.yaml",
    },
    typed: ["not-a-token"],
    prepare: addPrivateEks,
    nodes: NODE,
  },
  "docs/elastio-cloud-connector.md": {
    files: { "main.ts": "examples/elastio-connector/main.ts" },
    prepare: async (aws) => {
      await createElastioStack(aws, { accountId: ACCOUNT, region: "us-east-1" });
      publishAlpine(aws);
    },
  },
  "docs/getting-started.md": {
    files: {
      "main.ts": "examples/ecr-public/main.ts",
      "hcl/main.tf": "modules/pull-through-cache/examples/minimal/main.tf",
    },
    prepare: (aws) => aws.ecr.upstreams.put("public.ecr.aws", "nginx/nginx", "1.29", imageOf("layer")),
  },
  "docs/import-existing-resources.md": {
    files: {
      "main.ts": "examples/docker-hub/import.ts",
      "main.tf": "modules/pull-through-cache/examples/import/main.tf",
    },
    typed: ["not-a-token"],
    prepare: async (aws) => {
      await createDockerHubCache(aws, "us-east-1");
      await createDockerHubCache(aws, "eu-west-1");
      publishNginx(aws);
    },
  },
  "docs/migrate.md": {
    files: {
      "docker-hub.tf": "test/project/hand-written/docker-hub.tf",
      "docker-hub.new": "examples/plain-terraform/migrate/main.tf",
      "europe/docker-hub.tf": "test/project/hand-written/docker-hub.tf",
      "europe/main.ts": "examples/docker-hub/migrate.ts",
    },
    typed: ["not-a-token"],
    prepare: publishNginx,
  },
  "docs/move-to-cdk-terrain.md": {
    files: {
      "main.ts": "examples/docker-hub/move.ts",
      "package.json": "test/project/cdktf-packages.json",
      "__tests__/main-test.ts": "test/project/cdktf-main-test.ts",
    },
    typed: ["not-a-token"],
    prepare: publishNginx,
    installs: true,
  },
  "docs/other-accounts.md": {
    files: { "main.ts": "examples/shared-services/main.ts" },
    prepare: async (aws) => {
      publishNginx(aws);
      await createCredential(aws, "docker-hub", { region: "eu-west-1" });
      await createCredential(aws, "docker-hub", { region: "us-east-1" });
    },
    profiles: { default: ACCOUNT, team: "444455556666" },
  },
  "docs/pipelines.md": {
    files: { "main.ts": "examples/pipeline/main.ts", ".github/workflows": "examples/pipeline/github" },
    typed: ["not-a-token"],
    prepare: async (aws) => {
      await createStateBucket(aws);
      publishAlpine(aws);
    },
  },
  "docs/regions.md": {
    files: { "main.ts": "examples/elastio-connector/main.ts" },
    prepare: publishAlpine,
  },
  "docs/registry-credentials.md": {
    files: { "main.ts": "examples/docker-hub/main.ts" },
    typed: ["not-a-token", "not-a-token-either", "not-a-token-of-github"],
    prepare: publishNginx,
  },
  "docs/registry-settings.md": {
    files: { "main.ts": "examples/shared-services/settings.ts" },
    prepare: configureRegistry,
  },
  "docs/remove.md": {
    files: { "main.ts": "examples/docker-hub/main.ts" },
    typed: ["not-a-token"],
    prepare: publishNginx,
  },
  "docs/use-the-cache.md": {
    files: {
      "main.ts": "examples/use-the-cache/main.ts",
      Dockerfile: "examples/use-the-cache/Dockerfile",
      "compose.yaml": "examples/use-the-cache/compose.yaml",
      "deployment.yaml": "examples/use-the-cache/deployment.yaml",
    },
    prepare: async (aws) => {
      publishNginx(aws);
      await createPullingRole(aws);
      await createCredential(aws, "docker-hub", { region: "eu-west-1" });
    },
  },
  "docs/vpc-endpoints.md": {
    files: { "main.ts": "examples/private-eks/main.ts" },
    prepare: async (aws) => {
      await addPrivateEks(aws);
      await createCredential(aws, "docker-hub", { region: "eu-west-1" });
    },
    machine: NODE,
  },
};

/** A registry whose policy and scanning somebody has set already. */
async function configureRegistry(aws: LocalAws): Promise<void> {
  const ecr = new ECRClient(clientConfig(aws, { region: "eu-west-1" }));
  const statement = {
    Sid: "ReplicationFromTeamA",
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::555566667777:root" },
    Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
    Resource: `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/team-a/*`,
  };
  const policyText = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await ecr.send(new PutRegistryPolicyCommand({ policyText }));
  const repositoryFilters = [{ filter: "team-a/*", filterType: "WILDCARD" as const }];
  const rules = [{ scanFrequency: "SCAN_ON_PUSH" as const, repositoryFilters }];
  await ecr.send(new PutRegistryScanningConfigurationCommand({ scanType: "BASIC", rules }));
}

/** An image that ECR Public has. */
function publishAlpine(aws: LocalAws): void {
  aws.ecr.upstreams.put("public.ecr.aws", "docker/library/alpine", "3.22", imageOf("layer"));
}

/** An image that Docker Hub has. */
function publishNginx(aws: LocalAws): void {
  aws.ecr.upstreams.put("registry-1.docker.io", "library/nginx", "1.29", imageOf("layer"));
}

/** The network of the example `private-eks`, the role of its nodes, and the image that they pull. */
async function addPrivateEks(aws: LocalAws): Promise<void> {
  addNetworks(aws, ACCOUNT);
  aws.ecr.upstreams.put("registry-1.docker.io", "library/redis", "7.4", imageOf("layer"));
  await createPullingRole(aws);
}

/** The role of the nodes. */
async function createPullingRole(aws: LocalAws): Promise<void> {
  await new IAMClient(clientConfig(aws)).send(
    new CreateRoleCommand({ RoleName: NODE.roleName, AssumeRolePolicyDocument: trusting("ec2.amazonaws.com") }),
  );
}
