import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import * as fc from "fast-check";
import { AwsCli, AwsRefusal } from "../../cli/doctor/aws-cli";
import type { CliOptions } from "../../cli/doctor/aws-cli";
import { judgeNetwork, networkRemarks } from "../../cli/doctor/network";
import { readNetwork } from "../../cli/doctor/network-facts";
import type { Endpoint, Network } from "../../cli/doctor/network-facts";
import type { NetworkQuestion } from "../../cli/doctor/network-question";
import type { Remark } from "../../cli/doctor/step";
import type { Io } from "../../cli/io";
import { ecrPolicyDocument, s3PolicyDocument } from "../../src/network/endpoint-policies";
import { FULL_ACCESS as EVERYTHING } from "../../src/network/policy-statements";
import { clientConfig } from "../local-aws/clients";
import type { Route } from "../local-aws/ec2/network";
import type { AclEntry } from "../local-aws/ec2/network-acls";
import { NETWORKS, addNetworks } from "../local-aws/ec2/networks";
import { whyNoPull } from "../local-aws/ecr/pull";
import { FULL_ACCESS } from "../local-aws/iam/policy-evaluation";
import { ACCOUNT } from "../local-aws/server";
import { loadServices, runAwsCli } from "../local-commands/aws-cli";
import { pathWithAwsCli } from "../local-commands/path-with-aws-cli";
import { useLocalAws } from "../support/use-local-aws";

const REGION = "eu-west-1";
const SCOPE = { accountId: ACCOUNT, region: REGION };
const REPOSITORY = "docker-hub/library/nginx";
const ORGANIZATION = "o-a1b2c3d4e5";
const EVERY_PULL = "i/o timeout on every pull";
const FIRST_PULL = "i/o timeout on the first pull";
const NAT: Route = { destination: "0.0.0.0/0", target: "nat-0a1b2c3d4e5f60718" };

/** The policies that RegistryEndpoints writes for a cache of Docker Hub. */
const ECR_POLICY = ecrPolicyDocument(
  [
    {
      repositoryArns: [`arn:aws:ecr:${REGION}:${ACCOUNT}:repository/docker-hub/*`],
      taggedRepositoryArns: [],
      createRepositories: true,
    },
  ],
  { pulled: [], pushed: [] },
);
const S3_POLICY = s3PolicyDocument("aws", REGION, []);

type Service = "ecr.api" | "ecr.dkr" | "s3";

/** A network with a subnet of clients and one of endpoints, which differs in these respects from a healthy one. */
interface Differences {
  readonly routes?: readonly Route[];
  /** The services that have endpoints. */
  readonly services?: readonly Service[];
  readonly privateDns?: boolean;
  readonly policies?: { readonly [service in Service]?: string };
  /** Whether the route table of the clients has the S3 endpoint. */
  readonly routesToS3?: boolean;
  /** The block, or the name of the security group, that the endpoints admit. */
  readonly admitted?: string;
  readonly dns?: { readonly enableDnsSupport?: boolean; readonly enableDnsHostnames?: boolean };
  readonly acl?: { readonly of: "clients" | "endpoints"; readonly entries: readonly AclEntry[] };
  /** Whether the security group of the clients lets nothing out. */
  readonly isClientClosed?: boolean;
}

interface Made {
  readonly vpcId: string;
  readonly clients: string;
  readonly endpoints: string;
  readonly clientGroupId: string;
}

const aws = useLocalAws({ pageSize: 2 });
let ec2: EC2Client;
let cli: AwsCli;
/** The same, without a process for each call. */
let inProcess: AwsCli;
let made = 0;

beforeAll(() => {
  loadServices();
  ec2 = new EC2Client(clientConfig(aws, SCOPE));
  const { stdin, stdout, stderr } = process;
  const env = { ...aws.environment(), PATH: pathWithAwsCli() };
  const io: Io = { stdin, stdout, stderr, env, cwd: process.cwd(), fetch };
  cli = new AwsCli(io, REGION);
  inProcess = calling(async (service, operation, options) => {
    const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, ...[value].flat()]);
    const args = [service, operation, ...words, "--region", REGION, "--output", "json"];
    const { stdout, stderr } = await runAwsCli(args, env, { cwd: io.cwd, stdin: "" });
    expect(stderr).toBe("");
    return JSON.parse(stdout) as object;
  });
});
afterAll(() => ec2.destroy());

function calling(value: (service: string, operation: string, options: CliOptions) => Promise<object>): AwsCli {
  return Object.create(cli, { call: { value } }) as AwsCli;
}

