import { BUCKET_NAME } from "../../src/aws/bucket-names";
import { BLOCK } from "../../src/aws/cidr";
import { CLIENT_GROUP_ID, ENDPOINT_ID, ROUTE_TABLE_ID, SUBNET_ID, VPC_ID } from "../../src/aws/ec2-ids";
import { COMMON_PREFIX, NAMED_AFTER_PARTITION, serviceNameOf } from "../../src/aws/endpoint-service-names";
import { PARTITION_NAMES, dualStackSuffixOf } from "../../src/aws/partitions";
import { createStatement, readStatement } from "../../src/cache/policy-statements";
import { AT_LEAST_ONE_PREFIX, REPOSITORY_PREFIX } from "../../src/cache/rules";
import { FirstPull } from "../../src/network/first-pull";
import { NETWORK_CONDITIONS } from "../../src/network/plan-conditions";
import {
  FULL_ACCESS,
  bucketArns,
  bucketsStatement,
  forEverybody,
  layersStatement,
  pushStatement,
} from "../../src/network/policy-statements";
import {
  BESIDE_BOTH,
  ENDPOINTS_GROUP,
  ENDPOINTS_REQUIREMENTS,
  EXCLUDED,
  EXISTING_ENDPOINTS,
  HTTPS,
  MAX_ENDPOINT_POLICY,
  POLICY_REQUIREMENTS,
  REPOSITORY_ARN,
  SERVICE_NAME,
  SHORT_NAME,
  WIDEST,
  firstPullRequirement,
  httpsFrom,
  madeAnyway,
  ofVpcRegion,
  onlyWithPrivateDns,
  whyFirstPull,
  widerThanPrivate,
} from "../../src/network/rules";
import type { PlanCondition } from "../../src/terraform/plan-condition";
import type { WarningId } from "../../src/terraform/warnings";
import { atLeastOne } from "../../src/validation/rule";
import type { Block, Condition, ValidationRule, Input, ModuleDefinition } from "../generator/definition";
import { expression, hcl, quoted, snakeCase } from "../generator/hcl";
import {
  ACCOUNT_INPUT,
  PARTITION,
  REGION_EXPRESSION,
  REGISTRY_DATA,
  REGISTRY_LOCALS,
  TAGGED_PREFIXES_FAULT,
  TAGGED_PREFIXES_INPUT,
  UNTAGGED_PREFIXES,
  pullStatements,
  repositoryArns,
} from "../generator/registry";
import { following, givenOnce, oneOf } from "../generator/rules";
import { acknowledgedWarnings, warning } from "../generator/warnings";
import { canonicalBlock, isBlock } from "./blocks";

/** The warnings of endpoints. */
export const ENDPOINT_WARNINGS = ["wide-client-cidr"] as const satisfies WarningId[];

const REGISTRY_ENDPOINTS = '{ "ecr.api" = var.ecr_api_endpoint, "ecr.dkr" = var.ecr_dkr_endpoint }';
const MAKES_REGISTRY = "var.ecr_api_endpoint == null || var.ecr_dkr_endpoint == null";
const MAKES_INTERFACES = `${MAKES_REGISTRY} || length(var.services) > 0 || length(var.service_names) > 0`;
const LEAVE_OUT = "leave it out";
const OWN_REGION = "endpoints lead to their own region";

const DUAL_STACK_SUFFIXES = Object.fromEntries(
  PARTITION_NAMES.map((name) => [name, dualStackSuffixOf(name)] as const).filter(([, suffix]) => suffix !== undefined),
);

/** The input for an endpoint that exists: its presence decides what is made, and is known where its id is not. */
function existing(description: string): Input {
  return {
    type: "object",
    description,
    otherwise: "one is made",
    attributes: {
      id: {
        type: "string",
        required: true,
        description: "Its ID.",
        rules: [following(ENDPOINT_ID, "leave the endpoint out to have one made")],
      },
    },
  };
}

/** That an input is empty where it would do nothing. */
function onlyWithInterfaces(input: string): ValidationRule {
  return {
    holds: `${MAKES_INTERFACES} || length(var.${input}) == 0`,
    place: input,
    requirement: ENDPOINTS_REQUIREMENTS.noInterface,
    got: `var.${input}`,
    hint: LEAVE_OUT,
  };
}

/** The input for blocks of clients, and what must be true of them. */
function blocks(version: 4 | 6, input: string, description: string, validations: readonly ValidationRule[]): Input {
  const hint =
    version === 4 ? "give blocks like 10.0.0.0/16, and IPv6 in `client_ipv6_cidrs`" : "give blocks like 2001:db8::/56";
  return {
    type: "map(string)",
    decides: true,
    default: {},
    description,
    elementRules: [{ requirement: BLOCK[version].requirement, holds: (value) => isBlock(version, value), hint }],
    validations: [
      givenOnce(input, "map", ENDPOINTS_REQUIREMENTS.blockOnce, (element) => canonicalBlock(version, element)),
      onlyWithInterfaces(input),
      ...validations,
    ],
  };
}

