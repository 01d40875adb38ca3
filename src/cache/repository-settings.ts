/**
 * Whether a tag in a repository can be moved to another image.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 */
export enum TagMutability {
  /** A tag can move, as ECR needs to refresh a cached tag from upstream. */
  MUTABLE = "MUTABLE",
  /** A tag stays: ECR then never refreshes it, and `latest` is what it was at the first pull. Adds a warning. */
  IMMUTABLE = "IMMUTABLE",
}

/**
 * How the images of a repository are encrypted, where you give no key of your own.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
 */
export enum EncryptionType {
  /** AES-256, with keys that Amazon S3 manages. */
  AES256 = "AES256",
  /**
   * With the key `aws/ecr`, which AWS manages in the account. ECR then needs a role to create repositories: see
   * `roleArn`.
   */
  KMS = "KMS",
}

/**
 * What the repositories look like that ECR creates when an image is first pulled through a cache.
 *
 * They hold for repositories created later, never for those that exist. Each property can be set for all upstreams of
 * a cache and for one of them, where the one upstream's wins.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export interface RepositorySettings {
  /**
   * Whether there is a creation template at all. Without one, ECR creates repositories with settings of its own: tags
   * that move, AES-256, and no lifecycle, so that storage grows without bound.
   * @default true
   */
  readonly creationTemplate?: boolean;
  /**
   * Description of the template, of 1 to 255 characters.
   * @default - no description
   */
  readonly description?: string;
  /**
   * Days after which an untagged image is deleted, counted since the image was cached and not since it lost its tag. An
   * image that was cached before that is deleted within a day after its tag moves, also when it is in use: Amazon ECS
   * resolves a tag to a digest once per deployment, and ECR cannot cache a digest that it does not have. Tasks that are
   * replaced later then fail. Set it only where everything pulls by tag.
   * @default - untagged images are not deleted by age
   */
  readonly untaggedExpirationInDays?: number;
  /**
   * How many images a repository keeps; ECR deletes those that were cached first. The index of a multi-architecture
   * image and the manifest of each platform that was pulled are images of their own, so that one tag pulled on two
   * platforms counts as three. Each move of a tag adds as many, and leaves the former ones untagged until it is their
   * turn. The next pull by tag caches a deleted image again, and needs what a first pull needs; a pull by digest fails.
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
   * Lifecycle policy of each repository, as JSON of up to 30,720 characters, for everything that `keepLastImages` and
   * `untaggedExpirationInDays` cannot say; excludes these two and `keepAllImages`. `sinceImagePushed` counts from when an
   * image was cached. An archived image cannot be pulled. It is checked against AWS's grammar, unless it has tokens.
   * @default - the policy that `keepLastImages` and `untaggedExpirationInDays` make
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
   */
  readonly lifecyclePolicy?: string;
  /**
   * Whether tags can move.
   * @default TagMutability.MUTABLE
   */
  readonly tagMutability?: TagMutability;
  /**
   * ARN of your KMS key that encrypts the repositories, in the region of the cache. How a repository is encrypted
   * cannot be changed later. ECR then needs a role to create repositories: see `roleArn`.
   * @default - as `encryptionType` says
   */
  readonly kmsKeyArn?: string;
  /**
   * How the repositories are encrypted without a key of yours; excludes `kmsKeyArn`. A change between keys of Amazon S3,
   * `aws/ecr` and a key of yours replaces the template, since the provider cannot take a key out of one. An image whose
   * first pull falls between the two gets a repository without these settings. In HCL output, which cdktf cannot write
   * that in, nothing is replaced: destroy the template yourself.
   * @default EncryptionType.AES256
   */
  readonly encryptionType?: EncryptionType;
  /**
   * Tags of the repositories. The provider's `default_tags` do not reach them. ECR then needs a role to create
   * repositories: see `roleArn`.
   * @default - no tags
   */
  readonly tags?: { readonly [key: string]: string };
  /**
   * Policy of each repository, as JSON of up to 10,240 characters: who else may pull, for example another account.
   * @default - no policy: only the account's own principals
   */
  readonly repositoryPolicy?: string;
  /**
   * ARN of an IAM role, in the account of the cache, that ECR creates repositories with. With tags or KMS encryption and no
   * such role, every first pull would fail with "not found". It trusts `ecr.amazonaws.com` and may
   * `ecr:CreateRepository`, `ecr:ReplicateImage` and `ecr:TagResource`, and with KMS `kms:CreateGrant`,
   * `kms:RetireGrant` and `kms:DescribeKey` on the key.
   * @default - when tags or KMS encryption need one, a role with what AWS documents and no more; otherwise none
   */
  readonly roleArn?: string;
}
