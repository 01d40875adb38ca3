import { isPlainObject } from "../validation/plain-object";
import type { RegistryCredential } from "./registry-credential";
import { withoutTrailingSlash } from "./repository-path";
import type { RepositorySettings } from "./repository-settings";
import { copySettings } from "./repository-template";
import { SUPPORTED_REGISTRIES, kindOf } from "./supported-registries";
import type { RegistryKind, RegistryKindWithHost } from "./supported-registries";
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
  /** Region of the upstream registry; may be a token. */
  readonly region: string;
  /**
   * Account of the upstream registry; may be a token.
   *
   * The upstream account needs a registry or repository policy that allows the root of the cache's account
   * `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`, `ecr:BatchImportUpstreamImage` and `ecr:GetImageCopyStatus`.
   * @default - the account of the cache
   */
  readonly accountId?: string;
  /**
   * Prefix of the upstream's repositories that are cached; `ROOT` for all of them.
   * @default "ROOT"
   */
  readonly upstreamRepositoryPrefix?: string;
  /**
   * ARN of an IAM role in the account of the cache that ECR reads the upstream with. Only for an upstream in another
   * account. It trusts `pullthroughcache.ecr.amazonaws.com` and may `ecr:GetDownloadUrlForLayer`,
   * `ecr:GetAuthorizationToken`, `ecr:BatchImportUpstreamImage`, `ecr:BatchGetImage`, `ecr:GetImageCopyStatus`,
   * `ecr:InitiateLayerUpload`, `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload` and `ecr:PutImage`.
   * @default - for another account, a new role with only the permissions that AWS documents; the same account needs none
   */
  readonly roleArn?: string;
}

/** Options of a registry that is given by its URL. */
export interface RegistryUrlOptions extends UpstreamOptions {
  /**
   * The credential with which ECR signs in to the registry.
   * @default - no credential
   */
  readonly credential?: RegistryCredential;
  /**
   * As in `PrivateEcrOptions`, for the URL of a private Amazon ECR registry only.
   * @default "ROOT"
   */
  readonly upstreamRepositoryPrefix?: string;
  /**
   * As in `PrivateEcrOptions`, for the URL of a private Amazon ECR registry only.
   * @default - for another account, a new role
   */
  readonly roleArn?: string;
}

/** Options of a registry that this version does not know. */
export interface UnlistedRegistryOptions {
  /** As in `UpstreamOptions`, but without a default, since such a registry has no usual prefix. */
  readonly prefix: string;
  /**
   * As in `UpstreamOptions`.
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
 * The cache that uses the upstream reports its errors, together with all others.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
 */
export class Upstream {
  /** Amazon ECR Public, `public.ecr.aws`, under `ecr-public`. */
  public static ecrPublic(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("ecr-public", undefined, options);
  }

  /** The Kubernetes registry, `registry.k8s.io`, under `kubernetes`. */
  public static kubernetes(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("kubernetes", undefined, options);
  }

  /** Quay, `quay.io`, under `quay`. ECR reads it without a credential, so that it cannot cache private repositories. */
  public static quay(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("quay", undefined, options);
  }

  /**
   * Docker Hub, `registry-1.docker.io`, under `docker-hub`. ECR requires a credential, even for public images; a personal
   * access token that may read public repositories is enough.
   */
  public static dockerHub(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("docker-hub", credential, options);
  }

  /** The GitHub Container Registry, `ghcr.io`, under `github`. Needs a classic token with `read:packages`. */
  public static github(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("github", credential, options);
  }

  /**
   * The Container Registry of GitLab.com, `registry.gitlab.com`, under `gitlab`. ECR cannot cache a self-managed GitLab.
   */
  public static gitlab(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("gitlab", credential, options);
  }

  /**
   * An Azure Container Registry, `<registryName>.azurecr.io`, under `azure`.
   *
   * @param registryName the name of the registry, without `.azurecr.io`
   */
  public static azure(registryName: string, credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    // Callers in JavaScript may pass a value without a text form; the cache reports it.
    const host = typeof registryName === "string" ? `${registryName}.azurecr.io` : undefined;
    return new Upstream({ kind: "azure", origin: "registryName", given: registryName, host, credential }, options);
  }

  /** The Chainguard Registry, `cgr.dev`, under `chainguard`. Needs a pull token. */
  public static chainguard(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("chainguard", credential, options);
  }

  /** A private Amazon ECR registry in another region or another account, under `ecr`. */
  public static privateEcr(options: PrivateEcrOptions): Upstream {
    // Callers in JavaScript may pass nothing; the cache reports what is missing.
    const { accountId, region, upstreamRepositoryPrefix, roleArn, ...common } = options ?? {};
    const privateEcr = { accountId, region, upstreamRepositoryPrefix, roleArn };
    return new Upstream({ kind: "private-ecr", privateEcr }, common);
  }

  /**
   * The registry at a URL, for declarations that come from a file or from existing Terraform code.
   *
   * ECR must document it as an upstream; any other registry is an error with the reason. Whether a credential is required
   * or an error depends on the registry.
   *
   * @param upstreamRegistryUrl the bare host, like `ghcr.io`: no scheme and no path
   */
  public static fromRegistryUrl(upstreamRegistryUrl: string, options: RegistryUrlOptions = {}): Upstream {
    const { credential, ...common } = { ...options };
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
   * A registry that this version does not know, for use when AWS supports it by now. Adds a warning, because AWS rejects
   * an unsupported registry only when the rule is created. Requires JSON output, cdktf's default: in HCL, cdktf cannot
   * write the reference that replaces the rule when its credential is added or removed.
   *
   * @param upstreamRegistryUrl the bare host, like `registry.example.com`: no scheme and no path
   * @param options the `prefix`, which has no default here, and further options
   */
  public static unlisted(upstreamRegistryUrl: string, options: UnlistedRegistryOptions): Upstream {
    const { credential, ...common } = { ...options };
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

  /** First part of the names of the repositories that cache this upstream, as given or by default. */
  public readonly prefix: string;

  /** @internal */
  public readonly _spec: UpstreamSpec;

  private constructor(
    spec: Omit<UpstreamSpec, "prefix" | "prefixKey" | "hasPrefix" | "repositorySettings" | "unknown">,
    options: UpstreamOptions,
  ) {
    const { prefix, repositorySettings, ...unknown } = isPlainObject(options) ? { ...options } : { options };
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
