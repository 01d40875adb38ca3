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
import { requireTerraform } from "./terraform-version";

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

export const SECRET_DESCRIPTION = "Credential of an ECR pull-through cache";

/** The name of the secret that variables are written to, for an upstream of a prefix. */
export function managedSecretName(variables: CredentialVariables, prefix: string): string {
  return variables.secretName ?? `${SECRET_PREFIX}${withoutTrailingSlash(prefix)}`;
}

/** The secrets of one cache: each is made or looked up once, for all upstreams that share it. */
export class CredentialSecrets {
  // By name; a name that Terraform computes is one token wherever the caller repeats it.
  private readonly written = new Map<string, CredentialReference>();
  private readonly lookedUp = new Map<string, CredentialReference>();

  public constructor(
    private readonly scope: Construct,
    private readonly registry: Registry,
  ) {}

  /** What the rule of a prefix needs to know of its credential; creates what is not there yet. */
  public refer(credential: RegistryCredential, prefix: string): CredentialReference {
    const spec = credential._spec;
    switch (spec.source) {
      case "variables": {
        const name = managedSecretName(spec.variables, prefix);
        const reference = this.written.get(name) ?? this.write(spec.variables, name, secretId(name, prefix));
        this.written.set(name, reference);
        return reference;
      }
      case "secret-arn":
        return { secretArn: spec.secretArn, dependsOn: [] };
      case "secret-name": {
        const name = spec.secretName;
        const reference = this.lookedUp.get(name) ?? this.lookUp(name, secretId(name, prefix));
        this.lookedUp.set(name, reference);
        return reference;
      }
    }
  }

  private write(variables: CredentialVariables, name: string, id: string): CredentialReference {
    requireTerraform(this.scope, 11);
    const secret = new SecretsmanagerSecret(this.scope, `${id}-secret`, {
      ...this.registry.regional,
      name,
      description: SECRET_DESCRIPTION,
      recoveryWindowInDays: variables.recoveryWindowInDays ?? 0,
    });
    const version = new SecretsmanagerSecretVersion(this.scope, `${id}-secret-version`, {
      ...this.registry.regional,
      secretId: secret.id,
      secretStringWo: Fn.jsonencode({
        username: CredentialVariable.of(this.scope, variables.username).stringValue,
        accessToken: CredentialVariable.of(this.scope, variables.accessToken).stringValue,
      }),
      secretStringWoVersion: variables.version,
    });
    return { secretArn: secret.arn, dependsOn: [version] };
  }

  private lookUp(name: string, id: string): CredentialReference {
    const data = new DataAwsSecretsmanagerSecret(this.scope, `${id}-secret-lookup`, {
      ...this.registry.regional,
      name,
    });
    return { secretArn: data.arn, dependsOn: [] };
  }
}

/** Secrets are told apart by name; one whose name Terraform computes, by a name no secret can have. */
function secretId(name: string, prefix: string): string {
  return constructId(Token.isUnresolved(name) ? `~${withoutTrailingSlash(prefix)}` : name.slice(SECRET_PREFIX.length));
}
