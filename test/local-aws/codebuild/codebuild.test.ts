import {
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  DeleteProjectCommand,
  ListBuildsForProjectCommand,
  StartBuildCommand,
  UpdateProjectCommand,
} from "@aws-sdk/client-codebuild";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { REGION, Sdk } from "../clients";
import { ACCOUNT } from "../server";
import type { StartedBuild } from "./codebuild";

const NAME = "warmer";
const ARN = `arn:aws:codebuild:us-east-1:${ACCOUNT}:project/${NAME}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/builder`;
const INVALID = "InvalidInputException";
const NOT_FOUND = "ResourceNotFoundException";
const BUILDSPEC = "version: 0.2\nphases:\n  build:\n    commands:\n      - docker pull image\n";
const PROJECT = {
  name: NAME,
  serviceRole: ROLE,
  source: { type: "NO_SOURCE", buildspec: BUILDSPEC },
  artifacts: { type: "NO_ARTIFACTS" },
  environment: {
    type: "LINUX_CONTAINER",
    computeType: "BUILD_GENERAL1_SMALL",
    image: "aws/codebuild/standard:7.0",
    privilegedMode: true,
    environmentVariables: [{ name: "PREFIX", value: "docker-hub", type: "PLAINTEXT" }],
  },
} as const satisfies CreateProjectCommand["input"];
const VPC = { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] };

type CreateInput = Partial<CreateProjectCommand["input"]>;

let sdk: Sdk;
let client: CodeBuildClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(CodeBuildClient);
  await createRole("builder", "codebuild.amazonaws.com");
});
afterEach(() => sdk.stop());

