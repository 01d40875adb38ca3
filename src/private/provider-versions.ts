import type { Rule } from "./faults";

/** The versions of hashicorp/aws that have every argument which the constructs and the modules use. */
export const PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0";

const VERSION = String.raw`\d+(\.\d+){0,2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?`;
const CONDITION = String.raw` *(=|!=|>|>=|<|<=|~>)? *${VERSION} *`;

/** https://developer.hashicorp.com/terraform/language/expressions/version-constraints */
export const VERSION_CONSTRAINT: Rule = {
  pattern: new RegExp(`^${CONDITION}(,${CONDITION})*$`),
  words: `be a Terraform version constraint, like "${PROVIDER_VERSIONS}" or "~> 5.100"`,
};
