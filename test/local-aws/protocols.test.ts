import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { XMLParser } from "fast-xml-parser";
import { REGION, Sdk, trusting } from "./clients";
import { ACCOUNT } from "./server";

const CLOUD_FORMATION = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
const CLOUD_WATCH = "http://monitoring.amazonaws.com/doc/2010-08-01/";
const IAM = "https://iam.amazonaws.com/doc/2010-05-08/";
const STS = "https://sts.amazonaws.com/doc/2011-06-15/";
const ALARM = {
  AlarmName: "a",
  Namespace: "n",
  MetricName: "m",
  Statistic: "Sum",
  Period: "60",
  EvaluationPeriods: "1",
  Threshold: "1",
  ComparisonOperator: "GreaterThanThreshold",
};
const ALARM_ARN = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a`;

let sdk: Sdk;
beforeEach(async () => {
  sdk = await Sdk.start();
  const role = { RoleName: "reader", AssumeRolePolicyDocument: trusting("ecr.amazonaws.com") };
  await sdk.client(IAMClient).send(new CreateRoleCommand(role));
  await post("monitoring", "PutMetricAlarm", ALARM);
});
afterEach(() => sdk.stop());

/** Asks as the SDK of Go does, and reads the answer as XML with its attributes. */
async function post(service: string, Action: string, form: { readonly [name: string]: string } = {}) {
  const response = await fetch(sdk.aws.url, {
    method: "POST",
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20250101/${REGION}/${service}/aws4_request` },
    body: new URLSearchParams({ Action, ...form }),
  });
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@" });
  return parser.parse(await response.text()) as { readonly [root: string]: { readonly [name: string]: unknown } };
}

describe("the answer to a form", () => {
  test.each([
    ["sts", "GetCallerIdentity", STS],
    ["iam", "GetRole", IAM],
    ["cloudformation", "DescribeStacks", CLOUD_FORMATION],
    ["monitoring", "DescribeAlarms", CLOUD_WATCH],
  ])("of %s to %s has its result in the namespace %s", async (service, operation, namespace) => {
    const answer = await post(service, operation, { RoleName: "reader" });
    expect(Object.keys(answer)).toEqual([`${operation}Response`]);
    expect(answer[`${operation}Response`]).toMatchObject({
      "@xmlns": namespace,
      [`${operation}Result`]: expect.anything() as unknown,
      ResponseMetadata: { RequestId: expect.any(String) as string },
    });
  });

  test.each([
    ["iam", "GetUser", IAM],
    ["cloudformation", "UpdateStack", CLOUD_FORMATION],
    ["monitoring", "PutMetricAlarm", CLOUD_WATCH],
  ])("of %s has an error of %s in the namespace %s", async (service, operation, namespace) => {
    expect(await post(service, operation, { StackName: "absent" })).toMatchObject({
      ErrorResponse: { "@xmlns": namespace, Error: { Code: expect.any(String) as string } },
    });
  });

  test.each([
    ["iam", "DeleteRole", { RoleName: "reader" }],
    ["iam", "TagRole", { RoleName: "reader" }],
    ["cloudformation", "DeleteStack", { StackName: "absent" }],
    ["monitoring", "PutMetricAlarm", ALARM],
    ["monitoring", "DeleteAlarms", { "AlarmNames.member.1": "a" }],
  ])("of %s to %s has no result, since the operation has no output", async (service, operation, form) => {
    const answer = await post(service, operation, form);
    expect(Object.keys(answer[`${operation}Response`] ?? {})).toEqual(["ResponseMetadata", "@xmlns"]);
  });

  test.each([
    ["iam", "UpdateRole", { RoleName: "reader" }],
    ["monitoring", "TagResource", { ResourceARN: ALARM_ARN }],
    ["monitoring", "UntagResource", { ResourceARN: ALARM_ARN }],
  ])("of %s to %s has an empty result, since the output has no members", async (service, operation, form) => {
    const answer = await post(service, operation, form);
    expect(answer[`${operation}Response`]).toMatchObject({ [`${operation}Result`]: "" });
  });
});
