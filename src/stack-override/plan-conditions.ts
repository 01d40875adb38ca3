import { bytesAtMost } from "../terraform/plan-condition";
import type { PlanCondition } from "../terraform/plan-condition";

/**
 * The addresses of an override. There is one override in a state, and no address depends on a name: whatever is renamed
 * in the program, Terraform never takes a stack that it must keep for one that is gone.
 */
export const ADDRESS = {
  adopted: "aws_cloudformation_stack.adopted",
  /** The stack as it is when Terraform plans. */
  current: "data.aws_cloudformation_stack.current",
  /** The stack as it is when Terraform applies, where something is to be changed. */
  atApply: "data.aws_cloudformation_stack.at-apply",
  /** What AWS Cloud Control says of the stack, for what CloudFormation's own data source leaves out. */
  properties: "data.aws_cloudcontrolapi_resource.current",
  /** Which stack the override is for. */
  stack: "terraform_data.stack",
  defaultTags: "data.aws_default_tags.current",
  /** The parameters to set, with their values as they were given. */
  given: "local.given",
  /** The same, with every value as text. */
  values: "local.values",
  /** The names of the parameters whose values are to change. */
  differing: "local.differing",
  /** What the template says of its parameters, as far as it can be read. */
  declared: "local.declared",
  update: "terraform_data.update",
  afterUpdate: "data.aws_cloudformation_stack.after-update",
} as const;

/**
 * How the messages call what one can do, in the words of those who read them: the construct has props, and the plain
 * module has inputs.
 */
export interface Wording {
  readonly updateByCli: string;
  readonly templateUrl: string;
  readonly capabilities: string;
  readonly questionMarksAreGenuine: string;
  /** Ends the sentence on default tags. */
  readonly providerWithoutTags: string;
  /** Ends the sentence on another stack's records. */
  readonly letGoFirst: string;
  /** Ends the sentence on values that somebody else has changed. */
  readonly setAgain: string;
}

/** An override, as far as the conditions of its plan depend on who states them. */
export interface OverrideContext {
  readonly stackName: string;
  /** The records of the changes by the names of the parameters, as an expression. */
  readonly changes: string;
  readonly wording: Wording;
}

/** The address of the record of a parameter's change. */
export function changeAddress(parameter: string): string {
  return `terraform_data.change-${parameter}`;
}

/** The part of an address that is the name. */
export function nameIn(address: string): string {
  return address.replace(/^.*\./, "");
}

/** The parameters of the stack as it is when Terraform plans. */
const CURRENT_PARAMETERS = `${ADDRESS.current}.parameters`;

/** The values as text, also where a reference is to a number; what cannot be text stays for a condition to refuse. */
export const VALUES_AS_TEXT = `\${{ for name, value in ${ADDRESS.given} : name => try(tostring(value), value) }}`;

/** The value of a parameter when Terraform plans; the name is an expression. A record keeps the first one. */
export function currentValue(name: string): string {
  return `lookup(${CURRENT_PARAMETERS}, ${name}, "")`;
}

/** What of a record is that of the first time, whatever the stack has become. */
export const REMEMBERED = ["input.before"];

/**
 * What the record of the stack holds: its ARN when it was first overridden, and what else has Terraform update the stack
 * although no value is to change, another template and a parameter that the vendor has added.
 */
export function stackRecord(templateUrl = "${null}"): { readonly [attribute: string]: string } {
  return { id: `\${${ADDRESS.current}.id}`, template_url: templateUrl, parameters: `\${keys(${CURRENT_PARAMETERS})}` };
}

/** What of that is of the first time. */
export const REMEMBERED_STACK = ["input.id"];

/** The names of the parameters whose values are to change. */
export const DIFFERING = `\${[for name, value in ${ADDRESS.values} : name if lookup(${CURRENT_PARAMETERS}, name, null) != value]}`;

/**
 * The name of the stack, which is known only after apply while a value is to change: Terraform then reads the stack once
 * more when it applies, right before it sends what it read when it planned. `timestamp()` is known only after apply. The
 * data source also waits for the record of the stack, which changes with whatever else has Terraform update it.
 */
export const NAME_AT_APPLY = `\${length(${ADDRESS.differing}) == 0 ? ${ADDRESS.current}.name : "\${${ADDRESS.current}.name}\${substr(timestamp(), 0, 0)}"}`;

/**
 * The capabilities to acknowledge: those that the stack lists and, for an update, others as an expression for a list. To
 * set others without an update would be a change that AWS never takes.
 */
