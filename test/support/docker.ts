// Stands in for Docker, as far as a client that signs in to a registry and pulls: it reads every manifest and every layer.
import * as http from "node:http";
import { text } from "node:stream/consumers";
import { registryAt } from "../local-aws/ecr/hosts";
import type { LocalAws } from "../local-aws/server";
import type { Answer, Ended } from "./answered-command";

/** A registry or the bucket of its layers, as it answers a request. */
interface Reply {
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
async function ask(aws: LocalAws, url: string, headers: http.OutgoingHttpHeaders): Promise<Reply> {
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

function refused(reason: string): Ended {
  return { stdout: "", stderr: `Error response from daemon: ${reason}\n`, exitCode: 1 };
}

/**
 * `docker login` and `docker pull`.
 * @param whyNoImage why the machine cannot pull an image; by default it has a route and the permissions
 */
export function docker(aws: LocalAws, whyNoImage?: (image: string) => Promise<string | undefined>): Answer {
  const tokens = new Map<string, string>();

  async function logIn(args: string[], stdin: string): Promise<Ended> {
    const host = args.at(-1) ?? "";
    const user = args[args.indexOf("--username") + 1] ?? "";
    const token = Buffer.from(`${user}:${stdin.trim()}`).toString("base64");
    const { status } = await ask(aws, `https://${host}/v2/`, { authorization: `Basic ${token}` });
    if (registryAt(host) === undefined || status !== 200) {
      return refused(`login attempt to https://${host}/v2/ failed with status: ${status}`);
    }
    tokens.set(host, token);
    return { stdout: "Login Succeeded\n", stderr: "", exitCode: 0 };
  }

  async function pull(image: string): Promise<Ended> {
    const { host, repository, tag } = partsOf(image);
    const token = tokens.get(host);
    if (token === undefined) {
      return refused(`Head "https://${host}/v2/${repository}/manifests/${tag}": no basic auth credentials`);
    }
    const failure = await whyNoImage?.(image);
    if (failure !== undefined) {
      return refused(failure);
    }
    const pulled = await pullImage(aws, image, token);
    return "digest" in pulled
      ? {
          stdout: `${tag}: Pulling from ${repository}\nDigest: ${pulled.digest}\nStatus: Downloaded newer image for ${image}\n${image}\n`,
          stderr: "",
          exitCode: 0,
        }
      : refused(pulled.message);
  }

  return async (args, _, { stdin }) => {
    switch (args[0]) {
      case "login":
        return logIn(args, stdin);
      case "pull":
        return pull(args.at(-1) ?? "");
      default:
        return { stdout: "", stderr: `docker ${args.join(" ")} is not known here\n`, exitCode: 1 };
    }
  };
}
