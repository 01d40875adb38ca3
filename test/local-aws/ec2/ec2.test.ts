import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
  ModifyVpcEndpointCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  paginateDescribeNetworkInterfaces,
  paginateDescribePrefixLists,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import type { IpPermission } from "@aws-sdk/client-ec2";
import { REGION, Sdk, pagesOf } from "../clients";
import { ACCOUNT } from "../server";
import type { LocalAwsOptions } from "../server";

const SCOPE = { accountId: ACCOUNT, region: REGION };
const VPC = "vpc-0a1b2c3d4e5f60718";
const OTHER_VPC = "vpc-0a1b2c3d4e5f60719";
const EMPTY_VPC = "vpc-0a1b2c3d4e5f60720";
const PRIVATE_TABLE = "rtb-0a1b2c3d4e5f60718";
const OTHER_TABLE = "rtb-0a1b2c3d4e5f60719";
const FOREIGN_TABLE = "rtb-0a1b2c3d4e5f60720";
const SUBNET_A = "subnet-0a1b2c3d4e5f60711";
const SUBNET_B = "subnet-0a1b2c3d4e5f60712";
const SUBNET_A2 = "subnet-0a1b2c3d4e5f60713";
const SUBNET_IPV4 = "subnet-0a1b2c3d4e5f60714";
const FOREIGN_SUBNET = "subnet-0a1b2c3d4e5f60715";
const ABSENT = "0123456789abcdef0";
const NAT = "nat-0a1b2c3d4e5f60718";
const ECR_API = `com.amazonaws.${REGION}.ecr.api`;
const S3 = `com.amazonaws.${REGION}.s3`;
const FROM_VPC: IpPermission = tcp({ IpRanges: [{ CidrIp: "10.0.0.0/16" }] });
const POLICY = statements({ Effect: "Allow", Principal: "*", Action: "ecr:*", Resource: "*" });

let sdk: Sdk;
let client: EC2Client;
beforeEach(() => start());
afterEach(() => sdk.stop());

async function start(options?: LocalAwsOptions) {
  sdk = await Sdk.start(options);
  client = sdk.client(EC2Client);
  const { ec2 } = sdk.aws;
  ec2.addVpc(SCOPE, { vpcId: VPC, cidrBlock: "10.0.0.0/16", ipv6CidrBlock: "2001:db8::/56" });
  const routes = [
    { destination: "0.0.0.0/0", target: NAT },
    { destination: "::/0", target: "eigw-0a1b2c3d4e5f60718" },
  ];
  ec2.addRouteTable(SCOPE, { routeTableId: PRIVATE_TABLE, vpcId: VPC, routes });
  ec2.addRouteTable(SCOPE, { routeTableId: OTHER_TABLE, vpcId: VPC });
  const subnet = (subnetId: string, zone: string, third: number, ipv6 = true, routeTableId?: string) =>
    ec2.addSubnet(SCOPE, {
      subnetId,
      vpcId: VPC,
      availabilityZone: `${REGION}${zone}`,
      cidrBlock: `10.0.${third}.0/24`,
      ipv6CidrBlock: ipv6 ? `2001:db8:0:${third}::/64` : undefined,
      routeTableId,
    });
  subnet(SUBNET_A, "a", 1, true, PRIVATE_TABLE);
  subnet(SUBNET_B, "b", 2);
  subnet(SUBNET_A2, "a", 3);
  subnet(SUBNET_IPV4, "c", 4, false);
  ec2.addVpc(SCOPE, { vpcId: OTHER_VPC, cidrBlock: "10.1.0.0/16", enableDnsHostnames: false });
  ec2.addRouteTable(SCOPE, { routeTableId: FOREIGN_TABLE, vpcId: OTHER_VPC, main: true });
  ec2.addSubnet(SCOPE, {
    subnetId: FOREIGN_SUBNET,
    vpcId: OTHER_VPC,
    availabilityZone: `${REGION}b`,
    cidrBlock: "10.1.1.0/24",
  });
}

function tcp(peers: IpPermission, port = 443): IpPermission {
  return { IpProtocol: "tcp", FromPort: port, ToPort: port, ...peers };
}

function statements(...Statement: object[]) {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

async function createGroup(GroupName = "endpoints", more: Partial<CreateSecurityGroupCommand["input"]> = {}) {
  const input = { GroupName, Description: "Clients of ECR", VpcId: VPC, ...more };
  return (await client.send(new CreateSecurityGroupCommand(input))).GroupId ?? "";
}

async function describeGroup(GroupId: string) {
  const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  return SecurityGroups[0];
}

async function defaultGroup(VpcId = VPC) {
  const Filters = [
    { Name: "vpc-id", Values: [VpcId] },
    { Name: "group-name", Values: ["default"] },
  ];
  return (await client.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.[0]?.GroupId ?? "";
}

function deleteGroup(GroupId: string) {
  return client.send(new DeleteSecurityGroupCommand({ GroupId }));
}

async function authorize(GroupId: string, ...IpPermissions: IpPermission[]) {
  const answer = await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  return (answer.SecurityGroupRules ?? []).map(({ SecurityGroupRuleId = "" }) => SecurityGroupRuleId);
}

async function rulesOf(GroupId: string) {
  const Filters = [{ Name: "group-id", Values: [GroupId] }];
  return (await client.send(new DescribeSecurityGroupRulesCommand({ Filters }))).SecurityGroupRules ?? [];
}

async function ingressOf(GroupId: string) {
  return (await rulesOf(GroupId)).filter(({ IsEgress }) => IsEgress === false);
}

type EndpointInput = Partial<CreateVpcEndpointCommand["input"]>;

function createInterface(more: EndpointInput = {}) {
  return createGateway({ VpcEndpointType: "Interface", ServiceName: ECR_API, SubnetIds: [SUBNET_A], ...more });
}

async function createGateway(more: EndpointInput = {}) {
  const input = { VpcEndpointType: "Gateway", VpcId: VPC, ServiceName: S3, ...more } as const;
  return (await client.send(new CreateVpcEndpointCommand(input))).VpcEndpoint?.VpcEndpointId ?? "";
}

async function describeEndpoint(id: string) {
  const { VpcEndpoints = [] } = await client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  return VpcEndpoints[0];
}

function modify(VpcEndpointId: string, more: Omit<ModifyVpcEndpointCommand["input"], "VpcEndpointId">) {
  return client.send(new ModifyVpcEndpointCommand({ VpcEndpointId, ...more }));
}

async function deleteEndpoint(id: string) {
  return (await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }))).Unsuccessful;
}

async function interfacesOf(id: string) {
  const { NetworkInterfaceIds } = (await describeEndpoint(id)) ?? {};
  const answer = await client.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }));
  return answer.NetworkInterfaces ?? [];
}

async function routesOf(RouteTableId: string) {
  const answer = await client.send(new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }));
  return answer.RouteTables?.[0]?.Routes ?? [];
}

