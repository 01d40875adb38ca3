// Builds in private subnets without internet access pull a base image through a warmed cache and push to a repository.
// Creates: endpoints of ECR, S3, CodeBuild and CloudWatch Logs, caches, a warmer, a repository for images, and a build.
// Run: npx tsx examples/private-codebuild/main.ts, then terraform init and plan in cdktf.out/stacks/private-codebuild.
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { App, Fn, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import {
  EndpointService,
  CacheWarmer,
  FirstPull,
  PullThroughCache,
  RegistryCredential,
  RegistryEndpoints,
  Upstream,
} from "cdktf-ecr-pull-through-cache";

const account = "111122223333";
const region = "eu-west-1";
const vpcId = "vpc-0c0de000000000001";
const subnetIds = ["subnet-0c0de00000000000a", "subnet-0c0de00000000000b"];

const app = new App();
const stack = new TerraformStack(app, "private-codebuild");
new AwsProvider(stack, "aws", { region });
new LocalBackend(stack, { path: "../../../terraform.private-codebuild.tfstate" });

const cache = new PullThroughCache(stack, "cache", {
  accountId: account,
  upstreams: [
    Upstream.ecrPublic(),
    Upstream.dockerHub(
      RegistryCredential.managed({
        usernameVariable: "docker_hub_username",
        accessTokenVariable: "docker_hub_access_token",
        version: 1,
      }),
    ),
  ],
});

const images = new EcrRepository(stack, "images", { name: "team/app", imageTagMutability: "IMMUTABLE" });

const builds = new SecurityGroup(stack, "builds", { namePrefix: "image-builds-", description: "Builds", vpcId });
new VpcSecurityGroupEgressRule(stack, "builds-out", {
  securityGroupId: builds.id,
  description: "HTTPS to endpoints",
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
  cidrIpv4: "0.0.0.0/0",
});

const endpoints = new RegistryEndpoints(stack, "endpoints", {
  vpcId,
  subnetIds,
  routeTableIds: ["rtb-0c0de000000000001"],
  clientSecurityGroupIds: [builds.id],
  firstPull: FirstPull.PREWARMED, // the subnets have no route to the internet
  services: [EndpointService.CLOUDWATCH_LOGS, EndpointService.CODEBUILD],
  pushRepositoryArns: [images.arn],
});

const warmer = new CacheWarmer(stack, "warmer", {
  cache,
  images: ["python:3.12-slim", "public.ecr.aws/docker/library/alpine:3.22"],
  schedule: "rate(1 hour)",
});

// The role of the build may pull through the cache and push to the one repository. The cache names the base image.
const logs = new CloudwatchLogGroup(stack, "build-logs", { name: "/aws/codebuild/image-build", retentionInDays: 30 });
const role = new IamRole(stack, "build-role", {
  namePrefix: "image-build-",
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "codebuild.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
});
const ec2 = `arn:aws:ec2:${region}:${account}`;
const policy = new IamRolePolicy(stack, "build-policy", {
  role: role.name,
  policy: Fn.jsonencode({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `${logs.arn}:*` },
      {
        // https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
        Effect: "Allow",
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ],
        Resource: images.arn,
      },
      {
        Effect: "Allow",
        Action: [
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeDhcpOptions",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ],
        Resource: "*",
      },
      {
        Effect: "Allow",
        Action: "ec2:CreateNetworkInterfacePermission",
        Resource: `${ec2}:network-interface/*`,
        Condition: {
          StringEquals: {
            "ec2:AuthorizedService": "codebuild.amazonaws.com",
            "ec2:Subnet": subnetIds.map((id) => `${ec2}:subnet/${id}`),
          },
        },
      },
    ],
  }),
});
const pulls = cache.grantPull(role, { prefixes: ["docker-hub"] });

new CodebuildProject(stack, "build", {
  name: "image-build",
  serviceRole: role.arn,
  source: {
    type: "NO_SOURCE",
    buildspec: JSON.stringify({
      version: "0.2",
      phases: {
        pre_build: {
          commands: [
            `aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"`,
            `docker pull "$PYTHON"`,
          ],
        },
        build: {
          commands: [
            `image="$IMAGES:build-$CODEBUILD_BUILD_NUMBER"`,
            `printf 'FROM %s\\nRUN python -V\\n' "$PYTHON" | docker build --tag "$image" -`,
            `docker push "$image"`,
          ],
        },
      },
    }),
  },
  artifacts: { type: "NO_ARTIFACTS" },
  environment: {
    type: "LINUX_CONTAINER",
    computeType: "BUILD_GENERAL1_SMALL",
    image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    privilegedMode: true, // for docker build; pulling alone needs none
    environmentVariable: [
      { name: "REGISTRY", value: endpoints.registryUri },
      { name: "IMAGES", value: images.repositoryUrl },
      { name: "PYTHON", value: `${endpoints.repositoryUri("docker-hub", "python")}:3.12-slim` },
    ],
  },
  logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logs.name } },
  vpcConfig: { vpcId, subnets: subnetIds, securityGroupIds: [builds.id] },
  dependsOn: [policy, pulls, ...endpoints.dependables],
});

new TerraformOutput(stack, "warmer-project", { value: warmer.projectName });

app.synth();
