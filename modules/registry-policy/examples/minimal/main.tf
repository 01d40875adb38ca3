module "cache" {
  source = "../../../pull-through-cache"

  upstreams       = { ecr-public = {} }
  allow_pull_from = { account_ids = ["444455556666"] }
}

module "registry_policy" {
  source = "../.."

  existing = "NONE"
  policies = [module.cache.registry_policy_json]
}