describe("a network", () => {
  test("has VPCs with their ranges and what AWS gives to each", async () => {
    const { Vpcs } = await client.send(new DescribeVpcsCommand({ VpcIds: [VPC] }));
    expect(Vpcs).toMatchObject([
      {
        VpcId: VPC,
        OwnerId: ACCOUNT,
        CidrBlock: "10.0.0.0/16",
        Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: "2001:db8::/56" }],
        IsDefault: false,
        Tags: [],
      },
    ]);
    expect(await ingressOf(await defaultGroup())).toMatchObject([
      { IpProtocol: "-1", ReferencedGroupInfo: { GroupId: await defaultGroup() } },
    ]);
  });

  test.each([
    [VPC, "enableDnsSupport", true],
    [VPC, "enableDnsHostnames", true],
    [OTHER_VPC, "enableDnsHostnames", false],
  ] as const)("has VPCs with attributes: that of %s, %s, is %s", async (VpcId, Attribute, Value) => {
    const answer = await client.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
    expect(answer).toMatchObject({ VpcId, [Attribute.replace(/^e/, "E")]: { Value } });
  });

  test("has subnets with their zones and ranges", async () => {
    const { Subnets } = await client.send(new DescribeSubnetsCommand({ SubnetIds: [SUBNET_A, SUBNET_IPV4] }));
    expect(Subnets).toMatchObject([
      {
        SubnetId: SUBNET_A,
        SubnetArn: `arn:aws:ec2:${REGION}:${ACCOUNT}:subnet/${SUBNET_A}`,
        VpcId: VPC,
        AvailabilityZone: `${REGION}a`,
        CidrBlock: "10.0.1.0/24",
        Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: "2001:db8:0:1::/64" }],
      },
      { SubnetId: SUBNET_IPV4, Ipv6CidrBlockAssociationSet: [] },
    ]);
  });

  test("has route tables with the local routes, their own, and what is associated", async () => {
    const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ RouteTableIds: [PRIVATE_TABLE] }));
    expect(RouteTables).toMatchObject([
      {
        RouteTableId: PRIVATE_TABLE,
        VpcId: VPC,
        Associations: [{ SubnetId: SUBNET_A, Main: false }],
        Routes: [
          { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local" },
          { DestinationIpv6CidrBlock: "2001:db8::/56", GatewayId: "local" },
          { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: NAT },
          { DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-0a1b2c3d4e5f60718" },
        ],
      },
    ]);
  });

  test("has one main route table for each VPC, which a test can name", async () => {
    const main = async (vpcId: string) => {
      const Filters = [
        { Name: "association.main", Values: ["true"] },
        { Name: "vpc-id", Values: [vpcId] },
      ];
      const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand({ Filters }));
      return RouteTables.map(({ RouteTableId }) => RouteTableId);
    };
    expect(await main(OTHER_VPC)).toEqual([FOREIGN_TABLE]);
    expect(await main(VPC)).toEqual([expect.stringMatching(/^rtb-[0-9a-f]{17}$/)]);
    expect(await main(VPC)).not.toEqual([PRIVATE_TABLE]);
  });

  test("is of one account and region, and is not among the contents", async () => {
    for (const scope of [{ region: "eu-west-1" }, { accountId: "444455556666" }]) {
      expect((await sdk.client(EC2Client, scope).send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
    }
    expect(sdk.aws.contents()).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["InvalidVpcID.NotFound", () => client.send(new DescribeVpcsCommand({ VpcIds: [`vpc-${ABSENT}`] }))],
    ["InvalidSubnetID.NotFound", () => client.send(new DescribeSubnetsCommand({ SubnetIds: [`subnet-${ABSENT}`] }))],
    ["InvalidRouteTableID.NotFound", () => routesOf(`rtb-${ABSENT}`)],
    [
      "InvalidNetworkInterfaceID.NotFound",
      () => client.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [`eni-${ABSENT}`] })),
    ],
    [
      "InvalidParameterValue",
      () => client.send(new DescribeVpcsCommand({ Filters: [{ Name: "colour", Values: ["red"] }] })),
    ],
  ])("fails with %s where there is no such thing", async (name, send) => {
    await expect(send()).rejects.toMatchObject({ name });
  });

  test.each<[string, () => void]>([
    ["vpc-1 is not an ID", () => sdk.aws.ec2.addVpc(SCOPE, { vpcId: "vpc-1", cidrBlock: "10.0.0.0/16" })],
    [
      "10.0.0.1/16 is not a CIDR",
      () => sdk.aws.ec2.addVpc(SCOPE, { vpcId: `vpc-${ABSENT}`, cidrBlock: "10.0.0.1/16" }),
    ],
    [`${VPC} exists already`, () => sdk.aws.ec2.addVpc(SCOPE, { vpcId: VPC, cidrBlock: "10.0.0.0/16" })],
    [
      `subnet-${ABSENT} lies outside of ${VPC}`,
      () =>
        sdk.aws.ec2.addSubnet(SCOPE, {
          subnetId: `subnet-${ABSENT}`,
          vpcId: VPC,
          availabilityZone: "us-east-1a",
          cidrBlock: "10.9.0.0/24",
        }),
    ],
    [
      `${FOREIGN_TABLE} is not of ${VPC}`,
      () =>
        sdk.aws.ec2.addSubnet(SCOPE, {
          subnetId: `subnet-${ABSENT}`,
          vpcId: VPC,
          availabilityZone: "us-east-1a",
          cidrBlock: "10.0.9.0/24",
          routeTableId: FOREIGN_TABLE,
        }),
    ],
  ])("fails to be made when it cannot be: %s", (message, add) => {
    expect(add).toThrow(message);
  });
});

