module "cache" {
  source = "../.."

  upstreams = { quay = {}, ecr-public = {} }

  allow_pull_from = {
    account_ids               = ["444455556666"]
    organizational_unit_paths = ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"]
    prefixes                  = ["quay"]
  }
}

# AWS has one registry policy per account and region: call this module once for all caches there.
module "registry_policy" {
  source = "../../../registry-policy"

  existing = "NONE"
  policies = [module.cache.registry_policy_json]
}

# Commands for repositories that ECR created before other accounts could pull.
output "existing_repository_commands" {
  value = module.cache.existing_repository_commands
}
