import { cacheWarmer } from "../cache-warmer/inputs";
import { imageUris } from "../image-uris/inputs";
import { privateRegistry } from "../private-registry/inputs";
import { pullPolicy } from "../pull-policy/inputs";
import { pullThroughCache } from "../pull-through-cache/inputs";
import { registryEndpoints } from "../registry-endpoints/inputs";
import { registryPolicy } from "../registry-policy/inputs";
import { registryReplication } from "../registry-replication/inputs";
import { registryScanning } from "../registry-scanning/inputs";
import { stackParameterOverride } from "../stack-parameter-override/inputs";
import { syncFailureAlert } from "../sync-failure-alert/inputs";
import type { ModuleDefinition } from "./definition";
import { readme } from "./readme";
import { terraformFiles } from "./terraform-files";

/** All modules; a module comes after those that it calls. */
export const MODULES: readonly ModuleDefinition[] = [
  pullThroughCache,
  imageUris,
  pullPolicy,
  registryEndpoints,
  privateRegistry,
  cacheWarmer,
  registryScanning,
  registryReplication,
  registryPolicy,
  stackParameterOverride,
  syncFailureAlert,
];

/** The generated files, by their paths below the folder of the modules. */
export async function generatedFiles(): Promise<{ readonly [file: string]: string }> {
  const files = await Promise.all(
    MODULES.map(async (definition) => {
      const all = { ...terraformFiles(definition), "README.md": await readme(definition) };
      return Object.entries(all).map(([file, text]) => [`${definition.name}/${file}`, text] as const);
    }),
  );
  return Object.fromEntries(files.flat());
}
