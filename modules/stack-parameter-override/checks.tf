check "parameters" {
  assert {
    condition = length([
      for name, value in local.values : name
      if anytrue([
        for stack in data.aws_cloudformation_stack.after-update[*] : lookup(stack.parameters, name, "") != value
      ])
    ]) == 0
    error_message = join("", [
      "Somebody has changed these parameters of the stack ${var.stack_name} since: ",
      "${join(", ", [for name, value in local.values : name if anytrue([for stack in data.aws_cloudformation_stack.after-update[*] : lookup(stack.parameters, name, "") != value])])}. ",
      "To set them again: terraform apply with -replace and the address of this module's terraform_data.update[0]",
    ])
  }
}
