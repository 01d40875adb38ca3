import { App } from "cdktf";
import {
  AlertDestination,
  CacheWarmer,
  CredentialExpiryAlert,
  ExistingSettings,
  FirstPull,
  FleetLayout,
  PullThroughCacheFleet,
  RegistryCredential,
  RegistryEndpoints,
  RegistryPolicy,
  RegistryReplication,
  RegistryScanning,
  SyncFailureAlert,
  Upstream,
} from "cdktf-ecr-pull-through-cache";

// A fleet in one stack, and there in each region what else the package has; test/support/one-stack.ts says what it must
// write. It runs in folders of consumers, with @cdktf/provider-aws 21.
const app = new App();
const fleet = new PullThroughCacheFleet(app, "caches", {
  accountId: "111122223333",
  regions: ["us-east-1", "eu-west-1"],
  layout: FleetLayout.ONE_STACK,
  upstreams: [
    Upstream.dockerHub(
      RegistryCredential.managed({ usernameVariable: "hub_username", accessTokenVariable: "hub_token", version: 1 }),
    ),
    Upstream.github(RegistryCredential.fromSecretName("ecr-pullthroughcache/github")),
    Upstream.privateEcr({ region: "ap-south-1", accountId: "444455556666", prefix: "team" }),
  ],
  repositorySettings: { tags: { team: "platform" } },
});
fleet.addPullPolicy("pull");
fleet.addFinalStack("final", { region: "us-west-2" });
fleet.allowPullFrom({ accountIds: ["555566667777"] });
for (const region of fleet.regions) {
  const cache = fleet.cacheIn(region);
  const stack = fleet.stackIn(region);
  cache.grantPullToRoleNamed("puller");
  cache.existingRepositoryCommands();
  new RegistryPolicy(stack, `policy-${region}`, { region, existing: ExistingSettings.OVERWRITE });
  new RegistryScanning(stack, `scanning-${region}`, { region });
  new RegistryReplication(stack, `replication-${region}`, {
    region,
    destinations: [{ region: "us-west-2" }],
    repositoryPrefixes: ["apps/"],
    existing: ExistingSettings.OVERWRITE,
  });
  const images = ["nginx:1.29"];
  new CacheWarmer(stack, `warmer-${region}`, {
    cache,
    images,
    alarmTopicArn: `arn:aws:sns:${region}:111122223333:alarms`,
  });
  const destination = AlertDestination.newTopic({ topicName: "failures", emailAddresses: ["ops@example.com"] });
  new SyncFailureAlert(stack, `failures-${region}`, { region, destination, ruleName: "failures" });
  new SyncFailureAlert(stack, `log-${region}`, { region, destination: AlertDestination.logGroup() });
  new CredentialExpiryAlert(stack, `expiry-${region}`, {
    cache,
    expiryDates: { "docker-hub": "2999-12-31" },
    destination: AlertDestination.newTopic(),
  });
  new RegistryEndpoints(stack, `endpoints-${region}`, {
    region,
    vpcId: "vpc-0a1b2c3d",
    subnetIds: ["subnet-0a1b2c3d"],
    routeTableIds: ["rtb-0a1b2c3d"],
    clientCidrs: ["10.0.0.0/16"],
    firstPull: FirstPull.INTERNET_ROUTE,
  });
}
app.synth();
