import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteResourcePolicyCommand,
  DescribeResourcePoliciesCommand,
  FilterLogEventsCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { REGION, Sdk } from "../clients";
import { ACCOUNT } from "../server";

const SCOPE = { accountId: ACCOUNT, region: REGION };
const logGroupName = "/aws/events/ops";
const logGroupArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}`;
const sourceArn = `arn:aws:events:${REGION}:${ACCOUNT}:rule/rule`;
const LINE = { principal: "events.amazonaws.com", sourceArn, logGroupArn, message: "m", scope: SCOPE };

let sdk: Sdk;
let client: CloudWatchLogsClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(CloudWatchLogsClient);
});
afterEach(() => sdk.stop());

function put(policyName: string, policyDocument: string): Promise<unknown> {
  return client.send(new PutResourcePolicyCommand({ policyName, policyDocument }));
}

function documentOf(Condition?: object): string {
  const Action = ["logs:CreateLogStream", "logs:PutLogEvents"];
  const Principal = { Service: "events.amazonaws.com" };
  const Statement = [
    { Effect: "Allow", Principal, Action, Resource: `${logGroupArn}:*`, ...(Condition && { Condition }) },
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

test("a resource policy is put, replaced, listed and deleted", async () => {
  await put("events", documentOf());
  await put("events", documentOf({ StringEquals: { "aws:SourceAccount": ACCOUNT } }));
  const { resourcePolicies } = await client.send(new DescribeResourcePoliciesCommand({}));
  expect(resourcePolicies).toEqual([
    { policyName: "events", policyDocument: documentOf({ StringEquals: { "aws:SourceAccount": ACCOUNT } }) },
  ]);
  await client.send(new DeleteResourcePolicyCommand({ policyName: "events" }));
  expect(sdk.aws.logs.contents()).toEqual([]);
  await expect(client.send(new DeleteResourcePolicyCommand({ policyName: "events" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("a region has at most ten resource policies, and each must be a policy", async () => {
  await Promise.all(Array.from({ length: 10 }, (_, index) => put(`policy-${index}`, documentOf())));
  await expect(put("policy-10", documentOf())).rejects.toMatchObject({ name: "LimitExceededException" });
  await expect(put("policy-1", "{")).rejects.toMatchObject({ name: "InvalidParameterException" });
});

test("a service writes to a log group that exists, if a policy allows it for the source", async () => {
  expect(await sdk.aws.logs.writeAs(LINE)).toBe(`the log group ${logGroupName} does not exist`);
  await client.send(new CreateLogGroupCommand({ logGroupName }));
  expect(await sdk.aws.logs.writeAs(LINE)).toContain("does not allow logs:CreateLogStream");
  await put("events", documentOf({ ArnEquals: { "aws:SourceArn": sourceArn } }));
  expect(await sdk.aws.logs.writeAs({ ...LINE, sourceArn: `${sourceArn}-2` })).toContain("does not allow");
  expect(await sdk.aws.logs.writeAs(LINE)).toBeUndefined();
  const { events } = await client.send(new FilterLogEventsCommand({ logGroupName }));
  expect(events?.map(({ message }) => message)).toEqual(["m"]);
});
