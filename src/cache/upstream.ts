import { isPlainObject } from "../validation/plain-object";
import type { RegistryCredential } from "./registry-credential";
import type { RepositorySettings } from "./repository-settings";
import { copySettings } from "./repository-template";
import { SUPPORTED_REGISTRIES, kindOf } from "./supported-registries";
import type { RegistryKind } from "./supported-registries";
import type { UpstreamSpec } from "./upstream-spec";

/** What can be said about any upstream. */
export interface UpstreamOptions {
  /**
   * First part of the names of the repositories that cache this upstream: 2 to 30 lower-case letters and digits, with
   * single `.`, `_`, `-` or `/` between them, or `ROOT` for none. Must be known at synth. Changing it replaces the rule
   * and leaves the repositories under the old prefix where they are.
   * @default - the upstream's usual prefix, as each factory says
   */
  readonly prefix?: string;
  /**
   * How the repositories of this upstream look, where they differ from the cache's other ones.
   * @default - as the cache says
   */
  readonly repositorySettings?: RepositorySettings;
}

/** Which private registry to cache, and how to read it. */
export interface PrivateEcrOptions extends UpstreamOptions {
  /** Region of the upstream registry; may be a token. */
  readonly region: string;
  /**
   * Account of the upstream registry; may be a token.
   *
   * The upstream account has to let this one read: a registry or repository policy that allows the cache account's root
   * `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`, `ecr:BatchImportUpstreamImage` and `ecr:GetImageCopyStatus`.
   * @default - the account of the cache
   */
  readonly accountId?: string;
  /**
   * Which of the upstream's repositories are cached: those under this prefix, or all of them with `ROOT`.
   * @default "ROOT"
   */
  readonly upstreamRepositoryPrefix?: string;
  /**
   * ARN of an IAM role in the account of the cache that ECR reads the upstream with. Only for an upstream in another
   * account. It trusts `pullthroughcache.ecr.amazonaws.com` and may `ecr:GetDownloadUrlForLayer`,
   * `ecr:GetAuthorizationToken`, `ecr:BatchImportUpstreamImage`, `ecr:BatchGetImage`, `ecr:GetImageCopyStatus`,
   * `ecr:InitiateLayerUpload`, `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload` and `ecr:PutImage`.
   * @default - for another account, a role with what AWS documents and no more; in the same account none is needed
   */
  readonly roleArn?: string;
}

/** What to say about a registry that is given by its URL. */
export interface RegistryUrlOptions extends UpstreamOptions {
  /**
   * How ECR signs in to the registry.
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
   * @default - for another account, a role is made
   */
  readonly roleArn?: string;
}

/** What to say about a registry that this version does not know. */
export interface UnlistedRegistryOptions {
  /** As in `UpstreamOptions`. It has no default: such a registry has no usual prefix. */
  readonly prefix: string;
  /**
   * As in `UpstreamOptions`.
   * @default - as the cache says
   */
  readonly repositorySettings?: RepositorySettings;
  /**
   * How ECR signs in to the registry.
   * @default - no credential
   */
  readonly credential?: RegistryCredential;
}

/**
 * A registry that Amazon ECR can cache.
 *
 * An upstream is a whole registry. To cache one repository of it, or one publisher's, pull only that: the path belongs
 * in the image's name, not in the upstream.
 *
 * What is wrong with an upstream is reported by the cache that it is given to, together with everything else.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
 */
export class Upstream {
  /** Amazon ECR Public, `public.ecr.aws`, under `ecr-public`. */
  public static ecrPublic(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("ecr-public", undefined, options);
  }

  /** The registry of Kubernetes, `registry.k8s.io`, under `kubernetes`. */
  public static kubernetes(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("kubernetes", undefined, options);
  }

  /** Quay, `quay.io`, under `quay`. ECR reads it without signing in: private repositories cannot be cached. */
  public static quay(options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("quay", undefined, options);
  }

  /**
   * Docker Hub, `registry-1.docker.io`, under `docker-hub`. ECR insists on a credential, for public images too; a
   * personal access token that may read public repositories is enough.
   */
  public static dockerHub(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("docker-hub", credential, options);
  }

  /** The GitHub Container Registry, `ghcr.io`, under `github`. Needs a classic token with `read:packages`. */
  public static github(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("github", credential, options);
  }

  /**
   * The Container Registry of GitLab.com, `registry.gitlab.com`, under `gitlab`. A GitLab of your own cannot be cached.
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
    // Callers in JavaScript may give what no text can be made of; the cache says so.
    const host = typeof registryName === "string" ? `${registryName}.azurecr.io` : undefined;
    return new Upstream({ kind: "azure", origin: "registryName", given: registryName, host, credential }, options);
  }

  /** The Chainguard Registry, `cgr.dev`, under `chainguard`. Needs a pull token. */
  public static chainguard(credential: RegistryCredential, options: UpstreamOptions = {}): Upstream {
    return Upstream.listed("chainguard", credential, options);
  }

  /** A private Amazon ECR registry in another region or another account, under `ecr`. */
  public static privateEcr(options: PrivateEcrOptions): Upstream {
    // Callers in JavaScript may leave everything out; the cache says what is missing.
    const { accountId, region, upstreamRepositoryPrefix, roleArn, ...common } = options ?? {};
    const privateEcr = { accountId, region, upstreamRepositoryPrefix, roleArn };
    return new Upstream({ kind: "private-ecr", privateEcr }, common);
  }

  /**
   * The registry at a URL, for declarations that come from a file or from Terraform you already have.
   *
   * It must be one that ECR documents as an upstream; others are refused with the reason. A credential is required and
   * refused as the registry asks for it.
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
   * A registry that this version does not know, on your word that AWS now does. Adds a warning, because AWS refuses
   * every other registry only when the rule is applied. It needs JSON output, cdktf's default: in HCL cdktf cannot write
   * what replaces the rule when its credential comes or goes.
   *
   * @param upstreamRegistryUrl the bare host, like `registry.example.com`: no scheme and no path
   * @param options the `prefix`, which has no usual value here, and what else differs
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
    kind: Exclude<RegistryKind, "azure" | "private-ecr">,
    credential: RegistryCredential | undefined,
    options: UpstreamOptions,
  ): Upstream {
    return new Upstream({ kind, host: SUPPORTED_REGISTRIES[kind].host as string, credential }, options);
  }

  /** First part of the names of the repositories that cache this upstream, as it was given or by default. */
  public readonly prefix: string;

  /** @internal */
  public readonly _spec: UpstreamSpec;

  private constructor(
    spec: Omit<UpstreamSpec, "prefix" | "hasPrefix" | "repositories" | "unknown">,
    options: UpstreamOptions,
  ) {
    const {
      prefix,
      repositorySettings: repositories,
      ...unknown
    } = isPlainObject(options) ? { ...options } : { options };
    const usual = spec.kind in SUPPORTED_REGISTRIES ? SUPPORTED_REGISTRIES[spec.kind as RegistryKind].usualPrefix : "";
    this.prefix = prefix ?? usual;
    this._spec = {
      ...spec,
      credential: spec.credential ?? undefined,
      prefix: this.prefix,
      hasPrefix: prefix !== undefined && prefix !== null,
      repositorySettings: copySettings(repositories),
      unknown,
    };
  }
}
