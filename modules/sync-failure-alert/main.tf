data "aws_region" "current" {}

data "aws_partition" "current" {}

resource "aws_cloudwatch_event_rule" "failures" {
  name          = var.rule_name
  name_prefix   = var.rule_name == null ? local.name_prefix : null
  description   = local.rule_description
  event_pattern = local.event_pattern

  lifecycle {
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    precondition {
      condition = length(local.event_pattern) <= 2048
      error_message = join("", [
        "`prefixes` must make an event pattern of at most 2048 characters, got ${length(local.event_pattern)}; ",
        "give some prefixes to a second alert",
      ])
    }

    precondition {
      condition = length(local.arns_elsewhere) == 0
      error_message = replace(join("\n", [
        for elsewhere in local.arns_elsewhere : join("", [
          "`${elsewhere.input}` must be in the ${elsewhere.place} of the cache, ${elsewhere.expected}, ",
          "got ${jsonencode(elsewhere.arn)}; ${elsewhere.hint}",
        ])
      ]), local.secret_pattern, local.redacted)
    }
  }
}

resource "aws_cloudwatch_event_target" "destination" {
  rule      = aws_cloudwatch_event_rule.failures.name
  target_id = local.target_id
  arn       = local.destination_arn

  # AWS allows no text of its own in the messages of a log group: it gets the whole event.
  dynamic "input_transformer" {
    for_each = local.is_logged ? [] : [true]

    content {
      input_paths    = local.input_paths
      input_template = local.input_template
    }
  }

  # A message that EventBridge may not deliver is lost.
  depends_on = [aws_sns_topic_policy.failures, aws_cloudwatch_log_resource_policy.failures]
}

resource "aws_sns_topic" "failures" {
  count = local.creates_topic ? 1 : 0

  name              = local.new_topic.name
  name_prefix       = local.new_topic.name == null ? local.name_prefix : null
  kms_master_key_id = local.new_topic.kms_key_arn
}

resource "aws_sns_topic_policy" "failures" {
  count = local.creates_topic ? 1 : 0

  arn = aws_sns_topic.failures[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      # AWS supports no condition here, not even on the rule.
      # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
      Resource = aws_sns_topic.failures[0].arn
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.subscriptions

  topic_arn = aws_sns_topic.failures[0].arn
  protocol  = "email"
  endpoint  = var.new_topic.email_addresses[each.key]
}

resource "aws_cloudwatch_log_group" "failures" {
  count = local.is_logged ? 1 : 0

  name              = local.log_group.name
  name_prefix       = local.log_group.name == null ? "${local.log_group_prefix}${local.name_prefix}" : null
  retention_in_days = local.log_group.retention_in_days
}

resource "aws_cloudwatch_log_resource_policy" "failures" {
  count = local.is_logged ? 1 : 0

  policy_name = aws_cloudwatch_event_rule.failures.name
  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = local.log_writers }
        Resource  = "${aws_cloudwatch_log_group.failures[0].arn}:*"
        Action    = "logs:CreateLogStream"
      },
      {
        Effect    = "Allow"
        Principal = { Service = local.log_writers }
        Resource  = "${aws_cloudwatch_log_group.failures[0].arn}:*"
        Action    = "logs:PutLogEvents"
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.failures.arn } }
      },
    ]
  })
}
