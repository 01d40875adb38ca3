import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Lazy, TerraformVariable } from "cdktf";
import type { TerraformStack } from "cdktf";
import { AlertDestination, PullThroughCache, SyncFailureAlert, Upstream } from "cdktf-ecr-pull-through-cache";
import type { SyncFailureAlertProps } from "cdktf-ecr-pull-through-cache";
import { Construct } from "constructs";
import { INPUT_PATHS, INPUT_TEMPLATE } from "../../src/alerts/fixed-arguments";
import { RETENTION_DAYS } from "../../src/aws/log-retention";
import { resolved } from "../../src/terraform/tokens";
import { addresses, blocks, messageOf, only, resourcesOf, stackIn, synthesized } from "../support/synthesis";
import type { TerraformJson } from "../support/synthesis";

const REGION = "eu-west-1";
const ACCOUNT = "111122223333";
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ops`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd`;
const TO_TOPIC = AlertDestination.topic(TOPIC);

function cacheIn(stack: TerraformStack, id = "cache", prefixes = ["quay"]): PullThroughCache {
  return new PullThroughCache(stack, id, {
    accountId: ACCOUNT,
    upstreams: prefixes.map((prefix) => Upstream.quay({ prefix })),
  });
}

function alert(props: Partial<SyncFailureAlertProps> = {}): TerraformJson {
  const stack = stackIn(REGION);
  cacheIn(stack);
  new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC, ...props });
  return resourcesOf(synthesized(stack), "alert");
}

function prefixesIn(json: TerraformJson): unknown {
  const pattern = JSON.parse(String(only(json, "aws_cloudwatch_event_rule")["event_pattern"])) as {
    readonly detail: { readonly "ecr-repository-prefix"?: readonly string[] };
  };
  return pattern.detail["ecr-repository-prefix"];
}

/** The error of an alert in a stack with a cache. */
function refusal(props: object): string {
  return messageOf(() => alert(props));
}

describe("an alert", () => {
  test("without options is a rule for the caches of the stack, and its target", () => {
    const { resource } = alert();
    expect(resource).toEqual({
      aws_cloudwatch_event_rule: {
        alert_rule_AE4D2DF5: {
          name_prefix: "ecr-sync-failure-",
          description:
            "Pulls through Amazon ECR caches that failed: https://github.com/cdktf-ecr-pull-through-cache/cdktf-ecr-pull-through-cache/blob/main/docs/troubleshooting.md#a-pull-through-the-cache-fails-failure-codes",
          event_pattern: JSON.stringify({
            source: ["aws.ecr"],
            "detail-type": ["ECR Pull Through Cache Action"],
            detail: {
              "sync-status": [{ "anything-but": ["SUCCESS"] }],
              "ecr-repository-prefix": ["quay", "quay/"],
            },
          }),
        },
      },
      aws_cloudwatch_event_target: {
        alert_target_65D607D3: {
          rule: "${aws_cloudwatch_event_rule.alert_rule_AE4D2DF5.name}",
          target_id: "destination",
          arn: TOPIC,
          input_transformer: { input_paths: INPUT_PATHS, input_template: INPUT_TEMPLATE },
        },
      },
    });
  });

  test("has the addresses that states of users have", () => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    const options = { emailAddresses: ["ops@example.com"] };
    new SyncFailureAlert(stack, "mail", { destination: AlertDestination.newTopic(options) });
    new SyncFailureAlert(stack, "log", { destination: AlertDestination.logGroup() });
    const own = addresses(synthesized(stack)).filter((address) => /\.(mail|log)_/.test(address));
    expect(own.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual([
      "aws_cloudwatch_event_rule.log_rule",
      "aws_cloudwatch_event_rule.mail_rule",
      "aws_cloudwatch_event_target.log_target",
      "aws_cloudwatch_event_target.mail_target",
      "aws_cloudwatch_log_group.log_logs",
      "aws_cloudwatch_log_resource_policy.log_logs-policy",
      "aws_sns_topic.mail_topic",
      "aws_sns_topic_policy.mail_topic-policy",
      "aws_sns_topic_subscription.mail_subscription-ops_40example_2ecom",
    ]);
  });

  test("covers caches and upstreams that are added later, each prefix once", () => {
    const stack = stackIn(REGION);
    new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC });
    const cache = cacheIn(stack, "cache", ["quay/"]);
    cacheIn(stack, "other", ["team/a"]);
    cache.addUpstream(Upstream.ecrPublic());
    expect(prefixesIn(synthesized(stack))).toEqual([
      ...["quay", "quay/", "ecr-public", "ecr-public/"],
      ...["team/a", "team/a/"],
    ]);
  });

  test("covers only the caches that it is given", () => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    const caches = [cacheIn(stack, "other", ["team/a"])];
    new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC, caches });
    caches.push(cacheIn(stack, "late", ["late"]));
    expect(prefixesIn(synthesized(stack))).toEqual(["team/a", "team/a/"]);
  });

  test("covers every rule of the registry if a cache has the prefix ROOT", () => {
    const stack = stackIn(REGION);
    cacheIn(stack, "cache", ["quay", "ROOT"]);
    new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC });
    expect(prefixesIn(synthesized(stack))).toBeUndefined();
  });

  test("uses the provider that it is given, and the caches of that provider", () => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    const provider = new AwsProvider(stack, "us", { alias: "us", region: "us-east-1" });
    new PullThroughCache(stack, "us-cache", { provider, upstreams: [Upstream.kubernetes()] });
    new SyncFailureAlert(stack, "alert", { destination: AlertDestination.newTopic(), provider });
    const json = resourcesOf(synthesized(stack), "alert");
    expect(prefixesIn(json)).toEqual(["kubernetes", "kubernetes/"]);
    const types = Object.keys(json.resource ?? {});
    expect(types).toHaveLength(4);
    types.forEach((type) => expect(only(json, type)["provider"]).toBe("aws.us"));
  });

  test("has the rule's name that it is given", () => {
    const rule = only(alert({ ruleName: "failures" }), "aws_cloudwatch_event_rule");
    expect([rule["name"], rule["name_prefix"]]).toEqual(["failures", undefined]);
  });
});

