mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  # An ephemeral variable of a root module has to be said to be empty where a run applies.
  credentials = {}
}

run "fails_without_an_upstream" {
  command = plan

  variables {
    upstreams = {}
  }

  expect_failures = [var.upstreams]
}

run "fails_with_51_upstreams" {
  command = plan

  variables {
    upstreams = { for n in range(51) : "quay-${n}" => { kind = "quay", prefix = "quay-${n}" } }
  }

  expect_failures = [var.upstreams]
}

run "takes_50_upstreams" {
  command = plan

  variables {
    upstreams = { for n in range(50) : "quay-${n}" => { kind = "quay", prefix = "quay-${n}" } }
  }

  assert {
    condition     = length(aws_ecr_pull_through_cache_rule.upstream) == 50
    error_message = "50 upstreams are not 50 rules"
  }
}

run "makes_a_rule_of_the_kind_that_the_key_names" {
  command = plan

  variables {
    upstreams = {
      ecr-public = {}
      kubernetes = {}
      quay       = {}
      docker-hub = { credential_secret_name = "ecr-pullthroughcache/one-for-all" }
      github     = { credential_secret_name = "ecr-pullthroughcache/one-for-all" }
      gitlab     = { credential_secret_name = "ecr-pullthroughcache/one-for-all" }
      chainguard = { credential_secret_name = "ecr-pullthroughcache/one-for-all" }
      azure = {
        registry_name          = "contoso"
        credential_secret_name = "ecr-pullthroughcache/one-for-all"
      }
      private-ecr = { region = "eu-west-1" }
    }
  }

  assert {
    condition = {
      for key, rule in aws_ecr_pull_through_cache_rule.upstream :
      key => "${rule.ecr_repository_prefix} ${rule.upstream_registry_url}"
      } == {
      ecr-public  = "ecr-public public.ecr.aws"
      kubernetes  = "kubernetes registry.k8s.io"
      quay        = "quay quay.io"
      docker-hub  = "docker-hub registry-1.docker.io"
      github      = "github ghcr.io"
      gitlab      = "gitlab registry.gitlab.com"
      chainguard  = "chainguard cgr.dev"
      azure       = "azure contoso.azurecr.io"
      private-ecr = "ecr 111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    }
    error_message = "a prefix or a URL is another"
  }

  assert {
    condition = { for key, template in aws_ecr_repository_creation_template.upstream : key => template.prefix } == {
      for key, rule in aws_ecr_pull_through_cache_rule.upstream : key => rule.ecr_repository_prefix
    }
    error_message = "a rule has no template of its prefix"
  }

  assert {
    condition = alltrue([
      for key, rule in aws_ecr_pull_through_cache_rule.upstream : rule.custom_role_arn == null
    ])
    error_message = "a rule has a role that it does not need"
  }
}

run "takes_a_kind_beside_a_key_of_its_own" {
  command = plan

  variables {
    upstreams = {
      images = { kind = "quay" }
      charts = { kind = "quay", prefix = "charts" }
    }
  }

  assert {
    condition = { for key, rule in aws_ecr_pull_through_cache_rule.upstream : key => rule.ecr_repository_prefix } == {
      images = "quay"
      charts = "charts"
    }
    error_message = "the prefix is not that of the kind, or that given"
  }

  assert {
    condition = alltrue([
      for rule in aws_ecr_pull_through_cache_rule.upstream : rule.upstream_registry_url == "quay.io"
    ])
    error_message = "the URL is not that of the kind"
  }
}

run "fails_with_a_key_that_is_no_kind" {
  command = plan

  variables {
    upstreams = {
      gcr = { prefix = "gcr" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_kind_that_ecr_cannot_cache" {
  command = plan

  variables {
    upstreams = {
      quay = { kind = "harbor", prefix = "harbor" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_kind_that_is_empty" {
  command = plan

  variables {
    upstreams = {
      quay = { kind = "", prefix = "quay" }
    }
  }

  expect_failures = [var.upstreams]
}

# They have no prefix, and so not the same one.
run "fails_with_several_kinds_that_ecr_cannot_cache" {
  command = plan

  variables {
    upstreams = {
      gcr    = {}
      harbor = {}
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_prefix_of_1_character" {
  command = plan

  variables {
    upstreams = {
      quay = { prefix = "q" }
    }
  }

  expect_failures = [var.upstreams]
}

run "takes_prefixes_of_2_and_30_characters" {
  command = plan

  variables {
    upstreams = {
      quay       = { prefix = "qy" }
      kubernetes = { prefix = "registry.k8s.io/and/more/of-it" }
    }
  }

  assert {
    condition = { for key, rule in aws_ecr_pull_through_cache_rule.upstream : key => rule.ecr_repository_prefix } == {
      quay       = "qy"
      kubernetes = "registry.k8s.io/and/more/of-it"
    }
    error_message = "the prefix is not that given"
  }
}

run "fails_with_a_prefix_of_31_characters" {
  command = plan

  variables {
    upstreams = {
      quay = { prefix = "registry.k8s.io/and/more/of-it2" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_prefix_in_capitals" {
  command = plan

  variables {
    upstreams = {
      quay = { prefix = "Quay" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_prefix_that_is_empty" {
  command = plan

  variables {
    upstreams = {
      quay = { prefix = "" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_prefix_that_is_used_twice" {
  command = plan

  variables {
    upstreams = {
      quay       = { prefix = "images" }
      kubernetes = { prefix = "images" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_prefix_that_differs_by_a_slash_at_its_end" {
  command = plan

  variables {
    upstreams = {
      quay   = {}
      mirror = { kind = "kubernetes", prefix = "quay/" }
    }
  }

  expect_failures = [var.upstreams]
}

run "makes_a_rule_of_a_prefix_with_a_slash_at_its_end" {
  command = plan

  variables {
    upstreams = {
      quay = { prefix = "quay/" }
    }
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["quay"].ecr_repository_prefix == "quay/"
    error_message = "the prefix is not that given"
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].prefix == "quay/"
    error_message = "the template is of another prefix"
  }
}

run "fails_with_an_unlisted_registry_without_a_prefix" {
  command = plan

  variables {
    upstreams = {
      unlisted = { upstream_registry_url = "registry.example.com" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_region_of_another_kind" {
  command = plan

  variables {
    upstreams = {
      quay = { region = "eu-west-1" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_registry_name_of_another_kind" {
  command = plan

  variables {
    upstreams = {
      quay = { registry_name = "contoso" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_registry_url_of_another_kind" {
  command = plan

  variables {
    upstreams = {
      quay = { upstream_registry_url = "quay.io" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_account_id_of_another_kind" {
  command = plan

  variables {
    upstreams = {
      quay = { account_id = "444455556666" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_repository_prefix_of_another_kind" {
  command = plan

  variables {
    upstreams = {
      quay = { upstream_repository_prefix = "base" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_role_of_another_kind" {
  command = plan

  variables {
    upstreams = {
      quay = { role = { arn = "arn:aws:iam::111122223333:role/reads" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_without_the_name_of_an_azure_registry" {
  command = plan

  variables {
    upstreams = {
      azure = { credential_secret_name = "ecr-pullthroughcache/azure" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_azure_registry_of_4_characters" {
  command = plan

  variables {
    upstreams = {
      azure = { registry_name = "four", credential_secret_name = "ecr-pullthroughcache/azure" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_azure_registry_of_51_characters" {
  command = plan

  variables {
    upstreams = {
      azure = { registry_name = format("%051d", 0), credential_secret_name = "ecr-pullthroughcache/azure" }
    }
  }

  expect_failures = [var.upstreams]
}

run "takes_azure_registries_of_5_and_50_characters_and_with_a_hash" {
  command = plan

  variables {
    upstreams = {
      five  = { kind = "azure", prefix = "five", registry_name = "fives", credential_secret_name = "ecr-pullthroughcache/azure" }
      fifty = { kind = "azure", prefix = "fifty", registry_name = format("%050d", 0), credential_secret_name = "ecr-pullthroughcache/azure" }
      hash  = { kind = "azure", prefix = "hash", registry_name = "contoso-a1b2", credential_secret_name = "ecr-pullthroughcache/azure" }
    }
  }

  assert {
    condition = { for key, rule in aws_ecr_pull_through_cache_rule.upstream : key => rule.upstream_registry_url } == {
      five  = "fives.azurecr.io"
      fifty = "${format("%050d", 0)}.azurecr.io"
      hash  = "contoso-a1b2.azurecr.io"
    }
    error_message = "the URL is not made of the name"
  }
}

run "fails_without_the_url_of_an_unlisted_registry" {
  command = plan

  variables {
    upstreams = {
      unlisted = { prefix = "new" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_unlisted_registry_given_with_its_scheme" {
  command = plan

  variables {
    upstreams = {
      unlisted = { prefix = "new", upstream_registry_url = "https://registry.example.com" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_unlisted_registry_that_is_listed" {
  command = plan

  variables {
    upstreams = {
      unlisted = { prefix = "new", upstream_registry_url = "quay.io" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_unlisted_registry_that_is_one_of_azure" {
  command = plan

  variables {
    upstreams = {
      unlisted = { prefix = "new", upstream_registry_url = "contoso.azurecr.io" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_private_registry_without_a_region" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {}
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_private_registry_in_a_zone" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "eu-west-1a" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_account_of_11_digits" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "eu-west-1", account_id = "44445555666" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_account_of_13_digits" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "eu-west-1", account_id = "4444555566667" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_repository_prefix_of_1_character" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "eu-west-1", upstream_repository_prefix = "b" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_repository_prefix_of_31_characters" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "eu-west-1", upstream_repository_prefix = "registry.k8s.io/and/more/of-it2" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_repository_prefix_beside_the_prefix_root" {
  command = plan

  variables {
    upstreams = {
      private-ecr = { region = "eu-west-1", prefix = "ROOT", upstream_repository_prefix = "base" }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_role_that_is_a_user" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {
        region     = "eu-west-1"
        account_id = "444455556666"
        role       = { arn = "arn:aws:iam::111122223333:user/reads" }
      }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_upstream_role_arn_of_2049_characters" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {
        region     = "eu-west-1"
        account_id = "444455556666"
        role       = { arn = "arn:aws:iam::111122223333:role/${format("%02018d", 0)}" }
      }
    }
  }

  expect_failures = [var.upstreams]
}

run "caches_a_part_of_another_region" {
  command = plan

  variables {
    upstreams = {
      all  = { kind = "private-ecr", prefix = "all", region = "eu-west-1" }
      part = { kind = "private-ecr", prefix = "part", region = "eu-west-1", upstream_repository_prefix = "base" }
      root = { kind = "private-ecr", prefix = "ROOT", region = "eu-west-1", upstream_repository_prefix = "ROOT" }
      quay = {}
    }
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["all"].upstream_repository_prefix == "ROOT"
    error_message = "AWS would answer with ROOT, and have the rule replaced"
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["part"].upstream_repository_prefix == "base"
    error_message = "the part is not that given"
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["root"].upstream_repository_prefix == null
    error_message = "AWS takes none beside the prefix ROOT"
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["quay"].upstream_repository_prefix == null
    error_message = "it is given for a registry that has none"
  }

  assert {
    condition     = length(aws_iam_role.upstream) + length(aws_iam_role_policy.upstream) == 0
    error_message = "a role is made that nothing needs"
  }
}

run "reads_another_account_with_a_role_that_is_made" {
  command = apply

  variables {
    upstreams = {
      platform = { kind = "private-ecr", prefix = "platform", region = "us-east-1", account_id = "444455556666" }
      data     = { kind = "private-ecr", prefix = "data", region = "eu-west-1", account_id = "777788889999" }
      own      = { kind = "private-ecr", region = "eu-west-1", account_id = "111122223333" }
    }
  }

  assert {
    condition = { for key, rule in aws_ecr_pull_through_cache_rule.upstream : key => rule.upstream_registry_url } == {
      platform = "444455556666.dkr.ecr.us-east-1.amazonaws.com"
      data     = "777788889999.dkr.ecr.eu-west-1.amazonaws.com"
      own      = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    }
    error_message = "a URL is not that of the account and region"
  }

  assert {
    condition = {
      for key, rule in aws_ecr_pull_through_cache_rule.upstream :
      key => rule.custom_role_arn == null ? "none" : rule.custom_role_arn
      } == {
      platform = "arn:aws:iam::111122223333:role/made"
      data     = "arn:aws:iam::111122223333:role/made"
      own      = "none"
    }
    error_message = "other accounts are not read with the role, or the own one is"
  }

  assert {
    condition     = length(aws_iam_role.upstream) == 1
    error_message = "one role is enough for all"
  }

  assert {
    condition     = jsondecode(aws_iam_role.upstream[0].assume_role_policy).Statement[0].Principal == { Service = "pullthroughcache.ecr.amazonaws.com" }
    error_message = "ECR cannot assume the role"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.upstream[0].policy).Statement == [
      {
        Effect = "Allow"
        Action = [
          "ecr:GetDownloadUrlForLayer",
          "ecr:GetAuthorizationToken",
          "ecr:BatchImportUpstreamImage",
          "ecr:BatchGetImage",
          "ecr:GetImageCopyStatus",
          "ecr:InitiateLayerUpload",
          "ecr:UploadLayerPart",
          "ecr:CompleteLayerUpload",
          "ecr:PutImage",
        ]
        Resource = "*"
      },
    ]
    error_message = "the role may do something else than read an upstream"
  }

  assert {
    condition     = aws_iam_role_policy.upstream[0].role == aws_iam_role.upstream[0].name
    error_message = "the policy is not that of the role"
  }
}

run "reads_another_account_with_the_role_that_is_given" {
  command = plan

  variables {
    upstreams = {
      private-ecr = {
        region     = "us-east-1"
        account_id = "444455556666"
        role       = { arn = "arn:aws:iam::111122223333:role/path/reads" }
      }
    }
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["private-ecr"].custom_role_arn == "arn:aws:iam::111122223333:role/path/reads"
    error_message = "the role is not that given"
  }

  assert {
    condition     = length(aws_iam_role.upstream) + length(aws_iam_role_policy.upstream) == 0
    error_message = "a role is made beside it"
  }
}

run "fails_with_an_upstream_that_is_null" {
  command = plan

  variables {
    upstreams = { quay = {}, kubernetes = null }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_sensitive_upstreams" {
  command = plan

  variables {
    upstreams = sensitive({ quay = {} })
  }

  expect_failures = [var.upstreams]
}
