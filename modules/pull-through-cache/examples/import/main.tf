variable "docker_hub_username" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "docker_hub_access_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

# AWS rejects a second rule, template or secret with the same name: these three exist.
import {
  to = module.cache.aws_ecr_pull_through_cache_rule.upstream["docker-hub"]
  id = "docker-hub"
}

import {
  to = module.cache.aws_ecr_repository_creation_template.upstream["docker-hub"]
  id = "docker-hub"
}

import {
  to = module.cache.aws_secretsmanager_secret.credential["docker-hub"]
  id = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"
}

module "cache" {
  source = "../.."

  upstreams = { docker-hub = { credential = "managed", credential_version = 1 } }
  credentials = {
    docker-hub = { username = var.docker_hub_username, access_token = var.docker_hub_access_token }
  }
}
