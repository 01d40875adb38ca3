import {
  DEFAULT_DOMAIN,
  DIGESTS,
  DOMAIN,
  IMAGE_ID,
  LEGACY_DEFAULT_DOMAIN,
  MAX_PATH,
  OFFICIAL_PATH,
  PATH,
  TAG,
  isDomain,
} from "./image-grammar";

const DOMAIN_HERE = new RegExp(DOMAIN, "y");
const PATH_HERE = new RegExp(PATH, "y");
const TAG_HERE = new RegExp(TAG, "y");

/** Why a text is not the name of an image. */
export interface ReferenceProblem {
  /** The place of the first character that breaks the rule, from 1; one more than the length if something is missing. */
  readonly position: number;
  /** The rule: a sentence without its full stop. */
  readonly rule: string;
}

const RULES = {
  name: "a name needs a path, like nginx or quay.io/prometheus/node-exporter",
  id: "a name is not 64 hexadecimal digits, which are the ID of an image",
  domain:
    "a domain is a host like quay.io or localhost, an IPv4 address, or an IPv6 address in brackets, with or without :port",
  path: "a path has lower-case letters and digits, with one `.`, one or two `_`, or any number of `-` between them, and `/` between its parts",
  upperCase: "a path is lower-case",
  length: `a path has at most ${MAX_PATH} characters`,
  tag: "a tag has up to 128 letters, digits and `_.-`, and does not begin with `.` or `-`",
  end: "a path is followed by :tag, @digest or nothing",
  endOfTag: "a tag is followed by @digest or nothing",
  digest: `a digest is ${Object.entries(DIGESTS)
    .map(([algorithm, length]) => `${algorithm}: with ${length}`)
    .join(", ")} lower-case hexadecimal digits`,
} as const;

/**
 * The name of an image, parsed and normalized as Docker, containerd and Kubernetes do it.
 *
 * A name without a domain is one of Docker Hub, and its official images are below `library/`: `nginx:1.27` means
 * `docker.io/library/nginx:1.27`. A first part is a domain if it contains a dot, a colon or an upper-case letter, or if
 * it is `localhost`.
 *
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
export class ImageReference {
  /**
   * Parses the name of an image.
   *
   * @param text the name, like `nginx:1.27` or `localhost:5000/team/app@sha256:…`; a literal
   * @throws if the text is not the name of an image; the error has the position of the mistake and the rule
   */
  public static parse(text: string): ImageReference {
    const parsed = parseReference(text);
    if (parsed instanceof ImageReference) {
      return parsed;
    }
    throw new Error(`${JSON.stringify(text)} is not the name of an image: ${problemText(parsed)}`);
  }

  /** @internal */
  public static _of(domain: string, path: string, tag?: string, digest?: string): ImageReference {
    return new ImageReference(domain, path, tag, digest);
  }

  private constructor(
    /** The registry: a host with or without a port, `docker.io` for Docker Hub. */
    public readonly domain: string,
    /** The path of the repository in the registry, like `library/nginx`. */
    public readonly path: string,
    /** The tag; undefined if the name has none. */
    public readonly tag?: string,
    /** The digest with its algorithm, `sha256:…`; undefined if the name has none. */
    public readonly digest?: string,
  ) {}

  /** The name without tag and digest, with its domain: `docker.io/library/nginx`. */
  public get name(): string {
    return `${this.domain}/${this.path}`;
  }

  /** The tag and the digest with what separates them from the name; empty if the name has neither. */
  public get suffix(): string {
    return `${this.tag === undefined ? "" : `:${this.tag}`}${this.digest === undefined ? "" : `@${this.digest}`}`;
  }

  /** The whole name in its normal form, which parses to an equal reference. */
  public toString(): string {
    return `${this.name}${this.suffix}`;
  }
}

/** Parses the name of an image, or returns why it is none. */
export function parseReference(text: string): ImageReference | ReferenceProblem {
  const slash = text.indexOf("/");
  if (text === "" || IMAGE_ID.test(text)) {
    return { position: 1, rule: text === "" ? RULES.name : RULES.id };
  }
  const given = slash > -1 && isDomain(text.slice(0, slash)) ? text.slice(0, slash) : undefined;
  const endOfDomain = given === undefined ? 0 : lengthOf(DOMAIN_HERE, given, 0);
  if (given !== undefined && endOfDomain < given.length) {
    return { position: endOfDomain + 1, rule: RULES.domain };
  }
  const start = given === undefined ? 0 : slash + 1;
  const endOfPath = start + lengthOf(PATH_HERE, text, start);
  const afterPath = text.charAt(endOfPath);
  if (endOfPath === start || (afterPath !== "" && afterPath !== ":" && afterPath !== "@")) {
    return pathProblem(text, start, endOfPath);
  }
  const domain = given === undefined || given === LEGACY_DEFAULT_DOMAIN ? DEFAULT_DOMAIN : given;
  const ownPath = text.slice(start, endOfPath);
  const path = domain === DEFAULT_DOMAIN && !ownPath.includes("/") ? `${OFFICIAL_PATH}${ownPath}` : ownPath;
  if (path.length > MAX_PATH) {
    return { position: start + MAX_PATH - (path.length - ownPath.length) + 1, rule: RULES.length };
  }
  const endOfTag = afterPath === ":" ? endOfPath + 1 + lengthOf(TAG_HERE, text, endOfPath + 1) : endOfPath;
  if (endOfTag === endOfPath + 1) {
    return { position: endOfTag + 1, rule: RULES.tag };
  }
  if (endOfTag < text.length && text.charAt(endOfTag) !== "@") {
    const isTooLong = /[\w.-]/.test(text.charAt(endOfTag));
    return { position: endOfTag + 1, rule: isTooLong ? RULES.tag : RULES.endOfTag };
  }
  const digest = endOfTag < text.length ? text.slice(endOfTag + 1) : undefined;
  if (digest !== undefined && !isDigest(digest)) {
    return { position: endOfTag + 2, rule: RULES.digest };
  }
  return ImageReference._of(
    domain,
    path,
    endOfTag > endOfPath ? text.slice(endOfPath + 1, endOfTag) : undefined,
    digest,
  );
}

/** The position and the rule of a problem, for a message. */
export function problemText({ position, rule }: ReferenceProblem): string {
  return `at character ${position}: ${rule}`;
}

function pathProblem(text: string, start: number, end: number): ReferenceProblem {
  const position = end + 1;
  if (/[A-Z]/.test(text.charAt(end))) {
    return { position, rule: RULES.upperCase };
  }
  if (end === start) {
    return { position, rule: end === text.length ? RULES.name : RULES.path };
  }
  return { position, rule: /[a-z0-9._/-]/.test(text.charAt(end)) ? RULES.path : RULES.end };
}

function isDigest(text: string): boolean {
  const [, algorithm = "", digits = ""] = /^([^:]*):([a-f0-9]*)$/.exec(text) ?? [];
  return Object.hasOwn(DIGESTS, algorithm) && digits.length === DIGESTS[algorithm];
}

/** The length of the match of a sticky pattern at a place; 0 if there is none. */
function lengthOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0].length ?? 0;
}
