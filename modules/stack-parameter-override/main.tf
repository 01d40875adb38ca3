# The stack when Terraform plans. This must depend on nothing that changes: otherwise Terraform would read the stack
# only when it applies, and every plan would show an update.
data "aws_cloudformation_stack" "current" {
  name = var.stack_name
}

# The termination protection of the stack, which the data source above does not have.
data "aws_cloudcontrolapi_resource" "current" {
  count = local.adopts && var.require_termination_protection ? 1 : 0

  type_name  = "AWS::CloudFormation::Stack"
  identifier = data.aws_cloudformation_stack.current.id
}

data "aws_default_tags" "current" {}

# Strategy ADOPT: Terraform imports the stack and updates it. The first plan lists every parameter as new; review
# terraform_data.change instead.
resource "aws_cloudformation_stack" "adopted" {
  count = local.adopts ? 1 : 0

  name         = var.stack_name
  parameters   = local.restores ? tomap(local.all_but_emptied_parameters) : tomap(local.all_parameters)
  template_url = var.template_url

  # AWS records capabilities only with an update: if no value changes, new ones would be a change in every plan.
  capabilities = (
    length(local.differing) == 0
    ? data.aws_cloudformation_stack.current.capabilities
    : setunion(data.aws_cloudformation_stack.current.capabilities, var.capabilities)
  )

  timeouts {
    update = "${var.update_timeout_in_minutes}m"
  }

  lifecycle {
    # Somebody else owns the stack.
    prevent_destroy = true

    # These keep their imported values, and updates send them. If they were not ignored, an update would delete the tags
    # and the service role, and replace a stack with a timeout. template_url is not ignored: the provider never reads it
    # back, and would go on sending a URL that was removed from the declaration.
    # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/cloudformation_stack
    ignore_changes = [
      disable_rollback,
      iam_role_arn,
      notification_arns,
      on_failure,
      policy_body,
      policy_url,
      tags,
      tags_all,
      template_body,
      timeout_in_minutes,
    ]

    # The input of the record is known in a plan, unlike the output of a record that changes.
    precondition {
      condition = terraform_data.stack.input.id == data.aws_cloudformation_stack.current.id
      error_message = join("", [
        "The stack ${var.stack_name} is ${data.aws_cloudformation_stack.current.id}, but Terraform's state has ",
        "the former values of ${terraform_data.stack.input.id}. Plan with the credentials and the region of that ",
        "stack. To override this one instead, replace the module call by a removed block, apply, and call the ",
        "module again.",
      ])
    }

    precondition {
      condition = length(local.missing_parameters) == 0
      error_message = join("", [
        "The template of the stack ${var.stack_name} has no parameter named ${join(", ", local.missing_parameters)}; ",
        "it has ${join(", ", keys(local.current_parameters))}. Use these names.",
      ])
    }

    precondition {
      condition = local.restores || length(local.refused_values) == 0
      error_message = join("", [
        "These values do not fit the parameters of the stack ${var.stack_name}: ${join("; ", local.refused_values)}.",
      ])
    }

    precondition {
      condition = !local.restores || length(local.parameters_without_former_value) == 0
      error_message = join("", [
        "Terraform's state has no former values of these parameters of the stack ${var.stack_name}: ",
        "${join(", ", local.parameters_without_former_value)}. Either they had the declared values before the ",
        "override, or the state was lost. Remove them from parameters to keep their values, or declare their former ",
        "values and set action to SET.",
      ])
    }

    precondition {
      condition = !local.restores || length(local.parameters_not_empty_by_default) == 0
      error_message = join("", [
        "These parameters of the stack ${var.stack_name} were empty, and their defaults are not: ",
        "${join(", ", local.parameters_not_empty_by_default)}. Terraform's AWS provider cannot set an empty value: ",
        "restore them with strategy = \"AWS_CLI\".",
      ])
    }

    precondition {
      condition = length(local.noecho_parameters_of_stack) == 0
      error_message = join("", [
        "The stack ${var.stack_name} has NoEcho parameters: ${join(", ", local.noecho_parameters_of_stack)}. ",
        "Terraform cannot read their values, and this update would overwrite them with asterisks. ",
        "Use strategy = \"AWS_CLI\", which keeps them.",
      ])
    }

    precondition {
      condition = length(local.added_tags) == 0
      error_message = join("", [
        "The AWS provider has default tags that the stack ${var.stack_name} does not have, and this update would ",
        "add them: ${join(", ", local.added_tags)}. Give the override a provider without default tags.",
      ])
    }

    precondition {
      condition = length(local.parts_changed_since_plan) == 0
      error_message = join("", [
        "Somebody has changed the stack ${var.stack_name} since this plan was made: ",
        "${join(", ", local.parts_changed_since_plan)}. This update would revert that. Plan again.",
      ])
    }

    precondition {
      condition = var.question_marks_are_genuine || length(local.question_marks) == 0
      error_message = join("", [
        "These parameters or tags of the stack ${var.stack_name} contain question marks: ",
        "${join(", ", local.question_marks)}. CloudFormation shows a question mark in place of each character that ",
        "is not ASCII, and this update would send it. Use strategy = \"AWS_CLI\", which keeps the values; or set ",
        "question_marks_are_genuine if the values are right.",
      ])
    }

    precondition {
      condition = alltrue([
        for stack in data.aws_cloudcontrolapi_resource.current[*] :
        try(tobool(jsondecode(stack.properties).EnableTerminationProtection), false)
      ])
      error_message = join("", [
        "The stack ${var.stack_name} has no termination protection. Enable it, so that AWS refuses to delete the ",
        "stack: aws cloudformation update-termination-protection --enable-termination-protection --region ",
        "${try(split(":", data.aws_cloudformation_stack.current.id)[3], "<region>")} --stack-name ${var.stack_name}",
      ])
    }

    # With -refresh=false the state has the tags, topics and template of the last run.
    postcondition {
      condition = (
        self.tags_all == data.aws_cloudformation_stack.current.tags
        && coalesce(self.notification_arns, toset([])) == data.aws_cloudformation_stack.current.notification_arns
      )
      error_message = join("", [
        "The tags or topics of the stack ${var.stack_name} differ from those in Terraform's state. This update would ",
        "revert changes that others have made. Plan without -refresh=false, which keeps Terraform from reading the ",
        "stack.",
      ])
    }

    # A template with macros cannot be compared.
    postcondition {
      condition = (
        var.template_url != null
        || can(jsondecode(self.template_body).Transform)
        || can(regex(local.macro, self.template_body))
        || self.template_body == local.template
      )
      error_message = join("", [
        "The template of the stack ${var.stack_name} differs from the one in Terraform's state. This update would ",
        "revert changes that others have made. Plan without -refresh=false, which keeps Terraform from reading the ",
        "stack.",
      ])
    }

    # A stack that was deployed by change sets need not list the capability.
    postcondition {
      condition = (
        length(local.differing) == 0
        || !(can(jsondecode(self.template_body).Transform) || can(regex(local.macro, self.template_body)))
        || contains(coalesce(self.capabilities, toset([])), "CAPABILITY_AUTO_EXPAND")
      )
      error_message = join("", [
        "The template of the stack ${var.stack_name} runs macros, and an update must acknowledge ",
        "CAPABILITY_AUTO_EXPAND, which the stack does not list. Set capabilities = [\"CAPABILITY_AUTO_EXPAND\"], ",
        "or use strategy = \"AWS_CLI\", which acknowledges it.",
      ])
    }

    # CloudFormation shows ASCII only, so a character is a byte.
    postcondition {
      condition = var.template_url != null || length(self.template_body) <= local.max_template_bytes
      error_message = join("", [
        "The template of the stack ${var.stack_name} is larger than ${local.max_template_bytes} bytes, and an update ",
        "cannot send it. Upload the unchanged template to an S3 bucket and set template_url to its URL, or use ",
        "strategy = \"AWS_CLI\".",
      ])
    }

    postcondition {
      condition = (
        var.template_url != null
        || !can(jsondecode(self.template_body))
        || length(regexall(local.inexact_number, replace(self.template_body, local.json_string, ""))) == 0
      )
      error_message = join("", [
        "The template of the stack ${var.stack_name} is JSON with numbers that Terraform's AWS provider cannot send ",
        "exactly, and reads as ",
        join(", ", regexall(local.inexact_number, replace(self.template_body, local.json_string, ""))),
        ". Use strategy = \"AWS_CLI\", which keeps the template, or set template_url to the URL of the vendor's ",
        "template.",
      ])
    }

    postcondition {
      condition = (
        var.template_url != null || var.question_marks_are_genuine || !strcontains(self.template_body, "?")
      )
      error_message = join("", [
        "The template of the stack ${var.stack_name} contains question marks. CloudFormation shows a question mark ",
        "in place of each character that is not ASCII, and this update would send it. Use strategy = \"AWS_CLI\", ",
        "which keeps the template; or set template_url to the URL of the vendor's template; or set ",
        "question_marks_are_genuine if the vendor's template is ASCII only.",
      ])
    }
  }

  depends_on = [terraform_data.change]
}

