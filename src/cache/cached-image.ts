import { isUnresolved } from "../terraform/tokens";
import { ValidationErrors } from "../validation/validation-errors";
import { parseImage } from "./image-reference";
import type { ImageReference } from "./image-reference";
import type { PullThroughCache } from "./pull-through-cache";
import { isUnder, under } from "./repository-path";
import { DIGEST_HINT, IMAGE_NAME, PULL_RULES, ROOT } from "./rules";
import { kindOf, reasonUnsupported, SUPPORTED_REGISTRIES } from "./supported-registries";
import type { Upstream } from "./upstream";
import { upstreamImage, upstreamUrl } from "./upstream-spec";
import type { UpstreamSpec } from "./upstream-spec";

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
 * The place in a cache of an image that is given by its usual name. Adds an error if the name is not valid, or if the image
 * comes from no upstream of the cache; without a cache, only the name is checked.
 */
export function cachedImage(
  errors: ValidationErrors,
  prop: string,
  cache: PullThroughCache | undefined,
  image: unknown,
): CachedImage | undefined {
  if (isUnresolved(image)) {
    errors.addBroken(prop, PULL_RULES.imageKnown, image);
    return undefined;
  }
  const reference = typeof image === "string" ? parseImage(image) : undefined;
  if (reference === undefined) {
    const hint = typeof image === "string" && image.includes("@") ? DIGEST_HINT : IMAGE_NAME.hint;
    errors.addBroken(prop, PULL_RULES.image(hint), image);
    return undefined;
  }
  return cache === undefined ? undefined : locate(errors, prop, cache, String(image), reference);
}

function locate(
  errors: ValidationErrors,
  prop: string,
  cache: PullThroughCache,
  image: string,
  { host, repository, tag }: ImageReference,
): CachedImage | undefined {
  const hosts = cache.upstreams.map((upstream) => upstreamUrl(upstream._spec, cache._internals.registry));
  const upstreams = cache.upstreams.filter((_, index) => hosts[index] === host);
  if (upstreams.length === 0) {
    const kind = kindOf(host);
    const hint =
      hintOfOwnRegistry(cache, { host, repository, tag }) ??
      (kind === "private-ecr" && hosts.some(isUnresolved)
        ? "set `accountId` of the cache and the region of its provider as literals, since the hosts of private registries contain them"
        : kind === undefined
          ? (reasonUnsupported(host) ?? "ECR cannot cache that registry")
          : `add ${SUPPORTED_REGISTRIES[kind].factory} to the cache`);
    errors.addBroken(prop, PULL_RULES.imageOfUpstream(host, hint), image);
    return undefined;
  }
  // Two upstreams may be different parts of one private registry.
  const tried = upstreams.map((upstream) => tryPath(cache, upstream, repository));
  const [place] = tried.flatMap(({ path, prefix, problems }) => (problems.length === 0 ? [{ path, prefix }] : []));
  if (place === undefined) {
    const hint = tried.flatMap(({ problems }) => problems).join("; ");
    errors.addBroken(prop, PULL_RULES.imageInCache(hint), image);
    return undefined;
  }
  return { image, ...place, tag };
}

/** The hint for an image that is given by its name in the cache; undefined if its registry is, or may be, another one. */
function hintOfOwnRegistry(cache: PullThroughCache, { host, repository, tag }: ImageReference): string | undefined {
  const { registry } = cache._internals;
  const { accountId: ownAccount, region: ownRegion } = registry.location;
  const [accountId, , , region] = host.split(".");
  const mayBeOwn =
    kindOf(host) === "private-ecr" && accountId === (ownAccount ?? accountId) && region === (ownRegion ?? region);
  const isKnown = ownAccount !== undefined && ownRegion !== undefined;
  const keyLength = (spec: UpstreamSpec): number => under(spec.prefixKey, "").length;
  const [upstream] = cache.upstreams
    .map(({ _spec: spec }) => spec)
    // A registry that may be the cache's own is so if the image is under a prefix of the cache; ROOT matches every image.
    .filter(({ prefixKey }) => isUnder(prefixKey, repository) && (isKnown || prefixKey !== ROOT))
    .sort((one, other) => keyLength(other) - keyLength(one));
  if (!mayBeOwn || (upstream === undefined && !isKnown)) {
    return undefined;
  }
  const name = upstream && upstreamImage(upstream, registry, repository);
  const example = name === undefined ? "" : `: ${name}:${tag}`;
  return `leave out the registry host, and use the name of the image at its upstream${example}`;
}

function tryPath(
  cache: PullThroughCache,
  upstream: Upstream,
  repository: string,
): { readonly path: string; readonly prefix: string; readonly problems: string[] } {
  const errors = new ValidationErrors();
  const path = cache._internals.pathOf(errors, upstream, repository);
  return { path, prefix: upstream._spec.prefixKey, problems: errors.list() };
}
