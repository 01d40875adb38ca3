import { hcl, quoted } from "../../modules/generator/hcl";
import { conditionsOf, parsedModule } from "../../modules/generator/parsed-module";
import type { Condition, ParsedModule } from "../../modules/generator/parsed-module";
import { messageOf, withoutSecrets } from "../../modules/generator/rules";
import { cliUpdate } from "../../src/stack-override/cli-update";
import {
  ADDRESS,
  ALL_PARAMETERS,
  DECLARED_PARAMETERS,
  DIFFERING,
  KEPT,
  NAME_AT_APPLY,
  PARAMETERS_WITHOUT_EMPTIED,
  REMEMBERED,
  REMEMBERED_STACK,
  STACK_TYPE,
  capabilitiesWith,
  currentValue,
  stackRecord,
} from "../../src/stack-override/expressions";
import {
  adoptedConditions,
  asDeclared,
  isProtected,
  losesNoCharacters,
  sentConditions,
  templateLosesNoCharacters,
  updateConditions,
} from "../../src/stack-override/plan-conditions";
import type { Conditions, OverrideContext } from "../../src/stack-override/plan-conditions";
import { OVERRIDE_RULES } from "../../src/stack-override/rules";
import type { PlanCondition } from "../../src/terraform/plan-condition";
import { canonical } from "../support/canonical-expressions";

/** The words of the module. */
const CONTEXT: OverrideContext = {
  stackName: "${var.stack_name}",
  changes: "terraform_data.change",
  wording: {
    updateByCli: 'strategy = "AWS_CLI"',
    templateUrl: "template_url",
    capabilities: 'capabilities = ["CAPABILITY_AUTO_EXPAND"]',
    questionMarksAreGenuine: "set question_marks_are_genuine",
    providerWithoutTags: "a provider without default tags",
    forgetFirst: "replace the module call by a removed block, apply, and call the module again",
    setAgain: `terraform apply with -replace and the address of this module's ${ADDRESS.update}[0]`,
  },
};

const RESTORES = 'var.action == "RESTORE"';
const HAS_URL = "var.template_url != null";
const QUESTION_MARKS_ARE_GENUINE = "var.question_marks_are_genuine";
const SENT = sentConditions(CONTEXT);

