import { DataAwsRouteTable } from "@cdktf/provider-aws/lib/data-aws-route-table";
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { DataAwsVpcEndpoint } from "@cdktf/provider-aws/lib/data-aws-vpc-endpoint";
import { TerraformResource, TerraformStack } from "cdktf";
import type { Postcondition, TerraformDataSource } from "cdktf";
import type { Construct } from "constructs";
import { serviceNameOf } from "../aws/endpoint-service-names";
import type { Registry } from "../aws/registry";
import { CheckBlock } from "../terraform/blocks";
import { isUnknown, resolved } from "../terraform/tokens";
import { Faults } from "../validation/validation-errors";
import { FirstPull } from "./first-pull";
import type { RegistryEndpointsProps } from "./registry-endpoints";

/** What a plan asks of a network: an expression, and what is said where it does not hold. */
export interface Demand {
  readonly holds: string;
  readonly message: string;
}

/** What endpoints need of their network. Ids and names are texts, or expressions in their braces. */
export const DEMANDS = {
  // https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
  dns: (vpcId: string): Demand => ({
    holds: "self.enable_dns_support && self.enable_dns_hostnames",
    message: `The VPC ${vpcId} must have DNS support and DNS hostnames enabled, or names of AWS services do not lead to its endpoints.`,
  }),
  inVpc: (what: string, vpcId: string): Demand => ({
    holds: `self.vpc_id == "${vpcId}"`,
    message: `${what} must be in the VPC ${vpcId}.`,
  }),
  ownZone: (subnetId: string, zone: string, others: string): Demand => ({
    holds: `!contains(${others}, ${zone})`,
    message: `The subnet ${subnetId} must be in an availability zone of its own: an endpoint takes one subnet in each zone.`,
  }),
  ipv6Block: (subnetId: string): Demand => ({
    holds: 'self.ipv6_cidr_block != ""',
    message: `The subnet ${subnetId} must have an IPv6 block for dual-stack endpoints.`,
  }),
  service: (endpointId: string, serviceName: string): Demand => ({
    holds: `self.service_name == "${serviceName}"`,
    message: `The endpoint ${endpointId} must be one of ${serviceName}.`,
  }),
  gateway: (endpointId: string): Demand => ({
    holds: 'self.vpc_endpoint_type == "Gateway"',
    message: `The endpoint ${endpointId} must be a gateway endpoint.`,
  }),
  dualStack: (endpointId: string): Demand => ({
    holds: 'self.ip_address_type == "dualstack"',
    message: `The endpoint ${endpointId} must be dual-stack as well.`,
  }),
  /** A warning and no more: an endpoint of another VPC is reached where DNS of one's own leads to it. */
  reached: (endpoint: string, endpointId: string, vpcId: string): Demand => ({
    holds: `${endpoint}.vpc_id == "${vpcId}" && ${endpoint}.private_dns_enabled`,
    message: `The endpoint ${endpointId} is of another VPC than ${vpcId}, or has no private DNS: clients pass it by, unless DNS of your own leads to it.`,
  }),
  /** A warning and no more: a proxy, or routes for halves of the internet, may lead there too. */
  defaultRoutes: (tables: string, firstPull: string): Demand => {
    const without = `[for table in ${tables} : table.route_table_id if !anytrue([for route in table.routes : contains(["0.0.0.0/0", "::/0"], coalesce(route.cidr_block, route.ipv6_cidr_block, "-"))])]`;
    return {
      holds: `length(${without}) == 0`,
      message: `${firstPull} says that clients have a route to the internet, and these route tables have no default route: \${join(", ", ${without})}. Without one the first pull of an image hangs.`,
    };
  },
} as const;

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
  new DataAwsVpc(scope, "vpc", { ...regional, id: vpcId, lifecycle: must(DEMANDS.dns(vpcId)) });
  lookUpSubnets(scope, props, registry);
  const tables = known(props.routeTableIds).map(
    (id) =>
      new DataAwsRouteTable(scope, `route-table-${id}`, {
        ...regional,
        routeTableId: id,
        lifecycle: must(DEMANDS.inVpc(`The route table ${id}`, vpcId)),
      }),
  );
  lookUpEndpoints(scope, props, registry);
  if (firstPull === FirstPull.NAT_GATEWAY && tables.length > 0) {
    const demand = DEMANDS.defaultRoutes(`[${tables.map(addressOf).join(", ")}]`, "FirstPull.NAT_GATEWAY");
    warnUnless(scope, "first-pull", demand);
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
        lifecycle: must(
          DEMANDS.inVpc(`The subnet ${id}`, vpcId),
          ...(zones.length === 0 ? [] : [DEMANDS.ownZone(id, "self.availability_zone", `[${zones.join(", ")}]`)]),
          ...(dualStack === true ? [DEMANDS.ipv6Block(id)] : []),
        ),
      }),
    );
  }
}

function lookUpEndpoints(scope: Construct, props: RegistryEndpointsProps, registry: Registry): void {
  const existing = [
    ["ecr-api", props.ecrApiEndpointId, "ecr.api"],
    ["ecr-dkr", props.ecrDkrEndpointId, "ecr.dkr"],
    ["s3", props.s3EndpointId, "s3"],
  ] as const;
  for (const [name, id, service] of existing) {
    if (id === undefined || isUnknown(id)) {
      continue;
    }
    const isGateway = name === "s3";
    const endpoint = new DataAwsVpcEndpoint(scope, `existing-${name}`, {
      ...registry.regional,
      id,
      lifecycle: must(
        DEMANDS.service(
          id,
          serviceNameOf(service, registry.region, () => registry.reverseDnsPrefix),
        ),
        ...(isGateway ? [DEMANDS.gateway(id), DEMANDS.inVpc(`The endpoint ${id}`, props.vpcId)] : []),
        ...(props.dualStack === true ? [DEMANDS.dualStack(id)] : []),
      ),
    });
    if (!isGateway) {
      warnUnless(scope, `${name}-reached`, DEMANDS.reached(addressOf(endpoint), id, props.vpcId));
    }
  }
}

/** What of a list is known; nothing of one that only Terraform knows, which stands in an array as its one element. */
function known(list: readonly string[] | undefined): string[] {
  return isUnknown(list) ? [] : (list ?? []).filter((element) => !isUnknown(element));
}

function addressOf(data: TerraformDataSource): string {
  return `data.${data.terraformResourceType}.${data.friendlyUniqueId}`;
}

function must(...demands: readonly Demand[]): { readonly postcondition: Postcondition[] } {
  return { postcondition: demands.map(({ holds, message }) => ({ condition: `\${${holds}}`, errorMessage: message })) };
}

function warnUnless(scope: Construct, id: string, { holds, message }: Demand): void {
  new CheckBlock(scope, id, { condition: `\${${holds}}`, errorMessage: message });
}