describe("a new topic", () => {
  test("has subscriptions of addresses with what Terraform reads as a directive", () => {
    const destination = AlertDestination.newTopic({ emailAddresses: ["a%{b}@example.com"] });
    expect(only(alert({ destination }), "aws_sns_topic_subscription")["endpoint"]).toBe("a%%{b}@example.com");
  });

  test("lets EventBridge publish before the rule has a target, and has its name, key and subscriptions", () => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    const emailAddresses = ["ops@example.com", "a+b@example.com"];
    const destination = AlertDestination.newTopic({ topicName: "failures", emailAddresses, kmsKeyArn: KEY });
    emailAddresses.push("late@example.com");
    const alert = new SyncFailureAlert(stack, "alert", { destination });
    const json = synthesized(stack);
    const topic = "${aws_sns_topic.alert_topic_550B8C92.arn}";
    expect(resolved(stack, alert.topicArn)).toBe(topic);
    expect(resolved(stack, alert.destination._spec)).toEqual({
      kind: "topic",
      topicArn: topic,
      options: { kmsKeyArn: KEY },
    });
    expect(() => alert.logGroupName).toThrow(
      'stack/alert: `destination` must be a log group, got "a topic"; use AlertDestination.logGroup()',
    );
    expect(only(json, "aws_sns_topic")).toEqual({ name: "failures", kms_master_key_id: KEY });
    expect(only(json, "aws_cloudwatch_event_target")).toMatchObject({
      arn: topic,
      depends_on: [expect.stringMatching(/^aws_sns_topic_policy\./)],
    });
    expect(blocks(json, "aws_sns_topic_subscription")).toEqual(
      ["a+b@example.com", "ops@example.com"].map((endpoint) => ({ topic_arn: topic, protocol: "email", endpoint })),
    );
  });

  test("has subscriptions of addresses that only Terraform knows", () => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    const variable = new TerraformVariable(stack, "mail", { type: "string" });
    const emailAddresses = [variable.stringValue, Lazy.stringValue({ produce: () => undefined })];
    new SyncFailureAlert(stack, "alert", { destination: AlertDestination.newTopic({ emailAddresses }) });
    const names = addresses(synthesized(stack)).filter((address) => address.includes("subscription"));
    expect(names.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual([
      "aws_sns_topic_subscription.alert_subscription-1",
      "aws_sns_topic_subscription.alert_subscription-var_2email",
    ]);
  });
});