/** The input for ARNs of repositories that the made policy of the endpoints of ECR names. */
function repositories(input: string, description: string, madePolicy: ValidationRule): Input {
  return {
    type: "list(string)",
    default: [],
    description,
    elementRules: [following(REPOSITORY_ARN, "give ARNs, wildcards allowed")],
    validations: [
      givenOnce(input, "list"),
      {
        each: [`key, element in var.${input}`],
        holds: `alltrue([for own in [[1, ${PARTITION}], [3, ${REGION_EXPRESSION}]] : try(split(":", element)[own[0]] == own[1] || can(regex("[*?]", split(":", element)[own[0]])), true)])`,
        place: `${input}[\${key}]`,
        requirement: ENDPOINTS_REQUIREMENTS.place(expression(PARTITION), expression(REGION_EXPRESSION)),
        got: "element",
        hint: OWN_REGION,
      },
      ...exclusions(input),
      madePolicy,
    ],
  };
}

// The presence of what is an object here is known, whatever is in it.
const INPUT_OF: { readonly [prop: string]: string } = {
  ecrApiEndpointId: "ecr_api_endpoint",
  ecrDkrEndpointId: "ecr_dkr_endpoint",
  s3EndpointId: "s3_endpoint",
};

const LISTS: readonly string[] = ["repository_arns", "push_repository_arns", "bucket_names"];

/** That an input is not given beside those that leave it nothing to say. */
function exclusions(input: string): ValidationRule[] {
  const named = (prop: string): string => INPUT_OF[prop] ?? snakeCase(prop);
  const absent = (name: string): string =>
    name === "full_access"
      ? "!var.full_access"
      : LISTS.includes(name)
        ? `length(var.${name}) == 0`
        : `var.${name} == null`;
  return EXCLUDED.filter(([prop]) => named(prop) === input).map(([, others]) => ({
    holds: [input, ...others.map(named)].map(absent).join(" || "),
    place: input,
    requirement: ENDPOINTS_REQUIREMENTS.beside(others.map(named).join(BESIDE_BOTH)),
    got: `var.${input}`,
    hint: "leave one of them out",
  }));
}

/** What must be true of a policy that the caller has written. */
function ownPolicyRules(input: string): ValidationRule[] {
  const policy = `var.${input}`;
  const given = `jsondecode(${policy}).Statement`;
  const statements = `try(concat(${given}, []), [${given}])`;
  const isPolicy = `try(length(${statements}) > 0 && alltrue([for statement in ${statements} : can(keys(statement))]), false)`;
  const unlessWrong = (holds: string): string => `${policy} == null || !${isPolicy} || try(${holds}, false)`;
  return [
    {
      holds: `${policy} == null || ${isPolicy}`,
      place: input,
      requirement: POLICY_REQUIREMENTS.statements,
      got: policy,
      hint: "write it with jsonencode",
    },
    {
      holds: unlessWrong(`anytrue([for statement in ${statements} : try(statement.Effect == "Allow", false)])`),
      place: input,
      requirement: POLICY_REQUIREMENTS.allow,
      got: `try([for statement in ${statements} : try(statement.Effect, null)], null)`,
      hint: "an endpoint lets through what its policy allows and nothing else: allow what is left beside the Deny",
    },
    {
      holds: unlessWrong(
        `alltrue([for statement in ${statements} : can(statement.Principal) || can(statement.NotPrincipal)])`,
      ),
      place: input,
      requirement: POLICY_REQUIREMENTS.principal,
      got: '"a statement without one"',
      hint: 'write Principal = "*"',
    },
    {
      holds: `${policy} == null || try(length(${policy}) <= ${MAX_ENDPOINT_POLICY}, false)`,
      place: input,
      requirement: POLICY_REQUIREMENTS.length,
      got: `try(length(${policy}), 0)`,
      hint: "join its statements",
    },
  ];
}

/** That a policy which is made of an input, among others, is not longer than AWS takes; `unless` another input says so. */
function madePolicyRule(input: string, beside: string, policy: string, unless = ""): ValidationRule {
  return {
    holds: `length(var.${input}) == 0 || ${unless}length(${policy}) <= ${MAX_ENDPOINT_POLICY}`,
    place: input,
    requirement: POLICY_REQUIREMENTS.madeLength(beside),
    got: `length(${policy})`,
    hint: "name fewer, with wildcards, or use `full_access`",
  };
}

