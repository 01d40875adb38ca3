import { flat, parse } from "../../modules/generator/layout";
import { parsedModule } from "../../modules/generator/parsed-module";
import type { Condition, ParsedModule } from "../../modules/generator/parsed-module";
import { NETWORK_CONDITIONS } from "../../src/network/plan-conditions";
import { widerThanPrivate } from "../../src/network/rules";
import type { PlanCondition } from "../../src/terraform/plan-condition";
import { messageOf } from "../support/module-runs";

const MARK = "…";
const VPC = "${var.vpc_id}";
const { dns, inVpc, ownZone, ipv6Block, service, gateway, dualStack, reached, defaultRoutes } = NETWORK_CONDITIONS;
const S3 = "${var.s3_endpoint.id}";

/** A condition as an expression in one line, and its message with a mark in place of each expression. */
type Comparable = readonly [condition: string, message: string];

/** The conditions of the construct on the network, where the module has them. */
const EXPECTED: { readonly [place: string]: readonly Comparable[] } = {
  "data.aws_vpc.given": [comparable(dns(VPC))],
  "data.aws_subnet.given": [
    comparable(inVpc("The subnet ${self.id}", VPC)),
    withDualStack(comparable(ipv6Block("${self.id}"))),
  ],
  "data.aws_route_table.given": [comparable(inVpc("The route table ${each.value}", VPC))],
  "data.aws_vpc_endpoint.registry": [
    comparable(service("${each.value}", "${local.registry_service_names[each.key]}")),
    withDualStack(comparable(dualStack("${each.value}"))),
  ],
  "data.aws_vpc_endpoint.s3": [
    comparable(service(S3, "${local.s3_service}")),
    comparable(gateway(S3)),
    comparable(inVpc(`The endpoint ${S3}`, VPC)),
    withDualStack(comparable(dualStack(S3))),
  ],
  "aws_security_group.endpoints": [
    forEach(
      "index, subnet in data.aws_subnet.given",
      "subnet.id",
      comparable(ownZone("${id}", "subnet.availability_zone", "slice(local.subnet_zones, 0, index)")),
    ),
  ],
  "check.registry_endpoints_reached": [
    forEach("endpoint in data.aws_vpc_endpoint.registry", "endpoint.id", comparable(reached("endpoint", "${id}", VPC))),
  ],
  "check.first_pull": [
    unless(
      'var.first_pull != "INTERNET_ROUTE"',
      comparable(defaultRoutes("data.aws_route_table.given", "`first_pull` set to INTERNET_ROUTE")),
    ),
  ],
};

let parsed: ParsedModule;
beforeAll(async () => {
  parsed = await parsedModule("registry-endpoints");
});

test("the conditions on the network are those of the construct, with the same messages", () => {
  const { wide_client_cidr: wide, ...checks } = parsed.check;
  expect(wide).toBeDefined();
  const found = [
    ...Object.entries(parsed.data).flatMap(([type, named]) => conditionsIn(`data.${type}`, named)),
    ...Object.entries(parsed.resource).flatMap(([type, named]) => conditionsIn(type, named)),
    ...Object.entries(checks).map(([name, { assert }]) => [`check.${name}`, assert] as const),
  ].map(([place, conditions]) => [place, conditions.map(ofModule)] as const);
  expect(Object.fromEntries(found.filter(([, conditions]) => conditions.length > 0))).toEqual(EXPECTED);
});

test("the warning about wide blocks has the words of the construct", () => {
  const [assertion] = parsed.check["wide_client_cidr"]?.assert ?? [];
  expect(messageOf(assertion as Condition, MARK)).toContain(`${widerThanPrivate(MARK, MARK)}.`);
});

function conditionsIn(type: string, named: ParsedModule["data"][string]): (readonly [string, readonly Condition[]])[] {
  return Object.entries(named).map(([name, { lifecycle = [] }]) => [
    `${type}.${name}`,
    lifecycle.flatMap(({ precondition = [], postcondition = [] }) => [...precondition, ...postcondition]),
  ]);
}

/** A condition of the module, with the lists that it counts in place of their locals. */
function ofModule(condition: Condition): Comparable {
  const inlined = code(condition.condition).replace(
    /length\(local\.(\w+)\)/g,
    (_, name: string) => `length(${code(String(parsed.locals[name]))})`,
  );
  return [flat(parse(inlined)), messageOf(condition, MARK)];
}

function comparable({ condition, errorMessage }: PlanCondition): Comparable {
  const simplified = code(condition).replace(/"\$\{([^}"]*)\}"/g, "$1");
  return [flat(parse(simplified)), messageOf({ condition, error_message: errorMessage }, MARK)];
}

function withDualStack(condition: Comparable): Comparable {
  return unless("!var.dual_stack", condition);
}

function unless(exempt: string, [condition, message]: Comparable): Comparable {
  return [`${exempt} || ${condition}`, message];
}

/** The condition that no element of a loop breaks a condition. */
function forEach(head: string, element: string, [condition, message]: Comparable): Comparable {
  const broken = condition.startsWith("!") ? condition.slice(1) : `!(${condition})`;
  return [`length([for ${head} : ${element} if ${broken}]) == 0`, message];
}

function code(expression: string): string {
  return expression.replace(/^\$\{([\s\S]*)\}$/, "$1");
}
