import type { Mention } from "./mention";
import type { YamlDocument, YamlNode } from "./yaml";

// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
const API_GROUP = /^kustomize\.config\.k8s\.io\//;
/** The fields with what a kustomization reads. */
const SOURCES = ["resources", "bases", "components"];
/** The fields that make objects whose names of images no file has. */
const GENERATORS = ["helmCharts", "helmChartInflationGenerator", "generators"];
/** A URL, or the start of one as Kustomize also accepts it: `git@…`, `github.com/…`, `…?ref=…`. */
const REMOTE = /:\/\/|^git@|::|\?|^[^./][^/]*\.[^/]*\//;

const MATCHES =
  "the entry now matches the name in the cache: rewrite the manifests that this kustomization reads as well";

/** Whether a document is a kustomization, or a component of one. */
export function isKustomization(document: YamlDocument): boolean {
  return API_GROUP.test(document.string(document.get(document.root, "apiVersion")) ?? "");
}

/**
 * The images of a kustomization. An entry of `images` applies to the images with its name, as the manifests write it.
 * Where the manifests are files, their names change, so the name of the entry changes with them. Where they are not, it
 * stays.
 */
export function kustomizationMentions(document: YamlDocument): Mention[] {
  const isChanging = !hasOtherSources(document);
  return document.items(document.get(document.root, "images")).flatMap((entry) => {
    const text = (key: string): string | undefined => document.string(document.get(entry, key));
    const newName = text("newName") === undefined ? undefined : document.placed(entry, "newName");
    const hasDigest = text("digest") !== undefined;
    const pulled = newName === undefined ? [] : [document.mention(newName, { hasDigest })];
    return text("name") === undefined
      ? pulled
      : [...matched(document, document.placed(entry, "name"), isChanging, newName === undefined, hasDigest), ...pulled];
  });
}

/** The name that an entry matches, which is also that of the image to pull if the entry has no other. */
function matched(
  document: YamlDocument,
  name: YamlNode,
  isChanging: boolean,
  isPulled: boolean,
  hasDigest: boolean,
): Mention[] {
  if (isChanging) {
    return [document.mention(name, { warning: MATCHES, hasDigest: hasDigest && isPulled, isGuess: true })];
  }
  return isPulled ? [document.mention(name, { reasonInCache: missingNewName, isGuess: true })] : [];
}

function missingNewName(newName: string): string {
  return `manifests of another place keep their names: add newName: ${newName} to this entry`;
}

/** Whether a kustomization reads anything that is no file beside it. */
function hasOtherSources(document: YamlDocument): boolean {
  const paths = SOURCES.flatMap((field) => document.items(document.get(document.root, field)));
  return (
    paths.some((path) => REMOTE.test(document.string(path) ?? "")) ||
    GENERATORS.some((field) => document.get(document.root, field) !== undefined)
  );
}
