import * as fs from "node:fs";
import * as path from "node:path";
import { CreateVpcEndpointCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EndpointService, PullThroughCache, RegistryEndpoints, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RegistryEndpointsProps } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { expression } from "../../../modules/generator/hcl";
import { canonicalBlock, isBlock } from "../../../modules/registry-endpoints/cidr-expressions";
import { parseCidr } from "../../../src/aws/cidr";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import type { LocalAws } from "../../local-aws/server";
import { PROJECT_ROOT } from "../../support/example-program";
import { planBoth, refuseBoth } from "../../support/module-agreement";
import type { Declaration, PlannedResource, Subject } from "../../support/module-agreement";
import { Workspace, configuration, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const MODULE = "registry-endpoints";
const REGION = "eu-west-1";
const CHINA = "cn-north-1";
const VPC = "vpc-0a1b2c3d4e5f60718";
const OTHER_VPC = "vpc-0b1b2c3d4e5f60718";
const SUBNETS = ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"] as const;
const SAME_ZONE = "subnet-0a1b2c3d4e5f6071c";
const OTHER_SUBNET = "subnet-0b1b2c3d4e5f6071a";
const TABLES = ["rtb-0a1b2c3d4e5f6071a", "rtb-0a1b2c3d4e5f6071b"] as const;
const OTHER_TABLE = "rtb-0b1b2c3d4e5f6071a";
const GROUPS = ["sg-0a1b2c3d4e5f60718", `${ACCOUNT}/sg-0b1b2c3d`] as const;
const ALLOW = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] });
const VARIABLE = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", NotPrincipal: "*", Action: "*", Resource: "arn:aws:s3:::${aws:PrincipalTag/team}/*" },
});

/** Endpoints, in no form yet. */
interface Given {
  readonly vpcId?: string;
  readonly subnetIds?: readonly string[];
  readonly routeTableIds?: readonly string[];
  readonly clientCidrs?: readonly string[];
  readonly clientIpv6Cidrs?: readonly string[];
  readonly clientSecurityGroupIds?: readonly string[];
  readonly firstPull?: string;
  readonly services?: readonly string[];
  readonly serviceNames?: readonly string[];
  readonly prefixes?: readonly string[];
  readonly taggedPrefixes?: readonly string[];
  readonly repositoryArns?: readonly string[];
  readonly pushRepositoryArns?: readonly string[];
  readonly bucketNames?: readonly string[];
  readonly fullAccess?: boolean;
  readonly ecrEndpointPolicy?: string;
  readonly s3EndpointPolicy?: string;
  readonly dualStack?: boolean;
  readonly ecrApiEndpointId?: string;
  readonly ecrDkrEndpointId?: string;
  readonly s3EndpointId?: string;
}

const MINIMAL: Given = {
  vpcId: VPC,
  subnetIds: SUBNETS,
  routeTableIds: [TABLES[0]],
  clientCidrs: ["10.0.0.0/16"],
  firstPull: "INTERNET_ROUTE",
  prefixes: ["ecr-public"],
};

const SERVICES: { readonly [name: string]: EndpointService } = {
  logs: EndpointService.CLOUDWATCH_LOGS,
  ec2: EndpointService.EC2,
  sts: EndpointService.STS,
  eks: EndpointService.EKS,
  "eks-auth": EndpointService.EKS_AUTH,
  "kinesis-streams": EndpointService.named("kinesis-streams"),
};

/** The endpoints that a region has already, by what they listen on. */
type Existing = { readonly [type in "ipv4" | "dualstack"]: { readonly [service: string]: string } };

