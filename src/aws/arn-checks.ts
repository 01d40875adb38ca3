import { isUnknown, knownStart } from "../terraform/tokens";
import { follows } from "../validation/validation-errors";
import type { Faults, Rule } from "../validation/validation-errors";
import type { RegistryFacts } from "./registry";

/** What must be true of an ARN beside its shape; a place without a way out is not held against the cache's. */
export interface ArnRequirements {
  readonly rule: Rule;
  readonly service: string;
  /** What to do when it is no such ARN at all, and what its message may show of it. */
  readonly wayOut: string;
  readonly show?: (value: unknown) => unknown;
  /** What to do when it is in another region or account than the cache. */
  readonly regionWayOut?: string;
  readonly accountWayOut?: string;
}

const ARN_START = "arn:aws";

/** Records what is wrong with an ARN, as far as its text is known: behind a token inside of it, nothing is. */
export function checkArn(
  faults: Faults,
  prop: string,
  arn: unknown,
  requirements: ArnRequirements,
  facts: RegistryFacts,
): void {
  const { rule, service, wayOut, show = (value): unknown => value } = requirements;
  const parts = knownStart(arn).split(":");
  if (isUnknown(arn)) {
    parts.pop();
  } else if (!follows(arn, rule)) {
    faults.add(prop, rule.words, show(arn), wayOut);
    return;
  }
  const [, partition, actualService, region, accountId] = parts;
  const start = knownStart(arn).slice(0, ARN_START.length);
  if (!ARN_START.startsWith(start) || differ(actualService, service)) {
    faults.add(prop, rule.words, show(arn), wayOut);
    return;
  }
  const places = [
    { name: "partition", got: partition, expected: facts.partition, wayOut: "give one of that partition" },
    { name: "region", got: region, expected: facts.region, wayOut: requirements.regionWayOut },
    { name: "account", got: accountId, expected: facts.accountId, wayOut: requirements.accountWayOut },
  ];
  for (const place of places) {
    if (place.wayOut !== undefined && differ(place.got, place.expected)) {
      faults.add(prop, ofCache(place.name, place.expected ?? ""), arn, place.wayOut);
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