export function capabilitiesWith(others?: string): string {
  const capabilities = `${ADDRESS.current}.capabilities`;
  if (others === undefined) {
    return `\${${capabilities}}`;
  }
  return `\${length(${ADDRESS.differing}) == 0 ? ${capabilities} : setunion(${capabilities}, ${others})}`;
}

// What else the stack is made of is kept, and sent back as it was imported. Not ignored, tags would be wiped,
// the service role lost and a stack with a timeout replaced. A URL of the template is never read back: ignored, one that is
// taken out of the declaration would go on being sent.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/cloudformation_stack
export const KEPT = [
  "disable_rollback",
  "iam_role_arn",
  "notification_arns",
  "on_failure",
  "policy_body",
  "policy_url",
  "tags",
  "tags_all",
  "template_body",
  "timeout_in_minutes",
];

const TEMPLATE_BODY = `${ADDRESS.current}.template_body`;
const WITHOUT_SHORT_FORMS = `replace(${TEMPLATE_BODY}, "/(?m)(^|[\\\\s,:\\\\[-])![A-Za-z0-9:]+/", "$1")`;
const SENT_TEMPLATE = "self.template_body";

// A macro of the whole template, in JSON and in YAML, or one of a part of it.
const MACRO = String.raw`(?m)^["']?Transform["']?[ \t]*:|Fn::Transform|!Transform`;
const RUNS_MACROS = `(can(jsondecode(${SENT_TEMPLATE}).Transform) || can(regex(${JSON.stringify(MACRO)}, ${SENT_TEMPLATE})))`;

/**
 * The parameters as the template declares them. A template is JSON or YAML; the short forms of CloudFormation's functions
 * are tags that Terraform refuses, and no parameter has them.
 */
export const DECLARED_PARAMETERS = `\${try(try(jsondecode(${TEMPLATE_BODY}), yamldecode(${WITHOUT_SHORT_FORMS})).Parameters, {})}`;

/** All parameters with the values that they are to have. */
export const ALL_PARAMETERS = `\${merge(${CURRENT_PARAMETERS}, ${ADDRESS.values})}`;

/**
 * The same, without those that are to be empty: the provider keeps the former value in place of an empty one, and
 * CloudFormation gives a parameter that is left out its default.
 */
export const PARAMETERS_WITHOUT_EMPTIED = `\${{ for name, value in merge(${CURRENT_PARAMETERS}, ${ADDRESS.values}) : name => value if value != "" || !contains(keys(${ADDRESS.values}), name) }}`;

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MAX_TEMPLATE_BYTES = 51_200;

/** How long the value of a parameter can be; from the same page. */
export const MAX_VALUE_BYTES = 4096;

/**
 * The capability that acknowledges the macros of a template.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
 */
export const AUTO_EXPAND = "CAPABILITY_AUTO_EXPAND";

/** How long an update may take unless the caller says otherwise, in minutes. */
export const UPDATE_MINUTES = 60;

/** Conditions of a plan: those that always hold, and those of setting values and of undoing that. */
export interface Conditions {
  readonly always: PlanCondition[];
  readonly setting: PlanCondition[];
  readonly undoing: PlanCondition[];
}

/** What a plan asks that changes a stack which Terraform has adopted. */
export function adoptedConditions(context: OverrideContext): Conditions {
  return {
    always: [
      recordedHere(context),
      hasParameters(context),
      hidesNothing(context),
      addsNoTags(context),
      isAsPlanned(context),
    ],
    setting: [templateAllows(context)],
    undoing: [knowsFormerValues(context), emptyByDefault(context)],
  };
}

/**
 * What must hold of the stack that Terraform has adopted, as it sends it back with an update; `template` where it sends the
 * template as well. What the data source reads of a template has its macros run, and is not what is sent.
 */
export function sentConditions(context: OverrideContext): {
  readonly always: PlanCondition[];
  readonly template: PlanCondition[];
} {
  return {
    always: [isAsRead(context), acknowledgesMacros(context)],
    template: [templateIsAsRead(context), templateFits(context), templateLosesNoDigits(context)],
  };
}

/** What a plan asks that has the AWS CLI update the stack. */
export function updateConditions(context: OverrideContext): Conditions {
  return {
    always: [recordedHere(context), hasParameters(context), setsNothingHidden(context)],
    setting: [templateAllows(context)],
    undoing: [knowsFormerValues(context)],
  };
}

/** The type by which AWS Cloud Control knows stacks; their ARNs identify them. */
export const STACK_TYPE = "AWS::CloudFormation::Stack";

