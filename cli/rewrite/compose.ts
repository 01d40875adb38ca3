import { dockerfileMentions } from "./dockerfile";
import type { Mention, Piece } from "./mention";
import type { YamlDocument, YamlNode } from "./yaml";

const BUILT = "this service builds the image";
const NOT_LITERAL = "write this Dockerfile as a literal block, with |";

/** The start of a context of a build that is an image. */
const IMAGE_CONTEXT = "docker-image://";

/** Whether a document describes services of Compose. */
export function isComposeFile(document: YamlDocument): boolean {
  return document
    .pairs(document.get(document.root, "services"))
    .some(({ value }) => ["image", "build"].some((key) => document.get(value, key) !== undefined));
}

/** The images of the services of a Compose file. https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export function composeMentions(document: YamlDocument): Mention[] {
  const mentions = new Map<YamlNode, readonly Mention[]>();
  const add = (node: YamlNode, found: readonly Mention[]): void => {
    if (found.length > 0) {
      mentions.set(node, found);
    }
  };
  for (const { value: service } of document.pairs(document.get(document.root, "services"))) {
    const image = document.get(service, "image");
    const build = document.get(service, "build");
    if (document.string(image) !== undefined) {
      add(image, [document.mention(image, build === undefined ? {} : { reasonToStay: BUILT })]);
    }
    const inline = document.get(build, "dockerfile_inline");
    if (document.string(inline) !== undefined) {
      add(inline, inlineMentions(document, inline));
    }
    for (const context of contextsOf(document, build)) {
      add(context, contextMentions(document, context));
    }
    for (const volume of document.items(document.get(service, "volumes"))) {
      const source = document.get(volume, "source");
      if (document.string(document.get(volume, "type")) === "image" && document.string(source) !== undefined) {
        add(source, [document.mention(source)]);
      }
    }
  }
  return [...mentions.values()].flat();
}

function inlineMentions(document: YamlDocument, node: YamlNode): Mention[] {
  const block = document.blockText(node);
  return block === undefined
    ? [{ ...document.mention(node), reasonToStay: NOT_LITERAL }]
    : dockerfileMentions(block.text, { at: (index) => block.at(index), isInterpolated: true });
}

/** The additional contexts of a build, as a map or as a list of `name=context`. */
function contextsOf(document: YamlDocument, build: YamlNode): YamlNode[] {
  const contexts = document.get(build, "additional_contexts");
  return [...document.pairs(contexts).map(({ value }) => document.resolved(value)), ...document.items(contexts)];
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
