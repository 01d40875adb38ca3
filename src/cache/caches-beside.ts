import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { providerOf } from "../aws/provider";
import type { RegionalArguments } from "../aws/provider";
import { PullThroughCache } from "./pull-through-cache";

/** The caches of a construct's stack with the same provider and region. */
export function cachesBeside(scope: Construct, { provider, region }: RegionalArguments): PullThroughCache[] {
  const own = providerOf(scope, provider);
  return TerraformStack.of(scope)
    .node.findAll()
    .filter((construct) => PullThroughCache.isPullThroughCache(construct))
    .filter(
      ({ _internals: { registry } }) =>
        providerOf(scope, registry.regional.provider) === own && registry.regional.region === region,
    );
}
