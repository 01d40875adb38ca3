import { Store } from "../service";
import type { Fields, Scope, Service } from "../service";
import { Cidr } from "./cidr";
import type { Network, Subnet } from "./network";
import { existing, idWith, listed } from "./requests";

/** One rule of a network ACL for IPv4. */
export interface AclEntry {
  readonly ruleNumber: number;
  readonly egress: boolean;
  readonly ruleAction: "allow" | "deny";
  readonly cidrBlock: string;
  /** TCP ports. @default - all traffic */
  readonly ports?: readonly [from: number, to: number];
}

/** A network ACL that there is before any client comes. */
export interface NetworkAclSeed {
  readonly networkAclId: string;
  readonly vpcId: string;
  /** The subnets that have it in place of the VPC's default one. */
  readonly subnetIds: readonly string[];
  /** Beside the last rule of every ACL, which denies what no other rule is for. */
  readonly entries: readonly AclEntry[];
}

interface NetworkAcl extends NetworkAclSeed {
  readonly isDefault: boolean;
}

const EVERYWHERE = "0.0.0.0/0";
/** The rule that AWS shows as an asterisk. https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html */
const LAST_RULE = 32_767;
const TCP = "6";
const ALL = "-1";

/** The network ACLs of EC2: the default one of each VPC, which allows everything, and those that tests make. */
export class NetworkAcls {
  private readonly acls = new Store<NetworkAcl>("network acl");

  public constructor(private readonly network: Network) {}

  public readonly operations: Service["operations"] = {
    DescribeNetworkAcls: (input, scope) => {
      const items = new Map([...this.defaultAcls(scope), ...this.acls.in(scope)]);
      return listed("networkAclSet", input, scope, {
        items,
        ids: {
          name: "NetworkAclId",
          find: (id) => existing(items, id, "InvalidNetworkAclID.NotFound", "networkAcl ID"),
        },
        filters: {
          "vpc-id": ({ vpcId }) => [vpcId],
          default: ({ isDefault }) => [String(isDefault)],
          "association.subnet-id": (acl) => this.subnetIdsOf(acl, scope),
        },
        describe: (acl) => this.described(acl, scope),
      });
    },
  };

  public add(scope: Scope, seed: NetworkAclSeed): void {
    seed.subnetIds.forEach((id) => this.network.subnet(id, scope));
    this.acls.in(scope).set(seed.networkAclId, { ...seed, isDefault: false });
  }

  /** The first rule that is for a packet: whether the ACL of a subnet lets it pass. */
  public allows(subnet: Subnet, egress: boolean, peer: string, port: number, scope: Scope): boolean {
    const own = [...this.acls.in(scope).values()].find(({ subnetIds }) => subnetIds.includes(subnet.subnetId));
    const rule = [...(own?.entries ?? this.defaultEntries())]
      .sort((a, b) => a.ruleNumber - b.ruleNumber)
      .filter((entry) => entry.egress === egress && Cidr.tryParse(entry.cidrBlock)?.includes(peer))
      .find(({ ports: [from, to] = [0, 65_535] }) => from <= port && port <= to);
    return rule?.ruleAction === "allow";
  }

  private defaultAcls(scope: Scope): ReadonlyMap<string, NetworkAcl> {
    const acls = this.network.vpcIds(scope).map((vpcId) => ({
      networkAclId: idWith("acl", vpcId),
      vpcId,
      subnetIds: [],
      entries: this.defaultEntries(),
      isDefault: true,
    }));
    return new Map(acls.map((acl) => [acl.networkAclId, acl]));
  }

  private defaultEntries(): AclEntry[] {
    return [true, false].map((egress) => ({ ruleNumber: 100, egress, ruleAction: "allow", cidrBlock: EVERYWHERE }));
  }

  private subnetIdsOf({ vpcId, subnetIds, isDefault }: NetworkAcl, scope: Scope): readonly string[] {
    const others = [...this.acls.in(scope).values()].flatMap((acl) => acl.subnetIds);
    return isDefault ? this.network.subnetIdsIn(vpcId, scope).filter((id) => !others.includes(id)) : subnetIds;
  }

  private described(acl: NetworkAcl, scope: Scope): Fields {
    const { networkAclId, vpcId, entries, isDefault } = acl;
    const last = [true, false].map((egress) => ({
      ruleNumber: LAST_RULE,
      egress,
      ruleAction: "deny",
      cidrBlock: EVERYWHERE,
      protocol: ALL,
    }));
    return {
      networkAclId,
      vpcId,
      ownerId: scope.accountId,
      default: isDefault,
      entrySet: [...entries.map(describedEntry), ...last],
      associationSet: this.subnetIdsOf(acl, scope).map((subnetId) => ({
        networkAclAssociationId: idWith("aclassoc", subnetId),
        networkAclId,
        subnetId,
      })),
      tagSet: [],
    };
  }
}

function describedEntry({ ports, ...entry }: AclEntry): Fields {
  return ports === undefined
    ? { ...entry, protocol: ALL }
    : { ...entry, protocol: TCP, portRange: { from: ports[0], to: ports[1] } };
}
