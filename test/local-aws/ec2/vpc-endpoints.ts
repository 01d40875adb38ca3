import { AwsError, Store, optionalList } from "../service";
import type { Fields, Scope, Service } from "../service";
import { endpointServices, serviceOf, suffixOf } from "./endpoint-services";
import type { EndpointService } from "./endpoint-services";
import type { Network, RouteTable, Subnet } from "./network";
import type { NetworkInterface, NetworkInterfaces } from "./network-interfaces";
import { endDryRun, existing, invalidParameter, isId, listed, newId, required, tagSet, tagsOf } from "./requests";
import type { Tagged } from "./requests";
import type { SecurityGroups } from "./security-groups";
import { settingsOf } from "./vpc-endpoint-settings";
import type { Settings } from "./vpc-endpoint-settings";

export interface VpcEndpoint extends Tagged {
  readonly vpcEndpointId: string;
  readonly vpcId: string;
  readonly service: EndpointService;
  readonly createdAt: Date;
  settings: Settings;
  groupIds: readonly string[];
  readonly interfaces: NetworkInterface[];
}

/** What a request adds to an endpoint and takes from it, by its parameters. */
interface Change {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** The parameters that an endpoint of the other type has no use for. */
const FOREIGN: { readonly [type: string]: RegExp } = {
  Gateway: /(?:Subnet|SecurityGroup)Id$/,
  Interface: /RouteTableId$/,
};
const MAX_GROUPS = 5;
/** Some of the addresses of each service that has gateway endpoints; no two services share one. */
const PREFIX_LIST_CIDRS: { readonly [service: string]: readonly string[] } = {
  dynamodb: ["52.94.0.0/22", "52.119.224.0/20"],
  s3: ["3.5.0.0/19", "52.216.0.0/15"],
};
// AWS cuts a page that is too large to 1,000 items and does not refuse it; a stand-in never has so many.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html
const ANY_PAGE = [1, Number.MAX_SAFE_INTEGER] as const;

/** The VPC endpoints of EC2: interface endpoints with their network interfaces, gateway endpoints with their routes. */
export class VpcEndpoints {
  private readonly endpoints = new Store<VpcEndpoint>("vpc endpoint");

  public constructor(
    private readonly network: Network,
    private readonly interfaces: NetworkInterfaces,
    private readonly groups: SecurityGroups,
  ) {}

