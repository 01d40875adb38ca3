import type { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import type { VpcEndpointRouteTableAssociation } from "@cdktf/provider-aws/lib/vpc-endpoint-route-table-association";
import { TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { isUnresolved, resolved } from "../terraform/tokens";
import { ValidationErrors } from "../validation/validation-errors";
import { CLASH_RULES, EXISTING_ENDPOINTS, onlyWithPrivateDns } from "./rules";

/** The attributes of an endpoint that another endpoint must not share. */
interface Occupied {
  readonly endpoint: VpcEndpoint;
  /** The VPC and the service, as literals or as expressions of one stack. */
  readonly vpc: string;
  readonly service: string;
  readonly isGateway: boolean;
  readonly hasPrivateDns: boolean;
  readonly routeTables: readonly string[];
}

/**
 * Returns an error for each endpoint below `owner` that AWS refuses beside another of the app: a second one with private
 * DNS for a service in one VPC, and a second gateway endpoint in one route table. Returns an error as well for route
 * tables that two resources would remove from each other's endpoint.
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
      errors.addBroken("routeTableIds", CLASH_RULES.listedTables, listed.endpoint.node.path);
    }
  }
  for (const [index, association] of associations.entries()) {
    const twin = associations.slice(0, index).find((other) => isSameRoute(association, other));
    if (twin !== undefined && [association, twin].some(({ node }) => node.scopes.includes(owner))) {
      errors.addBroken("routeTableIds", CLASH_RULES.tableOnce, [twin.node.path, association.node.path]);
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
  const { path } = mine.endpoint.node;
  const got = other.endpoint.node.path;
  if (mine.isGateway && other.isGateway) {
    if (mine.routeTables.some((table) => other.routeTables.includes(table))) {
      errors.addBroken(path, CLASH_RULES.onlyGateway(mine.service), got);
    }
  } else if (mine.hasPrivateDns && other.hasPrivateDns) {
    const name = /\.(ecr\.(?:api|dkr))$/.exec(mine.service)?.[1] as "ecr.api" | "ecr.dkr" | undefined;
    const hint =
      name === undefined
        ? "leave the service out of one list of `services`"
        : `give the existing endpoint as \`${EXISTING_ENDPOINTS[name]}\``;
    errors.addBroken(path, onlyWithPrivateDns(mine.service, `${hint}; one RegistryEndpoints serves a whole VPC`), got);
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
  // IDs that only Terraform knows are compared by their expressions, which are valid within their stack.
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
