import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { App, Lazy, TerraformStack, TerraformVariable, Token } from "cdktf";
import {
  EndpointService,
  CacheWarmer,
  FirstPull,
  PullThroughCache,
  PullThroughCacheFleet,
  RegistryEndpoints,
  StateBackend,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { RegistryEndpointsProps } from "cdktf-ecr-pull-through-cache";
import { addresses, blocks, messageOf, only, stackIn, synthesized, testApp, warnings } from "../support/synthesis";
import type { Block, TerraformJson } from "../support/synthesis";

const ACCOUNT = "111122223333";
const VPC = "vpc-0a1b2c3d4e5f60718";
const SUBNETS = ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"];
const TABLE = "rtb-0a1b2c3d4e5f60718";
const GROUP = "sg-0a1b2c3d4e5f60718";
const ENDPOINTS = ["vpce-0a1b2c3d4e5f6071a", "vpce-0a1b2c3d4e5f6071b", "vpce-0a1b2c3d4e5f6071c"] as const;

const MINIMAL: RegistryEndpointsProps = {
  vpcId: VPC,
  subnetIds: SUBNETS,
  routeTableIds: [TABLE],
  clientCidrs: ["10.0.0.0/16"],
  firstPull: FirstPull.INTERNET_ROUTE,
};

/** Where no interface endpoint is made. */
const SHARED: RegistryEndpointsProps = { ...MINIMAL, subnetIds: undefined, clientCidrs: undefined };

/** A stack with a cache and the endpoints beside it. */
function stackWith(props: Partial<RegistryEndpointsProps> = {}, region = "eu-west-1"): TerraformStack {
  const stack = stackIn(region);
  new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, ...props });
  return stack;
}

function faultOf(props: Partial<RegistryEndpointsProps>): string {
  return messageOf(() => stackWith(props)).replace(/^stack\/endpoints: /, "");
}

function endpoint(json: TerraformJson, service: string): Block {
  const found = blocks(json, "aws_vpc_endpoint").filter(({ service_name: name }) =>
    String(name).endsWith(`.${service}`),
  );
  expect(found).toHaveLength(1);
  return found[0] ?? {};
}

function policyOf(block: Block): unknown {
  return JSON.parse(String(block["policy"]));
}

const PULLS = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
  "ecr:BatchImportUpstreamImage",
  "ecr:CreateRepository",
];

test("the smallest endpoints are two of ECR, one of S3, and a group that admits one block of clients", () => {
  const json = synthesized(stackWith());
  const ofEcr = {
    depends_on: ["aws_vpc_security_group_ingress_rule.endpoints_client-10_2e0_2e0_2e0_2f16_CDDF309E"],
    dns_options: { dns_record_ip_type: "ipv4" },
    ip_address_type: "ipv4",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: "*", Action: "ecr:GetAuthorizationToken", Resource: "*" },
        {
          Effect: "Allow",
          Principal: "*",
          Action: PULLS,
          Resource: [`arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/ecr-public/*`],
        },
      ],
    }),
    private_dns_enabled: true,
    security_group_ids: ["${aws_security_group.endpoints_security-group_FB955AEE.id}"],
    subnet_ids: SUBNETS,
    vpc_endpoint_type: "Interface",
    vpc_id: VPC,
  };
  expect(json.resource?.["aws_vpc_endpoint"]).toEqual({
    "endpoints_ecr-api_7E5A1F17": { ...ofEcr, service_name: "com.amazonaws.eu-west-1.ecr.api" },
    "endpoints_ecr-dkr_13D062EC": { ...ofEcr, service_name: "com.amazonaws.eu-west-1.ecr.dkr" },
    endpoints_s3_6279BB42: {
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
          },
        ],
      }),
      service_name: "com.amazonaws.eu-west-1.s3",
      vpc_endpoint_type: "Gateway",
      vpc_id: VPC,
    },
  });
  expect(only(json, "aws_vpc_endpoint_route_table_association")).toEqual({
    route_table_id: TABLE,
    vpc_endpoint_id: "${aws_vpc_endpoint.endpoints_s3_6279BB42.id}",
  });
  expect(only(json, "aws_security_group")).toEqual({
    description: "Clients of the endpoints of Amazon ECR in a VPC",
    name_prefix: "ecr-endpoints-",
    vpc_id: VPC,
  });
  expect(only(json, "aws_vpc_security_group_ingress_rule")).toEqual({
    cidr_ipv4: "10.0.0.0/16",
    description: "HTTPS from 10.0.0.0/16",
    from_port: 443,
    ip_protocol: "tcp",
    security_group_id: "${aws_security_group.endpoints_security-group_FB955AEE.id}",
    to_port: 443,
  });
  expect(json.terraform?.["required_version"]).toBe(">= 1.5.0");
});

test("the address of every kind of resource stays what it was: changing one destroys people's resources", () => {
  const stack = stackWith({
    clientCidrs: ["10.0.0.0/16"],
    clientIpv6Cidrs: ["2001:db8::/56"],
    clientSecurityGroupIds: [GROUP],
    dualStack: true,
    services: [EndpointService.CLOUDWATCH_LOGS, EndpointService.named("kinesis-streams")],
  });
  new RegistryEndpoints(stack, "others", {
    ...MINIMAL,
    vpcId: "vpc-0b1b2c3d4e5f60718",
    ecrApiEndpointId: ENDPOINTS[0],
    s3EndpointId: ENDPOINTS[2],
  });
  expect(addresses(synthesized(stack)).filter((address) => !/^(aws_ecr|terraform_data\.cache_)/.test(address))).toEqual(
    [
      "aws_security_group.endpoints_security-group_FB955AEE",
      "aws_security_group.others_security-group_BBB84270",
      "aws_vpc_endpoint.endpoints_ecr-api_7E5A1F17",
      "aws_vpc_endpoint.endpoints_ecr-dkr_13D062EC",
      "aws_vpc_endpoint.endpoints_s3_6279BB42",
      "aws_vpc_endpoint.endpoints_service-kinesis-streams_AF4C3A77",
      "aws_vpc_endpoint.endpoints_service-logs_B5A5D251",
      "aws_vpc_endpoint.others_ecr-dkr_64DEA148",
      "aws_vpc_endpoint_route_table_association.endpoints_s3-rtb-0a1b2c3d4e5f60718_319A1532",
      "aws_vpc_endpoint_route_table_association.others_s3-rtb-0a1b2c3d4e5f60718_BDC56B75",
      "aws_vpc_security_group_ingress_rule.endpoints_client-10_2e0_2e0_2e0_2f16_CDDF309E",
      "aws_vpc_security_group_ingress_rule.endpoints_client-2001_3adb8_3a_3a_2f56_CFD8FA54",
      "aws_vpc_security_group_ingress_rule.endpoints_client-sg-0a1b2c3d4e5f60718_2FB7E2CB",
      "aws_vpc_security_group_ingress_rule.others_client-10_2e0_2e0_2e0_2f16_888B0E0F",
      "data.aws_route_table.endpoints_route-table-rtb-0a1b2c3d4e5f60718_794BD579",
      "data.aws_route_table.others_route-table-rtb-0a1b2c3d4e5f60718_9B0460A9",
      "data.aws_subnet.endpoints_subnet-0a1b2c3d4e5f6071a_B36E58C3",
      "data.aws_subnet.endpoints_subnet-0a1b2c3d4e5f6071b_8C8032F5",
      "data.aws_subnet.others_subnet-0a1b2c3d4e5f6071a_F26A8B3B",
      "data.aws_subnet.others_subnet-0a1b2c3d4e5f6071b_1EB17174",
      "data.aws_vpc.endpoints_vpc_526B0DEA",
      "data.aws_vpc.others_vpc_131AC81E",
      "data.aws_vpc_endpoint.others_existing-ecr-api_29442673",
      "data.aws_vpc_endpoint.others_existing-s3_D58FDA9E",
    ],
  );
});

