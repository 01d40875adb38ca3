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

/** What clients in private subnets of one VPC need to pull from a registry. */
export const registryEndpoints: ModuleDefinition = {
  name: "registry-endpoints",
  purpose: [
    "What clients in private subnets of one VPC need to pull from an Amazon ECR registry: interface endpoints of `ecr.api` and `ecr.dkr` with private DNS, a gateway endpoint of S3, where layers come from, and a security group that admits the clients on port 443. Endpoint policies let through pulls of the caches, and nothing else that the inputs do not name.",
    "It is the construct `RegistryEndpoints` for configurations without TypeScript, and refuses what the construct refuses, in the same words. Private DNS leads everybody in the VPC to these endpoints, and the route tables all of their subnets to S3's: what the policies do not let through stops working there. Interface endpoints cost by the hour for every subnet, and by the GB; the gateway endpoint costs nothing.",
    `No endpoint leads to an upstream: the first pull of an image, and a refresh that finds new layers, also needs what \`first_pull\` says. With ${FirstPull.PREWARMED} something else has to pull every image beforehand, and the module cannot tell whether anything does: the construct warns where it finds no warmer, the module does not.`,
    "`check_network` has every plan look up the VPC, the subnets, the route tables and the endpoints that exist, and fail where AWS would refuse the endpoints or nobody could use them; where a route table or an endpoint may be right all the same, it warns. The construct does that for literal ids only, and a module cannot tell which those are. What the same run makes is looked up once it is there, so what is wrong with it is told while Terraform applies, and a route that the same run adds to a table may not be seen yet. What the same run changes is looked at as it was before. Turn `check_network` off in those cases, where `subnet_ids` is a list whose length is known only after an apply, and where Terraform may not read the network. A first plan of a network that the same run makes warns that an assertion is known after apply: that needs nothing done.",
    "Elements of maps become resources named after their keys, so values may be known only after an apply, and adding one touches no other. The same holds for endpoints that exist, which are objects for that reason.",
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
      title: "In a network that the same run makes",
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
      description: "The host that clients behind these endpoints sign in to and pull from.",
      value: "${local.host}",
    },
    repository_uris: {
      description:
        "What clients behind these endpoints pull in place of a registry, by the elements of `prefixes`: put the repository behind it.",
      value: expression(
        '{ for prefix in distinct(var.prefixes) : prefix => prefix == "ROOT" ? local.host : "${local.host}/${trimsuffix(prefix, "/")}" }',
      ),
      depends_on: ["aws_vpc_endpoint.registry", "aws_vpc_endpoint.s3", "aws_vpc_endpoint_route_table_association.s3"],
    },
    ecr_api_endpoint_id: {
      description: "The endpoint of `ecr.api`, made here or given.",
      value: '${local.registry_endpoint_ids["ecr.api"]}',
    },
    ecr_dkr_endpoint_id: {
      description: "The endpoint of `ecr.dkr`, made here or given.",
      value: '${local.registry_endpoint_ids["ecr.dkr"]}',
    },
    s3_endpoint_id: {
      description: "The gateway endpoint of S3, made here or given.",
      value: "${local.s3_endpoint_id}",
    },
    security_group_id: {
      description: "The security group of the interface endpoints; null where none was made.",
      value: "${one(aws_security_group.endpoints[*].id)}",
    },
    service_endpoint_ids: {
      description: "The endpoints of other services, by what is in `services` and `service_names`.",
      value: expression("{ for name, endpoint in aws_vpc_endpoint.service : name => endpoint.id }"),
    },
  },
};
