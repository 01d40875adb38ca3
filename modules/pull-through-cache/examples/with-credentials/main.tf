variable "ghcr_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "hub_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "aws_secretsmanager_secret" "hub" {
  name = "ecr-pullthroughcache/docker-hub"
}

resource "aws_secretsmanager_secret_version" "hub" {
  secret_id                = aws_secretsmanager_secret.hub.id
  secret_string_wo         = jsonencode({ username = "bot", accessToken = var.hub_token })
  secret_string_wo_version = 1
}

module "cache" {
  source = "../.."

  upstreams = {
    ecr-public = {}
    docker-hub = { credential_secret_arn = aws_secretsmanager_secret_version.hub.arn }
    ghcr       = { kind = "github", prefix = "ghcr", credential = "managed", credential_version = 1 }
  }
  credentials         = { ghcr = { username = "bot", access_token = var.ghcr_token } }
  repository_settings = { keep_last_images = 50 }
}
