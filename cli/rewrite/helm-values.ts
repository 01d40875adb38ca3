import type { Mention, Piece } from "./mention";
import { eachMap } from "./yaml";
import type { YamlDocument, YamlNode } from "./yaml";

const OF_IMAGE = /image$/i;
const OF_IMAGES = /images$/i;
/** Keys that values of an image have beside the repository. */
const BESIDE_REPOSITORY = ["registry", "tag", "digest", "sha", "pullPolicy", "imagePullPolicy"];
/** A text that is no name of an image, where values may have another thing: an address or a path. */
const OTHER_THING = /:\/\/|^[./]/;

const TWO_REPOSITORIES =
  "the values have `repository` and `image` beside `registry`, which charts read in different ways";

/** The images of the values of a Helm chart. */
export function helmMentions(document: YamlDocument): Mention[] {
  const globalRegistry = document.get(document.root, "global", "imageRegistry");
  const mentions: Mention[] = [];
  eachMap(document.root, (map, key, keyAbove) => {
    const values = new Map(document.pairs(map).map((pair) => [pair.key, document.resolved(pair.value)]));
    const text = (name: string): string | undefined => document.string(values.get(name));
    const isImage =
      OF_IMAGE.test(key) || OF_IMAGES.test(keyAbove) || BESIDE_REPOSITORY.some((name) => values.has(name));
    const hasRepository = text("repository") !== undefined && isImage;
    const hasDigest = ["digest", "sha"].some((name) => text(name) !== undefined) || text("tag")?.includes("@") === true;
    const mention = (parts: YamlNode[]): void => {
      const isName = !parts.some((part) => OTHER_THING.test(document.string(part) ?? ""));
      if (isName) {
        const twice = hasRepository && text("image") !== undefined && values.has("registry");
        mentions.push({
          ...joined(document, parts),
          hasDigest,
          ...(twice ? { reasonToStay: TWO_REPOSITORIES } : {}),
        });
      }
    };
    // `registry` and `global.imageRegistry` are the registry of the chart's own names.
    const registry = document.string(globalRegistry) === undefined ? values.get("registry") : globalRegistry;
    const start = values.has("registry") && document.string(registry) !== undefined ? [registry] : [];
    if (hasRepository) {
      mention([...start, values.get("repository"), ...(text("image") === undefined ? [] : [values.get("image")])]);
    } else if (text("image") !== undefined) {
      mention([...start, values.get("image")]);
    }
    for (const [name, value] of values) {
      if (name !== "image" && OF_IMAGE.test(name) && document.string(value) !== undefined) {
        mention([value]);
      }
    }
  });
  return mentions;
}

/** A mention whose parts a chart joins with slashes. */
function joined(document: YamlDocument, parts: readonly YamlNode[]): Mention {
  const pieces = parts.flatMap((part, index): readonly Piece[] =>
    index === 0 ? document.pieces(part) : [{ kind: "fixed", text: "/" }, ...document.pieces(part)],
  );
  return { start: document.mention(parts.at(-1)).start, pieces };
}
