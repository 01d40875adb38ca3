/** The Terraform variables that hold the credential of a registry, and the secret that Terraform creates from them. */
export interface ManagedCredentialOptions {
  /** Name of the Terraform variable that holds the user name. */
  readonly usernameVariable: string;
  /** Name of the Terraform variable that holds the access token or password. */
  readonly accessTokenVariable: string;
  /**
   * Number of the value of the variables, from 1. Terraform does not store a write-only value, and writes the secret again
   * only when this number changes: increase it by one to rotate the credential.
   */
  readonly version: number;
  /**
   * Name of the secret, which must start with `ecr-pullthroughcache/`.
   * @default - `ecr-pullthroughcache/` and the prefix of the upstream
   */
  readonly secretName?: string;
  /**
   * Days during which a deleted secret can be restored: 0, or 7 to 30. Its name is not free before they end, so that a
   * cache that is removed and added again fails to apply. By default nothing is kept, since Terraform can write the secret
   * again at any time.
   * @default 0
   */
  readonly recoveryWindowInDays?: number;
}

/**
 * The source of a credential.
 * @internal
 */
export type CredentialSpec =
  | { readonly source: "variables"; readonly variables: ManagedCredentialOptions }
  | { readonly source: "secret-arn"; readonly secretArn: string }
  | { readonly source: "secret-name"; readonly secretName: string };

/**
 * The credential with which ECR signs in to an upstream registry: a Secrets Manager secret in the account and region of the
 * cache, whose name starts with `ecr-pullthroughcache/` and which contains `username` and `accessToken`.
 *
 * An access token itself cannot be passed, since it would be readable in the Terraform JSON and in the state.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export class RegistryCredential {
  /**
   * A secret that Terraform creates, with a value from two variables.
   *
   * Declares the variables in the stack once per name, sensitive and ephemeral; set them as `TF_VAR_<name>` or in your
   * pipeline. Terraform writes the value with a write-only argument: it is in no JSON, plan or state. Requires Terraform
   * 1.11 or later. A secret costs a monthly fee per region.
   *
   * A new `version` writes a new value into the same secret; the former values are lost. A new `secretName`, a new prefix
   * of the upstream without a `secretName`, and another kind of credential delete the secret after the rule of the upstream
   * has its new credential; if AWS rejects that one, the secret remains. Both secrets exist at that time, so that your own
   * secret needs another name. Removing the upstream, or the whole cache, deletes the rule and then the secret. A deleted
   * secret cannot be restored, unless it has `recoveryWindowInDays`; cached images remain.
   *
   * `terraform apply -replace` of the secret fails, since its name is in use: increase `version` to write it again.
   * `terraform untaint` keeps a secret whose creation failed halfway.
   */
  public static managed(variables: ManagedCredentialOptions): RegistryCredential {
    return new RegistryCredential({
      source: "variables",
      // Callers in JavaScript may pass nothing; the cache reports what is missing.
      variables: typeof variables === "object" || variables === undefined ? { ...variables } : variables,
    });
  }

  /**
   * Your own secret, by its full ARN, which may be a token.
   *
   * ECR reads the secret when the rule is created, and rejects the rule if the secret has no value. For a secret of the
   * same stack, use the `arn` of its `SecretsmanagerSecretVersion`: it is the ARN of the secret, known after the value is
   * written, so that the rule depends on the value. With the `arn` of the `SecretsmanagerSecret`, the rule depends only on
   * the empty secret, and the stack gets a warning.
   *
   * No change of the credential and no removal of the cache changes or deletes the secret.
   *
   * It must be in the account and region of the cache, and encrypted with the key `aws/secretsmanager`: ECR cannot read a
   * secret that is encrypted with a customer managed key.
   */
  public static fromSecretArn(secretArn: string): RegistryCredential {
    return new RegistryCredential({ source: "secret-arn", secretArn });
  }

  /**
   * An existing secret, by its name, which may be a token.
   *
   * Terraform looks it up in the region of the cache when it plans, so that one declaration serves every region of a fleet
   * whose secret is replicated, and a missing secret fails the plan. It must be encrypted with the key
   * `aws/secretsmanager`. No change of the credential and no removal of the cache changes or deletes it.
   */
  public static fromSecretName(secretName: string): RegistryCredential {
    return new RegistryCredential({ source: "secret-name", secretName });
  }

  /** @internal */
  public readonly _spec: CredentialSpec;

  private constructor(spec: CredentialSpec) {
    this._spec = spec;
  }
}
