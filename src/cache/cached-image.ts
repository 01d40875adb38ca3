import { DEFAULT_TAG } from "../image/image-grammar";
import { ImageReference, parseReference } from "../image/image-reference";
import { canonicalDomain, privateRegistryAt } from "../image/registry-hosts";
import { placesOf } from "../image/registry-map";
import type { CachedPart, Place } from "../image/registry-map";
import { ROOT, isUnder, under } from "../image/repository-path";
import { SUPPORTED_REGISTRIES, hintForMissing, requestedHost } from "../image/supported-registries";
import { isUnresolved } from "../terraform/tokens";
import { ValidationErrors } from "../validation/validation-errors";
import type { CacheInternals } from "./cache-internals";
import { DIGEST_HINT, IMAGE_NAME, PULL_RULES } from "./rules";
import type { Upstream } from "./upstream";
import { cachedPart, upstreamImage } from "./upstream-spec";
import type { UpstreamSpec } from "./upstream-spec";

/** A cache, as far as the names of images are concerned. */
export interface CacheOfImages {
  readonly upstreams: readonly Upstream[];
  readonly _internals: Pick<CacheInternals, "registry">;
}

/** An image, and its place in a cache. */
export interface CachedImage {
  readonly image: string;
  /** The key of the prefix of its upstream. */
  readonly prefix: string;
  /** The path of its repository in the cache. */
  readonly path: string;
  readonly tag: string;
}

/**
 * The place in a cache of an image to pull beforehand, which is given by its usual name. Adds an error if the name is not
 * valid, or if the image comes from no upstream of the cache; without a cache, only the name is checked.
 */
export function cachedImage(
  errors: ValidationErrors,
  prop: string,
  cache: CacheOfImages | undefined,
  image: unknown,
): CachedImage | undefined {
  if (isUnresolved(image)) {
    errors.addBroken(prop, PULL_RULES.imageKnown, image);
    return undefined;
  }
  const reference = typeof image === "string" ? parseReference(image) : undefined;
  if (!(reference instanceof ImageReference) || reference.digest !== undefined) {
    const hint = typeof image === "string" && image.includes("@") ? DIGEST_HINT : IMAGE_NAME.hint;
    errors.addBroken(prop, PULL_RULES.image(hint), image);
    return undefined;
  }
  const place = cache && placeOf(errors, prop, cache, image, reference);
  return place && { image: String(image), prefix: place.prefix, path: place.path, tag: reference.tag ?? DEFAULT_TAG };
}

/** The place of an image in a cache; adds an error if the cache cannot have it. */
export function placeOf(
  errors: ValidationErrors,
  prop: string,
  cache: CacheOfImages,
  image: unknown,
  reference: ImageReference,
): Place | undefined {
  const parts = partsOf(cache);
  const places = placesOf(parts, reference);
  const found = places.find(({ problem }) => problem === undefined);
  if (places.length === 0) {
    const host = requestedHost(canonicalDomain(reference.domain));
    errors.addBroken(prop, PULL_RULES.imageOfUpstream(host, hintOfMissing(cache, host, reference, parts)), image);
  } else if (found === undefined) {
    const problems = new ValidationErrors();
    places.forEach((place) => addProblem(problems, place, reference));
    errors.addBroken(prop, PULL_RULES.imageInCache(problems.list().join("; ")), image);
  }
  return found;
}

/** The registries of a cache, and the prefixes under which it has them. */
export function partsOf(cache: CacheOfImages): CachedPart[] {
  return cache.upstreams.map(({ _spec: spec }) => cachedPart(spec, cache._internals.registry));
}

function addProblem(errors: ValidationErrors, { path, problem }: Place, reference: ImageReference): void {
  switch (problem?.kind) {
    case "outside-part":
      return errors.addBroken("repository", PULL_RULES.cachedPart(`${problem.part}/`), reference.path);
    case "host-in-path":
      return errors.addBroken("repository", PULL_RULES.noHost(problem.host), reference.path);
    case "longer-prefix":
      return errors.addBroken("repository", PULL_RULES.ownPath(problem.prefix), path);
    case "too-long":
      return errors.addBroken("repository", PULL_RULES.pathLength, path.length);
  }
}

function hintOfMissing(
  cache: CacheOfImages,
  host: string,
  reference: ImageReference,
  parts: readonly CachedPart[],
): string {
  return (
    hintOfOwnRegistry(cache, host, reference) ??
    hintForMissing(host, (kind) =>
      kind === "private-ecr" && parts.some(({ domain }) => isUnresolved(domain))
        ? "set `accountId` of the cache and the region of its provider as literals, since the hosts of private registries contain them"
        : `add ${SUPPORTED_REGISTRIES[kind].factory} to the cache`,
    )
  );
}

/** The hint for an image that is given by its name in the cache; undefined if its registry is, or may be, another one. */
function hintOfOwnRegistry(
  cache: CacheOfImages,
  host: string,
  { path, tag = DEFAULT_TAG }: ImageReference,
): string | undefined {
  const { registry } = cache._internals;
  const { accountId: ownAccount, region: ownRegion } = registry.location;
  const given = privateRegistryAt(host);
  const mayBeOwn =
    given?.accountId === (ownAccount ?? given?.accountId) && given?.region === (ownRegion ?? given?.region);
  const isKnown = ownAccount !== undefined && ownRegion !== undefined;
  const keyLength = (spec: UpstreamSpec): number => under(spec.prefixKey, "").length;
  const [upstream] = cache.upstreams
    .map(({ _spec: spec }) => spec)
    // A registry that may be the cache's own is so if the image is under a prefix of the cache; ROOT matches every image.
    .filter(({ prefixKey }) => isUnder(prefixKey, path) && (isKnown || prefixKey !== ROOT))
    .sort((one, other) => keyLength(other) - keyLength(one));
  if (given === undefined || !mayBeOwn || (upstream === undefined && !isKnown)) {
    return undefined;
  }
  const name = upstream && upstreamImage(upstream, registry, path);
  const example = name === undefined ? "" : `: ${name}:${tag}`;
  return `leave out the registry host, and use the name of the image at its upstream${example}`;
}
