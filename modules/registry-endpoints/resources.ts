import { FirstPull } from "../../src/network/first-pull";
import { NETWORK_CONDITIONS } from "../../src/network/plan-conditions";
import { WIDEST, widerThanPrivate } from "../../src/network/rules";
import { ENDPOINTS_GROUP, HTTPS, httpsFrom } from "../../src/network/security-group";
import type { PlanCondition } from "../../src/terraform/plan-condition";
import type { Block, Blocks, Condition } from "../generator/definition";
import { expression, hcl, quoted } from "../generator/hcl";
import { REGISTRY_DATA } from "../generator/registry";
import { asBlock } from "../generator/rules";
import { warning } from "../generator/warnings";
import { MAKES_INTERFACES, REGISTRY_SERVICE_NAMES, nameOf } from "./service-expressions";

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
    // Names resolve to an endpoint as long as it exists: ingress rules are created before it and deleted after it.
    depends_on: [
      "aws_vpc_security_group_ingress_rule.cidr",
      "aws_vpc_security_group_ingress_rule.ipv6_cidr",
      "aws_vpc_security_group_ingress_rule.security_group",
    ],
  };
}

/** An ingress rule for each client of a map, which `argument` takes. */
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
  return { postcondition: conditions.map((condition) => asBlock(condition)) };
}

/** A condition for dual-stack endpoints only. */
function withDualStack({ condition, errorMessage }: PlanCondition): PlanCondition {
  return { condition: expression(`!var.dual_stack || ${hcl(condition)}`), errorMessage };
}

/** A condition that must hold for every element of a loop. */
function forEach(head: string, { condition, errorMessage }: PlanCondition): Condition {
  const broken = `[for ${head} : ${quoted(errorMessage)} if !(${hcl(condition)})]`;
  return {
    condition: expression(`length(${broken}) == 0`),
    error_message: expression(`join("\\n", ${broken})`),
  };
}

const DEFAULT_ROUTES = NETWORK_CONDITIONS.defaultRoutes(
  "values(data.aws_route_table.given)",
  `\`first_pull\` set to ${FirstPull.INTERNET_ROUTE}`,
);
const OWN_ZONES = NETWORK_CONDITIONS.ownZone(
  "${subnet.id}",
  "subnet.availability_zone",
  "slice(data.aws_subnet.given[*].availability_zone, 0, key)",
);

/** The data sources: the account and region, and the existing network. */
export const DATA: Blocks = {
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
        NETWORK_CONDITIONS.service("${each.value}", `\${${hcl(REGISTRY_SERVICE_NAMES)}[each.key]}`),
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
};

/** The resources. */
export const RESOURCES: Blocks = {
  aws_security_group: {
    endpoints: {
      count: `\${nonsensitive(${MAKES_INTERFACES}) ? 1 : 0}`,
      name_prefix: ENDPOINTS_GROUP.namePrefix,
      description: ENDPOINTS_GROUP.description,
      vpc_id: "${var.vpc_id}",
      // Here and not at the subnets, since it compares all of them, and because it holds before any endpoint is created.
      lifecycle: { precondition: [forEach("key, subnet in data.aws_subnet.given", OWN_ZONES)] },
    },
  },
  aws_vpc_security_group_ingress_rule: {
    cidr: admitting("${var.client_cidrs}", "cidr_ipv4"),
    // AWS returns the canonical spelling, and any other would be a change in every plan.
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
  // The endpoint lists no tables itself, so that other configurations can add theirs.
  aws_vpc_endpoint_route_table_association: {
    s3: {
      for_each: "${var.route_table_ids}",
      vpc_endpoint_id: "${local.s3_endpoint_id}",
      route_table_id: "${each.value}",
    },
  },
};

/** The warnings of every plan and apply. */
export const CHECKS: { readonly [name: string]: Condition } = {
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
};

function widestOf(block: string): string {
  return `(strcontains(${block}, ":") ? ${WIDEST[6]} : ${WIDEST[4]})`;
}
