import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { Lazy } from "cdktf";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { policyDocument } from "../aws/policy-document";
import { missingProvider } from "../aws/provider";
import { Registry, checkRegistryProps } from "../aws/registry";
import { cachesBeside, missingRegion } from "../cache/caches-beside";
import type { PullThroughCache } from "../cache/pull-through-cache";
import { addressErrors } from "../validation/address-errors";
import { checkInStack } from "../validation/in-stack";
import { propsOf } from "../validation/props-of";
import { ValidationErrors, fail } from "../validation/validation-errors";
import { AlertDestination } from "./alert-destination";
import type { AlertLogGroupOptions, NewTopicOptions } from "./alert-destination";
import { createTopic } from "./alert-topic";
import {
  eventPattern,
  INPUT_PATHS,
  INPUT_TEMPLATE,
  LOG_GROUP_PREFIX,
  NAME_PREFIX,
  RULE_DESCRIPTION,
  TARGET_ID,
} from "./fixed-arguments";
import { publishEvents, writeEvents } from "./policy-statements";
import { CONSTRUCT_RULES, DEFAULTS } from "./rules";
import type { SyncFailureAlertProps } from "./sync-failure-alert-props";
import { checkSyncFailureAlert, patternErrors } from "./sync-failure-checks";
import { nameClashes } from "./unique-names";

/**
 * Sends a message when a pull through a cache fails at the upstream, for example because a credential is not valid any
 * more.
 *
 * ECR sends an event for each pull through a cache to EventBridge. AWS does not guarantee that every event arrives. The
 * alert creates an EventBridge rule for the events of the caches whose status is not SUCCESS, and a target. A topic gets
 * a text with region, repository, tag, upstream, status, failure code, failure reason and a link to the causes; each line
 * is in quotes, and a field that the event lacks is empty. A log group gets the events as they are.
 *
 * CloudWatch has no metric of failed pulls, so there is no dashboard: Amazon ECR publishes only the number of pulls of
 * each repository.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-repository-metrics.html
 */
export class SyncFailureAlert extends Construct {
  private readonly topic: string | undefined;
  private readonly kmsKeyArn: string | undefined;
  private readonly logGroup: string | undefined;
  private readonly registry: Registry;
  private readonly caches: readonly PullThroughCache[] | undefined;
  private readonly ruleName: string | undefined;

  /**
   * @param scope a stack with an AWS provider of the caches' account and region, for example `fleet.stackIn(region)`
   * @param id part of the address of every resource: changing it replaces them all
   * @param props the caches, and where the messages go
   * @throws before it creates a resource, if the props have mistakes. One error lists all of them: unknown props;
   * values that break a rule of their prop or of the destination; caches of another account or region
   * @throws at once, if no scope is a TerraformStack
   * @throws from `app.synth()`, if `provider` is left out and every AWS provider of the stack has an alias
   * @throws from `app.synth()`, if another element of the stack has an address of the alert
   * @throws from `app.synth()`, if there is no cache, or the prefixes make an event pattern of more than 2,048 characters
   * @throws from `app.synth()`, if another EventBridge rule, topic or log group of the app has the same name, provider and
   * region
   */
  public constructor(scope: Construct, id: string, props: SyncFailureAlertProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    const copy = propsOf(this, props);
    const { caches, destination, provider, region, ruleName } = copy;
    checkInStack(errors, this, "give the stack of the cache");
    checkRegistryProps(errors, this, { provider, region });
    this.registry = new Registry(this, { provider, region });
    checkSyncFailureAlert(errors, this, copy, this.registry);
    errors.throwAndRemove(this);

    this.caches = caches;
    this.ruleName = ruleName;
    const rule = this.createRule();
    const spec = destination._spec;
    switch (spec.kind) {
      case "topic":
        this.topic = spec.topicArn;
        this.kmsKeyArn = spec.options.kmsKeyArn;
        this.sendTo(rule, spec.topicArn);
        break;
      case "new-topic":
        this.topic = this.createTopic(rule, spec.options);
        this.kmsKeyArn = spec.options.kmsKeyArn;
        break;
      case "log-group":
        this.logGroup = this.createLogGroup(rule, spec.options);
        break;
    }
    this.node.addValidation({
      validate: () => [
        ...missingProvider(this, provider),
        ...(this.caches === undefined ? missingRegion(this, { provider, region }) : []),
        ...addressErrors(this),
        ...patternErrors(this.prefixKeys()),
        ...nameClashes(this),
      ],
    });
  }

