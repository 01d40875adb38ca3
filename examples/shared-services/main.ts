// A central account caches registries in two regions; two other accounts and an organization pull from it.
// Creates in each region: caches, the registry policy, scanning and alerts; in another account: the permission for its roles.
// Run: npx tsx examples/shared-services/main.ts, then terraform init and plan in each folder of cdktf.out/stacks.
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import {
  AlertDestination,
  CredentialExpiryAlert,
  ExistingSettings,
  PullThroughCacheFleet,
  RegistryCredential,
  RegistryPolicy,
  RegistryScanning,
  SyncFailureAlert,
  Upstream,
} from "cdktf-ecr-pull-through-cache";

const app = new App();
const fleet = new PullThroughCacheFleet(app, "shared", {
  accountId: "111122223333", // the central account
  regions: ["eu-west-1", "us-east-1"],
  upstreams: [
    Upstream.ecrPublic(),
    Upstream.dockerHub(RegistryCredential.fromSecretName("ecr-pullthroughcache/docker-hub")),
  ],
});

fleet.allowPullFrom({
  accountIds: ["444455556666", "777788889999"],
  organizationId: "o-a1b2c3d4e5",
});

for (const region of fleet.regions) {
  const stack = fleet.stackIn(region);
  new RegistryPolicy(stack, "registry-policy", { existing: ExistingSettings.NONE });
  new RegistryScanning(stack, "scanning");
  const failures = new SyncFailureAlert(stack, "sync-failures", {
    destination: AlertDestination.newTopic({ emailAddresses: ["platform@example.com"] }),
  });
  new CredentialExpiryAlert(stack, "credential-expiry", {
    cache: fleet.cacheIn(region),
    expiryDates: { "docker-hub": "2099-12-31" }, // the date that Docker Hub shows for the access token
    destination: failures.destination,
  });
  new TerraformOutput(stack, "alerts", { value: failures.topicArn });
}

// In the account 444455556666: the policy to attach to each role that pulls.
const team = new TerraformStack(app, "team");
new AwsProvider(team, "aws", { region: "eu-west-1", allowedAccountIds: ["444455556666"] });
new LocalBackend(team, { path: "../../../terraform.team.tfstate" });
const policy = new IamPolicy(team, "pull", {
  namePrefix: "pull-through-cache-",
  policy: fleet.pullPolicyJson(),
});
new TerraformOutput(team, "policy", { value: policy.arn });

app.synth();
