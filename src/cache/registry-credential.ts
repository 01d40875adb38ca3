/** The Terraform variables that hold the credential of a registry, and the secret that Terraform creates from them. */
export interface ManagedCredentialOptions {
  /**
   * Name of the Terraform variable that holds the user name: snake_case of up to 64 characters, without `TF_VAR_`. Do
   * not declare the variable yourself.
   */
  readonly usernameVariable: string;
  /** Name of another Terraform variable, which holds the access token or password; the same rules apply. */
  readonly accessTokenVariable: string;
  /**
   * Number of the value of the variables, an integer from 1. Terraform does not store a write-only value, and writes
   * the secret again only when this number changes: increase it by one to rotate the credential.
   * @see https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
   */
  readonly version: number;
  /**
   * Name of the secret: up to 512 letters, digits and `/_+=.@-`. ECR reads only names that start with
   * `ecr-pullthroughcache/`.
   * @default - `ecr-pullthroughcache/` and the prefix of the upstream
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
   */
  readonly secretName?: string;
  /**
   * Days during which you can restore a deleted secret: 0, or 7 to 30. The name of the secret is not free before they
   * end: if you remove a cache and add it again within these days, the apply fails. With 0, Secrets Manager deletes the
   * secret at once; Terraform can write it again at any time.
   * @default 0
   * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
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
 * The credential with which ECR signs in to an upstream registry: a Secrets Manager secret in the account and region of
 * the cache, whose name starts with `ecr-pullthroughcache/` and which contains `username` and `accessToken`.
 *
 * No factory takes an access token itself, since everybody who can read the Terraform JSON or the state could read the
 * token. The factories throw no errors: the cache that uses the credential reports its mistakes.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export class RegistryCredential {
  /**
   * A secret that Terraform creates, with a value from two variables.
   *
   * Declares the variables in the stack once per name, sensitive and ephemeral; set them as `TF_VAR_<name>` or in your
   * pipeline. Terraform writes the value with a write-only argument: it is in no JSON, plan or state. Requires
   * Terraform 1.11 or later. A secret costs a monthly fee per region.
   *
   * A new `version` writes a new value into the same secret. The former values are lost.
   *
   * These changes delete the secret: a new `secretName`, a new prefix of the upstream without a `secretName`, and
   * another kind of credential. The rule of the upstream gets its new credential first. If AWS rejects that one, the
   * secret remains. Both secrets exist at the same time, so your own secret needs another name.
   *
   * Removing the upstream, or the whole cache, deletes the rule and then the secret. A deleted secret cannot be
   * restored, unless it has `recoveryWindowInDays`. Cached images remain.
   *
   * `terraform apply -replace` of the secret fails, since its name is in use: increase `version` to write it again.
   * `terraform untaint` keeps a secret whose creation failed halfway.
   *
   * @param variables the names of the variables, and the secret
   */
  public static managed(variables: ManagedCredentialOptions): RegistryCredential {
    return new RegistryCredential({
      source: "variables",
      // Callers in JavaScript may pass nothing; the cache reports what is missing.
      variables: typeof variables === "object" || variables === undefined ? { ...variables } : variables,
    });
  }

  /**
   * Your own secret, by its full ARN.
   *
   * ECR reads the secret when the rule is created, and rejects the rule if the secret has no value. For a secret of the
   * same stack, use the `arn` of its `SecretsmanagerSecretVersion`: it is the ARN of the secret, known after the value
   * is written, so that the rule depends on the value. With the `arn` of the `SecretsmanagerSecret`, the rule depends
   * only on the empty secret, and the stack gets a warning.
   *
   * No change of the credential and no removal of the cache changes or deletes the secret.
   *
   * The secret must be in the account and region of the cache, and encrypted with the key `aws/secretsmanager`: ECR
   * cannot read a secret that is encrypted with a customer managed key.
   *
   * @param secretArn the ARN with the six characters at its end; may be a token
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
   */
  public static fromSecretArn(secretArn: string): RegistryCredential {
    return new RegistryCredential({ source: "secret-arn", secretArn });
  }

  /**
   * Your own secret, by its name.
   *
   * Terraform looks the secret up in the region of the cache when it plans. One declaration therefore serves every
   * region of a fleet if the secret has a replica in each, and a missing secret fails the plan. The secret must be
   * encrypted with the key `aws/secretsmanager`. No change of the credential and no removal of the cache changes or
   * deletes it.
   *
   * @param secretName the name, which starts with `ecr-pullthroughcache/`; may be a token
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
