import { Composer, Parser, isAlias, isCollection, isMap, isNode, isScalar, isSeq, visit } from "yaml";
import type { Alias, Document, ParsedNode, Scalar, YAMLMap } from "yaml";
import type { Mention, Piece } from "./mention";
import { TOO_DEEP, UnreadableText } from "./mention";
import { placeIn } from "./placed-text";
import type { PlacedText } from "./placed-text";
import { piecesOf } from "./variables";

/** A node, or what stands for one that a document does not have. */
export type YamlNode = unknown;

/** A pair of a map with the text of its key. */
export interface YamlPair {
  readonly key: string;
  readonly value: YamlNode;
}

/** A text in one place of a file, which is what a reader of the file sees. */
interface ScalarText {
  readonly text: string;
  /** Where it begins in the file; undefined if the file writes it in another way. */
  readonly start: number | undefined;
}

const MERGE_KEY = "<<";

/** A document of a file, with its aliases and merged maps. */
export class YamlDocument {
  private readonly targets: ReadonlyMap<Alias, YamlNode>;

  public constructor(
    private readonly document: Document,
    private readonly text: string,
  ) {
    this.targets = text.includes("*") ? targetsOf(document) : new Map();
  }

  public get root(): YamlNode {
    return this.resolved(this.document.contents);
  }

  /** The node that an alias stands for, and any other node itself. */
  public resolved(node: YamlNode): YamlNode {
    return isAlias(node) ? this.targets.get(node) : node;
  }

  /** The pairs of a map, and those of the maps that it merges. Of anything else, none. */
  public pairs(node: YamlNode): YamlPair[] {
    const found = new Map<string, YamlNode>();
    this.collectPairs(node, found, new Set());
    return [...found].map(([key, value]) => ({ key, value }));
  }

  /** The value of a key, with aliases and merged maps resolved. */
  public get(node: YamlNode, ...keys: string[]): YamlNode {
    return keys.reduce<YamlNode>(
      (at, key) => this.resolved(this.pairs(at).find((pair) => pair.key === key)?.value),
      node,
    );
  }

  /** The items of a list, with aliases resolved. Of anything else, none. */
  public items(node: YamlNode): YamlNode[] {
    const list = this.resolved(node);
    return isSeq(list) ? list.items.map((item) => this.resolved(item)) : [];
  }

  /** The text of a node; undefined if it is none, or empty. */
  public string(node: YamlNode): string | undefined {
    const scalar = this.resolved(node);
    return isScalar(scalar) && typeof scalar.value === "string" && scalar.value !== "" ? scalar.value : undefined;
  }

  /** The place of a node in the file. */
  public placeOf(node: YamlNode): number {
    const scalar = this.resolved(node) as Partial<ParsedNode> | undefined;
    return scalar?.range?.[0] ?? 0;
  }