async function createRole(RoleName: string, service: string) {
  const Statement = [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await sdk.client(IAMClient).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
}

async function allow(Action: string) {
  const PolicyDocument = JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
  const input = { RoleName: "builder", PolicyName: "network", PolicyDocument };
  await sdk.client(IAMClient).send(new PutRolePolicyCommand(input));
}

function create(options: CreateInput = {}) {
  return client.send(new CreateProjectCommand({ ...PROJECT, ...options }));
}

function update(options: Partial<UpdateProjectCommand["input"]> = {}) {
  return client.send(new UpdateProjectCommand({ name: NAME, ...options }));
}

async function projects(names = [NAME], of: CodeBuildClient = client) {
  return (await of.send(new BatchGetProjectsCommand({ names }))).projects ?? [];
}

async function start(projectName = NAME) {
  return (await client.send(new StartBuildCommand({ projectName }))).build;
}

function withBuildspec(buildspec: string | undefined): CreateInput {
  return { source: { type: "NO_SOURCE", buildspec } };
}

function inVpc(options: Partial<typeof VPC>): CreateInput {
  return { vpcConfig: { ...VPC, ...options } };
}

function many(count: number) {
  return Array.from({ length: count }, (_, index) => `id-${index}`);
}

describe("a project", () => {
  test("is created with what the caller says", async () => {
    await allow("ec2:Describe*");
    const more = {
      description: "pulls images",
      timeoutInMinutes: 30,
      queuedTimeoutInMinutes: 60,
      concurrentBuildLimit: 1,
      logsConfig: { cloudWatchLogs: { status: "ENABLED", groupName: "/warmer" } },
      vpcConfig: VPC,
      tags: [{ key: "team", value: "platform" }],
    } as const satisfies CreateInput;
    const { project } = await create(more);
    expect(project).toMatchObject({ ...PROJECT, ...more, arn: ARN, created: expect.any(Date) as Date });
    expect(await projects()).toEqual([project]);
  });

  test("has an hour for a build, eight to wait for one, no cache and the key of S3 by default", async () => {
    await create();
    expect(await projects()).toMatchObject([
      {
        timeoutInMinutes: 60,
        queuedTimeoutInMinutes: 480,
        cache: { type: "NO_CACHE" },
        encryptionKey: `arn:aws:kms:us-east-1:${ACCOUNT}:alias/aws/s3`,
      },
    ]);
  });

  test("is found by its name and by its ARN, and said to be absent where it is", async () => {
    await create();
    const answer = await client.send(new BatchGetProjectsCommand({ names: [ARN, "absent"] }));
    expect(answer).toMatchObject({ projects: [{ name: NAME }], projectsNotFound: ["absent"] });
  });

  test("is in its account and region, and in no other", async () => {
    await create();
    expect(await projects([NAME], sdk.client(CodeBuildClient, { region: "eu-west-1" }))).toEqual([]);
    expect(await projects([NAME], sdk.client(CodeBuildClient, { accountId: "444455556666" }))).toEqual([]);
  });

  test("changes what an update names, and keeps the rest", async () => {
    await create({ description: "old", concurrentBuildLimit: 2, timeoutInMinutes: 30 });
    await update({ description: "new", timeoutInMinutes: 5 });
    expect(await projects()).toMatchObject([
      { ...PROJECT, description: "new", timeoutInMinutes: 5, concurrentBuildLimit: 2 },
    ]);
  });

  test("loses its limit of builds by an update to -1", async () => {
    await create({ concurrentBuildLimit: 2 });
    await update({ concurrentBuildLimit: -1 });
    expect((await projects())[0]).not.toHaveProperty("concurrentBuildLimit");
  });

  test("leaves its VPC by an update to an empty configuration", async () => {
    await allow("ec2:*");
    await create({ vpcConfig: VPC });
    await update({ description: "stays" });
    expect(await projects()).toMatchObject([{ vpcConfig: VPC }]);
    await update({ vpcConfig: {} });
    expect((await projects())[0]).not.toHaveProperty("vpcConfig");
  });

  test("is as it was after an update that fails", async () => {
    await create();
    await expect(update({ description: "new", timeoutInMinutes: 4 })).rejects.toMatchObject({ name: INVALID });
    expect((await projects())[0]).not.toHaveProperty("description");
  });

  test("is deleted, and deleted again without an error", async () => {
    await create();
    await client.send(new DeleteProjectCommand({ name: NAME }));
    expect(await projects()).toEqual([]);
    await client.send(new DeleteProjectCommand({ name: NAME }));
  });

  test("fails to be changed or built when it is not there", async () => {
    const error = { name: NOT_FOUND, message: expect.stringContaining(ARN) as string };
    await expect(update()).rejects.toMatchObject(error);
    await expect(start()).rejects.toMatchObject(error);
  });

  test("refuses a name that another project has", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: `Project already exists: ${ARN}`,
    });
  });

  test.each(["ab", "2_b-C", "x".repeat(150)])("may be called %s", async (name) => {
    expect((await create({ name })).project?.name).toBe(name);
  });

  test.each(["a", "_a", "-a", "a.b", "two words", "x".repeat(151)])("refuses the name %s", async (name) => {
    await expect(create({ name })).rejects.toMatchObject({ name: INVALID });
  });

  test.each<[string, CreateInput]>([
    ["timeouts of 5 minutes", { timeoutInMinutes: 5, queuedTimeoutInMinutes: 5 }],
    ["the longest timeouts", { timeoutInMinutes: 2160, queuedTimeoutInMinutes: 480 }],
    ["a limit of one build", { concurrentBuildLimit: 1 }],
    ["a description of 255 characters", { description: "x".repeat(255) }],
    ["a buildspec in JSON", withBuildspec('{"version":"0.2","phases":{}}')],
  ])("may have %s", async (_, options) => {
    await create(options);
    expect(await projects()).toMatchObject([options]);
  });

  test.each<[string, CreateInput]>([
    ["a timeout of 4 minutes", { timeoutInMinutes: 4 }],
    ["a timeout of 2,161 minutes", { timeoutInMinutes: 2161 }],
    ["4 minutes in the queue", { queuedTimeoutInMinutes: 4 }],
    ["481 minutes in the queue", { queuedTimeoutInMinutes: 481 }],
    ["a limit of no builds", { concurrentBuildLimit: 0 }],
    ["a description of 256 characters", { description: "x".repeat(256) }],
    ["51 tags", { tags: many(51).map((key) => ({ key, value: "" })) }],
    ["a source", { source: { type: "S3", location: "bucket/source.zip" } }],
    ["artifacts", { artifacts: { type: "S3", location: "bucket" } }],
    ["no environment", { environment: undefined }],
    ["a compute type that there is not", { environment: { ...PROJECT.environment, computeType: "LARGE" as never } }],
    [
      "a variable without a name",
      { environment: { ...PROJECT.environment, environmentVariables: [{ name: "", value: "" }] } },
    ],
    ["no buildspec", withBuildspec(undefined)],
    ["an empty buildspec", withBuildspec("")],
    ["a file for a buildspec", withBuildspec("buildspec.yml")],
    ["a buildspec that is neither JSON nor YAML", withBuildspec("version: 0.2\nphases: {")],
    ["a buildspec that is a list", withBuildspec("- version: 0.2\n- phases: {}")],
    ["a buildspec without a version", withBuildspec("phases: {}")],
    ["a buildspec of version 0.1", withBuildspec("version: 0.1\nphases: {}")],
    ["a buildspec without phases", withBuildspec("version: 0.2")],
    ["a buildspec whose phases are a name", withBuildspec("version: 0.2\nphases: build")],
  ])("fails with %s", async (_, options) => {
    await expect(create(options)).rejects.toMatchObject({ name: INVALID });
    expect(await projects()).toEqual([]);
  });
});

describe("the service role", () => {
  const message = (role: string) => `CodeBuild is not authorized to perform: sts:AssumeRole on ${role}`;

  test("fails when it does not exist", async () => {
    const serviceRole = `arn:aws:iam::${ACCOUNT}:role/absent`;
    await expect(create({ serviceRole })).rejects.toMatchObject({ name: INVALID, message: message(serviceRole) });
  });

  test("fails when it trusts another service", async () => {
    await createRole("function", "lambda.amazonaws.com");
    const serviceRole = `arn:aws:iam::${ACCOUNT}:role/function`;
    await expect(create({ serviceRole })).rejects.toMatchObject({ name: INVALID, message: message(serviceRole) });
    await create();
    await expect(update({ serviceRole })).rejects.toMatchObject({ name: INVALID, message: message(serviceRole) });
  });

  test("fails in a VPC that it may not look at", async () => {
    const error = { name: INVALID, message: "Not authorized to perform DescribeSecurityGroups" };
    await expect(create({ vpcConfig: VPC })).rejects.toMatchObject(error);
    await allow("ec2:Describe*");
    await create({ vpcConfig: VPC });
  });
});