/** Declarations of all kinds for the network of a region. */
function declarationsIn(region: string, existing: Existing): fc.Arbitrary<Given> {
  const partition = region === CHINA ? "aws-cn" : "aws";
  const some = <T>(values: readonly T[], minLength = 1): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength });
  const choice = fc.record({
    dualStack: fc.boolean(),
    fullAccess: fc.boolean(),
    api: fc.boolean(),
    dkr: fc.boolean(),
    s3: fc.boolean(),
    services: some(Object.keys(SERVICES), 0),
    serviceNames: some([`com.amazonaws.${region}.kms`, `aws.sagemaker.${region}.notebook`], 0),
  });
  return choice.chain(({ dualStack, fullAccess, api, dkr, s3, services, serviceNames }) => {
    const ids = existing[dualStack ? "dualstack" : "ipv4"];
    const makesRegistry = !api || !dkr;
    const makesInterfaces = makesRegistry || services.length + serviceNames.length > 0;
    const when = <T extends object>(holds: boolean, props: fc.Arbitrary<T>): fc.Arbitrary<Partial<T>> =>
      holds ? props : fc.constant({});
    const groups = some(GROUPS);
    const blocks = some(["10.0.0.0/16", "0.0.0.0/0", "192.168.7.9/32"]);
    const blocks6 = some(["2001:DB8:0:0100::/56", "::10.1.0.0/112", "2001:db8:0:1:0:0:0:0/64"]);
    const clients: fc.Arbitrary<Given> = dualStack
      ? fc.oneof(
          fc.record({ clientIpv6Cidrs: blocks6, clientCidrs: blocks }, { requiredKeys: ["clientIpv6Cidrs"] }),
          fc.record({ clientSecurityGroupIds: groups, clientCidrs: blocks }),
        )
      : fc.oneof(
          fc.record({ clientCidrs: blocks, clientSecurityGroupIds: groups }, { requiredKeys: ["clientCidrs"] }),
          fc.record({ clientSecurityGroupIds: groups }),
        );
    const ecrEndpointPolicy = fc.oneof(
      fc.record({ ecrEndpointPolicy: fc.constantFrom(ALLOW, VARIABLE) }),
      fc.record(
        {
          repositoryArns: some([
            `arn:${partition}:ecr:${region}:602401143452:repository/eks/*`,
            `arn:${partition}:ecr:*:*:repository/team-?/app`,
          ]),
          pushRepositoryArns: some([
            `arn:${partition}:ecr:${region}:${ACCOUNT}:repository/team/app`,
            `arn:${partition}:ecr:${region}:${ACCOUNT}:repository/team/web-*`,
          ]),
        },
        { requiredKeys: [] },
      ),
      fc.constant({}),
    );
    const s3EndpointPolicy = fc.oneof(
      fc.record({ s3EndpointPolicy: fc.constantFrom(ALLOW, VARIABLE) }),
      fc.record({ bucketNames: some(["artifacts", "al2023-repos-*"]) }),
      fc.constant({}),
    );
    return fc
      .tuple(
        fc.record({
          routeTableIds: s3 ? fc.option(some(TABLES), { nil: undefined }) : some(TABLES),
          firstPull: fc.constantFrom("INTERNET_ROUTE", "PREWARMED"),
          prefixes: some(["ecr-public", "mirror/quay/", "my.k8s", "ROOT"]),
          taggedPrefixes: fc.subarray(["ecr-public", "mirror/quay/", "my.k8s", "ROOT"]),
        }),
        when(makesInterfaces, fc.record({ subnetIds: some(SUBNETS) })),
        when(makesInterfaces, clients),
        when(!fullAccess && makesRegistry, ecrEndpointPolicy),
        when(!fullAccess && !s3, s3EndpointPolicy),
      )
      .map((parts): Given => {
        const existingIds = {
          ...(api ? { ecrApiEndpointId: ids["ecr.api"] } : {}),
          ...(dkr ? { ecrDkrEndpointId: ids["ecr.dkr"] } : {}),
          ...(s3 ? { s3EndpointId: ids["s3"] } : {}),
        };
        const fixed: Given = { vpcId: VPC, dualStack, fullAccess, services, serviceNames, ...existingIds };
        return (parts as readonly Given[]).reduce((all, part) => ({ ...all, ...part }), fixed);
      });
  });
}

/** The same endpoints as a construct, and as what the module is called with. */
function bothForms(given: Given): Declaration {
  return {
    construct: (stack) => {
      new PullThroughCache(stack, "cache", {
        accountId: ACCOUNT,
        upstreams: (given.prefixes ?? []).map((prefix) =>
          Upstream.ecrPublic({
            prefix,
            repositorySettings:
              given.taggedPrefixes?.includes(prefix) === true ? { tags: { team: "platform" } } : undefined,
          }),
        ),
      });
      new RegistryEndpoints(stack, "endpoints", propsOf(given));
    },
    inputs: inputsOf(given),
  };
}

function propsOf({ services, serviceNames, ...same }: Given): RegistryEndpointsProps {
  const all = [
    ...(services ?? []).map((name) => SERVICES[name] ?? EndpointService.named(name)),
    ...(serviceNames ?? []).map((name) => EndpointService.fromServiceName(name)),
  ];
  const props = {
    ...same,
    prefixes: undefined,
    taggedPrefixes: undefined,
    services: all.length === 0 ? undefined : all,
  };
  return props as unknown as RegistryEndpointsProps;
}

