import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import type { IpPermission } from "@aws-sdk/client-ec2";
import { CreateRepositoryCreationTemplateCommand, ECRClient } from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { Sdk, trusting } from "../clients";
import { FULL_ACCESS } from "../iam/policy-evaluation";
import { ACCOUNT } from "../server";
import type { Scope } from "../service";
import { whyNoPull, whyNoPush } from "./pull";
import type { Pull } from "./pull";

const VPC = "vpc-0a1b2c3d4e5f60718";
const TABLE = "rtb-0a1b2c3d4e5f60718";
const SUBNET = "subnet-0a1b2c3d4e5f60718";
const NAT = { destination: "0.0.0.0/0", target: "nat-0a1b2c3d4e5f60718" };
const EVERYTHING = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const READ = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"];
const UPLOAD = ["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"];
const IMPORT = "ecr:BatchImportUpstreamImage";
const FIRST = [IMPORT, "ecr:CreateRepository"];
const HANGS = `hangs: no route from ${SUBNET} to the upstream's blob host`;

let sdk: Sdk;
beforeEach(async () => {
  sdk = await Sdk.start();
});
afterEach(() => sdk.stop());

/** What of a private network differs from one in which every pull works; null leaves an endpoint out. */
interface Setup {
  readonly region?: string;
  readonly nat?: boolean;
  readonly api?: Endpoint | null;
  readonly dkr?: Endpoint | null;
  readonly s3?: Endpoint | null;
  /** What the endpoints' security group admits. */
  readonly admits?: IpPermission[];
}

interface Endpoint {
  readonly statements?: object[];
  readonly privateDns?: boolean;
  readonly subnets?: string[];
  readonly ipAddressType?: "ipv4" | "dualstack";
}

/** Makes the network; the IDs of the endpoints and groups are told apart by what they are for. */
async function build({ region = "us-east-1", nat = true, ...setup }: Setup) {
  const scope: Scope = { accountId: ACCOUNT, region };
  const { ec2 } = sdk.aws;
  ec2.addVpc(scope, { vpcId: VPC, cidrBlock: "10.0.0.0/16", ipv6CidrBlock: "2001:db8::/56" });
  ec2.addRouteTable(scope, { routeTableId: TABLE, vpcId: VPC, routes: nat ? [NAT] : [] });
  ec2.addSubnet(scope, {
    subnetId: SUBNET,
    vpcId: VPC,
    availabilityZone: `${region}a`,
    cidrBlock: "10.0.1.0/24",
    ipv6CidrBlock: "2001:db8:0:1::/64",
    routeTableId: TABLE,
  });
  const client = sdk.client(EC2Client, scope);
  const group = async (GroupName: string) => {
    const input = { GroupName, Description: GroupName, VpcId: VPC };
    return (await client.send(new CreateSecurityGroupCommand(input))).GroupId ?? "";
  };
  const [clients, endpoints] = [await group("clients"), await group("endpoints")];
  const { admits = [https({ IpRanges: [{ CidrIp: "10.0.0.0/16" }] })] } = setup;
  const IpPermissions = admits.map((permission) => ({
    ...permission,
    UserIdGroupPairs: permission.UserIdGroupPairs?.map(() => ({ GroupId: clients })),
  }));
  if (IpPermissions.length > 0) {
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: endpoints, IpPermissions }));
  }
  const endpoint = async (ServiceName: string, wanted: Endpoint | null = {}, more: object) => {
    if (wanted === null) {
      return undefined;
    }
    const { statements, ipAddressType } = wanted;
    const PolicyDocument = statements && JSON.stringify({ Version: "2012-10-17", Statement: statements });
    const input = { VpcId: VPC, ServiceName, PolicyDocument, IpAddressType: ipAddressType, ...more };
    return (await client.send(new CreateVpcEndpointCommand(input))).VpcEndpoint?.VpcEndpointId;
  };
  const interfaced = (name: string, wanted: Endpoint | null = {}) =>
    endpoint(`${region.startsWith("cn-") ? "cn." : ""}com.amazonaws.${region}.${name}`, wanted, {
      VpcEndpointType: "Interface",
      SubnetIds: wanted?.subnets ?? [SUBNET],
      SecurityGroupIds: [endpoints],
      PrivateDnsEnabled: wanted?.privateDns ?? true,
    });
  return {
    scope,
    clients,
    endpoints,
    api: await interfaced("ecr.api", setup.api),
    dkr: await interfaced("ecr.dkr", setup.dkr),
    s3: await endpoint(`com.amazonaws.${region}.s3`, setup.s3, { RouteTableIds: [TABLE] }),
  };
}

