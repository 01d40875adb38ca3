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
  destinations        = { frankfurt = { region = "eu-central-1" } }
  repository_prefixes = ["team/"]
  existing            = "NONE"
}

run "images_of_the_prefixes_go_to_the_own_account" {
  command = plan

  assert {
    condition     = jsonencode(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0].destination) == jsonencode([{ region = "eu-central-1", registry_id = "111122223333" }])
    error_message = "the destinations are ${jsonencode(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0].destination)}"
  }

  assert {
    condition     = jsonencode(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0].repository_filter) == jsonencode([{ filter = "team/", filter_type = "PREFIX_MATCH" }])
    error_message = "the filters are ${jsonencode(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0].repository_filter)}"
  }
}

run "images_go_to_another_account_in_the_own_region" {
  command = plan
  variables {
    destinations = { recovery = { region = "eu-west-1", account_id = "444455556666" } }
  }

  assert {
    condition     = jsonencode(output.destinations) == jsonencode({ recovery = { region = "eu-west-1", account_id = "444455556666" } })
    error_message = "the destinations are ${jsonencode(output.destinations)}"
  }
}

run "all_repositories_have_no_filter" {
  command = plan
  variables {
    repository_prefixes = []
    all_repositories    = true
  }

  assert {
    condition     = length(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0].repository_filter) == 0
    error_message = "the filters are ${jsonencode(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0].repository_filter)}"
  }
}

run "with_account_id_nothing_looks_it_up" {
  command = plan
  variables {
    account_id = "777788889999"
  }

  assert {
    condition     = length(data.aws_caller_identity.current) == 0 && output.destinations.frankfurt.account_id == "777788889999"
    error_message = "the destinations are ${jsonencode(output.destinations)}"
  }
}

run "takes_each_bound" {
  command = plan
  variables {
    destinations        = { for index in range(25) : "key ${index}" => { region = "eu-west-1", account_id = format("%012d", index) } }
    repository_prefixes = concat(["ab", format("%0256d", 0)], [for index in range(98) : "prefix-${index}"])
  }

  assert {
    condition     = length(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0].destination) == 25 && length(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0].repository_filter) == 100
    error_message = "the rule is ${jsonencode(aws_ecr_replication_configuration.registry.replication_configuration[0].rule[0])}"
  }
}

run "refuses_destinations_that_are_a_list" {
  command = plan
  variables {
    destinations = ["eu-central-1"]
  }

  expect_failures = [var.destinations]
}

run "refuses_a_destination_that_is_a_region" {
  command = plan
  variables {
    destinations = { frankfurt = "eu-central-1" }
  }

  expect_failures = [var.destinations]
}

run "refuses_an_attribute_of_a_destination_that_is_none" {
  command = plan
  variables {
    destinations = { frankfurt = { region = "eu-central-1", registry_id = "444455556666" } }
  }

  expect_failures = [var.destinations]
}

run "refuses_an_account_that_is_a_list" {
  command = plan
  variables {
    destinations = { frankfurt = { region = "eu-central-1", account_id = ["444455556666"] } }
  }

  expect_failures = [var.destinations]
}

run "refuses_a_destination_without_a_region" {
  command = plan
  variables {
    destinations = { frankfurt = {} }
  }

  expect_failures = [var.destinations]
}

run "refuses_an_account_of_11_digits" {
  command = plan
  variables {
    destinations = { frankfurt = { region = "eu-central-1", account_id = "44445555666" } }
  }

  expect_failures = [var.destinations]
}

run "refuses_no_destination" {
  command = plan
  variables {
    destinations = {}
  }

  expect_failures = [var.destinations]
}

run "refuses_26_destinations" {
  command = plan
  variables {
    destinations = { for index in range(26) : "key ${index}" => { region = "eu-west-1", account_id = format("%012d", index) } }
  }

  expect_failures = [var.destinations]
}

run "refuses_a_destination_that_is_given_twice" {
  command = plan
  variables {
    account_id   = "111122223333"
    destinations = { one = { region = "eu-central-1" }, other = { region = "eu-central-1", account_id = "111122223333" } }
  }

  expect_failures = [var.destinations]
}

run "refuses_the_registry_itself" {
  command = plan
  variables {
    destinations = { own = { region = "eu-west-1" } }
  }

  expect_failures = [aws_ecr_replication_configuration.registry]
}

run "refuses_a_region_of_another_partition" {
  command = plan
  variables {
    destinations = { beijing = { region = "cn-north-1" } }
  }

  expect_failures = [aws_ecr_replication_configuration.registry]
}

run "refuses_a_prefix_that_begins_no_name" {
  command = plan
  variables {
    repository_prefixes = ["Team/"]
  }

  expect_failures = [var.repository_prefixes]
}

run "refuses_a_prefix_of_one_character" {
  command = plan
  variables {
    repository_prefixes = ["t"]
  }

  expect_failures = [var.repository_prefixes]
}

run "refuses_a_prefix_of_257_characters" {
  command = plan
  variables {
    repository_prefixes = [format("%0257d", 0)]
  }

  expect_failures = [var.repository_prefixes]
}

run "refuses_a_prefix_that_is_given_twice" {
  command = plan
  variables {
    repository_prefixes = ["team/", "team/"]
  }

  expect_failures = [var.repository_prefixes]
}

run "refuses_101_prefixes" {
  command = plan
  variables {
    repository_prefixes = [for index in range(101) : "prefix-${index}"]
  }

  expect_failures = [var.repository_prefixes]
}

run "refuses_neither_prefixes_nor_all_repositories" {
  command = plan
  variables {
    repository_prefixes = []
  }

  expect_failures = [var.repository_prefixes]
}

run "refuses_prefixes_with_all_repositories" {
  command = plan
  variables {
    all_repositories = true
  }

  expect_failures = [var.repository_prefixes]
}

run "refuses_another_word_for_existing" {
  command = plan
  variables {
    existing = "REPLACE"
  }

  expect_failures = [var.existing]
}

run "refuses_an_own_account_of_11_digits" {
  command = plan
  variables {
    account_id = "11112222333"
  }

  expect_failures = [var.account_id]
}
