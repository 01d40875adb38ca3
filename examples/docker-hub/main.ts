// One registry caches Docker Hub, signing in with a credential that Terraform writes and does not remember.
// Creates: a cache rule, a repository creation template, a Secrets Manager secret and its value.
// Run: npx tsx examples/docker-hub/main.ts, then terraform init and apply in cdktf.out/stacks/docker-hub.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "docker-hub");
new AwsProvider(stack, "aws", { region: "us-east-1" });
new LocalBackend(stack, { path: "../../../terraform.docker-hub.tfstate" });

const cache = new PullThroughCache(stack, "cache", {
  upstreams: [
    Upstream.dockerHub(
      RegistryCredential.managed({
        usernameVariable: "docker_hub_username", // TF_VAR_docker_hub_username
        accessTokenVariable: "docker_hub_access_token", // TF_VAR_docker_hub_access_token
        version: 1, // raise it to write a new token
      }),
    ),
  ],
});

new TerraformOutput(stack, "nginx", { value: cache.repositoryUri("docker-hub", "library/nginx") });

app.synth();
