import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { App, TerraformStack } from "cdktf";
import {
  AlertDestination,
  CredentialExpiryAlert,
  PullThroughCache,
  RegistryCredential,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { CredentialExpiryAlertProps } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { isDate, reminderTime } from "../../src/alerts/reminder";
import { resolved } from "../../src/terraform/tokens";
import { addresses, blocks, messageOf, only, resourcesOf, stackIn, synthesized } from "../support/synthesis";
import type { Block, TerraformJson } from "../support/synthesis";

const REGION = "eu-west-1";
const ACCOUNT = "111122223333";
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ops`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd`;

function cacheIn(stack: TerraformStack): PullThroughCache {
  const credential = RegistryCredential.fromSecretName("ecr-pullthroughcache/hub");
  return new PullThroughCache(stack, "cache", {
    accountId: ACCOUNT,
    upstreams: [Upstream.dockerHub(credential), Upstream.github(credential, { prefix: "my.ghcr/" }), Upstream.quay()],
  });
}

function alertIn(stack: TerraformStack, props: Partial<CredentialExpiryAlertProps> = {}): CredentialExpiryAlert {
  return new CredentialExpiryAlert(stack, "alert", {
    cache: cacheIn(stack),
    expiryDates: { "docker-hub": "2027-03-31" },
    destination: AlertDestination.topic(TOPIC),
    ...props,
  });
}

function alert(props: Partial<CredentialExpiryAlertProps> = {}): TerraformJson {
  const stack = stackIn(REGION);
  alertIn(stack, props);
  return resourcesOf(synthesized(stack), "alert");
}

function timesOf(json: TerraformJson): unknown[] {
  return blocks(json, "aws_scheduler_schedule").map((schedule) => schedule["schedule_expression"]);
}

/** The error of an alert on a cache with credentials of Docker Hub and GitHub, and with Quay. */
function refusal(props: object): string {
  return messageOf(() => alert(props));
}

describe("an alert", () => {
  test("is a schedule 30, 7 and 1 days before the end date, each declared at the time of a plan", () => {
    const json = alert();
    expect(timesOf(json).sort()).toEqual([
      "at(2027-03-01T09:00:00)",
      "at(2027-03-24T09:00:00)",
      "at(2027-03-30T09:00:00)",
    ]);
    expect(json.terraform?.["required_version"]).toBe(">= 1.5.0");
  });

  test("has one schedule as a whole, which Terraform creates only if its time is a day away, and never changes", () => {
    const json = alert({ daysBefore: [7] });
    const [declaredName = ""] = Object.keys(json.resource?.["terraform_data"] ?? {});
    const [roleName = ""] = Object.keys(json.resource?.["aws_iam_role"] ?? {});
    expect(only(json, "terraform_data")).toEqual({
      input: "${plantimestamp()}",
      triggers_replace: ["2027-03-31", TOPIC, `\${aws_iam_role.${roleName}.arn}`],
      lifecycle: {
        ignore_changes: ["input"],
        postcondition: [
          {
            condition: '${timecmp("2027-03-31T00:00:00Z", self.input) > 0}',
            error_message:
              "The credential of docker-hub must have an end date in the future, got 2027-03-31; renew the credential and give its new date, or leave it out.",
          },
        ],
      },
    });
    expect(only(json, "aws_scheduler_schedule")).toEqual({
      count: `\${timecmp("2027-03-24T09:00:00Z", timeadd(terraform_data.${declaredName}.input, "24h")) > 0 ? 1 : 0}`,
      name_prefix: "ecr-credential-expiry-",
      description: "Reminder that the credential of docker-hub expires on 2027-03-31",
      schedule_expression: "at(2027-03-24T09:00:00)",
      flexible_time_window: { mode: "OFF" },
      target: {
        arn: TOPIC,
        role_arn: `\${aws_iam_role.${roleName}.arn}`,
        input: [
          "The credential of the upstream docker-hub (registry-1.docker.io) of a pull-through cache expires in 7 days.",
          "Region: eu-west-1",
          "End date: 2027-03-31",
          "From this day on, Amazon ECR cannot sign in to the upstream: it caches no new image and refreshes no tag.",
          "Rotate the credential, and change the date in the declaration: https://github.com/cdktf-ecr-pull-through-cache/cdktf-ecr-pull-through-cache/blob/main/docs/registry-credentials.md#rotate-a-token",
        ].join("\n"),
      },
      lifecycle: { ignore_changes: "all", replace_triggered_by: [`terraform_data.${declaredName}`] },
      depends_on: [expect.stringMatching(/^aws_iam_role_policy\./)],
    });
  });

  test("has the addresses that states of users have, which depend on the prefix and the days only", () => {
    const expiryDates = { "my.ghcr": "2027-03-31", "docker-hub/": "2027-01-31" };
    const destination = AlertDestination.newTopic({ emailAddresses: ["ops@example.com"] });
    const own = addresses(alert({ expiryDates, daysBefore: [30, 1], destination }));
    expect(
      own.filter((address) => !address.startsWith("data.")).map((address) => address.replace(/_[0-9A-F]{8}$/, "")),
    ).toEqual([
      "aws_iam_role.alert_role",
      "aws_iam_role_policy.alert_role-policy",
      "aws_scheduler_schedule.alert_docker-hub-1-days",
      "aws_scheduler_schedule.alert_docker-hub-30-days",
      "aws_scheduler_schedule.alert_my_2eghcr-1-days",
      "aws_scheduler_schedule.alert_my_2eghcr-30-days",
      "aws_sns_topic.alert_topic",
      "aws_sns_topic_subscription.alert_subscription-ops_40example_2ecom",
      "terraform_data.alert_docker-hub-1-days-declared",
      "terraform_data.alert_docker-hub-30-days-declared",
      "terraform_data.alert_my_2eghcr-1-days-declared",
      "terraform_data.alert_my_2eghcr-30-days-declared",
    ]);
  });

  test("does not follow later changes of its props", () => {
    const stack = stackIn(REGION);
    const expiryDates = { "docker-hub": "2027-03-31" };
    alertIn(stack, { expiryDates, daysBefore: [1] });
    Object.assign(expiryDates, { "my.ghcr": "2027-03-31" });
    expect(timesOf(synthesized(stack))).toEqual(["at(2027-03-30T09:00:00)"]);
  });

  test("gives its role the options, and the permission to publish to an encrypted topic", () => {
    const roleOptions = {
      path: "/platform/",
      namePrefix: "acme-",
      permissionsBoundaryArn: `arn:aws:iam::${ACCOUNT}:policy/b`,
    };
    const json = alert({ roleOptions, destination: AlertDestination.topic(TOPIC, { kmsKeyArn: KEY }) });
    expect(only(json, "aws_iam_role")).toMatchObject({
      name_prefix: "acme-",
      path: "/platform/",
      permissions_boundary: `arn:aws:iam::${ACCOUNT}:policy/b`,
    });
    expect(JSON.parse(String(only(json, "aws_iam_role_policy")["policy"]))).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "sns:Publish", Resource: TOPIC },
        { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: KEY },
      ],
    });
  });

  test("creates a topic without a policy: the role has the permission", () => {
    const stack = stackIn(REGION);
    const { topicArn } = alertIn(stack, { destination: AlertDestination.newTopic({ topicName: "reminders" }) });
    const json = synthesized(stack);
    expect(only(json, "aws_sns_topic")).toEqual({ name: "reminders" });
    expect(json.resource?.["aws_sns_topic_policy"]).toBeUndefined();
    const targets = blocks(json, "aws_scheduler_schedule").map(({ target }) => (target as Block)["arn"]);
    expect(new Set(targets)).toEqual(new Set([resolved(stack, topicArn)]));
  });
});

