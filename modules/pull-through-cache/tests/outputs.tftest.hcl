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
    condition = output.rules == {
      quay       = { prefix = "quay", upstream_registry_url = "quay.io" }
      kubernetes = { prefix = "k8s/images/", upstream_registry_url = "registry.k8s.io" }
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
