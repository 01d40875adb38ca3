import { parse } from "@cdktf/hcl2json";
import * as fc from "fast-check";
import type { GeneratorValue } from "fast-check";
import type { Input, ModuleDefinition } from "../../../modules/generator/definition";
import { expression, hcl } from "../../../modules/generator/hcl";
import { testRuns } from "../../support/module-runs";
import type { TestRun } from "../../support/module-runs";

/** A call of a module: the inputs of one of its tests, with up to two places changed. */
export interface FuzzedCall {
  readonly module: string;
  /** The test that the inputs are from, with its mocks. */
  readonly run: TestRun;
  readonly changes: readonly Change[];
  /** The configuration that calls the module. */
  readonly hcl: string;
}

/** A place of a call, and the value that it has in place of the test's. */
export interface Change {
  readonly kind: Kind;
  /** The input, and the attributes, keys and indices below it. */
  readonly path: readonly string[];
  readonly input: Input;
  readonly value: unknown;
  /** The hostile text that the value is, or that it has as an element. */
  readonly text?: string;
}

/**
 * What a changed value is: one of another test, null, empty, one that other software may read as code, one like an access
 * token, a very large one, of a wrong type, of a type that Terraform converts, known only after apply, or sensitive.
 */
export type Kind =
  | "plausible"
  | "null"
  | "empty"
  | "hostile"
  | "secret"
  | "large"
  | "wrong type"
  | "converted"
  | "unknown"
  | "partly unknown"
  | "sensitive";

interface Values {
  readonly [name: string]: unknown;
}

/** Text in every value that a fuzzed call must not lose or tell. */
export const MARKS = {
  /** Is data, and arrives whole. */
  data: "markofdata",
  /** Is sensitive, or like an access token: no message shows it. */
  secret: "markofsecret",
  /** Is given to an ephemeral input: nothing but the provider gets it. */
  ephemeral: "markofephemeral",
};

/** Text that is data, but not to software that takes it for code, a separator or an end. */
const HOSTILE = [
  "${path.module}",
  "${",
  "%{ if true }",
  "%{",
  "$${x}",
  '"',
  "'",
  "\\",
  "`id`",
  "$(id)",
  "; id #",
  "\n",
  "\r\n",
  "\t",
  "\u0000",
  "\u2028",
  "\u00e9\u65e5\u672c",
  "\u{1f600}",
  "/",
  "../",
  "//",
  ".",
  "..",
  ":",
  "@",
  "*",
  "?",
  "[0]",
  "<stack>",
  "{{resolve:ssm:x}}",
  " ",
  "null",
  "__proto__",
  "A",
  "-",
];

const SECRETS = [`ghp_${MARKS.secret}0123456789012345678901`, `https://user:${MARKS.secret}@registry.example.com/`];

/** Where a value of a call is, or could be. */
interface Place {
  readonly path: readonly string[];
  readonly input: Input;
  readonly value: unknown;
}

/** The calls of a module's tests that succeed, and the values of all its tests by where they are given. */
export interface Corpus {
  readonly definition: ModuleDefinition;
  readonly calls: readonly { readonly run: TestRun; readonly inputs: Values }[];
  readonly values: ReadonlyMap<string, readonly unknown[]>;
}

/** Reads the tests of a module. */
export async function corpusOf(definition: ModuleDefinition): Promise<Corpus> {
  const required = Object.entries(definition.inputs).flatMap(([name, input]) =>
    input.required === true ? [name] : [],
  );
  // A test of another folder calls the module from there.
  const complete = testRuns(definition.name).filter(({ inputs }) => required.every((name) => name in inputs));
  const calls = await Promise.all(complete.map(async (run) => ({ run, inputs: await valuesOf(run) })));
  const values = new Map<string, unknown[]>();
  for (const { inputs } of calls) {
    for (const { path, input, value } of placesIn(definition, inputs)) {
      if (value !== undefined && value !== null) {
        const key = keyOf(path, input);
        values.set(key, [...(values.get(key) ?? []), value]);
      }
    }
  }
  return {
    definition,
    calls: calls.filter(({ run }) => run.expectedFailures.length === 0 && run.alias === undefined),
    values,
  };
}

async function valuesOf({ inputs }: TestRun): Promise<Values> {
  const assignments = Object.entries(inputs).map(([name, value]) => `${name} = ${value}\n`);
  return (await parse("inputs.tf", assignments.join(""))) as Values;
}

/** The name under which values of like places are kept: an attribute has the same values in each element of a map. */
function keyOf(path: readonly string[], { type }: Input): string {
  return `${path[0] ?? ""} ${path.at(-1) ?? ""} ${type}`;
}

function placesIn({ inputs }: ModuleDefinition, values: Values): Place[] {
  return Object.entries(inputs).flatMap(([name, input]) => placesBelow([name], input, values[name]));
}

