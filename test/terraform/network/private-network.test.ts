import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import {
  EndpointService,
  FirstPull,
  PullThroughCache,
  RegistryEndpoints,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { RegistryEndpointsProps } from "cdktf-ecr-pull-through-cache";
import { AwsCli } from "../../../cli/doctor/aws-cli";
import { networkRemarks } from "../../../cli/doctor/network";
import type { NetworkQuestion } from "../../../cli/doctor/network-question";
import { clientConfig, trusting } from "../../local-aws/clients";
import { whyNoPull, whyNoPush } from "../../local-aws/ecr/pull";
import type { Pull } from "../../local-aws/ecr/pull";
import { FULL_ACCESS } from "../../local-aws/iam/policy-evaluation";
import { ACCOUNT } from "../../local-aws/server";
import type { LocalAws } from "../../local-aws/server";
import { loadServices } from "../../local-commands/aws-cli";
import { pathWithAwsCli } from "../../local-commands/path-with-aws-cli";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const SCOPE = { accountId: ACCOUNT, region: REGION };
const VPC = "vpc-0a1b2c3d4e5f60718";
const OTHER_VPC = "vpc-0b1b2c3d4e5f60718";
const PRIVATE = "rtb-0a1b2c3d4e5f6071a";
const WITH_NAT = "rtb-0a1b2c3d4e5f6071b";
const OTHER_TABLE = "rtb-0b1b2c3d4e5f6071a";
const SUBNETS = ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"] as const;
const SAME_ZONE = "subnet-0a1b2c3d4e5f6071c";
const OTHER_SUBNET = "subnet-0b1b2c3d4e5f6071a";

const PROPS: RegistryEndpointsProps = {
  vpcId: VPC,
  subnetIds: [...SUBNETS],
  routeTableIds: [PRIVATE, WITH_NAT],
  clientCidrs: ["10.0.0.0/16"],
  firstPull: FirstPull.PREWARMED,
};

const UPSTREAMS = [Upstream.ecrPublic(), Upstream.quay({ repositorySettings: { tags: { team: "platform" } } })];

/** Terraform JSON of a cache, roles that may pull through it, and endpoints. */
function network(props: Partial<RegistryEndpointsProps> = {}): string {
  const stack = stackIn(REGION);
  const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: UPSTREAMS });
  cache.grantPullToRoleNamed("puller");
  cache.grantPullToRoleNamed("known-only", { createRepositories: false });
  new RegistryEndpoints(stack, "endpoints", { ...PROPS, ...props });
  return JSON.stringify(synthesized(stack));
}

/** A network with two subnets in two zones, one of which has a NAT gateway, another in a zone again, and a second VPC. */
async function addNetwork(aws: LocalAws): Promise<void> {
  aws.ec2.addVpc(SCOPE, { vpcId: VPC, cidrBlock: "10.0.0.0/16", ipv6CidrBlock: "2001:db8:0:100::/56" });
  aws.ec2.addVpc(SCOPE, { vpcId: OTHER_VPC, cidrBlock: "10.1.0.0/16", enableDnsHostnames: false });
  aws.ec2.addRouteTable(SCOPE, { routeTableId: PRIVATE, vpcId: VPC });
  const routes = [{ destination: "0.0.0.0/0", target: "nat-0a1b2c3d4e5f60718" }];
  aws.ec2.addRouteTable(SCOPE, { routeTableId: WITH_NAT, vpcId: VPC, routes });
  aws.ec2.addRouteTable(SCOPE, { routeTableId: OTHER_TABLE, vpcId: OTHER_VPC });
  for (const [subnetId, zone, number, routeTableId] of [
    [SUBNETS[0], "a", 0, PRIVATE],
    [SUBNETS[1], "b", 1, WITH_NAT],
    [SAME_ZONE, "a", 2, PRIVATE],
  ] as const) {
    aws.ec2.addSubnet(SCOPE, {
      subnetId,
      vpcId: VPC,
      availabilityZone: `${REGION}${zone}`,
      cidrBlock: `10.0.${number}.0/24`,
      ipv6CidrBlock: `2001:db8:0:10${number}::/64`,
      routeTableId,
    });
  }
  aws.ec2.addSubnet(SCOPE, {
    subnetId: OTHER_SUBNET,
    vpcId: OTHER_VPC,
    availabilityZone: `${REGION}a`,
    cidrBlock: "10.1.0.0/24",
  });
  const iam = new IAMClient(clientConfig(aws));
  for (const RoleName of ["puller", "known-only", "nobody"]) {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting("ec2.amazonaws.com") }));
  }
}

