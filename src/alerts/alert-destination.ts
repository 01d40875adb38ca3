import { deepCopy } from "../validation/plain-object";

/** The key of an SNS topic that exists. */
export interface ExistingTopicOptions {
  /**
   * ARN of the customer managed KMS key that encrypts the topic. A `CredentialExpiryAlert` allows its role to use the
   * key; a `SyncFailureAlert` does not need it.
   * @default - the topic is not encrypted with a key of KMS
   */
  readonly kmsKeyArn?: string;
}

/** An SNS topic that an alert creates. */
export interface NewTopicOptions {
  /**
   * Name of the topic: 1 to 256 letters, digits, hyphens and underscores, unique in the account and region. A change
   * replaces the topic and its subscriptions.
   * @default - `ecr-sync-failure-` or `ecr-credential-expiry-`, and 26 characters that Terraform adds
   */
  readonly topicName?: string;
  /**
   * E-mail addresses that subscribe to the topic, at least one. AWS sends each address a message with a link; it gets
   * alerts only after somebody has opened the link.
   * @default - no subscriptions
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
   */
  readonly emailAddresses?: string[];
  /**
   * ARN of a customer managed KMS key that encrypts the topic. For a `SyncFailureAlert`, the policy of the key must
   * allow `events.amazonaws.com` the actions `kms:GenerateDataKey*` and `kms:Decrypt`, without the condition keys
   * `aws:SourceAccount`, `aws:SourceArn` and `aws:SourceOrgID`, which AWS does not support here. Otherwise EventBridge
   * drops the events. The key `alias/aws/sns` is an error, since nobody can change its policy.
   * @default - the topic is not encrypted with a key of KMS
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   */
  readonly kmsKeyArn?: string;
}

/** A log group that an alert creates. */
export interface AlertLogGroupOptions {
  /**
   * Name of the log group, which begins with `/aws/events/`: at most 512 letters, digits and `._/#-`.
   * @default - `/aws/events/ecr-sync-failure-`, and 26 characters that Terraform adds
   */
  readonly logGroupName?: string;
  /**
   * The retention of the events in days: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827,
   * 2192, 2557, 2922, 3288 or 3653.
   * @default 30
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly retentionInDays?: number;
}

/**
 * A topic that messages go to.
 * @internal
 */
export type TopicSpec =
  | { readonly kind: "topic"; readonly topicArn: string; readonly options: ExistingTopicOptions }
  | { readonly kind: "new-topic"; readonly options: NewTopicOptions };

/**
 * Where a message goes.
 * @internal
 */
export type DestinationSpec = TopicSpec | { readonly kind: "log-group"; readonly options: AlertLogGroupOptions };

/**
 * Where an alert sends its messages: an SNS topic that exists, an SNS topic that the alert creates, or a log group. The
 * factories throw no errors: the alert that uses the destination reports its mistakes.
 */
export class AlertDestination {
  /**
   * A standard SNS topic that exists, in the region of the cache.
   *
   * For a `SyncFailureAlert`, the policy of the topic must allow `events.amazonaws.com` the action `sns:Publish`,
   * without a condition: AWS supports none here. If the topic is encrypted, it needs a customer managed key, whose
   * policy must allow what `kmsKeyArn` of `newTopic` describes. Otherwise EventBridge drops the events, and counts them
   * in its metric `FailedInvocations`. No change and no removal of the alert changes the topic or its policies.
   *
   * @param topicArn its ARN; may be a token
   * @param options the key of an encrypted topic
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
   */
  public static topic(topicArn: string, options: ExistingTopicOptions = {}): AlertDestination {
    return new AlertDestination({ kind: "topic", topicArn, options: deepCopy(options) });
  }

  /**
   * A standard SNS topic that the alert creates and deletes. Two alerts with this destination create two topics; give
   * the second alert `destination` of the first one for one topic.
   *
   * For a `SyncFailureAlert`, the policy of the topic allows EventBridge to publish, and nothing else. Users and roles
   * of the account need permissions of their own.
   *
   * @param options the name, the subscriptions and the encryption of the topic
   */
  public static newTopic(options: NewTopicOptions = {}): AlertDestination {
    return new AlertDestination({ kind: "new-topic", options: deepCopy(options) });
  }

  /**
   * A log group that a `SyncFailureAlert` creates and deletes, with a resource policy for EventBridge. An account has at
   * most 10 resource policies of CloudWatch Logs in each region; AWS does not raise this quota.
   *
   * The log has each event as JSON, without a link to the troubleshooting entry: AWS allows no text of its own in the
   * messages of a log group.
   *
   * @param options the name of the log group, and the retention of the events
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
   * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
   */
  public static logGroup(options: AlertLogGroupOptions = {}): AlertDestination {
    return new AlertDestination({ kind: "log-group", options: deepCopy(options) });
  }

  /** @internal */
  public readonly _spec: DestinationSpec;

  private constructor(spec: DestinationSpec) {
    this._spec = spec;
  }
}