test("a rule and a topic may have one name", () => {
  const named = alert({ ruleName: "failures", destination: AlertDestination.newTopic({ topicName: "failures" }) });
  expect(only(named, "aws_cloudwatch_event_rule")["name"]).toBe("failures");
  expect(only(named, "aws_sns_topic")["name"]).toBe("failures");
});

test("a log group gets the events of the rule, for 30 days", () => {
  const stack = stackIn(REGION);
  cacheIn(stack);
  const alert = new SyncFailureAlert(stack, "alert", { destination: AlertDestination.logGroup() });
  const json = synthesized(stack);
  expect(() => alert.topicArn).toThrow(
    'stack/alert: `destination` must be a topic, got "a log group"; use AlertDestination.newTopic() or AlertDestination.topic(arn)',
  );
  expect(resolved(stack, alert.logGroupName)).toMatch(/^\$\{aws_cloudwatch_log_group\./);
  expect(only(json, "aws_cloudwatch_log_group")).toEqual({
    name_prefix: "/aws/events/ecr-sync-failure-",
    retention_in_days: 30,
  });
  expect(only(json, "aws_cloudwatch_event_target")).toEqual({
    rule: expect.any(String) as string,
    target_id: "destination",
    arn: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.\S+\.arn\}$/) as string,
    depends_on: [expect.stringMatching(/^aws_cloudwatch_log_resource_policy\./)],
  });
});

test("values that only Terraform knows are not checked", () => {
  const unknown = "${var.unknown}";
  const text = { destination: AlertDestination.topic(unknown, { kmsKeyArn: unknown }) };
  expect(only(alert(text), "aws_cloudwatch_event_target")["arn"]).toBe(unknown);
  const retentionInDays = unknown as unknown as number;
  const logs = AlertDestination.logGroup({ logGroupName: unknown, retentionInDays });
  expect(only(alert({ destination: logs }), "aws_cloudwatch_log_group")["name"]).toBe(unknown);
});

