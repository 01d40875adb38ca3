import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as http2 from "node:http2";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { withUsedTypes } from "./provider-schema";
import { terraformEnvironment } from "./terraform-environment";
import { without } from "./without";

/** Runs a command until it ends, or until this process does, however that ends. */
const UNTIL_STDIN_ENDS = `
exec 3<&0
"$0" "$@" </dev/null 3<&- & pid=$!
{ cat <&3 >/dev/null; kill "$pid"; } 2>/dev/null &
exec 3<&-
wait "$pid"`;

const SCHEMA = "/tfplugin5.Provider/GetSchema";
const PREPARE_CONFIGURATION = "/tfplugin5.Provider/PrepareProviderConfig";
const CONFIGURE = "/tfplugin5.Provider/Configure";

/** A gRPC message of no length: the request has no fields. */
const NO_FIELDS = Buffer.alloc(5);

/**
 * AWS providers that serve many Terraform commands. By itself Terraform starts the provider for each command, and once
 * more for each alias, and reads the schema of all its types. Here the schema is read once and reduced to the types that
 * are used. The provider checks each provider configuration once: Terraform asks for the check twice in every plan, and
 * the check takes longer than the rest of a small plan. A provider that has served one configuration serves the next
 * one, but never two at once. Everything else passes between Terraform and the provider unchanged.
 *
 * A provider takes endpoint and credentials from its environment, so each environment needs a pool of its own.
 */
export class ProviderPool {
  /** Listens on a free port of this machine. */
  public static async start(binary: string, schemaFile: string, env: NodeJS.ProcessEnv): Promise<ProviderPool> {
    const pool = new ProviderPool(binary, schemaFile, env);
    await new Promise<void>((resolve) => pool.server.listen(0, "127.0.0.1", resolve));
    return pool;
  }

  private static schema: Promise<Buffer> | undefined;
  /** The provider's answers to the check of a configuration, by the request: they depend on it and the environment only. */
  private readonly prepared = new Map<string, Promise<Buffer>>();
  private readonly providers: Promise<Provider>[] = [];
  private readonly idle: Promise<Provider>[] = [];
  private readonly sessions = new Set<http2.ServerHttp2Session>();
  private readonly server = http2.createServer();

  private constructor(
    private readonly binary: string,
    private readonly schemaFile: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.server.on("session", (session) => this.serve(session));
  }

  /** The environment variables that attach Terraform to the pool. */
  public get environment(): NodeJS.ProcessEnv {
    const attachment = {
      Protocol: "grpc",
      ProtocolVersion: 5,
      Pid: process.pid,
      // Terraform leaves the process alone when the command ends.
      Test: true,
      Addr: { Network: "tcp", String: `127.0.0.1:${(this.server.address() as AddressInfo).port}` },
    };
    return { TF_REATTACH_PROVIDERS: JSON.stringify({ "registry.terraform.io/hashicorp/aws": attachment }) };
  }

  public async stop(): Promise<void> {
    this.sessions.forEach((session) => session.destroy());
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await Promise.all(this.providers.map(async (provider) => (await provider).stop()));
  }

