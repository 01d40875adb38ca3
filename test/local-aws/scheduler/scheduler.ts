import type { Iam } from "../iam/iam";
import { AwsError, Store, optionalText, partitionOf, text } from "../service";
import type { Fields, Scope, Service } from "../service";
import type { Sns } from "../sns/sns";

interface CronField {
  readonly min: number;
  readonly max: number;
  /** What values may be called, from the lowest on. */
  readonly names?: readonly string[];
  /** What may stand for the whole field. */
  readonly special?: RegExp;
}

const DEFAULT_GROUP = "default";
const DEFAULT_RETRIES = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };
const MAX_DESCRIPTION = 512;
const MAX_EXPRESSION = 256;
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
const CRON: readonly CronField[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { min: 1, max: 12, names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] },
  {
    min: 1,
    max: 7,
    names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    special: /^(\?|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)?L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5])$/,
  },
  { min: 1970, max: 2199 },
];

/**
 * Amazon EventBridge Scheduler: schedules of the default group. At their times nothing happens by itself; `runDue`
 * publishes the messages of one-time schedules.
 */
export class Scheduler implements Service {
  /** The time, in milliseconds. A test may set another clock. */
  public clock: () => number = () => Date.now();
  /** Why schedules have published nothing. */
  public readonly failed: string[] = [];
  private readonly schedules = new Store<Fields>("schedule");
  private readonly completed = new WeakSet<Fields>();

  public constructor(
    private readonly iam: Iam,
    private readonly sns: Sns,
  ) {}

  public readonly routes = {
    CreateSchedule: "POST /schedules/{Name}",
    GetSchedule: "GET /schedules/{Name}?groupName={GroupName}",
    UpdateSchedule: "PUT /schedules/{Name}",
    DeleteSchedule: "DELETE /schedules/{Name}?groupName={GroupName}&clientToken={ClientToken}",
  };

  public readonly operations: Service["operations"] = {
    CreateSchedule: (input, scope) => {
      const name = nameIn(input);
      if (this.schedules.in(scope).has(name)) {
        throw new AwsError("ConflictException", `Schedule ${name} already exists.`, 409);
      }
      return this.put(input, scope);
    },
    GetSchedule: (input, scope) => this.find(input, scope),
    // What is left out is not kept: it goes back to its default.
    UpdateSchedule: (input, scope) => {
      this.find(input, scope);
      return this.put(input, scope);
    },
    DeleteSchedule: (input, scope) => {
      this.schedules.in(scope).delete(text(this.find(input, scope), "Name"));
      return {};
    },
  };

  public contents(): string[] {
    return this.schedules.contents();
  }

  /** Publishes the messages of the one-time schedules whose time has come, each once, as their roles. */
  public async runDue(): Promise<void> {
    for (const scope of this.schedules.scopes()) {
      for (const schedule of this.schedules.in(scope).values()) {
        const target = fieldsIn(schedule, "Target");
        const arn = text(target, "Arn");
        if (arn.includes(":sns:") && isPast(schedule, this.clock()) && !this.completed.has(schedule)) {
          this.completed.add(schedule);
          const principal = text(target, "RoleArn");
          const message = optionalText(target, "Input") ?? "";
          const reason = await this.sns.publish({ principal, topicArn: arn, message, scope });
          this.failed.push(...(reason === undefined ? [] : [reason]));
        }
      }
    }
  }

  private put(input: Fields, scope: Scope): Fields {
    const target = fieldsIn(input, "Target");
    const schedule: Fields = {
      State: "ENABLED",
      ScheduleExpressionTimezone: "UTC",
      GroupName: DEFAULT_GROUP,
      ...input,
      ClientToken: undefined,
      Target: { ...target, RetryPolicy: { ...DEFAULT_RETRIES, ...((target["RetryPolicy"] ?? {}) as Fields) } },
      Arn: `arn:${partitionOf(scope.region)}:scheduler:${scope.region}:${scope.accountId}:schedule/${DEFAULT_GROUP}/${nameIn(input)}`,
    };
    checkSchedule(schedule, this.clock());
    this.checkTarget(fieldsIn(schedule, "Target"), scope);
    this.schedules.in(scope).set(nameIn(input), schedule);
    return { ScheduleArn: schedule["Arn"] };
  }

  private checkTarget(target: Fields, scope: Scope): void {
    const arn = text(target, "Arn");
    const input = optionalText(target, "Input");
    if (!/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$/.test(arn)) {
      throw invalid("Provided Arn is not in correct format.");
    }
    // The other targets take any text.
    if (/^arn:[^:]+:(scheduler|lambda|states|events):/.test(arn) && input !== undefined && !isJson(input)) {
      throw invalid("Invalid RequestJson provided.");
    }
    const retryPolicy = fieldsIn(target, "RetryPolicy");
    checkBounds(retryPolicy, "MaximumRetryAttempts", 0, 185);
    checkBounds(retryPolicy, "MaximumEventAgeInSeconds", 60, 86_400);
    if (this.iam.whyNot(text(target, "RoleArn"), "scheduler.amazonaws.com", [], scope) !== undefined) {
      throw invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
    }
  }

