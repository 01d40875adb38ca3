import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  StartBuildCommand,
} from "@aws-sdk/client-codebuild";
import { CreatePullThroughCacheRuleCommand, CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { REGION, Sdk, trusting } from "../local-aws/clients";
import { imageOf } from "../local-aws/ecr/images";
import { ACCOUNT } from "../local-aws/server";
import { runBuilds } from "./builds";

const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const BASE = `${REGISTRY}/ecr-public/team/base:1`;
const OWN = `${REGISTRY}/team/app:1`;
const SCOPE = { accountId: ACCOUNT, region: REGION };
const VPC = "vpc-0a1b2c3d4e5f60718";
const SUBNET = "subnet-0a1b2c3d4e5f60718";
const SIGN_IN = `aws ecr get-login-password | docker login --username AWS --password-stdin ${REGISTRY}`;
const PUSH = [
  "BatchCheckLayerAvailability",
  "InitiateLayerUpload",
  "UploadLayerPart",
  "CompleteLayerUpload",
  "BatchGetImage",
  "PutImage",
];

let sdk: Sdk;
beforeEach(async () => {
  sdk = await Sdk.start();
  runBuilds(sdk.aws);
  await sdk.client(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName: "/aws/codebuild/app" }));
  const ecr = sdk.client(ECRClient);
  await ecr.send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: "ecr-public",
      upstreamRegistryUrl: "public.ecr.aws",
    }),
  );
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "team/app" }));
  sdk.aws.ecr.upstreams.put("public.ecr.aws", "team/base", "1", imageOf("base"));
});
afterEach(() => sdk.stop());

/** Runs the commands of a build with a role that may do some things; returns how it ended and what it logged. */
async function build(commands: string[], actions: string[], subnetId?: string) {
  const iam = sdk.client(IAMClient);
  const RoleName = "builder";
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting("codebuild.amazonaws.com") }));
  const PolicyDocument = JSON.stringify({ Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "builds", PolicyDocument }));
  const client = sdk.client(CodeBuildClient);
  await client.send(
    new CreateProjectCommand({
      name: "app",
      serviceRole: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
      source: {
        type: "NO_SOURCE",
        buildspec: JSON.stringify({ version: "0.2", phases: { build: { commands: [SIGN_IN, ...commands] } } }),
      },
      artifacts: { type: "NO_ARTIFACTS" },
      environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_SMALL", image: "any" },
      vpcConfig: subnetId === undefined ? undefined : { vpcId: VPC, subnets: [subnetId], securityGroupIds: ["sg-1"] },
    }),
  );
  const id = (await client.send(new StartBuildCommand({ projectName: "app" }))).build?.id ?? "";
  for (;;) {
    const { builds } = await client.send(new BatchGetBuildsCommand({ ids: [id] }));
    const status = builds?.[0]?.buildStatus;
    if (status !== "IN_PROGRESS") {
      const input = { logGroupName: "/aws/codebuild/app" };
      const { events = [] } = await sdk.client(CloudWatchLogsClient).send(new FilterLogEventsCommand(input));
      return { status, log: events.map(({ message }) => message).join("\n") };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("a build that runs", () => {
  const pushOwn = [`printf 'FROM ${BASE}\n' | docker build --tag ${OWN} -`, `docker push ${OWN}`];

  test("pulls, builds and pushes what its role may", async () => {
    const actions = ["ecr:GetAuthorizationToken", "ecr:*"];
    expect(await build([`docker pull ${BASE}`, ...pushOwn], actions)).toMatchObject({ status: "SUCCEEDED" });
    expect(sdk.aws.ecr.repositories.tryFind("team/app", SCOPE)?.tags.has("1")).toBe(true);
  });

  test("fails when its role may not pull", async () => {
    const { status, log } = await build([`docker pull ${BASE}`], ["ecr:GetAuthorizationToken"]);
    expect([status, log]).toEqual(["FAILED", expect.stringContaining("ecr:BatchImportUpstreamImage") as string]);
  });

  test("fails when its role may pull and not push", async () => {
    const pull = ["ecr:Get*", "ecr:Batch*", "ecr:CreateRepository"];
    const { status, log } = await build(pushOwn, pull);
    expect([status, log]).toEqual(["FAILED", expect.stringContaining("ecr:InitiateLayerUpload") as string]);
  });

  test("fails when its role may push and not pull", async () => {
    const push = ["ecr:GetAuthorizationToken", ...PUSH.map((action) => `ecr:${action}`)];
    const { status, log } = await build(pushOwn, push);
    expect([status, log]).toEqual(["FAILED", expect.stringContaining("ecr:BatchImportUpstreamImage") as string]);
  });

  test("fails in a subnet that nothing leads out of", async () => {
    const routeTableId = "rtb-0a1b2c3d4e5f60718";
    sdk.aws.ec2.addVpc(SCOPE, { vpcId: VPC, cidrBlock: "10.0.0.0/16" });
    sdk.aws.ec2.addRouteTable(SCOPE, { routeTableId, vpcId: VPC });
    const subnet = { subnetId: SUBNET, vpcId: VPC, availabilityZone: `${REGION}a`, cidrBlock: "10.0.1.0/24" };
    sdk.aws.ec2.addSubnet(SCOPE, { ...subnet, routeTableId });
    const { status, log } = await build([`docker pull ${BASE}`], ["ecr:*", "ec2:*"], SUBNET);
    expect([status, log]).toEqual(["FAILED", expect.stringContaining(`no route from ${SUBNET}`) as string]);
  });
});
