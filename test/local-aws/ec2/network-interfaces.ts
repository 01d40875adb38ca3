import { Store } from "../service";
import type { Fields, Scope, Service } from "../service";
import type { Network, Subnet } from "./network";
import { parsed } from "./network";
import { existing, listed, newId } from "./requests";

export interface NetworkInterface {
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly description: string;
  readonly privateIpAddress: string;
  ipv6Address: string | undefined;
  groupIds: readonly string[];
}

/** What AWS keeps for itself at the start of a subnet. */
const RESERVED_ADDRESSES = 4;

/** The network interfaces of EC2, which are there for endpoints only. */
export class NetworkInterfaces {
  private readonly interfaces = new Store<NetworkInterface>("network interface");

  public constructor(private readonly network: Network) {}

  public readonly operations: Service["operations"] = {
    DescribeNetworkInterfaces: (input, scope) =>
      listed("networkInterfaceSet", input, scope, {
        items: this.interfaces.in(scope),
        ids: {
          name: "NetworkInterfaceId",
          find: (id) =>
            existing(this.interfaces.in(scope), id, "InvalidNetworkInterfaceID.NotFound", "networkInterface ID"),
        },
        filters: {
          "group-id": ({ groupIds }) => groupIds,
          "vpc-id": ({ vpcId }) => [vpcId],
          "subnet-id": ({ subnetId }) => [subnetId],
        },
        describe: (networkInterface) => this.described(networkInterface, scope),
      }),
  };

  /** Makes a network interface at the next free address of a subnet. */
  public add(
    { subnetId, vpcId, cidrBlock }: Subnet,
    options: Pick<NetworkInterface, "description" | "groupIds">,
    scope: Scope,
  ): NetworkInterface {
    const taken = [...this.interfaces.in(scope).values()].map(({ privateIpAddress }) => privateIpAddress);
    const range = parsed(cidrBlock);
    let offset = RESERVED_ADDRESSES;
    while (taken.includes(range.address(offset))) {
      offset += 1;
    }
    const networkInterfaceId = newId("eni");
    const addresses = { privateIpAddress: range.address(offset), ipv6Address: undefined };
    const networkInterface: NetworkInterface = { networkInterfaceId, subnetId, vpcId, ...addresses, ...options };
    this.interfaces.in(scope).set(networkInterfaceId, networkInterface);
    return networkInterface;
  }

  /** Gives a network interface an IPv6 address of its subnet, at the place of its other one. */
  public assignIpv6Address(networkInterface: NetworkInterface, scope: Scope): void {
    const { cidrBlock, ipv6CidrBlock = "" } = this.network.subnet(networkInterface.subnetId, scope);
    const offset = parsed(cidrBlock).offsetOf(networkInterface.privateIpAddress);
    networkInterface.ipv6Address = parsed(ipv6CidrBlock).address(offset);
  }

  public remove({ networkInterfaceId }: NetworkInterface, scope: Scope): void {
    this.interfaces.in(scope).delete(networkInterfaceId);
  }

  public anyIn(subnetId: string, scope: Scope): boolean {
    return [...this.interfaces.in(scope).values()].some((networkInterface) => networkInterface.subnetId === subnetId);
  }

  public anyHas(groupId: string, scope: Scope): boolean {
    return [...this.interfaces.in(scope).values()].some(({ groupIds }) => groupIds.includes(groupId));
  }

  private described(networkInterface: NetworkInterface, scope: Scope): Fields {
    const { groupIds, privateIpAddress, ipv6Address, ...rest } = networkInterface;
    return {
      ...rest,
      privateIpAddress,
      availabilityZone: this.network.subnet(rest.subnetId, scope).availabilityZone,
      ownerId: scope.accountId,
      requesterManaged: true,
      interfaceType: "vpc_endpoint",
      status: "in-use",
      sourceDestCheck: false,
      groupSet: groupIds.map((groupId) => ({ groupId })),
      privateIpAddressesSet: [{ privateIpAddress, primary: true }],
      ipv6Address,
      ipv6AddressesSet: ipv6Address === undefined ? [] : [{ ipv6Address }],
    };
  }
}
