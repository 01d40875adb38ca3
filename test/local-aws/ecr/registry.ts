import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Fields, Scope } from "../service";
import type { Authorization } from "./authorization";
import { layerBucketAt, layerBucketHost, registryAt } from "./hosts";
import { NoImage } from "./image-cache";
import type { ImageCache } from "./image-cache";
import { REPOSITORY, denial } from "./parameters";
import { absent } from "./repositories";
import type { ResourcePolicies } from "./resource-policies";

/** A request without a signature. */
export interface HostRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** The answer to such a request, and its entry in the log. */
export interface HostAnswer {
  readonly scope: Scope;
  readonly operation: string;
  readonly input: Fields;
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  readonly errorCode?: string;
}

type Reply = Pick<HostAnswer, "status" | "headers" | "body" | "errorCode">;

interface SignedUrl {
  readonly method: string;
  readonly path: string;
  readonly blob: string;
  readonly scope: Scope;
}

const ROUTE = new RegExp(`^/v2/(${REPOSITORY})/(manifests|blobs)/([^/]+)$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * The registry that clients pull images from, and the bucket of AWS that it redirects them to for layers. Nothing can be
 * pushed.
 * https://distribution.github.io/distribution/spec/api/
 */
export class Registry {
  private readonly signedUrls = new Map<string, SignedUrl>();
  private readonly throttled = new Set<string>();

  public constructor(
    private readonly cache: ImageCache,
    private readonly authorization: Authorization,
    private readonly policies: ResourcePolicies,
  ) {}

  /** Answers the next request of an account for a manifest as if there had been too many. */
  public throttleOnce(accountId: string): void {
    this.throttled.add(accountId);
  }

  /** Answers a request to the host of a registry or of the bucket; undefined where the host is neither. */
  public async tryAnswer(request: HostRequest): Promise<HostAnswer | undefined> {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    const [target = "", query = ""] = request.url.split("?");
    // Some clients escape the colon of a digest.
    const pathname = target.replaceAll(/%3A/gi, ":");
    const scope = registryAt(host);
    if (scope !== undefined) {
      const [, repository, kind, reference] = ROUTE.exec(pathname) ?? [];
      const input = repository === undefined ? {} : { repository, reference };
      const operation = `registry ${request.method} ${kind === undefined ? pathname : kind.slice(0, -1)}`;
      return {
        scope,
        operation,
        input,
        ...withoutBody(request, await this.registryReply(request, host, pathname, scope)),
      };
    }
    const region = layerBucketAt(host);
    if (region === undefined) {
      return undefined;
    }
    const signed = this.signedUrls.get(new URLSearchParams(query).get("X-Amz-Signature") ?? "");
    const operation = `layer bucket ${request.method} object`;
    const reply = layerReply(request.method, pathname, region, signed);
    const bucketScope = signed?.scope ?? { accountId: "", region };
    return { scope: bucketScope, operation, input: { path: pathname }, ...withoutBody(request, reply) };
  }

  private async registryReply(
    { method, headers }: HostRequest,
    host: string,
    pathname: string,
    scope: Scope,
  ): Promise<Reply> {
    const caller = this.authorization.scopeOf(headers.authorization);
    if (caller === undefined) {
      const challenge = `Basic realm="https://${host}/",service="ecr.amazonaws.com"`;
      return failure(401, "UNAUTHORIZED", "Not Authorized", { "www-authenticate": challenge });
    }
    const isForeign = caller.accountId !== scope.accountId;
    if (caller.region !== scope.region || (isForeign && !this.policies.exist(scope))) {
      return failure(403, "DENIED", denial("BatchGetImage", caller, scope.accountId, "repository/*"));
    }
    if (method !== "GET" && method !== "HEAD") {
      return failure(405, "UNSUPPORTED", "The operation is unsupported.");
    }
    if (pathname === "/v2/") {
      return { status: 200, headers: {}, body: "" };
    }
    const [, repository = "", kind, reference = ""] = ROUTE.exec(pathname) ?? [];
    const refused =
      kind !== undefined && isForeign
        ? await this.refusal(caller, repository, kind === "manifests" ? reference : undefined, scope)
        : undefined;
    if (refused !== undefined) {
      return refused;
    }
    return kind === "manifests"
      ? this.manifestReply(repository, reference, scope)
      : kind === "blobs"
        ? this.blobReply(method, repository, reference, scope)
        : failure(404, "NAME_INVALID", "Invalid repository name");
  }

  /** What a caller of another account is answered whom the policies here do not allow a manifest, or a layer. */
  private async refusal(
    caller: Scope,
    repository: string,
    manifest: string | undefined,
    scope: Scope,
  ): Promise<Reply | undefined> {
    const isCached = manifest === undefined || this.cache.isCached(repository, manifest, scope);
    const actions = this.policies.actionsOf(repository, isCached, false, scope);
    const action = await this.policies.refused(actions, caller.accountId, repository, scope);
    if (action === undefined) {
      return undefined;
    }
    // A first pull that may not create the repository is answered as if there were none.
    return /Create|Import|Tag/.test(action)
      ? failure(404, "NAME_UNKNOWN", absent(repository, scope))
      : failure(403, "DENIED", denial(action.replace("ecr:", ""), caller, scope.accountId, `repository/${repository}`));
  }

  private manifestReply(repository: string, reference: string, scope: Scope): Reply {
    if (!TAG.test(reference) && !DIGEST.test(reference)) {
      return failure(400, "TAG_INVALID", `${reference} is neither a tag nor a digest`);
    }
    if (this.throttled.delete(scope.accountId)) {
      // https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors.html
      return failure(429, "TOOMANYREQUESTS", "Rate exceeded");
    }
    try {
      const { mediaType, digest, body } = this.cache.manifest(repository, reference, scope);
      return { status: 200, headers: { "content-type": mediaType, "docker-content-digest": digest }, body };
    } catch (error) {
      if (error instanceof NoImage) {
        return failure(error.status, error.code, error.message);
      }
      throw error;
    }
  }

  /** Redirects to the bucket, by a URL that the registry signs for the method and the blob. */
  private blobReply(method: string, repository: string, digest: string, scope: Scope): Reply {
    const blob = this.cache.blob(repository, digest, scope);
    if (blob === undefined) {
      return failure(404, "BLOB_UNKNOWN", `There is no layer ${digest} in ${repository}`);
    }
    const blobHost = this.cache.blobHost(repository, scope);
    if (blobHost !== undefined) {
      return { status: 307, headers: { location: `https://${blobHost}/${digest}` }, body: "" };
    }
    const path = `/${scope.accountId}/${digest.replace(":", "/")}`;
    const signature = randomBytes(32).toString("hex");
    this.signedUrls.set(signature, { method, path, blob, scope });
    const query = new URLSearchParams({
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Expires": "3600",
      "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": signature,
    });
    const location = `https://${layerBucketHost(scope.region)}${path}?${query.toString()}`;
    return { status: 307, headers: { location, "docker-content-digest": digest }, body: "" };
  }
}

/** The bucket answers only requests that the registry signed. */
function layerReply(method: string, path: string, region: string, signed: SignedUrl | undefined): Reply {
  const isSigned = signed?.method === method && signed.path === path && signed.scope.region === region;
  return isSigned
    ? { status: 200, headers: { "content-type": "application/octet-stream" }, body: signed.blob }
    : {
        status: 403,
        headers: { "content-type": "application/xml" },
        body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        errorCode: "AccessDenied",
      };
}

function failure(status: number, code: string, message: string, headers: OutgoingHttpHeaders = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ errors: [{ code, message }] }),
    errorCode: code,
  };
}

/** The reply with the headers of every reply. A reply to HEAD has the length of the body, without the body. */
function withoutBody({ method }: HostRequest, reply: Reply): Reply {
  const headers = {
    "docker-distribution-api-version": "registry/2.0",
    "content-length": Buffer.byteLength(reply.body),
    ...reply.headers,
  };
  return { ...reply, headers, body: method === "HEAD" ? "" : reply.body };
}