/** The place of a value, and those of its elements and attributes, also of those that are not given. */
function placesBelow(path: readonly string[], input: Input, value: unknown): Place[] {
  const own = { path, input, value };
  const { attributes = {}, type } = input;
  if (type === "object" && isObject(value)) {
    return [
      own,
      ...Object.entries(attributes).flatMap(([name, attribute]) =>
        placesBelow([...path, name], attribute, value[name]),
      ),
    ];
  }
  const element = elementOf(input);
  if (element !== undefined && (isObject(value) || Array.isArray(value))) {
    return [own, ...Object.entries(value).flatMap(([key, item]) => placesBelow([...path, key], element, item))];
  }
  return [own];
}

/** The elements of a collection as inputs of their own; undefined for any other input. */
function elementOf(input: Input): Input | undefined {
  const type = /^(?:list|set|map)\((string|object)\)$/.exec(input.type)?.[1];
  return type === undefined ? undefined : { ...input, type: type as Input["type"] };
}

/** Makes a call of one of a module's successful tests, with up to two places changed. */
export function fuzzedCall({ definition, calls, values }: Corpus): fc.Arbitrary<FuzzedCall> {
  return fc.gen().map((g) => {
    const { run, inputs } = chosenBy(g, calls);
    const count = chosenBy(g, [0, 1, 1, 1, 1, 2, 2]);
    const wrapper: Wrapper = { unknown: [], sensitive: [] };
    const changes: Change[] = [];
    let changed = inputs;
    while (changes.length < count) {
      const places = placesIn(definition, changed).filter(
        ({ path }) => !changes.some((other) => isWithin(path, other.path) || isWithin(other.path, path)),
      );
      const place = chosenBy(g, places);
      const change = changeOf(g, place, values.get(keyOf(place.path, place.input)) ?? [], wrapper);
      changes.push(change);
      changed = replaced(changed, change.path, change.value) as Values;
    }
    return { module: definition.name, run, changes, hcl: callOf(definition, changed, wrapper) };
  });
}

function chosenBy<T>(g: GeneratorValue, all: readonly T[]): T {
  return all[g(fc.nat, all.length - 1)] as T;
}

/** Values that the configuration around a call declares. */
interface Wrapper {
  readonly unknown: unknown[];
  readonly sensitive: unknown[];
}

function callOf({ name, inputs }: ModuleDefinition, values: Values, { unknown, sensitive }: Wrapper): string {
  const given = Object.entries(values).map(([input, value]) => {
    // All that a test gives to an ephemeral input is secret.
    return `  ${input} = ${hcl(inputs[input]?.secret === true ? withSecrets(value) : value)}`;
  });
  return [
    `variable "secret" {\n  ephemeral = true\n  default   = ${hcl(MARKS.ephemeral)}\n}`,
    'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "5.100.0"\n    }\n  }\n}',
    ...unknown.map((value, index) => `resource "terraform_data" "unknown_${index}" {\n  input = ${hcl(value)}\n}`),
    ...sensitive.map((value, index) => `locals {\n  sensitive_${index} = sensitive(${hcl(value)})\n}`),
    `module "subject" {\n  source = "../modules/${name}"\n${given.join("\n")}\n}`,
    // A plan shows an output of a module only as the value of something else.
    'resource "terraform_data" "outputs" {\n  input = module.subject\n}',
  ].join("\n\n");
}

function withSecrets(value: unknown): unknown {
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSecrets(item)]));
  }
  return typeof value === "string" && !value.startsWith("${") ? expression("var.secret") : value;
}

