// Stands in for a registry and for the hosts it redirects to, as far as a client that pulls sees them.
// https://distribution.github.io/distribution/spec/api/
import { createHash } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** What is answered to a request: by default 200 and nothing. */
export interface Answer {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
  /** Ends the connection after as many bytes of the body. */
  readonly cutAt?: number;
  /** Sends nothing more after that, and keeps the connection. */
  readonly stalls?: boolean;
}

/** A request as it came in. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** What one manifest says of another, or of a layer. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly artifactType?: string;
}

const OCI = "application/vnd.oci.image";
// So long that requests made at once meet here.
const DELAY_MS = 3;

/** A host that gives each path the answers it was told, in their order, and the last one from then on. */
export class HttpHost {
  /** A host on a free port of this machine. */
  public static async start(): Promise<HttpHost> {
    const host = new HttpHost();
    await new Promise<void>((resolve) => host.server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  /** What came in since the last reset, in order. */
  public requests: SeenRequest[] = [];
  /** How many requests have been under way at once. */
  public mostAtOnce = 0;
  private underWay = 0;
  private readonly answers = new Map<string, Answer[]>();
  private readonly server = http.createServer((request, response) => void this.handle(request, response));

  private constructor() {}

  public get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The paths that were asked for, in order. */
  public get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }

  public answer(path: string, ...answers: Answer[]): void {
    this.answers.set(path, answers);
  }

  public reset(): void {
    this.answers.clear();
    this.requests = [];
    this.mostAtOnce = 0;
  }

  public async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const path = request.url ?? "";
    this.requests.push({ path, headers: request.headers });
    this.underWay++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
    response.on("close", () => this.underWay--);
    await setTimeout(DELAY_MS);
    const answers = this.answers.get(path) ?? [];
    const {
      status = 200,
      headers,
      body = "",
      cutAt,
      stalls = false,
    } = (answers.length > 1 ? answers.shift() : answers[0]) ?? {
      status: 404,
      body: '{"errors":[{"code":"NAME_UNKNOWN"}]}',
    };
    response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
    if (cutAt === undefined) {
      response.end(body);
    } else {
      response.write(body.slice(0, cutAt), () => void (stalls || response.destroy()));
    }
  }
}

/** A repository of a registry, filled as clients push: what is content is found by its digest. */
export class OciRepository {
  private readonly referrersOf = new Map<string, Descriptor[]>();

  /**
   * @param referrersPerPage the length of a page of referrers; a registry without it does not have the API of referrers
   * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
   */
  public constructor(
    private readonly host: HttpHost,
    private readonly name: string,
    private readonly referrersPerPage?: number,
  ) {}

  public pathOf(kind: "manifests" | "blobs" | "referrers", reference: string): string {
    return `/v2/${this.name}/${kind}/${reference}`;
  }

  /** A blob with some text, that is answered to with that text or as it is said. */
  public blob(text: string, ...answers: Answer[]): Descriptor {
    const descriptor = describe(`${OCI}.layer.v1.tar+gzip`, text);
    this.host.answer(this.pathOf("blobs", descriptor.digest), ...(answers.length > 0 ? answers : [{ body: text }]));
    return descriptor;
  }

  /** An image of one platform. */
  public image(config: Descriptor, layers: readonly Descriptor[], tag?: string): Descriptor {
    return this.manifest(`${OCI}.manifest.v1+json`, { config, layers }, tag);
  }

  /** An image of several platforms. */
  public index(manifests: readonly Descriptor[], tag?: string): Descriptor {
    return this.manifest(`${OCI}.index.v1+json`, { manifests }, tag);
  }

  /** A signature or another artifact that refers to a manifest. */
  public referrer(subject: Descriptor, artifactType: string, layers: readonly Descriptor[]): Descriptor {
    const config = this.blob("{}");
    const descriptor = this.manifest(`${OCI}.manifest.v1+json`, { artifactType, config, layers, subject });
    this.referrersOf.get(subject.digest)?.push({ ...descriptor, artifactType });
    this.answerReferrers(subject.digest);
    return descriptor;
  }

  private answerReferrers(digest: string): void {
    const found = this.referrersOf.get(digest) ?? [];
    const length = this.referrersPerPage ?? 1;
    for (let start = 0; start === 0 || start < found.length; start += length) {
      const path = this.pathOf("referrers", digest);
      const link = start + length < found.length ? { link: `<${path}?from=${start + length}>; rel="next"` } : {};
      const mediaType = `${OCI}.index.v1+json`;
      const manifests = found.slice(start, start + length);
      this.host.answer(start === 0 ? path : `${path}?from=${start}`, {
        headers: { "content-type": mediaType, ...link },
        body: JSON.stringify({ schemaVersion: 2, mediaType, manifests }),
      });
    }
  }

  private manifest(mediaType: string, content: object, tag?: string): Descriptor {
    const body = JSON.stringify({ schemaVersion: 2, mediaType, ...content });
    const descriptor = describe(mediaType, body);
    for (const reference of [descriptor.digest, ...(tag === undefined ? [] : [tag])]) {
      this.host.answer(this.pathOf("manifests", reference), { headers: { "content-type": mediaType }, body });
    }
    if (this.referrersPerPage !== undefined && !this.referrersOf.has(descriptor.digest)) {
      this.referrersOf.set(descriptor.digest, []);
      this.answerReferrers(descriptor.digest);
    }
    return descriptor;
  }
}

function describe(mediaType: string, text: string): Descriptor {
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  return { mediaType, digest, size: Buffer.byteLength(text) };
}
