data "aws_cloudformation_stack" "current" {
  name = var.stack_name
}

data "aws_cloudformation_stack" "at-apply" {
  count = var.strategy == "ADOPT" ? 1 : 0

  name = (
    length(local.differing) == 0
    ? data.aws_cloudformation_stack.current.name
    : "${data.aws_cloudformation_stack.current.name}${substr(timestamp(), 0, 0)}"
  )

  depends_on = [terraform_data.stack]
}

data "aws_cloudformation_stack" "after-update" {
  count = var.strategy == "ADOPT" ? 0 : 1

  name = var.stack_name

  depends_on = [terraform_data.update]
}

data "aws_cloudcontrolapi_resource" "current" {
  count = var.strategy == "ADOPT" && var.require_termination_protection ? 1 : 0

  type_name  = "AWS::CloudFormation::Stack"
  identifier = data.aws_cloudformation_stack.current.id
}

data "aws_default_tags" "current" {
}

resource "aws_cloudformation_stack" "adopted" {
  count = var.strategy == "ADOPT" ? 1 : 0

  name = var.stack_name
  parameters = (
    var.action == "RESTORE"
    ? tomap({
      for name, value in merge(data.aws_cloudformation_stack.current.parameters, local.values) : name => value
      if value != "" || !contains(keys(local.values), name)
    })
    : tomap(merge(data.aws_cloudformation_stack.current.parameters, local.values))
  )
  capabilities = (
    length(local.differing) == 0
    ? data.aws_cloudformation_stack.current.capabilities
    : setunion(data.aws_cloudformation_stack.current.capabilities, var.capabilities)
  )
  template_url = var.template_url

  timeouts {
    update = "${var.update_timeout_in_minutes}m"
  }

  lifecycle {
    prevent_destroy = true
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
      condition = length(setsubtract(keys(local.values), keys(data.aws_cloudformation_stack.current.parameters))) == 0
      error_message = join("", [
        "The template of the stack ${var.stack_name} has no parameter named ",
        "${join(", ", setsubtract(keys(local.values), keys(data.aws_cloudformation_stack.current.parameters)))}; ",
        "it has ${join(", ", keys(data.aws_cloudformation_stack.current.parameters))}. Use these names.",
      ])
    }

    precondition {
      condition = length([
        for name in keys(data.aws_cloudformation_stack.current.parameters) : name
        if try(tobool(local.declared[name].NoEcho), false)
        || can(regex("^[*]{2,}$", lookup(data.aws_cloudformation_stack.current.parameters, name, "")))
      ]) == 0
      error_message = join("", [
        "The stack ${var.stack_name} has NoEcho parameters: ",
        "${join(", ", [for name in keys(data.aws_cloudformation_stack.current.parameters) : name if try(tobool(local.declared[name].NoEcho), false) || can(regex("^[*]{2,}$", lookup(data.aws_cloudformation_stack.current.parameters, name, "")))])}. ",
        "Terraform cannot read their values, and this update would overwrite them with asterisks. Use strategy = ",
        "\"AWS_CLI\", which keeps them.",
      ])
    }

    precondition {
      condition = length([
        for key, value in data.aws_default_tags.current.tags : key
        if lookup(data.aws_cloudformation_stack.current.tags, key, null) != value
      ]) == 0
      error_message = join("", [
        "The AWS provider has default tags that the stack ${var.stack_name} does not have, and this update would ",
        "add them: ",
        "${join(", ", [for key, value in data.aws_default_tags.current.tags : key if lookup(data.aws_cloudformation_stack.current.tags, key, null) != value])}. ",
        "Give the override a provider without default tags.",
      ])
    }

    precondition {
      condition = length([
        for part in ["template_body", "parameters", "tags", "capabilities", "iam_role_arn", "notification_arns"] :
        part
        if anytrue([
          for stack in data.aws_cloudformation_stack.at-apply[*] :
          stack[part] != data.aws_cloudformation_stack.current[part]
        ])
      ]) == 0
      error_message = join("", [
        "Somebody has changed the stack ${var.stack_name} since this plan was made: ",
        "${join(", ", [for part in ["template_body", "parameters", "tags", "capabilities", "iam_role_arn", "notification_arns"] : part if anytrue([for stack in data.aws_cloudformation_stack.at-apply[*] : stack[part] != data.aws_cloudformation_stack.current[part]])])}. ",
        "This update would revert that. Plan again.",
      ])
    }

    precondition {
      condition = (
        var.action != "RESTORE"
        ? length([
          for name, value in local.values :
          format(
            "%s = %q, where the template allows %s",
            name,
            value,
            try(jsonencode(local.declared[name].AllowedValues), local.declared[name].AllowedPattern)
          )
          if try(local.declared[name].Type, "") == "String"
          && alltrue([for one in try(local.declared[name].AllowedValues, []) : one == try(tostring(one), "")])
          && !(
            try(can(regex("^[0-9]+-[0-9]+-", value)) || contains(local.declared[name].AllowedValues, value), true)
            && try(
              strcontains(local.declared[name].AllowedPattern, "&&")
              || length(regexall(format("^(?:%s)$", local.declared[name].AllowedPattern), value)) > 0,
              true
            )
          )
        ]) == 0
        : true
      )
      error_message = join("", [
        "These values do not fit the parameters of the stack ${var.stack_name}: ",
        "${join("; ", [for name, value in local.values : format("%s = %q, where the template allows %s", name, value, try(jsonencode(local.declared[name].AllowedValues), local.declared[name].AllowedPattern)) if try(local.declared[name].Type, "") == "String" && alltrue([for one in try(local.declared[name].AllowedValues, []) : one == try(tostring(one), "")]) && !(try(can(regex("^[0-9]+-[0-9]+-", value)) || contains(local.declared[name].AllowedValues, value), true) && try(strcontains(local.declared[name].AllowedPattern, "&&") || length(regexall(format("^(?:%s)$", local.declared[name].AllowedPattern), value)) > 0, true))])}.",
      ])
    }

    precondition {
      condition = (
        var.action == "RESTORE"
        ? length([
          for name, change in terraform_data.change : name
          if change.input.before == null || change.input.before == change.input.after
        ]) == 0
        : true
      )
      error_message = join("", [
        "Terraform's state has no former values of these parameters of the stack ${var.stack_name}: ",
        "${join(", ", [for name, change in terraform_data.change : name if change.input.before == null || change.input.before == change.input.after])}. ",
        "Either they had the declared values before the override, or the state was lost. Remove them from ",
        "parameters to keep their values, or declare their former values and set action to SET.",
      ])
    }

    precondition {
      condition = (
        var.action == "RESTORE"
        ? length([
          for name, value in local.values : name
          if value == "" && !try(tostring(local.declared[name].Default) == "", false)
        ]) == 0
        : true
      )
      error_message = join("", [
        "These parameters of the stack ${var.stack_name} were empty, and their defaults are not: ",
        "${join(", ", [for name, value in local.values : name if value == "" && !try(tostring(local.declared[name].Default) == "", false)])}. ",
        "Terraform's AWS provider cannot set an empty value: restore them with strategy = \"AWS_CLI\".",
      ])
    }

    precondition {
      condition = (
        !var.question_marks_are_genuine
        ? length(concat(
          [
            for name, value in data.aws_cloudformation_stack.current.parameters : name
            if strcontains(value, "?") && !contains(keys(local.values), name)
          ],
          [
            for key, value in data.aws_cloudformation_stack.current.tags : "the tag ${key}"
            if strcontains("${key}${value}", "?")
          ]
        )) == 0
        : true
      )
      error_message = join("", [
        "These parameters or tags of the stack ${var.stack_name} contain question marks: ",
        "${join(", ", concat([for name, value in data.aws_cloudformation_stack.current.parameters : name if strcontains(value, "?") && !contains(keys(local.values), name)], [for key, value in data.aws_cloudformation_stack.current.tags : "the tag ${key}" if strcontains("${key}${value}", "?")]))}. ",
        "CloudFormation shows a question mark in place of each character that is not ASCII, and this update would ",
        "send it. Use strategy = \"AWS_CLI\", which keeps the values; or set question_marks_are_genuine if the ",
        "values are right.",
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
        "${try(split(":", data.aws_cloudformation_stack.current.id)[3], "<region>")} --stack-name ",
        "${var.stack_name}",
      ])
    }

    postcondition {
      condition = (
        self.tags_all == data.aws_cloudformation_stack.current.tags
        && coalesce(self.notification_arns, toset([])) == data.aws_cloudformation_stack.current.notification_arns
      )
      error_message = join("", [
        "The tags or topics of the stack ${var.stack_name} differ from those in Terraform's state. This update ",
        "would revert changes that others have made. Plan without -refresh=false, which keeps Terraform from ",
        "reading the stack.",
      ])
    }

    postcondition {
      condition = (
        length(local.differing) == 0
        || !(
          can(jsondecode(self.template_body).Transform)
          || can(regex("(?m)^[\"']?Transform[\"']?[ \\t]*:|Fn::Transform|!Transform", self.template_body))
        )
        || contains(coalesce(self.capabilities, toset([])), "CAPABILITY_AUTO_EXPAND")
      )
      error_message = join("", [
        "The template of the stack ${var.stack_name} runs macros, and an update must acknowledge ",
        "CAPABILITY_AUTO_EXPAND, which the stack does not list. Set capabilities = [\"CAPABILITY_AUTO_EXPAND\"], ",
        "or use strategy = \"AWS_CLI\", which acknowledges it.",
      ])
    }

    postcondition {
      condition = (
        var.template_url == null
        ? (
          can(jsondecode(self.template_body).Transform)
          || can(regex("(?m)^[\"']?Transform[\"']?[ \\t]*:|Fn::Transform|!Transform", self.template_body))
        )
        || self.template_body == data.aws_cloudformation_stack.current.template_body
        : true
      )
      error_message = join("", [
        "The template of the stack ${var.stack_name} differs from the one in Terraform's state. This update would ",
        "revert changes that others have made. Plan without -refresh=false, which keeps Terraform from reading ",
        "the stack.",
      ])
    }

    postcondition {
      condition = var.template_url == null ? length(self.template_body) <= 51200 : true
      error_message = join("", [
        "The template of the stack ${var.stack_name} is larger than 51200 bytes, and an update cannot send it. ",
        "Upload the unchanged template to an S3 bucket and set template_url to its URL, or use strategy = ",
        "\"AWS_CLI\".",
      ])
    }

    postcondition {
      condition = (
        var.template_url == null
        ? !can(jsondecode(self.template_body))
        || length(regexall(
          "[-0-9.]*[0-9]{16,}[0-9.]*|[-0-9.]*[0-9][eE][-+]?[0-9]+",
          replace(self.template_body, "/\"(?:[^\"\\\\]|\\\\.)*\"/", "")
        )) == 0
        : true
      )
      error_message = join("", [
        "The template of the stack ${var.stack_name} is JSON with numbers that Terraform's AWS provider cannot ",
        "send exactly, and reads as ",
        "${join(", ", regexall("[-0-9.]*[0-9]{16,}[0-9.]*|[-0-9.]*[0-9][eE][-+]?[0-9]+", replace(self.template_body, "/\"(?:[^\"\\\\]|\\\\.)*\"/", "")))}. ",
        "Use strategy = \"AWS_CLI\", which keeps the template, or set template_url to the URL of the vendor's ",
        "template.",
      ])
    }

    postcondition {
      condition = (
        var.template_url == null && !var.question_marks_are_genuine ? !strcontains(self.template_body, "?") : true
      )
      error_message = join("", [
        "The template of the stack ${var.stack_name} contains question marks. CloudFormation shows a question ",
        "mark in place of each character that is not ASCII, and this update would send it. Use strategy = ",
        "\"AWS_CLI\", which keeps the template; or set template_url to the URL of the vendor's template; or set ",
        "question_marks_are_genuine if the vendor's template is ASCII only.",
      ])
    }
  }

  depends_on = [terraform_data.change]
}

