import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { Construct } from "constructs";
import type { RegionalArguments } from "../aws/provider";
import { constructId } from "../terraform/construct-id";
import { escapeDirectives } from "../terraform/template-directives";
import { stableKey } from "../terraform/tokens";
import type { NewTopicOptions } from "./alert-destination";

/** Creates a topic and its subscriptions. */
export function createTopic(
  scope: Construct,
  { topicName, emailAddresses = [], kmsKeyArn }: NewTopicOptions,
  { namePrefix, regional }: { readonly namePrefix: string; readonly regional: RegionalArguments },
): SnsTopic {
  const topic = new SnsTopic(scope, "topic", {
    ...regional,
    ...(topicName === undefined ? { namePrefix } : { name: topicName }),
    kmsMasterKeyId: kmsKeyArn,
  });
  for (const [index, endpoint] of emailAddresses.entries()) {
    // The id does not depend on the other addresses, since it is part of an address.
    const id = `subscription-${constructId(stableKey(scope, endpoint) ?? String(index))}`;
    new SnsTopicSubscription(scope, id, {
      ...regional,
      topicArn: topic.arn,
      protocol: "email",
      endpoint: escapeDirectives(endpoint),
    });
  }
  return topic;
}
