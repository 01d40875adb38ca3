import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { RegionalArguments } from "../aws/provider";
import { knownAccount } from "../aws/registry";
import { providerAndRegion } from "./names-in-use";
import { PullThroughCache } from "./pull-through-cache";

/** The caches of a construct's stack with the same provider and region. */
export function cachesBeside(scope: Construct, regional: RegionalArguments): PullThroughCache[] {
  const own = providerAndRegion(scope, regional);
  return TerraformStack.of(scope)
    .node.findAll()
    .filter((construct) => PullThroughCache.isPullThroughCache(construct))
    .filter((cache) => providerAndRegion(cache, cache._internals.registry.regional) === own);
}

/** The account of a cache, if the cache or the configuration of its AWS provider names it. */
export function accountOfCache(cache: PullThroughCache): string | undefined {
  return knownAccount(cache, cache._internals.registry);
}
