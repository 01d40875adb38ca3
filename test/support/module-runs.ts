import * as fs from "node:fs";
import * as path from "node:path";
import { segments } from "../../modules/generator/hcl";
import { parse } from "../../modules/generator/layout";
import type { Node } from "../../modules/generator/layout";
import { MODULES_FOLDER, conditionsOf, parsedModule } from "../../modules/generator/parsed-module";
import type { Condition } from "../../modules/generator/parsed-module";
import { copyModules } from "./module-folders";
import { Workspace, configuration } from "./terraform";

/** One `run` of a file for `terraform test`, as `terraform fmt` has laid it out. */
export interface TestRun {
  readonly name: string;
  /** The providers that its file mocks, and what it overrides of them, as HCL. */
  readonly mocks: string;
  readonly overrides: readonly string[];
  /** What it gives the module, as HCL. */
  readonly inputs: { readonly [input: string]: string };
  readonly expectedFailures: readonly string[];
  /** Whether it applies, in place of planning only. */
  readonly applies: boolean;
  readonly asserts: number;
  /** The alias of the provider that it runs with, where it is not the default one. */
  readonly alias?: string;
}

/** What a run that expects a failure has broken: rules, or what else is reported, and the blocks that have them. */
export interface BrokenRules {
  readonly run: TestRun;
  readonly rules: readonly string[];
  readonly blocks: readonly string[];
}

/** What tells a condition of a module from its others. */
export function ruleOf(condition: Condition): string {
  return messageOf(condition, "…");
}

/** The runs of a module's tests. */
export function testRuns(module: string): TestRun[] {
  const folder = path.join(MODULES_FOLDER, module, "tests");
  const files = fs.readdirSync(folder).filter((file) => file.endsWith(".tftest.hcl"));
  return files.flatMap((file) => {
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    const mocks = blocksIn(text, 'mock_provider "\\w+"', 0).join("\n");
    return blocksIn(text, 'run "\\w+"', 0).map((run) => ({
      name: /^run "(\w+)"/.exec(run)?.[1] ?? "",
      mocks,
      overrides: [...blocksIn(text, "override_\\w+", 0), ...blocksIn(run, "override_\\w+", 2)],
      inputs: { ...inputsIn(text, 0), ...inputsIn(run, 2) },
      expectedFailures: /^ {2}expect_failures = \[([^\]]*)\]/m.exec(run)?.[1]?.split(/,\s*/) ?? [],
      applies: !/^ {2}command = plan$/m.test(run),
      asserts: blocksIn(run, "assert", 2).length,
      alias: /^ {4}aws = aws\.(\w+)$/m.exec(run)?.[1],
    }));
  });
}

/** A file of tests without the runs that expect a failure. */
export function withoutFailures(text: string): string {
  return blocksIn(text, 'run "\\w+"', 0)
    .filter((run) => /^ {2}expect_failures = /m.test(run))
    .reduce((rest, run) => rest.replace(run, () => ""), text);
}

/**
 * What each run that expects a failure has broken. `terraform test` says no more than that an input or a resource was
 * refused. Here all are calls of one configuration, which is planned with the same mocks, and Terraform prints every message.
 */
export async function brokenRules(module: string): Promise<BrokenRules[]> {
  const groups = new Map<string, TestRun[]>();
  for (const run of testRuns(module).filter(({ expectedFailures }) => expectedFailures.length > 0)) {
    // Runs that break more than inputs are only told by a plan: they do not wait while others are told before it.
    const group = `${run.expectedFailures.every((failure) => failure.startsWith("var."))} ${run.mocks}`;
    groups.set(group, [...(groups.get(group) ?? []), run]);
  }
  const broken: BrokenRules[] = [];
  for (let pending of groups.values()) {
    // As long as inputs are invalid by themselves, Terraform asks for nothing that takes more than them.
    for (let told = -1; told !== 0;) {
      const outcomes: BrokenRules[] = pending.length === 0 ? [] : await brokenBy(module, pending);
      const telling = outcomes.filter(({ rules }) => rules.length > 0);
      told = telling.length;
      broken.push(...telling);
      pending = pending.filter((_, index) => outcomes[index]?.rules.length === 0);
    }
    broken.push(...pending.map((run) => ({ run, rules: [], blocks: [] })));
  }
  return broken;
}

