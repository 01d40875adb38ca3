import * as path from "node:path";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { AlertDestination, PullThroughCache, SyncFailureAlert, Upstream } from "cdktf-ecr-pull-through-cache";
import type { AwsEvent } from "../../local-aws/events/event-pattern";
import { ACCOUNT } from "../../local-aws/server";
import { copyModules } from "../../support/module-folders";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const SCOPE = { accountId: ACCOUNT, region: REGION };
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const EVENTBRIDGE = { Service: "events.amazonaws.com" };
const TROUBLESHOOTING =
  "https://github.com/cdktf-ecr-pull-through-cache/cdktf-ecr-pull-through-cache/blob/main/docs/troubleshooting.md#a-pull-through-the-cache-fails-failure-codes";

const MESSAGE = [
  '"Amazon ECR could not cache or refresh an image of a pull-through cache."',
  `"Region: eu-west-1 (account ${ACCOUNT})"`,
  '"Repository: quay/team/app"',
  '"Tag: 1.2"',
  '"Upstream: quay.io"',
  '"Status: FAILED"',
  '"Failure code: AccessDenied"',
  '"Failure reason: the upstream refuses the credential"',
  '"Time: 2026-02-28T02:36:48Z"',
  `"Causes and solutions: ${TROUBLESHOOTING}"`,
];

/** An event of ECR about a pull. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html */
function eventOf(detail: object, region = REGION): AwsEvent {
  return {
    version: "0",
    id: "85fc3613-e913-7fc4-a80c-a3753e4aa9ae",
    "detail-type": "ECR Pull Through Cache Action",
    source: "aws.ecr",
    account: ACCOUNT,
    time: "2026-02-28T02:36:48Z",
    region,
    resources: [`arn:aws:ecr:${region}:${ACCOUNT}:repository/quay/team/app`],
    detail: {
      "rule-version": "1",
      "sync-status": "FAILED",
      "ecr-repository-prefix": "quay",
      "repository-name": "quay/team/app",
      "upstream-registry-url": "quay.io",
      "image-tag": "1.2",
      "failure-code": "AccessDenied",
      "failure-reason": "the upstream refuses the credential",
      ...detail,
    },
  };
}

function keyPolicy(condition?: object): object {
  const Action = ["kms:GenerateDataKey*", "kms:Decrypt"];
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: EVENTBRIDGE, Action, Resource: "*", ...condition }],
  };
}

/** A stack with an alert for each kind of destination, and one whose topic allows EventBridge too little. */
function alerts(): object {
  const stack = stackIn(REGION);
  new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.quay()] });
  const alert = (id: string, destination: AlertDestination): SyncFailureAlert =>
    new SyncFailureAlert(stack, id, { destination, ruleName: id });
  alert("mail", AlertDestination.newTopic({ topicName: "mail", emailAddresses: ["ops@example.com", "b@example.com"] }));
  alert("encrypted", AlertDestination.newTopic({ topicName: "encrypted", kmsKeyArn: KEY }));
  alert("log", AlertDestination.logGroup({ logGroupName: "/aws/events/failures" }));
  const existing = new SnsTopic(stack, "existing", {
    name: "existing",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: EVENTBRIDGE,
          Action: "sns:Publish",
          Resource: "*",
          Condition: { ArnLike: { "aws:SourceArn": `arn:aws:events:${REGION}:${ACCOUNT}:rule/*` } },
        },
      ],
    }),
  });
  alert("conditional", AlertDestination.topic(existing.arn));
  return synthesized(stack);
}

