import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  TagResourceCommand,
  UntagResourceCommand,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";
import { XMLParser } from "fast-xml-parser";
import { Sdk, pagesOf } from "../clients";
import { ACCOUNT } from "../server";

const AlarmName = "warmer failed";
const ARN = `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:${AlarmName}`;
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:alarms`;
// What CloudWatch calls ValidationError in XML.
const INVALID = "ValidationException";
const ALARM = {
  AlarmName,
  Namespace: "AWS/CodeBuild",
  MetricName: "FailedBuilds",
  Dimensions: [{ Name: "ProjectName", Value: "warmer" }],
  Statistic: "Sum",
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 0.5,
  ComparisonOperator: "GreaterThanOrEqualToThreshold",
} as const satisfies PutMetricAlarmCommand["input"];

let sdk: Sdk;
let client: CloudWatchClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(CloudWatchClient);
});
afterEach(() => sdk.stop());

function put(options: Partial<PutMetricAlarmCommand["input"]> = {}) {
  return client.send(new PutMetricAlarmCommand({ ...ALARM, ...options }));
}

async function alarms(AlarmNames?: string[], of: CloudWatchClient = client) {
  return (await of.send(new DescribeAlarmsCommand({ AlarmNames }))).MetricAlarms ?? [];
}

async function tags() {
  return (await client.send(new ListTagsForResourceCommand({ ResourceARN: ARN }))).Tags;
}

/** Asks as Terraform's provider does: the SDK of this language sends JSON, and that of Go a form. */
async function post(form: { readonly [name: string]: string }) {
  const response = await fetch(sdk.aws.url, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20250101/us-east-1/monitoring/aws4_request`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(form),
  });
  return { status: response.status, answer: new XMLParser().parse(await response.text()) as unknown };
}

