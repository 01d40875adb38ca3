data "aws_caller_identity" "current" {}

resource "aws_vpc" "builds" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

# Its route table needs a route to the internet, for example through a NAT gateway.
resource "aws_subnet" "builds" {
  vpc_id            = aws_vpc.builds.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/20"
}

resource "aws_security_group" "builds" {
  name_prefix = "cache-warmer-"
  vpc_id      = aws_vpc.builds.id

  egress {
    description = "HTTPS"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

module "cache" {
  source = "../../../pull-through-cache"

  upstreams           = { ecr-public = {}, kubernetes = {} }
  repository_settings = { tags = { team = "platform" } }
}

module "warmer" {
  source = "../.."

  rules           = module.cache.rules
  tagged_prefixes = module.cache.tagged_prefixes

  images = [
    "public.ecr.aws/docker/library/python:3.12-slim",
    "registry.k8s.io/pause:3.10",
  ]

  project_name          = "cache-warmer"
  schedule              = "cron(0 6 * * ? *)"
  run_on_change         = true
  include_referrers     = true
  timeout_in_minutes    = 30
  log_retention_in_days = 7
  alarm_topic           = { arn = "arn:aws:sns:eu-west-1:${data.aws_caller_identity.current.account_id}:alarms" }

  vpc_config = {
    vpc_id             = aws_vpc.builds.id
    subnet_ids         = [aws_subnet.builds.id]
    security_group_ids = [aws_security_group.builds.id]
  }
}

output "image_uris" {
  value = module.warmer.image_uris
}
