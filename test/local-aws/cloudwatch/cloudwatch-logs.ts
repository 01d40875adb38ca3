import { whyMalformed } from "../iam/policy-document";
import { whyDenied } from "../iam/policy-evaluation";
import { AwsError, Store, found, optionalList, optionalText, page, partitionOf, text } from "../service";
import type { Fields, Scope, Service } from "../service";

interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly logGroupClass: string;
  readonly createdAt: number;
  retentionInDays: number | undefined;
  tags: { readonly [key: string]: string };
  readonly events: LogEvent[];
}

/** A line that something has logged. */
interface LogEvent {
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
  readonly eventId: string;
}

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
const MAX_RESOURCE_POLICIES = 10;

/** A line that a service of AWS writes on behalf of a resource, with the permission of a resource policy. */
export interface WritingAs {
  readonly principal: string;
  readonly sourceArn: string;
  readonly logGroupArn: string;
  readonly message: string;
  readonly scope: Scope;
}

/** Amazon CloudWatch Logs: log groups, and what `write` has put into them. */
export class CloudWatchLogs implements Service {
  private readonly groups = new Store<LogGroup>("log group");
  private readonly policies = new Store<string>("log resource policy");

  public readonly operations: Service["operations"] = {
    CreateLogGroup: (input, scope) => {
      const name = text(input, "logGroupName");
      if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) {
        throw invalid(`Value '${name}' at 'logGroupName' failed to satisfy constraint`);
      }
      if (name.startsWith("aws/")) {
        throw invalid("Log groups starting with AWS/ are reserved for AWS.");
      }
      if (this.groups.in(scope).has(name)) {
        throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
      }
      this.groups.in(scope).set(name, {
        name,
        arn: `arn:${partitionOf(scope.region)}:logs:${scope.region}:${scope.accountId}:log-group:${name}`,
        logGroupClass: optionalText(input, "logGroupClass") ?? "STANDARD",
        createdAt: Date.now(),
        retentionInDays: undefined,
        tags: tagsIn(input),
        events: [],
      });
      return {};
    },
    FilterLogEvents: (input, scope) => {
      const unknown = Object.keys(input).filter((name) => !["logGroupName", "limit", "nextToken"].includes(name));
      if (unknown.length > 0) {
        throw invalid(`${unknown.join(", ")} cannot be said of log events here`);
      }
      // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
      const { items, nextToken } = page(this.find(input, scope).events, input, scope, {
        limit: "limit",
        token: "nextToken",
        bounds: [1, 10_000],
        error: "InvalidParameterException",
      });
      return { events: items, nextToken };
    },
    DescribeLogGroups: (input, scope) => {
      const prefix = optionalText(input, "logGroupNamePrefix") ?? "";
      const groups = [...this.groups.in(scope).values()].filter(({ name }) => name.startsWith(prefix));
      // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
      const { items, nextToken } = page(groups, input, scope, {
        limit: "limit",
        token: "nextToken",
        bounds: [1, 50],
        error: "InvalidParameterException",
      });
      return { logGroups: items.map(described), nextToken };
    },
    PutRetentionPolicy: (input, scope) => {
      const group = this.find(input, scope);
      const days = Number(input["retentionInDays"]);
      if (!RETENTIONS.includes(days)) {
        throw invalid(`retentionInDays must be one of ${RETENTIONS.join(", ")}`);
      }
      group.retentionInDays = days;
      return {};
    },
    DeleteRetentionPolicy: (input, scope) => {
      this.find(input, scope).retentionInDays = undefined;
      return {};
    },
    ListTagsForResource: (input, scope) => ({ tags: this.findByArn(input, scope).tags }),
    TagResource: (input, scope) => {
      const group = this.findByArn(input, scope);
      group.tags = { ...group.tags, ...tagsIn(input) };
      return {};
    },
    UntagResource: (input, scope) => {
      const group = this.findByArn(input, scope);
      const keys = optionalList<string>(input, "tagKeys") ?? [];
      group.tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.includes(key)));
      return {};
    },
    PutResourcePolicy: (input, scope) => {
      const name = text(input, "policyName");
      const document = text(input, "policyDocument");
      const policies = this.policies.in(scope);
      const reason = whyMalformed(document, "resource");
      if (reason !== undefined) {
        throw invalid(reason);
      }
      if (!policies.has(name) && policies.size === MAX_RESOURCE_POLICIES) {
        throw new AwsError("LimitExceededException", "Resource limit exceeded.");
      }
      policies.set(name, document);
      return { resourcePolicy: describedPolicy([name, document]) };
    },
    DescribeResourcePolicies: (input, scope) => {
      const { items, nextToken } = page([...this.policies.in(scope)], input, scope, {
        limit: "limit",
        token: "nextToken",
        bounds: [1, 1000],
        error: "InvalidParameterException",
      });
      return { resourcePolicies: items.map(describedPolicy), nextToken };
    },
    DeleteResourcePolicy: (input, scope) => {
      found(this.policies.in(scope), text(input, "policyName"), "ResourceNotFoundException");
      this.policies.in(scope).delete(text(input, "policyName"));
      return {};
    },
    DeleteLogGroup: (input, scope) => {
      this.groups.in(scope).delete(this.find(input, scope).name);
      return {};
    },
  };

  public contents(): string[] {
    return [...this.groups.contents(), ...this.policies.contents()];
  }

  /** Logs a line as a service of AWS, to a new stream; returns why a log group or a policy refuses it. */
  public async writeAs({ principal, sourceArn, logGroupArn, message, scope }: WritingAs): Promise<string | undefined> {
    const name = logGroupArn.split(":log-group:")[1]?.replace(/:\*$/, "") ?? "";
    if (!this.groups.in(scope).has(name)) {
      return `the log group ${name} does not exist`;
    }
    const statements = [...this.policies.in(scope).values()].flatMap((document) =>
      [(JSON.parse(document) as { readonly Statement: object | object[] }).Statement].flat(),
    );
    const stream = "00000000-0000-4000-8000-000000000000";
    for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
      const reason = await whyDenied({
        principalArn: principal,
        action,
        resource: `${logGroupArn}:log-stream:${stream}`,
        accountId: scope.accountId,
        identityPolicies: [],
        resourcePolicy: { Version: "2012-10-17", Statement: statements },
        context: { "aws:SourceArn": sourceArn },
      });
      if (reason !== undefined) {
        return reason;
      }
    }
    this.write(name, stream, [message], scope);
    return undefined;
  }

  /** Logs lines, as a service of AWS does. */
  public write(logGroupName: string, logStreamName: string, lines: readonly string[], scope: Scope): void {
    const { events } = this.find({ logGroupName }, scope);
    const timestamp = Date.now();
    for (const message of lines) {
      events.push({ logStreamName, timestamp, message, ingestionTime: timestamp, eventId: String(events.length) });
    }
  }

  private find(input: Fields, scope: Scope): LogGroup {
    return found(this.groups.in(scope), text(input, "logGroupName"), "ResourceNotFoundException");
  }

  private findByArn(input: Fields, scope: Scope): LogGroup {
    const name = text(input, "resourceArn").split(":log-group:")[1] ?? "";
    return found(this.groups.in(scope), name, "ResourceNotFoundException");
  }
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

function tagsIn(input: Fields): LogGroup["tags"] {
  return (input["tags"] ?? {}) as LogGroup["tags"];
}

function describedPolicy([policyName, policyDocument]: readonly [string, string]): Fields {
  return { policyName, policyDocument };
}

function described(group: LogGroup): Fields {
  return {
    logGroupName: group.name,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    logGroupClass: group.logGroupClass,
    creationTime: group.createdAt,
    retentionInDays: group.retentionInDays,
  };
}
