import { withoutTrailingSlash } from "../image/repository-path";
import { SUPPORTED_REGISTRIES, kindOf } from "../image/supported-registries";
import type { RegistryKind, RegistryKindWithHost } from "../image/supported-registries";
import { isPlainObject } from "../validation/plain-object";
import type { RegistryCredential } from "./registry-credential";
import type { RepositorySettings } from "./repository-settings";
import { copySettings } from "./repository-template";
import type { UpstreamSpec } from "./upstream-spec";

/** Options of every upstream. */
export interface UpstreamOptions {
  /**
   * First part of the names of the repositories that cache this upstream: 2 to 30 lower-case letters and digits, with
   * single `.`, `_`, `-` or `/` between them, or `ROOT` for none. Must be known at synth. A change replaces the rule;
   * the repositories under the former prefix remain.
   * @default - the usual prefix of the upstream, which each factory names
   */
  readonly prefix?: string;
  /**
   * Settings of the repositories of this upstream. Each setting takes precedence over that of the cache.
   * @default - the settings of the cache
   */
  readonly repositorySettings?: RepositorySettings;
}

/** A private Amazon ECR registry to cache, and how ECR reads it. */
export interface PrivateEcrOptions extends UpstreamOptions {
  /** Region of the upstream registry, in the partition of the cache; may be a token. */
  readonly region: string;
  /**
   * Account ID of the upstream registry, of 12 digits; may be a token.
   *
   * The upstream account needs a registry or repository policy that allows the root of the cache's account
   * `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`, `ecr:BatchImportUpstreamImage` and `ecr:GetImageCopyStatus`.
   * @default - the account of the cache
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
   */
  readonly accountId?: string;
  /**
   * Prefix of the upstream's repositories to cache, as for `prefix`; `ROOT` for all of them. With the `prefix` ROOT, it
   * can only be `ROOT`.
   * @default "ROOT"
   * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
   */
  readonly upstreamRepositoryPrefix?: string;
  /**
   * ARN of an IAM role in the account of the cache with which ECR reads the upstream. Only for an upstream in another
   * account. The role must trust `pullthroughcache.ecr.amazonaws.com` and allow `ecr:GetDownloadUrlForLayer`,
   * `ecr:GetAuthorizationToken`, `ecr:BatchImportUpstreamImage`, `ecr:BatchGetImage`, `ecr:GetImageCopyStatus`,
   * `ecr:InitiateLayerUpload`, `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload` and `ecr:PutImage`.
   * @default - for another account, a new role with only the permissions that AWS documents; the same account needs
   * none
   */
  readonly roleArn?: string;
}

/** Options of `Upstream.fromRegistryUrl`. */
export interface RegistryUrlOptions extends UpstreamOptions {
  /**
   * The credential with which ECR signs in to the registry. The registry decides whether it is required or an error.
   * @default - no credential
   */
  readonly credential?: RegistryCredential;
  /**
   * As {@link PrivateEcrOptions.upstreamRepositoryPrefix}, for the URL of a private Amazon ECR registry only.
   * @default "ROOT"
   */
  readonly upstreamRepositoryPrefix?: string;
  /**
   * As {@link PrivateEcrOptions.roleArn}, for the URL of a private Amazon ECR registry only.
   * @default - for another account, a new role; the same account needs none
   */
  readonly roleArn?: string;
}

/** Options of `Upstream.unlisted`. */
export interface UnlistedRegistryOptions {
  /** As {@link UpstreamOptions.prefix}, but without a default, since such a registry has no usual prefix. */
  readonly prefix: string;
  /**
   * As {@link UpstreamOptions.repositorySettings}.
   * @default - the settings of the cache
   */
  readonly repositorySettings?: RepositorySettings;
  /**
   * The credential with which ECR signs in to the registry.
   * @default - no credential
   */
  readonly credential?: RegistryCredential;
}

/**
 * A registry that Amazon ECR can cache.
 *
 * An upstream is a whole registry. To cache only one repository, or those of one publisher, pull only them: the path
 * belongs in the image's name, not in the upstream.
 *
 * The factories throw no errors: the cache that uses the upstream reports its mistakes, together with all others.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
 */
export class Upstream {
  /**
   * Amazon ECR Public, `public.ecr.aws`, under the prefix `ecr-public`. ECR reads it without a credential.
   *
   * @param options another prefix, and settings of the repositories
   */
  public static ecrPublic(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("ecr-public", undefined, options);
  }

  /**
   * The Kubernetes registry, `registry.k8s.io`, under the prefix `kubernetes`. ECR reads it without a credential.
   *
   * @param options another prefix, and settings of the repositories
   */
  public static kubernetes(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("kubernetes", undefined, options);
  }

  /**
   * Quay, `quay.io`, under the prefix `quay`. ECR reads it without a credential, so that it cannot cache private
   * repositories.
   *
   * @param options another prefix, and settings of the repositories
   */
  public static quay(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("quay", undefined, options);
  }

  /**
   * Docker Hub, `registry-1.docker.io`, under the prefix `docker-hub`. ECR requires a credential, even for public
   * images; a personal access token that may read public repositories is enough.
   *
   * @param credential the user name and the access token
   * @param options another prefix, and settings of the repositories
   */
  public static dockerHub(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("docker-hub", credential, options);
  }

  /**
   * The GitHub Container Registry, `ghcr.io`, under the prefix `github`. It needs a classic token with `read:packages`.
   *
   * @param credential the user name and the access token
   * @param options another prefix, and settings of the repositories
   */
  public static github(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("github", credential, options);
  }

