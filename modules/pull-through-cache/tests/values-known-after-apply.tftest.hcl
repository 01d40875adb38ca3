mock_provider "aws" {
  source = "./tests/mocks"
}

run "takes_values_that_only_an_apply_tells" {
  command = apply

  module {
    source = "./tests/made-in-the-same-run"
  }

  assert {
    condition = module.cache.rules == {
      docker-hub = { prefix = "docker-hub", upstream_registry_url = "registry-1.docker.io" }
      platform   = { prefix = "platform", upstream_registry_url = "444455556666.dkr.ecr.us-east-1.amazonaws.com" }
      unlisted   = { prefix = "new", upstream_registry_url = "registry.example.com" }
    }
    error_message = "the rules are not those of the upstreams"
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
