import { serviceNameOf } from "../../src/aws/endpoint-service-names";
import { partitionOf, reverseDnsPrefixOf } from "../../src/aws/partitions";
import type { PrivateRegistry } from "../../src/image/registry-hosts";
import { CommandError } from "../io";
import { INTERNET } from "./addresses";
import { checked } from "./aws-cli";
import type { AwsCli } from "./aws-cli";
import { policyRemarks } from "./endpoint-policies";
import type { PullService } from "./endpoint-policies";
import { CLIENT_PORTS, HTTPS, throughAcl, throughGroups } from "./firewall";
import type { Passage, Peer } from "./firewall";
import { groupIdsOf, readNetwork } from "./network-facts";
import type { Endpoint, Network, RouteTable, Subnet } from "./network-facts";
import type { NetworkQuestion } from "./network-question";
import { routeTableOf, wayOutOf } from "./routes";
import type { WayOut } from "./routes";
import { cause, hint, ok, unchecked } from "./step";
import type { Cause, Remark } from "./step";

/** How a client reaches a service, and what is in its way. */
interface Way {
  /** What the service is reached by; undefined if it is not reached. */
  readonly by?: string;
  readonly endpoint?: Endpoint;
  readonly remarks: readonly Remark[];
}

/** A client in a subnet. */
interface Client {
  readonly subnet: Subnet;
  /** The IPv4 addresses of the subnet. */
  readonly block: string;
  readonly table: RouteTable;
  readonly wayOut: WayOut | undefined;
}

const EVERY_PULL: Cause = "i/o timeout on every pull";
const FIRST_PULL: Cause = "i/o timeout on the first pull";
const SERVICES: readonly PullService[] = ["ecr.api", "ecr.dkr", "s3"];
const MOST_NAMES = 6;
const EC2 = "aws ec2 ";
const CREATE_ENDPOINTS =
  "create the missing endpoints, as RegistryEndpoints and the module registry-endpoints do: ecr.api and ecr.dkr as interface endpoints with private DNS, and s3 as a gateway endpoint; or give the subnet a route to the internet";

/**
 * Checks whether clients in a VPC can pull an image: DNS, endpoints and their policies, routes, security groups and
 * network ACLs.
 *
 * @throws CommandError if there is no such VPC, no such subnet in it or no such security group
 */
export async function networkRemarks(aws: AwsCli, question: NetworkQuestion): Promise<readonly Remark[]> {
  const { vpcId, clientGroupIds = [], registry } = question;
  const services = SERVICES.map((service) => serviceName(service, registry));
  return checked(`the network of ${vpcId}`, async () => {
    const { network, remarks } = await readNetwork(aws, vpcId, clientGroupIds, ({ ServiceName }) =>
      services.includes(ServiceName),
    );
    return [...judgeNetwork(network, question), ...remarks];
  });
}

/** What is in the way of clients in a network that has been read. */
export function judgeNetwork(network: Network, question: NetworkQuestion): Remark[] {
  const { vpcId, subnetIds } = question;
  const absent = subnetIds?.find((id) => network.subnets.every(({ SubnetId }) => SubnetId !== id));
  if (absent !== undefined) {
    throw new CommandError(`${vpcId} has no subnet ${absent}`);
  }
  const subnets = network.subnets.filter(({ SubnetId }) => subnetIds?.includes(SubnetId) ?? true);
  if (subnets.length === 0) {
    return [unchecked(`${vpcId} has no subnets`)];
  }
  const judge = new Judge(network, question);
  const merged = new Map<string, { readonly remarks: Remark[]; readonly subnetIds: string[] }>();
  for (const { SubnetId, remark } of subnets.flatMap((subnet) => judge.remarksOf(subnet))) {
    const { remarks = [], subnetIds: others = [] } = merged.get(remark.detail) ?? {};
    merged.set(remark.detail, {
      remarks: [...remarks, remark],
      subnetIds: [...others.filter((id) => id !== SubnetId), SubnetId],
    });
  }
  return [
    ...[...merged.values()].map(({ remarks, subnetIds: ids }) => inOne(remarks, namesOf(ids))),
    ...[...judge.used].flatMap(([endpoint, service]) => policyRemarks(endpoint, service, question)),
  ];
}

/** Remarks with the same detail as one. Their solutions differ at most in the commands at their ends. */
function inOne(remarks: readonly Remark[], names: string): Remark {
  const [first] = remarks as [Remark];
  const detail = `${names}: ${first.detail}`;
  if (!("cause" in first)) {
    return { ...first, detail };
  }
  const solutions = remarks.flatMap((remark) => ("cause" in remark ? remark.solution : []));
  const [, ...others] = [...new Set(solutions)];
  const solution = [first.solution, ...others.map((text) => text.slice(text.indexOf(EC2)))].join("; ");
  return { ...first, detail, solution };
}

