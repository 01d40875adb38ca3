// Docker Hub in one region and ECR Public in two, in a program that moves from CDKTF to CDK Terrain.
// Creates: a cache rule and a repository creation template in each region, and a managed secret for Docker Hub.
// Run: npx tsx examples/docker-hub/move.ts, as docs/move-to-cdk-terrain.md says.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { PullThroughCache, PullThroughCacheFleet, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";

const AWS_VERSION = "~> 5.100"; // hashicorp/aws stays at 5 during the move

const app = new App();

const stack = new TerraformStack(app, "docker-hub");
stack.addOverride("terraform.required_providers.aws.version", AWS_VERSION);
new AwsProvider(stack, "aws", { region: "us-east-1" });
new LocalBackend(stack, { path: "../../../terraform.docker-hub.tfstate" });
new PullThroughCache(stack, "cache", {
  upstreams: [
    Upstream.dockerHub(
      RegistryCredential.managed({
        usernameVariable: "docker_hub_username",
        accessTokenVariable: "docker_hub_access_token",
        version: 1,
      }),
    ),
  ],
});

new PullThroughCacheFleet(app, "public", {
  regions: ["eu-west-1", "ap-southeast-2"],
  upstreams: [Upstream.ecrPublic()],
  providerVersion: AWS_VERSION,
});

app.synth();
