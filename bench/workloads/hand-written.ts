import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret";
import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, LocalBackend, TerraformResource, TerraformStack, TerraformVariable } from "cdktf";
import type { App, ITerraformDependable } from "cdktf";
import { DOCKER_HUB_CREDENTIAL, FLEET, GITHUB_SECRET, REPOSITORIES } from "./declaration";
import { runMeasuredApp } from "./measured-app";

const LIFECYCLE_POLICY = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: "Delete untagged images by age",
      selection: {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: REPOSITORIES.untaggedExpirationInDays,
      },
      action: { type: "expire" },
    },
    {
      rulePriority: 2,
      description: "Keep the newest images",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: REPOSITORIES.keepLastImages },
      action: { type: "expire" },
    },
  ],
});

const TRUST_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecr.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

const CREATION_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"], Resource: "*" },
  ],
});

/** What ECR creates repositories with, and what must exist before. */
interface CreationRole {
  readonly role: IamRole;
  readonly policy: IamRolePolicy;
}

/** How a rule signs in, and what must exist before. */
interface Credential {
  readonly arn: string;
  readonly dependsOn: ITerraformDependable[];
}

// The ids are the pack's own, so that only what the pack adds to them counts, and not the length of a word.
runMeasuredApp((app, regions) => {
  for (const region of regions) {
    declareRegion(app, region);
  }
});

function declareRegion(app: App, region: string): void {
  const name = `${FLEET}-${region}`;
  const stack = new TerraformStack(app, name);
  new AwsProvider(stack, "aws", { region });
  new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
  stack.addOverride("terraform.required_version", ">= 1.11.0");
  stack.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");

  const creationRole = declareCreationRole(stack);
  const githubSecret = new DataAwsSecretsmanagerSecret(stack, "github-secret-lookup", { name: GITHUB_SECRET });
  declareCache(stack, "ecr-public", "public.ecr.aws", creationRole);
  declareCache(stack, "kubernetes", "registry.k8s.io", creationRole);
  declareCache(stack, "quay", "quay.io", creationRole);
  declareCache(stack, "docker-hub", "registry-1.docker.io", creationRole, declareDockerHubCredential(stack));
  declareCache(stack, "github", "ghcr.io", creationRole, { arn: githubSecret.arn, dependsOn: [] });
}

function declareCreationRole(stack: TerraformStack): CreationRole {
  const role = new IamRole(stack, "repository-creation-role", {
    namePrefix: "ecr-repository-creation-",
    description: "Amazon ECR creates the repositories of a pull-through cache with it",
    assumeRolePolicy: TRUST_POLICY,
  });
  const policy = new IamRolePolicy(stack, "repository-creation-role-policy", {
    role: role.name,
    policy: CREATION_POLICY,
  });
  return { role, policy };
}

function declareDockerHubCredential(stack: TerraformStack): Credential {
  const secret = new SecretsmanagerSecret(stack, "docker-hub-secret", {
    name: "ecr-pullthroughcache/docker-hub",
    description: "Credential of an ECR pull-through cache",
    recoveryWindowInDays: 0,
    lifecycle: { createBeforeDestroy: true },
  });
  const version = new SecretsmanagerSecretVersion(stack, "docker-hub-secret-version", {
    secretId: secret.id,
    secretStringWo: Fn.jsonencode({
      username: declareVariable(stack, DOCKER_HUB_CREDENTIAL.usernameVariable).stringValue,
      accessToken: declareVariable(stack, DOCKER_HUB_CREDENTIAL.accessTokenVariable).stringValue,
    }),
    secretStringWoVersion: DOCKER_HUB_CREDENTIAL.version,
    lifecycle: { createBeforeDestroy: true },
  });
  return { arn: secret.arn, dependsOn: [version] };
}

function declareVariable(stack: TerraformStack, name: string): TerraformVariable {
  const variable = new TerraformVariable(stack, name, {
    type: "string",
    description: "Credential that Amazon ECR signs in to an upstream registry with; it is not kept in the state.",
    sensitive: true,
    nullable: false,
    validation: [
      { condition: `\${length(trimspace(var.${name})) > 0}`, errorMessage: `The variable ${name} must not be empty.` },
    ],
  });
  // cdktf has no property for it.
  variable.addOverride("ephemeral", true);
  return variable;
}

function declareCache(
  stack: TerraformStack,
  prefix: string,
  host: string,
  { role, policy }: CreationRole,
  credential?: Credential,
): void {
  const encryption = new TerraformResource(stack, `${prefix}-encryption`, {
    terraformResourceType: "terraform_data",
    terraformGeneratorMetadata: { providerName: "terraform" },
  });
  encryption.addOverride("input", "keys of Amazon S3");
  const template = new EcrRepositoryCreationTemplate(stack, `${prefix}-template`, {
    prefix,
    appliedFor: ["PULL_THROUGH_CACHE"],
    imageTagMutability: "MUTABLE",
    lifecyclePolicy: LIFECYCLE_POLICY,
    resourceTags: REPOSITORIES.tags,
    customRoleArn: role.arn,
    lifecycle: { replaceTriggeredBy: [`terraform_data.${encryption.friendlyUniqueId}`] },
    dependsOn: [policy],
  });
  new EcrPullThroughCacheRule(stack, `${prefix}-rule`, {
    ecrRepositoryPrefix: prefix,
    upstreamRegistryUrl: host,
    credentialArn: credential?.arn,
    dependsOn: [template, ...(credential?.dependsOn ?? [])],
  });
}
