import { isSeq } from "yaml";
import type { Mention } from "./mention";
import { eachMap, keyOf } from "./yaml";
import type { YamlDocument, YamlNode } from "./yaml";

// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec
const CONTAINERS: ReadonlySet<string> = new Set(["containers", "initContainers", "ephemeralContainers"]);
const VOLUMES = "volumes";

/** Whether a document is an object of Kubernetes. */
export function isKubernetesObject(document: YamlDocument): boolean {
  return ["apiVersion", "kind"].every((key) => document.string(document.get(document.root, key)) !== undefined);
}

/** The images of the containers, and of the image volumes, of all specifications of pods in a document. */
export function kubernetesMentions(document: YamlDocument): Mention[] {
  const images = new Set<YamlNode>();
  eachMap(document.root, (map) => {
    for (const { key, value } of map.items) {
      const name = keyOf(key);
      if (CONTAINERS.has(name) && isSeq(document.resolved(value))) {
        document.items(value).forEach((container) => images.add(document.placed(container, "image")));
      } else if (name === VOLUMES && isSeq(document.resolved(value))) {
        // https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/
        document
          .items(value)
          .forEach((volume) => images.add(document.placed(document.get(volume, "image"), "reference")));
      }
    }
  });
  return [...images].filter((node) => document.string(node) !== undefined).map((node) => document.mention(node));
}