test("a plan fails on a network of literal IDs that AWS would refuse, or that no client could use", () => {
  const json = synthesized(stackWith({ dualStack: true, clientSecurityGroupIds: [GROUP] }));
  const conditions = (type: string): unknown[] =>
    blocks(json, type).flatMap(({ lifecycle }) =>
      (lifecycle as { postcondition: { condition: string }[] }).postcondition.map(({ condition }) => condition),
    );
  expect(conditions("aws_vpc")).toEqual(["${self.enable_dns_support && self.enable_dns_hostnames}"]);
  expect(conditions("aws_subnet")).toEqual([
    `\${self.vpc_id == "${VPC}"}`,
    '${self.ipv6_cidr_block != ""}',
    `\${self.vpc_id == "${VPC}"}`,
    "${!contains([data.aws_subnet.endpoints_subnet-0a1b2c3d4e5f6071a_B36E58C3.availability_zone], self.availability_zone)}",
    '${self.ipv6_cidr_block != ""}',
  ]);
  expect(conditions("aws_route_table")).toEqual([`\${self.vpc_id == "${VPC}"}`]);
});

test("a list of literal IDs and tokens has its literals looked up", () => {
  const json = synthesized(
    stackWith({ subnetIds: [SUBNETS[0] ?? "", "${var.subnet}"], routeTableIds: [TABLE, "${var.table}"] }),
  );
  expect(blocks(json, "aws_subnet").map(({ id }) => id)).toEqual([SUBNETS[0]]);
  expect(blocks(json, "aws_route_table").map(({ route_table_id }) => route_table_id)).toEqual([TABLE]);
});

test("IDs that are tokens are not looked up, and their resources have ids of their own", () => {
  const stack = stackIn("eu-west-1");
  const text = (name: string): string => new TerraformVariable(stack, name, { type: "string" }).stringValue;
  new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  new RegistryEndpoints(stack, "endpoints", {
    vpcId: text("vpc"),
    subnetIds: [text("a"), text("b")],
    routeTableIds: [text("table")],
    clientCidrs: [text("cidr")],
    clientSecurityGroupIds: [text("group")],
    s3EndpointId: text("s3"),
    firstPull: FirstPull.INTERNET_ROUTE,
  });
  const json = synthesized(stack);
  expect(json.data).toBeUndefined();
  expect(addresses(json).filter((address) => /ingress|association/.test(address))).toEqual([
    "aws_vpc_endpoint_route_table_association.endpoints_s3-var_2etable_0AD87C14",
    "aws_vpc_security_group_ingress_rule.endpoints_client-var_2ecidr_E7B87E19",
    "aws_vpc_security_group_ingress_rule.endpoints_client-var_2egroup_FB375214",
  ]);
});

test("fails for a list that is a token where its elements become resources, and passes other such lists on", () => {
  const list = (name: string): string[] => Token.asList(`\${module.network.${name}}`);
  const json = synthesized(stackWith({ subnetIds: list("subnets"), routeTableIds: list("tables") }));
  expect(endpoint(json, "ecr.api")["subnet_ids"]).toBe("${module.network.subnets}");
  expect(endpoint(json, "s3")["route_table_ids"]).toBe("${module.network.tables}");
  expect(addresses(json).filter((address) => /^data\.aws_(subnet|route_table)/.test(address))).toEqual([]);
  const hint = "give an array, whose elements may be tokens";
  for (const props of [
    { clientCidrs: list("cidrs") },
    { clientSecurityGroupIds: list("groups") },
    { routeTableIds: list("tables"), s3EndpointId: ENDPOINTS[2] },
  ]) {
    expect(faultOf(props)).toBe(
      `\`${Object.keys(props)[0] ?? ""}\` must be a list whose length is known at synth, got a token; ${hint}`,
    );
  }
});

test("an element keeps its address wherever it stands in its list, whatever it is", () => {
  const of = (order: readonly number[]): string[] => {
    const stack = stackIn("eu-west-1");
    new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
    const groups = [0, 1, 2].map((index) => new SecurityGroup(stack, `clients-${index}`).id);
    const lazy = ["a", "b"].map((name) => Lazy.stringValue({ produce: () => (order.length === 9 ? name : undefined) }));
    new RegistryEndpoints(stack, "endpoints", {
      ...MINIMAL,
      clientCidrs: lazy,
      clientSecurityGroupIds: order.map((index) => groups[index] ?? ""),
    });
    const rules = synthesized(stack).resource?.["aws_vpc_security_group_ingress_rule"] ?? {};
    return Object.entries(rules).map(([name, rule]) => `${name} ${String(rule["referenced_security_group_id"])}`);
  };
  const all = of([0, 1, 2]);
  expect(all).toHaveLength(5);
  expect(of([2, 1, 0]).sort()).toEqual([...all].sort());
  expect(all).toEqual(expect.arrayContaining(of([2, 1])));
});

test("groups of several stacks with the same address in their stacks are all admitted", () => {
  const stack = stackIn("eu-west-1");
  new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  const groups = ["a", "b"].map((id) => {
    const other = new TerraformStack(App.of(stack), id);
    new AwsProvider(other, "aws", { region: "eu-west-1" });
    return new SecurityGroup(other, "clients").id;
  });
  new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, clientCidrs: undefined, clientSecurityGroupIds: groups });
  expect(blocks(synthesized(stack), "aws_vpc_security_group_ingress_rule")).toHaveLength(2);
});

test("fails for an element that is given twice by tokens, or by a token and a text", () => {
  const stack = stackIn("eu-west-1");
  new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  const group = new SecurityGroup(stack, "clients");
  const create = (clientSecurityGroupIds: string[]) => () =>
    new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, clientSecurityGroupIds });
  expect(messageOf(create([group.id, group.id]))).toBe(
    'stack/endpoints: `clientSecurityGroupIds[1]` must be given once, got "aws_security_group.clients.id"; leave out the second one',
  );
  expect(messageOf(create([Lazy.stringValue({ produce: () => GROUP }), GROUP]))).toBe(
    `stack/endpoints: \`clientSecurityGroupIds[1]\` must be given once, got "${GROUP}"; leave out the second one`,
  );
  expect(stack.node.tryFindChild("endpoints")).toBeUndefined();
});

test("fails for a route table that two sets of endpoints add to one endpoint", () => {
  const stack = stackWith();
  const { ecrApiEndpointId, ecrDkrEndpointId, s3EndpointId } = stack.node.findChild("endpoints") as RegistryEndpoints;
  new RegistryEndpoints(stack, "again", { ...SHARED, ecrApiEndpointId, ecrDkrEndpointId, s3EndpointId });
  expect(messageOf(() => App.of(stack).synth())).toContain(
    `[stack/again] \`routeTableIds\` must contain a route table once for each endpoint, got ["stack/endpoints/s3-${TABLE}","stack/again/s3-${TABLE}"]; leave the table out of one of the two`,
  );
});

test("one registry has one host, also for several caches of an account that Terraform looks up", () => {
  const stack = stackIn("eu-west-1");
  new PullThroughCache(stack, "one", { upstreams: [Upstream.ecrPublic()] });
  new PullThroughCache(stack, "two", { upstreams: [Upstream.quay()] });
  const endpoints = new RegistryEndpoints(stack, "endpoints", MINIMAL);
  expect(endpoints.repositoryUri("quay", "a/b").endsWith("/quay/a/b")).toBe(true);
  expect(endpoints.registryUri).toMatch(/\.dkr\.ecr\.eu-west-1\.amazonaws\.com$/);
});

test("what may be pulled grows with the cache, and the policy of a cache for everything is for everything", () => {
  const stack = stackIn("eu-west-1");
  const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  new RegistryEndpoints(stack, "endpoints", MINIMAL);
  const resources = (): unknown => policyOf(endpoint(synthesized(stack), "ecr.dkr"));
  cache.addUpstream(Upstream.quay());
  const registry = `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository`;
  expect(resources()).toHaveProperty("Statement.1.Resource", [`${registry}/ecr-public/*`, `${registry}/quay/*`]);
  cache.addUpstream(Upstream.kubernetes({ prefix: "ROOT" }));
  expect(resources()).toHaveProperty("Statement.1.Resource", [`${registry}/*`]);
});

test("the policies allow pulls of named repositories, and named buckets, beside the cache and the layers", () => {
  const own = "arn:aws:ecr:eu-west-1:602401143452:repository/eks/*";
  const json = synthesized(stackWith({ repositoryArns: [own], bucketNames: ["artifacts", "al2023-repos-*"] }));
  expect(policyOf(endpoint(json, "ecr.api"))).toHaveProperty("Statement.2", {
    Effect: "Allow",
    Principal: "*",
    Action: PULLS.slice(0, 3),
    Resource: [own],
  });
  expect(policyOf(endpoint(json, "s3"))).toHaveProperty("Statement.1", {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:*",
    Resource: [
      "arn:aws:s3:::artifacts",
      "arn:aws:s3:::artifacts/*",
      "arn:aws:s3:::al2023-repos-*",
      "arn:aws:s3:::al2023-repos-*/*",
    ],
  });
});

