mock_provider "aws" {
  source = "./tests/mocks"
}

run "fails_without_a_credential_that_a_registry_needs" {
  command = plan

  variables {
    upstreams = {
      docker-hub = {}
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_credential_that_a_registry_does_not_take" {
  command = plan

  variables {
    upstreams = {
      quay = { credential_secret_name = "ecr-pullthroughcache/quay" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_credential_given_in_two_ways" {
  command = plan

  variables {
    upstreams = {
      docker-hub = {
        credential_secret_name = "ecr-pullthroughcache/docker-hub"
        credential_secret_arn  = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"
      }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_credential_that_is_a_value" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "ghp-not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_credential_version_of_a_secret_that_is_not_managed" {
  command = plan

  variables {
    upstreams = {
      github = { credential_secret_name = "ecr-pullthroughcache/github", credential_version = 1 }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_secret_name_of_a_secret_that_is_not_managed" {
  command = plan

  variables {
    upstreams = {
      github = { credential_secret_name = "ecr-pullthroughcache/github", secret_name = "ecr-pullthroughcache/other" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_recovery_window_in_days_of_a_secret_that_is_not_managed" {
  command = plan

  variables {
    upstreams = {
      github = { credential_secret_name = "ecr-pullthroughcache/github", recovery_window_in_days = 7 }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_version_0_of_a_credential" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", credential_version = 0 }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_half_a_version_of_a_credential" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", credential_version = 1.5 }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_managed_secret_that_ecr_may_not_read" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", secret_name = "github" }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_the_name_of_a_managed_secret_of_513_characters" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", secret_name = "ecr-pullthroughcache/${format("%0492d", 0)}" }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "takes_the_name_of_a_managed_secret_of_512_characters" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", secret_name = "ecr-pullthroughcache/${format("%0491d", 0)}" }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  assert {
    condition     = length(aws_secretsmanager_secret.credential["github"].name) == 512
    error_message = "the name is not that given"
  }
}

run "fails_with_a_recovery_window_of_1_day" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", recovery_window_in_days = 1 }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_recovery_window_of_6_days" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", recovery_window_in_days = 6 }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_recovery_window_of_31_days" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", recovery_window_in_days = 31 }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_half_a_day_of_a_recovery_window" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed", recovery_window_in_days = 7.5 }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "takes_recovery_windows_of_0_7_and_30_days" {
  command = plan

  variables {
    upstreams = {
      github     = { credential = "managed", recovery_window_in_days = 0 }
      gitlab     = { credential = "managed", recovery_window_in_days = 7 }
      chainguard = { credential = "managed", recovery_window_in_days = 30 }
    }
    credentials = {
      github     = { username = "bot", access_token = "not-a-token" }
      gitlab     = { username = "bot", access_token = "not-a-token" }
      chainguard = { username = "bot", access_token = "not-a-token" }
    }
  }

  assert {
    condition = { for key, secret in aws_secretsmanager_secret.credential : key => secret.recovery_window_in_days } == {
      github     = 0
      gitlab     = 7
      chainguard = 30
    }
    error_message = "the windows are not those given"
  }
}

run "fails_with_the_arn_of_a_secret_that_ecr_may_not_read" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:docker-hub-AbCdEf" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_the_arn_of_a_secret_without_the_characters_at_its_end" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/docker-hub" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_the_arn_of_a_secret_of_613_characters" {
  command = plan

  variables {
    upstreams = {
      docker-hub = {
        credential_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/${format("%0532d", 0)}-AbCdEf"
      }
    }
  }

  expect_failures = [var.upstreams]
}

run "takes_the_arn_of_a_secret_of_612_characters" {
  command = plan

  variables {
    upstreams = {
      docker-hub = {
        credential_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ecr-pullthroughcache/${format("%0531d", 0)}-AbCdEf"
      }
    }
  }

  assert {
    condition     = length(aws_ecr_pull_through_cache_rule.upstream["docker-hub"].credential_arn) == 612
    error_message = "the ARN is not that given"
  }

  assert {
    condition     = length(aws_secretsmanager_secret.credential) == 0
    error_message = "a secret is made beside that given"
  }
}

run "fails_with_the_name_of_a_secret_that_ecr_may_not_read" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_name = "docker-hub" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_sensitive_name_of_a_secret_that_ecr_may_not_read" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_name = sensitive("docker-hub") }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_the_sensitive_name_of_a_secret_that_the_same_call_creates" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential = "managed" }
      github     = { credential_secret_name = sensitive("ecr-pullthroughcache/docker-hub") }
    }
    credentials = { docker-hub = { username = "robot", access_token = "not-a-token" } }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_the_name_of_a_secret_of_513_characters" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_name = "ecr-pullthroughcache/${format("%0492d", 0)}" }
    }
  }

  expect_failures = [var.upstreams]
}

run "looks_up_the_secret_whose_name_is_given" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_name = "ecr-pullthroughcache/${format("%0491d", 0)}" }
      quay       = {}
    }
  }

  assert {
    condition     = length(data.aws_secretsmanager_secret.credential["docker-hub"].name) == 512
    error_message = "the name is not that given"
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["docker-hub"].credential_arn == data.aws_secretsmanager_secret.credential["docker-hub"].arn
    error_message = "the rule has another secret"
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["quay"].credential_arn == null
    error_message = "a registry without a credential has one"
  }

  assert {
    condition     = length(data.aws_secretsmanager_secret.credential) == 1
    error_message = "more is looked up than is given"
  }

  assert {
    condition     = length(aws_secretsmanager_secret.credential) + length(aws_secretsmanager_secret_version.credential) == 0
    error_message = "a secret is made beside that given"
  }
}