async function makeNetwork(differences: Differences = {}): Promise<Made> {
  made += 1;
  const number = made.toString(16).padStart(16, "0");
  const [vpcId, table] = [`vpc-0${number}`, `rtb-0${number}`];
  const [clients, endpoints] = [`subnet-a${number}`, `subnet-b${number}`];
  const { services = ["ecr.api", "ecr.dkr", "s3"], privateDns = true, routesToS3 = true, acl } = differences;
  aws.ec2.addVpc(SCOPE, { vpcId, cidrBlock: "10.0.0.0/16" });
  aws.ec2.addRouteTable(SCOPE, { routeTableId: table, vpcId, routes: differences.routes ?? [NAT] });
  for (const [index, subnetId] of [clients, endpoints].entries()) {
    aws.ec2.addSubnet(SCOPE, {
      subnetId,
      vpcId,
      availabilityZone: `${REGION}${"ab".charAt(index)}`,
      cidrBlock: `10.0.${index}.0/24`,
      routeTableId: table,
    });
  }
  const [groupId, clientGroupId, otherGroupId] = [
    await createGroup(vpcId, "endpoints"),
    await createGroup(vpcId, "clients"),
    await createGroup(vpcId, "others"),
  ];
  const { admitted = "10.0.0.0/16" } = differences;
  const peer = admitted.includes("/")
    ? { IpRanges: [{ CidrIp: admitted }] }
    : { UserIdGroupPairs: [{ GroupId: admitted === "clients" ? clientGroupId : otherGroupId }] };
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, ...peer }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }));
  if (differences.isClientClosed === true) {
    const everything = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: clientGroupId, IpPermissions: everything }));
  }
  for (const service of services) {
    await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: vpcId,
        ServiceName: `com.amazonaws.${REGION}.${service}`,
        PolicyDocument: differences.policies?.[service] ?? (service === "s3" ? S3_POLICY : ECR_POLICY),
        ...(service === "s3"
          ? { VpcEndpointType: "Gateway", RouteTableIds: routesToS3 ? [table] : [] }
          : {
              VpcEndpointType: "Interface",
              SubnetIds: [endpoints],
              SecurityGroupIds: [groupId],
              PrivateDnsEnabled: privateDns,
            }),
      }),
    );
  }
  aws.ec2.network.setDns(vpcId, differences.dns ?? {}, SCOPE);
  if (acl !== undefined) {
    const subnetIds = [acl.of === "clients" ? clients : endpoints];
    aws.ec2.addNetworkAcl(SCOPE, { networkAclId: `acl-0${number}`, vpcId, subnetIds, entries: acl.entries });
  }
  return { vpcId, clients, endpoints, clientGroupId };
}

async function createGroup(VpcId: string, GroupName: string) {
  return (await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: GroupName }))).GroupId ?? "";
}

