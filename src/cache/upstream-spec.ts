import type { TerraformStack } from "cdktf";
import type { Registry, KnownLocation } from "../aws/registry";
import { pathOnDockerHub } from "../image/image-grammar";
import { canonicalDomain } from "../image/registry-hosts";
import type { CachedPart } from "../image/registry-map";
import { ROOT, isUnder, under, withoutTrailingSlash } from "../image/repository-path";
import { REGISTRY_HOST } from "../image/supported-registries";
import type { RegistryKind } from "../image/supported-registries";
import { isUnresolved } from "../terraform/tokens";
import type { ValidationErrors } from "../validation/validation-errors";
import type { NamesInUse } from "./names-in-use";
import type { RegistryCredential } from "./registry-credential";
import type { RepositorySettings } from "./repository-settings";
import { PULL_RULES, REPOSITORY_PATH } from "./rules";

/** The declaration of an upstream. */
export interface UpstreamSpec {
  /** A kind that ECR documents, a registry that this version does not know, or one that ECR cannot cache. */
  readonly kind: RegistryKind | "unlisted" | "unsupported";
  /** First part of the names of the repositories, as given, for resources; empty if there is no usual prefix either. */
  readonly prefix: string;
  /** The same without a slash at its end: what maps use as key and paths begin with. */
  readonly prefixKey: string;
  /** Whether the caller gave the prefix. */
  readonly hasPrefix: boolean;
  /** The host that ECR requests; undefined for a private ECR registry, whose host is made of account and region. */
  readonly host?: string;
  /** The name and the value of the argument that the host came from, for messages. */
  readonly origin?: string;
  readonly given?: string;
  readonly credential?: RegistryCredential;
  readonly privateEcr?: PrivateEcrSpec;
  readonly repositorySettings?: RepositorySettings;
  /** Options that the upstream does not have. */
  readonly unknown: object;
}

/** A private ECR registry, and how ECR reads it. */
export interface PrivateEcrSpec {
  readonly accountId?: string;
  readonly region: string;
  readonly upstreamRepositoryPrefix?: string;
  readonly roleArn?: string;
}

/** The context in which an upstream is checked. */
export interface UpstreamContext {
  readonly location: KnownLocation;
  readonly namesInUse: NamesInUse;
  /** Path of the cache, which names the owner of prefixes and secrets in messages. */
  readonly cache: string;
  /** The versions that the program declares, if some lack write-only arguments. */
  readonly olderVersions?: string;
  /** The stack of the cache; undefined if it does not exist yet. */
  readonly stack?: TerraformStack;
  /** Ids that a stack will have that does not exist yet. */
  readonly reservedIds?: readonly string[];
}

/** The host from which ECR requests images. */
export function upstreamUrl(spec: UpstreamSpec, registry: Registry): string {
  if (spec.privateEcr === undefined) {
    return spec.host ?? "";
  }
  const { accountId, region } = spec.privateEcr;
  return `${accountId ?? registry.accountId}.dkr.ecr.${region}.${registry.dnsSuffix}`;
}

/**
 * The prefix of a private registry's repositories that are cached; undefined for other upstreams, and beside the prefix
 * ROOT, where AWS does not allow it. ROOT is written out, since AWS answers with it: a rule without it would be replaced
 * by every apply.
 */
export function upstreamRepositoryPrefix(spec: UpstreamSpec): string | undefined {
  return spec.privateEcr === undefined || spec.prefix === ROOT
    ? undefined
    : (spec.privateEcr.upstreamRepositoryPrefix ?? ROOT);
}

/** Whether ECR needs a role to read an upstream, because its account is, or may be, another than the cache's. */
export function isCrossAccount(spec: UpstreamSpec, location: KnownLocation): boolean {
  const accountId = spec.privateEcr?.accountId;
  return accountId !== undefined && accountId !== location.accountId;
}

/** The registry of an upstream, as names of images have it, and the prefix under which the cache has it. */
export function cachedPart(spec: UpstreamSpec, registry: Registry): CachedPart {
  const host = upstreamUrl(spec, registry);
  return {
    // cdktf does not recognize a token in lower case.
    domain: isUnresolved(host) ? host : canonicalDomain(host),
    part: upstreamPrefixKey(spec),
    prefix: spec.prefixKey,
  };
}

/** The path that a repository of the upstream has in the cache. Adds an error if it cannot be cached. */
export function cachedPath(errors: ValidationErrors, spec: UpstreamSpec, repository: string): string {
  if (isUnresolved(repository)) {
    return under(spec.prefixKey, repository);
  }
  if (typeof repository === "string" && /[:@]/.test(repository)) {
    errors.addBroken("repository", PULL_RULES.noTag, repository);
    return "";
  }
  if (!errors.checkString("repository", repository, REPOSITORY_PATH)) {
    return "";
  }
  const [first = "", ...rest] = repository.split("/");
  if (rest.length > 0 && (first === spec.host || REGISTRY_HOST.test(first))) {
    errors.addBroken("repository", PULL_RULES.noHost(first), repository);
  }
  // Without library/ ECR answers 403.
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
  const upstreamPath = spec.kind === "docker-hub" ? pathOnDockerHub(repository) : repository;
  return under(spec.prefixKey, withinUpstreamPrefix(errors, spec, upstreamPath));
}

/**
 * The name, without tag, of the image of an upstream that has a path in the cache; undefined if only Terraform knows the
 * host of the upstream.
 */
export function upstreamImage(spec: UpstreamSpec, registry: Registry, path: string): string | undefined {
  const withinPrefix = spec.prefixKey === ROOT ? path : path.slice(spec.prefixKey.length + 1);
  if (spec.kind === "docker-hub") {
    return withinPrefix.replace(/^library\/(?=[^/]+$)/, "");
  }
  const host = upstreamUrl(spec, registry);
  return isUnresolved(host) ? undefined : `${host}/${under(upstreamPrefixKey(spec), withinPrefix)}`;
}

/** A path in a private registry, relative to the prefix of the repositories that are cached. */
function withinUpstreamPrefix(errors: ValidationErrors, spec: UpstreamSpec, path: string): string {
  const key = upstreamPrefixKey(spec);
  if (key === ROOT) {
    return path;
  }
  if (!isUnder(key, path)) {
    errors.addBroken("repository", PULL_RULES.cachedPart(`${key}/`), path);
    return path;
  }
  return path.slice(key.length + 1);
}

function upstreamPrefixKey(spec: UpstreamSpec): string {
  return withoutTrailingSlash(upstreamRepositoryPrefix(spec) ?? ROOT);
}