resource "terraform_data" "stack" {
  input = {
    id           = data.aws_cloudformation_stack.current.id
    template_url = var.template_url
    parameters   = keys(data.aws_cloudformation_stack.current.parameters)
  }

  lifecycle {
    ignore_changes = [input.id]
  }
}

resource "terraform_data" "change" {
  for_each = { for name, value in var.parameters : name => value if contains(["SET", "RESTORE"], var.action) }

  input = {
    before = var.action == "RESTORE" ? null : lookup(data.aws_cloudformation_stack.current.parameters, each.key, "")
    after  = each.value
  }

  lifecycle {
    ignore_changes = [input.before]
  }
}

resource "terraform_data" "needs_an_import_block" {
  count = length([for stack in aws_cloudformation_stack.adopted[*] : stack if stack.id == ""])
}

resource "terraform_data" "update" {
  count = var.strategy == "ADOPT" ? 0 : 1

  triggers_replace = { stack = data.aws_cloudformation_stack.current.id, parameters = local.values }

  provisioner "local-exec" {
    interpreter = ["/bin/sh", "-c"]
    command     = "eval \"$UPDATE\""
    quiet       = true
    environment = merge(
      {
        UPDATE = join("", [
          "set -eu\nfail() { printf '%s\\n' \"$*\" >&2; exit 1; }\nstack() { operation=$1; shift; aws ",
          "cloudformation \"$operation\" --region \"$REGION\" --stack-name \"$STACK\" \"$@\"; }\ndescribed() { ",
          "stack describe-stacks --output text --query \"Stacks[0].$1\"; }\nvalue() { described ",
          "\"Parameters[?ParameterKey=='$1'].ParameterValue | [0]\"; }\n# The shell drops newlines at the end of ",
          "what a command prints: a dot keeps them.\nis() { [ \"$(value \"$1\"; echo .)\" = \"$(printf '%s\\n.' ",
          "\"$2\")\" ]; }\nas_declared() {\n  for name in $NAMES; do\n    eval \"wanted=\\$VALUE_$name\"\n    is ",
          "\"$name\" \"$wanted\" || return 1\n  done\n}\nreasons() {\n  stack describe-stack-events --output text ",
          "\\\n    --query \"StackEvents[?ends_with(ResourceStatus, 'FAILED')].[LogicalResourceId, ",
          "ResourceStatusReason] | [0:10]\"\n}\n# Waits until no operation is in progress.\nsettle() {\n  ",
          "end=$(($(date +%s) + 60 * MINUTES))\n  now=$(described StackStatus)\n  while case $now in ",
          "*_IN_PROGRESS) ;; *) false ;; esac; do\n    [ \"$now\" != REVIEW_IN_PROGRESS ] ||\n      fail \"$STACK ",
          "is in REVIEW_IN_PROGRESS: somebody must execute the change set that creates its resources.\"\n    [ ",
          "\"$(date +%s)\" -lt \"$end\" ] || fail \"$STACK is still in $now after $MINUTES minutes: $1\"\n    ",
          "sleep 5\n    now=$(described StackStatus)\n  done\n}\n\ncommand -v aws >/dev/null || fail \"The AWS ",
          "CLI is not on PATH: install it where Terraform applies.\"\nanswer=$(described StackStatus 2>&1) ||\n  ",
          "fail \"The AWS CLI cannot read $STACK with the credentials of the environment, which must be for its ",
          "account: $answer\"\nsettle \"nothing has been changed.\"\nif as_declared; then\n  echo \"The ",
          "parameters are as declared already.\"\n  exit 0\nfi\n# The stack's parameters now, not in the plan: an ",
          "omitted parameter would get its default.\nall=$(described \"Parameters[].ParameterKey\")\nothers=\nfor ",
          "name in $all; do\n  case \" $NAMES \" in\n    *\" $name \"*) ;;\n    *) ",
          "others=\"$others{\\\"ParameterKey\\\":\\\"$name\\\",\\\"UsePreviousValue\\\":true},\" ;;\n  ",
          "esac\ndone\ncapabilities=$(described \"Capabilities[]\")\ncase $capabilities in None) capabilities= ;; ",
          "esac\ntransforms=$(stack get-template-summary --output text --query \"DeclaredTransforms[]\")\ncase ",
          "$capabilities in\n  *CAPABILITY_AUTO_EXPAND*) ;;\n  *) case $transforms in \"\" | None) ;; *) ",
          "capabilities=\"$capabilities CAPABILITY_AUTO_EXPAND\" ;; esac ;;\nesac\nset -- --use-previous-template ",
          "--parameters \"[$others$PARAMETERS]\"\ncase $capabilities in \"\") ;; *) set -- \"$@\" --capabilities ",
          "$capabilities ;; esac\nanswer=$(stack update-stack \"$@\" 2>&1) ||\n  case $answer in *\"No updates ",
          "are to be performed\"*) exit 0 ;; *) fail \"$answer\" ;; esac\nsettle \"the update continues, and the ",
          "next plan shows its result.\"\n[ \"$now\" = UPDATE_COMPLETE ] ||\n  fail \"The update of $STACK did ",
          "not complete, and the stack is now $now: $(reasons)\"\necho \"The parameters are as declared, and ",
          "nothing else has changed.\"",
        ])
        STACK   = data.aws_cloudformation_stack.current.id
        REGION  = split(":", data.aws_cloudformation_stack.current.id)[3]
        MINUTES = var.update_timeout_in_minutes
        NAMES   = join(" ", keys(local.values))
        PARAMETERS = join(
          ",",
          [for name, value in local.values : jsonencode({ ParameterKey = name, ParameterValue = value })]
        )
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
      condition = length(setsubtract(keys(local.values), keys(data.aws_cloudformation_stack.current.parameters))) == 0
      error_message = join("", [
        "The template of the stack ${var.stack_name} has no parameter named ",
        "${join(", ", setsubtract(keys(local.values), keys(data.aws_cloudformation_stack.current.parameters)))}; ",
        "it has ${join(", ", keys(data.aws_cloudformation_stack.current.parameters))}. Use these names.",
      ])
    }

    precondition {
      condition = length([
        for name in keys(local.values) : name
        if try(tobool(local.declared[name].NoEcho), false)
        || can(regex("^[*]{2,}$", lookup(data.aws_cloudformation_stack.current.parameters, name, "")))
      ]) == 0
      error_message = join("", [
        "These parameters of the stack ${var.stack_name} are NoEcho, and Terraform's state would contain their ",
        "values: ",
        "${join(", ", [for name in keys(local.values) : name if try(tobool(local.declared[name].NoEcho), false) || can(regex("^[*]{2,}$", lookup(data.aws_cloudformation_stack.current.parameters, name, "")))])}. ",
        "Remove them from parameters.",
      ])
    }

    precondition {
      condition = (
        var.action != "RESTORE"
        ? length([
          for name, value in local.values :
          format(
            "%s = %q, where the template allows %s",
            name,
            value,
            try(jsonencode(local.declared[name].AllowedValues), local.declared[name].AllowedPattern)
          )
          if try(local.declared[name].Type, "") == "String"
          && alltrue([for one in try(local.declared[name].AllowedValues, []) : one == try(tostring(one), "")])
          && !(
            try(can(regex("^[0-9]+-[0-9]+-", value)) || contains(local.declared[name].AllowedValues, value), true)
            && try(
              strcontains(local.declared[name].AllowedPattern, "&&")
              || length(regexall(format("^(?:%s)$", local.declared[name].AllowedPattern), value)) > 0,
              true
            )
          )
        ]) == 0
        : true
      )
      error_message = join("", [
        "These values do not fit the parameters of the stack ${var.stack_name}: ",
        "${join("; ", [for name, value in local.values : format("%s = %q, where the template allows %s", name, value, try(jsonencode(local.declared[name].AllowedValues), local.declared[name].AllowedPattern)) if try(local.declared[name].Type, "") == "String" && alltrue([for one in try(local.declared[name].AllowedValues, []) : one == try(tostring(one), "")]) && !(try(can(regex("^[0-9]+-[0-9]+-", value)) || contains(local.declared[name].AllowedValues, value), true) && try(strcontains(local.declared[name].AllowedPattern, "&&") || length(regexall(format("^(?:%s)$", local.declared[name].AllowedPattern), value)) > 0, true))])}.",
      ])
    }

    precondition {
      condition = (
        var.action == "RESTORE"
        ? length([
          for name, change in terraform_data.change : name
          if change.input.before == null || change.input.before == change.input.after
        ]) == 0
        : true
      )
      error_message = join("", [
        "Terraform's state has no former values of these parameters of the stack ${var.stack_name}: ",
        "${join(", ", [for name, change in terraform_data.change : name if change.input.before == null || change.input.before == change.input.after])}. ",
        "Either they had the declared values before the override, or the state was lost. Remove them from ",
        "parameters to keep their values, or declare their former values and set action to SET.",
      ])
    }

    precondition {
      condition = var.template_url == null
      error_message = replace(
        join("", [
          "`template_url` must not be set with the strategy AWS_CLI, got ",
          "${jsonencode(try(split("?", var.template_url)[0], null))}; omit it: this strategy does not adopt the ",
          "stack and keeps its template",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = length(var.capabilities) == 0
      error_message = replace(
        join("", [
          "`capabilities` must not be set with the strategy AWS_CLI, got ${jsonencode(var.capabilities)}; omit ",
          "it: this strategy does not adopt the stack and keeps its template",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = !var.question_marks_are_genuine
      error_message = replace(
        join("", [
          "`question_marks_are_genuine` must not be set with the strategy AWS_CLI, got ${jsonencode(true)}; omit ",
          "it: this strategy does not adopt the stack and keeps its template",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = !var.require_termination_protection
      error_message = replace(
        join("", [
          "`require_termination_protection` must not be set with the strategy AWS_CLI, got ${jsonencode(true)}; ",
          "omit it: this strategy does not adopt the stack and keeps its template",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }
  }

  depends_on = [terraform_data.stack, terraform_data.change]
}
