import { DescribeNetworkAclsCommand, DescribeRouteTablesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { REGION, Sdk } from "../clients";
import { whyNoPull } from "../ecr/pull";
import { FULL_ACCESS } from "../iam/policy-evaluation";
import { ACCOUNT } from "../server";
import { modelViolations } from "../service-model";
import type { AclEntry } from "./network-acls";

const SCOPE = { accountId: ACCOUNT, region: REGION };
const VPC = "vpc-0a1b2c3d4e5f60718";
const SUBNET = "subnet-0a1b2c3d4e5f60711";
const OTHER_SUBNET = "subnet-0a1b2c3d4e5f60712";
const ACL = "acl-0a1b2c3d4e5f60718";
const EVERYWHERE = "0.0.0.0/0";

let sdk: Sdk;
let client: EC2Client;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(EC2Client);
  sdk.aws.ec2.addVpc(SCOPE, { vpcId: VPC, cidrBlock: "10.0.0.0/16" });
});
afterEach(() => sdk.stop());

function addSubnets(isBlackhole = false) {
  const routes = [{ destination: EVERYWHERE, target: "nat-0a1b2c3d4e5f60718", isBlackhole }];
  sdk.aws.ec2.addRouteTable(SCOPE, { routeTableId: "rtb-0a1b2c3d4e5f60718", vpcId: VPC, main: true, routes });
  for (const [index, subnetId] of [SUBNET, OTHER_SUBNET].entries()) {
    const cidrBlock = `10.0.${index}.0/24`;
    sdk.aws.ec2.addSubnet(SCOPE, { subnetId, vpcId: VPC, availabilityZone: `${REGION}a`, cidrBlock });
  }
}

function addAcl(...entries: AclEntry[]) {
  sdk.aws.ec2.addNetworkAcl(SCOPE, { networkAclId: ACL, vpcId: VPC, subnetIds: [SUBNET], entries });
}

function allow(egress: boolean, ports?: AclEntry["ports"], ruleNumber = 100): AclEntry {
  return { ruleNumber, egress, ruleAction: "allow", cidrBlock: EVERYWHERE, ports };
}

function whyNotFrom(subnetId: string) {
  return whyNoPull(sdk.aws, {
    ...SCOPE,
    subnetId,
    repository: "quay/a/b",
    cached: true,
    identityPolicies: [FULL_ACCESS],
  });
}

test("a subnet has the default ACL of its VPC, which allows everything, until it has another", async () => {
  addSubnets();
  addAcl(allow(true, [443, 443]));
  const { NetworkAcls = [] } = await client.send(new DescribeNetworkAclsCommand({}));
  const last = { RuleNumber: 32_767, RuleAction: "deny", Protocol: "-1", CidrBlock: EVERYWHERE };
  const all = { RuleNumber: 100, RuleAction: "allow", Protocol: "-1", CidrBlock: EVERYWHERE };
  expect(NetworkAcls).toMatchObject([
    {
      VpcId: VPC,
      IsDefault: true,
      Associations: [{ SubnetId: OTHER_SUBNET }],
      Entries: [
        { ...all, Egress: true },
        { ...all, Egress: false },
        { ...last, Egress: true },
        { ...last, Egress: false },
      ],
    },
    {
      NetworkAclId: ACL,
      VpcId: VPC,
      IsDefault: false,
      Associations: [{ SubnetId: SUBNET, NetworkAclId: ACL }],
      Entries: [
        { ...all, Egress: true, Protocol: "6", PortRange: { From: 443, To: 443 } },
        { ...last, Egress: true },
        { ...last, Egress: false },
      ],
    },
  ]);
  expect(sdk.aws.requests.flatMap(modelViolations)).toEqual([]);
  const Filters = [{ Name: "association.subnet-id", Values: [SUBNET] }];
  const found = await client.send(new DescribeNetworkAclsCommand({ Filters }));
  expect(found.NetworkAcls?.map(({ NetworkAclId }) => NetworkAclId)).toEqual([ACL]);
  const NetworkAclIds = ["acl-0123456789abcdef0"];
  await expect(client.send(new DescribeNetworkAclsCommand({ NetworkAclIds }))).rejects.toMatchObject({
    name: "InvalidNetworkAclID.NotFound",
  });
});

test.each<[string, AclEntry[], string | undefined]>([
  ["requests and answers", [allow(true, [443, 443]), allow(false, [1_024, 65_535])], undefined],
  ["no requests", [allow(false)], `ecr.api: the network ACL of ${SUBNET} blocks port 443`],
  ["no answers", [allow(true)], `ecr.api: the network ACL of ${SUBNET} blocks port 50000`],
  [
    "what a rule before it denies",
    [allow(false), { ...allow(true, undefined, 99), ruleAction: "deny" }, allow(true)],
    `ecr.api: the network ACL of ${SUBNET} blocks port 443`,
  ],
])("an ACL lets pass %s", async (_, entries, reason) => {
  addSubnets();
  addAcl(...entries);
  expect(await whyNotFrom(SUBNET)).toBe(reason);
  expect(await whyNotFrom(OTHER_SUBNET)).toBeUndefined();
});

test("a route whose target is gone leads nowhere", async () => {
  addSubnets(true);
  const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand({}));
  const states = RouteTables.flatMap(({ Routes = [] }) => Routes.map(({ State }) => State));
  expect(states.sort()).toEqual(["active", "active", "blackhole"]);
  expect(await whyNotFrom(SUBNET)).toMatch(/^ecr.api: no route from /);
});
