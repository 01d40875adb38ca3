import { randomUUID } from "node:crypto";
import { AwsError, Store, optionalList, optionalText, page, partitionOf, text } from "../service";
import type { Fields, PageParameters, Scope, Service, Tag } from "../service";
import { Template, invalid } from "./template";

interface Stack {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly timeoutInMinutes: number | undefined;
  readonly events: Fields[];
  rollbackConfiguration: Fields;
  stackPolicy: string | undefined;
  terminationProtection: boolean;
  settings: Settings;
  /** What the caller of the last operation calls it; its events bear it. */
  requestToken: string | undefined;
  updatedAt: Date | undefined;
  status: string;
  /** What is under way, and when it ends. */
  pending: { readonly at: number; readonly settle: () => void } | undefined;
}

/** What an update may change. */
interface Settings {
  readonly template: Template;
  readonly parameters: ReadonlyMap<string, string>;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly roleArn: string | undefined;
}

interface ParameterInput {
  readonly ParameterKey: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: string;
}

const MAX_TEMPLATE_BODY = 51_200;
const MAX_TEMPLATE_OBJECT = 1_048_576;
const MAX_PARAMETERS = 200;
// Callers cannot choose how many stacks or events a page has.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
const PAGES: PageParameters = { token: "NextToken", bounds: [1, 100], error: "ValidationError" };
/** AWS CloudFormation: stacks with their parameters and templates, without the resources they would make. */
export class CloudFormation implements Service {
  private readonly stacks = new Store<Stack>("stack");
  private readonly deleted = new Map<string, Stack>();
  private readonly objects = new Map<string, string>();
  private readonly rollBacks = new Map<string, { readonly reason: string; readonly duration: number }>();
  /** What stands for the value of a NoEcho parameter: reports of the API show four asterisks, its documentation five. */
  public noEchoMask = "****";
  /** How long what CloudFormation starts is under way, in milliseconds. */
  public duration = 150;

