# What a plan asks of a stack that Terraform has adopted: one run for each rule, named by it. That the template is small
# enough to be sent back is not among them, since no text so long can be written down here.

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
  values          = { id = "vendor", template_body = "{}" }
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
    condition = terraform_data.change["image"].input == {
      after  = "registry.example.com/quay"
      before = "quay.io"
      stack  = "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d"
    }
    error_message = "the record does not hold the value before and after"
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

run "the_template_allows_every_value" {
  command = plan
  variables {
    parameters = { mode = "trace" }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "undo_gives_former_values_back_and_leaves_out_what_is_empty_by_default" {
  command = plan
  variables {
    undo       = true
    parameters = { image = "registry.example.com/quay" }
  }
  override_resource {
    target          = terraform_data.change
    override_during = plan
    values = {
      output = { stack = "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d", before = "" }
    }
  }
  assert {
    condition     = aws_cloudformation_stack.adopted[0].parameters == tomap({ mode = "debug" })
    error_message = "what was empty is not left out"
  }
  assert {
    condition     = output.previous_values == { image = "" }
    error_message = "the output is not the former value"
  }
}

run "undo_is_of_the_stack_that_the_records_are_of" {
  command = plan
  variables {
    undo       = true
    parameters = { image = "registry.example.com/quay" }
  }
  override_resource {
    target          = terraform_data.change
    override_during = plan
    values = {
      output = { stack = "arn:aws:cloudformation:eu-west-1:111122223333:stack/other/4e5f6071", before = "quay.io" }
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}

run "undo_empties_only_what_is_empty_by_default" {
  command = plan
  variables {
    undo       = true
    parameters = { mode = "info" }
  }
  override_resource {
    target          = terraform_data.change
    override_during = plan
    values = {
      output = { stack = "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d", before = "" }
    }
  }
  expect_failures = [aws_cloudformation_stack.adopted]
}
