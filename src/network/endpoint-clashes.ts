import type { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import type { VpcEndpointRouteTableAssociation } from "@cdktf/provider-aws/lib/vpc-endpoint-route-table-association";
import { TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { isUnresolved, resolved } from "../terraform/tokens";
import { ValidationErrors } from "../validation/validation-errors";
import { onlyWithPrivateDns } from "./rules";

/** What of an endpoint may stand in another's way. */
interface Occupied {
  readonly endpoint: VpcEndpoint;
  /** The VPC and the service, as far as both are told from others. */
  readonly vpc: string;
  readonly service: string;
  readonly isGateway: boolean;
  readonly hasPrivateDns: boolean;
  readonly routeTables: readonly string[];
}

/**
 * Endpoints below `owner` that AWS would refuse beside others of the app: a second one with private DNS for a service in
 * one VPC, and a second gateway in one route table; and route tables that two resources would take from each other.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
export function endpointClashes(owner: IConstruct): string[] {
  const errors = new ValidationErrors();
  const resources = owner.node.root.node
    .findAll()
    .filter((construct) => TerraformResource.isTerraformResource(construct));
  const associations = resources.filter(isAssociation);
  const all = resources.filter(isVpcEndpoint).map((endpoint) => occupiedBy(endpoint, associations));
  for (const mine of all.filter(({ endpoint }) => endpoint.node.scopes.includes(owner))) {
    for (const other of all) {
      if (other.endpoint !== mine.endpoint && other.vpc === mine.vpc && other.service === mine.service) {
        checkPair(errors, mine, other);
      }
    }
  }
  for (const association of associations.filter(({ node }) => node.scopes.includes(owner))) {
    const listed = all.find(({ endpoint }) => isOf(association, endpoint) && endpoint.routeTableIdsInput !== undefined);
    if (listed !== undefined) {
      const hint = "list the table there: each of the two would take away what the other has added";
      const rule = "not be added to an endpoint that lists its route tables itself";
      errors.add("routeTableIds", rule, listed.endpoint.node.path, hint);
    }
  }
  for (const [index, association] of associations.entries()) {
    const twin = associations.slice(0, index).find((other) => isSameRoute(association, other));
    if (twin !== undefined && [association, twin].some(({ node }) => node.scopes.includes(owner))) {
      const hint = "leave it out of one of the two";
      errors.add("routeTableIds", "have a table once for each endpoint", [twin.node.path, association.node.path], hint);
    }
  }
  return errors.list();
}

function isSameRoute(one: VpcEndpointRouteTableAssociation, other: VpcEndpointRouteTableAssociation): boolean {
  const [a, b] = [one, other].map((association) => [
    isUnresolved(association.vpcEndpointIdInput) ? TerraformStack.of(association).node.path : "",
    resolved(association, association.vpcEndpointIdInput),
    resolved(association, association.routeTableIdInput),
  ]);
  return JSON.stringify(a) === JSON.stringify(b);
}

function checkPair(errors: ValidationErrors, mine: Occupied, other: Occupied): void {
  const got = other.endpoint.node.path;
  const isRegistrys = /\.ecr\.(api|dkr)$/.test(mine.service);
  if (mine.isGateway && other.isGateway) {
    if (mine.routeTables.some((table) => other.routeTables.includes(table))) {
      const hint = "hand over the one as `s3EndpointId`";
      errors.add(mine.endpoint.node.path, `be the only gateway to ${mine.service} in its route tables`, got, hint);
    }
  } else if (mine.hasPrivateDns && other.hasPrivateDns) {
    const hint = isRegistrys
      ? "hand over the one as `ecrApiEndpointId` or `ecrDkrEndpointId`"
      : "leave the service out of one of the `services`";
    errors.add(
      mine.endpoint.node.path,
      onlyWithPrivateDns(mine.service),
      got,
      `${hint}; one RegistryEndpoints serves a whole VPC`,
    );
  }
}

function isVpcEndpoint(resource: TerraformResource): resource is VpcEndpoint {
  return resource.terraformResourceType === "aws_vpc_endpoint";
}

function isAssociation(resource: TerraformResource): resource is VpcEndpointRouteTableAssociation {
  return resource.terraformResourceType === "aws_vpc_endpoint_route_table_association";
}

function isOf(association: VpcEndpointRouteTableAssociation, endpoint: VpcEndpoint): boolean {
  return (
    TerraformStack.of(association) === TerraformStack.of(endpoint) &&
    resolved(association, association.vpcEndpointIdInput) === `\${aws_vpc_endpoint.${endpoint.friendlyUniqueId}.id}`
  );
}

function occupiedBy(endpoint: VpcEndpoint, associations: readonly VpcEndpointRouteTableAssociation[]): Occupied {
  // Ids that only Terraform knows are told apart by their expressions, which hold in their own stack.
  const known = (value: unknown): string => {
    const text = String(resolved(endpoint, value));
    return isUnresolved(text) ? `${TerraformStack.of(endpoint).node.path} ${text}` : text;
  };
  const listed = endpoint.routeTableIdsInput ?? [];
  const associated = associations.filter((association) => isOf(association, endpoint));
  return {
    endpoint,
    vpc: known(endpoint.vpcIdInput),
    service: String(resolved(endpoint, endpoint.serviceNameInput)),
    isGateway: (endpoint.vpcEndpointTypeInput ?? "Gateway") === "Gateway",
    hasPrivateDns: endpoint.privateDnsEnabledInput === true,
    routeTables: [
      ...(isUnresolved(listed) ? [known(listed)] : listed.map(known)),
      ...associated.map(({ routeTableIdInput }) => known(routeTableIdInput)),
    ],
  };
}
