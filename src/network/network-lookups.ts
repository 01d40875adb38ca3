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
import type { PlanCondition } from "../terraform/plan-condition";
import { isUnresolved, resolved } from "../terraform/tokens";
import { ValidationErrors } from "../validation/validation-errors";
import { FirstPull } from "./first-pull";
import { NETWORK_CONDITIONS } from "./plan-conditions";
import type { RegistryEndpointsProps } from "./registry-endpoints-props";
import { CONSTRUCT_RULES } from "./rules";

/**
 * Declares data sources that read the existing network when Terraform plans. Their conditions fail the plan when AWS
 * would refuse the endpoints, or when no client could use them. IDs that are tokens are not looked up, since the same
 * apply may change what they name.
 */
export function lookUpNetwork(scope: Construct, props: RegistryEndpointsProps, registry: Registry): void {
  const { vpcId, firstPull } = props;
  const regional = registry.regional;
  if (isUnresolved(vpcId)) {
    return;
  }
  new DataAwsVpc(scope, "vpc", { ...regional, id: vpcId, lifecycle: postconditions(NETWORK_CONDITIONS.dns(vpcId)) });
  lookUpSubnets(scope, props, registry);
  const tables = known(props.routeTableIds).map(
    (id) =>
      new DataAwsRouteTable(scope, `route-table-${id}`, {
        ...regional,
        routeTableId: id,
        lifecycle: postconditions(NETWORK_CONDITIONS.inVpc(`The route table ${id}`, vpcId)),
      }),
  );
  lookUpEndpoints(scope, props, registry);
  if (firstPull === FirstPull.INTERNET_ROUTE && tables.length > 0) {
    const condition = NETWORK_CONDITIONS.defaultRoutes(
      `[${tables.map(addressOf).join(", ")}]`,
      "FirstPull.INTERNET_ROUTE",
    );
    new CheckBlock(scope, "first-pull", condition);
  }
}

/** Returns the errors in a VPC that the stack of the endpoints declares: AWS's default is no DNS hostnames. */
export function vpcErrors(scope: Construct, vpcId: string): string[] {
  const errors = new ValidationErrors();
  const name = isUnresolved(vpcId)
    ? /^\$\{aws_vpc\.([\w-]+)\.id\}$/.exec(String(resolved(scope, vpcId)))?.[1]
    : undefined;
  const vpc = TerraformStack.of(scope)
    .node.findAll()
    .find(
      (construct): construct is TerraformResource =>
        TerraformResource.isTerraformResource(construct) &&
        construct.terraformResourceType === "aws_vpc" &&
        construct.friendlyUniqueId === name,
    );
  if (vpc !== undefined) {
    // The JSON has the overrides as well.
    const { resource } = vpc.toTerraform() as VpcJson;
    const { enable_dns_hostnames: hostnames, enable_dns_support: support } =
      resource.aws_vpc[vpc.friendlyUniqueId] ?? {};
    if (hostnames === undefined || hostnames === false) {
      errors.addBroken("vpcId", CONSTRUCT_RULES.dnsHostnames, vpc.node.path);
    }
    if (support === false) {
      errors.addBroken("vpcId", CONSTRUCT_RULES.dnsSupport, vpc.node.path);
    }
  }
  return errors.list();
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
        lifecycle: postconditions(
          NETWORK_CONDITIONS.inVpc(`The subnet ${id}`, vpcId),
          ...(zones.length === 0
            ? []
            : [NETWORK_CONDITIONS.ownZone(id, "self.availability_zone", `[${zones.join(", ")}]`)]),
          ...(dualStack === true ? [NETWORK_CONDITIONS.ipv6Block(id)] : []),
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
    if (id === undefined || isUnresolved(id)) {
      continue;
    }
    const isGateway = name === "s3";
    const endpoint = new DataAwsVpcEndpoint(scope, `existing-${name}`, {
      ...registry.regional,
      id,
      lifecycle: postconditions(
        NETWORK_CONDITIONS.service(
          id,
          serviceNameOf(service, registry.region, () => registry.reverseDnsPrefix),
        ),
        ...(isGateway
          ? [NETWORK_CONDITIONS.gateway(id), NETWORK_CONDITIONS.inVpc(`The endpoint ${id}`, props.vpcId)]
          : []),
        ...(props.dualStack === true ? [NETWORK_CONDITIONS.dualStack(id)] : []),
      ),
    });
    if (!isGateway) {
      new CheckBlock(scope, `${name}-reached`, NETWORK_CONDITIONS.reached(addressOf(endpoint), id, props.vpcId));
    }
  }
}

/** The literals of a list; none for a list that is a token, which cdktf represents as an array of one element. */
function known(list: readonly string[] | undefined): string[] {
  return isUnresolved(list) ? [] : (list ?? []).filter((element) => !isUnresolved(element));
}

function addressOf(data: TerraformDataSource): string {
  return `data.${data.terraformResourceType}.${data.friendlyUniqueId}`;
}

function postconditions(...conditions: PlanCondition[]): { readonly postcondition: Postcondition[] } {
  return { postcondition: conditions };
}
