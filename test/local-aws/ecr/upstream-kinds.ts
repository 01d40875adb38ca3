/** An upstream that Amazon ECR knows: its hosts, and how ECR signs in there. */
export interface UpstreamKind {
  readonly host: RegExp;
  readonly signIn: "none" | "credential" | "role";
}

/** By their names in the API. https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html */
const KINDS: { readonly [name: string]: UpstreamKind } = {
  "ecr-public": { host: /^public\.ecr\.aws$/, signIn: "none" },
  k8s: { host: /^registry\.k8s\.io$/, signIn: "none" },
  quay: { host: /^quay\.io$/, signIn: "none" },
  "docker-hub": { host: /^registry-1\.docker\.io$/, signIn: "credential" },
  "github-container-registry": { host: /^ghcr\.io$/, signIn: "credential" },
  "gitlab-container-registry": { host: /^registry\.gitlab\.com$/, signIn: "credential" },
  "azure-container-registry": { host: /^[a-z0-9-]+\.azurecr\.io$/, signIn: "credential" },
  chainguard: { host: /^cgr\.dev$/, signIn: "credential" },
  ecr: { host: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/, signIn: "role" },
};

/** The name and the kind of an upstream; undefined where Amazon ECR does not know the host. */
export function kindOf(host: string): (UpstreamKind & { readonly name: string }) | undefined {
  const [name, kind] = Object.entries(KINDS).find(([, candidate]) => candidate.host.test(host)) ?? [];
  return name === undefined || kind === undefined ? undefined : { name, ...kind };
}
