import {
  DOCS,
  eventPattern,
  FAILURE_CODES,
  INPUT_PATHS,
  LOG_GROUP_PREFIX,
  MESSAGE_LINES,
  NAME_PREFIX,
  RULE_DESCRIPTION,
  TARGET_ID,
} from "../../src/alerts/fixed-arguments";
import { writeEvents } from "../../src/alerts/policy-statements";
import {
  DEFAULTS,
  EMAIL_ADDRESS,
  LOG_GROUP_NAME,
  RULE_NAME,
  TOPIC_ARN,
  TOPIC_KEY,
  TOPIC_NAME,
  TOPIC_REGION_HINT,
} from "../../src/alerts/rules";
import { RETENTION, RETENTION_DAYS } from "../../src/aws/log-retention";
import { AT_LEAST_ONE_PREFIX, KMS_KEY_REGION_HINT, REPOSITORY_PREFIX } from "../../src/cache/rules";
import type { InputRule, ModuleDefinition } from "../generator/definition";
import { expression, hcl } from "../generator/hcl";
import { following } from "../generator/rules";

const RETENTION_RULE: InputRule = {
  ...RETENTION,
  // Also evaluated for null, which contains() refuses.
  holds: (value) => `try(contains(${hcl(RETENTION_DAYS)}, ${value}), false)`,
};

const DESTINATIONS = ["topic_arn", "new_topic", "log_group"];
/** The destinations that are given, as an expression. */
const GIVEN = `compact([${DESTINATIONS.map((name) => `var.${name} == null ? "" : "\`${name}\`"`).join(", ")}])`;

/** A text with its link as an expression: no line of a file is longer than 120 characters. */
function withLink(text: string): string {
  return text.replace(FAILURE_CODES, "${local.failure_codes}");
}

/** The inputs of the module sync-failure-alert. */
export const syncFailureAlert: ModuleDefinition = {
  name: "sync-failure-alert",
  inputs: {
    prefixes: {
      type: "list(string)",
      required: true,
      description:
        "The prefixes of the upstreams: the output `prefixes` of pull-through-cache. With `ROOT`, the alert covers all rules of the registry: AWS does not document which prefix the events of such a rule have.",
      elementRules: [following(REPOSITORY_PREFIX, "use a prefix of a cache")],
      validations: [
        {
          holds: "length(var.prefixes) > 0",
          place: "prefixes",
          requirement: AT_LEAST_ONE_PREFIX,
          got: "var.prefixes",
          hint: "list the prefixes of the cache",
        },
      ],
    },
    rule_name: {
      type: "string",
      description: "Name of the EventBridge rule, unique in the account and region. A change replaces the rule.",
      otherwise: `\`${NAME_PREFIX}\`, and 26 characters that Terraform adds`,
      rules: [following(RULE_NAME)],
    },
    topic_arn: {
      type: "string",
      description:
        "ARN of a standard SNS topic that exists, in the region of the cache. The topic's policy, and the key policy of an encrypted topic, must allow EventBridge to publish.",
      otherwise: "one of `new_topic` and `log_group` is required",
      rules: [following(TOPIC_ARN)],
      validations: [
        {
          holds: `length(${GIVEN}) == 1`,
          place: "topic_arn",
          requirement: "be given, or one of `new_topic` and `log_group`, and only one of the three",
          gotText: expression(`coalesce(join(", ", ${GIVEN}), "none")`),
          hint: "call the module once for each place where the messages go",
        },
      ],
    },
    new_topic: {
      type: "object",
      isOpen: true,
      noun: "a new topic",
      misnomers: { topic_name: "name", emails: "email_addresses", key: "kms_key_arn" },
      description: "Creates a standard SNS topic for the messages, with a policy that allows EventBridge to publish.",
      otherwise: "no new topic",
      attributes: {
        name: {
          type: "string",
          description: "Its name. A change replaces the topic and its subscriptions.",
          otherwise: `\`${NAME_PREFIX}\`, and 26 characters that Terraform adds`,
          rules: [following(TOPIC_NAME)],
        },
        email_addresses: {
          type: "map(string)",
          default: {},
          description:
            'E-mail addresses that subscribe to the topic, by keys of your own, like `{ ops = "ops@example.com" }`. AWS sends each address a message with a link; it gets alerts only after somebody has opened the link.',
          elementRules: [following(EMAIL_ADDRESS)],
        },
        kms_key_arn: {
          type: "string",
          description:
            "ARN of a customer managed KMS key that encrypts the topic. Its key policy must allow `events.amazonaws.com` the actions `kms:GenerateDataKey*` and `kms:Decrypt`.",
          otherwise: "no encryption with a key of KMS",
          rules: [following(TOPIC_KEY)],
        },
      },
    },
    log_group: {
      type: "object",
      isOpen: true,
      noun: "a log group",
      misnomers: { log_group_name: "name", days: "retention_in_days" },
      description:
        "Creates a log group for the events, with a resource policy for EventBridge. An account has at most 10 resource policies of CloudWatch Logs in each region.",
      otherwise: "no log group",
      attributes: {
        name: {
          type: "string",
          description: "Its name.",
          otherwise: `\`${LOG_GROUP_PREFIX}${NAME_PREFIX}\`, and 26 characters that Terraform adds`,
          rules: [following(LOG_GROUP_NAME)],
        },
        retention_in_days: {
          type: "number",
          default: DEFAULTS.retentionInDays,
          description: "The retention of the events in days.",
          rules: [RETENTION_RULE],
        },
      },
    },
  },
  facts: {
    name_prefix: {
      comment: "The start of names that nobody gives; Terraform adds 26 characters.",
      value: NAME_PREFIX,
    },
    log_group_prefix: {
      comment:
        "The start of the names of log groups that EventBridge writes to. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
      value: LOG_GROUP_PREFIX,
    },
    retention_in_days: {
      comment: "The retention of a log group that nobody gives.",
      value: DEFAULTS.retentionInDays,
    },
    topic_region_hint: {
      comment:
        "The hint for a topic of another region. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html",
      value: TOPIC_REGION_HINT,
    },
    key_region_hint: { comment: "The hint for a KMS key of another region.", value: KMS_KEY_REGION_HINT },
    docs: { comment: "The documents that messages link to.", value: DOCS },
    failure_codes: {
      comment: "The page with the causes of failures.",
      value: FAILURE_CODES.replace(DOCS, "${local.docs}"),
    },
    rule_description: {
      comment: "The description of the rule, with a link to the causes.",
      value: withLink(RULE_DESCRIPTION),
    },
    target_id: { comment: "The ID of the target within its rule.", value: TARGET_ID },
    failures: {
      comment:
        "The events of failed pulls through any cache. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html",
      value: JSON.parse(eventPattern(["ROOT"])),
    },
    input_paths: {
      comment:
        "The fields of the event that the message has. A field that an event lacks is empty in the message. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html",
      value: INPUT_PATHS,
    },
    message_lines: {
      comment: "The lines of the message. They are no JSON, which a quote in a value would make invalid.",
      value: MESSAGE_LINES.map(withLink),
    },
    log_writers: {
      comment: "The services that write events to a log group.",
      value: (writeEvents("", "")[0]?.Principal as { readonly Service: string[] }).Service,
    },
  },
};
