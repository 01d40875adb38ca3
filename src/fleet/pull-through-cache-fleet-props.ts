import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import type { RoleOptions } from "../aws/role-options";
import type { RepositorySettings } from "../cache/repository-settings";
import type { Upstream } from "../cache/upstream";
import type { FleetLayout } from "./fleet-layout";
import type { StateBackend } from "./state-backend";

/** The declaration of a PullThroughCacheFleet: the same caches in many regions of one account. */
export interface PullThroughCacheFleetProps {
  /**
   * The names of the regions as literals: 1 to 100, each once. Each region gets a stack, unless `layout` is ONE_STACK; then
   * the first region is the region of the stack's AWS provider.
   */
  readonly regions: string[];
  /**
   * The registries to cache, at least one, under the same prefixes in every region. AWS allows 50 per account and
   * region.
   */
  readonly upstreams: Upstream[];
  /**
   * Whether each region has its own stack, or one stack has all regions. Another layout means other states: choose it
   * before the first apply, or move the resources as the guide "Cache in many regions" says.
   * @default FleetLayout.STACK_PER_REGION
   */
  readonly layout?: FleetLayout;
  /**
   * Settings of the repositories that ECR creates for cached images.
   * @default - as for `PullThroughCache`
   */
  readonly repositorySettings?: RepositorySettings;
  /**
   * Settings that differ from `repositorySettings` in a region, by the region's name: for example a KMS key, which
   * exists in one region only. Each setting of a region takes precedence over that of `repositorySettings`.
   * @default - the same settings in all regions
   */
  readonly repositorySettingsByRegion?: { readonly [region: string]: RepositorySettings };
  /**
   * Permissions boundary, path and start of the names of the roles that ECR assumes, in every region. IAM is the same
   * in all regions of a partition: so is the boundary.
   * @default - as for `PullThroughCache`
   */
  readonly roleOptions?: RoleOptions;
  /**
   * The account ID of 12 digits; may be a token. With it, Terraform refuses to run a stack with credentials of another
   * account, unless `providerConfig` has `skipRequestingAccountId`. Excludes `allowedAccountIds` and
   * `forbiddenAccountIds` of `providerConfig`.
   * @default - the account of the credentials that Terraform runs with
   */
  readonly accountId?: string;
  /**
   * The place of the states.
   * @default StateBackend.local()
   */
  readonly backend?: StateBackend;
  /**
   * Configuration of the AWS provider of each stack, without `region` and `alias`: for example a role to assume or
   * default tags. Literal credentials, web identity tokens and passwords are errors, since the JSON would contain them.
   * @default - the credentials that Terraform runs with
   */
  readonly providerConfig?: AwsProviderConfig;
  /**
   * The version constraint of the provider hashicorp/aws in each stack, a literal. `terraform init` chooses the version
   * in the lock file, and without a lock file the newest version that the constraint allows. Your own resources in the
   * stacks may need a narrower constraint. With FleetLayout.ONE_STACK the default is `">= 6.0.0, < 7.0.0"`, since
   * hashicorp/aws 5 has no argument `region`.
   *
   * Begin with the lowest version: `cdktf deploy` compares only the first version in the constraint with a lock file,
   * and upgrades the provider if the constraint excludes that version.
   * @default ">= 5.100.0, < 7.0.0"
   * @see https://developer.hashicorp.com/terraform/language/expressions/version-constraints
   */
  readonly providerVersion?: string;
}

/** Options of a stack that waits for all regions. */
export interface FinalStackOptions {
  /** The region of the stack's AWS provider; it may be a region without a cache. */
  readonly region: string;
}

/** A managed policy that allows pulls through the caches of all regions. */
export interface FleetPullPolicy {
  /** The ARN of the policy: text that is known at synth, so that any stack can use it. */
  readonly policyArn: string;
}
