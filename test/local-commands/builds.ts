// Runs the builds that the stand-in's CodeBuild starts: the commands of their buildspecs, in this machine's shell. A
// build pulls and pushes what the stand-in lets a client in its subnets, with its security groups and its role.
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { parse } from "yaml";
import type { StartedBuild } from "../local-aws/codebuild/codebuild";
import { registryAt } from "../local-aws/ecr/hosts";
import { whyNoPull, whyNoPush } from "../local-aws/ecr/pull";
import type { Push } from "../local-aws/ecr/pull";
import type { LocalAws } from "../local-aws/server";
import { execute } from "../support/commands";
import { temporaryFolder } from "../support/temporary-folder";
import { writeAnsweredCommand } from "./answered-command";
import { runAwsCli } from "./aws-cli";
import { ask, docker } from "./docker";
import type { ClientLimits, Reply } from "./docker";

/** What a build has of its project. */
interface Settings {
  readonly serviceRole: string;
  readonly source: { readonly buildspec: string };
  readonly environment: {
    readonly environmentVariables?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly logsConfig?: { readonly cloudWatchLogs?: { readonly groupName?: string } };
  readonly vpcConfig?: { readonly subnets: readonly string[]; readonly securityGroupIds: readonly string[] };
}

interface Buildspec {
  readonly phases: { readonly [phase: string]: { readonly commands?: readonly string[] } };
}

// A failed phase ends the build, but for `build`, which `post_build` follows: no build here has that phase.
// https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
const PHASES = ["install", "pre_build", "build"];

/** Runs every build that starts from now on, and ends it as its commands end. */
export function runBuilds(aws: LocalAws): void {
  aws.codeBuild.onStart = (build) => {
    void run(aws, build)
      .catch(() => "FAULT" as const)
      .then((status) => aws.codeBuild.endBuild(build, build.id, status));
  };
}

async function run(aws: LocalAws, build: StartedBuild): Promise<"SUCCEEDED" | "FAILED"> {
  const settings = build.settings as unknown as Settings;
  const limits = limitsOf(aws, build, settings);
  const commands = temporaryFolder();
  writeAnsweredCommand(commands, "aws", runAwsCli);
  writeAnsweredCommand(commands, "docker", docker(aws, limits));
  const gateway = await startGateway(aws, limits);
  const { phases } = parse(settings.source.buildspec) as Buildspec;
  const lines = PHASES.flatMap((phase) => phases[phase]?.commands ?? []);
  const variables = settings.environment.environmentVariables ?? [];
  try {
    const { status, output } = await execute("/bin/sh", ["-c", ["set -e", "exec 2>&1", ...lines].join("\n")], {
      cwd: temporaryFolder(),
      env: {
        ...aws.environment(build.accountId),
        AWS_REGION: build.region,
        CODEBUILD_BUILD_NUMBER: String(build.buildNumber),
        ...Object.fromEntries(variables.map(({ name, value }) => [name, value])),
        PATH: [commands, path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
        NODE_OPTIONS: preload(gateway),
        PAUSE_SECONDS: "0.01",
      },
    });
    const logGroup = settings.logsConfig?.cloudWatchLogs?.groupName ?? `/aws/codebuild/${build.projectName}`;
    aws.logs.write(logGroup, build.id.split(":")[1] ?? "", output.trimEnd().split("\n"), build);
    return status === 0 ? "SUCCEEDED" : "FAILED";
  } finally {
    gateway.close();
  }
}

/** CodeBuild runs a build in any subnet of its project: what fails in one of them fails. */
function limitsOf(aws: LocalAws, { accountId, region }: StartedBuild, settings: Settings): ClientLimits {
  const { subnets, securityGroupIds } = settings.vpcConfig ?? {};
  const roleName = settings.serviceRole.split("/").at(-1) ?? "";
  async function first(
    repository: string,
    why: (client: Push) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    for (const subnetId of subnets ?? [undefined]) {
      const client = { accountId, region, roleName, subnetId, clientSecurityGroupIds: securityGroupIds, repository };
      const reason = await why(client);
      if (reason !== undefined) {
        return reason;
      }
    }
    return undefined;
  }
  return {
    whyNoPull: (repository, reference, scope) => {
      const { tags, manifests } = aws.ecr.repositories.tryFind(repository, scope) ?? {};
      const cached = (tags?.has(reference) ?? false) || (manifests?.has(reference) ?? false);
      return first(repository, (client) => whyNoPull(aws, { ...client, cached }));
    },
    whyNoPush: (repository) => first(repository, (client) => whyNoPush(aws, client)),
  };
}

/** Answers the requests of programs in a build to registries and to the buckets of layers. */
async function startGateway(aws: LocalAws, limits: ClientLimits): Promise<http.Server> {
  async function answer({ url = "", headers }: http.IncomingMessage): Promise<Reply> {
    const host = String(headers["x-host"]);
    const scope = registryAt(host);
    const [, repository, reference = ""] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url) ?? [];
    const reason = scope && repository && (await limits.whyNoPull(repository, reference, scope));
    if (reason) {
      return { status: 403, headers: {}, body: JSON.stringify({ errors: [{ code: "DENIED", message: reason }] }) };
    }
    const { authorization, accept } = headers;
    return ask(aws, `https://${host}${url}`, { ...(authorization && { authorization }), ...(accept && { accept }) });
  }
  const server = http.createServer((request, response) => {
    void answer(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.unref();
}

/** A preload that leads `fetch` to the gateway, and to nowhere else. */
function preload(gateway: http.Server): string {
  const code = `
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) => {
      const { protocol, host, pathname, search } = new URL(input);
      if (protocol !== "https:") throw new Error("not HTTPS: " + input);
      const headers = { ...init?.headers, "x-host": host };
      return fetch("http://127.0.0.1:${(gateway.address() as AddressInfo).port}" + pathname + search, { ...init, headers });
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}
