import { canonicalDomain } from "../image/registry-hosts";
import { isNameOfRegistry, isStartOfNames, startOf } from "../image/registry-map";
import type { RegistryMap } from "../image/registry-map";
import { isPlainObject } from "../validation/plain-object";
import { keyShown } from "../validation/secret-patterns";
import { ConfigErrors } from "./config-errors";

/** The name of a registry, or of a part of a private one, and the start of the names in the cache. */
export interface CachedName {
  readonly name: string;
  /** The domain in the name. */
  readonly domain: string;
  readonly start: string;
}

const MAP_HINT =
  "give cache.registryMap(), the map of one region of fleet.registryMaps(), or the output registry_map of the module";

/** Throws an error unless a value is the registry map of one cache. */
export function checkRegistryMap(map: unknown): asserts map is RegistryMap {
  const errors = new ConfigErrors();
  if (!isPlainObject(map) || Object.keys(map).length === 0) {
    errors.add("registryMap", "be a registry map with at least one registry", map, MAP_HINT);
  } else {
    const [[, first] = []] = Object.entries(map) as [string, unknown][];
    for (const [key, start] of Object.entries(map) as [string, unknown][]) {
      const place = `registryMap["${keyShown(key)}"]`;
      if (typeof start !== "string" || !isInRegistry(start)) {
        errors.add(place, "be the start of names in a private Amazon ECR registry", start, MAP_HINT);
      } else if (!key.includes("${") && !isNameOfRegistry(key)) {
        errors.add("registryMap", "have names of registries as keys, like docker.io", keyShown(key), MAP_HINT);
      } else if (startOf(start) !== startOf(String(first))) {
        errors.add(place, "have the host of the first entry", start, "give the map of one cache");
      }
    }
  }
  errors.throwIfAny();
}

/** The names in a map, without those of its own registry, since images in the registry stay as they are. */
export function cachedNames(map: RegistryMap): CachedName[] {
  return Object.entries(map)
    .map(([name, start]) => {
      const given = startOf(name);
      const domain = given.includes("${") ? given : canonicalDomain(given);
      return { name: `${domain}${name.slice(given.length)}`, domain, start };
    })
    .filter(({ domain, start }) => domain !== canonicalDomain(startOf(start)));
}

/** Whether a text is the start of names in a private registry. Text with a Terraform expression may be one. */
function isInRegistry(start: string): boolean {
  return start.includes("${") || isStartOfNames(start);
}