/**
 * Whether Terraform names the call of the module in the error: it does so for an input that the call gives. For a default
 * or a resource it names the file of the module, which must then belong to one call.
 */
function namesCall({ inputs, expectedFailures }: TestRun): boolean {
  return expectedFailures.every((failure) => failure.startsWith("var.") && failure.slice("var.".length) in inputs);
}

async function brokenBy(module: string, runs: readonly TestRun[]): Promise<BrokenRules[]> {
  const workspace = new Workspace(configuration());
  // Mocks are found from here: its own, and those of the modules beside it.
  copyModules(path.join(workspace.folder, ".."));
  fs.cpSync(path.join(MODULES_FOLDER, module, "tests"), path.join(workspace.folder, "tests"), {
    recursive: true,
    filter: (file) => !file.endsWith(".tftest.hcl"),
  });
  // Terraform reads the files of a copy that many calls share only once.
  const sources = runs.map((run, index) => (namesCall(run) ? "shared" : `run_${index}`));
  for (const source of new Set(sources)) {
    copyModules(path.join(workspace.folder, source), [module]);
  }
  for (const [index, { inputs, alias }] of runs.entries()) {
    const folder = `run_${index}`;
    const provider = alias === undefined ? [] : [`  providers = { aws = aws.${alias} }`];
    const given = Object.entries(inputs).map(([name, value]) => `  ${name} = ${value}`);
    const call = [`module "${folder}" {`, `  source = "./${sources[index]}/${module}"`, ...provider, ...given, "}"];
    workspace.write(`${folder}.tf`, `${call.join("\n")}\n`);
  }
  const aliases = new Set(runs.flatMap(({ alias }) => alias ?? []));
  workspace.write("providers.tf", [...aliases].map((alias) => `provider "aws" {\n  alias = "${alias}"\n}\n`).join(""));
  const overrides = runs.flatMap((run, index) => overridesIn(run, `module.run_${index}`));
  const all = [runs[0]?.mocks, ...overrides, 'run "all" {\n  command = plan\n}\n'];
  workspace.write("tests/all.tftest.hcl", all.join("\n"));
  await workspace.init();
  const { output } = await workspace.try(["test", "-json"]);
  const conditions = conditionsOf(await parsedModule(module));
  const rules = conditions.map(ruleOf);
  const patterns = conditions.map(messagePattern);
  const told = runs.map(() => ({ rules: new Set<string>(), blocks: new Set<string>() }));
  for (const diagnostic of diagnosticsIn(output)) {
    const { detail, summary, range } = diagnostic;
    const message = detail === "" ? summary : detail;
    // Of rules that a message fits, the one that leaves least open.
    const fitting = rules.filter((_, rule) => patterns[rule]?.test(message));
    const [broken] = fitting.sort((one, other) => other.length - one.length);
    // What is wrong with a default is told of the module, and not of its call.
    const by = told[Number(/\brun_(\d+)\b/.exec(`${range?.filename ?? ""} ${message}`)?.[1])];
    if (by === undefined) {
      throw new Error(`this is about no run: ${message}`);
    }
    by.rules.add(broken ?? message);
    by.blocks.add(blockOf(diagnostic, module));
  }
  return runs.map((run, index) => ({
    run,
    rules: [...(told[index]?.rules ?? [])],
    blocks: [...(told[index]?.blocks ?? [])],
  }));
}

