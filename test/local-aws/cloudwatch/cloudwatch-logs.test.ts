import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { REGION, Sdk, pagesOf } from "../clients";
import { ACCOUNT } from "../server";

const logGroupName = "/aws/codebuild/warmer";
const ARN = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${logGroupName}`;
const INVALID = "InvalidParameterException";
const NOT_FOUND = "ResourceNotFoundException";

let sdk: Sdk;
let client: CloudWatchLogsClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(CloudWatchLogsClient);
});
afterEach(() => sdk.stop());

function create(options: Partial<CreateLogGroupCommand["input"]> = {}) {
  return client.send(new CreateLogGroupCommand({ logGroupName, ...options }));
}

function retain(retentionInDays: number) {
  return client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
}

async function groups(logGroupNamePrefix?: string, of: CloudWatchLogsClient = client) {
  return (await of.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))).logGroups ?? [];
}

async function tags() {
  return (await client.send(new ListTagsForResourceCommand({ resourceArn: ARN }))).tags;
}

describe("a log group", () => {
  test("is created, and keeps what is logged for ever", async () => {
    await create();
    const [group] = await groups();
    expect(group).toMatchObject({ logGroupName, arn: `${ARN}:*`, logGroupArn: ARN, logGroupClass: "STANDARD" });
    expect(group).not.toHaveProperty("retentionInDays");
    expect(Math.abs(Number(group?.creationTime) - Date.now())).toBeLessThan(60_000);
  });

  test("is found by how its name begins", async () => {
    await create();
    await create({ logGroupName: `${logGroupName}-2` });
    await create({ logGroupName: "other" });
    expect((await groups(logGroupName)).map((group) => group.logGroupName)).toEqual([
      logGroupName,
      `${logGroupName}-2`,
    ]);
    expect(await groups("absent")).toEqual([]);
  });

  test("is in its account and region, and in no other", async () => {
    await create();
    expect(await groups(undefined, sdk.client(CloudWatchLogsClient, { region: "eu-west-1" }))).toEqual([]);
    expect(await groups(undefined, sdk.client(CloudWatchLogsClient, { accountId: "444455556666" }))).toEqual([]);
  });

  test("has an ARN of its region's partition", async () => {
    const china = sdk.client(CloudWatchLogsClient, { region: "cn-north-1" });
    await china.send(new CreateLogGroupCommand({ logGroupName }));
    expect(await groups(undefined, china)).toMatchObject([
      { logGroupArn: `arn:aws-cn:logs:cn-north-1:${ACCOUNT}:log-group:${logGroupName}` },
    ]);
  });

  test.each(["a", "A.b-c_d/e#f", "x".repeat(512)])("may be called %s", async (name) => {
    await create({ logGroupName: name });
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} us-east-1 log group ${name}`]);
  });

  test.each(["", "two words", "a:b", "aws/codebuild", "x".repeat(513)])("refuses the name %j", async (name) => {
    await expect(create({ logGroupName: name })).rejects.toMatchObject({ name: INVALID });
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("refuses a name that another log group has", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
  });

  test("is deleted, and its name is free", async () => {
    await create();
    await client.send(new DeleteLogGroupCommand({ logGroupName }));
    expect(sdk.aws.contents()).toEqual([]);
    await create();
  });

  test("fails to be changed or deleted when it is not there", async () => {
    const name = NOT_FOUND;
    await expect(retain(7)).rejects.toMatchObject({ name });
    await expect(client.send(new DeleteRetentionPolicyCommand({ logGroupName }))).rejects.toMatchObject({ name });
    await expect(client.send(new DeleteLogGroupCommand({ logGroupName }))).rejects.toMatchObject({ name });
    await expect(tags()).rejects.toMatchObject({ name });
  });
});

