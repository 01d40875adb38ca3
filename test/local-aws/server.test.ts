import { CloudFormationClient, ListExportsCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CodeBuildClient, ListProjectsCommand } from "@aws-sdk/client-codebuild";
import { DescribeInstancesCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DescribePullThroughCacheRulesCommand,
  ECRClient,
  GetSigningConfigurationCommand,
} from "@aws-sdk/client-ecr";
import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand, IAMClient, ListUsersCommand } from "@aws-sdk/client-iam";
import {
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  BatchGetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { Sdk, trusting } from "./clients";
import { ACCOUNT } from "./server";
import type { LoggedRequest } from "./server";

const OTHER_ACCOUNT = "444455556666";
const QUAY = { ecrRepositoryPrefix: "quay", upstreamRegistryUrl: "quay.io" };
const LOG_EVENTS = { logGroupName: "group", logStreamName: "stream", logEvents: [] };
const ROLE = { RoleName: "reader", AssumeRolePolicyDocument: trusting("ecr.amazonaws.com") };

let sdk: Sdk;
beforeEach(async () => {
  sdk = await Sdk.start();
});
afterEach(() => sdk.stop());

async function prefixesOf(ecr: ECRClient) {
  const { pullThroughCacheRules = [] } = await ecr.send(new DescribePullThroughCacheRulesCommand({}));
  return pullThroughCacheRules.map((rule) => rule.ecrRepositoryPrefix);
}

describe("accounts and regions", () => {
  test.each([ACCOUNT, OTHER_ACCOUNT])("the access key %s is the account of that ID", async (accountId) => {
    const sts = sdk.client(STSClient, { accountId });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: accountId });
  });

  test("a cache rule is in the account and region that it was made in, and in no other", async () => {
    const here = sdk.client(ECRClient);
    await here.send(new CreatePullThroughCacheRuleCommand(QUAY));
    expect(await prefixesOf(here)).toEqual(["quay"]);
    expect(await prefixesOf(sdk.client(ECRClient, { region: "eu-west-1" }))).toEqual([]);
    expect(await prefixesOf(sdk.client(ECRClient, { accountId: OTHER_ACCOUNT }))).toEqual([]);
  });

  test("a secret is in the account and region that its ARN says", async () => {
    const here = sdk.client(SecretsManagerClient, { region: "eu-west-1" });
    const { ARN } = await here.send(new CreateSecretCommand({ Name: "team/token" }));
    expect(ARN).toMatch(new RegExp(`^arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:team/token-[A-Za-z0-9]{6}$`));
    const elsewhere = [{ region: "us-east-1" }, { region: "eu-west-1", accountId: OTHER_ACCOUNT }];
    for (const scope of elsewhere) {
      const there = sdk.client(SecretsManagerClient, scope);
      await expect(there.send(new DescribeSecretCommand({ SecretId: ARN }))).rejects.toMatchObject({
        name: "ResourceNotFoundException",
      });
    }
  });

  test("a role is in its account, whichever region it is asked for in", async () => {
    await sdk.client(IAMClient, { region: "us-east-1" }).send(new CreateRoleCommand(ROLE));
    const { Role } = await sdk.client(IAMClient, { region: "eu-west-1" }).send(new GetRoleCommand(ROLE));
    expect(Role?.Arn).toBe(`arn:aws:iam::${ACCOUNT}:role/reader`);
    const elsewhere = sdk.client(IAMClient, { accountId: OTHER_ACCOUNT });
    await expect(elsewhere.send(new GetRoleCommand(ROLE))).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  test.each(["AKIAIOSFODNN7EXAMPLE", "11112222333", "1111222233334"])(
    "refuses the access key %s, which is not the ID of an account",
    async (accountId) => {
      const sts = sdk.client(STSClient, { accountId });
      const ecr = sdk.client(ECRClient, { accountId });
      const message = "The access key is not the ID of an account.";
      await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow(message);
      await expect(ecr.send(new CreatePullThroughCacheRuleCommand(QUAY))).rejects.toThrow(message);
      expect(sdk.aws.requests).toHaveLength(2);
      expect(sdk.aws.contents()).toEqual([]);
    },
  );
});

describe("an unknown operation", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["ec2: DescribeInstances", () => sdk.client(EC2Client).send(new DescribeInstancesCommand({}))],
    ["ecr: GetSigningConfiguration", () => sdk.client(ECRClient).send(new GetSigningConfigurationCommand({}))],
    ["iam: ListUsers", () => sdk.client(IAMClient).send(new ListUsersCommand({}))],
    ["cloudformation: ListExports", () => sdk.client(CloudFormationClient).send(new ListExportsCommand({}))],
    ["codebuild: ListProjects", () => sdk.client(CodeBuildClient).send(new ListProjectsCommand({}))],
    ["logs: PutLogEvents", () => sdk.client(CloudWatchLogsClient).send(new PutLogEventsCommand(LOG_EVENTS))],
    ["monitoring: ListMetrics", () => sdk.client(CloudWatchClient).send(new ListMetricsCommand({}))],
    ["scheduler: GET /schedules", () => sdk.client(SchedulerClient).send(new ListSchedulesCommand({}))],
    [
      "scheduler: GET /schedule-groups/nightly",
      () => sdk.client(SchedulerClient).send(new GetScheduleGroupCommand({ Name: "nightly" })),
    ],
    [
      "secretsmanager: BatchGetSecretValue",
      () => sdk.client(SecretsManagerClient).send(new BatchGetSecretValueCommand({})),
    ],
    ["sts: GetSessionToken", () => sdk.client(STSClient).send(new GetSessionTokenCommand({}))],
  ])("%s is refused by name, and not asked for again", async (name, send) => {
    await expect(send()).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining(name) as string,
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    expect(sdk.aws.requests.map(({ service, operation }) => `${service}: ${operation}`)).toEqual([name]);
  });
});

