import { DataAwsRouteTable } from "@cdktf/provider-aws/lib/data-aws-route-table";
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { DataAwsVpcEndpoint } from "@cdktf/provider-aws/lib/data-aws-vpc-endpoint";
import { TerraformResource, TerraformStack } from "cdktf";
import type { Postcondition, TerraformDataSource } from "cdktf";
import type { Construct } from "constructs";
import { FirstPull } from "../first-pull";
import type { RegistryEndpointsProps } from "../registry-endpoints";
import { Faults } from "./faults";
import type { Registry } from "./registry";
import { CheckBlock } from "./terraform-blocks";
import { isUnknown, resolved } from "./unknown-values";

/**
 * Reads the network that exists already when Terraform plans, and has the plan fail where AWS would refuse the endpoints,
 * or make ones that nobody can use. What is not known at synth may be changed by the same apply: it is left alone.
 */
export function lookUpNetwork(scope: Construct, props: RegistryEndpointsProps, registry: Registry): void {
  const { vpcId, firstPull } = props;
  const regional = registry.regional;
  if (isUnknown(vpcId)) {
    return;
  }
  // https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
  new DataAwsVpc(scope, "vpc", {
    ...regional,
    id: vpcId,
    lifecycle: {
      postcondition: [
        must(
          "self.enable_dns_support && self.enable_dns_hostnames",
          `The VPC ${vpcId} must have DNS support and DNS hostnames enabled, or names of AWS services do not lead to its endpoints.`,
        ),
      ],
    },
  });
  lookUpSubnets(scope, props, registry);
  const tables = known(props.routeTableIds).map(
    (id) =>
      new DataAwsRouteTable(scope, `route-table-${id}`, {
        ...regional,
        routeTableId: id,
        lifecycle: { postcondition: [inVpc(`The route table ${id}`, vpcId)] },
      }),
  );
  lookUpEndpoints(scope, props, registry);
  if (firstPull === FirstPull.NAT_GATEWAY && tables.length > 0) {
    checkDefaultRoutes(scope, tables);
  }
}

/** Tells what is wrong with a VPC that is declared beside the endpoints: AWS's default is no DNS hostnames. */
export function vpcFaults(scope: Construct, vpcId: string): string[] {
  const faults = new Faults();
  const name = isUnknown(vpcId) ? /^\$\{aws_vpc\.([\w-]+)\.id\}$/.exec(String(resolved(scope, vpcId)))?.[1] : undefined;
  const vpc = TerraformStack.of(scope)
    .node.findAll()
    .find(
      (construct): construct is TerraformResource =>
        TerraformResource.isTerraformResource(construct) &&
        construct.terraformResourceType === "aws_vpc" &&
        construct.friendlyUniqueId === name,
    );
  if (vpc !== undefined) {
    // As it will be written, overrides included.
    const { resource } = vpc.toTerraform() as VpcJson;
    const { enable_dns_hostnames: hostnames, enable_dns_support: support } =
      resource.aws_vpc[vpc.friendlyUniqueId] ?? {};
    if (hostnames === undefined || hostnames === false) {
      faults.add("vpcId", "be of a VPC with DNS hostnames", vpc.node.path, "set its `enableDnsHostnames` to true");
    }
    if (support === false) {
      faults.add("vpcId", "be of a VPC with DNS support", vpc.node.path, "leave out its `enableDnsSupport`");
    }
  }
  return faults.list();
}

interface VpcJson {
  readonly resource: {
    readonly aws_vpc: {
      readonly [name: string]: { readonly enable_dns_hostnames?: unknown; readonly enable_dns_support?: unknown };
    };
  };
}

