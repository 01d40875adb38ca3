// The Elastio Cloud Connector pulls its images through caches in three regions instead of from public.ecr.aws.
// Creates, in each region: a cache rule for Amazon ECR Public under ecr-public, and a repository creation template.
// Run: npm run synth, or npx cdktf deploy '*' with AWS credentials.
import { App, TerraformOutput } from "cdktf";
import { PullThroughCacheFleet, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();

const fleet = new PullThroughCacheFleet(app, "elastio", {
  regions: ["us-east-1", "eu-west-1", "ap-southeast-2"],
  upstreams: [Upstream.ecrPublic()],
});

for (const region of fleet.regions) {
  new TerraformOutput(fleet.stackIn(region), "elastio-images", {
    description: "Where Elastio's images are pulled from: append the image's name and tag",
    value: fleet.cacheIn(region).repositoryUri("ecr-public", "elastio"),
  });
}

app.synth();
