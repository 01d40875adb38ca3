import { SECURITY_GROUP_ID, SUBNET_ID, VPC_ID } from "../aws/ec2-ids";
import { STANDARD_TOPIC } from "../aws/standard-topic";
import type { Requirement, Rule } from "../validation/rule";
import { RUN_ON_CHANGE_SUFFIX } from "./fixed-arguments";

export const MAX_IMAGES = 500;

/** What applies if the user gives nothing. */
export const DEFAULTS = {
  schedule: "rate(1 hour)",
  timeoutInMinutes: 60,
  logRetentionInDays: 30,
} as const;

/**
 * The bound of the images in a build's command, in characters of JSON; image names are ASCII. A shell passes the command as
 * one argument, and Linux limits an argument to 128 KiB.
 * https://man7.org/linux/man-pages/man2/execve.2.html
 */
export const MAX_CHARACTERS = 120_000;

const MAX_SCHEDULE_NAME = 64;
const nameOf = (max: number): string =>
  `be 2 to ${max} letters, digits, hyphens and underscores, starting with a letter or digit`;

/**
 * The name of a project and of its schedule. The limit is that of schedules; CodeBuild accepts up to 150 characters.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
 */
export const PROJECT_NAME: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]+$/,
  maxLength: MAX_SCHEDULE_NAME,
  requirement: nameOf(MAX_SCHEDULE_NAME),
  hint: "give a shorter or simpler name",
};

const MAX_WITH_SUFFIX = MAX_SCHEDULE_NAME - RUN_ON_CHANGE_SUFFIX.length;

/** The name of a project with `runOnChange`, whose second schedule has a longer name. */
export const PROJECT_NAME_WITH_RUN_ON_CHANGE: Rule = {
  ...PROJECT_NAME,
  maxLength: MAX_WITH_SUFFIX,
  requirement: `${nameOf(MAX_WITH_SUFFIX)}, with \`runOnChange\``,
};

const FIELD = "[0-9A-Z*,/#-]+";

/**
 * The expression of a schedule. Unlike a rule of EventBridge, a schedule accepts units in the singular and in the plural
 * with every value of a rate.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export const SCHEDULE: Rule = {
  pattern: new RegExp(
    `^(rate\\([1-9]\\d* (minute|hour|day)s?\\)|cron\\(${FIELD} ${FIELD} (${FIELD} ${FIELD} \\?|\\? ${FIELD} ${FIELD}) ${FIELD}\\))$`,
  ),
  maxLength: 256,
  requirement:
    "be at most 256 characters like rate(1 hour), rate(6 hours) or cron(0 6 * * ? *), with one ? for the day of the month or of the week",
  hint: "leave it out for every hour",
};

/** The topic of the alarm. */
export const TOPIC_ARN: Rule = { ...STANDARD_TOPIC, hint: "leave it out for no alarm" };

/**
 * The time limit of a build. CodeBuild accepts up to 2,160 minutes, but a run signs in once, and an authorization token of
 * ECR is valid for 12 hours.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export const TIMEOUT_MINUTES = { min: 5, max: 720 } as const;

const WHOLE_NETWORK = "give all of `vpcId`, `subnetIds` and `securityGroupIds`, or leave all of them out for no VPC";

/**
 * The network of the builds, with the numbers of IDs that CodeBuild accepts.
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_VpcConfig.html
 */
export const NETWORK = {
  vpcId: { rule: { ...VPC_ID, hint: WHOLE_NETWORK } },
  subnetIds: { rule: { ...SUBNET_ID, hint: "give subnets with a route to the internet" }, max: 16 },
  securityGroupIds: {
    rule: { ...SECURITY_GROUP_ID, hint: "give security groups that allow outbound port 443" },
    max: 5,
  },
} as const;

/** The rules of a warmer that no pattern expresses. */
export const WARMER_RULES = {
  images: { requirement: `be a list of 1 to ${MAX_IMAGES} images`, hint: 'give image names, like ["nginx:1.27"]' },
  knownImages: {
    requirement: "be known at synth",
    hint: "give literal names: the upstream of each image must be known at synth",
  },
  commandLength: {
    requirement: `be at most ${MAX_CHARACTERS} characters as JSON, with their repositories in the cache`,
    hint: "move some images to a second warmer",
  },
  knownName: {
    requirement: "be known at synth",
    hint: "give a literal: the schedule and the log group have the same name",
  },
  uniqueName: (other: string): Requirement => ({
    requirement: `differ from the project name of ${other}`,
    hint: "give one of the two another name",
  }),
  sameStack: { requirement: "be in the stack of the warmer", hint: "create the warmer in the stack of the cache" },
  atMost: (max: number): Requirement => ({
    requirement: `be a list of at most ${max}`,
    hint: "CodeBuild accepts no more",
  }),
} as const;
