# A rule for Docker Hub and its secret, which this configuration declared as resources, move into the module.
# Creates: a repository creation template. The rule, the secret and its value are moved, not created again.
# Run: terraform init, then terraform apply with TF_VAR_docker_hub_username and TF_VAR_docker_hub_access_token set.
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

module "cache" {
  source = "../../../modules/pull-through-cache"

  upstreams = { docker-hub = { credential = "managed", credential_version = 1 } }
  credentials = {
    docker-hub = { username = var.docker_hub_username, access_token = var.docker_hub_access_token }
  }
}

moved {
  from = aws_ecr_pull_through_cache_rule.docker_hub
  to   = module.cache.aws_ecr_pull_through_cache_rule.upstream["docker-hub"]
}

moved {
  from = aws_secretsmanager_secret.docker_hub
  to   = module.cache.aws_secretsmanager_secret.credential["docker-hub"]
}

moved {
  from = aws_secretsmanager_secret_version.docker_hub
  to   = module.cache.aws_secretsmanager_secret_version.credential["docker-hub"]
}
