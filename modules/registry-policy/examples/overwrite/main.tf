module "registry_policy" {
  source = "../.."

  existing = "OVERWRITE"

  # The statements to keep, from `aws ecr get-registry-policy`.
  policies = [jsonencode({
    Statement = [{
      Sid       = "Builds"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::777788889999:root" }
      Action    = "ecr:BatchGetImage"
      Resource  = "arn:aws:ecr:eu-west-1:111122223333:repository/builds/*"
    }]
  })]

  replication_from = {
    account_ids         = ["444455556666"]
    repository_prefixes = ["base/"]
  }

  upstream_of = {
    team_a = { account_id = "444455556666", repository_prefix = "team-a" }
  }
}

import {
  to = module.registry_policy.aws_ecr_registry_policy.registry
  id = "111122223333"
}
