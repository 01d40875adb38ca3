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
import {
  CREATION_POLICY,
  CREDENTIAL_DESCRIPTION,
  DOCKER_HUB_CREDENTIAL,
  DOCKER_HUB_SECRET,
  FLEET,
  GITHUB_SECRET,
  HOSTS,
  LIFECYCLE_POLICY,
  REPOSITORIES,
  ROLE_DESCRIPTION,
  TRUST_POLICY,
  VARIABLE_DESCRIPTION,
  prefixesOfEcrPublic,
} from "./declaration";

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

/** Declares what `pack.ts` declares. The ids are the package's own, so that only what it adds to them counts. */
export function declare(app: App, regions: readonly string[], upstreams?: number): void {
  for (const region of regions) {
    declareRegion(app, region, upstreams);
  }
}

function declareRegion(app: App, region: string, upstreams: number | undefined): void {
  const name = `${FLEET}-${region}`;
  const stack = new TerraformStack(app, name);
  new AwsProvider(stack, "aws", { region });
  new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
  stack.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");

  const creationRole = declareCreationRole(stack);
  if (upstreams !== undefined) {
    prefixesOfEcrPublic(upstreams).forEach((prefix) => declareCache(stack, prefix, HOSTS["ecr-public"], creationRole));
    return;
  }
  // Write-only arguments need it.
  stack.addOverride("terraform.required_version", ">= 1.11.0");
  const githubSecret = new DataAwsSecretsmanagerSecret(stack, "github-secret-lookup", { name: GITHUB_SECRET });
  declareCache(stack, "ecr-public", HOSTS["ecr-public"], creationRole);
  declareCache(stack, "kubernetes", HOSTS["kubernetes"], creationRole);
  declareCache(stack, "quay", HOSTS["quay"], creationRole);
  declareCache(stack, "docker-hub", HOSTS["docker-hub"], creationRole, declareDockerHubCredential(stack));
  declareCache(stack, "github", HOSTS["github"], creationRole, { arn: githubSecret.arn, dependsOn: [] });
}

function declareCreationRole(stack: TerraformStack): CreationRole {
  const role = new IamRole(stack, "repository-creation-role", {
    namePrefix: "ecr-repository-creation-",
    description: ROLE_DESCRIPTION,
    assumeRolePolicy: JSON.stringify(TRUST_POLICY),
  });
  const policy = new IamRolePolicy(stack, "repository-creation-role-policy", {
    role: role.name,
    policy: JSON.stringify(CREATION_POLICY),
  });
  return { role, policy };
}

function declareDockerHubCredential(stack: TerraformStack): Credential {
  const secret = new SecretsmanagerSecret(stack, "docker-hub-secret", {
    name: DOCKER_HUB_SECRET,
    description: CREDENTIAL_DESCRIPTION,
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
    description: VARIABLE_DESCRIPTION,
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
    lifecyclePolicy: JSON.stringify(LIFECYCLE_POLICY),
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
