import type { Rule } from "../validation/rule";

export const MAX_IMAGES = 500;

// They are part of a command, which a shell gets as one argument, of which Linux takes 128 KiB.
// https://man7.org/linux/man-pages/man2/execve.2.html
export const MAX_CHARACTERS = 120_000;

// The schedule has the same name, and may have no longer one.
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
export const PROJECT_NAME: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]+$/,
  maxLength: 64,
  requirement: "be 2 to 64 letters, digits, hyphens and underscores, of which a letter or digit comes first",
  hint: "give a shorter or simpler one",
};

// Unlike a rule of EventBridge, a schedule takes units in the singular and in the plural with every value of a rate.
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
const FIELD = "[0-9A-Z*,/#-]+";
export const SCHEDULE: Rule = {
  pattern: new RegExp(
    `^(rate\\([1-9]\\d* (minute|hour|day)s?\\)|cron\\(${FIELD} ${FIELD} (${FIELD} ${FIELD} \\?|\\? ${FIELD} ${FIELD}) ${FIELD}\\))$`,
  ),
  requirement:
    "be like rate(1 hour), rate(6 hours) or cron(0 6 * * ? *), with one ? for the day of the month or of the week",
  hint: "leave it out for every hour",
};

// A message to a FIFO topic needs a message group, which an alarm cannot name, and a FIFO topic reaches no people.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
// https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
export const TOPIC_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
  requirement: "be the ARN of a standard SNS topic",
  hint: "leave it out to have no alarm",
};

// CodeBuild takes up to 2,160, but a run signs in once, and the token of ECR is valid for 12 hours.
// https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
export const TIMEOUT_MINUTES = { min: 5, max: 720 } as const;

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
