import * as fs from "node:fs";
import * as path from "node:path";
import { MODULES_FOLDER, terraformFilesIn } from "../../modules/generator/parsed-module";
import { examplesOf } from "../../modules/generator/readme";

/** The names of the folders that have a definition. */
export const MODULE_NAMES: readonly string[] = fs
  .readdirSync(MODULES_FOLDER)
  .filter((name) => fs.existsSync(path.join(MODULES_FOLDER, name, "inputs.ts")));

/** The examples of the modules: the module and the name, and the configuration. */
export const MODULE_EXAMPLES: readonly (readonly [string, string])[] = MODULE_NAMES.flatMap(examplesOf).map(
  ({ module, name, hcl }) => [`${module}: ${name}`, hcl] as const,
);

/** The files of each module that Terraform reads or runs, mocks for tests included and tests left out. */
const FILES = new Map(
  MODULE_NAMES.map((name) => {
    const folder = path.join(MODULES_FOLDER, name);
    const others = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
    return [
      name,
      [...terraformFilesIn(folder), ...others.filter((file) => /\.(tfmock\.hcl|sh|js)$/.test(file))],
    ] as const;
  }),
);

/** The modules that each module calls. */
const CALLED = new Map(
  MODULE_NAMES.map((name) => {
    const main = fs.readFileSync(path.join(MODULES_FOLDER, name, "main.tf"), "utf8");
    return [name, [...main.matchAll(/^ {2}source += "\.\.\/([a-z-]+)"$/gm)].map(([, called = ""]) => called)] as const;
  }),
);

/** Copies modules, and those that they call, to a folder. Many tests do so hundreds of times: nothing else is copied. */
export function copyModules(folder: string, names: readonly string[] = MODULE_NAMES): void {
  const called = names.flatMap((name) => CALLED.get(name) ?? []);
  for (const name of new Set([...names, ...called])) {
    for (const file of FILES.get(name) ?? []) {
      const copy = path.join(folder, name, file);
      fs.mkdirSync(path.dirname(copy), { recursive: true });
      fs.copyFileSync(path.join(MODULES_FOLDER, name, file), copy);
    }
  }
}
