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
  prefixes = ["quay"]
}

run "the_policy_allows_what_pulls_through_a_cache_need_and_no_more" {
  command = plan

  assert {
    condition = jsondecode(output.json).Statement == [
      { Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchImportUpstreamImage",
          "ecr:CreateRepository",
        ]
        Resource = ["arn:aws:ecr:eu-west-1:111122223333:repository/quay/*"]
      },
    ]
    error_message = "the policy is ${output.json}"
  }
  assert {
    condition     = length(aws_iam_role_policy.pull) + length(aws_iam_policy.pull) == 0
    error_message = "a policy is made that nobody asked for"
  }
  assert {
    condition     = output.policy_arn == null
    error_message = "the policy's ARN is ${jsonencode(output.policy_arn)}"
  }
}

run "without_create_repositories_pulls_create_none" {
  command = plan
  variables {
    create_repositories = false
  }

  assert {
    condition     = !strcontains(output.json, "ecr:CreateRepository") && strcontains(output.json, "ecr:BatchImportUpstreamImage")
    error_message = "the policy is ${output.json}"
  }
}

run "a_slash_at_the_end_of_a_prefix_makes_no_difference" {
  command = plan
  variables {
    prefixes = ["quay/", "team/a"]
  }

  assert {
    condition = output.repository_arns == tolist([
      "arn:aws:ecr:eu-west-1:111122223333:repository/quay/*",
      "arn:aws:ecr:eu-west-1:111122223333:repository/team/a/*",
    ])
    error_message = "the repositories are ${jsonencode(output.repository_arns)}"
  }
}

run "the_prefix_root_is_every_repository" {
  command = plan
  variables {
    prefixes = ["quay", "ROOT"]
  }

  assert {
    condition     = output.repository_arns == tolist(["arn:aws:ecr:eu-west-1:111122223333:repository/*"])
    error_message = "the repositories are ${jsonencode(output.repository_arns)}"
  }
}

run "one_policy_is_about_the_caches_of_all_regions" {
  command = plan
  variables {
    regions    = ["us-east-1", "ap-southeast-2"]
    account_id = "444455556666"
  }

  assert {
    condition = output.repository_arns == tolist([
      "arn:aws:ecr:ap-southeast-2:444455556666:repository/quay/*",
      "arn:aws:ecr:us-east-1:444455556666:repository/quay/*",
    ])
    error_message = "the repositories are ${jsonencode(output.repository_arns)}"
  }
}

run "each_role_has_a_policy_at_its_own_key" {
  command = plan
  variables {
    role_names = { nodes = "eks-node", builds = "builds" }
  }

  assert {
    condition     = { for key, policy in aws_iam_role_policy.pull : key => policy.role } == { builds = "builds", nodes = "eks-node" }
    error_message = "a role has no policy, or another one"
  }
  assert {
    condition     = alltrue([for policy in aws_iam_role_policy.pull : policy.policy == output.json && policy.name_prefix == "ecr-pull-through-cache-"])
    error_message = "a role has no policy, or another one"
  }
}

run "a_managed_policy_has_the_same_document" {
  variables {
    managed_policy = { name = "elastio-pull" }
  }

  assert {
    condition     = one(aws_iam_policy.pull[*].policy) == output.json && one(aws_iam_policy.pull[*].name) == "elastio-pull"
    error_message = "the managed policy is another one"
  }
  assert {
    condition     = output.policy_arn == one(aws_iam_policy.pull[*].arn)
    error_message = "the policy's ARN is ${jsonencode(output.policy_arn)}"
  }
}

run "prefixes_name_at_least_one" {
  command = plan
  variables {
    prefixes = []
  }
  expect_failures = [var.prefixes]
}

run "prefixes_are_such_as_ecr_takes" {
  command = plan
  variables {
    prefixes = ["quay", "Quay"]
  }
  expect_failures = [var.prefixes]
}

run "a_role_is_named_by_its_name" {
  command = plan
  variables {
    role_names = { nodes = "arn:aws:iam::111122223333:role/eks-node" }
  }
  expect_failures = [var.role_names]
}

run "a_roles_name_has_at_most_64_characters" {
  command = plan
  variables {
    role_names = { nodes = "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" }
  }
  expect_failures = [var.role_names]
}

run "a_role_is_given_once" {
  command = plan
  variables {
    role_names = { nodes = "eks-node", others = "eks-node" }
  }
  expect_failures = [var.role_names]
}

run "a_managed_policy_has_a_name_that_iam_takes" {
  command = plan
  variables {
    managed_policy = { name = "elastio/pull" }
  }
  expect_failures = [var.managed_policy]
}

run "a_managed_policy_that_is_no_object_is_refused" {
  command = plan
  variables {
    managed_policy = "pull"
  }
  expect_failures = [var.managed_policy]
}

run "an_attribute_that_a_managed_policy_does_not_have_is_refused" {
  command = plan
  variables {
    managed_policy = { name = "pull", path = "/teams/" }
  }
  expect_failures = [var.managed_policy]
}

