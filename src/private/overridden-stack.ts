/**
 * The addresses of an override. There is one override in a state, and no address depends on a name: whatever is renamed
 * in the program, Terraform never takes a stack that it must keep for one that is gone.
 */
export const ADDRESS = {
  adopted: "aws_cloudformation_stack.adopted",
  current: "data.aws_cloudformation_stack.current",
  defaultTags: "data.aws_default_tags.current",
  /** The parameters to set, with their values as they were given. */
  given: "local.given",
  /** The same, with every value as text. */
  values: "local.values",
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
  /** Ends the sentence on default tags. */
  readonly providerWithoutTags: string;
  /** Ends the sentence on another stack's records. */
  readonly letGoFirst: string;
  /** Ends the sentence on values that somebody else has changed. */
  readonly setAgain: string;
}

/** An override, as far as the conditions of its plan depend on who states them. */
export interface OverrideFacts {
  readonly stackName: string;
  /** The stacks that the records of changes are of, as an expression for a list. */
  readonly recordedStacks: string;
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
export const CURRENT_PARAMETERS = `${ADDRESS.current}.parameters`;

/** The values as text, also where a reference is to a number; what cannot be text stays for a condition to refuse. */
export const VALUES_AS_TEXT = `\${{ for name, value in ${ADDRESS.given} : name => try(tostring(value), value) }}`;

/** What the record of a change holds; name and value are expressions. */
export function changeRecord(name: string, after: string): { readonly [attribute: string]: string } {
  return { stack: `\${${ADDRESS.current}.id}`, before: `\${lookup(${CURRENT_PARAMETERS}, ${name}, "")}`, after };
}

/** What of a record is that of the first time, whatever the stack has become. */
export const REMEMBERED = ["input.stack", "input.before"];

// What else the stack is made of is kept, and sent back as it was imported. Not ignored, tags would be wiped,
// capabilities lost and a stack with a timeout replaced. A URL of the template is never read back: ignored, one that is
// taken out of the declaration would go on being sent.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/cloudformation_stack
export const KEPT = [
  "capabilities",
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

// What CloudFormation shows in place of the value of a NoEcho parameter.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
const NO_ECHO = "****";

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MAX_TEMPLATE_BYTES = 51_200;

/** How long the value of a parameter can be; from the same page. */
export const MAX_VALUE_BYTES = 4096;

/** What must hold for Terraform to go on. */
export interface PlanCondition {
  readonly condition: string;
  readonly errorMessage: string;
}

/** Conditions of a plan: those that always hold, and those of setting values and of undoing that. */
export interface Conditions {
  readonly always: PlanCondition[];
  readonly setting: PlanCondition[];
  readonly undoing: PlanCondition[];
}

/** What a plan asks that changes a stack which Terraform has adopted. */
export function adoptedConditions(facts: OverrideFacts): Conditions {
  return {
    always: [hasParameters(facts), hidesNothing(facts), addsNoTags(facts)],
    setting: [templateAllows(facts)],
    undoing: [recordedHere(facts), emptyByDefault(facts)],
  };
}

/** What a plan asks that has the AWS CLI update the stack. */
export function updateConditions(facts: OverrideFacts): Conditions {
  return {
    always: [hasParameters(facts), setsNothingHidden(facts), recordedHere(facts)],
    setting: [templateAllows(facts)],
    undoing: [],
  };
}

/** The template has all parameters that are to be set. */
function hasParameters({ stackName }: OverrideFacts): PlanCondition {
  const missing = `setsubtract(keys(${ADDRESS.values}), keys(${CURRENT_PARAMETERS}))`;
  return {
    condition: `\${length(${missing}) == 0}`,
    errorMessage: `The template of the stack ${stackName} has no parameter named \${join(", ", ${missing})}; it has \${join(", ", keys(${CURRENT_PARAMETERS}))}. Name parameters as they stand there.`,
  };
}

/** The values can be given: those that only Terraform knows could not be checked before. */
export function valuesFit({ stackName }: OverrideFacts): PlanCondition {
  const fits = `try(trimspace(value) != "" && ${bytesAtMost("value", MAX_VALUE_BYTES)}, false)`;
  const unfit = `[for name, value in ${ADDRESS.values} : name if !${fits}]`;
  return {
    condition: `\${length(${unfit}) == 0}`,
    errorMessage: `The values of these parameters of the stack ${stackName} are empty or longer than ${MAX_VALUE_BYTES} bytes: \${join(", ", ${unfit})}. To give a parameter its former value back, use undo.`,
  };
}

/** The values are such as the template allows, where it can be read. */
function templateAllows({ stackName }: OverrideFacts): PlanCondition {
  const declared = `${ADDRESS.declared}[name]`;
  // Items of a list are held against these one by one; numbers and dates are written in more ways than one; and Java has
  // patterns that Terraform refuses, or reads otherwise. Those CloudFormation judges, when it is updated.
  const isText = `try(${declared}.Type, "") == "String" && alltrue([for one in try(${declared}.AllowedValues, []) : one == try(tostring(one), "")])`;
  const allowed = `try(can(regex("^[0-9]+-[0-9]+-", value)) || contains(${declared}.AllowedValues, value), true)`;
  const pattern = `${declared}.AllowedPattern`;
  const matches = `try(strcontains(${pattern}, "&&") || length(regexall(format("^(?:%s)$", ${pattern}), value)) > 0, true)`;
  const fault = `format("%s = %q, where the template allows %s", name, value, try(jsonencode(${declared}.AllowedValues), ${declared}.AllowedPattern))`;
  const refused = `[for name, value in ${ADDRESS.values} : ${fault} if ${isText} && !(${allowed} && ${matches})]`;
  return {
    condition: `\${length(${refused}) == 0}`,
    errorMessage: `These values do not fit the parameters of the stack ${stackName}: \${join("; ", ${refused})}.`,
  };
}

/** What is to be empty again is empty by default, since the provider can only leave it out. */
function emptyByDefault({ stackName, wording }: OverrideFacts): PlanCondition {
  const isEmpty = `try(tostring(${ADDRESS.declared}[name].Default) == "", false)`;
  const others = `[for name, value in ${ADDRESS.values} : name if value == "" && !${isEmpty}]`;
  return {
    condition: `\${length(${others}) == 0}`,
    errorMessage: `These parameters of the stack ${stackName} were empty, and are not so by default: \${join(", ", ${others})}. Terraform's AWS provider cannot make them empty again: undo with ${wording.updateByCli}.`,
  };
}

/** The records are of this stack, and not of one that the override was for before. */
function recordedHere({ stackName, recordedStacks, wording }: OverrideFacts): PlanCondition {
  return {
    condition: `\${alltrue([for stack in ${recordedStacks} : stack == ${ADDRESS.current}.id])}`,
    errorMessage: `The state remembers the former values of another stack than ${stackName}, and would undo it with those. Let that one go first: ${wording.letGoFirst}.`,
  };
}

/** No parameter is NoEcho: what CloudFormation shows of those would be sent back as their value. */
function hidesNothing({ stackName, wording }: OverrideFacts): PlanCondition {
  const hidden = `[for name, value in ${CURRENT_PARAMETERS} : name if value == "${NO_ECHO}"]`;
  return {
    condition: `\${length(${hidden}) == 0}`,
    errorMessage: `The stack ${stackName} has NoEcho parameters: \${join(", ", ${hidden})}. Nobody can read their values, and this update would overwrite them with ${NO_ECHO}. Use ${wording.updateByCli}, which leaves them as they are.`,
  };
}

/** None of the parameters to be set is NoEcho: their values would stand in the state. */
function setsNothingHidden({ stackName }: OverrideFacts): PlanCondition {
  const hidden = `[for name in keys(${ADDRESS.values}) : name if lookup(${CURRENT_PARAMETERS}, name, "") == "${NO_ECHO}"]`;
  return {
    condition: `\${length(${hidden}) == 0}`,
    errorMessage: `These parameters of the stack ${stackName} are NoEcho, and their values would stand in Terraform's state: \${join(", ", ${hidden})}. Leave them out.`,
  };
}

/** The provider adds no tags: its default tags are sent with every update, and no plan shows them. */
function addsNoTags({ stackName, wording }: OverrideFacts): PlanCondition {
  const added = `[for key, value in ${ADDRESS.defaultTags}.tags : key if lookup(${ADDRESS.current}.tags, key, null) != value]`;
  return {
    condition: `\${length(${added}) == 0}`,
    errorMessage: `The AWS provider has default tags that the stack ${stackName} does not have, and this update would add them: \${join(", ", ${added})}. Give the override ${wording.providerWithoutTags}.`,
  };
}

/**
 * The template is small enough to be sent back; for a postcondition of the adopted stack. What the data source reads has
 * its transforms applied, and is not what is sent.
 */
export function templateFits({ stackName, wording }: OverrideFacts): PlanCondition {
  return {
    condition: `\${${bytesAtMost("self.template_body", MAX_TEMPLATE_BYTES)}}`,
    errorMessage: `The template of the stack ${stackName} is larger than ${MAX_TEMPLATE_BYTES} bytes and cannot be sent back with an update. Put it into an S3 bucket as it is and give its URL as ${wording.templateUrl}, or use ${wording.updateByCli}.`,
  };
}

/** Whether text is at most so long. Terraform counts characters; what Base64 makes of a text, without its padding, tells its bytes. */
export function bytesAtMost(expression: string, max: number): string {
  return `length(replace(base64encode(${expression}), "=", "")) <= ${Math.ceil((max * 4) / 3)}`;
}
