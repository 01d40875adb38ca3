import type { CloudWatchLogs } from "../cloudwatch/cloudwatch-logs";
import { AwsError, Store, found, optionalList, optionalText, partitionOf, tagging, text } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";
import type { Sns } from "../sns/sns";
import { EventPattern } from "./event-pattern";
import type { AwsEvent } from "./event-pattern";
import { InputTransformer } from "./input-transformer";

interface Target {
  readonly fields: Fields;
  readonly transformer: InputTransformer | undefined;
}

interface Rule {
  readonly name: string;
  readonly arn: string;
  fields: Fields;
  pattern: EventPattern;
  tags: Tag[];
  readonly targets: Map<string, Target>;
}

export const EVENTBRIDGE = "events.amazonaws.com";

const NOT_FOUND = "ResourceNotFoundException";
const MAX_TARGETS = 5;
const REQUIRED_FIELDS = ["id", "account", "source", "time", "region", "resources", "detail-type"];
const BUS = "default";

/** Amazon EventBridge: rules of the default event bus for events, with topics and log groups as targets. */
export class Events implements Service {
  /** Why EventBridge has delivered nothing: AWS drops the event, and counts it in the metric FailedInvocations. */
  public readonly dropped: string[] = [];
  private readonly rules = new Store<Rule>("rule");

  public constructor(
    private readonly sns: Sns,
    private readonly logs: CloudWatchLogs,
  ) {}

  public readonly operations: Service["operations"] = {
    // A rule with the name is overwritten.
    PutRule: (input, scope) => {
      const name = text(input, "Name");
      if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) {
        throw invalid(`Value '${name}' at 'name' failed to satisfy constraint`);
      }
      checkBus(input);
      if ((optionalText(input, "Description") ?? "").length > 512) {
        throw invalid("description must have length less than or equal to 512");
      }
      const pattern = EventPattern.parse(text(input, "EventPattern"));
      const former = this.rules.in(scope).get(name);
      const rule: Rule = {
        name,
        arn: `arn:${partitionOf(scope.region)}:events:${scope.region}:${scope.accountId}:rule/${name}`,
        fields: { State: "ENABLED", ...input, Tags: undefined },
        pattern,
        tags: former?.tags ?? optionalList<Tag>(input, "Tags") ?? [],
        targets: former?.targets ?? new Map<string, Target>(),
      };
      this.rules.in(scope).set(name, rule);
      return { RuleArn: rule.arn };
    },
    DescribeRule: (input, scope) => {
      const { name, arn, fields } = this.find(input, "Name", scope);
      return { ...fields, Name: name, Arn: arn, EventBusName: BUS, CreatedBy: scope.accountId };
    },
    ListRules: (input, scope) => ({
      Rules: [...this.rules.in(scope).values()]
        .filter(({ name }) => name.startsWith(optionalText(input, "NamePrefix") ?? ""))
        .map(({ name, arn, fields }) => ({ ...fields, Name: name, Arn: arn, EventBusName: BUS })),
    }),
    TestEventPattern: (input) => {
      const event = JSON.parse(text(input, "Event")) as AwsEvent;
      // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
      if (REQUIRED_FIELDS.some((field) => !(field in event))) {
        throw invalid(`The event needs the fields ${REQUIRED_FIELDS.join(", ")}`);
      }
      return { Result: EventPattern.parse(text(input, "EventPattern")).matches(event) };
    },
    DeleteRule: (input, scope) => {
      checkBus(input);
      const rule = this.rules.in(scope).get(text(input, "Name"));
      if (rule !== undefined && rule.targets.size > 0) {
        throw invalid("Rule can't be deleted since it has targets.");
      }
      this.rules.in(scope).delete(text(input, "Name"));
      return {};
    },
    PutTargets: (input, scope) => {
      const { targets } = this.find(input, "Rule", scope);
      for (const fields of optionalList<Fields>(input, "Targets") ?? []) {
        const id = text(fields, "Id");
        const target = targetOf(fields, scope);
        if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(id)) {
          throw invalid(`Value '${id}' at 'targets.1.member.id' failed to satisfy constraint`);
        }
        if (!targets.has(id) && targets.size === MAX_TARGETS) {
          throw new AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
        }
        targets.set(id, target);
      }
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTargetsByRule: (input, scope) => ({
      Targets: [...this.find(input, "Rule", scope).targets.values()].map(({ fields }) => fields),
    }),
    RemoveTargets: (input, scope) => {
      const { targets } = this.find(input, "Rule", scope);
      optionalList<string>(input, "Ids")?.forEach((id) => targets.delete(id));
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTagsForResource: (input, scope) => ({ Tags: this.findByArn(input, scope).tags }),
    ...tagging("TagResource", "UntagResource", (input, scope) => this.findByArn(input, scope)),
  };

  public contents(): string[] {
    return this.rules.contents();
  }

  /** Delivers an event of a service of AWS to the targets of all rules that match it. */
  public async emit(event: AwsEvent): Promise<void> {
    const scope = { accountId: event.account, region: event.region };
    for (const rule of this.rules.in(scope).values()) {
      if (rule.fields["State"] === "ENABLED" && rule.pattern.matches(event)) {
        for (const target of rule.targets.values()) {
          await this.deliver(rule, target, event, scope);
        }
      }
    }
  }

  private async deliver(rule: Rule, { fields, transformer }: Target, event: AwsEvent, scope: Scope): Promise<void> {
    const arn = text(fields, "Arn");
    const message = transformer === undefined ? JSON.stringify(event) : transformer.transformed(event);
    if (message === undefined) {
      this.dropped.push(`${rule.name}: the transformed event is not JSON`);
      return;
    }
    // EventBridge gives a topic and its key no source: AWS supports no condition on it.
    const reason = arn.includes(":sns:")
      ? await this.sns.publish({ principal: EVENTBRIDGE, topicArn: arn, message, scope })
      : await this.logs.writeAs({ principal: EVENTBRIDGE, sourceArn: rule.arn, logGroupArn: arn, message, scope });
    if (reason !== undefined) {
      this.dropped.push(`${rule.name}: ${reason}`);
    }
  }

  private find(input: Fields, name: string, scope: Scope): Rule {
    checkBus(input);
    const key = text(input, name);
    if (!this.rules.in(scope).has(key)) {
      throw new AwsError(NOT_FOUND, `Rule ${key} does not exist on EventBus ${BUS}.`);
    }
    return this.rules.in(scope).get(key) as Rule;
  }

  private findByArn(input: Fields, scope: Scope): Rule {
    return found(this.rules.in(scope), text(input, "ResourceARN").replace(/^.*:rule\//, ""), NOT_FOUND);
  }
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function checkBus(input: Fields): void {
  const bus = optionalText(input, "EventBusName") ?? BUS;
  if (bus !== BUS) {
    throw new AwsError(NOT_FOUND, `Event bus ${bus} does not exist.`);
  }
}

function targetOf(fields: Fields, { region }: Scope): Target {
  const arn = text(fields, "Arn");
  const [, , service = "", ownRegion] = arn.split(":");
  if (!["sns", "logs"].includes(service)) {
    throw invalid(`Provided Arn is not in correct format: ${arn} is no target here`);
  }
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
  if (ownRegion !== region) {
    throw invalid(`Provided Arn is not in correct format: ${arn} is not in ${region}`);
  }
  if (arn.endsWith(".fifo")) {
    throw invalid(`Parameter(s) MessageGroupId not valid for target: ${arn} is a FIFO topic`);
  }
  const transformer = fields["InputTransformer"] as Fields | undefined;
  return { fields, transformer: transformer && new InputTransformer(transformer, service === "logs") };
}
