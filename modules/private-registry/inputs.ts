import type { Input, Inputs, ModuleDefinition } from "../generator/definition";
import { acknowledgedWarnings } from "../generator/warnings";
import { pullPolicy } from "../pull-policy/inputs";
import { CACHE_WARNINGS, pullThroughCache } from "../pull-through-cache/inputs";
import { ENDPOINT_WARNINGS, registryEndpoints } from "../registry-endpoints/inputs";

// Inputs that are outputs of another of the modules, or that are of no use for a single region.
const NO_INPUTS = ["prefixes", "tagged_prefixes", "regions", "acknowledged_warnings"];

/** The inputs of a module that are inputs of this one; that module checks them. */
function inputsOf({ inputs }: ModuleDefinition): Inputs {
  const own = Object.entries(inputs).filter(([name]) => !NO_INPUTS.includes(name));
  return Object.fromEntries(own.map(([name, input]): [string, Input] => [name, { ...input, isCheckedBelow: true }]));
}

/** The inputs of the module private-registry. */
export const privateRegistry: ModuleDefinition = {
  name: "private-registry",
  inputs: {
    ...inputsOf(pullThroughCache),
    ...inputsOf(registryEndpoints),
    ...inputsOf(pullPolicy),
    acknowledged_warnings: acknowledgedWarnings(...CACHE_WARNINGS, ...ENDPOINT_WARNINGS),
  },
  facts: {
    cache_warnings: {
      comment: "The warnings of pull-through-cache, which refuses to acknowledge any other.",
      value: CACHE_WARNINGS,
    },
    endpoint_warnings: {
      comment: "The warnings of registry-endpoints, which refuses to acknowledge any other.",
      value: ENDPOINT_WARNINGS,
    },
  },
};
