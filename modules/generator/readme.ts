import * as fs from "node:fs";
import * as path from "node:path";
import type { Input, Inputs, ModuleDefinition } from "./definition";
import { hcl, inSnakeCase, segments } from "./hcl";
import { MODULES_FOLDER, parsedModule } from "./parsed-module";
import type { BlocksByType, ParsedModule } from "./parsed-module";

/** A folder of `examples` in a module. */
export interface Example {
  readonly module: string;
  readonly name: string;
  /** Its configuration, as it is in a folder beside a clone of this repository. */
  readonly hcl: string;
}

/** The examples of a module. */
export function examplesOf(module: string): Example[] {
  const folder = path.join(MODULES_FOLDER, module, "examples");
  return fs.readdirSync(folder).map((name) => {
    const text = fs.readFileSync(path.join(folder, name, "main.tf"), "utf8");
    const besideClone = (source: string): string =>
      `source = "../cdktf-ecr-pull-through-cache/modules/${source === "../.." ? module : path.basename(source)}"`;
    const hcl = text.replace(/source( *)= "(\.\.\/[^"]*)"/g, (_, spaces: string, source: string) =>
      besideClone(source).replace("source ", `source${spaces}`),
    );
    return { module, name, hcl };
  });
}

/** The README of a module with its generated parts made anew: its examples, and its tables. */
export async function readme(definition: ModuleDefinition): Promise<string> {
  const { name } = definition;
  const text = fs.readFileSync(path.join(MODULES_FOLDER, name, "README.md"), "utf8");
  const parts = new Map([
    ["TF_DOCS", tables(definition, await parsedModule(name))],
    ...examplesOf(name).map((example) => [`EXAMPLE ${example.name}`, `\`\`\`hcl\n${example.hcl}\`\`\``] as const),
  ]);
  const used = new Set<string>();
  const updated = text.replace(/<!-- BEGIN_(\w+(?: [\w-]+)?) -->\n[\s\S]*?<!-- END_\1 -->/g, (_, part: string) => {
    const content = parts.get(part);
    if (content === undefined) {
      throw new Error(`the README of ${name} has the mark BEGIN_${part}, but there is no such part`);
    }
    used.add(part);
    return `<!-- BEGIN_${part} -->\n${content}\n<!-- END_${part} -->`;
  });
  const missing = [...parts.keys()].filter((part) => !used.has(part));
  if (missing.length > 0) {
    throw new Error(`the README of ${name} has no mark BEGIN_${missing.join(" and none ")}`);
  }
  return updated;
}

/** The tables of requirements, resources, inputs and outputs, in the form of terraform-docs. */
export function tables({ inputs }: ModuleDefinition, parsed: ParsedModule): string {
  const { terraform, output, resource, data, module } = parsed;
  const providers = Object.entries(terraform.required_providers?.[0] ?? {});
  return [
    "## Requirements",
    table(
      ["Name", "Version"],
      [["terraform", terraform.required_version], ...providers.map(([name, { version }]) => [name, version])],
    ),
    ...(Object.keys(module).length === 0
      ? []
      : [
          "## Modules",
          table(
            ["Name", "Source"],
            Object.entries(module).map(([name, { source }]) => [name, code(source)]),
          ),
        ]),
    ...(Object.keys(resource).length + Object.keys(data).length === 0
      ? []
      : [
          "## Resources",
          table(["Name", "Type"], [...addressesOf(resource, "resource"), ...addressesOf(data, "data source")]),
        ]),
    "## Inputs",
    table(["Name", "Description", "Type", "Default", "Required"], inputRows(inputs)),
    "## Outputs",
    table(
      ["Name", "Description"],
      Object.entries(output).map(([name, { description }]) => [code(name), description.trim().replace(/\s+/g, " ")]),
    ),
  ].join("\n\n");
}

function addressesOf(blocks: BlocksByType, kind: string): string[][] {
  return Object.entries(blocks).flatMap(([type, named]) =>
    Object.keys(named).map((name) => [code(`${type}.${name}`), kind]),
  );
}

/** A row for each input and each of its attributes, with the rules of each. */
function inputRows(inputs: Inputs): string[][] {
  return Object.entries(inputs).flatMap(([name, input]) => {
    const below = rows({ [name]: input }, "");
    const known = below.map(({ path }) => path);
    const rulesOf = (path: string): string[] =>
      (input.validations ?? [])
        .filter(({ place }) => {
          const told = placeOf(place);
          return told === path || (path === name && !known.includes(told));
        })
        .map(
          ({ place, requirement, told }) =>
            told ?? must(placeOf(place) === path ? "It" : code(placeOf(place)), requirement),
        );
    return below.map(({ path, input: one }) => {
      const text = [descriptionOf(one), ...new Set(rulesOf(path))].join(" ").replace(/\|/g, "\\|");
      return [code(path), text, TYPES[one.type] ?? one.type, standardOf(one), one.required === true ? "yes" : "no"];
    });
  });
}

function rows(inputs: Inputs, prefix: string): { readonly path: string; readonly input: Input }[] {
  return Object.entries(inputs).flatMap(([name, input]) => {
    const path = `${prefix}${name}`;
    const below = input.type === "map(object)" ? `${path}[*].` : `${path}.`;
    return [{ path, input }, ...rows(input.attributes ?? {}, below)];
  });
}

const TYPES: { readonly [type: string]: string } = { "map(object)": "map of objects" };

function standardOf({ required, default: standard, otherwise }: Input): string {
  if (required === true) {
    return "n/a";
  }
  return otherwise ?? code(standard === undefined ? "null" : hcl(standard));
}

function descriptionOf({ description, rules = [], elementRules = [], keyRules = [] }: Input): string {
  return [
    description,
    ...rules.map(({ requirement }) => must("It", requirement)),
    ...elementRules.map(({ requirement }) => must("Each", requirement)),
    ...keyRules.map(({ requirement }) => must("It", requirement)),
  ].join(" ");
}

/** A rule as a sentence, with `…` for the parts that depend on a declaration. */
function must(subject: string, requirement: string): string {
  return `${subject} must ${withoutExpressions(inSnakeCase(requirement))}.`;
}

function withoutExpressions(template: string): string {
  return segments(template)
    .map((segment) => (segment.startsWith("${") ? "…" : segment))
    .join("");
}

/** A place with `[*]` for the variables of loops. */
function placeOf(place: string): string {
  return withoutExpressions(place).replace(/\[…\]/g, "[*]");
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
