import type { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import type { PolicyStatement } from "../aws/policy-statement";
import type { Registry } from "../aws/registry";
import type { OtherAccounts } from "./other-accounts";
import type { PullGrant, PullPolicyOptions } from "./pull-policy";
import type { Upstream } from "./upstream";

/** The part of a cache that other constructs of this package use, and users do not. */
export interface CacheInternals {
  /** The account and region of the cache. */
  readonly registry: Registry;
  /** The rules, by the keys of their prefixes. */
  readonly rules: ReadonlyMap<string, EcrPullThroughCacheRule>;
  /** The keys of the prefixes from which a warmer pulls images. */
  readonly warmedPrefixes: Set<string>;
  /** The upstream with a prefix, with or without a slash at its end; undefined if there is none. */
  tryFindUpstream(prefix: string): Upstream | undefined;
  /** The path in the cache of a repository of the upstream with a prefix; throws if there is none. */
  repositoryPath(prefix: string, repository: string): string;
  /** The repositories that options allow an identity to pull, of the upstreams that are known yet. */
  pullGrant(options?: PullPolicyOptions): PullGrant;
  /** The permissions of other accounts. */
  readonly otherAccounts: OtherAccounts;
  /**
   * The statements that the policy of the registry must have for them. Their IDs are unique among all caches of the
   * registry. To be called at synth, since permissions and upstreams may be added until then.
   */
  registryStatements(): PolicyStatement[];
  /** The lengths of the inline policies that this cache adds to roles, by the keys of the roles. */
  inlinePolicyLengths(): ReadonlyMap<string, number>;
}
