import { DEFAULT_DOMAIN } from "./image-grammar";

/** The names that Azure accepts for a registry. A hyphen and a hash follow if its owner chose a domain name label scope. */
export const AZURE_NAME = "5 to 50 lower-case letters and digits, with or without a hyphen and a hash behind them";

/** A registry that Amazon ECR can cache. */
interface SupportedRegistry {
  /** Its name in sentences. */
  readonly name: string;
  /** The host that ECR requests; a pattern if every customer has a different host. */
  readonly host: string | RegExp;
  /** The repository prefix that AWS's console proposes or its guide uses. */
  readonly usualPrefix: string;
  /** Whether ECR needs a Secrets Manager secret, or accepts none. */
  readonly credential: "required" | "impossible";
  /** The call of its factory, for messages. */
  readonly factory: `Upstream.${string}(${string})`;
}

/**
 * Every registry that ECR documents as an upstream. Kinds of modules, messages and tests are derived from this table.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
 */
export const SUPPORTED_REGISTRIES = {
  "ecr-public": {
    name: "Amazon ECR Public",
    host: "public.ecr.aws",
    usualPrefix: "ecr-public",
    credential: "impossible",
    factory: "Upstream.ecrPublic()",
  },
  kubernetes: {
    name: "the Kubernetes registry",
    host: "registry.k8s.io",
    usualPrefix: "kubernetes",
    credential: "impossible",
    factory: "Upstream.kubernetes()",
  },
  quay: {
    name: "Quay",
    host: "quay.io",
    usualPrefix: "quay",
    credential: "impossible",
    factory: "Upstream.quay()",
  },
  "docker-hub": {
    name: "Docker Hub",
    host: "registry-1.docker.io",
    usualPrefix: "docker-hub",
    credential: "required",
    factory: "Upstream.dockerHub(credential)",
  },
  github: {
    name: "the GitHub Container Registry",
    host: "ghcr.io",
    usualPrefix: "github",
    credential: "required",
    factory: "Upstream.github(credential)",
  },
  gitlab: {
    name: "the GitLab.com Container Registry",
    host: "registry.gitlab.com",
    usualPrefix: "gitlab",
    credential: "required",
    factory: "Upstream.gitlab(credential)",
  },
  azure: {
    name: "an Azure Container Registry",
    host: /^[a-z0-9]{5,50}(-[a-z0-9]+)?\.azurecr\.io$/,
    usualPrefix: "azure",
    credential: "required",
    factory: "Upstream.azure(registryName, credential)",
  },
  chainguard: {
    name: "the Chainguard Registry",
    host: "cgr.dev",
    usualPrefix: "chainguard",
    credential: "required",
    factory: "Upstream.chainguard(credential)",
  },
  "private-ecr": {
    name: "a private Amazon ECR registry",
    host: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z0-9.-]+$/,
    usualPrefix: "ecr",
    credential: "impossible",
    factory: "Upstream.privateEcr(options)",
  },
} as const satisfies { readonly [kind: string]: SupportedRegistry };

/** A kind of registry that ECR documents as an upstream. */
export type RegistryKind = keyof typeof SUPPORTED_REGISTRIES;

/** A kind of registry that has the same host for every customer. */
export type RegistryKindWithHost = {
  [kind in RegistryKind]: (typeof SUPPORTED_REGISTRIES)[kind]["host"] extends string ? kind : never;
}[RegistryKind];

/** The kind of the registry at a host; undefined if ECR does not document it. */
export function kindOf(host: string): RegistryKind | undefined {
  return (Object.keys(SUPPORTED_REGISTRIES) as RegistryKind[]).find((kind) => {
    const known: string | RegExp = SUPPORTED_REGISTRIES[kind].host;
    return typeof known === "string" ? known === host : known.test(host);
  });
}

/**
 * Hosts that serve the images of a supported registry too, and the domain that stands for the registry in names. ECR
 * requests Docker Hub's images from the host in the table above.
 * https://kubernetes.io/blog/2023/03/10/image-registry-redirect/
 */