run "regions_are_regions_and_no_zones" {
  command = plan
  variables {
    regions = ["eu-west-1a"]
  }
  expect_failures = [var.regions]
}

run "regions_are_of_the_partition_of_the_provider" {
  command = plan
  variables {
    regions = ["eu-west-1", "cn-north-1"]
  }
  expect_failures = [output.json]
}

run "an_account_has_twelve_digits" {
  command = plan
  variables {
    account_id = "11112222333"
  }
  expect_failures = [var.account_id]
}

run "a_managed_policy_has_at_most_6144_characters" {
  command = plan
  variables {
    prefixes       = [for index in range(33) : "a-prefix-of-thirty-${index + 100}-letters"]
    regions        = ["us-east-1", "eu-west-1", "ap-southeast-2"]
    managed_policy = { name = "long" }
  }
  expect_failures = [aws_iam_policy.pull]
}

run "an_inline_policy_has_more_room" {
  command = plan
  variables {
    prefixes   = [for index in range(33) : "a-prefix-of-thirty-${index + 100}-letters"]
    regions    = ["us-east-1", "eu-west-1", "ap-southeast-2"]
    role_names = { nodes = "eks-node" }
  }

  assert {
    condition     = length(output.json) > 6144 && length(output.json) <= 10240
    error_message = "the policy has ${length(output.json)} characters"
  }
}

run "inline_policies_have_at_most_10240_characters" {
  command = plan
  variables {
    prefixes   = [for index in range(45) : "a-prefix-of-thirty-${index + 100}-letters"]
    regions    = ["us-east-1", "eu-west-1", "ap-southeast-2"]
    role_names = { nodes = "eks-node" }
  }
  expect_failures = [aws_iam_role_policy.pull]
}

run "prefixes_whose_template_sets_tags_have_a_statement_of_their_own" {
  command = plan
  variables {
    prefixes        = ["quay", "team/a", "docker-hub"]
    tagged_prefixes = ["docker-hub/", "quay"]
    regions         = ["us-east-1", "eu-west-1"]
  }

  assert {
    condition = slice(jsondecode(output.json).Statement, 1, 3) == [
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchImportUpstreamImage",
          "ecr:CreateRepository",
        ]
        Resource = [
          "arn:aws:ecr:eu-west-1:111122223333:repository/team/a/*",
          "arn:aws:ecr:us-east-1:111122223333:repository/team/a/*",
        ]
      },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchImportUpstreamImage",
          "ecr:CreateRepository",
          "ecr:TagResource",
        ]
        Resource = [
          "arn:aws:ecr:eu-west-1:111122223333:repository/docker-hub/*",
          "arn:aws:ecr:eu-west-1:111122223333:repository/quay/*",
          "arn:aws:ecr:us-east-1:111122223333:repository/docker-hub/*",
          "arn:aws:ecr:us-east-1:111122223333:repository/quay/*",
        ]
      },
    ]
    error_message = "the policy is ${output.json}"
  }
  assert {
    condition     = length(output.repository_arns) == 6
    error_message = "the repositories are ${jsonencode(output.repository_arns)}"
  }
}

run "where_every_template_sets_tags_no_other_statement_is_left" {
  command = plan
  variables {
    tagged_prefixes = ["quay"]
  }

  assert {
    condition     = length(jsondecode(output.json).Statement) == 2 && strcontains(output.json, "ecr:TagResource")
    error_message = "the policy is ${output.json}"
  }
}

run "without_create_repositories_pulls_tag_none" {
  command = plan
  variables {
    prefixes            = ["quay", "team/a"]
    tagged_prefixes     = ["quay"]
    create_repositories = false
  }

  assert {
    condition     = length(jsondecode(output.json).Statement) == 2 && !strcontains(output.json, "ecr:TagResource")
    error_message = "the policy is ${output.json}"
  }
}

run "tagged_prefixes_are_some_of_the_prefixes" {
  command = plan
  variables {
    tagged_prefixes = ["quay", "quai"]
  }
  expect_failures = [output.json]
}

run "as_many_prefixes_fit_a_managed_policy_where_all_of_them_have_tags" {
  command = plan
  variables {
    prefixes        = [for index in range(72) : "a-prefix-of-thirty-${index + 100}-letters"]
    tagged_prefixes = [for index in range(72) : "a-prefix-of-thirty-${index + 100}-letters"]
    managed_policy  = { name = "long" }
  }

  assert {
    condition     = length(output.json) == 6139
    error_message = "the policy has ${length(output.json)} characters"
  }
}

run "a_second_statement_counts_towards_the_length_of_a_managed_policy" {
  command = plan
  variables {
    prefixes        = [for index in range(72) : "a-prefix-of-thirty-${index + 100}-letters"]
    tagged_prefixes = [for index in range(71) : "a-prefix-of-thirty-${index + 100}-letters"]
    managed_policy  = { name = "long" }
  }
  expect_failures = [aws_iam_policy.pull]
}

run "fails_with_sensitive_names_of_roles" {
  command = plan

  variables {
    role_names = sensitive({ nodes = "nodes" })
  }

  expect_failures = [var.role_names]
}