  /** Serves one instance of the provider: Terraform has several in a command, and keeps all until the command ends. */
  private serve(session: http2.ServerHttp2Session): void {
    let configured: Promise<Provider> | undefined;
    this.sessions.add(session);
    session.on("error", () => session.destroy());
    session.on("close", () => {
      this.sessions.delete(session);
      this.idle.push(...(configured === undefined ? [] : [configured]));
    });
    session.on("stream", (stream, headers) => {
      // Terraform cancels the streams that are open when it is done.
      stream.on("error", () => undefined);
      if (headers[":path"] === CONFIGURE) {
        configured ??= this.idle.pop() ?? this.startProvider();
      }
      // Without a configuration, a provider only validates: that can be any.
      const provider = configured ?? this.providers[0] ?? this.startIdleProvider();
      this.answer(provider, stream, headers).catch(() => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR));
    });
  }

  private startProvider(): Promise<Provider> {
    const started = Provider.start(this.binary, this.env);
    this.providers.push(started);
    return started;
  }

  private startIdleProvider(): Promise<Provider> {
    const started = this.startProvider();
    this.idle.push(started);
    return started;
  }

  private async answer(
    provider: Promise<Provider>,
    stream: http2.ServerHttp2Stream,
    headers: http2.IncomingHttpHeaders,
  ): Promise<void> {
    switch (headers[":path"]) {
      case SCHEMA:
        ProviderPool.schema ??= this.readSchema(provider);
        respond(stream, await ProviderPool.schema);
        break;
      case PREPARE_CONFIGURATION:
        respond(stream, await this.prepare(provider, await buffer(stream)));
        break;
      default:
        await (await provider).pass(stream, headers);
    }
  }

  /** The schema without the types that nobody uses. The first file of tests keeps it for the others. */
  private async readSchema(provider: Promise<Provider>): Promise<Buffer> {
    if (!fs.existsSync(this.schemaFile)) {
      const schema = withUsedTypes(await (await provider).call(SCHEMA, NO_FIELDS));
      // Others must not read half of it.
      const draft = `${this.schemaFile}.${process.pid}`;
      fs.writeFileSync(draft, schema);
      fs.renameSync(draft, this.schemaFile);
    }
    return fs.readFileSync(this.schemaFile);
  }

  private prepare(provider: Promise<Provider>, request: Buffer): Promise<Buffer> {
    const key = request.toString("latin1");
    const answer = this.prepared.get(key) ?? provider.then((one) => one.call(PREPARE_CONFIGURATION, request));
    this.prepared.set(key, answer);
    return answer;
  }
}

/** Answers a request with a gRPC message. */
function respond(stream: http2.ServerHttp2Stream, message: Buffer): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(message);
}

/** One process of the provider. */
class Provider {
  public static async start(binary: string, env: NodeJS.ProcessEnv): Promise<Provider> {
    const child = spawn("/bin/sh", ["-c", UNTIL_STDIN_ENDS, binary, "-debug"], {
      env: { ...terraformEnvironment(env), GOGC: "100" },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const socket = await new Promise<string>((resolve, reject) => {
      let output = "";
      child.once("error", reject);
      child.once("exit", (status) => reject(new Error(`the provider ended with ${String(status)}:\n${output}`)));
      child.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const [, found] = /TF_REATTACH_PROVIDERS='.*"String":"([^"]+)"/.exec(output) ?? [];
        if (found !== undefined) {
          resolve(found);
        }
      });
    });
    return new Provider(child, http2.connect("http://provider", { createConnection: () => net.connect(socket) }));
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly session: http2.ClientHttp2Session,
  ) {}

  /** The provider's answer to a gRPC message. */
  public async call(method: string, message: Buffer): Promise<Buffer> {
    const request = this.session.request({
      ":method": "POST",
      ":path": method,
      "content-type": "application/grpc",
      te: "trailers",
    });
    let trailers: http2.IncomingHttpHeaders = {};
    request.on("trailers", (received: http2.IncomingHttpHeaders) => {
      trailers = received;
    });
    request.end(message);
    const answer = await buffer(request);
    if (trailers["grpc-status"] !== "0") {
      throw new Error(`the provider answers ${method} with the status ${String(trailers["grpc-status"])}`);
    }
    return answer;
  }

  /** Has the provider answer a request. */
  public async pass(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): Promise<void> {
    const request = this.session.request(without(headers, ":authority") as http2.OutgoingHttpHeaders);
    let trailers: http2.IncomingHttpHeaders = {};
    request.on("trailers", (received: http2.IncomingHttpHeaders) => {
      trailers = received;
    });
    request.on("response", (answer, flags) => {
      const isWhole = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(answer, isWhole ? { endStream: true } : { waitForTrailers: true });
    });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    await Promise.all([pipeline(stream, request), pipeline(request, stream)]);
  }

  public async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.session.destroy();
    this.child.stdin?.end();
    await ended;
  }
}
