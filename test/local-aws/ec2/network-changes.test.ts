import {
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { REGION, Sdk } from "../clients";

const TAGS = [{ Key: "team", Value: "platform" }];

let sdk: Sdk;
let client: EC2Client;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(EC2Client);
});
afterEach(() => sdk.stop());

async function createVpc(): Promise<string> {
  const TagSpecifications = [{ ResourceType: "vpc" as const, Tags: TAGS }];
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications }));
  return Vpc?.VpcId ?? "";
}

async function createSubnet(VpcId: string, CidrBlock = "10.0.0.0/20"): Promise<string> {
  const { Subnet } = await client.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone: `${REGION}b` }));
  return Subnet?.SubnetId ?? "";
}

async function createRouteTable(VpcId: string): Promise<string> {
  return (await client.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId ?? "";
}

const filters = (VpcId: string) => [{ Name: "vpc-id", Values: [VpcId] }];

test("a VPC has its tags, a main route table, a default group and a default ACL, and no host names until it is told", async () => {
  const VpcId = await createVpc();
  const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
  expect(Vpcs[0]).toMatchObject({ CidrBlock: "10.0.0.0/16", State: "available", Tags: TAGS });
  const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand({ Filters: filters(VpcId) }));
  expect(RouteTables.map(({ Associations }) => Associations?.[0]?.Main)).toEqual([true]);
  const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({ Filters: filters(VpcId) }));
  expect(SecurityGroups.map(({ GroupName }) => GroupName)).toEqual(["default"]);
  const { NetworkAcls = [] } = await client.send(new DescribeNetworkAclsCommand({ Filters: filters(VpcId) }));
  expect(NetworkAcls).toMatchObject([{ VpcId, IsDefault: true }]);

  const hostNames = async () => {
    const input = { VpcId, Attribute: "enableDnsHostnames" as const };
    return (await client.send(new DescribeVpcAttributeCommand(input))).EnableDnsHostnames?.Value;
  };
  expect(await hostNames()).toBe(false);
  await client.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  expect(await hostNames()).toBe(true);
});

test("subnets and route tables are made in a VPC", async () => {
  const VpcId = await createVpc();
  const SubnetIds = [await createSubnet(VpcId)];
  const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({ SubnetIds }));
  expect(Subnets).toMatchObject([{ VpcId, CidrBlock: "10.0.0.0/20", AvailabilityZone: `${REGION}b` }]);
  const RouteTableIds = [await createRouteTable(VpcId)];
  const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand({ RouteTableIds }));
  expect(RouteTables).toMatchObject([{ VpcId, Routes: [{ DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local" }] }]);
});

test("what a client made is listed until it deletes it", async () => {
  const VpcId = await createVpc();
  const SubnetId = await createSubnet(VpcId);
  const RouteTableId = await createRouteTable(VpcId);
  expect(sdk.aws.contents()).toHaveLength(3);
  await client.send(new DeleteSubnetCommand({ SubnetId }));
  await client.send(new DeleteRouteTableCommand({ RouteTableId }));
  await client.send(new DeleteVpcCommand({ VpcId }));
  expect(sdk.aws.contents()).toEqual([]);
  await expect(client.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).rejects.toMatchObject({
    name: "InvalidVpcID.NotFound",
  });
  const { SecurityGroups, NetworkAcls } = {
    ...(await client.send(new DescribeSecurityGroupsCommand({}))),
    ...(await client.send(new DescribeNetworkAclsCommand({}))),
  };
  expect([SecurityGroups, NetworkAcls]).toEqual([[], []]);
});

test("what something else needs cannot be deleted", async () => {
  const VpcId = await createVpc();
  const refused = async (command: DeleteVpcCommand | DeleteSubnetCommand | DeleteRouteTableCommand) =>
    expect(client.send(command as DeleteVpcCommand)).rejects.toMatchObject({ name: "DependencyViolation" });
  const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand({ Filters: filters(VpcId) }));
  await refused(new DeleteRouteTableCommand({ RouteTableId: RouteTables[0]?.RouteTableId }));

  const RouteTableId = await createRouteTable(VpcId);
  await refused(new DeleteVpcCommand({ VpcId }));
  await client.send(new DeleteRouteTableCommand({ RouteTableId }));

  const GroupName = "clients";
  const { GroupId } = await client.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: GroupName }));
  await refused(new DeleteVpcCommand({ VpcId }));
  await client.send(new DeleteSecurityGroupCommand({ GroupId }));

  const SubnetId = await createSubnet(VpcId);
  await refused(new DeleteVpcCommand({ VpcId }));
  const ServiceName = `com.amazonaws.${REGION}.ecr.api`;
  const { VpcEndpoint } = await client.send(
    new CreateVpcEndpointCommand({
      VpcId,
      ServiceName,
      VpcEndpointType: "Interface",
      SubnetIds: [SubnetId],
      PrivateDnsEnabled: false,
    }),
  );
  await refused(new DeleteSubnetCommand({ SubnetId }));
  await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpoint?.VpcEndpointId ?? ""] }));
  await client.send(new DeleteSubnetCommand({ SubnetId }));

  const Gateway = { VpcId, ServiceName: `com.amazonaws.${REGION}.s3`, VpcEndpointType: "Gateway" as const };
  await client.send(new CreateVpcEndpointCommand(Gateway));
  await refused(new DeleteVpcCommand({ VpcId }));
});

test.each<[string, string, (VpcId: string) => Promise<unknown>]>([
  ["a VPC's range of /15", "InvalidVpc.Range", () => client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/15" }))],
  ["a subnet's range of /29", "InvalidSubnet.Range", (vpc) => createSubnet(vpc, "10.0.0.0/29")],
  ["a subnet outside of its VPC", "InvalidSubnet.Range", (vpc) => createSubnet(vpc, "10.1.0.0/20")],
  [
    "subnets that overlap",
    "InvalidSubnet.Conflict",
    async (vpc) => [await createSubnet(vpc), await createSubnet(vpc, "10.0.1.0/24")],
  ],
  [
    "a zone of another region",
    "InvalidParameterValue",
    (VpcId) =>
      client.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.0.0/20", AvailabilityZone: "ap-south-1a" })),
  ],
  [
    "two attributes at once",
    "InvalidParameterCombination",
    (VpcId) =>
      client.send(
        new ModifyVpcAttributeCommand({
          VpcId,
          EnableDnsHostnames: { Value: true },
          EnableDnsSupport: { Value: true },
        }),
      ),
  ],
  [
    "an attribute without a value",
    "InvalidParameterCombination",
    (VpcId) => client.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: {} })),
  ],
  ["a VPC that is not there", "InvalidVpcID.NotFound", () => createSubnet("vpc-0123456789abcdef0")],
])("fails on %s", async (_, name, action) => {
  await expect(action(await createVpc())).rejects.toMatchObject({ name });
});
