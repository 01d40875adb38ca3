import * as fs from "node:fs";
import * as path from "node:path";
import { TerraformStack } from "cdktf";
import { inSnakeCase } from "../../modules/generator/hcl";
import type { LocalAws } from "../local-aws/server";
import { copyModules } from "./module-folders";
import { messageOf, stackIn, synthesized } from "./synthesis";
import type { TerraformJson } from "./synthesis";
import { Workspace } from "./terraform";
import type { Plan, ResourceChange } from "./terraform";

/** One declaration in two forms: as constructs in a stack, and as what a plain module is called with. */
export interface Declaration {
  /** Puts the constructs into a stack; one that it returns is planned in place of that one. */
  readonly construct: (stack: TerraformStack) => unknown;
  readonly inputs: { readonly [input: string]: unknown };
  /** Values of the variables that the constructs have declared. */
  readonly variables?: { readonly [name: string]: string };
  /** The outputs of both that are compared as well. */
  readonly outputs?: readonly string[];
  /** What both import: its address in the construct's stack and in the module, and its id. */
  readonly imports?: { readonly construct: string; readonly module: string; readonly id: string };
}

/** A resource as it is planned: what is known of it, and which arguments only an apply tells. */
export interface PlannedResource {
  readonly type: string;
  readonly after: unknown;
  readonly unknown: unknown;
}

export interface PlannedPair {
  readonly construct: readonly PlannedResource[];
  readonly module: readonly PlannedResource[];
}

/** What of a region and a module every declaration of a test has in common. */
export interface Subject {
  readonly module: string;
  readonly region: string;
  readonly aws: LocalAws;
}

/** Plans the construct and the module of every declaration in one run of the real provider. */
export async function planBoth(subject: Subject, declarations: readonly Declaration[]): Promise<PlannedPair[]> {
  const workspace = await withBoth(subject, declarations, () => "modules");
  const plan = await workspace.plan();
  const planned = (folder: string, outputs: readonly string[]): PlannedResource[] => [
    ...resourcesOf(plan, `module.${folder}`),
    ...outputs.map((name) => outputOf(plan, folder, name)),
  ];
  return declarations.map(({ outputs = [] }, index) => ({
    construct: planned(`construct_${index}`, outputs),
    module: planned(`module_${index}`, outputs),
  }));
}

/** Applies the construct and the module of every declaration in one run, and returns what there is then. */
export async function applyBoth(subject: Subject, declarations: readonly Declaration[]): Promise<PlannedPair[]> {
  const workspace = await withBoth(subject, declarations, () => "modules");
  await workspace.apply();
  const { values } = JSON.parse(await workspace.run(["show", "-json"])) as State;
  const resourcesIn = (folder: string): PlannedResource[] =>
    (values.root_module.child_modules ?? [])
      .filter(({ address }) => address === `module.${folder}`)
      .flatMap(({ resources = [] }) => resources.filter(({ mode }) => mode === "managed"))
      .map((resource) => ({ type: resource.type, after: comparable(resource.values), unknown: {} }))
      .sort((one, other) => compare(JSON.stringify(one), JSON.stringify(other)));
  return declarations.map((_, index) => ({
    construct: resourcesIn(`construct_${index}`),
    module: resourcesIn(`module_${index}`),
  }));
}

interface State {
  readonly values: {
    readonly root_module: {
      readonly child_modules?: readonly {
        readonly address: string;
        readonly resources?: readonly { readonly type: string; readonly mode: string; readonly values: unknown }[];
      }[];
    };
  };
}

/** What one plan says against the construct and the module of every declaration, sorted. */
export async function failBoth(subject: Subject, declarations: readonly Declaration[]): Promise<Refusal[]> {
  // Each has modules of its own: a condition that fails is only told by the file that it stands in.
  const workspace = await withBoth(subject, declarations, (index) => `module_${index}`);
  const errors = await errorsOf(workspace);
  const against = (folder: string): string[] =>
    errors
      .filter(({ range }) => range?.filename.startsWith(`${folder}/`))
      .map(({ detail }) => detail)
      .sort();
  return declarations.map((_, index) => ({
    construct: against(`construct_${index}`),
    module: against(`module_${index}`),
  }));
}