function https(peers: IpPermission): IpPermission {
  return { IpProtocol: "tcp", FromPort: 443, ToPort: 443, ...peers };
}

function pull(scope: Scope, more: Partial<Pull> = {}) {
  return whyNoPull(sdk.aws, {
    ...scope,
    subnetId: SUBNET,
    identityPolicies: [FULL_ACCESS],
    repository: "docker-hub/library/nginx",
    cached: true,
    ...more,
  });
}

async function both(setup: Setup, more: Partial<Pull> = {}) {
  const network = await build(setup);
  const first = await pull(network.scope, { ...more, cached: false });
  const later = await pull(network.scope, { ...more, cached: true });
  const names = Object.entries({ api: network.api, dkr: network.dkr, s3: network.s3, group: network.endpoints });
  // The IDs are AWS's: a table calls them by what they are of.
  const named = (answer: string | undefined) =>
    names.reduce((text, [name, id]) => (id === undefined ? text : text?.replaceAll(id, `<${name}>`)), answer);
  return [named(first), named(later)];
}

function repository(region: string, partition: string) {
  return `arn:${partition}:ecr:${region}:${ACCOUNT}:repository/docker-hub/library/nginx`;
}

const NGINX = repository("us-east-1", "aws");
const LAYER = "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/layer";

