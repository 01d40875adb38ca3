/** The Terraform variables that hold a registry's credential, and the secret made of them. */
export interface ManagedCredentialOptions {
  /** Name of the Terraform variable that holds the user name. */
  readonly usernameVariable: string;
  /** Name of the Terraform variable that holds the access token or password. */
  readonly accessTokenVariable: string;
  /**
   * Counts the values the variables have had, from 1. Terraform does not remember a write-only value, so it
   * writes the secret again only when this number changes: raise it by one to rotate the credential.
   */
  readonly version: number;
  /**
   * Name of the secret, which must start with `ecr-pullthroughcache/`.
   * @default - `ecr-pullthroughcache/` and the prefix of the upstream
   */
  readonly secretName?: string;
  /**
   * Days in which a deleted secret can be restored, 0 or 7 to 30. Until they are over its name cannot be used
   * again, so a cache that is taken away and put back fails to apply. Terraform can write the secret again at any
   * time, so the default keeps nothing.
   * @default 0
   */
  readonly recoveryWindowInDays?: number;
}

/**
 * Where a credential comes from.
 * @internal
 */
export type CredentialSpec =
  | { readonly source: "variables"; readonly variables: ManagedCredentialOptions }
  | { readonly source: "secret-arn"; readonly secretArn: string }
  | { readonly source: "secret-name"; readonly secretName: string };

/**
 * How ECR signs in to an upstream registry that asks for it: always a Secrets Manager secret in the account and
 * region of the cache, whose name starts with `ecr-pullthroughcache/` and which holds `username` and `accessToken`.
 *
 * There is no way to pass a token itself: it would stay readable in the Terraform JSON and in the state.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export class RegistryCredential {
  /**
   * A secret that Terraform makes and fills from two variables.
   *
   * Declares the variables on the stack, sensitive and ephemeral, once per name; set them with `TF_VAR_<name>` or in
   * your pipeline. The value is written with a write-only argument: it is in no JSON, plan or state. Needs Terraform
   * 1.11 or later. A secret costs a monthly fee per region.
   *
   * What a change destroys: a new `version` writes a new value into the same secret; the values before it are lost. A
   * new `secretName`, a new prefix of the upstream without a `secretName`, and another kind of credential delete the
   * secret, once the rule of the upstream has its new credential; if AWS refuses that one, the secret stays. Both exist
   * at that time, so a secret of yours needs another name. To remove the upstream, or the whole cache, deletes the rule
   * and then the secret. A deleted secret is gone for good, unless it has `recoveryWindowInDays`; images that are cached
   * already stay.
   *
   * `terraform apply -replace` of the secret fails, since its name is in use: raise `version` to write it anew. A secret
   * whose creation failed halfway is kept by `terraform untaint`.
   */
  public static managed(variables: ManagedCredentialOptions): RegistryCredential {
    return new RegistryCredential({
      source: "variables",
      // Given nothing, as JavaScript may, it has nothing in it.
      variables: typeof variables === "object" || variables === undefined ? { ...variables } : variables,
    });
  }

  /**
   * A secret of yours, by its full ARN, which may be a token.
   *
   * ECR reads the secret when the rule is created, and refuses the rule if the secret has no value yet. For a secret of
   * the same stack, give the `arn` of its `SecretsmanagerSecretVersion`: it is the ARN of the secret, known once the
   * value is written, so that the rule waits for the value. With the `arn` of the `SecretsmanagerSecret` the rule waits
   * for the empty secret only, and the stack gets a warning.
   *
   * The secret is yours: no change of the credential and no removal of the cache changes or deletes it.
   *
   * It must be in the account and region of the cache, and encrypted with the key `aws/secretsmanager`: ECR cannot
   * read one under a customer managed key.
   */
  public static fromSecretArn(secretArn: string): RegistryCredential {
    return new RegistryCredential({ source: "secret-arn", secretArn });
  }

  /**
   * A secret that exists already, by its name, which may be a token.
   *
   * It is looked up in the region of the cache when Terraform plans, so one declaration serves every region of a fleet
   * whose secret is replicated, and a missing secret fails the plan. Like any secret for ECR it must be encrypted with
   * the key `aws/secretsmanager`. It is only read: no change of the credential and no removal of the cache changes or
   * deletes it.
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