/** A configuration that calls every declaration's construct and its module, in folders of modules by their index. */
async function withBoth(
  subject: Subject,
  declarations: readonly Declaration[],
  modules: (index: number) => string,
): Promise<Workspace> {
  const workspace = workspaceOf(subject);
  new Set(declarations.map((_, index) => modules(index))).forEach((folder) =>
    copyModules(path.join(workspace.folder, folder), [subject.module]),
  );
  const calls = declarations.flatMap(({ construct, inputs, variables = {} }, index) => {
    const { terraform, ...rest } = jsonOf(subject, construct);
    const folder = `construct_${index}`;
    fs.mkdirSync(path.join(workspace.folder, folder));
    // All use the provider of the root module, whatever the constructs have configured; only a root module may import.
    const ofRoot = ["provider", "import"];
    const withoutProviders = (key: string, value: unknown): unknown => (ofRoot.includes(key) ? undefined : value);
    workspace.write(
      `${folder}/main.tf.json`,
      JSON.stringify({ ...rest, terraform: withoutBackend(terraform) }, withoutProviders),
    );
    return [
      [folder, { source: `./${folder}`, ...variables }],
      [`module_${index}`, { source: `./${modules(index)}/${subject.module}`, ...inputs }],
    ] as const;
  });
  const imports = declarations.flatMap(({ imports: one }, index) =>
    one === undefined
      ? []
      : [
          { to: `module.construct_${index}.${one.construct}`, id: one.id },
          { to: `module.module_${index}.${one.module}`, id: one.id },
        ],
  );
  const output = declarations.flatMap(({ outputs = [] }, index) =>
    [`construct_${index}`, `module_${index}`].flatMap((folder) =>
      outputs.map((name) => [`${folder}_${name}`, { value: `\${module.${folder}.${name}}` }] as const),
    ),
  );
  const calling = {
    module: Object.fromEntries(calls),
    import: imports,
    // Terraform refuses an empty object.
    ...(output.length === 0 ? {} : { output: Object.fromEntries(output) }),
  };
  workspace.write("calls.tf.json", JSON.stringify(calling));
  await workspace.init();
  return workspace;
}

function jsonOf({ region }: Subject, construct: Declaration["construct"]): TerraformJson {
  const stack = stackIn(region);
  const made = construct(stack);
  return synthesized(TerraformStack.isStack(made) ? made : stack);
}

/** The rules that a construct and a module name in refusing a declaration, sorted, in the module's words. */
export interface Refusal {
  readonly construct: readonly string[];
  readonly module: readonly string[];
}

/** Has every declaration refused by the construct and, all in one plan, by the module. */
export async function refuseBoth(subject: Subject, declarations: readonly Declaration[]): Promise<Refusal[]> {
  const workspace = workspaceOf(subject);
  const byConstructs = declarations.map(({ construct }) => {
    // What is only told when the app is synthesized counts as well.
    return rulesIn(messageOf(() => jsonOf(subject, construct)));
  });
  const calls = new Map(
    declarations.map(({ inputs }, index) => {
      // Each has modules of its own: a condition that fails is only told by the file that it stands in.
      const folder = `bad_${index}`;
      copyModules(path.join(workspace.folder, folder), [subject.module]);
      const call = { [folder]: { source: `./${folder}/${subject.module}`, ...inputs } };
      workspace.write(`${folder}.tf.json`, JSON.stringify({ module: call }));
      return [index, `${folder}.tf.json`] as const;
    }),
  );
  await workspace.init();
  const refused = new Map<number, string[]>();
  // As long as inputs are invalid, Terraform asks for no conditions: what is left is planned once more without those.
  for (let run = 0; run < 2; run++) {
    for (const diagnostic of await errorsOf(workspace)) {
      const index = indexOf(diagnostic);
      refused.set(index, [...(refused.get(index) ?? []), diagnostic.detail || diagnostic.summary]);
    }
    for (const [index, file] of calls) {
      if (refused.has(index) && calls.delete(index)) {
        fs.rmSync(path.join(workspace.folder, file));
      }
    }
  }
  return byConstructs.map((construct, index) => ({
    construct,
    module: rulesIn((refused.get(index) ?? []).join("\n")),
  }));
}

