import { randomUUID } from "node:crypto";
import { parse } from "yaml";
import type { Iam } from "../iam/iam";
import { AwsError, Store, optionalList, optionalText, partitionOf, text } from "../service";
import type { Fields, Scope, Service } from "../service";

interface Build {
  readonly id: string;
  readonly projectName: string;
  readonly buildNumber: number;
  readonly startTime: number;
  readonly settings: Fields;
  status: BuildStatus;
  endTime: number | undefined;
}

/** A build that has started, with what it has of its project. */
export interface StartedBuild extends Scope {
  readonly id: string;
  readonly projectName: string;
  readonly buildNumber: number;
  readonly settings: Fields;
}

/** How far a build is. */
export type BuildStatus = "IN_PROGRESS" | "SUCCEEDED" | "FAILED" | "FAULT" | "TIMED_OUT" | "STOPPED";

const ENVIRONMENT_TYPES = ["LINUX_CONTAINER", "ARM_CONTAINER"];
const COMPUTE_TYPES = ["SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"].map((size) => `BUILD_GENERAL1_${size}`);
const MAX_DESCRIPTION = 255;
const MAX_TAGS = 50;
const MAX_SUBNETS = 16;
const MAX_SECURITY_GROUPS = 5;
/** What a build has of its project as it was when it began. */
const OF_PROJECT = ["source", "artifacts", "environment", "serviceRole", "logsConfig", "vpcConfig"];

/** AWS CodeBuild: projects without a source, and their builds, which run until somebody says how they ended. */
export class CodeBuild implements Service {
  /** Is told of every build that starts. @default - builds run until somebody ends them */
  public onStart: ((build: StartedBuild) => void) | undefined;
  private readonly projects = new Store<Fields>("build project");
  private readonly builds = new Store<Build>("build");

  public constructor(private readonly iam: Iam) {}

  public readonly operations: Service["operations"] = {
    CreateProject: (input, scope) => {
      const name = text(input, "name");
      // https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
      if (!/^[A-Za-z0-9][A-Za-z0-9\-_]{1,149}$/.test(name)) {
        throw invalid(`Invalid project name: ${name}`);
      }
      if (this.projects.in(scope).has(name)) {
        throw new AwsError("ResourceAlreadyExistsException", `Project already exists: ${projectArn(name, scope)}`);
      }
      const now = Math.floor(Date.now() / 1000);
      const project = {
        timeoutInMinutes: 60,
        queuedTimeoutInMinutes: 480,
        cache: { type: "NO_CACHE" },
        encryptionKey: `arn:${partitionOf(scope.region)}:kms:${scope.region}:${scope.accountId}:alias/aws/s3`,
        ...input,
        vpcConfig: vpcIn(input),
        arn: projectArn(name, scope),
        created: now,
        lastModified: now,
      };
      this.check(project, scope);
      this.projects.in(scope).set(name, project);
      return { project };
    },
    BatchGetProjects: (input, scope) => {
      const names = optionalList<string>(input, "names") ?? [];
      const all = this.projects.in(scope);
      return {
        projects: names.flatMap((name) => all.get(keyOf(name, scope)) ?? []),
        projectsNotFound: names.filter((name) => !all.has(keyOf(name, scope))),
      };
    },
    UpdateProject: (input, scope) => {
      const former = this.find(text(input, "name"), scope);
      const project: Fields = {
        ...former,
        ...input,
        name: former["name"],
        vpcConfig: vpcIn({ ...former, ...input }),
        // -1 takes a limit away.
        concurrentBuildLimit:
          input["concurrentBuildLimit"] === -1
            ? undefined
            : (input["concurrentBuildLimit"] ?? former["concurrentBuildLimit"]),
        lastModified: Math.floor(Date.now() / 1000),
      };
      this.check(project, scope);
      this.projects.in(scope).set(text(project, "name"), project);
      return { project };
    },
    DeleteProject: (input, scope) => {
      this.projects.in(scope).delete(keyOf(text(input, "name"), scope));
      return {};
    },
    StartBuild: (input, scope) => {
      const overrides = Object.keys(input).filter((name) => name !== "projectName");
      if (overrides.length > 0) {
        throw invalid(`${overrides.join(", ")} cannot be said of a build here`);
      }
      const project = this.find(text(input, "projectName"), scope);
      const projectName = text(project, "name");
      const builds = [...this.builds.in(scope).values()].filter((build) => build.projectName === projectName);
      const limit = Number(project["concurrentBuildLimit"] ?? Infinity);
      if (builds.filter(({ status }) => status === "IN_PROGRESS").length >= limit) {
        throw new AwsError(
          "AccountLimitExceededException",
          `Cannot have more than ${limit} active builds for the project`,
        );
      }
      const build: Build = {
        id: `${projectName}:${randomUUID()}`,
        projectName,
        buildNumber: builds.length + 1,
        startTime: Date.now() / 1000,
        settings: Object.fromEntries(OF_PROJECT.map((name) => [name, project[name]])),
        status: "IN_PROGRESS",
        endTime: undefined,
      };
      this.builds.in(scope).set(build.id, build);
      const { id, buildNumber, settings } = build;
      const { accountId, region } = scope;
      this.onStart?.({ accountId, region, id, projectName, buildNumber, settings });
      return { build: described(build, scope) };
    },
    // The builds with the highest numbers come first.
    ListBuildsForProject: (input, scope) => {
      const others = Object.keys(input).filter((name) => name !== "projectName");
      if (others.length > 0) {
        throw invalid(`${others.join(", ")} cannot be said of a list here`);
      }
      const projectName = text(this.find(text(input, "projectName"), scope), "name");
      const builds = [...this.builds.in(scope).values()].filter((build) => build.projectName === projectName);
      return { ids: builds.map(({ id }) => id).reverse() };
    },
    BatchGetBuilds: (input, scope) => {
      const ids = optionalList<string>(input, "ids") ?? [];
      const all = this.builds.in(scope);
      return {
        builds: ids.flatMap((id) => all.get(id) ?? []).map((build) => described(build, scope)),
        buildsNotFound: ids.filter((id) => !all.has(id)),
      };
    },
  };

