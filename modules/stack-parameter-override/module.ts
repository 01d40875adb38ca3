import { cliUpdate } from "../../src/stack-override/cli-update";
import { OverrideStrategy } from "../../src/stack-override/override-strategy";
import {
  ADDRESS,
  ALL_PARAMETERS,
  AUTO_EXPAND,
  DECLARED_PARAMETERS,
  DIFFERING,
  KEPT,
  MAX_VALUE_BYTES,
  NAME_AT_APPLY,
  PARAMETERS_WITHOUT_EMPTIED,
  REMEMBERED,
  REMEMBERED_STACK,
  STACK_TYPE,
  UPDATE_MINUTES,
  adoptedConditions,
  asDeclared,
  capabilitiesWith,
  currentValue,
  isProtected,
  losesNoCharacters,
  nameIn,
  sentConditions,
  stackRecord,
  templateLosesNoCharacters,
  updateConditions,
} from "../../src/stack-override/plan-conditions";
import type { Conditions, OverrideContext } from "../../src/stack-override/plan-conditions";
import {
  CAPABILITIES,
  CAPABILITY_HINT,
  CONTROL_CHARACTER,
  MINUTES_HINT,
  NOT_OF_A_STACK_SET,
  OVERRIDE_REQUIREMENTS,
  PARAMETER_NAME,
  CLOUDFORMATION_STACK_NAME,
  STACK_SET_HINT,
  TEMPLATE_URL,
} from "../../src/stack-override/rules";
import { bytesAtMost } from "../../src/terraform/plan-condition";
import type { PlanCondition } from "../../src/terraform/plan-condition";
import { ACCESS_TOKEN } from "../../src/validation/redaction";
import type { Condition, InputRule, ModuleDefinition } from "../generator/definition";
import { expression, matchesExpression, hcl, regex } from "../generator/hcl";
import { conditionOf, following, integerFrom, oneOf } from "../generator/rules";

const CHANGE = "terraform_data.change";
const ADOPTS = `var.strategy == "${OverrideStrategy.ADOPT}"`;

// A signature is as good as a password while it lasts.
const UNSIGNED_URL = 'try(split("?", var.template_url)[0], null)';

const FACTS: OverrideContext = {
  stackName: "${var.stack_name}",
  changes: CHANGE,
  wording: {
    updateByCli: `strategy = "${OverrideStrategy.AWS_CLI}"`,
    templateUrl: "template_url",
    capabilities: `capabilities = ["${AUTO_EXPAND}"]`,
    questionMarksAreGenuine: "set question_marks_are_genuine",
    providerWithoutTags: "a provider without default tags",
    letGoFirst: "put a removed block in place of the module call, apply, and call the module anew",
    setAgain: `terraform apply with -replace and the address of this module's ${ADDRESS.update}[0]`,
  },
};

const SENT = sentConditions(FACTS);

const AS_TEXT = "write it as CloudFormation takes it, as text";
const IN_THE_STATE = "keep secrets in Secrets Manager: the value stands in the plan and in the state";

/** The rules of a value. What is null is at error once. */
const VALUE_RULES: readonly InputRule[] = [
  { requirement: OVERRIDE_REQUIREMENTS.text, holds: (value) => `${value} != null`, hint: AS_TEXT },
  {
    requirement: OVERRIDE_REQUIREMENTS.noToken,
    holds: (value) =>
      `!anytrue([for rest in try(regexall(${regex(ACCESS_TOKEN)}, ${value}), []) : can(regex("[0-9]", rest[0]))])`,
    hint: IN_THE_STATE,
    withheld: true,
  },
  {
    requirement: OVERRIDE_REQUIREMENTS.notEmpty,
    holds: (value) => `try(trimspace(${value}) != "", true)`,
    hint: "use `undo` to give a parameter its former value back",
  },
  // A token in a value would stand in the messages of these two.
  {
    requirement: OVERRIDE_REQUIREMENTS.notTooLong,
    holds: (value) => `try(${bytesAtMost(value, MAX_VALUE_BYTES)}, true)`,
    hint: "shorten it",
    withheld: true,
  },
  {
    requirement: OVERRIDE_REQUIREMENTS.noControlCharacters,
    holds: (value) => `!can(regex(${regex(CONTROL_CHARACTER)}, ${value}))`,
    hint: "take them out",
    withheld: true,
  },
];

