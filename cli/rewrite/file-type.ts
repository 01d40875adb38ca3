import * as path from "node:path";
import { composeMentions, isComposeFile } from "./compose";
import { dockerfileMentions, looksLikeDockerfile } from "./dockerfile";
import { helmMentions } from "./helm-values";
import { isKubernetesObject, kubernetesMentions } from "./kubernetes";
import type { Mention } from "./mention";
import { UnreadableText } from "./mention";
import { yamlDocuments } from "./yaml";
import type { YamlDocument } from "./yaml";

/** The kinds of files that name images. */
export const FILE_TYPES = ["dockerfile", "compose", "kubernetes", "helm-values"] as const;

export type FileType = (typeof FILE_TYPES)[number];

/** The images of a file, and its type; null for a file without content. */
export interface ReadFile {
  readonly type: FileType | null;
  readonly mentions: readonly Mention[];
}

const DOCKERFILE_NAME = /^(?:Dockerfile|Containerfile)(?:\..+)?$|\.(?:dockerfile|containerfile)$/i;
const COMPOSE_NAME = /^(?:docker-|podman-)?compose(?:[._-].+)?\.ya?ml$|[._-]compose\.ya?ml$/i;
const HELM_NAME = /^values(?:[._-].+)?\.ya?ml$|[._-]values\.ya?ml$/i;
const YAML_NAME = /\.(?:ya?ml|json)$/i;

type YamlType = Exclude<FileType, "dockerfile">;

const MENTIONS: { readonly [type in YamlType]: (document: YamlDocument) => Mention[] } = {
  compose: composeMentions,
  kubernetes: kubernetesMentions,
  "helm-values": helmMentions,
};

/** The images that a file names. Without a type, its name or its content says what it is. */
export function readFile(text: string, name: string | undefined, given?: FileType): ReadFile {
  const base = name === undefined ? "" : path.basename(name);
  if (given === undefined ? isDockerfile(text, base) : given === "dockerfile") {
    return { type: "dockerfile", mentions: dockerfileMentions(text) };
  }
  const documents = yamlDocuments(text);
  const type = yamlType(given) ?? typeOf(documents, base);
  if (type !== undefined) {
    return { type, mentions: documents.flatMap((document) => MENTIONS[type](document)) };
  }
  if (text.trim() === "" || (documents.length === 0 && YAML_NAME.test(base))) {
    return { type: null, mentions: [] };
  }
  throw new UnreadableText(
    `this is no Dockerfile, Compose file, Kubernetes object or values.yaml: leave it out, or give --type (${FILE_TYPES.join(", ")})`,
    0,
  );
}

function isDockerfile(text: string, name: string): boolean {
  return DOCKERFILE_NAME.test(name) || (!YAML_NAME.test(name) && looksLikeDockerfile(text));
}

function yamlType(type: FileType | undefined): YamlType | undefined {
  return type === "dockerfile" ? undefined : type;
}

function typeOf(documents: readonly YamlDocument[], name: string): YamlType | undefined {
  if (documents.some(isKubernetesObject)) {
    return "kubernetes";
  }
  if (COMPOSE_NAME.test(name) || (!HELM_NAME.test(name) && documents.some(isComposeFile))) {
    return "compose";
  }
  return HELM_NAME.test(name) ? "helm-values" : undefined;
}
