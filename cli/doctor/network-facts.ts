import { CommandError } from "../io";
import { AwsRefusal, checked } from "./aws-cli";
import type { AwsCli, CliOptions } from "./aws-cli";
import type { Remark } from "./step";

// What AWS answers, as far as the checks read it.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html

export interface Subnet {
  readonly SubnetId: string;
  /** A subnet for IPv6 only has none. */
  readonly CidrBlock?: string;
}

export interface Route {
  readonly DestinationCidrBlock?: string;
  readonly DestinationIpv6CidrBlock?: string;
  readonly DestinationPrefixListId?: string;
  readonly State: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
  readonly TransitGatewayId?: string;
  readonly NetworkInterfaceId?: string;
  readonly VpcPeeringConnectionId?: string;
  readonly EgressOnlyInternetGatewayId?: string;
  readonly LocalGatewayId?: string;
  readonly CarrierGatewayId?: string;
  readonly CoreNetworkArn?: string;
}

export interface RouteTable {
  readonly RouteTableId: string;
  readonly Routes: readonly Route[];
  readonly Associations: readonly { readonly Main?: boolean; readonly SubnetId?: string }[];
}

export interface Endpoint {
  readonly VpcEndpointId: string;
  readonly VpcEndpointType: string;
  readonly ServiceName: string;
  readonly State: string;
  readonly PolicyDocument: string;
  readonly PrivateDnsEnabled?: boolean;
  readonly DnsOptions?: { readonly PrivateDnsOnlyForInboundResolverEndpoint?: boolean };
  readonly RouteTableIds?: readonly string[];
  readonly SubnetIds?: readonly string[];
  readonly Groups?: readonly { readonly GroupId: string }[];
}

interface Permission {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges?: readonly { readonly CidrIp: string }[];
  readonly UserIdGroupPairs?: readonly { readonly GroupId: string }[];
  readonly PrefixListIds?: readonly { readonly PrefixListId: string }[];
}

export interface SecurityGroup {
  readonly GroupId: string;
  readonly IpPermissions?: readonly Permission[];
  readonly IpPermissionsEgress?: readonly Permission[];
}

export interface AclEntry {
  readonly RuleNumber: number;
  readonly Egress: boolean;
  readonly RuleAction: string;
  readonly Protocol: string;
  readonly CidrBlock?: string;
  readonly PortRange?: { readonly From: number; readonly To: number };
}

export interface NetworkAcl {
  readonly NetworkAclId: string;
  readonly Entries: readonly AclEntry[];
  readonly Associations: readonly { readonly SubnetId: string }[];
}

/** The network of a VPC. */
export interface Network {
  readonly hasDnsSupport: boolean;
  readonly hasDnsHostnames: boolean;
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  readonly endpoints: readonly Endpoint[];
  /** Undefined if the caller may not see them. */
  readonly acls: readonly NetworkAcl[] | undefined;
  /** Those of the endpoints, and those of the clients if they are known; undefined if the caller may not see them. */
  readonly groups: readonly SecurityGroup[] | undefined;
}

const NO_VPC = ["InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "InvalidVpcId.Malformed"];

/**
 * Reads the network of a VPC, and what of it the caller may not see.
 *
 * @param clientGroupIds the security groups of the clients, as far as they are known
 * @param isRelevant whether pulls may use an endpoint
 * @throws CommandError if the region has no such VPC or no such group
 */
export async function readNetwork(
  aws: AwsCli,
  vpcId: string,
  clientGroupIds: readonly string[],
  isRelevant: (endpoint: Endpoint) => boolean,
): Promise<{ readonly network: Network; readonly remarks: readonly Remark[] }> {
  const inVpc = { filters: `Name=vpc-id,Values=${vpcId}` };
  const list = async <T>(operation: string, set: string, options: CliOptions = inVpc): Promise<readonly T[]> =>
    (await aws.call<{ readonly [set: string]: readonly T[] }>("ec2", operation, options))[set] ?? [];
  const isOn = async (attribute: string): Promise<boolean> => {
    const options = { "vpc-id": vpcId, attribute: `enable${attribute}` };
    const answer = await aws.call<{ readonly [name: string]: { readonly Value: boolean } }>(
      "ec2",
      "describe-vpc-attribute",
      options,
    );
    return answer[`Enable${attribute}`]?.Value === true;
  };
  const remarks: Remark[] = [];
  const missing: string[] = [];
  const optional = async <T>(subject: string, read: () => Promise<T>): Promise<T | undefined> => {
    let value: T | undefined;
    const keep = async (): Promise<readonly Remark[]> => {
      value = await read().catch((error: unknown) => {
        missing.push(...(error instanceof AwsRefusal && error.isDenied ? [error.action] : []));
        throw error;
      });
      return [];
    };
    remarks.push(...(await checked(subject, keep)));
    return value;
  };
  try {
    const [hasDnsSupport, hasDnsHostnames, subnets, routeTables, allEndpoints, acls] = await allOf([
      isOn("DnsSupport"),
      isOn("DnsHostnames"),
      list<Subnet>("describe-subnets", "Subnets"),
      list<RouteTable>("describe-route-tables", "RouteTables"),
      list<Endpoint>("describe-vpc-endpoints", "VpcEndpoints"),
      optional("network ACLs", () => list<NetworkAcl>("describe-network-acls", "NetworkAcls")),
    ]);
    const endpoints = allEndpoints.filter(isRelevant);
    const ids = new Set([...endpoints.flatMap(groupIdsOf), ...clientGroupIds]);
    const groups =
      ids.size === 0
        ? []
        : await optional("security groups", () =>
            list<SecurityGroup>("describe-security-groups", "SecurityGroups", { "group-ids": [...ids] }).catch(noGroup),
          );
    return { network: { hasDnsSupport, hasDnsHostnames, subnets, routeTables, endpoints, acls, groups }, remarks };
  } catch (error) {
    if (error instanceof AwsRefusal && NO_VPC.includes(error.code)) {
      throw new CommandError(`your account has no VPC ${vpcId} in ${aws.region}`);
    }
    if (error instanceof AwsRefusal && error.isDenied) {
      throw new AwsRefusal(error.code, [error.action, ...missing].join(", "), error.message);
    }
    throw error;
  }
}

/** The values of requests; or a refusal with all permissions that they lack. Another error comes first. */
async function allOf<T extends readonly Promise<unknown>[]>(
  requests: readonly [...T],
): Promise<{ -readonly [index in keyof T]: Awaited<T[index]> }> {
  const settled = await Promise.allSettled(requests);
  const errors = settled.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  const denials = errors.filter((error) => error instanceof AwsRefusal).filter(({ isDenied }) => isDenied);
  const [denial] = denials;
  if (denial !== undefined && denials.length === errors.length) {
    const actions = new Set(denials.map(({ action }) => action));
    throw new AwsRefusal(denial.code, [...actions].join(", "), denial.message);
  }
  const other = errors.find((error) => !(denials as readonly Error[]).includes(error));
  if (other !== undefined) {
    throw other;
  }
  return Promise.all(requests);
}

/** The groups of endpoints exist as long as the endpoints: a group that does not exist is one that the user named. */
function noGroup(error: unknown): never {
  throw error instanceof AwsRefusal && error.code === "InvalidGroup.NotFound" ? new CommandError(error.message) : error;
}

/** The security groups of an interface endpoint. */
export function groupIdsOf({ Groups = [] }: Endpoint): string[] {
  return Groups.map(({ GroupId }) => GroupId);
}
