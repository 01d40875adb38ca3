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
  nameIn,
  stackRecord,
} from "../../src/stack-override/expressions";
import { OverrideAction } from "../../src/stack-override/override-action";
import { OverrideStrategy } from "../../src/stack-override/override-strategy";
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
import {
  AUTO_EXPAND,
  CAPABILITIES,
  CLOUDFORMATION_STACK_NAME,
  CONTROL_CHARACTER,
  MAX_VALUE_BYTES,
  NOT_OF_A_STACK_SET,
  OVERRIDE_RULES,
  PARAMETER_NAME,
  STRATEGIES,
  TEMPLATE_URL,
  UPDATE_MINUTES,
} from "../../src/stack-override/rules";
import { bytesAtMost } from "../../src/terraform/plan-condition";
import { ACCESS_TOKEN } from "../../src/validation/redaction";
import type { Condition, InputRule, ModuleDefinition } from "../generator/definition";
import { expression, matchesExpression, hcl, regex } from "../generator/hcl";
import { asBlock, conditionOf, following, integerFrom, oneOf } from "../generator/rules";

const CHANGE = "terraform_data.change";
const ADOPTS = `var.strategy == "${OverrideStrategy.ADOPT}"`;
const RESTORES = `var.action == "${OverrideAction.RESTORE}"`;
const SETS = `var.action != "${OverrideAction.RESTORE}"`;

// Terraform does not forget a resource that the module still declares, so that there is no FORGET.
const ACTIONS: readonly string[] = [OverrideAction.SET, OverrideAction.RESTORE];
const KNOWN_ACTION = `contains(${hcl(ACTIONS)}, var.action)`;

// A signature is as good as a password until it expires.
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
    forgetFirst: "replace the module call by a removed block, apply, and call the module again",
    setAgain: `terraform apply with -replace and the address of this module's ${ADDRESS.update}[0]`,
  },
};

const SENT = sentConditions(FACTS);

/** The rules of a value. A value that is null breaks one rule only. */
const VALUE_RULES: readonly InputRule[] = [
  { ...OVERRIDE_RULES.text, holds: (value) => `${value} != null` },
  {
    ...OVERRIDE_RULES.noAccessToken,
    holds: (value) =>
      `!anytrue([for rest in try(regexall(${regex(ACCESS_TOKEN)}, ${value}), []) : can(regex("[0-9]", rest[0]))])`,
    withheld: true,
  },
  { ...OVERRIDE_RULES.notEmpty, holds: (value) => `try(trimspace(${value}) != "", true)` },
  // The messages of these two would show an access token in the value.
  {
    ...OVERRIDE_RULES.maxBytes,
    holds: (value) => `try(${bytesAtMost(value, MAX_VALUE_BYTES)}, true)`,
    withheld: true,
  },
  {
    ...OVERRIDE_RULES.noControlCharacters,
    holds: (value) => `!can(regex(${regex(CONTROL_CHARACTER)}, ${value}))`,
    withheld: true,
  },
];

