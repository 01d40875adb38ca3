import type { Route, RouteTable, Subnet } from "./network-facts";

/** The default route of a route table. */
export interface WayOut {
  /** The ID of what it leads to. */
  readonly target: string;
  /** Whether that is gone. */
  readonly isBlackhole: boolean;
}

// A default route, or two routes that are one together.
const DEFAULTS = [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["::/0"]];

/** The route table of a subnet: the main one of the VPC, unless the subnet has another. */
export function routeTableOf({ SubnetId }: Subnet, tables: readonly RouteTable[]): RouteTable | undefined {
  return (
    tables.find(({ Associations }) => Associations.some((association) => association.SubnetId === SubnetId)) ??
    tables.find(({ Associations }) => Associations.some(({ Main }) => Main === true))
  );
}

/** The way to the internet, wherever it leads next; undefined if there is none. */
export function wayOutOf({ Routes }: RouteTable): WayOut | undefined {
  const ways = DEFAULTS.flatMap((destinations) => {
    const routes = destinations.flatMap((destination) =>
      Routes.filter((route) => destinationOf(route) === destination),
    );
    const [first] = routes;
    return first === undefined || routes.length < destinations.length
      ? []
      : [{ target: targetOf(first), isBlackhole: routes.some(({ State }) => State === "blackhole") }];
  });
  return ways.find(({ isBlackhole }) => !isBlackhole) ?? ways[0];
}

function destinationOf(route: Route): string | undefined {
  return route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock;
}

function targetOf(route: Route): string {
  return (
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.NetworkInterfaceId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    route.GatewayId ??
    "another target"
  );
}