describe("a security group", () => {
  test("is created with its words and tags", async () => {
    const Tags = [{ Key: "team", Value: "platform" }];
    const id = await createGroup("ecr-1", { TagSpecifications: [{ ResourceType: "security-group", Tags }] });
    expect(id).toMatch(/^sg-[0-9a-f]{17}$/);
    expect(await describeGroup(id)).toMatchObject({
      GroupName: "ecr-1",
      Description: "Clients of ECR",
      VpcId: VPC,
      OwnerId: ACCOUNT,
      IpPermissions: [],
      Tags,
    });
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} ${REGION} security group ${id}`]);
  });

  test("lets its members out everywhere until that is revoked", async () => {
    const GroupId = await createGroup();
    const { IpPermissionsEgress: IpPermissions = [] } = (await describeGroup(GroupId)) ?? {};
    expect(IpPermissions).toMatchObject([
      { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }], Ipv6Ranges: [{ CidrIpv6: "::/0" }] },
    ]);
    await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
    expect(await rulesOf(GroupId)).toEqual([]);
    await expect(client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }))).rejects.toMatchObject({
      name: "InvalidPermission.NotFound",
    });
  });

  test("takes a rule that lets out again, once", async () => {
    const GroupId = await createGroup("endpoints", { VpcId: OTHER_VPC });
    const everywhere = tcp({ IpRanges: [{ CidrIp: "0.0.0.0/0" }] });
    const authorize = (): Promise<unknown> =>
      client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everywhere] }));
    await authorize();
    expect(await rulesOf(GroupId)).toMatchObject([{ IsEgress: true }, { IsEgress: true, IpProtocol: "tcp" }]);
    await expect(authorize()).rejects.toMatchObject({ name: "InvalidPermission.Duplicate" });
  });

  test("has no IPv6 rule in a VPC without IPv6", async () => {
    const rules = await rulesOf(await createGroup("endpoints", { VpcId: OTHER_VPC }));
    expect(rules).toMatchObject([
      { IsEgress: true, IpProtocol: "-1", FromPort: -1, ToPort: -1, CidrIpv4: "0.0.0.0/0" },
    ]);
  });

  test("has a name of its own within its VPC", async () => {
    await createGroup("Endpoints");
    await expect(createGroup("endpoints")).rejects.toMatchObject({ name: "InvalidGroup.Duplicate" });
    await createGroup("endpoints", { VpcId: OTHER_VPC });
  });

  test.each<[string, Partial<CreateSecurityGroupCommand["input"]>]>([
    ["InvalidParameterValue", { GroupName: "sg-endpoints" }],
    ["InvalidParameterValue", { GroupName: "x".repeat(256) }],
    ["InvalidParameterValue", { GroupName: "é" }],
    ["InvalidGroup.Reserved", { GroupName: "default" }],
    ["InvalidParameterValue", { Description: "who's there" }],
    ["InvalidParameterValue", { Description: "x".repeat(256) }],
    ["MissingParameter", { Description: "" }],
    ["VPCIdNotSpecified", { VpcId: undefined }],
    ["InvalidVpcID.NotFound", { VpcId: `vpc-${ABSENT}` }],
    ["InvalidParameterValue", { TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "a", Value: "b" }] }] }],
  ])("fails with %s when it is created with %j", async (name, more) => {
    await expect(createGroup("endpoints", more)).rejects.toMatchObject({ name });
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("is deleted, and not found afterwards", async () => {
    const id = await createGroup();
    await deleteGroup(id);
    const name = "InvalidGroup.NotFound";
    await expect(describeGroup(id)).rejects.toMatchObject({ name });
    await expect(deleteGroup(id)).rejects.toMatchObject({ name });
    await expect(authorize(id, FROM_VPC)).rejects.toMatchObject({ name });
    await expect(deleteGroup("endpoints")).rejects.toMatchObject({ name: "InvalidGroupId.Malformed" });
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("is not deleted while an endpoint or another group's rule has it, nor when it is the default", async () => {
    const [id, other] = [await createGroup("a"), await createGroup("b")];
    const endpoint = await createInterface({ SecurityGroupIds: [id] });
    await expect(deleteGroup(id)).rejects.toMatchObject({ name: "DependencyViolation" });
    await deleteEndpoint(endpoint);
    await authorize(other, tcp({ UserIdGroupPairs: [{ GroupId: id }] }));
    await expect(deleteGroup(id)).rejects.toMatchObject({ name: "DependencyViolation" });
    await deleteGroup(other);
    await authorize(id, tcp({ UserIdGroupPairs: [{ GroupId: id }] }));
    await deleteGroup(id);
    await expect(deleteGroup(await defaultGroup())).rejects.toMatchObject({ name: "CannotDelete" });
  });
});

describe("a rule of a security group", () => {
  test("admits a range of either family, or the members of a group", async () => {
    const [id, clients] = [await createGroup("endpoints"), await createGroup("clients")];
    const Tags = [{ Key: "team", Value: "platform" }];
    await client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: id,
        IpPermissions: [
          tcp({ IpRanges: [{ CidrIp: "10.0.0.0/16", Description: "VPC" }] }),
          tcp({ Ipv6Ranges: [{ CidrIpv6: "2001:db8::/56" }] }),
          tcp({ UserIdGroupPairs: [{ GroupId: clients }] }),
        ],
        TagSpecifications: [{ ResourceType: "security-group-rule", Tags }],
      }),
    );
    const ports = { GroupId: id, IpProtocol: "tcp", FromPort: 443, ToPort: 443, Tags };
    expect(await ingressOf(id)).toMatchObject([
      { ...ports, CidrIpv4: "10.0.0.0/16", Description: "VPC" },
      { ...ports, CidrIpv6: "2001:db8::/56" },
      { ...ports, ReferencedGroupInfo: { GroupId: clients } },
    ]);
    expect((await describeGroup(id))?.IpPermissions).toMatchObject([
      {
        IpProtocol: "tcp",
        FromPort: 443,
        ToPort: 443,
        IpRanges: [{ CidrIp: "10.0.0.0/16", Description: "VPC" }],
        Ipv6Ranges: [{ CidrIpv6: "2001:db8::/56" }],
        UserIdGroupPairs: [{ GroupId: clients, UserId: ACCOUNT }],
      },
    ]);
  });

  test("is for a network: what is after its prefix is cleared", async () => {
    const id = await createGroup();
    await authorize(id, tcp({ IpRanges: [{ CidrIp: "100.68.0.18/18" }] }));
    expect(await ingressOf(id)).toMatchObject([{ CidrIpv4: "100.68.0.0/18" }]);
    await expect(authorize(id, tcp({ IpRanges: [{ CidrIp: "100.68.0.0/18" }] }))).rejects.toMatchObject({
      name: "InvalidPermission.Duplicate",
      message: 'the specified rule "peer: 100.68.0.0/18, TCP, from port: 443, to port: 443, ALLOW" already exists',
    });
  });

  test.each<[string, IpPermission]>([
    ["InvalidParameterValue", tcp({ IpRanges: [{ CidrIp: "10.0.0.0" }] })],
    ["InvalidParameterValue", tcp({ IpRanges: [{ CidrIp: "10.0.0.0/33" }] })],
    ["InvalidParameterValue", tcp({ IpRanges: [{ CidrIp: "2001:db8::/56" }] })],
    ["InvalidParameterValue", tcp({ Ipv6Ranges: [{ CidrIpv6: "10.0.0.0/16" }] })],
    ["InvalidParameterValue", tcp({ IpRanges: [{ CidrIp: "10.0.0.0/16", Description: "it's" }] })],
    ["InvalidParameterValue", { ...FROM_VPC, IpProtocol: "https" }],
    ["InvalidParameterValue", { ...FROM_VPC, ToPort: 442 }],
    ["InvalidParameterValue", { ...FROM_VPC, ToPort: 65_536 }],
    ["MissingParameter", { ...FROM_VPC, ToPort: undefined }],
    ["MissingParameter", tcp({})],
    ["InvalidPrefixListID.NotFound", tcp({ PrefixListIds: [{ PrefixListId: "pl-01234567" }] })],
    ["InvalidGroup.NotFound", tcp({ UserIdGroupPairs: [{ GroupId: `sg-${ABSENT}` }] })],
    ["InvalidGroupId.Malformed", tcp({ UserIdGroupPairs: [{ GroupId: "clients" }] })],
  ])("fails with %s when it is %j", async (name, permission) => {
    const id = await createGroup();
    await expect(authorize(id, permission)).rejects.toMatchObject({ name });
    expect(await ingressOf(id)).toEqual([]);
  });

  test("fails when the group that it names is of another VPC", async () => {
    const pair = { GroupId: await defaultGroup(OTHER_VPC) };
    await expect(authorize(await createGroup(), tcp({ UserIdGroupPairs: [pair] }))).rejects.toMatchObject({
      name: "InvalidGroup.NotFound",
    });
  });

  test("is one of 60 for each family", async () => {
    const id = await createGroup();
    const range = (index: number) => ({ CidrIp: `10.0.${index}.0/24` });
    await authorize(id, tcp({ IpRanges: Array.from({ length: 60 }, (_, index) => range(index)) }));
    await authorize(id, tcp({ Ipv6Ranges: [{ CidrIpv6: "::/0" }] }));
    await expect(authorize(id, tcp({ IpRanges: [range(60)] }))).rejects.toMatchObject({
      name: "RulesPerSecurityGroupLimitExceeded",
    });
  });

  test("is modified in place, all but the kind of its source", async () => {
    const GroupId = await createGroup();
    const [SecurityGroupRuleId = ""] = await authorize(GroupId, FROM_VPC);
    const become = (SecurityGroupRule: object) =>
      client.send(
        new ModifySecurityGroupRulesCommand({
          GroupId,
          SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
        }),
      );
    const ports = { IpProtocol: "tcp", FromPort: 443, ToPort: 444 };
    await become({ ...ports, CidrIpv4: "10.0.1.0/24", Description: "subnet" });
    const modified = { SecurityGroupRuleId, ...ports, CidrIpv4: "10.0.1.0/24", Description: "subnet" };
    expect(await ingressOf(GroupId)).toMatchObject([modified]);
    await expect(become({ ...ports, CidrIpv6: "::/0" })).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(become(ports)).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await authorize(GroupId, FROM_VPC);
    await expect(become({ ...ports, ToPort: 443, CidrIpv4: "10.0.0.0/16" })).rejects.toMatchObject({
      name: "InvalidPermission.Duplicate",
    });
    expect((await ingressOf(GroupId))[0]).toMatchObject(modified);
  });

  test("is revoked by its ID, and not found afterwards", async () => {
    const GroupId = await createGroup();
    const SecurityGroupRuleIds = await authorize(GroupId, FROM_VPC);
    await client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
    expect(await ingressOf(GroupId)).toEqual([]);
    const name = "InvalidSecurityGroupRuleId.NotFound";
    const revokeAgain = client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
    await expect(revokeAgain).rejects.toMatchObject({ name });
    const describe = client.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds }));
    await expect(describe).rejects.toMatchObject({ name });
  });
});

describe("an interface endpoint", () => {
  test("is made with the VPC's default group, full access and private DNS where nothing else is said", async () => {
    const id = await createInterface({ SubnetIds: [SUBNET_A, SUBNET_B] });
    const name = (zone: string) => `${id}-${id.slice(-8)}${zone}.api.ecr.${REGION}.vpce.amazonaws.com`;
    expect(await describeEndpoint(id)).toMatchObject({
      VpcEndpointId: id,
      VpcEndpointType: "Interface",
      VpcId: VPC,
      ServiceName: ECR_API,
      State: "available",
      OwnerId: ACCOUNT,
      SubnetIds: [SUBNET_A, SUBNET_B],
      Groups: [{ GroupId: await defaultGroup() }],
      IpAddressType: "ipv4",
      DnsOptions: { DnsRecordIpType: "ipv4" },
      PrivateDnsEnabled: true,
      DnsEntries: [name(""), name(`-${REGION}a`), name(`-${REGION}b`), `api.ecr.${REGION}.amazonaws.com`].map(
        (DnsName) => ({ DnsName }),
      ),
      RouteTableIds: [],
      PolicyDocument: JSON.stringify({
        Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
      }),
    });
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} ${REGION} vpc endpoint ${id}`]);
  });

  test("has a network interface with an address in each of its subnets", async () => {
    const GroupId = await createGroup();
    const id = await createInterface({ SubnetIds: [SUBNET_A, SUBNET_B], SecurityGroupIds: [GroupId] });
    const Groups = [{ GroupId }];
    expect(await interfacesOf(id)).toMatchObject([
      { SubnetId: SUBNET_A, VpcId: VPC, PrivateIpAddress: "10.0.1.4", Groups, Ipv6Addresses: [] },
      { SubnetId: SUBNET_B, VpcId: VPC, PrivateIpAddress: "10.0.2.4", Groups, AvailabilityZone: `${REGION}b` },
    ]);
    const other = await createInterface({ ServiceName: `com.amazonaws.${REGION}.logs` });
    expect(await interfacesOf(other)).toMatchObject([{ PrivateIpAddress: "10.0.1.5" }]);
    const Filters = [{ Name: "group-id", Values: [GroupId] }];
    const { NetworkInterfaces } = await client.send(new DescribeNetworkInterfacesCommand({ Filters }));
    expect(NetworkInterfaces).toHaveLength(2);
  });

  test("has addresses of both families when it is dualstack, and the records it is told to", async () => {
    const id = await createInterface({ IpAddressType: "dualstack" });
    expect(await describeEndpoint(id)).toMatchObject({
      IpAddressType: "dualstack",
      DnsOptions: { DnsRecordIpType: "dualstack" },
    });
    expect(await interfacesOf(id)).toMatchObject([{ PrivateIpAddress: "10.0.1.4", Ipv6Address: "2001:db8:0:1::4" }]);
    await modify(id, { DnsOptions: { DnsRecordIpType: "ipv6" } });
    expect(await describeEndpoint(id)).toMatchObject({ DnsOptions: { DnsRecordIpType: "ipv6" } });
    const fails = modify(id, { IpAddressType: "ipv4" });
    await expect(fails).rejects.toMatchObject({ name: "InvalidParameter" });
    await modify(id, { IpAddressType: "ipv4", DnsOptions: { DnsRecordIpType: "ipv4" } });
    expect(await interfacesOf(id)).toMatchObject([{ PrivateIpAddress: "10.0.1.4", Ipv6Addresses: [] }]);
  });

  test.each<[string, EndpointInput]>([
    ["InvalidVpcID.NotFound", { VpcId: `vpc-${ABSENT}` }],
    ["InvalidServiceName", { ServiceName: "com.amazonaws.eu-west-1.ecr.api" }],
    ["InvalidServiceName", { ServiceName: `cn.com.amazonaws.${REGION}.ecr.api` }],
    ["InvalidServiceName", { ServiceName: `com.amazonaws.${REGION}.ecr` }],
    ["InvalidParameter", { ServiceName: S3 }],
    ["InvalidParameter", { RouteTableIds: [PRIVATE_TABLE] }],
    ["InvalidSubnetId.NotFound", { SubnetIds: [`subnet-${ABSENT}`] }],
    ["InvalidParameter", { SubnetIds: [FOREIGN_SUBNET] }],
    ["DuplicateSubnetsInSameZone", { SubnetIds: [SUBNET_A, SUBNET_A2] }],
    ["InvalidGroup.NotFound", { SecurityGroupIds: [`sg-${ABSENT}`] }],
    ["InvalidParameter", { IpAddressType: "dualstack", SubnetIds: [SUBNET_A, SUBNET_IPV4] }],
    ["InvalidParameter", { IpAddressType: "ipv6", SubnetIds: [SUBNET_IPV4] }],
    ["InvalidParameter", { DnsOptions: { DnsRecordIpType: "dualstack" } }],
    ["InvalidParameter", { VpcId: OTHER_VPC, SubnetIds: [FOREIGN_SUBNET] }],
    ["InvalidPolicyDocument", { PolicyDocument: "{" }],
    ["InvalidPolicyDocument", { PolicyDocument: "{}" }],
    ["InvalidPolicyDocument", { PolicyDocument: statements() }],
    ["InvalidPolicyDocument", { PolicyDocument: statements({ Effect: "Allow", Action: "*", Resource: "*" }) }],
    [
      "InvalidPolicyDocument",
      { PolicyDocument: statements({ Effect: "allow", Principal: "*", Action: "*", Resource: "*" }) },
    ],
    ["InvalidPolicyDocument", { PolicyDocument: POLICY.padEnd(20_481) }],
    [
      "InvalidParameterValue",
      { TagSpecifications: [{ ResourceType: "vpc-endpoint", Tags: [{ Key: "aws:a", Value: "" }] }] },
    ],
  ])("fails with %s when it is made with %j", async (name, more) => {
    await expect(createInterface(more)).rejects.toMatchObject({ name });
    expect(sdk.aws.contents()).toEqual([]);
    expect((await client.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces).toEqual([]);
  });

  test("fails when a group is of another VPC, or there are more than five", async () => {
    const foreign = await defaultGroup(OTHER_VPC);
    await expect(createInterface({ SecurityGroupIds: [foreign] })).rejects.toMatchObject({
      name: "InvalidGroup.NotFound",
    });
    const SecurityGroupIds = await Promise.all(["a", "b", "c", "d", "e", "f"].map((name) => createGroup(name)));
    await expect(createInterface({ SecurityGroupIds })).rejects.toMatchObject({ name: "InvalidParameter" });
  });

  test("takes a policy of 20480 characters", async () => {
    await createInterface({ PolicyDocument: POLICY.padEnd(20_480) });
  });

  test("needs DNS support and hostnames for private DNS, and none of it without", async () => {
    const input = { VpcId: OTHER_VPC, SubnetIds: [FOREIGN_SUBNET] };
    await expect(createInterface({ ...input, PrivateDnsEnabled: true })).rejects.toThrow("enableDnsHostnames");
    const id = await createInterface({ ...input, PrivateDnsEnabled: false });
    expect((await describeEndpoint(id))?.DnsEntries).toHaveLength(2);
    await expect(modify(id, { PrivateDnsEnabled: true })).rejects.toMatchObject({ name: "InvalidParameter" });
  });

  test("is the only one of its service with private DNS in its VPC", async () => {
    const first = await createInterface();
    await expect(createInterface({ SubnetIds: [SUBNET_B] })).rejects.toMatchObject({
      name: "InvalidParameter",
      message: expect.stringContaining(
        `private-dns-enabled cannot be set because there is already a conflicting DNS domain for api.ecr.${REGION}.amazonaws.com`,
      ) as string,
    });
    const second = await createInterface({ SubnetIds: [SUBNET_B], PrivateDnsEnabled: false });
    await expect(modify(second, { PrivateDnsEnabled: true })).rejects.toMatchObject({ name: "InvalidParameter" });
    await modify(first, { PrivateDnsEnabled: false });
    await modify(second, { PrivateDnsEnabled: true });
    expect((await describeEndpoint(second))?.PrivateDnsEnabled).toBe(true);
  });

  test("moves to other subnets and groups", async () => {
    const GroupId = await createGroup();
    const id = await createInterface();
    const RemoveSecurityGroupIds = [await defaultGroup()];
    await modify(id, { AddSubnetIds: [SUBNET_B], AddSecurityGroupIds: [GroupId], RemoveSecurityGroupIds });
    await modify(id, { AddSubnetIds: [SUBNET_A2], RemoveSubnetIds: [SUBNET_A] });
    expect(await describeEndpoint(id)).toMatchObject({ SubnetIds: [SUBNET_B, SUBNET_A2], Groups: [{ GroupId }] });
    expect(await interfacesOf(id)).toMatchObject([{ Groups: [{ GroupId }] }, { SubnetId: SUBNET_A2 }]);
  });

  test.each<[string, Omit<ModifyVpcEndpointCommand["input"], "VpcEndpointId">]>([
    ["DuplicateSubnetsInSameZone", { AddSubnetIds: [SUBNET_A2] }],
    ["InvalidParameter", { AddSubnetIds: [FOREIGN_SUBNET] }],
    ["InvalidParameter", { RemoveSubnetIds: [SUBNET_B] }],
    ["InvalidParameter", { AddRouteTableIds: [PRIVATE_TABLE] }],
    ["InvalidGroup.NotFound", { AddSecurityGroupIds: [`sg-${ABSENT}`] }],
    ["InvalidPolicyDocument", { PolicyDocument: "[]" }],
    ["InvalidParameter", { PolicyDocument: POLICY, ResetPolicy: true }],
  ])("fails with %s when it is modified by %j, and stays what it was", async (name, change) => {
    const id = await createInterface({ PolicyDocument: POLICY });
    const before = await describeEndpoint(id);
    await expect(modify(id, { ...change, PrivateDnsEnabled: false })).rejects.toMatchObject({ name });
    expect(await describeEndpoint(id)).toEqual(before);
  });

  test("keeps at least one group", async () => {
    const id = await createInterface();
    const RemoveSecurityGroupIds = [await defaultGroup()];
    await expect(modify(id, { RemoveSecurityGroupIds })).rejects.toMatchObject({ name: "InvalidParameter" });
  });

  test("has its policy replaced, and reset to full access", async () => {
    const id = await createInterface();
    const full = (await describeEndpoint(id))?.PolicyDocument;
    await modify(id, { PolicyDocument: POLICY });
    await modify(id, { PrivateDnsEnabled: false });
    expect((await describeEndpoint(id))?.PolicyDocument).toBe(POLICY);
    await modify(id, { ResetPolicy: true });
    expect((await describeEndpoint(id))?.PolicyDocument).toBe(full);
  });

  test.each([
    ["cn-north-1", "cn.com.amazonaws.cn-north-1.ecr.dkr", "dkr.ecr.cn-north-1.amazonaws.com.cn"],
    ["cn-north-1", "com.amazonaws.cn-north-1.logs", "logs.cn-north-1.amazonaws.com.cn"],
    ["us-gov-west-1", "com.amazonaws.us-gov-west-1.ecr.dkr", "dkr.ecr.us-gov-west-1.amazonaws.com"],
    ["eu-west-1", "com.amazonaws.eu-west-1.eks-auth", "eks-auth.eu-west-1.api.aws"],
  ])("in %s is for %s and answers %s", async (region, ServiceName, host) => {
    sdk.aws.ec2.addVpc({ ...SCOPE, region }, { vpcId: VPC, cidrBlock: "10.0.0.0/16" });
    const there = sdk.client(EC2Client, { region });
    const input = { VpcEndpointType: "Interface", VpcId: VPC, ServiceName } as const;
    const { VpcEndpoint } = await there.send(new CreateVpcEndpointCommand(input));
    expect(VpcEndpoint?.DnsEntries?.at(-1)).toEqual({ DnsName: host });
  });

  test("is deleted with its interfaces, and not found afterwards", async () => {
    const id = await createInterface();
    expect(await deleteEndpoint(id)).toEqual([]);
    await expect(describeEndpoint(id)).rejects.toMatchObject({ name: "InvalidVpcEndpointId.NotFound" });
    expect((await client.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces).toEqual([]);
    expect(await deleteEndpoint(id)).toMatchObject([
      { ResourceId: id, Error: { Code: "InvalidVpcEndpoint.NotFound" } },
    ]);
    await expect(describeEndpoint("vpce-1")).rejects.toMatchObject({ name: "InvalidVpcEndpointId.Malformed" });
    await expect(modify(id, { ResetPolicy: true })).rejects.toMatchObject({ name: "InvalidVpcEndpointId.NotFound" });
    expect(sdk.aws.contents()).toEqual([]);
  });
});

