import type { TerraformProvider } from "cdktf";
import type { ExistingSettings } from "./existing-settings";

/** A registry that gets copies of images. */
export interface ReplicationDestination {
  /** Region of the registry; the account must have enabled it. May be a token. */
  readonly region: string;
  /**
   * Account of the registry; may be a token. The registry policy of another account must allow the replication, for
   * example by `RegistryPolicy.allowReplicationFrom` there.
   * @default - the account of the replicated registry
   */
  readonly accountId?: string;
}

/** The replication configuration of a registry: one rule, with all its destinations and prefixes. */
export interface RegistryReplicationProps {
  /** The registries that get copies, at most 25, each given once. None may be the replicated registry itself. */
  readonly destinations: ReplicationDestination[];
  /**
   * Beginnings of the names of repositories to replicate, at most 100, like `team/`: without a slash at its end, `team`
   * also matches `team-b/app`. Excludes `allRepositories`.
   * @default - none; one of `repositoryPrefixes` and `allRepositories` is required
   */
  readonly repositoryPrefixes?: string[];
  /**
   * Whether all repositories are replicated, also those of caches: each destination then stores a copy of every image
   * that is cached from then on. AWS's own default is true. Excludes `repositoryPrefixes`.
   * @default false
   */
  readonly allRepositories?: boolean;
  /**
   * What to do with replication rules that the registry has already. It has no default, since no plan can read whether
   * there are any: `aws ecr describe-registry` prints them. With NONE, Terraform replaces existing rules without
   * showing them; with OVERWRITE, the plan fails if there are none.
   * @default - required, unless `forget` is true
   */
  readonly existing?: ExistingSettings;
  /**
   * Whether Terraform removes the configuration from its state and changes nothing in AWS. Apply it before you delete
   * the construct, destroy its stack or change its region: each of these deletes all replication rules.
   * @default false
   */
  readonly forget?: boolean;
  /**
   * The AWS provider of the replicated registry's account and region.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * Region of the replicated registry; may be a token. It needs `@cdktf/provider-aws` 21: the resources of version 20
   * have no such argument.
   * Required if the caches of the stack are in several regions.
   * @default - the region of the provider
   */
  readonly region?: string;
  /**
   * Account of the replicated registry; may be a token. The provider determines the account: this value only saves a data source.
   * @default - the account that `allowedAccountIds` or `assumeRole` of the provider names, or else looked up when
   * Terraform runs
   */
  readonly accountId?: string;
}