function question(more: Partial<NetworkQuestion> & Pick<NetworkQuestion, "vpcId">): NetworkQuestion {
  const caller = { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:role/puller` };
  return { registry: SCOPE, repository: REPOSITORY, isCached: false, isNew: true, hasTags: false, caller, ...more };
}

function causesIn(remarks: readonly Remark[]) {
  return remarks.flatMap((remark) => (remark.kind === "cause" ? [[remark.cause, remark.detail] as const] : []));
}

function without(policy: string, ...actions: readonly string[]): string {
  return actions.reduce((text, action) => text.replace(new RegExp(`"${action}",?`), ""), policy).replace(",]", "]");
}

function onlyIf(policy: string, condition: object): string {
  const { Statement, ...rest } = JSON.parse(policy) as { readonly Statement: readonly object[] };
  return JSON.stringify({ ...rest, Statement: Statement.map((item) => ({ ...item, Condition: condition })) });
}

function entry(egress: boolean, ruleAction: AclEntry["ruleAction"], more: Partial<AclEntry> = {}): AclEntry {
  return { ruleNumber: 100, egress, ruleAction, cidrBlock: "0.0.0.0/0", ...more };
}

const HTTPS = { ports: [443, 443] } as const;

describe("a client is in a network", () => {
  test.each<[string, Differences, Partial<NetworkQuestion>]>([
    ["with endpoints and a NAT gateway", {}, {}],
    ["with endpoints, and the image is cached", { routes: [] }, { isCached: true }],
    ["with endpoints that allow everything", { policies: { "ecr.api": EVERYTHING, s3: EVERYTHING } }, {}],
    ["with a NAT gateway and without endpoints", { services: [] }, {}],
    ["with a NAT gateway, and without DNS hostnames", { dns: { enableDnsHostnames: false } }, {}],
    ["with a NAT gateway, and endpoints without private DNS", { privateDns: false }, {}],
    ["with endpoints that admit a part of the VPC", { admitted: "10.0.0.0/24" }, {}],
    [
      "with network ACLs that allow HTTPS and its answers",
      {
        acl: {
          of: "clients",
          entries: [entry(true, "allow", HTTPS), entry(false, "allow", { ports: [1_024, 65_535] })],
        },
      },
      {},
    ],
  ])("%s, and nothing is in its way", async (_, differences, more) => {
    const { vpcId, clients } = await makeNetwork(differences);
    const remarks = await networkRemarks(inProcess, question({ vpcId, subnetIds: [clients], ...more }));
    expect(causesIn(remarks)).toEqual([]);
    expect(remarks.filter(({ kind }) => kind === "unchecked")).toEqual([]);
    expect(await whyNoPullFrom(clients, more)).toBeUndefined();
  });

  test.each<[string, Differences, Partial<NetworkQuestion>, readonly (readonly [cause: string, detail: RegExp])[]]>([
    [
      "without a default route",
      { routes: [] },
      {},
      [
        [
          FIRST_PULL,
          /a first pull downloads layers from the upstream, and the route table rtb-\w+ has no default route$/,
        ],
      ],
    ],
    [
      "whose NAT gateway is gone",
      { routes: [{ ...NAT, isBlackhole: true }] },
      {},
      [[FIRST_PULL, /to nat-0a1b2c3d4e5f60718 is a blackhole/]],
    ],
    [
      "without an endpoint of ecr.dkr",
      { routes: [], services: ["ecr.api", "s3"] },
      { isCached: true },
      [[EVERY_PULL, /no endpoint of ecr\.dkr, and the route table rtb-\w+ has no default route/]],
    ],
    [
      "without an endpoint of s3",
      { routes: [], services: ["ecr.api", "ecr.dkr"] },
      { isCached: true },
      [[EVERY_PULL, /no gateway endpoint of s3/]],
    ],
    [
      "whose route table lacks the S3 endpoint",
      { routes: [], routesToS3: false },
      { isCached: true },
      [[EVERY_PULL, /no route to the endpoint vpce-\w+ of s3/]],
    ],
    [
      "without DNS hostnames",
      { routes: [], dns: { enableDnsHostnames: false } },
      { isCached: true },
      [
        [
          EVERY_PULL,
          /names of ecr\.api do not resolve to the endpoint vpce-\w+, because DNS hostnames of the VPC are off/,
        ],
        [EVERY_PULL, /names of ecr\.dkr do not resolve/],
      ],
    ],
    [
      "without DNS support",
      { routes: [], dns: { enableDnsSupport: false, enableDnsHostnames: false } },
      { isCached: true },
      [
        [EVERY_PULL, /because DNS support and DNS hostnames of the VPC are off/],
        [EVERY_PULL, /names of ecr\.dkr do not resolve/],
      ],
    ],
    [
      "whose endpoints have no private DNS",
      { routes: [], privateDns: false },
      { isCached: true },
      [
        [EVERY_PULL, /vpce-\w+ of ecr\.api has no private DNS/],
        [EVERY_PULL, /vpce-\w+ of ecr\.dkr has no private DNS/],
      ],
    ],
    [
      "whose endpoints admit others",
      { admitted: "10.1.0.0/16" },
      {},
      [[EVERY_PULL, /^subnet-a\w+: sg-\w+ of the endpoints do not admit these subnets on port 443$/]],
    ],
    [
      "whose network ACL lets no requests out",
      { acl: { of: "clients", entries: [entry(false, "allow"), entry(true, "allow", { cidrBlock: "10.0.0.0/24" })] } },
      {},
      [
        [EVERY_PULL, /the network ACL acl-\w+ of subnet-a\w+ does not allow outbound port 443 to 10\.0\.1\.0\/24/],
        [EVERY_PULL, /does not allow outbound port 443 to addresses outside of the VPC/],
      ],
    ],
    [
      "whose network ACL lets no answers in",
      { acl: { of: "clients", entries: [entry(true, "allow"), entry(false, "allow", HTTPS)] } },
      {},
      [
        [EVERY_PULL, /does not allow inbound ports 32768 to 60999 from 10\.0\.1\.0\/24/],
        [EVERY_PULL, /does not allow inbound ports 32768 to 60999 from addresses outside of the VPC/],
      ],
    ],
    [
      "whose endpoints are in a subnet with a network ACL that denies requests",
      {
        acl: {
          of: "endpoints",
          entries: [entry(true, "allow"), entry(false, "deny", HTTPS), entry(false, "allow", { ruleNumber: 200 })],
        },
      },
      {},
      [[EVERY_PULL, /the network ACL acl-\w+ of subnet-b\w+ does not allow inbound port 443 from 10\.0\.0\.0\/24/]],
    ],
    [
      "whose endpoints are in a subnet with a network ACL that denies answers",
      { acl: { of: "endpoints", entries: [entry(false, "allow"), entry(true, "allow", HTTPS)] } },
      {},
      [[EVERY_PULL, /of subnet-b\w+ does not allow outbound ports 32768 to 60999 to 10\.0\.0\.0\/24/]],
    ],
    [
      "whose endpoint policy is for plain ECR",
      { policies: { "ecr.dkr": without(ECR_POLICY, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository") } },
      {},
      [
        [
          "not found on the first pull",
          /of ecr\.dkr does not allow ecr:BatchImportUpstreamImage, ecr:CreateRepository on arn:aws:ecr:\S+\/nginx$/,
        ],
      ],
    ],
    [
      "whose endpoint policy names other repositories",
      { policies: { "ecr.dkr": ECR_POLICY.replace("docker-hub", "quay") } },
      { isCached: true },
      [
        [
          "403 Forbidden",
          /does not allow ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer/,
        ],
      ],
    ],
    [
      "whose endpoint policy denies to sign in",
      { policies: { "ecr.api": ECR_POLICY.replace('"Allow"', '"Deny"') } },
      {},
      [["no basic auth credentials", /of ecr\.api denies ecr:GetAuthorizationToken on \*/]],
    ],
    [
      "whose S3 policy has a condition on the organization",
      { policies: { s3: onlyIf(S3_POLICY, { StringEquals: { "aws:PrincipalOrgID": ORGANIZATION } }) } },
      {},
      [
        [
          "Access Denied from S3 for layers",
          /of s3 does not allow s3:GetObject on arn:aws:s3:::prod-eu-west-1-starport/,
        ],
      ],
    ],
    [
      "whose S3 policy is for roles of the account",
      { policies: { s3: onlyIf(S3_POLICY, { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/*` } }) } },
      {},
      [["Access Denied from S3 for layers", /of s3 does not allow s3:GetObject/]],
    ],
    [
      "whose endpoint policy is for another role",
      {
        policies: {
          "ecr.dkr": onlyIf(EVERYTHING, { StringEquals: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/other` } }),
        },
      },
      { isCached: true },
      [["403 Forbidden", /of ecr\.dkr does not allow ecr:BatchCheckLayerAvailability/]],
    ],
    [
      "whose S3 policy has a condition on the account",
      { policies: { s3: onlyIf(S3_POLICY, { StringEquals: { "aws:ResourceAccount": ACCOUNT } }) } },
      {},
      [["Access Denied from S3 for layers", /of s3 does not allow s3:GetObject/]],
    ],
  ])("%s", async (_, differences, more, expected) => {
    const { vpcId, clients } = await makeNetwork(differences);
    const causes = causesIn(await networkRemarks(inProcess, question({ vpcId, subnetIds: [clients], ...more })));
    expect(causes).toEqual(expected.map(([cause, detail]) => [cause, expect.stringMatching(detail) as string]));
    expect(await whyNoPullFrom(clients, more)).toBeDefined();
  });
});

/** Why the stand-in lets a client not pull, whose role may do everything. */
function whyNoPullFrom(subnetId: string, { isCached = false }: Partial<NetworkQuestion>) {
  return whyNoPull(aws, {
    ...SCOPE,
    subnetId,
    repository: REPOSITORY,
    cached: isCached,
    identityPolicies: [FULL_ACCESS],
    organizationId: ORGANIZATION,
  });
}

test("the networks of the examples need what the examples add to them", async () => {
  addNetworks(aws, ACCOUNT);
  const { codeBuild, eks } = NETWORKS;
  expect(causesIn(await networkRemarks(cli, question({ vpcId: eks })))).toEqual([]);
  const causes = causesIn(await networkRemarks(cli, question({ vpcId: codeBuild })));
  expect(causes.map(([cause]) => cause)).toEqual([EVERY_PULL, EVERY_PULL, EVERY_PULL, FIRST_PULL]);
  const both = "subnet-0c0de00000000000a, subnet-0c0de00000000000b: ";
  expect(causes.filter(([, detail]) => detail.startsWith(both))).toEqual(causes);
});

test("without a route, an image that ECR has stored is no cause, but a hint", async () => {
  const { vpcId } = await makeNetwork({ routes: [] });
  const remarks = await networkRemarks(inProcess, question({ vpcId, isCached: true }));
  expect(remarks).toMatchObject([
    {
      kind: "ok",
      detail: expect.stringMatching(/: ecr\.api by vpce-\w+, ecr\.dkr by vpce-\w+, s3 by vpce-\w+$/) as string,
    },
    { kind: "hint", cause: FIRST_PULL },
  ]);
});

test("it finds a cause where the stand-in lets no client pull, and nowhere else", async () => {
  const acls: readonly Differences["acl"][] = (["clients", "endpoints"] as const).flatMap((of) => [
    { of, entries: [entry(true, "allow"), entry(false, "allow", { ports: [1_024, 65_535] })] },
    { of, entries: [entry(false, "allow"), entry(true, "allow", HTTPS)] },
    {
      of,
      entries: [
        entry(true, "deny", { cidrBlock: "10.0.0.0/16", ruleNumber: 50 }),
        entry(true, "allow"),
        entry(false, "allow"),
      ],
    },
  ]);
  const conditions = [
    { StringEquals: { "aws:PrincipalAccount": ACCOUNT } },
    { StringNotEquals: { "aws:ResourceAccount": ACCOUNT } },
    { StringLike: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/*` } },
  ];
  const policies = (policy: string) =>
    fc.constantFrom(
      undefined,
      undefined,
      EVERYTHING,
      policy,
      ...conditions.map((condition) => onlyIf(policy, condition)),
    );
  const differing = fc.record(
    {
      routes: fc.constantFrom([], [NAT], [NAT], [{ ...NAT, isBlackhole: true }]),
      services: fc.constantFrom<readonly Service[]>(
        ["ecr.api", "ecr.dkr", "s3"],
        ["ecr.api", "s3"],
        ["ecr.api", "ecr.dkr"],
        [],
      ),
      privateDns: fc.boolean(),
      routesToS3: fc.boolean(),
      admitted: fc.constantFrom("10.0.0.0/24", "10.0.1.0/24"),
      dns: fc.constantFrom({}, { enableDnsHostnames: false }),
      acl: fc.constantFrom(...acls),
      policies: fc.record({
        "ecr.api": policies(ECR_POLICY),
        "ecr.dkr": policies(ECR_POLICY),
        s3: policies(S3_POLICY),
      }),
    },
    { requiredKeys: [] },
  );
  const seen = new Set<boolean>();
  await fc.assert(
    fc.asyncProperty(differing, fc.boolean(), async (differences, isCached) => {
      const { vpcId, clients } = await makeNetwork(differences);
      const remarks = await networkRemarks(inProcess, question({ vpcId, subnetIds: [clients], isCached }));
      const isPulled = (await whyNoPullFrom(clients, { isCached })) === undefined;
      seen.add(isPulled);
      expect(remarks.filter(({ kind }) => kind === "unchecked")).toEqual([]);
      expect(causesIn(remarks).length === 0).toBe(isPulled);
    }),
    { numRuns: 60 },
  );
  expect(seen.size).toBe(2);
});