describe("the time of a reminder", () => {
  test.each([
    ["2027-03-31", 30, "2027-03-01T09:00:00"],
    ["2027-03-01", 1, "2027-02-28T09:00:00"],
    ["2028-03-01", 1, "2028-02-29T09:00:00"],
    ["2027-01-01", 365, "2026-01-01T09:00:00"],
  ])("before %s, %i days, is %s", (date, days, time) => {
    expect(reminderTime(date, days)).toBe(time);
  });

  test("is so many days before the date, in any time zone", () => {
    const dates = fc.date({ min: new Date("2000-01-01"), max: new Date("2900-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.integer({ min: 1, max: 365 }), (day, days) => {
        const date = day.toISOString().slice(0, "2027-03-31".length);
        expect(isDate(date)).toBe(true);
        const hours = (Date.parse(`${date}T00:00:00Z`) - Date.parse(`${reminderTime(date, days)}Z`)) / 3_600_000;
        expect(hours).toBe(days * 24 - 9);
      }),
    );
  });
});

describe("fails at once with", () => {
  const hint = "give the first day on which the upstream does not accept the credential";

  test.each<readonly [string, object, string]>([
    [
      "no dates",
      { expiryDates: {} },
      '`expiryDates` must be a map of at least one date, got a value of type object; give the end date of each credential, like { "docker-hub": "2027-03-31" }',
    ],
    ...["2027-02-30", "2027-13-01", "31.03.2027", "2027-3-31", "2027-03-31T00:00:00Z"].map(
      (date) =>
        [
          `the date ${date}`,
          { expiryDates: { "docker-hub": date } },
          `\`expiryDates["docker-hub"]\` must be a calendar date, like 2027-03-31, got "${date}"; ${hint}`,
        ] as const,
    ),
    [
      "a date that is a token",
      { expiryDates: { "docker-hub": "${var.date}" } },
      '`expiryDates["docker-hub"]` must be known at synth, got "${var.date}"; give a literal: it determines when the reminders are sent',
    ],
    [
      "an upstream without a credential",
      { expiryDates: { quay: "2027-03-31" } },
      '`expiryDates` must have prefixes of upstreams with a credential as keys: docker-hub, my.ghcr/, got "quay"; leave out the others: they have nothing that expires',
    ],
    [
      "a prefix twice",
      { expiryDates: { "docker-hub": "2027-03-31", "docker-hub/": "2027-03-31" } },
      '`expiryDates` must have each prefix once, got "docker-hub/"; leave out the second one, with or without its slash',
    ],
    [
      "no days",
      { daysBefore: [] },
      "`daysBefore` must be a list of at least one number, got []; leave it out for 30, 7 and 1",
    ],
    [
      "the day itself",
      { daysBefore: [0] },
      "`daysBefore[0]` must be an integer from 1 to 365, got 0; leave it out for 30, 7 and 1",
    ],
    [
      "a list of days with a hole",
      { daysBefore: [undefined] },
      "`daysBefore[0]` must be an integer from 1 to 365, got null; leave it out for 30, 7 and 1",
    ],
    ["a day twice", { daysBefore: [7, 7] }, "`daysBefore[1]` must be given once, got 7; leave out the second one"],
    [
      "days that are a token",
      { daysBefore: ["${var.days}"] },
      '`daysBefore[0]` must be known at synth, got "${var.days}"; give a literal: it determines when the reminders are sent',
    ],
    [
      "a log group",
      { destination: AlertDestination.logGroup() },
      '`destination` must be a topic, got "a log group"; use AlertDestination.newTopic() or AlertDestination.topic(arn): a log group reminds nobody',
    ],
    [
      "no cache",
      { cache: "cache" },
      '`cache` must be a PullThroughCache, got "cache"; give the construct, for example fleet.cacheIn(region)',
    ],
    [
      "a wrong path of its role",
      { roleOptions: { path: "platform" } },
      '`roleOptions.path` must be / or up to 512 characters of ASCII without spaces that begin and end with a slash, like /platform/, got "platform"; leave it out for /',
    ],
    [
      "a misspelt prop",
      { expiryDate: {} },
      "`expiryDate` is not a property of CredentialExpiryAlert; did you mean `expiryDates`?",
    ],
  ])("%s", (_, props, message) => {
    expect(refusal(props)).toBe(`stack/alert: ${message}`);
  });

  test("a cache of another stack", () => {
    const stack = stackIn(REGION);
    const cache = cacheIn(stackIn(REGION));
    expect(messageOf(() => alertIn(stack, { cache }))).toContain(
      '`cache` must be in the stack of the alert, got "stack/cache"; create the alert in the stack of the cache',
    );
  });
});

