import { BLOCK } from "../../src/aws/cidr";
import { matchesExpression } from "../generator/hcl";

/** The expression that a string, given as an expression, is a CIDR block that starts at its first address. */
export function isBlock(version: 4 | 6, block: string): string {
  const address = `split("/", ${block})[0]`;
  const starts =
    version === 4
      ? `cidrhost(${block}, 0) == ${address}`
      : // Terraform reads an IPv4-mapped address as IPv4.
        `cidrhost(${block}, 0) == cidrhost("\${${address}}/128", 0) && strcontains(cidrhost(${block}, 0), ":")`;
  return `${matchesExpression(block, BLOCK[version])} && try(${starts}, false)`;
}

/** The expression for a CIDR block in its canonical spelling; any other string stays as it is. */
export function canonicalBlock(version: 4 | 6, block: string): string {
  return version === 4 ? block : `try("\${cidrhost(${block}, 0)}/\${split("/", ${block})[1]}", ${block})`;
}
