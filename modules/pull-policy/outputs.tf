output "json" {
  description = "The policy as JSON."
  value       = local.policy

  precondition {
    condition = alltrue([
      for region in local.regions :
      concat(
        can(regex("^cn-", region)) ? ["aws-cn"] : [],
        can(regex("^us-gov-", region)) ? ["aws-us-gov"] : [],
        can(regex("^us-iso-", region)) ? ["aws-iso"] : [],
        can(regex("^us-isob-", region)) ? ["aws-iso-b"] : [],
        can(regex("^eu-isoe-", region)) ? ["aws-iso-e"] : [],
        can(regex("^us-isof-", region)) ? ["aws-iso-f"] : [],
        can(regex("^eusc-", region)) ? ["aws-eusc"] : [],
        ["aws"]
      )[0] == data.aws_partition.current.partition
    ])
    error_message = replace(join(
      "\n",
      [
        for region in local.regions :
        join("", [
          "`regions` must be of the partition of the provider, got ${jsonencode(region)}; call the module once ",
          "for each partition, since a policy applies to one only",
        ])
        if !(
          concat(
            can(regex("^cn-", region)) ? ["aws-cn"] : [],
            can(regex("^us-gov-", region)) ? ["aws-us-gov"] : [],
            can(regex("^us-iso-", region)) ? ["aws-iso"] : [],
            can(regex("^us-isob-", region)) ? ["aws-iso-b"] : [],
            can(regex("^eu-isoe-", region)) ? ["aws-iso-e"] : [],
            can(regex("^us-isof-", region)) ? ["aws-iso-f"] : [],
            can(regex("^eusc-", region)) ? ["aws-eusc"] : [],
            ["aws"]
          )[0] == data.aws_partition.current.partition
        )
      ]
    ), local.secrets, "(not shown, it may be a secret)")
  }

  precondition {
    condition = alltrue([
      for key, element in var.tagged_prefixes :
      try(contains([for prefix in var.prefixes : trimsuffix(prefix, "/")], trimsuffix(element, "/")), false)
    ])
    error_message = replace(join(
      "\n",
      [
        for key, element in var.tagged_prefixes :
        join("", [
          "`tagged_prefixes[${key}]` must be one of `prefixes`, got ${jsonencode(element)}; leave it out, or add ",
          "it to `prefixes`",
        ])
        if !(try(contains([for prefix in var.prefixes : trimsuffix(prefix, "/")], trimsuffix(element, "/")), false))
      ]
    ), local.secrets, "(not shown, it may be a secret)")
  }
}

output "policy_arn" {
  description = "ARN of the managed policy; null without one."
  value       = one(aws_iam_policy.pull[*].arn)
}

output "repository_arns" {
  description = "The ARNs of the repositories that the policy allows to pull."
  value       = local.repository_arns
}
