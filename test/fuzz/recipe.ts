import * as fc from "fast-check";
import type { Entry } from "./public-api";

/** How to make a value: a case can be run again and again, each time with new objects. */
export type Recipe =
  | { readonly is: "literal"; readonly value: unknown }
  /** `times` repeats the list. */
  | { readonly is: "list"; readonly items: readonly Recipe[]; readonly times?: number }
  | { readonly is: "object"; readonly entries: readonly (readonly [key: string, value: Recipe])[] }
  | { readonly is: "call"; readonly entry: Entry; readonly args: readonly Recipe[] }
  | { readonly is: "constant"; readonly className: string; readonly member: string }
  /** What a program has beside the library, by the name of its class. */
  | { readonly is: "thing"; readonly name: string }
  /** What callers should not pass. */
  | { readonly is: "hostile"; readonly name: string; readonly make: () => unknown };

/** Where a recipe has another one: the indices from the outermost to it. */
export type Place = readonly number[];

/** What replaces the value at a place, or is added to the object there under a key. */
export interface Change {
  readonly at: Place;
  readonly value: Recipe;
  readonly key?: string;
}

/** A call of the public API: of a constructor, a static method, or a method of the instance that `receiver` makes. */
export class Case {
  public constructor(
    public readonly entry: Entry,
    public readonly args: readonly Recipe[],
    public readonly receiver?: Recipe,
  ) {}

  /** The places of the values that a caller decides on: not of the scope and the id of a construct. */
  public places(): Place[] {
    const first = this.entry.kind === "constructor" ? 2 : 0;
    return this.args.flatMap((arg, index) => (index < first ? [] : placesIn(arg, [index])));
  }

  public at([first = 0, ...rest]: Place): Recipe {
    return rest.reduce((recipe, index) => childrenOf(recipe)[index] as Recipe, this.args[first] as Recipe);
  }

  public with(change: Change): Case {
    const [first = 0, ...rest] = change.at;
    const args = this.args.map((arg, index) => (index === first ? changed(arg, rest, change) : arg));
    return new Case(this.entry, args, this.receiver);
  }

  /** With text at a place; in a JSON document, at each place of the document where AWS takes any text. */
  public typed(at: Place, text: string): Case {
    const { value } = this.at(at) as { readonly value?: unknown };
    const isDocument = typeof value === "string" && value.startsWith('{"');
    const written = isDocument
      ? JSON.stringify(JSON.parse(value, (key, item: unknown) => (/^(Sid|description)$/.test(key) ? text : item)))
      : text;
    return this.with({ at, value: { is: "literal", value: written } });
  }

  /** The names of all entries that the case calls. */
  public calls(): string[] {
    const recipes = this.receiver === undefined ? this.args : [...this.args, this.receiver];
    return [this.entry.name, ...recipes.flatMap(callsIn)];
  }

  /** The name of the argument or of the member of an object that a place is in. */
  public nameOf([first = 0, ...rest]: Place): string {
    let name = this.entry.parameters[first]?.name ?? "";
    let recipe = this.args[first] as Recipe;
    for (const index of rest) {
      name = nameOfChild(recipe, index) ?? name;
      recipe = childrenOf(recipe)[index] as Recipe;
    }
    return name;
  }

  public toString(): string {
    const receiver = this.receiver === undefined ? "" : `on ${shown(this.receiver)}: `;
    return `${receiver}${this.entry.name}(${this.args.map(shown).join(", ")})`;
  }

  public [fc.toStringMethod](): string {
    return this.toString();
  }
}

/** The recipe of plain data. */
export function recipeOf(value: unknown): Recipe {
  if (Array.isArray(value)) {
    return { is: "list", items: value.map(recipeOf) };
  }
  if (typeof value === "object" && value !== null) {
    return { is: "object", entries: Object.entries(value).map(([key, item]) => [key, recipeOf(item)] as const) };
  }
  return { is: "literal", value };
}

function childrenOf(recipe: Recipe): readonly Recipe[] {
  switch (recipe.is) {
    case "list":
      return recipe.items;
    case "object":
      return recipe.entries.map(([, value]) => value);
    case "call":
      return recipe.args;
    default:
      return [];
  }
}

function nameOfChild(recipe: Recipe, index: number): string | undefined {
  if (recipe.is === "object") {
    return recipe.entries[index]?.[0];
  }
  return recipe.is === "call" ? recipe.entry.parameters[index]?.name : undefined;
}

function withChildren(recipe: Recipe, children: readonly Recipe[]): Recipe {
  switch (recipe.is) {
    case "list":
      return { ...recipe, items: children };
    case "object":
      return { ...recipe, entries: recipe.entries.map(([key], index) => [key, children[index] as Recipe] as const) };
    case "call":
      return { ...recipe, args: children };
    default:
      return recipe;
  }
}

function placesIn(recipe: Recipe, at: Place): Place[] {
  return [at, ...childrenOf(recipe).flatMap((child, index) => placesIn(child, [...at, index]))];
}

function changed(recipe: Recipe, [index, ...rest]: Place, change: Change): Recipe {
  if (index !== undefined) {
    const children = childrenOf(recipe).map((child, at) => (at === index ? changed(child, rest, change) : child));
    return withChildren(recipe, children);
  }
  if (change.key === undefined) {
    return change.value;
  }
  return recipe.is === "object" ? { ...recipe, entries: [...recipe.entries, [change.key, change.value]] } : recipe;
}

function callsIn(recipe: Recipe): string[] {
  return [...(recipe.is === "call" ? [recipe.entry.name] : []), ...childrenOf(recipe).flatMap(callsIn)];
}

function shown(recipe: Recipe): string {
  switch (recipe.is) {
    case "literal":
      return fc.stringify(recipe.value).slice(0, 300);
    case "list":
      return `[${recipe.items.map(shown).join(", ")}]`;
    case "object":
      return `{ ${recipe.entries.map(([key, value]) => `${JSON.stringify(key)}: ${shown(value)}`).join(", ")} }`;
    case "call":
      return `${recipe.entry.name}(${recipe.args.map(shown).join(", ")})`;
    case "constant":
      return `${recipe.className}.${recipe.member}`;
    default:
      return `<${recipe.name}>`;
  }
}