/** Changes parameters of a CloudFormation stack that somebody else owns, and nothing else. */
export const stackParameterOverride: ModuleDefinition = {
  name: "stack-parameter-override",
  purpose: [
    "Changes parameters of a CloudFormation stack that somebody else owns, and nothing else: all other parameters, the template, tags, capabilities, service role, topics and timeout keep their values. The construct `StackParameterOverride` does the same for CDKTF.",
    `Choose a strategy first:

| | \`AWS_CLI\` | \`ADOPT\` (default) |
|---|---|---|
| for | machines with the AWS CLI and a POSIX shell | pipelines without the AWS CLI, and plans that show each change of the stack |
| how it changes the stack | \`aws cloudformation update-stack\` with the previous template and the previous value of every other parameter | Terraform imports the stack as \`aws_cloudformation_stack\`; an update sends its template and all parameters |
| template | stays the same, byte for byte | a JSON template is formatted again; the plan fails for question marks, long numbers and more than 51,200 bytes |
| NoEcho parameters | keep their values | the plan fails |
| credentials | those of the environment, for the stack's account; not the provider's | the provider's |
| can Terraform delete the stack? | no | only if you skip the steps below |
| somebody changes the value later | plans show a warning | the next plan changes the value back |`,
    "**First, enable termination protection**: `aws cloudformation update-termination-protection --enable-termination-protection --region eu-west-1 --stack-name acme-agent`. AWS then refuses to delete the stack, whatever happens to the Terraform state. With `require_termination_protection = true` the plan fails for a stack without it.",
    "**What a plan checks.** The plan fails before it changes anything if the template does not have a parameter or does not allow its value, if the stack is another one of the same name in another account or region, and, with `ADOPT`, if the provider has default tags that the stack does not have. With `ADOPT` the apply fails before it changes anything if somebody has changed the stack since the plan. Review `terraform_data.change` in the first plan: it shows the values before and after, while the import lists every parameter as new.",
    "**Use a separate state and a separate provider.** While the module call exists, Terraform cannot destroy the adopted stack or anything else in the same state. **If you delete the call, Terraform deletes the stack**, unless it has forgotten the stack first (see below). Therefore give each call its own configuration and state. Also give it a provider with an alias and keep both blocks together, as in the first example: if somebody deletes both, plans fail with `Provider configuration not present` and delete nothing. The module cannot check either.",
    "**Import block.** Only your root module can contain it. Without it the plan fails at `terraform_data.needs_an_import_block`, which exists for this check only: Terraform does not know its count for a stack that was not imported. Do not follow Terraform's advice to use `-target`: Terraform would try to create the stack, and AWS would reject that. If you cannot use import blocks, import the stack before the first plan: `terraform import 'module.connector.aws_cloudformation_stack.adopted[0]' <name of the stack>`.",
    '**To restore the former values**, set `action = "RESTORE"` and apply: every parameter gets the value that it had when it was first overridden. Do this before you remove a parameter or make Terraform forget the stack, since both delete the former values from the state. The plan fails for a parameter without a former value in the state: the state was lost, or the parameter had the declared value already.',
    "**To make Terraform forget the stack**, replace the module call and the import block by the removed block below, apply, and only then delete the provider. Without the removed block Terraform deletes the stack when you delete the call. Do not run `terraform destroy` before you have applied the removed block: it ignores removed blocks and deletes the stack. Make Terraform forget the stack also before you change `stack_name`.",
    "**From `ADOPT` to `AWS_CLI`.** The plan fails while the state contains the stack, and deletes nothing. Delete the import block and remove the stack from the state: `terraform state rm module.connector.aws_cloudformation_stack.adopted`. A removed block does not work here, since the module still declares the resource.",
    "**With `AWS_CLI`** the state contains records only. The update does nothing if the parameters already have the declared values, acknowledges the macros of the template, and fails with the reason if CloudFormation rolls it back. If somebody else changes a value later, plans show a warning, and `terraform apply -replace='module.connector.terraform_data.update[0]'` sets it again. To stop, delete the module call: the stack does not change.",
    "**What no plan can check.** Use a provider without `ignore_tags`, and do not set `TF_AWS_IGNORE_TAGS_KEYS`: an update removes the tags that the provider ignores. The provider writes `1.0` in a JSON template as `1`. For a template with macros, a plan with `-refresh=false` fails for changed tags and topics only. The next update of a parent stack gives a nested stack its former values. Overrides of one stack in different states can set different parameters; if they set the same one, each reverts the other's value.",
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
      title: "Make Terraform forget the stack",
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
      description: "Name of an existing CloudFormation stack.",
      rules: [following(CLOUDFORMATION_STACK_NAME), following(NOT_OF_A_STACK_SET)],
    },
    parameters: {
      type: "map(string)",
      decides: true,
      required: true,
      description:
        "The values to set, by the names of the parameters in the stack's template. Terraform stores them in its plan and state.",
      rules: [{ ...OVERRIDE_RULES.parameters("a map"), holds: (value) => `length(${value}) > 0` }],
      keyRules: [following(PARAMETER_NAME)],
      elementRules: VALUE_RULES,
    },
    strategy: {
      type: "string",
      default: OverrideStrategy.ADOPT,
      description:
        "How to change the parameters: with `ADOPT`, Terraform imports the stack and updates it; with `AWS_CLI`, the AWS CLI updates it where Terraform applies. A stack with NoEcho parameters needs `AWS_CLI`.",
      rules: [oneOf(STRATEGIES, OVERRIDE_RULES.strategy.hint)],
    },
    template_url: {
      type: "string",
      description:
        "URL of an object in S3 with the stack's unchanged template, for `ADOPT` only. A template over 51,200 bytes needs it. Its content becomes the stack's template with the next update: keep it equal to the vendor's.",
      otherwise: "updates send the template that CloudFormation shows",
      validations: [
        {
          holds: `var.template_url == null || ${matchesExpression("var.template_url", TEMPLATE_URL)}`,
          place: "template_url",
          requirement: TEMPLATE_URL.requirement,
          got: UNSIGNED_URL,
          hint: TEMPLATE_URL.hint,
        },
      ],
    },
    capabilities: {
      type: "set(string)",
      default: [],
      description:
        "Capabilities that an update acknowledges in addition to those that the stack lists, for `ADOPT` only. A template with macros needs `CAPABILITY_AUTO_EXPAND`, which a stack that was deployed by change sets may not list. After the update the stack lists them. `AWS_CLI` acknowledges what the template needs.",
      elementRules: [oneOf(CAPABILITIES, OVERRIDE_RULES.capability.hint)],
    },
    question_marks_are_genuine: {
      type: "bool",
      default: false,
      description:
        "Whether the template, other parameters and tags really contain the question marks that CloudFormation shows, for `ADOPT` only. CloudFormation shows a question mark in place of each character that is not ASCII, and an update would send it: unless this is true, the plan fails for a question mark. Compare with the vendor's template before you set it.",
    },
    require_termination_protection: {
      type: "bool",
      default: false,
      description:
        "Whether the plan fails for a stack without termination protection, for `ADOPT` only. Terraform reads it from AWS Cloud Control, which needs the permission `cloudformation:GetResource`.",
    },
    update_timeout_in_minutes: {
      type: "number",
      default: UPDATE_MINUTES,
      description:
        "How long Terraform waits for an update, in minutes; with `AWS_CLI` also for an update by somebody else that is in progress. After that the apply fails, and the update continues in AWS.",
      rules: [integerFrom(1, OVERRIDE_RULES.minutes.hint)],
    },
    action: {
      type: "string",
      decides: true,
      default: OverrideAction.SET,
      description:
        "`SET` sets the declared values. `RESTORE` gives every parameter the value that it had when it was first overridden. To make Terraform forget the stack, replace the module call by a removed block. The plan must know the value.",
      rules: [oneOf(ACTIONS, "to make Terraform forget the stack, replace the module call by a removed block")],
    },
  },
  locals: {
    [nameIn(ADDRESS.values)]: expression(
      `{ for name, value in var.parameters : name => ${RESTORES} ? tostring(${CHANGE}[name].output.before) : value }`,
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
        parameters: expression(
          `${RESTORES} ? tomap(${hcl(PARAMETERS_WITHOUT_EMPTIED)}) : tomap(${hcl(ALL_PARAMETERS)})`,
        ),
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
      // Without prevent_destroy, which would make it impossible to remove a parameter.
      [nameIn(CHANGE)]: {
        // Fails a plan that does not know the action, whose conditions it could not evaluate.
        for_each: expression(`{ for name, value in var.parameters : name => value if ${KNOWN_ACTION} }`),
        // A record that RESTORE creates has no former value.
        input: { before: expression(`${RESTORES} ? null : ${currentValue("each.key")}`), after: "${each.value}" },
        lifecycle: { ignore_changes: REMEMBERED },
      },
      // An unknown condition does not fail a plan, but an unknown count does: Terraform knows the id of a stack that it has
      // imported, and does not know the id of one that it would create.
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
            }).map(([place, { unset, got }]) => conditionOf({ ...OVERRIDE_RULES.adoptOnly, holds: unset, place, got })),
          ],
        },
      },
    },
  },
  checks: { parameters: asBlock(asDeclared(FACTS)) },
  outputs: {
    stack_id: { description: "ARN of the stack.", value: `\${${ADDRESS.current}.id}` },
    previous_values: {
      description:
        "The values of the parameters when they were first overridden, by their names; known once the override is applied.",
      value: expression(`{ for name, change in ${CHANGE} : name => change.output.before }`),
    },
  },
};

/** The conditions of every plan, and those that depend on the action. */
function conditionsOf({ always, setting, restoring }: Conditions): Condition[] {
  return [
    ...always.map((condition) => asBlock(condition)),
    ...setting.map((condition) => asBlock(condition, SETS)),
    ...restoring.map((condition) => asBlock(condition, RESTORES)),
  ];
}
