import * as fs from "node:fs";
import * as path from "node:path";
import type { Condition } from "../../modules/generator/definition";
import { MODULES } from "../../modules/generator/modules";
import { PROJECT_ROOT } from "./example-program";

/** The folder of the plain modules. */
export const MODULES_FOLDER = path.join(PROJECT_ROOT, "modules");

/** The names of the folders that have a definition. */
export const MODULE_NAMES: readonly string[] = fs
  .readdirSync(MODULES_FOLDER)
  .filter((name) => fs.existsSync(path.join(MODULES_FOLDER, name, "module.ts")));

/** The examples of the modules' READMEs: the module and the title, and the configuration. */
export const MODULE_USES: readonly (readonly [string, string])[] = MODULES.flatMap(({ name, uses }) =>
  uses.map(({ title, hcl }) => [`${name}: ${title}`, `${hcl.trim()}\n`] as const),
);

/** The files of each module that Terraform reads, mocks for tests included and tests left out. */
const FILES = new Map(
  MODULE_NAMES.map((name) => {
    const files = fs.readdirSync(path.join(MODULES_FOLDER, name), { recursive: true, encoding: "utf8" });
    return [name, files.filter((file) => /^(?!\.terraform).*\.(tf\.json|tfmock\.hcl)$/.test(file))] as const;
  }),
);

/** Copies modules, and those that they call, to a folder. Many tests do so hundreds of times: nothing else is copied. */
export function copyModules(folder: string, names: readonly string[] = MODULE_NAMES): void {
  const called = names.flatMap((name) => Object.values(moduleJson(name).module ?? {}));
  for (const name of new Set([...names, ...called.map(({ source }) => path.basename(source))])) {
    for (const file of FILES.get(name) ?? []) {
      const copy = path.join(folder, name, file);
      fs.mkdirSync(path.dirname(copy), { recursive: true });
      fs.copyFileSync(path.join(MODULES_FOLDER, name, file), copy);
    }
  }
}

/** A variable of a module, as Terraform JSON. */
export interface Variable {
  readonly description: string;
  readonly type: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly ephemeral?: boolean;
  readonly validation?: readonly Condition[];
}

/** What the JSON files of a module hold together. */
export interface ModuleJson {
  readonly terraform: object;
  readonly variable: { readonly [name: string]: Variable };
  readonly output: { readonly [name: string]: { readonly description: string; readonly value: string } };
  readonly resource?: BlocksByType;
  readonly data?: BlocksByType;
  readonly module?: { readonly [call: string]: { readonly source: string } };
  readonly check?: { readonly [name: string]: { readonly assert: readonly Condition[] } };
}

export interface BlocksByType {
  readonly [type: string]: {
    readonly [name: string]: {
      readonly lifecycle?: {
        readonly precondition?: readonly Condition[];
        readonly postcondition?: readonly Condition[];
      };
      readonly [argument: string]: unknown;
    };
  };
}

export function moduleJson(name: string): ModuleJson {
  const files = (FILES.get(name) ?? []).filter((file) => file.endsWith(".tf.json"));
  const parsed = files.map(
    (file) => JSON.parse(fs.readFileSync(path.join(MODULES_FOLDER, name, file), "utf8")) as object,
  );
  return Object.assign({}, ...parsed) as ModuleJson;
}

/** The conditions of a module: of its inputs, of what it makes, and those that only warn. */
export function conditionsOf({ variable, output, resource = {}, data = {}, check = {} }: ModuleJson): Condition[] {
  const blocks = [...Object.values(resource), ...Object.values(data)].flatMap((named) => Object.values(named));
  return [
    ...Object.values(variable).flatMap(({ validation = [] }) => validation),
    ...blocks.flatMap(({ lifecycle }) => [...(lifecycle?.precondition ?? []), ...(lifecycle?.postcondition ?? [])]),
    ...Object.values(output).flatMap((block) => (block as { precondition?: Condition[] }).precondition ?? []),
    ...Object.values(check).flatMap(({ assert }) => assert),
  ];
}
