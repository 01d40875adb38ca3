/**
 * Whether a tag in a repository can move to another image.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 */
export enum TagMutability {
  /** A tag can move, as ECR needs to refresh a cached tag from upstream. */
  MUTABLE = "MUTABLE",
  /** A tag cannot move. ECR never refreshes it, so that `latest` remains the image of the first pull. Adds a warning. */
  IMMUTABLE = "IMMUTABLE",
}

/**
 * The encryption of a repository without a KMS key of your own.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
 */
export enum EncryptionType {
  /** AES-256 with keys that Amazon S3 manages. */
  AES256 = "AES256",
  /**
   * KMS with the key `aws/ecr`, which AWS manages in the account. ECR then needs a role to create repositories: see
   * `roleArn`.
   */
  KMS = "KMS",
}

/**
 * Settings of the repositories that ECR creates when an image is first pulled through a cache.
 *
 * They apply to repositories that are created later, never to existing ones. Each setting can be set for all upstreams of a
 * cache and for one upstream; the setting of the upstream takes precedence.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export interface RepositorySettings {
  /**
   * Whether there is a creation template. Without one, ECR creates repositories with its defaults: mutable tags, AES-256,
   * and no lifecycle policy, so that storage grows without bound.
   * @default true
   */
  readonly creationTemplate?: boolean;
  /**
   * Description of the template, of 1 to 255 bytes in UTF-8.
   * @default - no description
   */
  readonly description?: string;
  /**
   * Days after which an untagged image is deleted, counted since the image was cached and not since it lost its tag. An
   * image that was cached earlier is deleted within a day after its tag moves, even if it is in use: Amazon ECS resolves a
   * tag to a digest once per deployment, and ECR cannot cache a digest that it does not have, so that tasks that are
   * replaced later fail. Set it only if all clients pull by tag.
   * @default - untagged images are not deleted by age
   */
  readonly untaggedExpirationInDays?: number;
  /**
   * How many images a repository keeps; ECR deletes those that were cached first. The index of a multi-architecture
   * image and the manifest of each pulled platform count as one image each, so that a tag pulled on two platforms counts as
   * three. Each move of a tag adds as many, and leaves the former ones untagged until they are the oldest. The next pull by
   * tag caches a deleted image again, and needs the permissions of a first pull; a pull by digest fails.
   * @default 100
   */
  readonly keepLastImages?: number;
  /**
   * Whether images are never deleted. Storage then grows without bound. Excludes `untaggedExpirationInDays` and
   * `keepLastImages`.
   * @default false
   */
  readonly keepAllImages?: boolean;
  /**
   * Lifecycle policy of each repository, as JSON of up to 30,720 characters, for rules that `keepLastImages` and
   * `untaggedExpirationInDays` cannot express; excludes these two and `keepAllImages`. `sinceImagePushed` counts from when
   * an image was cached. An archived image cannot be pulled. A policy without tokens is checked against AWS's grammar.
   * @default - a policy with `keepLastImages` and `untaggedExpirationInDays`
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
   */
  readonly lifecyclePolicy?: string;
  /**
   * Whether tags can move.
   * @default TagMutability.MUTABLE
   */
  readonly tagMutability?: TagMutability;
  /**
   * ARN of your KMS key that encrypts the repositories, in the region of the cache. The encryption of a repository cannot
   * change later. ECR then needs a role to create repositories: see `roleArn`.
   * @default - the encryption of `encryptionType`
   */
  readonly kmsKeyArn?: string;
  /**
   * Encryption of the repositories without a KMS key of your own; excludes `kmsKeyArn`. A change between keys of Amazon S3,
   * `aws/ecr` and your own key replaces the template, since the provider cannot remove a key from a template. An image whose
   * first pull happens in between gets a repository without these settings. In HCL output nothing is replaced, since cdktf
   * cannot write the reference: destroy the template yourself.
   * @default EncryptionType.AES256
   */
  readonly encryptionType?: EncryptionType;
  /**
   * Tags of the repositories. The provider's `default_tags` do not apply to them. ECR then needs a role to create
   * repositories: see `roleArn`.
   * @default - no tags
   */
  readonly tags?: { readonly [key: string]: string };
  /**
   * Policy of each repository, as JSON of up to 10,240 characters: who else may pull, for example another account.
   * @default - no policy: only principals of the account
   */
  readonly repositoryPolicy?: string;
  /**
   * ARN of an IAM role, in the account of the cache, with which ECR creates repositories. With tags or KMS encryption but
   * without such a role, every first pull fails with "not found". The role trusts `ecr.amazonaws.com` and may
   * `ecr:CreateRepository`, `ecr:ReplicateImage` and `ecr:TagResource`, and with KMS `kms:CreateGrant`,
   * `kms:RetireGrant` and `kms:DescribeKey` on the key.
   * @default - if tags or KMS encryption need one, a new role with only the permissions that AWS documents
   */
  readonly roleArn?: string;
}
