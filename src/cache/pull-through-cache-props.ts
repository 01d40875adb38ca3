import type { TerraformProvider } from "cdktf";
import type { RepositorySettings } from "./repository-settings";
import type { Upstream } from "./upstream";

/** Properties of a PullThroughCache. */
export interface PullThroughCacheProps {
  /** The registries to cache: at least one, and at most 50 together with all other rules in the account and region. */
  readonly upstreams: Upstream[];
  /**
   * Settings of the repositories that ECR creates for cached images.
   * @default - mutable tags, AES-256, and each repository keeps its newest 100 images
   */
  readonly repositorySettings?: RepositorySettings;
  /**
   * The AWS provider of the account and region, for every resource and data source.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region, as an argument of every regional resource, so that one provider serves many regions. Requires
   * @cdktf/provider-aws 21; with 20 it is an error, since its resources have no such argument.
   * @default - the region of the provider
   */
  readonly region?: string;
  /**
   * The account ID; may be a token. Nothing compares it with the provider's account; for that, set `allowedAccountIds` of
   * the provider as well.
   * @default - looked up when Terraform plans, if a resource needs it
   */
  readonly accountId?: string;
  /**
   * The partition, like `aws`; may be a token.
   * @default - the partition of the region, or looked up when Terraform plans, if a resource needs it
   */
  readonly partition?: string;
}
