# Docker Hub, with a credential from Secrets Manager.
#
# Guides name docker.io or hub.docker.com as the upstream: it is registry-1.docker.io.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
resource "aws_ecr_pull_through_cache_rule" "docker_hub" {
  ecr_repository_prefix = "docker-hub"
  upstream_registry_url = "registry-1.docker.io"
  credential_arn        = aws_secretsmanager_secret.docker_hub.arn
  # ECR reads the secret when the rule is created, and guides that name the secret alone have it read before it has a value.
  depends_on = [aws_secretsmanager_secret_version.docker_hub]
}

# The name must begin like this, or ECR may not read the secret; and ECR cannot read one under a KMS key of one's own.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
resource "aws_secretsmanager_secret" "docker_hub" {
  name = "ecr-pullthroughcache/docker-hub"
}

# The keys must be these two. Guides write secret_string, which leaves the token in every state and plan.
# https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
resource "aws_secretsmanager_secret_version" "docker_hub" {
  secret_id = aws_secretsmanager_secret.docker_hub.id
  secret_string_wo = jsonencode({
    username    = var.docker_hub_username
    accessToken = var.docker_hub_access_token
  })
  secret_string_wo_version = 1
}

variable "docker_hub_username" {
  type      = string
  ephemeral = true
  sensitive = true
}

variable "docker_hub_access_token" {
  type      = string
  ephemeral = true
  sensitive = true
}
