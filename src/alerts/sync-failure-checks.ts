import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { TerraformResource } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { providerOf } from "../aws/provider";
import type { KnownLocation } from "../aws/registry";
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
  props: SyncFailureAlertProps,
  location: KnownLocation,
): void {
  errors.checkKeys("", props, PROPS, "a property of SyncFailureAlert");
  const { destination, caches, ruleName } = props;
  checkDestination(errors, destination, location);
  if (caches !== undefined) {
    errors.checkList("caches", caches, CONSTRUCT_RULES.caches, (place, cache) =>
      checkCache(errors, place, cache, location),
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

/** Returns an error for another rule with the name, the provider and the region of an alert's rule. */
export function ruleNameClashes(alert: Construct, ruleName: string | undefined): string[] {
  const errors = new ValidationErrors();
  const rules = alert.node.root.node.findAll().filter(isRule);
  const place = (rule: CloudwatchEventRule): string => {
    // Only the newer provider packages have a region on every resource.
    const { regionInput = "" } = rule as { readonly regionInput?: string };
    return [providerOf(rule, rule.provider)?.node.path ?? "", regionInput, rule.nameInput].join(" ");
  };
  const own = rules.find(({ node }) => node.scopes.includes(alert));
  const namesake =
    own && ruleName !== undefined ? rules.find((other) => other !== own && place(other) === place(own)) : undefined;
  if (namesake !== undefined) {
    errors.addBroken("ruleName", CONSTRUCT_RULES.uniqueRuleName(namesake.node.path), ruleName);
  }
  return errors.list();
}

function isRule(construct: IConstruct): construct is CloudwatchEventRule {
  return (
    TerraformResource.isTerraformResource(construct) && construct.terraformResourceType === "aws_cloudwatch_event_rule"
  );
}
