import type { Rule } from "../validation/rule";

/** The rule for IDs of EC2 resources. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html */
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
/** The security group of clients; in a peered VPC it may belong to another account. */
export const CLIENT_GROUP_ID: Rule = {
  pattern: /^(\d{12}\/)?sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
  requirement: `${SECURITY_GROUP_ID.requirement}, after the account and a slash if the group belongs to another account`,
  hint: SECURITY_GROUP_ID.hint,
};