describeWithTerraform("an alert on failed pulls", () => {
  const aws = useLocalAws();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = new Workspace(alerts(), aws.environment());
    copyModules(path.join(workspace.folder, "modules"), ["sync-failure-alert"]);
    const call = {
      source: "./modules/sync-failure-alert",
      prefixes: ["quay"],
      rule_name: "module",
      new_topic: { name: "module", email_addresses: { ops: "ops@example.com" } },
    };
    workspace.write("module.tf.json", JSON.stringify({ module: { alert: call } }));
    await workspace.init();
    await workspace.apply();
    aws.sns.confirm("ops@example.com", SCOPE);
  });

  beforeEach(() => {
    [aws.sns.publications, aws.events.dropped].forEach((list) => list.splice(0));
    aws.sns.keyPolicies.clear();
  });

  /** The lines of the messages that a topic has got for an event. */
  async function messagesTo(topic: string, event: AwsEvent): Promise<string[][]> {
    await aws.events.emit(event);
    return aws.sns.publications
      .splice(0)
      .filter(({ topicArn }) => topicArn.endsWith(`:${topic}`))
      .map(({ message }) => message.split("\n"));
  }

  test("has nothing more to do after the first apply", async () => {
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test.each(["mail", "module"])(
    "sends a message that says what failed, where and why, to a new topic: %s",
    async (topic) => {
      expect(await messagesTo(topic, eventOf({}))).toEqual([MESSAGE]);
    },
  );

  test("reaches an address only when its subscription is confirmed", async () => {
    await aws.events.emit(eventOf({}));
    const [mail] = aws.sns.publications.filter(({ topicArn }) => topicArn.endsWith(":mail"));
    expect(mail?.receivers).toEqual(["ops@example.com"]);
  });

  test.each<readonly [string, AwsEvent]>([
    ["a success", eventOf({ "sync-status": "SUCCESS" })],
    ["another prefix", eventOf({ "ecr-repository-prefix": "quay-2" })],
    ["another region", eventOf({}, "us-east-1")],
    ["another kind of event", { ...eventOf({}), "detail-type": "ECR Image Action" }],
  ])("sends no message for %s", async (_, event) => {
    await aws.events.emit(event);
    expect(aws.sns.publications).toEqual([]);
    expect(aws.events.dropped).toEqual([]);
  });

  test.each<readonly [string, object, readonly [number, string][]]>([
    ["a prefix with a slash at its end", { "ecr-repository-prefix": "quay/" }, []],
    ["a status that AWS does not document", { "sync-status": "THROTTLED" }, [[5, '"Status: THROTTLED"']]],
    [
      "no code and no reason",
      { "failure-code": undefined, "failure-reason": undefined },
      [
        [6, '"Failure code: "'],
        [7, '"Failure reason: "'],
      ],
    ],
    [
      "quotes and braces in the reason",
      { "failure-reason": 'denied: {"errors":["\\"no\\""]}' },
      [[7, '"Failure reason: denied: {"errors":["\\"no\\""]}"']],
    ],
    ["a pull by digest", { "image-tag": undefined }, [[3, '"Tag: "']]],
  ])("sends the message for an event with %s", async (_, detail, changed) => {
    const expected = MESSAGE.map((line, index) => new Map(changed).get(index) ?? line);
    for (const topic of ["mail", "module"]) {
      expect(await messagesTo(topic, eventOf(detail))).toEqual([expected]);
    }
  });

  test("writes the whole event to a log group", async () => {
    const event = eventOf({});
    await aws.events.emit(event);
    const written = await aws.logs.operations["FilterLogEvents"]?.({ logGroupName: "/aws/events/failures" }, SCOPE);
    const messages = (written?.["events"] as { readonly message: string }[]).map(({ message }) => message);
    expect(JSON.parse(messages.at(-1) ?? "")).toEqual(JSON.parse(JSON.stringify(event)));
  });

  test.each<readonly [string, object | undefined, number]>([
    ["that allows EventBridge to use it", keyPolicy(), 1],
    ["that nobody has given a policy", undefined, 0],
    ["that allows nothing but decryption", { Version: "2012-10-17", Statement: [] }, 0],
    [
      "whose policy has a condition on the source",
      keyPolicy({ Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }),
      0,
    ],
  ])("sends as many messages as it may to a topic that is encrypted with a key %s", async (_, policy, count) => {
    if (policy !== undefined) {
      aws.sns.keyPolicies.set(KEY, policy);
    }
    expect(await messagesTo("encrypted", eventOf({}))).toHaveLength(count);
    expect(aws.events.dropped.filter((reason) => reason.startsWith("encrypted:"))).toHaveLength(1 - count);
  });

  test("does not reach a topic whose policy has a condition on the rule", async () => {
    expect(await messagesTo("existing", eventOf({}))).toEqual([]);
    expect(aws.events.dropped.filter((reason) => reason.startsWith("conditional:"))).toHaveLength(1);
  });

  test("is deleted without a trace", async () => {
    await workspace.destroy();
    expect(aws.contents()).toEqual([]);
  });
});
