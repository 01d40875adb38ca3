import { isUnresolved } from "../terraform/tokens";
import { ValidationErrors } from "../validation/validation-errors";
import { parseImage } from "./image-reference";
import type { ImageReference } from "./image-reference";
import type { PullThroughCache } from "./pull-through-cache";
import { under } from "./repository-path";
import { ROOT } from "./rules";
import { kindOf, reasonUnsupported, SUPPORTED_REGISTRIES } from "./supported-registries";
import type { Upstream } from "./upstream";
import { upstreamImage, upstreamUrl } from "./upstream-spec";

/** An image, and where a cache has it. */
export interface CachedImage {
  readonly image: string;
  /** The prefix of its upstream. */
  readonly prefix: string;
  /** The path of its repository in the cache's registry. */
  readonly path: string;
  readonly tag: string;
}

/**
 * Where a cache has an image that is named as people name it. Records an image that cannot be read, or that is of no
 * upstream of the cache; of what is no cache, nothing but the image is checked.
 */
export function cachedImage(
  errors: ValidationErrors,
  prop: string,
  cache: PullThroughCache | undefined,
  image: unknown,
): CachedImage | undefined {
  if (isUnresolved(image)) {
    const hint = "give a literal: which upstream it is of has to be known";
    errors.add(prop, "be known at synth", image, hint);
    return undefined;
  }
  const reference = typeof image === "string" ? parseImage(image) : undefined;
  if (reference === undefined) {
    const hint =
      typeof image === "string" && image.includes("@")
        ? "name a tag: ECR does not cache a first pull by digest"
        : "give it as people write it, like nginx:1.27 or quay.io/prometheus/node-exporter:v1.8.2";
    errors.add(prop, "be the name of an image, with or without a tag", image, hint);
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
  const hosts = cache.upstreams.map((upstream) => upstreamUrl(upstream._spec, cache._registry));
  const upstreams = cache.upstreams.filter((_, index) => hosts[index] === host);
  if (upstreams.length === 0) {
    const kind = kindOf(host);
    const hint =
      hintOfOwnRegistry(cache, { host, repository, tag }) ??
      (kind === "private-ecr" && hosts.some(isUnresolved)
        ? "give the cache its `accountId` and its provider a region, as literals: they are in the names of such hosts"
        : kind === undefined
          ? (reasonUnsupported(host) ?? "ECR caches other registries only")
          : `add ${SUPPORTED_REGISTRIES[kind].factory} to the cache`);
    errors.add(prop, "come from an upstream of the cache", image, `the cache has no upstream ${host}: ${hint}`);
    return undefined;
  }
  // Of two parts of one private registry, the one that the image is in.
  const tried = upstreams.map((upstream) => tryPath(cache, upstream, repository));
  const [place] = tried.flatMap(({ path, prefix, problems }) => (problems.length === 0 ? [{ path, prefix }] : []));
  if (place === undefined) {
    const hint = tried.flatMap(({ problems }) => problems).join("; ");
    errors.add(prop, "be an image that the cache can hold", image, hint);
    return undefined;
  }
  return { image, ...place, tag };
}

/** The hint for an image that is named by its place in the cache; undefined where its registry is, or may be, another. */
function hintOfOwnRegistry(cache: PullThroughCache, { host, repository, tag }: ImageReference): string | undefined {
  const { location: location } = cache._registry;
  const { accountId: ownAccount, region: ownRegion } = location;
  const [accountId, , , region] = host.split(".");
  const mayBeOwn =
    kindOf(host) === "private-ecr" && accountId === (ownAccount ?? accountId) && region === (ownRegion ?? region);
  const isKnown = ownAccount !== undefined && ownRegion !== undefined;
  const [upstream] = cache.upstreams
    // A registry that may be the cache's own is so if the image is under a prefix of the cache; ROOT has all images.
    .filter(({ prefix }) => repository.startsWith(under(prefix, "")) && (isKnown || prefix !== ROOT))
    .sort((one, other) => under(other.prefix, "").length - under(one.prefix, "").length);
  if (!mayBeOwn || (upstream === undefined && !isKnown)) {
    return undefined;
  }
  const name = upstream && upstreamImage(upstream._spec, cache._registry, repository);
  const example = name === undefined ? "" : `: ${name}:${tag}`;
  return `leave out the registry host, and name the image as its upstream does${example}`;
}

function tryPath(
  cache: PullThroughCache,
  upstream: Upstream,
  repository: string,
): { readonly path: string; readonly prefix: string; readonly problems: string[] } {
  const errors = new ValidationErrors();
  const path = cache._pathOf(errors, upstream, repository);
  return { path, prefix: upstream.prefix, problems: errors.list() };
}
