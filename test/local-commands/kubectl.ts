// Stands in for kubectl and for a cluster whose kubelets pull images: a pod of a Deployment runs once its images are there.
import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import type { LocalAws } from "../local-aws/server";
import type { Answer, Ended } from "./answered-command";
import { whyNoImage } from "./puller";
import type { Puller } from "./puller";

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

interface Pod {
  readonly name: string;
  /** What `-l` selects it by. */
  readonly label: string;
  readonly containers: readonly Container[];
}

/** What a program prints when all is well. */
const printed = (...lines: readonly string[]): Ended => ({ stdout: `${lines.join("\n")}\n`, stderr: "", exitCode: 0 });
const failed = (line: string): Ended => ({ stdout: "", stderr: `${line}\n`, exitCode: 1 });

/** `kubectl apply` of Deployments, `rollout status`, `run`, `get pods`, `describe` and `delete` of a pod. */
export function kubectl(aws: LocalAws, nodes: Puller): Answer {
  /** The pods by what made them, such as `deployment/redis`. A Deployment has one. */
  const pods = new Map<string, Pod>();

  async function containersOf(images: readonly string[]): Promise<Container[]> {
    return Promise.all(images.map(async (image) => ({ image, failure: await whyNoImage(aws, nodes, image) })));
  }

  async function apply(file: string): Promise<Ended> {
    const lines: string[] = [];
    for (const document of parseAllDocuments(fs.readFileSync(file, "utf8"))) {
      const { kind, metadata, spec } = document.toJS() as Deployment;
      if (kind !== "Deployment") {
        return failed(`${kind} is not known here`);
      }
      const { name } = metadata;
      const verb = pods.has(`deployment/${name}`) ? "configured" : "created";
      const containers = await containersOf(spec.template.spec.containers.map(({ image }) => image));
      pods.set(`deployment/${name}`, { name: `${name}-0`, label: `app=${name}`, containers });
      lines.push(`deployment.apps/${name} ${verb}`);
    }
    return printed(...lines);
  }

  async function run(name: string, image: string): Promise<Ended> {
    pods.set(`pod/${name}`, { name, label: `run=${name}`, containers: await containersOf([image]) });
    return printed(`pod/${name} created`);
  }

  function remove(name: string): Ended {
    return pods.delete(`pod/${name}`) ? printed(`pod "${name}" deleted`) : notFound("pods", name);
  }

  /** Prints the pods that a command names, or selects by a label, or all. */
  function show(args: readonly string[], print: (selected: readonly Pod[]) => readonly string[]): Ended {
    const [, , name] = args;
    const label = args.includes("-l") ? args[args.indexOf("-l") + 1] : undefined;
    const isMeant = (pod: Pod): boolean =>
      label === undefined ? name === undefined || pod.name === name : pod.label === label;
    const selected = [...pods.values()].filter(isMeant);
    return selected.length === 0 && label === undefined && name !== undefined
      ? notFound("pods", name)
      : printed(...print(selected));
  }

  function notFound(kind: string, name: string): Ended {
    return failed(`Error from server (NotFound): ${kind} "${name}" not found`);
  }

  function status(containers: readonly Container[]): string {
    return containers.every(({ failure }) => failure === undefined) ? "Running" : "ImagePullBackOff";
  }

  function rollout(name: string): Ended {
    const pod = pods.get(`deployment/${name}`);
    return pod === undefined
      ? notFound("deployments.apps", name)
      : status(pod.containers) === "Running"
        ? printed(`deployment "${name}" successfully rolled out`)
        : failed("error: timed out waiting for the condition");
  }

  function row({ name, containers }: Pod): string {
    const ready = containers.filter(({ failure }) => failure === undefined).length;
    return `${name}   ${ready}/${containers.length}   ${status(containers)}   0   1s`;
  }

  function describePod({ name, containers }: Pod): string[] {
    const events = containers.flatMap(({ image, failure }) => [
      `  Normal   Pulling    kubelet  Pulling image "${image}"`,
      failure === undefined
        ? `  Normal   Pulled     kubelet  Successfully pulled image "${image}"`
        : `  Warning  Failed     kubelet  Failed to pull image "${image}": ${failure}`,
    ]);
    return [`Name:  ${name}`, `Status:  ${status(containers)}`, "Events:", ...events];
  }

  return async (args, _, { cwd }) => {
    const [verb = "", object = "", name = ""] = args;
    const command = /^(get|describe|delete) pods?$/.test(`${verb} ${object}`) ? `${verb} pod` : verb;
    switch (command) {
      case "apply":
        return apply(path.resolve(cwd, args[args.indexOf("-f") + 1] ?? ""));
      case "rollout":
        return rollout(name.replace(/^deployment\//, ""));
      case "run":
        return run(object, (args.find((arg) => arg.startsWith("--image=")) ?? "").replace("--image=", ""));
      case "get pod":
        return show(args, (selected) => ["NAME   READY   STATUS   RESTARTS   AGE", ...selected.map(row)]);
      case "describe pod":
        return show(args, (selected) => selected.flatMap(describePod));
      case "delete pod":
        return remove(name);
      default:
        return failed(`kubectl ${args.join(" ")} is not known here`);
    }
  };
}
