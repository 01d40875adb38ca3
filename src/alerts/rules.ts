import { STANDARD_TOPIC } from "../aws/standard-topic";
import { KMS_KEY } from "../cache/rules";
import { OBJECT_OF_OPTIONS, atLeastOne } from "../validation/rule";
import type { Requirement, Rule } from "../validation/rule";
import { LOG_GROUP_PREFIX } from "./fixed-arguments";

/** What applies if the user gives nothing. */
export const DEFAULTS = { retentionInDays: 30 } as const;

const MAX_RULE_NAME = 64;

/** The name of a rule. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
export const RULE_NAME: Rule = {
  pattern: /^[A-Za-z0-9._-]+$/,
  maxLength: MAX_RULE_NAME,
  requirement: `be the name of a rule: 1 to ${MAX_RULE_NAME} letters, digits, dots, hyphens and underscores`,
  hint: "leave it out for a unique name",
};

const MAX_TOPIC_NAME = 256;

/** The name of a standard topic. https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export const TOPIC_NAME: Rule = {
  pattern: /^[A-Za-z0-9_-]+$/,
  maxLength: MAX_TOPIC_NAME,
  requirement: `be the name of a standard topic: 1 to ${MAX_TOPIC_NAME} letters, digits, hyphens and underscores`,
  hint: "leave it out for a unique name",
};

const MAX_LOG_GROUP_NAME = 512;

/** The name of a log group. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export const LOG_GROUP_NAME: Rule = {
  pattern: /^\/aws\/events\/[A-Za-z0-9._/#-]+$/,
  maxLength: MAX_LOG_GROUP_NAME,
  requirement: `be the name of a log group that begins with ${LOG_GROUP_PREFIX}: at most ${MAX_LOG_GROUP_NAME} letters, digits and ._/#-`,
  hint: "leave it out for a unique name",
};

/** An address for a subscription, in ASCII. https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address */
export const EMAIL_ADDRESS: Rule = {
  pattern: /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$/,
  maxLength: 254,
  requirement: "be an e-mail address",
  hint: "give the address alone, without a name",
};

/** The topic that a user gives. */
export const TOPIC_ARN: Rule = STANDARD_TOPIC;

/** The hint for a topic elsewhere. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html */
export const TOPIC_REGION_HINT = "give a topic in that region: a rule and its target are in one region";

/**
 * The key of a topic. EventBridge needs permissions in the policy of the key, and nobody can change the policy of the
 * key `alias/aws/sns`.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export const TOPIC_KEY: Rule = {
  ...KMS_KEY,
  hint: "give the ARN of a customer managed key: EventBridge cannot use alias/aws/sns, whose key policy cannot be changed",
};

export const MAX_EVENT_PATTERN = 2048;

/** The rules of an alert that no pattern expresses. */
export const ALERT_RULES = {
  emailAddresses: { requirement: atLeastOne("list", "e-mail address"), hint: "leave it out for no subscription" },
  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
  patternLength: {
    requirement: `make an event pattern of at most ${MAX_EVENT_PATTERN} characters`,
    hint: "give some prefixes to a second alert",
  },
} as const;

/** The rules of the constructs alone. */
export const CONSTRUCT_RULES = {
  destination: {
    requirement: "be an AlertDestination",
    hint: "use AlertDestination.newTopic(), AlertDestination.topic(arn) or AlertDestination.logGroup()",
  },
  withLogGroup: { requirement: "be a log group", hint: "use AlertDestination.logGroup()" },
  withTopic: { requirement: "be a topic", hint: "use AlertDestination.newTopic() or AlertDestination.topic(arn)" },
  options: { requirement: OBJECT_OF_OPTIONS, hint: "leave it out for the defaults" },
  caches: {
    requirement: "be a list of at least one PullThroughCache",
    hint: "leave it out for all caches of the stack",
  },
  cacheBeside: {
    requirement: "name a cache",
    hint: "this stack has no PullThroughCache with the same provider and region",
  },
  region: (region: string): Requirement => ({
    requirement: `be in the region of the alert, ${region}`,
    hint: "create an alert in each region: ECR sends the events of a cache to its own region",
  }),
  knownRuleName: { requirement: "be known at synth", hint: "give a literal, or leave it out for a unique name" },
  account: (account: string): Requirement => ({
    requirement: `be in the account of the alert, ${account}`,
    hint: "create an alert in each account: ECR sends the events of a cache to its own account",
  }),
  uniqueName: (other: string, reason: string): Requirement => ({
    requirement: `differ from the name of ${other}`,
    hint: `leave it out for a unique name: ${reason}`,
  }),
} as const;
