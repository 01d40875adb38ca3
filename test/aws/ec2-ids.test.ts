import * as ec2Ids from "../../src/aws/ec2-ids";
import { matches } from "../../src/validation/rule";

const PREFIXES = {
  VPC_ID: "vpc-",
  SUBNET_ID: "subnet-",
  ROUTE_TABLE_ID: "rtb-",
  ENDPOINT_ID: "vpce-",
  SECURITY_GROUP_ID: "sg-",
  CLIENT_GROUP_ID: "111122223333/sg-",
} as const satisfies { readonly [rule in keyof typeof ec2Ids]: string };

test.each(Object.entries(PREFIXES))("%s is %s and 8 or 17 hexadecimal digits", (name, prefix) => {
  const rule = ec2Ids[name as keyof typeof PREFIXES];
  const lengths = [0, 1, 7, 8, 9, 16, 17, 18].filter((length) => matches(prefix + "0".repeat(length), rule));
  expect(lengths).toEqual([8, 17]);
  expect(["0123abcd", "0123abcdef0123456", "0123abcg", "0123ABCD"].map((id) => matches(prefix + id, rule))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
