/**
 * Whether a tag in a repository can move to another image.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 */
export enum TagMutability {
  /** A tag can move, as ECR needs to refresh a cached tag from upstream. */
  MUTABLE = "MUTABLE",
  /**
   * A tag cannot move. ECR never refreshes it, so that `latest` remains the image of the first pull. Adds a warning.
   */
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
 * Settings of the repositories that ECR creates at the first pull of an image through a cache.
 *
 * They apply to repositories that ECR creates later, never to existing ones. You can give each setting for all
 * upstreams of a cache and for one upstream; the setting of the upstream takes precedence.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export interface RepositorySettings {
  /**
   * Whether there is a creation template. Without one, ECR creates repositories with its defaults: mutable tags,
   * AES-256, and no lifecycle policy, so that storage grows without bound. `false` excludes all other settings.
   * @default true
   */
  readonly creationTemplate?: boolean;
  /**
   * Description of the template, of 1 to 255 bytes in UTF-8.
   * @default - no description
   */
  readonly description?: string;
  /**
   * Days after which ECR deletes an untagged image, an integer from 1. ECR counts them since it cached the image, not
   * since the image lost its tag: when a tag moves, ECR deletes an image that it cached longer ago within a day, even
   * if the image is in use. Amazon ECS resolves a tag to a digest once per deployment, and ECR does not cache a first
   * pull by digest, so that later tasks of the deployment fail. Set it only if all clients pull by tag.
   * @default - ECR deletes no untagged image because of its age
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
   */
  readonly untaggedExpirationInDays?: number;
  /**
   * The number of images that a repository keeps, an integer from 1; ECR deletes those that it cached first. The index
   * of a multi-architecture image and the manifest of each pulled platform count as one image each, so that a tag that
   * clients pull on two platforms counts as three. Each move of a tag adds as many, and leaves the former ones untagged
   * until they are the oldest. The next pull by tag caches a deleted image again, and needs the permissions of a first
   * pull; a pull by digest fails.
   * @default 100
   */
  readonly keepLastImages?: number;
  /**
   * Whether ECR keeps all images. Storage then grows without bound. Excludes `untaggedExpirationInDays` and
   * `keepLastImages`.
   * @default false
   */
  readonly keepAllImages?: boolean;
  /**
   * Lifecycle policy of each repository, as JSON of up to 30,720 characters, for rules that `keepLastImages` and
   * `untaggedExpirationInDays` cannot express; excludes these two and `keepAllImages`. `sinceImagePushed` counts from
   * the time when ECR cached an image. Clients cannot pull an archived image. The cache checks a policy without tokens
   * against AWS's grammar.
   * @default - a policy with `keepLastImages` and `untaggedExpirationInDays`
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
   */
  readonly lifecyclePolicy?: string;
  /**
   * Whether tags can move. `TagMutability.IMMUTABLE` adds a warning.
   * @default TagMutability.MUTABLE
   */
  readonly tagMutability?: TagMutability;
  /**
   * ARN of your KMS key that encrypts the repositories, in the region of the cache; not of an alias. The encryption of
   * a repository cannot change later. ECR then needs a role to create repositories: see `roleArn`.
   * @default - the encryption of `encryptionType`
   */
  readonly kmsKeyArn?: string;
  /**
   * Encryption of the repositories without a KMS key of your own; excludes `kmsKeyArn`. A change between keys of Amazon
   * S3, `aws/ecr` and your own key replaces the template, since the provider cannot remove a key from a template. If
   * somebody pulls a new image in between, its repository does not have these settings. In HCL output, a change does
   * not replace the template, since cdktf cannot write the reference: destroy the template yourself.
   * @default EncryptionType.AES256
   */
  readonly encryptionType?: EncryptionType;
  /**
   * Tags of the repositories, at most 50. The provider's `default_tags` do not apply to them. ECR then needs a role to
   * create repositories: see `roleArn`.
   * @default - no tags
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
   */
  readonly tags?: { readonly [key: string]: string };
  /**
   * Policy of each repository, as JSON of up to 10,240 characters: it allows others to pull. For pulls from other
   * accounts use `allowPullFrom` of the cache, which adds statements to this policy.
   * @default - no policy: only principals of the account can pull
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
   */
  readonly repositoryPolicy?: string;
  /**
   * ARN of an IAM role, in the account of the cache, with which ECR creates repositories. With tags or KMS encryption
   * but without such a role, every first pull fails with "not found". The role must trust `ecr.amazonaws.com` and allow
   * `ecr:CreateRepository`, `ecr:ReplicateImage` and `ecr:TagResource`, and with KMS `kms:CreateGrant`,
   * `kms:RetireGrant` and `kms:DescribeKey` on the key.
   * @default - if tags or KMS encryption need one, a new role with only the permissions that AWS documents
   */
  readonly roleArn?: string;
}
