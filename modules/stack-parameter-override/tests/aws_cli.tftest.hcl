# What a plan asks that has the AWS CLI update the stack: one run for each rule, named by it. Whether the values are as
# declared, nobody knows before the update is run, which counts as a check that fails.

mock_provider "aws" {
  mock_data "aws_cloudformation_stack" {
    defaults = {
      id            = "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d"
      capabilities  = ["CAPABILITY_NAMED_IAM"]
      parameters    = { image = "quay.io", mode = "debug", secret = "****" }
      template_body = "{\"Parameters\":{\"image\":{\"Type\":\"String\",\"Default\":\"\"},\"mode\":{\"Type\":\"String\",\"AllowedValues\":[\"debug\",\"info\"]}}}"
    }
  }
  mock_data "aws_default_tags" {
    defaults = { tags = { team = "platform" } }
  }
}

variables {
  stack_name = "vendor"
  parameters = { image = "quay.io" }
  strategy   = "AWS_CLI"
}

run "terraform_owns_a_record_of_the_update_and_no_stack" {
  command = plan
  assert {
    condition = terraform_data.update[0].triggers_replace == {
      parameters = { image = "quay.io" }
      stack      = "arn:aws:cloudformation:eu-west-1:111122223333:stack/vendor/0a1b2c3d"
    }
    error_message = "the update is not run when the values or the stack change"
  }
  assert {
    condition     = length(aws_cloudformation_stack.adopted) == 0
    error_message = "Terraform owns the stack"
  }
  expect_failures = [check.parameters]
}

run "the_template_has_every_parameter_that_the_cli_sets" {
  command = plan
  variables {
    parameters = { imgae = "quay.io" }
  }
  expect_failures = [terraform_data.update]
}

run "no_parameter_to_be_set_is_noecho" {
  command = plan
  variables {
    parameters = { secret = "swordfish" }
  }
  expect_failures = [terraform_data.update]
}

run "restore_by_the_cli_fails_without_a_record_of_the_former_value" {
  command = plan
  variables {
    action = "RESTORE"
  }
  expect_failures = [terraform_data.update]
}

run "the_template_allows_every_value_that_the_cli_sets" {
  command = plan
  variables {
    parameters = { mode = "trace" }
  }
  expect_failures = [terraform_data.update]
}

run "template_url_is_for_adopted_stacks" {
  command = plan
  variables {
    template_url = "https://templates.s3.eu-west-1.amazonaws.com/vendor.yaml"
  }
  expect_failures = [terraform_data.update]
}

run "capabilities_are_for_adopted_stacks" {
  command = plan
  variables {
    capabilities = ["CAPABILITY_IAM"]
  }
  expect_failures = [terraform_data.update]
}

run "question_marks_are_for_adopted_stacks" {
  command = plan
  variables {
    question_marks_are_genuine = true
  }
  expect_failures = [terraform_data.update]
}

run "termination_protection_is_required_of_adopted_stacks" {
  command = plan
  variables {
    require_termination_protection = true
  }
  expect_failures = [terraform_data.update]
}
