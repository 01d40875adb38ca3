import { BlockList, isIPv6 } from "node:net";

/** All IPv4 addresses outside of private networks, when it is a peer. */
export const INTERNET = "0.0.0.0/0";

// https://datatracker.ietf.org/doc/html/rfc1918 and https://datatracker.ietf.org/doc/html/rfc6598
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** How much of a block another block has. */
export type Share = "all" | "part" | "none";

/** How much of the addresses of a peer a range has; ranges of private networks have nothing of the internet. */
export function shareOf(range: string, peer: string): Share {
  if (covers(range, peer)) {
    return "all";
  }
  const isPart = covers(peer, range) && !(peer === INTERNET && PRIVATE.some((block) => covers(block, range)));
  return isPart ? "part" : "none";
}

/** Whether a block has all addresses of another. Two blocks never overlap otherwise. */
function covers(outer: string, inner: string): boolean {
  const [[outerAddress = "", outerLength], [innerAddress = "", innerLength]] = [outer.split("/"), inner.split("/")];
  const [outerFamily, innerFamily] = [familyOf(outerAddress), familyOf(innerAddress)];
  if (outerFamily !== innerFamily || Number(outerLength) > Number(innerLength)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(outerAddress, Number(outerLength), outerFamily);
  return list.check(innerAddress, innerFamily);
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
