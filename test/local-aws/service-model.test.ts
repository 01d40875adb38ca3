import { CreateSecurityGroupCommand, DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateRepositoryCreationTemplateCommand,
  DescribePullThroughCacheRulesCommand,
  ECRClient,
} from "@aws-sdk/client-ecr";
import { CreateRoleCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { Sdk, trusting } from "./clients";
import { ACCOUNT } from "./server";
import type { LoggedRequest } from "./server";
import { modelViolations } from "./service-model";

const VPC = { vpcId: "vpc-0a1b2c3d4e5f60718", cidrBlock: "10.0.0.0/16" };

/** What was asked and answered, by the operation. */
let recorded: ReadonlyMap<string, LoggedRequest>;

beforeAll(async () => {
  const sdk = await Sdk.start();
  sdk.aws.ec2.addVpc({ accountId: ACCOUNT, region: "us-east-1" }, VPC);
  const ecr = sdk.client(ECRClient);
  const template = {
    prefix: "quay",
    appliedFor: ["PULL_THROUGH_CACHE" as const],
    resourceTags: [{ Key: "a", Value: "b" }],
  };
  await ecr.send(new CreateRepositoryCreationTemplateCommand(template));
  await ecr.send(new DescribePullThroughCacheRulesCommand({ maxResults: 5 }));
  const iam = sdk.client(IAMClient);
  const role = { RoleName: "warmer", AssumeRolePolicyDocument: trusting("scheduler.amazonaws.com") };
  const { Role } = await iam.send(new CreateRoleCommand({ ...role, Tags: [{ Key: "a", Value: "b" }] }));
  await expect(iam.send(new GetRoleCommand({ RoleName: "absent" }))).rejects.toThrow();
  const ec2 = sdk.client(EC2Client);
  await ec2.send(new CreateSecurityGroupCommand({ VpcId: VPC.vpcId, GroupName: "clients", Description: "clients" }));
  await ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [VPC.vpcId] }] }));
  const Target = { Arn: `arn:aws:codebuild:us-east-1:${ACCOUNT}:project/warmer`, RoleArn: Role?.Arn };
  await sdk.client(SchedulerClient).send(
    new CreateScheduleCommand({
      Name: "nightly",
      ScheduleExpression: "rate(1 hour)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target,
    }),
  );
  recorded = new Map(sdk.aws.requests.map((request) => [request.operation, request]));
  await sdk.stop();
});

function request(operation: string, changed: Partial<LoggedRequest> = {}): LoggedRequest {
  return { ...(recorded.get(operation) as LoggedRequest), ...changed };
}

function input(operation: string, changed: object): LoggedRequest {
  const { input: sent } = request(operation);
  const all: { [name: string]: unknown } = { ...sent, ...changed };
  return request(operation, {
    input: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
  });
}

function answer(operation: string, from: string | RegExp, to: string): LoggedRequest {
  const { answer: given } = request(operation);
  const changed = given.replace(from, to);
  expect(changed).not.toBe(given);
  return request(operation, { answer: changed });
}

test("what the SDK sends and the stand-in answers is as the model has it, in every protocol", () => {
  expect(recorded.size).toBe(7);
  expect([...recorded.values()].flatMap(modelViolations)).toEqual([]);
});

test.each<[string, () => LoggedRequest, string]>([
  [
    "a member that the operation does not have",
    () => input("DescribePullThroughCacheRules", { maxResult: 5 }),
    "ecr DescribePullThroughCacheRules request.maxResult is no member of DescribePullThroughCacheRulesRequest",
  ],
  [
    "a required member that is missing",
    () => input("CreateRepositoryCreationTemplate", { prefix: undefined }),
    "ecr CreateRepositoryCreationTemplate request.prefix is required",
  ],
  [
    "a required member that is missing further down",
    () => input("CreateSchedule", { FlexibleTimeWindow: {} }),
    "scheduler CreateSchedule request.FlexibleTimeWindow.Mode is required",
  ],
  [
    "a number written as text in JSON",
    () => input("DescribePullThroughCacheRules", { maxResults: "5" }),
    'ecr DescribePullThroughCacheRules request.maxResults must be a number, got "5"',
  ],
  [
    "text for a number in a form",
    () => input("CreateRole", { MaxSessionDuration: "an hour" }),
    'iam CreateRole request.MaxSessionDuration must be a number, got "an hour"',
  ],
  [
    "text for a boolean in a form",
    () => input("CreateSecurityGroup", { DryRun: "yes" }),
    'ec2 CreateSecurityGroup request.DryRun must be a boolean, got "yes"',
  ],
  [
    "an object for a list",
    () => input("CreateRepositoryCreationTemplate", { appliedFor: {} }),
    "ecr CreateRepositoryCreationTemplate request.appliedFor must be a list, got {}",
  ],
  [
    "a value that is not of the enumeration",
    () => input("CreateRepositoryCreationTemplate", { imageTagMutability: "SOMETIMES" }),
    'ecr CreateRepositoryCreationTemplate request.imageTagMutability must be one of IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE, MUTABLE_WITH_EXCLUSION, got "SOMETIMES"',
  ],
  [
    "a value that is not of the enumeration, in a list",
    () => input("CreateRepositoryCreationTemplate", { appliedFor: ["PULLS"] }),
    'ecr CreateRepositoryCreationTemplate request.appliedFor must be one of CREATE_ON_PUSH, PULL_THROUGH_CACHE, REPLICATION, got "PULLS"',
  ],
  [
    "an answer in JSON with a member more",
    () => answer("CreateRepositoryCreationTemplate", '{"registryId"', '{"registry":"","registryId"'),
    "ecr CreateRepositoryCreationTemplate answer.registry is no member of CreateRepositoryCreationTemplateResponse",
  ],
  [
    "an answer in JSON with null",
    () => answer("CreateRepositoryCreationTemplate", /"prefix":"quay"/, '"prefix":null'),
    "ecr CreateRepositoryCreationTemplate answer.repositoryCreationTemplate.prefix must be text, got null",
  ],
  [
    "an answer in XML with a member more",
    () => answer("CreateRole", "<RoleName>", "<Name></Name><RoleName>"),
    "iam CreateRole answer.Role.Name is no member of Role",
  ],
  [
    "an answer in XML without a required member",
    () => answer("CreateRole", /<RoleId>.*<\/RoleId>/, ""),
    "iam CreateRole answer.Role.RoleId is required",
  ],
  [
    "an answer in XML whose list has other items",
    () => answer("CreateRole", /<(\/?)member>/g, "<$1item>"),
    'iam CreateRole answer.Role.Tags must be a list, got {"item":{"Key":"a","Value":"b"}}',
  ],
  [
    "an answer of EC2 with the name that a request has",
    () => answer("DescribeSecurityGroups", /vpcId>/g, "VpcId>"),
    "ec2 DescribeSecurityGroups answer.securityGroupInfo[0].VpcId is no member of SecurityGroup",
  ],
  [
    "an error that the service does not have",
    () => request("GetRole", { errorCode: "RoleNotFound" }),
    'iam GetRole answer must be an error of the service, got "RoleNotFound"',
  ],
  [
    "an operation that the service does not have",
    () => request("GetRole", { operation: "FetchRole" }),
    "iam FetchRole is no operation of AWS",
  ],
])("the model refuses %s", (_, mutated, problem) => {
  const [found] = modelViolations(mutated());
  expect(found).toBe(problem);
});
