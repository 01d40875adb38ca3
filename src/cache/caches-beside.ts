import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { RegionalArguments } from "../aws/provider";
import { knownAccount } from "../aws/registry";
import { ValidationErrors } from "../validation/validation-errors";
import { providerAndRegion } from "./names-in-use";
import { PullThroughCache } from "./pull-through-cache";

/** The caches of a construct's stack with the same provider and region. */
export function cachesBeside(scope: Construct, regional: RegionalArguments): PullThroughCache[] {
  const own = providerAndRegion(scope, regional);
  return cachesOfStack(scope).filter((cache) => providerAndRegion(cache, cache._internals.registry.regional) === own);
}

/**
 * The error of a construct without `region` in a stack whose caches are in several regions: it would silently belong to
 * the region of the AWS provider.
 */
export function missingRegion(scope: Construct, { provider, region }: RegionalArguments): string[] {
  const errors = new ValidationErrors();
  const regions = cachesOfStack(scope)
    .map((cache) => cache._internals.registry)
    .filter(({ regional }) => regional.provider?.fqn === provider?.fqn)
    .map(({ location }) => location.region);
  const known = [...new Set(regions)].filter((name) => name !== undefined);
  if (region === undefined && known.length > 1) {
    errors.add("region", "be given", undefined, `the caches of the stack are in ${known.sort().join(", ")}`);
  }
  return errors.list();
}

/** The account of a cache, if the cache or the configuration of its AWS provider names it. */
export function accountOfCache(cache: PullThroughCache): string | undefined {
  return knownAccount(cache, cache._internals.registry);
}

function cachesOfStack(scope: Construct): PullThroughCache[] {
  return TerraformStack.of(scope)
    .node.findAll()
    .filter((construct) => PullThroughCache.isPullThroughCache(construct));
}
