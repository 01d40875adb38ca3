import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { Construct } from "constructs";
import { serviceRole } from "../aws/service-role";
import type { ServiceRole } from "../aws/service-role";
import type { Upstream } from "../cache/upstream";
import { upstreamUrl } from "../cache/upstream-spec";
import { withoutTrailingSlash } from "../image/repository-path";
import { CheckBlock, replacedWith, terraformData } from "../terraform/blocks";
import { constructIdIn } from "../terraform/construct-id";
import { requireTerraform } from "../terraform/required-version";
import { addressErrors } from "../validation/address-errors";
import { checkInStack } from "../validation/in-stack";
import { JsonOnly } from "../validation/json-only";
import { propsOf } from "../validation/props-of";
import { ValidationErrors } from "../validation/validation-errors";
import type { TopicSpec } from "./alert-destination";
import { createTopic } from "./alert-topic";
import type { CredentialExpiryAlertProps } from "./credential-expiry-alert-props";
import { checkCredentialExpiryAlert } from "./expiry-checks";
import { DEFAULT_DAYS_BEFORE } from "./expiry-rules";
import { publishReminders, REMINDER_ROLE } from "./policy-statements";
import { reminderText, reminderTime } from "./reminder";
import { nameClashes } from "./unique-names";

/** A credential that expires: its upstream and its end date. */
interface ExpiringCredential {
  readonly upstream: Upstream;
  readonly date: string;
}

/**
 * Reminds people of the end dates of credentials. With an expired credential, ECR cannot sign in to the upstream and
 * imports no images. AWS sends no event before a credential expires.
 *
 * It creates a one-time EventBridge schedule for each reminder, which publishes a message to a topic, and one role for
 * all schedules. Terraform stores when each reminder was declared: it creates no schedule for a reminder whose time
 * has passed then, or comes within a day, and it changes nothing after a reminder was sent. Every plan warns of a
 * credential that this leaves without a reminder. A plan fails if an end date has passed when it is declared. A new
 * end date, topic or role replaces the schedules. AWS keeps a schedule after its time.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export class CredentialExpiryAlert extends Construct {
  /** ARN of the topic, created or given. */
  public readonly topicArn: string;

  private readonly props: CredentialExpiryAlertProps;

  /**
   * @param scope the stack of the cache, or a construct in it
   * @param id part of the address of every resource: changing it replaces them all
   * @param props the end dates of the credentials, and who is reminded of them
   * @throws before it creates a resource, if the props have mistakes. One error lists all of them: unknown props;
   * values that break a rule of their prop or of the destination; a cache of another stack; prefixes of upstreams
   * without a credential; dates that no calendar has
   * @throws at once, if no scope is a TerraformStack
   * @throws from `app.synth()`, if another element of the stack has an address of the alert
   * @throws from `app.synth()`, if another topic of the app has the same name, provider and region
   * @throws from `app.synth()`, if the app has HCL output
   */
  public constructor(scope: Construct, id: string, props: CredentialExpiryAlertProps) {
    super(scope, id);
    const errors = new ValidationErrors();
    this.props = propsOf(this, props);
    checkInStack(errors, this, "give the stack of the cache");
    checkCredentialExpiryAlert(errors, this, this.props);
    errors.throwAndRemove(this);

    requireTerraform(this, 5);
    new JsonOnly(this, "json-only", "the HCL output cannot write what replaces the schedules");
    this.topicArn = this.findOrCreateTopic();
    const role = this.createRole();
    const credentials = Object.entries(this.props.expiryDates).map(([prefix, date]) => {
      const key = withoutTrailingSlash(prefix);
      return { upstream: this.props.cache._internals.tryFindUpstream(key) as Upstream, date };
    });
    for (const credential of credentials) {
      const isSent = (this.props.daysBefore ?? DEFAULT_DAYS_BEFORE).map((days) =>
        this.createReminder(credential, days, role),
      );
      this.warnOfNoReminder(credential, isSent);
    }
    this.node.addValidation({ validate: () => [...addressErrors(this), ...nameClashes(this)] });
  }

  /** The destination, which has been checked not to be a log group. */
  private get topicSpec(): TopicSpec {
    return this.props.destination._spec as TopicSpec;
  }

  private findOrCreateTopic(): string {
    const { regional } = this.props.cache._internals.registry;
    const spec = this.topicSpec;
    return spec.kind === "topic"
      ? spec.topicArn
      : createTopic(this, spec.options, { namePrefix: REMINDER_ROLE.namePrefix, regional }).arn;
  }

  private createRole(): ServiceRole {
    const { registry } = this.props.cache._internals;
    const { kmsKeyArn } = this.topicSpec.options;
    return serviceRole(this, {
      id: "role",
      ...REMINDER_ROLE,
      accountId: registry.accountId,
      statements: () => publishReminders(this.topicArn, kmsKeyArn),
      options: this.props.roleOptions,
      provider: registry.regional.provider,
    });
  }

  /** Creates a reminder, and returns the condition that it is sent, as an expression. */
  private createReminder({ upstream, date }: ExpiringCredential, days: number, role: ServiceRole): string {
    const { registry } = this.props.cache._internals;
    const { prefix, prefixKey } = upstream._spec;
    const id = `${constructIdIn(this, prefixKey)}-${days}-days`;
    const time = reminderTime(date, days);
    // Its input is the time of the plan that declared the reminder: later plans ignore the change, and a new resource has
    // a new time. So a plan does not depend on the day on which it runs.
    const declared = terraformData(this, `${id}-declared`, {
      input: "${plantimestamp()}",
      triggersReplace: [date, this.topicArn, role.roleArn],
      lifecycle: {
        ignoreChanges: ["input"],
        postcondition: [
          {
            condition: `\${timecmp("${date}T00:00:00Z", self.input) > 0}`,
            errorMessage: `The credential of ${prefix} must have an end date in the future, got ${date}; renew the credential and give its new date, or leave it out.`,
          },
        ],
      },
    });
    const schedule = new SchedulerSchedule(this, id, {
      ...registry.regional,
      namePrefix: REMINDER_ROLE.namePrefix,
      description: `Reminder that the credential of ${prefix} expires on ${date}`,
      scheduleExpression: `at(${time})`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: this.topicArn,
        roleArn: role.roleArn,
        input: reminderText({
          upstream: `${prefix} (${upstreamUrl(upstream._spec, registry)})`,
          region: registry.region,
          date,
          days,
        }),
      },
      // AWS refuses to update a schedule whose time has passed: a new one takes its place.
      lifecycle: { ignoreChanges: "all", ...replacedWith(declared) },
      dependsOn: role.dependsOn,
    });
    // AWS refuses a schedule in the past. A day is left for the apply of the plan.
    const input = `terraform_data.${declared.friendlyUniqueId}.input`;
    const isSent = `timecmp("${time}Z", timeadd(${input}, "24h")) > 0`;
    schedule.addOverride("count", `\${${isSent} ? 1 : 0}`);
    return isSent;
  }

  /** Every plan warns of a credential that was declared too late for all of its reminders. */
  private warnOfNoReminder({ upstream, date }: ExpiringCredential, isSent: readonly string[]): void {
    const { prefix, prefixKey } = upstream._spec;
    new CheckBlock(this, `${constructIdIn(this, prefixKey)}-reminded`, {
      condition: `\${anytrue([${isSent.join(", ")}])}`,
      errorMessage: `No reminder of the credential of ${prefix} is sent, because its end date, ${date}, is too near; renew the credential now, and give its new date.`,
    });
  }
}
