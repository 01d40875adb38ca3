locals {
  adopts   = var.strategy == "ADOPT"
  restores = var.action == "RESTORE"

  # The parameters to set, with the values that they get.
  values = {
    for name, value in var.parameters :
    name => local.restores ? tostring(terraform_data.change[name].output.before) : value
  }

  current_parameters = data.aws_cloudformation_stack.current.parameters

  # The names of the parameters whose values change.
  differing = [
    for name, value in local.values : name
    if lookup(local.current_parameters, name, null) != value
  ]

  # An update sends all parameters of the stack.
  all_parameters = merge(local.current_parameters, local.values)

  # The provider sends the former value in place of an empty one, and CloudFormation gives an omitted parameter its
  # default: a parameter whose value becomes empty is omitted.
  all_but_emptied_parameters = {
    for name, value in local.all_parameters : name => value
    if value != "" || !contains(keys(local.values), name)
  }

  template = data.aws_cloudformation_stack.current.template_body

  # The short forms of CloudFormation's functions are YAML tags, which yamldecode() rejects. Declarations of parameters
  # contain none.
  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
  template_without_short_forms = replace(local.template, "/(?m)(^|[\\s,:\\[-])![A-Za-z0-9:]+/", "$1")

  # The parameters as the template declares them. It is JSON or YAML; for a template that Terraform cannot parse there
  # are none, and CloudFormation alone checks the values.
  declared = try(try(jsondecode(local.template), yamldecode(local.template_without_short_forms)).Parameters, {})
}