  /** The projects: builds are records, which AWS keeps when their project is gone. */
  public contents(): string[] {
    return this.projects.contents();
  }

  /** Ends a build that is in progress. */
  public endBuild(scope: Scope, buildId: string, status: Exclude<BuildStatus, "IN_PROGRESS">): void {
    const build = this.builds.in(scope).get(buildId);
    if (build?.status !== "IN_PROGRESS") {
      throw new Error(`${buildId} is not a build in progress`);
    }
    build.status = status;
    build.endTime = Date.now() / 1000;
  }

  private find(nameOrArn: string, scope: Scope): Fields {
    const project = this.projects.in(scope).get(keyOf(nameOrArn, scope));
    if (project === undefined) {
      throw new AwsError(
        "ResourceNotFoundException",
        `Project cannot be found: ${projectArn(keyOf(nameOrArn, scope), scope)}`,
      );
    }
    return project;
  }

  private check(project: Fields, scope: Scope): void {
    checkSource(fieldsIn(project, "source"));
    checkEnvironment(fieldsIn(project, "environment"));
    checkNumbers(project);
    if (fieldsIn(project, "artifacts")["type"] !== "NO_ARTIFACTS") {
      throw invalid("Projects with artifacts are not kept here");
    }
    if ((optionalText(project, "description") ?? "").length > MAX_DESCRIPTION) {
      throw invalid(`Invalid description: at most ${MAX_DESCRIPTION} characters`);
    }
    if ((optionalList(project, "tags") ?? []).length > MAX_TAGS) {
      throw invalid(`Invalid tags: at most ${MAX_TAGS}`);
    }
    const role = text(project, "serviceRole");
    if (this.iam.whyNot(role, "codebuild.amazonaws.com", [], scope) !== undefined) {
      throw invalid(`CodeBuild is not authorized to perform: sts:AssumeRole on ${role}`);
    }
    // CodeBuild looks at the network with the project's own role.
    const seeing = project["vpcConfig"] === undefined ? [] : ["ec2:DescribeSecurityGroups"];
    if (this.iam.whyNot(role, "codebuild.amazonaws.com", seeing, scope) !== undefined) {
      throw invalid("Not authorized to perform DescribeSecurityGroups");
    }
  }
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidInputException", message);
}

