// Runs a workflow of GitHub Actions on this machine, as the program it is given in JSON says: every job in a folder of its
// own, with GitHub's own evaluation of expressions. Of actions it knows those that move files; others prepare a machine.
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";

/** What to run, and what GitHub would know. */
export interface WorkflowRun {
  readonly workflow: string;
  /** What is checked out. */
  readonly repository: string;
  readonly secrets: { readonly [name: string]: string };
  readonly vars: { readonly [name: string]: string };
}

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: { readonly [name: string]: unknown };
  readonly run?: string;
  readonly env?: { readonly [name: string]: string };
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly with?: { readonly [name: string]: string };
  readonly strategy?: { readonly matrix: { readonly [name: string]: string } };
  readonly defaults?: { readonly run?: { readonly "working-directory"?: string } };
  readonly outputs?: { readonly [name: string]: string };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly env?: { readonly [name: string]: string };
  readonly jobs: { readonly [name: string]: Job };
}

interface Context {
  readonly [name: string]: unknown;
}

const PREPARES = /^(actions\/setup-node|aws-actions\/configure-aws-credentials|hashicorp\/setup-terraform)@v\d+$/;

class Runner {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-runner-"));

  private constructor(
    private readonly order: WorkflowRun,
    private readonly expressions: Awaited<ReturnType<typeof loadExpressions>>,
  ) {}

  public static async run(order: WorkflowRun): Promise<void> {
    const runner = new Runner(order, await loadExpressions());
    try {
      runner.runWorkflow(order.workflow, {});
    } finally {
      fs.rmSync(runner.folder, { recursive: true });
    }
  }

  private runWorkflow(file: string, inputs: Context): void {
    const { env = {}, jobs } = parse(fs.readFileSync(file, "utf8")) as Workflow;
    const done: { [name: string]: { readonly outputs: Context } } = {};
    for (const [name, job] of Object.entries(jobs)) {
      const needs = Object.fromEntries([job.needs ?? []].flat().map((other) => [other, done[other]]));
      if (Object.values(needs).includes(undefined)) {
        throw new Error(`${file}: ${name} stands before what it needs`);
      }
      const context = { inputs, needs, secrets: this.order.secrets, vars: this.order.vars };
      done[name] = { outputs: this.runJob(file, name, job, env, context) };
    }
  }

  private runJob(file: string, name: string, job: Job, env: Context, context: Context): Context {
    if (job.uses !== undefined) {
      const inputs = this.evaluated(job.with ?? {}, context) as Context;
      this.runWorkflow(path.join(path.dirname(file), path.basename(job.uses)), inputs);
      return {};
    }
    const [variable, values] = Object.entries(job.strategy?.matrix ?? { none: "${{ fromJson('[null]') }}" })[0] ?? [];
    let outputs: Context = {};
    for (const value of this.evaluated(values, context) as unknown[]) {
      const workspace = fs.mkdtempSync(path.join(this.folder, `${name}-`));
      const steps: { [id: string]: { readonly outputs: Context } } = {};
      const here = { ...context, matrix: { [variable ?? ""]: value }, steps };
      for (const step of job.steps ?? []) {
        if (step.if === undefined || this.isTrue(step.if, here)) {
          steps[step.id ?? ""] = { outputs: this.runStep(step, job, env, workspace, here) };
        }
      }
      outputs = this.evaluated(job.outputs ?? {}, here) as Context;
    }
    return outputs;
  }

  private runStep(step: Step, job: Job, env: Context, workspace: string, context: Context): Context {
    const given = this.evaluated(step.with ?? {}, context) as { readonly [name: string]: string };
    if (step.run === undefined) {
      this.runAction(step.uses ?? "", given, workspace);
      return {};
    }
    const folder = this.evaluated(job.defaults?.run?.["working-directory"] ?? ".", context) as string;
    const output = path.join(workspace, "..", `${path.basename(workspace)}.output`);
    fs.writeFileSync(output, "");
    const { status } = spawnSync("bash", ["-e", "-c", this.evaluated(step.run, context) as string], {
      cwd: path.join(workspace, folder),
      env: {
        ...process.env,
        ...(this.evaluated({ ...env, ...step.env }, context) as NodeJS.ProcessEnv),
        GITHUB_OUTPUT: output,
        GITHUB_WORKSPACE: workspace,
      },
      stdio: "inherit",
    });
    if (status !== 0) {
      throw new Error(`this step ended with ${String(status)}: ${step.run}`);
    }
    const lines = fs.readFileSync(output, "utf8").split("\n").filter(Boolean);
    return Object.fromEntries(lines.map((line) => [line.replace(/=.*/, ""), line.replace(/^.*?=/, "")]));
  }

  private runAction(uses: string, given: { readonly [name: string]: string }, workspace: string): void {
    const artifact = path.join(this.folder, "artifacts", given["name"] ?? "");
    const [action = ""] = uses.split("@");
    if (action === "actions/checkout") {
      fs.cpSync(this.order.repository, workspace, { recursive: true });
    } else if (action === "actions/upload-artifact") {
      const source = path.join(workspace, given["path"] ?? "");
      const isFile = fs.statSync(source).isFile();
      // Files whose names begin with a dot are left out unless they are asked for.
      const filter = (file: string): boolean =>
        given["include-hidden-files"] === "true" || !path.relative(workspace, file).split(path.sep).some(isHidden);
      fs.cpSync(source, isFile ? path.join(artifact, path.basename(source)) : artifact, { recursive: true, filter });
    } else if (action === "actions/download-artifact") {
      fs.cpSync(artifact, path.join(workspace, given["path"] ?? ""), { recursive: true });
    } else if (!PREPARES.test(uses)) {
      throw new Error(`${uses} is not known here`);
    }
  }

  /** A text with what its expressions come to; the value itself where it is one expression and nothing else. */
  private evaluated(value: unknown, context: Context): unknown {
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, this.evaluated(child, context)]));
    }
    const text = String(value);
    const [, whole] = /^\$\{\{((?:(?!\}\}).)*)\}\}$/.exec(text) ?? [];
    // What is not there is the empty text.
    const evaluate = (expression: string): unknown => this.evaluate(expression, context) ?? "";
    return whole === undefined
      ? text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => evaluate(expression) as string)
      : evaluate(whole);
  }

  private isTrue(condition: string, context: Context): boolean {
    const [, expression = condition] = /^\$\{\{(.*)\}\}$/.exec(condition) ?? [];
    return Boolean(this.evaluate(`!!(${expression})`, context));
  }

  private evaluate(expression: string, context: Context): unknown {
    const { Evaluator, Lexer, Parser, data } = this.expressions;
    const values = JSON.parse(JSON.stringify(context), data.reviver) as InstanceType<typeof data.Dictionary>;
    const parsed = new Parser(new Lexer(expression.trim()).lex().tokens, Object.keys(context), []).parse();
    return JSON.parse(JSON.stringify(new Evaluator(parsed, values).evaluate(), data.replacer));
  }
}

/** An ES module, which only a dynamic import loads. */
function loadExpressions() {
  return import("@actions/expressions");
}

function isHidden(name: string): boolean {
  return name.startsWith(".");
}

Runner.run(JSON.parse(process.argv[2] ?? "") as WorkflowRun).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
