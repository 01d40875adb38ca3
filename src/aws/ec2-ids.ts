import type { Rule } from "../validation/rule";

/** The rule of ids that AWS gives to things of EC2. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html */
function idRule(kind: string, prefix: string): Rule {
  return {
    pattern: new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`),
    requirement: `be the ID of ${kind}: ${prefix}- and 8 or 17 hexadecimal digits`,
    hint: `give an ID like ${prefix}-0123456789abcdef0`,
  };
}

export const VPC_ID = idRule("a VPC", "vpc");
export const SUBNET_ID = idRule("a subnet", "subnet");
export const ROUTE_TABLE_ID = idRule("a route table", "rtb");
export const ENDPOINT_ID = idRule("a VPC endpoint", "vpce");
export const SECURITY_GROUP_ID = idRule("a security group", "sg");
/** A group of clients, which may be another account's in a peered VPC. */
export const CLIENT_GROUP_ID: Rule = {
  pattern: /^(\d{12}\/)?sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
  requirement: `${SECURITY_GROUP_ID.requirement}, behind the account and a slash where that is another`,
  hint: SECURITY_GROUP_ID.hint,
};
