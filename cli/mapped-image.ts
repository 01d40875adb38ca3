import { ImageReference, malformedName, parseReference, shownName } from "../src/image/image-reference";
import { reasonWithoutPlace } from "../src/image/no-place";
import type { RegistryMapping } from "../src/image/registry-map";

/** What a warning says about a name with a digest. */
export const FIRST_PULL_BY_DIGEST = "ECR does not cache the first pull by digest: pull the tag through the cache once";

/** The name of an image in the cache, or a sentence that says why there is none. */
export type Lookup =
  | { readonly uri: string; readonly isCached: boolean; readonly hasDigest: boolean }
  | { readonly problem: string; readonly isMalformed: boolean };

/** Looks an image up in a map. */
export function lookUp(mapping: RegistryMapping, image: string, host?: string): Lookup {
  const reference = parseReference(image);
  if (!(reference instanceof ImageReference)) {
    return { problem: malformedName(image, reference), isMalformed: true };
  }
  const mapped = mapping.map(reference, host);
  if (mapped.kind === "cached" || mapped.kind === "own") {
    return { uri: mapped.uri, isCached: mapped.kind === "cached", hasDigest: reference.digest !== undefined };
  }
  return { problem: `${shownName(image)}: ${reasonWithoutPlace(mapped)}`, isMalformed: false };
}
