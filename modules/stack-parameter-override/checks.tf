# The lists name the parameters, tags and parts of the stack that break a rule. The preconditions of
# aws_cloudformation_stack.adopted and terraform_data.update require that they are empty; the check below only warns.

locals {
  missing_parameters = setsubtract(keys(local.values), keys(local.current_parameters))

  # The template says so, or CloudFormation shows asterisks in place of the value: five by its documentation and four by
  # its API. A single asterisk is a common value.
  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
  is_noecho = {
    for name in setunion(keys(local.current_parameters), keys(local.values)) :
    name => (
      try(tobool(local.declared[name].NoEcho), false)
      || can(regex("^[*]{2,}$", lookup(local.current_parameters, name, "")))
    )
  }

  noecho_parameters_of_stack = [for name in keys(local.current_parameters) : name if local.is_noecho[name]]
  noecho_parameters_to_set   = [for name in keys(local.values) : name if local.is_noecho[name]]
}

# Values that the template does not allow.
locals {
  # Lists are left to CloudFormation, which compares their items one by one, and so are numbers, which have several
  # notations.
  is_text = {
    for name, value in local.values :
    name => (
      try(local.declared[name].Type, "") == "String"
      && alltrue([for one in try(local.declared[name].AllowedValues, []) : one == try(tostring(one), "")])
    )
  }

  # Dates have several notations, too.
  is_allowed_value = {
    for name, value in local.values :
    name => try(can(regex("^[0-9]+-[0-9]+-", value)) || contains(local.declared[name].AllowedValues, value), true)
  }

  # Patterns are those of Java. CloudFormation alone checks a pattern that Terraform rejects or reads differently.
  matches_pattern = {
    for name, value in local.values :
    name => try(
      strcontains(local.declared[name].AllowedPattern, "&&")
      || length(regexall(format("^(?:%s)$", local.declared[name].AllowedPattern), value)) > 0,
      true
    )
  }

  refused_values = [
    for name, value in local.values :
    format(
      "%s = %q, where the template allows %s",
      name,
      value,
      try(jsonencode(local.declared[name].AllowedValues), local.declared[name].AllowedPattern)
    )
    if local.is_text[name] && !(local.is_allowed_value[name] && local.matches_pattern[name])
  ]
}

# Parameters that RESTORE cannot restore.
locals {
  # A record that RESTORE creates has no former value. Equal values prove nothing: if the state was lost after an
  # override, the next record has the declared value as the former one.
  parameters_without_former_value = [
    for name, change in terraform_data.change : name
    if change.input.before == null || change.input.before == change.input.after
  ]

  # The provider can only omit an emptied parameter, which then gets its default.
  parameters_not_empty_by_default = [
    for name, value in local.values : name
    if value == "" && !try(tostring(local.declared[name].Default) == "", false)
  ]
}

# Changes that an update of an adopted stack would make besides those of the parameters.
locals {
  # Every update sends the provider's default tags, and no plan shows them.
  added_tags = [
    for key, value in data.aws_default_tags.current.tags : key
    if lookup(data.aws_cloudformation_stack.current.tags, key, null) != value
  ]

  # The update sends what Terraform read in the plan.
  parts_changed_since_plan = [
    for part in ["template_body", "parameters", "tags", "capabilities", "iam_role_arn", "notification_arns"] : part
    if anytrue([
      for stack in data.aws_cloudformation_stack.at_apply[*] :
      stack[part] != data.aws_cloudformation_stack.current[part]
    ])
  ]

  # CloudFormation shows a question mark in place of each character that is not ASCII, in templates and outputs. No page
  # says so of parameters and tags, which the same operation returns and the same update sends.
  # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814
  # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
  parameters_with_question_marks = [
    for name, value in local.current_parameters : name
    if strcontains(value, "?") && !contains(keys(local.values), name)
  ]
  tags_with_question_marks = [
    for key, value in data.aws_cloudformation_stack.current.tags : "the tag ${key}"
    if strcontains("${key}${value}", "?")
  ]
  question_marks = concat(local.parameters_with_question_marks, local.tags_with_question_marks)
}

# Patterns for the template in Terraform's state, which an update sends. The data source reads a template after its
# macros have run, which is not the template that an update sends.
locals {
  # A macro of the whole template, in JSON and in YAML, or one of a part of it.
  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html
  macro = "(?m)^[\"']?Transform[\"']?[ \\t]*:|Fn::Transform|!Transform"

  # The provider parses the numbers of JSON as 64-bit floating point and formats them again.
  inexact_number = "[-0-9.]*[0-9]{16,}[0-9.]*|[-0-9.]*[0-9][eE][-+]?[0-9]+"

  json_string = "/\"(?:[^\"\\\\]|\\\\.)*\"/"
}

# Parameters whose values are no longer those that the strategy AWS_CLI has set.
locals {
  parameters_changed_by_others = [
    for name, value in local.values : name
    if anytrue([
      for stack in data.aws_cloudformation_stack.after_update[*] : lookup(stack.parameters, name, "") != value
    ])
  ]
}

# With AWS_CLI, Terraform's state contains records only, so a plan would not show that somebody else has changed a
# parameter.
check "parameters" {
  assert {
    condition = length(local.parameters_changed_by_others) == 0
    error_message = join("", [
      "Somebody has changed these parameters of the stack ${var.stack_name} since: ",
      "${join(", ", local.parameters_changed_by_others)}. To set them again: terraform apply with -replace and the ",
      "address of this module's terraform_data.update[0]",
    ])
  }
}