describe("the log", () => {
  test("has a line for each request: what was asked, of whom, and what was answered", async () => {
    await sdk.client(ECRClient, { region: "eu-west-1" }).send(new CreatePullThroughCacheRuleCommand(QUAY));
    const iam = sdk.client(IAMClient, { accountId: OTHER_ACCOUNT });
    await expect(iam.send(new GetRoleCommand({ RoleName: "absent" }))).rejects.toThrow();
    expect(sdk.aws.requests).toEqual([
      {
        service: "ecr",
        operation: "CreatePullThroughCacheRule",
        accountId: ACCOUNT,
        region: "eu-west-1",
        input: QUAY,
        errorCode: undefined,
        answer: expect.stringContaining('"upstreamRegistryUrl":"quay.io"') as string,
      },
      {
        service: "iam",
        operation: "GetRole",
        accountId: OTHER_ACCOUNT,
        region: "us-east-1",
        input: { Action: "GetRole", RoleName: "absent", Version: "2010-05-08" },
        errorCode: "NoSuchEntity",
        answer: expect.stringContaining("<Code>NoSuchEntity</Code>") as string,
      },
    ]);
    expect(sdk.aws.operations).toEqual(["CreatePullThroughCacheRule", "GetRole"]);
  });

  test("shows the lists of a form as lists", async () => {
    const Tags = [
      { Key: "team", Value: "platform" },
      { Key: "stage", Value: "" },
    ];
    await sdk.client(IAMClient).send(new CreateRoleCommand({ ...ROLE, Tags }));
    expect(sdk.aws.requests[0]?.input["Tags"]).toEqual(Tags);
  });

  test("shows what a path and a query say beside the body", async () => {
    const scheduler = sdk.client(SchedulerClient);
    const input = { Name: "a/b c", GroupName: "nightly" };
    await expect(scheduler.send(new GetScheduleCommand(input))).rejects.toThrow();
    const ends = { ScheduleExpression: "rate(1 hour)", FlexibleTimeWindow: undefined, Target: undefined };
    await expect(scheduler.send(new UpdateScheduleCommand({ ...input, ...ends }))).rejects.toThrow();
    expect(sdk.aws.requests).toMatchObject([
      { service: "scheduler", operation: "GetSchedule", input },
      { operation: "UpdateSchedule", input: { ...input, ScheduleExpression: "rate(1 hour)" } },
    ]);
  });

  test("is told to whoever starts the stand-in, request by request", async () => {
    const told: LoggedRequest[] = [];
    const watched = await Sdk.start({ onRequest: (request) => told.push(request) });
    try {
      await watched.client(STSClient).send(new GetCallerIdentityCommand({}));
      expect(told).toEqual(watched.aws.requests);
      expect(told).toHaveLength(1);
    } finally {
      await watched.stop();
    }
  });
});