class Judge {
  /** The endpoints that clients reach, and the services that they are for. */
  public readonly used = new Map<Endpoint, PullService>();

  public constructor(
    private readonly network: Network,
    private readonly question: NetworkQuestion,
  ) {}

  public remarksOf(subnet: Subnet): { readonly SubnetId: string; readonly remark: Remark }[] {
    const { SubnetId, CidrBlock } = subnet;
    const table = routeTableOf(subnet, this.network.routeTables);
    if (CidrBlock === undefined || table === undefined) {
      return [
        { SubnetId, remark: unchecked("the command checks only subnets that have an IPv4 block and a route table") },
      ];
    }
    const client = { subnet, block: CidrBlock, table, wayOut: wayOutOf(table) };
    const ways = [
      ...SERVICES.map((service) => [service, this.wayTo(service, client)] as const),
      ["the first pull", this.wayOfFirstPull(client)] as const,
    ];
    for (const [service, { endpoint }] of ways) {
      if (endpoint !== undefined && service !== "the first pull") {
        this.used.set(endpoint, service);
      }
    }
    const remarks = ways.flatMap(([, way]) => way.remarks);
    const reached = ways.flatMap(([name, { by }]) => (by === undefined ? [] : [`${name} by ${by}`]));
    const all = remarks.some(({ kind }) => kind === "cause") ? remarks : [ok(reached.join(", ")), ...remarks];
    return all.map((remark) => ({ SubnetId, remark }));
  }

  private wayTo(service: PullService, client: Client): Way {
    const name = serviceName(service, this.question.registry);
    const endpoints = this.network.endpoints.filter(({ ServiceName }) => ServiceName === name);
    const byName = endpoints.find((endpoint) => this.isResolved(endpoint));
    if (byName !== undefined) {
      return { by: byName.VpcEndpointId, endpoint: byName, remarks: this.toInterface(byName, client) };
    }
    const gateway = endpoints.find((endpoint) => isRouted(endpoint, client.table));
    if (gateway !== undefined) {
      const remarks = this.toOutside(client, EVERY_PULL, prefixListsTo(gateway, client.table));
      return { by: gateway.VpcEndpointId, endpoint: gateway, remarks };
    }
    if (client.wayOut !== undefined && !client.wayOut.isBlackhole) {
      return { by: inWords(client.wayOut), remarks: this.toOutside(client, EVERY_PULL) };
    }
    const { detail, solution } = this.whyUnreached(service, endpoints, client);
    return { remarks: [cause(EVERY_PULL, `${detail}, and ${noWayOut(client)}`, solution)] };
  }

  /** Why an endpoint of a service does not serve a client without a way to the internet. */
  private whyUnreached(
    service: PullService,
    endpoints: readonly Endpoint[],
    { table }: Client,
  ): { readonly detail: string; readonly solution: string } {
    const { hasDnsSupport, hasDnsHostnames } = this.network;
    const { vpcId } = this.question;
    const [endpoint] = endpoints;
    if (service === "s3") {
      const gateway = endpoints.find(({ VpcEndpointType }) => VpcEndpointType === "Gateway");
      return gateway === undefined
        ? {
            detail: "the VPC has no gateway endpoint of s3",
            solution: CREATE_ENDPOINTS,
          }
        : {
            detail: `${table.RouteTableId} has no route to the endpoint ${gateway.VpcEndpointId} of s3`,
            solution: `add ${table.RouteTableId} to routeTableIds of RegistryEndpoints or route_table_ids of the module registry-endpoints, or run ${this.command(`modify-vpc-endpoint --vpc-endpoint-id ${gateway.VpcEndpointId} --add-route-table-ids ${table.RouteTableId}`)}`,
          };
    }
    if (endpoint === undefined) {
      return {
        detail: `the VPC has no endpoint of ${service}`,
        solution: CREATE_ENDPOINTS,
      };
    }
    const { VpcEndpointId: id, State, PrivateDnsEnabled } = endpoint;
    if (!isAvailable(endpoint)) {
      return {
        detail: `the endpoint ${id} of ${service} is in the state ${State}`,
        solution: "wait until the endpoint is available, or create it again",
      };
    }
    if (PrivateDnsEnabled !== true) {
      return {
        detail: `the endpoint ${id} of ${service} has no private DNS`,
        solution: `set private_dns_enabled in the aws_vpc_endpoint, or run ${this.command(`modify-vpc-endpoint --vpc-endpoint-id ${id} --private-dns-enabled`)}; ignore this if DNS of your own resolves the names of ECR to the endpoint`,
      };
    }
    const off = [hasDnsSupport ? [] : "DNS support", hasDnsHostnames ? [] : "DNS hostnames"].flat();
    const commands = off.map((attribute) => {
      const option = `--enable-${attribute.toLowerCase().replace(" ", "-")}`;
      return this.command(`modify-vpc-attribute --vpc-id ${vpcId} ${option} '{"Value":true}'`);
    });
    return {
      detail: `the names of ${service} do not resolve to the endpoint ${id}, because ${off.join(" and ")} of the VPC are off`,
      solution: `set enable_dns_support and enable_dns_hostnames in the aws_vpc, or run ${commands.join(" and ")}`,
    };
  }

