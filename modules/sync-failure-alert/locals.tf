locals {
  prefixes = distinct([for prefix in var.prefixes : trimsuffix(prefix, "/")])

  # AWS does not document the prefix in the events of a rule for ROOT: without a filter, no such event is missed.
  prefix_filter = contains(local.prefixes, "ROOT") ? {} : {
    ecr-repository-prefix = flatten([for prefix in local.prefixes : [prefix, "${prefix}/"]])
  }

  event_pattern = jsonencode(merge(local.failures, {
    detail = merge(local.failures.detail, local.prefix_filter)
  }))

  input_template = join("\n", [for line in local.message_lines : "\"${line}\""])

  # Objects decide what is created: the ARN of a topic may be known only after apply.
  creates_topic = nonsensitive(var.new_topic != null)
  is_logged     = nonsensitive(var.log_group != null)

  email_addresses = nonsensitive(try(var.new_topic.email_addresses, {}))

  created_arns = concat(aws_sns_topic.failures[*].arn, aws_cloudwatch_log_group.failures[*].arn)

  # If a topic exists, nothing is created.
  destination_arn = one(local.creates_topic || local.is_logged ? local.created_arns : [var.topic_arn])
}