test("the policies allow pushes to the repositories that are named for them, also to one of the same stack", () => {
  const json = synthesized(
    stackWith({ pushRepositoryArns: ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*", "${var.arn}"] }),
  );
  for (const service of ["ecr.api", "ecr.dkr"]) {
    const { Statement } = policyOf(endpoint(json, service)) as { readonly Statement: unknown[] };
    expect(Statement).toHaveLength(3);
    expect(Statement[2]).toEqual({
      Effect: "Allow",
      Principal: "*",
      Action: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      Resource: ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*", "${var.arn}"],
    });
  }
});

test("an empty list of repositories, buckets or services is the same as none", () => {
  expect(synthesized(stackWith({ repositoryArns: [], pushRepositoryArns: [], bucketNames: [], services: [] }))).toEqual(
    synthesized(stackWith()),
  );
});

test("a service of ECR may be given by its whole name where its endpoint exists", () => {
  const service = EndpointService.fromServiceName("com.amazonaws.eu-west-1.ecr.api");
  const stack = stackWith({ ecrApiEndpointId: ENDPOINTS[0], services: [service] });
  expect(endpoint(synthesized(stack), "ecr.api")).toMatchObject({ vpc_endpoint_type: "Interface" });
});

test("changing the returned list of dependables changes nothing", () => {
  const endpoints = stackWith().node.findChild("endpoints") as RegistryEndpoints;
  expect(endpoints.dependables.splice(0)).toHaveLength(4);
  expect(endpoints.dependables).toHaveLength(4);
});

test("a cache may come later where no policy is generated from it", () => {
  const stack = stackWith({ fullAccess: true });
  new PullThroughCache(stack, "late", { accountId: ACCOUNT, upstreams: [Upstream.quay()] });
  expect(() => App.of(stack).synth()).not.toThrow();
});

test("full access is a written policy, since AWS keeps the former policy when none is given", () => {
  const json = synthesized(stackWith({ fullAccess: true }));
  for (const service of ["ecr.api", "ecr.dkr", "s3"]) {
    expect(policyOf(endpoint(json, service))).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
    });
  }
});

test("policies of the caller replace the generated ones, with AWS's policy variables unchanged", () => {
  const policy = JSON.stringify({
    Statement: { Effect: "Allow", Principal: "*", Action: "*", Resource: "arn:aws:s3:::${aws:PrincipalTag/team}/*" },
  });
  const json = synthesized(stackWith({ ecrEndpointPolicy: policy, s3EndpointPolicy: policy }));
  for (const service of ["ecr.api", "ecr.dkr", "s3"]) {
    expect(endpoint(json, service)["policy"]).toBe(policy.replace("${", () => "$${"));
  }
});

test("other services get an endpoint with private DNS in the same subnets and group, and no policy", () => {
  const json = synthesized(stackWith({ services: [EndpointService.CLOUDWATCH_LOGS] }));
  const { policy, ...ofEcr } = endpoint(json, "ecr.api");
  expect(endpoint(json, "logs")).toEqual({ ...ofEcr, service_name: "com.amazonaws.eu-west-1.logs" });
  expect(policy).toBeDefined();
});

test.each([
  ["eu-west-1", "com.amazonaws.eu-west-1.ecr.api", "com.amazonaws.eu-west-1.sts", "arn:aws:"],
  ["us-gov-west-1", "com.amazonaws.us-gov-west-1.ecr.api", "com.amazonaws.us-gov-west-1.sts", "arn:aws-us-gov:"],
  ["cn-north-1", "cn.com.amazonaws.cn-north-1.ecr.api", "cn.com.amazonaws.cn-north-1.sts", "arn:aws-cn:"],
  ["us-iso-east-1", "gov.ic.c2s.us-iso-east-1.ecr.api", "gov.ic.c2s.us-iso-east-1.sts", "arn:aws-iso:"],
  ["us-isob-east-1", "gov.sgov.sc2s.us-isob-east-1.ecr.api", "gov.sgov.sc2s.us-isob-east-1.sts", "arn:aws-iso-b:"],
  ["eu-isoe-west-1", "uk.adc-e.cloud.eu-isoe-west-1.ecr.api", "uk.adc-e.cloud.eu-isoe-west-1.sts", "arn:aws-iso-e:"],
  ["us-isof-south-1", "gov.ic.hci.csp.us-isof-south-1.ecr.api", "gov.ic.hci.csp.us-isof-south-1.sts", "arn:aws-iso-f:"],
  ["eusc-de-east-1", "eu.amazonaws.eusc-de-east-1.ecr.api", "eu.amazonaws.eusc-de-east-1.sts", "arn:aws-eusc:"],
])("in %s endpoint services are named as AWS names them there", (region, ecr, sts, arn) => {
  const services = [EndpointService.STS, EndpointService.CLOUDWATCH_LOGS, EndpointService.named("eks")];
  const json = synthesized(stackWith({ services }, region));
  expect(endpoint(json, "ecr.api")).toMatchObject({ service_name: ecr });
  expect(endpoint(json, "ecr.dkr")).toMatchObject({ service_name: ecr.replace(/api$/, "dkr") });
  expect(endpoint(json, "sts")).toMatchObject({ service_name: sts });
  expect(endpoint(json, "eks")).toMatchObject({ service_name: sts.replace(/sts$/, "eks") });
  expect(endpoint(json, "logs")).toMatchObject({ service_name: `com.amazonaws.${region}.logs` });
  expect(endpoint(json, "s3")).toMatchObject({ service_name: `com.amazonaws.${region}.s3` });
  expect(endpoint(json, "s3")["policy"]).toContain(`${arn}s3:::prod-${region}-starport-layer-bucket/*`);
  expect(endpoint(json, "ecr.api")["policy"]).toContain(`${arn}ecr:${region}:${ACCOUNT}:repository/ecr-public/*`);
});

test("the names of services are expressions if only Terraform knows the region", () => {
  const stack = stackIn(undefined);
  new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
  new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, services: [EndpointService.EC2] });
  const json = synthesized(stack);
  const region = "${data.aws_region.aws-lookup_region_0A228083.id}";
  const prefix = "${data.aws_partition.aws-lookup_partition_7147F8A7.reverse_dns_prefix}";
  expect(endpoint(json, "ecr.api")["service_name"]).toBe(`${prefix}.${region}.ecr.api`);
  expect(endpoint(json, "ec2")["service_name"]).toBe(`${prefix}.${region}.ec2`);
  expect(endpoint(json, "s3")["service_name"]).toBe(`com.amazonaws.${region}.s3`);
  expect(endpoint(json, "ecr.dkr")["policy"]).toContain(
    "arn:${data.aws_partition.aws-lookup_partition_7147F8A7.partition}:ecr:${data.aws_region.aws-lookup_region_0A228083.id}:${data.aws_caller_identity.aws-lookup_caller-identity_82AEBEF1.account_id}:repository/ecr-public/*",
  );
});

test("dual-stack is one option for endpoints, S3, clients and URIs", () => {
  const stack = stackIn("eu-west-1");
  const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  const endpoints = new RegistryEndpoints(stack, "endpoints", {
    ...MINIMAL,
    clientIpv6Cidrs: ["2001:DB8:0::/56"],
    dualStack: true,
  });
  const json = synthesized(stack);
  const dual = { ip_address_type: "dualstack", dns_options: { dns_record_ip_type: "dualstack" } };
  expect(endpoint(json, "ecr.api")).toMatchObject(dual);
  expect(endpoint(json, "ecr.dkr")).toMatchObject(dual);
  expect(endpoint(json, "s3")).toMatchObject({ ip_address_type: "dualstack" });
  expect(blocks(json, "aws_vpc_security_group_ingress_rule")).toEqual([
    expect.objectContaining({ cidr_ipv4: "10.0.0.0/16" }),
    expect.objectContaining({ cidr_ipv6: "2001:db8::/56", description: "HTTPS from 2001:db8::/56" }),
  ]);
  expect(endpoints.registryUri).toBe(`${ACCOUNT}.dkr-ecr.eu-west-1.on.aws`);
  expect(endpoints.repositoryUri("ecr-public", "elastio/agent")).toBe(
    `${ACCOUNT}.dkr-ecr.eu-west-1.on.aws/ecr-public/elastio/agent`,
  );
  expect(cache.registryUri).toBe(`${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`);
});

