# One run for each rule of the inputs, named by it; values just inside stand in the runs that pass.

mock_provider "aws" {
  mock_data "aws_cloudformation_stack" {
    defaults = {
      id            = "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d"
      parameters    = { image = "quay.io" }
      template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"}}}"
    }
  }
  mock_data "aws_default_tags" {
    defaults = { tags = {} }
  }
}

# Stands for the import.
override_resource {
  target          = aws_cloudformation_stack.adopted
  override_during = plan
  values = {
    id            = "vendor"
    tags_all      = {}
    template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"}}}"
  }
}

variables {
  stack_name = "vendor"
  parameters = { image = "registry.example.com/quay" }
}

run "takes_the_longest_name_and_the_longest_value" {
  command = plan
  variables {
    stack_name = format("v%s", replace(format("%0127d", 0), "0", "a"))
    parameters = { image = format("%s\t\n", replace(format("%02047d", 0), "0", "é")) }
  }
  assert {
    condition     = length(base64encode(aws_cloudformation_stack.adopted[0].parameters["image"])) == 5464
    error_message = "the value of 4096 bytes is not sent as it is"
  }
}

run "stack_name_is_a_stacks_name" {
  command = plan
  variables {
    stack_name = "1vendor"
  }
  expect_failures = [var.stack_name]
}

run "stack_name_is_at_most_128_long" {
  command = plan
  variables {
    stack_name = format("v%s", replace(format("%0128d", 0), "0", "a"))
  }
  expect_failures = [var.stack_name]
}

run "stack_name_is_of_no_stack_set" {
  command = plan
  variables {
    stack_name = "StackSet-vendor-0a1b"
  }
  expect_failures = [var.stack_name]
}

run "stack_name_may_begin_like_that_of_a_stack_set" {
  command = plan
  variables {
    stack_name = "StackSetvendor"
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].name == "StackSetvendor"
    error_message = "the name is not taken as it is"
  }
}

run "parameters_are_at_least_one" {
  command = plan
  variables {
    parameters = {}
  }
  expect_failures = [var.parameters]
}

run "parameters_are_named_with_letters_and_digits" {
  command = plan
  variables {
    parameters = { image-registry = "registry.example.com/quay" }
  }
  expect_failures = [var.parameters]
}

run "a_value_is_a_string" {
  command = plan
  variables {
    parameters = { image = null }
  }
  expect_failures = [var.parameters]
}

run "a_value_holds_no_access_token" {
  command = plan
  variables {
    parameters = { image = "x GHP_0123456789abcdef" }
  }
  expect_failures = [var.parameters]
}

run "a_value_may_be_a_name_that_begins_like_a_token" {
  command = plan
  variables {
    parameters = { image = "ghp_registry-of-the-platform ghp_0123456789abcde" }
  }
  assert {
    condition     = terraform_data.change["image"].input.after == "ghp_registry-of-the-platform ghp_0123456789abcde"
    error_message = "the value is not taken as it is"
  }
}

run "a_value_is_not_empty" {
  command = plan
  variables {
    parameters = { image = " \n" }
  }
  expect_failures = [var.parameters]
}

run "a_value_is_at_most_4096_bytes_long" {
  command = plan
  variables {
    parameters = { image = format("%sa", replace(format("%02048d", 0), "0", "é")) }
  }
  expect_failures = [var.parameters]
}

run "a_value_holds_no_control_characters" {
  command = plan
  variables {
    parameters = { image = "a\u0007b" }
  }
  expect_failures = [var.parameters]
}

run "strategy_is_one_of_two" {
  command = plan
  variables {
    strategy = "cli"
  }
  expect_failures = [var.strategy]
}

run "action_is_set_or_restore" {
  command = plan
  variables {
    action = "FORGET"
  }
  expect_failures = [var.action]
}

run "fails_with_a_sensitive_action" {
  command = plan
  variables {
    action = sensitive("SET")
  }
  expect_failures = [var.action]
}

run "template_url_may_name_a_version" {
  command = plan
  variables {
    template_url = "https://templates.s3.eu-west-1.amazonaws.com/vendor.yaml?versionId=3"
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].template_url == "https://templates.s3.eu-west-1.amazonaws.com/vendor.yaml?versionId=3"
    error_message = "the URL is not handed on"
  }
}

run "template_url_is_of_an_object_in_s3" {
  command = plan
  variables {
    template_url = "https://example.com/template.yaml"
  }
  expect_failures = [var.template_url]
}

run "template_url_has_no_signature" {
  command = plan
  variables {
    template_url = "https://templates.s3.eu-west-1.amazonaws.com/vendor.yaml?X-Amz-Signature=abc"
  }
  expect_failures = [var.template_url]
}

run "fails_with_sensitive_parameters" {
  command = plan

  variables {
    parameters = sensitive({ image = "registry.example.com/quay" })
  }

  expect_failures = [var.parameters]
}

run "capabilities_are_those_of_cloudformation" {
  command = plan
  variables {
    capabilities = ["CAPABILITY_ADMIN"]
  }
  expect_failures = [var.capabilities]
}

run "an_update_may_take_one_minute" {
  command = plan
  variables {
    update_timeout_in_minutes = 1
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].timeouts.update == "1m"
    error_message = "the time is not that of an update"
  }
}

run "an_update_takes_some_time" {
  command = plan
  variables {
    update_timeout_in_minutes = 0
  }
  expect_failures = [var.update_timeout_in_minutes]
}

run "an_update_takes_whole_minutes" {
  command = plan
  variables {
    update_timeout_in_minutes = 1.5
  }
  expect_failures = [var.update_timeout_in_minutes]
}
