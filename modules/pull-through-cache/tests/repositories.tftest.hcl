mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  upstreams = { quay = {} }
  # An ephemeral variable of a root module has to be said to be empty where a run applies.
  credentials = {}
}

run "fails_with_0_days_before_untagged_images_go" {
  command = plan

  variables {
    repository_settings = { untagged_expiration_in_days = 0 }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_0_days_before_untagged_images_go_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { untagged_expiration_in_days = 0 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_half_a_day_before_untagged_images_go" {
  command = plan

  variables {
    repository_settings = { untagged_expiration_in_days = 1.5 }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_half_a_day_before_untagged_images_go_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { untagged_expiration_in_days = 1.5 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_0_images_to_keep" {
  command = plan

  variables {
    repository_settings = { keep_last_images = 0 }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_0_images_to_keep_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { keep_last_images = 0 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_half_an_image_to_keep" {
  command = plan

  variables {
    repository_settings = { keep_last_images = 1.5 }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_half_an_image_to_keep_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { keep_last_images = 1.5 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_mutability_that_is_none" {
  command = plan

  variables {
    repository_settings = { tag_mutability = "mutable" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_mutability_that_is_none_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { tag_mutability = "mutable" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_alias_for_a_kms_key" {
  command = plan

  variables {
    repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:alias/key" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_an_alias_for_a_kms_key_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:alias/key" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_51_tags" {
  command = plan

  variables {
    repository_settings = { tags = { for n in range(51) : "tag-${n}" => "x" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_51_tags_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { tags = { for n in range(51) : "tag-${n}" => "x" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_tag_of_aws" {
  command = plan

  variables {
    repository_settings = { tags = { "aws:team" = "platform" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_tag_of_aws_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { tags = { "aws:team" = "platform" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_the_key_of_a_tag_of_129_characters" {
  command = plan

  variables {
    repository_settings = { tags = { (format("%0129d", 0)) = "x" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_the_key_of_a_tag_of_129_characters_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { tags = { (format("%0129d", 0)) = "x" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_the_value_of_a_tag_of_257_characters" {
  command = plan

  variables {
    repository_settings = { tags = { team = format("%0257d", 0) } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_the_value_of_a_tag_of_257_characters_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { tags = { team = format("%0257d", 0) } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_tag_without_a_value" {
  command = plan

  variables {
    repository_settings = { tags = { team = null } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_tag_without_a_value_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { tags = { team = null } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_policy_that_is_no_json" {
  command = plan

  variables {
    repository_settings = { repository_policy = "Allow all" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_policy_that_is_no_json_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { repository_policy = "Allow all" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_policy_that_is_a_list" {
  command = plan

  variables {
    repository_settings = { repository_policy = "[]" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_policy_that_is_a_list_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { repository_policy = "[]" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_policy_of_10241_characters" {
  command = plan

  variables {
    repository_settings = { repository_policy = jsonencode({ Id = format("%010232d", 0) }) }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_policy_of_10241_characters_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { repository_policy = jsonencode({ Id = format("%010232d", 0) }) } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_policy_for_a_role" {
  command = plan

  variables {
    repository_settings = { role = { arn = "arn:aws:iam::111122223333:policy/creates" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_policy_for_a_role_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { role = { arn = "arn:aws:iam::111122223333:policy/creates" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_role_arn_of_2049_characters" {
  command = plan

  variables {
    repository_settings = { role = { arn = "arn:aws:iam::111122223333:role/${format("%02018d", 0)}" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_role_arn_of_2049_characters_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { role = { arn = "arn:aws:iam::111122223333:role/${format("%02018d", 0)}" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_settings_beside_no_template" {
  command = plan

  variables {
    repository_settings = { creation_template = false, tag_mutability = "MUTABLE" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_settings_beside_no_template_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { creation_template = false, tag_mutability = "MUTABLE" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_days_beside_all_images" {
  command = plan

  variables {
    repository_settings = { keep_all_images = true, untagged_expiration_in_days = 7 }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_days_beside_all_images_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { keep_all_images = true, untagged_expiration_in_days = 7 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_number_beside_all_images" {
  command = plan

  variables {
    repository_settings = { keep_all_images = true, keep_last_images = 7 }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_number_beside_all_images_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { keep_all_images = true, keep_last_images = 7 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_empty_description" {
  command = plan

  variables {
    repository_settings = { description = "" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_an_empty_description_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { description = "" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_description_of_256_bytes" {
  command = plan

  variables {
    repository_settings = { description = join("", [for n in range(128) : "ä"]) }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_description_of_256_bytes_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { description = join("", [for n in range(128) : "ä"]) } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_lifecycle_policy_that_is_no_json" {
  command = plan

  variables {
    repository_settings = { lifecycle_policy = "keep 10" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_lifecycle_policy_that_is_no_json_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { lifecycle_policy = "keep 10" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_lifecycle_policy_without_rules" {
  command = plan

  variables {
    repository_settings = { lifecycle_policy = jsonencode({ rules = [] }) }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_lifecycle_policy_without_rules_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { lifecycle_policy = jsonencode({ rules = [] }) } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_lifecycle_policy_that_is_a_list" {
  command = plan

  variables {
    repository_settings = { lifecycle_policy = jsonencode([{}]) }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_lifecycle_policy_that_is_a_list_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { lifecycle_policy = jsonencode([{}]) } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_lifecycle_policy_of_30721_characters" {
  command = plan

  variables {
    repository_settings = { lifecycle_policy = jsonencode({ rules = [format("%030707d", 0)] }) }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_lifecycle_policy_of_30721_characters_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { lifecycle_policy = jsonencode({ rules = [format("%030707d", 0)] }) } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_days_beside_a_lifecycle_policy" {
  command = plan

  variables {
    repository_settings = { lifecycle_policy = jsonencode({ rules = [{}] }), untagged_expiration_in_days = 7 }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_days_beside_a_lifecycle_policy_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { lifecycle_policy = jsonencode({ rules = [{}] }), untagged_expiration_in_days = 7 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_number_beside_a_lifecycle_policy" {
  command = plan

  variables {
    repository_settings = { lifecycle_policy = jsonencode({ rules = [{}] }), keep_last_images = 7 }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_number_beside_a_lifecycle_policy_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { lifecycle_policy = jsonencode({ rules = [{}] }), keep_last_images = 7 } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_all_images_beside_a_lifecycle_policy" {
  command = plan

  variables {
    repository_settings = { lifecycle_policy = jsonencode({ rules = [{}] }), keep_all_images = true }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_all_images_beside_a_lifecycle_policy_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { lifecycle_policy = jsonencode({ rules = [{}] }), keep_all_images = true } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_encryption_that_is_none" {
  command = plan

  variables {
    repository_settings = { encryption_type = "KMS_DSSE" }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_an_encryption_that_is_none_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { encryption_type = "KMS_DSSE" } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_an_encryption_beside_a_key" {
  command = plan

  variables {
    repository_settings = { encryption_type = "KMS", kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/one" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_an_encryption_beside_a_key_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { encryption_type = "KMS", kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/one" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "fails_with_a_kms_key_in_capitals" {
  command = plan

  variables {
    repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/ABC" } }
  }

  expect_failures = [var.repository_settings]
}

run "fails_with_a_kms_key_in_capitals_of_one_upstream" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/ABC" } } }
    }
  }

  expect_failures = [var.upstreams]
}

run "takes_each_bound" {
  command = plan

  variables {
    upstreams = {
      quay   = {}
      policy = { kind = "quay", prefix = "policy", repository_settings = { lifecycle_policy = jsonencode({ rules = [format("%030706d", 0)] }) } }
    }
    repository_settings = {
      description                 = format("%0255d", 0)
      untagged_expiration_in_days = 1
      keep_last_images            = 1
      tags = merge(
        { for n in range(49) : "tag-${n}" => "" },
        { (format("%0128d", 0)) = format("%0256d", 0) },
      )
      repository_policy = jsonencode({ Id = format("%010231d", 0) })
      role              = { arn = "arn:aws:iam::111122223333:role/${format("%02017d", 0)}" }
    }
  }

  assert {
    condition = [
      for rule in jsondecode(aws_ecr_repository_creation_template.upstream["quay"].lifecycle_policy).rules : rule.selection.countNumber
    ] == [1, 1]
    error_message = "the limits are not those given"
  }

  assert {
    condition     = length(aws_ecr_repository_creation_template.upstream["policy"].lifecycle_policy) == 30720
    error_message = "the lifecycle policy is not that given"
  }

  assert {
    condition     = length(aws_ecr_repository_creation_template.upstream["quay"].description) == 255
    error_message = "the description is not that given"
  }

  assert {
    condition     = length(aws_ecr_repository_creation_template.upstream["quay"].resource_tags) == 50
    error_message = "the tags are not those given"
  }

  assert {
    condition     = length(aws_ecr_repository_creation_template.upstream["quay"].repository_policy) == 10240
    error_message = "the policy is not that given"
  }

  assert {
    condition     = length(aws_ecr_repository_creation_template.upstream["quay"].custom_role_arn) == 2048
    error_message = "the role is not that given"
  }
}

run "makes_a_template_that_bounds_what_is_stored" {
  command = plan

  variables {
    repository_settings = {}
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].applied_for == toset(["PULL_THROUGH_CACHE"])
    error_message = "it is for something else than the cache"
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].image_tag_mutability == "MUTABLE"
    error_message = "tags cannot move"
  }

  assert {
    condition = jsondecode(aws_ecr_repository_creation_template.upstream["quay"].lifecycle_policy) == {
      rules = [
        {
          rulePriority = 2
          description  = "Keep the newest images"
          selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 100 }
          action       = { type = "expire" }
        },
      ]
    }
    error_message = "the lifecycle is another"
  }

  assert {
    condition     = length(aws_ecr_repository_creation_template.upstream["quay"].encryption_configuration) == 0
    error_message = "it is encrypted with a key that nobody gave"
  }

  assert {
    condition = alltrue([
      for value in [
        aws_ecr_repository_creation_template.upstream["quay"].description,
        aws_ecr_repository_creation_template.upstream["quay"].repository_policy,
        aws_ecr_repository_creation_template.upstream["quay"].resource_tags,
        aws_ecr_repository_creation_template.upstream["quay"].custom_role_arn,
      ] : value == null
    ])
    error_message = "it has what nobody gave"
  }

  assert {
    condition     = length(aws_iam_role.repository_creation) + length(aws_iam_role_policy.repository_creation) == 0
    error_message = "a role is made that nothing needs"
  }
}

run "keeps_all_images" {
  command = plan

  variables {
    repository_settings = { keep_all_images = true }
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].lifecycle_policy == null
    error_message = "images are deleted"
  }
}

run "makes_no_template_where_none_is_wanted" {
  command = plan

  variables {
    upstreams = {
      quay       = {}
      kubernetes = { repository_settings = { creation_template = false } }
    }
    repository_settings = { tags = { team = "platform" } }
  }

  assert {
    condition     = keys(aws_ecr_repository_creation_template.upstream) == ["quay"]
    error_message = "the templates are not those wanted"
  }

  assert {
    condition     = keys(aws_ecr_pull_through_cache_rule.upstream) == ["kubernetes", "quay"]
    error_message = "a rule went with its template"
  }
}

run "makes_a_template_for_an_upstream_that_says_how_its_repositories_look" {
  command = plan

  variables {
    upstreams = {
      quay       = {}
      kubernetes = { repository_settings = { keep_last_images = 5 } }
      ecr-public = { repository_settings = {} }
    }
    repository_settings = { creation_template = false }
  }

  assert {
    condition = { for key, template in aws_ecr_repository_creation_template.upstream : key => [
      for rule in jsondecode(template.lifecycle_policy).rules : rule.selection.countNumber
    ] } == { kubernetes = [5] }
    error_message = "the templates are not those wanted"
  }
}

run "merges_the_settings_of_an_upstream_with_the_common_ones" {
  command = plan

  variables {
    upstreams = {
      common = { kind = "quay" }
      days   = { kind = "quay", prefix = "days", repository_settings = { untagged_expiration_in_days = 3 } }
      all    = { kind = "quay", prefix = "all", repository_settings = { keep_all_images = true } }
      bare   = { kind = "quay", prefix = "bare", repository_settings = { tags = {} } }
      own = {
        kind   = "quay"
        prefix = "own"
        repository_settings = {
          tag_mutability    = "MUTABLE"
          tags              = { team = "data" }
          repository_policy = jsonencode({ Id = "own" })
          role              = { arn = "arn:aws:iam::111122223333:role/own" }
        }
      }
    }
    repository_settings = {
      keep_last_images  = 50
      tag_mutability    = "IMMUTABLE"
      tags              = { team = "platform" }
      repository_policy = jsonencode({ Id = "common" })
      role              = { arn = "arn:aws:iam::111122223333:role/common" }
    }
    acknowledged_warnings = ["immutable-tags"]
  }

  assert {
    condition = {
      for key, template in aws_ecr_repository_creation_template.upstream :
      key => template.lifecycle_policy == null ? "" : join(" and ", [
        for rule in jsondecode(template.lifecycle_policy).rules : rule.selection.countNumber
      ])
      } == {
      common = "50"
      days   = "3 and 50"
      all    = ""
      bare   = "50"
      own    = "50"
    }
    error_message = "the limits are not merged"
  }

  assert {
    condition = { for key, template in aws_ecr_repository_creation_template.upstream : key => template.image_tag_mutability } == {
      common = "IMMUTABLE"
      days   = "IMMUTABLE"
      all    = "IMMUTABLE"
      bare   = "IMMUTABLE"
      own    = "MUTABLE"
    }
    error_message = "the mutability is not merged"
  }

  assert {
    condition = {
      for key, template in aws_ecr_repository_creation_template.upstream :
      key => try(template.resource_tags["team"], null)
      } == {
      common = "platform"
      days   = "platform"
      all    = "platform"
      bare   = null
      own    = "data"
    }
    error_message = "the tags are not merged"
  }

  assert {
    condition = { for key, template in aws_ecr_repository_creation_template.upstream : key => jsondecode(template.repository_policy).Id } == {
      common = "common"
      days   = "common"
      all    = "common"
      bare   = "common"
      own    = "own"
    }
    error_message = "the policy is not merged"
  }

  assert {
    condition = {
      for key, template in aws_ecr_repository_creation_template.upstream :
      key => split("/", template.custom_role_arn)[1]
      } == {
      common = "common"
      days   = "common"
      all    = "common"
      bare   = "common"
      own    = "own"
    }
    error_message = "the role is not merged"
  }

  assert {
    condition     = length(aws_iam_role.repository_creation) == 0
    error_message = "a role is made beside those given"
  }
}

run "keeps_limits_of_one_upstream_beside_all_images_of_the_others" {
  command = plan

  variables {
    upstreams = {
      quay       = {}
      kubernetes = { repository_settings = { keep_last_images = 5 } }
    }
    repository_settings = { keep_all_images = true }
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].lifecycle_policy == null
    error_message = "images of the others are deleted"
  }

  assert {
    condition     = jsondecode(aws_ecr_repository_creation_template.upstream["kubernetes"].lifecycle_policy).rules[0].selection.countNumber == 5
    error_message = "its own limit is lost"
  }
}

run "has_one_lifecycle_of_a_policy_and_the_settings_that_it_excludes" {
  command = plan

  variables {
    upstreams = {
      common = { kind = "quay" }
      bare   = { kind = "quay", prefix = "bare", repository_settings = { tags = {} } }
      number = { kind = "quay", prefix = "number", repository_settings = { keep_last_images = 5 } }
      days   = { kind = "quay", prefix = "days", repository_settings = { untagged_expiration_in_days = 3 } }
      all    = { kind = "quay", prefix = "all", repository_settings = { keep_all_images = true } }
      own    = { kind = "quay", prefix = "own", repository_settings = { lifecycle_policy = jsonencode({ rules = ["own"] }) } }
    }
    repository_settings = { lifecycle_policy = jsonencode({ rules = ["common"] }) }
  }

  assert {
    condition = {
      for key, template in aws_ecr_repository_creation_template.upstream :
      key => template.lifecycle_policy == null ? "" : join(" and ", [
        for rule in jsondecode(template.lifecycle_policy).rules : try(rule.selection.countNumber, rule)
      ])
      } == {
      common = "common"
      bare   = "common"
      number = "5"
      days   = "3 and 100"
      all    = ""
      own    = "own"
    }
    error_message = "the policy is not where it belongs"
  }
}

run "prefers_a_policy_of_one_upstream_to_the_common_settings" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { lifecycle_policy = jsonencode({ rules = ["own"] }) } }
    }
    repository_settings = { keep_all_images = true }
  }

  assert {
    condition     = jsondecode(aws_ecr_repository_creation_template.upstream["quay"].lifecycle_policy) == { rules = ["own"] }
    error_message = "its own policy is lost"
  }
}

run "makes_a_role_where_repositories_have_tags" {
  command = apply

  variables {
    upstreams = {
      quay       = { repository_settings = { tags = { team = "platform" } } }
      kubernetes = {}
    }
  }

  assert {
    condition = {
      for key, template in aws_ecr_repository_creation_template.upstream :
      key => template.custom_role_arn == null ? "none" : template.custom_role_arn
      } == {
      quay       = "arn:aws:iam::111122223333:role/made"
      kubernetes = "none"
    }
    error_message = "the role is not where it is needed, or elsewhere too"
  }

  assert {
    condition     = jsondecode(aws_iam_role.repository_creation[0].assume_role_policy).Statement[0].Principal == { Service = "ecr.amazonaws.com" }
    error_message = "ECR cannot assume the role"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.repository_creation[0].policy).Statement == [
      {
        Effect   = "Allow"
        Action   = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"]
        Resource = "*"
      },
    ]
    error_message = "the role may do something else than create repositories"
  }

  assert {
    condition     = aws_iam_role_policy.repository_creation[0].role == aws_iam_role.repository_creation[0].name
    error_message = "the policy is not that of the role"
  }
}

run "makes_a_role_that_may_use_the_kms_keys" {
  command = apply

  variables {
    upstreams = {
      quay       = {}
      kubernetes = { repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/one" } } }
      ecr-public = { repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/other" } } }
      given = {
        kind   = "quay"
        prefix = "given"
        repository_settings = {
          kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/given" }
          role    = { arn = "arn:aws:iam::111122223333:role/given" }
        }
      }
    }
    repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/one" } }
  }

  assert {
    condition = {
      for key, template in aws_ecr_repository_creation_template.upstream :
      key => "${template.encryption_configuration[0].encryption_type} ${split("/", template.encryption_configuration[0].kms_key)[1]}"
      } == {
      quay       = "KMS one"
      kubernetes = "KMS one"
      ecr-public = "KMS other"
      given      = "KMS given"
    }
    error_message = "the keys are not those given"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.repository_creation[0].policy).Statement[1] == {
      Effect = "Allow"
      Action = ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"]
      Resource = [
        "arn:aws:kms:us-east-1:111122223333:key/other",
        "arn:aws:kms:us-east-1:111122223333:key/one",
      ]
    }
    error_message = "the role may use other keys than those of its templates"
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["given"].custom_role_arn == "arn:aws:iam::111122223333:role/given"
    error_message = "the role is not that given"
  }
}

run "makes_a_role_for_the_key_of_aws" {
  command = apply

  variables {
    upstreams = {
      quay       = {}
      kubernetes = { repository_settings = { encryption_type = "AES256" } }
      ecr-public = { repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/own" } } }
    }
    repository_settings = { encryption_type = "KMS" }
  }

  assert {
    condition = {
      for key, template in aws_ecr_repository_creation_template.upstream :
      key => join(" ", [for encryption in template.encryption_configuration : "${encryption.encryption_type} ${try(split("/", encryption.kms_key)[1], "aws")}"])
      } == {
      quay       = "KMS aws"
      kubernetes = ""
      ecr-public = "KMS own"
    }
    error_message = "the keys are not those given"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.repository_creation[0].policy).Statement[1] == {
      Effect   = "Allow"
      Action   = ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"]
      Resource = ["arn:aws:kms:us-east-1:111122223333:key/own", "*"]
    }
    error_message = "the role may not use the key of AWS"
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["kubernetes"].custom_role_arn == null
    error_message = "a role is given where nothing needs it"
  }
}

run "replaces_a_common_key_by_what_one_upstream_says" {
  command = plan

  variables {
    upstreams = {
      quay       = { repository_settings = { encryption_type = "KMS" } }
      kubernetes = { repository_settings = { encryption_type = "AES256" } }
    }
    repository_settings = { kms_key = { arn = "arn:aws:kms:us-east-1:111122223333:key/common" } }
  }

  assert {
    condition = {
      for key, template in aws_ecr_repository_creation_template.upstream :
      key => length(template.encryption_configuration)
    } == { quay = 1, kubernetes = 0 }
    error_message = "the common key is used"
  }
}
