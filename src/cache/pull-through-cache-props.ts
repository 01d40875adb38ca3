import type { TerraformProvider } from "cdktf";
import type { RoleOptions } from "../aws/role-options";
import type { RepositorySettings } from "./repository-settings";
import type { Upstream } from "./upstream";

/** The declaration of a PullThroughCache: the registries, the settings of their repositories, and the location. */
export interface PullThroughCacheProps {
  /**
   * The registries to cache, at least one. AWS allows 50 cache rules per account and region and does not raise this
   * quota. The cache counts the upstreams of all caches of the app in its account and region, as far as it knows them
   * at synth.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
   */
  readonly upstreams: Upstream[];
  /**
   * Settings of the repositories that ECR creates for cached images.
   * @default - mutable tags, AES-256, and each repository keeps its newest 100 images
   */
  readonly repositorySettings?: RepositorySettings;
  /**
   * Permissions boundary, path and start of the names of the roles that ECR assumes. The cache creates such roles only
   * if repositories have tags or KMS encryption, or if an upstream is in another account. A role that you give by its
   * ARN is not changed.
   * @default - no permissions boundary, the path `/`, and names that begin with `ecr-`
   */
  readonly roleOptions?: RoleOptions;
  /**
   * The AWS provider of the account and region, for every resource and data source. It must be in the stack of the
   * cache.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region, as an argument of every regional resource, so that one provider serves many regions; may be a token. It
   * needs `@cdktf/provider-aws` 21: the resources of version 20 have no such argument.
   * @default - the region of the provider
   */
  readonly region?: string;
  /**
   * The account ID of 12 digits; may be a token. Nothing compares it with the account of the provider: to make
   * Terraform compare them, set `allowedAccountIds` of the provider as well.
   * @default - looked up when Terraform plans, if a resource needs it
   */
  readonly accountId?: string;
  /**
   * The partition, for example `aws`; may be a token.
   * @default - the partition of the region, or looked up when Terraform plans, if a resource needs it
   */
  readonly partition?: string;
}