  private command(words: string): string {
    return `${EC2}${words} --region ${this.question.registry.region}`;
  }

  private wayOfFirstPull(client: Client): Way {
    const { wayOut } = client;
    const { isCached } = this.question;
    if (wayOut !== undefined && !wayOut.isBlackhole) {
      return { by: inWords(wayOut), remarks: isCached ? [] : this.toOutside(client, FIRST_PULL) };
    }
    const { RouteTableId } = client.table;
    const route =
      wayOut === undefined
        ? `add a default route to ${RouteTableId}, for example to a NAT gateway`
        : `replace the default route of ${RouteTableId}, because its target ${wayOut.target} is gone`;
    const solution = `${route}; or pull the image beforehand with CacheWarmer or the module cache-warmer; ignore this if the clients use a proxy`;
    return {
      remarks: [
        isCached
          ? hint(FIRST_PULL, `layers that ECR has not stored yet cannot be pulled: ${noWayOut(client)}`, solution)
          : cause(FIRST_PULL, `a first pull downloads layers from the upstream, and ${noWayOut(client)}`, solution),
      ],
    };
  }

  /** Whether the names of a service resolve to an endpoint. */
  private isResolved(endpoint: Endpoint): boolean {
    const { VpcEndpointType, PrivateDnsEnabled, DnsOptions } = endpoint;
    return (
      VpcEndpointType === "Interface" &&
      isAvailable(endpoint) &&
      PrivateDnsEnabled === true &&
      // Otherwise clients in the VPC use the gateway endpoint, and only those outside of AWS this one.
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptionsSpecification.html
      DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint !== true &&
      this.network.hasDnsSupport &&
      this.network.hasDnsHostnames
    );
  }

  private toInterface(endpoint: Endpoint, client: Client): Remark[] {
    const { VpcEndpointId: id, SubnetIds = [] } = endpoint;
    const groupIds = groupIdsOf(endpoint);
    const places = this.network.subnets.filter(({ SubnetId }) => SubnetIds.includes(SubnetId));
    if (SubnetIds.length === 0) {
      return [
        cause(
          EVERY_PULL,
          `the endpoint ${id} has no subnet`,
          `add a subnet of ${this.question.vpcId} to ${id}, as subnetIds of RegistryEndpoints and subnet_ids of the module registry-endpoints do`,
        ),
      ];
    }
    const { clientGroupIds } = this.question;
    const admitted = this.throughGroups(groupIds, false, { block: client.block, groupIds: clientGroupIds });
    const groups = groupIds.join(", ");
    const [group = ""] = groupIds;
    const [clientGroup] = clientGroupIds ?? [];
    const [source, input] =
      clientGroup === undefined
        ? [`--cidr ${client.block}`, "clientCidrs of RegistryEndpoints, client_cidrs"]
        : [`--source-group ${clientGroup}`, "clientSecurityGroupIds of RegistryEndpoints, client_security_group_ids"];
    const ingress = `authorize-security-group-ingress --group-id ${group} --protocol tcp --port 443 ${source}`;
    return [
      ...remarkOn(
        admitted,
        `${groups} of the endpoints do not admit these subnets on port 443`,
        `admit the clients with ${input} of the module registry-endpoints, or run ${this.command(ingress)}`,
        `${groups} of the endpoints admit only some addresses or groups of clients on port 443`,
      ),
      ...places.flatMap((place) => {
        const block = place.CidrBlock ?? INTERNET;
        return [
          ...this.outOfClient({ block, groupIds }, EVERY_PULL),
          ...(place.SubnetId === client.subnet.SubnetId ? [] : this.betweenSubnets(client, place.SubnetId, block)),
        ];
      }),
    ];
  }

  /** What lets requests not out of a VPC, or to a gateway endpoint, whose addresses are public ones. */
  private toOutside(client: Client, heading: Cause, prefixListIds?: readonly string[]): Remark[] {
    const { SubnetId } = client.subnet;
    return [
      ...this.outOfClient({ block: INTERNET, groupIds: [], prefixListIds }, heading),
      ...this.throughAcl(SubnetId, true, INTERNET, HTTPS, heading),
      ...this.throughAcl(SubnetId, false, INTERNET, CLIENT_PORTS, heading),
    ];
  }

