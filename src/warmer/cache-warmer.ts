import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import type { PolicyStatement } from "../aws/policy-statement";
import type { Registry } from "../aws/registry";
import { serviceRole } from "../aws/service-role";
import { pullStatements } from "../cache/pull-policy";
import { isUnresolved } from "../terraform/tokens";
import { addressErrors } from "../validation/address-errors";
import { checkInStack } from "../validation/in-stack";
import { JsonOnly } from "../validation/json-only";
import { propsOf } from "../validation/props-of";
import { ValidationErrors } from "../validation/validation-errors";
import { buildVariables, warmingBuildspec } from "./buildspec";
import type { CacheWarmerProps } from "./cache-warmer-props";
import {
  alarmDescription,
  alarmName,
  BUILD_ENVIRONMENT,
  CONCURRENT_BUILD_LIMIT,
  FAILURE_ALARM,
  FLEXIBLE_TIME_WINDOW,
  logGroupName,
  PROJECT_DESCRIPTION,
  RETRY_POLICY,
  RUN_ON_CHANGE_EXPRESSION,
  RUN_ON_CHANGE_SUFFIX,
  scheduleDescription,
} from "./fixed-arguments";
import { BUILD_ROLE, networkStatements, SCHEDULE_ROLE, startBuilds, writeLogs } from "./policy-statements";
import { DEFAULTS } from "./rules";
import { checkWarmer, defaultProjectName, projectClashes, warmedImages } from "./warmer-checks";

