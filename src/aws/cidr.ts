import { matches } from "../validation/rule";
import type { Rule } from "../validation/rule";

/** A block of IP addresses. */
export interface Cidr {
  readonly version: 4 | 6;
  readonly prefixLength: number;
  /** The block in its canonical spelling. */
  readonly text: string;
}

/**
 * The spelling of a block of each version; `parseCidr` checks the numbers. URLs and Terraform read addresses alike, except
 * for leading zeros: URLs refuse them and Terraform ignores them.
 */
export const BLOCK: { readonly [version in 4 | 6]: Rule } = {
  4: {
    pattern: /^((0|[1-9][0-9]{0,2})\.){3}(0|[1-9][0-9]{0,2})\/(0|[1-9][0-9]?)$/,
    requirement: "be an IPv4 block that starts at its first address",
    hint: "give a block like 10.0.0.0/16",
  },
  6: {
    pattern: /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\/(0|[1-9][0-9]{0,2})$/,
    except: /[0-9A-Fa-f]{5}|[:.]0[0-9]+\.|\.0[0-9]/,
    requirement: "be an IPv6 block that starts at its first address",
    hint: "give a block like 2001:db8::/56",
  },
};

// IPv4-mapped IPv6 addresses: Terraform and the AWS provider read them as IPv4.
const MAPPED = new RegExp(`^${"0".repeat(80)}${"1".repeat(16)}`);

/** Parses a block; undefined for other text, and for an address that is not the first one of its block. */
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

/** The spelling of RFC 5952, which `URL` produces. */
function canonicalIpv6(address: string): string | undefined {
  try {
    return new URL(`http://[${address}]`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
}
