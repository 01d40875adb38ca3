import { PARTITION_NAMES, dualStackSuffixOf } from "../../src/aws/partitions";
import { AT_LEAST_ONE_PREFIX, REPOSITORY_PREFIX } from "../../src/cache/rules";
import { FirstPull } from "../../src/network/first-pull";
import {
  CLIENT_BLOCK,
  CREATED_ANYWAY,
  ENDPOINTS_RULES,
  EXCLUDED,
  EXISTING_ENDPOINTS,
  ID_RULES,
  MAX_ENDPOINT_POLICY,
  REACHABLE_BUCKET,
  REPOSITORY_ARN,
  SERVICE_NAME,
  SHORT_NAME,
  excludedBy,
  firstPullHint,
  onlyWithPrivateDns,
} from "../../src/network/rules";
import type { WarningId } from "../../src/terraform/warnings";
import { GIVEN_ONCE, atLeastOne } from "../../src/validation/rule";
import type { Input, Inputs, ValidationRule } from "../generator/definition";
import { expression, hcl, inSnakeCase, snakeCase } from "../generator/hcl";
import {
  ACCOUNT_INPUT,
  PARTITION,
  REGION_EXPRESSION,
  TAGGED_PREFIXES_FAULT,
  TAGGED_PREFIXES_INPUT,
} from "../generator/registry";
import { following, givenOnce, oneOf } from "../generator/rules";
import { acknowledgedWarnings } from "../generator/warnings";
import { canonicalBlock, isBlock } from "./cidr-expressions";
import { ECR_POLICY, PULL_POLICY, S3_POLICY, generatedPolicyRule, ownPolicyRules } from "./policies";
import { MAKES_INTERFACES, MAKES_REGISTRY, NAMED_SERVICES, REGISTRY_SERVICES } from "./service-expressions";

/** The warnings of endpoints. */
export const ENDPOINT_WARNINGS = ["wide-client-cidr"] as const satisfies WarningId[];
/** How the dual-stack hosts of registries end, by partition. */
export const DUAL_STACK_SUFFIXES = Object.fromEntries(
  PARTITION_NAMES.map((name) => [name, dualStackSuffixOf(name)] as const).filter(([, suffix]) => suffix !== undefined),
);

/** The input for an existing endpoint: an object, so that its ID may be known only after apply. */
function existing(description: string): Input {
  return {
    type: "object",
    description,
    otherwise: "an endpoint is created",
    attributes: {
      id: {
        type: "string",
        required: true,
        description: "Its ID.",
        rules: [following(ID_RULES.endpoint)],
      },
    },
  };
}

/** The rule that an input is empty if no interface endpoint is created. */
function onlyWithInterfaces(input: string): ValidationRule {
  return {
    holds: `${MAKES_INTERFACES} || length(var.${input}) == 0`,
    place: input,
    ...ENDPOINTS_RULES.noInterface,
    got: `var.${input}`,
  };
}

/** The input for CIDR blocks of clients. */
function blocks(version: 4 | 6, input: string, description: string, validations: readonly ValidationRule[]): Input {
  const { requirement, hint } = CLIENT_BLOCK[version];
  return {
    type: "map(string)",
    decides: true,
    default: {},
    description,
    elementRules: [{ requirement, hint: inSnakeCase(hint), holds: (value) => isBlock(version, value) }],
    validations: [
      givenOnce(input, "map", GIVEN_ONCE.requirement, (element) => canonicalBlock(version, element)),
      onlyWithInterfaces(input),
      ...validations,
    ],
  };
}

/** The input for ARNs of repositories in the generated policy of the ECR endpoints. */
function repositories(input: string, description: string, policyRule: ValidationRule): Input {
  return {
    type: "list(string)",
    default: [],
    description,
    elementRules: [following(REPOSITORY_ARN)],
    validations: [
      givenOnce(input, "list"),
      {
        each: [`key, element in var.${input}`],
        holds: `alltrue([for own in [[1, ${PARTITION}], [3, ${REGION_EXPRESSION}]] : try(split(":", element)[own[0]] == own[1] || can(regex("[*?]", split(":", element)[own[0]])), true)])`,
        place: `${input}[\${key}]`,
        ...ENDPOINTS_RULES.location(expression(PARTITION), expression(REGION_EXPRESSION)),
        got: "element",
      },
      ...exclusions(input),
      policyRule,
    ],
  };
}

// Props whose inputs are objects, so that their values may be known only after apply.
const INPUT_OF: { readonly [prop: string]: string } = {
  ecrApiEndpointId: "ecr_api_endpoint",
  ecrDkrEndpointId: "ecr_dkr_endpoint",
  s3EndpointId: "s3_endpoint",
};

const LISTS: readonly string[] = ["repository_arns", "push_repository_arns", "bucket_names"];

/** The rules that an input is not given together with inputs that leave it without effect. */
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
    ...excludedBy(others.map(named)),
    got: `var.${input}`,
  }));
}

const SHORT_NAME_HINT = expression(
  `contains(${hcl(Object.keys(EXISTING_ENDPOINTS))}, element) ? ${hcl(CREATED_ANYWAY)} : "use \`service_names\` for a whole name"`,
);

