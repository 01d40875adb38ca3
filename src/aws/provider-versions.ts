import type { Rule } from "../validation/rule";

/** The versions of hashicorp/aws that have every argument which the constructs and the modules use. */
export const PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0";

const VERSION = String.raw`\d+(\.\d+){0,2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?`;
const SUPPORTED_FROM = [5, 100, 0];
const CONDITION = String.raw` *(=|!=|>|>=|<|<=|~>)? *${VERSION} *`;

/** https://developer.hashicorp.com/terraform/language/expressions/version-constraints */
export const VERSION_CONSTRAINT: Rule = {
  pattern: new RegExp(`^${CONDITION}(,${CONDITION})*$`),
  requirement: `be a Terraform version constraint, like "${PROVIDER_VERSIONS}" or "~> 5.100"`,
  hint: "separate conditions with commas; Terraform takes a literal here, and no expression",
};

/** The words of the rule that a constraint leaves a version which can be used. */
export const SOME_SUPPORTED_VERSION = `allow a version in "${PROVIDER_VERSIONS}"`;

/**
 * Whether a constraint allows a version that has every argument. Of all versions, those that it names, the ones right
 * behind them and the first supported one decide; where it names a pre-release, only Terraform can tell.
 */
export function allowsSupportedVersion(constraint: string): boolean {
  const conditions = [...`${PROVIDER_VERSIONS},${constraint}`.matchAll(/([=!<>~]*) *(\d[^\s,]*)/g)].map(
    ([, operator = "", version = ""]) => ({ operator, version, parts: version.split(".").map(Number) }),
  );
  if (conditions.some(({ version }) => !/^[\d.]+$/.test(version))) {
    return true;
  }
  const named = [SUPPORTED_FROM, ...conditions.map(({ parts }) => parts)];
  const candidates = named.flatMap(([major = 0, minor = 0, patch = 0]) => [
    [major, minor, patch],
    [major, minor, patch + 1],
  ]);
  return candidates.some((candidate) => conditions.every((condition) => holdsFor(candidate, condition)));
}

function holdsFor(
  candidate: readonly number[],
  { operator, parts }: { readonly operator: string; readonly parts: readonly number[] },
): boolean {
  const order = compared(candidate, parts);
  switch (operator) {
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "~>":
      // Only the last part that is given may grow.
      return order >= 0 && compared(candidate.slice(0, parts.length - 1), parts.slice(0, -1)) === 0;
    default:
      return order === 0;
  }
}

function compared(one: readonly number[], other: readonly number[]): number {
  const differences = [0, 1, 2].map((part) => (one[part] ?? 0) - (other[part] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
