import { AlertDestination, PullThroughCache, SyncFailureAlert, Upstream } from "cdktf-ecr-pull-through-cache";
import type { AlertLogGroupOptions, NewTopicOptions } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { ACCOUNT } from "../../local-aws/server";
import { planBoth, refuseBoth } from "../../support/module-agreement";
import type { Declaration, PlannedResource, Subject } from "../../support/module-agreement";
import { describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ops`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/** A destination: one of the three. */
type Destination =
  { readonly topicArn: string } | { readonly newTopic: NewTopicOptions } | { readonly logGroup: AlertLogGroupOptions };

interface Given {
  readonly prefixes: readonly string[];
  readonly ruleName?: string;
  readonly destination: Destination;
}

/** An alert, as the construct makes it and as the module does. */
function alert({ prefixes, ruleName, destination }: Given): Declaration {
  return {
    construct: (stack) => {
      const upstreams = prefixes.map((prefix) => Upstream.quay({ prefix }));
      new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams });
      new SyncFailureAlert(stack, "alert", { destination: ofConstruct(destination), ruleName });
    },
    inputs: {
      prefixes,
      ...(ruleName === undefined ? {} : { rule_name: ruleName }),
      ...inputsOf(destination),
    },
  };
}

function ofConstruct(destination: Destination): AlertDestination {
  if ("topicArn" in destination) {
    return AlertDestination.topic(destination.topicArn);
  }
  return "newTopic" in destination
    ? AlertDestination.newTopic(destination.newTopic)
    : AlertDestination.logGroup(destination.logGroup);
}

function inputsOf(destination: Destination): object {
  if ("topicArn" in destination) {
    return { topic_arn: destination.topicArn };
  }
  if ("newTopic" in destination) {
    const { topicName: name, emailAddresses: addresses, kmsKeyArn: kms_key_arn } = destination.newTopic;
    const email_addresses = addresses && Object.fromEntries(addresses.map((address, index) => [`${index}`, address]));
    return { new_topic: { name, email_addresses, kms_key_arn } };
  }
  const { logGroupName: name, retentionInDays: retention_in_days } = destination.logGroup;
  return { log_group: { name, retention_in_days } };
}

const newTopic: fc.Arbitrary<NewTopicOptions> = fc.record(
  {
    topicName: fc.constantFrom("failures", "a_b-C"),
    emailAddresses: fc.uniqueArray(fc.constantFrom("ops@example.com", "a+b@example.com"), { minLength: 1 }),
    kmsKeyArn: fc.constant(KEY),
  },
  { requiredKeys: [] },
);
const logGroup: fc.Arbitrary<AlertLogGroupOptions> = fc.record(
  { logGroupName: fc.constant("/aws/events/failures"), retentionInDays: fc.constantFrom(1, 365) },
  { requiredKeys: [] },
);
const given: fc.Arbitrary<Given> = fc.record(
  {
    prefixes: fc.uniqueArray(fc.constantFrom("quay", "team/a", "my.docker-hub/", "ROOT"), { minLength: 1 }),
    ruleName: fc.constantFrom("failures", "a.b_C-1"),
    destination: fc.oneof(fc.constant({ topicArn: TOPIC }), fc.record({ newTopic }), fc.record({ logGroup })),
  },
  { requiredKeys: ["prefixes", "destination"] },
);

/** The resources of an alert; those of the cache are those of another module. */
function alertsIn(planned: readonly PlannedResource[]): readonly PlannedResource[] {
  return planned.filter(({ type }) => /^aws_(sns|cloudwatch)_/.test(type));
}

const topic = { newTopic: {} };

/** What is declared wrong, one fault each. */
const BAD: { readonly [fault: string]: Declaration } = {
  "prefixes that make too long a pattern": alert({
    prefixes: Array.from({ length: 49 }, (_, index) => `as-long-as-a-prefix-can-be-${index + 10}`),
    destination: topic,
  }),
  "a rule's name of 65 characters": alert({ prefixes: ["quay"], ruleName: "r".repeat(65), destination: topic }),
  "a topic's name for its ARN": alert({ prefixes: ["quay"], destination: { topicArn: "ops" } }),
  "a FIFO topic": alert({ prefixes: ["quay"], destination: { topicArn: `${TOPIC}.fifo` } }),
  "a topic of another region": alert({
    prefixes: ["quay"],
    destination: { topicArn: TOPIC.replace(REGION, "us-east-1") },
  }),
  "a key of another region and partition": alert({
    prefixes: ["quay"],
    destination: { newTopic: { kmsKeyArn: KEY.replace(`aws:kms:${REGION}`, "aws-cn:kms:cn-north-1") } },
  }),
  "a new FIFO topic": alert({ prefixes: ["quay"], destination: { newTopic: { topicName: "ops.fifo" } } }),
  "AWS's own key": alert({ prefixes: ["quay"], destination: { newTopic: { kmsKeyArn: "alias/aws/sns" } } }),
  "no address": alert({ prefixes: ["quay"], destination: { newTopic: { emailAddresses: ["ops"] } } }),
  "a log group elsewhere": alert({ prefixes: ["quay"], destination: { logGroup: { logGroupName: "/ecr/failures" } } }),
  "a retention of two days": alert({ prefixes: ["quay"], destination: { logGroup: { retentionInDays: 2 } } }),
};

describeWithTerraform("the module sync-failure-alert", () => {
  const subject: Subject = { module: "sync-failure-alert", region: REGION, aws: useLocalAws() };

  test("plans the same resources as the construct", async () => {
    const pairs = await planBoth(subject, fc.sample(given, { numRuns: 24, seed: 20_26 }).map(alert));
    for (const { construct, module } of pairs) {
      expect(alertsIn(module).length).toBeGreaterThan(1);
      expect(alertsIn(module)).toEqual(alertsIn(construct));
    }
  });

  test("refuses the same as the construct, for the same reason", async () => {
    const refusals = await refuseBoth(subject, Object.values(BAD));
    const faults = Object.fromEntries(Object.keys(BAD).map((fault, index) => [fault, refusals[index]]));
    for (const [fault, { construct, module } = { construct: [], module: [] }] of Object.entries(faults)) {
      expect([fault, module]).toEqual([fault, construct]);
    }
  });
});
