/**
 * The addresses of an override. A Terraform stack contains one override at most, and no address depends on a name in the
 * program: to rename the construct or its stack changes nothing in Terraform.
 */
export const ADDRESS = {
  adopted: "aws_cloudformation_stack.adopted",
  /** The stack as Terraform reads it in a plan. */
  current: "data.aws_cloudformation_stack.current",
  /** The stack as Terraform reads it in an apply, right before an update. */
  atApply: "data.aws_cloudformation_stack.at-apply",
  /** The stack in AWS Cloud Control, which knows properties that CloudFormation's own data source lacks. */
  properties: "data.aws_cloudcontrolapi_resource.current",
  /** The record of the stack that was overridden first. */
  stack: "terraform_data.stack",
  defaultTags: "data.aws_default_tags.current",
  /** The parameters to set, with their values as declared. */
  given: "local.given",
  /** The same, with every value as text. */
  values: "local.values",
  /** The names of the parameters whose values change. */
  differing: "local.differing",
  /** The parameters as the template declares them; empty for a template that Terraform cannot parse. */
  declared: "local.declared",
  update: "terraform_data.update",
  afterUpdate: "data.aws_cloudformation_stack.after-update",
} as const;

/** The address of the record of a parameter's change. */
export function changeAddress(parameter: string): string {
  return `terraform_data.change-${parameter}`;
}

/** The part of an address that is the name. */
export function nameIn(address: string): string {
  return address.replace(/^.*\./, "");
}

/** The type of CloudFormation stacks in AWS Cloud Control; their ARNs are their identifiers. */
export const STACK_TYPE = "AWS::CloudFormation::Stack";

/** The parameters of the stack as Terraform reads them in a plan. */
export const CURRENT_PARAMETERS = `${ADDRESS.current}.parameters`;

/** The template of the stack as Terraform reads it in a plan, after its macros have run. */
export const TEMPLATE_BODY = `${ADDRESS.current}.template_body`;

/** The values as text, also where a reference is to a number. A value that is no text fails a condition of the plan. */
export const VALUES_AS_TEXT = `\${{ for name, value in ${ADDRESS.given} : name => try(tostring(value), value) }}`;

/** The value of a parameter in a plan; `name` is an expression. A record keeps the first one. */
export function currentValue(name: string): string {
  return `lookup(${CURRENT_PARAMETERS}, ${name}, "")`;
}

/** The attributes of the record of a change that keep their first values. */
export const REMEMBERED = ["input.before"];

/**
 * The record of the stack: its ARN when it was first overridden, and the template URL and the names of parameters, whose
 * changes cause an update of the stack although no value changes.
 */
export function stackRecord(templateUrl = "${null}"): { readonly [attribute: string]: string } {
  return { id: `\${${ADDRESS.current}.id}`, template_url: templateUrl, parameters: `\${keys(${CURRENT_PARAMETERS})}` };
}

/** The attributes of that record that keep their first values. */
export const REMEMBERED_STACK = ["input.id"];

/** The names of the parameters whose values change. */
export const DIFFERING = `\${[for name, value in ${ADDRESS.values} : name if lookup(${CURRENT_PARAMETERS}, name, null) != value]}`;

/**
 * The name of the stack, which is known only after apply while a value changes: Terraform then reads the stack again in
 * the apply, right before it sends what it read in the plan. `timestamp()` is known only after apply. The data source
 * also waits for the record of the stack, which changes with everything else that causes an update.
 */
export const NAME_AT_APPLY = `\${length(${ADDRESS.differing}) == 0 ? ${ADDRESS.current}.name : "\${${ADDRESS.current}.name}\${substr(timestamp(), 0, 0)}"}`;

/**
 * The capabilities to acknowledge: those that the stack lists and, in an update, others as an expression for a list. AWS
 * records capabilities with an update only: others without one would be a change in every plan.
 */
export function capabilitiesWith(others?: string): string {
  const capabilities = `${ADDRESS.current}.capabilities`;
  if (others === undefined) {
    return `\${${capabilities}}`;
  }
  return `\${length(${ADDRESS.differing}) == 0 ? ${capabilities} : setunion(${capabilities}, ${others})}`;
}

// All other attributes of the stack keep their imported values, and updates send them. If they were not ignored, an update
// would delete the tags and the service role, and replace a stack with a timeout. `template_url` is not ignored: the
// provider never reads it back, and would go on sending a URL that was removed from the declaration.
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

const WITHOUT_SHORT_FORMS = `replace(${TEMPLATE_BODY}, "/(?m)(^|[\\\\s,:\\\\[-])![A-Za-z0-9:]+/", "$1")`;

/**
 * The parameters as the template declares them. A template is JSON or YAML. The short forms of CloudFormation's functions
 * are YAML tags, which Terraform rejects; declarations of parameters contain none.
 */
export const DECLARED_PARAMETERS = `\${try(try(jsondecode(${TEMPLATE_BODY}), yamldecode(${WITHOUT_SHORT_FORMS})).Parameters, {})}`;

/** All parameters of the stack, with the values that an update sends. */
export const ALL_PARAMETERS = `\${merge(${CURRENT_PARAMETERS}, ${ADDRESS.values})}`;

/**
 * The same, without parameters whose value becomes empty: the provider sends the former value in place of an empty one,
 * and CloudFormation gives an omitted parameter its default.
 */
export const PARAMETERS_WITHOUT_EMPTIED = `\${{ for name, value in merge(${CURRENT_PARAMETERS}, ${ADDRESS.values}) : name => value if value != "" || !contains(keys(${ADDRESS.values}), name) }}`;
