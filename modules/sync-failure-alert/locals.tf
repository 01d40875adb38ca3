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

  new_topic = {
    name        = try(tostring(var.new_topic.name), null)
    kms_key_arn = try(tostring(var.new_topic.kms_key_arn), null)
  }

  # The keys alone: an address may be known only after apply.
  subscriptions = nonsensitive(toset(try(keys(var.new_topic.email_addresses), [])))

  log_group = {
    name              = try(tostring(var.log_group.name), null)
    retention_in_days = coalesce(try(tonumber(var.log_group.retention_in_days), null), local.retention_in_days)
  }

  created_arns = concat(aws_sns_topic.failures[*].arn, aws_cloudwatch_log_group.failures[*].arn)

  # If a topic exists, nothing is created.
  destination_arn = one(local.creates_topic || local.is_logged ? local.created_arns : [var.topic_arn])

  # The partition and the region of the alert by their positions in an ARN.
  places = {
    1 = { name = "partition", expected = data.aws_partition.current.partition }
    3 = { name = "region", expected = data.aws_region.current.id }
  }

  # The ARNs that are of another place.
  arns_elsewhere = flatten([
    for position, place in local.places : [
      for input, given in {
        "topic_arn"             = { arn = var.topic_arn, hint = local.topic_region_hint }
        "new_topic.kms_key_arn" = { arn = local.new_topic.kms_key_arn, hint = local.key_region_hint }
      } :
      {
        input    = input
        arn      = given.arn
        place    = place.name
        expected = place.expected
        hint     = place.name == "region" ? given.hint : "give an ARN of that partition"
      }
      if try(split(":", given.arn)[position] != place.expected, false)
    ]
  ])
}
