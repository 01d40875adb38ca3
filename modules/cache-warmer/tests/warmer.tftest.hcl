mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mocked", name = "mocked" }
  }
  mock_resource "aws_codebuild_project" {
    defaults = { arn = "arn:aws:codebuild:eu-west-1:111122223333:project/warm" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/codebuild/warm" }
  }
}

variables {
  rules = {
    hub  = { prefix = "docker-hub", upstream_registry_url = "registry-1.docker.io", upstream_repository_prefix = "ROOT" }
    quay = { prefix = "quay/", upstream_registry_url = "quay.io", upstream_repository_prefix = "ROOT" }
  }
  images       = ["nginx:1.27", "quay.io/prometheus/node-exporter"]
  project_name = "warm"
}

run "images_are_pulled_by_their_names_in_the_cache" {
  command = plan

  assert {
    condition = output.image_uris == {
      "nginx:1.27"                       = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1.27"
      "quay.io/prometheus/node-exporter" = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay/prometheus/node-exporter:latest"
    }
    error_message = "the images are ${jsonencode(output.image_uris)}"
  }
  assert {
    condition = endswith(
      jsondecode(aws_codebuild_project.warmer.source[0].buildspec).phases.build.commands[0],
      " -- '${jsonencode([
        { image = "nginx:1.27", repository = "docker-hub/library/nginx", tag = "1.27" },
        { image = "quay.io/prometheus/node-exporter", repository = "quay/prometheus/node-exporter", tag = "latest" },
      ])}'"
    )
    error_message = "the command is another one"
  }
  assert {
    condition     = length(aws_scheduler_schedule.run_on_change) + length(aws_cloudwatch_metric_alarm.failed) == 0
    error_message = "a resource is created that nobody asked for"
  }
}

run "the_builds_may_pull_under_the_prefixes_of_their_images_and_write_their_log" {
  variables {
    rules = {
      hub  = { prefix = "docker-hub", upstream_registry_url = "registry-1.docker.io", upstream_repository_prefix = "ROOT" }
      k8s  = { prefix = "k8s", upstream_registry_url = "registry.k8s.io", upstream_repository_prefix = "ROOT" }
      quay = { prefix = "quay/", upstream_registry_url = "quay.io", upstream_repository_prefix = "ROOT" }
    }
    tagged_prefixes = ["k8s", "quay/"]
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.build.policy).Statement == [
      { Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchImportUpstreamImage",
          "ecr:CreateRepository",
        ]
        Resource = ["arn:aws:ecr:eu-west-1:111122223333:repository/docker-hub/*"]
      },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchImportUpstreamImage",
          "ecr:CreateRepository",
          "ecr:TagResource",
        ]
        Resource = ["arn:aws:ecr:eu-west-1:111122223333:repository/quay/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/codebuild/warm:*"
      },
    ]
    error_message = "the policy is ${aws_iam_role_policy.build.policy}"
  }
}

run "takes_the_smallest_values" {
  command = plan
  variables {
    images                = ["localhost.registry.example.com/a"]
    rules                 = { own = { prefix = "ROOT", upstream_registry_url = "localhost.registry.example.com", upstream_repository_prefix = "ROOT" } }
    project_name          = "ab"
    schedule              = "rate(1 minute)"
    timeout_in_minutes    = 5
    log_retention_in_days = 1
    alarm_topic           = { arn = "arn:aws:sns:eu-west-1:111122223333:a" }
    vpc_config            = { vpc_id = "vpc-0a1b2c3d", subnet_ids = ["subnet-0a1b2c3d"], security_group_ids = ["sg-0a1b2c3d"] }
    account_id            = "444455556666"
  }

  assert {
    condition     = output.image_uris == { "localhost.registry.example.com/a" = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/a:latest" }
    error_message = "the images are ${jsonencode(output.image_uris)}"
  }
}

run "takes_the_largest_values" {
  command = plan
  variables {
    images                = [for number in range(500) : "quay.io/a/b:${number}"]
    project_name          = format("%064d", 0)
    schedule              = "cron(10,${join(",", [for number in range(119) : "0"])} 6 * * ? *)"
    timeout_in_minutes    = 720
    log_retention_in_days = 3653
    alarm_topic           = { arn = "arn:aws:sns:eu-west-1:111122223333:${format("%0256d", 0)}" }
    vpc_config = {
      vpc_id             = "vpc-0a1b2c3d"
      subnet_ids         = [for number in range(16) : "subnet-${format("%08d", number)}"]
      security_group_ids = [for number in range(5) : "sg-${format("%08d", number)}"]
    }
  }

  assert {
    condition     = length(output.image_uris) == 500 && length(var.schedule) == 256
    error_message = "there are ${length(output.image_uris)} images, and ${length(var.schedule)} characters"
  }
}

run "takes_as_many_characters_as_a_command_has_room_for" {
  command = plan
  variables {
    images = concat(
      [for number in range(299) : "quay.io/${format("%0168d", number)}:1"],
      ["quay.io/${format("%0166d", 0)}"],
    )
  }

  assert {
    condition     = length(jsonencode(local.cached_images)) == 120000
    error_message = "there are ${length(jsonencode(local.cached_images))} characters"
  }
}

run "takes_sensitive_values" {
  command = plan
  variables {
    schedule      = sensitive("rate(6 hours)")
    run_on_change = sensitive(true)
    alarm_topic   = sensitive({ arn = "arn:aws:sns:eu-west-1:111122223333:alarms" })
    vpc_config    = sensitive({ vpc_id = "vpc-0a1b2c3d", subnet_ids = ["subnet-0a1b2c3d"], security_group_ids = ["sg-0a1b2c3d"] })
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.failed) + length(aws_scheduler_schedule.run_on_change) == 2
    error_message = "a resource is missing"
  }
}