describe.each([
  ["us-east-1", "aws"],
  ["cn-north-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
])("in %s", (region, partition) => {
  const exact: Setup = {
    region,
    api: { statements: [{ ...EVERYTHING, Action: "ecr:GetAuthorizationToken" }] },
    dkr: { statements: [{ ...EVERYTHING, Action: [...READ, ...FIRST], Resource: repository(region, partition) }] },
    s3: {
      statements: [
        {
          ...EVERYTHING,
          Action: "s3:GetObject",
          Resource: `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`,
        },
      ],
    },
  };

  test("works with policies that allow no more than a pull needs", async () => {
    expect(await both(exact)).toEqual([undefined, undefined]);
  });

  test("works later without a route out, and hangs the first time", async () => {
    expect(await both({ ...exact, nat: false })).toEqual([HANGS, undefined]);
  });
});

test("a push needs no endpoint of S3 and no route out, and fails without any one of its actions", async () => {
  const push = [...READ.filter((action) => action !== "ecr:GetDownloadUrlForLayer"), ...UPLOAD];
  const dkr = (actions: string[]): Endpoint => ({ statements: [{ ...EVERYTHING, Action: actions, Resource: NGINX }] });
  const { scope, dkr: id } = await build({ nat: false, s3: null, dkr: dkr(push) });
  const client = { ...scope, subnetId: SUBNET, repository: "docker-hub/library/nginx" };
  const why = (identityPolicies: object[], repository = client.repository): Promise<string | undefined> =>
    whyNoPush(sdk.aws, { ...client, repository, identityPolicies });
  expect(await why([FULL_ACCESS])).toBeUndefined();
  expect(await why([FULL_ACCESS], "team/app")).toMatch(
    `ecr.dkr (${id}): the endpoint policy does not allow ecr:BatchCheckLayerAvailability on `,
  );
  for (const missing of push) {
    const Statement = ["Allow", "Deny"].map((Effect) => {
      return { Effect, Action: Effect === "Allow" ? "*" : missing, Resource: "*" };
    });
    expect(await why([{ Version: "2012-10-17", Statement }])).toContain(missing);
  }
});

describe("the network of a pull", () => {
  test.each<[string, Setup]>([
    ["endpoints of full access", {}],
    ["no endpoint, and a route out", { api: null, dkr: null, s3: null }],
    ["endpoints without private DNS, and a route out", { api: { privateDns: false }, dkr: { privateDns: false } }],
    ["all protocols", { admits: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] }],
    [
      "a range of ports",
      { admits: [{ ...https({ IpRanges: [{ CidrIp: "10.0.1.0/24" }] }), FromPort: 0, ToPort: 1024 }] },
    ],
  ])("works with %s", async (_, setup) => {
    expect(await both(setup)).toEqual([undefined, undefined]);
  });

  test.each<[string, Setup, string]>([
    [
      "no ecr.api endpoint",
      { api: null },
      `ecr.api: no route from ${SUBNET}, neither through an endpoint nor by default`,
    ],
    [
      "no private DNS",
      { dkr: { privateDns: false } },
      `ecr.dkr: no route from ${SUBNET}, neither through an endpoint nor by default`,
    ],
    ["no S3 endpoint", { s3: null }, `s3: no route from ${SUBNET}, neither through an endpoint nor by default`],
  ])("fails with %s and no route out", async (_, setup, reason) => {
    expect(await both({ ...setup, nat: false })).toEqual([reason, reason]);
  });

  test.each<[string, Setup, string]>([
    ["no subnet", { dkr: { subnets: [] } }, "ecr.dkr (<dkr>): the endpoint has no network interface"],
    ["no rule", { admits: [] }, "ecr.api (<api>): <group> does not admit 10.0.1.4 to port 443"],
    [
      "a rule for another range",
      { admits: [https({ IpRanges: [{ CidrIp: "10.0.2.0/24" }] })] },
      "ecr.api (<api>): <group> does not admit 10.0.1.4 to port 443",
    ],
    [
      "a rule for another port",
      { admits: [{ ...https({ IpRanges: [{ CidrIp: "10.0.0.0/16" }] }), FromPort: 80, ToPort: 80 }] },
      "ecr.api (<api>): <group> does not admit 10.0.1.4 to port 443",
    ],
    [
      "a rule for another protocol",
      { admits: [{ ...https({ IpRanges: [{ CidrIp: "10.0.0.0/16" }] }), IpProtocol: "udp" }] },
      "ecr.api (<api>): <group> does not admit 10.0.1.4 to port 443",
    ],
  ])("fails with endpoints of %s, whatever else leads out", async (_, setup, reason) => {
    expect(await both(setup)).toEqual([reason, reason]);
  });

  test("admits members of a group, and nobody else", async () => {
    const { scope, clients, endpoints, api } = await build({ admits: [https({ UserIdGroupPairs: [{}] })] });
    expect(await pull(scope, { clientSecurityGroupIds: [clients] })).toBeUndefined();
    expect(await pull(scope, { clientSecurityGroupIds: [endpoints] })).toBe(
      `ecr.api (${api}): ${endpoints} does not admit 10.0.1.4 to port 443`,
    );
  });

  test("is of the address that the client has", async () => {
    const { scope, endpoints, api } = await build({ admits: [https({ IpRanges: [{ CidrIp: "10.0.0.0/16" }] })] });
    expect(await pull(scope, { clientIp: "10.0.77.1" })).toBeUndefined();
    expect(await pull(scope, { clientIp: "192.168.0.1" })).toBe(
      `ecr.api (${api}): ${endpoints} does not admit 192.168.0.1 to port 443`,
    );
  });

  test.each<[string, Setup, string | undefined]>([
    ["dualstack endpoints", {}, undefined],
    [
      "an ecr.dkr endpoint of IPv4",
      { dkr: {} },
      "ecr.dkr (<dkr>): the endpoint is ipv4 only, and 2001:db8:0:1::9 is not",
    ],
    ["an S3 endpoint of IPv4", { s3: {} }, "s3 (<s3>): the endpoint is ipv4 only, and 2001:db8:0:1::9 is not"],
    [
      "rules for IPv4 only",
      { admits: [https({ IpRanges: [{ CidrIp: "0.0.0.0/0" }] })] },
      "ecr.api (<api>): <group> does not admit 2001:db8:0:1::9 to port 443",
    ],
  ])("is judged for IPv6 by %s", async (_, setup, reason) => {
    const dualstack = { ipAddressType: "dualstack" } as const;
    const admits = [https({ Ipv6Ranges: [{ CidrIpv6: "2001:db8::/56" }] })];
    const answers = await both(
      { api: dualstack, dkr: dualstack, s3: dualstack, admits, ...setup },
      { clientIp: "2001:db8:0:1::9" },
    );
    expect(answers).toEqual([reason, reason]);
  });
});

