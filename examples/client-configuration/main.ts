// Scenario: a cluster pulls through a cache although its manifests name other registries, and Renovate finds updates.
// Creates: cache rules for Docker Hub, Quay and the Kubernetes registry; beside the stack, the files of the clients.
// Run: npx tsx examples/client-configuration/main.ts, then terraform init and apply in cdktf.out/stacks/clients.
import * as fs from "node:fs";
import * as path from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { ClientConfiguration, PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "clients");
new AwsProvider(stack, "aws", { region: "us-east-1" });
new LocalBackend(stack, { path: "../../../terraform.clients.tfstate" });

const cache = new PullThroughCache(stack, "cache", {
  accountId: "111122223333", // yours
  upstreams: [
    Upstream.dockerHub(
      RegistryCredential.fromSecretArn(
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf", // yours
      ),
    ),
    Upstream.quay(),
    Upstream.kubernetes(),
  ],
});

app.synth();

const configuration = ClientConfiguration.fromRegistryMap(cache.registryMap());
write("registry-map.json", cache.registryMap());
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
