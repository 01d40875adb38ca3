import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCreationTemplateCommand,
  ECRClient,
} from "@aws-sdk/client-ecr";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientConfig } from "../clients";
import type { LocalAws } from "../server";

/** Creates a cache of Docker Hub as people do by hand: a secret, a creation template and a rule. */
export async function createDockerHubCache(aws: LocalAws, region: string): Promise<void> {
  const config = clientConfig(aws, { region });
  const ecr = new ECRClient(config);
  const secret = await new SecretsManagerClient(config).send(
    new CreateSecretCommand({
      Name: "ecr-pullthroughcache/docker-hub",
      SecretString: JSON.stringify({ username: "acme", accessToken: "not-a-token" }),
    }),
  );
  await ecr.send(
    new CreateRepositoryCreationTemplateCommand({ prefix: "docker-hub", appliedFor: ["PULL_THROUGH_CACHE"] }),
  );
  await ecr.send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix: "docker-hub",
      upstreamRegistryUrl: "registry-1.docker.io",
      credentialArn: secret.ARN,
    }),
  );
}
