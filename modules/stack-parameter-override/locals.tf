locals {
  values = {
    for name, value in var.parameters :
    name => var.action == "RESTORE" ? tostring(terraform_data.change[name].output.before) : value
  }
  differing = [
    for name, value in local.values : name
    if lookup(data.aws_cloudformation_stack.current.parameters, name, null) != value
  ]
  declared = try(
    try(
      jsondecode(data.aws_cloudformation_stack.current.template_body),
      yamldecode(replace(
        data.aws_cloudformation_stack.current.template_body,
        "/(?m)(^|[\\s,:\\[-])![A-Za-z0-9:]+/",
        "$1"
      ))
    ).Parameters,
    {}
  )
}
