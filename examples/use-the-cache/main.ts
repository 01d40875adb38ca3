// Scenario: builds and a cluster pull everything through a cache; the names of their images change in Git.
// Creates: three cache rules with templates and a permission to pull; beside the stack, the registry map and client files.
// Run: npx tsx examples/use-the-cache/main.ts, then terraform init and apply in cdktf.out/stacks/use-the-cache.
import * as fs from "node:fs";
import * as path from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { ClientConfiguration, PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "use-the-cache");
new AwsProvider(stack, "aws", { region: "eu-west-1" });
new LocalBackend(stack, { path: "../../../terraform.use-the-cache.tfstate" });

const cache = new PullThroughCache(stack, "cache", {
  accountId: "111122223333", // yours; a literal, so that the names are known before an apply
  upstreams: [
    Upstream.dockerHub(RegistryCredential.fromSecretName("ecr-pullthroughcache/docker-hub")),
    Upstream.quay(),
    Upstream.kubernetes(),
  ],
});

cache.grantPullToRoleNamed("eks-node"); // the name of the role that pulls, which exists already

new TerraformOutput(stack, "nginx", { value: cache.imageUri("nginx:1.29") });

app.synth();

write("registry-map.json", cache.registryMap());

const configuration = ClientConfiguration.fromRegistryMap(cache.registryMap());
write("mutating-admission-policy.json", {
  apiVersion: "v1",
  kind: "List",
  items: configuration.mutatingAdmissionPolicy(),
});
write("kyverno.json", configuration.kyvernoMutatingPolicy({ excludedNamespaces: ["kube-system", "kyverno"] }));
write("kustomize.json", configuration.kustomizeComponent(["nginx", "quay.io/prometheus/node-exporter"]));
write("helm.json", configuration.helmValues("docker.io"));
write("renovate.json", configuration.renovate());

function write(file: string, content: object): void {
  fs.writeFileSync(path.join(app.outdir, file), `${JSON.stringify(content, undefined, 2)}\n`);
}
