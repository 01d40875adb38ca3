import type { PolicyStatement } from "../aws/policy-statement";
import { scheduleDescription } from "./fixed-arguments";

/** The role of the builds. https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html */
export const BUILD_ROLE = {
  namePrefix: "ecr-cache-warmer-",
  description: (projectName: string): string => `Pulls images through a cache for the CodeBuild project ${projectName}`,
  service: "codebuild.amazonaws.com",
} as const;

/** The role of the schedules. https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html */
export const SCHEDULE_ROLE = {
  namePrefix: "ecr-cache-warmer-schedule-",
  description: scheduleDescription,
  service: "scheduler.amazonaws.com",
} as const;

/** The permission of a build to write its log. */
export function writeLogs(logGroupArn: string): PolicyStatement {
  return { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `${logGroupArn}:*` };
}

/**
 * The permissions of a build in a VPC.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html
 *
 * @param ec2Arn the beginning of the ARNs of network interfaces, up to the account
 */
export function networkStatements(ec2Arn: string, subnetArns: string | string[]): PolicyStatement[] {
  return [
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
      Resource: `${ec2Arn}:network-interface/*`,
      Condition: {
        StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com", "ec2:Subnet": subnetArns },
      },
    },
  ];
}

/** The permission of a schedule to start the builds of a project. */
export function startBuilds(projectArn: string): PolicyStatement {
  return { Effect: "Allow", Action: "codebuild:StartBuild", Resource: projectArn };
}
