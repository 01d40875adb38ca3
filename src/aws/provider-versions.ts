import type { Requirement, Rule } from "../validation/rule";

/** The versions of hashicorp/aws that have all arguments that the constructs and the modules use. */
export const PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0";

const VERSION = String.raw`\d+(\.\d+){0,2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?`;
const SUPPORTED_FROM = [5, 100, 0];
// One way to match each space: with two, the time to refuse a text grows exponentially with the number of its conditions.
const CONDITION = String.raw` *((=|!=|>|>=|<|<=|~>) *)?${VERSION} *`;

/** A version constraint. https://developer.hashicorp.com/terraform/language/expressions/version-constraints */
export const VERSION_CONSTRAINT: Rule = {
  pattern: new RegExp(`^${CONDITION}(,${CONDITION})*$`),
  requirement: `be a Terraform version constraint, like "${PROVIDER_VERSIONS}" or "~> 5.100"`,
  hint: "give a literal, with commas between its conditions",
};

/** The requirement that a constraint allows a supported version. */
export const SUPPORTED_VERSION: Requirement = {
  requirement: `allow a version in "${PROVIDER_VERSIONS}"`,
  hint: "other versions lack arguments that the constructs use",
};

/**
 * Whether a constraint allows a supported version. It is enough to try the versions in the constraint, the patch versions
 * after them and the first supported version. Only Terraform can decide on pre-releases: they return true.
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
      // Only the last given part may grow.
      return order >= 0 && compared(candidate.slice(0, parts.length - 1), parts.slice(0, -1)) === 0;
    default:
      return order === 0;
  }
}

function compared(one: readonly number[], other: readonly number[]): number {
  const differences = [0, 1, 2].map((part) => (one[part] ?? 0) - (other[part] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