describeWithTerraform("clients in private subnets", () => {
  // With one item a page, the provider must read every page of a list.
  const aws = useLocalAws({ pageSize: 1 });
  let workspace: Workspace;
  let commands: string;

  beforeAll(async () => {
    loadServices();
    commands = pathWithAwsCli();
    await addNetwork(aws);
    workspace = new Workspace(JSON.parse(network()) as object, aws.environment());
    await workspace.init();
    await workspace.apply();
  });

  async function change(props: Partial<RegistryEndpointsProps>): Promise<void> {
    workspace.write("main.tf.json", network(props));
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  }

  function why(pull: Partial<Pull> = {}): Promise<string | undefined> {
    const repository = "ecr-public/elastio/agent";
    return whyNoPull(aws, { ...SCOPE, subnetId: SUBNETS[0], repository, cached: true, ...pull });
  }

  test("are up to date once they are made", async () => {
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test.each<[string, Partial<Pull>]>([
    ["an image that is cached", {}],
    ["an image that is cached, where no pull may create a repository", { roleName: "known-only" }],
    ["an image that is not cached, by a NAT gateway", { subnetId: SUBNETS[1], cached: false }],
    ["an image into a repository with tags", { repository: "quay/a/b", subnetId: SUBNETS[1], cached: false }],
    ["an image from a subnet of the VPC that has no endpoint of its own", { subnetId: SAME_ZONE }],
  ])("pull %s", async (_, pull) => {
    expect(await why(pull)).toBeUndefined();
  });

  test.each<[string, Partial<Pull>, RegExp]>([
    [
      "an image that is not cached, without a route",
      { cached: false },
      /^hangs: no route from subnet-0a1b2c3d4e5f6071a/,
    ],
    [
      "an image of another repository",
      { repository: "team/app" },
      /^ecr.dkr \(vpce-\w+\): the endpoint policy does not allow ecr:BatchGetImage/,
    ],
    [
      "from elsewhere",
      { clientIp: "192.168.0.1" },
      /^ecr.api \(vpce-\w+\): sg-\w+ does not admit 192.168.0.1 to port 443/,
    ],
    ["over IPv6", { clientIp: "2001:db8:0:100::1" }, /the endpoint is ipv4 only/],
    ["without permission", { roleName: "nobody" }, /the identity policy does not allow ecr:GetAuthorizationToken/],
    [
      "an image for the first time, where no pull may create a repository",
      { roleName: "known-only", subnetId: SUBNETS[1], cached: false },
      /the identity policy does not allow ecr:CreateRepository/,
    ],
  ])("cannot pull %s", async (_, pull, reason) => {
    expect(await why(pull)).toMatch(reason);
  });

  test.each<[string, Partial<NetworkQuestion>, string[]]>([
    ["by the NAT gateway", { subnetIds: [SUBNETS[1]] }, []],
    ["that is cached", { isCached: true }, []],
    ["without a route", { subnetIds: [SUBNETS[0]] }, ["i/o timeout on the first pull"]],
    [
      "of another repository",
      { subnetIds: [SUBNETS[1]], repository: "team/app" },
      ["403 Forbidden", "not found on the first pull"],
    ],
  ])("are told by doctor what is in the way of an image %s", async (_, more, expected) => {
    const { stdin, stdout, stderr } = process;
    const env = { ...aws.environment(), PATH: commands };
    const caller = { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:role/puller` };
    const image = { repository: "quay/prometheus/prometheus", isCached: false, isNew: true, hasTags: true };
    const remarks = await networkRemarks(
      new AwsCli({ stdin, stdout, stderr, env, cwd: process.cwd(), fetch }, REGION),
      { vpcId: VPC, registry: SCOPE, caller, ...image, ...more },
    );
    const causes = remarks.flatMap((remark) => (remark.kind === "cause" ? [remark.cause] : []));
    expect(causes.sort()).toEqual(expected);
    expect(remarks.filter(({ kind }) => kind === "unchecked")).toEqual([]);
  });

  test("push to a repository that the endpoints name, and to no other", async () => {
    const push = { ...SCOPE, subnetId: SUBNETS[0], repository: "team/app", identityPolicies: [FULL_ACCESS] };
    expect(await whyNoPush(aws, push)).toMatch(/the endpoint policy does not allow ecr:BatchCheckLayerAvailability/);
    await change({ pushRepositoryArns: [`arn:aws:ecr:${REGION}:${ACCOUNT}:repository/team/app`] });
    expect(await whyNoPush(aws, push)).toBeUndefined();
    expect(await whyNoPush(aws, { ...push, repository: "team/other" })).toMatch(/the endpoint policy does not allow/);
    await change({});
  });

  test("pull anything with full access, and no longer when it is taken away", async () => {
    const pull = { repository: "team/app", identityPolicies: [FULL_ACCESS] };
    await change({ fullAccess: true });
    expect(await why(pull)).toBeUndefined();
    await change({});
    expect(await why(pull)).toMatch(/the endpoint policy does not allow/);
  });

  test("keep full access in the naive form, where the policy is taken away and the plan is empty", async () => {
    const json = JSON.parse(network({ fullAccess: true })) as {
      resource: { aws_vpc_endpoint: { [name: string]: { policy?: string } } };
    };
    await change({});
    for (const endpoint of Object.values(json.resource.aws_vpc_endpoint)) {
      delete endpoint.policy;
    }
    workspace.write("main.tf.json", JSON.stringify(json));
    expect(await workspace.changes()).toEqual({});
  });

  test("pull over IPv6 as well with dual-stack endpoints, which change in place, and back", async () => {
    const dual = { dualStack: true, clientIpv6Cidrs: ["2001:DB8:0:100::/56"] };
    workspace.write("main.tf.json", network(dual));
    const changes = await workspace.changes();
    expect(Object.entries(changes).map(([address, action]) => [address.replace(/_[0-9A-F]{8}$/, ""), action])).toEqual([
      ["aws_vpc_endpoint.endpoints_ecr-api", "update"],
      ["aws_vpc_endpoint.endpoints_ecr-dkr", "update"],
      ["aws_vpc_endpoint.endpoints_s3", "update"],
      ["aws_vpc_security_group_ingress_rule.endpoints_client-2001_3adb8_3a0_3a100_3a_3a_2f56", "create"],
    ]);
    await change(dual);
    expect(await why({ clientIp: "2001:db8:0:100::1" })).toBeUndefined();
    expect(await why()).toBeUndefined();
    await change({});
    expect(await why({ clientIp: "2001:db8:0:100::1" })).toMatch(/the endpoint is ipv4 only|does not admit/);
  });

  test("get endpoints of other services, and lose them, without the others being touched", async () => {
    workspace.write("main.tf.json", network({ services: [EndpointService.CLOUDWATCH_LOGS, EndpointService.STS] }));
    expect(Object.values(await workspace.changes())).toEqual(["create", "create"]);
    await change({ services: [EndpointService.CLOUDWATCH_LOGS, EndpointService.STS] });
    workspace.write("main.tf.json", network());
    expect(Object.values(await workspace.changes())).toEqual(["delete", "delete"]);
    await change({});
  });

  test("share endpoints that another state has made", async () => {
    const state = JSON.parse(await workspace.run(["show", "-json"])) as {
      values: { root_module: { resources: { address: string; values: { id: string } }[] } };
    };
    const idOf = (name: string): string =>
      state.values.root_module.resources.find(({ address }) => address.includes(`endpoints_${name}_`))?.values.id ?? "";
    const shared = {
      ecrApiEndpointId: idOf("ecr-api"),
      ecrDkrEndpointId: idOf("ecr-dkr"),
      s3EndpointId: idOf("s3"),
      subnetIds: undefined,
      clientCidrs: undefined,
      routeTableIds: undefined,
    };
    const other = new Workspace(JSON.parse(network(shared)) as object, aws.environment());
    await other.init();
    const planned = Object.keys(await other.changes());
    expect(planned.filter((address) => address.includes("vpc_endpoint"))).toEqual([]);
    other.write("main.tf.json", network({ ...shared, ecrApiEndpointId: idOf("ecr-dkr") }));
    const { status, output } = await other.try(["plan", "-no-color", "-input=false"]);
    expect([status, output]).toEqual([
      1,
      expect.stringContaining(`The endpoint ${idOf("ecr-dkr")} must be an endpoint of the service`),
    ]);
  });

  test("are left with nothing when it is destroyed", async () => {
    await workspace.destroy();
    expect(aws.contents().filter((line) => !line.includes("role"))).toEqual([]);
    expect(await why()).toMatch(/^ecr.api: no route/);
  });
});

describeWithTerraform("two sets of endpoints in one state", () => {
  // With one item a page, the provider must read every page of a list.
  const aws = useLocalAws({ pageSize: 1 });
  let workspace: Workspace;

  beforeAll(async () => {
    await addNetwork(aws);
    workspace = new Workspace(JSON.parse(twoSets([0, 1, 2])) as object, aws.environment());
    await workspace.init();
    await workspace.apply();
  });

  /** Endpoints for groups of clients, in some order, and a second set that adds a route table to them. */
  function twoSets(order: readonly number[]): string {
    const stack = stackIn(REGION);
    new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
    const groups = [0, 1, 2].map((index) => new SecurityGroup(stack, `clients-${index}`, { vpcId: VPC }).id);
    const first = new RegistryEndpoints(stack, "first", {
      ...PROPS,
      routeTableIds: [PRIVATE],
      clientSecurityGroupIds: order.map((index) => groups[index] ?? ""),
    });
    const { ecrApiEndpointId, ecrDkrEndpointId, s3EndpointId } = first;
    new RegistryEndpoints(stack, "second", {
      vpcId: VPC,
      routeTableIds: [WITH_NAT],
      firstPull: FirstPull.INTERNET_ROUTE,
      ecrApiEndpointId,
      ecrDkrEndpointId,
      s3EndpointId,
    });
    return JSON.stringify(synthesized(stack));
  }

  test("leave each other's route tables alone, from one plan to the next", async () => {
    expect(await workspace.isUpToDate()).toBe(true);
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("let groups of clients change places, and lose one that is not the last", async () => {
    workspace.write("main.tf.json", twoSets([2, 1, 0]));
    expect(await workspace.changes()).toEqual({});
    workspace.write("main.tf.json", twoSets([1, 2]));
    expect(Object.values(await workspace.changes())).toEqual(["delete"]);
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("go before the rules that admit their clients, since names lead to them as long as they are there", async () => {
    const before = aws.requests.length;
    await workspace.destroy();
    const deletions = aws.operations
      .slice(before)
      .filter((name) => /^(DeleteVpcEndpoints|RevokeSecurityGroupIngress)$/.test(name));
    expect(deletions.lastIndexOf("DeleteVpcEndpoints")).toBeLessThan(deletions.indexOf("RevokeSecurityGroupIngress"));
  });
});

describeWithTerraform("a plan for a network that would not do", () => {
  // With one item a page, the provider must read every page of a list.
  const aws = useLocalAws({ pageSize: 1 });
  let workspace: Workspace;

  beforeAll(async () => {
    await addNetwork(aws);
    workspace = new Workspace({}, aws.environment());
    workspace.write("main.tf.json", network());
    await workspace.init();
  });

  async function plan(props: Partial<RegistryEndpointsProps>): Promise<{ status: number | null; output: string }> {
    workspace.write("main.tf.json", network(props));
    const { status, output } = await workspace.try(["plan", "-no-color", "-input=false"]);
    return { status, output: output.replace(/\s*\n[│\s]*/g, " ") };
  }

  test.each<[string, Partial<RegistryEndpointsProps>, string]>([
    [
      "without DNS hostnames",
      { vpcId: OTHER_VPC, subnetIds: [OTHER_SUBNET], routeTableIds: [OTHER_TABLE] },
      `The VPC ${OTHER_VPC} must have DNS support and DNS hostnames enabled`,
    ],
    [
      "with a subnet of another VPC",
      { subnetIds: [OTHER_SUBNET] },
      `The subnet ${OTHER_SUBNET} must be in the VPC ${VPC}.`,
    ],
    [
      "with two subnets in one zone",
      { subnetIds: [SUBNETS[0], SUBNETS[1], SAME_ZONE] },
      `The subnet ${SAME_ZONE} must be in another availability zone than the subnets before it`,
    ],
    [
      "with a route table of another VPC",
      { routeTableIds: [PRIVATE, OTHER_TABLE] },
      `The route table ${OTHER_TABLE} must be in the VPC ${VPC}.`,
    ],
    [
      "with an endpoint that is not there",
      { s3EndpointId: "vpce-0a1b2c3d4e5f60718", routeTableIds: undefined },
      "no matching EC2 VPC Endpoint found",
    ],
  ])("fails %s, and nothing is made", async (_, props, message) => {
    const before = aws.contents();
    const { status, output } = await plan(props);
    expect([status, output]).toEqual([1, expect.stringContaining(message)]);
    expect(aws.contents()).toEqual(before);
  });

  test("is valid where the names of services are known to Terraform only", async () => {
    const stack = stackIn(undefined);
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
    new RegistryEndpoints(stack, "endpoints", { ...PROPS, s3EndpointId: "vpce-0a1b2c3d4e5f60718" });
    const validated = new Workspace(JSON.parse(JSON.stringify(synthesized(stack))) as object);
    await validated.init();
    expect(await validated.validate()).toEqual([]);
  });

  test("warns of route tables that have no default route, where clients are said to have one", async () => {
    const { status, output } = await plan({ firstPull: FirstPull.INTERNET_ROUTE });
    expect(status).toBe(0);
    expect(output).toContain(`and these have none: ${PRIVATE}. Without a default route the first pull`);
    expect((await plan({ firstPull: FirstPull.INTERNET_ROUTE, routeTableIds: [WITH_NAT] })).output).not.toContain(
      "Warning",
    );
    expect((await plan({ firstPull: FirstPull.PREWARMED })).output).not.toContain("Warning");
  });
});
