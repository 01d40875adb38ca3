import { REPOSITORY_PATH } from "./rules";

/** An image as people name it. */
export interface ImageReference {
  /** The host of the registry; Docker Hub's where none is named. */
  readonly host: string;
  /** The path in the registry, as it was written. */
  readonly repository: string;
  readonly tag: string;
}

const DOCKER_HUB = "registry-1.docker.io";
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/i;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * Reads `[host/]path[:tag]` as container clients do; undefined for anything else, and for an image with a digest.
 * https://github.com/distribution/reference
 */
export function parseImage(text: string): ImageReference | undefined {
  const [first = "", ...rest] = text.split("/");
  // What has a dot or a port is a host, and so is nothing else: all others are paths on Docker Hub.
  const named = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const [, repository = "", tag] = /^([^:]*)(?::([^:]*))?$/.exec(named ? rest.join("/") : text) ?? [];
  if (!REPOSITORY_PATH.pattern.test(repository) || (tag !== undefined && !TAG.test(tag))) {
    return undefined;
  }
  if (named && !HOST.test(first)) {
    return undefined;
  }
  // Hosts are the same in upper case, and 443 is the port of them all.
  const host = named ? first.toLowerCase().replace(/:443$/, "") : DOCKER_HUB;
  return { host: isDockerHub(host) ? DOCKER_HUB : host, repository, tag: tag ?? "latest" };
}

function isDockerHub(host: string): boolean {
  return /^(index\.|registry-1\.)?docker\.io$/.test(host);
}