describe("the security groups of clients", () => {
  test("are unknown: whether the endpoints admit them by their group is not checked", async () => {
    const { vpcId, clients } = await makeNetwork({ admitted: "clients" });
    const remarks = await networkRemarks(inProcess, question({ vpcId, subnetIds: [clients] }));
    expect(remarks.map(({ kind }) => kind)).toEqual(["ok", "unchecked"]);
    expect(remarks[1]?.detail).toMatch(/admit only some addresses or groups of clients/);
  });

  test.each<[string, Differences, RegExp[]]>([
    ["that the endpoints admit", { admitted: "clients" }, []],
    ["that the endpoints do not admit", { admitted: "others" }, [/do not admit these subnets/]],
    [
      "that let nothing out",
      { isClientClosed: true },
      [
        /sg-\w+ of the client do not allow outbound port 443 to 10\.0\.1\.0\/24/,
        /do not allow outbound port 443 to addresses outside of the VPC/,
      ],
    ],
  ])("are groups %s", async (_, differences, expected) => {
    const { vpcId, clients, clientGroupId } = await makeNetwork(differences);
    const asked = question({ vpcId, subnetIds: [clients], clientGroupIds: [clientGroupId] });
    const causes = causesIn(await networkRemarks(inProcess, asked));
    expect(causes).toEqual(expected.map((detail) => [EVERY_PULL, expect.stringMatching(detail) as string]));
  });
});

