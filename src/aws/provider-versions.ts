import type { Requirement, Rule } from "../validation/rule";

/** The versions of hashicorp/aws that have all arguments that the constructs and the modules use. */
export const PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0";

/** The versions of hashicorp/aws whose resources also have the argument `region`. */
export const PROVIDER_VERSIONS_WITH_REGION = ">= 6.0.0, < 7.0.0";

const VERSION = String.raw`\d+(\.\d+){0,2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?`;
// One way to match each space: with two, the time to refuse a text grows exponentially with the number of its conditions.
const CONDITION = String.raw` *((=|!=|>|>=|<|<=|~>) *)?${VERSION} *`;

/** A version constraint. https://developer.hashicorp.com/terraform/language/expressions/version-constraints */
export const VERSION_CONSTRAINT: Rule = {
  pattern: new RegExp(`^${CONDITION}(,${CONDITION})*$`),
  requirement: `be a Terraform version constraint, like "${PROVIDER_VERSIONS}" or "~> 5.100"`,
  hint: "give a literal, with commas between its conditions",
};

/** The requirement that a constraint allows a supported version. */
export function supportedVersion(supported: string): Requirement {
  return {
    requirement: `allow a version in "${supported}"`,
    hint: "other versions lack arguments that the constructs use",
  };
}

/**
 * Whether a constraint allows a version that another one allows. It is enough to try the versions in both constraints and
 * the patch versions after them. Only Terraform can decide on pre-releases: they return true.
 */
export function allowsSupportedVersion(constraint: string, supported: string): boolean {
  const conditions = [...`${supported},${constraint}`.matchAll(/([=!<>~]*) *(\d[^\s,]*)/g)].map(
    ([, operator = "", version = ""]) => ({ operator, version, parts: version.split(".").map(Number) }),
  );
  if (conditions.some(({ version }) => !/^[\d.]+$/.test(version))) {
    return true;
  }
  const candidates = conditions.flatMap(({ parts: [major = 0, minor = 0, patch = 0] }) => [
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
