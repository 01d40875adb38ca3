import { oneOfRequirement } from "../validation/rule";
import type { Requirement } from "../validation/rule";

/** The retention periods of a log group. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** The requirement of a retention period. */
export const RETENTION: Requirement = {
  requirement: oneOfRequirement(RETENTION_DAYS),
  hint: "CloudWatch Logs accepts no other number",
};
