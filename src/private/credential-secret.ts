import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, Token } from "cdktf";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { CredentialVariables, RegistryCredential } from "../registry-credential";
import { constructId } from "./construct-id";
import { CredentialVariable } from "./credential-variable";
import type { Registry } from "./registry";
import { withoutTrailingSlash } from "./repository-path";
import { requireTerraform111 } from "./terraform-version";

/** What a rule needs to know of its credential. */
export interface CredentialReference {
  readonly secretArn: string;
  /** What must exist before ECR can read the secret. */
  readonly dependsOn: ITerraformDependable[];
}

/**
 * What the name of a secret must start with for ECR to be allowed to read it.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export const SECRET_PREFIX = "ecr-pullthroughcache/";

/** The name of the secret that variables are written to, for an upstream of a prefix. */
export function managedSecretName(variables: CredentialVariables, prefix: string): string {
  return variables.secretName ?? `${SECRET_PREFIX}${withoutTrailingSlash(prefix)}`;
}

/** Creates or looks up the secret of a credential, once for all upstreams of a cache that share it. */
export function referToCredential(
  scope: Construct,
  credential: RegistryCredential,
  prefix: string,
  registry: Registry,
): CredentialReference {
  const spec = credential._spec;
  switch (spec.source) {
    case "variables":
      return writeSecret(scope, spec, managedSecretName(spec, prefix), prefix, registry);
    case "secret-arn":
      return { secretArn: spec.secretArn, dependsOn: [] };
    case "secret-name":
      return { secretArn: lookUpSecret(scope, spec.secretName, prefix, registry), dependsOn: [] };
  }
}

function writeSecret(
  scope: Construct,
  variables: CredentialVariables,
  name: string,
  prefix: string,
  registry: Registry,
): CredentialReference {
  const id = secretId(name, prefix);
  const secret =
    (scope.node.tryFindChild(`${id}-secret`) as SecretsmanagerSecret | undefined) ??
    new SecretsmanagerSecret(scope, `${id}-secret`, {
      ...registry.regional,
      name,
      description: "Credential of an ECR pull-through cache",
      recoveryWindowInDays: variables.recoveryWindowInDays ?? 0,
    });
  const version =
    (scope.node.tryFindChild(`${id}-secret-version`) as SecretsmanagerSecretVersion | undefined) ??
    createSecretVersion(scope, `${id}-secret-version`, variables, secret, registry);
  return { secretArn: secret.arn, dependsOn: [version] };
}

function createSecretVersion(
  scope: Construct,
  id: string,
  variables: CredentialVariables,
  secret: SecretsmanagerSecret,
  registry: Registry,
): SecretsmanagerSecretVersion {
  requireTerraform111(scope);
  return new SecretsmanagerSecretVersion(scope, id, {
    ...registry.regional,
    secretId: secret.id,
    secretStringWo: Fn.jsonencode({
      username: CredentialVariable.of(scope, variables.username).stringValue,
      accessToken: CredentialVariable.of(scope, variables.accessToken).stringValue,
    }),
    secretStringWoVersion: variables.version,
  });
}

function lookUpSecret(scope: Construct, name: string, prefix: string, registry: Registry): string {
  const id = `${secretId(name, prefix)}-secret-lookup`;
  const data =
    (scope.node.tryFindChild(id) as DataAwsSecretsmanagerSecret | undefined) ??
    new DataAwsSecretsmanagerSecret(scope, id, { ...registry.regional, name });
  return data.arn;
}

/** Secrets are told apart by name; one whose name Terraform computes, by a name no secret can have. */
function secretId(name: string, prefix: string): string {
  return constructId(Token.isUnresolved(name) ? `~${withoutTrailingSlash(prefix)}` : name.slice(SECRET_PREFIX.length));
}
