import { BLOCK } from "../../src/aws/cidr";
import { matchesExpression } from "../generator/hcl";

/** Whether text, given as an expression, is a block of addresses that starts at its first one. */
export function isBlock(version: 4 | 6, block: string): string {
  const address = `split("/", ${block})[0]`;
  const starts =
    version === 4
      ? `cidrhost(${block}, 0) == ${address}`
      : // What stands for an address of IPv4 is read as that, and is none of IPv6.
        `cidrhost(${block}, 0) == cidrhost("\${${address}}/128", 0) && strcontains(cidrhost(${block}, 0), ":")`;
  return `${matchesExpression(block, BLOCK[version])} && try(${starts}, false)`;
}

/** A block in its one canonical spelling, and what is none as it is. */
export function canonicalBlock(version: 4 | 6, block: string): string {
  return version === 4 ? block : `try("\${cidrhost(${block}, 0)}/\${split("/", ${block})[1]}", ${block})`;
}