test("in China the host for both IPv4 and IPv6 has a name of its own, and elsewhere AWS documents none", () => {
  const stack = stackWith({ dualStack: true, clientSecurityGroupIds: [GROUP] }, "cn-north-1");
  const endpoints = stack.node.findChild("endpoints") as RegistryEndpoints;
  expect(endpoints.registryUri).toBe(`${ACCOUNT}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn`);
  const props = { dualStack: true, clientSecurityGroupIds: [GROUP] };
  expect(messageOf(() => stackWith(props, "us-iso-east-1"))).toBe(
    'stack/endpoints: `dualStack` must be false where AWS documents no dual-stack host of Amazon ECR, got "aws-iso"; leave it out, or give the provider a literal region in another partition',
  );
});

test("existing endpoints are used, only missing ones are created, and another construct can use their IDs", () => {
  const stack = stackIn("eu-west-1");
  new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  const first = new RegistryEndpoints(stack, "first", MINIMAL);
  const second = new RegistryEndpoints(stack, "second", {
    ...SHARED,
    routeTableIds: ["rtb-0b1b2c3d4e5f60718"],
    ecrApiEndpointId: first.ecrApiEndpointId,
    ecrDkrEndpointId: first.ecrDkrEndpointId,
    s3EndpointId: first.s3EndpointId,
  });
  const json = synthesized(stack);
  expect(blocks(json, "aws_vpc_endpoint")).toHaveLength(3);
  expect(blocks(json, "aws_security_group")).toHaveLength(1);
  expect(blocks(json, "aws_vpc_endpoint_route_table_association").map((block) => block["vpc_endpoint_id"])).toEqual(
    Array<string>(2).fill("${aws_vpc_endpoint.first_s3_02715168.id}"),
  );
  expect([first, second].map(({ dependables }) => dependables.length)).toEqual([4, 1]);
  expect(second.securityGroupId).toBeUndefined();
  expect(second.ecrApiEndpointId).toBe(first.ecrApiEndpointId);
  expect(() => App.of(stack).synth()).not.toThrow();
});

test("the plan checks whether clients can use an existing endpoint", () => {
  const [ecrApiEndpointId, ecrDkrEndpointId, s3EndpointId] = ENDPOINTS;
  const stack = stackIn("eu-west-1");
  new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  new RegistryEndpoints(stack, "endpoints", { ...SHARED, ecrApiEndpointId, ecrDkrEndpointId, s3EndpointId });
  const json = synthesized(stack);
  expect(json.resource?.["aws_vpc_endpoint"]).toBeUndefined();
  const conditions = Object.values(json.data?.["aws_vpc_endpoint"] ?? {}).map(({ id, lifecycle }) => [
    id,
    ...(lifecycle as { postcondition: { condition: string }[] }).postcondition.map(({ condition }) => condition),
  ]);
  expect(conditions).toEqual([
    [ecrApiEndpointId, '${self.service_name == "com.amazonaws.eu-west-1.ecr.api"}'],
    [ecrDkrEndpointId, '${self.service_name == "com.amazonaws.eu-west-1.ecr.dkr"}'],
    [
      s3EndpointId,
      '${self.service_name == "com.amazonaws.eu-west-1.s3"}',
      '${self.vpc_endpoint_type == "Gateway"}',
      `\${self.vpc_id == "${VPC}"}`,
    ],
  ]);
  const { check } = json as { readonly check?: { readonly [name: string]: { assert: { condition: string }[] } } };
  const reached = Object.entries(check ?? {}).filter(([name]) => name.includes("reached"));
  expect(reached.map(([, { assert }]) => assert[0]?.condition)).toEqual(
    ["api_38F4834C", "dkr_62061E4E"].map(
      (name) =>
        `\${data.aws_vpc_endpoint.endpoints_existing-ecr-${name}.vpc_id == "${VPC}" && data.aws_vpc_endpoint.endpoints_existing-ecr-${name}.private_dns_enabled}`,
    ),
  );
});

test("the plan fails for an existing endpoint without dual-stack if the others have it", () => {
  const json = synthesized(stackWith({ dualStack: true, clientSecurityGroupIds: [GROUP], s3EndpointId: ENDPOINTS[2] }));
  expect(
    only({ data: { aws_vpc_endpoint: json.data?.["aws_vpc_endpoint"] ?? {} } }, "aws_vpc_endpoint"),
  ).toHaveProperty("lifecycle.postcondition.3.condition", '${self.ip_address_type == "dualstack"}');
});

test("the endpoints of a fleet are for the cache of their region", () => {
  const fleet = new PullThroughCacheFleet(testApp(), "elastio", {
    regions: ["us-east-1", "eu-west-1"],
    upstreams: [Upstream.ecrPublic()],
    accountId: ACCOUNT,
  });
  const stack = fleet.stackIn("eu-west-1");
  const endpoints = new RegistryEndpoints(stack, "endpoints", MINIMAL);
  expect(endpoints.registryUri).toBe(`${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`);
  expect(endpoint(synthesized(stack), "ecr.api")["policy"]).toContain("arn:aws:ecr:eu-west-1:111122223333");
});

test("several networks, caches and providers in one stack are kept apart", () => {
  const stack = stackIn("eu-west-1");
  const provider = new AwsProvider(stack, "america", { region: "us-east-1", alias: "america" });
  new PullThroughCache(stack, "europe", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  new PullThroughCache(stack, "america-cache", { accountId: ACCOUNT, upstreams: [Upstream.quay()], provider });
  new RegistryEndpoints(stack, "one", MINIMAL);
  new RegistryEndpoints(stack, "two", { ...MINIMAL, vpcId: "vpc-0b1b2c3d4e5f60718", routeTableIds: ["rtb-0b1b2c3d"] });
  new RegistryEndpoints(stack, "three", {
    ...MINIMAL,
    vpcId: "vpc-0c1b2c3d",
    routeTableIds: ["rtb-0c1b2c3d"],
    provider,
  });
  expect(() => App.of(stack).synth()).not.toThrow();
  const json = synthesized(stack);
  for (const [name, block] of Object.entries(json.resource?.["aws_vpc_endpoint"] ?? {})) {
    const america = name.startsWith("three");
    expect(block["provider"]).toBe(america ? "aws.america" : undefined);
    expect(block["service_name"]).toContain(america ? "us-east-1" : "eu-west-1");
    if (!name.includes("s3")) {
      expect(block["policy"]).toContain(america ? "repository/quay/*" : "repository/ecr-public/*");
      expect(block["policy"]).not.toContain(america ? "ecr-public" : "quay");
    }
  }
});

test("caches are found by the provider that they use, however it is named", () => {
  const stack = stackIn("eu-west-1");
  const provider = stack.node.findChild("aws") as AwsProvider;
  new PullThroughCache(stack, "one", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  new PullThroughCache(stack, "two", { accountId: ACCOUNT, upstreams: [Upstream.quay()], provider });
  const endpoints = new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, provider });
  expect(endpoint(synthesized(stack), "ecr.api")["policy"]).toMatch(/ecr-public.*quay/);
  expect(endpoints.registryUri).toBe(`${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`);
  expect(endpoints.repositoryUri("quay", "a/b")).toBe(`${endpoints.registryUri}/quay/a/b`);
});

test("fails for a cache that is created after the endpoints, since their policies would deny its pulls", () => {
  const stack = stackWith();
  new PullThroughCache(stack, "late", { accountId: ACCOUNT, upstreams: [Upstream.quay()] });
  expect(messageOf(() => App.of(stack).synth())).toContain(
    '[stack/endpoints] `caches` must be created before the endpoints, got "stack/late"; create the cache first, or list all caches in `caches`',
  );
});

test("fails when a generated policy is longer than AWS accepts", () => {
  const names = Array.from({ length: 400 }, (_, index) => `team-${index}-${"x".repeat(20)}`);
  const repositoryArns = names.map((name) => `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/${name}`);
  expect(messageOf(() => App.of(stackWith({ repositoryArns })).synth())).toMatch(
    /\[stack\/endpoints] `repositoryArns` must result, with caches, in a policy of at most 20480 characters, got \d+; use fewer entries, with wildcards, or `fullAccess`/,
  );
  expect(messageOf(() => App.of(stackWith({ pushRepositoryArns: repositoryArns })).synth())).toMatch(
    /\[stack\/endpoints] `pushRepositoryArns` must result, with caches, in a policy of at most 20480 characters, got \d+; use fewer entries, with wildcards, or `fullAccess`/,
  );
  expect(messageOf(() => App.of(stackWith({ bucketNames: names })).synth())).toMatch(
    /\[stack\/endpoints] `bucketNames` must result, with layers, in a policy of at most 20480 characters, got \d+; use fewer entries, with wildcards, or `fullAccess`/,
  );
});

