const DOCS = "https://github.com/cdktf-ecr-pull-through-cache/cdktf-ecr-pull-through-cache/blob/main/docs";

/** The page that lists the permission to pull. */
export const PULL_PERMISSIONS = `${DOCS}/reference/pull-permissions.md`;

/** The headings of the troubleshooting guide that the command refers to, as readers see them: without backquotes. */
export const CAUSES = [
  "UnsupportedUpstreamRegistryException",
  "A rule fails in China or GovCloud",
  "SecretNotFoundException",
  "UnableToAccessSecretException",
  "UnableToDecryptSecretValueException",
  "The authentication to the upstream registry failed",
  "a secret with this name is already scheduled for deletion",
  "no basic auth credentials",
  "Docker Hub rate limit: toomanyrequests",
  "403 Forbidden",
  "not found on the first pull",
  "A digest that was pulled before is not found",
  "A tag is out of date",
  "A tag never changes",
  "A repository lacks its settings",
  "i/o timeout on the first pull",
  "i/o timeout on every pull",
  "Access Denied from S3 for layers",
] as const;

export type Cause = (typeof CAUSES)[number];

/** What a step has learned. */
export type Remark =
  | { readonly kind: "ok"; readonly detail: string }
  /** Why a pull fails. */
  | Finding<"cause">
  /** What makes no pull fail, and what the guide explains because people ask for it. */
  | Finding<"hint">
  /** What the caller of the command may not see, or cannot reach. It is no cause. */
  | { readonly kind: "unchecked"; readonly detail: string }
  /** Why the step had nothing to do. */
  | { readonly kind: "skipped"; readonly detail: string };

interface Finding<Kind extends string> {
  readonly kind: Kind;
  /** The heading that explains it. */
  readonly cause: Cause;
  readonly detail: string;
  readonly solution: string;
}

/** A step of a client that pulls an image. */
export interface Step {
  readonly name: string;
  readonly remarks: readonly Remark[];
}

export function ok(detail: string): Remark {
  return { kind: "ok", detail };
}

export function cause(heading: Cause, detail: string, solution: string): Remark {
  return { kind: "cause", cause: heading, detail, solution };
}

export function hint(heading: Cause, detail: string, solution: string): Remark {
  return { kind: "hint", cause: heading, detail, solution };
}

export function unchecked(detail: string): Remark {
  return { kind: "unchecked", detail };
}

export function skipped(detail: string): Remark {
  return { kind: "skipped", detail };
}

/** The address of a heading of the guide. */
export function linkTo(heading: Cause): string {
  const anchor = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
  return `${DOCS}/troubleshooting.md#${anchor}`;
}
