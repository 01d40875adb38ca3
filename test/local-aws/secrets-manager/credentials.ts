import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientConfig } from "../clients";
import type { LocalAws } from "../server";
import type { Scope } from "../service";

/** Makes a credential that an example expects to be there, such as `docker-hub`. */
export async function createCredential(aws: LocalAws, name: string, scope: Partial<Scope>): Promise<void> {
  await new SecretsManagerClient(clientConfig(aws, scope)).send(
    new CreateSecretCommand({
      Name: `ecr-pullthroughcache/${name}`,
      SecretString: JSON.stringify({ username: "bot", accessToken: "not-a-token" }),
    }),
  );
}