test("fails for route tables that are added to an endpoint of the stack that lists its own", () => {
  const stack = stackWith({ routeTableIds: Token.asList("${module.network.tables}") });
  const { s3EndpointId } = stack.node.findChild("endpoints") as RegistryEndpoints;
  new RegistryEndpoints(stack, "more", {
    ...SHARED,
    ecrApiEndpointId: ENDPOINTS[0],
    ecrDkrEndpointId: ENDPOINTS[1],
    s3EndpointId,
  });
  expect(messageOf(() => App.of(stack).synth())).toContain(
    '[stack/more] `routeTableIds` must not be added to an endpoint that lists its route tables itself, got "stack/endpoints/s3"; add the table to that list: otherwise each of the two removes the tables of the other',
  );
});

test("a cache of another stack can be used if its account is known", () => {
  const app = testApp();
  const caches = ["known", "unknown"].map((id) => {
    const stack = new TerraformStack(app, id);
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    return new PullThroughCache(stack, "cache", {
      accountId: id === "known" ? ACCOUNT : undefined,
      upstreams: [Upstream.ecrPublic()],
    });
  });
  const network = new TerraformStack(app, "network");
  new AwsProvider(network, "aws", { region: "eu-west-1" });
  expect(messageOf(() => new RegistryEndpoints(network, "endpoints", { ...MINIMAL, caches }))).toBe(
    'network/endpoints: `caches[1]` must have a known account and region to be used in another stack, got "unknown/cache"; give that cache an `accountId` and a region as literals',
  );
  const endpoints = new RegistryEndpoints(network, "endpoints", { ...MINIMAL, caches: caches.slice(0, 1) });
  expect(endpoint(synthesized(network), "ecr.api")["policy"]).toContain(`${ACCOUNT}:repository/ecr-public/*`);
  expect(endpoints.registryUri).toBe(`${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`);
});

describe("an image that is not cached yet", () => {
  test("causes a warning if no CacheWarmer pulls it beforehand", () => {
    const stack = stackWith({ firstPull: FirstPull.PREWARMED });
    synthesized(stack);
    synthesized(stack);
    expect(warnings(stack)).toEqual([
      '`firstPull` is PREWARMED but no CacheWarmer of this app covers ecr-public of stack/cache: clients can pull only images that something else has pulled before (if this is meant, add "nothing-warms" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app\'s context)',
    ]);
  });

  test("causes no warning if a CacheWarmer pulls it, created before or after the endpoints", () => {
    const stack = stackWith({ firstPull: FirstPull.PREWARMED });
    const cache = stack.node.findChild("cache") as PullThroughCache;
    new CacheWarmer(stack, "warmer", { cache, images: ["public.ecr.aws/docker/library/alpine:3.22"] });
    synthesized(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test("needs a default route with INTERNET_ROUTE, and every plan warns of route tables without one", () => {
    const json = synthesized(stackWith()) as { readonly check?: { readonly [name: string]: unknown } };
    const without =
      '[for table in [data.aws_route_table.endpoints_route-table-rtb-0a1b2c3d4e5f60718_794BD579] : table.route_table_id if !anytrue([for route in table.routes : contains(["0.0.0.0/0", "::/0"], coalesce(route.cidr_block, route.ipv6_cidr_block, "-"))])]';
    expect(json.check).toEqual({
      "endpoints_first-pull_229DAE4A": {
        assert: [
          {
            condition: `\${length(${without}) == 0}`,
            error_message: `With FirstPull.INTERNET_ROUTE, the clients' route tables need a default route, and these have none: \${join(", ", ${without})}. Without a default route the first pull of an image hangs.`,
          },
        ],
      },
    });
    expect(synthesized(stackWith({ firstPull: FirstPull.PREWARMED }))).not.toHaveProperty("check");
  });
});

test("a client block that is wider than any private network causes a warning", () => {
  const stack = stackWith({
    clientCidrs: ["0.0.0.0/0", "10.0.0.0/8", "8.0.0.0/7"],
    clientIpv6Cidrs: ["::/0", "2001:db8::/32", "2001:d00::/24"],
    dualStack: true,
  });
  expect(warnings(stack).map((text) => text.replace(/ in the clients.*/, ""))).toEqual([
    "0.0.0.0/0",
    "8.0.0.0/7",
    "::/0",
    "2001:d00::/24",
  ]);
  expect(warnings(stack)[0]).toBe(
    '0.0.0.0/0 in the clients\' blocks is wider than /8, the widest block of a private network: give the blocks of the clients\' VPC (if this is meant, add "wide-client-cidr" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app\'s context)',
  );
});

test("fails without `firstPull`, and for a choice that does not exist, with the page that explains the choice", () => {
  const hint =
    "choose FirstPull.INTERNET_ROUTE if the clients' subnets have a route to the internet, or FirstPull.PREWARMED if a CacheWarmer pulls every image first: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html";
  expect(faultOf({ firstPull: undefined })).toBe(`\`firstPull\` is required; ${hint}`);
  expect(faultOf({ firstPull: "NAT" as FirstPull })).toBe(
    `\`firstPull\` must be one of INTERNET_ROUTE, PREWARMED, got "NAT"; ${hint}`,
  );
});

const ID = (kind: string, prefix: string): string => `be the ID of ${kind}: ${prefix}- and 8 or 17 hexadecimal digits`;
const BLOCK = "give blocks like 10.0.0.0/16, and IPv6 blocks in `clientIpv6Cidrs`";
const BLOCK_6 = "give blocks like 2001:db8::/56";
const SPACE = "be an IPv4 block that starts at its first address";
const SPACE_6 = "be an IPv6 block that starts at its first address";
const ARN_WORDS = "be the ARN of repositories, like arn:aws:ecr:eu-west-1:111122223333:repository/team/*";
const BUCKET_WORDS =
  "be a bucket's name, wildcards allowed: 3 to 63 lower-case letters, digits, dots and hyphens, and none that S3 refuses or reserves";
const ALLOW = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] });
const DENY = JSON.stringify({ Statement: [{ Effect: "Deny", Principal: "*", Action: "*", Resource: "*" }] });