# Fails the plan of a stack that was not imported. An unknown condition does not fail a plan, but an unknown count does:
# Terraform knows the id of a stack that it has imported, and does not know the id of one that it would create.
resource "terraform_data" "needs_an_import_block" {
  count = length([for stack in aws_cloudformation_stack.adopted[*] : stack if stack.id == ""])
}

# Strategy AWS_CLI: the AWS CLI updates the stack where Terraform applies.
resource "terraform_data" "update" {
  count = local.adopts ? 0 : 1

  triggers_replace = {
    stack      = data.aws_cloudformation_stack.current.id
    parameters = local.values
  }

  # The program is a file, because Terraform begins an error with the whole command, which would hide the reason. The
  # values are in the environment, where the shell does not evaluate them.
  provisioner "local-exec" {
    interpreter = ["/bin/sh"]
    command     = "${path.module}/update.sh"
    quiet       = true

    environment = merge(
      {
        STACK   = data.aws_cloudformation_stack.current.id
        REGION  = split(":", data.aws_cloudformation_stack.current.id)[3]
        MINUTES = var.update_timeout_in_minutes
        NAMES   = join(" ", keys(local.values))
        PARAMETERS = join(",", [
          for name, value in local.values : jsonencode({ ParameterKey = name, ParameterValue = value })
        ])
      },
      { for name, value in local.values : "VALUE_${name}" => value }
    )
  }

  lifecycle {
    precondition {
      condition = terraform_data.stack.input.id == data.aws_cloudformation_stack.current.id
      error_message = join("", [
        "The stack ${var.stack_name} is ${data.aws_cloudformation_stack.current.id}, but Terraform's state has ",
        "the former values of ${terraform_data.stack.input.id}. Plan with the credentials and the region of that ",
        "stack. To override this one instead, replace the module call by a removed block, apply, and call the ",
        "module again.",
      ])
    }

    precondition {
      condition = length(local.missing_parameters) == 0
      error_message = join("", [
        "The template of the stack ${var.stack_name} has no parameter named ${join(", ", local.missing_parameters)}; ",
        "it has ${join(", ", keys(local.current_parameters))}. Use these names.",
      ])
    }

    precondition {
      condition = local.restores || length(local.refused_values) == 0
      error_message = join("", [
        "These values do not fit the parameters of the stack ${var.stack_name}: ${join("; ", local.refused_values)}.",
      ])
    }

    precondition {
      condition = !local.restores || length(local.parameters_without_former_value) == 0
      error_message = join("", [
        "Terraform's state has no former values of these parameters of the stack ${var.stack_name}: ",
        "${join(", ", local.parameters_without_former_value)}. Either they had the declared values before the ",
        "override, or the state was lost. Remove them from parameters to keep their values, or declare their former ",
        "values and set action to SET.",
      ])
    }

    # The AWS CLI keeps the values of all other NoEcho parameters.
    precondition {
      condition = length(local.noecho_parameters_to_set) == 0
      error_message = join("", [
        "These parameters of the stack ${var.stack_name} are NoEcho, and Terraform's state would contain their ",
        "values: ${join(", ", local.noecho_parameters_to_set)}. Remove them from parameters.",
      ])
    }

    # The message leaves out the query: a signature there is as good as a password until it expires.
    precondition {
      condition = var.template_url == null
      error_message = replace(
        join("", [
          "`template_url` must not be set with the strategy AWS_CLI, got ",
          "${jsonencode(try(split("?", var.template_url)[0], null))}; omit it: this strategy does not adopt the ",
          "stack and keeps its template",
        ]),
        local.secret_pattern,
        local.redacted
      )
    }

    precondition {
      condition = length(var.capabilities) == 0
      error_message = join("", [
        "`capabilities` must not be set with the strategy AWS_CLI, got ${jsonencode(var.capabilities)}; omit it: ",
        "this strategy does not adopt the stack and keeps its template",
      ])
    }

    precondition {
      condition = !var.question_marks_are_genuine
      error_message = join("", [
        "`question_marks_are_genuine` must not be set with the strategy AWS_CLI, got true; omit it: this strategy ",
        "does not adopt the stack and keeps its template",
      ])
    }

    precondition {
      condition = !var.require_termination_protection
      error_message = join("", [
        "`require_termination_protection` must not be set with the strategy AWS_CLI, got true; omit it: this ",
        "strategy does not adopt the stack and keeps its template",
      ])
    }
  }

  depends_on = [terraform_data.stack, terraform_data.change]
}

