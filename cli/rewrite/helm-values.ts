import { DEFAULT_DOMAIN, isDomain } from "../../src/image/image-grammar";
import { canonicalDomain } from "../../src/image/registry-hosts";
import { startOf } from "../../src/image/registry-map";
import type { Mention, Piece } from "./mention";
import { eachMap } from "./yaml";
import type { YamlDocument, YamlNode } from "./yaml";

const OF_IMAGE = /image$/i;
const IN_IMAGES = /images?$/i;
/** Keys that values of an image have beside the repository. */
const BESIDE_REPOSITORY = ["registry", "tag", "digest", "sha", "pullPolicy", "imagePullPolicy"];
/** A repository of something else: of Git, or of charts. */
const OTHER_REPOSITORY = /(?:git|chart|source|src|repo|helm|backup)s?$/i;
const BESIDE_OTHER_REPOSITORY = ["branch", "revision", "ref", "commit", "chart"];
/** A text that is no name of an image, where values may have another thing: an address, a path, a picture or a disk. */
const OTHER_THING = /:\/\/|^(?:[./]|data:|ami-[0-9a-f]+$)|\.(?:png|jpe?g|gif|svg|ico|webp|iso|img|qcow2|vhdx?|vmdk)$/i;

const TWO_REPOSITORIES =
  "the values have `repository` and `image` beside `registry`, which charts read in different ways";

const OWN_DOMAIN =
  "charts may write global.imageRegistry before this name: give the registry in `registry`, or leave global.imageRegistry out";

const OTHER_IMAGES =
  "global.imageRegistry also applies to images that only the chart names: write library/ before the repositories of official ones";

/** The images of the values of a Helm chart. */
export function helmMentions(document: YamlDocument): Mention[] {
  const global = document.placed(document.get(document.root, "global"), "imageRegistry");
  const hasGlobal = document.string(global) !== undefined;
  let isGlobalUsed = false;
  const mentions: Mention[] = [];
  eachMap(document.root, (map, key, keyAbove) => {
    const values = new Map(document.pairs(map).map((pair) => [pair.key, pair.value]));
    const text = (name: string): string | undefined => document.string(values.get(name));
    const hasRepository = text("repository") !== undefined && isOfImage(values, key, keyAbove);
    const hasDigest = ["digest", "sha"].some((name) => text(name) !== undefined) || text("tag")?.includes("@") === true;
    const mention = (parts: YamlNode[], more: Omit<Mention, "start" | "pieces"> = {}): void => {
      if (!parts.some((part) => OTHER_THING.test(document.string(part) ?? ""))) {
        const isOfGlobal = hasGlobal && parts[0] === global;
        // Once is enough for all images.
        const warning = isOfGlobal && !isGlobalUsed && isDockerHub(document, global) ? { warning: OTHER_IMAGES } : {};
        mentions.push({ ...joined(document, parts), hasDigest, isGuess: true, ...warning, ...more });
        isGlobalUsed ||= isOfGlobal;
      }
    };
    // The registry of a chart has precedence over that of an image.
    const hasRegistry = values.has("registry");
    const registry = hasGlobal && (hasRegistry || hasRepository) ? global : values.get("registry");
    const start = document.string(registry) === undefined ? [] : [registry];
    const image = text("image") === undefined ? [] : [values.get("image")];
    if (hasRepository) {
      const repository = values.get("repository");
      if (image.length > 0 && hasRegistry) {
        mention([...start, repository, ...image], { reasonToStay: TWO_REPOSITORIES });
      } else if (hasGlobal && hasDomain(text("repository") ?? "")) {
        mention([repository, ...image], { reasonInCache: () => OWN_DOMAIN });
      } else {
        mention([...start, repository, ...image]);
      }
    } else if (image.length > 0) {
      mention([...start, ...image]);
    }
    for (const [name, value] of values) {
      if (name !== "image" && OF_IMAGE.test(name) && document.string(value) !== undefined) {
        mention([value]);
      }
    }
  });
  return hasGlobal && !isGlobalUsed ? [...mentions, registryMention(document, global)] : mentions;
}

function hasDomain(name: string): boolean {
  return name.includes("/") && isDomain(startOf(name));
}

/** Whether the `repository` of a map is one of images. */
function isOfImage(values: ReadonlyMap<string, YamlNode>, key: string, keyAbove: string): boolean {
  if (OTHER_REPOSITORY.test(key) || BESIDE_OTHER_REPOSITORY.some((name) => values.has(name))) {
    return false;
  }
  return OF_IMAGE.test(key) || IN_IMAGES.test(keyAbove) || BESIDE_REPOSITORY.some((name) => values.has(name));
}

/** The registry of images of which the file has none. */
function registryMention(document: YamlDocument, node: YamlNode): Mention {
  return document.mention(node, {
    isRegistry: true,
    isGuess: true,
    ...(isDockerHub(document, node) ? { reasonInCache: chooseStart } : {}),
  });
}

function isDockerHub(document: YamlDocument, node: YamlNode): boolean {
  return canonicalDomain(document.string(node) ?? "") === DEFAULT_DOMAIN;
}

function chooseStart(start: string): string {
  return `the file has no image with it: write ${start}, and library/ before the repositories of official images`;
}

/** A mention whose parts a chart joins with slashes. */
function joined(document: YamlDocument, parts: readonly YamlNode[]): Mention {
  const pieces = parts.flatMap((part, index): readonly Piece[] =>
    index === 0 ? document.pieces(part) : [{ kind: "fixed", text: "/" }, ...document.pieces(part)],
  );
  return { start: document.mention(parts.at(-1)).start, pieces };
}