describe("an alarm", () => {
  test("is made with what the caller says, and does not know its state yet", async () => {
    const more = {
      AlarmDescription: "pulls failed",
      TreatMissingData: "notBreaching",
      AlarmActions: [TOPIC],
      OKActions: [],
      ActionsEnabled: false,
      DatapointsToAlarm: 1,
    };
    await put(more);
    expect(await alarms()).toMatchObject([{ ...ALARM, ...more, AlarmArn: ARN, StateValue: "INSUFFICIENT_DATA" }]);
  });

  test("has its actions enabled by default", async () => {
    await put();
    expect(await alarms()).toMatchObject([{ ActionsEnabled: true, AlarmActions: [] }]);
  });

  test("is replaced whole when it is put again", async () => {
    await put({ AlarmDescription: "old", TreatMissingData: "ignore" });
    await put({ Threshold: 3 });
    const [alarm, ...others] = await alarms();
    expect(alarm).toMatchObject({ Threshold: 3 });
    expect(alarm).not.toHaveProperty("AlarmDescription");
    expect(alarm).not.toHaveProperty("TreatMissingData");
    expect(others).toEqual([]);
  });

  test("is found by its name", async () => {
    await put();
    await put({ AlarmName: "other" });
    expect((await alarms(["other", "absent"])).map((alarm) => alarm.AlarmName)).toEqual(["other"]);
    expect(await alarms()).toHaveLength(2);
  });

  test("is in its account and region, and in no other", async () => {
    await put();
    expect(await alarms(undefined, sdk.client(CloudWatchClient, { region: "eu-west-1" }))).toEqual([]);
    expect(await alarms(undefined, sdk.client(CloudWatchClient, { accountId: "444455556666" }))).toEqual([]);
  });

  test("is deleted by its name, with all that are named or none", async () => {
    await put();
    const withAbsent = new DeleteAlarmsCommand({ AlarmNames: [AlarmName, "absent"] });
    await expect(client.send(withAbsent)).rejects.toMatchObject({ name: "ResourceNotFound" });
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} us-east-1 alarm ${AlarmName}`]);
    await client.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    expect(sdk.aws.contents()).toEqual([]);
  });

  test.each([10, 20, 30, 60, 86_400])("may have a period of %i seconds", async (Period) => {
    await put({ Period });
    expect(await alarms()).toMatchObject([{ Period }]);
  });

  test.each<[string, Partial<PutMetricAlarmCommand["input"]>]>([
    ["1 day in periods under an hour", { Period: 60, EvaluationPeriods: 1440 }],
    ["7 days in periods of an hour", { Period: 3600, EvaluationPeriods: 168 }],
    ["five actions", { AlarmActions: Array.from({ length: 5 }, () => TOPIC) }],
    ["an action of a service", { AlarmActions: ["arn:aws:automate:us-east-1:ec2:stop"] }],
    ["a name of 255 characters", { AlarmName: "x".repeat(255) }],
  ])("may have %s", async (_, options) => {
    await put(options);
    expect(sdk.aws.contents()).toHaveLength(1);
  });

  test.each<[string, Partial<PutMetricAlarmCommand["input"]>]>([
    ["a period of 0 seconds", { Period: 0 }],
    ["a period of 15 seconds", { Period: 15 }],
    ["a period of 61 seconds", { Period: 61 }],
    ["no period", { Period: undefined }],
    ["no evaluation period", { EvaluationPeriods: 0 }],
    ["more than 1 day in periods under an hour", { Period: 60, EvaluationPeriods: 1441 }],
    ["more than 7 days in periods of an hour", { Period: 3600, EvaluationPeriods: 169 }],
    ["more datapoints than periods", { DatapointsToAlarm: 2 }],
    ["no threshold", { Threshold: undefined }],
    ["a statistic that there is not", { Statistic: "Median" as "Sum" }],
    ["a comparison that there is not", { ComparisonOperator: "More" as "GreaterThanThreshold" }],
    ["a way with missing data that there is not", { TreatMissingData: "NotBreaching" }],
    ["an action that is no ARN", { AlarmActions: ["alarms"] }],
    ["an action of another region", { AlarmActions: [`arn:aws:sns:eu-west-1:${ACCOUNT}:alarms`] }],
    ["six actions", { OKActions: Array.from({ length: 6 }, () => TOPIC) }],
    ["a dimension without a value", { Dimensions: [{ Name: "ProjectName", Value: "" }] }],
    ["31 dimensions", { Dimensions: Array.from({ length: 31 }, (_, i) => ({ Name: `n${i}`, Value: "v" })) }],
    ["a namespace that starts with a colon", { Namespace: ":AWS" }],
    ["a name of 256 characters", { AlarmName: "x".repeat(256) }],
    ["a description of 1,025 characters", { AlarmDescription: "x".repeat(1025) }],
    ["expressions", { Metrics: [{ Id: "e", Expression: "1" }] }],
  ])("fails with %s", async (_, options) => {
    await expect(put(options)).rejects.toMatchObject({ name: INVALID });
    expect(sdk.aws.contents()).toEqual([]);
  });
});

describe("a list of alarms", () => {
  const list = (options: DescribeAlarmsCommand["input"]) => client.send(new DescribeAlarmsCommand(options));

  test("is read to its end page by page", async () => {
    await sdk.stop();
    sdk = await Sdk.start({ pageSize: 1 });
    client = sdk.client(CloudWatchClient);
    await put({ AlarmName: "a" });
    await put({ AlarmName: "b" });
    expect(await pagesOf(paginateDescribeAlarms({ client }, {}))).toMatchObject(
      ["a", "b"].map((name) => ({ MetricAlarms: [{ AlarmName: name }] })),
    );
  });

  test("has 50 alarms on a page where the caller does not say how many", async () => {
    for (let index = 0; index < 51; index += 1) {
      await put({ AlarmName: `alarm ${index}` });
    }
    const { MetricAlarms, NextToken } = await list({});
    expect(MetricAlarms).toHaveLength(50);
    expect(await list({ NextToken })).toMatchObject({ MetricAlarms: [{ AlarmName: "alarm 50" }] });
    expect((await list({ MaxRecords: 100 })).MetricAlarms).toHaveLength(51);
  });

  test.each<[DescribeAlarmsCommand["input"], string, string]>([
    [{ MaxRecords: 0 }, INVALID, "MaxRecords must be between 1 and 100, got 0"],
    [{ MaxRecords: 101 }, INVALID, "MaxRecords must be between 1 and 100, got 101"],
    [{ NextToken: "page-7" }, "InvalidNextToken", "NextToken is not one that was answered"],
  ])("fails for %j with %s", async (options, name, message) => {
    await expect(list(options)).rejects.toMatchObject({ name, message });
  });
});

describe("tags", () => {
  const Tags = [{ Key: "team", Value: "platform" }];

  test("are of the first put: another one changes none", async () => {
    await put({ Tags });
    await put({ Tags: [{ Key: "team", Value: "images" }] });
    expect(await tags()).toEqual(Tags);
  });

  test("are added and replaced by key, and removed by key", async () => {
    await put({ Tags });
    const added = [
      { Key: "team", Value: "images" },
      { Key: "stage", Value: "test" },
    ];
    await client.send(new TagResourceCommand({ ResourceARN: ARN, Tags: added }));
    expect(await tags()).toEqual(added);
    await client.send(new UntagResourceCommand({ ResourceARN: ARN, TagKeys: ["team", "absent"] }));
    expect(await tags()).toEqual([{ Key: "stage", Value: "test" }]);
  });

  test("fail to be listed when the alarm is not there", async () => {
    await expect(tags()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("a form", () => {
  const form = {
    Action: "PutMetricAlarm",
    AlarmName,
    Namespace: ALARM.Namespace,
    MetricName: ALARM.MetricName,
    "Dimensions.member.1.Name": "ProjectName",
    "Dimensions.member.1.Value": "warmer",
    Statistic: "Sum",
    Period: "300",
    EvaluationPeriods: "1",
    Threshold: "0.5",
    ComparisonOperator: ALARM.ComparisonOperator,
    ActionsEnabled: "false",
    AlarmActions: "",
  };

  test("makes the same alarm as JSON does", async () => {
    expect(await post(form)).toMatchObject({ status: 200 });
    expect(await alarms()).toMatchObject([{ ...ALARM, ActionsEnabled: false, AlarmActions: [] }]);
  });

  test("is answered with XML, and so is its error", async () => {
    await put();
    expect(await post({ Action: "DescribeAlarms" })).toMatchObject({
      status: 200,
      answer: {
        DescribeAlarmsResponse: {
          DescribeAlarmsResult: { MetricAlarms: { member: { AlarmName, Threshold: 0.5, ActionsEnabled: true } } },
        },
      },
    });
    expect(await post({ ...form, Period: "15" })).toMatchObject({
      status: 400,
      answer: { ErrorResponse: { Error: { Code: "ValidationError" } } },
    });
  });
});
