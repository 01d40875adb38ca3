// Deploys the flagship example with real Terraform against a stand-in for AWS on this machine, and takes it down again.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import {
  ELASTIO_STACK,
  createElastioStack,
  describeStack,
  parametersOf,
} from "../test/local-aws/cloudformation/vendor-stacks";
import { NETWORKS, addNetworks } from "../test/local-aws/ec2/networks";
import { createStateBucket, stateBucket } from "../test/local-aws/s3/state-bucket";
import { createCredential } from "../test/local-aws/secrets-manager/credentials";
import { ACCOUNT, LocalAws } from "../test/local-aws/server";
import type { LoggedRequest } from "../test/local-aws/server";
import { PROJECT_ROOT, runExample } from "../test/support/example-program";
import type { Edit } from "../test/support/example-program";
import { terraformEnvironment } from "../test/support/terraform-environment";

const EXAMPLE = "elastio-connector";
const CONNECTOR = "elastio-connector";
const POLICIES = "elastio-iam";
const REGION = "us-east-1";
const PARAMETER = "ecrPublicPrefix";
const KEPT_FOR_MINUTES = 60;
/** A region that the demo leaves empty, and an account. */
const FREE_REGION = "eu-central-1";
const FREE_ACCOUNT = "444455556666";
const GUIDE = "docs/getting-started.md";

/** What a request says to somebody who watches AWS; nothing of those that only read. */
const EVENTS: { readonly [operation: string]: (request: LoggedRequest) => string } = {
  CreateRepositoryCreationTemplate: ({ input }) => `template for repositories under ${String(input["prefix"])} made`,
  CreatePullThroughCacheRule: ({ input }) =>
    `cache rule ${String(input["ecrRepositoryPrefix"])} -> ${String(input["upstreamRegistryUrl"])} made`,
  CreatePolicy: ({ input }) => `policy ${String(input["PolicyName"])} made`,
  DeletePolicy: ({ input }) => `policy ${String(input["PolicyArn"]).replace(/^.*\//, "")} deleted`,
  DeletePullThroughCacheRule: ({ input }) => `cache rule ${String(input["ecrRepositoryPrefix"])} deleted`,
  DeleteRepositoryCreationTemplate: ({ input }) => `template for repositories under ${String(input["prefix"])} deleted`,
  UpdateStack: ({ input }) =>
    `stack ${String(input["StackName"]).replace(/^arn:.*:stack\/([^/]+)\/.*/, "$1")} is being updated`,
};

/** The number of columns of a terminal that nobody has resized. */
const COLUMNS = 80;

/** Prints text in lines that fit a terminal; a word that is longer than a line stays whole. */
function print(text: string): void {
  console.log(text.split("\n").map(wrapped).join("\n"));
}

function wrapped(line: string): string {
  const indent = `${/^ */.exec(line)?.[0] ?? ""}  `;
  const lines: string[] = [];
  for (let rest = line; ;) {
    const end = rest.length <= COLUMNS ? -1 : rest.lastIndexOf(" ", COLUMNS);
    if (end <= indent.length) {
      return [...lines, rest].join("\n");
    }
    lines.push(rest.slice(0, end));
    rest = indent + rest.slice(end + 1);
  }
}

/** What has to be undone whenever and however the demo ends. */
class Session {
  public readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-demo-"));
  public aws: LocalAws | undefined;
  private ending: Promise<void> | undefined;
  private child: ChildProcess | undefined;

  public get outdir(): string {
    return path.join(this.folder, "cdktf.out");
  }

  public stackFolder(stack: string): string {
    return path.join(this.outdir, "stacks", stack);
  }

  /** Runs a command and returns its status; its output is kept for the case that it fails. */
  public run(command: string, args: string[], cwd: string): Promise<{ status: number | null; output: string }> {
    const env = terraformEnvironment({ ...this.aws?.environment(), CI: "1", npm_config_loglevel: "error" });
    return new Promise((resolve, reject) => {
      // In a group of its own, so that it can be ended with all that it starts.
      const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
      this.child = child;
      let output = "";
      const keep = (chunk: Buffer): void => void (output += chunk.toString());
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      child.on("error", reject);
      child.on("close", (status) => {
        this.child = undefined;
        resolve({ status, output });
      });
    });
  }

  public get over(): boolean {
    return this.ending !== undefined;
  }

  /** Ends what still runs and removes what was made, once; whoever asks again waits for the same end. */
  public end(): Promise<void> {
    this.ending ??= this.cleanUp();
    return this.ending;
  }