  public readonly operations: Service["operations"] = {
    CreateVpcEndpoint: (input, scope) => {
      const { vpcId } = this.network.vpc(required(input, "VpcId"), scope);
      const service = serviceOf(input, scope);
      checkParameters(input, service);
      const endpoint: VpcEndpoint = {
        vpcEndpointId: newId("vpce"),
        vpcId,
        service,
        createdAt: new Date(),
        settings: settingsOf(input, service),
        groupIds: [],
        interfaces: [],
        tags: tagsOf(input, "vpc-endpoint"),
      };
      const groupIds = optionalList<string>(input, "SecurityGroupId") ?? [this.groups.defaultOf(vpcId, scope)];
      const changes = {
        subnets: { add: optionalList<string>(input, "SubnetId") ?? [], remove: [] },
        groups: { add: service.type === "Interface" ? groupIds : [], remove: [] },
        routeTables: { add: optionalList<string>(input, "RouteTableId") ?? [], remove: [] },
      };
      this.change(endpoint, endpoint.settings, changes, input, scope);
      this.endpoints.in(scope).set(endpoint.vpcEndpointId, endpoint);
      return { vpcEndpoint: this.described(endpoint, scope) };
    },
    DescribeVpcEndpoints: (input, scope) =>
      listed("vpcEndpointSet", input, scope, {
        items: this.endpoints.in(scope),
        ids: { name: "VpcEndpointId", find: (id) => this.endpoint(id, scope) },
        filters: {
          "vpc-endpoint-id": ({ vpcEndpointId }) => [vpcEndpointId],
          "vpc-id": ({ vpcId }) => [vpcId],
          "service-name": ({ service }) => [service.serviceName],
        },
        pageBounds: ANY_PAGE,
        describe: (endpoint) => this.described(endpoint, scope),
      }),
    ModifyVpcEndpoint: (input, scope) => {
      const endpoint = this.endpoint(required(input, "VpcEndpointId"), scope);
      checkParameters(input, endpoint.service);
      const changes = {
        subnets: changeOf(input, "SubnetId"),
        groups: changeOf(input, "SecurityGroupId"),
        routeTables: changeOf(input, "RouteTableId"),
      };
      this.change(endpoint, settingsOf(input, endpoint.service, endpoint.settings), changes, input, scope);
      return { return: true };
    },
    DeleteVpcEndpoints: (input, scope) => {
      endDryRun(input);
      return {
        unsuccessful: (optionalList<string>(input, "VpcEndpointId") ?? []).flatMap((id) => {
          const endpoint = this.endpoints.in(scope).get(id);
          if (endpoint === undefined) {
            const message = `The Vpc Endpoint Id '${id}' does not exist`;
            return [{ resourceId: id, error: { code: "InvalidVpcEndpoint.NotFound", message } }];
          }
          this.delete(endpoint, scope);
          return [];
        }),
      };
    },
    DescribePrefixLists: (input, scope) => {
      const lists = endpointServices(scope.region).filter(({ type }) => type === "Gateway");
      const byId = new Map(lists.map((list) => [list.prefixListId, list]));
      return listed("prefixListSet", input, scope, {
        items: byId,
        ids: {
          name: "PrefixListId",
          find: (id) => existing(byId, id, "InvalidPrefixListID.NotFound", "prefix list ID"),
        },
        filters: {
          "prefix-list-name": ({ serviceName }) => [serviceName],
          "prefix-list-id": ({ prefixListId }) => [prefixListId],
        },
        pageBounds: ANY_PAGE,
        describe: ({ name, prefixListId, serviceName }) => ({
          prefixListId,
          prefixListName: serviceName,
          cidrSet: PREFIX_LIST_CIDRS[name],
        }),
      });
    },
  };

  public contents(): string[] {
    return this.endpoints.contents();
  }

  public anyIn(vpcId: string, scope: Scope): boolean {
    return [...this.endpoints.in(scope).values()].some((endpoint) => endpoint.vpcId === vpcId);
  }

  /** The interface endpoint that a service's own host name leads to within a VPC. */
  public byPrivateDns(vpcId: string, serviceName: string, scope: Scope): VpcEndpoint | undefined {
    return [...this.endpoints.in(scope).values()].find(
      (endpoint) =>
        endpoint.vpcId === vpcId && endpoint.service.name === serviceName && endpoint.settings.privateDnsEnabled,
    );
  }

  /** The gateway endpoint that a route table sends a service's traffic through. */
  public byRoute(table: RouteTable, serviceName: string, scope: Scope): VpcEndpoint | undefined {
    return table.routes
      .map(({ target }) => this.endpoints.in(scope).get(target))
      .find((endpoint) => endpoint?.service.name === serviceName);
  }

  public tagged(id: string, scope: Scope): Tagged | undefined {
    return this.endpoints.in(scope).get(id);
  }

  private endpoint(id: string, scope: Scope): VpcEndpoint {
    if (!isId(id, "vpce")) {
      throw new AwsError("InvalidVpcEndpointId.Malformed", `Invalid Id: '${id}' (expecting 'vpce-...')`);
    }
    return existing(this.endpoints.in(scope), id, "InvalidVpcEndpointId.NotFound", "Vpc Endpoint Id");
  }

