# Options of the roles that the module creates.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  # Both roles are needed.
  upstreams = {
    quay        = {}
    private-ecr = { region = "us-east-1", account_id = "444455556666" }
  }
  repository_settings = { tags = { team = "platform" } }
  # An ephemeral variable of a root module has to be said to be empty where a run applies.
  credentials = {}
}

run "fails_with_role_options_in_a_list" {
  command = plan

  variables {
    role_options = []
  }

  expect_failures = [var.role_options]
}

run "fails_with_a_role_option_that_there_is_not" {
  command = plan

  variables {
    role_options = { permission_boundary = "arn:aws:iam::111122223333:policy/bounds" }
  }

  expect_failures = [var.role_options]
}

run "fails_with_a_role_option_of_the_wrong_type" {
  command = plan

  variables {
    role_options = { path = ["/platform/"] }
  }

  expect_failures = [var.role_options]
}

run "fails_with_a_role_for_a_permissions_boundary" {
  command = plan

  variables {
    role_options = { permissions_boundary_arn = "arn:aws:iam::111122223333:role/bounds" }
  }

  expect_failures = [var.role_options]
}

run "fails_with_a_path_without_a_slash_at_its_end" {
  command = plan

  variables {
    role_options = { path = "/platform" }
  }

  expect_failures = [var.role_options]
}

run "fails_with_a_name_prefix_of_39_characters" {
  command = plan

  variables {
    role_options = { name_prefix = join("", [for n in range(39) : "x"]) }
  }

  expect_failures = [var.role_options]
}

run "fails_with_a_permissions_boundary_of_another_account" {
  command = plan

  variables {
    role_options = { permissions_boundary_arn = "arn:aws:iam::444455556666:policy/bounds" }
  }

  expect_failures = [aws_iam_role.repository_creation, aws_iam_role.upstream]
}

run "fails_with_a_permissions_boundary_of_another_partition" {
  command = plan

  variables {
    role_options = { permissions_boundary_arn = "arn:aws-cn:iam::aws:policy/bounds" }
  }

  expect_failures = [aws_iam_role.repository_creation, aws_iam_role.upstream]
}

run "roles_have_no_options_by_default" {
  command = plan

  assert {
    condition = [
      aws_iam_role.repository_creation[0].name_prefix, aws_iam_role.upstream[0].name_prefix,
    ] == ["ecr-repository-creation-", "ecr-pull-through-cache-"]
    error_message = "the names begin in another way"
  }
  assert {
    condition = alltrue([
      for role in [aws_iam_role.repository_creation[0], aws_iam_role.upstream[0]] :
      role.path == null && role.permissions_boundary == null
    ])
    error_message = "a role has options that nobody gave"
  }
}

run "every_role_has_the_options_at_their_bounds" {
  command = plan

  variables {
    role_options = {
      permissions_boundary_arn = "arn:aws:iam::111122223333:policy/team/bounds"
      path                     = "/${join("", [for n in range(510) : "x"])}/"
      name_prefix              = join("", [for n in range(38) : "x"])
    }
  }

  assert {
    condition = alltrue([
      for role in [aws_iam_role.repository_creation[0], aws_iam_role.upstream[0]] :
      role.permissions_boundary == "arn:aws:iam::111122223333:policy/team/bounds"
      && length(role.path) == 512
      && length(role.name_prefix) == 38
    ])
    error_message = "a role lacks options"
  }
}

run "takes_a_permissions_boundary_that_aws_manages" {
  command = plan

  variables {
    role_options = { permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess" }
  }

  assert {
    condition     = aws_iam_role.upstream[0].permissions_boundary == "arn:aws:iam::aws:policy/PowerUserAccess"
    error_message = "the boundary is another one"
  }
}
