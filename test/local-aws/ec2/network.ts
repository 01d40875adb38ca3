import { Store, partitionOf } from "../service";
import type { Fields, Scope, Service } from "../service";
import { Cidr } from "./cidr";
import { endDryRun, existing, idWith, invalidValue, isId, listed, required, tagSet } from "./requests";
import type { Tagged } from "./requests";

/** A VPC that there is before any client comes. */
export interface VpcSeed {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly ipv6CidrBlock?: string;
  /** @default true */
  readonly enableDnsSupport?: boolean;
  /** @default true */
  readonly enableDnsHostnames?: boolean;
}

/** A subnet of such a VPC. */
export interface SubnetSeed {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  readonly ipv6CidrBlock?: string;
  /** @default - the VPC's main route table */
  readonly routeTableId?: string;
}

/** A route table of such a VPC; the routes within the VPC are in every one. */
export interface RouteTableSeed {
  readonly routeTableId: string;
  readonly vpcId: string;
  /** Whether it takes the place of the main route table that the VPC came with. */
  readonly main?: boolean;
  readonly routes?: readonly Route[];
}

/** Where what is for some addresses goes: to a gateway or an interface, by its ID. */
export interface Route {
  /** A CIDR block, or the ID of a prefix list. */
  readonly destination: string;
  readonly target: string;
  /** Whether what it leads to is no longer there, as after the deletion of a NAT gateway. */
  readonly isBlackhole?: boolean;
}

interface Vpc extends Required<Omit<VpcSeed, "ipv6CidrBlock">>, Tagged {
  readonly ipv6CidrBlock: string | undefined;
  mainRouteTableId: string;
}

export interface Subnet extends SubnetSeed, Tagged {
  readonly ownerId: string;
}

export interface RouteTable extends Tagged {
  readonly routeTableId: string;
  readonly vpcId: string;
  readonly routes: Route[];
}

const TARGETS: { readonly [prefix: string]: string } = {
  nat: "natGatewayId",
  tgw: "transitGatewayId",
  eni: "networkInterfaceId",
  pcx: "vpcPeeringConnectionId",
  eigw: "egressOnlyInternetGatewayId",
};

/** The networks of EC2, as clients read them. */
export class Network {
  private readonly vpcs = new Store<Vpc>("vpc");
  private readonly subnets = new Store<Subnet>("subnet");
  private readonly routeTables = new Store<RouteTable>("route table");

  public readonly operations: Service["operations"] = {
    DescribeVpcs: (input, scope) =>
      listed("vpcSet", input, scope, {
        items: this.vpcs.in(scope),
        ids: { name: "VpcId", find: (id) => this.vpc(id, scope) },
        filters: { "vpc-id": ({ vpcId }) => [vpcId] },
        describe: (vpc) => describedVpc(vpc, scope),
      }),
    DescribeVpcAttribute: (input, scope) => {
      const { vpcId, enableDnsSupport, enableDnsHostnames } = this.vpc(required(input, "VpcId"), scope);
      const attributes: Fields = { enableDnsSupport, enableDnsHostnames, enableNetworkAddressUsageMetrics: false };
      const name = required(input, "Attribute");
      if (attributes[name] === undefined) {
        throw invalidValue(`Value (${name}) for parameter attribute is invalid. Unknown attribute.`);
      }
      endDryRun(input);
      return { vpcId, [name]: { value: attributes[name] } };
    },
    DescribeSubnets: (input, scope) =>
      listed("subnetSet", input, scope, {
        items: this.subnets.in(scope),
        ids: { name: "SubnetId", find: (id) => this.subnet(id, scope) },
        filters: { "subnet-id": ({ subnetId }) => [subnetId], "vpc-id": ({ vpcId }) => [vpcId] },
        describe: (subnet) => describedSubnet(subnet, scope),
      }),
    DescribeRouteTables: (input, scope) =>
      listed("routeTableSet", input, scope, {
        items: this.routeTables.in(scope),
        ids: { name: "RouteTableId", find: (id) => this.routeTable(id, scope) },
        filters: {
          "route-table-id": ({ routeTableId }) => [routeTableId],
          "vpc-id": ({ vpcId }) => [vpcId],
          "association.main": (table) => [String(this.isMain(table, scope))],
          "association.subnet-id": (table) => this.subnetIdsOf(table, scope),
        },
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
        pageBounds: [5, 100],
        describe: (table) => this.describedRouteTable(table, scope),
      }),
  };

  /** Makes a VPC, which comes with a main route table. */
  public addVpc(scope: Scope, seed: VpcSeed): void {
    const { vpcId, cidrBlock, ipv6CidrBlock, enableDnsSupport = true, enableDnsHostnames = true } = seed;
    checkSeed(vpcId, "vpc", [cidrBlock, ipv6CidrBlock]);
    const mainRouteTableId = idWith("rtb", vpcId);
    const dns = { enableDnsSupport, enableDnsHostnames };
    place(this.vpcs.in(scope), vpcId, { vpcId, cidrBlock, ipv6CidrBlock, ...dns, mainRouteTableId, tags: [] });
    this.addRouteTable(scope, { routeTableId: mainRouteTableId, vpcId });
  }

