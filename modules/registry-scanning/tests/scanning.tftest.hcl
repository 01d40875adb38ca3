mock_provider "aws" {
  mock_resource "aws_ecr_registry_scanning_configuration" {
    defaults = { registry_id = "111122223333" }
  }
}

variables {
  prefixes = ["docker-hub", "my.team/"]
  existing = "NONE"
}

run "the_repositories_of_caches_are_scanned_on_push" {
  command = plan

  assert {
    condition     = jsonencode(output.filters) == jsonencode({ SCAN_ON_PUSH = ["docker-hub/*", "my.team/*"] })
    error_message = "the filters are ${jsonencode(output.filters)}"
  }

  assert {
    condition     = aws_ecr_registry_scanning_configuration.registry.scan_type == "BASIC"
    error_message = "the type is ${aws_ecr_registry_scanning_configuration.registry.scan_type}"
  }
}

run "with_enhanced_the_repositories_of_caches_are_scanned_continuously" {
  command = plan
  variables {
    scan_type = "ENHANCED"
  }

  assert {
    condition     = jsonencode(output.filters) == jsonencode({ CONTINUOUS_SCAN = ["docker-hub/*", "my.team/*"] })
    error_message = "the filters are ${jsonencode(output.filters)}"
  }
}

run "filters_of_both_frequencies_make_two_rules" {
  command = plan
  variables {
    scan_type       = "ENHANCED"
    scan_on_push    = ["*"]
    continuous_scan = ["prod"]
  }

  assert {
    condition     = jsonencode(output.filters) == jsonencode({ CONTINUOUS_SCAN = ["prod", "docker-hub/*", "my.team/*"], SCAN_ON_PUSH = ["*"] })
    error_message = "the filters are ${jsonencode(output.filters)}"
  }

  assert {
    condition     = toset([for rule in aws_ecr_registry_scanning_configuration.registry.rule : rule.scan_frequency]) == toset(["CONTINUOUS_SCAN", "SCAN_ON_PUSH"])
    error_message = "the rules are ${jsonencode(aws_ecr_registry_scanning_configuration.registry.rule)}"
  }
}

run "the_prefix_root_is_every_repository" {
  command = plan
  variables {
    prefixes = ["docker-hub", "ROOT"]
  }

  assert {
    condition     = jsonencode(output.filters) == jsonencode({ SCAN_ON_PUSH = ["*"] })
    error_message = "the filters are ${jsonencode(output.filters)}"
  }
}

run "takes_each_bound" {
  command = plan
  variables {
    prefixes     = []
    scan_on_push = concat([format("%0255d", 0)], [for index in range(99) : "filter-${index}"])
  }

  assert {
    condition     = length(output.filters.SCAN_ON_PUSH) == 100
    error_message = "the filters are ${jsonencode(output.filters)}"
  }
}

run "refuses_another_scan_type" {
  command = plan
  variables {
    scan_type = "CONTINUOUS"
  }

  expect_failures = [var.scan_type]
}

run "refuses_a_prefix_that_is_none" {
  command = plan
  variables {
    prefixes = ["Docker"]
  }

  expect_failures = [var.prefixes]
}

run "refuses_a_configuration_without_filters" {
  command = plan
  variables {
    prefixes = []
  }

  expect_failures = [aws_ecr_registry_scanning_configuration.registry]
}

run "refuses_a_filter_to_scan_on_push_that_is_none" {
  command = plan
  variables {
    scan_on_push = ["/docker-hub"]
  }

  expect_failures = [var.scan_on_push]
}

run "refuses_a_filter_to_scan_on_push_of_256_characters" {
  command = plan
  variables {
    scan_on_push = [format("%0256d", 0)]
  }

  expect_failures = [var.scan_on_push]
}

run "refuses_a_filter_to_scan_on_push_that_is_given_twice" {
  command = plan
  variables {
    scan_on_push = ["team/*", "team/*"]
  }

  expect_failures = [var.scan_on_push]
}

run "refuses_more_than_100_filters_to_scan_on_push" {
  command = plan
  variables {
    scan_on_push = [for index in range(99) : "filter-${index}"]
  }

  expect_failures = [var.scan_on_push]
}

run "refuses_a_filter_to_scan_continuously_that_is_none" {
  command = plan
  variables {
    scan_type       = "ENHANCED"
    continuous_scan = ["a//b"]
  }

  expect_failures = [var.continuous_scan]
}

run "refuses_a_filter_to_scan_continuously_that_is_given_twice" {
  command = plan
  variables {
    scan_type       = "ENHANCED"
    continuous_scan = ["team/*", "team/*"]
  }

  expect_failures = [var.continuous_scan]
}

run "refuses_more_than_100_filters_to_scan_continuously" {
  command = plan
  variables {
    scan_type       = "ENHANCED"
    continuous_scan = [for index in range(99) : "filter-${index}"]
  }

  expect_failures = [var.continuous_scan]
}

run "refuses_continuous_scans_with_basic" {
  command = plan
  variables {
    continuous_scan = ["team/*"]
  }

  expect_failures = [var.continuous_scan]
}

run "refuses_another_word_for_existing" {
  command = plan
  variables {
    existing = "REPLACE"
  }

  expect_failures = [var.existing]
}