run "takes_a_name_of_54_characters_with_run_on_change" {
  command = plan
  variables {
    project_name  = format("%054d", 0)
    run_on_change = true
  }

  assert {
    condition     = aws_scheduler_schedule.run_on_change[0].name == "${format("%054d", 0)}.on-change"
    error_message = "the name is ${aws_scheduler_schedule.run_on_change[0].name}"
  }
}

run "with_include_referrers_the_program_lists_referrers" {
  command = plan
  variables {
    include_referrers = true
  }

  assert {
    condition     = strcontains(aws_codebuild_project.warmer.source[0].buildspec, "/referrers/")
    error_message = "the program pulls no referrers"
  }
}

run "fails_without_images" {
  command = plan
  variables {
    images = []
  }
  expect_failures = [var.images]
}

run "fails_with_501_images" {
  command = plan
  variables {
    images = [for number in range(501) : "quay.io/a/b:${number}"]
  }
  expect_failures = [var.images]
}

run "fails_with_a_digest" {
  command = plan
  variables {
    images = ["nginx@sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"]
  }
  expect_failures = [var.images]
}

run "fails_with_an_image_that_is_null" {
  command = plan
  variables {
    images = ["nginx", null]
  }
  expect_failures = [var.images]
}

run "fails_with_an_image_of_no_upstream_of_the_cache" {
  command = plan
  variables {
    images = ["nginx", "gcr.io/distroless/static"]
  }
  expect_failures = [aws_codebuild_project.warmer]
}

run "fails_with_a_host_inside_of_a_name" {
  command = plan
  variables {
    images = ["quay.io/ghcr.io/a"]
  }
  expect_failures = [aws_codebuild_project.warmer]
}

run "fails_with_a_path_of_256_characters" {
  command = plan
  variables {
    images = ["quay.io/${format("%0256d", 0)}"]
  }
  expect_failures = [var.images]
}

run "fails_with_an_official_image_whose_path_has_256_characters" {
  command = plan
  variables {
    images = [format("%0248d", 0)]
  }
  expect_failures = [var.images]
}

run "fails_with_the_id_of_an_image" {
  command = plan
  variables {
    images = [format("%064d", 0)]
  }
  expect_failures = [var.images]
}

run "fails_with_257_characters_in_the_cache" {
  command = plan
  variables {
    images = ["quay.io/${format("%0252d", 0)}"]
  }
  expect_failures = [aws_codebuild_project.warmer]
}

run "fails_with_an_image_of_a_part_that_is_not_cached" {
  command = plan
  variables {
    rules = {
      base = { prefix = "base", upstream_registry_url = "444455556666.dkr.ecr.eu-west-1.amazonaws.com", upstream_repository_prefix = "base" }
    }
    images = ["444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/app"]
  }
  expect_failures = [aws_codebuild_project.warmer]
}

run "fails_with_an_image_under_the_longer_prefix_of_another_upstream" {
  command = plan
  variables {
    rules = {
      all  = { prefix = "ROOT", upstream_registry_url = "quay.io", upstream_repository_prefix = "ROOT" }
      team = { prefix = "team/a", upstream_registry_url = "public.ecr.aws", upstream_repository_prefix = "ROOT" }
    }
    images = ["quay.io/team/a/app"]
  }
  expect_failures = [aws_codebuild_project.warmer]
}

run "fails_with_an_image_that_is_given_twice" {
  command = plan
  variables {
    images = ["nginx", "quay.io/a/b", "docker.io/library/nginx:latest"]
  }
  expect_failures = [aws_codebuild_project.warmer]
}

run "fails_with_more_images_than_a_command_has_room_for" {
  command = plan
  variables {
    images = concat(
      [for number in range(299) : "quay.io/${format("%0168d", number)}:1"],
      ["quay.io/${format("%0167d", 0)}"],
    )
  }
  expect_failures = [aws_codebuild_project.warmer]
}

run "fails_with_a_rule_that_is_null" {
  command = plan
  variables {
    rules = {
      hub  = { prefix = "docker-hub", upstream_registry_url = "registry-1.docker.io", upstream_repository_prefix = "ROOT" }
      quay = null
    }
  }
  expect_failures = [var.rules]
}

run "fails_with_the_prefix_of_a_rule_in_upper_case" {
  command = plan
  variables {
    rules = { quay = { prefix = "Quay", upstream_registry_url = "quay.io", upstream_repository_prefix = "ROOT" } }
  }
  expect_failures = [var.rules]
}

