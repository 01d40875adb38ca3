import type { App } from "cdktf";
import { PullThroughCacheFleet, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import { DOCKER_HUB_CREDENTIAL, FLEET, GITHUB_SECRET, REPOSITORIES, prefixesOfEcrPublic } from "./declaration";

/** Declares a fleet with five upstreams, or with some number of caches of ECR Public. */
export function declare(app: App, regions: readonly string[], upstreams?: number): void {
  new PullThroughCacheFleet(app, FLEET, {
    regions: [...regions],
    upstreams:
      upstreams === undefined
        ? [
            Upstream.ecrPublic(),
            Upstream.kubernetes(),
            Upstream.quay(),
            Upstream.dockerHub(RegistryCredential.managed(DOCKER_HUB_CREDENTIAL)),
            Upstream.github(RegistryCredential.fromSecretName(GITHUB_SECRET)),
          ]
        : prefixesOfEcrPublic(upstreams).map((prefix) => Upstream.ecrPublic({ prefix })),
    repositorySettings: REPOSITORIES,
  });
}
