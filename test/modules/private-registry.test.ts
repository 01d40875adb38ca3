import { MODULES } from "../../modules/generator/modules";
import { parsedModule } from "../../modules/generator/parsed-module";

/** Inputs of the modules that private-registry calls, each with the expression that it passes in place of its own input. */
const PASSED: { readonly [call: string]: { readonly [input: string]: string | undefined } } = {
  cache: {
    regions: undefined,
    acknowledged_warnings: "${setintersection(var.acknowledged_warnings, local.cache_warnings)}",
  },
  endpoints: {
    prefixes: "${module.cache.prefixes}",
    tagged_prefixes: "${module.cache.tagged_prefixes}",
    acknowledged_warnings: "${setintersection(var.acknowledged_warnings, local.endpoint_warnings)}",
  },
  pulls: {
    prefixes: "${module.cache.prefixes}",
    tagged_prefixes: "${module.cache.tagged_prefixes}",
    regions: undefined,
  },
};

test.each([
  ["cache", "pull-through-cache"],
  ["endpoints", "registry-endpoints"],
  ["pulls", "pull-policy"],
])("module.%s gets every input of %s", async (call, called) => {
  const { module } = await parsedModule("private-registry");
  const inputs = Object.keys(MODULES.find(({ name }) => name === called)?.inputs ?? {});
  const passed = { ...Object.fromEntries(inputs.map((name) => [name, `\${var.${name}}`])), ...PASSED[call] };
  expect({ ...module[call] }).toEqual({ source: `../${called}`, ...passed });
});
