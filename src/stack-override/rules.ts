import type { Rule } from "../validation/rule";
import { OverrideStrategy } from "./override-strategy";
import { AUTO_EXPAND, MAX_VALUE_BYTES } from "./plan-conditions";

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
export const CLOUDFORMATION_STACK_NAME: Rule = {
  pattern: /^[A-Za-z][A-Za-z0-9-]*$/,
  maxLength: 128,
  requirement: "be a stack's name: a letter, then letters, digits and hyphens",
  hint: "give the name that CloudFormation shows, not the ARN",
};

// Stacks of a stack set are called so, and its next operation gives all parameters its own values again.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
export const NOT_OF_A_STACK_SET: Rule = {
  pattern: /^/,
  except: /^StackSet-/,
  requirement: "not be a stack of a stack set, whose next operation sets the value back",
  hint: "change the parameter in the stack set",
};

export const STACK_SET_HINT = "change the parameter in the stack set";

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
export const CAPABILITIES: readonly string[] = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", AUTO_EXPAND];
export const CAPABILITY_HINT = "leave out those that the stack lists already";
export const MINUTES_HINT = "give whole minutes, for the longest update of the stack";

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
export const PARAMETER_NAME: Rule = {
  pattern: /^[A-Za-z0-9]+$/,
  maxLength: 255,
  requirement: "name parameters with letters and digits, as templates do",
  hint: "use the name as it stands in the template",
};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
export const TEMPLATE_URL: Rule = {
  pattern: /^https:\/\/[A-Za-z0-9.-]*s3[A-Za-z0-9.-]*\.amazonaws\.com(\.cn)?\/[!->@-~]+(\?versionId=[!-%'-~]+)?$/,
  maxLength: 5120,
  requirement: "be the https URL of an object in S3, without a signature",
  hint: "put the template into a bucket of yours",
};

export const CONTROL_CHARACTER = /[^\P{Cc}\t\n]/u;
export const STRATEGIES: readonly string[] = Object.values(OverrideStrategy);

/** What the plain module says of declarations as well. */
export const OVERRIDE_REQUIREMENTS = {
  someParameters: (collection: "an object" | "a map"): string => `be ${collection} with at least one parameter`,
  text: "be a string",
  noToken: "hold no access token",
  notEmpty: "not be empty",
  notTooLong: `be at most ${MAX_VALUE_BYTES} bytes long`,
  noControlCharacters: "hold no control characters but tabs and newlines",
  capability: `be one of ${CAPABILITIES.join(", ")}`,
  strategy: `be one of ${STRATEGIES.join(", ")}`,
  ofAdopted: `not be given with the strategy ${OverrideStrategy.AWS_CLI}`,
};
