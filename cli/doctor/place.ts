import { lacksPullThroughCaches, partitionOf } from "../../src/aws/partitions";
import { DEFAULT_TAG, OFFICIAL_PATH } from "../../src/image/image-grammar";
import type { ImageReference } from "../../src/image/image-reference";
import { reasonWithoutPlace } from "../../src/image/no-place";
import { canonicalDomain, hostOf } from "../../src/image/registry-hosts";
import type { PrivateRegistry } from "../../src/image/registry-hosts";
import { RegistryMapping, registryMapOf } from "../../src/image/registry-map";
import { ROOT, isUnder, withoutTrailingSlash } from "../../src/image/repository-path";
import {
  REGISTRY_HOST,
  SUPPORTED_REGISTRIES,
  kindOf,
  reasonUnsupported,
  requestedHost,
} from "../../src/image/supported-registries";
import type { CacheRule } from "./answers";
import { cause } from "./step";
import type { Remark } from "./step";

/** Where a client finds an image: in which registry, and by which name. */
export interface Place {
  readonly host: string;
  readonly registry: PrivateRegistry;
  /** The name of the repository, without the host. */
  readonly path: string;
  /** The digest of the image, or its tag. */
  readonly reference: string;
  readonly isDigest: boolean;
}

const DOCKER_HUB = SUPPORTED_REGISTRIES["docker-hub"].host;
const COPY = "copy these images into a private repository";

export function placeAt(registry: PrivateRegistry, host: string, path: string, image: ImageReference): Place {
  const reference = image.digest ?? image.tag ?? DEFAULT_TAG;
  return { host, registry, path, reference, isDigest: image.digest !== undefined };
}

/** The name that a client pulls. */
export function uriOf({ host, path, reference, isDigest }: Place): string {
  return `${host}/${path}${isDigest ? "@" : ":"}${reference}`;
}

/** The item whose prefix ECR applies to a repository: the longest one, and ROOT where no other does. */
export function byLongestPrefix<T>(items: readonly T[], prefixOf: (item: T) => string, path: string): T | undefined {
  const lengthOf = (item: T): number => (prefixOf(item) === ROOT ? 0 : withoutTrailingSlash(prefixOf(item)).length);
  return items
    .filter((item) => isUnder(withoutTrailingSlash(prefixOf(item)), path))
    .sort((one, other) => lengthOf(other) - lengthOf(one))[0];
}

/** The rule that caches a repository; undefined if none does. */
export function ruleOf(rules: readonly CacheRule[], path: string): CacheRule | undefined {
  return byLongestPrefix(rules, (rule) => rule.ecrRepositoryPrefix, path);
}

/** Whether a rule caches images of a registry. */
export function caches({ upstreamRegistryUrl }: CacheRule, domain: string): boolean {
  return canonicalDomain(upstreamRegistryUrl) === canonicalDomain(domain);
}

/** The registry map that the rules of a registry make. */
export function mappingOf(registry: PrivateRegistry, rules: readonly CacheRule[]): RegistryMapping {
  const parts = rules.map(({ upstreamRegistryUrl, upstreamRepositoryPrefix, ecrRepositoryPrefix }) => ({
    domain: canonicalDomain(upstreamRegistryUrl),
    part: withoutTrailingSlash(upstreamRepositoryPrefix ?? ROOT),
    prefix: withoutTrailingSlash(ecrRepositoryPrefix),
  }));
  return new RegistryMapping(registryMapOf(hostOf(registry), parts));
}

/**
 * The path of an image in the cache, or why it has none.
 *
 * @param elsewhere finds other regions that have a rule for the image
 */
export async function pathIn(
  mapping: RegistryMapping,
  image: ImageReference,
  region: string,
  elsewhere: () => Promise<readonly string[]>,
): Promise<string | Remark> {
  const mapped = mapping.map(image);
  if (mapped.kind === "cached") {
    return mapped.path;
  }
  if (mapped.kind === "own") {
    return image.path;
  }
  if (mapped.kind === "impossible") {
    return cause(
      "not found on the first pull",
      `the cache cannot have ${image.name}: ${reasonWithoutPlace(mapped)}`,
      "pull the image by the name that its upstream has for it",
    );
  }
  const host = requestedHost(mapped.domain);
  const kind = kindOf(host);
  if (kind === undefined) {
    const [reason = "", solution = COPY] = (reasonUnsupported(host) ?? "").split(": ");
    return cause("UnsupportedUpstreamRegistryException", reason || `ECR cannot cache ${host}`, solution);
  }
  const solution = `create a rule for ${host}: ${SUPPORTED_REGISTRIES[kind].factory} in a cache, or upstreams of the module pull-through-cache; or give --region if the cache is in another region`;
  return noRule(`caches ${host}`, region, await elsewhere(), solution);
}

/** That a region has no rule for an image. */
export function noRule(what: string, region: string, elsewhere: readonly string[], solution: string): Remark {
  if (lacksPullThroughCaches(partitionOf(region))) {
    return cause(
      "A rule fails in China or GovCloud",
      `no rule ${what}, and AWS documents no pull-through caches in ${region}`,
      "use another region",
    );
  }
  const [other] = elsewhere;
  return cause(
    "not found on the first pull",
    other === undefined ? `no rule of ${region} ${what}` : `no rule of ${region} ${what}; one of ${other} does`,
    other === undefined ? solution : `pull from ${other}, or create the rule in ${region}`,
  );
}

/** Why the upstream of a rule does not have the repository of a name in the cache; undefined unless the name shows it. */
export function nameProblem(rule: CacheRule, place: Place): Remark | undefined {
  const prefix = withoutTrailingSlash(rule.ecrRepositoryPrefix);
  const start = prefix === ROOT ? "" : `${prefix}/`;
  const rest = place.path.slice(start.length);
  const pull = (path: string): string => `pull ${uriOf({ ...place, path: `${start}${path}` })}`;
  const [first = "", ...more] = rest.split("/");
  if (more.length > 0 && REGISTRY_HOST.test(first)) {
    const detail = `the name of the repository contains the host ${first}, which no name at an upstream does`;
    return cause("not found on the first pull", detail, pull(more.join("/")));
  }
  if (rule.upstreamRegistryUrl !== DOCKER_HUB) {
    return undefined;
  }
  if (more.length === 0) {
    const detail = `Docker Hub has its official images below ${OFFICIAL_PATH}, and the name lacks it`;
    return cause("403 Forbidden", detail, pull(`${OFFICIAL_PATH}${rest}`));
  }
  return rest.startsWith(OFFICIAL_PATH) && more.length > 1
    ? cause(
        "403 Forbidden",
        `only official images of Docker Hub are below ${OFFICIAL_PATH}, and their names have no further slash`,
        pull(more.join("/")),
      )
    : undefined;
}
