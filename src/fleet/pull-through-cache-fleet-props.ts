import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import type { RepositorySettings } from "../cache/repository-settings";
import type { Upstream } from "../cache/upstream";
import type { StateBackend } from "./state-backend";

/** The same caches in many regions of one account. */
export interface PullThroughCacheFleetProps {
  /** The regions, each once. */
  readonly regions: string[];
  /** The registries to cache, under the same prefixes in every region. */
  readonly upstreams: Upstream[];
  /**
   * How the repositories look that ECR creates for the cached images.
   * @default - as for `PullThroughCache`
   */
  readonly repositorySettings?: RepositorySettings;
  /**
   * What differs from `repositories` in a region, by its name: a KMS key, for example, which is always one region's
   * own.
   * @default - the same everywhere
   */
  readonly repositorySettingsByRegion?: { readonly [region: string]: RepositorySettings };
  /**
   * The account ID; may be a token. When given, Terraform refuses to run a stack with credentials of another account.
   * @default - the account of the credentials that Terraform runs with
   */
  readonly accountId?: string;
  /**
   * Where the states are kept.
   * @default StateBackend.local()
   */
  readonly backend?: StateBackend;
  /**
   * Configuration of every stack's AWS provider, without `region` and `alias`: a role to assume, default tags and so
   * on.
   * @default - Terraform's own credentials
   */
  readonly providerConfig?: AwsProviderConfig;
  /**
   * The versions of the provider hashicorp/aws that Terraform may run every stack with, as a version constraint.
   * `terraform init` chooses the version that the lock file names, and without a lock file the newest one that the
   * constraint allows. Resources of your own in the stacks may need a narrower constraint.
   *
   * Begin with the lowest version: `cdktf deploy` compares only the first version of the constraint with a lock file,
   * and upgrades the provider where the constraint excludes that version.
   * @default ">= 5.100.0, < 7.0.0"
   * @see https://developer.hashicorp.com/terraform/language/expressions/version-constraints
   */
  readonly providerVersion?: string;
}

/** A stack that waits for every region. */
export interface FinalStackOptions {
  /** The region of its AWS provider; it need not be one of the fleet's. */
  readonly region: string;
}