  /**
   * The topic, created or given, as the destination of another alert. A role that publishes to it may use its key.
   *
   * @throws if the destination is a log group
   */
  public get destination(): AlertDestination {
    return AlertDestination.topic(this.topicOfDestination(), { kmsKeyArn: this.kmsKeyArn });
  }

  /**
   * ARN of the topic, created or given.
   *
   * @throws if the destination is a log group
   */
  public get topicArn(): string {
    return this.topicOfDestination();
  }

  /**
   * Name of the log group.
   *
   * @throws if the destination is a topic
   */
  public get logGroupName(): string {
    const { requirement, hint } = CONSTRUCT_RULES.withLogGroup;
    return this.logGroup ?? fail(this.node.path, "destination", requirement, "a topic", hint);
  }

  private topicOfDestination(): string {
    const { requirement, hint } = CONSTRUCT_RULES.withTopic;
    return this.topic ?? fail(this.node.path, "destination", requirement, "a log group", hint);
  }

  private createRule(): CloudwatchEventRule {
    return new CloudwatchEventRule(this, "rule", {
      ...this.registry.regional,
      ...(this.ruleName === undefined ? { namePrefix: NAME_PREFIX } : { name: this.ruleName }),
      description: RULE_DESCRIPTION,
      // Rendered when the app is synthesized, since caches and upstreams may still be added.
      eventPattern: Lazy.stringValue({ produce: () => eventPattern(this.prefixKeys()) }),
    });
  }

  private createTopic(rule: CloudwatchEventRule, options: NewTopicOptions): string {
    const { regional } = this.registry;
    const topic = createTopic(this, options, { namePrefix: NAME_PREFIX, regional });
    const policy = new SnsTopicPolicy(this, "topic-policy", {
      ...regional,
      arn: topic.arn,
      policy: policyDocument(publishEvents(topic.arn)),
    });
    this.sendTo(rule, topic.arn, [policy]);
    return topic.arn;
  }

  private sendTo(rule: CloudwatchEventRule, topicArn: string, dependsOn?: ITerraformDependable[]): void {
    new CloudwatchEventTarget(this, "target", {
      ...this.registry.regional,
      rule: rule.name,
      targetId: TARGET_ID,
      arn: topicArn,
      inputTransformer: { inputPaths: INPUT_PATHS, inputTemplate: INPUT_TEMPLATE },
      dependsOn,
    });
  }

  private createLogGroup(rule: CloudwatchEventRule, options: AlertLogGroupOptions): string {
    const { regional } = this.registry;
    const { logGroupName, retentionInDays = DEFAULTS.retentionInDays } = options;
    const logs = new CloudwatchLogGroup(this, "logs", {
      ...regional,
      ...(logGroupName === undefined ? { namePrefix: `${LOG_GROUP_PREFIX}${NAME_PREFIX}` } : { name: logGroupName }),
      retentionInDays,
    });
    const policy = new CloudwatchLogResourcePolicy(this, "logs-policy", {
      ...regional,
      policyName: rule.name,
      policyDocument: policyDocument(...writeEvents(logs.arn, rule.arn)),
    });
    new CloudwatchEventTarget(this, "target", {
      ...regional,
      rule: rule.name,
      targetId: TARGET_ID,
      arn: logs.arn,
      dependsOn: [policy],
    });
    return logs.name;
  }

  private prefixKeys(): string[] {
    const caches = this.caches ?? cachesBeside(this, this.registry.regional);
    const keys = caches.flatMap(({ upstreams }) => upstreams.map(({ _spec: { prefixKey } }) => prefixKey));
    return [...new Set(keys)];
  }
}
