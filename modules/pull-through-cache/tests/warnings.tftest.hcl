mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "china"
  source = "./tests/mocks-of-china"
}

run "warns_of_immutable_tags" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { tag_mutability = "IMMUTABLE" } }
    }
  }

  expect_failures = [check.immutable_tags]
}

run "does_not_warn_of_immutable_tags_that_are_acknowledged" {
  command = plan

  variables {
    upstreams = {
      quay = { repository_settings = { tag_mutability = "IMMUTABLE" } }
    }
    acknowledged_warnings = ["immutable-tags"]
  }

  assert {
    condition     = aws_ecr_repository_creation_template.upstream["quay"].image_tag_mutability == "IMMUTABLE"
    error_message = "tags can move"
  }
}

run "warns_of_an_unlisted_registry" {
  command = plan

  variables {
    upstreams = {
      unlisted = { prefix = "new", upstream_registry_url = "registry.example.com" }
    }
  }

  expect_failures = [check.unlisted_registry]
}

run "does_not_warn_of_an_unlisted_registry_that_is_acknowledged" {
  command = plan

  variables {
    upstreams = {
      unlisted = { prefix = "new", upstream_registry_url = "registry.example.com" }
    }
    acknowledged_warnings = ["unlisted-registry"]
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.upstream["unlisted"].upstream_registry_url == "registry.example.com"
    error_message = "the URL is not that given"
  }
}

run "warns_of_a_region_without_pull_through_caches" {
  command = plan

  providers = {
    aws = aws.china
  }

  variables {
    upstreams = {
      quay = {}
    }
  }

  expect_failures = [check.region_without_pull_through_cache]
}

run "does_not_warn_of_a_region_without_pull_through_caches_that_is_acknowledged" {
  command = plan

  providers = {
    aws = aws.china
  }

  variables {
    upstreams = {
      quay = {}
    }
    acknowledged_warnings = ["region-without-pull-through-cache"]
  }

  assert {
    condition     = output.repository_uris["quay"] == "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/quay"
    error_message = "the registry is not in China"
  }
}

run "fails_with_an_acknowledgement_of_no_warning" {
  command = plan

  variables {
    upstreams = {
      quay = {}
    }
    acknowledged_warnings = ["wide-client-cidr"]
  }

  expect_failures = [var.acknowledged_warnings]
}
