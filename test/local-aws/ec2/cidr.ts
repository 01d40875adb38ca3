import { isIPv4, isIPv6 } from "node:net";

/** A range of IP addresses. */
export class Cidr {
  /** Undefined where the text is no range; bits after the prefix are cleared, as AWS does. */
  public static tryParse(text: string): Cidr | undefined {
    const [, address = "", length = ""] = /^([\da-f.:]+)\/(\d{1,3})$/i.exec(text) ?? [];
    const bits = isIPv4(address) ? 32 : 128;
    if ((!isIPv4(address) && !isIPv6(address)) || Number(length) > bits) {
      return undefined;
    }
    const rest = BigInt(bits - Number(length));
    return new Cidr((valueOf(address) >> rest) << rest, Number(length), bits);
  }

  private constructor(
    private readonly first: bigint,
    public readonly prefixLength: number,
    private readonly bits: 32 | 128,
  ) {}

  public get isIpv6(): boolean {
    return this.bits === 128;
  }

  /** Whether an address, or the whole of another range, lies within. */
  public includes(other: string | Cidr): boolean {
    const inner = typeof other === "string" ? Cidr.tryParse(`${other}/${isIPv4(other) ? 32 : 128}`) : other;
    const rest = BigInt(this.bits - this.prefixLength);
    return (
      inner?.bits === this.bits && inner.prefixLength >= this.prefixLength && inner.first >> rest === this.first >> rest
    );
  }

  /** The nth address of the range. */
  public address(n: number): string {
    return textOf(this.first + BigInt(n), this.bits);
  }

  /** The place of an address in the range, as `address` counts. */
  public offsetOf(address: string): number {
    return Number(valueOf(address) - this.first);
  }

  public toString(): string {
    return `${textOf(this.first, this.bits)}/${this.prefixLength}`;
  }
}

function valueOf(address: string): bigint {
  if (isIPv4(address)) {
    return address.split(".").reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  }
  const [head = "", tail] = canonical(address).split("::");
  const groups = (side: string): string[] => side.split(":").filter((group) => group !== "");
  const [left, right] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}

function textOf(value: bigint, bits: 32 | 128): string {
  const [size, count] = bits === 32 ? [8, 4] : [16, 8];
  const parts = Array.from({ length: count }, (_, index) =>
    BigInt.asUintN(size, value >> BigInt(bits - size * (index + 1))),
  );
  return bits === 32 ? parts.join(".") : canonical(parts.map((part) => part.toString(16)).join(":"));
}

/** An IPv6 address as AWS writes it, which is how a URL does. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
