import { UPDATE_PROGRAM } from "../../src/stack-override/cli-update";
import { OverrideAction } from "../../src/stack-override/override-action";
import { OverrideStrategy } from "../../src/stack-override/override-strategy";
import {
  CAPABILITIES,
  CLOUDFORMATION_STACK_NAME,
  CONTROL_CHARACTER,
  MAX_TEMPLATE_BYTES,
  MAX_VALUE_BYTES,
  NOT_OF_A_STACK_SET,
  OVERRIDE_RULES,
  PARAMETER_NAME,
  STRATEGIES,
  TEMPLATE_URL,
  UPDATE_MINUTES,
} from "../../src/stack-override/rules";
import { bytesAtMost } from "../../src/terraform/plan-condition";
import { ACCESS_TOKEN } from "../../src/validation/secret-patterns";
import type { InputRule, ModuleDefinition } from "../generator/definition";
import { expression, matchesExpression, regex } from "../generator/hcl";
import { following, integerFrom, oneOf } from "../generator/rules";

// Terraform does not forget a resource that the module still declares, so that there is no FORGET.
const ACTIONS: readonly string[] = [OverrideAction.SET, OverrideAction.RESTORE];

// A signature is as good as a password until it expires.
const UNSIGNED_URL = 'try(split("?", var.template_url)[0], null)';

/** The rules of a value. A value that is null breaks one rule only. */
const VALUE_RULES: readonly InputRule[] = [
  { ...OVERRIDE_RULES.text, holds: (value) => `${value} != null` },
  {
    ...OVERRIDE_RULES.noAccessToken,
    holds: (value) =>
      `!anytrue([for rest in try(regexall(local.access_token, ${value}), []) : can(regex("[0-9]", rest[0]))])`,
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

// What the provisioner of terraform_data.update sets, and the reason that it names the stack by its ARN.
const ABOUT_THE_PROGRAM = `
# Makes the AWS CLI update the stack STACK in REGION, and waits at most MINUTES. STACK is an ARN, so credentials of
# another account fail. NAMES are the parameters to set, VALUE_<name> their values, and PARAMETERS both as JSON.
# https://docs.aws.amazon.com/cli/latest/reference/cloudformation/update-stack.html
`;

/** The inputs of the module stack-parameter-override. */
export const stackParameterOverride: ModuleDefinition = {
  name: "stack-parameter-override",
  facts: {
    access_token: {
      comment: "A match is an access token if the captured part has a digit, which names of words do not have.",
      value: expression(regex(ACCESS_TOKEN)),
    },
    max_template_bytes: {
      comment:
        "How long a template can be that an update sends. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
      value: MAX_TEMPLATE_BYTES,
    },
  },
  programs: { "update.sh": `${ABOUT_THE_PROGRAM}\n${UPDATE_PROGRAM}` },
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
        "How to change the parameters: with `ADOPT`, Terraform imports the stack and updates it; with `AWS_CLI`, the AWS CLI updates it where Terraform applies. A stack with NoEcho parameters needs `AWS_CLI`. The plan must know the value.",
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
};
