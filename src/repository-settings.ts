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
   * Days after which an untagged image is deleted. A tag that is refreshed leaves the image it pointed to before
   * untagged.
   * @default 7
   */
  readonly expireUntaggedAfterDays?: number;
  /**
   * How many images a repository keeps; the oldest go first. A multi-architecture image counts once for its index and
   * once for each architecture that was pulled. A deleted image is cached again by its next pull, which then needs what
   * a first pull needs.
   * @default 100
   */
  readonly keepLastImages?: number;
  /**
   * Whether images are never deleted. Storage then grows without bound. Excludes `expireUntaggedAfterDays` and
   * `keepLastImages`.
   * @default false
   */
  readonly keepAllImages?: boolean;
  /**
   * Whether tags can move.
   * @default TagMutability.MUTABLE
   */
  readonly tagMutability?: TagMutability;
  /**
   * ARN of the KMS key that encrypts the repositories, in the region of the cache. How a repository is encrypted
   * cannot be changed later. ECR then needs a role to create repositories: see `roleArn`.
   * @default - AES-256, with keys that S3 manages
   */
  readonly kmsKeyArn?: string;
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
   * ARN of an IAM role, in the account of the cache, that ECR creates repositories with. With tags or a KMS key and no
   * such role, every first pull would fail with "not found". It trusts `ecr.amazonaws.com` and may
   * `ecr:CreateRepository`, `ecr:ReplicateImage` and `ecr:TagResource`, and with a KMS key `kms:CreateGrant`,
   * `kms:RetireGrant` and `kms:DescribeKey` on it.
   * @default - when tags or a KMS key need one, a role with what AWS documents and no more; otherwise none
   */
  readonly roleArn?: string;
}