describe("a refusal", () => {
  test("is answered once, and the same request is granted after it", async () => {
    sdk.aws.refuseOnce({ operation: "CreatePullThroughCacheRule", code: "ServerBusy", when: () => true });
    const ecr = sdk.client(ECRClient);
    await expect(ecr.send(new CreatePullThroughCacheRuleCommand(QUAY))).rejects.toMatchObject({ name: "ServerBusy" });
    expect(await prefixesOf(ecr)).toEqual([]);
    await ecr.send(new CreatePullThroughCacheRuleCommand(QUAY));
    expect(await prefixesOf(ecr)).toEqual(["quay"]);
    expect(sdk.aws.requests.map(({ errorCode }) => errorCode)).toEqual(["ServerBusy", undefined, undefined, undefined]);
  });

  test("is for the requests it says, by operation, input and scope", async () => {
    sdk.aws.refuseOnce({
      operation: "CreatePullThroughCacheRule",
      code: "ValidationException",
      when: (input, scope) => input["ecrRepositoryPrefix"] === "quay" && scope.region === "eu-west-1",
    });
    const near = sdk.client(ECRClient);
    const far = sdk.client(ECRClient, { region: "eu-west-1" });
    await near.send(new CreatePullThroughCacheRuleCommand(QUAY));
    await far.send(new CreatePullThroughCacheRuleCommand({ ...QUAY, ecrRepositoryPrefix: "mirror" }));
    await expect(far.send(new CreatePullThroughCacheRuleCommand(QUAY))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });

  test("with a code of throttling is overcome by the client's own retry", async () => {
    sdk.aws.refuseOnce({ operation: "GetCallerIdentity", code: "ThrottlingException", when: () => true });
    const { $metadata, Account } = await sdk.client(STSClient).send(new GetCallerIdentityCommand({}));
    expect([Account, $metadata.attempts]).toEqual([ACCOUNT, 2]);
  });
});

describe("a request whose answer is lost", () => {
  /** Loses the first answer, and returns the requests that the stand-in has carried out. */
  async function sentAgain(): Promise<unknown[]> {
    const ecr = sdk.client(ECRClient);
    let lost = false;
    ecr.middlewareStack.add(
      (next) => async (request) => {
        const answer = await next(request);
        if (!lost) {
          lost = true;
          throw Object.assign(new Error("the connection is closed"), { code: "ECONNRESET" });
        }
        return answer;
      },
      { step: "deserialize" },
    );
    const { $metadata } = await ecr.send(new CreatePullThroughCacheRuleCommand(QUAY));
    expect($metadata.attempts).toBe(2);
    return sdk.aws.requests.map(({ operation, errorCode }) => [operation, errorCode]);
  }

  test("gets the same answer when the client sends it again, and is carried out once", async () => {
    expect(await sentAgain()).toEqual([["CreatePullThroughCacheRule", undefined]]);
  });

  test("does not hide that another request creates the same", async () => {
    await sentAgain();
    const again = sdk.client(ECRClient).send(new CreatePullThroughCacheRuleCommand(QUAY));
    await expect(again).rejects.toMatchObject({ name: "PullThroughCacheRuleAlreadyExistsException" });
  });
});

describe("a request that the caller may not send", () => {
  test.each([
    ["UnauthorizedOperation", EC2Client, new DescribeVpcsCommand({})],
    ["AccessDenied", IAMClient, new GetRoleCommand(ROLE)],
    ["AccessDeniedException", ECRClient, new DescribePullThroughCacheRulesCommand({})],
    ["AccessDeniedException", SchedulerClient, new GetScheduleCommand({ Name: "warmer" })],
  ])("is refused with %s and the reason, and changes nothing", async (name, type, command) => {
    const told: string[] = [];
    const guarded = await Sdk.start({
      whyForbidden: ({ service, operation, accountId }) => {
        told.push(`${accountId} ${service}:${operation}`);
        return Promise.resolve(accountId === ACCOUNT ? "no policy allows it" : undefined);
      },
    });
    const client = guarded.client(type as typeof ECRClient);
    await expect(client.send(command as DescribePullThroughCacheRulesCommand)).rejects.toMatchObject({
      name,
      message: expect.stringContaining("no policy allows it") as unknown,
      $metadata: { httpStatusCode: 403, attempts: 1 },
    });
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${ACCOUNT} \\w+:\\w+$`))]);
    expect(guarded.aws.requests.map(({ errorCode }) => errorCode)).toEqual([name]);
    await guarded.client(ECRClient, { accountId: OTHER_ACCOUNT }).send(new DescribePullThroughCacheRulesCommand({}));
    await guarded.stop();
  });
});

test("the contents are empty at the start, name each thing, and are empty when everything is deleted", async () => {
  expect(sdk.aws.contents()).toEqual([]);
  const ecr = sdk.client(ECRClient);
  const iam = sdk.client(IAMClient);
  const secretsManager = sdk.client(SecretsManagerClient, { region: "eu-west-1" });
  await ecr.send(new CreatePullThroughCacheRuleCommand(QUAY));
  await iam.send(new CreateRoleCommand(ROLE));
  await secretsManager.send(new CreateSecretCommand({ Name: "token" }));
  expect(sdk.aws.contents()).toEqual([
    `${ACCOUNT} eu-west-1 secret token`,
    `${ACCOUNT} global role reader`,
    `${ACCOUNT} us-east-1 cache rule quay`,
  ]);
  await ecr.send(new DeletePullThroughCacheRuleCommand(QUAY));
  await iam.send(new DeleteRoleCommand(ROLE));
  await secretsManager.send(new DeleteSecretCommand({ SecretId: "token", ForceDeleteWithoutRecovery: true }));
  expect(sdk.aws.contents()).toEqual([]);
});
