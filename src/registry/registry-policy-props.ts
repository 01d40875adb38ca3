import type { TerraformProvider } from "cdktf";
import type { ExistingSettings } from "./existing-settings";

/** The registry whose policy a RegistryPolicy owns, and what to do with a policy that exists. */
export interface RegistryPolicyProps {
  /**
   * Whether the registry has a policy already. Find out with `aws ecr get-registry-policy --region <region>`: use
   * ExistingSettings.NONE if AWS answers RegistryPolicyNotFoundException. Otherwise use ExistingSettings.OVERWRITE, and
   * pass the statements that you want to keep to `addPolicy`. Terraform cannot find out by itself: with NONE it silently
   * replaces a policy that exists. With OVERWRITE it imports the policy, and the plan shows the old and the new one; the
   * plan fails if there is no policy. Keep the value after the first apply.
   * @default - none; required unless `ownedElsewhere` or `forget` is true
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryPolicy.html
   */
  readonly existing?: ExistingSettings;
  /**
   * Whether another stack or configuration owns the registry policy. The construct then creates nothing, and `policyJson`
   * has the statements that the owner must add to its policy. If the owner is a RegistryPolicy of the app, pass
   * `policyJson` to its `addPolicy`. Excludes `existing` and `forget`.
   * @default false
   */
  readonly ownedElsewhere?: boolean;
  /**
   * Whether Terraform removes the policy and the setting of its scope from its state, and changes nothing in AWS. Apply
   * it before you delete the construct or destroy its stack, if the registry must keep its policy: a destroy deletes
   * the whole policy. From then on, AWS keeps the statements of the last apply: statements that you add or change, also
   * by `allowPullFrom` of a cache, do not reach the registry. It needs JSON output, the default of cdktf, and Terraform
   * 1.7.
   * @default false
   * @see https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources
   */
  readonly forget?: boolean;
  /**
   * The AWS provider of the account and region, for every resource and data source. It must be in the stack of the
   * construct.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region, as an argument of every regional resource; may be a token. It needs `@cdktf/provider-aws` 21: the
   * resources of version 20 have no such argument.
   * Required if the caches of the stack are in several regions.
   * @default - the region of the provider
   */
  readonly region?: string;
  /**
   * The account ID of 12 digits; may be a token, except for `allowUpstreamOf`. Nothing compares it with the account of
   * the provider: to make Terraform compare them, set `allowedAccountIds` of the provider as well.
   * @default - the account that `allowedAccountIds` or `assumeRole` of the provider names, or else looked up when
   * Terraform runs, if a resource needs it
   */
  readonly accountId?: string;
  /**
   * The partition, for example `aws`; may be a token.
   * @default - the partition of the region, or looked up when Terraform plans, if a resource needs it
   */
  readonly partition?: string;
}

/** The accounts that may replicate images to a registry. */
export interface ReplicationSourceOptions {
  /**
   * The IDs of the source accounts, at least one, and not that of the registry: replication between regions of one
   * account needs no permission. Each may be a token.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html
   */
  readonly accountIds: string[];
  /**
   * The prefixes of the names of the repositories that may be replicated, at least one; 2 to 256 characters each. As in
   * the filters of ECR, `prod` permits `prod/app` and also `production`.
   * @default - all repositories
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryFilter.html
   */
  readonly repositoryPrefixes?: string[];
}