/** AWS refuses to delete the stack. */
export function isProtected({ stackName }: OverrideContext): PlanCondition {
  const enabled = "try(tobool(jsondecode(stack.properties).EnableTerminationProtection), false)";
  return {
    condition: `\${alltrue([for stack in ${ADDRESS.properties}[*] : ${enabled}])}`,
    errorMessage: `The stack ${stackName} has no termination protection. Enable it, so that AWS refuses to delete the stack: aws cloudformation update-termination-protection --enable-termination-protection --region \${try(split(":", ${ADDRESS.current}.id)[3], "<region>")} --stack-name ${stackName}`,
  };
}

/** The template has all parameters that are to be set. */
function hasParameters({ stackName }: OverrideContext): PlanCondition {
  const missing = `setsubtract(keys(${ADDRESS.values}), keys(${CURRENT_PARAMETERS}))`;
  return {
    condition: `\${length(${missing}) == 0}`,
    errorMessage: `The template of the stack ${stackName} has no parameter named \${join(", ", ${missing})}; it has \${join(", ", keys(${CURRENT_PARAMETERS}))}. Name parameters as they stand there.`,
  };
}

/** The values can be given: those that only Terraform knows could not be checked before. */
export function valuesFit({ stackName }: OverrideContext): PlanCondition {
  const fits = `try(trimspace(value) != "" && ${bytesAtMost("value", MAX_VALUE_BYTES)}, false)`;
  const unfit = `[for name, value in ${ADDRESS.values} : name if !${fits}]`;
  return {
    condition: `\${length(${unfit}) == 0}`,
    errorMessage: `The values of these parameters of the stack ${stackName} are empty or longer than ${MAX_VALUE_BYTES} bytes: \${join(", ", ${unfit})}. To give a parameter its former value back, use undo.`,
  };
}

/** The stack is none of a stack set: a name that only Terraform knows could not be checked before. */
export function isOfNoStackSet({ stackName }: OverrideContext): PlanCondition {
  return {
    condition: `\${!startswith(${ADDRESS.current}.name, "StackSet-")}`,
    errorMessage: `The stack ${stackName} is one of a stack set, whose next operation sets the value back. Change the parameter in the stack set.`,
  };
}

/** The values are such as the template allows, where it can be read. */
function templateAllows({ stackName }: OverrideContext): PlanCondition {
  const declared = `${ADDRESS.declared}[name]`;
  // Items of a list are held against these one by one; numbers and dates are written in more ways than one; and Java has
  // patterns that Terraform refuses, or reads otherwise. Those CloudFormation judges, when it is updated.
  const isText = `try(${declared}.Type, "") == "String" && alltrue([for one in try(${declared}.AllowedValues, []) : one == try(tostring(one), "")])`;
  const allowed = `try(can(regex("^[0-9]+-[0-9]+-", value)) || contains(${declared}.AllowedValues, value), true)`;
  const pattern = `${declared}.AllowedPattern`;
  const matches = `try(strcontains(${pattern}, "&&") || length(regexall(format("^(?:%s)$", ${pattern}), value)) > 0, true)`;
  const rule = `format("%s = %q, where the template allows %s", name, value, try(jsonencode(${declared}.AllowedValues), ${declared}.AllowedPattern))`;
  const refused = `[for name, value in ${ADDRESS.values} : ${rule} if ${isText} && !(${allowed} && ${matches})]`;
  return {
    condition: `\${length(${refused}) == 0}`,
    errorMessage: `These values do not fit the parameters of the stack ${stackName}: \${join("; ", ${refused})}.`,
  };
}

/** What is to be empty again is empty by default, since the provider can only leave it out. */
function emptyByDefault({ stackName, wording }: OverrideContext): PlanCondition {
  const isEmpty = `try(tostring(${ADDRESS.declared}[name].Default) == "", false)`;
  const others = `[for name, value in ${ADDRESS.values} : name if value == "" && !${isEmpty}]`;
  return {
    condition: `\${length(${others}) == 0}`,
    errorMessage: `These parameters of the stack ${stackName} were empty, and are not so by default: \${join(", ", ${others})}. Terraform's AWS provider cannot make them empty again: undo with ${wording.updateByCli}.`,
  };
}

/** The stack is the one that was overridden first, and not one of its name in another account or region. */
function recordedHere({ stackName, wording }: OverrideContext): PlanCondition {
  // Known when Terraform plans, unlike the output of a record that changes.
  const recorded = `${ADDRESS.stack}.input.id`;
  return {
    condition: `\${${recorded} == ${ADDRESS.current}.id}`,
    errorMessage: `The stack ${stackName} is \${${ADDRESS.current}.id}, and this override is for \${${recorded}}. Plan with the credentials and the region of that stack. To override this one instead, ${wording.letGoFirst}.`,
  };
}