describe("a gateway endpoint", () => {
  test("is the type of a request that names none, with full access", async () => {
    const id = await createGateway({ VpcEndpointType: undefined, RouteTableIds: [PRIVATE_TABLE] });
    expect(await describeEndpoint(id)).toMatchObject({
      VpcEndpointType: "Gateway",
      RouteTableIds: [PRIVATE_TABLE],
      SubnetIds: [],
      Groups: [],
      DnsEntries: [],
      PrivateDnsEnabled: false,
      IpAddressType: "ipv4",
      PolicyDocument: JSON.stringify({
        Version: "2008-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
      }),
    });
  });

  test("puts a route to its service's prefix list into its route tables, and takes it out again", async () => {
    const Filters = [{ Name: "prefix-list-name", Values: [S3] }];
    const { PrefixLists } = await client.send(new DescribePrefixListsCommand({ Filters }));
    const [{ PrefixListId = "" } = {}] = PrefixLists ?? [];
    expect(PrefixLists).toMatchObject([
      { PrefixListName: S3, Cidrs: expect.arrayContaining(["52.216.0.0/15"]) as string[] },
    ]);
    const before = await routesOf(PRIVATE_TABLE);
    const id = await createGateway();
    await modify(id, { AddRouteTableIds: [PRIVATE_TABLE, OTHER_TABLE] });
    expect(await routesOf(PRIVATE_TABLE)).toMatchObject([
      ...before,
      { DestinationPrefixListId: PrefixListId, GatewayId: id },
    ]);
    await modify(id, { RemoveRouteTableIds: [OTHER_TABLE] });
    expect((await describeEndpoint(id))?.RouteTableIds).toEqual([PRIVATE_TABLE]);
    await deleteEndpoint(id);
    expect(await routesOf(PRIVATE_TABLE)).toEqual(before);
  });

  test("of one service is for other addresses than that of another service", async () => {
    const { PrefixLists = [] } = await client.send(new DescribePrefixListsCommand({}));
    const cidrs = PrefixLists.flatMap(({ Cidrs = [] }) => Cidrs);
    expect(PrefixLists).toHaveLength(2);
    expect(new Set(cidrs).size).toBe(cidrs.length);
  });

  test("fails where a route table has a route to its service, and not beside another service's", async () => {
    const id = await createGateway({ RouteTableIds: [PRIVATE_TABLE] });
    const again = createGateway({ RouteTableIds: [OTHER_TABLE, PRIVATE_TABLE] });
    await expect(again).rejects.toMatchObject({ name: "RouteAlreadyExists" });
    const added = modify(id, { AddRouteTableIds: [PRIVATE_TABLE] });
    await expect(added).rejects.toMatchObject({ name: "RouteAlreadyExists" });
    expect(await routesOf(OTHER_TABLE)).toHaveLength(2);
    await createGateway({ RouteTableIds: [PRIVATE_TABLE], ServiceName: `com.amazonaws.${REGION}.dynamodb` });
  });

  test.each<[string, EndpointInput]>([
    ["InvalidServiceName", { ServiceName: "com.amazonaws.eu-west-1.s3" }],
    ["InvalidParameter", { ServiceName: ECR_API }],
    ["InvalidParameter", { SubnetIds: [SUBNET_A] }],
    ["InvalidParameter", { SecurityGroupIds: [`sg-${ABSENT}`] }],
    ["InvalidParameter", { PrivateDnsEnabled: true }],
    ["InvalidRouteTableId.NotFound", { RouteTableIds: [`rtb-${ABSENT}`] }],
    ["InvalidParameter", { RouteTableIds: [FOREIGN_TABLE] }],
  ])("fails with %s when it is made with %j", async (name, more) => {
    await expect(createGateway(more)).rejects.toMatchObject({ name });
    expect(sdk.aws.contents()).toEqual([]);
  });

  test.each([
    ["InvalidParameter", OTHER_TABLE],
    ["InvalidRouteTableId.NotFound", `rtb-${ABSENT}`],
  ])("fails with %s when it is to leave %s, where it is not", async (name, table) => {
    const id = await createGateway();
    await expect(modify(id, { RemoveRouteTableIds: [table] })).rejects.toMatchObject({ name });
  });

  test("may be dualstack whatever the subnets are", async () => {
    const id = await createGateway({ IpAddressType: "dualstack" });
    expect(await describeEndpoint(id)).toMatchObject({
      IpAddressType: "dualstack",
      DnsOptions: { DnsRecordIpType: "service-defined" },
    });
  });
});

