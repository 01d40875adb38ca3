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

/** Amazon CloudWatch Logs: log groups, and what `write` has put into them. */
export class CloudWatchLogs implements Service {
  private readonly groups = new Store<LogGroup>("log group");

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
    DeleteLogGroup: (input, scope) => {
      this.groups.in(scope).delete(this.find(input, scope).name);
      return {};
    },
  };

  public contents(): string[] {
    return this.groups.contents();
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
