/** The arguments of an alert's resources that no user sets. */

import { ROOT } from "../image/repository-path";

/** The documents that messages link to. */
export const DOCS = "https://github.com/cdktf-ecr-pull-through-cache/cdktf-ecr-pull-through-cache/blob/main/docs";

/** The page that a message about a failed pull links to. */
export const FAILURE_CODES = `${DOCS}/troubleshooting.md#a-pull-through-the-cache-fails-failure-codes`;

/** The page that a reminder of a credential links to. */
export const ROTATION = `${DOCS}/registry-credentials.md#rotate-a-token`;

/** The start of the names of rules, topics and log groups without a name; Terraform adds 26 characters. */
export const NAME_PREFIX = "ecr-sync-failure-";

/**
 * The start of the names of log groups that EventBridge writes to, as on AWS's pages.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export const LOG_GROUP_PREFIX = "/aws/events/";

export const RULE_DESCRIPTION = `Pulls through Amazon ECR caches that failed: ${FAILURE_CODES}`;

/** The ID of the target within its rule. */
export const TARGET_ID = "destination";

/** The fields of an event that name the kind of the event. */
export const EVENT = { source: "aws.ecr", detailType: "ECR Pull Through Cache Action" } as const;

/**
 * The pattern of the events that an alert sends. AWS documents the status SUCCESS only, so that every other status is a
 * failure. AWS's example has a prefix without a slash at its end; a rule may have the slash, so both match. AWS does not
 * document what the event of a rule with the prefix ROOT has: with ROOT, the events of all rules match.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 */
export function eventPattern(prefixKeys: readonly string[]): string {
  const prefixes = prefixKeys.flatMap((key) => [key, `${key}/`]);
  return JSON.stringify({
    source: [EVENT.source],
    "detail-type": [EVENT.detailType],
    detail: {
      "sync-status": [{ "anything-but": ["SUCCESS"] }],
      ...(prefixKeys.includes(ROOT) ? {} : { "ecr-repository-prefix": prefixes }),
    },
  });
}

/**
 * The fields of the event that the message has. The example of AWS has no failure; `failure-code` and `failure-reason`
 * are in AWS's schema of the event. A field that an event lacks is empty in the message.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export const INPUT_PATHS = {
  account: "$.account",
  region: "$.region",
  time: "$.time",
  repository: "$.detail.repository-name",
  tag: "$.detail.image-tag",
  upstream: "$.detail.upstream-registry-url",
  status: "$.detail.sync-status",
  code: "$.detail.failure-code",
  reason: "$.detail.failure-reason",
};

/**
 * The lines of the message, with the fields of the event. EventBridge does not escape the values that it inserts, so
 * that a quote in a reason would make JSON invalid; lines of text stay valid.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export const MESSAGE_LINES: readonly string[] = [
  "Amazon ECR could not cache or refresh an image of a pull-through cache.",
  "Region: <region> (account <account>)",
  "Repository: <repository>",
  "Tag: <tag>",
  "Upstream: <upstream>",
  "Status: <status>",
  "Failure code: <code>",
  "Failure reason: <reason>",
  "Time: <time>",
  `Causes and solutions: ${FAILURE_CODES}`,
];

/** The template of the message: each line in quotes. */
export const INPUT_TEMPLATE = MESSAGE_LINES.map((line) => JSON.stringify(line)).join("\n");
