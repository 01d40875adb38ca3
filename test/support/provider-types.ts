import * as fs from "node:fs";
import * as path from "node:path";
import { parsedModule } from "../../modules/generator/parsed-module";
import type { BlocksByType } from "../../modules/generator/parsed-module";
import { MODULE_NAMES } from "./module-folders";

// What Terraform itself takes in every block.
const META_ARGUMENTS = ["count", "for_each", "depends_on", "lifecycle", "provider"];

/** What the modules use of AWS and a provider package does not have, by its types; `lib` is the package's folder. */
export async function missingFrom(lib: string): Promise<string[]> {
  const modules = await Promise.all(MODULE_NAMES.map(async (name) => [name, await parsedModule(name)] as const));
  const missing = modules.flatMap(([module, parsed]) => {
    const { resource, data } = parsed;
    const text = JSON.stringify(parsed);
    const referred = [...text.matchAll(/\b(data\.)?aws_(\w+)\.\w+(?:\[[^\]]*\])*\.([a-z]\w*)/g)];
    return [
      ...argumentsOf(resource, "").filter(([, folder, name]) => !hasArgument(typesOf(lib, folder), name)),
      ...argumentsOf(data, "data-aws-").filter(([, folder, name]) => !hasArgument(typesOf(lib, folder), name)),
      ...referred
        .map(
          ([, isData, type = "", name = ""]) => ["attribute", folderOf(type, isData ? "data-aws-" : ""), name] as const,
        )
        .filter(([, folder, name]) => !typesOf(lib, folder).includes(`    get ${camelCase(name)}():`)),
    ].map((what) => [module, ...what].join(" "));
  });
  return [...new Set(missing)];
}

/** The arguments of blocks, and of the blocks in them that are made in a loop. */
function argumentsOf(blocks: BlocksByType, start: string): (readonly ["argument", folder: string, name: string])[] {
  return Object.entries(blocks)
    .filter(([type]) => type.startsWith("aws_"))
    .flatMap(([type, named]) =>
      Object.values(named)
        .flatMap((block) => namesIn(block as Block))
        .map((name) => ["argument", folderOf(type.slice("aws_".length), start), name] as const),
    );
}

interface Block {
  readonly dynamic?: { readonly [name: string]: readonly { readonly content: readonly Block[] }[] };
}

function namesIn({ dynamic = {}, ...own }: Block): string[] {
  return [
    ...Object.keys(own).filter((name) => !META_ARGUMENTS.includes(name)),
    ...Object.entries(dynamic).flatMap(([name, blocks]) => [
      name,
      ...blocks.flatMap(({ content }) => content.flatMap(namesIn)),
    ]),
  ];
}

function hasArgument(types: string, name: string): boolean {
  return new RegExp(`^    readonly ${camelCase(name)}\\??:`, "m").test(types);
}

function typesOf(lib: string, folder: string): string {
  const file = path.join(lib, folder, "index.d.ts");
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

function folderOf(type: string, start: string): string {
  return `${start}${type.replaceAll("_", "-")}`;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
