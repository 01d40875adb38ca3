import { DEFAULT_TAG } from "../../src/image/image-grammar";
import { ImageReference, parseReference } from "../../src/image/image-reference";
import { dockerfileMentions } from "./dockerfile";
import { writtenOf } from "./mention";
import type { Mention, Piece } from "./mention";
import type { YamlDocument, YamlNode } from "./yaml";

const BUILT = "a service of this file builds the image";
const NOT_LITERAL = "write this Dockerfile as a literal block, with |";

/** The start of a context of a build that is an image. */
const IMAGE_CONTEXT = "docker-image://";

/** Whether a document describes services of Compose. */
export function isComposeFile(document: YamlDocument): boolean {
  return document
    .pairs(document.get(document.root, "services"))
    .some(({ value }) => ["image", "build"].some((key) => document.get(value, key) !== undefined));
}

/** The keys of the root of a Compose file. */
const ROOT_KEY = /^(?:services|include|name|version|networks|volumes|configs|secrets|models|x-.*)$/;

/** Whether a document may be a Compose file, as far as the keys of its root say. */
export function mayBeComposeFile(document: YamlDocument): boolean {
  return document.pairs(document.root).some(({ key }) => ROOT_KEY.test(key));
}

/** The images of the services of a Compose file. https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export function composeMentions(document: YamlDocument): Mention[] {
  const built = new Set<string>();
  const mentions = new Map<YamlNode, readonly Mention[]>();
  const add = (node: YamlNode, found: readonly Mention[]): void => {
    if (found.length > 0) {
      mentions.set(node, found);
    }
  };
  for (const { value: service } of document.pairs(document.get(document.root, "services"))) {
    const image = document.placed(service, "image");
    const build = document.get(service, "build");
    if (document.string(image) !== undefined) {
      const mention = document.mention(image);
      add(image, [mention]);
      if (build !== undefined) {
        built.add(imageOf(mention));
      }
    }
    for (const tag of document.items(document.get(build, "tags"))) {
      built.add(normalized(document.string(tag) ?? ""));
    }
    const contexts = contextsOf(document, build);
    const inline = document.get(build, "dockerfile_inline");
    if (document.string(inline) !== undefined) {
      const names = new Set(contexts.map(({ name }) => normalized(name)));
      add(
        inline,
        inlineMentions(document, inline).filter((mention) => !names.has(imageOf(mention))),
      );
    }
    for (const { value } of contexts) {
      add(value, contextMentions(document, value));
    }
    for (const volume of document.items(document.get(service, "volumes"))) {
      const source = document.placed(volume, "source");
      if (document.string(document.get(volume, "type")) === "image" && document.string(source) !== undefined) {
        add(source, [document.mention(source)]);
      }
    }
  }
  return [...mentions.values()]
    .flat()
    .map((mention) => (built.has(imageOf(mention)) ? { ...mention, reasonToStay: BUILT } : mention));
}

function inlineMentions(document: YamlDocument, node: YamlNode): Mention[] {
  const block = document.blockText(node);
  return block === undefined
    ? [
        {
          start: document.placeOf(node),
          pieces: [{ kind: "unknown", source: "dockerfile_inline" }],
          reasonToStay: NOT_LITERAL,
        },
      ]
    : dockerfileMentions(block.text, { at: (index) => block.at(index), isInterpolated: true });
}

/** An additional context of a build: a name that its Dockerfile may use like an image, and what it stands for. */
interface Context {
  readonly name: string;
  readonly value: YamlNode;
}

/** The additional contexts of a build, as a map or as a list of `name=context`. */
function contextsOf(document: YamlDocument, build: YamlNode): Context[] {
  const contexts = document.get(build, "additional_contexts");
  return [
    ...document.pairs(contexts).map(({ key, value }) => ({ name: key, value })),
    ...document.items(contexts).map((value) => ({ name: document.string(value)?.split("=", 1)[0] ?? "", value })),
  ];
}

/** The image that a mention means, as Docker compares names. */
function imageOf({ pieces }: Mention): string {
  return normalized(writtenOf(pieces));
}

function normalized(name: string): string {
  const reference = parseReference(name);
  return reference instanceof ImageReference
    ? `${reference.name}:${reference.tag ?? DEFAULT_TAG}@${reference.digest ?? ""}`
    : name;
}

function contextMentions(document: YamlDocument, node: YamlNode): Mention[] {
  const text = document.string(node) ?? "";
  const at = text.indexOf(IMAGE_CONTEXT);
  if (at < 0 || !/^(?:[^/]*=)?$/.test(text.slice(0, at))) {
    return [];
  }
  const pieces = piecesFrom(document.pieces(node), at + IMAGE_CONTEXT.length);
  const [first] = pieces;
  return [{ start: first?.kind === "text" ? first.start : document.placeOf(node), pieces }];
}

/** Pieces without the first characters of the first one. */
function piecesFrom([first, ...rest]: readonly Piece[], length: number): readonly Piece[] {
  if (first === undefined || first.kind === "unknown" || first.text.length < length) {
    return [{ kind: "unknown", source: IMAGE_CONTEXT }];
  }
  const text = first.text.slice(length);
  return [first.kind === "text" ? { ...first, text, start: first.start + length } : { ...first, text }, ...rest];
}
