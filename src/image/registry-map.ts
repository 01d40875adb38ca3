import { DEFAULT_DOMAIN, PATH, MAX_PATH, pathOnDockerHub } from "./image-grammar";
import type { ImageReference } from "./image-reference";
import { canonicalDomain, dualStackHostOf, privateRegistryAt } from "./registry-hosts";
import { ROOT, isUnder, longerPrefix, under } from "./repository-path";
import { REGISTRY_HOST } from "./supported-registries";

/**
 * Where a cache has images, as plain data: the name of a registry, or of a part of a private one, and the start of the
 * names that take its place.
 */
export interface RegistryMap {
  readonly [name: string]: string;
}

/** A registry, or a part of a private one, and the prefix under which a cache has it. */
export interface CachedPart {
  /** The domain that stands for the registry in names of images. */
  readonly domain: string;
  /** The path under which the repositories are that are cached; ROOT for all. */
  readonly part: string;
  /** The key of the prefix of the rule. */
  readonly prefix: string;
}

/** The place of an image under the prefix of a part, and the reason why the cache cannot have it there. */
export interface Place {
  readonly prefix: string;
  /** The path of the repository in the cache. */
  readonly path: string;
  readonly problem?: PlaceProblem;
}

export type PlaceProblem =
  | { readonly kind: "outside-part"; readonly part: string }
  | { readonly kind: "host-in-path"; readonly host: string }
  | { readonly kind: "longer-prefix"; readonly prefix: string }
  | { readonly kind: "too-long"; readonly length: number };

/** The name of an image in a cache, or the reason why there is none. */
export type MappedImage =
  | { readonly kind: "cached"; readonly uri: string; readonly prefix: string; readonly path: string }
  | { readonly kind: "own"; readonly uri: string }
  | { readonly kind: "no-upstream"; readonly domain: string }
  | { readonly kind: "impossible"; readonly problems: readonly PlaceProblem[] };

/**
 * The places of a repository in a cache: one for each part that has its registry; none if the cache does not have the
 * registry.
 */
export function placesOf(parts: readonly CachedPart[], reference: ImageReference): Place[] {
  const canonical = canonicalDomain(reference.domain);
  // Clients add library/ for some hosts of Docker Hub only. Without it ECR answers 403.
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
  const path = canonical === DEFAULT_DOMAIN ? pathOnDockerHub(reference.path) : reference.path;
  return parts
    .filter((part) => part.domain === canonical)
    .map(({ part, prefix }) => {
      if (!isUnder(part, path)) {
        return { prefix, path, problem: { kind: "outside-part", part } };
      }
      const host = path.includes("/") ? startOf(path) : "";
      if (host === canonical || REGISTRY_HOST.test(host)) {
        return { prefix, path, problem: { kind: "host-in-path", host } };
      }
      const place = under(prefix, part === ROOT ? path : path.slice(part.length + 1));
      const problem = problemAt(parts, prefix, place);
      return { prefix, path: place, ...(problem === undefined ? {} : { problem }) };
    });
}

function problemAt(parts: readonly CachedPart[], prefix: string, path: string): PlaceProblem | undefined {
  const rival = longerPrefix(
    parts.map((part) => part.prefix),
    prefix,
    path,
  );
  if (rival !== undefined) {
    return { kind: "longer-prefix", prefix: rival };
  }
  // ECR allows 256 characters, and clients cannot read a name with so many.
  // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
  return path.length > MAX_PATH ? { kind: "too-long", length: path.length } : undefined;
}

/** The map of a registry with a host; the host and the domains may be tokens. The first part of a registry wins. */
export function registryMapOf(registry: string, parts: readonly CachedPart[]): RegistryMap {
  const map: { [name: string]: string } = {};
  for (const { domain, part, prefix } of parts) {
    map[below(domain, part)] ??= below(registry, prefix);
  }
  return map;
}

/**
 * A part that a map cannot have, because another one of the same registry comes first, although ECR applies its prefix to
 * names that the map gives to other parts.
 */
export function partMissingInMap(parts: readonly CachedPart[]): CachedPart | undefined {
  const first = new Map([...parts].reverse().map((part) => [below(part.domain, part.part), part]));
  const prefixes = [...first.values()].map(({ prefix }) => prefix);
  return parts.find(
    (part) =>
      first.get(below(part.domain, part.part)) !== part && prefixes.some((prefix) => isUnder(prefix, part.prefix)),
  );
}

const NAME_WITH_PATH = new RegExp(`^[^/]+(?:/${PATH})?$`);

/** Whether text can be a key of a map: the domain of a registry, with or without the path of a part. */
export function isNameOfRegistry(text: string): boolean {
  return NAME_WITH_PATH.test(text) && startOf(text).includes(".");
}

/** Whether text can be a value of a map: the host of a private registry, with or without a prefix. */
export function isStartOfNames(text: string): boolean {
  return NAME_WITH_PATH.test(text) && privateRegistryAt(startOf(text)) !== undefined;
}

/** A map, read once for the mapping of many images. */
export class RegistryMapping {
  private readonly parts: readonly CachedPart[];
  /** The host of the registry that has the cache. */
  public readonly registry: string;

  public constructor(map: RegistryMap) {
    const [first = ""] = Object.values(map);
    this.registry = startOf(first);
    this.parts = Object.entries(map).map(([name, start]) => ({
      domain: canonicalDomain(startOf(name)),
      part: restOf(name),
      prefix: restOf(start),
    }));
  }

  /** The name of an image in the cache. */
  public map(reference: ImageReference, host = this.registry): MappedImage {
    if (canonicalDomain(reference.domain) === canonicalDomain(this.registry)) {
      return { kind: "own", uri: reference.toString() };
    }
    const places = placesOf(this.parts, reference);
    const found = places.find(({ problem }) => problem === undefined);
    if (found !== undefined) {
      const { prefix, path } = found;
      return { kind: "cached", uri: `${host}/${path}${reference.suffix}`, prefix, path };
    }
    return places.length === 0
      ? { kind: "no-upstream", domain: canonicalDomain(reference.domain) }
      : { kind: "impossible", problems: places.flatMap(({ problem }) => (problem === undefined ? [] : [problem])) };
  }

  /** The host of the registry for IPv4 and IPv6; undefined if AWS documents none. */
  public get dualStackHost(): string | undefined {
    const registry = privateRegistryAt(this.registry);
    return registry === undefined ? undefined : dualStackHostOf(registry);
  }
}

/** A name below another one. */
function below(start: string, rest: string): string {
  return rest === ROOT ? start : `${start}/${rest}`;
}

/** The part of a name before its first slash: the host of a registry, if the name begins with one. */
export function startOf(name: string): string {
  return name.split("/", 1)[0] ?? "";
}

/** The part of a name after its first slash; ROOT if it has none. */
function restOf(name: string): string {
  return name.includes("/") ? name.slice(name.indexOf("/") + 1) : ROOT;
}
