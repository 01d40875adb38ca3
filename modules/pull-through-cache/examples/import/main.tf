# AWS rejects a second rule with the same prefix. An existing template is imported in the same way.
import {
  to = module.cache.aws_ecr_pull_through_cache_rule.upstream["quay"]
  id = "quay"
}

module "cache" {
  source = "../.."

  upstreams = { quay = {} }
}