  /**
   * The Container Registry of GitLab.com, `registry.gitlab.com`, under the prefix `gitlab`. ECR cannot cache a
   * self-managed GitLab.
   *
   * @param credential the user name and the access token
   * @param options another prefix, and settings of the repositories
   */
  public static gitlab(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("gitlab", credential, options);
  }

  /**
   * An Azure Container Registry, `<registryName>.azurecr.io`, under the prefix `azure`.
   *
   * @param registryName the name of the registry, without `.azurecr.io`; a literal
   * @param credential the user name and the access token
   * @param options another prefix, and settings of the repositories
   */
  public static azure(registryName: string, credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    // Callers in JavaScript may pass a value without a text form; the cache reports it.
    const host = typeof registryName === "string" ? `${registryName}.azurecr.io` : undefined;
    return new Upstream({ kind: "azure", origin: "registryName", given: registryName, host, credential }, options);
  }

  /**
   * The Chainguard Registry, `cgr.dev`, under the prefix `chainguard`. It needs a pull token.
   *
   * @param credential the user name and the access token
   * @param options another prefix, and settings of the repositories
   */
  public static chainguard(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("chainguard", credential, options);
  }

  /**
   * A private Amazon ECR registry in another region or another account, under the prefix `ecr`. ECR reads a registry of
   * the same account without a credential, and one of another account with an IAM role.
   *
   * @param options the registry, and how ECR reads it
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
   */
  public static privateEcr(options: PrivateEcrOptions): Upstream {
    const { accountId, region, upstreamRepositoryPrefix, roleArn, ...common } = membersOf(options);
    const privateEcr = { accountId, region, upstreamRepositoryPrefix, roleArn };
    return new Upstream({ kind: "private-ecr", privateEcr }, common);
  }

  /**
   * The registry at a URL, for declarations that come from a file or from existing Terraform code.
   *
   * The cache reports an error with the reason for a registry that AWS does not document as an upstream.
   *
   * @param upstreamRegistryUrl the bare host, like `ghcr.io`: no scheme, no port and no path; a literal
   * @param options a credential, another prefix, and settings of the repositories
   */
  public static fromRegistryUrl(upstreamRegistryUrl: string, options: RegistryUrlOptions = {}): Upstream {
    const { credential, ...common } = membersOf(options);
    const kind = typeof upstreamRegistryUrl === "string" ? kindOf(upstreamRegistryUrl) : undefined;
    const source = { origin: "upstreamRegistryUrl", given: upstreamRegistryUrl, credential };
    if (kind === "private-ecr") {
      const { upstreamRepositoryPrefix, roleArn, ...rest } = common;
      const [accountId, , , region = ""] = upstreamRegistryUrl.split(".");
      const privateEcr = { accountId, region, upstreamRepositoryPrefix, roleArn };
      return new Upstream({ ...source, kind, privateEcr }, rest);
    }
    return new Upstream({ ...source, kind: kind ?? "unsupported", host: upstreamRegistryUrl }, common);
  }

  /**
   * A registry that this version does not know, for use when AWS supports it by now. It adds a warning, because AWS
   * rejects an unsupported registry only when Terraform creates the rule. It needs JSON output, cdktf's default: in
   * HCL, cdktf cannot write the reference that replaces the rule when you add or remove its credential.
   *
   * @param upstreamRegistryUrl the bare host, like `registry.example.com`: no scheme, no port and no path; a literal
   * @param options the `prefix`, which has no default here, and further options
   */
  public static unlisted(upstreamRegistryUrl: string, options: UnlistedRegistryOptions): Upstream {
    const { credential, ...common } = membersOf(options);
    return new Upstream(
      {
        kind: "unlisted",
        origin: "upstreamRegistryUrl",
        given: upstreamRegistryUrl,
        host: upstreamRegistryUrl,
        credential,
      },
      common,
    );
  }

  private static listed(
    kind: RegistryKindWithHost,
    credential: RegistryCredential | undefined,
    options: UpstreamOptions,
  ): Upstream {
    return new Upstream({ kind, host: SUPPORTED_REGISTRIES[kind].host, credential }, options);
  }

  /**
   * First part of the names of the repositories that cache this upstream: the given one, or the default of the factory.
   */
  public readonly prefix: string;

  /** @internal */
  public readonly _spec: UpstreamSpec;

  private constructor(
    spec: Omit<UpstreamSpec, "prefix" | "prefixKey" | "hasPrefix" | "repositorySettings" | "unknown">,
    options: UpstreamOptions,
  ) {
    const { prefix, repositorySettings, ...unknown } = membersOf(options);
    const usual = spec.kind in SUPPORTED_REGISTRIES ? SUPPORTED_REGISTRIES[spec.kind as RegistryKind].usualPrefix : "";
    this.prefix = prefix ?? usual;
    this._spec = {
      ...spec,
      credential: spec.credential ?? undefined,
      prefix: this.prefix,
      // Callers in JavaScript may pass a prefix that is no string; the cache reports it.
      prefixKey: typeof this.prefix === "string" ? withoutTrailingSlash(this.prefix) : "",
      hasPrefix: prefix !== undefined && prefix !== null,
      repositorySettings: copySettings(repositorySettings),
      unknown,
    };
  }
}

/** The members of options; anything but an object becomes a member, which no upstream has, and which the cache reports. */
function membersOf<T>(options: T): T {
  return isPlainObject(options) ? { ...options } : ({ options } as T);
}
