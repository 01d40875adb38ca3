# A configuration that makes what it hands to the module: when it is planned, the ARNs are not known.
resource "aws_secretsmanager_secret" "docker_hub" {
  name = "ecr-pullthroughcache/docker-hub"
}

resource "aws_kms_key" "repositories" {}

resource "aws_iam_policy" "boundary" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_iam_role" "ecr" {
  for_each = toset(["ecr", "pullthroughcache.ecr"])

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "${each.key}.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

module "cache" {
  source = "../.."

  upstreams = {
    docker-hub = {
      credential_secret_arn = aws_secretsmanager_secret.docker_hub.arn
      repository_settings   = { role = { arn = aws_iam_role.ecr["ecr"].arn } }
    }
    kubernetes = {
      repository_settings = { description = aws_kms_key.repositories.key_id }
    }
    platform = {
      kind       = "private-ecr"
      prefix     = "platform"
      region     = "us-east-1"
      account_id = "444455556666"
      role       = { arn = aws_iam_role.ecr["pullthroughcache.ecr"].arn }
    }
    unlisted = {
      prefix                = "new"
      upstream_registry_url = "registry.example.com"
      credential_secret_arn = aws_secretsmanager_secret.docker_hub.arn
    }
  }
  repository_settings = {
    kms_key           = { arn = aws_kms_key.repositories.arn }
    tags              = { key = aws_kms_key.repositories.key_id }
    repository_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_role.ecr["ecr"].arn }, Action = "ecr:BatchGetImage" }] })
  }
  role_options          = { permissions_boundary_arn = aws_iam_policy.boundary.arn }
  acknowledged_warnings = ["unlisted-registry"]
}

# Whoever declares a type for what they hand on hands on every attribute, most of them null.
variable "declared" {
  type = map(object({
    prefix = optional(string)
    role   = optional(object({ arn = string }))
    repository_settings = optional(object({
      keep_last_images = optional(number)
      kms_key          = optional(object({ arn = string }))
      tags             = optional(map(string))
    }))
  }))
  default = {
    kubernetes = {}
    quay       = { prefix = "declared", repository_settings = { keep_last_images = 5 } }
  }
}

module "declared" {
  source = "../.."

  upstreams = var.declared
}

# Names and ARNs that come from sensitive variables.
module "sensitive" {
  source = "../.."

  upstreams = {
    docker-hub = { credential_secret_name = sensitive("ecr-pullthroughcache/docker-hub") }
    private-ecr = {
      region     = "us-east-1"
      account_id = sensitive("444455556666")
      role       = { arn = sensitive("arn:aws:iam::111122223333:role/reads") }
    }
    quay = {
      prefix = sensitive("cached")
      repository_settings = {
        kms_key = { arn = sensitive("arn:aws:kms:us-east-1:111122223333:key/one") }
        role    = { arn = sensitive("arn:aws:iam::111122223333:role/creates") }
      }
    }
  }
  repository_settings = sensitive({ keep_last_images = 5 })
  account_id          = sensitive("111122223333")
}
