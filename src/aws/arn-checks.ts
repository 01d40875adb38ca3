import { isUnresolved, literalPrefix } from "../terraform/tokens";
import { matches } from "../validation/rule";
import type { Rule } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import type { KnownLocation } from "./registry";

/** The requirements of an ARN: its shape, its service and, if there is a hint for it, its region and its account. */
export interface ArnRequirements {
  readonly rule: Rule;
  readonly service: string;
  /** The hint for a value that is not such an ARN; `show` redacts the value. */
  readonly hint: string;
  readonly show?: (value: unknown) => unknown;
  /** The hints for an ARN of another region or account than the cache's. */
  readonly regionHint?: string;
  readonly accountHint?: string;
}

const ARN_START = "arn:aws";

/** Adds the errors of an ARN. Only the literal text before the first token is checked. */
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
    { name: "partition", got: partition, expected: location.partition, hint: "give an ARN of that partition" },
    { name: "region", got: region, expected: location.region, hint: requirements.regionHint },
    { name: "account", got: accountId, expected: location.accountId, hint: requirements.accountHint },
  ];
  for (const place of places) {
    if (place.hint !== undefined && differ(place.got, place.expected)) {
      errors.add(prop, ofCache(place.name, place.expected ?? ""), arn, place.hint);
    }
  }
}

/** The requirement that something is in the partition, region or account of the cache. */
export function ofCache(place: string, expected: string): string {
  return `be in the ${place} of the cache, ${expected}`;
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
