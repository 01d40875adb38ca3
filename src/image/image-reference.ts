import { containsAccessToken } from "../validation/secret-patterns";
import {
  DEFAULT_DOMAIN,
  DIGESTS,
  DOMAIN,
  IMAGE_ID,
  LEGACY_DEFAULT_DOMAIN,
  MAX_PATH,
  PATH,
  START_OF_DOMAIN,
  START_OF_PATH,
  TAG,
  isDomain,
  pathOnDockerHub,
} from "./image-grammar";

const DOMAIN_HERE = new RegExp(DOMAIN, "y");
const START_OF_DOMAIN_HERE = new RegExp(START_OF_DOMAIN, "y");
const PATH_HERE = new RegExp(PATH, "y");
const START_OF_PATH_HERE = new RegExp(START_OF_PATH, "y");
const TAG_HERE = new RegExp(TAG, "y");
const HEXADECIMAL_HERE = /[a-f0-9]+/y;

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
  length: `a path has at most ${MAX_PATH} characters, with \`library/\` on Docker Hub`,
  tag: "a tag has up to 128 letters, digits and `_.-`, and does not begin with `.` or `-`",
  end: "a path is followed by :tag, @digest or nothing",
  endOfTag: "a tag is followed by @digest or nothing",
  digest: `a digest is ${alternatives(
    Object.entries(DIGESTS).map(([algorithm, length]) => `\`${algorithm}:\` with ${length}`),
  )} lower-case hexadecimal digits`,
} as const;

// Nobody reads a longer text in a message.
const MAX_SHOWN = 300;

// A port, and a tag before a digest, look like a password before a host.
const USER_INFO = new RegExp(
  `://[^/]*@|:(?!\\d{1,5}/)[^@\\s]*@(?!(?:${Object.keys(DIGESTS).join("|")}):)[a-z0-9]`,
  "i",
);

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
    throw new Error(malformedName(text, parsed));
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
export function parseReference(text: unknown): ImageReference | ReferenceProblem {
  if (typeof text !== "string") {
    return { position: 1, rule: RULES.name };
  }
  if (IMAGE_ID.test(text)) {
    return { position: 1, rule: RULES.id };
  }
  const slash = text.indexOf("/");
  const given = slash > -1 && isDomain(text.slice(0, slash)) ? text.slice(0, slash) : undefined;
  if (given !== undefined && lengthOf(DOMAIN_HERE, given) < given.length) {
    return { position: lengthOf(START_OF_DOMAIN_HERE, given) + 1, rule: RULES.domain };
  }
  const domain = given === undefined || given === LEGACY_DEFAULT_DOMAIN ? DEFAULT_DOMAIN : given;

  const start = given === undefined ? 0 : slash + 1;
  const endOfPath = start + lengthOf(PATH_HERE, text, start);
  const isWhole = endOfPath === text.length || text.charAt(endOfPath) === ":" || text.charAt(endOfPath) === "@";
  if (endOfPath === start || !isWhole) {
    return pathProblem(text, start, endOfPath);
  }
  const ownPath = text.slice(start, endOfPath);
  const path = domain === DEFAULT_DOMAIN ? pathOnDockerHub(ownPath) : ownPath;
  if (path.length > MAX_PATH) {
    return { position: endOfPath - (path.length - MAX_PATH) + 1, rule: RULES.length };
  }

  const hasTag = text.charAt(endOfPath) === ":";
  const tag = hasTag ? matchOf(TAG_HERE, text, endOfPath + 1) : undefined;
  const endOfTag = hasTag ? endOfPath + 1 + (tag ?? "").length : endOfPath;
  if ((hasTag && tag === undefined) || /[\w.-]/.test(text.charAt(endOfTag))) {
    return { position: endOfTag + 1, rule: RULES.tag };
  }
  const hasDigest = text.charAt(endOfTag) === "@";
  if (!hasDigest && endOfTag < text.length) {
    return { position: endOfTag + 1, rule: RULES.endOfTag };
  }
  const digest = hasDigest ? text.slice(endOfTag + 1) : undefined;
  const problem = digest === undefined ? undefined : digestProblem(digest);
  return problem === undefined
    ? ImageReference._of(domain, path, tag, digest)
    : { ...problem, position: endOfTag + 1 + problem.position };
}

/** The position and the rule of a problem, for a message. */
export function problemText({ position, rule }: ReferenceProblem): string {
  return `at character ${position}: ${rule}`;
}

/** The sentence that a text is not the name of an image. */
export function malformedName(text: unknown, problem: ReferenceProblem): string {
  return `${shownText(text)} is not the name of an image: ${problemText(problem)}`;
}

/** A text for a message, which does not repeat a long one, or one that may have a secret. */
export function shownText(text: unknown): string {
  if (mayBeShown(text)) {
    return JSON.stringify(text);
  }
  return typeof text === "string" ? `a text of ${text.length} characters` : typeof text;
}

/** The name of an image for a message, without quotes unless it has several lines. */
export function shownName(name: string): string {
  return mayBeShown(name) && !/[\r\n]/.test(name) ? name : shownText(name);
}

function mayBeShown(text: unknown): boolean {
  return typeof text === "string" && text.length <= MAX_SHOWN && !USER_INFO.test(text) && !containsAccessToken(text);
}

/** Why a text has no whole path at a place. */
function pathProblem(text: string, start: number, endOfPath: number): ReferenceProblem {
  const end = start + lengthOf(START_OF_PATH_HERE, text, start);
  const next = text.charAt(end);
  return { position: end + 1, rule: ruleOfPath(next, end === start, end === endOfPath) };
}

function ruleOfPath(next: string, isEmpty: boolean, mayEnd: boolean): string {
  if (/[A-Z]/.test(next)) {
    return RULES.upperCase;
  }
  if (isEmpty && /^[:@]?$/.test(next)) {
    return RULES.name;
  }
  return isEmpty || !mayEnd || /[a-z0-9._/-]/.test(next) ? RULES.path : RULES.end;
}

/** Why a text is not a digest, with the position in the text; undefined if it is one. */
function digestProblem(text: string): ReferenceProblem | undefined {
  const [algorithm = ""] = text.split(":", 1);
  const length = Object.hasOwn(DIGESTS, algorithm) ? DIGESTS[algorithm] : undefined;
  if (length === undefined) {
    return { position: 1, rule: RULES.digest };
  }
  const start = algorithm.length + 1;
  const digits = lengthOf(HEXADECIMAL_HERE, text, start);
  return digits === length && text.length === start + length
    ? undefined
    : { position: Math.min(start + Math.min(digits, length), text.length) + 1, rule: RULES.digest };
}

/** The match of a sticky pattern at a place; undefined if there is none. */
function matchOf(pattern: RegExp, text: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0];
}

/** The length of that match; 0 if there is none. */
function lengthOf(pattern: RegExp, text: string, start = 0): number {
  return matchOf(pattern, text, start)?.length ?? 0;
}

// A ListFormat of Intl would do the same, but its data takes longer to load than the rest of the package.
function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")}, or ${words.at(-1) ?? ""}`;
}
