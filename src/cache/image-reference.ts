import { DEFAULT_TAG, IMAGE_NAME } from "./rules";
import { DOCKER_HUB_HOSTS, SUPPORTED_REGISTRIES } from "./supported-registries";

/** The parts of the name of an image. */
export interface ImageReference {
  /** The host of the registry; Docker Hub's if the name has none. */
  readonly host: string;
  /** The path in the registry, as given. */
  readonly repository: string;
  readonly tag: string;
}

const DOCKER_HUB = SUPPORTED_REGISTRIES["docker-hub"].host;

/** Parses the name of an image; undefined for anything else, and for an image with a digest. */
export function parseImage(text: string): ImageReference | undefined {
  const parts = IMAGE_NAME.pattern.exec(text);
  if (parts === null) {
    return undefined;
  }
  const [, given = DOCKER_HUB, pathAfterHost, path, tag = DEFAULT_TAG] = parts;
  // Hosts are case-insensitive, and 443 is their default port.
  const host = given.toLowerCase().replace(/:443$/, "");
  return {
    host: DOCKER_HUB_HOSTS.includes(host) ? DOCKER_HUB : host,
    repository: pathAfterHost ?? path ?? "",
    tag,
  };
}
