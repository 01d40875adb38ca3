data "aws_caller_identity" "current" {
  count = nonsensitive(var.account_id == null) ? 1 : 0
}

data "aws_partition" "current" {}

data "aws_region" "current" {}

resource "aws_codebuild_project" "warmer" {
  name          = var.project_name
  description   = "Pulls images through the pull-through cache of Amazon ECR, so that clients pull cached images"
  service_role  = aws_iam_role.build.arn
  build_timeout = var.timeout_in_minutes

  # Two builds at once would read the same layers.
  concurrent_build_limit = 1

  source {
    type      = "NO_SOURCE"
    buildspec = local.buildspec
  }

  artifacts {
    type = "NO_ARTIFACTS"
  }

  # The smallest computer. Its image contains Node.js, a shell and the AWS CLI.
  # https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
  environment {
    type            = "LINUX_CONTAINER"
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    privileged_mode = false

    environment_variable {
      name  = "REGISTRY"
      value = local.registry_uri
    }

    environment_variable {
      name  = "MINUTES"
      value = tostring(var.timeout_in_minutes)
    }
  }

  logs_config {
    cloudwatch_logs {
      status     = "ENABLED"
      group_name = aws_cloudwatch_log_group.builds.name
    }
  }

  dynamic "vpc_config" {
    for_each = nonsensitive(var.vpc_config == null) ? [] : ["vpc"]

    content {
      vpc_id             = var.vpc_config.vpc_id
      subnets            = var.vpc_config.subnet_ids
      security_group_ids = var.vpc_config.security_group_ids
    }
  }

  lifecycle {
    precondition {
      condition = length(local.indexes_without_rule) == 0
      error_message = replace(join("\n", [
        for index in local.indexes_without_rule :
        join("", [
          "`images[${index}]` must come from an upstream of the cache, got ${jsonencode(var.images[index])}; ",
          "`rules` has no upstream ${local.names[index].host}: add it to the cache, and give the image by its name ",
          "there, not by its name in the cache",
        ])
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = length(local.indexes_without_place) == 0
      error_message = replace(join("\n", [
        for index in local.indexes_without_place :
        join("", [
          "`images[${index}]` must be an image that the cache can hold, got ${jsonencode(var.images[index])}; ",
          "${join("; ", local.problems_of[index])}",
        ])
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = length(local.repeated_indexes) == 0
      error_message = replace(join("\n", [
        for index in local.repeated_indexes :
        "`images[${index}]` must be given once, got ${jsonencode(var.images[index])}; leave out the second one"
      ]), local.secret_pattern, local.redacted)
    }

    # The images are part of one argument of a command, which Linux limits to 128 KiB.
    # https://man7.org/linux/man-pages/man2/execve.2.html
    precondition {
      condition = length(jsonencode(local.cached_images)) <= 120000
      error_message = replace(
        join("", [
          "`images` must be at most 120000 characters as JSON, with their repositories in the cache, ",
          "got ${length(jsonencode(local.cached_images))}; move some images to a second warmer",
        ]),
        local.secret_pattern,
        local.redacted
      )
    }
  }

  # CodeBuild checks the role when it creates a project in a VPC.
  depends_on = [aws_iam_role_policy.build]
}

# A schedule with a rate starts its first run at once, and the run needs the rules of the cache. Terraform creates the
# schedule after them, since the project depends on `rules`.
resource "aws_scheduler_schedule" "warmer" {
  name                = var.project_name
  description         = "Starts the CodeBuild project ${var.project_name}"
  schedule_expression = var.schedule

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_codebuild_project.warmer.arn
    role_arn = aws_iam_role.schedule.arn

    # While a build runs, CodeBuild refuses another one, and the default policy would retry that for a day.
    retry_policy {
      maximum_retry_attempts       = 2
      maximum_event_age_in_seconds = 900
    }
  }

  depends_on = [aws_iam_role_policy.schedule]
}

# The one-time schedule of a run after each change of what the builds pull.
resource "aws_scheduler_schedule" "run_on_change" {
  count = nonsensitive(var.run_on_change) ? 1 : 0

  # No project's name contains a dot.
  name        = "${var.project_name}.on-change"
  description = "Starts the CodeBuild project ${var.project_name}"

  # AWS refuses a time in the past, and a new role takes a while to work everywhere.
  # https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#one-time
  schedule_expression = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", timeadd(timestamp(), "5m"))})"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_codebuild_project.warmer.arn
    role_arn = aws_iam_role.schedule.arn

    retry_policy {
      maximum_retry_attempts       = 2
      maximum_event_age_in_seconds = 900
    }
  }

  lifecycle {
    # AWS refuses a time in the past, so the schedule is never updated: a new one takes its place.
    ignore_changes = all

    # The source has the images. A project with another name has another ARN.
    replace_triggered_by = [aws_codebuild_project.warmer.source, aws_codebuild_project.warmer.arn]
  }

  depends_on = [aws_iam_role_policy.schedule]
}

resource "aws_cloudwatch_log_group" "builds" {
  name              = "/aws/codebuild/${var.project_name}"
  retention_in_days = var.log_retention_in_days
}

# CodeBuild's metric of failed builds: https://docs.aws.amazon.com/codebuild/latest/userguide/monitoring-metrics.html
resource "aws_cloudwatch_metric_alarm" "failed" {
  count = nonsensitive(var.alarm_topic == null) ? 0 : 1

  alarm_name          = "${var.project_name}-failed"
  alarm_description   = "An image could not be pulled: see the log of the CodeBuild project ${var.project_name}"
  namespace           = "AWS/CodeBuild"
  metric_name         = "FailedBuilds"
  dimensions          = { ProjectName = aws_codebuild_project.warmer.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic.arn]

  lifecycle {
    precondition {
      condition = try(split(":", var.alarm_topic.arn)[1] == local.partition, false)
      error_message = replace(
        join("", [
          "`alarm_topic.arn` must be in the partition of the cache, ${local.partition}, got ",
          "${jsonencode(var.alarm_topic.arn)}; give an ARN of that partition",
        ]),
        local.secret_pattern,
        local.redacted
      )
    }

    precondition {
      condition = try(split(":", var.alarm_topic.arn)[3] == local.region, false)
      error_message = replace(
        join("", [
          "`alarm_topic.arn` must be in the region of the cache, ${local.region}, got ",
          "${jsonencode(var.alarm_topic.arn)}; give a topic in that region: an alarm cannot notify topics of ",
          "other regions",
        ]),
        local.secret_pattern,
        local.redacted
      )
    }
  }
}

# The role of the builds: https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
resource "aws_iam_role" "build" {
  name_prefix          = coalesce(local.role_options.name_prefix, "ecr-cache-warmer-")
  path                 = local.role_options.path
  permissions_boundary = local.role_options.permissions_boundary_arn
  description          = "Pulls images through a cache for the CodeBuild project ${var.project_name}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codebuild.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })

  lifecycle {
    precondition {
      condition = length(local.misplaced_boundary_parts) == 0
      error_message = replace(join("\n", [
        for part in local.misplaced_boundary_parts : join("", [
          "`role_options.permissions_boundary_arn` must be in the ${part} of the cache, ",
          "${local.boundary_places[part].accepted[0]}, ",
          "got ${jsonencode(local.role_options.permissions_boundary_arn)}; ${local.boundary_places[part].hint}",
        ])
      ]), local.secret_pattern, local.redacted)
    }
  }
}

resource "aws_iam_role_policy" "build" {
  role = aws_iam_role.build.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" }],
      local.pull_statements,
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.builds.arn}:*"
      }],
      local.network_statements,
    )
  })
}

# The role of both schedules: https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
resource "aws_iam_role" "schedule" {
  name_prefix          = coalesce(local.role_options.name_prefix, "ecr-cache-warmer-schedule-")
  path                 = local.role_options.path
  permissions_boundary = local.role_options.permissions_boundary_arn
  description          = "Starts the CodeBuild project ${var.project_name}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  role = aws_iam_role.schedule.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "codebuild:StartBuild", Resource = aws_codebuild_project.warmer.arn }]
  })
}