run "fails_with_a_secret_that_two_upstreams_write" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed" }
      gitlab = { credential = "managed", secret_name = "ecr-pullthroughcache/github" }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
      gitlab = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_secret_looked_up_that_is_written" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed" }
      gitlab = { credential_secret_name = "ecr-pullthroughcache/github" }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_secret_looked_up_that_is_written_further_on" {
  command = plan

  variables {
    upstreams = {
      docker-hub = { credential_secret_name = "ecr-pullthroughcache/github" }
      github     = { credential = "managed" }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_the_value_of_a_credential_that_no_upstream_reads" {
  command = plan

  variables {
    upstreams = {
      github     = { credential = "managed" }
      docker-hub = { credential_secret_name = "ecr-pullthroughcache/docker-hub" }
    }
    credentials = {
      github     = { username = "bot", access_token = "not-a-token" }
      docker-hub = { username = "bot", access_token = "not-a-token" }
    }
  }

  expect_failures = [var.credentials]
}

run "fails_without_the_value_of_a_managed_credential" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed" }
    }
  }

  expect_failures = [aws_secretsmanager_secret_version.credential]
}

run "fails_with_a_username_that_is_empty" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed" }
    }
    credentials = {
      github = { username = " ", access_token = "not-a-token" }
    }
  }

  expect_failures = [aws_secretsmanager_secret_version.credential]
}

run "fails_with_an_access_token_that_is_empty" {
  command = plan

  variables {
    upstreams = {
      github = { credential = "managed" }
    }
    credentials = {
      github = { username = "bot", access_token = "" }
    }
  }

  expect_failures = [aws_secretsmanager_secret_version.credential]
}

run "makes_a_managed_secret_and_its_version" {
  command = apply

  variables {
    upstreams = {
      github = { credential = "managed", prefix = "hub/" }
      gitlab = { credential = "managed", credential_version = 3, secret_name = "ecr-pullthroughcache/lab" }
    }
    credentials = {
      github = { username = "bot", access_token = "not-a-token" }
      gitlab = { username = "bot", access_token = "not-a-token" }
    }
  }

  assert {
    condition = { for key, secret in aws_secretsmanager_secret.credential : key => secret.name } == {
      github = "ecr-pullthroughcache/hub"
      gitlab = "ecr-pullthroughcache/lab"
    }
    error_message = "a secret is not named after the prefix, or as it is given"
  }

  assert {
    condition = alltrue([
      for secret in aws_secretsmanager_secret.credential :
      secret.description == "Credential of an ECR pull-through cache" && secret.recovery_window_in_days == 0 && secret.kms_key_id == null
    ])
    error_message = "a secret is described otherwise, blocks its name, or has a key that ECR cannot use"
  }

  assert {
    condition = { for key, version in aws_secretsmanager_secret_version.credential : key => version.secret_string_wo_version } == {
      github = 1
      gitlab = 3
    }
    error_message = "a version is not 1, or that given"
  }

  assert {
    condition = alltrue([
      for key, version in aws_secretsmanager_secret_version.credential :
      version.secret_id == aws_secretsmanager_secret.credential[key].id && version.secret_string == null
    ])
    error_message = "a version is that of another secret, or stands in the state"
  }

  assert {
    condition = alltrue([
      for key, rule in aws_ecr_pull_through_cache_rule.upstream :
      rule.credential_arn == aws_secretsmanager_secret.credential[key].arn
    ])
    error_message = "a rule has another secret"
  }

  assert {
    condition     = output.secret_arns == { for key, secret in aws_secretsmanager_secret.credential : key => secret.arn }
    error_message = "the ARNs are not by the keys of the upstreams"
  }
}

run "replaces_the_rule_of_an_unlisted_registry_that_changes_how_it_signs_in" {
  command = plan

  variables {
    upstreams = {
      quay     = {}
      unlisted = { prefix = "new", upstream_registry_url = "registry.example.com" }
      signed   = { kind = "unlisted", prefix = "signed", upstream_registry_url = "registry.example.com", credential_secret_name = "ecr-pullthroughcache/signed" }
    }
    acknowledged_warnings = ["unlisted-registry"]
  }

  assert {
    condition = { for key, data in terraform_data.authentication : key => data.input } == {
      quay     = "by its host"
      unlisted = "none"
      signed   = "credential"
    }
    error_message = "what the rule is replaced with is another"
  }
}
