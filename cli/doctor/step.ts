const DOCS = "https://github.com/cdktf-ecr-pull-through-cache/cdktf-ecr-pull-through-cache/blob/main/docs";

/** The page that lists the permission to pull. */
export const PULL_PERMISSIONS = `${DOCS}/reference/pull-permissions.md`;

/** The solution where a client may not sign in. */
export const ALLOW_SIGN_IN = `allow ecr:GetAuthorizationToken on * in an identity-based policy: ${PULL_PERMISSIONS}`;

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
  /** A part that could not be checked, for example for lack of a permission. It is no cause. */
  | {
      readonly kind: "unchecked";
      readonly detail: string;
      /** How the command could check it. */
      readonly solution?: string;
    }
  /** Why the step does not apply, or was left out on purpose. */
  | { readonly kind: "skipped"; readonly detail: string };

interface Finding<Kind extends string> {
  readonly kind: Kind;
  /** The heading that explains it. */
  readonly cause: Cause;
  readonly detail: string;
  readonly solution: string;
}

/** The steps of a client that pulls an image, in their order. */
export const STEP_NAMES = [
  "credentials",
  "name and rule",
  "image",
  "upstream",
  "credential",
  "template",
  "permissions",
  "network",
  "sign-in",
  "manifest",
  "layer",
] as const;

export type StepName = (typeof STEP_NAMES)[number];

/** A step of a client that pulls an image. */
export interface Step {
  readonly name: StepName;
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

export function unchecked(detail: string, solution?: string): Remark {
  return { kind: "unchecked", detail, ...(solution !== undefined && { solution }) };
}

export function skipped(detail: string): Remark {
  return { kind: "skipped", detail };
}

/** The anchor of a heading of the guide. */
export function anchorOf(heading: Cause): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** The address of a heading of the guide. */
export function linkTo(heading: Cause): string {
  return `${DOCS}/troubleshooting.md#${anchorOf(heading)}`;
}
