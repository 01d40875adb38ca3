import * as path from "node:path";
import { composeMentions, isComposeFile, mayBeComposeFile } from "./compose";
import { dockerfileMentions, looksLikeDockerfile } from "./dockerfile";
import { helmMentions } from "./helm-values";
import { isKubernetesObject, kubernetesMentions } from "./kubernetes";
import { isKustomization, kustomizationMentions } from "./kustomization";
import type { Mention } from "./mention";
import { UnreadableText } from "./mention";
import { yamlDocuments } from "./yaml";
import type { YamlDocument } from "./yaml";

/** The kinds of files that name images. */
export const FILE_TYPES = ["dockerfile", "compose", "kubernetes", "kustomization", "helm-values"] as const;

export type FileType = (typeof FILE_TYPES)[number];

/** The images of a file, and its type; null for a file without content. */
export interface ReadFile {
  readonly type: FileType | null;
  readonly mentions: readonly Mention[];
}

const DOCKERFILE_NAME = /^(?:Dockerfile|Containerfile)(?:\..+)?$|\.(?:dockerfile|containerfile)$/i;
const COMPOSE_NAME = /^(?:docker-|podman-)?compose(?:[._-].+)?\.ya?ml$|[._-]compose\.ya?ml$/i;
const HELM_NAME = /^values(?:[._-].+)?\.ya?ml$|[._-]values\.ya?ml$/i;
const KUSTOMIZATION_NAME = /^kustomization(?:\.ya?ml)?$/i;
/** Files beside a Dockerfile that are none. */
const IGNORE_NAME = /\.(?:docker|container)?ignore$/i;
const YAML_NAME = /\.(?:ya?ml|json)$/i;

type YamlType = Exclude<FileType, "dockerfile">;

const MENTIONS: { readonly [type in YamlType]: (document: YamlDocument) => Mention[] } = {
  compose: composeMentions,
  kubernetes: kubernetesMentions,
  kustomization: kustomizationMentions,
  "helm-values": helmMentions,
};

/** The images that a file names. Without a type, its name or its content says what it is. */
export function readFile(text: string, name: string | undefined, given?: FileType): ReadFile {
  const base = name === undefined ? "" : path.basename(name);
  if (text.trim() === "" || (given === undefined && IGNORE_NAME.test(base))) {
    return { type: null, mentions: [] };
  }
  if (given === undefined ? isDockerfile(text, base) : given === "dockerfile") {
    return { type: "dockerfile", mentions: dockerfileMentions(text) };
  }
  const documents = yamlDocuments(text);
  const type = yamlType(given) ?? typeOf(documents, base);
  checkType(documents, given);
  if (type !== undefined) {
    return { type, mentions: documents.flatMap((document) => document.withSharedTexts(MENTIONS[type](document))) };
  }
  if (documents.length === 0 && YAML_NAME.test(base)) {
    return { type: null, mentions: [] };
  }
  throw new UnreadableText(
    `this is no Dockerfile, Compose file, Kubernetes object, kustomization or values.yaml: leave it out, or give --type (${FILE_TYPES.join(", ")})`,
    0,
  );
}

function isDockerfile(text: string, name: string): boolean {
  return DOCKERFILE_NAME.test(name) || (!YAML_NAME.test(name) && looksLikeDockerfile(text));
}

function yamlType(type: FileType | undefined): YamlType | undefined {
  return type === "dockerfile" ? undefined : type;
}

/** Throws if a file cannot have the type that a user gives. */
function checkType(documents: readonly YamlDocument[], given: FileType | undefined): void {
  if (documents.length > 0 && given === "kubernetes" && !documents.some(isKubernetesObject)) {
    throw new UnreadableText("this is no Kubernetes object: it has no apiVersion and kind", 0);
  }
  if (documents.length > 0 && given === "compose" && !documents.some(mayBeComposeFile)) {
    throw new UnreadableText("this is no Compose file: it has no services", 0);
  }
}

function typeOf(documents: readonly YamlDocument[], name: string): YamlType | undefined {
  if (KUSTOMIZATION_NAME.test(name) || documents.some(isKustomization)) {
    return "kustomization";
  }
  if (documents.some(isKubernetesObject)) {
    return "kubernetes";
  }
  if (COMPOSE_NAME.test(name) || (!HELM_NAME.test(name) && documents.some(isComposeFile))) {
    return "compose";
  }
  return HELM_NAME.test(name) ? "helm-values" : undefined;
}
