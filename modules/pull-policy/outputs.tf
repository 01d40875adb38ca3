output "json" {
  description = "The policy as JSON."
  value       = local.policy

  precondition {
    condition = length(local.regions_of_other_partitions) == 0
    error_message = join("\n", [
      for region in local.regions_of_other_partitions : join("", [
        "`regions` must be of the partition of the provider, got ${jsonencode(region)}; ",
        "call the module once for each partition, since a policy applies to one only",
      ])
    ])
  }

  precondition {
    condition = length(local.tagged_prefixes_without_cache) == 0
    error_message = replace(join("\n", [
      for index, prefix in local.tagged_prefixes_without_cache : join("", [
        "`tagged_prefixes[${index}]` must be one of `prefixes`, got ${jsonencode(prefix)}; ",
        "leave it out, or add it to `prefixes`",
      ])
    ]), local.secret_pattern, local.redacted)
  }
}

output "policy_arn" {
  description = "ARN of the managed policy; null without one."
  value       = one(aws_iam_policy.pull[*].arn)
}

output "repository_arns" {
  description = "ARNs of the repositories that the policy allows pulls from."
  value       = local.arns.all
}
