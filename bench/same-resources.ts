import { deepStrictEqual } from "node:assert";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Consumer, Sizes } from "./consumer";
import { synthesizedFiles } from "./synthesized-files";

interface TerraformJson {
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly [block: string]: unknown;
}

interface Blocks {
  readonly [type: string]: { readonly [name: string]: unknown };
}

type Stacks = ReadonlyMap<string, ComparableStack>;

/** Throws, with the difference, unless the package and the program by hand declare the same but for the names of resources. */
export function assertSameResources(consumer: Consumer, sizes: Sizes): void {
  const [pack, byHand] = (["pack", "hand-written"] as const).map((workload) => {
    let stacks: Stacks = new Map();
    consumer.synthesize(workload, sizes, (outdir) => (stacks = comparableStacks(outdir)));
    return stacks;
  });
  deepStrictEqual(pack, byHand, "The workloads declare different things");
}

/** The stacks of an output folder, so that what they declare can be compared. */
export function comparableStacks(outdir: string): Stacks {
  return new Map(
    synthesizedFiles(outdir).map((file) => [
      basename(dirname(file)),
      new ComparableStack(JSON.parse(readFileSync(file, "utf8")) as TerraformJson),
    ]),
  );
}

/** A stack in which each resource is named after what it is, so that references can be compared too. */
class ComparableStack {
  /** Resources and data sources, in an order that does not depend on their names. */
  public readonly resources: readonly string[];
  /** Everything else: variables, provider, backend and so on. */
  public readonly others: unknown;

  public constructor({ resource, data, ...others }: TerraformJson) {
    const bodies = new Map([...bodiesOf(resource, ""), ...bodiesOf(data, "data.")]);
    this.resources = [...bodies].map(([address, body]) => `${typeOf(address)} ${comparable(body, bodies)}`).sort();
    this.others = JSON.parse(comparable(others, bodies));
  }
}

function bodiesOf(blocks: Blocks | undefined, start: string): [string, unknown][] {
  return Object.entries(blocks ?? {}).flatMap(([type, named]) =>
    Object.entries(named).map(([name, body]): [string, unknown] => [`${start}${type}.${name}`, body]),
  );
}

/** JSON of a block without cdktf's metadata, with every reference replaced by a digest of what it refers to. */
function comparable(block: unknown, bodies: ReadonlyMap<string, unknown>): string {
  return JSON.stringify(block, (key, value: unknown) => {
    if (key === "//") {
      return undefined;
    }
    if (typeof value === "string") {
      return value.replace(/(?:data\.)?\w+\.[\w-]+/g, (address) =>
        bodies.has(address) ? `${typeOf(address)}.${digest(comparable(bodies.get(address), bodies))}` : address,
      );
    }
    return key === "depends_on" ? sortedDependencies(value as string[], bodies) : value;
  });
}

function sortedDependencies(addresses: string[], bodies: ReadonlyMap<string, unknown>): string[] {
  return [...addresses].sort((a, b) => (comparable(a, bodies) < comparable(b, bodies) ? -1 : 1));
}

function typeOf(address: string): string {
  return address.slice(0, address.lastIndexOf("."));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
