import { FirstPull } from "../../src/network/first-pull";
import type { ModuleDefinition } from "../generator/definition";
import { expression, hcl } from "../generator/hcl";
import {
  PARTITION,
  REGION_EXPRESSION,
  REGISTRY_LOCALS,
  UNTAGGED_PREFIXES,
  repositoryArns,
} from "../generator/registry";
import { canonicalBlock } from "./cidr-expressions";
import { DUAL_STACK_SUFFIXES, INPUTS } from "./inputs";
import { ECR_POLICY, S3_POLICY, policyBy } from "./policies";
import { CHECKS, DATA, RESOURCES } from "./resources";
import { NAMED_SERVICES, REGISTRY_ENDPOINTS, REGISTRY_SERVICES } from "./service-expressions";

/** The VPC endpoints through which clients in private subnets of one VPC pull from Amazon ECR. */
export const registryEndpoints: ModuleDefinition = {
  name: "registry-endpoints",
  purpose: [
    "The VPC endpoints through which clients in private subnets of one VPC pull from Amazon ECR: interface endpoints of `ecr.api` and `ecr.dkr` with private DNS, a gateway endpoint of S3, which serves the layers, and a security group that allows the clients on port 443. The endpoint policies allow pulls through the caches and the requests that the inputs name, and nothing else.",
    "It is the construct `RegistryEndpoints` for configurations without TypeScript, with the same rules and messages. Private DNS directs all clients in the VPC to these endpoints, and the route tables direct all of their subnets to the S3 endpoint: requests that the policies do not allow stop working there. Interface endpoints cost by the hour for every subnet, and by the GB; the gateway endpoint is free.",
    `No endpoint reaches an upstream: the first pull of an image, and a refresh that finds new layers, depends on \`first_pull\`. With ${FirstPull.PREWARMED} something else must pull every image beforehand. The construct warns if it finds no CacheWarmer; the module cannot check this.`,
    "With `check_network`, every plan looks up the VPC, the subnets, the route tables and the existing endpoints. It fails if AWS would refuse the endpoints or no client could use them, and warns if a route table or an endpoint looks wrong but may be right. The construct looks up literal IDs only; a module cannot know which IDs are literals. Resources of the same run are looked up after they are created, so that errors in them appear during the apply, and a route that the same run adds may be missing. Resources that the same run changes are looked up before the change. Turn `check_network` off in these cases, if the length of `subnet_ids` is known only after apply, and if Terraform may not read the network. The first plan of a network of the same run warns that an assertion is known after apply; no action is needed.",
    "The elements of maps become resources named after their keys. Their values may therefore be known only after apply, and adding an element changes no other resource. Existing endpoints are objects for the same reason.",
  ],
  uses: [
    {
      title: "Smallest use",
      hcl: `
module "cache" {
  source = "../cdktf-ecr-pull-through-cache/modules/pull-through-cache"

  upstreams = { ecr-public = {} }
}

module "endpoints" {
  source = "../cdktf-ecr-pull-through-cache/modules/registry-endpoints"

  vpc_id          = "vpc-0a1b2c3d4e5f60718"
  subnet_ids      = ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"]
  route_table_ids = { private = "rtb-0a1b2c3d4e5f60718" }
  client_cidrs    = { vpc = "10.0.0.0/16" }
  first_pull      = "INTERNET_ROUTE"
  prefixes        = module.cache.prefixes
}
`,
    },
    {
      title: "In a network of the same run",
      hcl: `
resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  for_each = { a = "10.0.0.0/20", b = "10.0.16.0/20" }

  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1\${each.key}"
  cidr_block        = each.value
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "nodes" {
  name_prefix = "nodes-"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

module "endpoints" {
  source = "../cdktf-ecr-pull-through-cache/modules/registry-endpoints"

  vpc_id                    = aws_vpc.main.id
  subnet_ids                = [for subnet in aws_subnet.private : subnet.id]
  route_table_ids           = { private = aws_route_table.private.id }
  client_security_group_ids = { nodes = aws_security_group.nodes.id }
  first_pull                = "PREWARMED"
  services                  = ["logs", "sts", "ec2"]
  prefixes                  = ["ecr-public", "docker-hub"]
  s3_endpoint               = { id = aws_vpc_endpoint.s3.id }
  check_network             = false
}
`,
    },
  ],
  // Validations that look at other inputs.
  terraform: "1.9",
  inputs: INPUTS,
  locals: {
    ...REGISTRY_LOCALS,
    host: `\${var.dual_stack ? "\${local.account_id}.dkr-ecr.\${${REGION_EXPRESSION}}.\${lookup(${hcl(DUAL_STACK_SUFFIXES)}, ${PARTITION}, "")}" : local.registry_uri}`,
    untagged_prefixes: expression(UNTAGGED_PREFIXES),
    untagged_arns: expression(`distinct(${repositoryArns("local.untagged_prefixes")})`),
    tagged_arns: expression(`distinct(${repositoryArns("var.tagged_prefixes")})`),
    ecr_endpoint_policy: policyBy("ecr_endpoint_policy", ECR_POLICY),
    s3_endpoint_policy: policyBy("s3_endpoint_policy", S3_POLICY),
    client_ipv6_cidrs: expression(`{ for key, block in var.client_ipv6_cidrs : key => ${canonicalBlock(6, "block")} }`),
    registry_services: expression(REGISTRY_SERVICES),
    services: expression(`merge(${NAMED_SERVICES}, { for name in var.service_names : name => name })`),
    existing_registry_endpoints: expression(
      `{ for name, endpoint in ${REGISTRY_ENDPOINTS} : name => endpoint.id if nonsensitive(endpoint != null) }`,
    ),
    registry_endpoint_ids: expression(
      "merge(local.existing_registry_endpoints, { for name, endpoint in aws_vpc_endpoint.registry : name => endpoint.id })",
    ),
    s3_endpoint_id: expression("var.s3_endpoint == null ? one(aws_vpc_endpoint.s3[*].id) : var.s3_endpoint.id"),
  },
  data: DATA,
  resources: RESOURCES,
  checks: CHECKS,
  outputs: {
    registry_uri: {
      description: "The host that clients of these endpoints sign in to and pull from.",
      value: "${local.host}",
    },
    repository_uris: {
      description:
        "The URIs that clients of these endpoints pull from in place of a registry, by the elements of `prefixes`: append a slash and the repository.",
      value: expression(
        '{ for prefix in distinct(var.prefixes) : prefix => prefix == "ROOT" ? local.host : "${local.host}/${trimsuffix(prefix, "/")}" }',
      ),
      depends_on: ["aws_vpc_endpoint.registry", "aws_vpc_endpoint.s3", "aws_vpc_endpoint_route_table_association.s3"],
    },
    ecr_api_endpoint_id: {
      description: "ID of the `ecr.api` endpoint, created or given.",
      value: '${local.registry_endpoint_ids["ecr.api"]}',
    },
    ecr_dkr_endpoint_id: {
      description: "ID of the `ecr.dkr` endpoint, created or given.",
      value: '${local.registry_endpoint_ids["ecr.dkr"]}',
    },
    s3_endpoint_id: {
      description: "ID of the S3 gateway endpoint, created or given.",
      value: "${local.s3_endpoint_id}",
    },
    security_group_id: {
      description: "ID of the security group of the interface endpoints; null if no interface endpoint is created.",
      value: "${one(aws_security_group.endpoints[*].id)}",
    },
    service_endpoint_ids: {
      description: "IDs of the endpoints of other services, by the elements of `services` and `service_names`.",
      value: expression("{ for name, endpoint in aws_vpc_endpoint.service : name => endpoint.id }"),
    },
  },
};