describe("a VPC", () => {
  beforeEach(() => allow("*"));

  test("has 16 subnets and 5 security groups at most", async () => {
    await create(inVpc({ subnets: many(16), securityGroupIds: many(5) }));
    expect(await projects()).toHaveLength(1);
  });

  test.each<[string, Partial<typeof VPC>]>([
    ["17 subnets", { subnets: many(17) }],
    ["6 security groups", { securityGroupIds: many(6) }],
    ["no subnet", { subnets: [] }],
    ["no security group", { securityGroupIds: [] }],
    ["no ID", { vpcId: "" }],
  ])("fails with %s", async (_, options) => {
    await expect(create(inVpc(options))).rejects.toMatchObject({ name: INVALID });
  });
});

describe("a build", () => {
  test("is of its project as it was at the start, and runs until it is ended", async () => {
    await create();
    const build = await start();
    expect(build?.id).toMatch(/^warmer:[0-9a-f-]{36}$/);
    expect(build).toMatchObject({
      arn: `arn:aws:codebuild:us-east-1:${ACCOUNT}:build/${build?.id}`,
      projectName: NAME,
      buildNumber: 1,
      buildStatus: "IN_PROGRESS",
      buildComplete: false,
      startTime: expect.any(Date) as Date,
      environment: PROJECT.environment,
      serviceRole: ROLE,
    });
    await update({ source: { type: "NO_SOURCE", buildspec: '{"version":"0.2","phases":{}}' } });
    sdk.aws.codeBuild.endBuild({ accountId: ACCOUNT, region: REGION }, build?.id ?? "", "FAILED");
    const { builds, buildsNotFound } = await client.send(
      new BatchGetBuildsCommand({ ids: [build?.id ?? "", "warmer:absent"] }),
    );
    expect(builds).toMatchObject([
      { ...build, buildStatus: "FAILED", buildComplete: true, endTime: expect.any(Date) as Date },
    ]);
    expect(buildsNotFound).toEqual(["warmer:absent"]);
  });

  test("fails to start beside as many as the project may have, and starts when one of them has ended", async () => {
    await create({ concurrentBuildLimit: 2 });
    const first = await start();
    await start();
    await expect(start()).rejects.toMatchObject({ name: "AccountLimitExceededException" });
    sdk.aws.codeBuild.endBuild({ accountId: ACCOUNT, region: REGION }, first?.id ?? "", "SUCCEEDED");
    expect(await start()).toMatchObject({ buildNumber: 3 });
  });

  test("is not limited by the builds of another project", async () => {
    await create({ concurrentBuildLimit: 1 });
    await create({ name: "other", concurrentBuildLimit: 1 });
    await start();
    expect(await start("other")).toMatchObject({ buildNumber: 1 });
  });

  test("is there when its project is gone, and not among the contents", async () => {
    await create();
    const id = (await start())?.id ?? "";
    await client.send(new DeleteProjectCommand({ name: NAME }));
    const { builds } = await client.send(new BatchGetBuildsCommand({ ids: [id] }));
    expect(builds).toMatchObject([{ id, buildStatus: "IN_PROGRESS" }]);
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} global role builder`]);
  });

  test("fails with settings of its own, which are not kept here", async () => {
    await create();
    const input = { projectName: NAME, imageOverride: "alpine" };
    await expect(client.send(new StartBuildCommand(input))).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining("imageOverride") as string,
    });
  });

  test("is listed with those of its project, the last one first", async () => {
    await create();
    await create({ name: "other" });
    const list = async (projectName: string) =>
      (await client.send(new ListBuildsForProjectCommand({ projectName }))).ids;
    expect(await list(NAME)).toEqual([]);
    const [first, second] = [await start(), await start()];
    await start("other");
    expect(await list(NAME)).toEqual([second?.id, first?.id]);
    expect(await list(ARN)).toEqual([second?.id, first?.id]);
    await expect(list("absent")).rejects.toMatchObject({ name: NOT_FOUND });
  });

  test("is told to whoever runs builds", async () => {
    const started: StartedBuild[] = [];
    sdk.aws.codeBuild.onStart = (build) => started.push(build);
    await create();
    const id = (await start())?.id;
    expect(started).toEqual([
      {
        accountId: ACCOUNT,
        region: REGION,
        id,
        projectName: NAME,
        buildNumber: 1,
        settings: expect.objectContaining({ serviceRole: ROLE, environment: PROJECT.environment }) as object,
      },
    ]);
  });

  test("ends once", async () => {
    await create();
    const id = (await start())?.id ?? "";
    const end = () => sdk.aws.codeBuild.endBuild({ accountId: ACCOUNT, region: REGION }, id, "STOPPED");
    end();
    expect(end).toThrow(`${id} is not a build in progress`);
  });
});
