import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { describeUnless } from "./describe-unless";

const PROVIDER = path.join("registry.terraform.io", "hashicorp", "aws");

/** One entry of what `terraform validate -json` says. */
export interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
  readonly snippet?: { readonly context?: string | null; readonly code?: string };
}

/** A planned change, as `terraform show -json` says it. */
export interface ResourceChange {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly change: { readonly actions: string[]; readonly after: { readonly [name: string]: unknown } | null };
}

/** What `terraform show -json` says of a plan. */
export interface Plan {
  readonly resource_changes?: ResourceChange[];
  readonly configuration: {
    readonly root_module: { readonly resources?: { readonly address: string; readonly depends_on?: string[] }[] };
  };
}

/** What a command ended with. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** A folder with a configuration, and the real Terraform run in it. */
export class Workspace {
  public readonly folder: string;

  /** Copies a synthesized stack, or makes a folder with one JSON configuration. */
  public constructor(source: string | object) {
    // Deep enough for a state that lies three folders up.
    this.folder = path.join(temporaryFolder(), "cdktf.out", "stacks", "stack");
    fs.mkdirSync(this.folder, { recursive: true });
    if (typeof source === "string") {
      fs.cpSync(source, this.folder, { recursive: true });
    } else {
      this.write("main.tf.json", JSON.stringify(source));
    }
  }

  public write(file: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, file), text);
  }

  public read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), "utf8");
  }

  /** Runs Terraform and throws when it fails. */
  public async run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const { status, output } = await this.try(args, env);
    if (status !== 0) {
      throw new Error(`terraform ${args.join(" ")} ended with ${String(status)}:\n${output}`);
    }
    return output;
  }

  /** Runs Terraform and returns what it ended with. */
  public async try(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return execute("terraform", args, { cwd: this.folder, env: { ...terraformEnvironment(), ...env } });
  }

  public async init(): Promise<void> {
    await this.run(["init", "-input=false", "-no-color"]);
  }

  public async validate(): Promise<Diagnostic[]> {
    const { output } = await this.try(["validate", "-json"]);
    return (JSON.parse(output) as { diagnostics: Diagnostic[] }).diagnostics;
  }

  /** Plans into a file and returns what is in it. */
  public async plan(env: NodeJS.ProcessEnv = {}): Promise<Plan> {
    await this.run(["plan", "-input=false", "-no-color", "-out=tfplan"], env);
    return JSON.parse(await this.run(["show", "-json", "tfplan"])) as Plan;
  }

  /** The paths of all files of the workspace and of its state. */
  public files(): string[] {
    const root = path.resolve(this.folder, "../../..");
    return fs
      .readdirSync(root, { recursive: true, encoding: "utf8" })
      .map((file) => path.join(root, file))
      .filter((file) => !file.includes(`${path.sep}.terraform${path.sep}providers`) && fs.statSync(file).isFile());
  }
}

/** Tests that need Terraform and the AWS provider. */
export function describeWithTerraform(name: string, tests: () => void): void {
  describeUnless(whyNot(), name, tests);
}

/** A new folder that is removed when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-"));
  temporary.push(folder);
  return folder;
}

/** Runs a command to its end. */
export function execute(
  command: string,
  args: string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}

/** Terraform JSON that uses the AWS provider with nothing but these resources. */
export function configuration(resource?: object): object {
  return {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "5.100.0" } } },
    provider: { aws: { region: "us-east-1" } },
    ...(resource === undefined ? {} : { resource }),
  };
}

const temporary: string[] = [];
afterAll(() => temporary.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

let environment: NodeJS.ProcessEnv | undefined;

/** An environment in which Terraform finds the provider and no credentials or settings of this machine. */
function terraformEnvironment(): NodeJS.ProcessEnv {
  if (environment === undefined) {
    const rest = Object.entries(process.env).filter(([name]) => !/^(TF_|AWS_)/.test(name));
    environment = {
      ...Object.fromEntries(rest),
      TF_CLI_CONFIG_FILE: writeCliConfiguration(),
      TF_IN_AUTOMATION: "1",
      CHECKPOINT_DISABLE: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: os.devNull,
      AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    };
  }
  return environment;
}

function writeCliConfiguration(): string {
  const file = path.join(temporaryFolder(), "terraform.rc");
  const mirror = findMirror();
  fs.writeFileSync(
    file,
    mirror === undefined
      ? ""
      : `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return file;
}

/** A folder with the provider; undefined when Terraform's own mirrors have it or it has to be downloaded. */
function findMirror(): string | undefined {
  const holds = (folder: string): boolean => fs.existsSync(path.join(folder, PROVIDER));
  const named = process.env["TF_PLUGIN_MIRROR"];
  if (named !== undefined && holds(named)) {
    return named;
  }
  const implied = [
    path.join(os.homedir(), ".terraform.d", "plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ];
  if (implied.some(holds) || !fs.existsSync("/opt")) {
    return undefined;
  }
  return fs
    .readdirSync("/opt")
    .map((name) => path.join("/opt", name))
    .find(holds);
}

function whyNot(): string | undefined {
  const version = spawnSync("terraform", ["version", "-json"], { env: terraformEnvironment(), encoding: "utf8" });
  if (version.error !== undefined || version.status !== 0) {
    return "terraform is not on PATH";
  }
  const probe = new Workspace(configuration());
  const init = spawnSync("terraform", ["init", "-input=false", "-no-color"], {
    cwd: probe.folder,
    env: terraformEnvironment(),
    encoding: "utf8",
  });
  return init.status === 0 ? undefined : `the AWS provider cannot be installed: ${init.stderr.trim()}`;
}
