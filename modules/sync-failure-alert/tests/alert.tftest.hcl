mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:eu-west-1:111122223333:rule/failures" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/events/failures" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:111122223333:failures" }
  }
}

variables {
  prefixes  = ["quay/", "docker-hub"]
  new_topic = {}
}

run "matches_the_failures_of_the_prefixes_with_and_without_a_slash" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.failures.event_pattern) == {
      source      = ["aws.ecr"]
      detail-type = ["ECR Pull Through Cache Action"]
      detail = {
        sync-status           = [{ anything-but = ["SUCCESS"] }]
        ecr-repository-prefix = ["quay", "quay/", "docker-hub", "docker-hub/"]
      }
    }
    error_message = "the pattern is ${aws_cloudwatch_event_rule.failures.event_pattern}"
  }
  assert {
    condition     = length(aws_cloudwatch_log_group.failures) + length(aws_sns_topic_subscription.email) == 0
    error_message = "a resource is created that nobody asked for"
  }
}

run "with_root_matches_the_failures_of_all_rules" {
  command = plan
  variables {
    prefixes = ["quay", "ROOT"]
  }

  assert {
    condition     = keys(jsondecode(aws_cloudwatch_event_rule.failures.event_pattern).detail) == ["sync-status"]
    error_message = "the pattern is ${aws_cloudwatch_event_rule.failures.event_pattern}"
  }
}

run "a_new_topic_lets_eventbridge_publish_and_nobody_else" {
  variables {
    rule_name = "failures"
    new_topic = {
      name            = "failures"
      email_addresses = { ops = "ops@example.com" }
      kms_key_arn     = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
    }
  }

  assert {
    condition = jsondecode(aws_sns_topic_policy.failures[0].policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:eu-west-1:111122223333:failures"
    }]
    error_message = "the policy is ${aws_sns_topic_policy.failures[0].policy}"
  }
  assert {
    condition     = aws_sns_topic.failures[0].kms_master_key_id == "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
    error_message = "the topic has another key"
  }
  assert {
    condition     = aws_sns_topic_subscription.email["ops"].endpoint == "ops@example.com"
    error_message = "the address is another one"
  }
  assert {
    condition     = output.topic_arn == aws_sns_topic.failures[0].arn && output.log_group_name == null
    error_message = "the outputs are those of another destination"
  }
  assert {
    condition     = aws_cloudwatch_event_rule.failures.name == "failures"
    error_message = "the rule has another name"
  }
}

run "a_topic_that_exists_gets_the_message_and_no_policy" {
  variables {
    topic_arn = "arn:aws:sns:eu-west-1:111122223333:ops"
    new_topic = null
  }

  assert {
    condition     = aws_cloudwatch_event_target.destination.arn == "arn:aws:sns:eu-west-1:111122223333:ops"
    error_message = "the target is ${aws_cloudwatch_event_target.destination.arn}"
  }
  assert {
    condition     = length(split("\n", aws_cloudwatch_event_target.destination.input_transformer[0].input_template)) == 10
    error_message = "the message has other lines"
  }
  assert {
    condition     = length(aws_sns_topic.failures) + length(aws_sns_topic_policy.failures) == 0
    error_message = "a resource is created that nobody asked for"
  }
  assert {
    condition     = output.topic_arn == "arn:aws:sns:eu-west-1:111122223333:ops"
    error_message = "the output is another topic"
  }
}

run "a_log_group_gets_the_events_of_this_rule_only" {
  variables {
    new_topic = null
    log_group = { name = "/aws/events/failures", retention_in_days = 7 }
  }

  assert {
    condition     = length(aws_cloudwatch_event_target.destination.input_transformer) == 0
    error_message = "the event is transformed"
  }
  assert {
    condition = jsondecode(aws_cloudwatch_log_resource_policy.failures[0].policy_document).Statement[1] == {
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = "logs:PutLogEvents"
      Resource  = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/events/failures:*"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-1:111122223333:rule/failures" } }
    }
    error_message = "the policy is ${aws_cloudwatch_log_resource_policy.failures[0].policy_document}"
  }
  assert {
    condition     = output.log_group_name == "/aws/events/failures" && output.topic_arn == null
    error_message = "the outputs are those of another destination"
  }
  assert {
    condition     = aws_cloudwatch_log_group.failures[0].retention_in_days == 7
    error_message = "the retention is another one"
  }
}