function lookUpSubnets(scope: Construct, props: RegistryEndpointsProps, { regional }: Registry): void {
  const { vpcId, subnetIds, dualStack } = props;
  const subnets: DataAwsSubnet[] = [];
  for (const id of known(subnetIds)) {
    const zones = subnets.map((subnet) => `${addressOf(subnet)}.availability_zone`);
    subnets.push(
      new DataAwsSubnet(scope, id, {
        ...regional,
        id,
        lifecycle: {
          postcondition: [
            inVpc(`The subnet ${id}`, vpcId),
            ...(zones.length === 0
              ? []
              : [
                  must(
                    `!contains([${zones.join(", ")}], self.availability_zone)`,
                    `The subnet ${id} must be in an availability zone of its own: an endpoint takes one subnet in each zone.`,
                  ),
                ]),
            ...(dualStack === true
              ? [
                  must(
                    'self.ipv6_cidr_block != ""',
                    `The subnet ${id} must have an IPv6 block for dual-stack endpoints.`,
                  ),
                ]
              : []),
          ],
        },
      }),
    );
  }
}

function lookUpEndpoints(scope: Construct, props: RegistryEndpointsProps, registry: Registry): void {
  const { region, reverseDnsPrefix } = registry;
  const existing = [
    ["ecr-api", props.ecrApiEndpointId, `${reverseDnsPrefix}.${region}.ecr.api`],
    ["ecr-dkr", props.ecrDkrEndpointId, `${reverseDnsPrefix}.${region}.ecr.dkr`],
    ["s3", props.s3EndpointId, `com.amazonaws.${region}.s3`],
  ] as const;
  for (const [name, id, serviceName] of existing) {
    if (id === undefined || isUnknown(id)) {
      continue;
    }
    const isGateway = name === "s3";
    const endpoint = new DataAwsVpcEndpoint(scope, `existing-${name}`, {
      ...registry.regional,
      id,
      lifecycle: {
        postcondition: [
          must(`self.service_name == "${serviceName}"`, `The endpoint ${id} must be one of ${serviceName}.`),
          ...(isGateway
            ? [
                must('self.vpc_endpoint_type == "Gateway"', `The endpoint ${id} must be a gateway endpoint.`),
                inVpc(`The endpoint ${id}`, props.vpcId),
              ]
            : []),
          ...(props.dualStack === true
            ? [must('self.ip_address_type == "dualstack"', `The endpoint ${id} must be dual-stack as well.`)]
            : []),
        ],
      },
    });
    if (!isGateway) {
      checkReached(scope, `${name}-reached`, endpoint, id, props.vpcId);
    }
  }
}

/** A warning and no more: an endpoint of another VPC is reached where DNS of one's own leads to it. */
function checkReached(
  scope: Construct,
  id: string,
  endpoint: DataAwsVpcEndpoint,
  endpointId: string,
  vpcId: string,
): void {
  const address = addressOf(endpoint);
  new CheckBlock(scope, id, {
    condition: `\${${address}.vpc_id == "${vpcId}" && ${address}.private_dns_enabled}`,
    errorMessage: `The endpoint ${endpointId} is of another VPC than ${vpcId}, or has no private DNS: clients pass it by, unless DNS of your own leads to it.`,
  });
}

/** A warning and no more: a proxy, or routes for halves of the internet, may lead there too. */
function checkDefaultRoutes(scope: Construct, tables: readonly DataAwsRouteTable[]): void {
  const without = `[for table in [${tables.map(addressOf).join(", ")}] : table.route_table_id if !anytrue([for route in table.routes : contains(["0.0.0.0/0", "::/0"], coalesce(route.cidr_block, route.ipv6_cidr_block, "-"))])]`;
  new CheckBlock(scope, "first-pull", {
    condition: `\${length(${without}) == 0}`,
    errorMessage: `FirstPull.NAT_GATEWAY says that clients have a route to the internet, and these route tables have no default route: \${join(", ", ${without})}. Without one the first pull of an image hangs.`,
  });
}

/** What of a list is known; nothing of one that only Terraform knows, which stands in an array as its one element. */
function known(list: readonly string[] | undefined): string[] {
  return isUnknown(list) ? [] : (list ?? []).filter((element) => !isUnknown(element));
}

function addressOf(data: TerraformDataSource): string {
  return `data.${data.terraformResourceType}.${data.friendlyUniqueId}`;
}

function inVpc(what: string, vpcId: string): Postcondition {
  return must(`self.vpc_id == "${vpcId}"`, `${what} must be in the VPC ${vpcId}.`);
}

function must(expression: string, errorMessage: string): Postcondition {
  return { condition: `\${${expression}}`, errorMessage };
}
