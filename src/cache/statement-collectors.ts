import { TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { RegionalArguments } from "../aws/provider";
import { providerAndRegion } from "./names-in-use";

// Not a class, since an app may load a second copy of this package.
const MARK = Symbol.for("cdktf-ecr-pull-through-cache.StatementCollector");

interface Collector extends Construct {
  readonly [MARK]: RegionalArguments;
}

/** Marks a construct that adds the statements of the caches of its provider and region to a registry policy. */
export function markCollector(construct: Construct, regional: RegionalArguments): void {
  Object.defineProperty(construct, MARK, { value: regional });
}

/** Whether the stack of a construct has a collector of its provider and region. */
export function hasCollector(scope: Construct, regional: RegionalArguments): boolean {
  const own = providerAndRegion(scope, regional);
  return TerraformStack.of(scope)
    .node.findAll()
    .filter(isCollector)
    .some((collector) => providerAndRegion(collector, collector[MARK]) === own);
}

function isCollector(construct: IConstruct): construct is Collector {
  return MARK in construct;
}