/**
 * Pulls images through a cache on a schedule, from a network with a route to the internet. Clients in private subnets
 * then pull images that ECR has cached already, and the runs make most of the daily refreshes of tags.
 *
 * It creates:
 * - a CodeBuild project without source and without privileges. A build reads every manifest, and every layer that is
 *   not cached yet, and stores nothing;
 * - a log group, and an EventBridge schedule that starts the project; with `runOnChange`, also a one-time schedule;
 * - a role for the project, which may pull through the upstreams of these images and write these logs, and a role for
 *   the schedule, which may start this project;
 * - an alarm, if a topic is given.
 *
 * Only one build runs at a time. A build tries all images, and then fails with the names of those that it could not
 * pull or had no time for. A run costs one or two minutes of the smallest CodeBuild compute type. To start one by hand,
 * run `aws codebuild start-build --project-name <projectName>`. Until a run has pulled an image, and for images that
 * are not in the list, a client makes the first pull.
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
   * @param props the images, the schedule and the network
   * @throws before it creates a resource, if the props have mistakes. One error lists all of them: unknown props;
   * values that break a rule of their prop; a cache of another stack; images that are tokens, have a digest, come from
   * no upstream of the cache, or are given twice; images of more than 120,000 characters as JSON
   * @throws at once, if no scope is a TerraformStack
   * @throws from `app.synth()`, if another element of the stack has an address of the warmer
   * @throws from `app.synth()`, if another CodeBuild project of the app has the same name, provider and region
   * @throws from `app.synth()`, if the app has HCL output and the warmer has `runOnChange`
   */
  public constructor(scope: Construct, id: string, props: CacheWarmerProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    this.props = propsOf(this, props);
    checkInStack(errors, this, "give the stack of the cache");
    checkWarmer(errors, this, this.props);
    const images = warmedImages(errors, this.props);
    errors.throwAndRemove(this);

    this.projectName = this.props.projectName ?? defaultProjectName(this);
    const prefixes = [...new Set(images.map(({ prefix }) => prefix))];
    const warmed = images.map(({ image, path, tag }) => ({ image, repository: path, tag }));
    const project = this.createProject(warmingBuildspec(warmed, this.props.includeReferrers), prefixes);
    this.createSchedules(project, prefixes);
    if (this.props.alarmTopicArn !== undefined) {
      this.createAlarm(project, this.props.alarmTopicArn);
    }
    prefixes.forEach((prefix) => this.props.cache._internals.warmedPrefixes.add(prefix));
    this.node.addValidation({ validate: () => [...addressErrors(this), ...projectClashes(this)] });
  }

  private createProject(buildspec: string, prefixes: string[]): CodebuildProject {
    const { cache, vpcId, subnetIds = [], securityGroupIds = [] } = this.props;
    const registry = cache._internals.registry;
    const minutes = this.props.timeoutInMinutes ?? DEFAULTS.timeoutInMinutes;
    const logs = new CloudwatchLogGroup(this, "logs", {
      ...registry.regional,
      name: logGroupName(this.projectName),
      retentionInDays: this.props.logRetentionInDays ?? DEFAULTS.logRetentionInDays,
    });
    const pulls = cache._internals.pullGrant({ prefixes });
    const role = serviceRole(this, {
      id: "build-role",
      ...BUILD_ROLE,
      description: BUILD_ROLE.description(this.projectName),
      accountId: registry.accountId,
      statements: () => [
        ...pullStatements([pulls]),
        writeLogs(logs.arn),
        ...(vpcId === undefined ? [] : networkPermissions(registry, subnetIds)),
      ],
      options: this.props.roleOptions,
      provider: registry.regional.provider,
    });
    return new CodebuildProject(this, "project", {
      ...registry.regional,
      name: this.projectName,
      description: PROJECT_DESCRIPTION,
      serviceRole: role.roleArn,
      source: { type: "NO_SOURCE", buildspec },
      artifacts: { type: "NO_ARTIFACTS" },
      environment: {
        ...BUILD_ENVIRONMENT,
        environmentVariable: buildVariables(
          registry.uri,
          isUnresolved(minutes) ? Token.asString(minutes) : String(minutes),
        ),
      },
      concurrentBuildLimit: CONCURRENT_BUILD_LIMIT,
      buildTimeout: minutes,
      logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logs.name } },
      vpcConfig: vpcId === undefined ? undefined : { vpcId, subnets: subnetIds, securityGroupIds },
      dependsOn: role.dependsOn,
    });
  }

  private createSchedules(project: CodebuildProject, prefixes: string[]): void {
    const { registry, rules } = this.props.cache._internals;
    const { regional, accountId } = registry;
    const role = serviceRole(this, {
      id: "schedule-role",
      ...SCHEDULE_ROLE,
      description: SCHEDULE_ROLE.description(this.projectName),
      accountId,
      statements: () => [startBuilds(project.arn)],
      options: this.props.roleOptions,
      provider: regional.provider,
    });
    const common = {
      ...regional,
      description: scheduleDescription(this.projectName),
      flexibleTimeWindow: FLEXIBLE_TIME_WINDOW,
      target: { arn: project.arn, roleArn: role.roleArn, retryPolicy: RETRY_POLICY },
      // A schedule with a rate starts its first run at once, and the run needs the cache rules.
      dependsOn: [
        ...role.dependsOn,
        ...[...rules].filter(([prefix]) => prefixes.includes(prefix)).map(([, rule]) => rule),
      ],
    };
    new SchedulerSchedule(this, "schedule", {
      ...common,
      name: this.projectName,
      scheduleExpression: this.props.schedule ?? DEFAULTS.schedule,
    });
    if (this.props.runOnChange === true) {
      new JsonOnly(this, "json-only", "the HCL output cannot write what replaces the schedule of `runOnChange`");
      const projectAddress = `aws_codebuild_project.${project.friendlyUniqueId}`;
      new SchedulerSchedule(this, "run-on-change", {
        ...common,
        name: `${this.projectName}${RUN_ON_CHANGE_SUFFIX}`,
        scheduleExpression: RUN_ON_CHANGE_EXPRESSION,
        // AWS refuses a time in the past, so the schedule is never updated: a new one takes its place.
        lifecycle: {
          ignoreChanges: "all",
          // The source has the images. A project with another name has another ARN.
          replaceTriggeredBy: [`${projectAddress}.source`, `${projectAddress}.arn`],
        },
      });
    }
  }

  private createAlarm(project: CodebuildProject, topicArn: string): void {
    new CloudwatchMetricAlarm(this, "alarm", {
      ...this.props.cache._internals.registry.regional,
      ...FAILURE_ALARM,
      alarmName: alarmName(this.projectName),
      alarmDescription: alarmDescription(this.projectName),
      dimensions: { ProjectName: project.name },
      alarmActions: [topicArn],
    });
  }
}

function networkPermissions(
  { partition, region, accountId }: Registry,
  subnetIds: readonly string[],
): PolicyStatement[] {
  const ec2Arn = `arn:${partition}:ec2:${region}:${accountId}`;
  // The list may be a token.
  const subnetArns = Token.isUnresolved(subnetIds)
    ? Token.asList(Fn.formatlist("arn:%s:ec2:%s:%s:subnet/%s", [partition, region, accountId, subnetIds]))
    : subnetIds.map((id) => `${ec2Arn}:subnet/${id}`);
  return networkStatements(ec2Arn, subnetArns);
}
