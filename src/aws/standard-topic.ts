import type { Rule } from "../validation/rule";

/**
 * The ARN of a standard topic. A message to a FIFO topic needs a message group, which neither an alarm nor a rule of
 * EventBridge can give, and a FIFO topic delivers to no people.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 * https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
 */
export const STANDARD_TOPIC: Rule = {
  pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
  requirement: "be the ARN of a standard SNS topic",
  hint: "give the topic's ARN, not its name or that of a FIFO topic",
};
