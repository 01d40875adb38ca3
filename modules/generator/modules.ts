import { privateRegistry } from "../private-registry/module";
import { pullPolicy } from "../pull-policy/module";
import { pullThroughCache } from "../pull-through-cache/module";
import { registryEndpoints } from "../registry-endpoints/module";
import { stackParameterOverride } from "../stack-parameter-override/module";
import type { ModuleDefinition } from "./definition";
import { readme } from "./readme";
import { terraformFiles } from "./terraform-json";

/** All modules; a module comes after those that it calls. */
export const MODULES: readonly ModuleDefinition[] = [
  pullThroughCache,
  pullPolicy,
  registryEndpoints,
  privateRegistry,
  stackParameterOverride,
];

/** The generated files, by their paths below the folder of the modules. */
export function generatedModules(): { readonly [file: string]: string } {
  return Object.fromEntries(
    MODULES.flatMap((definition) =>
      Object.entries({ ...terraformFiles(definition), "README.md": `${readme(definition)}\n` }).map(([file, text]) => [
        `${definition.name}/${file}`,
        text,
      ]),
    ),
  );
}