/** The block that a message is about, as `expect_failures` names it. */
function blockOf({ detail, snippet }: TestDiagnostic, module: string): string {
  const [, file, line] = /^This was checked by the validation rule at \S+\/(\S+):(\d+),/m.exec(detail) ?? [];
  if (file !== undefined) {
    const before = fs
      .readFileSync(path.join(MODULES_FOLDER, module, file), "utf8")
      .split("\n")
      .slice(0, Number(line));
    return `var.${before.flatMap((text) => /^variable "(\w+)"/.exec(text)?.[1] ?? []).at(-1)}`;
  }
  const [type = "", ...labels] = snippet?.context?.match(/\w+/g) ?? [];
  return [...(type === "resource" ? [] : [type]), ...labels].join(".");
}

/** What a run overrides, when it calls the module at an address. */
export function overridesIn({ overrides }: TestRun, address: string): string[] {
  // What a run overrides, its file overrides no more.
  const byTarget = new Map(overrides.map((block) => [/^ +target += (.*)$/m.exec(block)?.[1], block]));
  return [...byTarget.values()].map((block) => block.replace(/^( +target += )/m, `$1${address}.`));
}

interface TestDiagnostic {
  readonly summary: string;
  readonly detail: string;
  readonly range?: { readonly filename: string };
  readonly snippet?: { readonly context?: string | null };
}

function diagnosticsIn(output: string): TestDiagnostic[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .flatMap((line) => (JSON.parse(line) as { readonly diagnostic?: TestDiagnostic }).diagnostic ?? []);
}

/** The blocks of a kind at a margin. */
function blocksIn(text: string, head: string, indent: number): string[] {
  const margin = " ".repeat(indent);
  return text.match(new RegExp(`^${margin}${head} \\{\\n[\\s\\S]*?^${margin}\\}\\n`, "gm")) ?? [];
}

/** What the block `variables` at a margin assigns. */
function inputsIn(text: string, indent: number): { readonly [input: string]: string } {
  const margin = " ".repeat(indent + 2);
  const pattern = new RegExp(`^${margin}(\\w+) += ([\\s\\S]*?)(?=^${margin}(?:\\w+ +=|#)|^ {${indent}}\\})`, "gm");
  const found = blocksIn(text, "variables", indent).flatMap((block) => [...block.matchAll(pattern)]);
  return Object.fromEntries(found.map(([, name = "", value = ""]) => [name, value.trim()]));
}

/** What the message of a condition looks like, with anything in place of its expressions. */
function messagePattern(condition: Condition): RegExp {
  const literal = messageOf(condition, "\0").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("\0", ".*")}`, "m");
}

/** The message of a condition, with a mark in place of each expression; of a loop's messages, the one for an element. */
export function messageOf({ error_message: message }: Condition, mark: string): string {
  const [first = "", ...others] = segments(message);
  return first.startsWith("${") && others.length === 0
    ? templateOf(parse(first.slice(2, -1)), mark)
    : withMarks(message, mark);
}

function templateOf(node: Node, mark: string): string {
  switch (node.type) {
    case "text":
      return withMarks(node.text.slice(1, -1), mark).replace(/\\(.)/g, (_, character: string) =>
        character === "n" ? "\n" : character,
      );
    case "for":
      return templateOf(node.value, mark);
    case "parentheses":
      return templateOf(node.inner, mark);
    case "list":
      return node.items.map((item) => templateOf(item, mark)).join("");
    case "call": {
      // These take the message, or the messages of all elements, as their first or second argument.
      const part = { concat: 0, flatten: 0, join: 1, replace: 0 }[node.name];
      const argument = part === undefined ? undefined : node.args[part];
      if (argument?.type === "list" && node.name === "join") {
        const separator = node.args[0]?.type === "text" ? templateOf(node.args[0], mark) : mark;
        return argument.items.map((item) => templateOf(item, mark)).join(separator);
      }
      return argument === undefined ? mark : templateOf(argument, mark);
    }
    default:
      return mark;
  }
}

function withMarks(template: string, mark: string): string {
  return segments(template)
    .map((segment) => (segment.startsWith("${") ? mark : segment))
    .join("");
}