test.each<[string, object, string]>([
  ["vpcId", { vpcId: "vpc-0abc" }, `\`vpcId\` must ${ID("a VPC", "vpc")}, got "vpc-0abc"; give the VPC of the clients`],
  ["vpcId", { vpcId: undefined }, "`vpcId` is required; give the VPC of the clients"],
  [
    "subnetIds",
    { subnetIds: [] },
    "`subnetIds` must be a list of at least one, got []; give one private subnet per availability zone",
  ],
  [
    "subnetIds",
    { subnetIds: [SUBNETS[0], VPC] },
    `\`subnetIds[1]\` must ${ID("a subnet", "subnet")}, got "${VPC}"; give one private subnet per availability zone`,
  ],
  [
    "subnetIds",
    { subnetIds: [SUBNETS[0], SUBNETS[0]] },
    `\`subnetIds[1]\` must be given once, got "${SUBNETS[0] ?? ""}"; leave out the second one`,
  ],
  [
    "routeTableIds",
    { routeTableIds: undefined },
    "`routeTableIds` is required; give the route tables of the clients' subnets",
  ],
  [
    "routeTableIds",
    { routeTableIds: ["rtb-0a1b2c3d4"] },
    `\`routeTableIds[0]\` must ${ID("a route table", "rtb")}, got "rtb-0a1b2c3d4"; give the route tables of the clients' subnets`,
  ],
  [
    "routeTableIds",
    { routeTableIds: [TABLE, TABLE] },
    `\`routeTableIds[1]\` must be given once, got "${TABLE}"; leave out the second one`,
  ],
  [
    "clients",
    { clientCidrs: undefined },
    "`clientCidrs` is required; give one or more of `clientCidrs`, `clientIpv6Cidrs` and `clientSecurityGroupIds`, for example the VPC's CIDR block",
  ],
  ["clientCidrs", { clientCidrs: [] }, `\`clientCidrs\` must be a list of at least one CIDR block, got []; ${BLOCK}`],
  ["no mask", { clientCidrs: ["10.0.0.0"] }, `\`clientCidrs[0]\` must ${SPACE}, got "10.0.0.0"; ${BLOCK}`],
  ["host bits", { clientCidrs: ["10.0.0.1/16"] }, `\`clientCidrs[0]\` must ${SPACE}, got "10.0.0.1/16"; ${BLOCK}`],
  ["a long mask", { clientCidrs: ["10.0.0.0/33"] }, `\`clientCidrs[0]\` must ${SPACE}, got "10.0.0.0/33"; ${BLOCK}`],
  [
    "a big octet",
    { clientCidrs: ["10.0.256.0/24"] },
    `\`clientCidrs[0]\` must ${SPACE}, got "10.0.256.0/24"; ${BLOCK}`,
  ],
  ["a leading zero", { clientCidrs: ["010.0.0.0/8"] }, `\`clientCidrs[0]\` must ${SPACE}, got "010.0.0.0/8"; ${BLOCK}`],
  ["IPv6", { clientCidrs: ["::/0"] }, `\`clientCidrs[0]\` must ${SPACE}, got "::/0"; ${BLOCK}`],
  ...[
    "2001:db8::1/64",
    "::/129",
    "2001:db8::",
    "10.0.0.0/8",
    "fe80::%eth0/64",
    "2001:db8:1::\n/48",
    "2001::db8::/32",
    "::ffff:10.0.0.0/104",
    "00001::/64",
  ].map((text): [string, object, string] => [
    "clientIpv6Cidrs",
    { clientIpv6Cidrs: [text], dualStack: true },
    `\`clientIpv6Cidrs[0]\` must ${SPACE_6}, got ${JSON.stringify(text)}; ${BLOCK_6}`,
  ]),
  ["no list", { clientCidrs: null }, `\`clientCidrs\` must be a list of at least one CIDR block, got null; ${BLOCK}`],
  ["a number", { clientCidrs: [10] }, `\`clientCidrs[0]\` must ${SPACE}, got 10; ${BLOCK}`],
  [
    "IPv6 without it",
    { clientIpv6Cidrs: ["2001:db8::/56"] },
    '`clientIpv6Cidrs` must not be given without `dualStack`, got ["2001:db8::/56"]; set `dualStack` to true for endpoints with IPv6 addresses',
  ],
  [
    "IPv4 alone",
    { dualStack: true },
    "`clientIpv6Cidrs` is required; with `dualStack`, give the VPC's IPv6 block or `clientSecurityGroupIds`: clients with IPv6 addresses prefer IPv6",
  ],
  [
    "the same block twice",
    { clientIpv6Cidrs: ["2001:db8::/56", "2001:DB8:0::/56"], dualStack: true },
    '`clientIpv6Cidrs[1]` must be given once, got "2001:DB8:0::/56"; leave out the second one',
  ],
  [
    "clientSecurityGroupIds",
    { clientSecurityGroupIds: ["default"] },
    `\`clientSecurityGroupIds[0]\` must ${ID("a security group", "sg")}, after the account and a slash if the group belongs to another account, got "default"; give the security groups of the clients`,
  ],
  [
    "services",
    { services: ["logs"] },
    '`services[0]` must be an EndpointService, got "logs"; use a constant like EndpointService.CLOUDWATCH_LOGS, or EndpointService.named("kms")',
  ],
  [
    "services",
    { services: [EndpointService.KMS, EndpointService.named("kms")] },
    '`services[1]` must be a service given once, got "kms"; leave out the second one: a VPC has one private DNS name per service',
  ],
  [
    "services",
    { services: EndpointService.CLOUDWATCH_LOGS },
    "`services` must be a list of EndpointService, got a EndpointService; for example [EndpointService.CLOUDWATCH_LOGS]",
  ],
  [
    "services",
    { services: [EndpointService.named("ecr.api")] },
    '`services[0]` must be the last part of an endpoint service\'s name, like kms, other than ecr.api, ecr.dkr and s3, got "ecr.api"; leave it out: the endpoints of ecr.api, ecr.dkr and s3 are created anyway',
  ],
  [
    "services",
    { services: [EndpointService.fromServiceName("ecr.api")] },
    '`services[0]` must be the whole name of an endpoint service, like com.amazonaws.eu-west-1.kms, got "ecr.api"; leave it out: the endpoints of ecr.api, ecr.dkr and s3 are created anyway',
  ],
  ...(["ecr.api", "ecr.dkr"] as const).map((name): [string, object, string] => [
    "services",
    { services: [EndpointService.fromServiceName(`com.amazonaws.eu-west-1.${name}`)] },
    `\`services[0]\` must be the only endpoint of com.amazonaws.eu-west-1.${name} with private DNS in its VPC, got "com.amazonaws.eu-west-1.${name}"; leave it out: the endpoints of ecr.api, ecr.dkr and s3 are created anyway`,
  ]),
  [
    "services",
    { services: [EndpointService.named("s3")] },
    '`services[0]` must be the last part of an endpoint service\'s name, like kms, other than ecr.api, ecr.dkr and s3, got "s3"; leave it out: the endpoints of ecr.api, ecr.dkr and s3 are created anyway',
  ],
  [
    "services",
    { services: [EndpointService.named("com.amazonaws.eu-west-1.sts")] },
    '`services[0]` must be the last part of an endpoint service\'s name, like kms, other than ecr.api, ecr.dkr and s3, got "com.amazonaws.eu-west-1.sts"; give the last part in lower case with hyphens, or use EndpointService.fromServiceName for the whole name',
  ],
  ...(
    [
      ["cloudwatch-logs", "logs"],
      ["CLOUDWATCH_LOGS", "logs"],
      ["secrets-manager", "secretsmanager"],
      ["systems-manager", "ssm"],
      ["EC2", "ec2"],
      ["eks_auth", "eks-auth"],
    ] as const
  ).map(([name, right]): [string, object, string] => [
    "services",
    { services: [EndpointService.named(name)] },
    `\`services[0]\` must be the last part of an endpoint service's name, like kms, other than ecr.api, ecr.dkr and s3, got "${name}"; did you mean \`${right}\`?`,
  ]),
  [
    "services",
    { services: [EndpointService.named("SNS")] },
    '`services[0]` must be the last part of an endpoint service\'s name, like kms, other than ecr.api, ecr.dkr and s3, got "SNS"; give the last part in lower case with hyphens, or use EndpointService.fromServiceName for the whole name',
  ],
  [
    "services",
    { services: [EndpointService.fromServiceName("com.amazonaws.us-east-1.kms")] },
    '`services[0]` must be in the region of the VPC, eu-west-1, got "com.amazonaws.us-east-1.kms"; leave it out: an endpoint reaches its own region only',
  ],
  [
    "services",
    { services: [EndpointService.named(undefined as never)] },
    "`services[0]` is required; give the last part in lower case with hyphens, or use EndpointService.fromServiceName for the whole name",
  ],
  [
    "repositoryArns",
    { repositoryArns: ["arn:aws:ecr:*:111122223333:repository/a", "arn:aws:ecr:us-east-1:111122223333:repository/a"] },
    '`repositoryArns[1]` must be in the partition and region of the VPC, aws and eu-west-1, got "arn:aws:ecr:us-east-1:111122223333:repository/a"; leave it out: an endpoint reaches its own region only',
  ],
  [
    "pushRepositoryArns",
    { pushRepositoryArns: ["arn:aws:ecr:us-east-1:111122223333:repository/a"] },
    '`pushRepositoryArns[0]` must be in the partition and region of the VPC, aws and eu-west-1, got "arn:aws:ecr:us-east-1:111122223333:repository/a"; leave it out: an endpoint reaches its own region only',
  ],
  [
    "pushRepositoryArns",
    { pushRepositoryArns: ["team/*"] },
    `\`pushRepositoryArns[0]\` must ${ARN_WORDS}, got "team/*"; give ARNs, wildcards allowed`,
  ],
  [
    "both",
    { pushRepositoryArns: ["arn:aws:ecr:eu-west-1:111122223333:repository/a"], fullAccess: true },
    '`pushRepositoryArns` must not be given together with `fullAccess`, got ["arn:aws:ecr:eu-west-1:111122223333:repository/a"]; leave one of them out',
  ],
  [
    "both",
    { pushRepositoryArns: ["arn:aws:ecr:eu-west-1:111122223333:repository/a"], ecrEndpointPolicy: ALLOW },
    '`pushRepositoryArns` must not be given together with `ecrEndpointPolicy`, got ["arn:aws:ecr:eu-west-1:111122223333:repository/a"]; leave one of them out',
  ],
  [
    "bucketNames",
    { bucketNames: Token.asList("${var.buckets}") },
    "`bucketNames` must be a list whose length is known at synth, got a token; give an array, whose elements may be tokens",
  ],
  [
    "caches",
    { caches: null },
    "`caches` must be a list of at least one PullThroughCache, got null; leave it out for all caches of the stack with the same provider and region",
  ],
  [
    "services",
    { services: [EndpointService.fromServiceName("kms")] },
    '`services[0]` must be the whole name of an endpoint service, like com.amazonaws.eu-west-1.kms, got "kms"; give the whole name, or use EndpointService.named for the last part',
  ],
  [
    "repositoryArns",
    { repositoryArns: ["team/*"] },
    `\`repositoryArns[0]\` must ${ARN_WORDS}, got "team/*"; give ARNs, wildcards allowed`,
  ],
  [
    "bucketNames",
    { bucketNames: ["arn:aws:s3:::b"] },
    `\`bucketNames[0]\` must ${BUCKET_WORDS}, got "arn:aws:s3:::b"; give names, not ARNs`,
  ],
  ...[
    "ab",
    "a".repeat(64),
    "a-",
    "a..b",
    "192.168.5.4",
    "xn--a",
    "sthree-a",
    "amzn-s3-demo-a",
    "a-s3alias",
    "a--x-s3",
  ].map((bucket): [string, object, string] => [
    "bucketNames",
    { bucketNames: [bucket] },
    `\`bucketNames[0]\` must ${BUCKET_WORDS}, got "${bucket}"; give names, not ARNs`,
  ]),
  [
    "ecrEndpointPolicy",
    { ecrEndpointPolicy: DENY },
    '`ecrEndpointPolicy` must have an Allow statement, got "Deny"; an endpoint policy denies by default: add a statement with the effect Allow',
  ],
  [
    "s3EndpointPolicy",
    { s3EndpointPolicy: JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } }) },
    '`s3EndpointPolicy` must have a Principal in every statement, got "a statement without one"; add the Principal "*"',
  ],
  [
    "s3EndpointPolicy",
    { s3EndpointPolicy: "{}" },
    '`s3EndpointPolicy` must be a policy with statements as JSON text, got "{}"; write it with JSON.stringify, or with Fn.jsonencode when it contains tokens',
  ],
  [
    "both",
    { ecrEndpointPolicy: ALLOW, fullAccess: true },
    `\`ecrEndpointPolicy\` must not be given together with \`fullAccess\`, got ${JSON.stringify(ALLOW)}; leave one of them out`,
  ],
  [
    "both",
    { bucketNames: ["bucket"], s3EndpointPolicy: ALLOW },
    '`bucketNames` must not be given together with `s3EndpointPolicy`, got ["bucket"]; leave one of them out',
  ],
  [
    "subnetIds",
    { subnetIds: "${var.subnets}" },
    '`subnetIds` must be a list of at least one, got "${var.subnets}"; give one private subnet per availability zone',
  ],
  ...(["repositoryArns", "pushRepositoryArns", "bucketNames"] as const).map((prop): [string, object, string] => [
    prop,
    { [prop]: null },
    `\`${prop}\` must be a list of at least one, got null; ${prop === "bucketNames" ? "give names, not ARNs" : "give ARNs, wildcards allowed"}`,
  ]),
  ["fullAccess", { fullAccess: "yes" }, '`fullAccess` must be true or false, got "yes"; leave it out for false'],
  [
    "s3EndpointId",
    { s3EndpointId: "vpce-1" },
    `\`s3EndpointId\` must ${ID("a VPC endpoint", "vpce")}, got "vpce-1"; leave the endpoint out to create a new one`,
  ],
  [
    "subnets for nothing",
    { ecrApiEndpointId: ENDPOINTS[0], ecrDkrEndpointId: ENDPOINTS[1], clientCidrs: undefined },
    `\`subnetIds\` must not be given when no interface endpoint is created, got ${JSON.stringify(SUBNETS)}; leave it out`,
  ],
  [
    "clients for nothing",
    { ecrApiEndpointId: ENDPOINTS[0], ecrDkrEndpointId: ENDPOINTS[1], subnetIds: undefined },
    '`clientCidrs` must not be given when no interface endpoint is created, got ["10.0.0.0/16"]; leave it out',
  ],
  [
    "caches",
    { caches: [] },
    "`caches` must be a list of at least one PullThroughCache, got []; leave it out for all caches of the stack with the same provider and region",
  ],
  [
    "caches",
    { caches: ["cache", "cache"] },
    '2 validation errors\n- `caches[0]` must be a PullThroughCache, got "cache"; give the construct, for example fleet.cacheIn(region)\n- `caches[1]` must be a PullThroughCache, got "cache"; give the construct, for example fleet.cacheIn(region)',
  ],
  ["an unknown prop", { subnets: SUBNETS }, "`subnets` is not a property of endpoints; did you mean `subnetIds`?"],
])("fails on wrong %s: %j", (_, props, message) => {
  expect(faultOf(props)).toBe(message);
});

