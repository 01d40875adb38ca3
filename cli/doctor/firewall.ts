import { shareOf } from "./addresses";
import type { Share } from "./addresses";
import type { AclEntry, SecurityGroup } from "./network-facts";

/** Whether connections pass: all of them, some of them or none. */
export type Passage = "open" | "partly" | "closed";

/** The port of HTTPS. */
export const HTTPS = [443, 443] as const;

/**
 * The ports that clients on Linux open connections from, and that answers return to.
 * https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
 */
export const CLIENT_PORTS = [32_768, 60_999] as const;

type Ports = readonly [from: number, to: number];

/** The other side of a connection. */
export interface Peer {
  readonly block: string;
  /** Its security groups. @default - unknown, so that a rule for a group may be for the peer */
  readonly groupIds?: readonly string[];
  /** @default - unknown, so that a rule for a prefix list may be for the peer */
  readonly prefixListIds?: readonly string[];
}

const TCP = ["tcp", "6"];
const ALL = "-1";

/** What security groups let pass on the port of HTTPS, in one direction. Their rules only allow. */
export function throughGroups(groups: readonly SecurityGroup[], isEgress: boolean, peer: Peer): Passage {
  const shares = groups
    .flatMap(({ IpPermissions = [], IpPermissionsEgress = [] }) => (isEgress ? IpPermissionsEgress : IpPermissions))
    .filter(({ IpProtocol, FromPort, ToPort }) => shareOfPorts(IpProtocol, FromPort, ToPort, HTTPS) === "all")
    .flatMap(({ IpRanges = [], UserIdGroupPairs = [], PrefixListIds = [] }) => [
      ...IpRanges.map(({ CidrIp }) => shareOf(CidrIp, peer.block)),
      ...UserIdGroupPairs.map(({ GroupId }) => isNamed(GroupId, peer.groupIds)),
      ...PrefixListIds.map(({ PrefixListId }) => isNamed(PrefixListId, peer.prefixListIds)),
    ]);
  return shares.includes("all") ? "open" : shares.includes("part") ? "partly" : "closed";
}

/**
 * What a network ACL lets pass in one direction: the first rule for a packet decides.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export function throughAcl(entries: readonly AclEntry[], isEgress: boolean, block: string, ports: Ports): Passage {
  let passage: Passage | undefined;
  for (const rule of entries.filter(({ Egress }) => Egress === isEgress).sort(byNumber)) {
    const { From, To } = rule.PortRange ?? {};
    const shares = [shareOf(rule.CidrBlock ?? "::/0", block), shareOfPorts(rule.Protocol, From, To, ports)];
    if (shares.includes("none")) {
      continue;
    }
    const decision = rule.RuleAction === "allow" ? "open" : "closed";
    passage = passage === undefined || passage === decision ? decision : "partly";
    if (!shares.includes("part")) {
      return passage;
    }
  }
  // The last rule denies all that is left.
  return passage === "open" ? "partly" : (passage ?? "closed");
}

function byNumber(one: AclEntry, other: AclEntry): number {
  return one.RuleNumber - other.RuleNumber;
}

function shareOfPorts(protocol: string, from: number | undefined, to: number | undefined, [first, last]: Ports): Share {
  if (protocol === ALL) {
    return "all";
  }
  if (!TCP.includes(protocol) || from === undefined || to === undefined || from > last || to < first) {
    return "none";
  }
  return from <= first && to >= last ? "all" : "part";
}

/** Whether a rule that names a group or a prefix list is for a peer. */
function isNamed(id: string, known: readonly string[] | undefined): Share {
  return known === undefined ? "part" : known.includes(id) ? "all" : "none";
}
