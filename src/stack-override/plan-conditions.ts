import { bytesAtMost } from "../terraform/plan-condition";
import type { PlanCondition } from "../terraform/plan-condition";
import { ADDRESS, CURRENT_PARAMETERS, TEMPLATE_BODY } from "./expressions";
import { OverrideAction } from "./override-action";
import { AUTO_EXPAND, MAX_TEMPLATE_BYTES, MAX_VALUE_BYTES } from "./rules";

/** The names of props and inputs in messages: the construct has props, the plain module has inputs. */
export interface Wording {
  readonly updateByCli: string;
  readonly templateUrl: string;
  readonly capabilities: string;
  readonly questionMarksAreGenuine: string;
  /** Ends the sentence on default tags. */
  readonly providerWithoutTags: string;
  /** Ends the sentence on the record of another stack. */
  readonly forgetFirst: string;
  /** Ends the sentence on values that somebody else has changed. */
  readonly setAgain: string;
}

/** An override, as the conditions of its plan need it. */
export interface OverrideContext {
  readonly stackName: string;
  /** The records of the changes by the names of the parameters, as an expression. */
  readonly changes: string;
  readonly wording: Wording;
}

// The template in Terraform's state, which an update sends.
const SENT_TEMPLATE = "self.template_body";

// A macro of the whole template, in JSON and in YAML, or one of a part of it.
const MACRO = String.raw`(?m)^["']?Transform["']?[ \t]*:|Fn::Transform|!Transform`;
const RUNS_MACROS = `(can(jsondecode(${SENT_TEMPLATE}).Transform) || can(regex(${JSON.stringify(MACRO)}, ${SENT_TEMPLATE})))`;

/** Conditions of a plan: of every plan, and of those that set values or restore them. */
export interface Conditions {
  readonly always: PlanCondition[];
  readonly setting: PlanCondition[];
  readonly restoring: PlanCondition[];
}

/** Conditions of a plan that updates an adopted stack. */
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
    restoring: [knowsFormerValues(context), emptyByDefault(context)],
  };
}

/**
 * Conditions on the stack in Terraform's state, which an update sends; `template` only where it sends the template as
 * well. The data source reads a template after its macros have run, which is not the template that an update sends.
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

/** Conditions of a plan that makes the AWS CLI update the stack. */
export function updateConditions(context: OverrideContext): Conditions {
  return {
    always: [recordedHere(context), hasParameters(context), setsNothingHidden(context)],
    setting: [templateAllows(context)],
    restoring: [knowsFormerValues(context)],
  };
}

/** The stack has termination protection. */
export function isProtected({ stackName }: OverrideContext): PlanCondition {
  const enabled = "try(tobool(jsondecode(stack.properties).EnableTerminationProtection), false)";
  return {
    condition: `\${alltrue([for stack in ${ADDRESS.properties}[*] : ${enabled}])}`,
    errorMessage: `The stack ${stackName} has no termination protection. Enable it, so that AWS refuses to delete the stack: aws cloudformation update-termination-protection --enable-termination-protection --region \${try(split(":", ${ADDRESS.current}.id)[3], "<region>")} --stack-name ${stackName}`,
  };
}

/** The template has all parameters to set. */
function hasParameters({ stackName }: OverrideContext): PlanCondition {
  const missing = `setsubtract(keys(${ADDRESS.values}), keys(${CURRENT_PARAMETERS}))`;
  return {
    condition: `\${length(${missing}) == 0}`,
    errorMessage: `The template of the stack ${stackName} has no parameter named \${join(", ", ${missing})}; it has \${join(", ", keys(${CURRENT_PARAMETERS}))}. Use these names.`,
  };
}