  public readonly operations: Service["operations"] = {
    CreateStack: (input, scope) => {
      const stack = this.newStack(input, scope, false);
      begin(stack, "CREATE_IN_PROGRESS", () => report(stack, "CREATE_COMPLETE"), this.duration);
      return { StackId: stack.id };
    },
    CreateChangeSet: (input, scope) => {
      if (optionalText(input, "ChangeSetType") !== "CREATE") {
        throw invalid("Only change sets that create a stack are known here");
      }
      const stack = this.newStack(input, scope, true);
      report(stack, "REVIEW_IN_PROGRESS");
      const arn = stack.id.replace(/:stack\/.*/, `:changeSet/${text(input, "ChangeSetName")}/${randomUUID()}`);
      return { Id: arn, StackId: stack.id };
    },
    ExecuteChangeSet: (input, scope) => {
      const stack = this.find(text(input, "StackName"), scope);
      if (stack.status !== "REVIEW_IN_PROGRESS") {
        throw new AwsError("InvalidChangeSetStatus", `The stack ${stack.name} has no change set to execute`);
      }
      begin(stack, "CREATE_IN_PROGRESS", () => report(stack, "CREATE_COMPLETE"), this.duration);
      return {};
    },
    UpdateTerminationProtection: (input, scope) => {
      const stack = this.find(text(input, "StackName"), scope);
      stack.terminationProtection = text(input, "EnableTerminationProtection") === "true";
      return { StackId: stack.id };
    },
    GetStackPolicy: (input, scope) => ({ StackPolicyBody: this.find(text(input, "StackName"), scope).stackPolicy }),
    UpdateStack: (input, scope) => {
      const stack = this.find(text(input, "StackName"), scope);
      if (!stack.status.endsWith("_COMPLETE")) {
        throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
      }
      const former = stack.settings;
      const settings = this.settings(input, stack, false);
      if (same(former, settings)) {
        throw invalid("No updates are to be performed.");
      }
      const rollBack = this.rollBacks.get(stack.id);
      this.rollBacks.delete(stack.id);
      stack.settings = settings;
      // What of these an update does not name stays.
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
      stack.rollbackConfiguration = { ...stack.rollbackConfiguration, ...rollbackConfigurationOf(input) };
      stack.stackPolicy = optionalText(input, "StackPolicyBody") ?? stack.stackPolicy;
      stack.requestToken = optionalText(input, "ClientRequestToken");
      stack.updatedAt = new Date();
      const settle = (): void => {
        if (rollBack === undefined) {
          report(stack, "UPDATE_COMPLETE");
          return;
        }
        report(stack, "UPDATE_FAILED", rollBack.reason, "Resource");
        stack.settings = former;
        begin(stack, "UPDATE_ROLLBACK_IN_PROGRESS", () => report(stack, "UPDATE_ROLLBACK_COMPLETE"), this.duration);
      };
      begin(stack, "UPDATE_IN_PROGRESS", settle, rollBack?.duration ?? this.duration);
      return { StackId: stack.id };
    },
    DescribeStacks: (input, scope) => {
      const name = optionalText(input, "StackName");
      const stacks = name === undefined ? [...this.settled(scope).values()] : [this.find(name, scope, true)];
      const { items, nextToken } = page(stacks, input, scope, PAGES);
      return { Stacks: items.map((stack) => described(stack, this.noEchoMask)), NextToken: nextToken };
    },
    DescribeStackEvents: (input, scope) => {
      const events = [...this.find(text(input, "StackName"), scope, true).events].reverse();
      const { items, nextToken } = page(events, input, scope, PAGES);
      return { StackEvents: items, NextToken: nextToken };
    },
    GetTemplate: (input, scope) => {
      const { template } = this.find(text(input, "StackName"), scope, true).settings;
      const original = optionalText(input, "TemplateStage") === "Original";
      return {
        TemplateBody: mangled(original ? template.body : template.processed),
        StagesAvailable: ["Original", "Processed"],
      };
    },
    GetTemplateSummary: (input, scope) => {
      const { template } = this.find(text(input, "StackName"), scope).settings;
      return {
        Parameters: [...template.parameters].map(([ParameterKey, { Type }]) => ({
          ParameterKey,
          ParameterType: Type,
          NoEcho: template.isNoEcho(ParameterKey),
        })),
        DeclaredTransforms: template.transforms,
      };
    },
    DeleteStack: (input, scope) => {
      const stack = this.tryFind(text(input, "StackName"), scope);
      if (stack?.terminationProtection === true) {
        throw invalid(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
      }
      if (stack?.status.startsWith("UPDATE") === true && stack.pending !== undefined) {
        throw invalid(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
      }
      if (stack !== undefined) {
        stack.requestToken = optionalText(input, "ClientRequestToken");
        begin(
          stack,
          "DELETE_IN_PROGRESS",
          () => {
            report(stack, "DELETE_COMPLETE");
            this.stacks.in(scope).delete(stack.name);
            this.deleted.set(stack.id, stack);
          },
          this.duration,
        );
      }
      return {};
    },
  };

  public contents(): string[] {
    this.stacks.scopes().forEach((scope) => this.settled(scope));
    return this.stacks.contents();
  }

  /** Puts an object where a template's URL can name it. */
  public putObject(url: string, body: string): void {
    this.objects.set(url, body);
  }

  /**
   * Makes the next update of a stack, by its ARN, fail once it is under way, as when one of its resources cannot be
   * updated.
   */
  public rollBackNextUpdate(stackId: string, reason: string, duration: number = this.duration): void {
    this.rollBacks.set(stackId, { reason, duration });
  }

  /** What CloudFormation describes of a stack, by its ARN; undefined where there is none. */
  public tryDescribe(stackId: string, scope: Scope): Fields | undefined {
    const stack = this.tryFind(stackId, scope);
    return stack === undefined ? undefined : described(stack, this.noEchoMask);
  }

  /** The template of a stack, by its ARN, as CloudFormation has it; what it shows is another matter. */
  public templateOf(stackId: string): string {
    for (const scope of this.stacks.scopes()) {
      const stack = this.tryFind(stackId, scope);
      if (stack !== undefined) {
        return stack.settings.template.body;
      }
    }
    throw new Error(`there is no stack ${stackId}`);
  }

  private newStack(input: Fields, scope: Scope, byChangeSet: boolean): Stack {
    const name = text(input, "StackName");
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
      throw invalid(`Value '${name}' at 'stackName' failed to satisfy constraint`);
    }
    if (this.settled(scope).has(name)) {
      throw new AwsError("AlreadyExistsException", `Stack [${name}] already exists`);
    }
    const timeout = optionalText(input, "TimeoutInMinutes");
    const stack: Stack = {
      id: `arn:${partitionOf(scope.region)}:cloudformation:${scope.region}:${scope.accountId}:stack/${name}/${randomUUID()}`,
      name,
      createdAt: new Date(),
      timeoutInMinutes: timeout === undefined ? undefined : Number(timeout),
      rollbackConfiguration: rollbackConfigurationOf(input),
      stackPolicy: optionalText(input, "StackPolicyBody"),
      terminationProtection: optionalText(input, "EnableTerminationProtection") === "true",
      events: [],
      settings: this.settings(input, undefined, byChangeSet),
      requestToken: optionalText(input, "ClientRequestToken"),
      updatedAt: undefined,
      status: "",
      pending: undefined,
    };
    this.stacks.in(scope).set(name, stack);
    return stack;
  }

  private settings(input: Fields, stack: Stack | undefined, byChangeSet: boolean): Settings {
    const former = stack?.settings;
    const template = this.template(input, former);
    const parameters = parametersOf(input, template, former);
    const capabilities = optionalList<string>(input, "Capabilities") ?? [];
    const missing = template
      .requiredCapabilities(byChangeSet)
      .find((any) => !any.some((one) => capabilities.includes(one)));
    if (missing !== undefined) {
      throw new AwsError("InsufficientCapabilitiesException", `Requires capabilities : [${missing[0] ?? ""}]`);
    }
    const roleArn = optionalText(input, "RoleARN");
    if (roleArn !== undefined && roleArn.length < 20) {
      throw invalid(`Value '${roleArn}' at 'roleARN' failed to satisfy constraint: length of 20 or more`);
    }
    return {
      template,
      parameters,
      capabilities,
      tags: optionalList<Tag>(input, "Tags") ?? former?.tags ?? [],
      notificationArns: optionalList<string>(input, "NotificationARNs") ?? former?.notificationArns ?? [],
      roleArn: roleArn ?? former?.roleArn,
    };
  }

  private template(input: Fields, former: Settings | undefined): Template {
    const body = optionalText(input, "TemplateBody");
    const url = optionalText(input, "TemplateURL");
    const previous = optionalText(input, "UsePreviousTemplate") === "true";
    if ([body !== undefined, url !== undefined, previous].filter(Boolean).length !== 1) {
      throw invalid("Either Template URL or Template Body must be specified.");
    }
    if (previous) {
      if (former === undefined) {
        throw invalid("A new stack has no previous template.");
      }
      return former.template;
    }
    if (body !== undefined) {
      if (body.length === 0 || Buffer.byteLength(body) > MAX_TEMPLATE_BODY) {
        throw invalid(
          `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_TEMPLATE_BODY}`,
        );
      }
      return new Template(body);
    }
    return new Template(this.object(url ?? ""));
  }

  private object(url: string): string {
    if (!/^https:\/\/[a-z0-9.-]*\bs3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?\/.+/.test(url)) {
      throw invalid("TemplateURL must be a supported URL.");
    }
    const body = this.objects.get(url);
    if (body === undefined) {
      throw invalid("S3 error: Access Denied");
    }
    if (Buffer.byteLength(body) > MAX_TEMPLATE_OBJECT) {
      throw invalid("Template may not exceed 1048576 bytes in size.");
    }
    return body;
  }

  private find(nameOrId: string, scope: Scope, evenDeleted = false): Stack {
    const found = this.tryFind(nameOrId, scope) ?? (evenDeleted ? this.deleted.get(nameOrId) : undefined);
    if (found === undefined) {
      throw invalid(`Stack with id ${nameOrId} does not exist`);
    }
    return found;
  }

  /** A stack by its name, or by its ARN, which no later stack of the name has. */
  private tryFind(nameOrId: string, scope: Scope): Stack | undefined {
    const name = /^arn:[^:]+:cloudformation:[^:]*:\d*:stack\/([^/]+)\//.exec(nameOrId)?.[1];
    const stack = this.settled(scope).get(name ?? nameOrId);
    return name === undefined || stack?.id === nameOrId ? stack : undefined;
  }

  /** The stacks of a region, with what was under way and has ended by now. */
  private settled(scope: Scope): Map<string, Stack> {
    const stacks = this.stacks.in(scope);
    for (const stack of [...stacks.values()]) {
      while (stack.pending !== undefined && stack.pending.at <= Date.now()) {
        const { settle } = stack.pending;
        stack.pending = undefined;
        settle();
      }
    }
    return stacks;
  }
}

function rollbackConfigurationOf(input: Fields): Fields {
  return (input["RollbackConfiguration"] ?? {}) as Fields;
}

/** An omitted parameter takes the template's default; what it had before it keeps only when the caller says so. */
function parametersOf(input: Fields, template: Template, former: Settings | undefined): ReadonlyMap<string, string> {
  const given = optionalList<ParameterInput>(input, "Parameters") ?? [];
  if (new Set(given.map(({ ParameterKey }) => ParameterKey)).size < given.length) {
    throw invalid("Parameters must have unique keys");
  }
  const unknown = given.map(({ ParameterKey }) => ParameterKey).filter((name) => !template.parameters.has(name));
  if (unknown.length > 0) {
    throw invalid(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  }
  if (given.length > MAX_PARAMETERS) {
    throw invalid(`Value at 'parameters' failed to satisfy constraint: at most ${MAX_PARAMETERS} members`);
  }
  const values = new Map<string, string>();
  for (const [name, declaration] of template.parameters) {
    const parameter = given.find(({ ParameterKey }) => ParameterKey === name);
    const previous = parameter?.UsePreviousValue === "true";
    if (previous && parameter.ParameterValue !== undefined) {
      throw invalid(`Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true and a value`);
    }
    const value = previous ? former?.parameters.get(name) : (parameter?.ParameterValue ?? declaration.Default);
    if (value !== undefined) {
      values.set(name, String(value));
    }
  }
  const missing = [...template.parameters.keys()].filter((name) => !values.has(name));
  if (missing.length > 0) {
    throw invalid(`Parameters: [${missing.join(", ")}] must have values`);
  }
  template.check(values);
  return values;
}

function begin(stack: Stack, status: string, settle: () => void, duration: number): void {
  report(stack, status);
  stack.pending = { at: Date.now() + duration, settle };
}

function report(stack: Stack, status: string, reason?: string, resource: string = stack.name): void {
  stack.events.push({
    StackId: stack.id,
    EventId: randomUUID(),
    StackName: stack.name,
    LogicalResourceId: resource,
    PhysicalResourceId: resource === stack.name ? stack.id : resource,
    ResourceType: resource === stack.name ? "AWS::CloudFormation::Stack" : "AWS::IAM::Role",
    Timestamp: new Date(),
    ResourceStatus: status,
    ResourceStatusReason: reason,
    ClientRequestToken: stack.requestToken,
  });
  if (resource === stack.name) {
    stack.status = status;
  }
}

/**
 * A template as CloudFormation gives it back: whatever is not ASCII has become a question mark.
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
 */
function mangled(template: string): string {
  return template.replace(/[^\0-\x7f]/gu, "?");
}

function described(stack: Stack, noEchoMask: string): Fields {
  const { template, parameters, tags, capabilities, notificationArns, roleArn } = stack.settings;
  return {
    StackId: stack.id,
    StackName: stack.name,
    Description: template.description,
    CreationTime: stack.createdAt,
    LastUpdatedTime: stack.updatedAt,
    StackStatus: stack.status,
    DisableRollback: false,
    EnableTerminationProtection: stack.terminationProtection,
    RollbackConfiguration: stack.rollbackConfiguration,
    TimeoutInMinutes: stack.timeoutInMinutes,
    Parameters: [...parameters].map(([name, value]) => ({
      ParameterKey: name,
      ParameterValue: template.isNoEcho(name) ? noEchoMask : value,
      ResolvedValue: template.isStoredInSsm(name) ? `resolved:${value}` : undefined,
    })),
    Capabilities: capabilities,
    NotificationARNs: notificationArns,
    RoleARN: roleArn,
    Tags: tags,
    Outputs: [],
  };
}

function same(a: Settings, b: Settings): boolean {
  const comparable = (settings: Settings): string =>
    JSON.stringify([
      settings.template.body,
      [...settings.parameters].sort(),
      [...settings.tags].map(({ Key, Value }) => [Key, Value]).sort(),
      [...settings.notificationArns].sort(),
      settings.roleArn,
    ]);
  return comparable(a) === comparable(b);
}
