import {
  AlertDestination,
  CredentialExpiryAlert,
  PullThroughCache,
  RegistryCredential,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { CredentialExpiryAlertProps } from "cdktf-ecr-pull-through-cache";
import { ACCOUNT } from "../../local-aws/server";
import { resourcesOf, stackIn, synthesized } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const DAY = 86_400_000;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf`;

/** The date some days from today, in UTC. */
function dateIn(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString().slice(0, "2027-03-31".length);
}

/** The resources of an alert on the credential of Docker Hub, without those of the cache. */
function alert(props: Partial<CredentialExpiryAlertProps>): object {
  const stack = stackIn(REGION);
  const cache = new PullThroughCache(stack, "cache", {
    accountId: ACCOUNT,
    upstreams: [Upstream.dockerHub(RegistryCredential.fromSecretArn(SECRET))],
  });
  new CredentialExpiryAlert(stack, "expiry", {
    cache,
    expiryDates: { "docker-hub": dateIn(90) },
    destination: AlertDestination.newTopic({ topicName: "reminders" }),
    ...props,
  });
  return resourcesOf(synthesized(stack), "expiry");
}

describeWithTerraform("a reminder of a credential that expires", () => {
  const aws = useLocalAws();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = new Workspace(alert({}), aws.environment());
    await workspace.init();
  });

  /** Declares an alert; with a time, as if a plan at that time had declared it. */
  function declare(props: Partial<CredentialExpiryAlertProps>, declaredAt?: string): void {
    const json = JSON.stringify(alert(props));
    workspace.write(
      "main.tf.json",
      declaredAt === undefined ? json : json.replaceAll("${plantimestamp()}", declaredAt),
    );
  }

  test("is scheduled at 09:00 UTC before the end date, and every later plan is empty", async () => {
    await workspace.apply();
    const schedules = aws.requests.filter(({ operation }) => operation === "CreateSchedule");
    const times = schedules.map(({ input }) => String(input["ScheduleExpression"])).sort();
    expect(times).toEqual([60, 83, 89].map((days) => `at(${dateIn(days)}T09:00:00)`));
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("is replaced with the date of a renewed credential", async () => {
    declare({ expiryDates: { "docker-hub": dateIn(180) } });
    expect(Object.values(await workspace.changes())).toEqual(Array.from({ length: 6 }, () => "delete,create"));
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("is left out if its time has passed when it is declared, or comes within a day", async () => {
    declare({ expiryDates: { "docker-hub": dateIn(8) } });
    await workspace.apply();
    expect(aws.contents().filter((line) => line.includes("schedule"))).toHaveLength(1);
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("can be added later", async () => {
    declare({ expiryDates: { "docker-hub": dateIn(8) }, daysBefore: [30, 7, 3, 1] });
    expect(Object.values(await workspace.changes())).toEqual(["create", "create"]);
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("is missed in every plan if the credential was declared too late for all of its reminders", async () => {
    declare({ expiryDates: { "docker-hub": dateIn(1) } });
    const warning = `No reminder of the credential of docker-hub is sent, because its end date, ${dateIn(1)}, is too near`;
    expect(await workspace.apply()).toContain(warning);
    expect(await workspace.run(["plan", "-input=false", "-no-color"])).toContain(warning);
  });

  test("fails the plan for an end date that has passed when it is declared", async () => {
    declare({ expiryDates: { "docker-hub": "2026-01-31" }, daysBefore: [1] });
    expect(await workspace.refusal()).toContain(
      "The credential of docker-hub must have an end date in the future, got 2026-01-31; renew the credential and give its new date, or leave it out.",
    );
    declare({});
    await workspace.destroy();
    expect(aws.contents()).toEqual([]);
  });

  test("is sent once to an encrypted topic, and no later plan changes or sends anything", async () => {
    const past = { expiryDates: { "docker-hub": "2020-06-30" }, daysBefore: [30, 1] };
    const destination = AlertDestination.newTopic({ topicName: "reminders", kmsKeyArn: KEY });
    aws.scheduler.clock = () => Date.parse("2020-01-01T00:00:00Z");
    declare({ ...past, destination }, "2020-01-01T00:00:00Z");
    await workspace.apply();
    await aws.scheduler.runDue();
    expect(aws.sns.publications).toEqual([]);

    const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    const Statement = [{ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }];
    aws.sns.keyPolicies.set(KEY, { Version: "2012-10-17", Statement });
    aws.scheduler.clock = () => Date.parse("2020-05-31T09:00:00Z");
    await aws.scheduler.runDue();
    expect(aws.scheduler.failed).toEqual([]);
    expect(aws.sns.publications.map(({ message }) => message.split("\n"))).toEqual([
      [
        "The credential of the upstream docker-hub (registry-1.docker.io) of a pull-through cache expires in 30 days.",
        "Region: eu-west-1",
        "End date: 2020-06-30",
        "From this day on, Amazon ECR cannot sign in to the upstream: it caches no new image and refreshes no tag.",
        "Rotate the credential, and change the date in the declaration: https://github.com/cdktf-ecr-pull-through-cache/cdktf-ecr-pull-through-cache/blob/main/docs/registry-credentials.md#rotate-a-token",
      ],
    ]);

    // Today, both reminders and the end date are long past.
    aws.scheduler.clock = () => Date.now();
    declare({ ...past, destination });
    expect(await workspace.isUpToDate()).toBe(true);
    await aws.scheduler.runDue();
    await aws.scheduler.runDue();
    expect(aws.sns.publications).toHaveLength(2);

    declare({ ...past, expiryDates: { "docker-hub": dateIn(90) }, destination });
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    await workspace.destroy();
    expect(aws.contents()).toEqual([]);
  });
});