  public addSubnet(scope: Scope, seed: SubnetSeed): void {
    const { subnetId, vpcId, cidrBlock, ipv6CidrBlock, routeTableId } = seed;
    checkSeed(subnetId, "subnet", [cidrBlock, ipv6CidrBlock]);
    const vpc = this.vpc(vpcId, scope);
    const within = (outer: string | undefined, inner: string): boolean =>
      Cidr.tryParse(outer ?? "")?.includes(parsed(inner)) === true;
    if (!within(vpc.cidrBlock, cidrBlock) || (ipv6CidrBlock && !within(vpc.ipv6CidrBlock, ipv6CidrBlock))) {
      throw new Error(`${subnetId} lies outside of ${vpcId}`);
    }
    if (routeTableId !== undefined && this.routeTable(routeTableId, scope).vpcId !== vpcId) {
      throw new Error(`${routeTableId} is not of ${vpcId}`);
    }
    place(this.subnets.in(scope), subnetId, { ...seed, ownerId: scope.accountId, tags: [] });
  }

  public addRouteTable(scope: Scope, { routeTableId, vpcId, main = false, routes = [] }: RouteTableSeed): void {
    checkSeed(routeTableId, "rtb", []);
    const vpc = this.vpc(vpcId, scope);
    const local = [vpc.cidrBlock, vpc.ipv6CidrBlock ?? []]
      .flat()
      .map((destination) => ({ destination, target: "local" }));
    place(this.routeTables.in(scope), routeTableId, { routeTableId, vpcId, routes: [...local, ...routes], tags: [] });
    if (main) {
      vpc.mainRouteTableId = routeTableId;
    }
  }

  /** Changes DNS settings of a VPC. */
  public setDns(id: string, dns: Partial<Pick<Vpc, "enableDnsSupport" | "enableDnsHostnames">>, scope: Scope): void {
    this.vpcs.in(scope).set(id, { ...this.vpc(id, scope), ...dns });
  }

  /** Removes a VPC with its main route table, a subnet or a route table. */
  public remove(id: string, scope: Scope): void {
    const vpc = this.vpcs.in(scope).get(id);
    if (vpc !== undefined) {
      this.routeTables.in(scope).delete(vpc.mainRouteTableId);
    }
    [this.vpcs, this.subnets, this.routeTables].forEach((store) => store.in(scope).delete(id));
  }

  public vpcIds(scope: Scope): string[] {
    return [...this.vpcs.in(scope).keys()];
  }

  public subnetIdsIn(id: string, scope: Scope): string[] {
    return [...this.subnets.in(scope).values()].filter(({ vpcId }) => vpcId === id).map(({ subnetId }) => subnetId);
  }

  /** Whether a VPC has subnets, or route tables beside the main one. */
  public hasParts(id: string, scope: Scope): boolean {
    const { mainRouteTableId } = this.vpc(id, scope);
    const tables = [...this.routeTables.in(scope).values()].filter((table) => table.routeTableId !== mainRouteTableId);
    return [...tables, ...this.subnets.in(scope).values()].some(({ vpcId }) => vpcId === id);
  }

  /** Whether a range has addresses of a subnet of the VPC. */
  public overlaps(id: string, range: string, scope: Scope): boolean {
    const includes = (outer: string, inner: string): boolean => parsed(outer).includes(parsed(inner));
    return [...this.subnets.in(scope).values()].some(
      ({ vpcId, cidrBlock }) => vpcId === id && (includes(range, cidrBlock) || includes(cidrBlock, range)),
    );
  }

  /** Whether a route table is that of a VPC or of a subnet. */
  public isAssociated(table: RouteTable, scope: Scope): boolean {
    return this.isMain(table, scope) || this.subnetIdsOf(table, scope).length > 0;
  }

  public describedVpc(id: string, scope: Scope): Fields {
    return describedVpc(this.vpc(id, scope), scope);
  }

  public describedSubnet(id: string, scope: Scope): Fields {
    return describedSubnet(this.subnet(id, scope), scope);
  }

  public vpc(id: string, scope: Scope): Vpc {
    return existing(this.vpcs.in(scope), id, "InvalidVpcID.NotFound", "vpc ID");
  }

  /** @param code what the caller's operation answers where there is none */
  public subnet(id: string, scope: Scope, code = "InvalidSubnetID.NotFound"): Subnet {
    return existing(this.subnets.in(scope), id, code, "subnet ID");
  }

  /** @param code what the caller's operation answers where there is none */
  public routeTable(id: string, scope: Scope, code = "InvalidRouteTableID.NotFound"): RouteTable {
    return existing(this.routeTables.in(scope), id, code, "routeTable ID");
  }

  /** The route tables that have a route to a target. */
  public routeTablesTo(target: string, scope: Scope): RouteTable[] {
    return [...this.routeTables.in(scope).values()].filter(({ routes }) =>
      routes.some((route) => route.target === target),
    );
  }

