# The resources of plan-by-module as people write them: without checks, and without settings that nobody sets here.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

variable "upstreams" {
  type = number
}

locals {
  registry_uri = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
  secret_arn   = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf"

  hosts = { quay = "quay.io", docker-hub = "registry-1.docker.io", github = "ghcr.io" }
  kinds = { for index in range(var.upstreams) : "u${index}" => ["quay", "docker-hub", "github"][index % 3] }

  managed = toset([for key, kind in local.kinds : key if kind == "github"])
}

resource "aws_ecr_pull_through_cache_rule" "upstream" {
  for_each = local.kinds

  ecr_repository_prefix = each.key
  upstream_registry_url = local.hosts[each.value]
  credential_arn = (
    each.value == "github"
    ? aws_secretsmanager_secret.credential[each.key].arn
    : each.value == "docker-hub" ? local.secret_arn : null
  )

  lifecycle {
    replace_triggered_by = [terraform_data.authentication[each.key]]
  }

  depends_on = [aws_ecr_repository_creation_template.upstream, aws_secretsmanager_secret_version.credential]
}

resource "aws_ecr_repository_creation_template" "upstream" {
  for_each = local.kinds

  prefix               = each.key
  applied_for          = ["PULL_THROUGH_CACHE"]
  image_tag_mutability = "MUTABLE"
  resource_tags        = { team = "platform" }
  custom_role_arn      = aws_iam_role.repository_creation.arn

  lifecycle_policy = jsonencode({
    rules = [{
      rulePriority = 2
      description  = "Keep the newest images"
      selection = {
        tagStatus   = "any"
        countType   = "imageCountMoreThan"
        countNumber = each.value == "github" ? 20 : 100
      }
      action = { type = "expire" }
    }]
  })

  lifecycle {
    replace_triggered_by = [terraform_data.encryption[each.key]]
  }

  depends_on = [aws_iam_role_policy.repository_creation]
}

resource "aws_secretsmanager_secret" "credential" {
  for_each = local.managed

  name                    = "ecr-pullthroughcache/${each.key}"
  description             = "Credential of an ECR pull-through cache"
  recovery_window_in_days = 0

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_secretsmanager_secret_version" "credential" {
  for_each = local.managed

  secret_id                = aws_secretsmanager_secret.credential[each.key].id
  secret_string_wo         = jsonencode({ username = "bot", accessToken = "not-a-token" })
  secret_string_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "repository_creation" {
  name_prefix = "ecr-repository-creation-"
  description = "Amazon ECR assumes this role to create repositories of a pull-through cache"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecr.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "repository_creation" {
  role = aws_iam_role.repository_creation.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"]
      Resource = "*"
    }]
  })
}

resource "terraform_data" "authentication" {
  for_each = local.kinds

  input = "by its host"
}

resource "terraform_data" "encryption" {
  for_each = local.kinds

  input = "keys of Amazon S3"
}

output "repository_uris" {
  value = { for key, kind in local.kinds : key => "${local.registry_uri}/${key}" }
}