/** The inputs of the module. */
export const INPUTS: Inputs = {
  vpc_id: {
    type: "string",
    required: true,
    description: "The VPC; its DNS support and DNS hostnames must be on.",
    rules: [following(ID_RULES.vpc)],
  },
  subnet_ids: {
    type: "list(string)",
    decides: true,
    default: [],
    description:
      "The subnets that get the network interfaces of the interface endpoints, at most one in each availability zone. Each endpoint costs by the hour for every subnet. Clients in other subnets of the VPC reach them as well.",
    elementRules: [following(ID_RULES.subnet)],
    validations: [
      {
        holds: `!(${MAKES_INTERFACES}) || length(var.subnet_ids) > 0`,
        place: "subnet_ids",
        requirement: atLeastOne("list"),
        got: "var.subnet_ids",
        hint: ID_RULES.subnet.hint,
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
    elementRules: [following(ID_RULES.routeTable)],
    validations: [
      {
        holds: "var.s3_endpoint != null || length(var.route_table_ids) > 0",
        place: "route_table_ids",
        requirement: atLeastOne("map"),
        got: "var.route_table_ids",
        hint: ID_RULES.routeTable.hint,
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
        ...ENDPOINTS_RULES.clients,
        told: "If an interface endpoint is created, `client_cidrs`, `client_ipv6_cidrs` or `client_security_group_ids` is required.",
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
        ...ENDPOINTS_RULES.ipv6WithoutDualStack,
        got: "var.client_ipv6_cidrs",
      },
      {
        holds: `!var.dual_stack || !(${MAKES_INTERFACES}) || length(var.client_ipv6_cidrs) > 0 || length(var.client_security_group_ids) > 0`,
        place: "client_ipv6_cidrs",
        ...ENDPOINTS_RULES.ipv6WithDualStack,
        told: "Required with `dual_stack` and without `client_security_group_ids`.",
      },
    ],
  ),
  client_security_group_ids: {
    type: "map(string)",
    decides: true,
    default: {},
    description: "Security groups of clients, by keys of your own, which may use the interface endpoints on port 443.",
    elementRules: [following(ID_RULES.clientGroup)],
    validations: [givenOnce("client_security_group_ids", "map"), onlyWithInterfaces("client_security_group_ids")],
  },
  first_pull: {
    type: "string",
    required: true,
    description: `How an image that is not cached yet gets its first pull: \`${FirstPull.INTERNET_ROUTE}\` where the clients' subnets have a route to the internet, \`${FirstPull.PREWARMED}\` where something that has one pulls every image before they do.`,
    rules: [oneOf(Object.values(FirstPull), firstPullHint("", "a scheduled build"))],
  },
  services: {
    type: "set(string)",
    decides: true,
    default: [],
    description:
      "Other services of AWS that the clients call, by the last parts of the names of their endpoint services, like `logs`. Each gets an interface endpoint with private DNS that lets everything through that its callers may do.",
    elementRules: [following(SHORT_NAME, SHORT_NAME_HINT)],
  },
  service_names: {
    type: "set(string)",
    decides: true,
    default: [],
    description:
      "The same by whole names, for those that begin with something else than `com.amazonaws`, as some do in China and in isolated regions.",
    elementRules: [following(SERVICE_NAME, "use `services` for the last part alone")],
    validations: [
      {
        each: ["element in var.service_names"],
        holds: `try(contains(split(".", element), ${REGION_EXPRESSION}), true)`,
        place: "service_names[${jsonencode(element)}]",
        ...ENDPOINTS_RULES.region(expression(REGION_EXPRESSION)),
        got: "element",
      },
      {
        each: ["element in var.service_names"],
        holds: "!contains(var.services, element)",
        place: "service_names[${jsonencode(element)}]",
        ...ENDPOINTS_RULES.serviceOnce,
        got: "element",
      },
      {
        each: ["element in var.service_names"],
        holds: `!contains(concat(values(${NAMED_SERVICES}), values(${REGISTRY_SERVICES})), element)`,
        place: "service_names[${jsonencode(element)}]",
        ...onlyWithPrivateDns("${element}", "leave it out: an endpoint of this service is created anyway"),
        got: "element",
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
    generatedPolicyRule("repository_arns", "`prefixes`", PULL_POLICY),
  ),
  push_repository_arns: repositories(
    "push_repository_arns",
    "ARNs of repositories that clients may push to through the endpoints of ECR, with wildcards if you like. A push needs no more of the S3 endpoint than a pull does. Pulls of what was pushed need `repository_arns`.",
    generatedPolicyRule(
      "push_repository_arns",
      "`prefixes`",
      ECR_POLICY,
      `length(${PULL_POLICY}) > ${MAX_ENDPOINT_POLICY} || `,
    ),
  ),
  bucket_names: {
    type: "list(string)",
    default: [],
    description: "Names of buckets that may be reached through the endpoint of S3, beside that of the layers.",
    elementRules: [following(REACHABLE_BUCKET)],
    validations: [
      givenOnce("bucket_names", "list"),
      ...exclusions("bucket_names"),
      generatedPolicyRule("bucket_names", "layers", S3_POLICY),
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
        ...ENDPOINTS_RULES.dualStackHost,
        got: PARTITION,
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
};