test("a VPC, a subnet in it or a security group that is not there is an error", async () => {
  const absent = "vpc-0123456789abcdef0";
  await expect(networkRemarks(cli, question({ vpcId: absent }))).rejects.toThrow(
    `your account has no VPC ${absent} in ${REGION}`,
  );
  const { vpcId } = await makeNetwork();
  const subnetIds = ["subnet-0123456789abcdef0"];
  await expect(networkRemarks(cli, question({ vpcId, subnetIds }))).rejects.toThrow(
    `${vpcId} has no subnet ${subnetIds[0]}`,
  );
  const clientGroupIds = ["sg-0123456789abcdef0"];
  await expect(networkRemarks(cli, question({ vpcId, clientGroupIds }))).rejects.toThrow(
    `The security group '${clientGroupIds[0]}' does not exist`,
  );
});

test.each<[string, number]>([
  ["describe-network-acls", 1],
  ["describe-security-groups", 1],
  ["describe-subnets", 0],
])("without permission for %s, the rest is checked as far as it can be", async (denied, okays) => {
  const { vpcId } = await makeNetwork({ admitted: "10.1.0.0/16", acl: { of: "clients", entries: [] } });
  const limited = calling((service, operation, options) =>
    operation === denied
      ? Promise.reject(new AwsRefusal("UnauthorizedOperation", `ec2:${denied}`, "no"))
      : inProcess.call(service, operation, options),
  );
  const remarks = await networkRemarks(limited, question({ vpcId }));
  const lacks = remarks.filter(({ kind, detail }) => kind === "unchecked" && detail.includes(`ec2:${denied}`));
  expect(lacks).toHaveLength(1);
  expect(remarks.length > 1).toBe(okays === 1);
});

