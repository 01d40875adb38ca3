import { AwsError, optionalList, optionalText } from "../service";
import type { Fields } from "../service";
import { Cidr } from "./cidr";
import { invalidValue } from "./requests";
import type { Tagged } from "./requests";

/** What a rule of a security group admits, and from where, or where to. */
export interface Permission {
  readonly ipProtocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: Peer;
  readonly description: string | undefined;
}

/** The other side of a rule; AWS has no rule with two of them. */
export interface Peer {
  readonly type: "cidrIpv4" | "cidrIpv6" | "referencedGroupId";
  readonly value: string;
}

export interface Rule extends Permission, Tagged {
  readonly securityGroupRuleId: string;
  readonly isEgress: boolean;
}

const PROTOCOLS: { readonly [number: string]: string } = { "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6" };
const DESCRIPTION = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** Reads the permissions of a request; each of them may have several peers, and every peer is a rule of its own. */
export function permissionsOf(input: Fields): Permission[] {
  return (optionalList<Fields>(input, "IpPermissions") ?? []).flatMap((permission) => {
    const [prefixList] = optionalList<Fields>(permission, "PrefixListIds") ?? [];
    if (prefixList !== undefined) {
      throw new AwsError("InvalidPrefixListID.NotFound", `${String(prefixList["PrefixListId"])} does not exist`);
    }
    const peers = [
      ...peersOf(permission, "IpRanges", "CidrIp", "cidrIpv4"),
      ...peersOf(permission, "Ipv6Ranges", "CidrIpv6", "cidrIpv6"),
      ...peersOf(permission, "Groups", "GroupId", "referencedGroupId"),
    ];
    return peers.map(({ peer, description }) => permissionOf(permission, peer, description));
  });
}

/** Reads what a rule is to become. */
export function modifiedPermission(request: Fields): Permission {
  const peers = (["cidrIpv4", "cidrIpv6", "referencedGroupId"] as const).flatMap((type) => {
    const value = optionalText(
      request,
      type.replace(/^./, (letter) => letter.toUpperCase()),
    );
    return value === undefined ? [] : [checkedPeer(type, value)];
  });
  const [peer, other] = peers;
  if (peer === undefined || other !== undefined) {
    throw invalidValue("Only one of CidrIpv4, CidrIpv6, PrefixListId, or ReferencedGroupId can be specified");
  }
  return permissionOf(request, peer, optionalText(request, "Description"));
}

/** Whether two rules admit the same; a description and tags make no difference. */
export function isSame(a: Permission, b: Permission): boolean {
  return identity(a) === identity(b);
}

/** A permission as the message of a refusal has it. */
export function inWords({ peer, ipProtocol, fromPort, toPort }: Permission): string {
  const ports = ipProtocol === "-1" ? "ALL" : `${ipProtocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}`;
  return `"peer: ${peer.value}, ${ports}, ALLOW"`;
}

/** Rules as DescribeSecurityGroups answers them: one permission for each protocol and port range. */
export function groupedPermissions(rules: readonly Rule[], ownerId: string): Fields[] {
  const kinds = new Set(rules.map(portsOf));
  return [...kinds].map((kind) => {
    const alike = rules.filter((rule) => portsOf(rule) === kind);
    const listed = (type: Peer["type"], name: string, more: Fields = {}): Fields[] =>
      alike
        .filter(({ peer }) => peer.type === type)
        .map(({ peer, description }) => ({ ...more, [name]: peer.value, description }));
    const { ipProtocol = "", fromPort, toPort } = alike[0] ?? {};
    return {
      ipProtocol,
      ...(ipProtocol === "-1" ? {} : { fromPort, toPort }),
      ipRanges: listed("cidrIpv4", "cidrIp"),
      ipv6Ranges: listed("cidrIpv6", "cidrIpv6"),
      groups: listed("referencedGroupId", "groupId", { userId: ownerId }),
      prefixListIds: [],
    };
  });
}

function portsOf({ ipProtocol, fromPort, toPort }: Permission): string {
  return [ipProtocol, fromPort, toPort].join();
}

function identity(permission: Permission): string {
  return [portsOf(permission), permission.peer.type, permission.peer.value].join();
}

function peersOf(
  permission: Fields,
  list: string,
  name: string,
  type: Peer["type"],
): { readonly peer: Peer; readonly description: string | undefined }[] {
  return (optionalList<Fields>(permission, list) ?? []).map((entry) => ({
    peer: checkedPeer(type, optionalText(entry, name) ?? ""),
    description: optionalText(entry, "Description"),
  }));
}

function checkedPeer(type: Peer["type"], value: string): Peer {
  if (type === "referencedGroupId") {
    return { type, value };
  }
  const cidr = Cidr.tryParse(value);
  if (cidr === undefined || cidr.isIpv6 !== (type === "cidrIpv6")) {
    throw invalidValue(`CIDR block ${value} is malformed`);
  }
  return { type, value: cidr.toString() };
}

function permissionOf(input: Fields, peer: Peer, description: string | undefined): Permission {
  if (description !== undefined && !DESCRIPTION.test(description)) {
    throw invalidValue(
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    );
  }
  const named = optionalText(input, "IpProtocol") ?? "";
  const ipProtocol = PROTOCOLS[named] ?? named;
  if (![...Object.values(PROTOCOLS), "-1"].includes(ipProtocol)) {
    throw invalidValue(`Invalid value '${named}' for IP protocol. Unknown protocol.`);
  }
  return { ipProtocol, ...ports(input, ipProtocol), peer, description };
}

function ports(input: Fields, ipProtocol: string): { readonly fromPort: number; readonly toPort: number } {
  if (ipProtocol === "-1") {
    return { fromPort: -1, toPort: -1 };
  }
  const from = optionalText(input, "FromPort");
  const to = optionalText(input, "ToPort");
  const [fromPort, toPort] = [Number(from ?? -1), Number(to ?? -1)];
  if (ipProtocol === "tcp" || ipProtocol === "udp") {
    if (from === undefined || to === undefined) {
      throw new AwsError("MissingParameter", "The request must contain the parameters fromPort and toPort");
    }
    if (!(fromPort >= 0 && fromPort <= toPort && toPort <= 65_535)) {
      throw invalidValue(`Invalid TCP/UDP port range (${from}:${to})`);
    }
  }
  return { fromPort, toPort };
}
