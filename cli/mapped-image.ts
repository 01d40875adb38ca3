import { ImageReference, malformedName, parseReference } from "../src/image/image-reference";
import type { MappedImage, PlaceProblem, RegistryMapping } from "../src/image/registry-map";
import { MAX_REPOSITORY_NAME } from "../src/image/registry-map";
import { reasonUnsupported } from "../src/image/supported-registries";

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
  return { problem: `${image}: ${reasonOf(mapped)}`, isMalformed: false };
}

/** Why an image has no name in the cache. */
export function reasonOf(mapped: Exclude<MappedImage, { readonly uri: string }>): string {
  if (mapped.kind === "no-upstream") {
    const reason = reasonUnsupported(mapped.domain);
    return `the cache has no upstream ${mapped.domain}${reason === undefined ? "" : `; ${reason}`}`;
  }
  return mapped.problems.map(problemOf).join("; ");
}

function problemOf(problem: PlaceProblem): string {
  switch (problem.kind) {
    case "outside-part":
      return `the cache has only the part ${problem.part}/ of this registry`;
    case "host-in-path":
      return `leave out ${problem.host}/ in the path`;
    case "longer-prefix":
      return `the longer prefix ${problem.prefix} of another upstream applies to it`;
    case "too-long":
      return `its name in the cache has ${problem.length} characters, and ECR allows ${MAX_REPOSITORY_NAME}`;
  }
}