test("without permissions, all that are missing are named at once", async () => {
  const { vpcId } = await makeNetwork();
  const limited = calling((service, operation) =>
    Promise.reject(new AwsRefusal("UnauthorizedOperation", `${service}:${operation}`, "no")),
  );
  const operations = ["vpc-attribute", "subnets", "route-tables", "vpc-endpoints", "network-acls"];
  expect(await networkRemarks(limited, question({ vpcId }))).toEqual([
    {
      kind: "unchecked",
      detail: `the network of ${vpcId}: your credentials lack the permissions ${operations.map((name) => `ec2:describe-${name}`).join(", ")}`,
    },
  ]);
});

describe("a solution has the IDs of what is to be changed", () => {
  const solutionsOf = async (differences: Differences, more: Partial<NetworkQuestion> = {}) => {
    const { vpcId, clients, clientGroupId } = await makeNetwork(differences);
    const asked = question({ vpcId, subnetIds: [clients], isCached: true, ...more });
    const remarks = await networkRemarks(inProcess, {
      ...asked,
      ...(more.clientGroupIds !== undefined && { clientGroupIds: [clientGroupId] }),
    });
    return [...new Set(remarks.flatMap((remark) => (remark.kind === "cause" ? [remark.solution] : [])))];
  };

  test.each<[string, Differences, RegExp[]]>([
    [
      "the S3 endpoint and the route table",
      { routes: [], routesToS3: false },
      [
        /routeTableIds of RegistryEndpoints .*aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-\w+ --add-route-table-ids rtb-\w+ --region eu-west-1$/,
      ],
    ],
    [
      "each endpoint without private DNS",
      { routes: [], privateDns: false },
      [
        /aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-\w+ --private-dns-enabled --region eu-west-1;/,
        /aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-\w+ --private-dns-enabled --region eu-west-1;/,
      ],
    ],
    [
      "the VPC, once for both endpoints",
      { routes: [], dns: { enableDnsHostnames: false } },
      [/aws ec2 modify-vpc-attribute --vpc-id vpc-\w+ --enable-dns-hostnames '\{"Value":true\}' --region eu-west-1$/],
    ],
    [
      "the security group of the endpoints and the block of the clients",
      { admitted: "10.1.0.0/16" },
      [
        /clientCidrs of RegistryEndpoints.* authorize-security-group-ingress --group-id sg-\w+ --protocol tcp --port 443 --cidr 10\.0\.0\.0\/24 --region eu-west-1$/,
      ],
    ],
    [
      "the endpoint whose policy refuses",
      { policies: { "ecr.api": ECR_POLICY.replace('"Allow"', '"Deny"') } },
      [/^allow ecr:GetAuthorizationToken on \* in the policy of vpce-\w+$/],
    ],
    [
      "all missing endpoints, once",
      { routes: [], services: [] },
      [/^create the missing endpoints, as RegistryEndpoints/],
    ],
  ])("%s", async (_, differences, expected) => {
    expect(await solutionsOf(differences)).toEqual(expected.map((text) => expect.stringMatching(text) as string));
  });

  test.each<[string, readonly Route[], RegExp]>([
    ["that lacks a default route", [], /^add a default route to rtb-\w+, for example to a NAT gateway;/],
    [
      "whose NAT gateway is gone",
      [{ ...NAT, isBlackhole: true }],
      /^replace the default route of rtb-\w+, because its target nat-0a1b2c3d4e5f60718 is gone;/,
    ],
  ])("the route table %s", async (_, routes, expected) => {
    expect(await solutionsOf({ routes }, { isCached: false })).toEqual([expect.stringMatching(expected) as string]);
  });

  test("the security group of the clients, if it is known", async () => {
    expect(await solutionsOf({ admitted: "others" }, { clientGroupIds: [] })).toEqual([
      expect.stringMatching(/--group-id sg-\w+ --protocol tcp --port 443 --source-group sg-\w+ --region eu-west-1$/),
    ]);
  });

  test("the blocks of all subnets of the clients", async () => {
    const [solution = ""] = await solutionsOf({ admitted: "10.1.0.0/16" }, { subnetIds: undefined });
    expect(
      solution.match(/aws ec2 authorize-security-group-ingress [^;]* --cidr \S+/g)?.map((text) => text.slice(-11)),
    ).toEqual(["10.0.0.0/24", "10.0.1.0/24"]);
    expect(solution.split("RegistryEndpoints")).toHaveLength(2);
  });
});

