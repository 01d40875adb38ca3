# Pulls of identities of other accounts.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "without_other_accounts_nothing_is_allowed" {
  command = plan
  variables {
    upstreams = { quay = {} }
  }

  assert {
    condition     = output.registry_policy_json == null && output.existing_repository_commands == []
    error_message = "there are permissions that nobody asked for"
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].repository_policy == null
    error_message = "repositories have a policy that nobody asked for"
  }
}

run "an_account_gets_both_policies" {
  command = plan
  variables {
    upstreams       = { quay = {}, kubernetes = { prefix = "k8s/images/" } }
    allow_pull_from = { account_ids = ["444455556666"] }
  }

  assert {
    condition = jsondecode(output.registry_policy_json) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "FirstPullsOfAccounts1Ink8s2Fimages"
        Effect    = "Allow"
        Principal = { AWS = ["arn:aws:iam::444455556666:root"] }
        Action    = ["ecr:CreateRepository", "ecr:BatchImportUpstreamImage"]
        Resource = [
          "arn:aws:ecr:us-east-1:111122223333:repository/k8s/images/*",
          "arn:aws:ecr:us-east-1:111122223333:repository/quay/*",
        ]
      }]
    }
    error_message = "the registry policy is another: ${output.registry_policy_json}"
  }

  assert {
    condition = jsondecode(aws_ecr_repository_creation_template.upstream["quay"].repository_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "PullsOfAccounts1"
        Effect    = "Allow"
        Principal = { AWS = ["arn:aws:iam::444455556666:root"] }
        Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      }]
    }
    error_message = "the repository policy is another"
  }
}

run "existing_repositories_have_policies_at_their_own_paths" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { account_ids = ["444455556666"], existing_repositories = ["quay/team/app"] }
  }

  assert {
    condition     = aws_ecr_repository_policy.existing["quay/team/app"].repository == "quay/team/app"
    error_message = "the policy is that of another repository"
  }
}

run "the_pulls_of_other_accounts_are_an_object" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = "444455556666"
  }
  expect_failures = [var.allow_pull_from]
}

run "the_pulls_of_other_accounts_have_only_known_attributes" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", accounts = ["444455556666"] }
  }
  expect_failures = [var.allow_pull_from]
}

run "attributes_of_the_pulls_of_other_accounts_have_their_types" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", create_repositories = "no" }
  }
  expect_failures = [var.allow_pull_from]
}

run "account_ids_are_a_list_of_strings" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", account_ids = { one = "444455556666" } }
  }
  expect_failures = [var.allow_pull_from]
}

run "other_accounts_are_named" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = {}
  }
  expect_failures = [var.allow_pull_from]
}

run "a_null_names_no_accounts" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { account_ids = null }
  }
  expect_failures = [var.allow_pull_from]
}

run "account_ids_name_at_least_one" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { account_ids = [] }
  }
  expect_failures = [var.allow_pull_from]
}

run "other_accounts_have_twelve_digits" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { account_ids = ["44445555666"] }
  }
  expect_failures = [var.allow_pull_from]
}

run "another_account_is_given_once" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { account_ids = ["444455556666", "444455556666"] }
  }
  expect_failures = [var.allow_pull_from]
}

run "another_account_is_not_that_of_the_cache" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { account_ids = ["111122223333"] }
  }
  expect_failures = [output.registry_policy_json]
}

run "an_organization_is_given_by_its_id" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "*" }
  }
  expect_failures = [var.allow_pull_from]
}

run "organizational_unit_paths_name_at_least_one" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organizational_unit_paths = [] }
  }
  expect_failures = [var.allow_pull_from]
}

run "organizational_units_are_given_by_their_paths" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organizational_unit_paths = ["ou-ab12-11111111"] }
  }
  expect_failures = [var.allow_pull_from]
}

run "an_organizational_unit_is_given_once" {
  command = plan
  variables {
    upstreams = { quay = {} }
    allow_pull_from = {
      organizational_unit_paths = ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"]
    }
  }
  expect_failures = [var.allow_pull_from]
}

run "covering_prefixes_name_at_least_one" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", prefixes = [] }
  }
  expect_failures = [var.allow_pull_from]
}

run "covering_prefixes_are_those_of_upstreams" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", prefixes = ["gcr"] }
  }
  expect_failures = [output.registry_policy_json]
}

run "covered_upstreams_have_templates" {
  command = plan
  variables {
    upstreams       = { quay = { repository_settings = { creation_template = false } } }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5" }
  }
  expect_failures = [output.registry_policy_json]
}

run "own_repository_policies_have_statements" {
  command = plan
  variables {
    upstreams       = { quay = { repository_settings = { repository_policy = jsonencode({ Statement = null }) } } }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5" }
  }
  expect_failures = [output.registry_policy_json]
}

run "own_repository_policies_have_objects_as_statements" {
  command = plan
  variables {
    upstreams       = { quay = { repository_settings = { repository_policy = jsonencode({ Statement = [[{}]] }) } } }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5" }
  }
  expect_failures = [output.registry_policy_json]
}

run "own_repository_policies_have_sids_of_their_own" {
  command = plan
  variables {
    upstreams = { quay = {
      repository_settings = { repository_policy = jsonencode({ Statement = { Sid = "PullsOfOrganization1" } }) }
    } }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5" }
  }
  expect_failures = [output.registry_policy_json]
}

run "existing_repositories_name_at_least_one" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", existing_repositories = [] }
  }
  expect_failures = [var.allow_pull_from]
}

run "existing_repositories_are_paths" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", existing_repositories = ["quay/app:1"] }
  }
  expect_failures = [var.allow_pull_from]
}

run "an_existing_repository_is_given_once" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", existing_repositories = ["quay/app", "quay/app"] }
  }
  expect_failures = [var.allow_pull_from]
}

run "existing_repositories_are_under_covered_prefixes" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { organization_id = "o-a1b2c3d4e5", existing_repositories = ["team/app"] }
  }
  expect_failures = [output.registry_policy_json]
}

run "the_policy_of_a_repository_has_at_most_10240_characters" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = { account_ids = [for index in range(310) : tostring(400000000000 + index)] }
  }
  expect_failures = [aws_ecr_repository_creation_template.upstream]
}

run "fails_with_sensitive_pulls_of_other_accounts" {
  command = plan
  variables {
    upstreams       = { quay = {} }
    allow_pull_from = sensitive({ organization_id = "o-a1b2c3d4e5" })
  }
  expect_failures = [var.allow_pull_from]
}