/** What a plan says, line by line and sorted, against a module that is called beside some resources. */
export async function refusalsOf(
  subject: Subject,
  inputs: Declaration["inputs"],
  resource?: object,
): Promise<string[]> {
  const workspace = workspaceOf(subject);
  copyModules(path.join(workspace.folder, "modules"), [subject.module]);
  const call = { source: `./modules/${subject.module}`, ...inputs };
  workspace.write("call.tf.json", JSON.stringify({ module: { call }, resource }));
  await workspace.init();
  const errors = await errorsOf(workspace);
  // Terraform adds which rule of the module it was.
  return errors.flatMap(({ detail }) => (detail.split("\n\nThis was checked")[0] ?? "").split("\n")).sort();
}

/** What a plan says against a configuration. */
async function errorsOf(workspace: Workspace): Promise<PlanDiagnostic[]> {
  const { output } = await workspace.try(["plan", "-input=false", "-json"]);
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { readonly diagnostic?: PlanDiagnostic }).diagnostic)
    .filter((diagnostic): diagnostic is PlanDiagnostic => diagnostic?.severity === "error");
}

/** The rules in a message, each once, without what depends on how the declaration is written. */
function rulesIn(message: string): string[] {
  const rules = [...message.matchAll(/` (?:must (.*?), got |(is required); )/g)].map(([, words = "", missing = ""]) =>
    inSnakeCase(`${words}${missing}`)
      .replace(/\b(in |and |but )(upstreams\[[^\]]*\]|stack\/cache)/g, "$1another")
      .replace(/\ban object\b/g, "a map")
      .replace(/\b(list|map)\b/g, "collection"),
  );
  return [...new Set(rules.length === 0 ? [message] : rules)].sort();
}

interface PlanDiagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly range?: { readonly filename: string };
}

/** Which declaration a diagnostic is about: it is in the file of its call or in its copy of a module, or names that. */
function indexOf({ range, detail }: PlanDiagnostic): number {
  const [, index] = /\bbad_(\d+)\b/.exec(`${range?.filename ?? ""} ${detail}`) ?? [];
  if (index === undefined) {
    throw new Error(`an error is about no declaration: ${detail}`);
  }
  return Number(index);
}

function workspaceOf({ region, aws }: Subject): Workspace {
  const required = { aws: { source: "hashicorp/aws", version: "5.100.0" } };
  return new Workspace(
    { terraform: { required_providers: required }, provider: { aws: { region } } },
    aws.environment(),
  );
}

function withoutBackend(terraform: object = {}): object {
  return Object.fromEntries(Object.entries(terraform).filter(([name]) => name !== "backend" && name !== "cloud"));
}

function resourcesOf(plan: Plan, module: string): PlannedResource[] {
  return (plan.resource_changes ?? [])
    .filter(({ address, mode }) => mode === "managed" && address.startsWith(`${module}.`))
    .map(({ type, change }) => ({ type, after: comparable(change.after), unknown: comparable(unknownOf(change)) }))
    .sort((one, other) => compare(JSON.stringify(one), JSON.stringify(other)));
}

function outputOf(plan: Plan, folder: string, name: string): PlannedResource {
  const { after, after_unknown: unknown } = plan.output_changes?.[`${folder}_${name}`] ?? {};
  return { type: `output ${name}`, after: comparable(after), unknown };
}

function unknownOf(change: ResourceChange["change"]): unknown {
  return (change as { readonly after_unknown?: unknown }).after_unknown;
}

/** JSON documents compared as what they hold, and lists whose order means nothing in whatever order. */
function comparable(value: unknown): unknown {
  if (typeof value === "string" && /^[[{]/.test(value)) {
    try {
      return comparable(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) {
    return value.map(comparable).sort((one, other) => compare(JSON.stringify(one), JSON.stringify(other)));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([one], [other]) => compare(one, other));
    return Object.fromEntries(entries.map(([key, item]) => [key, comparable(item)]));
  }
  return value;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
