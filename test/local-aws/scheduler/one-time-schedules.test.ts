import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { REGION, Sdk, trusting } from "../clients";
import { ACCOUNT } from "../server";

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ops`;
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/reminders`;
const TIME = "2030-01-31T09:00:00";

let sdk: Sdk;
beforeEach(async () => {
  sdk = await Sdk.start();
  await sdk
    .client(IAMClient)
    .send(
      new CreateRoleCommand({ RoleName: "reminders", AssumeRolePolicyDocument: trusting("scheduler.amazonaws.com") }),
    );
  await sdk.aws.sns.operations["CreateTopic"]?.({ Name: "ops" }, { accountId: ACCOUNT, region: REGION });
  sdk.aws.scheduler.clock = () => Date.parse("2030-01-01T00:00:00Z");
});
afterEach(() => sdk.stop());

function schedule(Name: string, ScheduleExpression: string, Arn = TOPIC): Promise<unknown> {
  const Target = { Arn, RoleArn, Input: Name };
  const FlexibleTimeWindow = { Mode: "OFF" } as const;
  return sdk
    .client(SchedulerClient)
    .send(new CreateScheduleCommand({ Name, ScheduleExpression, FlexibleTimeWindow, Target }));
}

async function messagesAt(time: string): Promise<string[]> {
  sdk.aws.scheduler.clock = () => Date.parse(time);
  await sdk.aws.scheduler.runDue();
  return sdk.aws.sns.publications.splice(0).map(({ message }) => message);
}

test("a one-time schedule publishes its input at its time, once, as its role", async () => {
  const Statement = [{ Effect: "Allow", Action: "sns:Publish", Resource: TOPIC }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const policy = { RoleName: "reminders", PolicyName: "p", PolicyDocument };
  await sdk.client(IAMClient).send(new PutRolePolicyCommand(policy));
  await schedule("once", `at(${TIME})`);
  await schedule("hourly", "rate(1 hour)");
  await schedule("build", `at(${TIME})`, `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/warm`);
  expect(await messagesAt("2030-01-31T08:59:59Z")).toEqual([]);
  expect(await messagesAt(`${TIME}Z`)).toEqual(["once"]);
  expect(await messagesAt("2030-02-01T09:00:00Z")).toEqual([]);
  expect(sdk.aws.scheduler.failed).toEqual([]);
});

test("a schedule whose role may not publish sends nothing", async () => {
  await schedule("once", `at(${TIME})`);
  expect(await messagesAt(`${TIME}Z`)).toEqual([]);
  expect(sdk.aws.scheduler.failed).toEqual([expect.stringContaining("does not allow sns:Publish")]);
});

test("a time that has passed is refused, by the clock of the test", async () => {
  await expect(schedule("past", "at(2029-12-31T23:59:59)")).rejects.toMatchObject({ name: "ValidationException" });
});
