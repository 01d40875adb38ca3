import { AT_LEAST_ONE_PREFIX, REPOSITORY_PREFIX } from "../../src/cache/rules";
import { FirstPull } from "../../src/network/first-pull";
import { bucketArns } from "../../src/network/policy-statements";
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
import { didYouMean } from "../../src/validation/nearest-name";
import { GIVEN_ONCE, atLeastOne } from "../../src/validation/rule";
import type { Input, InputRule, Inputs, ModuleDefinition, ValidationRule } from "../generator/definition";
import { expression, hcl, inSnakeCase, snakeCase } from "../generator/hcl";
import { ACCOUNT_INPUT, TAGGED_PREFIXES_RULE, TAGGED_PREFIXES_INPUT } from "../generator/registry";
import { following, givenOnce, oneOf } from "../generator/rules";
import { acknowledgedWarnings } from "../generator/warnings";
import { canonicalBlock, isBlock } from "./cidr-expressions";
import { FACTS } from "./facts";
import { generatedPolicyRule, ownPolicyRules } from "./policy-rules";

/** The warnings of endpoints. */
export const ENDPOINT_WARNINGS = ["wide-client-cidr"] as const satisfies WarningId[];

const PARTITION = "local.partition";
const REGION = "local.region";

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
    holds: `local.creates_interface_endpoints || length(var.${input}) == 0`,
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
        holds: `${isOwnPart(1, PARTITION)} && ${isOwnPart(3, REGION)}`,
        place: `${input}[\${key}]`,
        ...ENDPOINTS_RULES.location(expression(PARTITION), expression(REGION)),
        told: "Each must be in the partition and region of the VPC.",
        got: "element",
      },
      ...exclusions(input),
      policyRule,
    ],
  };
}

/** The expression that a part of an ARN is a value or has a wildcard. */
function isOwnPart(index: number, own: string): string {
  const part = `split(":", element)[${index}]`;
  return `try(${part} == ${own} || can(regex("[*?]", ${part})), true)`;
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
    // Elements may be known only after apply; a message may not.
    ...(LISTS.includes(input)
      ? { gotText: `a list of ${expression(`length(var.${input})`)}` }
      : { got: `var.${input}` }),
  }));
}

const BUCKET_ARNS = `flatten([for bucket in compact(var.bucket_names) : ${hcl(bucketArns("${local.partition}", "${bucket}"))}])`;

/** The hint for a wrong name of a service, as an expression. */
function serviceHint(hint: string): string {
  return expression(
    `try(contains(${hcl(Object.keys(EXISTING_ENDPOINTS))}, element), false) ? ${hcl(CREATED_ANYWAY)} : ${hcl(hint)}`,
  );
}

/** The rule of the last part of an endpoint service's name. */
function shortName(): InputRule {
  const known = (value: string): string =>
    `lookup(local.known_services, lower(replace(${value}, "/[_-]/", "")), ${value})`;
  const hint = "give the last part in lower case with hyphens, or use `service_names` for the whole name";
  const rule = following(SHORT_NAME);
  return {
    ...rule,
    holds: (value) => `(${rule.holds(value)} && try(${known(value)} == ${value}, false))`,
    hint: serviceHint(
      expression(
        `try(${known("element")}, element) != element ? ${hcl(didYouMean(expression(known("element"))))} : ${hcl(hint)}`,
      ),
    ),
  };
}

