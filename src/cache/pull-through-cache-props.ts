import type { TerraformProvider } from "cdktf";
import type { RepositorySettings } from "./repository-settings";
import type { Upstream } from "./upstream";

/** Which registries one Amazon ECR registry caches, and how. */
export interface PullThroughCacheProps {
  /** The registries to cache, at least one and, with what else the registry caches, at most 50. */
  readonly upstreams: Upstream[];
  /**
   * How the repositories look that ECR creates for the cached images.
   * @default - tags can move, AES-256, and each repository keeps its newest 100 images
   */
  readonly repositorySettings?: RepositorySettings;
  /**
   * The AWS provider of the account and region, for every resource and data source.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region, given to every regional resource, so that one provider serves many regions. Needs
   * @cdktf/provider-aws 21; with 20 it is an error, since its resources have no region of their own.
   * @default - the region of the provider
   */
  readonly region?: string;
  /**
   * The account ID; may be a token. It is taken at its word: to have Terraform refuse any other account, give it to the
   * provider as `allowedAccountIds` too.
   * @default - looked up when Terraform plans, and only if something needs it
   */
  readonly accountId?: string;
  /**
   * The partition, like `aws`; may be a token.
   * @default - that of the region, or looked up when Terraform plans, and only if something needs it
   */
  readonly partition?: string;
}
