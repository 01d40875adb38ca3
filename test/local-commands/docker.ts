// Stands in for Docker, as far as a client that signs in to a registry, pulls, builds and pushes: a pull reads every manifest
// and every layer.
import * as http from "node:http";
import { text } from "node:stream/consumers";
import { registryAt } from "../local-aws/ecr/hosts";
import { imageOf } from "../local-aws/ecr/images";
import type { Image } from "../local-aws/ecr/images";
import type { LocalAws } from "../local-aws/server";
import { AwsError } from "../local-aws/service";
import type { Scope } from "../local-aws/service";
import type { Answer, Ended } from "./answered-command";

/** A registry or the bucket of its layers, as it answers a request. */
export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

interface Manifest {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

/** What a pull ended with: the digest of the image, or why there is none. */
export type Pulled = { readonly digest: string } | { readonly status: number; readonly message: string };

/** The parts of an image reference: host, repository and tag. */
export function partsOf(image: string): { readonly host: string; readonly repository: string; readonly tag: string } {
  const [, host = "", repository = "", tag = "latest"] = /^([^/]+)\/([^:@]+)(?::([\w.-]+))?$/.exec(image) ?? [];
  return { host, repository, tag };
}

/** Asks a host that the stand-in for AWS answers for. */
export async function ask(aws: LocalAws, url: string, headers: http.OutgoingHttpHeaders): Promise<Reply> {
  const { host, pathname, search } = new URL(url);
  const { hostname, port } = new URL(aws.url);
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const options = { hostname, port, path: `${pathname}${search}`, headers: { ...headers, host } };
    http.get(options, resolve).on("error", reject);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** Pulls an image with a token of the registry. */
export async function pullImage(aws: LocalAws, image: string, token: string): Promise<Pulled> {
  const { host, repository, tag } = partsOf(image);
  const headers = { authorization: `Basic ${token}` };
  const base = `https://${host}/v2/${repository}`;
  const top = await ask(aws, `${base}/manifests/${tag}`, headers);
  if (top.status !== 200) {
    const { errors = [] } = JSON.parse(top.body) as { readonly errors?: readonly { readonly message: string }[] };
    return { status: top.status, message: errors[0]?.message ?? top.body };
  }
  const pending = [JSON.parse(top.body) as Manifest];
  for (const manifest of pending) {
    for (const { digest } of manifest.manifests ?? []) {
      pending.push(JSON.parse((await ask(aws, `${base}/manifests/${digest}`, headers)).body) as Manifest);
    }
    for (const { digest } of [
      ...(manifest.config === undefined ? [] : [manifest.config]),
      ...(manifest.layers ?? []),
    ]) {
      const { status, headers: redirect } = await ask(aws, `${base}/blobs/${digest}`, headers);
      // A client sends the token to the registry only, and not to where it is redirected.
      const layer = status === 307 ? await ask(aws, redirect.location ?? "", {}) : { status, body: "" };
      if (layer.status !== 200) {
        return { status: layer.status, message: `${digest}: ${layer.body}` };
      }
    }
  }
  return { digest: String(top.headers["docker-content-digest"]) };
}

/** What a client may use of a registry from where it is: why not, or undefined. */
export interface ClientLimits {
  readonly whyNoPull: (repository: string, reference: string, scope: Scope) => Promise<string | undefined>;
  readonly whyNoPush: (repository: string, scope: Scope) => Promise<string | undefined>;
}

const UNLIMITED: ClientLimits = {
  whyNoPull: () => Promise.resolve(undefined),
  whyNoPush: () => Promise.resolve(undefined),
};

const NO_TOKEN = "no basic auth credentials";

/** `docker login`, `docker pull`, `docker build` of a Dockerfile from standard input, and `docker push`. */
export function docker(aws: LocalAws, limits = UNLIMITED): Answer {
  const tokens = new Map<string, string>();
  /** By their names: what was pulled, undefined, and what was built. */
  const images = new Map<string, Image | undefined>();

  async function logIn(args: string[], stdin: string): Promise<Ended> {
    const host = args.at(-1) ?? "";
    const user = args[args.indexOf("--username") + 1] ?? "";
    const token = Buffer.from(`${user}:${stdin.trim()}`).toString("base64");
    const { status } = await ask(aws, `https://${host}/v2/`, { authorization: `Basic ${token}` });
    if (registryAt(host) === undefined || status !== 200) {
      const stderr = `Error response from daemon: login attempt to https://${host}/v2/ failed with status: ${status}`;
      return refused(stderr);
    }
    tokens.set(host, token);
    return done("Login Succeeded");
  }

  async function pull(image: string): Promise<Ended> {
    const { host, repository, tag } = partsOf(image);
    const token = tokens.get(host);
    const scope = registryAt(host);
    const reason = scope && (await limits.whyNoPull(repository, tag, scope));
    const pulled: Pulled =
      token === undefined
        ? { status: 401, message: `Head "https://${host}/v2/${repository}/manifests/${tag}": ${NO_TOKEN}` }
        : reason === undefined
          ? await pullImage(aws, image, token)
          : { status: 403, message: reason };
    if (!("digest" in pulled)) {
      return refused(`Error response from daemon: ${pulled.message}`);
    }
    images.set(image, undefined);
    return done(
      `${tag}: Pulling from ${repository}`,
      `Digest: ${pulled.digest}`,
      `Status: Downloaded newer image for ${image}`,
      image,
    );
  }

  /** Builds an image of one layer, from a base image that was pulled or that it pulls. */
  async function build(name: string, dockerfile: string): Promise<Ended> {
    const [, base = ""] = /^FROM (\S+)$/m.exec(dockerfile) ?? [];
    if (!images.has(base)) {
      const pulled = await pull(base);
      if (pulled.exitCode !== 0) {
        return pulled;
      }
    }
    images.set(name, imageOf(dockerfile));
    return done(`naming to ${name}`);
  }

  async function push(name: string): Promise<Ended> {
    const { host, repository, tag } = partsOf(name);
    const image = images.get(name);
    const scope = registryAt(host);
    if (image === undefined || scope === undefined) {
      return refused(`An image does not exist locally with the tag: ${name}`);
    }
    const reason = tokens.has(host) ? await limits.whyNoPush(repository, scope) : NO_TOKEN;
    if (reason !== undefined) {
      return refused(`denied: ${reason}`);
    }
    try {
      aws.ecr.repositories.push(repository, tag, image, scope);
    } catch (error) {
      return refused(error instanceof AwsError ? error.message : String(error));
    }
    return done(
      `The push refers to repository [${host}/${repository}]`,
      `${tag}: digest: ${image.manifests[0].digest}`,
    );
  }

  return async (args, _, { stdin }) => {
    switch (args[0]) {
      case "login":
        return logIn(args, stdin);
      case "pull":
        return pull(args.at(-1) ?? "");
      case "build":
        return build(args[args.indexOf("--tag") + 1] ?? "", stdin);
      case "push":
        return push(args.at(-1) ?? "");
      default:
        return refused(`docker ${args.join(" ")} is not known here`);
    }
  };
}

function done(...lines: readonly string[]): Ended {
  return { stdout: `${lines.join("\n")}\n`, stderr: "", exitCode: 0 };
}

function refused(line: string): Ended {
  return { stdout: "", stderr: `${line}\n`, exitCode: 1 };
}