const INPUTS: Inputs = {
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
      "The subnets for the network interfaces of the interface endpoints, at most one per availability zone. Each endpoint costs by the hour for every subnet. Clients in other subnets of the VPC reach the endpoints as well.",
    elementRules: [following(ID_RULES.subnet)],
    validations: [
      {
        holds: "!local.creates_interface_endpoints || length(var.subnet_ids) > 0",
        place: "subnet_ids",
        requirement: atLeastOne("list"),
        got: "var.subnet_ids",
        hint: ID_RULES.subnet.hint,
        told: "Required if an interface endpoint is created.",
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
      "The route tables of the clients' subnets, by keys that you choose, like `{ private = aws_route_table.private.id }`. They get the route to S3, which serves the layers of images. With `s3_endpoint`, give only the tables that the existing endpoint does not have yet; the configuration of that endpoint must not list its route tables, since each of the two would remove the tables of the other.",
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
    "IPv4 CIDR blocks of the clients that may use the interface endpoints on port 443, by keys that you choose, like `{ vpc = aws_vpc.main.cidr_block }`.",
    [
      {
        holds:
          "!local.creates_interface_endpoints || length(var.client_cidrs) > 0 || length(var.client_ipv6_cidrs) > 0 || length(var.client_security_group_ids) > 0",
        place: "client_cidrs",
        ...ENDPOINTS_RULES.clients,
        told: "If an interface endpoint is created, `client_cidrs`, `client_ipv6_cidrs` or `client_security_group_ids` is required.",
      },
    ],
  ),
  client_ipv6_cidrs: blocks(
    6,
    "client_ipv6_cidrs",
    "IPv6 CIDR blocks of the clients that may use the interface endpoints on port 443, by keys that you choose.",
    [
      {
        holds: "var.dual_stack || length(var.client_ipv6_cidrs) == 0",
        place: "client_ipv6_cidrs",
        ...ENDPOINTS_RULES.ipv6WithoutDualStack,
        got: "var.client_ipv6_cidrs",
      },
      {
        holds:
          "!var.dual_stack || !local.creates_interface_endpoints || length(var.client_ipv6_cidrs) > 0 || length(var.client_security_group_ids) > 0",
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
    description:
      "Security groups of the clients that may use the interface endpoints on port 443, by keys that you choose.",
    elementRules: [following(ID_RULES.clientGroup)],
    validations: [givenOnce("client_security_group_ids", "map"), onlyWithInterfaces("client_security_group_ids")],
  },
  first_pull: {
    type: "string",
    required: true,
    description: `How clients reach the upstream for the first pull of an image: \`${FirstPull.INTERNET_ROUTE}\` if the clients' subnets have a route to the internet, \`${FirstPull.PREWARMED}\` if something with such a route pulls every image before the clients do.`,
    rules: [oneOf(Object.values(FirstPull), firstPullHint("", "the module cache-warmer"))],
  },
  services: {
    type: "set(string)",
    decides: true,
    default: [],
    description:
      "Other AWS services that the clients call, by the last parts of their endpoint services' names, like `logs`. Each gets an interface endpoint with private DNS and no endpoint policy, which allows all requests.",
    elementRules: [shortName()],
  },
  service_names: {
    type: "set(string)",
    decides: true,
    default: [],
    description:
      "The same by whole names, for names that do not begin with `com.amazonaws`: some do not in China and in isolated regions.",
    elementRules: [following(SERVICE_NAME, serviceHint("give the whole name, or use `services` for the last part"))],
    validations: [
      {
        // Another rule refuses null.
        each: ["element in compact(var.service_names)"],
        holds: `try(contains(split(".", element), ${REGION}), true)`,
        place: "service_names[${jsonencode(element)}]",
        ...ENDPOINTS_RULES.region(expression(REGION)),
        told: "Each must be in the region of the VPC.",
        got: "element",
      },
      {
        // Another rule refuses null.
        each: ["element in compact(var.service_names)"],
        holds: "!contains(var.services, element)",
        place: "service_names[${jsonencode(element)}]",
        ...ENDPOINTS_RULES.serviceOnce,
        got: "element",
      },
      {
        // Another rule refuses null.
        each: ["element in compact(var.service_names)"],
        holds: "!contains(concat(values(local.services_by_name), values(local.registry_services)), element)",
        place: "service_names[${jsonencode(element)}]",
        ...onlyWithPrivateDns("${element}", "leave it out: an endpoint of this service is created anyway"),
        told: "Each must be the only endpoint of its service with private DNS in the VPC.",
        got: "element",
      },
    ],
  },
  prefixes: {
    type: "list(string)",
    default: [],
    description:
      "Prefixes of the caches that clients may pull through the endpoints, in the region of the VPC: the output `prefixes` of the module pull-through-cache.",
    elementRules: [following(REPOSITORY_PREFIX, "give the output `prefixes` of the cache")],
    validations: [
      {
        holds:
          "!local.creates_registry_endpoints || var.full_access || var.ecr_endpoint_policy != null || length(var.prefixes) > 0",
        place: "prefixes",
        requirement: AT_LEAST_ONE_PREFIX,
        told: "Required if an ECR endpoint is created, unless `ecr_endpoint_policy` or `full_access` is given.",
        got: "var.prefixes",
        hint: "give the output `prefixes` of the cache, or `ecr_endpoint_policy` or `full_access`",
      },
    ],
  },
  tagged_prefixes: { ...TAGGED_PREFIXES_INPUT, validations: [TAGGED_PREFIXES_RULE] },
  account_id: ACCOUNT_INPUT,
  repository_arns: repositories(
    "repository_arns",
    "ARNs of other repositories that clients may pull from through the ECR endpoints, wildcards allowed: your own, or those of AWS's accounts with the images that EKS nodes start with.",
    generatedPolicyRule("repository_arns", "`prefixes`", "var.repository_arns"),
  ),
  push_repository_arns: repositories(
    "push_repository_arns",
    "ARNs of repositories that clients may push to through the ECR endpoints, wildcards allowed. A push needs no more access to S3 than a pull. To pull the pushed images, give the repositories in `repository_arns` as well.",
    generatedPolicyRule(
      "push_repository_arns",
      "`prefixes`",
      "var.push_repository_arns",
      // If the pulls alone are too long, the rule of `repository_arns` says so.
      `local.policy_length_of_pulls > ${MAX_ENDPOINT_POLICY} || `,
    ),
  ),
  bucket_names: {
    type: "list(string)",
    default: [],
    description:
      "Names of buckets that clients may use through the S3 endpoint, wildcards allowed, beside the bucket of the layers.",
    elementRules: [following(REACHABLE_BUCKET)],
    validations: [
      givenOnce("bucket_names", "list"),
      ...exclusions("bucket_names"),
      generatedPolicyRule("bucket_names", "layers", BUCKET_ARNS),
    ],
  },
  full_access: {
    type: "bool",
    default: false,
    description:
      "Whether the policies of the ECR and S3 endpoints allow all requests, for clients that push to any repository or use any bucket.",
  },
  ecr_endpoint_policy: {
    type: "string",
    description:
      "The policy of the ECR endpoints as JSON text, in place of the generated one. Beside the actions of other pulls it must allow `ecr:BatchImportUpstreamImage` and `ecr:CreateRepository`, and `ecr:TagResource` if a creation template sets tags.",
    otherwise:
      "pulls under `prefixes`, pulls from `repository_arns`, pushes to `push_repository_arns`, and nothing else",
    validations: [...ownPolicyRules("ecr_endpoint_policy"), ...exclusions("ecr_endpoint_policy")],
  },
  s3_endpoint_policy: {
    type: "string",
    description:
      "The policy of the S3 endpoint as JSON text, in place of the generated one. It must allow `s3:GetObject` on `prod-<region>-starport-layer-bucket/*` without conditions on an account or an organization.",
    otherwise: "layers, `bucket_names`, and nothing else",
    validations: [...ownPolicyRules("s3_endpoint_policy"), ...exclusions("s3_endpoint_policy")],
  },
  dual_stack: {
    type: "bool",
    default: false,
    description:
      "Whether all created endpoints, those of S3 and of other services included, have IPv4 and IPv6 addresses. The URIs then have the dual-stack host. The subnets need an IPv6 block, and existing endpoints must be dual-stack. Changing it back to false leaves the S3 endpoint dual-stack.",
    validations: [
      {
        holds: `!var.dual_stack || contains(keys(local.dual_stack_suffixes), ${PARTITION})`,
        place: "dual_stack",
        ...ENDPOINTS_RULES.dualStackHost,
        got: PARTITION,
      },
    ],
  },
  ecr_api_endpoint: existing(
    "An existing `ecr.api` endpoint that the clients reach. Its security groups, subnets and policy are not changed; the policy must allow the actions that `ecr_endpoint_policy` must allow.",
  ),
  ecr_dkr_endpoint: existing("An existing `ecr.dkr` endpoint that the clients reach; as for `ecr_api_endpoint`."),
  s3_endpoint: existing(
    "An existing S3 gateway endpoint of the VPC. `route_table_ids` are added to it. Its policy is not changed, and must allow the actions that `s3_endpoint_policy` must allow.",
  ),
  check_network: {
    type: "bool",
    default: true,
    description:
      "Whether every plan looks up the VPC, the subnets, the route tables and the existing endpoints, and fails if the endpoints could not work there.",
  },
  acknowledged_warnings: acknowledgedWarnings(...ENDPOINT_WARNINGS),
};

/** The inputs of the module registry-endpoints. */
export const registryEndpoints: ModuleDefinition = { name: "registry-endpoints", inputs: INPUTS, facts: FACTS };