describe("fails at once with", () => {
  const rule = "1 to 64 letters, digits, dots, hyphens and underscores";
  const arn = "must be the ARN of a standard SNS topic";
  const key =
    "give the ARN of a customer managed key: EventBridge cannot use alias/aws/sns, whose key policy cannot be changed";

  test.each<readonly [string, object, string]>([
    [
      "no destination",
      { destination: undefined },
      "`destination` is required; use AlertDestination.newTopic(), AlertDestination.topic(arn) or AlertDestination.logGroup()",
    ],
    [
      "a topic's ARN as destination",
      { destination: TOPIC },
      `\`destination\` must be an AlertDestination, got "${TOPIC}"; use AlertDestination.newTopic(), AlertDestination.topic(arn) or AlertDestination.logGroup()`,
    ],
    [
      "options that are no object",
      { destination: AlertDestination.newTopic("ops" as never) },
      '`destination.options` must be an object of options, got "ops"; leave it out for the defaults',
    ],
    [
      "a misspelt option",
      { destination: AlertDestination.newTopic({ topicname: "ops" } as object) },
      "`destination.topicname` is not an option of this destination; did you mean `topicName`?",
    ],
    ["a misspelt prop", { cache: [] }, "`cache` is not a property of SyncFailureAlert; did you mean `caches`?"],
    [
      "a topic's name for its ARN",
      { destination: AlertDestination.topic("ops") },
      `\`destination.topicArn\` ${arn}, got "ops"; give the topic's ARN, not its name or that of a FIFO topic`,
    ],
    [
      "a FIFO topic",
      { destination: AlertDestination.topic(`${TOPIC}.fifo`) },
      `\`destination.topicArn\` ${arn}, got "${TOPIC}.fifo"; give the topic's ARN, not its name or that of a FIFO topic`,
    ],
    [
      "a topic of another region",
      { destination: AlertDestination.topic(TOPIC.replace(REGION, "us-east-1")) },
      `\`destination.topicArn\` must be in the region of the cache, eu-west-1, got "${TOPIC.replace(REGION, "us-east-1")}"; give a topic in that region: a rule and its target are in one region`,
    ],
    [
      "a topic of another partition",
      { destination: AlertDestination.topic(`arn:aws-cn:sns:${REGION}:${ACCOUNT}:ops`) },
      `\`destination.topicArn\` must be in the partition of the cache, aws, got "arn:aws-cn:sns:${REGION}:${ACCOUNT}:ops"; give an ARN of that partition`,
    ],
    [
      "AWS's own key",
      { destination: AlertDestination.newTopic({ kmsKeyArn: "alias/aws/sns" }) },
      `\`destination.kmsKeyArn\` must be the ARN of a KMS key in lower case, not of an alias, got "alias/aws/sns"; ${key}`,
    ],
    [
      "a key of another region",
      { destination: AlertDestination.newTopic({ kmsKeyArn: KEY.replace(REGION, "us-east-1") }) },
      `\`destination.kmsKeyArn\` must be in the region of the cache, eu-west-1, got "${KEY.replace(REGION, "us-east-1")}"; use a key of that region`,
    ],
    [
      "a FIFO topic's name",
      { destination: AlertDestination.newTopic({ topicName: "ops.fifo" }) },
      '`destination.topicName` must be the name of a standard topic: 1 to 256 letters, digits, hyphens and underscores, got "ops.fifo"; leave it out for a unique name',
    ],
    [
      "no address",
      { destination: AlertDestination.newTopic({ emailAddresses: [] }) },
      "`destination.emailAddresses` must be a list of at least one e-mail address, got []; leave it out for no subscription",
    ],
    [
      "an address with a name",
      { destination: AlertDestination.newTopic({ emailAddresses: ["Ops <ops@example.com>"] }) },
      '`destination.emailAddresses[0]` must be an e-mail address, got "Ops <ops@example.com>"; give the address alone, without a name',
    ],
    [
      "an address twice",
      { destination: AlertDestination.newTopic({ emailAddresses: ["ops@example.com", "ops@example.com"] }) },
      '`destination.emailAddresses[1]` must be given once, got "ops@example.com"; leave out the second one',
    ],
    [
      "a log group elsewhere",
      { destination: AlertDestination.logGroup({ logGroupName: "/ecr/failures" }) },
      '`destination.logGroupName` must be the name of a log group that begins with /aws/events/: at most 512 letters, digits and ._/#-, got "/ecr/failures"; leave it out for a unique name',
    ],
    [
      "a retention of two days",
      { destination: AlertDestination.logGroup({ retentionInDays: 2 }) },
      `\`destination.retentionInDays\` must be one of ${RETENTION_DAYS.join(", ")}, got 2; CloudWatch Logs accepts no other number`,
    ],
    [
      "a rule's name of 65 characters",
      { ruleName: "r".repeat(65) },
      `\`ruleName\` must be the name of a rule: ${rule}, got "${"r".repeat(65)}"; leave it out for a unique name`,
    ],
    [
      "a rule's name that is a token",
      { ruleName: "${var.name}" },
      '`ruleName` must be known at synth, got "${var.name}"; give a literal, or leave it out for a unique name',
    ],
    [
      "an empty list of caches",
      { caches: [] },
      "`caches` must be a list of at least one PullThroughCache, got []; leave it out for all caches of the stack",
    ],
    [
      "the name of a cache",
      { caches: ["cache"] },
      '`caches[0]` must be a PullThroughCache, got "cache"; give the construct, for example fleet.cacheIn(region)',
    ],
  ])("%s", (_, props, message) => {
    expect(refusal(props)).toBe(`stack/alert: ${message}`);
  });

  test("a cache of another region", () => {
    const stack = stackIn(REGION);
    const provider = new AwsProvider(stack, "us", { alias: "us", region: "us-east-1" });
    const caches = [new PullThroughCache(stack, "cache", { provider, upstreams: [Upstream.quay()] })];
    expect(messageOf(() => new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC, caches }))).toBe(
      'stack/alert: `caches[0]` must be in the region of the alert, eu-west-1, got "us-east-1"; create an alert in each region: ECR sends the events of a cache to its own region',
    );
  });

  test("no stack", () => {
    const root = new Construct(undefined as never, "");
    expect(messageOf(() => new SyncFailureAlert(root, "alert", { destination: TO_TOPIC }))).toContain(
      "`scope` must be a TerraformStack or a construct inside one",
    );
  });
});