/** Each parameter had another value before. Without a record, or with one that was made anew, nobody knows which. */
function knowsFormerValues({ stackName, changes }: OverrideContext): PlanCondition {
  const unknown = `[for name, change in ${changes} : name if change.input.before == null || change.input.before == change.input.after]`;
  return {
    condition: `\${length(${unknown}) == 0}`,
    errorMessage: `The state knows no former value of these parameters of the stack ${stackName}: \${join(", ", ${unknown})}. Either they had the declared values already when they were first overridden, or the state was lost since then. Remove them from parameters to leave them as they are, or declare their former values and remove undo.`,
  };
}

/**
 * The names of the parameters that are NoEcho, among others as an expression: by the template, or by what CloudFormation
 * shows in place of their values, which its pages write with five asterisks and its API with four. One alone is a value
 * that many parameters have.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
function hiddenAmong(names: string): string {
  const declared = `try(tobool(${ADDRESS.declared}[name].NoEcho), false)`;
  return `[for name in ${names} : name if ${declared} || can(regex("^[*]{2,}$", lookup(${CURRENT_PARAMETERS}, name, "")))]`;
}

/** No parameter is NoEcho: what CloudFormation shows of those would be sent back as their value. */
function hidesNothing({ stackName, wording }: OverrideContext): PlanCondition {
  const hidden = hiddenAmong(`keys(${CURRENT_PARAMETERS})`);
  return {
    condition: `\${length(${hidden}) == 0}`,
    errorMessage: `The stack ${stackName} has NoEcho parameters: \${join(", ", ${hidden})}. Nobody can read their values, and this update would overwrite them with asterisks. Use ${wording.updateByCli}, which leaves them as they are.`,
  };
}

/** None of the parameters to be set is NoEcho: their values would stand in the state. */
function setsNothingHidden({ stackName }: OverrideContext): PlanCondition {
  const hidden = hiddenAmong(`keys(${ADDRESS.values})`);
  return {
    condition: `\${length(${hidden}) == 0}`,
    errorMessage: `These parameters of the stack ${stackName} are NoEcho, and their values would stand in Terraform's state: \${join(", ", ${hidden})}. Leave them out.`,
  };
}

// CloudFormation shows a question mark in place of each character that is not ASCII, in templates and outputs. No page
// says so of parameters and tags, which come from the same operation, and are sent back alike.
// https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814
// https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
const QUESTION_MARK = "CloudFormation shows a question mark in place of each character that is not ASCII";

/** No other parameter and no tag has lost characters in what CloudFormation shows, which this update would send back. */
export function losesNoCharacters({ stackName, wording }: OverrideContext): PlanCondition {
  const parameters = `[for name, value in ${CURRENT_PARAMETERS} : name if strcontains(value, "?") && !contains(keys(${ADDRESS.values}), name)]`;
  const tags = `[for key, value in ${ADDRESS.current}.tags : "the tag \${key}" if strcontains("\${key}\${value}", "?")]`;
  const suspects = `concat(${parameters}, ${tags})`;
  return {
    condition: `\${length(${suspects}) == 0}`,
    errorMessage: `These parameters or tags of the stack ${stackName} hold question marks: \${join(", ", ${suspects})}. ${QUESTION_MARK}, and this update would send that back as the value. Use ${wording.updateByCli}, which leaves them as they are; or ${wording.questionMarksAreGenuine}, if they are meant to be there.`,
  };
}

/** Nobody has changed the stack since the plan was made: the update sends back what was read then. */
function isAsPlanned({ stackName }: OverrideContext): PlanCondition {
  const parts = ["template_body", "parameters", "tags", "capabilities", "iam_role_arn", "notification_arns"];
  // The module has none of it where the AWS CLI updates the stack.
  const differs = `anytrue([for stack in ${ADDRESS.atApply}[*] : stack[part] != ${ADDRESS.current}[part]])`;
  const changed = `[for part in ${JSON.stringify(parts)} : part if ${differs}]`;
  return {
    condition: `\${length(${changed}) == 0}`,
    errorMessage: `Somebody has changed the stack ${stackName} since this plan was made: \${join(", ", ${changed})}. This update would take that back. Plan again.`,
  };
}

/** The provider adds no tags: its default tags are sent with every update, and no plan shows them. */
function addsNoTags({ stackName, wording }: OverrideContext): PlanCondition {
  const added = `[for key, value in ${ADDRESS.defaultTags}.tags : key if lookup(${ADDRESS.current}.tags, key, null) != value]`;
  return {
    condition: `\${length(${added}) == 0}`,
    errorMessage: `The AWS provider has default tags that the stack ${stackName} does not have, and this update would add them: \${join(", ", ${added})}. Give the override ${wording.providerWithoutTags}.`,
  };
}