describe("the module stack-parameter-override", () => {
  let parsed: ParsedModule;
  beforeAll(async () => {
    parsed = await parsedModule("stack-parameter-override");
  });

  /** The conditions with their messages, in one form and order. */
  const inOneForm = (conditions: readonly Condition[] = []): string[][] =>
    conditions
      .map(({ condition, error_message: message }) =>
        [message, condition].map((text) => canonical(text, parsed.locals)),
      )
      .sort();

  test.each([
    [
      "an adopted stack has the preconditions",
      (): string[][] => inOneForm(lifecycleOf(parsed, "aws_cloudformation_stack", "adopted").precondition),
      [
        ...byAction(adoptedConditions(CONTEXT)),
        unless(QUESTION_MARKS_ARE_GENUINE, losesNoCharacters(CONTEXT)),
        always(isProtected(CONTEXT)),
      ],
    ],
    [
      "an adopted stack has the postconditions",
      (): string[][] => inOneForm(lifecycleOf(parsed, "aws_cloudformation_stack", "adopted").postcondition),
      [
        ...SENT.always.map(always),
        ...SENT.template.map((condition) => unless(HAS_URL, condition)),
        unless(`${HAS_URL} || ${QUESTION_MARKS_ARE_GENUINE}`, templateLosesNoCharacters(CONTEXT)),
      ],
    ],
    [
      "an update by the AWS CLI has the preconditions",
      (): string[][] => inOneForm(lifecycleOf(parsed, "terraform_data", "update").precondition),
      [
        ...byAction(updateConditions(CONTEXT)),
        forAdoptedOnly("template_url", "var.template_url == null", {
          got: 'try(split("?", var.template_url)[0], null)',
        }),
        forAdoptedOnly("capabilities", "length(var.capabilities) == 0", { got: "var.capabilities" }),
        forAdoptedOnly("question_marks_are_genuine", "!var.question_marks_are_genuine", { gotText: "true" }),
        forAdoptedOnly("require_termination_protection", "!var.require_termination_protection", { gotText: "true" }),
      ],
    ],
    [
      "the check has the assertion",
      (): string[][] => inOneForm(parsed.check["parameters"]?.assert),
      [always(asDeclared(CONTEXT))],
    ],
  ])("%s of the construct, with its messages, and no others", (_, ofModule, ofConstruct) => {
    expect(ofModule()).toEqual(inOneForm(ofConstruct));
  });

  test("nothing else has a condition, except the variables", () => {
    const { precondition = [], postcondition = [] } = lifecycleOf(parsed, "aws_cloudformation_stack", "adopted");
    const ofUpdate = lifecycleOf(parsed, "terraform_data", "update").precondition ?? [];
    const asserted = Object.values(parsed.check).flatMap(({ assert }) => assert);
    expect(conditionsOf({ ...parsed, variable: {} })).toHaveLength(
      new Set([...precondition, ...postcondition, ...ofUpdate, ...asserted]).size,
    );
  });

  test("resources get the same arguments as those of the construct", () => {
    const { resource, data, locals } = parsed;
    const adopted = resource["aws_cloudformation_stack"]?.["adopted"];
    const stacks = data["aws_cloudformation_stack"] ?? {};
    const { "local-exec": programs } = resource["terraform_data"]?.["update"]?.["provisioner"] as {
      readonly "local-exec": readonly { readonly environment: string }[];
    };
    const ofConstruct = cliUpdate("var.update_timeout_in_minutes") as { readonly environment: string };
    const shared = {
      differing: [locals["differing"], DIFFERING],
      declared: [locals["declared"], DECLARED_PARAMETERS],
      parameters: [
        adopted?.["parameters"],
        `\${${RESTORES} ? tomap(${hcl(PARAMETERS_WITHOUT_EMPTIED)}) : tomap(${hcl(ALL_PARAMETERS)})}`,
      ],
      capabilities: [adopted?.["capabilities"], capabilitiesWith("var.capabilities")],
      "name at apply": [stacks["at_apply"]?.["name"], NAME_AT_APPLY],
      "record of the stack": [resource["terraform_data"]?.["stack"]?.["input"], stackRecord("${var.template_url}")],
      "record of a change": [
        resource["terraform_data"]?.["change"]?.["input"],
        { before: `\${${RESTORES} ? null : ${currentValue("each.key")}}`, after: "${each.value}" },
      ],
      // The module's program is a file; the construct's is in the environment.
      environment: [
        programs[0]?.environment,
        `\${${hcl(ofConstruct.environment).replace(/UPDATE = "(?:[^"\\]|\\.)*", /, "")}}`,
      ],
      "type of a stack": [data["aws_cloudcontrolapi_resource"]?.["current"]?.["type_name"], STACK_TYPE],
    };
    const form = (side: 0 | 1): object =>
      Object.fromEntries(Object.entries(shared).map(([name, pair]) => [name, canonical(pair[side], locals)]));
    expect(form(0)).toEqual(form(1));

    const ignored = (type: string, name: string): unknown => lifecycleOf(parsed, type, name).ignore_changes;
    expect(ignored("aws_cloudformation_stack", "adopted")).toEqual(KEPT.map((name) => `\${${name}}`));
    expect(ignored("terraform_data", "change")).toEqual(REMEMBERED.map((name) => `\${${name}}`));
    expect(ignored("terraform_data", "stack")).toEqual(REMEMBERED_STACK.map((name) => `\${${name}}`));
  });
});

interface Lifecycle {
  readonly precondition?: readonly Condition[];
  readonly postcondition?: readonly Condition[];
  readonly ignore_changes?: unknown;
}

function lifecycleOf({ resource }: ParsedModule, type: string, name: string): Lifecycle {
  return resource[type]?.[name]?.lifecycle?.[0] ?? {};
}

/** A condition of the construct, with the module's names of data sources. */
function always({ condition, errorMessage }: PlanCondition): Condition {
  const [named = "", message = ""] = [condition, errorMessage].map((text) =>
    text
      .replaceAll(ADDRESS.atApply, inSnake(ADDRESS.atApply))
      .replaceAll(ADDRESS.afterUpdate, inSnake(ADDRESS.afterUpdate)),
  );
  return { condition: named, error_message: message };
}

function inSnake(address: string): string {
  return address.replaceAll("-", "_");
}

/** A condition that holds in a case anyway. The construct decides at synth, the module in a plan. */
function unless(inCase: string, condition: PlanCondition): Condition {
  const { condition: text, error_message } = always(condition);
  return { condition: `\${${inCase} || (${hcl(text)})}`, error_message };
}

function byAction({ always: inEachPlan, setting, restoring }: Conditions): Condition[] {
  return [
    ...inEachPlan.map(always),
    ...setting.map((condition) => unless(RESTORES, condition)),
    ...restoring.map((condition) => unless(`!(${RESTORES})`, condition)),
  ];
}

/** An input that only an adopted stack takes. The construct checks it at synth. */
function forAdoptedOnly(
  place: string,
  isUnset: string,
  shown: { readonly got: string } | { readonly gotText: string },
): Condition {
  const message = quoted(messageOf({ ...OVERRIDE_RULES.adoptOnly, holds: isUnset, place, ...shown }));
  // The validation of other inputs leaves no secret in them.
  const shownMessage = place === "template_url" ? withoutSecrets(message) : message;
  return { condition: `\${${isUnset}}`, error_message: `\${${shownMessage}}` };
}
