# Two regions cache ECR Public and Docker Hub, and the nodes of a cluster may pull from both: plain Terraform, without Node.js.
# Creates, in each region: two rules and two templates, a secret for Docker Hub, a role that tags repositories in one; the permission to pull, for the nodes and as a policy.
# Run: terraform init, then terraform apply with TF_VAR_docker_hub_username and TF_VAR_docker_hub_access_token set.
terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "europe"
  region = "eu-west-1"
}

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

locals {
  # One declaration for all regions: the keys name the resources.
  upstreams = {
    ecr-public = {}
    docker-hub = { credential = "managed", credential_version = 1 } # raise it to write a new token
  }
}

module "america" {
  source = "../../../modules/pull-through-cache"

  upstreams = local.upstreams
  credentials = {
    docker-hub = { username = var.docker_hub_username, access_token = var.docker_hub_access_token }
  }
}

module "europe" {
  source    = "../../../modules/pull-through-cache"
  providers = { aws = aws.europe }

  upstreams = local.upstreams
  credentials = {
    docker-hub = { username = var.docker_hub_username, access_token = var.docker_hub_access_token }
  }
  repository_settings = {
    keep_last_images = 50
    tags             = { team = "platform" } # ECR gets the role that it needs for that
  }
}

resource "aws_iam_role" "nodes" {
  name_prefix = "nodes-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

module "pulls" {
  source = "../../../modules/pull-policy"

  prefixes        = module.america.prefixes
  tagged_prefixes = module.europe.tagged_prefixes # the first pull may need ecr:TagResource there
  regions         = ["us-east-1", "eu-west-1"]
  role_names      = { nodes = aws_iam_role.nodes.name }

  managed_policy = { name = "elastio-pull" } # for roles that other software makes
}

output "repository_uris" {
  description = "What to pull from, by region and upstream: official images of Docker Hub are at library/."
  value = {
    us-east-1 = module.america.repository_uris
    eu-west-1 = module.europe.repository_uris
  }
}

output "registry_maps" {
  description = "The names in the caches, by region, for the command ecr-pull-through-cache."
  value = {
    us-east-1 = module.america.registry_map
    eu-west-1 = module.europe.registry_map
  }
}