/** Parameters of a stack that somebody else made, changed without touching anything else about it. */
export const stackParameterOverride: ModuleDefinition = {
  name: "stack-parameter-override",
  purpose: [
    "Changes parameters of a CloudFormation stack that somebody else made, and nothing else about it: every other parameter, the template, tags, capabilities, service role, topics and timeout stay as they are. It is the construct `StackParameterOverride` for configurations without TypeScript.",
    `Choose a strategy first:

| | \`AWS_CLI\` | \`ADOPT\` (default) |
|---|---|---|
| for whom | whoever has the AWS CLI and a POSIX shell where Terraform applies | pipelines without the AWS CLI, and whoever wants each change of the stack in a plan |
| what changes the stack | \`aws cloudformation update-stack\` with the previous template and the previous value of every other parameter | Terraform's \`aws_cloudformation_stack\`: it imports the stack and sends back its template and all parameters |
| template | stays byte by byte | is written anew where it is JSON; with question marks, long numbers or more than 51,200 bytes the plan fails |
| NoEcho parameters | stay | the plan fails |
| credentials | those of the environment, for the stack's account; not the provider's | the provider's |
| can Terraform delete the stack? | no | only without the steps below |
| somebody changes the value later | plans warn | the next plan changes it back |`,
    "**Before anything else, enable termination protection**: `aws cloudformation update-termination-protection --enable-termination-protection --region eu-west-1 --stack-name acme-agent`. Then AWS refuses to delete the stack, whatever happens to the Terraform state. With `require_termination_protection` the plan fails as long as the stack has none.",
    "The plan fails, before anything is changed, when a parameter is not in the template or does not allow the value, when the stack is another one of the same name in another account or region, and when the provider has default tags that the stack does not have. With `ADOPT` the apply fails, before anything is changed, when somebody has changed the stack since the plan. Read `terraform_data.change` in the first plan: it shows the values before and after, where the import lists every parameter as new.",
    "**A state and a provider of its own.** As long as the call is there, Terraform cannot destroy the adopted stack, nor what shares its state; **without the call, it deletes the stack**, until you let it go (below). So give the call a configuration and a state of its own, and another stack another one. Give it a provider with an alias, too, and keep both blocks together, as in the first example: if somebody removes them together, plans fail with `Provider configuration not present`, and nothing is deleted. The module cannot see what else is there.",
    "**The import block** can only be in your root module. Without it the plan fails at `terraform_data.needs_an_import_block`, which is never made: its count is known only if Terraform knows the stack. Do not follow Terraform's advice to use `-target`: it would try to create the stack, which AWS refuses. Where import blocks cannot be used, import once by hand: `terraform import 'module.connector.aws_cloudformation_stack.adopted[0]' <name of the stack>`.",
    "**Undo** first if you want the former value: Terraform forgets it once you remove the parameter or let the stack go. Where the state knows none, since it was lost or since the parameter had this value already, the plan fails.",
    "**Let go** with the removed block below, in place of the call and the import block, and apply that; leave the provider until then. Without it Terraform deletes a stack whose call is gone; and so does a `terraform destroy` that comes before it is applied, since that knows nothing of removed blocks. Let a stack go, too, before you give another `stack_name`.",
    "**From `ADOPT` to `AWS_CLI`.** The plan fails as long as the state holds the stack, and nothing is deleted. Take the import block out, and have Terraform forget the stack: `terraform state rm module.connector.aws_cloudformation_stack.adopted`. A removed block does not help, since the module still declares it.",
    "**With `AWS_CLI`** Terraform owns no more than records. It does nothing if the values are right already, and it fails with the reason if CloudFormation rolls back. Macros of the template are acknowledged as they are found. To end it, take the call out: the stack stays as it is. When somebody else has changed a value since, plans warn of it, and `terraform apply -replace='module.connector.terraform_data.update[0]'` sets it again.",
    "**What no plan can see.** Give the module a provider without `ignore_tags`, and no `TF_AWS_IGNORE_TAGS_KEYS`: tags that the provider does not see would be removed. The provider writes `1.0` in a JSON template as `1`. With macros in the template, `-refresh=false` is refused for changed tags and topics only. A nested stack gets its former values back with the next update of its parent. Overrides of one stack in different states work with different parameters; with the same parameter each takes back the other's value.",
  ],
  uses: [
    {
      title: "Smallest use",
      hcl: `
provider "aws" {
  alias  = "acme_agent"
  region = "eu-west-1"
}

module "connector" {
  source    = "../cdktf-ecr-pull-through-cache/modules/stack-parameter-override"
  providers = { aws = aws.acme_agent }

  stack_name = "acme-agent"
  parameters = { imageRegistry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay" }

  require_termination_protection = true
}

import {
  to = module.connector.aws_cloudformation_stack.adopted[0]
  id = "acme-agent"
}
`,
    },
    {
      title: "A stack with NoEcho parameters",
      hcl: `
module "connector" {
  source = "../cdktf-ecr-pull-through-cache/modules/stack-parameter-override"

  stack_name = "acme-agent"
  parameters = { imageRegistry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay" }
  strategy   = "AWS_CLI"
}
`,
    },
    {
      title: "Let the stack go",
      hcl: `
provider "aws" {
  alias  = "acme_agent"
  region = "eu-west-1"
}

removed {
  from = module.connector

  lifecycle {
    destroy = false
  }
}
`,
    },
  ],
  terraform: "1.8",
  inputs: {
    stack_name: {
      type: "string",
      required: true,
      description: "Name of the CloudFormation stack, which must exist.",
      rules: [
        following(CLOUDFORMATION_STACK_NAME, "give the name that CloudFormation shows, not the ARN"),
        following(NOT_OF_A_STACK_SET, STACK_SET_HINT),
      ],
    },
    parameters: {
      type: "map(string)",
      decides: true,
      required: true,
      description:
        "The values to give, by the names of parameters that the stack's template has. They stand in the plan and in the state.",
      rules: [
        {
          requirement: OVERRIDE_REQUIREMENTS.someParameters("a map"),
          holds: (value) => `length(${value}) > 0`,
          hint: "name the parameters to change with their values",
        },
      ],
      keyRules: [following(PARAMETER_NAME, "use the name as it stands in the template")],
      elementRules: VALUE_RULES,
    },
    strategy: {
      type: "string",
      default: OverrideStrategy.ADOPT,
      description:
        "How to change them: `ADOPT` has Terraform own the stack; `AWS_CLI` has the AWS CLI update it where Terraform applies, which stacks with NoEcho parameters need.",
      rules: [
        oneOf(
          Object.values(OverrideStrategy),
          `leave it out for "${OverrideStrategy.ADOPT}"`,
          OVERRIDE_REQUIREMENTS.strategy,
        ),
      ],
    },
    template_url: {
      type: "string",
      description:
        "URL of an object in S3 with the stack's template as it is, for templates over 51,200 bytes, which cannot be sent back in any other way. What it holds becomes the stack's template: keep it equal to the vendor's. For `ADOPT` only.",
      otherwise: "the template is sent back as it was read",
      validations: [
        {
          holds: `var.template_url == null || ${matchesExpression("var.template_url", TEMPLATE_URL)}`,
          place: "template_url",
          requirement: TEMPLATE_URL.requirement,
          got: UNSIGNED_URL,
          hint: "put the template into a bucket of yours",
        },
      ],
    },
    capabilities: {
      type: "set(string)",
      default: [],
      description:
        "Capabilities to acknowledge beside those that the stack lists, such as `CAPABILITY_AUTO_EXPAND`: a stack that was deployed by change sets need not list it, and an update of a template with macros needs it. The stack lists them from then on. For `ADOPT` only: the AWS CLI's strategy acknowledges what the template needs.",
      elementRules: [oneOf(CAPABILITIES, CAPABILITY_HINT, OVERRIDE_REQUIREMENTS.capability)],
    },
    question_marks_are_genuine: {
      type: "bool",
      default: false,
      description:
        "States that question marks in the template, in other parameters and in tags are meant to be there. CloudFormation shows a question mark in place of each character that is not ASCII, and Terraform sends back what it is shown: without this, the plan fails where there is one. Compare with the vendor's own template before you set it. For `ADOPT` only.",
    },
    require_termination_protection: {
      type: "bool",
      default: false,
      description:
        "Whether the plan fails unless the stack has termination protection. Terraform reads it by AWS Cloud Control, for which the caller needs `cloudformation:GetResource`. For `ADOPT` only.",
    },
    update_timeout_in_minutes: {
      type: "number",
      default: UPDATE_MINUTES,
      description:
        "How long an update may take, in minutes; with `AWS_CLI` also how long to wait for an update that is under way already. The update itself goes on in AWS.",
      rules: [integerFrom(1, MINUTES_HINT)],
    },
    undo: {
      type: "bool",
      default: false,
      description: "Whether to give every parameter the value back that it had when it was first overridden.",
    },
  },
  locals: {
    [nameIn(ADDRESS.values)]: expression(
      `{ for name, value in var.parameters : name => var.undo ? tostring(${CHANGE}[name].output.before) : value }`,
    ),
    [nameIn(ADDRESS.differing)]: DIFFERING,
    [nameIn(ADDRESS.declared)]: DECLARED_PARAMETERS,
  },
  data: {
    aws_cloudformation_stack: {
      [nameIn(ADDRESS.current)]: { name: "${var.stack_name}" },
      [nameIn(ADDRESS.atApply)]: {
        count: expression(`${ADOPTS} ? 1 : 0`),
        name: NAME_AT_APPLY,
        depends_on: [ADDRESS.stack],
      },
      [nameIn(ADDRESS.afterUpdate)]: {
        count: expression(`${ADOPTS} ? 0 : 1`),
        name: "${var.stack_name}",
        depends_on: [ADDRESS.update],
      },
    },
    aws_cloudcontrolapi_resource: {
      [nameIn(ADDRESS.properties)]: {
        count: expression(`${ADOPTS} && var.require_termination_protection ? 1 : 0`),
        type_name: STACK_TYPE,
        identifier: `\${${ADDRESS.current}.id}`,
      },
    },
    aws_default_tags: { [nameIn(ADDRESS.defaultTags)]: {} },
  },
  resources: {
    aws_cloudformation_stack: {
      [nameIn(ADDRESS.adopted)]: {
        count: expression(`${ADOPTS} ? 1 : 0`),
        name: "${var.stack_name}",
        parameters: expression(`var.undo ? tomap(${hcl(PARAMETERS_WITHOUT_EMPTIED)}) : tomap(${hcl(ALL_PARAMETERS)})`),
        capabilities: capabilitiesWith("var.capabilities"),
        template_url: "${var.template_url}",
        timeouts: { update: "${var.update_timeout_in_minutes}m" },
        depends_on: [CHANGE],
        lifecycle: {
          prevent_destroy: true,
          ignore_changes: KEPT,
          precondition: [
            ...conditionsOf(adoptedConditions(FACTS)),
            asBlock(losesNoCharacters(FACTS), "!var.question_marks_are_genuine"),
            asBlock(isProtected(FACTS)),
          ],
          postcondition: [
            ...SENT.always.map((condition) => asBlock(condition)),
            ...SENT.template.map((condition) => asBlock(condition, "var.template_url == null")),
            asBlock(templateLosesNoCharacters(FACTS), "var.template_url == null && !var.question_marks_are_genuine"),
          ],
        },
      },
    },
    terraform_data: {
      [nameIn(ADDRESS.stack)]: {
        input: stackRecord("${var.template_url}"),
        lifecycle: { ignore_changes: REMEMBERED_STACK },
      },
      // Not kept from being destroyed: what is taken out of `parameters` could never go.
      [nameIn(CHANGE)]: {
        for_each: "${var.parameters}",
        // A record that undoing would have to make knows no former value.
        input: { before: expression(`var.undo ? null : ${currentValue("each.key")}`), after: "${each.value}" },
        lifecycle: { ignore_changes: REMEMBERED },
      },
      // Conditions that only an apply can tell do not fail a plan, but a count does: Terraform knows the id of a stack
      // that it has adopted, and not of one that it is about to create, since nobody has imported it.
      needs_an_import_block: {
        count: expression(`length([for stack in ${ADDRESS.adopted}[*] : stack if stack.id == ""])`),
      },
      [nameIn(ADDRESS.update)]: {
        count: expression(`${ADOPTS} ? 0 : 1`),
        triggers_replace: { stack: `\${${ADDRESS.current}.id}`, parameters: `\${${ADDRESS.values}}` },
        provisioner: [{ "local-exec": cliUpdate("var.update_timeout_in_minutes") }],
        depends_on: [ADDRESS.stack, CHANGE],
        lifecycle: {
          precondition: [
            ...conditionsOf(updateConditions(FACTS)),
            ...Object.entries({
              template_url: { unset: "var.template_url == null", got: UNSIGNED_URL },
              capabilities: { unset: "length(var.capabilities) == 0", got: "var.capabilities" },
              question_marks_are_genuine: { unset: "!var.question_marks_are_genuine", got: "true" },
              require_termination_protection: { unset: "!var.require_termination_protection", got: "true" },
            }).map(([place, { unset, got }]) =>
              conditionOf({
                holds: unset,
                place,
                requirement: OVERRIDE_REQUIREMENTS.ofAdopted,
                got,
                hint: "leave it out: the stack is not adopted, and its template stays where it is",
              }),
            ),
          ],
        },
      },
    },
  },
  checks: { parameters: asBlock(asDeclared(FACTS)) },
  outputs: {
    stack_id: { description: "ARN of the stack.", value: `\${${ADDRESS.current}.id}` },
    previous_values: {
      description: "What the parameters were before they were overridden, by their names; known once that is applied.",
      value: expression(`{ for name, change in ${CHANGE} : name => change.output.before }`),
    },
  },
};

/** Conditions, each where it is asked: always, where values are set, or where that is undone. */
function conditionsOf({ always, setting, undoing }: Conditions): Condition[] {
  return [
    ...always.map((condition) => asBlock(condition)),
    ...setting.map((condition) => asBlock(condition, "!var.undo")),
    ...undoing.map((condition) => asBlock(condition, "var.undo")),
  ];
}

/** A condition as Terraform JSON, which is asked where another one holds. */
function asBlock({ condition, errorMessage }: PlanCondition, where?: string): Condition {
  return {
    condition: where === undefined ? condition : expression(`${where} ? ${hcl(condition)} : true`),
    error_message: errorMessage,
  };
}