test.each([
  ["ecrEndpointPolicy", ["fullAccess"]],
  ["s3EndpointPolicy", ["fullAccess"]],
  ["repositoryArns", ["fullAccess"]],
  ["pushRepositoryArns", ["fullAccess"]],
  ["bucketNames", ["fullAccess"]],
  ["repositoryArns", ["ecrEndpointPolicy"]],
  ["pushRepositoryArns", ["ecrEndpointPolicy"]],
  ["bucketNames", ["s3EndpointPolicy"]],
  ["s3EndpointPolicy", ["s3EndpointId"]],
  ["bucketNames", ["s3EndpointId"]],
  ["ecrEndpointPolicy", ["ecrApiEndpointId", "ecrDkrEndpointId"]],
  ["repositoryArns", ["ecrApiEndpointId", "ecrDkrEndpointId"]],
  ["pushRepositoryArns", ["ecrApiEndpointId", "ecrDkrEndpointId"]],
] as const)("fails on %s together with %j, which leave it without effect", (prop, others) => {
  const values = {
    fullAccess: true,
    ecrEndpointPolicy: ALLOW,
    s3EndpointPolicy: ALLOW,
    repositoryArns: ["arn:aws:ecr:eu-west-1:111122223333:repository/a"],
    pushRepositoryArns: ["arn:aws:ecr:eu-west-1:111122223333:repository/a"],
    bucketNames: ["bucket"],
    ecrApiEndpointId: ENDPOINTS[0],
    ecrDkrEndpointId: ENDPOINTS[1],
    s3EndpointId: ENDPOINTS[2],
  };
  const given = Object.fromEntries([prop, ...others].map((name) => [name, values[name]]));
  const names = others.map((name) => `\`${name}\``).join(" and ");
  expect(faultOf(given)).toContain(`\`${prop}\` must not be given together with ${names}, got `);
});

test("fails on a policy that is one character longer than AWS accepts", () => {
  const policyOfLength = (length: number): string =>
    ALLOW.replace('"*"}', `"${"a".repeat(length - ALLOW.length + 1)}"}`);
  expect(stackWith({ s3EndpointPolicy: policyOfLength(20_480) })).toBeDefined();
  expect(faultOf({ s3EndpointPolicy: policyOfLength(20_481) })).toBe(
    "`s3EndpointPolicy` must be at most 20480 characters, got 20481; merge its statements",
  );
});

test("fails if the stack has no cache for the endpoints yet, unless a policy or full access is given", () => {
  const stack = stackIn("eu-west-1");
  const create = (props: object = {}): unknown => new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, ...props });
  expect(messageOf(create)).toBe(
    "stack/endpoints: `caches` is required; this stack has no PullThroughCache with the same provider and region: create the cache before the endpoints, or give `caches`, `ecrEndpointPolicy` or `fullAccess`",
  );
  expect(stack.node.tryFindChild("endpoints")).toBeUndefined();
  const endpoints = create({ fullAccess: true }) as RegistryEndpoints;
  expect(messageOf(() => endpoints.registryUri)).toBe(
    "stack/endpoints: `caches` must be caches of one account and region, got []; use `repositoryUri`, which takes the prefix of an upstream",
  );
  expect(messageOf(() => endpoints.repositoryUri("quay", "app"))).toBe(
    "stack/endpoints: `caches` must contain one cache with an upstream of the prefix quay, got []; call `repositoryUri` of the cache itself",
  );
});

