import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { checkRoleOptions } from "../aws/role-options";
import { PullThroughCache } from "../cache/pull-through-cache";
import { IS_CACHE } from "../cache/rules";
import { withoutTrailingSlash } from "../image/repository-path";
import { isUnresolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import { keyShown } from "../validation/secret-patterns";
import type { ValidationErrors } from "../validation/validation-errors";
import type { CredentialExpiryAlertProps } from "./credential-expiry-alert-props";
import { checkDestination, specOf } from "./destination-checks";
import { DAYS_BEFORE, EXPIRY_DATE, EXPIRY_RULES } from "./expiry-rules";
import { isDate } from "./reminder";

const PROPS = Object.keys({
  cache: true,
  expiryDates: true,
  daysBefore: true,
  destination: true,
  roleOptions: true,
} satisfies AllKeys<CredentialExpiryAlertProps>);

/** Adds the errors in the props of an alert. */
export function checkCredentialExpiryAlert(
  errors: ValidationErrors,
  scope: Construct,
  props: CredentialExpiryAlertProps,
): void {
  errors.checkKeys("", props, PROPS, "a property of CredentialExpiryAlert");
  const { cache, destination, daysBefore, roleOptions } = props;
  const isCache = PullThroughCache.isPullThroughCache(cache);
  const location = isCache ? cache._internals.registry.location : {};
  if (!isCache) {
    errors.addBroken("cache", IS_CACHE, cache);
  } else if (TerraformStack.of(cache) !== TerraformStack.of(scope)) {
    errors.addBroken("cache", EXPIRY_RULES.sameStack, cache.node.path);
  }
  checkDates(errors, props.expiryDates, isCache ? cache : undefined);
  if (daysBefore !== undefined) {
    errors.checkList("daysBefore", daysBefore, EXPIRY_RULES.daysBefore, (place, days) => {
      if (isUnresolved(days)) {
        errors.addBroken(place, EXPIRY_RULES.known, days);
      } else {
        // A list may lack elements, and so have undefined in their places.
        errors.checkInteger(place, days ?? null, DAYS_BEFORE, "leave it out for 30, 7 and 1");
      }
      return days;
    });
  }
  checkDestination(errors, scope, destination, location);
  if (specOf(destination)?.kind === "log-group") {
    errors.addBroken("destination", EXPIRY_RULES.topic, "a log group");
  }
  checkRoleOptions(errors, "roleOptions", roleOptions, location);
}

function checkDates(errors: ValidationErrors, expiryDates: unknown, cache: PullThroughCache | undefined): void {
  if (!isPlainObject(expiryDates) || Object.keys(expiryDates).length === 0) {
    errors.addBroken("expiryDates", EXPIRY_RULES.expiryDates, expiryDates);
    return;
  }
  const upstreams = cache?.upstreams ?? [];
  const known = upstreams.filter(({ _spec: { credential } }) => credential !== undefined);
  const seen = new Set<string>();
  for (const [prefix, date] of Object.entries(expiryDates)) {
    const key = withoutTrailingSlash(prefix);
    const place = `expiryDates["${keyShown(prefix)}"]`;
    if (cache !== undefined && !known.some(({ _spec: { prefixKey } }) => prefixKey === key)) {
      errors.addBroken("expiryDates", EXPIRY_RULES.withCredential(known.map((upstream) => upstream.prefix)), prefix);
    }
    if (seen.has(key)) {
      errors.addBroken("expiryDates", EXPIRY_RULES.prefixOnce, prefix);
    }
    seen.add(key);
    if (isUnresolved(date)) {
      errors.addBroken(place, EXPIRY_RULES.known, date);
    } else if (!isDate(date)) {
      errors.addBroken(place, EXPIRY_DATE, date);
    }
  }
}
