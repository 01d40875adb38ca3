mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  upstreams = { quay = {} }
  # An ephemeral variable of a root module has to be said to be empty where a run applies.
  credentials = {}
}

run "fails_with_upstreams_in_a_list" {
  command = plan

  variables {
    upstreams = [{}]
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_attribute_that_no_upstream_has" {
  command = plan

  variables {
    upstreams = {
      quay = { prefx = "cached" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_attribute_of_the_wrong_type" {
  command = plan

  variables {
    upstreams = {
      quay = { prefix = ["cached"] }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_attribute_that_the_role_of_an_upstream_does_not_have" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {
        region     = "us-east-1"
        account_id = "444455556666"
        role       = { arn = "arn:aws:iam::111122223333:role/reads", name = "reads" }
      }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_misspelt_setting_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { keep_last_image = 5 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_setting_of_one_upstream_of_the_wrong_type" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { creation_template = "sometimes" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_attribute_that_the_key_of_one_upstream_does_not_have" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/one", id = "one" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_attribute_that_the_role_of_the_repositories_of_one_upstream_does_not_have" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { role = { arn = "arn:aws:iam::111122223333:role/creates", name = "creates" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_settings_in_a_list" {
  command = plan

  variables {
    repository_settings = []
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_misspelt_setting" {
  command = plan

  variables {
    repository_settings = { kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/one" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_setting_of_the_wrong_type" {
  command = plan

  variables {
    repository_settings = { creation_template = "sometimes" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_an_attribute_that_the_key_does_not_have" {
  command = plan

  variables {
    repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/one", id = "one" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_an_attribute_that_the_role_of_the_repositories_does_not_have" {
  command = plan

  variables {
    repository_settings = { role = { arn = "arn:aws:iam::111122223333:role/creates", name = "creates" } }
  }

  expect_failures = [var.repository_settings]
}

run "converts_attributes_as_terraform_does" {
  command = plan

  variables {
    upstreams = {
      quay = {
        prefix = 55
        repository_settings = {
          creation_template           = "true"
          keep_all_images             = "false"
          untagged_expiration_in_days = "7"
          tags                        = { cost = 5, own = true }
        }
      }
    }
  }

  assert {
    condition     = output.prefixes == ["55"]
    error_message = "the prefix is no text"
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].resource_tags == tomap({ cost = "5", own = "true" })
    error_message = "the tags are no text"
  }

  assert {
    condition     = jsondecode(aws_ecr_repository_creation_template.upstream["quay"].lifecycle_policy).rules[0].selection.countNumber == 7
    error_message = "the days are no number"
  }
}

run "takes_attributes_that_are_null_as_left_out" {
  command = plan

  variables {
    upstreams = {
      quay = { kind = null, prefix = null, role = null, repository_settings = null }
      ghcr = {
        kind                  = "github"
        credential_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/github-AbCdEf"
        repository_settings   = { tags = null, kms_key = null, role = null }
      }
    }
    repository_settings = { keep_last_images = null }
  }

  assert {
    condition     = output.prefixes == ["github", "quay"]
    error_message = "the prefixes are not those of the kinds"
  }
}

run "takes_maps_in_place_of_objects" {
  command = plan

  variables {
    upstreams           = tomap({ quay = tomap({ prefix = "cached" }) })
    repository_settings = tomap({ keep_last_images = "5" })
  }

  assert {
    condition     = output.prefixes == ["cached"]
    error_message = "the prefix is not that of the map"
  }
}
