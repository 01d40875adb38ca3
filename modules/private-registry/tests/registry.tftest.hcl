mock_provider "aws" {
  source = "../registry-endpoints/tests/mocks"
  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-AbCdEf" }
  }
}

variables {
  upstreams       = { quay = {}, hub = { kind = "docker-hub", prefix = "docker/", credential = "managed" } }
  credentials     = { hub = { username = "bot", access_token = "not-a-token" } }
  vpc_id          = "vpc-0a1b2c3d"
  subnet_ids      = ["subnet-0a1b2c3d"]
  route_table_ids = { private = "rtb-0a1b2c3d" }
  client_cidrs    = { vpc = "10.0.0.0/16" }
  first_pull      = "INTERNET_ROUTE"
}

run "repositories_are_named_by_the_keys_of_their_upstreams" {
  assert {
    condition = output.repository_uris == {
      hub  = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker"
      quay = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay"
    }
    error_message = "the URIs are ${jsonencode(output.repository_uris)}"
  }
  assert {
    condition = output.registry_map == {
      "docker.io" = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker"
      "quay.io"   = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay"
    }
    error_message = "the map is ${jsonencode(output.registry_map)}"
  }
  assert {
    condition     = keys(output.secret_arns) == ["hub"]
    error_message = "the secrets are ${jsonencode(output.secret_arns)}"
  }
  assert {
    condition     = output.rules["hub"].upstream_registry_url == "registry-1.docker.io" && output.tagged_prefixes == []
    error_message = "the rules are ${jsonencode(output.rules)}, the tagged prefixes ${jsonencode(output.tagged_prefixes)}"
  }
}

run "with_dual_stack_they_are_at_the_host_for_both" {
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::/56" }
  }

  assert {
    condition     = output.repository_uris["quay"] == "111122223333.dkr-ecr.eu-west-1.on.aws/quay"
    error_message = "the URIs are ${jsonencode(output.repository_uris)}"
  }
  assert {
    condition     = output.registry_map["quay.io"] == "111122223333.dkr-ecr.eu-west-1.on.aws/quay"
    error_message = "the map is ${jsonencode(output.registry_map)}"
  }
}

run "who_pulls_may_pull_what_is_cached_and_endpoints_let_it_through" {
  variables {
    role_names     = { nodes = "eks-node" }
    managed_policy = { name = "pulls" }
  }

  assert {
    condition = jsondecode(output.pull_policy_json).Statement[1].Resource == [
      "arn:aws:ecr:eu-west-1:111122223333:repository/docker/*",
      "arn:aws:ecr:eu-west-1:111122223333:repository/quay/*",
    ]
    error_message = "the policy is ${output.pull_policy_json}"
  }
  assert {
    condition     = output.policy_arn != null && output.security_group_id != null
    error_message = "no managed policy is made, or no security group"
  }
}

run "who_pulls_may_tag_repositories_whose_template_sets_tags" {
  variables {
    upstreams = {
      quay = { repository_settings = { tags = {} } }
      hub  = { kind = "docker-hub", prefix = "docker/", credential = "managed" }
    }
    repository_settings = {
      tags = { team = "platform" }
      role = { arn = "arn:aws:iam::111122223333:role/creates-repositories" }
    }
  }

  assert {
    condition = [
      for statement in jsondecode(output.pull_policy_json).Statement :
      statement.Resource if contains(flatten([statement.Action]), "ecr:TagResource")
    ] == [["arn:aws:ecr:eu-west-1:111122223333:repository/docker/*"]]
    error_message = "the policy is ${output.pull_policy_json}"
  }
}

run "without_roles_nobody_is_granted_anything" {
  assert {
    condition     = output.policy_arn == null
    error_message = "a managed policy is made that nobody asked for"
  }
}

run "warnings_are_acknowledged_to_the_module_that_has_them" {
  variables {
    repository_settings   = { tag_mutability = "IMMUTABLE" }
    client_cidrs          = { all = "0.0.0.0/0" }
    acknowledged_warnings = ["immutable-tags", "wide-client-cidr"]
  }

  assert {
    condition     = length(output.repository_uris) == 2
    error_message = "the URIs are ${jsonencode(output.repository_uris)}"
  }
}

run "a_warning_that_is_acknowledged_is_one_of_these_modules" {
  command = plan
  variables {
    acknowledged_warnings = ["immutable-tag"]
  }
  expect_failures = [var.acknowledged_warnings]
}