run "fails_with_the_url_of_a_rule_with_a_scheme" {
  command = plan
  variables {
    rules = { quay = { prefix = "quay", upstream_registry_url = "https://quay.io", upstream_repository_prefix = "ROOT" } }
  }
  expect_failures = [var.rules]
}

run "fails_with_an_empty_upstream_repository_prefix" {
  command = plan
  variables {
    rules = { quay = { prefix = "quay", upstream_registry_url = "quay.io", upstream_repository_prefix = "" } }
  }
  expect_failures = [var.rules]
}

run "fails_with_a_tagged_prefix_of_no_rule" {
  command = plan
  variables {
    tagged_prefixes = ["quay", "other"]
  }
  expect_failures = [var.tagged_prefixes]
}

run "fails_with_a_project_name_of_65_characters" {
  command = plan
  variables {
    project_name = format("%065d", 0)
  }
  expect_failures = [var.project_name]
}

run "fails_with_a_project_name_of_55_characters_and_run_on_change" {
  command = plan
  variables {
    project_name  = format("%055d", 0)
    run_on_change = true
  }
  expect_failures = [var.project_name]
}

run "fails_with_a_schedule_of_no_unit" {
  command = plan
  variables {
    schedule = "rate(1)"
  }
  expect_failures = [var.schedule]
}

run "fails_with_4_minutes" {
  command = plan
  variables {
    timeout_in_minutes = 4
  }
  expect_failures = [var.timeout_in_minutes]
}

run "fails_with_721_minutes" {
  command = plan
  variables {
    timeout_in_minutes = 721
  }
  expect_failures = [var.timeout_in_minutes]
}

run "fails_with_half_a_minute" {
  command = plan
  variables {
    timeout_in_minutes = 5.5
  }
  expect_failures = [var.timeout_in_minutes]
}

run "fails_with_logs_of_two_days" {
  command = plan
  variables {
    log_retention_in_days = 2
  }
  expect_failures = [var.log_retention_in_days]
}

run "fails_with_a_fifo_topic" {
  command = plan
  variables {
    alarm_topic = { arn = "arn:aws:sns:eu-west-1:111122223333:alarms.fifo" }
  }
  expect_failures = [var.alarm_topic]
}

run "fails_with_a_topic_of_another_partition" {
  command = plan
  variables {
    alarm_topic = { arn = "arn:aws-cn:sns:eu-west-1:111122223333:alarms" }
  }
  expect_failures = [aws_cloudwatch_metric_alarm.failed]
}

run "fails_with_a_topic_of_another_region" {
  command = plan
  variables {
    alarm_topic = { arn = "arn:aws:sns:us-east-1:111122223333:alarms" }
  }
  expect_failures = [aws_cloudwatch_metric_alarm.failed]
}

run "fails_with_the_name_of_a_vpc" {
  command = plan
  variables {
    vpc_config = { vpc_id = "main", subnet_ids = ["subnet-0a1b2c3d"], security_group_ids = ["sg-0a1b2c3d"] }
  }
  expect_failures = [var.vpc_config]
}

run "fails_without_subnets_in_a_vpc" {
  command = plan
  variables {
    vpc_config = { vpc_id = "vpc-0a1b2c3d", subnet_ids = [], security_group_ids = ["sg-0a1b2c3d"] }
  }
  expect_failures = [var.vpc_config]
}

run "fails_with_17_subnets" {
  command = plan
  variables {
    vpc_config = {
      vpc_id             = "vpc-0a1b2c3d"
      subnet_ids         = [for number in range(17) : "subnet-${format("%08d", number)}"]
      security_group_ids = ["sg-0a1b2c3d"]
    }
  }
  expect_failures = [var.vpc_config]
}

run "fails_with_the_name_of_a_subnet" {
  command = plan
  variables {
    vpc_config = { vpc_id = "vpc-0a1b2c3d", subnet_ids = ["private"], security_group_ids = ["sg-0a1b2c3d"] }
  }
  expect_failures = [var.vpc_config]
}

run "fails_without_security_groups_in_a_vpc" {
  command = plan
  variables {
    vpc_config = { vpc_id = "vpc-0a1b2c3d", subnet_ids = ["subnet-0a1b2c3d"], security_group_ids = [] }
  }
  expect_failures = [var.vpc_config]
}

run "fails_with_6_security_groups" {
  command = plan
  variables {
    vpc_config = {
      vpc_id             = "vpc-0a1b2c3d"
      subnet_ids         = ["subnet-0a1b2c3d"]
      security_group_ids = [for number in range(6) : "sg-${format("%08d", number)}"]
    }
  }
  expect_failures = [var.vpc_config]
}

run "fails_with_the_name_of_a_security_group" {
  command = plan
  variables {
    vpc_config = { vpc_id = "vpc-0a1b2c3d", subnet_ids = ["subnet-0a1b2c3d"], security_group_ids = ["builds"] }
  }
  expect_failures = [var.vpc_config]
}

run "fails_with_an_account_of_11_digits" {
  command = plan
  variables {
    account_id = "11112222333"
  }
  expect_failures = [var.account_id]
}