function inputsOf(given: Given): { readonly [input: string]: unknown } {
  const byKey = (list: readonly string[] | undefined): object | undefined =>
    list === undefined ? undefined : Object.fromEntries(list.map((value, index) => [`key ${index}`, value]));
  const endpoint = (id: string | undefined): object | undefined => (id === undefined ? undefined : { id });
  const inputs = {
    vpc_id: given.vpcId,
    subnet_ids: given.subnetIds,
    route_table_ids: byKey(given.routeTableIds),
    client_cidrs: byKey(given.clientCidrs),
    client_ipv6_cidrs: byKey(given.clientIpv6Cidrs),
    client_security_group_ids: byKey(given.clientSecurityGroupIds),
    first_pull: given.firstPull,
    services: given.services,
    service_names: given.serviceNames,
    prefixes: given.prefixes,
    // In the order of the prefixes, as the module that makes the caches tells them.
    tagged_prefixes: given.prefixes?.filter((prefix) => given.taggedPrefixes?.includes(prefix)),
    repository_arns: given.repositoryArns,
    push_repository_arns: given.pushRepositoryArns,
    bucket_names: given.bucketNames,
    full_access: given.fullAccess,
    ecr_endpoint_policy: literal(given.ecrEndpointPolicy),
    s3_endpoint_policy: literal(given.s3EndpointPolicy),
    dual_stack: given.dualStack,
    ecr_api_endpoint: endpoint(given.ecrApiEndpointId),
    ecr_dkr_endpoint: endpoint(given.ecrDkrEndpointId),
    s3_endpoint: endpoint(given.s3EndpointId),
  };
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
}