  /** The route table that a subnet is associated with, the main one where it is not. */
  public routeTableOf(subnet: Subnet, scope: Scope): RouteTable {
    return this.routeTable(subnet.routeTableId ?? this.vpc(subnet.vpcId, scope).mainRouteTableId, scope);
  }

  public tagged(id: string, scope: Scope): Tagged | undefined {
    return this.vpcs.in(scope).get(id) ?? this.subnets.in(scope).get(id) ?? this.routeTables.in(scope).get(id);
  }

  private isMain({ routeTableId, vpcId }: RouteTable, scope: Scope): boolean {
    return this.vpc(vpcId, scope).mainRouteTableId === routeTableId;
  }

  private subnetIdsOf({ routeTableId }: RouteTable, scope: Scope): string[] {
    const subnets = [...this.subnets.in(scope).values()].filter((subnet) => subnet.routeTableId === routeTableId);
    return subnets.map(({ subnetId }) => subnetId);
  }

  public describedRouteTable(table: RouteTable, scope: Scope): Fields {
    const { routeTableId, vpcId, routes } = table;
    const associated = this.subnetIdsOf(table, scope).map((subnetId) => ({ main: false, subnetId }));
    const associations = this.isMain(table, scope) ? [{ main: true, subnetId: undefined }, ...associated] : associated;
    return {
      routeTableId,
      vpcId,
      ownerId: scope.accountId,
      routeSet: routes.map(describedRoute),
      associationSet: associations.map(({ main, subnetId }) => ({
        routeTableAssociationId: idWith("rtbassoc", subnetId ?? routeTableId),
        routeTableId,
        subnetId,
        main,
        associationState: { state: "associated" },
      })),
      propagatingVgwSet: [],
      tagSet: tagSet(table),
    };
  }
}

function place<T>(items: Map<string, T>, id: string, item: T): void {
  if (items.has(id)) {
    throw new Error(`${id} exists already`);
  }
  items.set(id, item);
}

/** A test that makes an impossible network is told so, since its assertions would prove nothing. */
function checkSeed(id: string, prefix: string, ranges: readonly (string | undefined)[]): void {
  if (!isId(id, prefix)) {
    throw new Error(`${id} is not an ID such as ${prefix}-0a1b2c3d4e5f60718`);
  }
  ranges.filter((range) => range !== undefined).forEach(parsed);
}

/** A CIDR block that is known to be one. */
export function parsed(range: string): Cidr {
  const cidr = Cidr.tryParse(range);
  if (cidr?.toString() !== range) {
    throw new Error(`${range} is not a CIDR block`);
  }
  return cidr;
}

function describedVpc(vpc: Vpc, scope: Scope): Fields {
  const { vpcId, cidrBlock, ipv6CidrBlock } = vpc;
  return {
    vpcId,
    ownerId: scope.accountId,
    state: "available",
    cidrBlock,
    cidrBlockAssociationSet: [
      {
        associationId: idWith("vpc-cidr-assoc", `${vpcId} ${cidrBlock}`),
        cidrBlock,
        cidrBlockState: { state: "associated" },
      },
    ],
    ipv6CidrBlockAssociationSet:
      ipv6CidrBlock === undefined
        ? []
        : [
            {
              associationId: idWith("vpc-cidr-assoc", `${vpcId} ${ipv6CidrBlock}`),
              ipv6CidrBlock,
              ipv6CidrBlockState: { state: "associated" },
            },
          ],
    dhcpOptionsId: idWith("dopt", vpcId),
    instanceTenancy: "default",
    isDefault: false,
    tagSet: tagSet(vpc),
  };
}

function describedSubnet(subnet: Subnet, { accountId, region }: Scope): Fields {
  const { subnetId, vpcId, availabilityZone, cidrBlock, ipv6CidrBlock } = subnet;
  return {
    subnetId,
    subnetArn: `arn:${partitionOf(region)}:ec2:${region}:${accountId}:subnet/${subnetId}`,
    vpcId,
    ownerId: accountId,
    state: "available",
    availabilityZone,
    cidrBlock,
    ipv6CidrBlockAssociationSet:
      ipv6CidrBlock === undefined
        ? []
        : [
            {
              associationId: idWith("subnet-cidr-assoc", subnetId),
              ipv6CidrBlock,
              ipv6CidrBlockState: { state: "associated" },
            },
          ],
    defaultForAz: false,
    mapPublicIpOnLaunch: false,
    assignIpv6AddressOnCreation: false,
    ipv6Native: false,
    enableDns64: false,
    tagSet: tagSet(subnet),
  };
}

function describedRoute({ destination, target, isBlackhole = false }: Route): Fields {
  const kind = destination.startsWith("pl-")
    ? "destinationPrefixListId"
    : destination.includes(":")
      ? "destinationIpv6CidrBlock"
      : "destinationCidrBlock";
  return {
    [kind]: destination,
    [TARGETS[target.replace(/-.*/, "")] ?? "gatewayId"]: target,
    state: isBlackhole ? "blackhole" : "active",
    origin: target === "local" ? "CreateRouteTable" : "CreateRoute",
  };
}
