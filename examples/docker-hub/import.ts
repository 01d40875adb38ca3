// A rule for Docker Hub, its template and its secret exist: somebody created them by hand, or with another tool.
// Creates: nothing that exists. Terraform imports these three and writes the secret's value again.
// Run: npx tsx examples/docker-hub/import.ts, then terraform init and apply in cdktf.out/stacks/docker-hub.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
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

const secretArn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"; // yours
cache.rule("docker-hub").importFrom("docker-hub");
cache.template("docker-hub").importFrom("docker-hub");
cache.secret("docker-hub").importFrom(secretArn);

app.synth();