# The record of each change, with the value before it. The state keeps the first one.
resource "terraform_data" "change" {
  # The condition holds for both actions. It fails the plan for an action that only an apply knows, since Terraform
  # could not evaluate the preconditions then.
  for_each = { for name, value in var.parameters : name => value if contains(["SET", "RESTORE"], var.action) }

  input = {
    # RESTORE creates a record only where the state has none, and then nobody knows the former value.
    before = local.restores ? null : lookup(local.current_parameters, each.key, "")
    after  = each.value
  }

  # No prevent_destroy: with it, nobody could remove a parameter.
  lifecycle {
    ignore_changes = [input.before]
  }
}

# The record of the stack that was overridden first. A change of the template's URL or parameters causes an update
# although no value changes: the record shows it, and data.aws_cloudformation_stack.at_apply waits for it.
resource "terraform_data" "stack" {
  input = {
    id           = data.aws_cloudformation_stack.current.id
    template_url = var.template_url
    parameters   = keys(local.current_parameters)
  }

  lifecycle {
    ignore_changes = [input.id]
  }
}

# The stack right before an update. timestamp() is known only after apply: while a value changes, the name is too, and
# Terraform reads the stack again in the apply.
data "aws_cloudformation_stack" "at_apply" {
  count = local.adopts ? 1 : 0

  name = (
    length(local.differing) == 0
    ? data.aws_cloudformation_stack.current.name
    : "${data.aws_cloudformation_stack.current.name}${substr(timestamp(), 0, 0)}"
  )

  depends_on = [terraform_data.stack]
}

# The stack after the update, so that the update itself causes no warning of the check.
data "aws_cloudformation_stack" "after_update" {
  count = local.adopts ? 0 : 1

  name = var.stack_name

  depends_on = [terraform_data.update]
}
