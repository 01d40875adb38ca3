import { PullThroughCacheFleet, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import { DOCKER_HUB_CREDENTIAL, FLEET, GITHUB_SECRET, REPOSITORIES } from "./declaration";
import { runMeasuredApp } from "./measured-app";

runMeasuredApp((app, regions) => {
  new PullThroughCacheFleet(app, FLEET, {
    regions,
    upstreams: [
      Upstream.ecrPublic(),
      Upstream.kubernetes(),
      Upstream.quay(),
      Upstream.dockerHub(RegistryCredential.managed(DOCKER_HUB_CREDENTIAL)),
      Upstream.github(RegistryCredential.fromSecretName(GITHUB_SECRET)),
    ],
    repositorySettings: REPOSITORIES,
  });
});
