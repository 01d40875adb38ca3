import { REPOSITORY_PATH } from "./rules";
import { SUPPORTED_REGISTRIES } from "./supported-registries";

/** The parts of the name of an image. */
export interface ImageReference {
  /** The host of the registry; Docker Hub's if the name has none. */
  readonly host: string;
  /** The path in the registry, as given. */
  readonly repository: string;
  readonly tag: string;
}

const DOCKER_HUB = SUPPORTED_REGISTRIES["docker-hub"].host;
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/i;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * Parses `[host/]path[:tag]` as container clients do; undefined for anything else, and for an image with a digest.
 * https://github.com/distribution/reference
 */
export function parseImage(text: string): ImageReference | undefined {
  const [first = "", ...rest] = text.split("/");
  // A first part with a dot or a port is a host; every other name is a path on Docker Hub.
  const named = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const [, repository = "", tag] = /^([^:]*)(?::([^:]*))?$/.exec(named ? rest.join("/") : text) ?? [];
  if (!REPOSITORY_PATH.pattern.test(repository) || (tag !== undefined && !TAG.test(tag))) {
    return undefined;
  }
  if (named && !HOST.test(first)) {
    return undefined;
  }
  // Hosts are case-insensitive, and 443 is their default port.
  const host = named ? first.toLowerCase().replace(/:443$/, "") : DOCKER_HUB;
  return { host: isDockerHub(host) ? DOCKER_HUB : host, repository, tag: tag ?? "latest" };
}

function isDockerHub(host: string): boolean {
  return /^(index\.|registry-1\.)?docker\.io$/.test(host);
}