function projectArn(name: string, scope: Scope): string {
  return `arn:${partitionOf(scope.region)}:codebuild:${scope.region}:${scope.accountId}:project/${name}`;
}

/** Where a project may be named, its ARN may stand too. */
function keyOf(nameOrArn: string, scope: Scope): string {
  const prefix = projectArn("", scope);
  return nameOrArn.startsWith(prefix) ? nameOrArn.slice(prefix.length) : nameOrArn;
}

function fieldsIn(input: Fields, name: string): Fields {
  const value = input[name];
  if (typeof value !== "object" || value === null) {
    throw invalid(`${name} is missing`);
  }
  return value as Fields;
}

/** There is no file that a project without a source could name: its buildspec stands in the project. */
function checkSource(source: Fields): void {
  if (source["type"] !== "NO_SOURCE") {
    throw invalid("Projects with a source are not kept here");
  }
  const buildspec = optionalText(source, "buildspec") ?? "";
  if (buildspec === "") {
    throw invalid("Invalid project source: buildspec is required when source is NO_SOURCE");
  }
  let spec: unknown;
  try {
    spec = parse(buildspec);
  } catch (error) {
    throw invalid(`Invalid buildspec: ${String(error)}`);
  }
  const { version, phases } = (typeof spec === "object" ? (spec ?? {}) : {}) as Fields;
  if (String(version) !== "0.2" || typeof phases !== "object" || phases === null) {
    throw invalid("Invalid buildspec: it must be an object with version 0.2 and phases");
  }
}

function checkEnvironment(environment: Fields): void {
  const type = text(environment, "type");
  const computeType = text(environment, "computeType");
  if (!ENVIRONMENT_TYPES.includes(type) || !COMPUTE_TYPES.includes(computeType)) {
    throw invalid(`${type} with ${computeType} is not known here`);
  }
  text(environment, "image");
  const variables = optionalList<Fields>(environment, "environmentVariables") ?? [];
  if (variables.some(({ name, value }) => name === "" || name === undefined || typeof value !== "string")) {
    throw invalid("Each environment variable must have a name and a value");
  }
}

function checkNumbers(project: Fields): void {
  const bounds = [
    ["timeoutInMinutes", 5, 2160],
    ["queuedTimeoutInMinutes", 5, 480],
    ["concurrentBuildLimit", 1, Infinity],
  ] as const;
  for (const [name, min, max] of bounds) {
    const value = project[name];
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= min && Number(value) <= max)) {
      throw invalid(`Invalid ${name}: must be between ${min} and ${max}`);
    }
  }
}

/** Where a project's builds run; an empty configuration takes them out of their VPC. */
function vpcIn(project: Fields): Fields | undefined {
  const vpc = (project["vpcConfig"] ?? {}) as Fields;
  const vpcId = optionalText(vpc, "vpcId") ?? "";
  const subnets = optionalList(vpc, "subnets") ?? [];
  const securityGroups = optionalList(vpc, "securityGroupIds") ?? [];
  if (vpcId === "" && subnets.length === 0 && securityGroups.length === 0) {
    return undefined;
  }
  if (vpcId === "") {
    throw invalid("Invalid vpc config: a VPC ID is required");
  }
  if (subnets.length === 0 || subnets.length > MAX_SUBNETS) {
    throw invalid(`Invalid vpc config: between 1 and ${MAX_SUBNETS} subnets are required`);
  }
  if (securityGroups.length === 0 || securityGroups.length > MAX_SECURITY_GROUPS) {
    throw invalid(`Invalid vpc config: between 1 and ${MAX_SECURITY_GROUPS} security groups are required`);
  }
  return vpc;
}

function described(build: Build, scope: Scope): Fields {
  return {
    ...build.settings,
    id: build.id,
    arn: `arn:${partitionOf(scope.region)}:codebuild:${scope.region}:${scope.accountId}:build/${build.id}`,
    projectName: build.projectName,
    buildNumber: build.buildNumber,
    startTime: build.startTime,
    endTime: build.endTime,
    buildStatus: build.status,
    buildComplete: build.status !== "IN_PROGRESS",
  };
}