  /** Checks the whole of a request first: one that is refused changes nothing. */
  private change(
    endpoint: VpcEndpoint,
    settings: Settings,
    changes: { readonly subnets: Change; readonly groups: Change; readonly routeTables: Change },
    input: Fields,
    scope: Scope,
  ): void {
    const { vpcEndpointId, vpcId, service } = endpoint;
    this.checkPrivateDns(endpoint, settings, scope);
    const tables = this.addedRouteTables(endpoint, changes.routeTables, scope);
    const subnets = this.addedSubnets(endpoint, settings, changes.subnets, scope);
    const groupIds = changed(endpoint.groupIds, changes.groups).map((id) => this.groups.checkedId(id, vpcId, scope));
    if (service.type === "Interface" && (groupIds.length === 0 || groupIds.length > MAX_GROUPS)) {
      throw invalidParameter(`An endpoint must have 1 to ${MAX_GROUPS} security groups`);
    }
    endDryRun(input);
    endpoint.settings = settings;
    endpoint.groupIds = groupIds;
    for (const networkInterface of endpoint.interfaces.filter(({ subnetId }) =>
      changes.subnets.remove.includes(subnetId),
    )) {
      this.removeInterface(endpoint, networkInterface, scope);
    }
    for (const subnet of subnets) {
      const options = { description: `VPC Endpoint Interface ${vpcEndpointId}`, groupIds };
      endpoint.interfaces.push(this.interfaces.add(subnet, options, scope));
    }
    for (const networkInterface of endpoint.interfaces) {
      networkInterface.groupIds = groupIds;
      networkInterface.ipv6Address = undefined;
      if (settings.ipAddressType !== "ipv4") {
        this.interfaces.assignIpv6Address(networkInterface, scope);
      }
    }
    for (const { routeTableId } of this.network.routeTablesTo(vpcEndpointId, scope)) {
      if (changes.routeTables.remove.includes(routeTableId)) {
        this.removeRoute(endpoint, this.network.routeTable(routeTableId, scope));
      }
    }
    for (const { routes } of tables) {
      routes.push({ destination: service.prefixListId, target: vpcEndpointId });
    }
  }

