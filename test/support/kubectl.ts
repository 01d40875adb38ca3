// Stands in for kubectl and for a cluster whose kubelets pull images: a pod of a Deployment runs once its images are there.
import * as fs from "node:fs";
import * as path from "node:path";
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { parseAllDocuments } from "yaml";
import { clientConfig } from "../local-aws/clients";
import { registryAt } from "../local-aws/ecr/hosts";
import { whyNoPull } from "../local-aws/ecr/pull";
import type { LocalAws } from "../local-aws/server";
import type { Answer, Ended } from "./answered-command";
import { partsOf, pullImage } from "./docker";

/** The nodes of the cluster: where they are, and the role that their kubelet signs in with. */
export interface Nodes {
  readonly roleName: string;
  readonly subnetId: string;
  readonly securityGroupIds?: readonly string[];
}

interface Deployment {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

/** A container of a pod, and why the kubelet could not pull its image. */
interface Container {
  readonly image: string;
  readonly failure: string | undefined;
}

/** What a program prints when all is well. */
const printed = (...lines: readonly string[]): Ended => ({ stdout: `${lines.join("\n")}\n`, stderr: "", exitCode: 0 });
const failed = (line: string): Ended => ({ stdout: "", stderr: `${line}\n`, exitCode: 1 });

/** `kubectl apply`, `rollout status`, `get pods` and `describe pods`, for Deployments. */
export function kubectl(aws: LocalAws, nodes: Nodes): Answer {
  const deployments = new Map<string, readonly Container[]>();

  /** Why a kubelet cannot pull, in containerd's words; undefined where it can. */
  async function whyNoImage(image: string): Promise<string | undefined> {
    const { host, repository, tag } = partsOf(image);
    const scope = registryAt(host);
    const resolve = `failed to pull and unpack image "${image}": failed to resolve reference "${image}"`;
    if (scope === undefined) {
      return `${resolve}: failed to do request: Head "https://${host}/v2/${repository}/manifests/${tag}": dial tcp: i/o timeout`;
    }
    const { roleName, subnetId, securityGroupIds: clientSecurityGroupIds } = nodes;
    const reason = await whyNoPull(aws, {
      ...scope,
      roleName,
      subnetId,
      clientSecurityGroupIds,
      repository,
      cached: aws.ecr.repositories.tryFind(repository, scope)?.tags.has(tag) ?? false,
    });
    if (reason !== undefined) {
      // A first pull that may not create the repository is answered as if the upstream had none.
      const isUnknown = /ecr:(CreateRepository|BatchImportUpstreamImage|TagResource)/.test(reason);
      const isDenied = /\becr:|\bs3:/.test(reason);
      return isUnknown
        ? `${resolve}: ${image}: not found`
        : isDenied
          ? `${resolve}: unexpected status from HEAD request to https://${host}/v2/${repository}/manifests/${tag}: 403 Forbidden`
          : `failed to pull and unpack image "${image}": failed to copy: httpReadSeeker: failed open: dial tcp: i/o timeout`;
    }
    const { authorizationData = [] } = await new ECRClient(clientConfig(aws, scope)).send(
      new GetAuthorizationTokenCommand({}),
    );
    const pulled = await pullImage(aws, image, authorizationData[0]?.authorizationToken ?? "");
    if ("digest" in pulled) {
      return undefined;
    }
    return pulled.status === 404
      ? `${resolve}: ${image}: not found`
      : `${resolve}: unexpected status from HEAD request to https://${host}/v2/${repository}/manifests/${tag}: ${pulled.status} Forbidden`;
  }

  async function apply(file: string): Promise<Ended> {
    const lines: string[] = [];
    for (const document of parseAllDocuments(fs.readFileSync(file, "utf8"))) {
      const { kind, metadata, spec } = document.toJS() as Deployment;
      if (kind !== "Deployment") {
        return failed(`${kind} is not known here`);
      }
      const containers = spec.template.spec.containers.map(async ({ image }) => ({
        image,
        failure: await whyNoImage(image),
      }));
      const verb = deployments.has(metadata.name) ? "configured" : "created";
      deployments.set(metadata.name, await Promise.all(containers));
      lines.push(`deployment.apps/${metadata.name} ${verb}`);
    }
    return printed(...lines);
  }

  /** The pods of a Deployment named by a label `app=<name>`, or of all. */
  function pods(args: readonly string[]): [string, readonly Container[]][] {
    const [, name] = /^app=(.+)$/.exec(args[args.indexOf("-l") + 1] ?? "") ?? [];
    return [...deployments].filter(([deployment]) => name === undefined || deployment === name);
  }

  function status(containers: readonly Container[]): string {
    return containers.every(({ failure }) => failure === undefined) ? "Running" : "ImagePullBackOff";
  }

  function rollout(name: string): Ended {
    const containers = deployments.get(name);
    return containers === undefined
      ? failed(`Error from server (NotFound): deployments.apps "${name}" not found`)
      : status(containers) === "Running"
        ? printed(`deployment "${name}" successfully rolled out`)
        : failed("error: timed out waiting for the condition");
  }

  function describePod([name, containers]: [string, readonly Container[]]): string[] {
    const events = containers.flatMap(({ image, failure }) => [
      `  Normal   Pulling    kubelet  Pulling image "${image}"`,
      failure === undefined
        ? `  Normal   Pulled     kubelet  Successfully pulled image "${image}"`
        : `  Warning  Failed     kubelet  Failed to pull image "${image}": ${failure}`,
    ]);
    return [`Name:  ${name}-0`, `Status:  ${status(containers)}`, "Events:", ...events];
  }

  return async (args, _, { cwd }) => {
    const [verb = "", object = ""] = args;
    if (verb === "apply") {
      return apply(path.resolve(cwd, args[args.indexOf("-f") + 1] ?? ""));
    }
    if (verb === "rollout" && object === "status") {
      return rollout((args[2] ?? "").replace(/^deployment\//, ""));
    }
    if (verb === "get" && /^pods?$/.test(object)) {
      const rows = pods(args).map(([name, containers]) => `${name}-0   ${status(containers)}   0`);
      return printed("NAME   STATUS   RESTARTS", ...rows);
    }
    return verb === "describe" && /^pods?$/.test(object)
      ? printed(...pods(args).flatMap(describePod))
      : failed(`kubectl ${args.join(" ")} is not known here`);
  };
}