  private betweenSubnets({ subnet, block }: Client, endpointSubnetId: string, endpointBlock: string): Remark[] {
    return [
      ...this.throughAcl(subnet.SubnetId, true, endpointBlock, HTTPS, EVERY_PULL),
      ...this.throughAcl(subnet.SubnetId, false, endpointBlock, CLIENT_PORTS, EVERY_PULL),
      ...this.throughAcl(endpointSubnetId, false, block, HTTPS, EVERY_PULL),
      ...this.throughAcl(endpointSubnetId, true, block, CLIENT_PORTS, EVERY_PULL),
    ];
  }

  private outOfClient(peer: Peer, heading: Cause): Remark[] {
    const { clientGroupIds } = this.question;
    if (clientGroupIds === undefined) {
      return [];
    }
    const to = peer.block === INTERNET ? "addresses outside of the VPC" : peer.block;
    const groups = clientGroupIds.join(", ");
    return remarkOn(
      this.throughGroups(clientGroupIds, true, peer),
      `${groups} of the client do not allow outbound port 443 to ${to}`,
      `allow outbound port 443 in ${groups} to the endpoints, to the prefix list of S3 and, for first pulls, to the internet`,
      `${groups} of the client allow outbound port 443 to a part of ${to}`,
      heading,
    );
  }

  /** Open if the caller may not see the groups, which is a remark of its own. */
  private throughGroups(ids: readonly string[], isEgress: boolean, peer: Peer): Passage {
    const groups = this.network.groups?.filter(({ GroupId }) => ids.includes(GroupId));
    return groups === undefined ? "open" : throughGroups(groups, isEgress, peer);
  }

  private throughAcl(
    subnetId: string,
    isEgress: boolean,
    block: string,
    ports: readonly [number, number],
    heading: Cause,
  ): Remark[] {
    const acl = this.network.acls?.find(({ Associations }) =>
      Associations.some(({ SubnetId }) => SubnetId === subnetId),
    );
    if (acl === undefined) {
      return [];
    }
    const [from, to] = ports;
    const traffic = `${isEgress ? "outbound" : "inbound"} ${from === to ? `port ${from}` : `ports ${from} to ${to}`}`;
    const peer = `${isEgress ? "to" : "from"} ${block === INTERNET ? "addresses outside of the VPC" : block}`;
    return remarkOn(
      throughAcl(acl.Entries, isEgress, block, ports),
      `the network ACL ${acl.NetworkAclId} of ${subnetId} does not allow ${traffic} ${peer}`,
      `allow ${traffic} ${peer} in ${acl.NetworkAclId}: a network ACL needs rules for requests and for their answers`,
      `the network ACL ${acl.NetworkAclId} of ${subnetId} allows a part of ${traffic} ${peer}`,
      heading,
    );
  }
}

function remarkOn(passage: Passage, closed: string, solution: string, partly: string, heading = EVERY_PULL): Remark[] {
  switch (passage) {
    case "open":
      return [];
    case "partly":
      return [unchecked(partly)];
    case "closed":
      return [cause(heading, closed, solution)];
  }
}

function serviceName(service: PullService, { region }: PrivateRegistry): string {
  return serviceNameOf(service, region, () => reverseDnsPrefixOf(partitionOf(region)) ?? "");
}

/** AWS's model has the states with a capital letter, and EC2 answers them without. */
function isAvailable({ State }: Endpoint): boolean {
  return State.toLowerCase() === "available";
}

function isRouted(endpoint: Endpoint, table: RouteTable): boolean {
  return isAvailable(endpoint) && prefixListsTo(endpoint, table).length > 0;
}

/** The prefix lists whose addresses a route table sends to a gateway endpoint. */
function prefixListsTo({ VpcEndpointId }: Endpoint, { Routes }: RouteTable): string[] {
  return Routes.filter(({ GatewayId, State }) => GatewayId === VpcEndpointId && State === "active").flatMap(
    ({ DestinationPrefixListId = [] }) => DestinationPrefixListId,
  );
}

function noWayOut({ table, wayOut }: Client): string {
  return wayOut === undefined
    ? `the route table ${table.RouteTableId} has no default route`
    : `the default route of the route table ${table.RouteTableId} to ${wayOut.target} is a blackhole`;
}

function inWords({ target }: WayOut): string {
  return target.startsWith("igw-") ? `${target}, for clients with a public address` : target;
}

function namesOf(ids: readonly string[]): string {
  const more = ids.length - MOST_NAMES;
  return more > 1 ? `${ids.slice(0, MOST_NAMES).join(", ")} and ${more} more` : ids.join(", ");
}