describe("the retention", () => {
  beforeEach(() => create());

  test("is set, changed and taken away", async () => {
    await retain(14);
    expect(await groups()).toMatchObject([{ retentionInDays: 14 }]);
    await retain(3653);
    expect(await groups()).toMatchObject([{ retentionInDays: 3653 }]);
    await client.send(new DeleteRetentionPolicyCommand({ logGroupName }));
    expect((await groups())[0]).not.toHaveProperty("retentionInDays");
  });

  test.each([0, 2, 31, 366, 3654])("refuses %i days", async (days) => {
    await expect(retain(days)).rejects.toMatchObject({ name: INVALID });
    expect((await groups())[0]).not.toHaveProperty("retentionInDays");
  });
});

describe("a list of log groups", () => {
  const list = (options: DescribeLogGroupsCommand["input"]) => client.send(new DescribeLogGroupsCommand(options));

  test("is read to its end page by page", async () => {
    await sdk.stop();
    sdk = await Sdk.start({ pageSize: 1 });
    client = sdk.client(CloudWatchLogsClient);
    await create({ logGroupName: "a" });
    await create({ logGroupName: "b" });
    expect(await pagesOf(paginateDescribeLogGroups({ client }, {}))).toMatchObject(
      ["a", "b"].map((name) => ({ logGroups: [{ logGroupName: name }] })),
    );
  });

  test("has 50 log groups on a page where the caller does not say how many", async () => {
    for (let index = 0; index < 51; index += 1) {
      await create({ logGroupName: `group-${index}` });
    }
    const { logGroups, nextToken } = await list({});
    expect(logGroups).toHaveLength(50);
    expect(await list({ nextToken })).toMatchObject({ logGroups: [{ logGroupName: "group-50" }] });
  });

  test.each<[DescribeLogGroupsCommand["input"], string]>([
    [{ limit: 0 }, "limit must be between 1 and 50, got 0"],
    [{ limit: 51 }, "limit must be between 1 and 50, got 51"],
    [{ nextToken: "page-7" }, "nextToken is not one that was answered"],
  ])("fails for %j", async (options, message) => {
    await expect(list(options)).rejects.toMatchObject({ name: INVALID, message });
  });
});

describe("log events", () => {
  const scope = { accountId: ACCOUNT, region: REGION };

  test("are none at first, and then the lines that were written, in their order", async () => {
    await create();
    expect((await client.send(new FilterLogEventsCommand({ logGroupName }))).events).toEqual([]);
    sdk.aws.logs.write(logGroupName, "run-1", ["one", "two"], scope);
    sdk.aws.logs.write(logGroupName, "run-2", ["three"], scope);
    const pages = await pagesOf(paginateFilterLogEvents({ client, pageSize: 2 }, { logGroupName }));
    expect(pages.map(({ events }) => events?.map(({ logStreamName, message }) => [logStreamName, message]))).toEqual([
      [
        ["run-1", "one"],
        ["run-1", "two"],
      ],
      [["run-2", "three"]],
    ]);
  });

  test("fail to be read or written where there is no group, and to be filtered", async () => {
    const read = (input: object) => client.send(new FilterLogEventsCommand({ logGroupName, ...input }));
    await expect(read({})).rejects.toMatchObject({ name: NOT_FOUND });
    expect(() => sdk.aws.logs.write(logGroupName, "run", ["one"], scope)).toThrow("does not exist");
    await create();
    await expect(read({ filterPattern: "FAILED" })).rejects.toMatchObject({ name: INVALID });
    await expect(read({ limit: 10_001 })).rejects.toMatchObject({ name: INVALID });
  });
});

describe("tags", () => {
  test("are none at first when none are sent", async () => {
    await create();
    expect(await tags()).toEqual({});
  });

  test("are added and replaced by key, and removed by key", async () => {
    await create({ tags: { team: "platform" } });
    await client.send(new TagResourceCommand({ resourceArn: ARN, tags: { team: "images", stage: "test" } }));
    expect(await tags()).toEqual({ team: "images", stage: "test" });
    await client.send(new UntagResourceCommand({ resourceArn: ARN, tagKeys: ["team", "absent"] }));
    expect(await tags()).toEqual({ stage: "test" });
  });
});