const OLD_STATE =
  "An update would take back what has changed since. Plan without -refresh=false, with which Terraform does not read the stack.";

/** What Terraform sends back is what the stack has: with `-refresh=false` it is what the stack had at the last run. */
function isAsRead({ stackName }: OverrideContext): PlanCondition {
  return {
    condition: `\${self.tags_all == ${ADDRESS.current}.tags && coalesce(self.notification_arns, toset([])) == ${ADDRESS.current}.notification_arns}`,
    errorMessage: `The tags or topics of the stack ${stackName} are not those in Terraform's state. ${OLD_STATE}`,
  };
}

/** The same of the template. One whose macros have run cannot be compared. */
function templateIsAsRead({ stackName }: OverrideContext): PlanCondition {
  return {
    condition: `\${${RUNS_MACROS} || ${SENT_TEMPLATE} == ${TEMPLATE_BODY}}`,
    errorMessage: `The template of the stack ${stackName} is not the one in Terraform's state. ${OLD_STATE}`,
  };
}

/** The macros of the template are acknowledged, which stacks that were deployed by change sets need not list. */
function acknowledgesMacros({ stackName, wording }: OverrideContext): PlanCondition {
  return {
    condition: `\${length(${ADDRESS.differing}) == 0 || !${RUNS_MACROS} || contains(coalesce(self.capabilities, toset([])), "${AUTO_EXPAND}")}`,
    errorMessage: `The template of the stack ${stackName} runs macros, and an update has to acknowledge ${AUTO_EXPAND}, which the stack does not list. Give ${wording.capabilities}, or use ${wording.updateByCli}, which acknowledges it.`,
  };
}

/** The template is small enough to be sent back. CloudFormation shows ASCII only, of which a character is a byte. */
function templateFits({ stackName, wording }: OverrideContext): PlanCondition {
  return {
    condition: `\${length(${SENT_TEMPLATE}) <= ${MAX_TEMPLATE_BYTES}}`,
    errorMessage: `The template of the stack ${stackName} is larger than ${MAX_TEMPLATE_BYTES} bytes and cannot be sent back with an update. Put it into an S3 bucket as it is and give its URL as ${wording.templateUrl}, or use ${wording.updateByCli}.`,
  };
}

/** The template has lost no characters in what CloudFormation shows. */
export function templateLosesNoCharacters({ stackName, wording }: OverrideContext): PlanCondition {
  return {
    condition: `\${!strcontains(${SENT_TEMPLATE}, "?")}`,
    errorMessage: `The template of the stack ${stackName} holds question marks. ${QUESTION_MARK}, and this update would send that back as the template. Use ${wording.updateByCli}, which leaves the template as it is; or give the URL of the vendor's template as ${wording.templateUrl}; or ${wording.questionMarksAreGenuine}, if the vendor's template is ASCII only.`,
  };
}

/**
 * A template in JSON has no number that loses digits: Terraform's AWS provider reads numbers as 64-bit floating point, and
 * writes them anew.
 */
function templateLosesNoDigits({ stackName, wording }: OverrideContext): PlanCondition {
  const text = JSON.stringify(String.raw`/"(?:[^"\\]|\\.)*"/`);
  const numbers = `regexall("[-0-9.]*[0-9]{16,}[0-9.]*|[-0-9.]*[0-9][eE][-+]?[0-9]+", replace(${SENT_TEMPLATE}, ${text}, ""))`;
  return {
    condition: `\${!can(jsondecode(${SENT_TEMPLATE})) || length(${numbers}) == 0}`,
    errorMessage: `The template of the stack ${stackName} is JSON with numbers that Terraform's AWS provider cannot send back digit by digit, and reads as \${join(", ", ${numbers})}. Use ${wording.updateByCli}, which leaves the template as it is, or give the URL of the vendor's template as ${wording.templateUrl}.`,
  };
}

/** An assertion that the parameters are as declared, once an update has set them. */
export function asDeclared({ stackName, wording }: OverrideContext): PlanCondition {
  // The module has none of it where Terraform adopts the stack.
  const differs = `anytrue([for stack in ${ADDRESS.afterUpdate}[*] : lookup(stack.parameters, name, "") != value])`;
  const others = `[for name, value in ${ADDRESS.values} : name if ${differs}]`;
  return {
    condition: `\${length(${others}) == 0}`,
    errorMessage: `Somebody has changed these parameters of the stack ${stackName} since: \${join(", ", ${others})}. To set them again: ${wording.setAgain}`,
  };
}
