// The Elastio Cloud Connector pulls its images through caches in three regions instead of from public.ecr.aws.
// Creates, in each region: a cache rule and a repository creation template; a policy to pull; then changes two parameters of Elastio's stack.
// Run: npm run demo without an AWS account, or npx cdktf deploy '*' with AWS credentials.
import { App, TerraformOutput } from "cdktf";
import { PullThroughCacheFleet, StackParameterOverride, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();

const fleet = new PullThroughCacheFleet(app, "elastio", {
  accountId: "111122223333", // yours
  regions: ["us-east-1", "eu-west-1", "ap-southeast-2"],
  upstreams: [Upstream.ecrPublic()],
});

for (const region of fleet.regions) {
  new TerraformOutput(fleet.stackIn(region), "elastio-images", {
    description: "Where Elastio's images are pulled from: append the image's name and tag",
    value: fleet.cacheIn(region).repositoryUri("ecr-public", "elastio"),
  });
}

const connector = fleet.addFinalStack("connector", { region: "us-east-1" });
new StackParameterOverride(connector, "elastio", {
  stackName: "elastio-account-level-stack",
  parameters: {
    ecrPublicPrefix: fleet.templatedRepositoryUri("ecr-public"),
    // All that its roles are to have, with commas between: add those that they have already.
    globalManagedPolicies: fleet.addPullPolicy("pull").policyArn,
  },
});

app.synth();
