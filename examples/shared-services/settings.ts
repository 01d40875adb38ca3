// A registry that has a policy, scanning and replication already comes under Terraform, and a cache is added.
// Creates: a cache; overwrites the registry policy, the scanning and the replication of the registry.
// Run: see docs/registry-settings.md.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import {
  ExistingSettings,
  PullThroughCache,
  RegistryPolicy,
  RegistryReplication,
  RegistryScanning,
  ScanFrequency,
  Upstream,
} from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "registry");
new AwsProvider(stack, "aws", { region: "eu-west-1" });
new LocalBackend(stack, { path: "../../../terraform.registry.tfstate" });

const cache = new PullThroughCache(stack, "cache", {
  accountId: "111122223333", // yours
  upstreams: [Upstream.ecrPublic()],
});
cache.allowPullFrom({ accountIds: ["444455556666"] });

const policy = new RegistryPolicy(stack, "registry-policy", { existing: ExistingSettings.OVERWRITE });
policy.addPolicy(
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReplicationFromTeamA",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::555566667777:root" },
        Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
        Resource: "arn:aws:ecr:eu-west-1:111122223333:repository/team-a/*",
      },
    ],
  }),
);

new RegistryScanning(stack, "scanning", {
  rules: [{ frequency: ScanFrequency.SCAN_ON_PUSH }],
});

new RegistryReplication(stack, "replication", {
  existing: ExistingSettings.NONE,
  destinations: [{ region: "us-east-1" }],
  repositoryPrefixes: ["team-a/"],
});

app.synth();
