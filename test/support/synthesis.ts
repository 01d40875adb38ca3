import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { App } from "cdktf";
import { TerraformStack, Testing } from "cdktf";
import { PullThroughCache } from "cdktf-ecr-pull-through-cache";
import type { PullThroughCacheProps } from "cdktf-ecr-pull-through-cache";

/** Arguments of a resource, or a block of Terraform JSON. */
export interface Block {
  readonly [name: string]: unknown;
}

/** Terraform JSON of a stack, as far as the tests look into it. */
export interface TerraformJson {
  readonly resource?: { readonly [type: string]: { readonly [name: string]: Block } };
  readonly data?: { readonly [type: string]: { readonly [name: string]: Block } };
  readonly variable?: { readonly [name: string]: Block };
  readonly provider?: { readonly [name: string]: Block[] };
  readonly terraform?: Block;
  readonly output?: { readonly [name: string]: { readonly value: unknown } };
}

/** A stack named "stack" with an AWS provider of a region. */
export function stackIn(region: string | undefined, context: { [key: string]: unknown } = {}): TerraformStack {
  const stack = new TerraformStack(Testing.app({ context }), "stack");
  new AwsProvider(stack, "aws", { region });
  return stack;
}

/** A stack that holds a cache named "cache", in us-east-1. */
export function stackWithCache(props: PullThroughCacheProps): TerraformStack {
  const stack = stackIn("us-east-1");
  new PullThroughCache(stack, "cache", props);
  return stack;
}

/** What a stack synthesizes to, without the metadata of cdktf. */
export function synthesized(stack: TerraformStack): TerraformJson {
  // Tests read warnings with `warnings`; printed, they would only fill the log.
  const print = jest.spyOn(console, "warn").mockImplementation();
  try {
    return withoutMetadata(JSON.parse(Testing.synth(stack, true))) as TerraformJson;
  } finally {
    print.mockRestore();
  }
}

/** The resources of a type, by the last part of their construct's path, or those of one data source. */
export function blocks(json: TerraformJson, type: string): Block[] {
  return Object.values(json.resource?.[type] ?? json.data?.[type] ?? {});
}

/** The only resource or data source of a type. */
export function only(json: TerraformJson, type: string): Block {
  const found = blocks(json, type);
  if (found.length !== 1) {
    throw new Error(`expected one ${type}, found ${found.length}`);
  }
  return found[0] as Block;
}

/** The addresses of all resources and data sources, sorted. */
export function addresses(json: TerraformJson): string[] {
  const of = (kind: TerraformJson["resource"], start: string): string[] =>
    Object.entries(kind ?? {}).flatMap(([type, named]) => Object.keys(named).map((name) => `${start}${type}.${name}`));
  return [...of(json.resource, ""), ...of(json.data, "data.")].sort();
}

/** The same JSON with the resources of one construct only, given by the id of the construct. */
export function resourcesOf(json: TerraformJson, id: string): TerraformJson {
  const own = Object.entries(json.resource ?? {}).flatMap(([type, named]) => {
    const kept = Object.entries(named).filter(([name]) => name.startsWith(`${id}_`));
    return kept.length === 0 ? [] : [[type, Object.fromEntries(kept)] as const];
  });
  return { ...json, resource: Object.fromEntries(own) };
}

/** The warnings a stack carries once its app is synthesized. */
export function warnings(stack: TerraformStack): string[] {
  return stack.node
    .findAll()
    .flatMap((construct) => construct.node.metadata)
    .filter((entry) => entry.type === "@cdktf/warn")
    .map((entry) => String(entry.data));
}

/** The message of the error that `action` throws. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected an error");
}

/** An app whose output goes to a folder of its own. */
export function testApp(): App {
  return Testing.app();
}

function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutMetadata);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, child]) => [key, withoutMetadata(child)]),
  );
}
