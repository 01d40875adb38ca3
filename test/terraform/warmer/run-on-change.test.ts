import { setTimeout } from "node:timers/promises";
import { GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { CacheWarmer, PullThroughCache, Upstream } from "cdktf-ecr-pull-through-cache";
import type { CacheWarmerProps } from "cdktf-ecr-pull-through-cache";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const MINUTE = 60_000;

describeWithTerraform("a warmer that also runs after a change", () => {
  const aws = useLocalAws();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = new Workspace(warmer(), aws.environment());
    await workspace.init();
  });

  function warmer(props: Partial<CacheWarmerProps> = {}): object {
    const stack = stackIn(REGION);
    const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.quay()] });
    new CacheWarmer(stack, "warmer", {
      cache,
      images: ["quay.io/a/b:1"],
      schedule: "cron(0 6 * * ? *)",
      projectName: "warm",
      runOnChange: true,
      ...props,
    });
    return synthesized(stack);
  }

  /** Declares a warmer, with other words in its descriptions if they are given, and returns what a plan changes. */
  async function declare(
    props: Partial<CacheWarmerProps>,
    words: readonly [string, string] = ["", ""],
  ): Promise<{ [kind: string]: string }> {
    workspace.write("main.tf.json", JSON.stringify(warmer(props)).replaceAll(...words));
    const changes = Object.entries(await workspace.changes());
    return Object.fromEntries(
      changes.map(([address, action]) => [address.replace(/^.*\.warmer_|_[0-9A-F]{8}$/g, ""), action]),
    );
  }

  /** When the run after the last change starts, in milliseconds. */
  async function runsAt(projectName = "warm"): Promise<number> {
    const client = new SchedulerClient(clientConfig(aws, { region: REGION }));
    const { ScheduleExpression = "" } = await client.send(new GetScheduleCommand({ Name: `${projectName}.on-change` }));
    return Date.parse(`${/^at\((.*)\)$/.exec(ScheduleExpression)?.[1] ?? ""}Z`);
  }

  /** What has been done to the one-time schedules since the last call. */
  function writes(): string[] {
    return aws.requests
      .splice(0)
      .filter(({ input }) => /\.on-change$/.test(String(input["Name"])))
      .map(({ operation }) => operation)
      .filter((operation) => operation !== "GetSchedule");
  }

  test("runs five minutes after the apply, and every later plan is empty", async () => {
    const before = Date.now();
    await workspace.apply();
    const time = await runsAt();
    // The expression has no fractions of seconds.
    expect(time).toBeGreaterThan(before + 5 * MINUTE - 1000);
    expect(time).toBeLessThanOrEqual(Date.now() + 5 * MINUTE);
    expect(writes()).toEqual(["CreateSchedule"]);
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("does not run after a change of anything but what it pulls", async () => {
    expect(await declare({ timeoutInMinutes: 90, schedule: "cron(0 7 * * ? *)" })).toEqual({
      project: "update",
      schedule: "update",
    });
    // AWS would refuse to update a one-time schedule whose time has passed.
    expect(await declare({}, ["Starts the", "Starts builds of the"])).toEqual({
      schedule: "update",
      "schedule-role": "update",
    });
  });

  test("runs again after a change of its images, by a new schedule with a new time", async () => {
    const before = await runsAt();
    // The time of the next schedule is another second.
    await setTimeout(1000);
    const images = ["quay.io/a/b:2"];
    expect(await declare({ images })).toEqual({ project: "update", "run-on-change": "delete,create" });
    await workspace.apply();
    expect(await runsAt()).toBeGreaterThan(before);
    expect(writes()).toEqual(["DeleteSchedule", "CreateSchedule"]);
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("runs again with another name of the project, and leaves no schedule behind", async () => {
    const changes = await declare({ images: ["quay.io/a/b:2"], projectName: "warm-2" });
    expect(changes).toMatchObject({ project: "delete,create", "run-on-change": "delete,create" });
    await workspace.apply();
    expect(await runsAt("warm-2")).toBeGreaterThan(Date.now());
    expect(writes()).toEqual(["DeleteSchedule", "CreateSchedule"]);
    await workspace.destroy();
    expect(aws.contents()).toEqual([]);
  });
});
