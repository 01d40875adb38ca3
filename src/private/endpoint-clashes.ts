import type { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { Faults } from "./faults";
import { isUnknown, resolved } from "./unknown-values";

/** What of an endpoint may stand in another's way. */
interface Occupied {
  readonly path: string;
  /** The VPC and the service, as far as both are told from others. */
  readonly key: string;
  readonly isGateway: boolean;
  readonly hasPrivateDns: boolean;
  readonly routeTables: readonly string[];
}

/**
 * Endpoints below `owner` that AWS would refuse beside others of the app: a second one with private DNS for a service in
 * one VPC, and a second gateway in one route table.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
export function endpointClashes(owner: IConstruct): string[] {
  const faults = new Faults();
  const all = owner.node.root.node.findAll().filter(isVpcEndpoint).map(occupiedBy);
  const own = all.filter(({ path }) => path.startsWith(`${owner.node.path}/`));
  for (const mine of own) {
    for (const other of all) {
      if (other.path === mine.path || other.key !== mine.key || other.isGateway !== mine.isGateway) {
        continue;
      }
      const shared = mine.routeTables.filter((table) => other.routeTables.includes(table));
      if (mine.isGateway ? shared.length > 0 : mine.hasPrivateDns && other.hasPrivateDns) {
        const rule = mine.isGateway
          ? "be the only route of a table to its service"
          : "be the only one with private DNS";
        const way = "hand the ID of the one to the other, as `ecrApiEndpointId`, `ecrDkrEndpointId` or `s3EndpointId`";
        faults.add(mine.path, `${rule}, and ${other.path} is another in the same VPC`, mine.key, way);
      }
    }
  }
  return faults.list();
}

function isVpcEndpoint(construct: IConstruct): construct is VpcEndpoint {
  return TerraformResource.isTerraformResource(construct) && construct.terraformResourceType === "aws_vpc_endpoint";
}

function occupiedBy(endpoint: VpcEndpoint): Occupied {
  // Ids that only Terraform knows are told apart by their expressions, which hold in their own stack.
  const known = (value: unknown): string => {
    const text = String(resolved(endpoint, value));
    return isUnknown(text) ? `${TerraformStack.of(endpoint).node.path} ${text}` : text;
  };
  const tables = endpoint.routeTableIdsInput ?? [];
  return {
    path: endpoint.node.path,
    key: `${known(endpoint.vpcIdInput ?? "")} ${String(resolved(endpoint, endpoint.serviceNameInput))}`,
    isGateway: (endpoint.vpcEndpointTypeInput ?? "Gateway") === "Gateway",
    hasPrivateDns: endpoint.privateDnsEnabledInput === true,
    routeTables: isUnknown(tables) ? [known(tables)] : tables.map(known),
  };
}