  private checkPrivateDns({ vpcEndpointId, vpcId, service }: VpcEndpoint, settings: Settings, scope: Scope): void {
    if (!settings.privateDnsEnabled) {
      return;
    }
    const { enableDnsSupport, enableDnsHostnames } = this.network.vpc(vpcId, scope);
    if (!enableDnsSupport || !enableDnsHostnames) {
      throw invalidParameter(
        `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
      );
    }
    const other = this.byPrivateDns(vpcId, service.name, scope);
    if (other !== undefined && other.vpcEndpointId !== vpcEndpointId) {
      throw invalidParameter(
        `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${service.privateDnsName} in the VPC ${vpcId}`,
      );
    }
  }

  private addedRouteTables(
    { vpcEndpointId, vpcId, service }: VpcEndpoint,
    { add, remove }: Change,
    scope: Scope,
  ): RouteTable[] {
    const code = "InvalidRouteTableId.NotFound";
    const present = this.network.routeTablesTo(vpcEndpointId, scope).map(({ routeTableId }) => routeTableId);
    remove.forEach((id) => this.network.routeTable(id, scope, code));
    checkRemoved(remove, present);
    return [...new Set(add)].map((id) => {
      const table = this.network.routeTable(id, scope, code);
      if (table.vpcId !== vpcId) {
        throw invalidParameter(`Route table ${id} does not belong to VPC ${vpcId}`);
      }
      if (table.routes.some(({ destination }) => destination === service.prefixListId)) {
        throw new AwsError(
          "RouteAlreadyExists",
          `route table ${id} already has a route with destination-prefix-list-id ${service.prefixListId}`,
        );
      }
      return table;
    });
  }

  private addedSubnets(endpoint: VpcEndpoint, settings: Settings, { add, remove }: Change, scope: Scope): Subnet[] {
    const code = "InvalidSubnetId.NotFound";
    const present = endpoint.interfaces.map(({ subnetId }) => subnetId);
    checkRemoved(remove, present);
    const added = add.map((id) => {
      const subnet = this.network.subnet(id, scope, code);
      if (subnet.vpcId !== endpoint.vpcId) {
        throw invalidParameter(`Subnet ${id} does not belong to VPC ${endpoint.vpcId}`);
      }
      return subnet;
    });
    const all = [...changed(present, { add: [], remove }).map((id) => this.network.subnet(id, scope)), ...added];
    all.forEach(({ subnetId, availabilityZone, ipv6CidrBlock }, index) => {
      if (all.slice(0, index).some((other) => other.availabilityZone === availabilityZone)) {
        throw new AwsError(
          "DuplicateSubnetsInSameZone",
          `Found another VPC endpoint subnet in the availability zone of ${subnetId}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
        );
      }
      if (settings.ipAddressType !== "ipv4" && ipv6CidrBlock === undefined) {
        throw invalidParameter(`The subnet ${subnetId} has no IPv6 CIDR block, which ${settings.ipAddressType} needs`);
      }
    });
    return added;
  }

  private delete(endpoint: VpcEndpoint, scope: Scope): void {
    for (const networkInterface of [...endpoint.interfaces]) {
      this.removeInterface(endpoint, networkInterface, scope);
    }
    for (const table of this.network.routeTablesTo(endpoint.vpcEndpointId, scope)) {
      this.removeRoute(endpoint, table);
    }
    this.endpoints.in(scope).delete(endpoint.vpcEndpointId);
  }

  private removeInterface({ interfaces }: VpcEndpoint, networkInterface: NetworkInterface, scope: Scope): void {
    interfaces.splice(interfaces.indexOf(networkInterface), 1);
    this.interfaces.remove(networkInterface, scope);
  }

  private removeRoute({ vpcEndpointId }: VpcEndpoint, { routes }: RouteTable): void {
    routes.splice(
      routes.findIndex(({ target }) => target === vpcEndpointId),
      1,
    );
  }

  private described(endpoint: VpcEndpoint, scope: Scope): Fields {
    const { vpcEndpointId, vpcId, service, createdAt, groupIds, interfaces, settings } = endpoint;
    const { dnsRecordIpType, ...rest } = settings;
    return {
      vpcEndpointId,
      vpcEndpointType: service.type,
      vpcId,
      serviceName: service.serviceName,
      serviceRegion: scope.region,
      state: "available",
      ownerId: scope.accountId,
      requesterManaged: false,
      creationTimestamp: createdAt,
      ...rest,
      dnsOptions: { dnsRecordIpType },
      dnsEntrySet: this.dnsEntries(endpoint, scope),
      routeTableIdSet: this.network.routeTablesTo(vpcEndpointId, scope).map(({ routeTableId }) => routeTableId),
      subnetIdSet: interfaces.map(({ subnetId }) => subnetId),
      groupSet: groupIds.map((groupId) => ({ groupId })),
      networkInterfaceIdSet: interfaces.map(({ networkInterfaceId }) => networkInterfaceId),
      tagSet: tagSet(endpoint),
    };
  }

  private dnsEntries({ vpcEndpointId, service, interfaces, settings }: VpcEndpoint, scope: Scope): Fields[] {
    if (service.type === "Gateway") {
      return [];
    }
    const name = `${vpcEndpointId}-${vpcEndpointId.slice(-8)}`;
    const [host = ""] = service.privateDnsName.split(`.${scope.region}.`);
    const zones = interfaces.map(({ subnetId }) => `-${this.network.subnet(subnetId, scope).availabilityZone}`);
    const own = ["", ...zones].map((zone) => `${name}${zone}.${host}.${scope.region}.vpce.${suffixOf(scope.region)}`);
    return [...own, ...(settings.privateDnsEnabled ? [service.privateDnsName] : [])].map((dnsName) => ({ dnsName }));
  }
}

function changeOf(input: Fields, name: string): Change {
  return {
    add: optionalList<string>(input, `Add${name}`) ?? [],
    remove: optionalList<string>(input, `Remove${name}`) ?? [],
  };
}

function changed(present: readonly string[], { add, remove }: Change): string[] {
  return [...new Set([...present.filter((id) => !remove.includes(id)), ...add])];
}

function checkRemoved(remove: readonly string[], present: readonly string[]): void {
  const absent = remove.find((id) => !present.includes(id));
  if (absent !== undefined) {
    throw invalidParameter(`${absent} is not associated with the endpoint`);
  }
}

function checkParameters(input: Fields, { type }: EndpointService): void {
  const foreign = Object.keys(input).find((name) => FOREIGN[type]?.test(name));
  if (foreign !== undefined) {
    throw invalidParameter(`${foreign} is not supported for ${type} endpoints`);
  }
}
