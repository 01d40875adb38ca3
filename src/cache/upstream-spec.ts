import type { TerraformStack } from "cdktf";
import type { Registry, KnownLocation } from "../aws/registry";
import { isUnresolved } from "../terraform/tokens";
import type { ValidationErrors } from "../validation/validation-errors";
import type { NamesInUse } from "./names-in-use";
import type { RegistryCredential } from "./registry-credential";
import { under, withoutTrailingSlash } from "./repository-path";
import type { RepositorySettings } from "./repository-settings";
import { REPOSITORY_PATH, ROOT } from "./rules";
import { kindOf } from "./supported-registries";
import type { RegistryKind } from "./supported-registries";

/** What an upstream was declared as. */
export interface UpstreamSpec {
  /** A registry that ECR documents, one taken on the caller's word, or one that cannot be cached. */
  readonly kind: RegistryKind | "unlisted" | "unsupported";
  /** First part of the names of the repositories; empty when nobody gave one and the registry has none. */
  readonly prefix: string;
  /** Whether the caller gave the prefix. */
  readonly hasPrefix: boolean;
  /** The host ECR asks; a private registry's is put together from its parts. */
  readonly host?: string;
  /** The argument that the host came from, and what was given, for messages. */
  readonly origin?: string;
  readonly given?: string;
  readonly credential?: RegistryCredential;
  readonly privateEcr?: PrivateEcrSpec;
  readonly repositorySettings?: RepositorySettings;
  /** Options that the upstream does not have. */
  readonly unknown: object;
}

/** A private registry, and how it is read. */
export interface PrivateEcrSpec {
  readonly accountId?: string;
  readonly region: string;
  readonly upstreamRepositoryPrefix?: string;
  readonly roleArn?: string;
}

/** What an upstream is checked against. */
export interface UpstreamContext {
  readonly location: KnownLocation;
  readonly namesInUse: NamesInUse;
  /** Path of the cache, which tells what it has claimed itself from what others have. */
  readonly cache: string;
  /** The stack that holds the cache, when there is one yet. */
  readonly stack?: TerraformStack;
  /** Ids that a stack to come will have. */
  readonly reservedIds?: readonly string[];
}

/** The host that ECR asks for images. */
export function upstreamUrl(spec: UpstreamSpec, registry: Registry): string {
  if (spec.privateEcr === undefined) {
    return spec.host ?? "";
  }
  const { accountId, region } = spec.privateEcr;
  return `${accountId ?? registry.accountId}.dkr.ecr.${region}.${registry.dnsSuffix}`;
}

/**
 * Which of a private registry's repositories are cached. Nothing for other upstreams, and nothing for the prefix ROOT,
 * beside which AWS does not allow it. Otherwise ROOT is written out: AWS answers with it, and left to default the rule
 * would be replaced by every apply.
 */
export function upstreamRepositoryPrefix(spec: UpstreamSpec): string | undefined {
  return spec.privateEcr === undefined || spec.prefix === ROOT
    ? undefined
    : (spec.privateEcr.upstreamRepositoryPrefix ?? ROOT);
}

/** Whether ECR needs a role to read an upstream: one in an account that is, or may be, another than the cache's. */
export function isCrossAccount(spec: UpstreamSpec, location: KnownLocation): boolean {
  const accountId = spec.privateEcr?.accountId;
  return accountId !== undefined && accountId !== location.accountId;
}

/** The path, in the cache's registry, of a repository of the upstream. Adds an error where there is none. */
export function cachedPath(errors: ValidationErrors, spec: UpstreamSpec, repository: string): string {
  if (isUnresolved(repository)) {
    return under(spec.prefix, repository);
  }
  if (typeof repository === "string" && /[:@]/.test(repository)) {
    errors.add("repository", "be without tag and digest", repository, "put them behind the URI");
    return "";
  }
  if (!errors.checkString("repository", repository, REPOSITORY_PATH, "give it as the upstream names it")) {
    return "";
  }
  const [first = "", ...rest] = repository.split("/");
  if (rest.length > 0 && (first === spec.host || kindOf(first) !== undefined || /(^|\.)docker\.io$/.test(first))) {
    errors.add("repository", "be without the upstream's host", repository, `leave out ${first}/`);
  }
  // Docker Hub's official images are at library/, which its own clients add. Without it ECR answers 403.
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
  const upstreamPath = spec.kind === "docker-hub" && rest.length === 0 ? `library/${repository}` : repository;
  return under(spec.prefix, withinUpstreamPrefix(errors, spec, upstreamPath));
}

/**
 * The name of the image of an upstream that is at a path in the cache's registry, as people write it without its tag;
 * undefined where the host of the upstream is known to Terraform only.
 */
export function upstreamImage(spec: UpstreamSpec, registry: Registry, path: string): string | undefined {
  const withinPrefix = spec.prefix === ROOT ? path : path.slice(withoutTrailingSlash(spec.prefix).length + 1);
  if (spec.kind === "docker-hub") {
    return withinPrefix.replace(/^library\/(?=[^/]+$)/, "");
  }
  const host = upstreamUrl(spec, registry);
  const upstreamPath = under(upstreamRepositoryPrefix(spec) ?? ROOT, withinPrefix);
  return isUnresolved(host) ? undefined : `${host}/${upstreamPath}`;
}

/** A private registry's path relative to the prefix that is cached. */
function withinUpstreamPrefix(errors: ValidationErrors, spec: UpstreamSpec, path: string): string {
  const upstreamPrefix = upstreamRepositoryPrefix(spec) ?? ROOT;
  if (upstreamPrefix === ROOT) {
    return path;
  }
  const start = `${withoutTrailingSlash(upstreamPrefix)}/`;
  if (!path.startsWith(start)) {
    errors.add(
      "repository",
      `be under ${start}, the part of the upstream that is cached`,
      path,
      "cache more of it with `upstreamRepositoryPrefix`",
    );
    return path;
  }
  return path.slice(start.length);
}
