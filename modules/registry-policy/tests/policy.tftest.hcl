mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
}

variables {
  existing = "NONE"
  policies = [jsonencode({
    Statement = {
      Sid       = "Readers"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::444455556666:root" }
      Action    = "ecr:BatchGetImage"
      Resource  = "arn:aws:ecr:eu-west-1:111122223333:repository/*"
    }
  })]
}

run "the_policy_has_the_statements_of_all_inputs" {
  command = plan
  variables {
    replication_from = { account_ids = ["444455556666", "777788889999"], repository_prefixes = ["prod", "base/"] }
    upstream_of = {
      team_a = { account_id = "777788889999", repository_prefix = "team-a" }
      team_b = { account_id = "777788889999", repository_prefix = "team-b/" }
      all    = { account_id = "444455556666", repository_prefix = "ROOT" }
    }
  }

  assert {
    condition = jsondecode(output.policy_json) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "Readers"
          Effect    = "Allow"
          Principal = { AWS = "arn:aws:iam::444455556666:root" }
          Action    = "ecr:BatchGetImage"
          Resource  = "arn:aws:ecr:eu-west-1:111122223333:repository/*"
        },
        {
          Sid       = "ReplicationFromOtherAccounts"
          Effect    = "Allow"
          Principal = { AWS = ["arn:aws:iam::444455556666:root", "arn:aws:iam::777788889999:root"] }
          Action    = ["ecr:CreateRepository", "ecr:ReplicateImage"]
          Resource = [
            "arn:aws:ecr:eu-west-1:111122223333:repository/prod*",
            "arn:aws:ecr:eu-west-1:111122223333:repository/base/*",
          ]
        },
        {
          Sid       = "UpstreamOf444455556666"
          Effect    = "Allow"
          Principal = { AWS = "arn:aws:iam::444455556666:root" }
          Action = [
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchImportUpstreamImage",
            "ecr:GetImageCopyStatus",
          ]
          Resource = ["arn:aws:ecr:eu-west-1:111122223333:repository/*"]
        },
        {
          Sid       = "UpstreamOf777788889999"
          Effect    = "Allow"
          Principal = { AWS = "arn:aws:iam::777788889999:root" }
          Action = [
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchImportUpstreamImage",
            "ecr:GetImageCopyStatus",
          ]
          Resource = [
            "arn:aws:ecr:eu-west-1:111122223333:repository/team-a/*",
            "arn:aws:ecr:eu-west-1:111122223333:repository/team-b/*",
          ]
        },
      ]
    }
    error_message = "the policy is ${output.policy_json}"
  }
  assert {
    condition     = aws_ecr_registry_policy.registry.policy == output.policy_json
    error_message = "the registry has another policy"
  }
  assert {
    condition     = aws_ecr_account_setting.scope.name == "REGISTRY_POLICY_SCOPE" && aws_ecr_account_setting.scope.value == "V2"
    error_message = "the scope of the policy is not V2"
  }
  assert {
    condition     = length(terraform_data.needs_an_import_block) == 0
    error_message = "an import block is needed without a policy"
  }
}

run "policies_that_are_null_are_left_out" {
  command = plan
  variables {
    policies         = [null]
    replication_from = { account_ids = ["444455556666"] }
  }

  assert {
    condition     = [for statement in jsondecode(output.policy_json).Statement : statement.Resource] == [["arn:aws:ecr:eu-west-1:111122223333:repository/*"]]
    error_message = "the policy is ${output.policy_json}"
  }
}

run "a_statement_may_have_lists_services_conditions_and_variables" {
  command = plan
  variables {
    policies = [jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "One"
          Effect    = "Allow"
          Principal = { AWS = ["444455556666", "arn:aws:iam::444455556666:role/path/build@ci"], Service = "replication.ecr.amazonaws.com" }
          Action    = ["ecr:Batch*", "ecr:GetDownloadUrlForLayer"]
          Resource  = ["arn:aws:ecr:eu-west-1:111122223333:repository/$${aws:PrincipalTag/team}/*", "*"]
        },
        {
          Sid       = "Two of them"
          Effect    = "Allow"
          Principal = { AWS = "*" }
          Action    = "ecr:CreateRepository"
          Resource  = "*"
          Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
        },
        { Sid = "Three", Effect = "Deny", Principal = "*", Action = "ecr:DeleteRepository", Resource = "*" },
      ]
    })]
  }

  assert {
    condition     = jsondecode(output.policy_json) == jsondecode(var.policies[0])
    error_message = "the policy is ${output.policy_json}"
  }
}

run "the_account_may_be_given" {
  command = plan
  variables {
    account_id       = "777788889999"
    policies         = []
    replication_from = { account_ids = ["444455556666"], repository_prefixes = null }
  }

  assert {
    condition     = strcontains(output.policy_json, "arn:aws:ecr:eu-west-1:777788889999:repository/*")
    error_message = "the policy is ${output.policy_json}"
  }
}

run "existing_is_none_or_overwrite" {
  command = plan
  variables {
    existing = "REPLACE"
  }
  expect_failures = [var.existing]
}

run "fails_with_a_sensitive_existing" {
  command = plan
  variables {
    existing = sensitive("NONE")
  }
  expect_failures = [var.existing]
}

run "an_account_has_twelve_digits" {
  command = plan
  variables {
    account_id = "11112222333"
  }
  expect_failures = [var.account_id]
}

run "policies_are_json_with_statements" {
  command = plan
  variables {
    policies = [jsonencode({ Statement = [] })]
  }
  expect_failures = [var.policies]
}

