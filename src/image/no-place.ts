import { MAX_PATH } from "./image-grammar";
import type { MappedImage, PlaceProblem } from "./registry-map";
import { SUPPORTED_REGISTRIES, hintForMissing, requestedHost } from "./supported-registries";

/** The sentence that says why a cache does not have an image. */
export function reasonWithoutPlace(mapped: Exclude<MappedImage, { readonly uri: string }>): string {
  if (mapped.kind === "no-upstream") {
    const hint = hintForMissing(
      requestedHost(mapped.domain),
      (kind) => `add ${SUPPORTED_REGISTRIES[kind].factory} to the cache, or \`${kind}\` to \`upstreams\` of the module`,
    );
    return `the cache has no upstream ${mapped.domain}; ${hint}`;
  }
  return mapped.problems.map(sentenceOf).join("; ");
}

function sentenceOf(problem: PlaceProblem): string {
  switch (problem.kind) {
    case "outside-part":
      return `the cache has only the part ${problem.part}/ of this registry`;
    case "host-in-path":
      return `leave out ${problem.host}/ in the path`;
    case "longer-prefix":
      return `the longer prefix ${problem.prefix} of another upstream applies to it`;
    case "too-long":
      return `its name in the cache has ${problem.length} characters, and clients read at most ${MAX_PATH}`;
  }
}