run "a_prefix_with_capital_letters_is_refused" {
  command = plan
  variables {
    prefixes = ["Quay"]
  }
  expect_failures = [var.prefixes]
}

run "no_prefix_is_refused" {
  command = plan
  variables {
    prefixes = []
  }
  expect_failures = [var.prefixes]
}

run "prefixes_that_make_too_long_a_pattern_are_refused" {
  command = plan
  variables {
    prefixes = [for index in range(10, 59) : "as-long-as-a-prefix-can-be-${index}"]
  }
  expect_failures = [aws_cloudwatch_event_rule.failures]
}

run "a_rule_name_of_65_characters_is_refused" {
  command = plan
  variables {
    rule_name = join("", [for index in range(65) : "r"])
  }
  expect_failures = [var.rule_name]
}

run "the_name_of_a_topic_in_place_of_its_arn_is_refused" {
  command = plan
  variables {
    topic_arn = "ops"
    new_topic = null
  }
  expect_failures = [var.topic_arn]
}

run "no_destination_is_refused" {
  command = plan
  variables {
    new_topic = null
  }
  expect_failures = [var.topic_arn]
}

run "two_destinations_are_refused" {
  command = plan
  variables {
    log_group = {}
  }
  expect_failures = [var.topic_arn]
}

run "a_fifo_topic_is_refused" {
  command = plan
  variables {
    new_topic = { name = "failures.fifo" }
  }
  expect_failures = [var.new_topic]
}

run "an_address_without_a_domain_is_refused" {
  command = plan
  variables {
    new_topic = { email_addresses = { ops = "ops" } }
  }
  expect_failures = [var.new_topic]
}

run "the_key_of_aws_is_refused" {
  command = plan
  variables {
    new_topic = { kms_key_arn = "alias/aws/sns" }
  }
  expect_failures = [var.new_topic]
}

run "a_log_group_elsewhere_is_refused" {
  command = plan
  variables {
    new_topic = null
    log_group = { name = "/ecr/failures" }
  }
  expect_failures = [var.log_group]
}

run "a_retention_of_two_days_is_refused" {
  command = plan
  variables {
    new_topic = null
    log_group = { retention_in_days = 2 }
  }
  expect_failures = [var.log_group]
}

run "an_attribute_that_a_new_topic_does_not_have_is_refused" {
  command = plan
  variables {
    new_topic = { email_adresses = { ops = "ops@example.com" } }
  }
  expect_failures = [var.new_topic]
}

run "an_attribute_that_a_log_group_does_not_have_is_refused" {
  command = plan
  variables {
    new_topic = null
    log_group = { retention = 90 }
  }
  expect_failures = [var.log_group]
}

run "a_new_topic_that_is_no_object_is_refused" {
  command = plan
  variables {
    new_topic = "failures"
  }
  expect_failures = [var.new_topic]
}

run "an_attribute_of_a_new_topic_of_a_wrong_type_is_refused" {
  command = plan
  variables {
    new_topic = { email_addresses = ["ops@example.com"] }
  }
  expect_failures = [var.new_topic]
}

run "a_log_group_that_is_no_object_is_refused" {
  command = plan
  variables {
    new_topic = null
    log_group = "failures"
  }
  expect_failures = [var.log_group]
}

run "an_attribute_of_a_log_group_of_a_wrong_type_is_refused" {
  command = plan
  variables {
    new_topic = null
    log_group = { retention_in_days = "a month" }
  }
  expect_failures = [var.log_group]
}

run "a_topic_of_another_region_is_refused" {
  command = plan
  variables {
    topic_arn = "arn:aws:sns:us-east-1:111122223333:ops"
    new_topic = null
  }
  expect_failures = [aws_cloudwatch_event_rule.failures]
}

run "takes_values_that_only_an_apply_tells" {
  module {
    source = "./tests/made-in-the-same-run"
  }

  assert {
    condition     = module.alert.topic_arn == "arn:aws:sns:eu-west-1:111122223333:failures"
    error_message = "the topic is ${module.alert.topic_arn}"
  }
}