test("fails at synth with HCL output", () => {
  const stack = stackIn(REGION);
  alertIn(stack);
  Object.assign(stack.node.root as App, { hclOutput: true });
  expect(messageOf(() => stack.toHclTerraform())).toContain("the HCL output cannot write what replaces the schedules");
});

test("fails with a token in place of a prefix, and does not show it", () => {
  const secret = `ghp_${"a1B2".repeat(9)}`;
  const message = refusal({ expiryDates: { [secret]: "bad" } });
  expect(message).not.toContain(secret);
  expect(message).toContain('`expiryDates["(a key not shown)"]` must be a calendar date, like 2027-03-31, got "bad"');
});

test("fails with null as props, and leaves no construct", () => {
  const stack = stackIn(REGION);
  const act = (): unknown => new CredentialExpiryAlert(stack, "alert", null as unknown as CredentialExpiryAlertProps);
  expect(messageOf(act)).toContain("`cache` is required");
  expect(stack.node.tryFindChild("alert")).toBeUndefined();
});

test("fails with the name of another topic", () => {
  const stack = stackIn(REGION);
  new SnsTopic(stack, "ops", { name: "expiry" });
  alertIn(stack, { destination: AlertDestination.newTopic({ topicName: "expiry" }) });
  expect(messageOf(() => synthesized(stack))).toContain(
    '`destination.topicName` must differ from the name of stack/ops, got "expiry"; leave it out for a unique name: two topics with one name are one topic; for one topic, give the second alert AlertDestination.topic(first.topicArn)',
  );
});
