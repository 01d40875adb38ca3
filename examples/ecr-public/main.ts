// One registry caches Amazon ECR Public, which needs no credential: the smallest program.
// Creates: a cache rule and a repository creation template.
// Run: npx tsx examples/ecr-public/main.ts, then terraform init and apply in cdktf.out/stacks/caches.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { PullThroughCache, Upstream } from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "caches");
new AwsProvider(stack, "aws", { region: "eu-west-1" });
new LocalBackend(stack, { path: "../../../terraform.caches.tfstate" });

const cache = new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });

new TerraformOutput(stack, "nginx", { value: cache.imageUri("public.ecr.aws/nginx/nginx:1.29") });

app.synth();
