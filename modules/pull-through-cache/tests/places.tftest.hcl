mock_provider "aws" {
  source = "./tests/mocks"
}

run "fails_with_a_secret_of_another_partition" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_arn = "arn:aws-cn:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf" }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_a_secret_of_another_region" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf" }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_a_secret_of_another_account" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_arn = "arn:aws:secretsmanager:us-east-1:444455556666:secret:ecr-pullthroughcache/docker-hub-AbCdEf" }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "takes_a_secret_of_the_cache_itself" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf" }
    }
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["docker-hub"].credential_arn == "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"
    error_message = "the secret is not that given"
  }
}

run "fails_with_an_upstream_role_of_another_partition" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {
        region     = "us-east-1"
        account_id = "444455556666"
        role       = { arn = "arn:aws-cn:iam::111122223333:role/reads" }
      }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_an_upstream_role_of_another_account" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {
        region     = "us-east-1"
        account_id = "444455556666"
        role       = { arn = "arn:aws:iam::444455556666:role/reads" }
      }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_an_upstream_role_for_the_own_account" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {
        region = "eu-west-1"
        role   = { arn = "arn:aws:iam::111122223333:role/reads" }
      }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_an_upstream_role_for_the_own_account_by_its_id" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {
        region     = "eu-west-1"
        account_id = "111122223333"
        role       = { arn = "arn:aws:iam::111122223333:role/reads" }
      }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_an_upstream_in_another_partition" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "cn-north-1" }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_the_caches_own_registry" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "us-east-1" }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_the_caches_own_registry_by_its_account" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "us-east-1", account_id = "111122223333" }
    }
  }

  expect_failures = [aws_ecr_pull_through_cache_rule.upstream]
}

run "fails_with_a_kms_key_of_another_partition" {
  command = plan

  variables {
    upstreams = {
      quay = {}
    }
    repository_settings = { kms_key = { arn = "arn:aws-cn:kms:us-east-1:111122223333:key/one" } }
  }

  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "fails_with_a_kms_key_of_another_region" {
  command = plan

  variables {
    upstreams = {
      quay = {}
    }
    repository_settings = { kms_key = { arn = "arn:aws:kms:eu-west-1:111122223333:key/one" } }
  }

  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "fails_with_a_role_of_another_partition" {
  command = plan

  variables {
    upstreams = {
      quay = {}
    }
    repository_settings = { role = { arn = "arn:aws-cn:iam::111122223333:role/creates" } }
  }

  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "fails_with_a_role_of_another_account" {
  command = plan

  variables {
    upstreams = {
      quay = {}
    }
    repository_settings = { role = { arn = "arn:aws:iam::444455556666:role/creates" } }
  }

  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "fails_with_a_kms_key_of_another_partition_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { kms_key = { arn = "arn:aws-cn:kms:us-east-1:111122223333:key/one" } } }
    }
  }

  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "fails_with_a_kms_key_of_another_region_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { kms_key = { arn = "arn:aws:kms:eu-west-1:111122223333:key/one" } } }
    }
  }

  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "fails_with_a_role_of_another_partition_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { role = { arn = "arn:aws-cn:iam::111122223333:role/creates" } } }
    }
  }

  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "fails_with_a_role_of_another_account_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { role = { arn = "arn:aws:iam::444455556666:role/creates" } } }
    }
  }

  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "takes_a_kms_key_of_another_account" {
  command = plan

  variables {
    upstreams = {
      quay = {}
    }
    repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:444455556666:key/one" } }
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].encryption_configuration[0].kms_key == "arn:aws:kms:us-east-1:444455556666:key/one"
    error_message = "the key is not that given"
  }
}

run "fails_with_an_account_of_11_digits" {
  command = plan

  variables {
    upstreams = {
      quay = {}
    }
    account_id = "11112222333"
  }

  expect_failures = [var.account_id]
}

run "fails_with_an_account_of_13_digits" {
  command = plan

  variables {
    upstreams = {
      quay = {}
    }
    account_id = "1111222233334"
  }

  expect_failures = [var.account_id]
}

run "takes_the_account_that_is_given_at_its_word" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "eu-west-1" }
    }
    account_id = "777788889999"
  }

  assert {
    condition     = output.registry_uri == "777788889999.dkr.ecr.us-east-1.amazonaws.com"
    error_message = "the registry is of another account"
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["private-ecr"].upstream_registry_url == "777788889999.dkr.ecr.eu-west-1.amazonaws.com"
    error_message = "the upstream is of another account"
  }

  assert {
    condition     = length(data.aws_caller_identity.current) == 0
    error_message = "AWS is asked for the account"
  }
}
