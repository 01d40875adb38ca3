// Scenario: the fleet of main.ts has a stack per region, and moves into one stack; needs @cdktf/provider-aws 21.
// Creates new roles, if the cache has roles. Rules, templates and secrets stay: the new stack imports them, the former ones forget them.
// Run: npx tsx examples/pipeline/to-one-stack.ts, then apply registries-regions first and the former stacks after it.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, S3Backend, TerraformStack } from "cdktf";
import {
  FleetLayout,
  PullThroughCacheFleet,
  RegistryCredential,
  StateBackend,
  Upstream,
} from "cdktf-ecr-pull-through-cache";

const accountId = "111122223333"; // yours
const states = { bucket: "terraform-states-111122223333", region: "us-east-1" };
// By region: `aws secretsmanager list-secrets --region <region>` prints the ARN.
const secretArns = {
  "us-east-1": "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf",
  "eu-west-1": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-GhIjKl",
};

const app = new App();
const fleet = new PullThroughCacheFleet(app, "registries", {
  accountId,
  regions: Object.keys(secretArns),
  layout: FleetLayout.ONE_STACK,
  backend: StateBackend.s3(states),
  upstreams: [
    Upstream.ecrPublic(),
    Upstream.dockerHub(
      RegistryCredential.managed({
        usernameVariable: "docker_hub_username",
        accessTokenVariable: "docker_hub_access_token",
        version: 1,
      }),
    ),
  ],
  repositorySettings: { tags: { team: "platform" } }, // ECR gets the role that it needs for that
});

// The new stack imports what exists.
for (const [region, secretArn] of Object.entries(secretArns)) {
  const cache = fleet.cacheIn(region);
  for (const { prefix } of cache.upstreams) {
    cache.rule(prefix).importFrom(`${prefix}@${region}`);
    cache.template(prefix).importFrom(`${prefix}@${region}`);
  }
  cache.secret("docker-hub").importFrom(`${secretArn}@${region}`);
}

// The former stacks forget it, and destroy the rest: the roles that nothing uses any more.
for (const region of fleet.regions) {
  const former = new TerraformStack(app, `registries-${region}`);
  new AwsProvider(former, "aws", { region, allowedAccountIds: [accountId] }); // with the fleet's `providerConfig`
  former.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");
  const key = `ecr-pull-through-cache/registries-${region}.tfstate`;
  new S3Backend(former, { ...states, key, encrypt: true }).addOverride("use_lockfile", true);
  former.addDependency(fleet.stackIn(region));
  former.addOverride(
    "removed",
    [
      "aws_ecr_pull_through_cache_rule.ecr-public-rule",
      "aws_ecr_repository_creation_template.ecr-public-template",
      "aws_ecr_pull_through_cache_rule.docker-hub-rule",
      "aws_ecr_repository_creation_template.docker-hub-template",
      "aws_secretsmanager_secret.docker-hub-secret",
      "aws_secretsmanager_secret_version.docker-hub-secret-version",
    ].map((from) => ({ from, lifecycle: { destroy: false } })),
  );
}

app.synth();
