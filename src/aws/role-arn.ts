import type { Rule } from "../validation/rule";
import type { ArnRequirements } from "./arn-checks";

/** The ARN of an IAM role, with or without a path. */
export const ROLE_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  maxLength: 2048,
  requirement: "be the ARN of an IAM role",
  hint: "give the role's ARN, not its name",
};

/** A role that ECR assumes for a cache. It is in the cache's account: AWS does not allow passing a role of another account. */
export const ROLE_REQUIREMENTS: ArnRequirements = {
  rule: ROLE_ARN,
  service: "iam",
  hint: "leave it out: a role is created if one is needed",
  accountHint: "give a role of that account, or leave it out: a role is created if one is needed",
};