test("fails for a cache that is given twice", () => {
  const stack = stackIn("eu-west-1");
  const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
  const props = { ...MINIMAL, caches: [cache, cache] };
  expect(messageOf(() => new RegistryEndpoints(stack, "endpoints", props))).toBe(
    "stack/endpoints: `caches[1]` must be given once, got a PullThroughCache; leave out the second one",
  );
});

test("fails for a cache of another region, since endpoints reach their own region only", () => {
  const fleet = new PullThroughCacheFleet(testApp(), "fleet", {
    regions: ["us-east-1", "eu-west-1"],
    upstreams: [Upstream.ecrPublic()],
    accountId: ACCOUNT,
  });
  const props = { ...MINIMAL, caches: [fleet.cacheIn("us-east-1")] };
  expect(messageOf(() => new RegistryEndpoints(fleet.stackIn("eu-west-1"), "endpoints", props))).toBe(
    'fleet-eu-west-1/endpoints: `caches[0]` must be in the region of the VPC, eu-west-1, got "us-east-1"; leave it out: an endpoint reaches its own region only',
  );
});

test("fails outside of a stack, and without props with all errors at once and no resource", () => {
  expect(messageOf(() => new RegistryEndpoints(testApp(), "endpoints", MINIMAL))).toBe(
    'endpoints: `scope` must be a TerraformStack or a construct inside one, got ""; give a stack that has an AWS provider of the VPC\'s region',
  );
  const stack = stackIn("eu-west-1");
  const message = messageOf(() => new RegistryEndpoints(stack, "endpoints", undefined as never));
  expect(message.split("\n").map((line) => /`(\w+)`/.exec(line)?.[1])).toEqual([
    undefined,
    "firstPull",
    "vpcId",
    "subnetIds",
    "routeTableIds",
    "clientCidrs",
    "caches",
  ]);
  expect(addresses(synthesized(stack))).toEqual([]);
});

test("fails in an app with HCL output", () => {
  const stack = stackWith();
  expect(() => stack.toHclTerraform()).toThrow(
    "stack/endpoints: `hclOutput` must not be set in an app with this construct, got true; synthesize to JSON: the HCL output has no conditions, which make a plan fail on a network that AWS refuses",
  );
});

describe("beside other endpoints of the app", () => {
  const faults = (stack: TerraformStack): string => messageOf(() => App.of(stack).synth());
  test("fails on a second endpoint with private DNS for a service in one VPC, whoever created it", () => {
    const stack = stackWith();
    new VpcEndpoint(stack, "own", {
      vpcId: VPC,
      serviceName: "com.amazonaws.eu-west-1.ecr.dkr",
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
    });
    expect(faults(stack)).toContain(
      '[stack/endpoints] `stack/endpoints/ecr-dkr` must be the only endpoint of com.amazonaws.eu-west-1.ecr.dkr with private DNS in its VPC, got "stack/own"; give the existing endpoint as `ecrDkrEndpointId`; one RegistryEndpoints serves a whole VPC',
    );
  });

  test("fails on a second gateway in one route table", () => {
    const stack = stackWith();
    const others = { ecrApiEndpointId: ENDPOINTS[0], ecrDkrEndpointId: ENDPOINTS[1] };
    new RegistryEndpoints(stack, "again", { ...SHARED, ...others });
    expect(faults(stack)).toContain(
      '[stack/again] `stack/again/s3` must be the only gateway endpoint of com.amazonaws.eu-west-1.s3 in its route tables, got "stack/endpoints/s3"; give the existing endpoint as `s3EndpointId`',
    );
  });

  test("fails on a second gateway in tables that only Terraform knows", () => {
    const stack = stackWith({ routeTableIds: Token.asList("${module.network.tables}") });
    new VpcEndpoint(stack, "own", {
      vpcId: VPC,
      serviceName: "com.amazonaws.eu-west-1.s3",
      routeTableIds: Token.asList("${module.network.tables}"),
    });
    expect(faults(stack)).toContain(
      "`stack/endpoints/s3` must be the only gateway endpoint of com.amazonaws.eu-west-1.s3",
    );
  });

  test("accepts endpoints in other VPCs, for other services, without private DNS or in other route tables", () => {
    const stack = stackWith();
    const own = { vpcId: VPC, serviceName: "com.amazonaws.eu-west-1.ecr.dkr", vpcEndpointType: "Interface" };
    new VpcEndpoint(stack, "other-vpc", { ...own, vpcId: "vpc-0b1b2c3d", privateDnsEnabled: true });
    new VpcEndpoint(stack, "other-service", {
      ...own,
      serviceName: "com.amazonaws.eu-west-1.sts",
      privateDnsEnabled: true,
    });
    new VpcEndpoint(stack, "no-dns", own);
    new VpcEndpoint(stack, "other-table", {
      vpcId: VPC,
      serviceName: "com.amazonaws.eu-west-1.s3",
      routeTableIds: ["rtb-0b1b2c3d"],
    });
    expect(() => App.of(stack).synth()).not.toThrow();
  });

  test("fails on a second endpoint in a VPC that is a token, and compares such VPCs within their stack", () => {
    const stack = stackIn("eu-west-1");
    new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
    const vpc = new Vpc(stack, "vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
    new RegistryEndpoints(stack, "one", { ...MINIMAL, vpcId: vpc.id });
    new RegistryEndpoints(stack, "two", { ...MINIMAL, vpcId: vpc.id, routeTableIds: ["rtb-0b1b2c3d"] });
    expect(faults(stack)).toContain("`stack/two/ecr-api` must be the only endpoint of com.amazonaws.eu-west-1.ecr.api");
    expect(faults(stack)).not.toContain("/s3`");
  });

  test("fails on a VPC of the stack that has no DNS hostnames, which is AWS's default, or no DNS support", () => {
    const stack = stackIn("eu-west-1");
    new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
    const vpc = new Vpc(stack, "vpc", { cidrBlock: "10.0.0.0/16", enableDnsSupport: false });
    new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, vpcId: vpc.id });
    expect(faults(stack)).toContain(
      '[stack/endpoints] `vpcId` must be the ID of a VPC with DNS hostnames, got "stack/vpc"; set `enableDnsHostnames` of that VPC to true',
    );
    expect(faults(stack)).toContain(
      '[stack/endpoints] `vpcId` must be the ID of a VPC with DNS support, got "stack/vpc"; leave out `enableDnsSupport` of that VPC',
    );
  });

  test("accepts a VPC that gets DNS hostnames by an override", () => {
    const stack = stackIn("eu-west-1");
    new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.ecrPublic()] });
    const vpc = new Vpc(stack, "vpc", { cidrBlock: "10.0.0.0/16" });
    vpc.addOverride("enable_dns_hostnames", true);
    new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, vpcId: vpc.id });
    expect(() => App.of(stack).synth()).not.toThrow();
  });

  test("fails on two endpoints of another service, and names the list to shorten", () => {
    const stack = stackWith({ services: [EndpointService.CLOUDWATCH_LOGS] });
    const existing = { ecrApiEndpointId: ENDPOINTS[0], ecrDkrEndpointId: ENDPOINTS[1], s3EndpointId: ENDPOINTS[2] };
    const props = { ...MINIMAL, ...existing, routeTableIds: undefined, services: [EndpointService.CLOUDWATCH_LOGS] };
    new RegistryEndpoints(stack, "again", props);
    expect(faults(stack)).toContain(
      "leave the service out of one list of `services`; one RegistryEndpoints serves a whole VPC",
    );
  });
});

test("fails on a StateBackend in place of a service, and adds no construct", () => {
  const stack = stackIn("eu-west-1");
  const services = [StateBackend.local()] as never;
  expect(messageOf(() => new RegistryEndpoints(stack, "endpoints", { ...MINIMAL, services }))).toContain(
    "`services[0]` must be an EndpointService",
  );
  expect(stack.node.tryFindChild("endpoints")).toBeUndefined();
});

test("fails on an access token for the region of the provider without showing it in any error", () => {
  const token = `ghp_${"a1B2".repeat(9)}`;
  const repositoryArns = ["arn:aws:ecr:eu-west-1:111122223333:repository/a"];
  const message = messageOf(() => new RegistryEndpoints(stackIn(token), "endpoints", { ...MINIMAL, repositoryArns }));
  expect(message).toContain("`AwsProvider.region` must ");
  expect(message).not.toContain(token);
});
