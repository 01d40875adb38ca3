import type { Io } from "../io";
import type { CacheRule } from "./answers";
import { AwsRefusal, AwsUnreachable } from "./aws-cli";
import type { AwsCli } from "./aws-cli";
import { uriOf } from "./place";
import type { Place } from "./place";
import { ALLOW_SIGN_IN, PULL_PERMISSIONS, cause, ok, unchecked } from "./step";
import type { Cause, Remark } from "./step";

/** What is known of an image before a pull. */
export interface Known {
  /** Whether the credentials are of the account of the registry. */
  readonly isOwn: boolean;
  readonly rule: CacheRule | undefined;
}

/** A manifest of an image, or an index of manifests. https://github.com/opencontainers/image-spec */
interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

interface Descriptor {
  readonly digest: string;
  readonly platform?: { readonly architecture?: string };
}

/** An answer of a registry. */
interface Reply {
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
}

// ECR may fetch the image from its upstream before it answers.
const SECONDS_TO_ANSWER = 90;
const TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const SIGN_IN_AGAIN =
  "sign in with aws ecr get-login-password, and allow the client ecr:GetAuthorizationToken in an identity-based policy";
const REACH =
  "let the client reach the registry: by a route to the internet, or by VPC endpoints; doctor --vpc looks at them";

/** Signs in to the registry. The token is in the result alone, and in no remark. */
export async function signIn(cli: AwsCli): Promise<{ readonly token?: string; readonly remark: Remark }> {
  try {
    const { authorizationData } = await cli.call<{
      readonly authorizationData: readonly { readonly authorizationToken: string }[];
    }>("ecr", "get-authorization-token");
    return { token: authorizationData[0]?.authorizationToken, remark: ok("ECR gives a token") };
  } catch (error) {
    if (error instanceof AwsRefusal) {
      return {
        remark: cause(
          "no basic auth credentials",
          `ECR gives your credentials no token: ${error.message}`,
          error.isDenied ? ALLOW_SIGN_IN : SIGN_IN_AGAIN,
        ),
      };
    }
    if (error instanceof AwsUnreachable) {
      return { remark: cause("i/o timeout on every pull", error.message, REACH) };
    }
    throw error;
  }
}

/** A registry, as a client that has signed in reads it. */
export class RegistryClient {
  public constructor(
    private readonly io: Io,
    private readonly token: string,
    private readonly place: Place,
    private readonly known: Known,
  ) {}

  /** Pulls the manifest, which lets ECR cache an image that it does not have. */
  public async manifest(): Promise<{ readonly manifest?: Manifest; readonly remark: Remark }> {
    const reply = await this.ask(`manifests/${this.place.reference}`);
    if (typeof reply === "string") {
      return { remark: this.unanswered("i/o timeout on every pull", `${this.place.host} does not answer: ${reply}`) };
    }
    if (reply.status !== 200) {
      return { remark: this.failure(reply) };
    }
    const manifest = manifestIn(reply);
    return manifest === undefined
      ? { remark: unchecked(`the manifest: ${this.place.host} answers something else than JSON`) }
      : { manifest, remark: ok(`ECR has ${uriOf(this.place)}`) };
  }

  /** Asks for one layer, and for its first byte where the registry redirects to. */
  public async layer(top: Manifest): Promise<Remark> {
    const parts = top.manifests ?? [];
    const part = parts.find(({ platform }) => platform?.architecture === "amd64") ?? parts[0];
    const reply = part === undefined ? undefined : await this.ask(`manifests/${part.digest}`);
    if (typeof reply === "string" || (reply !== undefined && reply.status !== 200)) {
      return unchecked(`the manifest ${part?.digest}: ${typeof reply === "string" ? reply : messageIn(reply)}`);
    }
    const manifest = reply === undefined ? top : manifestIn(reply);
    const digest = (manifest?.layers?.[0] ?? manifest?.config)?.digest;
    if (digest === undefined) {
      return unchecked("a layer: the manifest names none");
    }
    const blob = await this.ask(`blobs/${digest}`);
    if (typeof blob === "string") {
      return this.unanswered("i/o timeout on every pull", `${this.place.host} does not answer: ${blob}`);
    }
    if (blob.location !== null) {
      return this.redirectedLayer(new URL(blob.location, `https://${this.place.host}`));
    }
    return blob.status === 200 ? ok(`${this.place.host} has the layers itself`) : this.failure(blob);
  }

