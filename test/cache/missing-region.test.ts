import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import {
  AlertDestination,
  ExistingSettings,
  FirstPull,
  PullThroughCache,
  RegistryEndpoints,
  RegistryPolicy,
  RegistryReplication,
  RegistryScanning,
  SyncFailureAlert,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { Construct } from "constructs";
import { useRegionalResources } from "../support/regional-resources";
import { testApp } from "../support/synthesis";

type Create = (stack: TerraformStack, region?: string) => Construct;

const existing = ExistingSettings.OVERWRITE;
const destination = AlertDestination.topic("arn:aws:sns:us-east-1:111122223333:alerts");
const destinations = [{ region: "ap-southeast-2" }];
const network = {
  vpcId: "vpc-0a1b2c3d",
  subnetIds: ["subnet-0a1b2c3d"],
  clientCidrs: ["10.0.0.0/16"],
  routeTableIds: ["rtb-0a1b2c3d"],
  firstPull: FirstPull.PREWARMED,
};

const CONSTRUCTS: [string, Create][] = [
  ["SyncFailureAlert", (stack, region) => new SyncFailureAlert(stack, "it", { destination, region })],
  ["RegistryEndpoints", (stack, region) => new RegistryEndpoints(stack, "it", { ...network, region })],
  ["RegistryPolicy", (stack, region) => new RegistryPolicy(stack, "it", { existing, region })],
  ["RegistryScanning", (stack, region) => new RegistryScanning(stack, "it", { region })],
  [
    "RegistryReplication",
    (stack, region) =>
      new RegistryReplication(stack, "it", { destinations, repositoryPrefixes: ["team/"], existing, region }),
  ],
];

const MESSAGE = "`region` is required; the caches of the stack are in eu-west-1, us-east-1";

function errorsOf(
  create: Create,
  { regions, region }: { readonly regions: string[]; readonly region?: string },
): string[] {
  const stack = new TerraformStack(testApp(), "stack");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  regions.forEach((name) => new PullThroughCache(stack, name, { region: name, upstreams: [Upstream.ecrPublic()] }));
  const construct = create(stack, region);
  return construct.node.validate().filter((error) => error.includes("`region`"));
}

describe.each(CONSTRUCTS)("%s in a stack with caches in several regions", (_, create) => {
  useRegionalResources();

  test("fails without a region, since it would belong to the region of the provider", () => {
    expect(errorsOf(create, { regions: ["us-east-1", "eu-west-1"] })).toEqual([MESSAGE]);
  });

  test("takes the region", () => {
    expect(errorsOf(create, { regions: ["us-east-1", "eu-west-1"], region: "us-east-1" })).toEqual([]);
  });

  test("needs none if the caches are in one", () => {
    expect(errorsOf(create, { regions: ["us-east-1"] })).toEqual([]);
  });
});

test("caches of another AWS provider are in regions of their own", () => {
  const stack = new TerraformStack(testApp(), "stack");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  const provider = new AwsProvider(stack, "europe", { region: "eu-west-1", alias: "europe" });
  new PullThroughCache(stack, "one", { upstreams: [Upstream.ecrPublic()] });
  new PullThroughCache(stack, "two", { upstreams: [Upstream.ecrPublic()], provider });
  expect(new SyncFailureAlert(stack, "alert", { destination }).node.validate()).toEqual([]);
});
