import { PROVIDER_VERSIONS } from "../../src/aws/provider-versions";
import { attributeTables, descriptionOf } from "./attributes";
import type { Input, Inputs, ModuleDefinition } from "./definition";
import { hcl } from "./hcl";
import { SECRETS_LOCAL, isNullable, validationsOf } from "./rules";

/** The Terraform files of a module, by their names. */
export function terraformFiles(definition: ModuleDefinition): { readonly [file: string]: string } {
  const { inputs, locals, data, resources, modules, checks, outputs, terraform } = definition;
  const variables = mapped(inputs, variable);
  const blocks = { data, resource: resources, module: modules, check: assertions(checks) };
  const tables = {
    ...(JSON.stringify([variables, blocks, outputs]).includes("local.secrets") ? SECRETS_LOCAL : {}),
    ...attributeTables(inputs),
  };
  const allLocals = { ...tables, ...locals };
  const providers = { aws: { source: "hashicorp/aws", version: PROVIDER_VERSIONS } };
  return {
    "main.tf.json": json({ ...(Object.keys(allLocals).length === 0 ? {} : { locals: allLocals }), ...blocks }),
    "variables.tf.json": json({ variable: variables }),
    "outputs.tf.json": json({ output: outputs }),
    "versions.tf.json": json({ terraform: { required_version: `>= ${terraform}`, required_providers: providers } }),
  };
}

function variable(name: string, input: Input): object {
  const validation = input.isCheckedBelow === true ? [] : validationsOf(name, input);
  return {
    description: descriptionOf(input),
    type: typeOf(input),
    ...(input.required === true ? {} : { default: input.default ?? null }),
    ...(isNullable(input) ? {} : { nullable: false }),
    ...(input.secret === true ? { sensitive: true, ephemeral: true } : {}),
    ...(validation.length === 0 ? {} : { validation }),
  };
}

/** The type constraint of an input: a closed object type with optional attributes, or `any` for an open input. */
function typeOf({ type, attributes = {}, isOpen }: Input): string {
  if (isOpen === true) {
    return "any";
  }
  if (type !== "object" && type !== "map(object)") {
    return type;
  }
  const fields = Object.entries(attributes).map(([name, attribute]) => {
    const own = typeOf(attribute);
    const { required, default: standard } = attribute;
    return `${name} = ${required === true ? own : `optional(${own}${standard === undefined ? "" : `, ${hcl(standard)}`})`}`;
  });
  const object = `object({ ${fields.join(", ")} })`;
  return type === "object" ? object : `map(${object})`;
}

function assertions(checks: ModuleDefinition["checks"]): object | undefined {
  return checks === undefined
    ? undefined
    : Object.fromEntries(Object.entries(checks).map(([name, condition]) => [name, { assert: [condition] }]));
}

function mapped(inputs: Inputs, make: (name: string, input: Input) => object): object {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, make(name, input)]));
}

function json(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
