import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import type { Target } from "@aws-sdk/client-scheduler";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";

const Name = "warm_nightly.1-a";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/scheduler`;
const PROJECT = `arn:aws:codebuild:us-east-1:${ACCOUNT}:project/warmer`;
const UNIVERSAL = "arn:aws:scheduler:::aws-sdk:codebuild:startBuild";
const SCHEDULE = {
  Name,
  ScheduleExpression: "rate(1 hour)",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: { Arn: PROJECT, RoleArn: ROLE },
} as const satisfies CreateScheduleCommand["input"];
const INVALID = { name: "ValidationException", $metadata: { httpStatusCode: 400 } };
const NOT_FOUND = { name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } };

type Input = Partial<CreateScheduleCommand["input"]>;

let sdk: Sdk;
let client: SchedulerClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(SchedulerClient);
  await createRole("scheduler", "scheduler.amazonaws.com");
});
afterEach(() => sdk.stop());

async function createRole(RoleName: string, service: string) {
  const Statement = [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await sdk.client(IAMClient).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
}

function create(options: Input = {}) {
  return client.send(new CreateScheduleCommand({ ...SCHEDULE, ...options }));
}

function update(options: Input = {}) {
  return client.send(new UpdateScheduleCommand({ ...SCHEDULE, ...options }));
}

function get(options: Partial<GetScheduleCommand["input"]> = {}, of: SchedulerClient = client) {
  return of.send(new GetScheduleCommand({ Name, ...options }));
}

function withTarget(target: Partial<Target>): Input {
  return { Target: { ...SCHEDULE.Target, ...target } };
}

describe("a schedule", () => {
  test("is created with what the caller says", async () => {
    const more = {
      Description: "warms the cache",
      State: "DISABLED",
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 },
      Target: {
        ...SCHEDULE.Target,
        Input: "{}",
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    } as const;
    const { ScheduleArn } = await create(more);
    expect(ScheduleArn).toBe(`arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/default/${Name}`);
    expect(await get()).toMatchObject({ ...SCHEDULE, ...more, Arn: ScheduleArn, GroupName: "default" });
  });

  test("is enabled, in UTC and retried for a day by default", async () => {
    await create();
    expect(await get({ GroupName: "default" })).toMatchObject({
      State: "ENABLED",
      ScheduleExpressionTimezone: "UTC",
      Target: { RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 } },
    });
  });

  test("is what an update says and nothing else", async () => {
    await create({ Description: "old", State: "DISABLED", ...withTarget({ Input: "{}" }) });
    await update({ ScheduleExpression: "rate(2 hours)" });
    const schedule = await get();
    expect(schedule).toMatchObject({ ScheduleExpression: "rate(2 hours)", State: "ENABLED" });
    expect(schedule).not.toHaveProperty("Description");
    expect(schedule.Target).not.toHaveProperty("Input");
  });

  test("is as it was after an update that fails", async () => {
    await create();
    await expect(update({ ScheduleExpression: "hourly" })).rejects.toMatchObject(INVALID);
    expect(await get()).toMatchObject({ ScheduleExpression: "rate(1 hour)" });
  });

  test("is in its account and region, and in no other", async () => {
    await create();
    const elsewhere = [{ region: "eu-west-1" }, { accountId: "444455556666" }];
    for (const scope of elsewhere) {
      await expect(get({}, sdk.client(SchedulerClient, scope))).rejects.toMatchObject(NOT_FOUND);
    }
  });

  test("is deleted, and its name is free", async () => {
    await create();
    await client.send(new DeleteScheduleCommand({ Name }));
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} global role scheduler`]);
    await create();
  });

  test("refuses a name that another schedule has", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({
      name: "ConflictException",
      message: `Schedule ${Name} already exists.`,
      $metadata: { httpStatusCode: 409 },
    });
  });

  test("fails to be read, changed or deleted when it is not there", async () => {
    const error = { ...NOT_FOUND, message: `Schedule ${Name} does not exist.` };
    await expect(get()).rejects.toMatchObject(error);
    await expect(update()).rejects.toMatchObject(error);
    await expect(client.send(new DeleteScheduleCommand({ Name }))).rejects.toMatchObject(error);
  });

  test("fails in a group that there is not", async () => {
    const error = { ...NOT_FOUND, message: "Schedule group nightly does not exist." };
    await expect(create({ GroupName: "nightly" })).rejects.toMatchObject(error);
    await expect(get({ GroupName: "nightly" })).rejects.toMatchObject(error);
  });

  test.each(["two words", "a:b", "x".repeat(65)])("refuses the name %s", async (name) => {
    await expect(create({ Name: name })).rejects.toMatchObject(INVALID);
  });

  test.each<[string, Input]>([
    ["a window of 1 minute", { FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 1 } }],
    ["a window of a day", { FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 1440 } }],
    ["185 retries", withTarget({ RetryPolicy: { MaximumRetryAttempts: 185 } })],
    ["a description of 512 characters", { Description: "x".repeat(512) }],
    ["a call of any service for its target", withTarget({ Arn: UNIVERSAL, Input: '{"ProjectName":"warmer"}' })],
    ["any text for a target that takes it", withTarget({ Arn: `arn:aws:sns:us-east-1:${ACCOUNT}:t`, Input: "now" })],
  ])("may have %s", async (_, options) => {
    await create(options);
    expect(await get()).toMatchObject(options);
  });

  test.each<[string, Input]>([
    ["a flexible window without a length", { FlexibleTimeWindow: { Mode: "FLEXIBLE" } }],
    ["a window of 0 minutes", { FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 0 } }],
    ["a window of 1,441 minutes", { FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 1441 } }],
    ["a length of a window that is off", { FlexibleTimeWindow: { Mode: "OFF", MaximumWindowInMinutes: 15 } }],
    ["a mode that there is not", { FlexibleTimeWindow: { Mode: "ON" as "OFF" } }],
    ["a state that there is not", { State: "ON" as "ENABLED" }],
    ["a description of 513 characters", { Description: "x".repeat(513) }],
    ["no target", { Target: undefined }],
    ["a target that is no ARN", withTarget({ Arn: "warmer" })],
    ["-1 retries", withTarget({ RetryPolicy: { MaximumRetryAttempts: -1 } })],
    ["186 retries", withTarget({ RetryPolicy: { MaximumRetryAttempts: 186 } })],
    ["retries for 59 seconds", withTarget({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } })],
    ["retries for more than a day", withTarget({ RetryPolicy: { MaximumEventAgeInSeconds: 86_401 } })],
    ["a request that is not JSON", withTarget({ Arn: UNIVERSAL, Input: "warmer" })],
  ])("fails with %s", async (_, options) => {
    await expect(create(options)).rejects.toMatchObject(INVALID);
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} global role scheduler`]);
  });
});

describe("the expression", () => {
  test.each([
    "rate(1 minute)",
    "rate(90 minutes)",
    "rate(7 days)",
    "at(2128-02-29T23:59:59)",
    "cron(0 4 * * ? *)",
    "cron(0 4 ? * MON-FRI *)",
    "cron(0/15 * ? jan,JUL 2-6 2025-2030)",
    "cron(*/5 8-17 1,15 * ? *)",
    "cron(0 0 L * ? *)",
    "cron(0 0 15W * ? *)",
    "cron(0 0 ? * 6L *)",
    "cron(0 0 ? * TUE#2 *)",
  ])("may be %s", async (ScheduleExpression) => {
    await create({ ScheduleExpression });
    expect(await get()).toMatchObject({ ScheduleExpression });
  });

  test.each([
    "hourly",
    "rate(0 hours)",
    "rate(1.5 hours)",
    "rate(hour)",
    "rate(1 week)",
    "rate(1 hour) ",
    "at(2128-02-28)",
    "at(2128-13-01T00:00:00)",
    "at(2127-02-29T00:00:00)",
    "at(2128-02-28T24:00:00)",
    "at(2128-02-28T00:00:00Z)",
    "at(2128-02-28T00:00:00.500)",
    "at(2020-02-29T23:59:59)",
    "cron(0 4 * * *)",
    "cron(0 4 * * ? * *)",
    "cron(0 4 * * * *)",
    "cron(0 4 ? * ? *)",
    "cron(60 4 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 4 0 * ? *)",
    "cron(0 4 * 13 ? *)",
    "cron(0 4 ? * 0 *)",
    "cron(0 4 ? * MOO *)",
    "cron(0 4 * * ? 1969)",
    "cron(0 4-5-6 * * ? *)",
    "cron(0/0 4 * * ? *)",
    "cron(*/60 4 * * ? *)",
    "cron(L 4 * * ? *)",
    "cron(0 4 ? * MON#6 *)",
  ])("fails as %s", async (ScheduleExpression) => {
    await expect(create({ ScheduleExpression })).rejects.toMatchObject({
      ...INVALID,
      message: `Invalid Schedule Expression ${ScheduleExpression}.`,
    });
  });
});

test("a time that has passed by now is not accepted any more, whatever else an update changes", async () => {
  const ScheduleExpression = `at(${new Date(Date.now() + 60_000).toISOString().slice(0, 19)})`;
  await create({ ScheduleExpression });
  const now = jest.spyOn(Date, "now").mockReturnValue(Date.now() + 120_000);
  try {
    await expect(update({ ScheduleExpression, Description: "new" })).rejects.toMatchObject(INVALID);
    expect(await get()).toMatchObject({ ScheduleExpression, State: "ENABLED" });
  } finally {
    now.mockRestore();
  }
});

describe("the target's role", () => {
  const error = {
    ...INVALID,
    message: "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
  };

  test("fails when it does not exist", async () => {
    const target = withTarget({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/absent` });
    await expect(create(target)).rejects.toMatchObject(error);
  });

  test("fails when it trusts another service", async () => {
    await createRole("events", "events.amazonaws.com");
    const target = withTarget({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/events` });
    await expect(create(target)).rejects.toMatchObject(error);
    await create();
    await expect(update(target)).rejects.toMatchObject(error);
  });
});
