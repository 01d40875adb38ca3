import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { ROOT } from "../../support/examples";
import { pathWithAttachedTerraform } from "../../support/path-with-attached-terraform";
import { temporaryFolder } from "../../support/temporary-folder";
import { describeWithTerraform } from "../../support/terraform";

const VALUE = "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public";

/** The demo under way, with a temporary folder of its own so that what it leaves behind can be seen. */
class Demo {
  public readonly temporary = temporaryFolder();
  public output = "";
  private readonly child: ChildProcess;
  private readonly closed: Promise<number | null>;

  public constructor(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
    const command = ["--import", require.resolve("tsx"), path.join(ROOT, "scripts", "demo.ts"), ...args];
    this.child = spawn(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: this.temporary, ...env },
    });
    const keep = (chunk: Buffer): void => void (this.output += chunk.toString());
    this.child.stdout?.on("data", keep);
    this.child.stderr?.on("data", keep);
    this.closed = new Promise((resolve) => this.child.on("close", (status) => resolve(status)));
  }

  public get pid(): number | undefined {
    return this.child.pid;
  }

  /** The output on one line, with single spaces. */
  public get text(): string {
    return this.output.replace(/\s+/g, " ");
  }

  /** Lines that do not fit a terminal, but for those with a path that is itself almost as long as a line. */
  public get longLines(): string[] {
    const lines = this.output.split("\n");
    return lines.filter((line) => line.length > 80 && line.split(" ").every((word) => word.length < 70));
  }

  /** The status it ends with. */
  public end(): Promise<number | null> {
    return this.closed;
  }

  /** Waits until it has printed something. */
  public async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) {
        throw new Error(`the demo has ended without "${text}":\n${this.output}`);
      }
      await setTimeout(50);
    }
  }

  /** Tells it to end, as Ctrl-C does: the terminal signals every process, and npm and tsx pass the signal on. */
  public async interrupt(): Promise<number | null> {
    this.child.kill("SIGINT");
    await setTimeout(20);
    this.child.kill("SIGINT");
    return this.closed;
  }

  /** What it has left behind, caches of tools aside. */
  public get leftovers(): string[] {
    return fs.readdirSync(this.temporary).filter((name) => name.startsWith("ecr-pull-through-cache"));
  }
}

describeWithTerraform("the demo", () => {
  test("deploys the example, shows what has changed and that nothing is left to do, and cleans up", async () => {
    const demo = new Demo([], { PATH: pathWithAttachedTerraform() });
    expect(`${String(await demo.end())} ${demo.output}`).toMatch(/^0 /);
    for (const region of ["us-east-1", "eu-west-1", "ap-southeast-2"]) {
      expect(demo.output).toMatch(new RegExp(`${region} +cache rule ecr-public -> public\\.ecr\\.aws made`));
      expect(demo.output).toContain(`elastio-${region}: no changes`);
      expect(demo.text).toContain(`111122223333.dkr.ecr.${region}.amazonaws.com/ecr-public/elastio/<image>:<tag>`);
    }
    expect(demo.output).toContain("elastio-connector: no changes");
    expect(demo.output).toContain("policy elastio-pull made");
    expect(demo.text.match(/~ \w+/g)).toEqual(["~ ecrPublicPrefix", "~ globalManagedPolicies"]);
    expect(demo.text).toContain(`~ ecrPublicPrefix "" -> "${VALUE}"`);
    expect(demo.text).toContain('~ globalManagedPolicies "" -> "arn:aws:iam::111122223333:policy/elastio-pull"');
    expect(demo.text).toContain('encryptWithCmk "true"');
    expect(demo.text).toContain("Tags and capabilities: unchanged");
    expect(demo.text).toContain('ecrPublicPrefix is "" again, and Terraform has forgotten the stack');
    expect(demo.text).toContain(
      "What the local AWS holds now, as at the start: 111122223333 us-east-1 stack elastio-account-level-stack ",
    );
    expect(demo.text).toContain("Done: everything that the demo made is removed.");
    const [, guide = "no guide"] = /To write your own: (\S+)/.exec(demo.text) ?? [];
    expect(fs.existsSync(path.join(ROOT, guide))).toBe(true);
    expect(demo.leftovers).toEqual([]);
    expect(demo.longLines).toEqual([]);
  });

  test("leaves nothing behind when it is interrupted while Terraform runs", async () => {
    // Here Terraform starts its provider itself, as it does for users.
    const demo = new Demo();
    await demo.says("cache rule ecr-public -> public.ecr.aws made");
    expect(await demo.interrupt()).toBe(130);
    expect(demo.output.match(/Ending what still runs/g)).toHaveLength(1);
    expect(demo.leftovers).toEqual([]);
  });

  test("keeps what it has deployed when it is told to, says what there is and how to reach it, and ends with Ctrl-C", async () => {
    const demo = new Demo(["--keep"], { PATH: pathWithAttachedTerraform() });
    await demo.says("  kill -INT ");
    expect(demo.output).toContain(`  kill -INT ${demo.pid}\n`);
    for (const region of ["us-east-1", "eu-west-1", "ap-southeast-2"]) {
      expect(demo.output).toContain(`  111122223333 ${region} cache rule ecr-public\n`);
    }
    expect(demo.output).toContain("  111122223333 eu-west-1 secret ecr-pullthroughcache/docker-hub\n");
    expect(demo.output).toContain("  111122223333 us-east-1 bucket terraform-states-111122223333\n");
    expect(demo.output).toContain("  111122223333 eu-west-1 VPC vpc-0e450000000000001\n");
    expect(demo.text).not.toContain("111122223333 eu-central-1");
    expect(demo.output).toContain("  export AWS_REGION=eu-central-1\n");
    expect(demo.longLines).toEqual([]);
    const url = /export AWS_ENDPOINT_URL=(\S+)/.exec(demo.output)?.[1] ?? "";
    expect(demo.output).toContain("export AWS_ACCESS_KEY_ID=111122223333");
    expect((await fetch(url, { method: "POST" })).status).toBe(400);
    expect(await demo.interrupt()).toBe(130);
    await expect(fetch(url, { method: "POST" })).rejects.toThrow();
    expect(demo.leftovers).toEqual([]);
  });
});

test("without Terraform the demo synthesizes, says what it skips and how to get it, and ends well", async () => {
  const demo = new Demo([], { PATH: temporaryFolder() });
  expect(await demo.end()).toBe(0);
  expect(demo.output).toContain("Terraform JSON of 5 stacks");
  expect(demo.output).toContain("Skipped: deploying it. Terraform is not on PATH.");
  expect(demo.output).toContain("https://developer.hashicorp.com/terraform/install");
  expect(demo.leftovers).toEqual([]);
});