const UNTAGGED_STATEMENT = hcl(forEverybody(createStatement("${local.untagged_arns}")));
const PULLS = `${pullStatements(UNTAGGED_STATEMENT, "${local.tagged_arns}", forEverybody)}, length(var.repository_arns) == 0 ? [] : ${hcl([forEverybody(readStatement("${var.repository_arns}"))])}`;
const PUSHES = `length(var.push_repository_arns) == 0 ? [] : ${hcl([forEverybody(pushStatement("${var.push_repository_arns}"))])}`;
const MADE_REGISTRY_POLICY = policyOf(`concat(${PULLS}, ${PUSHES})`);

// The validations of two inputs cannot look at each other: one of the two looks at the part of the policy without the other.
const MADE_PULL_POLICY = policyOf(`concat(${PULLS})`);
const BUCKET_ARNS = `flatten([for bucket in var.bucket_names : ${hcl(bucketArns(expression(PARTITION), "${bucket}"))}])`;
const MADE_S3_POLICY = policyOf(
  `concat(${hcl([forEverybody(layersStatement(expression(PARTITION), expression(REGION_EXPRESSION)))])}, length(var.bucket_names) == 0 ? [] : ${hcl([forEverybody(bucketsStatement(expression(BUCKET_ARNS)))])})`,
);

function policyOf(statements: string): string {
  return `jsonencode({ Version = "2012-10-17", Statement = ${statements} })`;
}

/** The policy of an endpoint: the caller's own, that for everything, or the one that is made. */
function policyBy(input: string, made: string): string {
  return expression(`var.${input} != null ? var.${input} : var.full_access ? ${hcl(FULL_ACCESS)} : ${made}`);
}

/** The whole name of the endpoint service of a service that is known here. */
function nameOf(service: string): string {
  return serviceNameOf(
    service,
    expression(REGION_EXPRESSION),
    () => "${data.aws_partition.current.reverse_dns_prefix}",
  );
}

// A service that every VPC gets an endpoint of is named by its last part, and needs another hint than a whole name.
const MADE_ANYWAY = Object.fromEntries(
  Object.entries(EXISTING_ENDPOINTS).map(([name, prop]) => [name, madeAnyway(INPUT_OF[prop] ?? prop)]),
);
const NOT_SHORT = expression(`try(${hcl(MADE_ANYWAY)}[element], "use \`service_names\` for a whole name")`);

// Those that are asked for by their last parts, by these.
const NAMED_SERVICES = `{ for name in var.services : name => "\${contains(${hcl(NAMED_AFTER_PARTITION)}, name) ? data.aws_partition.current.reverse_dns_prefix : "${COMMON_PREFIX}"}.\${${REGION_EXPRESSION}}.\${name}" }`;
const REGISTRY_SERVICES = `{ for name, whole in ${hcl({ "ecr.api": nameOf("ecr.api"), "ecr.dkr": nameOf("ecr.dkr") })} : name => whole if nonsensitive(${REGISTRY_ENDPOINTS}[name] == null) }`;

/** An interface endpoint with private DNS for each service of a map. */
function interfaces(services: string, policy?: string): Block {
  const type = '${var.dual_stack ? "dualstack" : "ipv4"}';
  return {
    for_each: services,
    vpc_id: "${var.vpc_id}",
    service_name: "${each.value}",
    vpc_endpoint_type: "Interface",
    private_dns_enabled: true,
    subnet_ids: "${var.subnet_ids}",
    security_group_ids: ["${aws_security_group.endpoints[0].id}"],
    policy,
    ip_address_type: type,
    dns_options: { dns_record_ip_type: type },
    // Names lead to an endpoint as long as it is there: what admits clients comes before it, and goes after it.
    depends_on: [
      "aws_vpc_security_group_ingress_rule.cidr",
      "aws_vpc_security_group_ingress_rule.ipv6_cidr",
      "aws_vpc_security_group_ingress_rule.security_group",
    ],
  };
}

/** A rule that admits each client of a map, which is named by an argument of its own. */
function admitting(clients: string, argument: string): Block {
  const { ipProtocol, fromPort, toPort } = HTTPS;
  return {
    for_each: clients,
    security_group_id: "${aws_security_group.endpoints[0].id}",
    description: httpsFrom("${each.value}"),
    ip_protocol: ipProtocol,
    from_port: fromPort,
    to_port: toPort,
    [argument]: "${each.value}",
  };
}

/** The postconditions of a data source. */
function postconditions(...conditions: readonly PlanCondition[]): Block {
  return { postcondition: conditions.map(inJson) };
}

/** A condition as Terraform JSON has it. */
function inJson({ condition, errorMessage }: PlanCondition): Condition {
  return { condition, error_message: errorMessage };
}

/** A condition that only dual-stack endpoints must meet. */
function withDualStack({ condition, errorMessage }: PlanCondition): PlanCondition {
  return { condition: expression(`!var.dual_stack || ${hcl(condition)}`), errorMessage };
}

