import type { Construct } from "constructs";
import { accountOfProvider } from "../aws/provider";
import { Registry, knownAccount } from "../aws/registry";
import type { RegistryProps } from "../aws/registry";
import type { PullThroughCache } from "../cache/pull-through-cache";

/** The registry of a setting. If the configuration of the AWS provider names its account, no data source looks it up. */
export function registryOf(scope: Construct, props: RegistryProps): Registry {
  return new Registry(scope, { ...props, accountId: props.accountId ?? accountOfProvider(scope, props.provider) });
}

/** The account of a cache, if the cache or the configuration of its AWS provider names it. */
export function accountOfCache(cache: PullThroughCache): string | undefined {
  return knownAccount(cache, cache._internals.registry);
}
