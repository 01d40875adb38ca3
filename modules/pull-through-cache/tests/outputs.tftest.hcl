mock_provider "aws" {
  source = "./tests/mocks"
}

run "names_what_to_pull_and_what_lets_it" {
  command = plan

  variables {
    upstreams = {
      quay       = {}
      kubernetes = { prefix = "k8s/images/" }
    }
  }

  assert {
    condition     = output.registry_uri == "111122223333.dkr.ecr.us-east-1.amazonaws.com"
    error_message = "the registry is another"
  }

  assert {
    condition = output.repository_uris == {
      quay       = "111122223333.dkr.ecr.us-east-1.amazonaws.com/quay"
      kubernetes = "111122223333.dkr.ecr.us-east-1.amazonaws.com/k8s/images"
    }
    error_message = "the URIs are not made of registry and prefix"
  }

  assert {
    condition     = output.prefixes == ["k8s/images/", "quay"]
    error_message = "the prefixes are not those of the upstreams"
  }

  assert {
    condition     = output.tagged_prefixes == []
    error_message = "a prefix is said to have tags"
  }

  assert {
    condition = output.rules == {
      quay = { prefix = "quay", upstream_registry_url = "quay.io", upstream_repository_prefix = "ROOT" }
      kubernetes = {
        prefix                     = "k8s/images/"
        upstream_registry_url      = "registry.k8s.io"
        upstream_repository_prefix = "ROOT"
      }
    }
    error_message = "the rules are not those made"
  }

  assert {
    condition     = output.secret_arns == {}
    error_message = "there are secrets that nobody asked for"
  }

  assert {
    condition = jsondecode(output.pull_policy_json) == {
      Version = "2012-10-17"
      Statement = [
        {
          Effect   = "Allow"
          Action   = "ecr:GetAuthorizationToken"
          Resource = "*"
        },
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
            "arn:aws:ecr:us-east-1:111122223333:repository/k8s/images/*",
            "arn:aws:ecr:us-east-1:111122223333:repository/quay/*",
          ]
        },
      ]
    }
    error_message = "the policy lets in other repositories or actions"
  }
}

run "names_what_to_pull_from_the_prefix_root" {
  command = plan

  variables {
    upstreams = {
      quay       = { prefix = "ROOT" }
      kubernetes = {}
    }
  }

  assert {
    condition = output.repository_uris == {
      quay       = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
      kubernetes = "111122223333.dkr.ecr.us-east-1.amazonaws.com/kubernetes"
    }
    error_message = "ROOT is no prefix of a name"
  }

  assert {
    condition = jsondecode(output.pull_policy_json).Statement[1].Resource == [
      "arn:aws:ecr:us-east-1:111122223333:repository/*",
    ]
    error_message = "the policy does not let in what ROOT caches"
  }
}

run "names_the_prefixes_whose_template_sets_tags" {
  command = plan

  variables {
    upstreams = {
      bare       = { kind = "quay", prefix = "bare", repository_settings = { tags = {} } }
      kubernetes = { prefix = "k8s/" }
      nested     = { kind = "quay", prefix = "k8s/nested", repository_settings = { creation_template = false } }
      none       = { kind = "quay", prefix = "none", repository_settings = { creation_template = false } }
    }
    repository_settings = { tags = { team = "platform" } }
  }

  # ECR creates the repositories under k8s/nested by the template for k8s.
  assert {
    condition     = output.tagged_prefixes == ["k8s/", "k8s/nested"]
    error_message = "the prefixes are ${jsonencode(output.tagged_prefixes)}"
  }

  assert {
    condition = [
      for statement in slice(jsondecode(output.pull_policy_json).Statement, 1, 3) :
      [contains(statement.Action, "ecr:TagResource"), statement.Resource]
      ] == [
      [
        false,
        [
          "arn:aws:ecr:us-east-1:111122223333:repository/bare/*",
          "arn:aws:ecr:us-east-1:111122223333:repository/none/*",
        ],
      ],
      [
        true,
        [
          "arn:aws:ecr:us-east-1:111122223333:repository/k8s/*",
          "arn:aws:ecr:us-east-1:111122223333:repository/k8s/nested/*",
        ],
      ],
    ]
    error_message = "the policy is ${output.pull_policy_json}"
  }
}

run "names_every_prefix_where_the_template_for_root_sets_tags" {
  command = plan

  variables {
    upstreams = {
      quay       = { prefix = "ROOT", repository_settings = { tags = { team = "platform" } } }
      kubernetes = { repository_settings = { creation_template = false } }
    }
  }

  assert {
    condition     = output.tagged_prefixes == ["kubernetes", "ROOT"]
    error_message = "the prefixes are ${jsonencode(output.tagged_prefixes)}"
  }
}

run "maps_registries_by_the_domains_that_names_of_images_have" {
  command = plan

  variables {
    acknowledged_warnings = ["unlisted-registry"]
    upstreams = {
      docker-hub = { prefix = "hub/", credential_secret_name = "ecr-pullthroughcache/hub" }
      quay       = { prefix = "ROOT" }
      azure      = { registry_name = "contoso", credential_secret_name = "ecr-pullthroughcache/azure" }
      unlisted   = { prefix = "new", upstream_registry_url = "registry.example.com" }
      all        = { kind = "private-ecr", prefix = "all", region = "eu-west-1" }
      part       = { kind = "private-ecr", prefix = "a/b", region = "eu-west-1", upstream_repository_prefix = "team/a/" }
    }
  }

  assert {
    condition = output.registry_map == {
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com"        = "111122223333.dkr.ecr.us-east-1.amazonaws.com/all"
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/a" = "111122223333.dkr.ecr.us-east-1.amazonaws.com/a/b"
      "contoso.azurecr.io"                                  = "111122223333.dkr.ecr.us-east-1.amazonaws.com/azure"
      "docker.io"                                           = "111122223333.dkr.ecr.us-east-1.amazonaws.com/hub"
      "quay.io"                                             = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
      "registry.example.com"                                = "111122223333.dkr.ecr.us-east-1.amazonaws.com/new"
    }
    error_message = "the map is ${jsonencode(output.registry_map)}"
  }
}

run "maps_a_registry_that_several_upstreams_have_by_the_first_key" {
  command = plan

  variables {
    upstreams = {
      z     = { kind = "quay", prefix = "aa" }
      a     = { kind = "quay", prefix = "zz" }
      part  = { kind = "private-ecr", prefix = "one", region = "eu-west-1", upstream_repository_prefix = "team" }
      other = { kind = "private-ecr", prefix = "two", region = "eu-west-1", upstream_repository_prefix = "team/" }
    }
  }

  assert {
    condition = output.registry_map == {
      "quay.io"                                           = "111122223333.dkr.ecr.us-east-1.amazonaws.com/zz"
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team" = "111122223333.dkr.ecr.us-east-1.amazonaws.com/two"
    }
    error_message = "the map is ${jsonencode(output.registry_map)}"
  }
}
