# A third of the upstreams needs no credential, a third has a secret of its own, and a third a managed one with settings.

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
  secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf"
}

module "cache" {
  source = "../../../modules/pull-through-cache"

  account_id = "111122223333"

  upstreams = merge(
    { for index in range(var.upstreams) : "u${index}" => { kind = "quay", prefix = "u${index}" } if index % 3 == 0 },
    {
      for index in range(var.upstreams) :
      "u${index}" => { kind = "docker-hub", prefix = "u${index}", credential_secret_arn = local.secret_arn }
      if index % 3 == 1
    },
    {
      for index in range(var.upstreams) :
      "u${index}" => {
        kind                = "github"
        prefix              = "u${index}"
        credential          = "managed"
        repository_settings = { keep_last_images = 20 }
      }
      if index % 3 == 2
    }
  )

  credentials = {
    for index in range(var.upstreams) : "u${index}" => { username = "bot", access_token = "not-a-token" }
    if index % 3 == 2
  }

  repository_settings = { tags = { team = "platform" } }
}

output "repository_uris" {
  value = module.cache.repository_uris
}