describe("fails at synth with", () => {
  test("no cache in the stack", () => {
    const stack = stackIn(REGION);
    new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC });
    expect(messageOf(() => synthesized(stack))).toContain(
      "`caches` is required; this stack has no PullThroughCache with the same provider and region",
    );
  });

  test("prefixes that make too long a pattern", () => {
    const stack = stackIn(REGION);
    cacheIn(
      stack,
      "cache",
      Array.from({ length: 40 }, (_, index) => `as-long-as-a-prefix-can-be-${index + 10}`),
    );
    new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC });
    expect(messageOf(() => synthesized(stack))).toMatch(
      /`caches` must make an event pattern of at most 2048 characters, got \d{4}; give some prefixes to a second alert/,
    );
  });

  test("another rule of the same name", () => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    new CloudwatchEventRule(stack, "rule", { name: "failures", scheduleExpression: "rate(1 day)" });
    new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC, ruleName: "failures" });
    expect(messageOf(() => synthesized(stack))).toContain(
      '`ruleName` must differ from the name of stack/rule, got "failures"; leave it out for a unique name: of two rules with one name, the last apply wins',
    );
  });

  test("a cache of another account", () => {
    const stack = stackIn(REGION);
    (stack.node.findChild("aws") as AwsProvider).allowedAccountIds = ["444455556666"];
    const caches = [cacheIn(stack)];
    expect(messageOf(() => new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC, caches }))).toBe(
      `stack/alert: \`caches[0]\` must be in the account of the alert, 444455556666, got "${ACCOUNT}"; create an alert in each account: ECR sends the events of a cache to its own account`,
    );
  });

  test("null as props, and leaves no construct", () => {
    const stack = stackIn(REGION);
    const act = (): unknown => new SyncFailureAlert(stack, "alert", null as unknown as SyncFailureAlertProps);
    expect(messageOf(act)).toContain("`destination` is required");
    expect(stack.node.tryFindChild("alert")).toBeUndefined();
  });

  test("an e-mail address twice, as a token and as an expression", () => {
    const stack = stackIn(REGION);
    const address = new TerraformVariable(stack, "address", { type: "string" });
    const emailAddresses = [address.stringValue, "${var.address}"];
    const destination = AlertDestination.newTopic({ emailAddresses });
    expect(messageOf(() => new SyncFailureAlert(stack, "alert", { destination }))).toBe(
      'stack/alert: `destination.emailAddresses[1]` must be given once, got "${var.address}"; leave out the second one',
    );
  });

  test.each<readonly [prop: string, destination: AlertDestination, reason: string]>([
    [
      "topicName",
      AlertDestination.newTopic({ topicName: "failures" }),
      "two topics with one name are one topic; for one topic, give the second alert AlertDestination.topic(first.topicArn)",
    ],
    [
      "logGroupName",
      AlertDestination.logGroup({ logGroupName: "/aws/events/failures" }),
      "AWS refuses a second log group with the name",
    ],
  ])("two alerts with the same %s", (prop, destination, reason) => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    new SyncFailureAlert(stack, "one", { destination });
    new SyncFailureAlert(stack, "two", { destination });
    const message = messageOf(() => synthesized(stack));
    expect(message).toContain(`\`destination.${prop}\` must differ from the name of stack/two/`);
    expect(message).toContain(`leave it out for a unique name: ${reason}`);
  });

  test("providers that all have an alias", () => {
    const stack = stackIn(REGION);
    (stack.node.findChild("aws") as AwsProvider).alias = "eu";
    const provider = stack.node.findChild("aws") as AwsProvider;
    const caches = [new PullThroughCache(stack, "cache", { provider, upstreams: [Upstream.quay()] })];
    new SyncFailureAlert(stack, "alert", { destination: TO_TOPIC, caches });
    expect(messageOf(() => synthesized(stack))).toContain("every AWS provider of the stack has an alias: eu");
  });
});
