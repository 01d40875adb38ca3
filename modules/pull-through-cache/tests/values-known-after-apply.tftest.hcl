mock_provider "aws" {
  source = "./tests/mocks"
}

run "takes_values_that_only_an_apply_tells" {
  command = apply

  module {
    source = "./tests/made-in-the-same-run"
  }

  assert {
    condition = { for key, rule in module.cache.rules : key => "${rule.prefix} ${rule.upstream_registry_url}" } == {
      docker-hub = "docker-hub registry-1.docker.io"
      kubernetes = "kubernetes registry.k8s.io"
      platform   = "platform 444455556666.dkr.ecr.us-east-1.amazonaws.com"
      unlisted   = "new registry.example.com"
    }
    error_message = "the rules are not those of the upstreams"
  }

  assert {
    condition = keys(module.cache.registry_map) == [
      "444455556666.dkr.ecr.us-east-1.amazonaws.com", "docker.io", "registry.example.com", "registry.k8s.io",
    ]
    error_message = "the registries are ${jsonencode(module.cache.registry_map)}"
  }

  assert {
    condition     = module.declared.prefixes == ["kubernetes", "declared"]
    error_message = "the upstreams of a declared type are not those that were given"
  }

  assert {
    condition     = length(module.sensitive.rules) == 3
    error_message = "not every upstream with a sensitive value has a rule"
  }
}
