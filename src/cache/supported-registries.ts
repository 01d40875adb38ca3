import { AZURE_NAME } from "./rules";

/** A registry that Amazon ECR can cache. */
export interface SupportedRegistry {
  /** What people call it. */
  readonly name: string;
  /** The host ECR asks; where customers have hosts of their own, the shape of them. */
  readonly host: string | RegExp;
  /** The repository prefix AWS's console proposes or its guide uses. */
  readonly usualPrefix: string;
  /** Whether a Secrets Manager secret is needed, or cannot be given. */
  readonly credential: "required" | "impossible";
  /** The factory, for messages. */
  readonly factory: string;
}

export type RegistryKind =
  "ecr-public" | "kubernetes" | "quay" | "docker-hub" | "github" | "gitlab" | "azure" | "chainguard" | "private-ecr";

/**
 * Every registry that ECR documents as an upstream.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
 */
export const SUPPORTED_REGISTRIES: { readonly [kind in RegistryKind]: SupportedRegistry } = {
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
    host: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z.-]+$/,
    usualPrefix: "ecr",
    credential: "impossible",
    factory: "Upstream.privateEcr(options)",
  },
};

/** The kind of registry that answers at `host`, if ECR documents it. */
export function kindOf(host: string): RegistryKind | undefined {
  return (Object.keys(SUPPORTED_REGISTRIES) as RegistryKind[]).find((kind) => {
    const known = SUPPORTED_REGISTRIES[kind].host;
    return typeof known === "string" ? known === host : known.test(host);
  });
}

const UNSUPPORTED: readonly { readonly host: RegExp; readonly reason: string }[] = [
  {
    host: /^(index\.|www\.|hub\.)?docker\.(io|com)$|^registry\.hub\.docker\.com$/,
    reason: "ECR reaches Docker Hub as registry-1.docker.io: use Upstream.dockerHub(credential)",
  },
  {
    host: /\.azurecr\.io$/,
    reason: `before .azurecr.io stand ${AZURE_NAME}: check it`,
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
    reason: "ECR caches GitLab.com only, not a GitLab of your own: copy these images into a private repository",
  },
];

/** Why ECR cannot cache the registry at `host`, where that is known. */
export function reasonUnsupported(host: string): string | undefined {
  return UNSUPPORTED.find((entry) => entry.host.test(host))?.reason;
}