/** A policy as a caller writes it in Terraform JSON. */
function literal(policy: string | undefined): string | undefined {
  return policy?.replace(/\$\{/g, () => "$${");
}

/** The rules that a side has named, without the names of what only one of the two has. */
function inCommonWords(rules: readonly string[]): string[] {
  return rules.map((rule) =>
    rule.replace(/_endpoint_id\b/g, "_endpoint").replace(/with (caches|`prefixes`)/, "with what is cached"),
  );
}

function longPolicy(length: number): string {
  return ALLOW.replace('"*"}', `"${"a".repeat(length - ALLOW.length + 1)}"}`);
}

const EXISTS = "vpce-0a1b2c3d4e5f60718";
const BOTH_EXIST: Given = { ecrApiEndpointId: EXISTS, ecrDkrEndpointId: EXISTS };
const NO_INTERFACE: Given = { ...BOTH_EXIST, subnetIds: undefined, clientCidrs: undefined };
const LONG_NAMES = Array.from({ length: 400 }, (_, index) => `team-${index}-${"x".repeat(20)}`);
const ARN = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/team/*`;

/** Declarations with one error each, by that error. */
const BAD: { readonly [error: string]: Given } = {
  "a VPC's ID of 4 digits": { vpcId: "vpc-0abc" },
  "no subnet": { subnetIds: [] },
  "a VPC for a subnet": { subnetIds: [SUBNETS[0], VPC] },
  "a subnet twice": { subnetIds: [SUBNETS[0], SUBNETS[0]] },
  "subnets for nothing": { ...NO_INTERFACE, subnetIds: SUBNETS },
  "no route table": { routeTableIds: [] },
  "a route table's ID of 9 digits": { routeTableIds: ["rtb-0a1b2c3d4"] },
  "a route table twice": { routeTableIds: [TABLES[0], TABLES[0]] },
  "no clients": { clientCidrs: undefined },
  "an IPv4 address without a mask": { clientCidrs: ["10.0.0.0"] },
  "a block that starts before its address": { clientCidrs: ["10.0.0.1/16"] },
  "a mask of 33": { clientCidrs: ["10.0.0.0/33"] },
  "a block of IPv6 among those of IPv4": { clientCidrs: ["::/0"] },
  "a block twice": { clientCidrs: ["10.0.0.0/16", "10.0.0.0/16"] },
  "blocks for nothing": { ...NO_INTERFACE, clientCidrs: ["10.0.0.0/16"] },
  "IPv6 clients without dual-stack": { clientIpv6Cidrs: ["2001:db8::/56"] },
  "dual-stack for IPv4 alone": { dualStack: true },
  "a block of IPv4 among those of IPv6": { clientIpv6Cidrs: ["10.0.0.0/8"], dualStack: true },
  "a block of IPv6 that starts before its address": { clientIpv6Cidrs: ["2001:db8::1/64"], dualStack: true },
  "a block of IPv6 that stands for one of IPv4": { clientIpv6Cidrs: ["::ffff:10.0.0.0/104"], dualStack: true },
  "one block in two spellings": { clientIpv6Cidrs: ["2001:db8::/56", "2001:DB8:0::/56"], dualStack: true },
  "the name of a group": { clientSecurityGroupIds: ["default"] },
  "a group twice": { clientSecurityGroupIds: [GROUPS[0], GROUPS[0]] },
  "groups for nothing": { ...NO_INTERFACE, clientSecurityGroupIds: [GROUPS[0]] },
  "a first pull by something else": { firstPull: "NAT" },
  "ECR as another service": { services: ["ecr.api"] },
  "a service by another name": { services: ["cloudwatch-logs"] },
  "a service in upper case": { services: ["EC2"] },
  "a service with an underscore": { services: ["eks_auth"] },
  "an unknown service in upper case": { services: ["SNS"] },
  "a whole name for a last part": { services: ["com.amazonaws.eu-west-1.kms"] },
  "a last part for a whole name": { serviceNames: ["kms"] },
  "a service of another region": { serviceNames: ["com.amazonaws.us-east-1.kms"] },
  "a service by both names": { services: ["logs"], serviceNames: [`com.amazonaws.${REGION}.logs`] },
  "ECR by its whole name": { serviceNames: [`com.amazonaws.${REGION}.ecr.dkr`] },
  "a service whose last part is a whole name": { services: ["a.b.eu-west-1.c"], serviceNames: ["a.b.eu-west-1.c"] },
  "a prefix of one character": { prefixes: ["q"] },
  "repositories by their names": { repositoryArns: ["team/*"] },
  "repositories twice": { repositoryArns: [ARN, ARN] },
  "repositories of another region": { repositoryArns: [ARN.replace(REGION, "us-east-1")] },
  "repositories of another partition": { repositoryArns: [ARN.replace("arn:aws:", "arn:aws-cn:")] },
  "repositories beside full access": { repositoryArns: [ARN], fullAccess: true },
  "repositories beside a policy": { repositoryArns: [ARN], ecrEndpointPolicy: ALLOW },
  "repositories for nothing": { ...NO_INTERFACE, repositoryArns: [ARN] },
  "too many repositories": { repositoryArns: LONG_NAMES.map((name) => ARN.replace("team/*", name)) },
  "repositories for pushes by their names": { pushRepositoryArns: ["team/*"] },
  "repositories for pushes twice": { pushRepositoryArns: [ARN, ARN] },
  "repositories for pushes of another region": { pushRepositoryArns: [ARN.replace(REGION, "us-east-1")] },
  "repositories for pushes of another partition": { pushRepositoryArns: [ARN.replace("arn:aws:", "arn:aws-cn:")] },
  "repositories for pushes beside full access": { pushRepositoryArns: [ARN], fullAccess: true },
  "repositories for pushes beside a policy": { pushRepositoryArns: [ARN], ecrEndpointPolicy: ALLOW },
  "repositories for pushes for nothing": { ...NO_INTERFACE, pushRepositoryArns: [ARN] },
  "too many repositories for pushes": { pushRepositoryArns: LONG_NAMES.map((name) => ARN.replace("team/*", name)) },
  "too many repositories for both": {
    repositoryArns: LONG_NAMES.map((name) => ARN.replace("team/*", name)),
    pushRepositoryArns: [ARN],
  },
  "a bucket's ARN": { bucketNames: ["arn:aws:s3:::b"] },
  "a bucket's name of 2 characters": { bucketNames: ["ab"] },
  "a bucket named like an address": { bucketNames: ["192.168.5.4"] },
  "a bucket twice": { bucketNames: ["bucket", "bucket"] },
  "buckets beside full access": { bucketNames: ["bucket"], fullAccess: true },
  "buckets beside a policy": { bucketNames: ["bucket"], s3EndpointPolicy: ALLOW },
  "buckets for nothing": { bucketNames: ["bucket"], s3EndpointId: EXISTS },
  "too many buckets": { bucketNames: LONG_NAMES },
  "a policy beside full access": { ecrEndpointPolicy: ALLOW, fullAccess: true },
  "a policy for nothing": { ...NO_INTERFACE, ecrEndpointPolicy: ALLOW },
  "a policy of S3 beside full access": { s3EndpointPolicy: ALLOW, fullAccess: true },
  "a policy of S3 for nothing": { s3EndpointPolicy: ALLOW, s3EndpointId: EXISTS },
  "a policy that is no JSON": { ecrEndpointPolicy: "Allow all" },
  "a policy that is a list": { ecrEndpointPolicy: "[]" },
  "a policy without statements": { ecrEndpointPolicy: '{"Statement":[]}' },
  "a statement that is none": { ecrEndpointPolicy: '{"Statement":["Allow"]}' },
  "a statement in a list of lists": { ecrEndpointPolicy: `{"Statement":[[{}]]}` },
  "a policy that denies only": { ecrEndpointPolicy: ALLOW.replace("Allow", "Deny") },
  "a policy without a principal": { ecrEndpointPolicy: ALLOW.replace('"Principal":"*",', "") },
  "a policy of 20,481 characters": { ecrEndpointPolicy: longPolicy(20_481) },
  "a policy of S3 that is no JSON": { s3EndpointPolicy: "{" },
  "a policy of S3 that denies only": { s3EndpointPolicy: ALLOW.replace("Allow", "Deny") },
  "a policy of S3 without a principal": { s3EndpointPolicy: ALLOW.replace('"Principal":"*",', "") },
  "a policy of S3 of 20,481 characters": { s3EndpointPolicy: longPolicy(20_481) },
  "an endpoint of ecr.api by its name": { ecrApiEndpointId: "vpce-1" },
  "an endpoint of ecr.dkr by its name": { ecrDkrEndpointId: "vpce-1" },
  "an endpoint of S3 by its name": { s3EndpointId: "vpce-1" },
};

/** A VPC with two subnets in two zones, another in a zone again, a second VPC, and endpoints in the first. */
async function addNetwork(aws: LocalAws, region: string): Promise<Existing> {
  const scope = { accountId: ACCOUNT, region };
  aws.ec2.addVpc(scope, {
    vpcId: VPC,
    cidrBlock: "10.0.0.0/16",
    ipv6CidrBlock: "2001:db8:0:100::/56",
    enableDnsHostnames: true,
  });
  aws.ec2.addVpc(scope, { vpcId: OTHER_VPC, cidrBlock: "10.1.0.0/16", enableDnsHostnames: false });
  aws.ec2.addRouteTable(scope, { routeTableId: TABLES[0], vpcId: VPC });
  const routes = [{ destination: "0.0.0.0/0", target: "nat-0a1b2c3d4e5f60718" }];
  aws.ec2.addRouteTable(scope, { routeTableId: TABLES[1], vpcId: VPC, routes });
  aws.ec2.addRouteTable(scope, { routeTableId: OTHER_TABLE, vpcId: OTHER_VPC });
  const zones = [
    [SUBNETS[0], "a"],
    [SUBNETS[1], "b"],
    [SAME_ZONE, "a"],
  ] as const;
  for (const [number, [subnetId, zone]] of zones.entries()) {
    aws.ec2.addSubnet(scope, {
      subnetId,
      vpcId: VPC,
      availabilityZone: `${region}${zone}`,
      cidrBlock: `10.0.${number}.0/24`,
      ipv6CidrBlock: `2001:db8:0:10${number}::/64`,
      routeTableId: TABLES[0],
    });
  }
  aws.ec2.addSubnet(scope, {
    subnetId: OTHER_SUBNET,
    vpcId: OTHER_VPC,
    availabilityZone: `${region}c`,
    cidrBlock: "10.1.0.0/24",
    routeTableId: OTHER_TABLE,
  });
  const client = new EC2Client(clientConfig(aws, { region }));
  const create = async (IpAddressType: "ipv4" | "dualstack", service: string): Promise<string> => {
    const isGateway = service === "s3";
    const start = region === CHINA && !isGateway ? "cn.com.amazonaws" : "com.amazonaws";
    const command = new CreateVpcEndpointCommand({
      VpcId: VPC,
      ServiceName: `${start}.${region}.${service}`,
      VpcEndpointType: isGateway ? "Gateway" : "Interface",
      IpAddressType,
      ...(isGateway ? {} : { SubnetIds: [SUBNETS[0]], PrivateDnsEnabled: false }),
    });
    return (await client.send(command)).VpcEndpoint?.VpcEndpointId ?? "";
  };
  const all = async (type: "ipv4" | "dualstack"): Promise<{ readonly [service: string]: string }> => ({
    "ecr.api": await create(type, "ecr.api"),
    "ecr.dkr": await create(type, "ecr.dkr"),
    s3: await create(type, "s3"),
  });
  const existing = { ipv4: await all("ipv4"), dualstack: await all("dualstack") };
  client.destroy();
  return existing;
}

interface Told {
  readonly detail: string;
  readonly range?: { readonly filename: string };
}

/** Resources but those of the cache and of its role, which the module takes the prefixes of. */
function withoutCache(resources: readonly PlannedResource[]): PlannedResource[] {
  return resources.filter(({ type }) => !/^(aws_(ecr|iam)_|terraform_data$)/.test(type));
}

describeWithTerraform("the module registry-endpoints", () => {
  const aws = useLocalAws();
  const existing = new Map<string, Existing>();

  beforeAll(async () => {
    for (const region of [REGION, CHINA]) {
      existing.set(region, await addNetwork(aws, region));
    }
  });

  function subjectIn(region: string): Subject {
    return { module: MODULE, region, aws };
  }

  /** A folder with copies of the module and a configuration that calls them, where Terraform has been initialized. */
  async function calling(rest: object, copies: readonly string[] = [MODULE]): Promise<Workspace> {
    const workspace = new Workspace({ ...configuration(), provider: { aws: { region: REGION } } }, aws.environment());
    for (const copy of copies) {
      fs.cpSync(path.join(PROJECT_ROOT, "modules", MODULE), path.join(workspace.folder, copy), { recursive: true });
    }
    workspace.write("calls.tf.json", JSON.stringify(rest));
    await workspace.init();
    return workspace;
  }

  test.each([
    [REGION, 36],
    [CHINA, 10],
  ])(
    "in %s it plans the resources of the construct with the same arguments, for declarations of all kinds",
    async (region, numRuns) => {
      const kinds = declarationsIn(region, existing.get(region) as Existing);
      const declarations = fc.sample(kinds, { numRuns, seed: 20_26 });
      const pairs = await planBoth(subjectIn(region), declarations.map(bothForms));
      for (const [index, { construct, module }] of pairs.entries()) {
        const declaration = declarations[index];
        expect({ declaration, made: module }).toEqual({ declaration, made: withoutCache(construct) });
      }
      const types = pairs.flatMap(({ module }) => module.map(({ type }) => type));
      expect(new Set(types)).toEqual(
        new Set([
          "aws_security_group",
          "aws_vpc_endpoint",
          "aws_vpc_endpoint_route_table_association",
          "aws_vpc_security_group_ingress_rule",
        ]),
      );
      expect(types.length).toBeGreaterThan(numRuns * 5);
    },
  );

  test("fails on the declarations on which the construct fails, by the same rules", async () => {
    const names = Object.keys(BAD);
    const declarations = Object.values(BAD).map((bad) => bothForms({ ...MINIMAL, ...bad }));
    const refusals = await refuseBoth(subjectIn(REGION), declarations);
    const named = (side: "construct" | "module"): object =>
      Object.fromEntries(refusals.map((refusal, index) => [names[index] ?? "", inCommonWords(refusal[side])] as const));
    expect(named("module")).toEqual(named("construct"));
  });

  test("reads blocks of addresses as the construct does, in every spelling", async () => {
    const octet = fc.constantFrom("0", "0", "0", "10", "128", "255", "256", "010");
    const ipv4 = fc.array(octet, { minLength: 4, maxLength: 5 }).map((octets) => octets.join("."));
    const group = fc.oneof(
      fc.constantFrom("0", "", "ffff", "DB8", "0db8", "00001"),
      fc.nat(0xffff).map((number) => number.toString(16)),
    );
    const groups = fc.array(group, { minLength: 2, maxLength: 9 }).map((all) => all.join(":"));
    const ipv6 = fc.oneof(
      groups,
      fc.tuple(groups, fc.constantFrom("::", "::", "::1", "::%eth0", "::\n")).map((parts) => parts.join("")),
      fc
        .tuple(fc.constantFrom("::", "::ffff:", "::FFFF:", "1::", "0:0:0:0:0:ffff:"), ipv4)
        .map((parts) => parts.join("")),
    );
    const lengths = ["0", "8", "16", "25", "32", "33", "48", "104", "112", "128", "128", "129", "08", ""];
    const block = fc.tuple(fc.oneof(ipv4, ipv6), fc.constantFrom(...lengths)).map((parts) => parts.join("/"));
    const texts = ["10.0.0.0/8", "::/0", ...fc.sample(block, { numRuns: 4000, seed: 20_26 })];
    const read = (version: 4 | 6): string =>
      `[for block in local.texts : ${isBlock(version, "block")} ? ${canonicalBlock(version, "block")} : "" ]`;
    const workspace = new Workspace({
      locals: { texts: texts.map((text) => text.replace(/%\{/g, "%%{")) },
      output: { read: { value: { 4: expression(read(4)), 6: expression(read(6)) } } },
    });
    await workspace.apply();
    const { value } = (
      JSON.parse(await workspace.run(["output", "-json"])) as { read: { value: { 4: string[]; 6: string[] } } }
    ).read;
    const expected = (version: 4 | 6): string[] =>
      texts.map((text) => {
        const cidr = parseCidr(text);
        return cidr?.version === version ? cidr.text : "";
      });
    for (const version of [4, 6] as const) {
      expect(value[version].map((found, index) => [texts[index], found])).toEqual(
        expected(version).map((found, index) => [texts[index], found]),
      );
      expect(expected(version).filter((found) => found !== "").length).toBeGreaterThan(50);
    }
  });

  /** What a plan of several calls says of each, by the names of the calls, each of which has a copy of the module. */
  async function toldOf(calls: { readonly [name: string]: Given }): Promise<{ readonly [name: string]: string[] }> {
    const module = Object.fromEntries(
      Object.entries(calls).map(([name, given]) => [
        name,
        { source: `./${name}`, ...inputsOf({ ...MINIMAL, ...given }) },
      ]),
    );
    const workspace = await calling({ module }, Object.keys(calls));
    const { output } = await workspace.try(["plan", "-input=false", "-json"]);
    const told = output
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => (JSON.parse(line) as { readonly diagnostic?: Told }).diagnostic);
    const toldOfCall = (name: string): string[] =>
      told.flatMap((one) => (one?.range?.filename.startsWith(`${name}/`) === true ? [one.detail] : []));
    return Object.fromEntries(Object.keys(calls).map((name) => [name, toldOfCall(name).sort()]));
  }

  test("fails on a network that AWS would refuse, or that no client could use", async () => {
    const { ipv4 } = existing.get(REGION) as Existing;
    const [api = "", dkr = "", s3 = ""] = ["ecr.api", "ecr.dkr", "s3"].map((service) => ipv4[service]);
    const dual: Given = { dualStack: true, clientIpv6Cidrs: ["2001:db8::/56"] };
    const service = `com.amazonaws.${REGION}`;
    const expected: { readonly [name: string]: readonly [Given, string[]] } = {
      good: [{ subnetIds: [SUBNETS[0], SUBNETS[1]], routeTableIds: [TABLES[1]] }, []],
      no_hostnames: [
        { vpcId: OTHER_VPC, subnetIds: [OTHER_SUBNET], routeTableIds: [OTHER_TABLE] },
        [
          `The VPC ${OTHER_VPC} must have DNS support and DNS hostnames enabled; otherwise the names of AWS services do not resolve to its endpoints.`,
        ],
      ],
      other_subnet: [
        { subnetIds: [SUBNETS[0], OTHER_SUBNET] },
        [`The subnet ${OTHER_SUBNET} must be in the VPC ${VPC}.`],
      ],
      same_zone: [
        { subnetIds: [SUBNETS[0], SUBNETS[1], SAME_ZONE], routeTableIds: [TABLES[1]] },
        [
          `The subnet ${SAME_ZONE} must be in another availability zone than the subnets before it: an endpoint has at most one subnet per zone.`,
        ],
      ],
      no_ipv6: [
        { ...dual, vpcId: OTHER_VPC, subnetIds: [OTHER_SUBNET], routeTableIds: [OTHER_TABLE] },
        [
          `The VPC ${OTHER_VPC} must have DNS support and DNS hostnames enabled; otherwise the names of AWS services do not resolve to its endpoints.`,
          `The subnet ${OTHER_SUBNET} must have an IPv6 block for dual-stack endpoints.`,
        ],
      ],
      other_table: [{ routeTableIds: [OTHER_TABLE] }, [`The route table ${OTHER_TABLE} must be in the VPC ${VPC}.`]],
      mixed_up: [
        { ecrApiEndpointId: dkr, ecrDkrEndpointId: s3, subnetIds: undefined, clientCidrs: undefined },
        [
          `The endpoint ${dkr} must be an endpoint of the service ${service}.ecr.api.`,
          `The endpoint ${s3} must be an endpoint of the service ${service}.ecr.dkr.`,
        ],
      ],
      no_gateway: [
        { s3EndpointId: api },
        [
          `The endpoint ${api} must be an endpoint of the service ${service}.s3.`,
          `The endpoint ${api} must be a gateway endpoint.`,
        ],
      ],
      gateway_elsewhere: [
        {
          vpcId: OTHER_VPC,
          s3EndpointId: s3,
          subnetIds: [OTHER_SUBNET],
          routeTableIds: undefined,
        },
        [
          `The VPC ${OTHER_VPC} must have DNS support and DNS hostnames enabled; otherwise the names of AWS services do not resolve to its endpoints.`,
          `The endpoint ${s3} must be in the VPC ${OTHER_VPC}.`,
        ],
      ],
      ipv4_only: [
        { ...dual, ecrApiEndpointId: api, s3EndpointId: s3 },
        [
          `The endpoint ${api} must be dual-stack, like the endpoints that are created.`,
          `The endpoint ${s3} must be dual-stack, like the endpoints that are created.`,
        ],
      ],
    };
    const calls = Object.entries(expected).map(([name, [given]]) => [name, { firstPull: "PREWARMED", ...given }]);
    const told = await toldOf(Object.fromEntries(calls) as { readonly [name: string]: Given });
    for (const [name, [, messages]] of Object.entries(expected)) {
      expect([name, told[name]]).toEqual([name, [...messages].sort()]);
    }
  });

  test("warns of route tables without a default route, of endpoints that clients will not use, and of wide blocks", async () => {
    const { ipv4 } = existing.get(REGION) as Existing;
    const told = await toldOf({
      good: { routeTableIds: [TABLES[1]] },
      warmed: { firstPull: "PREWARMED" },
      no_route: { routeTableIds: [...TABLES] },
      not_used: { ecrApiEndpointId: ipv4["ecr.api"], firstPull: "PREWARMED" },
      wide: { clientCidrs: ["10.0.0.0/8", "8.0.0.0/7"], firstPull: "PREWARMED" },
    });
    expect(told).toEqual({
      good: [],
      warmed: [],
      no_route: [
        `With \`first_pull\` set to INTERNET_ROUTE, the clients' route tables need a default route, and these have none: ${TABLES[0]}. Without a default route the first pull of an image hangs.`,
      ],
      not_used: [
        `The endpoint ${ipv4["ecr.api"] ?? ""} is in another VPC than ${VPC} or has no private DNS: clients in the VPC will not use it unless your own DNS resolves the service name to it.`,
      ],
      wide: [
        `8.0.0.0/7 in the clients' blocks is wider than /8, the widest block of a private network: give the blocks of the clients' VPC.\nIf this is meant, add "wide-client-cidr" to acknowledged_warnings.`,
      ],
    });
  });

  test("accepts IDs that are known after apply, and an element added to a map changes no other resource", async () => {
    const ids = {
      vpc: VPC,
      subnet: SUBNETS[0],
      table: TABLES[1],
      policy: ALLOW,
      arn: `arn:aws:ecr:${REGION}:602401143452:repository/eks/*`,
    };
    const later = (name: keyof typeof ids): string => `\${terraform_data.id["${name}"].output}`;
    const inputs = {
      source: `./${MODULE}`,
      vpc_id: later("vpc"),
      subnet_ids: [later("subnet")],
      route_table_ids: { nat: later("table") },
      client_security_group_ids: { clients: "${aws_security_group.clients.id}" },
      first_pull: "INTERNET_ROUTE",
      services: ["logs"],
      prefixes: ["ecr-public"],
      repository_arns: [later("arn")],
      s3_endpoint_policy: later("policy"),
    };
    const call = (more: object): string =>
      JSON.stringify({
        resource: {
          terraform_data: { id: { for_each: ids, input: "${each.value}" } },
          aws_security_group: { clients: { name_prefix: "clients-", vpc_id: VPC } },
        },
        module: { endpoints: { ...inputs, ...more } },
        output: { uris: { value: "${module.endpoints.repository_uris}" } },
      });
    const workspace = await calling(JSON.parse(call({})) as object);
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    workspace.write(
      "calls.tf.json",
      call({
        client_cidrs: { all: "10.0.0.0/8" },
        route_table_ids: { another: TABLES[0], nat: later("table") },
        services: ["kms", "logs"],
      }),
    );
    expect(await workspace.changes()).toEqual({
      'module.endpoints.aws_vpc_endpoint.service["kms"]': "create",
      'module.endpoints.aws_vpc_endpoint_route_table_association.s3["another"]': "create",
      'module.endpoints.aws_vpc_security_group_ingress_rule.cidr["all"]': "create",
    });
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    await workspace.destroy();
  });
});