/** The values are neither empty nor too long. Values that only Terraform knows cannot be checked before the plan. */
export function valuesFit({ stackName }: OverrideContext): PlanCondition {
  const fits = `try(trimspace(value) != "" && ${bytesAtMost("value", MAX_VALUE_BYTES)}, false)`;
  const unfit = `[for name, value in ${ADDRESS.values} : name if !${fits}]`;
  return {
    condition: `\${length(${unfit}) == 0}`,
    errorMessage: `The values of these parameters of the stack ${stackName} are empty or longer than ${MAX_VALUE_BYTES} bytes: \${join(", ", ${unfit})}. To give a parameter its former value, set action to ${OverrideAction.RESTORE}.`,
  };
}

/** The stack belongs to no stack set. A name that only Terraform knows cannot be checked before the plan. */
export function isOfNoStackSet({ stackName }: OverrideContext): PlanCondition {
  return {
    condition: `\${!startswith(${ADDRESS.current}.name, "StackSet-")}`,
    errorMessage: `The stack ${stackName} belongs to a stack set, whose next operation would overwrite the parameters. Change the parameter in the stack set.`,
  };
}

/** The template allows the values, as far as Terraform can parse it. */
function templateAllows({ stackName }: OverrideContext): PlanCondition {
  const declared = `${ADDRESS.declared}[name]`;
  // Left to CloudFormation: lists, whose items it compares one by one; numbers and dates, which have several notations; and
  // patterns of Java that Terraform rejects or reads differently.
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

/** Parameters whose former value was empty are empty by default, since the provider can only omit them. */
function emptyByDefault({ stackName, wording }: OverrideContext): PlanCondition {
  const isEmpty = `try(tostring(${ADDRESS.declared}[name].Default) == "", false)`;
  const others = `[for name, value in ${ADDRESS.values} : name if value == "" && !${isEmpty}]`;
  return {
    condition: `\${length(${others}) == 0}`,
    errorMessage: `These parameters of the stack ${stackName} were empty, and their defaults are not: \${join(", ", ${others})}. Terraform's AWS provider cannot set an empty value: restore them with ${wording.updateByCli}.`,
  };
}

/** The stack is the one that was overridden first, and not another one of this name in another account or region. */
function recordedHere({ stackName, wording }: OverrideContext): PlanCondition {
  // Known in a plan, unlike the output of a record that changes.
  const recorded = `${ADDRESS.stack}.input.id`;
  return {
    condition: `\${${recorded} == ${ADDRESS.current}.id}`,
    errorMessage: `The stack ${stackName} is \${${ADDRESS.current}.id}, but Terraform's state has the former values of \${${recorded}}. Plan with the credentials and the region of that stack. To override this one instead, ${wording.forgetFirst}.`,
  };
}

/** Each parameter had another value before. Without a record, or with a new one, that value is not known. */
function knowsFormerValues({ stackName, changes }: OverrideContext): PlanCondition {
  const unknown = `[for name, change in ${changes} : name if change.input.before == null || change.input.before == change.input.after]`;
  return {
    condition: `\${length(${unknown}) == 0}`,
    errorMessage: `Terraform's state has no former values of these parameters of the stack ${stackName}: \${join(", ", ${unknown})}. Either they had the declared values before the override, or the state was lost. Remove them from parameters to keep their values, or declare their former values and set action to ${OverrideAction.SET}.`,
  };
}

/**
 * Those of the names that are of NoEcho parameters, as an expression: the template says so, or CloudFormation shows
 * asterisks in place of the value, five by its documentation and four by its API. A single asterisk is a common value.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
function hiddenAmong(names: string): string {
  const declared = `try(tobool(${ADDRESS.declared}[name].NoEcho), false)`;
  return `[for name in ${names} : name if ${declared} || can(regex("^[*]{2,}$", lookup(${CURRENT_PARAMETERS}, name, "")))]`;
}

/** No parameter is NoEcho: an update would send the asterisks that CloudFormation shows as its value. */
function hidesNothing({ stackName, wording }: OverrideContext): PlanCondition {
  const hidden = hiddenAmong(`keys(${CURRENT_PARAMETERS})`);
  return {
    condition: `\${length(${hidden}) == 0}`,
    errorMessage: `The stack ${stackName} has NoEcho parameters: \${join(", ", ${hidden})}. Terraform cannot read their values, and this update would overwrite them with asterisks. Use ${wording.updateByCli}, which keeps them.`,
  };
}

/** None of the parameters to set is NoEcho: Terraform's state would contain their values. */
function setsNothingHidden({ stackName }: OverrideContext): PlanCondition {
  const hidden = hiddenAmong(`keys(${ADDRESS.values})`);
  return {
    condition: `\${length(${hidden}) == 0}`,
    errorMessage: `These parameters of the stack ${stackName} are NoEcho, and Terraform's state would contain their values: \${join(", ", ${hidden})}. Remove them from parameters.`,
  };
}

// CloudFormation shows a question mark in place of each character that is not ASCII, in templates and outputs. No page
// says so of parameters and tags, which the same operation returns and the same update sends.
// https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814
// https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
const QUESTION_MARK = "CloudFormation shows a question mark in place of each character that is not ASCII";

/** No other parameter and no tag contains a question mark, which an update would send in place of a lost character. */
export function losesNoCharacters({ stackName, wording }: OverrideContext): PlanCondition {
  const parameters = `[for name, value in ${CURRENT_PARAMETERS} : name if strcontains(value, "?") && !contains(keys(${ADDRESS.values}), name)]`;
  const tags = `[for key, value in ${ADDRESS.current}.tags : "the tag \${key}" if strcontains("\${key}\${value}", "?")]`;
  const suspects = `concat(${parameters}, ${tags})`;
  return {
    condition: `\${length(${suspects}) == 0}`,
    errorMessage: `These parameters or tags of the stack ${stackName} contain question marks: \${join(", ", ${suspects})}. ${QUESTION_MARK}, and this update would send it. Use ${wording.updateByCli}, which keeps the values; or ${wording.questionMarksAreGenuine} if the values are right.`,
  };
}

/** Nobody has changed the stack since the plan: the update sends what Terraform read in the plan. */
function isAsPlanned({ stackName }: OverrideContext): PlanCondition {
  const parts = ["template_body", "parameters", "tags", "capabilities", "iam_role_arn", "notification_arns"];
  // In the module the data source has no instance where the AWS CLI updates the stack.
  const differs = `anytrue([for stack in ${ADDRESS.atApply}[*] : stack[part] != ${ADDRESS.current}[part]])`;
  const changed = `[for part in ${JSON.stringify(parts)} : part if ${differs}]`;
  return {
    condition: `\${length(${changed}) == 0}`,
    errorMessage: `Somebody has changed the stack ${stackName} since this plan was made: \${join(", ", ${changed})}. This update would revert that. Plan again.`,
  };
}

/** The provider adds no tags: every update sends its default tags, and no plan shows them. */
function addsNoTags({ stackName, wording }: OverrideContext): PlanCondition {
  const added = `[for key, value in ${ADDRESS.defaultTags}.tags : key if lookup(${ADDRESS.current}.tags, key, null) != value]`;
  return {
    condition: `\${length(${added}) == 0}`,
    errorMessage: `The AWS provider has default tags that the stack ${stackName} does not have, and this update would add them: \${join(", ", ${added})}. Give the override ${wording.providerWithoutTags}.`,
  };
}

const OLD_STATE =
  "This update would revert changes that others have made. Plan without -refresh=false, which keeps Terraform from reading the stack.";

/** Terraform's state has the tags and topics of the stack: with `-refresh=false` it has those of the last run. */
function isAsRead({ stackName }: OverrideContext): PlanCondition {
  return {
    condition: `\${self.tags_all == ${ADDRESS.current}.tags && coalesce(self.notification_arns, toset([])) == ${ADDRESS.current}.notification_arns}`,
    errorMessage: `The tags or topics of the stack ${stackName} differ from those in Terraform's state. ${OLD_STATE}`,
  };
}

/** The same for the template. A template with macros cannot be compared. */
function templateIsAsRead({ stackName }: OverrideContext): PlanCondition {
  return {
    condition: `\${${RUNS_MACROS} || ${SENT_TEMPLATE} == ${TEMPLATE_BODY}}`,
    errorMessage: `The template of the stack ${stackName} differs from the one in Terraform's state. ${OLD_STATE}`,
  };
}

/** The update acknowledges macros of the template. A stack that was deployed by change sets need not list the capability. */
function acknowledgesMacros({ stackName, wording }: OverrideContext): PlanCondition {
  return {
    condition: `\${length(${ADDRESS.differing}) == 0 || !${RUNS_MACROS} || contains(coalesce(self.capabilities, toset([])), "${AUTO_EXPAND}")}`,
    errorMessage: `The template of the stack ${stackName} runs macros, and an update must acknowledge ${AUTO_EXPAND}, which the stack does not list. Set ${wording.capabilities}, or use ${wording.updateByCli}, which acknowledges it.`,
  };
}

/** The template is small enough for an update. CloudFormation shows ASCII only, so a character is a byte. */
function templateFits({ stackName, wording }: OverrideContext): PlanCondition {
  return {
    condition: `\${length(${SENT_TEMPLATE}) <= ${MAX_TEMPLATE_BYTES}}`,
    errorMessage: `The template of the stack ${stackName} is larger than ${MAX_TEMPLATE_BYTES} bytes, and an update cannot send it. Upload the unchanged template to an S3 bucket and set ${wording.templateUrl} to its URL, or use ${wording.updateByCli}.`,
  };
}

/** The template contains no question mark, which an update would send in place of a lost character. */
export function templateLosesNoCharacters({ stackName, wording }: OverrideContext): PlanCondition {
  return {
    condition: `\${!strcontains(${SENT_TEMPLATE}, "?")}`,
    errorMessage: `The template of the stack ${stackName} contains question marks. ${QUESTION_MARK}, and this update would send it. Use ${wording.updateByCli}, which keeps the template; or set ${wording.templateUrl} to the URL of the vendor's template; or ${wording.questionMarksAreGenuine} if the vendor's template is ASCII only.`,
  };
}

/**
 * A template in JSON has no number that would lose digits: Terraform's AWS provider parses numbers as 64-bit floating
 * point and formats them again.
 */
function templateLosesNoDigits({ stackName, wording }: OverrideContext): PlanCondition {
  const text = JSON.stringify(String.raw`/"(?:[^"\\]|\\.)*"/`);
  const numbers = `regexall("[-0-9.]*[0-9]{16,}[0-9.]*|[-0-9.]*[0-9][eE][-+]?[0-9]+", replace(${SENT_TEMPLATE}, ${text}, ""))`;
  return {
    condition: `\${!can(jsondecode(${SENT_TEMPLATE})) || length(${numbers}) == 0}`,
    errorMessage: `The template of the stack ${stackName} is JSON with numbers that Terraform's AWS provider cannot send exactly, and reads as \${join(", ", ${numbers})}. Use ${wording.updateByCli}, which keeps the template, or set ${wording.templateUrl} to the URL of the vendor's template.`,
  };
}

/** An assertion that the parameters have the declared values after an update. */
export function asDeclared({ stackName, wording }: OverrideContext): PlanCondition {
  // In the module the data source has no instance where Terraform adopts the stack.
  const differs = `anytrue([for stack in ${ADDRESS.afterUpdate}[*] : lookup(stack.parameters, name, "") != value])`;
  const others = `[for name, value in ${ADDRESS.values} : name if ${differs}]`;
  return {
    condition: `\${length(${others}) == 0}`,
    errorMessage: `Somebody has changed these parameters of the stack ${stackName} since: \${join(", ", ${others})}. To set them again: ${wording.setAgain}`,
  };
}
