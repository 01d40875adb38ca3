// Scenario: builds and a cluster pull everything through a cache; the names of their images change in Git.
// Creates: three cache rules with templates and a permission to pull; beside the stack, registry-map.json for the command.
// Run: npx tsx examples/use-the-cache/main.ts, then terraform init and apply in cdktf.out/stacks/use-the-cache.
import * as fs from "node:fs";
import * as path from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "use-the-cache");
new AwsProvider(stack, "aws", { region: "eu-west-1" });
new LocalBackend(stack, { path: "../../../terraform.use-the-cache.tfstate" });

const cache = new PullThroughCache(stack, "cache", {
  accountId: "111122223333", // yours; a literal, so that the names are known before an apply
  upstreams: [
    Upstream.dockerHub(RegistryCredential.fromSecretName("ecr-pullthroughcache/docker-hub")),
    Upstream.kubernetes(),
    Upstream.quay(),
  ],
});

cache.grantPullToRoleNamed("eks-node"); // the name of the role that pulls, which exists already

new TerraformOutput(stack, "nginx", { value: cache.imageUri("nginx:1.29") });

app.synth();

const registryMap = JSON.stringify(cache.registryMap(), undefined, 2);
fs.writeFileSync(path.join(app.outdir, "registry-map.json"), `${registryMap}\n`);