describe("tags", () => {
  test("are put on groups, rules, endpoints and networks, replaced by key, and removed", async () => {
    const group = await createGroup();
    const [rule = ""] = await authorize(group, FROM_VPC);
    const endpoint = await createInterface();
    const Resources = [group, rule, endpoint, VPC, SUBNET_A, PRIVATE_TABLE];
    const Tags = [
      { Key: "team", Value: "platform" },
      { Key: "stage", Value: "" },
    ];
    await client.send(new CreateTagsCommand({ Resources, Tags }));
    await client.send(new CreateTagsCommand({ Resources, Tags: [{ Key: "team", Value: "images" }] }));
    const untouched = [{ Key: "team", Value: "platform" }, { Key: "absent" }];
    await client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: "stage" }, ...untouched] }));
    const left = { Tags: [{ Key: "team", Value: "images" }] };
    expect(await describeGroup(group)).toMatchObject(left);
    expect(await ingressOf(group)).toMatchObject([left]);
    expect(await describeEndpoint(endpoint)).toMatchObject(left);
    expect((await client.send(new DescribeVpcsCommand({ VpcIds: [VPC] }))).Vpcs).toMatchObject([left]);
    expect((await client.send(new DescribeSubnetsCommand({ SubnetIds: [SUBNET_A] }))).Subnets).toMatchObject([left]);
  });

  test.each<[string, CreateTagsCommand["input"]]>([
    ["InvalidID", { Resources: [`vpce-${ABSENT}`], Tags: [{ Key: "a", Value: "b" }] }],
    ["InvalidParameterValue", { Resources: [VPC], Tags: [{ Key: "aws:a", Value: "b" }] }],
    ["InvalidParameterValue", { Resources: [VPC], Tags: [{ Key: "x".repeat(129), Value: "" }] }],
    ["InvalidParameterValue", { Resources: [VPC], Tags: [{ Key: "a", Value: "x".repeat(257) }] }],
    [
      "InvalidParameterValue",
      {
        Resources: [VPC],
        Tags: [
          { Key: "a", Value: "" },
          { Key: "a", Value: "b" },
        ],
      },
    ],
    [
      "TagLimitExceeded",
      { Resources: [VPC], Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `${n}`, Value: "" })) },
    ],
  ])("fail with %s, and stay what they were", async (name, input) => {
    await expect(client.send(new CreateTagsCommand(input))).rejects.toMatchObject({ name });
    expect((await client.send(new DescribeVpcsCommand({ VpcIds: [VPC] }))).Vpcs).toMatchObject([{ Tags: [] }]);
  });
});

