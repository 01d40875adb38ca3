// Nodes of an EKS cluster in private subnets pull public images through caches, their first pull through a NAT gateway.
// Creates: endpoints of ECR, S3, EC2, STS and EKS, caches of three registries, and the permission to pull for the nodes' role.
// Run: npx tsx examples/private-eks/main.ts, then terraform init and plan in cdktf.out/stacks/private-eks.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import {
  EndpointService,
  FirstPull,
  PullThroughCache,
  RegistryCredential,
  RegistryEndpoints,
  Upstream,
} from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "private-eks");
new AwsProvider(stack, "aws", { region: "eu-west-1" });
new LocalBackend(stack, { path: "../../../terraform.private-eks.tfstate" });

const cache = new PullThroughCache(stack, "cache", {
  accountId: "111122223333",
  upstreams: [
    Upstream.dockerHub(RegistryCredential.fromSecretName("ecr-pullthroughcache/docker-hub")),
    Upstream.ecrPublic(),
    Upstream.kubernetes(),
    Upstream.quay(),
  ],
});

cache.grantPullToRoleNamed("eks-node"); // the name of the nodes' role, which exists already

const endpoints = new RegistryEndpoints(stack, "endpoints", {
  vpcId: "vpc-0e450000000000001",
  subnetIds: ["subnet-0e45000000000000a", "subnet-0e45000000000000b"],
  routeTableIds: ["rtb-0e45000000000000a", "rtb-0e45000000000000b"],
  clientCidrs: ["10.0.0.0/16"], // the block of the VPC
  firstPull: FirstPull.INTERNET_ROUTE, // both route tables have a default route
  services: [EndpointService.EC2, EndpointService.STS, EndpointService.EKS, EndpointService.EKS_AUTH],
  // Images that nodes start with, from AWS's own account in the region:
  // https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html
  repositoryArns: ["arn:aws:ecr:eu-west-1:602401143452:repository/*"],
});

const images: { readonly [prefix: string]: string } = {
  "docker-hub": "library/redis",
  "ecr-public": "eks/aws-load-balancer-controller",
  kubernetes: "ingress-nginx/controller",
  quay: "prometheus/node-exporter",
};
for (const [prefix, repository] of Object.entries(images)) {
  new TerraformOutput(stack, prefix, { value: endpoints.repositoryUri(prefix, repository) });
}

app.synth();