  private async redirectedLayer(location: URL): Promise<Remark> {
    const { host } = location;
    const isLayerBucket = /-starport-layer-bucket\.s3[.-]/.test(host);
    // The address is signed, and the token is for the registry alone.
    const response = await this.request(location, { range: "bytes=0-0" });
    if (typeof response === "string") {
      return isLayerBucket
        ? this.unanswered("i/o timeout on every pull", `${host}, which has the layers, does not answer: ${response}`)
        : this.unanswered(
            "i/o timeout on the first pull",
            `ECR redirects to ${host} for layers, which does not answer: ${response}`,
            "give the client a route to the internet, or pull the image beforehand with a CacheWarmer",
          );
    }
    await response.body?.cancel();
    if (response.status < 400) {
      const endpoint = isLayerBucket ? "an S3 endpoint or " : "";
      return ok(`the layers come from ${host}: the client needs ${endpoint}a route to the internet`);
    }
    return isLayerBucket
      ? cause(
          "Access Denied from S3 for layers",
          `${host} answers ${response.status}`,
          "allow s3:GetObject on the layer bucket in the policy of the S3 endpoint, without a condition on the caller",
        )
      : unchecked(`the layers come from ${host}, which answers ${response.status}`);
  }

  /** The answer of the registry; a sentence if there is none. */
  private async ask(target: string): Promise<Reply | string> {
    const { host, path } = this.place;
    const headers = { authorization: `Basic ${this.token}`, accept: TYPES.join(", ") };
    const response = await this.request(new URL(`https://${host}/v2/${path}/${target}`), headers);
    if (typeof response === "string") {
      return response;
    }
    const { status } = response;
    if (status === 200 && target.startsWith("blobs/")) {
      // It may have gigabytes.
      await response.body?.cancel();
      return { status, location: null, body: "" };
    }
    return { status, location: response.headers.get("location"), body: await response.text() };
  }

  private async request(url: URL, headers: { readonly [name: string]: string }): Promise<Response | string> {
    try {
      const signal = AbortSignal.timeout(SECONDS_TO_ANSWER * 1000);
      return await this.io.fetch(url, { headers: { ...headers }, redirect: "manual", signal });
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** That a host does not answer. Requests of this command go through no proxy, and those of clients may. */
  private unanswered(heading: Cause, detail: string, solution = REACH): Remark {
    const proxy = ["HTTPS_PROXY", "https_proxy"].find((name) => (this.io.env[name] ?? "") !== "");
    return proxy === undefined
      ? cause(heading, detail, solution)
      : unchecked(`${detail}; the command does not use the proxy of ${proxy}`);
  }

  /** Why the registry answers an error. https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors.html */
  private failure(reply: Reply): Remark {
    const { status } = reply;
    const message = messageIn(reply);
    const answer = `ECR answers ${status}: ${message}`;
    if (status === 401) {
      return cause("no basic auth credentials", answer, SIGN_IN_AGAIN);
    }
    if (status === 429 || /toomanyrequests/i.test(message)) {
      return cause(
        "Docker Hub rate limit: toomanyrequests",
        answer,
        "pull less at once; for ECR's own limits, ask AWS for a higher quota",
      );
    }
    if (/authentication to the upstream registry failed|UnableToGetUpstreamImage/i.test(message)) {
      return cause(
        "The authentication to the upstream registry failed",
        answer,
        "check the name of the image and what the access token may read; if ECR cannot sign in, rotate the token",
      );
    }
    if (status === 403) {
      return this.known.isOwn
        ? cause("403 Forbidden", answer, `grant the permission to pull: ${PULL_PERMISSIONS}`)
        : cause(
            "403 Forbidden",
            answer,
            `sign in to the account ${this.place.registry.accountId}, or let it grant you the pull`,
          );
    }
    return status === 404 ? this.notFound(answer) : unchecked(`the manifest: ${answer}`);
  }

  private notFound(answer: string): Remark {
    const { rule } = this.known;
    return cause(
      "not found on the first pull",
      answer,
      this.place.isDigest
        ? "pull the tag once: ECR does not cache a first pull by digest"
        : `check that ${rule === undefined ? "the registry" : rule.upstreamRegistryUrl} has the image and the tag, and what the other steps say`,
    );
  }
}

function manifestIn({ body }: Reply): Manifest | undefined {
  try {
    return JSON.parse(body) as Manifest;
  } catch {
    return undefined;
  }
}

function messageIn({ body }: Reply): string {
  try {
    const { errors = [] } = JSON.parse(body) as { readonly errors?: readonly { readonly message?: string }[] };
    return errors[0]?.message ?? "no message";
  } catch {
    return "no message";
  }
}

/** The errors of fetch have their reason in their cause. */
function reasonOf(error: unknown): string {
  const { cause: inner, message } = error as Error & { readonly cause?: Error & { readonly code?: string } };
  return inner?.code ?? inner?.message ?? message;
}