describe("a list", () => {
  const subnets = (input: DescribeSubnetsCommand["input"]) => client.send(new DescribeSubnetsCommand(input));

  test("is read to its end page by page", async () => {
    await sdk.stop();
    await start({ pageSize: 1 });
    const [group, endpoint] = [await createGroup("endpoints", { VpcId: OTHER_VPC }), await createInterface()];
    await createInterface({ ServiceName: `com.amazonaws.${REGION}.logs` });
    const paginator = { client };
    const Filters = [{ Name: "vpc-id", Values: [VPC] }];
    expect(await pagesOf(paginateDescribeSubnets(paginator, { Filters }))).toMatchObject(
      [SUBNET_A, SUBNET_B, SUBNET_A2, SUBNET_IPV4].map((SubnetId) => ({ Subnets: [{ SubnetId }] })),
    );
    expect(await pagesOf(paginateDescribeVpcs(paginator, {}))).toMatchObject(
      [VPC, OTHER_VPC].map((VpcId) => ({ Vpcs: [{ VpcId }] })),
    );
    const tables = await pagesOf(paginateDescribeRouteTables(paginator, { Filters }));
    expect(tables.map(({ RouteTables }) => RouteTables?.length)).toEqual([1, 1, 1]);
    const groups = await pagesOf(paginateDescribeSecurityGroups(paginator, {}));
    expect(groups.map(({ SecurityGroups }) => SecurityGroups?.length)).toEqual([1, 1, 1]);
    expect(groups[2]).toMatchObject({ SecurityGroups: [{ GroupId: group }] });
    const rules = await pagesOf(paginateDescribeSecurityGroupRules(paginator, {}));
    expect(rules.map(({ SecurityGroupRules }) => SecurityGroupRules?.length)).toEqual([1, 1, 1, 1, 1, 1]);
    const endpoints = await pagesOf(paginateDescribeVpcEndpoints(paginator, {}));
    expect(endpoints.map(({ VpcEndpoints }) => VpcEndpoints?.length)).toEqual([1, 1]);
    expect(endpoints[0]).toMatchObject({ VpcEndpoints: [{ VpcEndpointId: endpoint }] });
    const interfaces = await pagesOf(paginateDescribeNetworkInterfaces(paginator, {}));
    expect(interfaces.map(({ NetworkInterfaces }) => NetworkInterfaces?.length)).toEqual([1, 1]);
    const prefixLists = await pagesOf(paginateDescribePrefixLists(paginator, {}));
    expect(prefixLists.map(({ PrefixLists }) => PrefixLists?.length)).toEqual([1, 1]);
  });

  test("is whole where the caller does not say how many, and where the caller names IDs", async () => {
    const { Subnets, NextToken } = await subnets({});
    expect([Subnets?.length, NextToken]).toEqual([5, undefined]);
    await sdk.stop();
    await start({ pageSize: 1 });
    const named = await subnets({ SubnetIds: [SUBNET_A, SUBNET_B] });
    expect([named.Subnets?.length, named.NextToken]).toEqual([2, undefined]);
  });

  test("has as many things on a page as the caller says", async () => {
    const rules = (NextToken?: string) =>
      client.send(new DescribeSecurityGroupRulesCommand({ MaxResults: 5, NextToken }));
    const whole = await rules();
    expect([whole.SecurityGroupRules?.length, whole.NextToken]).toEqual([5, undefined]);
    await createGroup();
    const first = await rules();
    const second = await rules(first.NextToken);
    expect([first.SecurityGroupRules?.length, second.SecurityGroupRules?.length]).toEqual([5, 2]);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ["InvalidParameterValue", "MaxResults must be between 5 and 1000, got 4", () => subnets({ MaxResults: 4 })],
    ["InvalidParameterValue", "MaxResults must be between 5 and 1000, got 1001", () => subnets({ MaxResults: 1001 })],
    [
      "InvalidParameterValue",
      "MaxResults must be between 5 and 100, got 101",
      () => client.send(new DescribeRouteTablesCommand({ MaxResults: 101 })),
    ],
    ["InvalidParameterValue", "NextToken is not one that was answered", () => subnets({ NextToken: "page-7" })],
    [
      "InvalidParameterCombination",
      "The parameter SubnetIds cannot be used with the parameter MaxResults",
      () => subnets({ SubnetIds: [SUBNET_A], MaxResults: 5 }),
    ],
  ])("fails with %s: %s", async (name, message, list) => {
    await expect(list()).rejects.toMatchObject({ name, message });
  });
});