  /** The pieces of the text of a scalar, which may have variables. */
  public pieces(node: YamlNode): readonly Piece[] {
    const scalar = this.resolved(node) as Scalar.Parsed & { readonly value: string };
    const { text, start } = this.textOf(scalar);
    if (start !== undefined) {
      return piecesOf({ text, at: (index) => start + index }, {}, 0, text.length);
    }
    if (/[${]/.test(text)) {
      return [{ kind: "unknown", source: text }];
    }
    // A name begins with what the file has before the first escape or line feed; before that is a place for a text.
    const first = scalar.range[0] + 1;
    const same = /^[^\\\s]*/.exec(this.text.slice(first, first + text.length))?.[0] ?? "";
    const isThere = scalar.type === "QUOTE_DOUBLE" && text.startsWith(same);
    return isThere
      ? [
          { kind: "text", text: same, start: first, end: first + same.length },
          { kind: "fixed", text: text.slice(same.length) },
        ]
      : [{ kind: "fixed", text }];
  }

  /** The mention of an image by a scalar. */
  public mention(node: YamlNode, more: Omit<Mention, "start" | "pieces"> = {}): Mention {
    const pieces = this.pieces(node);
    const [first] = pieces;
    return { start: first?.kind === "text" ? first.start : this.placeOf(node), pieces, ...more };
  }

  /** The text of a literal block with its places in the file; undefined if the node is none. */
  public blockText(node: YamlNode): PlacedText | undefined {
    const scalar = this.resolved(node) as Scalar.Parsed & { readonly value: string };
    if (scalar.type !== "BLOCK_LITERAL") {
      return undefined;
    }
    const [start, end] = scalar.range;
    const lines = scalar.value.split("\n");
    let place = this.text.indexOf("\n", start) + 1;
    let index = 0;
    const starts = lines.map((line) => {
      const feed = this.text.indexOf("\n", place);
      const endOfLine = feed < 0 || feed > end ? end : feed;
      const hasReturn = this.text.charAt(endOfLine - 1) === "\r";
      // What is before the line is its indentation.
      const found = { index, place: Math.max(place, endOfLine - (hasReturn ? 1 : 0) - line.length) };
      index += line.length + 1;
      place = endOfLine + 1;
      return found;
    });
    return { text: scalar.value, at: (at) => placeIn(starts, at) };
  }

  /** The text of a scalar without the line feeds at its end, and where it is. */
  private textOf(scalar: Scalar.Parsed & { readonly value: string }): ScalarText {
    const [start, end] = scalar.range;
    const text = scalar.value.replace(/(?<!\n)\n+$/, "");
    if (scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED") {
      const at = this.text.indexOf("\n", start);
      const found = at < 0 ? -1 : this.text.slice(at, end).indexOf(text);
      return { text, start: found < 0 ? undefined : at + found };
    }
    const quote = scalar.type === "PLAIN" ? 0 : 1;
    const isAsWritten = this.text.slice(start + quote, end - quote) === scalar.value;
    return { text: scalar.value, start: isAsWritten ? start + quote : undefined };
  }

  private collectPairs(node: YamlNode, found: Map<string, YamlNode>, seen: Set<YamlNode>): void {
    const map = this.resolved(node);
    if (!isMap(map) || seen.has(map)) {
      return;
    }
    seen.add(map);
    const merged: YamlNode[] = [];
    for (const { key, value } of map.items) {
      const name = keyOf(key);
      if (name === MERGE_KEY) {
        merged.push(value);
      } else if (!found.has(name)) {
        found.set(name, value);
      }
    }
    for (const other of merged) {
      const list = this.items(other);
      (list.length > 0 ? list : [other]).forEach((item) => this.collectPairs(item, found, seen));
    }
  }
}

/** The documents of a file that have something. */
export function yamlDocuments(text: string): YamlDocument[] {
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  const documents: YamlDocument[] = [];
  for (const document of composer.compose(new Parser().parse(text))) {
    const [error] = document.errors;
    if (error !== undefined) {
      // The rest of some messages is a text of the file, which may be a secret.
      if (error.code === "RESOURCE_EXHAUSTION") {
        throw new UnreadableText(TOO_DEEP, 0);
      }
      const reason = error.message.replace(/: "[^]*$/, "");
      const hint = text.includes("{{") ? "; a template cannot be read: rewrite what it makes, or its values" : "";
      throw new UnreadableText(`this is not YAML: ${reason}${hint}`, error.pos[0]);
    }
    if (isCollection(document.contents)) {
      documents.push(new YamlDocument(document, text));
    }
  }
  return documents;
}

/** Visits every map of a document once, with its key and the key above it; aliases are visited where their node is. */
export function eachMap(root: YamlNode, visitor: (map: YAMLMap, key: string, keyAbove: string) => void): void {
  const walk = (node: YamlNode, key: string, keyAbove: string): void => {
    if (isMap(node)) {
      visitor(node, key, keyAbove);
      for (const item of node.items) {
        if (isCollection(item.value)) {
          walk(item.value, keyOf(item.key), key);
        }
      }
    } else if (isSeq(node)) {
      node.items.filter(isCollection).forEach((item) => walk(item, key, keyAbove));
    }
  };
  walk(root, "", "");
}

/** The text of a key; empty if it is none. */
export function keyOf(key: YamlNode): string {
  return isScalar(key) ? String(key.value) : "";
}

/** The node of each alias: the last one before it with its anchor. */
function targetsOf(document: Document): Map<Alias, YamlNode> {
  const targets = new Map<Alias, YamlNode>();
  const anchors = new Map<string, YamlNode>();
  visit(document, (_, node) => {
    if (!isNode(node)) {
      return;
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) {
        throw new UnreadableText(
          `this is not YAML: no anchor &${node.source} is before this alias`,
          (node as Alias.Parsed).range[0],
        );
      }
      targets.set(node, target);
    } else if (node.anchor !== undefined) {
      anchors.set(node.anchor, node);
    }
  });
  return targets;
}