run "policies_are_of_the_version_of_2012" {
  command = plan
  variables {
    policies = [jsonencode({
      Version   = "2008-10-17"
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "statements_negate_no_element" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "*", NotResource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "statements_have_a_sid" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "", Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "statements_allow_or_deny" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "deny", Principal = "*", Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "principals_are_of_aws_or_services" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = { Federated = "example.com" }, Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "actions_are_a_text_or_a_list" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = [], Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "actions_are_those_of_ecr" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = "s3:GetObject", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "resources_are_a_text_or_a_list" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = [] }
    })]
  }
  expect_failures = [var.policies]
}

run "resources_are_arns_of_repositories" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "docker-hub/*" }
    })]
  }
  expect_failures = [var.policies]
}

run "principals_of_aws_are_a_text_or_a_list" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = { AWS = [] }, Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "principals_of_aws_have_no_wildcards" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = { AWS = "arn:aws:iam::444455556666:role/*" }, Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "principals_that_are_services_are_a_text_or_a_list" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = { Service = [] }, Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "principals_that_are_services_have_names_of_services" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = { Service = "ecr" }, Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [var.policies]
}

run "a_condition_is_an_object" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "*", Condition = "o-a1b2c3d4e5" }
    })]
  }
  expect_failures = [var.policies]
}

run "everybody_is_allowed_nothing_without_a_condition_that_names_callers" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Allow", Principal = { AWS = ["*"] }, Action = "ecr:*", Resource = "*", Condition = { Bool = { "aws:SecureTransport" = "true" } } }
    })]
  }
  expect_failures = [var.policies]
}

run "sources_of_replication_are_an_object" {
  command = plan
  variables {
    replication_from = "444455556666"
  }
  expect_failures = [var.replication_from]
}

run "sources_of_replication_have_no_other_attributes" {
  command = plan
  variables {
    replication_from = { account_ids = ["444455556666"], prefixes = ["prod"] }
  }
  expect_failures = [var.replication_from]
}

run "sources_of_replication_have_accounts" {
  command = plan
  variables {
    replication_from = { repository_prefixes = ["prod"] }
  }
  expect_failures = [var.replication_from]
}

run "sources_of_replication_are_lists" {
  command = plan
  variables {
    replication_from = { account_ids = ["444455556666"], repository_prefixes = "prod" }
  }
  expect_failures = [var.replication_from]
}

run "sources_of_replication_name_at_least_one_account" {
  command = plan
  variables {
    replication_from = { account_ids = [] }
  }
  expect_failures = [var.replication_from]
}

run "sources_of_replication_are_accounts" {
  command = plan
  variables {
    replication_from = { account_ids = ["44445555666"] }
  }
  expect_failures = [var.replication_from]
}

run "prefixes_of_replication_name_at_least_one" {
  command = plan
  variables {
    replication_from = { account_ids = ["444455556666"], repository_prefixes = [] }
  }
  expect_failures = [var.replication_from]
}

run "prefixes_of_replication_are_starts_of_names" {
  command = plan
  variables {
    replication_from = { account_ids = ["444455556666"], repository_prefixes = ["prod/*"] }
  }
  expect_failures = [var.replication_from]
}

run "a_cache_elsewhere_is_an_object" {
  command = plan
  variables {
    upstream_of = { team = null }
  }
  expect_failures = [var.upstream_of]
}

run "a_cache_elsewhere_has_an_account" {
  command = plan
  variables {
    upstream_of = { team = { account_id = "44445555666", repository_prefix = "ROOT" } }
  }
  expect_failures = [var.upstream_of]
}

run "a_cache_elsewhere_has_a_prefix_that_ecr_takes" {
  command = plan
  variables {
    upstream_of = { team = { account_id = "444455556666", repository_prefix = "Team" } }
  }
  expect_failures = [var.upstream_of]
}

run "a_policy_has_a_statement" {
  command = plan
  variables {
    policies = [null]
  }
  expect_failures = [aws_ecr_registry_policy.registry]
}

run "a_sid_is_used_once" {
  command = plan
  variables {
    policies = [for number in [1, 2] : jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [aws_ecr_registry_policy.registry]
}

run "resources_are_in_the_registry" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "arn:aws:ecr:us-east-1:111122223333:repository/*" }
    })]
  }
  expect_failures = [aws_ecr_registry_policy.registry]
}

run "principals_are_of_the_partition" {
  command = plan
  variables {
    policies = [jsonencode({
      Statement = { Sid = "A", Effect = "Deny", Principal = { AWS = "arn:aws-cn:iam::444455556666:root" }, Action = "ecr:*", Resource = "*" }
    })]
  }
  expect_failures = [aws_ecr_registry_policy.registry]
}

run "a_source_of_replication_is_another_account" {
  command = plan
  variables {
    replication_from = { account_ids = ["111122223333"] }
  }
  expect_failures = [aws_ecr_registry_policy.registry]
}

run "a_cache_elsewhere_is_in_another_account" {
  command = plan
  variables {
    upstream_of = { own = { account_id = "111122223333", repository_prefix = "ROOT" } }
  }
  expect_failures = [aws_ecr_registry_policy.registry]
}

run "a_policy_may_have_10240_characters" {
  command = plan
  variables {
    policies = [jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Sid = format("%010127d", 1), Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "*" }]
    })]
  }

  assert {
    condition     = length(output.policy_json) == 10240
    error_message = "the policy has ${length(output.policy_json)} characters"
  }
}

run "a_policy_has_at_most_10240_characters" {
  command = plan
  variables {
    policies = [jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Sid = format("%010128d", 1), Effect = "Deny", Principal = "*", Action = "ecr:*", Resource = "*" }]
    })]
  }
  expect_failures = [aws_ecr_registry_policy.registry]
}
