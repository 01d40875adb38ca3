import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "@cdktf/hcl2json";

/** The folder of the plain modules. */
export const MODULES_FOLDER = path.join(__dirname, "..");

/** A condition with its message; expressions are `${…}`. */
export interface Condition {
  readonly condition: string;
  readonly error_message: string;
}

export interface ParsedVariable {
  readonly description: string;
  readonly type: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly ephemeral?: boolean;
  readonly validation?: readonly Condition[];
}

export interface ParsedOutput {
  readonly description: string;
  readonly value: unknown;
  readonly precondition?: readonly Condition[];
}

export interface BlocksByType {
  readonly [type: string]: {
    readonly [name: string]: {
      readonly lifecycle?: readonly {
        readonly precondition?: readonly Condition[];
        readonly postcondition?: readonly Condition[];
      }[];
      readonly [argument: string]: unknown;
    };
  };
}

/** The Terraform files of a module together, as the data in them. */
export interface ParsedModule {
  readonly terraform: {
    readonly required_version: string;
    /** Undefined for a module without resources. */
    readonly required_providers?: readonly { readonly [provider: string]: { readonly version: string } }[];
  };
  readonly variable: { readonly [name: string]: ParsedVariable };
  readonly locals: { readonly [name: string]: unknown };
  readonly output: { readonly [name: string]: ParsedOutput };
  readonly resource: BlocksByType;
  readonly data: BlocksByType;
  readonly module: { readonly [call: string]: { readonly source: string; readonly [argument: string]: unknown } };
  readonly check: { readonly [name: string]: { readonly assert: readonly Condition[] } };
}

interface Labeled {
  readonly [label: string]: readonly object[];
}

interface LabeledTwice {
  readonly [type: string]: Labeled;
}

/** The files of a folder in Terraform's language, by their names. */
export function terraformFilesIn(folder: string): string[] {
  return fs.readdirSync(folder).filter((file) => file.endsWith(".tf"));
}

/** Parses a module. */
export async function parsedModule(name: string): Promise<ParsedModule> {
  const folder = path.join(MODULES_FOLDER, name);
  const files = await Promise.all(
    terraformFilesIn(folder).map((file) => parse(file, fs.readFileSync(path.join(folder, file), "utf8"))),
  );
  const blocks = (type: string): object[] =>
    files.flatMap((file) => (file as { [type: string]: object | object[] })[type] ?? []);
  const merged = (all: object[]): object => all.reduce((one, other) => ({ ...one, ...other }), {});
  const labeled = (type: string): object => merged(blocks(type).map((all) => single(all as Labeled)));
  const labeledTwice = (type: string): object => {
    const found = blocks(type).flatMap((all) => Object.entries(all as LabeledTwice));
    const byLabel = new Map<string, object>();
    found.forEach(([label, named]) => byLabel.set(label, { ...byLabel.get(label), ...single(named) }));
    return Object.fromEntries(byLabel);
  };
  return {
    terraform: merged(blocks("terraform")),
    locals: merged(blocks("locals")),
    variable: labeled("variable"),
    output: labeled("output"),
    module: labeled("module"),
    check: labeled("check"),
    resource: labeledTwice("resource"),
    data: labeledTwice("data"),
  } as ParsedModule;
}

/** Blocks with one label each, which the parser lists as often as a label is used. */
function single(blocks: Labeled): object {
  return Object.fromEntries(Object.entries(blocks).map(([label, [block]]) => [label, block]));
}

/** All conditions of a module: validations, preconditions, postconditions and assertions. */
export function conditionsOf({ variable, output, resource, data, check }: ParsedModule): Condition[] {
  const blocks = [...Object.values(resource), ...Object.values(data)].flatMap((named) => Object.values(named));
  return [
    ...Object.values(variable).flatMap(({ validation = [] }) => validation),
    ...blocks.flatMap(({ lifecycle = [] }) =>
      lifecycle.flatMap(({ precondition = [], postcondition = [] }) => [...precondition, ...postcondition]),
    ),
    ...Object.values(output).flatMap(({ precondition = [] }) => precondition),
    ...Object.values(check).flatMap(({ assert }) => assert),
  ];
}
