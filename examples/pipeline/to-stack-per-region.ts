// Scenario: the fleet of to-one-stack.ts has one stack, and moves into a stack per region.
// Creates new roles, if the cache has roles. Rules, templates and secrets stay: the new stacks import them, the former one forgets them.
// Run: npx tsx examples/pipeline/to-stack-per-region.ts, then apply the stacks of the regions first and registries-regions after them.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, S3Backend, TerraformStack } from "cdktf";
import { PullThroughCacheFleet, RegistryCredential, StateBackend, Upstream } from "cdktf-ecr-pull-through-cache";

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

// The new stacks import what exists. Each has a provider in its region, so the IDs need no region.
for (const [region, secretArn] of Object.entries(secretArns)) {
  const cache = fleet.cacheIn(region);
  for (const { prefix } of cache.upstreams) {
    cache.rule(prefix).importFrom(prefix);
    cache.template(prefix).importFrom(prefix);
  }
  cache.secret("docker-hub").importFrom(secretArn);
}

// The former stack forgets it, and destroys the rest: the roles that nothing uses any more.
const former = new TerraformStack(app, "registries-regions");
new AwsProvider(former, "aws", { region: "us-east-1", allowedAccountIds: [accountId] }); // with the fleet's `providerConfig`
former.addOverride("terraform.required_providers.aws.version", ">= 6.0.0, < 7.0.0");
const key = "ecr-pull-through-cache/registries-regions.tfstate";
new S3Backend(former, { ...states, key, encrypt: true }).addOverride("use_lockfile", true);
fleet.regions.forEach((region) => former.addDependency(fleet.stackIn(region)));
former.addOverride(
  "removed",
  [
    // `terraform state list` in the folder of the stack prints the addresses.
    "aws_ecr_pull_through_cache_rule.us-east-1_ecr-public-rule_B7B41C0F",
    "aws_ecr_repository_creation_template.us-east-1_ecr-public-template_A161E163",
    "aws_ecr_pull_through_cache_rule.us-east-1_docker-hub-rule_B4AAF3EE",
    "aws_ecr_repository_creation_template.us-east-1_docker-hub-template_E22A881C",
    "aws_secretsmanager_secret.us-east-1_docker-hub-secret_3C99887D",
    "aws_secretsmanager_secret_version.us-east-1_docker-hub-secret-version_7F3E4914",
    "aws_ecr_pull_through_cache_rule.eu-west-1_ecr-public-rule_222A2038",
    "aws_ecr_repository_creation_template.eu-west-1_ecr-public-template_C4B3B74E",
    "aws_ecr_pull_through_cache_rule.eu-west-1_docker-hub-rule_507DE686",
    "aws_ecr_repository_creation_template.eu-west-1_docker-hub-template_FF641D83",
    "aws_secretsmanager_secret.eu-west-1_docker-hub-secret_BCD6509C",
    "aws_secretsmanager_secret_version.eu-west-1_docker-hub-secret-version_C855CAB3",
  ].map((from) => ({ from, lifecycle: { destroy: false } })),
);

app.synth();
