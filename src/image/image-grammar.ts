/**
 * The grammar of the name of an image, from which the parser and the patterns of plain modules are made.
 * https://pkg.go.dev/github.com/distribution/reference
 */

/** One part of a path: lower-case, since registries distinguish no case. */
export const PATH_COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";

/** The path of a repository in its registry. */
export const PATH = `${PATH_COMPONENT}(?:/${PATH_COMPONENT})*`;

/** The text that a path may begin with: a path, and what may separate it from more of it. */
export const START_OF_PATH = `(?:${PATH}(?:/|__|[._]|-+)?)?`;

/** One part of the name of a host. */
export const DOMAIN_COMPONENT = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";

const HOST_NAME = `${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*`;

/** The name of a host, an IPv4 address or an IPv6 address in brackets, with or without a port. */
export const DOMAIN = `(?:${HOST_NAME}|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;

/** The text that a domain may begin with. */
export const START_OF_DOMAIN = `(?:${HOST_NAME}(?:\\.|-+|:[0-9]*)?|\\[(?:[a-fA-F0-9:]+(?:\\](?::[0-9]*)?)?)?)?`;

export const TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

/** The algorithms of digests, and the number of hexadecimal digits that each gives. */
export const DIGESTS: { readonly [algorithm: string]: number } = { sha256: 64, sha384: 96, sha512: 128 };

/** A digest. */
export const DIGEST = Object.entries(DIGESTS)
  .map(([algorithm, length]) => `${algorithm}:[a-f0-9]{${length}}`)
  .join("|");

/** A text of this form is the ID of an image, not its name. */
export const IMAGE_ID = /^[a-f0-9]{64}$/;

/** The bound of a path, in characters. */
export const MAX_PATH = 255;

/** The tag of names without one. */
export const DEFAULT_TAG = "latest";

/** The domain of names without one. */
export const DEFAULT_DOMAIN = "docker.io";

/** A former name of the default domain. */
export const LEGACY_DEFAULT_DOMAIN = "index.docker.io";

/** The start of the paths of Docker Hub's official images, which names may leave out. */
export const OFFICIAL_PATH = "library/";

/** Whether the first part of a name is a domain; otherwise it is a part of a path on Docker Hub. */
export function isDomain(firstPart: string): boolean {
  return firstPart === "localhost" || /[.:A-Z]/.test(firstPart);
}

/** The path of a repository of Docker Hub, where a path without a slash is that of an official image. */
export function pathOnDockerHub(path: string): string {
  return path.includes("/") ? path : `${OFFICIAL_PATH}${path}`;
}
