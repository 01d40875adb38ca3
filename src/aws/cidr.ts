import { matches } from "../validation/rule";
import type { Rule } from "../validation/rule";

/** A block of addresses. */
export interface Cidr {
  readonly version: 4 | 6;
  readonly prefixLength: number;
  /** The block in its one canonical spelling. */
  readonly text: string;
}

/**
 * How a block of each version is spelt; whether it is one is told by reading it. URLs and Terraform read addresses alike
 * but for zeros in front, which URLs do not take and Terraform passes over.
 */
export const BLOCK: { readonly [version in 4 | 6]: Rule } = {
  4: {
    pattern: /^((0|[1-9][0-9]{0,2})\.){3}(0|[1-9][0-9]{0,2})\/(0|[1-9][0-9]?)$/,
    requirement: "be a block of IPv4 that starts at its first address",
    hint: "give a block like 10.0.0.0/16",
  },
  6: {
    pattern: /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\/(0|[1-9][0-9]{0,2})$/,
    except: /[0-9A-Fa-f]{5}|[:.]0[0-9]+\.|\.0[0-9]/,
    requirement: "be a block of IPv6 that starts at its first address",
    hint: "give a block like 2001:db8::/56",
  },
};

// IPv6 addresses that stand for ones of IPv4: Terraform, and the AWS provider with it, reads them as those.
const MAPPED = new RegExp(`^${"0".repeat(80)}${"1".repeat(16)}`);

/** Reads a block of addresses; undefined for anything else, and for an address that is not the first of its block. */
export function parseCidr(text: string): Cidr | undefined {
  const version = text.includes(":") ? 6 : 4;
  const [address = "", length = ""] = matches(text, BLOCK[version]) ? text.split("/") : [];
  const bits = version === 6 ? ipv6Bits(address) : ipv4Bits(address);
  const prefixLength = Number(length);
  if (bits === undefined || prefixLength > bits.length || bits.slice(prefixLength).includes("1")) {
    return undefined;
  }
  return { version, prefixLength, text: `${version === 6 ? canonicalIpv6(address) : address}/${length}` };
}

function ipv4Bits(address: string): string | undefined {
  const octets = address.split(".").map(Number);
  return octets.length === 4 && octets.every((octet) => octet <= 255)
    ? octets.map((octet) => octet.toString(2).padStart(8, "0")).join("")
    : undefined;
}

function ipv6Bits(address: string): string | undefined {
  const canonical = canonicalIpv6(address);
  if (canonical === undefined) {
    return undefined;
  }
  const [start = [], end = []] = canonical.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const groups = [...start, ...Array<string>(8 - start.length - end.length).fill("0"), ...end];
  const bits = groups.map((group) => parseInt(group, 16).toString(2).padStart(16, "0")).join("");
  return MAPPED.test(bits) ? undefined : bits;
}

/** The spelling of RFC 5952, which URLs have to have. */
function canonicalIpv6(address: string): string | undefined {
  try {
    return new URL(`http://[${address}]`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
}