export const REGISTRY_ALIASES: { readonly [host: string]: string } = {
  "index.docker.io": DEFAULT_DOMAIN,
  "registry-1.docker.io": DEFAULT_DOMAIN,
  "registry.hub.docker.com": DEFAULT_DOMAIN,
  "k8s.gcr.io": SUPPORTED_REGISTRIES.kubernetes.host,
};

/** The host of any registry that ECR documents, or of Docker Hub: the path of a repository does not begin with it. */
export const REGISTRY_HOST = new RegExp(
  `^(?:${[...Object.values(SUPPORTED_REGISTRIES).map(({ host }) => patternOf(host)), "(?:[^/]*\\.)?docker\\.io"].join("|")})$`,
);

/** The pattern of a host, without its anchors. */
function patternOf(host: string | RegExp): string {
  return typeof host === "string" ? host.replace(/\./g, "\\.") : host.source.slice(1, -1);
}

const UNSUPPORTED: readonly { readonly host: RegExp; readonly reason: string }[] = [
  {
    host: /^(index\.|www\.|hub\.)?docker\.(io|com)$|^registry\.hub\.docker\.com$/,
    reason: "ECR reaches Docker Hub as registry-1.docker.io: use Upstream.dockerHub(credential)",
  },
  {
    host: /\.azurecr\.io$/,
    reason: `the name of an Azure registry has ${AZURE_NAME}: check it`,
  },
  // https://github.com/aws/containers-roadmap/issues/1581
  {
    host: /(^|\.)gcr\.io$/,
    reason: "ECR cannot cache Google Container Registry: copy these images into a private repository",
  },
  {
    host: /\.pkg\.dev$/,
    reason: "ECR cannot cache Google Artifact Registry: copy these images into a private repository",
  },
  {
    host: /^mcr\.microsoft\.com$/,
    reason: "ECR caches Azure registries named <name>.azurecr.io only: copy these images into a private repository",
  },
  // https://github.com/aws/containers-roadmap/issues/2727
  {
    host: /^dhi\.io$/,
    reason: "ECR cannot cache Docker Hardened Images: copy these images into a private repository",
  },
  // https://github.com/aws/containers-roadmap/issues/2339
  {
    host: /^docker\.elastic\.co$/,
    reason: "ECR cannot cache the registry of Elastic: copy these images into a private repository",
  },
  // https://github.com/aws/containers-roadmap/issues/2491
  {
    host: /^registry\.(access\.redhat\.com|redhat\.io)$/,
    reason: "ECR cannot cache the registries of Red Hat: copy these images into a private repository",
  },
  // https://github.com/aws/containers-roadmap/issues/2376
  {
    host: /^containers\.sentinelone\.net$/,
    reason: "ECR cannot cache the registry of SentinelOne: copy these images into a private repository",
  },
  {
    host: /^nvcr\.io$/,
    reason: "ECR cannot cache NVIDIA NGC: copy these images into a private repository",
  },
  // https://github.com/aws/containers-roadmap/issues/2294
  {
    host: /\.jfrog\.io$|jfrog|artifactory/,
    reason: "ECR cannot cache JFrog Artifactory: copy these images into a private repository",
  },
  { host: /harbor/, reason: "ECR cannot cache Harbor: copy these images into a private repository" },
  {
    host: /gitlab/,
    reason: "ECR caches GitLab.com only, not a self-managed GitLab: copy these images into a private repository",
  },
];

/** The reason why ECR cannot cache the registry at a host; undefined if no reason is known. */
export function reasonUnsupported(host: string): string | undefined {
  return UNSUPPORTED.find((entry) => entry.host.test(host))?.reason;
}

/** The host that ECR requests for a domain in names of images. */
export function requestedHost(domain: string): string {
  return domain === DEFAULT_DOMAIN ? SUPPORTED_REGISTRIES["docker-hub"].host : domain;
}

/** The hint for a host that is no upstream: `add` words how to add a kind that ECR can cache. */
export function hintForMissing(host: string, add: (kind: RegistryKind) => string): string {
  const kind = kindOf(host);
  return kind === undefined ? (reasonUnsupported(host) ?? "ECR cannot cache that registry") : add(kind);
}