/** A condition that every element of a loop must meet. */
function forEach(head: string, { condition, errorMessage }: PlanCondition): Condition {
  const broken = `[for ${head} : ${quoted(errorMessage)} if !(${hcl(condition)})]`;
  return {
    condition: expression(`length(${broken}) == 0`),
    error_message: expression(`join("\\n", ${broken})`),
  };
}

const DEFAULT_ROUTES = NETWORK_CONDITIONS.defaultRoutes(
  "values(data.aws_route_table.given)",
  `\`first_pull\` as ${FirstPull.INTERNET_ROUTE}`,
);
const OWN_ZONES = NETWORK_CONDITIONS.ownZone(
  "${subnet.id}",
  "subnet.availability_zone",
  "slice(data.aws_subnet.given[*].availability_zone, 0, key)",
);

/** What clients in private subnets of one VPC need to pull from a registry. */
export const registryEndpoints: ModuleDefinition = {
  name: "registry-endpoints",
  purpose: [
    "What clients in private subnets of one VPC need to pull from an Amazon ECR registry: interface endpoints of `ecr.api` and `ecr.dkr` with private DNS, a gateway endpoint of S3, where layers come from, and a security group that admits the clients on port 443. Endpoint policies let through pulls of the caches, and nothing else that the inputs do not name.",
    "It is the construct `RegistryEndpoints` for configurations without TypeScript, and refuses what the construct refuses, in the same words. Private DNS leads everybody in the VPC to these endpoints, and the route tables all of their subnets to S3's: what the policies do not let through stops working there. Interface endpoints cost by the hour for every subnet, and by the GB; the gateway endpoint costs nothing.",
    `No endpoint leads to an upstream: the first pull of an image, and a refresh that finds new layers, also needs what \`first_pull\` says. With ${FirstPull.PREWARMED} something else has to pull every image beforehand, and the module cannot tell whether anything does: the construct warns where it finds no warmer, the module does not.`,
    "`check_network` has every plan look up the VPC, the subnets, the route tables and the endpoints that exist, and fail where AWS would refuse the endpoints or nobody could use them; where a route table or an endpoint may be right all the same, it warns. The construct does that for literal ids only, and a module cannot tell which those are. What the same run makes is looked up once it is there, so what is wrong with it is told while Terraform applies, and a route that the same run adds to a table may not be seen yet. What the same run changes is looked at as it was before. Turn `check_network` off in those cases, where `subnet_ids` is a list whose length is known only after an apply, and where Terraform may not read the network. A first plan of a network that the same run makes warns that an assertion is known after apply: that needs nothing done.",
    "Elements of maps become resources named after their keys, so values may be known only after an apply, and adding one touches no other. The same holds for endpoints that exist, which are objects for that reason.",
  ],
  uses: [
    {
      title: "Smallest use",
      hcl: `
module "cache" {
  source = "../cdktf-ecr-pull-through-cache/modules/pull-through-cache"

  upstreams = { ecr-public = {} }
}

module "endpoints" {
  source = "../cdktf-ecr-pull-through-cache/modules/registry-endpoints"

  vpc_id          = "vpc-0a1b2c3d4e5f60718"
  subnet_ids      = ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"]
  route_table_ids = { private = "rtb-0a1b2c3d4e5f60718" }
  client_cidrs    = { vpc = "10.0.0.0/16" }
  first_pull      = "INTERNET_ROUTE"
  prefixes        = module.cache.prefixes
}
`,
    },
    {
      title: "In a network that the same run makes",
      hcl: `
resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  for_each = { a = "10.0.0.0/20", b = "10.0.16.0/20" }

  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1\${each.key}"
  cidr_block        = each.value
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "nodes" {
  name_prefix = "nodes-"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

module "endpoints" {
  source = "../cdktf-ecr-pull-through-cache/modules/registry-endpoints"

  vpc_id                    = aws_vpc.main.id
  subnet_ids                = [for subnet in aws_subnet.private : subnet.id]
  route_table_ids           = { private = aws_route_table.private.id }
  client_security_group_ids = { nodes = aws_security_group.nodes.id }
  first_pull                = "PREWARMED"
  services                  = ["logs", "sts", "ec2"]
  prefixes                  = ["ecr-public", "docker-hub"]
  s3_endpoint               = { id = aws_vpc_endpoint.s3.id }
  check_network             = false
}
`,
    },
  ],
  // Validations that look at other inputs.
  terraform: "1.9",
  inputs: {
    vpc_id: {
      type: "string",
      required: true,
      description: "The VPC; its DNS support and DNS hostnames must be on.",
      rules: [following(VPC_ID, "give the VPC that the clients are in")],
    },
    subnet_ids: {
      type: "list(string)",
      decides: true,
      default: [],
      description:
        "The subnets that get the network interfaces of the interface endpoints, at most one in each availability zone. Each endpoint costs by the hour for every subnet. Clients in other subnets of the VPC reach them as well.",
      elementRules: [following(SUBNET_ID, "give one private subnet of each availability zone")],
      validations: [
        {
          holds: `!(${MAKES_INTERFACES}) || length(var.subnet_ids) > 0`,
          place: "subnet_ids",
          requirement: atLeastOne("list"),
          got: "var.subnet_ids",
          hint: "give one private subnet of each availability zone",
          told: "Required where an interface endpoint is made.",
        },
        onlyWithInterfaces("subnet_ids"),
        givenOnce("subnet_ids", "list"),
      ],
    },
    route_table_ids: {
      type: "map(string)",
      decides: true,
      default: {},
      description:
        "The route tables of the clients' subnets, by keys of your own, like `{ private = aws_route_table.private.id }`: layers of images come from S3, and these get the route to it. With an `s3_endpoint` they are those that it does not have yet, and whoever owns that endpoint must not list its tables in it, or each of the two takes away what the other has added.",
      elementRules: [following(ROUTE_TABLE_ID, "give those of the clients' subnets")],
      validations: [
        {
          holds: "var.s3_endpoint != null || length(var.route_table_ids) > 0",
          place: "route_table_ids",
          requirement: atLeastOne("map"),
          got: "var.route_table_ids",
          hint: "give those of the clients' subnets",
          told: "Required without an `s3_endpoint`.",
        },
        givenOnce("route_table_ids", "map"),
      ],
    },
    client_cidrs: blocks(
      4,
      "client_cidrs",
      "Blocks of IPv4 addresses that clients are in, by keys of your own, like `{ vpc = aws_vpc.main.cidr_block }`, which may use the interface endpoints on port 443.",
      [
        {
          holds: `!(${MAKES_INTERFACES}) || length(var.client_cidrs) > 0 || length(var.client_ipv6_cidrs) > 0 || length(var.client_security_group_ids) > 0`,
          place: "client_cidrs",
          requirement: ENDPOINTS_REQUIREMENTS.clients,
          told: "Where an interface endpoint is made, these, `client_ipv6_cidrs` or `client_security_group_ids` are required.",
          got: "var.client_cidrs",
          hint: "say who may use the endpoints, for example with the VPC's own block",
        },
      ],
    ),
    client_ipv6_cidrs: blocks(
      6,
      "client_ipv6_cidrs",
      "Blocks of IPv6 addresses that clients are in, by keys of your own.",
      [
        {
          holds: "var.dual_stack || length(var.client_ipv6_cidrs) == 0",
          place: "client_ipv6_cidrs",
          requirement: ENDPOINTS_REQUIREMENTS.ipv6WithoutDualStack,
          got: "var.client_ipv6_cidrs",
          hint: "set it to have endpoints with IPv6",
        },
        {
          holds: `!var.dual_stack || !(${MAKES_INTERFACES}) || length(var.client_ipv6_cidrs) > 0 || length(var.client_security_group_ids) > 0`,
          place: "client_ipv6_cidrs",
          requirement: ENDPOINTS_REQUIREMENTS.ipv6WithDualStack,
          told: "Required with `dual_stack` and without `client_security_group_ids`.",
          got: "var.client_ipv6_cidrs",
          hint: "add the IPv6 block of the VPC: clients that have IPv6 use it first",
        },
      ],
    ),
    client_security_group_ids: {
      type: "map(string)",
      decides: true,
      default: {},
      description:
        "Security groups of clients, by keys of your own, which may use the interface endpoints on port 443.",
      elementRules: [following(CLIENT_GROUP_ID, "give the groups that the clients are in")],
      validations: [givenOnce("client_security_group_ids", "map"), onlyWithInterfaces("client_security_group_ids")],
    },
    first_pull: {
      type: "string",
      required: true,
      description: `How an image that is not cached yet gets its first pull: \`${FirstPull.INTERNET_ROUTE}\` where the clients' subnets have a route to the internet, \`${FirstPull.PREWARMED}\` where something that has one pulls every image before they do.`,
      rules: [
        oneOf(
          Object.values(FirstPull),
          whyFirstPull("a build on a schedule"),
          firstPullRequirement(Object.values(FirstPull)),
        ),
      ],
    },
    services: {
      type: "set(string)",
      decides: true,
      default: [],
      description:
        "Other services of AWS that the clients call, by the last parts of the names of their endpoint services, like `logs`. Each gets an interface endpoint with private DNS that lets everything through that its callers may do.",
      elementRules: [following(SHORT_NAME, NOT_SHORT)],
    },
    service_names: {
      type: "set(string)",
      decides: true,
      default: [],
      description:
        "The same by whole names, for those that begin with something else than `com.amazonaws`, as some do in China and in isolated regions.",
      elementRules: [following(SERVICE_NAME, "use `services` for its last part alone")],
      validations: [
        {
          each: ["element in var.service_names"],
          holds: `try(contains(split(".", element), ${REGION_EXPRESSION}), true)`,
          place: "service_names[${jsonencode(element)}]",
          requirement: ofVpcRegion(expression(REGION_EXPRESSION)),
          got: "element",
          hint: OWN_REGION,
        },
        {
          each: ["element in var.service_names"],
          holds: "!contains(var.services, element)",
          place: "service_names[${jsonencode(element)}]",
          requirement: ENDPOINTS_REQUIREMENTS.serviceOnce,
          got: "element",
          hint: "a VPC takes one private DNS name of a service",
        },
        {
          each: ["element in var.service_names"],
          holds: `!contains(concat(values(${NAMED_SERVICES}), values(${REGISTRY_SERVICES})), element)`,
          place: "service_names[${jsonencode(element)}]",
          requirement: onlyWithPrivateDns("${element}"),
          got: "element",
          hint: "leave it out: one is made by its last part",
        },
      ],
    },
    prefixes: {
      type: "list(string)",
      default: [],
      description:
        "Prefixes of the caches that may be pulled through the endpoints, of a registry in the region of the VPC: the output `prefixes` of the module pull-through-cache.",
      elementRules: [following(REPOSITORY_PREFIX, "give those of the cache")],
      validations: [
        {
          holds: `!(${MAKES_REGISTRY}) || var.full_access || var.ecr_endpoint_policy != null || length(var.prefixes) > 0`,
          place: "prefixes",
          requirement: AT_LEAST_ONE_PREFIX,
          told: "Required where an endpoint of ECR is made, unless `ecr_endpoint_policy` or `full_access` says what may be pulled.",
          got: "var.prefixes",
          hint: "give those of the cache, or give `ecr_endpoint_policy` or `full_access`",
        },
      ],
    },
    tagged_prefixes: { ...TAGGED_PREFIXES_INPUT, validations: [TAGGED_PREFIXES_FAULT] },
    account_id: ACCOUNT_INPUT,
    repository_arns: repositories(
      "repository_arns",
      "ARNs of other repositories that may be pulled through the endpoints of ECR, with wildcards if you like: the images of your own, or those of AWS's accounts that nodes of EKS start with.",
      madePolicyRule("repository_arns", "`prefixes`", MADE_PULL_POLICY),
    ),
    push_repository_arns: repositories(
      "push_repository_arns",
      "ARNs of repositories that clients may push to through the endpoints of ECR, with wildcards if you like. A push needs no more of the S3 endpoint than a pull does. Pulls of what was pushed need `repository_arns`.",
      madePolicyRule(
        "push_repository_arns",
        "`prefixes`",
        MADE_REGISTRY_POLICY,
        `length(${MADE_PULL_POLICY}) > ${MAX_ENDPOINT_POLICY} || `,
      ),
    ),
    bucket_names: {
      type: "list(string)",
      default: [],
      description: "Names of buckets that may be reached through the endpoint of S3, beside that of the layers.",
      elementRules: [following(BUCKET_NAME, "give names, not ARNs")],
      validations: [
        givenOnce("bucket_names", "list"),
        ...exclusions("bucket_names"),
        madePolicyRule("bucket_names", "layers", MADE_S3_POLICY),
      ],
    },
    full_access: {
      type: "bool",
      default: false,
      description:
        "Lets everything through the endpoints of ECR and S3, for clients that push to any repository, or use any bucket.",
    },
    ecr_endpoint_policy: {
      type: "string",
      description:
        "A policy of your own for the endpoints of ECR, as JSON text, in place of the one made of prefixes and repositories. It has to allow `ecr:BatchImportUpstreamImage` and `ecr:CreateRepository` beside what other pulls need, and `ecr:TagResource` where a creation template sets tags.",
      otherwise:
        "pulls under `prefixes`, pulls from `repository_arns`, pushes to `push_repository_arns`, and nothing else",
      validations: [...ownPolicyRules("ecr_endpoint_policy"), ...exclusions("ecr_endpoint_policy")],
    },
    s3_endpoint_policy: {
      type: "string",
      description:
        "A policy of your own for the endpoint of S3, as JSON text. It has to allow `s3:GetObject` on `prod-<region>-starport-layer-bucket/*` without conditions on an account or an organization.",
      otherwise: "layers, `bucket_names`, and nothing else",
      validations: [...ownPolicyRules("s3_endpoint_policy"), ...exclusions("s3_endpoint_policy")],
    },
    dual_stack: {
      type: "bool",
      default: false,
      description:
        "Has all endpoints that are made here, S3's and those of other services included, take IPv4 and IPv6, and the URIs name the host that clients can reach over both. The subnets need an IPv6 block, and endpoints that exist have to be dual-stack already. Set back to false, it leaves S3's as it is.",
      validations: [
        {
          holds: `!var.dual_stack || contains(${hcl(Object.keys(DUAL_STACK_SUFFIXES))}, ${PARTITION})`,
          place: "dual_stack",
          requirement: ENDPOINTS_REQUIREMENTS.dualStackHost,
          got: PARTITION,
          hint: "leave it out where AWS documents no dual-stack registries",
        },
      ],
    },
    ecr_api_endpoint: existing(
      "An endpoint of `ecr.api` that the VPC has already, or reaches. Its policy, security groups and subnets stay as they are: its policy has to allow what `ecr_endpoint_policy` has to.",
    ),
    ecr_dkr_endpoint: existing(
      "An endpoint of `ecr.dkr` that the VPC has already, or reaches; as for `ecr_api_endpoint`.",
    ),
    s3_endpoint: existing(
      "A gateway endpoint of S3 that the VPC has already. Its policy stays as it is, and has to allow what `s3_endpoint_policy` has to; `route_table_ids` are added to it.",
    ),
    check_network: {
      type: "bool",
      default: true,
      description:
        "Whether every plan looks up the VPC, the subnets, the route tables and the endpoints that exist, and fails where they would not do.",
    },
    acknowledged_warnings: acknowledgedWarnings(...ENDPOINT_WARNINGS),
  },
  locals: {
    ...REGISTRY_LOCALS,
    host: `\${var.dual_stack ? "\${local.account_id}.dkr-ecr.\${${REGION_EXPRESSION}}.\${lookup(${hcl(DUAL_STACK_SUFFIXES)}, ${PARTITION}, "")}" : local.registry_uri}`,
    untagged_prefixes: expression(UNTAGGED_PREFIXES),
    untagged_arns: expression(`distinct(${repositoryArns("local.untagged_prefixes")})`),
    tagged_arns: expression(`distinct(${repositoryArns("var.tagged_prefixes")})`),
    ecr_endpoint_policy: policyBy("ecr_endpoint_policy", MADE_REGISTRY_POLICY),
    s3_endpoint_policy: policyBy("s3_endpoint_policy", MADE_S3_POLICY),
    client_ipv6_cidrs: expression(`{ for key, block in var.client_ipv6_cidrs : key => ${canonicalBlock(6, "block")} }`),
    registry_services: expression(REGISTRY_SERVICES),
    services: expression(`merge(${NAMED_SERVICES}, { for name in var.service_names : name => name })`),
    existing_registry_endpoints: expression(
      `{ for name, endpoint in ${REGISTRY_ENDPOINTS} : name => endpoint.id if nonsensitive(endpoint != null) }`,
    ),
    registry_endpoint_ids: expression(
      "merge(local.existing_registry_endpoints, { for name, endpoint in aws_vpc_endpoint.registry : name => endpoint.id })",
    ),
    s3_endpoint_id: expression("var.s3_endpoint == null ? one(aws_vpc_endpoint.s3[*].id) : var.s3_endpoint.id"),
  },
  data: {
    ...REGISTRY_DATA,
    aws_vpc: {
      given: {
        count: "${var.check_network ? 1 : 0}",
        id: "${var.vpc_id}",
        lifecycle: postconditions(NETWORK_CONDITIONS.dns("${var.vpc_id}")),
      },
    },
    aws_subnet: {
      given: {
        count: "${var.check_network ? length(var.subnet_ids) : 0}",
        id: "${var.subnet_ids[count.index]}",
        lifecycle: postconditions(
          NETWORK_CONDITIONS.inVpc("The subnet ${self.id}", "${var.vpc_id}"),
          withDualStack(NETWORK_CONDITIONS.ipv6Block("${self.id}")),
        ),
      },
    },
    aws_route_table: {
      given: {
        for_each: "${var.check_network ? var.route_table_ids : {}}",
        route_table_id: "${each.value}",
        lifecycle: postconditions(NETWORK_CONDITIONS.inVpc("The route table ${each.value}", "${var.vpc_id}")),
      },
    },
    aws_vpc_endpoint: {
      registry: {
        for_each: "${var.check_network ? local.existing_registry_endpoints : {}}",
        id: "${each.value}",
        lifecycle: postconditions(
          NETWORK_CONDITIONS.service(
            "${each.value}",
            `\${${hcl({ "ecr.api": nameOf("ecr.api"), "ecr.dkr": nameOf("ecr.dkr") })}[each.key]}`,
          ),
          withDualStack(NETWORK_CONDITIONS.dualStack("${each.value}")),
        ),
      },
      s3: {
        count: "${nonsensitive(var.check_network && var.s3_endpoint != null) ? 1 : 0}",
        id: "${var.s3_endpoint.id}",
        lifecycle: postconditions(
          NETWORK_CONDITIONS.service("${var.s3_endpoint.id}", nameOf("s3")),
          NETWORK_CONDITIONS.gateway("${var.s3_endpoint.id}"),
          NETWORK_CONDITIONS.inVpc("The endpoint ${var.s3_endpoint.id}", "${var.vpc_id}"),
          withDualStack(NETWORK_CONDITIONS.dualStack("${var.s3_endpoint.id}")),
        ),
      },
    },
  },
  resources: {
    aws_security_group: {
      endpoints: {
        count: `\${nonsensitive(${MAKES_INTERFACES}) ? 1 : 0}`,
        name_prefix: ENDPOINTS_GROUP.namePrefix,
        description: ENDPOINTS_GROUP.description,
        vpc_id: "${var.vpc_id}",
        // Held against all subnets at once, which none of them can be by itself, and before any endpoint is made.
        lifecycle: { precondition: [forEach("key, subnet in data.aws_subnet.given", OWN_ZONES)] },
      },
    },
    aws_vpc_security_group_ingress_rule: {
      cidr: admitting("${var.client_cidrs}", "cidr_ipv4"),
      // AWS answers with the one spelling that is canonical, and any other would be a change in every plan.
      ipv6_cidr: admitting("${local.client_ipv6_cidrs}", "cidr_ipv6"),
      security_group: admitting("${var.client_security_group_ids}", "referenced_security_group_id"),
    },
    aws_vpc_endpoint: {
      registry: interfaces("${local.registry_services}", "${local.ecr_endpoint_policy}"),
      service: interfaces("${local.services}"),
      s3: {
        count: "${nonsensitive(var.s3_endpoint == null) ? 1 : 0}",
        vpc_id: "${var.vpc_id}",
        service_name: nameOf("s3"),
        vpc_endpoint_type: "Gateway",
        policy: "${local.s3_endpoint_policy}",
        ip_address_type: '${var.dual_stack ? "dualstack" : null}',
      },
    },
    // The endpoint lists no tables itself, so that others can add theirs.
    aws_vpc_endpoint_route_table_association: {
      s3: {
        for_each: "${var.route_table_ids}",
        vpc_endpoint_id: "${local.s3_endpoint_id}",
        route_table_id: "${each.value}",
      },
    },
  },
  checks: {
    wide_client_cidr: warning("wide-client-cidr", {
      each: ["block in concat(values(var.client_cidrs), values(var.client_ipv6_cidrs))"],
      holds: `try(split("/", block)[1] >= ${widestOf("block")}, true)`,
      message: `${widerThanPrivate("${block}", expression(widestOf("block")))}.`,
    }),
    registry_endpoints_reached: forEach(
      "endpoint in values(data.aws_vpc_endpoint.registry)",
      NETWORK_CONDITIONS.reached("endpoint", "${endpoint.id}", "${var.vpc_id}"),
    ),
    first_pull: {
      condition: expression(`var.first_pull != "${FirstPull.INTERNET_ROUTE}" || ${hcl(DEFAULT_ROUTES.condition)}`),
      error_message: DEFAULT_ROUTES.errorMessage,
    },
  },
  outputs: {
    registry_uri: {
      description: "The host that clients behind these endpoints sign in to and pull from.",
      value: "${local.host}",
    },
    repository_uris: {
      description:
        "What clients behind these endpoints pull in place of a registry, by the elements of `prefixes`: put the repository behind it.",
      value: expression(
        '{ for prefix in distinct(var.prefixes) : prefix => prefix == "ROOT" ? local.host : "${local.host}/${trimsuffix(prefix, "/")}" }',
      ),
      depends_on: ["aws_vpc_endpoint.registry", "aws_vpc_endpoint.s3", "aws_vpc_endpoint_route_table_association.s3"],
    },
    ecr_api_endpoint_id: {
      description: "The endpoint of `ecr.api`, made here or given.",
      value: '${local.registry_endpoint_ids["ecr.api"]}',
    },
    ecr_dkr_endpoint_id: {
      description: "The endpoint of `ecr.dkr`, made here or given.",
      value: '${local.registry_endpoint_ids["ecr.dkr"]}',
    },
    s3_endpoint_id: {
      description: "The gateway endpoint of S3, made here or given.",
      value: "${local.s3_endpoint_id}",
    },
    security_group_id: {
      description: "The security group of the interface endpoints; null where none was made.",
      value: "${one(aws_security_group.endpoints[*].id)}",
    },
    service_endpoint_ids: {
      description: "The endpoints of other services, by what is in `services` and `service_names`.",
      value: expression("{ for name, endpoint in aws_vpc_endpoint.service : name => endpoint.id }"),
    },
  },
};

function widestOf(block: string): string {
  return `(strcontains(${block}, ":") ? ${WIDEST[6]} : ${WIDEST[4]})`;
}
