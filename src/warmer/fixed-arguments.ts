/** The arguments of a warmer's resources that no user sets. */

export const PROJECT_DESCRIPTION =
  "Pulls images through the pull-through cache of Amazon ECR, so that clients pull cached images";

/**
 * The computer of a build, the smallest one. The image contains Node.js, a shell and the AWS CLI.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
 */
export const BUILD_ENVIRONMENT = {
  type: "LINUX_CONTAINER",
  computeType: "BUILD_GENERAL1_SMALL",
  image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
  privilegedMode: false,
} as const;

/** Two builds at once would read the same layers. */
export const CONCURRENT_BUILD_LIMIT = 1;

/** While a build runs, CodeBuild refuses another one, and the default policy would retry that for a day. */
export const RETRY_POLICY = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 900 } as const;

/** The alarm on a failed build. https://docs.aws.amazon.com/codebuild/latest/userguide/monitoring-metrics.html */
export const FAILURE_ALARM = {
  namespace: "AWS/CodeBuild",
  metricName: "FailedBuilds",
  statistic: "Sum",
  period: 300,
  evaluationPeriods: 1,
  threshold: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  treatMissingData: "notBreaching",
} as const;

/**
 * The expression of the schedule that runs once after a change, and the end of its name, which no project's name contains.
 * Terraform evaluates the time when it creates the schedule. AWS refuses a time in the past, and a new role takes a while to
 * work everywhere.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#one-time
 */
export const RUN_ON_CHANGE_EXPRESSION = `at(\${formatdate("YYYY-MM-DD'T'hh:mm:ss", timeadd(timestamp(), "5m"))})`;
export const RUN_ON_CHANGE_SUFFIX = ".on-change";

/** Schedules start the builds at the time of their expression, and not within a window after it. */
export const FLEXIBLE_TIME_WINDOW = { mode: "OFF" } as const;

export function scheduleDescription(projectName: string): string {
  return `Starts the CodeBuild project ${projectName}`;
}

export function logGroupName(projectName: string): string {
  return `/aws/codebuild/${projectName}`;
}

export function alarmName(projectName: string): string {
  return `${projectName}-failed`;
}

export function alarmDescription(projectName: string): string {
  return `An image could not be pulled: see the log of the CodeBuild project ${projectName}`;
}