  private async cleanUp(): Promise<void> {
    await this.endChild();
    await this.aws?.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async endChild(): Promise<void> {
    const pid = this.child?.pid;
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      for (let waited = 0; pid !== undefined && isAlive(pid) && waited < 5_000; waited += 100) {
        if (waited === 0) {
          process.kill(-pid, signal);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}

/** Whether any process of a group is there. */
function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** Prints a heading, then a sign of life every ten seconds for as long as the step takes. */
async function step<T>(title: string, action: () => Promise<T>): Promise<T> {
  print(`\n${title}`);
  const start = Date.now();
  const seconds = (): string => `${((Date.now() - start) / 1000).toFixed(0)} s`;
  const timer = setInterval(() => print(`  … ${seconds()}`), 10_000);
  try {
    const result = await action();
    print(`  done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

async function main(session: Session, keep: boolean): Promise<void> {
  print("Deploys examples/elastio-connector on this machine: no AWS account is needed, and none is touched.");
  print("Everybody can use the caches. The connector and step 5 are only for Elastio.");
  const aws = await step("1. Start a local AWS, with the stack of an Elastio Cloud Connector in it", () =>
    startAws(session),
  );
  const stacks = await step("2. Synthesize the example with cdktf", () => synthesize(session));
  const missing = whyNoTerraform();
  if (missing !== undefined) {
    print(`\nSkipped: deploying it. ${missing}`);
    print("Install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install) and run this again.");
    return;
  }
  const before = await describeStack(aws, { region: REGION }, ELASTIO_STACK);
  await step("3. Deploy: the caches region by region and the policy to pull, then the connector", () =>
    deploy(session, stacks),
  );
  const after = await describeStack(aws, { region: REGION }, ELASTIO_STACK);
  print(`\n  Parameters of ${ELASTIO_STACK}:`);
  showChanges(parametersOf(before), parametersOf(after));
  const rest = ({ Tags, Capabilities }: typeof before): string => JSON.stringify({ Tags, Capabilities });
  print(`  Tags and capabilities: ${rest(before) === rest(after) ? "unchanged" : "CHANGED"} ${rest(after)}`);
  await step("4. Plan again: nothing is left to do", () => planAgain(session, stacks));
  print("\n  Pull Elastio's images from:");
  for (const stack of stacks.filter((name) => name !== CONNECTOR && name !== POLICIES)) {
    print(`    ${await terraform(session, stack, ["output", "-raw", "elastio-images"])}/<image>:<tag>`);
  }
  if (keep) {
    await keepUntilTold(session, aws);
    return;
  }
  await step("5. Restore the parameters, then make Terraform forget the stack: one line each", () =>
    takeBack(session, aws),
  );
  await step("6. Destroy the caches and the policy", () => destroy(session, aws, stacks));
  print("\nDone: everything that the demo made is removed.");
  print("To look at it while it runs: npm run demo -- --keep");
  print(`To write your own: ${GUIDE}`);
}

async function startAws(session: Session): Promise<LocalAws> {
  const onRequest = (request: LoggedRequest): void => {
    if (request.errorCode === undefined && request.operation in EVENTS) {
      print(`  ${request.region.padEnd(14)} ${EVENTS[request.operation]?.(request) ?? ""}`);
    }
  };
  session.aws = await LocalAws.start({ onRequest });
  // The demo itself uses neither; with --keep the examples in private subnets, and those with states in S3, can be
  // planned there.
  addNetworks(session.aws, ACCOUNT);
  await createStateBucket(session.aws);
  const stack = await createElastioStack(session.aws, { region: REGION });
  print(`  ${session.aws.url}, account ${ACCOUNT}`);
  print(`  ${REGION.padEnd(14)} stack ${ELASTIO_STACK}, with ${stack.Parameters?.length ?? 0} parameters`);
  return session.aws;
}

/** The names of the stacks, those that others wait for first. */
async function synthesize(session: Session, edits: readonly Edit[] = []): Promise<string[]> {
  await runExample(EXAMPLE, session.outdir, { edits });
  const manifest = JSON.parse(fs.readFileSync(path.join(session.outdir, "manifest.json"), "utf8")) as {
    readonly stacks: { readonly [name: string]: { readonly dependencies: readonly string[] } };
  };
  const stacks = Object.entries(manifest.stacks)
    .sort(([, a], [, b]) => a.dependencies.length - b.dependencies.length)
    .map(([name]) => name);
  if (edits.length === 0) {
    print(`  Terraform JSON of ${stacks.length} stacks: ${stacks.join(", ")}`);
  }
  return stacks;
}

function whyNoTerraform(): string | undefined {
  const { error, stdout } = spawnSync("terraform", ["version", "-json"], {
    encoding: "utf8",
    env: terraformEnvironment(),
  });
  if (error !== undefined) {
    return "Terraform is not on PATH.";
  }
  const version = /"terraform_version": "([^"]+)"/.exec(stdout)?.[1] ?? "an unknown version";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 11) ? undefined : `Terraform on PATH is ${version}.`;
}

async function deploy(session: Session, stacks: readonly string[]): Promise<void> {
  print("  cdktf deploy '*'");
  const options = ["--auto-approve", "--skip-synth", "--skip-provider-lock", "--parallelism", "1"];
  const args = ["--no-install", "cdktf", "deploy", "*", ...options, "--output", session.outdir];
  const { status, output } = await session.run("npx", args, PROJECT_ROOT);
  if (status !== 0 && output.includes("node-pty")) {
    // A binary of its own that it lacks for Node.js 24.
    print("  The CLI of cdktf does not run on this Node.js: terraform apply in each stack's folder, in the same order");
    for (const stack of stacks) {
      await terraform(session, stack, ["init", "-input=false"]);
      await apply(session, stack);
    }
  } else if (status !== 0) {
    throw new Error(`cdktf deploy ended with ${String(status)}:\n${output}`);
  }
}

async function planAgain(session: Session, stacks: readonly string[]): Promise<void> {
  for (const stack of stacks) {
    await terraform(session, stack, ["plan", "-input=false", "-detailed-exitcode"]);
    print(`  ${stack}: no changes`);
  }
}

async function takeBack(session: Session, aws: LocalAws): Promise<void> {
  const last = 'fleet.addPullPolicy("pull").policyArn,\n  },\n';
  let former = "";
  for (const line of ["action: OverrideAction.RESTORE,", "action: OverrideAction.FORGET,"]) {
    print(`  main.ts: ${former}+ ${line}`);
    former = `- ${line} `;
    await synthesize(session, [
      ["import { PullThroughCacheFleet,", "import { OverrideAction, PullThroughCacheFleet,"],
      [last, `${last}  ${line}\n`],
    ]);
    await apply(session, CONNECTOR);
  }
  const parameters = parametersOf(await describeStack(aws, { region: REGION }, ELASTIO_STACK));
  print(`  ${PARAMETER} is ${JSON.stringify(parameters[PARAMETER])} again, and Terraform has forgotten the stack`);
}

async function destroy(session: Session, aws: LocalAws, stacks: readonly string[]): Promise<void> {
  for (const stack of stacks.filter((name) => name !== CONNECTOR)) {
    await terraform(session, stack, ["destroy", "-input=false", "-auto-approve"]);
  }
  print(`  What the local AWS holds now, as at the start: ${aws.contents().join(", ")}`);
}

async function keepUntilTold(session: Session, aws: LocalAws): Promise<void> {
  // Examples that can be planned there look it up.
  await createCredential(aws, "docker-hub", { region: NETWORKS.region });
  print("\nKept. Point Terraform, or any AWS client, at it from another terminal:\n");
  for (const [name, value] of Object.entries({ ...aws.environment(), AWS_REGION: REGION })) {
    print(`  export ${name}=${value}`);
  }
  print(`  cd ${session.stackFolder(CONNECTOR)}`);
  print("  terraform plan");
  print("\nIt holds, by account and region:\n");
  const networks = [NETWORKS.codeBuild, NETWORKS.eks].map((vpc) => `${ACCOUNT} ${NETWORKS.region} VPC ${vpc}`);
  for (const line of [...aws.contents(), `${ACCOUNT} ${REGION} bucket ${stateBucket()}`, ...networks].sort()) {
    print(`  ${line}`);
  }
  print(`\nAWS takes a prefix once per region. Free: ${FREE_REGION}, or another account:\n`);
  print(`  export AWS_REGION=${FREE_REGION}`);
  print(`  export AWS_ACCESS_KEY_ID=${FREE_ACCOUNT}`);
  print(`\nCtrl-C ends it and removes everything, and so do ${KEPT_FOR_MINUTES} minutes. From elsewhere:\n`);
  // A signal to npm does not arrive here: the shell between them does not pass it on.
  print(`  kill -INT ${process.pid}`);
  await new Promise((resolve) => setTimeout(resolve, KEPT_FOR_MINUTES * 60_000));
}

function showChanges(before: { readonly [name: string]: string }, after: { readonly [name: string]: string }): void {
  for (const [name, value] of Object.entries(after)) {
    const former = before[name] ?? "";
    const values = former === value ? JSON.stringify(value) : `${JSON.stringify(former)} -> ${JSON.stringify(value)}`;
    print(`  ${former === value ? " " : "~"} ${name.padEnd(26)} ${values}`);
  }
}

function apply(session: Session, stack: string): Promise<string> {
  return terraform(session, stack, ["apply", "-input=false", "-auto-approve"]);
}

function terraform(session: Session, stack: string, args: string[]): Promise<string> {
  return succeed(session, "terraform", args, session.stackFolder(stack));
}

async function succeed(session: Session, command: string, args: string[], cwd: string): Promise<string> {
  const { status, output } = await session.run(command, args, cwd);
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${String(status)}:\n${output}`);
  }
  return output;
}

const { values } = parseArgs({ options: { keep: { type: "boolean", default: false } } });
const session = new Session();
const signals: { readonly [signal: string]: number } = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
for (const [signal, status] of Object.entries(signals)) {
  // Ctrl-C reaches this process several times: from the terminal, and from npm and tsx, which pass it on.
  process.on(signal, () => {
    if (!session.over) {
      print("\nEnding what still runs, and removing what was made.");
    }
    void session.end().then(() => process.exit(status));
  });
}
main(session, values.keep)
  .catch((error: unknown) => {
    // What a signal has ended fails as well, and nobody needs to be told.
    if (!session.over) {
      console.error(`\n${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  })
  .finally(() => void session.end());