describe("in a network that the stand-in cannot have", () => {
  let healthy: Network;
  let clients: string;
  let vpcId: string;

  beforeAll(async () => {
    ({ vpcId, clients } = await makeNetwork({ routes: [] }));
    ({ network: healthy } = await readNetwork(inProcess, vpcId, [], () => true));
  });

  function judge(change: Partial<Network>, more: Partial<NetworkQuestion> = {}) {
    return judgeNetwork({ ...healthy, ...change }, question({ vpcId, subnetIds: [clients], isCached: true, ...more }));
  }

  function withEndpoint(service: Service, change: Partial<Endpoint>): Partial<Network> {
    const isMeant = ({ ServiceName }: Endpoint): boolean => ServiceName.endsWith(`.${service}`);
    return { endpoints: healthy.endpoints.map((item) => (isMeant(item) ? { ...item, ...change } : item)) };
  }

  function withRoutes(...routes: readonly object[]): Partial<Network> {
    return {
      routeTables: healthy.routeTables.map((table) => ({ ...table, Routes: [...table.Routes, ...routes] as never })),
    };
  }

  const ofInterface = { VpcEndpointType: "Interface", PrivateDnsEnabled: true, Groups: [] as const };

  test.each<[string, () => Partial<Network>, RegExp]>([
    [
      "an endpoint is not available yet",
      () => withEndpoint("ecr.dkr", { State: "pending" }),
      /is in the state pending/,
    ],
    ["an endpoint has no subnet", () => withEndpoint("ecr.api", { SubnetIds: [] }), /vpce-\w+ has no subnet/],
    [
      "S3 has an interface endpoint that admits nobody",
      () => withEndpoint("s3", { ...ofInterface, SubnetIds: [clients], Groups: [{ GroupId: "sg-0" }] }),
      /sg-0 of the endpoints do not admit/,
    ],
    [
      "S3 has an interface endpoint for resolvers outside of AWS only",
      () =>
        withEndpoint("s3", {
          ...ofInterface,
          VpcEndpointId: "vpce-1",
          DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: true },
        }),
      /the VPC has no gateway endpoint of s3/,
    ],
  ])("%s", (_, change, detail) => {
    expect(causesIn(judge(change()))).toEqual([[EVERY_PULL, expect.stringMatching(detail) as string]]);
  });

  test.each<[string, readonly object[], RegExp]>([
    [
      "a default route in halves",
      ["0.0.0.0/1", "128.0.0.0/1"].map((half) => ({
        DestinationCidrBlock: half,
        State: "active",
        TransitGatewayId: "tgw-1",
      })),
      /the first pull by tgw-1$/,
    ],
    [
      "an internet gateway",
      [{ DestinationCidrBlock: "0.0.0.0/0", State: "active", GatewayId: "igw-1" }],
      /the first pull by igw-1, for clients with a public address$/,
    ],
    [
      "IPv6 in place of a blackhole",
      [
        { DestinationCidrBlock: "0.0.0.0/0", State: "blackhole", NatGatewayId: "nat-1" },
        { DestinationIpv6CidrBlock: "::/0", State: "active", EgressOnlyInternetGatewayId: "eigw-1" },
      ],
      /the first pull by eigw-1$/,
    ],
  ])("%s is a way out", (_, routes, detail) => {
    const remarks = judge(withRoutes(...routes), { isCached: false });
    expect(remarks).toEqual([{ kind: "ok", detail: expect.stringMatching(detail) as string }]);
  });

  test("half of a default route is no way out", () => {
    const half = { DestinationCidrBlock: "0.0.0.0/1", State: "active", NatGatewayId: "nat-1" };
    expect(causesIn(judge(withRoutes(half), { isCached: false }))).toMatchObject([[FIRST_PULL, {}]]);
  });

  test("subnets that it cannot check are named", () => {
    const subnets = [{ SubnetId: clients }];
    expect(judge({ subnets })).toEqual([
      {
        kind: "unchecked",
        detail: `${clients}: the command checks only subnets that have an IPv4 block and a route table`,
      },
    ]);
    expect(judge({ subnets: [] }, { subnetIds: undefined })).toEqual([
      { kind: "unchecked", detail: `${vpcId} has no subnets` },
    ]);
  });

  test("of many subnets it names six", () => {
    const [subnet] = healthy.subnets;
    const subnets = Array.from({ length: 20 }, (_, index) => ({ ...subnet, SubnetId: `subnet-${index}` }));
    const [remark] = judge({ subnets }, { subnetIds: undefined });
    expect(remark?.detail).toMatch(/^subnet-0, subnet-1, subnet-2, subnet-3, subnet-4, subnet-5 and 14 more: /);
  });

  test("a policy that it cannot decide is no cause", () => {
    const document = onlyIf(ECR_POLICY, { StringEquals: { "aws:PrincipalOrgID": ORGANIZATION } });
    const remarks = judge(withEndpoint("ecr.api", { PolicyDocument: document }));
    expect(remarks.at(-1)).toEqual({
      kind: "unchecked",
      detail: expect.stringMatching(
        /^whether the policy of the endpoint vpce-\w+ of ecr\.api allows ecr:GetAuthorizationToken on \* depends on aws:PrincipalOrgID$/,
      ) as string,
    });
  });

  test.each<[string, string, Remark["kind"]]>([
    ["the account of the client, which does not sign the URLs of layers", ACCOUNT, "cause"],
    ["another account, which may be the one that signs them", "444455556666", "unchecked"],
  ])("an S3 policy is for %s", (_, AWS, kind) => {
    const document = S3_POLICY.replace('"Principal":"*"', `"Principal":{"AWS":"${AWS}"}`);
    expect(judge(withEndpoint("s3", { PolicyDocument: document })).at(-1)?.kind).toBe(kind);
  });

  test("of a session of a role it does not know the value of aws:PrincipalArn", () => {
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/puller/i-0a1b2c3d4e5f60718`;
    const role = { StringEquals: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/puller` } };
    const change = withEndpoint("ecr.api", { PolicyDocument: onlyIf(ECR_POLICY, role) });
    const [unknown, known] = [arn, role.StringEquals["aws:PrincipalArn"]].map((caller) =>
      judge(change, { caller: { accountId: ACCOUNT, arn: caller } }).at(-1),
    );
    expect([unknown?.kind, known?.kind]).toEqual(["unchecked", "hint"]);
  });

  test("a pull of another tag of a repository needs no ecr:CreateRepository", () => {
    const policy = without(ECR_POLICY, "ecr:CreateRepository");
    const { endpoints } = withEndpoint("ecr.dkr", { PolicyDocument: policy });
    const change = { ...withRoutes({ DestinationCidrBlock: "0.0.0.0/0", State: "active" }), endpoints };
    expect(causesIn(judge(change, { isCached: false, isNew: false }))).toEqual([]);
    expect(causesIn(judge(change, { isCached: false, isNew: true }))).toHaveLength(1);
  });

  test("a first pull into a repository with tags needs ecr:TagResource", () => {
    const causes = causesIn(
      judge(withRoutes({ DestinationCidrBlock: "0.0.0.0/0", State: "active" }), { isCached: false, hasTags: true }),
    );
    expect(causes).toEqual([
      ["not found on the first pull", expect.stringContaining("does not allow ecr:TagResource on ") as string],
    ]);
  });
});
