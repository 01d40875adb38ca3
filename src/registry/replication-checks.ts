import { TerraformStack } from "cdktf";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { ACCOUNT_ID, REGION_NAME, partitionOf } from "../aws/partitions";
import { providerOf } from "../aws/provider";
import { checkRegistryProps } from "../aws/registry";
import type { KnownLocation } from "../aws/registry";
import { accountOfCache } from "../cache/caches-beside";
import { PullThroughCache } from "../cache/pull-through-cache";
import { ROOT } from "../image/repository-path";
import { isUnresolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import { matches } from "../validation/rule";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import { checkExisting } from "./existing-checks";
import { checkBlocks, checkStringBlocks } from "./list-checks";
import type { RegistryReplicationProps, ReplicationDestination } from "./registry-replication-props";
import {
  MAX_DESTINATIONS,
  MAX_REPLICATION_PREFIXES,
  REPLICATION_PREFIX,
  REPLICATION_RULES,
  existingReplicationHint,
  notCachedThere,
  notWith,
} from "./rules";

const PROPS = Object.keys({
  destinations: true,
  repositoryPrefixes: true,
  allRepositories: true,
  existing: true,
  forget: true,
  provider: true,
  region: true,
  accountId: true,
} satisfies AllKeys<RegistryReplicationProps>);

const DESTINATION = Object.keys({ region: true, accountId: true } satisfies AllKeys<ReplicationDestination>);

const PREFIXES = {
  notEmpty: REPLICATION_RULES.prefixes,
  max: { length: MAX_REPLICATION_PREFIXES, rule: REPLICATION_RULES.prefixCount },
};

const DESTINATIONS = {
  notEmpty: REPLICATION_RULES.destinations,
  max: { length: MAX_DESTINATIONS, rule: REPLICATION_RULES.destinationCount },
};

/** Adds the errors in the props of a replication configuration, except those of its destinations' places. */
export function checkReplication(errors: ValidationErrors, scope: Construct, props: RegistryReplicationProps): void {
  errors.checkKeys("", props, PROPS, "a property of RegistryReplication");
  const { repositoryPrefixes, allRepositories } = props;
  if (repositoryPrefixes !== undefined) {
    checkStringBlocks(errors, "repositoryPrefixes", repositoryPrefixes, PREFIXES, REPLICATION_PREFIX);
    if (allRepositories === true) {
      errors.addBroken("repositoryPrefixes", notWith("allRepositories"), repositoryPrefixes);
    }
  } else if (allRepositories !== true) {
    errors.addBroken("repositoryPrefixes", REPLICATION_RULES.prefixesOrAll, undefined);
  }
  errors.checkBoolean("allRepositories", allRepositories, "leave it out for false");
  checkExisting(errors, props, existingReplicationHint("ExistingSettings."));
  checkRegistryProps(errors, scope, props);
}

/** Adds the errors of the destinations of a registry. */
export function checkDestinations(
  errors: ValidationErrors,
  destinations: readonly unknown[],
  source: KnownLocation,
): void {
  checkBlocks(errors, "destinations", destinations, DESTINATIONS, (place, destination) => {
    if (!isPlainObject(destination)) {
      errors.addBroken(place, REPLICATION_RULES.destination, destination);
      return undefined;
    }
    errors.checkKeys(place, destination, DESTINATION, "a property of a destination");
    const { region, accountId } = destination as { readonly region?: unknown; readonly accountId?: unknown };
    const isRegion = errors.checkString(`${place}.region`, region, REGION_NAME);
    const isAccount = accountId === undefined || errors.checkString(`${place}.accountId`, accountId, ACCOUNT_ID);
    if (!isRegion || !isAccount || isUnresolved(region) || isUnresolved(accountId)) {
      return undefined;
    }
    const { partition } = source;
    if (partition !== undefined && partitionOf(String(region)) !== partition) {
      errors.addBroken(`${place}.region`, REPLICATION_RULES.samePartition(partition), region);
    }
    const account = (accountId as string | undefined) ?? source.accountId;
    if (region === source.region && (accountId === undefined || accountId === source.accountId)) {
      errors.addBroken(place, REPLICATION_RULES.notItself, region);
    }
    return `${account ?? ""}/${String(region)}`;
  });
}

/** A cache in the region of a destination that fills some of the repositories that the destination gets. */
export interface CacheConflict {
  /** The place of the destination in the list. */
  readonly index: number;
  readonly region: string;
  readonly cache: PullThroughCache;
  readonly prefix: string;
  /** Whether the cache is in the account of the destination; undefined if one of the accounts is not known at synth. */
  readonly isSameAccount: true | undefined;
}

/** The caches of the app that fill repositories which a destination gets; those in other accounts are left out. */
export function cacheConflicts(
  scope: Construct,
  { destinations, repositoryPrefixes, provider }: RegistryReplicationProps,
  source: KnownLocation,
): CacheConflict[] {
  const caches = scope.node.root.node.findAll().filter((one) => PullThroughCache.isPullThroughCache(one));
  return destinations.flatMap(({ region, accountId: given }, index) =>
    caches.flatMap((cache) => {
      const ofCache = accountOfCache(cache);
      const accountId = given ?? source.accountId;
      const account = matches(accountId, ACCOUNT_ID) ? accountId : undefined;
      const isKnown = account !== undefined && ofCache !== undefined;
      if (cache._internals.registry.location.region !== region || (isKnown && account !== ofCache)) {
        return [];
      }
      const isSameAccount = isKnown || (given === undefined && usesProviderOf(cache, scope, provider)) || undefined;
      return cache.upstreams
        .map(({ _spec: { prefixKey } }) => prefixKey)
        .filter((key) => repositoryPrefixes?.some((prefix) => overlaps(prefix, key)) ?? true)
        .map((prefix) => ({ index, region, cache, prefix, isSameAccount }));
    }),
  );
}

/** Whether a cache uses the provider of a construct, and so its account: the regions of both may differ. */
function usesProviderOf(cache: PullThroughCache, scope: Construct, given: TerraformProvider | undefined): boolean {
  const own = cache._internals.registry.regional.provider;
  return TerraformStack.of(cache) === TerraformStack.of(scope) && providerOf(cache, own) === providerOf(scope, given);
}

/** The errors for the caches that are certainly in the account of a destination. */
export function conflictErrors(conflicts: readonly CacheConflict[]): string[] {
  const errors = new ValidationErrors();
  for (const { index, region, cache, prefix } of conflicts.filter(({ isSameAccount }) => isSameAccount === true)) {
    errors.addBroken(`destinations[${index}]`, notCachedThere(region, cache.node.path, prefix), region);
  }
  return errors.list();
}

/** Whether names of repositories may begin with a literal text and be under a prefix. */
function overlaps(beginning: string, prefixKey: string): boolean {
  if (isUnresolved(beginning)) {
    return false;
  }
  const under = `${prefixKey}/`;
  return prefixKey === ROOT || under.startsWith(beginning) || beginning.startsWith(under);
}
