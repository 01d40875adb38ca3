import type { Construct } from "constructs";
import { accountOfProvider } from "../aws/provider";
import type { KnownLocation, Registry } from "../aws/registry";
import { accountOfCache } from "../cache/caches-beside";
import { PullThroughCache } from "../cache/pull-through-cache";
import { IS_CACHE } from "../cache/rules";
import { isUnresolved } from "../terraform/tokens";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import { checkDestination } from "./destination-checks";
import { eventPattern } from "./fixed-arguments";
import { ALERT_RULES, CONSTRUCT_RULES, MAX_EVENT_PATTERN, RULE_NAME } from "./rules";
import type { SyncFailureAlertProps } from "./sync-failure-alert-props";

const PROPS = Object.keys({
  destination: true,
  caches: true,
  ruleName: true,
  provider: true,
  region: true,
} satisfies AllKeys<SyncFailureAlertProps>);

/** Adds the errors in the props of an alert, except those that locate it. */
export function checkSyncFailureAlert(
  errors: ValidationErrors,
  scope: Construct,
  props: SyncFailureAlertProps,
  { location, regional }: Registry,
): void {
  errors.checkKeys("", props, PROPS, "a property of SyncFailureAlert");
  const { destination, caches, ruleName } = props;
  checkDestination(errors, scope, destination, location);
  if (caches !== undefined) {
    errors.checkList("caches", caches, CONSTRUCT_RULES.caches, (place, cache) =>
      checkCache(errors, place, cache, { ...location, accountId: accountOfProvider(scope, regional.provider) }),
    );
  }
  if (isUnresolved(ruleName)) {
    errors.addBroken("ruleName", CONSTRUCT_RULES.knownRuleName, ruleName);
  } else if (ruleName !== undefined) {
    errors.checkString("ruleName", ruleName, RULE_NAME);
  }
}

/** Returns the cache, for comparison with the others; undefined for anything else. */
function checkCache(errors: ValidationErrors, place: string, cache: unknown, location: KnownLocation): unknown {
  if (!PullThroughCache.isPullThroughCache(cache)) {
    errors.addBroken(place, IS_CACHE, cache);
    return undefined;
  }
  const { region } = cache._internals.registry.location;
  const accountId = accountOfCache(cache);
  if (accountId !== undefined && location.accountId !== undefined && accountId !== location.accountId) {
    errors.addBroken(place, CONSTRUCT_RULES.account(location.accountId), accountId);
  }
  if (region !== undefined && location.region !== undefined && region !== location.region) {
    errors.addBroken(place, CONSTRUCT_RULES.region(location.region), region);
  }
  return cache;
}

/** The errors in the prefixes of an alert, which are known when the app is synthesized. */
export function patternErrors(prefixKeys: readonly string[]): string[] {
  const errors = new ValidationErrors();
  const { length } = eventPattern(prefixKeys);
  if (prefixKeys.length === 0) {
    errors.addBroken("caches", CONSTRUCT_RULES.cacheBeside, undefined);
  } else if (length > MAX_EVENT_PATTERN) {
    errors.addBroken("caches", ALERT_RULES.patternLength, length);
  }
  return errors.list();
}
