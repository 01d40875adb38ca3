import * as fs from "node:fs";
import * as path from "node:path";
import { execute } from "./commands";
import type { Outcome } from "./commands";
import { describeUnless } from "./describe-unless";
import { ProviderPool } from "./provider-pool";
import { temporaryFolder } from "./temporary-folder";
import { terraformEnvironment } from "./terraform-environment";
import { terraformSetup } from "./terraform-setup";

/** Makes Terraform start its providers itself, as it does outside these tests. */
export const STARTS_PROVIDERS: NodeJS.ProcessEnv = { TF_REATTACH_PROVIDERS: "" };

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
  readonly change: {
    readonly actions: string[];
    readonly before: { readonly [name: string]: unknown } | null;
    readonly after: { readonly [name: string]: unknown } | null;
    readonly importing?: { readonly id: string };
  };
}

/** What `terraform show -json` says of a plan. */
export interface Plan {
  readonly resource_changes?: ResourceChange[];
  readonly output_changes?: { readonly [name: string]: { readonly after?: unknown; readonly after_unknown?: unknown } };
  readonly configuration: {
    readonly root_module: { readonly resources?: { readonly address: string; readonly depends_on?: string[] }[] };
  };
}

/** A folder with a configuration, and the real Terraform run in it. */
export class Workspace {
  public readonly folder: string;

  /** Copies a synthesized stack, or makes a folder with one JSON configuration; `env` is what Terraform runs with. */
  public constructor(
    source: string | object,
    private readonly env: NodeJS.ProcessEnv = {},
  ) {
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
  public async try(args: string[], added: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const given = { ...this.env, ...added };
    const env = terraformEnvironment({ ...(await attachment(given)), ...given });
    return execute("terraform", args, { cwd: this.folder, env });
  }

  public async init(env: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.run(["init", "-input=false", "-no-color"], env);
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

  /** What a plan would do to the resources that it changes, by their addresses. */
  public async changes(env: NodeJS.ProcessEnv = {}): Promise<{ [address: string]: string }> {
    return changesOf(await this.plan(env));
  }

  /** Whether a plan has nothing to do, outputs included. */
  public async isUpToDate(env: NodeJS.ProcessEnv = {}): Promise<boolean> {
    const args = ["plan", "-input=false", "-no-color", "-detailed-exitcode"];
    const { status, output } = await this.try(args, env);
    if (status !== 0 && status !== 2) {
      throw new Error(output);
    }
    return status === 0;
  }

  /** What a plan that fails says, without line breaks and frame. */
  public async refusal(): Promise<string> {
    const { status, output } = await this.try(["plan", "-input=false", "-no-color"]);
    if (status !== 1) {
      throw new Error(`the plan does not fail:\n${output}`);
    }
    return output.replace(/[│╷╵\s]+/g, " ");
  }

  public async apply(env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.run(["apply", "-input=false", "-no-color", "-auto-approve"], env);
  }

  public async destroy(env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.run(["destroy", "-input=false", "-no-color", "-auto-approve"], env);
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

/** What a plan does to the resources that it changes, by their addresses. */
export function changesOf(plan: Plan): { [address: string]: string } {
  const changed = (plan.resource_changes ?? [])
    .filter(({ mode }) => mode === "managed")
    .map(({ address, change }) => [address, change.actions.join()] as const)
    .filter(([, actions]) => actions !== "no-op");
  return Object.fromEntries(changed);
}

/** Tests that need Terraform and the AWS provider. */
export function describeWithTerraform(name: string, tests: () => void): void {
  describeUnless(terraformSetup().missing, name, tests);
}

/** Terraform JSON that uses the AWS provider with nothing but these resources. */
export function configuration(resource?: object): object {
  return {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "5.100.0" } } },
    provider: { aws: { region: "us-east-1" } },
    ...(resource === undefined ? {} : { resource }),
  };
}

const pools = new Map<string, Promise<ProviderPool>>();
afterAll(async () => {
  await Promise.all([...pools.values()].map(async (pool) => (await pool).stop()));
});

/** The environment variables that attach Terraform to the kept providers for the endpoint and the account of an environment. */
export async function attachment(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  return (await poolFor(env)).environment;
}

/** The providers for one endpoint and account. */
function poolFor(env: NodeJS.ProcessEnv): Promise<ProviderPool> {
  const aws = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("AWS_")));
  const key = JSON.stringify(aws);
  const { missing, provider = "", schema } = terraformSetup();
  if (missing !== undefined) {
    throw new Error(missing);
  }
  const pool = pools.get(key) ?? ProviderPool.start(provider, schema, aws);
  pools.set(key, pool);
  return pool;
}
