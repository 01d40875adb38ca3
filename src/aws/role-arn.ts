import type { Rule } from "../validation/rule";
import type { ArnRequirements } from "./arn-checks";

/** The ARN of an IAM role, with or without a path. */
export const ROLE_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  maxLength: 2048,
  requirement: "be the ARN of an IAM role",
  hint: "give the role's ARN, not its name",
};

/** A role that ECR assumes for a cache: of the cache's own account, since AWS lets nobody pass on another's. */
export const ROLE_REQUIREMENTS: ArnRequirements = {
  rule: ROLE_ARN,
  service: "iam",
  hint: "leave it out to have a role made where one is needed",
  accountHint: "give a role of the account that caches, or leave it out to have one made",
};
