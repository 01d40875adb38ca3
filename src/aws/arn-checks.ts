import { isUnresolved, literalPrefix } from "../terraform/tokens";
import { matches } from "../validation/rule";
import type { Rule } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import type { KnownLocation } from "./registry";

/** What must be true of an ARN beside its shape; a place without a hint is not held against the cache's. */
export interface ArnRequirements {
  readonly rule: Rule;
  readonly service: string;
  /** What to do when it is no such ARN at all, and what its message may show of it. */
  readonly hint: string;
  readonly show?: (value: unknown) => unknown;
  /** What to do when it is in another region or account than the cache. */
  readonly regionHint?: string;
  readonly accountHint?: string;
}

const ARN_START = "arn:aws";

/** Records what is wrong with an ARN, as far as its text is known: behind a token inside of it, nothing is. */
export function checkArn(
  errors: ValidationErrors,
  prop: string,
  arn: unknown,
  requirements: ArnRequirements,
  location: KnownLocation,
): void {
  const { rule, service, hint, show = (value): unknown => value } = requirements;
  const parts = literalPrefix(arn).split(":");
  if (isUnresolved(arn)) {
    parts.pop();
  } else if (!matches(arn, rule)) {
    errors.add(prop, rule.requirement, show(arn), hint);
    return;
  }
  const [, partition, actualService, region, accountId] = parts;
  const start = literalPrefix(arn).slice(0, ARN_START.length);
  if (!ARN_START.startsWith(start) || differ(actualService, service)) {
    errors.add(prop, rule.requirement, show(arn), hint);
    return;
  }
  const places = [
    { name: "partition", got: partition, expected: location.partition, hint: "give one of that partition" },
    { name: "region", got: region, expected: location.region, hint: requirements.regionHint },
    { name: "account", got: accountId, expected: location.accountId, hint: requirements.accountHint },
  ];
  for (const place of places) {
    if (place.hint !== undefined && differ(place.got, place.expected)) {
      errors.add(prop, ofCache(place.name, place.expected ?? ""), arn, place.hint);
    }
  }
}

/** The words of the rule that something is where the cache is. */
export function ofCache(place: string, expected: string): string {
  return `be in the ${place} of the cache, ${expected}`;
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
