import type { PolicyStatement } from "../aws/policy-statement";

/** The permission of EventBridge in the policy of a topic. */
export function publishEvents(topicArn: string): PolicyStatement {
  return {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sns:Publish",
    // AWS supports no condition here, not even on the rule: EventBridge would not be allowed to publish.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    Resource: topicArn,
  };
}

const LOG_WRITERS = ["events.amazonaws.com", "delivery.logs.amazonaws.com"];

/**
 * The permissions of EventBridge in a resource policy of CloudWatch Logs, for one log group and the events of one rule.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target
 */
export function writeEvents(logGroupArn: string, ruleArn: string): PolicyStatement[] {
  const common = { Effect: "Allow", Principal: { Service: LOG_WRITERS }, Resource: `${logGroupArn}:*` } as const;
  return [
    { ...common, Action: "logs:CreateLogStream" },
    { ...common, Action: "logs:PutLogEvents", Condition: { ArnEquals: { "aws:SourceArn": ruleArn } } },
  ];
}

/** The role of the reminders. https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html */
export const REMINDER_ROLE = {
  namePrefix: "ecr-credential-expiry-",
  description: "EventBridge Scheduler assumes this role to publish reminders of credentials that expire",
  service: "scheduler.amazonaws.com",
} as const;

/**
 * The permissions of that role: to publish to a topic, and to use the key of an encrypted one.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function publishReminders(topicArn: string, kmsKeyArn: string | undefined): PolicyStatement[] {
  const publish: PolicyStatement = { Effect: "Allow", Action: "sns:Publish", Resource: topicArn };
  return kmsKeyArn === undefined
    ? [publish]
    : [publish, { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: kmsKeyArn }];
}
