import { REGION } from "../clients";
import { ACCOUNT, LocalAws } from "../server";
import type { Fields } from "../service";
import type { AwsEvent } from "./event-pattern";

const SCOPE = { accountId: ACCOUNT, region: REGION };
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ops`;
const GROUP = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/events/ops`;
const PATTERN = JSON.stringify({ source: ["aws.ecr"] });
const EVENT: AwsEvent = {
  source: "aws.ecr",
  "detail-type": "ECR Pull Through Cache Action",
  account: ACCOUNT,
  region: REGION,
  detail: { status: "FAILED", reason: 'it said "no"' },
};

let aws: LocalAws;
beforeEach(() => {
  aws = new LocalAws();
});

/** What a service answers, or the code of its error. */
async function ask(service: "events" | "sns" | "logs", operation: string, input: Fields): Promise<Fields> {
  const operations = { events: aws.events, sns: aws.sns, logs: aws.logs }[service].operations;
  return (await operations[operation]?.(input, SCOPE)) ?? {};
}

async function codeOf(operation: string, input: Fields): Promise<string> {
  try {
    await ask("events", operation, input);
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
  return "none";
}

const putRule = (input: Fields = {}): Promise<Fields> =>
  ask("events", "PutRule", { Name: "rule", EventPattern: PATTERN, ...input });
const target = (transformer?: Fields, Arn = TOPIC): Fields => ({
  Rule: "rule",
  Targets: [{ Id: "one", Arn, InputTransformer: transformer }],
});

describe("a rule", () => {
  test("has a name, an ARN, a pattern, tags and targets, and is deleted without targets only", async () => {
    await putRule({ Description: "d", Tags: [{ Key: "team", Value: "a" }] });
    const arn = `arn:aws:events:${REGION}:${ACCOUNT}:rule/rule`;
    expect(await ask("events", "DescribeRule", { Name: "rule" })).toMatchObject({
      Name: "rule",
      Arn: arn,
      EventPattern: PATTERN,
      Description: "d",
      State: "ENABLED",
      EventBusName: "default",
    });
    await ask("events", "TagResource", { ResourceARN: arn, Tags: [{ Key: "stage", Value: "b" }] });
    await ask("events", "UntagResource", { ResourceARN: arn, TagKeys: ["team"] });
    expect(await ask("events", "ListTagsForResource", { ResourceARN: arn })).toEqual({
      Tags: [{ Key: "stage", Value: "b" }],
    });
    await ask("events", "PutTargets", target());
    expect(await ask("events", "ListTargetsByRule", { Rule: "rule" })).toEqual({
      Targets: [{ Id: "one", Arn: TOPIC }],
    });
    expect(await codeOf("DeleteRule", { Name: "rule" })).toBe("ValidationException");
    await ask("events", "RemoveTargets", { Rule: "rule", Ids: ["one"] });
    await ask("events", "DeleteRule", { Name: "rule" });
    expect(aws.events.contents()).toEqual([]);
    expect(await codeOf("DescribeRule", { Name: "rule" })).toBe("ResourceNotFoundException");
  });

  test("is overwritten by another one of its name, and keeps its targets", async () => {
    await putRule();
    await ask("events", "PutTargets", target());
    await putRule({ Description: "other" });
    expect(await ask("events", "DescribeRule", { Name: "rule" })).toMatchObject({ Description: "other" });
    expect(await ask("events", "ListTargetsByRule", { Rule: "rule" })).toMatchObject({ Targets: [{ Id: "one" }] });
  });

  test.each<readonly [string, string, Fields]>([
    ["a name of 65 characters", "ValidationException", { Name: "r".repeat(65) }],
    ["a description of 513 characters", "ValidationException", { Description: "d".repeat(513) }],
    ["another event bus", "ResourceNotFoundException", { EventBusName: "other" }],
    ["a pattern of 2,049 characters", "LimitExceededException", { EventPattern: `{"source":["${"a".repeat(2035)}"]}` }],
    ...[
      "{",
      "[]",
      "{}",
      '{"source":"aws.ecr"}',
      '{"source":[]}',
      '{"source":[["aws.ecr"]]}',
      '{"source":[{"anything":"x"}]}',
      '{"source":[{"anything-but":[]}]}',
      '{"source":[{"prefix":1}]}',
      '{"detail":{}}',
    ].map((EventPattern) => [EventPattern, "InvalidEventPatternException", { EventPattern }] as const),
  ])("is refused with %s", async (_, code, input) => {
    expect(await codeOf("PutRule", { Name: "rule", EventPattern: PATTERN, ...input })).toBe(code);
  });
});

test.each<readonly [string, object, boolean]>([
  ["an exact value", { detail: { status: ["OK", "FAILED"] } }, true],
  ["another value", { detail: { status: ["OK"] } }, false],
  ["anything but another value", { detail: { status: [{ "anything-but": ["OK"] }] } }, true],
  ["anything but this value", { detail: { status: [{ "anything-but": "FAILED" }] } }, false],
  ["anything but a value, of a field that the event lacks", { detail: { code: [{ "anything-but": "OK" }] } }, false],
  ["a prefix", { source: [{ prefix: "aws." }] }, true],
  ["another prefix", { source: [{ prefix: "my." }] }, false],
  ["fields of a value that has none", { source: { name: ["x"] } }, false],
])("an event matches a pattern with %s, or not", async (_, pattern, isMatched) => {
  await ask("sns", "CreateTopic", { Name: "ops" });
  const Statement = [
    { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sns:Publish", Resource: TOPIC },
  ];
  const AttributeValue = JSON.stringify({ Version: "2012-10-17", Statement });
  await ask("sns", "SetTopicAttributes", { TopicArn: TOPIC, AttributeName: "Policy", AttributeValue });
  await putRule({ EventPattern: JSON.stringify(pattern) });
  await ask("events", "PutTargets", target());
  await aws.events.emit(EVENT);
  expect(aws.sns.publications.map(({ message }) => JSON.parse(message) as unknown)).toEqual(isMatched ? [EVENT] : []);
});

describe("a target", () => {
  const paths = { status: "$.detail.status", reason: "$.detail.reason" };

  test.each<readonly [string, Fields | undefined, string | undefined, string | undefined]>([
    [
      "a path that is none",
      { InputPathsMap: { a: "detail.status" }, InputTemplate: '"<a>"' },
      undefined,
      "ValidationException",
    ],
    [
      "a placeholder without a path",
      { InputPathsMap: paths, InputTemplate: '"<code>"' },
      undefined,
      "ValidationException",
    ],
    [
      "text without quotes",
      { InputPathsMap: paths, InputTemplate: "it is <status>" },
      undefined,
      "ValidationException",
    ],
    ["no template", { InputPathsMap: paths }, undefined, "ValidationException"],
    ["a topic of another region", undefined, TOPIC.replace(REGION, "eu-west-1"), "ValidationException"],
    ["a FIFO topic", undefined, `${TOPIC}.fifo`, "ValidationException"],
    ["a queue", undefined, `arn:aws:sqs:${REGION}:${ACCOUNT}:ops`, "ValidationException"],
    ["text for a log group", { InputPathsMap: paths, InputTemplate: '"<status>"' }, GROUP, "ValidationException"],
    ["lines of text", { InputPathsMap: paths, InputTemplate: '"<status>"\n"<reason>"' }, undefined, "none"],
    ["JSON", { InputPathsMap: paths, InputTemplate: '{"status": <status>}' }, undefined, "none"],
    [
      "a message for a log group",
      { InputPathsMap: paths, InputTemplate: '{"timestamp":<status>,"message":<reason>}' },
      GROUP,
      "none",
    ],
  ])("is refused or accepted with %s", async (_, transformer, arn, code) => {
    await putRule();
    expect(await codeOf("PutTargets", target(transformer, arn))).toBe(code);
  });

  test("cannot be a sixth one, or one of a rule that does not exist", async () => {
    await putRule();
    const Targets = Array.from({ length: 6 }, (_, index) => ({ Id: `t${index}`, Arn: TOPIC }));
    expect(await codeOf("PutTargets", { Rule: "rule", Targets })).toBe("LimitExceededException");
    expect(await codeOf("PutTargets", { Rule: "rule", Targets: [{ Id: "a b", Arn: TOPIC }] })).toBe(
      "ValidationException",
    );
    expect(await codeOf("PutTargets", { Rule: "other", Targets: [] })).toBe("ResourceNotFoundException");
  });

  test("gets nothing if a quote in a value makes its JSON invalid", async () => {
    await putRule();
    await ask("events", "PutTargets", target({ InputPathsMap: paths, InputTemplate: '{"reason": <reason>}' }));
    await aws.events.emit(EVENT);
    expect(aws.events.dropped).toEqual(["rule: the transformed event is not JSON"]);
  });

  test("gets nothing if it does not exist, or no policy allows it", async () => {
    await putRule();
    await ask("events", "PutTargets", {
      Rule: "rule",
      Targets: [
        { Id: "topic", Arn: TOPIC },
        { Id: "log", Arn: GROUP },
      ],
    });
    await aws.events.emit(EVENT);
    await ask("sns", "CreateTopic", { Name: "ops" });
    await ask("logs", "CreateLogGroup", { logGroupName: "/aws/events/ops" });
    await aws.events.emit(EVENT);
    expect(aws.events.dropped).toEqual([
      `rule: the topic ${TOPIC} does not exist`,
      "rule: the log group /aws/events/ops does not exist",
      expect.stringContaining("does not allow sns:Publish"),
      expect.stringContaining("does not allow logs:CreateLogStream"),
    ]);
  });
});
