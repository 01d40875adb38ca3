// A rule for Docker Hub and its secret, which a configuration in HCL declared, move into a cache in the same state.
// Creates: a repository creation template. The rule, the secret and its value are moved, not created again.
// Run: npx tsx examples/docker-hub/migrate.ts, then terraform init and apply in cdktf.out/stacks/docker-hub.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "docker-hub");
new AwsProvider(stack, "aws", { region: "eu-west-1" });
new LocalBackend(stack, { path: "../../../terraform.tfstate" }); // the backend of the configuration in HCL

const cache = new PullThroughCache(stack, "cache", {
  upstreams: [
    Upstream.dockerHub(
      RegistryCredential.managed({
        usernameVariable: "docker_hub_username", // TF_VAR_docker_hub_username
        accessTokenVariable: "docker_hub_access_token", // TF_VAR_docker_hub_access_token
        version: 1, // as secret_string_wo_version in HCL
      }),
    ),
  ],
});

const secretVersion = cache.node.findChild("docker-hub-secret-version") as SecretsmanagerSecretVersion;
cache.rule("docker-hub").moveFromId("aws_ecr_pull_through_cache_rule.docker_hub");
cache.secret("docker-hub").moveFromId("aws_secretsmanager_secret.docker_hub");
secretVersion.moveFromId("aws_secretsmanager_secret_version.docker_hub");

app.synth();