function changeOf(
  g: GeneratorValue,
  { path, input, value }: Place,
  others: readonly unknown[],
  wrapper: Wrapper,
): Change {
  const { type } = input;
  const chosen = <T>(all: readonly T[]): T => chosenBy(g, all);
  const isMap = type.startsWith("map") || type === "object";
  const isList = type.startsWith("list") || type.startsWith("set");
  const isText = type === "string";
  const kinds: readonly Kind[] = [
    ...(["plausible", "null", "empty", "wrong type", "converted", "unknown", "unknown", "sensitive"] as const),
    // An object has the attributes of its type, and a number has no text.
    ...(isText || isList || type.startsWith("map")
      ? (["hostile", "hostile", "hostile", "secret", "large"] as const)
      : []),
    ...(isText || isList || type.startsWith("map") ? (["partly unknown"] as const) : []),
  ];
  const kind = chosen(kinds);
  const here = (changed: unknown, rest: Partial<Change> = {}): Change => ({
    kind,
    path,
    input,
    value: changed,
    ...rest,
  });
  const fitting = others.filter((other) => fits(other, type));
  const plausible = (): unknown => (fitting.length === 0 ? exampleOf(input) : chosen(fitting));
  const current = (): unknown => (fits(value, type) && g(fc.boolean) ? value : plausible());
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const entries = isObject(value) ? value : {};
  const [element = exampleOf({ ...input, type: type === "map(object)" ? "object" : "string" })] = [
    ...Object.values(entries),
    ...items,
  ];
  /** The value with one more element or, of a map, one more key. */
  const withText = (text: string, rest: Partial<Change> = {}): Change => {
    if (isMap) {
      return here({ ...entries, [text]: element }, rest);
    }
    return here(isList ? [...items, text] : text, rest);
  };
  const declared = (kept: unknown[], changed: unknown): string => {
    kept.push(changed);
    return String(kept.length - 1);
  };
  switch (kind) {
    case "plausible":
      return others.length === 0 ? here(plausible()) : here(chosen(others));
    case "null": {
      const within = isMap ? { ...entries, nothing: null } : [...items, null];
      return here((isMap || isList) && g(fc.boolean) ? within : null);
    }
    case "empty":
      return here(isMap ? {} : isList ? [] : (({ string: "", number: 0 } as Values)[type] ?? false));
    case "hostile": {
      const parts = g(fc.array, fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 3 }).join("");
      // Much text has the first part of what is allowed.
      const start = isText && typeof value === "string" && !value.includes("${") && g(fc.boolean) ? value : "";
      const text = `${start}${MARKS.data}${parts}`;
      return withText(literal(text), isMap ? {} : { text });
    }
    case "secret":
      return withText(chosen(SECRETS));
    case "large": {
      const count = type === "map(object)" ? 60 : chosen([100, 1000]);
      const indices = Array.from({ length: count }, (_, index) => index);
      if (isMap) {
        return here(Object.fromEntries(indices.map((index) => [`key-${index}`, element])));
      }
      return here(isList ? indices.map((index) => `x${index}`) : "a".repeat(chosen([256, 20_000])));
    }
    case "wrong type":
      return here(
        isMap
          ? chosen(["x", ["x"], 5])
          : isList
            ? chosen(["x", { x: "y" }, [["x"]], true])
            : chosen([["x"], { x: "y" }, [], ...(isText ? [] : ["x"])]),
      );
    case "converted": {
      if (isMap || isList) {
        return here(isMap ? { ...entries, seven: 7 } : [...items, 7]);
      }
      return here(isText ? chosen([7, true]) : String(fits(value, type) ? value : exampleOf(input)));
    }
    case "unknown": {
      const typed = hcl(current());
      const collection = expression(isList ? `tolist(${typed})` : type === "map(string)" ? `tomap(${typed})` : typed);
      return here(expression(`terraform_data.unknown_${declared(wrapper.unknown, collection)}.output`));
    }
    case "partly unknown": {
      const unknown = expression(`terraform_data.unknown_${declared(wrapper.unknown, element)}.output`);
      return here(isMap ? { ...entries, partly: unknown } : isList ? [...items, unknown] : `x-${unknown}`);
    }
    case "sensitive": {
      const secret = isText && g(fc.boolean) ? MARKS.secret : current();
      return here(expression(`local.sensitive_${declared(wrapper.sensitive, secret)}`));
    }
  }
}

/** Whether a value of a test is one of the type, as far as its text shows it. */
function fits(value: unknown, type: Input["type"]): boolean {
  if (/^(?:list|set)/.test(type)) {
    return Array.isArray(value);
  }
  if (/^(?:map|object)/.test(type)) {
    return isObject(value);
  }
  return typeof value === (type === "bool" ? "boolean" : type) && !(value as string).toString().startsWith("${");
}

function exampleOf({ type, attributes = {} }: Input): unknown {
  if (/^(?:list|set)/.test(type)) {
    return ["x"];
  }
  if (type === "object") {
    const required = Object.entries(attributes).filter(([, attribute]) => attribute.required === true);
    return Object.fromEntries(required.map(([name, attribute]) => [name, exampleOf(attribute)]));
  }
  return ({ string: "x", number: 7, bool: true } as Values)[type] ?? {};
}

/** Text as an expression that is data to Terraform. */
function literal(text: string): string {
  const escaped = JSON.stringify(text).replace(
    /[$%{}]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return expression(escaped);
}

function replaced(within: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) {
    return value;
  }
  if (Array.isArray(within)) {
    return within.map((item, index) => (String(index) === key ? replaced(item, rest, value) : (item as unknown)));
  }
  const object = isObject(within) ? within : {};
  return { ...object, [key]: replaced(object[key], rest, value) };
}

function isWithin(path: readonly string[], other: readonly string[]): boolean {
  return other.every((key, index) => path[index] === key);
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