  private find(input: Fields, scope: Scope): Fields {
    const name = nameIn(input);
    const schedule = this.schedules.in(scope).get(name);
    if (schedule === undefined) {
      throw notFound(`Schedule ${name} does not exist.`);
    }
    return schedule;
  }
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, 404);
}

function nameIn(input: Fields): string {
  const name = text(input, "Name");
  const group = optionalText(input, "GroupName") ?? DEFAULT_GROUP;
  if (!/^[0-9a-zA-Z_.-]{1,64}$/.test(name)) {
    throw invalid(`Value '${name}' at 'name' failed to satisfy constraint`);
  }
  if (group !== DEFAULT_GROUP) {
    throw notFound(`Schedule group ${group} does not exist.`);
  }
  return name;
}

function fieldsIn(input: Fields, name: string): Fields {
  const value = input[name];
  if (typeof value !== "object" || value === null) {
    throw invalid(`${name} is missing`);
  }
  return value as Fields;
}

function checkSchedule(schedule: Fields, now: number): void {
  const expression = text(schedule, "ScheduleExpression");
  const window = fieldsIn(schedule, "FlexibleTimeWindow");
  if (expression.length > MAX_EXPRESSION || !isExpression(expression) || isPast(schedule, now)) {
    throw invalid(`Invalid Schedule Expression ${expression}.`);
  }
  if (!["ENABLED", "DISABLED"].includes(text(schedule, "State"))) {
    throw invalid(`Value '${text(schedule, "State")}' at 'state' failed to satisfy constraint: ENABLED, DISABLED`);
  }
  if ((optionalText(schedule, "Description") ?? "").length > MAX_DESCRIPTION) {
    throw invalid(`description must have length less than or equal to ${MAX_DESCRIPTION}`);
  }
  switch (text(window, "Mode")) {
    case "FLEXIBLE":
      checkBounds(window, "MaximumWindowInMinutes", 1, 1440);
      break;
    case "OFF":
      if (window["MaximumWindowInMinutes"] !== undefined) {
        throw invalid("MaximumWindowInMinutes must not be given when the mode is OFF.");
      }
      break;
    default:
      throw invalid(`Value '${text(window, "Mode")}' at 'mode' failed to satisfy constraint: OFF, FLEXIBLE`);
  }
}

function checkBounds(input: Fields, name: string, min: number, max: number): void {
  const value = input[name];
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
    throw invalid(`${name} must be between ${min} and ${max}`);
  }
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function isExpression(expression: string): boolean {
  const [, kind, value = ""] = /^(at|cron|rate)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case "at":
      return isTime(value);
    case "cron":
      return isCron(value.toUpperCase().split(" "));
    case "rate":
      return /^[1-9]\d* (minute|hour|day)s?$/.test(value);
    default:
      return false;
  }
}

/** A time without fractions of a second and without a zone, on a day that there is. */
function isTime(value: string): boolean {
  const time = Date.parse(`${value}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString() === `${value}.000Z`;
}

/** Whether the only time of a schedule has passed; times in zones other than UTC are not looked at. */
function isPast(schedule: Fields, now: number): boolean {
  const [, time] = /^at\((.*)\)$/.exec(text(schedule, "ScheduleExpression")) ?? [];
  const isUtc = text(schedule, "ScheduleExpressionTimezone") === "UTC";
  return time !== undefined && isUtc && Date.parse(`${time}Z`) <= now;
}

/** One of the two fields for days must be left open, and only one. */
function isCron(fields: readonly string[]): boolean {
  return (
    fields.length === CRON.length &&
    (fields[2] === "?") !== (fields[4] === "?") &&
    CRON.every((rule, index) => fits(fields[index] ?? "", rule))
  );
}

function fits(field: string, { min, max, names = [], special }: CronField): boolean {
  const valueOf = (value: string): number => {
    return names.includes(value) ? min + names.indexOf(value) : /^\d+$/.test(value) ? Number(value) : NaN;
  };
  const within = (value: string): boolean => valueOf(value) >= min && valueOf(value) <= max;
  const isItem = (item: string): boolean => {
    const [range = "", step, ...more] = item.split("/");
    const isStep = step === undefined || (/^[1-9]\d*$/.test(step) && Number(step) <= max);
    const ends = range.split("-");
    return more.length === 0 && isStep && (range === "*" || (ends.length <= 2 && ends.every(within)));
  };
  return special?.test(field) === true || field.split(",").every(isItem);
}
