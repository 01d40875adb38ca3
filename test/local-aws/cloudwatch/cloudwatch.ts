import { AwsError, Store, found, optionalList, optionalText, page, partitionOf, text, tagging } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";

interface Alarm {
  readonly settings: Fields;
  tags: Tag[];
}

const STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const COMPARISONS = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
];
const MISSING_DATA = ["breaching", "notBreaching", "ignore", "missing"];
const ACTIONS = ["OKActions", "AlarmActions", "InsufficientDataActions"] as const;
const MAX_ACTIONS = 5;
const MAX_DIMENSIONS = 30;
const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Amazon CloudWatch: alarms on one metric each, which never change their state. */
export class CloudWatch implements Service {
  private readonly alarms = new Store<Alarm>("alarm");

  public readonly operations: Service["operations"] = {
    PutMetricAlarm: (input, scope) => {
      const name = text(input, "AlarmName");
      const settings = {
        ...settingsIn(input, scope),
        AlarmArn: alarmArn(name, scope),
        StateValue: "INSUFFICIENT_DATA",
      };
      // An alarm that is there already keeps its tags, whatever is sent.
      const tags = this.alarms.in(scope).get(name)?.tags ?? optionalList<Tag>(input, "Tags") ?? [];
      this.alarms.in(scope).set(name, { settings, tags });
      return {};
    },
    DescribeAlarms: (input, scope) => {
      const names = optionalList<string>(input, "AlarmNames") ?? [];
      const alarms = [...this.alarms.in(scope)].filter(([name]) => names.length === 0 || names.includes(name));
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
      const { items, nextToken } = page(alarms, input, scope, {
        limit: "MaxRecords",
        token: "NextToken",
        bounds: [1, 100],
        usual: 50,
        error: "ValidationError",
        tokenError: "InvalidNextToken",
      });
      return { MetricAlarms: items.map(([, { settings }]) => settings), NextToken: nextToken };
    },
    ListTagsForResource: (input, scope) => ({ Tags: this.find(input, scope).tags }),
    ...tagging("TagResource", "UntagResource", (input, scope) => this.find(input, scope)),
    DeleteAlarms: (input, scope) => {
      const names = optionalList<string>(input, "AlarmNames") ?? [];
      // All of them, or none.
      names.forEach((name) => found(this.alarms.in(scope), name, "ResourceNotFound"));
      names.forEach((name) => this.alarms.in(scope).delete(name));
      return {};
    },
  };

  public contents(): string[] {
    return this.alarms.contents();
  }

  private find(input: Fields, scope: Scope): Alarm {
    const name = text(input, "ResourceARN").split(":alarm:")[1] ?? "";
    return found(this.alarms.in(scope), name, "ResourceNotFoundException");
  }
}

function alarmArn(name: string, scope: Scope): string {
  return `arn:${partitionOf(scope.region)}:cloudwatch:${scope.region}:${scope.accountId}:alarm:${name}`;
}

/** What an alarm is; a form says numbers and truth values as text. */
function settingsIn(input: Fields, { region }: Scope): Fields {
  if (input["Metrics"] !== undefined || input["ExtendedStatistic"] !== undefined) {
    throw invalid("Alarms on expressions or percentiles are not kept here");
  }
  const period = integer(input, "Period");
  const evaluationPeriods = integer(input, "EvaluationPeriods");
  const threshold = Number(input["Threshold"]);
  const dimensions = optionalList<Fields>(input, "Dimensions") ?? [];
  const datapoints = input["DatapointsToAlarm"] === undefined ? undefined : integer(input, "DatapointsToAlarm");
  checkLength("AlarmName", text(input, "AlarmName"), 255);
  checkLength("AlarmDescription", optionalText(input, "AlarmDescription") ?? "", 1024);
  checkLength("MetricName", text(input, "MetricName"), 255);
  checkLength("Namespace", text(input, "Namespace"), 255);
  checkPeriods(period, evaluationPeriods);
  if (text(input, "Namespace").startsWith(":")) {
    throw invalid("Namespace must not start with a colon");
  }
  if (Number.isNaN(threshold)) {
    throw invalid("Threshold must be a number");
  }
  if (datapoints !== undefined && datapoints > evaluationPeriods) {
    throw invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  }
  if (dimensions.length > MAX_DIMENSIONS || dimensions.some(({ Name, Value }) => !Name || !Value)) {
    throw invalid(`Dimensions must be at most ${MAX_DIMENSIONS}, each with a name and a value`);
  }
  return {
    AlarmName: input["AlarmName"],
    AlarmDescription: input["AlarmDescription"],
    ActionsEnabled: ![false, "false"].includes(input["ActionsEnabled"] as boolean | string),
    ...Object.fromEntries(ACTIONS.map((name) => [name, actionsIn(input, name, region)])),
    Namespace: input["Namespace"],
    MetricName: input["MetricName"],
    Dimensions: dimensions,
    Statistic: oneOf(input, "Statistic", STATISTICS),
    Period: period,
    EvaluationPeriods: evaluationPeriods,
    DatapointsToAlarm: datapoints,
    Threshold: threshold,
    ComparisonOperator: oneOf(input, "ComparisonOperator", COMPARISONS),
    TreatMissingData: input["TreatMissingData"] && oneOf(input, "TreatMissingData", MISSING_DATA),
    Unit: input["Unit"],
  };
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

function integer(input: Fields, name: string): number {
  const value = Number(input[name]);
  if (!Number.isInteger(value) || value < 1) {
    throw invalid(`${name} must be a whole number of 1 or more`);
  }
  return value;
}

function oneOf(input: Fields, name: string, values: readonly string[]): string {
  const value = text(input, name);
  if (!values.includes(value)) {
    throw invalid(`Value '${value}' at '${name}' failed to satisfy constraint: ${values.join(", ")}`);
  }
  return value;
}

function checkLength(name: string, value: string, max: number): void {
  if (value.length > max) {
    throw invalid(`${name} must have length less than or equal to ${max}`);
  }
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
function checkPeriods(period: number, evaluationPeriods: number): void {
  if (![10, 20, 30].includes(period) && period % 60 !== 0) {
    throw invalid("Period must be 10, 20, 30 or a multiple of 60");
  }
  const max = period < HOUR ? DAY : 7 * DAY;
  if (period * evaluationPeriods > max) {
    throw invalid(`Metrics cannot be checked across more than ${max} seconds`);
  }
}

function actionsIn(input: Fields, name: string, region: string): string[] {
  const actions = optionalList<string>(input, name) ?? [];
  if (actions.length > MAX_ACTIONS) {
    throw invalid(`${name} must be at most ${MAX_ACTIONS}`);
  }
  for (const action of actions) {
    const [, regionOfAction] = /^arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):[a-z0-9]*:.+$/.exec(action) ?? [];
    if (regionOfAction === undefined) {
      throw invalid(`Invalid arn syntax: ${action}`);
    }
    if (regionOfAction !== "" && regionOfAction !== region) {
      throw invalid(`Invalid region ${regionOfAction} specified. Only ${region} is supported.`);
    }
  }
  return actions;
}