test.each([
  ["ecr-*", ["ecr-api", "ecr-apis"]],
  ["*", ["a*b", "axb", "default", "ecr-api", "ecr-apis", "ecr.api"]],
  ["ecr?api", ["ecr-api", "ecr.api"]],
  ["ecr-api?", ["ecr-api", "ecr-apis"]],
  ["ecr.*", ["ecr.api"]],
  ["ECR-*", []],
  ["ecr", []],
  ["a*b", ["a*b", "axb"]],
  ["a\\*b", ["a*b"]],
])("a filter's value %s finds the groups %j", async (value, names) => {
  for (const name of ["ecr-api", "ecr-apis", "ecr.api", "a*b", "axb"]) {
    await createGroup(name);
  }
  const Filters = [
    { Name: "vpc-id", Values: [VPC] },
    { Name: "group-name", Values: [value] },
  ];
  const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({ Filters }));
  expect(SecurityGroups.map(({ GroupName }) => GroupName).sort()).toEqual(names);
});

describe("a dry run", () => {
  const DryRun = true;

  /** Everything that a request could change. */
  async function everything() {
    return [
      (await client.send(new DescribeVpcsCommand({}))).Vpcs,
      (await client.send(new DescribeSubnetsCommand({}))).Subnets,
      (await client.send(new DescribeRouteTablesCommand({}))).RouteTables,
      (await client.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups,
      (await client.send(new DescribeSecurityGroupRulesCommand({}))).SecurityGroupRules,
      (await client.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints,
      (await client.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces,
    ];
  }

  test("of every operation says that it would succeed, and changes nothing", async () => {
    sdk.aws.ec2.addVpc(SCOPE, { vpcId: EMPTY_VPC, cidrBlock: "10.2.0.0/16" });
    const [GroupId, unused] = [await createGroup("endpoints"), await createGroup("unused")];
    const [SecurityGroupRuleId = ""] = await authorize(GroupId, FROM_VPC);
    const id = await createInterface();
    const gateway = await createGateway({ RouteTableIds: [PRIVATE_TABLE] });
    const egress = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    const ingress = [tcp({ IpRanges: [{ CidrIp: "10.0.1.0/24" }] })];
    const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 443, ToPort: 444, CidrIpv4: "10.0.0.0/16" };
    const Tags = [{ Key: "team", Value: "platform" }];
    const dryRuns: { readonly [operation: string]: () => Promise<unknown> } = {
      AuthorizeSecurityGroupEgress: () =>
        client.send(new AuthorizeSecurityGroupEgressCommand({ DryRun, GroupId, IpPermissions: ingress })),
      AuthorizeSecurityGroupIngress: () =>
        client.send(new AuthorizeSecurityGroupIngressCommand({ DryRun, GroupId, IpPermissions: ingress })),
      CreateRouteTable: () => client.send(new CreateRouteTableCommand({ DryRun, VpcId: VPC })),
      CreateSecurityGroup: () => createGroup("other", { DryRun }),
      CreateSubnet: () => client.send(new CreateSubnetCommand({ DryRun, VpcId: VPC, CidrBlock: "10.0.9.0/24" })),
      CreateTags: () => client.send(new CreateTagsCommand({ DryRun, Resources: [VPC, GroupId], Tags })),
      CreateVpc: () => client.send(new CreateVpcCommand({ DryRun, CidrBlock: "10.0.0.0/16" })),
      CreateVpcEndpoint: () => createInterface({ DryRun, PrivateDnsEnabled: false }),
      DeleteRouteTable: () => client.send(new DeleteRouteTableCommand({ DryRun, RouteTableId: OTHER_TABLE })),
      DeleteSecurityGroup: () => client.send(new DeleteSecurityGroupCommand({ DryRun, GroupId: unused })),
      DeleteSubnet: () => client.send(new DeleteSubnetCommand({ DryRun, SubnetId: SUBNET_IPV4 })),
      DeleteTags: () => client.send(new DeleteTagsCommand({ DryRun, Resources: [VPC, GroupId], Tags })),
      DeleteVpc: () => client.send(new DeleteVpcCommand({ DryRun, VpcId: EMPTY_VPC })),
      DeleteVpcEndpoints: () => client.send(new DeleteVpcEndpointsCommand({ DryRun, VpcEndpointIds: [id, gateway] })),
      DescribeNetworkAcls: () => client.send(new DescribeNetworkAclsCommand({ DryRun })),
      DescribeNetworkInterfaces: () => client.send(new DescribeNetworkInterfacesCommand({ DryRun })),
      DescribePrefixLists: () => client.send(new DescribePrefixListsCommand({ DryRun })),
      DescribeRouteTables: () => client.send(new DescribeRouteTablesCommand({ DryRun })),
      DescribeSecurityGroupRules: () => client.send(new DescribeSecurityGroupRulesCommand({ DryRun })),
      DescribeSecurityGroups: () => client.send(new DescribeSecurityGroupsCommand({ DryRun })),
      DescribeSubnets: () => client.send(new DescribeSubnetsCommand({ DryRun })),
      DescribeVpcAttribute: () =>
        client.send(new DescribeVpcAttributeCommand({ DryRun, VpcId: VPC, Attribute: "enableDnsSupport" })),
      DescribeVpcEndpoints: () => client.send(new DescribeVpcEndpointsCommand({ DryRun })),
      DescribeVpcs: () => client.send(new DescribeVpcsCommand({ DryRun })),
      ModifySecurityGroupRules: () =>
        client.send(
          new ModifySecurityGroupRulesCommand({
            DryRun,
            GroupId,
            SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
          }),
        ),
      ModifyVpcEndpoint: () => modify(id, { DryRun, AddSubnetIds: [SUBNET_B], PolicyDocument: POLICY }),
      RevokeSecurityGroupEgress: () =>
        client.send(new RevokeSecurityGroupEgressCommand({ DryRun, GroupId, IpPermissions: egress })),
      RevokeSecurityGroupIngress: () =>
        client.send(
          new RevokeSecurityGroupIngressCommand({ DryRun, GroupId, SecurityGroupRuleIds: [SecurityGroupRuleId] }),
        ),
    };
    // AWS's model of ModifyVpcAttribute has no DryRun.
    const { ModifyVpcAttribute, ...operations } = sdk.aws.ec2.operations;
    expect(ModifyVpcAttribute).toBeDefined();
    expect(Object.keys(dryRuns)).toEqual(Object.keys(operations).sort());
    const before = await everything();
    for (const dryRun of Object.values(dryRuns)) {
      await expect(dryRun()).rejects.toMatchObject({
        name: "DryRunOperation",
        message: "Request would have succeeded, but DryRun flag is set.",
        $metadata: { httpStatusCode: 412 },
      });
    }
    expect(await everything()).toEqual(before);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["InvalidServiceName", () => createInterface({ DryRun, ServiceName: "ecr" })],
    ["InvalidVpcID.NotFound", () => createGroup("endpoints", { DryRun, VpcId: `vpc-${ABSENT}` })],
    ["InvalidID", () => client.send(new DeleteTagsCommand({ DryRun, Resources: [`vpce-${ABSENT}`] }))],
    ["InvalidParameterValue", () => client.send(new DescribeVpcsCommand({ DryRun, MaxResults: 4 }))],
  ])("of a request that would fail with %s fails with it", async (name, dryRun) => {
    await expect(dryRun()).rejects.toMatchObject({ name });
  });

  test("is a request like any other where the flag is false", async () => {
    await createGroup("endpoints", { DryRun: false });
    expect(sdk.aws.contents()).toHaveLength(1);
  });
});
