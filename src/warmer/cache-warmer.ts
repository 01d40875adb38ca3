import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import type { PolicyStatement } from "../aws/policy-document";
import type { Registry } from "../aws/registry";
import { serviceRole } from "../aws/service-role";
import { pullStatements } from "../cache/pull-policy";
import { isUnresolved } from "../terraform/tokens";
import { addressClashes } from "../validation/address-clashes";
import { checkInStack } from "../validation/in-stack";
import { ValidationErrors } from "../validation/validation-errors";
import { warmingBuildspec } from "./buildspec";
import type { CacheWarmerProps } from "./cache-warmer-props";
import { checkWarmer, defaultProjectName, projectClashes, warmedImages } from "./warmer-checks";

const DEFAULT_SCHEDULE = "rate(1 hour)";
const DEFAULT_TIMEOUT_MINUTES = 60;
const DEFAULT_LOG_RETENTION_DAYS = 30;

// It contains Node.js, a shell and the AWS CLI.
// https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
const BUILD_IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0";

/**
 * Pulls images through a cache on a schedule, from a network with a route to the internet. Clients in private subnets then
 * pull cached images only, and the daily refresh of tags happens here as well.
 *
 * It creates:
 * - a CodeBuild project without source and without privileges. A build reads every manifest, and every layer that is not
 *   cached yet, and stores nothing;
 * - a log group, and an EventBridge schedule that starts the project;
 * - a role for the project, which may pull through the upstreams of these images and write these logs, and a role for the
 *   schedule, which may start this project;
 * - an alarm, if a topic is given.
 *
 * Only one build runs at a time. A build tries all images, and then fails with the names of those that it could not pull or
 * had no time for. A run costs one or two minutes of the smallest CodeBuild compute type. To start one by hand, run
 * `aws codebuild start-build --project-name <projectName>`. Until a run has pulled an image, and for images that are not in
 * the list, a client makes the first pull.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export class CacheWarmer extends Construct {
  /** Name of the CodeBuild project, to start it by hand or from elsewhere. */
  public readonly projectName: string;

  private readonly props: CacheWarmerProps;

  /**
   * @param scope the stack of the cache, or a construct in it
   * @param id part of the address of every resource: changing it replaces them all
   * @param props the images, and when to pull them
   */
  public constructor(scope: Construct, id: string, props: CacheWarmerProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    checkInStack(errors, this, "give the stack of the cache");
    checkWarmer(errors, this, { ...props });
    const images = warmedImages(errors, { ...props });
    errors.throwAndRemove(this);

    const { subnetIds, securityGroupIds } = props;
    this.props = {
      ...props,
      subnetIds: subnetIds && [...subnetIds],
      securityGroupIds: securityGroupIds && [...securityGroupIds],
    };
    this.projectName = props.projectName ?? defaultProjectName(this);
    const prefixes = [...new Set(images.map(({ prefix }) => prefix))];
    const project = this.createProject(
      warmingBuildspec(images.map(({ image, path, tag }) => ({ image, repository: path, tag }))),
      prefixes,
    );
    this.createSchedule(project, prefixes);
    if (props.alarmTopicArn !== undefined) {
      this.createAlarm(project, props.alarmTopicArn);
    }
    prefixes.forEach((prefix) => props.cache._internals.warmedPrefixes.add(prefix));
    this.node.addValidation({ validate: () => [...addressClashes(this), ...projectClashes(this)] });
  }

  private createProject(buildspec: string, prefixes: string[]): CodebuildProject {
    const { cache, vpcId, subnetIds = [], securityGroupIds = [] } = this.props;
    const registry = cache._internals.registry;
    const minutes = this.props.timeoutInMinutes ?? DEFAULT_TIMEOUT_MINUTES;
    const logs = new CloudwatchLogGroup(this, "logs", {
      ...registry.regional,
      name: `/aws/codebuild/${this.projectName}`,
      retentionInDays: this.props.logRetentionInDays ?? DEFAULT_LOG_RETENTION_DAYS,
    });
    const pulls = cache._internals.pullGrant({ prefixes });
    const writeLogs: PolicyStatement = {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logs.arn}:*`,
    };
    const role = serviceRole(this, {
      id: "build-role",
      namePrefix: "ecr-cache-warmer-",
      description: `Pulls images through a cache for the CodeBuild project ${this.projectName}`,
      service: "codebuild.amazonaws.com",
      accountId: registry.accountId,
      statements: () => [
        ...pullStatements([pulls]),
        writeLogs,
        ...(vpcId === undefined ? [] : networkStatements(registry, subnetIds)),
      ],
      provider: registry.regional.provider,
    });
    return new CodebuildProject(this, "project", {
      ...registry.regional,
      name: this.projectName,
      description: "Pulls images through the pull-through cache of Amazon ECR, so that clients meet cached images",
      serviceRole: role.roleArn,
      source: { type: "NO_SOURCE", buildspec },
      artifacts: { type: "NO_ARTIFACTS" },
      environment: {
        type: "LINUX_CONTAINER",
        computeType: "BUILD_GENERAL1_SMALL",
        image: BUILD_IMAGE,
        privilegedMode: false,
        environmentVariable: [
          { name: "REGISTRY", value: registry.uri },
          { name: "MINUTES", value: isUnresolved(minutes) ? Token.asString(minutes) : String(minutes) },
        ],
      },
      concurrentBuildLimit: 1,
      buildTimeout: minutes,
      logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logs.name } },
      vpcConfig: vpcId === undefined ? undefined : { vpcId, subnets: subnetIds, securityGroupIds },
      dependsOn: role.dependsOn,
    });
  }

  private createSchedule(project: CodebuildProject, prefixes: string[]): void {
    const { registry, rules } = this.props.cache._internals;
    const { regional, accountId } = registry;
    const role = serviceRole(this, {
      id: "schedule-role",
      namePrefix: "ecr-cache-warmer-schedule-",
      description: `Starts the CodeBuild project ${this.projectName}`,
      service: "scheduler.amazonaws.com",
      accountId,
      statements: () => [{ Effect: "Allow", Action: "codebuild:StartBuild", Resource: project.arn }],
      provider: regional.provider,
    });
    new SchedulerSchedule(this, "schedule", {
      ...regional,
      name: this.projectName,
      description: `Starts the CodeBuild project ${this.projectName}`,
      scheduleExpression: this.props.schedule ?? DEFAULT_SCHEDULE,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: project.arn,
        roleArn: role.roleArn,
        // While a build runs, CodeBuild refuses another one, and the default policy would retry that for a day.
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 900 },
      },
      // The first run starts at once and needs the cache rules.
      dependsOn: [
        ...role.dependsOn,
        ...[...rules].filter(([prefix]) => prefixes.includes(prefix)).map(([, rule]) => rule),
      ],
    });
  }

  private createAlarm(project: CodebuildProject, topicArn: string): void {
    // https://docs.aws.amazon.com/codebuild/latest/userguide/monitoring-metrics.html
    new CloudwatchMetricAlarm(this, "alarm", {
      ...this.props.cache._internals.registry.regional,
      alarmName: `${this.projectName}-failed`,
      alarmDescription: `An image could not be pulled: see the log of the CodeBuild project ${this.projectName}`,
      namespace: "AWS/CodeBuild",
      metricName: "FailedBuilds",
      dimensions: { ProjectName: project.name },
      statistic: "Sum",
      period: 300,
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "notBreaching",
      alarmActions: [topicArn],
    });
  }
}

/** The permissions of a build in a VPC. https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html */
function networkStatements(
  { partition, region, accountId }: Registry,
  subnetIds: readonly string[],
): PolicyStatement[] {
  const ec2 = `arn:${partition}:ec2:${region}:${accountId}`;
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
      Resource: `${ec2}:network-interface/*`,
      Condition: {
        StringEquals: {
          "ec2:AuthorizedService": "codebuild.amazonaws.com",
          // The list may be a token.
          "ec2:Subnet": Token.isUnresolved(subnetIds)
            ? Token.asList(Fn.formatlist("arn:%s:ec2:%s:%s:subnet/%s", [partition, region, accountId, subnetIds]))
            : subnetIds.map((id) => `${ec2}:subnet/${id}`),
        },
      },
    },
  ];
}