describe("the policies of a pull", () => {
  const only = (...Action: string[]) => [{ ...EVERYTHING, Action }];
  const identity = (...statements: object[]) => [{ Version: "2012-10-17", Statement: statements }];
  const allow = (Action: string | string[], Resource = "*") => ({ Effect: "Allow", Action, Resource });
  const denied = (by: string, action: string, resource: string = NGINX, verb = "does not allow") =>
    `${by} ${verb} ${action} on ${resource}`;
  const API = "ecr.api (<api>): the endpoint policy";
  const DKR = "ecr.dkr (<dkr>): the endpoint policy";
  const S3 = "s3 (<s3>): the endpoint policy";
  const TOKEN = "ecr:GetAuthorizationToken";

  test.each<[string, Setup, [string | undefined, string | undefined]]>([
    ["no token", { api: { statements: only("ecr:BatchGetImage") } }, twice(denied(API, TOKEN, "*"))],
    [
      "a token for an organization that the client is not of",
      { api: { statements: [{ ...EVERYTHING, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a" } } }] } },
      twice(denied(API, TOKEN, "*")),
    ],
    ["reading only", { dkr: { statements: only(...READ) } }, [denied(DKR, IMPORT), undefined]],
    [
      "no new repositories",
      { dkr: { statements: only(...READ, IMPORT) } },
      [denied(DKR, "ecr:CreateRepository"), undefined],
    ],
    [
      "other repositories",
      { dkr: { statements: [{ ...EVERYTHING, Resource: NGINX.replace("docker-hub", "quay") }] } },
      [denied(DKR, IMPORT), denied(DKR, "ecr:BatchGetImage")],
    ],
    [
      "all but pushes",
      { dkr: { statements: [{ Effect: "Allow", Principal: "*", NotAction: "ecr:Put*", Resource: "*" }] } },
      [undefined, undefined],
    ],
    [
      "nothing but a denial",
      { dkr: { statements: [{ ...EVERYTHING, Effect: "Deny", Action: "ecr:Delete*" }] } },
      [denied(DKR, IMPORT), denied(DKR, "ecr:BatchGetImage")],
    ],
    [
      "a denial of what is not cached",
      { dkr: { statements: [EVERYTHING, { ...EVERYTHING, Effect: "Deny", Action: IMPORT }] } },
      [denied(DKR, IMPORT, NGINX, "denies"), undefined],
    ],
    [
      "the caller's own buckets",
      { s3: { statements: [{ ...EVERYTHING, Resource: "arn:aws:s3:::mine/*" }] } },
      twice(denied(S3, "s3:GetObject", LAYER)),
    ],
    [
      "layers for the caller's account only",
      { s3: { statements: [{ ...EVERYTHING, Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } } }] } },
      twice(denied(S3, "s3:GetObject", LAYER)),
    ],
    [
      "layers of the caller's organization only",
      {
        s3: {
          statements: [
            EVERYTHING,
            { ...EVERYTHING, Effect: "Deny", Condition: { StringNotEqualsIfExists: { "aws:ResourceOrgID": "o-a" } } },
          ],
        },
      },
      twice(denied(S3, "s3:GetObject", LAYER, "denies")),
    ],
    [
      "what comes from the VPC",
      { s3: { statements: [{ ...EVERYTHING, Condition: { StringEquals: { "aws:SourceVpc": VPC } } }] } },
      [undefined, undefined],
    ],
  ])("are the endpoints': %s", async (_, setup, answers) => {
    expect(await both(setup)).toEqual(answers);
  });

  test.each<[string, object[], [string | undefined, string | undefined]]>([
    ["none", [], twice(denied("ecr.api (<api>): the identity policy", TOKEN, "*"))],
    [
      "AWS's read-only ones",
      identity(allow([TOKEN, ...READ])),
      [denied("ecr.dkr (<dkr>): the identity policy", IMPORT), undefined],
    ],
    [
      "everything a first pull needs",
      identity(allow(TOKEN), allow([...READ, ...FIRST], NGINX.replace("library/nginx", "*"))),
      [undefined, undefined],
    ],
  ])("are the client's: %s", async (_, identityPolicies, answers) => {
    expect(await both({}, { identityPolicies })).toEqual(answers);
  });

  test.each<[string, Setup, object[], string | undefined]>([
    [
      "the client's",
      {},
      identity(allow(TOKEN), allow([...READ, ...FIRST])),
      denied("ecr.dkr (<dkr>): the identity policy", "ecr:TagResource"),
    ],
    ["the endpoint's", { dkr: { statements: only(...READ, ...FIRST) } }, [FULL_ACCESS], denied(DKR, "ecr:TagResource")],
    [
      "neither",
      { dkr: { statements: only(...READ, ...FIRST, "ecr:TagResource") } },
      identity(allow(TOKEN), allow([...READ, ...FIRST, "ecr:TagResource"])),
      undefined,
    ],
  ])(
    "stop the first pull of a repository with tags by lacking ecr:TagResource: %s",
    async (_, setup, policies, reason) => {
      const input = { prefix: "docker-hub", appliedFor: ["PULL_THROUGH_CACHE" as const] };
      const resourceTags = [{ Key: "team", Value: "platform" }];
      await sdk.client(ECRClient).send(new CreateRepositoryCreationTemplateCommand({ ...input, resourceTags }));
      expect(await both(setup, { identityPolicies: policies })).toEqual([reason, undefined]);
    },
  );

  test("may lack ecr:TagResource where the creation template sets no tags", async () => {
    const input = { prefix: "docker-hub", appliedFor: ["PULL_THROUGH_CACHE" as const] };
    await sdk.client(ECRClient).send(new CreateRepositoryCreationTemplateCommand(input));
    const resourceTags = [{ Key: "team", Value: "platform" }];
    const other = { ...input, prefix: "quay", resourceTags };
    await sdk.client(ECRClient).send(new CreateRepositoryCreationTemplateCommand(other));
    const policies = identity(allow(TOKEN), allow([...READ, ...FIRST]));
    expect(await both({}, { identityPolicies: policies })).toEqual([undefined, undefined]);
  });

  test("are asked without an endpoint too", async () => {
    const [first] = await both({ api: null, dkr: null, s3: null }, { identityPolicies: identity(allow(TOKEN)) });
    expect(first).toBe(`ecr.dkr: the identity policy does not allow ecr:BatchImportUpstreamImage on ${NGINX}`);
  });

  test("may be for the client's organization", async () => {
    const condition = { StringEquals: { "aws:PrincipalOrgID": "o-a", "aws:ResourceOrgID": "o-a" } };
    const statements = [{ ...EVERYTHING, Condition: condition }];
    const answers = await both({ api: { statements }, dkr: { statements } }, { organizationId: "o-a" });
    expect(answers).toEqual([undefined, undefined]);
  });

  test("are a role's own in IAM where no others are given", async () => {
    const { scope } = await build({});
    const iam = sdk.client(IAMClient);
    const RoleName = "nodes";
    const asRole = { roleName: RoleName, identityPolicies: undefined };
    await expect(pull(scope, asRole)).rejects.toThrow("nodes does not exist");
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting("ec2.amazonaws.com") }));
    expect(await pull(scope, asRole)).toContain("does not allow ecr:GetAuthorizationToken");
    const PolicyDocument = JSON.stringify(identity(allow([TOKEN, ...READ]))[0]);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "pull", PolicyDocument }));
    expect(await pull(scope, asRole)).toBeUndefined();
  });

  test("are asked of a client outside of a VPC too, which has a route to the internet", async () => {
    const outside = { subnetId: undefined, repository: "docker-hub/library/nginx" };
    const answers = await both({ nat: false, api: null, dkr: null, s3: null }, outside);
    expect(answers).toEqual([undefined, undefined]);
    const denied = await pull(
      { accountId: ACCOUNT, region: "us-east-1" },
      { ...outside, identityPolicies: identity(allow(TOKEN)) },
    );
    expect(denied).toBe(`ecr.dkr: the identity policy does not allow ecr:BatchGetImage on ${NGINX}`);
  });

  test("fail to be judged when an endpoint names principals, which the simulator does not know", async () => {
    const { scope } = await build({ api: { statements: [{ ...EVERYTHING, Principal: { AWS: ACCOUNT } }] } });
    await expect(pull(scope)).rejects.toThrow("Principal must be");
  });
});

function twice(reason: string): [string, string] {
  return [reason, reason];
}
