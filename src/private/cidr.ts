/** A block of addresses. */
export interface Cidr {
  readonly version: 4 | 6;
  readonly prefixLength: number;
  /** The block in its one canonical spelling. */
  readonly text: string;
}

/** Reads a block of addresses; undefined for anything else, and for an address that is not the first of its block. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = "", length = ""] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const version = address.includes(":") ? 6 : 4;
  const bits = version === 6 ? ipv6Bits(address) : ipv4Bits(address);
  const prefixLength = Number(length);
  if (bits === undefined || length === "" || prefixLength > bits.length || bits.slice(prefixLength).includes("1")) {
    return undefined;
  }
  return { version, prefixLength, text: `${version === 6 ? canonicalIpv6(address) : address}/${length}` };
}

function ipv4Bits(address: string): string | undefined {
  const octets = address.split(".");
  return octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255)
    ? octets.map((octet) => Number(octet).toString(2).padStart(8, "0")).join("")
    : undefined;
}

function ipv6Bits(address: string): string | undefined {
  const canonical = canonicalIpv6(address);
  if (canonical === undefined) {
    return undefined;
  }
  const [start = [], end = []] = canonical.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const groups = [...start, ...Array<string>(8 - start.length - end.length).fill("0"), ...end];
  return groups.map((group) => parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}

/** The spelling of RFC 5952, which URLs have to have. */
function canonicalIpv6(address: string): string | undefined {
  if (!/^[0-9a-f:.]+$/i.test(address)) {
    return undefined;
  }
  try {
    return new URL(`http://[${address}]`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
}
