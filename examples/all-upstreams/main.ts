// One registry caches everything that Amazon ECR can cache: nine kinds of upstream and three ways to sign in.
// Creates: a rule and a template for each, one managed secret, a role to read the other account and one to tag repositories.
// Run: npx tsx examples/all-upstreams/main.ts, then terraform init and plan in cdktf.out/stacks/all-upstreams.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { PullThroughCache, RegistryCredential, TagMutability, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "all-upstreams");
new AwsProvider(stack, "aws", { region: "us-east-1" });
new LocalBackend(stack, { path: "../../../terraform.all-upstreams.tfstate" });

const secret = (name: string) =>
  RegistryCredential.fromSecretArn(
    `arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/${name}-AbCdEf`,
  );

const cache = new PullThroughCache(stack, "cache", {
  accountId: "111122223333",
  upstreams: [
    Upstream.ecrPublic(),
    Upstream.kubernetes({ prefix: "k8s" }),
    Upstream.quay(),
    Upstream.dockerHub(
      RegistryCredential.managed({
        usernameVariable: "docker_hub_username",
        accessTokenVariable: "docker_hub_access_token",
        version: 1,
      }),
    ),
    Upstream.github(secret("github")),
    Upstream.gitlab(secret("gitlab")),
    Upstream.azure("contoso", secret("azure")),
    Upstream.chainguard(secret("chainguard"), { repositorySettings: { keepLastImages: 10 } }),
    // Another region of the same account needs no role; another account does, and one is made.
    Upstream.privateEcr({ region: "eu-west-1", prefix: "europe" }),
    Upstream.privateEcr({
      accountId: "444455556666",
      region: "us-east-1",
      prefix: "platform",
      upstreamRepositoryPrefix: "base",
    }),
  ],
  repositorySettings: {
    keepLastImages: 50,
    tagMutability: TagMutability.MUTABLE,
    tags: { team: "platform" },
  },
});

const images: { readonly [prefix: string]: string } = {
  "ecr-public": "docker/library/alpine",
  k8s: "pause",
  quay: "prometheus/node-exporter",
  "docker-hub": "nginx",
  github: "actions/actions-runner",
  gitlab: "gitlab-org/gitlab-runner",
  azure: "app",
  chainguard: "chainguard/static",
  europe: "app",
  platform: "base/java",
};
for (const [prefix, repository] of Object.entries(images)) {
  new TerraformOutput(stack, prefix, { value: cache.repositoryUri(prefix, repository) });
}

app.synth();
