# The rules of a plan that updates an adopted stack: one run for each, named after it. Four rules have no run: the size of
# the template, since no text so long fits here; that nobody has changed the stack since the plan, since a plan does not
# read it twice; that the stack is the one that was overridden first, and that RESTORE leaves no parameter empty, since the
# records of a mocked plan are new.

mock_provider "aws" {
  mock_data "aws_cloudformation_stack" {
    defaults = {
      id            = "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d"
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  mock_data "aws_default_tags" {
    defaults = { tags = { team = "platform" } }
  }
}

# Stands for the import.
override_resource {
  target          = aws_cloudformation_stack.adopted
  override_during = plan
  values = {
    id            = "vendor"
    tags_all      = { team = "platform" }
    template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
  }
}

variables {
  stack_name = "vendor"
  parameters = { image = "registry.example.com/quay", mode = "info" }
}

run "one_parameter_changes_and_all_others_stay" {
  command = plan
  variables {
    parameters = { image = "registry.example.com/quay" }
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].parameters == tomap({ image = "registry.example.com/quay", mode = "debug" })
    error_message = "the parameters are not those of the stack with one of them changed"
  }
  assert {
    condition     = terraform_data.change["image"].input == { after = "registry.example.com/quay", before = "quay.io" }
    error_message = "the record does not hold the value before and after"
  }
  assert {
    condition     = terraform_data.stack.input.id == "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d"
    error_message = "the record does not hold the stack's ARN"
  }
  assert {
    condition     = length(terraform_data.update) == 0 && output.stack_id == "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d"
    error_message = "the AWS CLI runs as well, or the output is not the stack's ARN"
  }
}

run "the_template_has_every_parameter" {
  command = plan
  variables {
    parameters = { imgae = "registry.example.com/quay" }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "no_parameter_of_the_stack_is_noecho" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = { parameters = { image = "quay.io", mode = "debug", secret = "****" }, tags = { team = "platform" } }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "the_provider_adds_no_tags" {
  command = plan
  override_data {
    target = data.aws_default_tags.current
    values = { tags = { team = "security" } }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "termination_protection_is_enabled_where_it_is_required" {
  command = plan
  variables {
    require_termination_protection = true
  }
  override_data {
    target = data.aws_cloudcontrolapi_resource.current
    values = { properties = "{\"EnableTerminationProtection\":false}" }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "termination_protection_may_be_required" {
  command = plan
  variables {
    require_termination_protection = true
  }
  override_data {
    target = data.aws_cloudcontrolapi_resource.current
    values = { properties = "{\"EnableTerminationProtection\":true}" }
  }
  assert {
    condition     = length(data.aws_cloudcontrolapi_resource.current) == 1
    error_message = "the protection of the stack is not read"
  }
}

run "the_template_allows_every_value" {
  command = plan
  variables {
    parameters = { mode = "trace" }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "restore_fails_without_a_record_of_the_former_value" {
  command = plan
  variables {
    action = "RESTORE"
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "no_other_parameter_has_lost_characters" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug", note = "Gr??e" }
      tags          = { team = "platform" }
      template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "the_parameter_that_is_set_may_have_lost_characters" {
  command = plan
  variables {
    parameters = { image = "registry.example.com/quay" }
  }
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "Gr??e", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].parameters["image"] == "registry.example.com/quay"
    error_message = "the parameter is not set"
  }
}

run "no_tag_has_lost_characters" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform", office = "B?ro" }
      template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  override_resource {
    target          = aws_cloudformation_stack.adopted
    override_during = plan
    values = {
      id            = "vendor"
      tags_all      = { team = "platform", office = "B?ro" }
      template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "the_template_has_lost_no_characters" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Description\":\"Scan ? read only\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  override_resource {
    target          = aws_cloudformation_stack.adopted
    override_during = plan
    values = {
      id            = "vendor"
      tags_all      = { team = "platform" }
      template_body = "{\"Description\":\"Scan ? read only\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "question_marks_may_be_genuine" {
  command = plan
  variables {
    question_marks_are_genuine = true
  }
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform", office = "B?ro" }
      template_body = "{\"Description\":\"Scan ? read only\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  override_resource {
    target          = aws_cloudformation_stack.adopted
    override_during = plan
    values = {
      id            = "vendor"
      tags_all      = { team = "platform", office = "B?ro" }
      template_body = "{\"Description\":\"Scan ? read only\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].parameters["image"] == "registry.example.com/quay"
    error_message = "the parameter is not set"
  }
}

run "the_template_loses_no_digits" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Mappings\":{\"limits\":{\"all\":{\"bytes\":12345678901234567890}}},\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  override_resource {
    target          = aws_cloudformation_stack.adopted
    override_during = plan
    values = {
      id            = "vendor"
      tags_all      = { team = "platform" }
      template_body = "{\"Mappings\":{\"limits\":{\"all\":{\"bytes\":12345678901234567890}}},\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "the_template_at_its_url_may_have_any_characters_and_digits" {
  command = plan
  variables {
    template_url = "https://templates.s3.eu-west-1.amazonaws.com/vendor.json"
  }
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Description\":\"Scan ? read only\",\"Mappings\":{\"limits\":{\"all\":{\"bytes\":12345678901234567890}}},\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  override_resource {
    target          = aws_cloudformation_stack.adopted
    override_during = plan
    values = {
      id            = "vendor"
      tags_all      = { team = "platform" }
      template_body = "{\"Description\":\"Scan ? read only\",\"Mappings\":{\"limits\":{\"all\":{\"bytes\":12345678901234567890}}},\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].template_url == "https://templates.s3.eu-west-1.amazonaws.com/vendor.json"
    error_message = "the URL is not sent"
  }
}

run "the_state_has_the_template_of_the_stack" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Description\":\"The next version\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "the_state_has_the_tags_of_the_stack" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform", version = "2" }
      template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "the_state_has_the_topics_of_the_stack" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      notification_arns = ["arn:aws:sns:eu-west-1:111122223333:stacks"]
      parameters        = { image = "quay.io", mode = "debug" }
      tags              = { team = "platform" }
      template_body     = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "macros_are_acknowledged" {
  command = plan
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Transform\":\"AWS::LanguageExtensions\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  override_resource {
    target          = aws_cloudformation_stack.adopted
    override_during = plan
    values = {
      id            = "vendor"
      tags_all      = { team = "platform" }
      template_body = "{\"Transform\":\"AWS::LanguageExtensions\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "capabilities_acknowledge_macros_beside_those_that_the_stack_lists" {
  command = plan
  variables {
    capabilities = ["CAPABILITY_AUTO_EXPAND"]
  }
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      capabilities  = ["CAPABILITY_NAMED_IAM"]
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Transform\":\"AWS::LanguageExtensions\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  override_resource {
    target          = aws_cloudformation_stack.adopted
    override_during = plan
    values = {
      id            = "vendor"
      tags_all      = { team = "platform" }
      template_body = "{\"Transform\":\"AWS::LanguageExtensions\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].capabilities == toset(["CAPABILITY_AUTO_EXPAND", "CAPABILITY_NAMED_IAM"])
    error_message = "the capabilities are not those of the stack and the one given"
  }
}

run "macros_need_nothing_while_no_value_changes" {
  command = plan
  variables {
    parameters = { image = "quay.io" }
  }
  override_data {
    target = data.aws_cloudformation_stack.current
    values = {
      parameters    = { image = "quay.io", mode = "debug" }
      tags          = { team = "platform" }
      template_body = "{\"Transform\":\"AWS::LanguageExtensions\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  override_resource {
    target          = aws_cloudformation_stack.adopted
    override_during = plan
    values = {
      id            = "vendor"
      tags_all      = { team = "platform" }
      template_body = "{\"Transform\":\"AWS::LanguageExtensions\",\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  assert {
    condition     = length(aws_cloudformation_stack.adopted[0].capabilities) == 0
    error_message = "a capability is set without an update"
  }
}
