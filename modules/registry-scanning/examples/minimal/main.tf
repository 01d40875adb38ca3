module "cache" {
  source = "../../../pull-through-cache"

  upstreams = { ecr-public = {} }
}

module "scanning" {
  source = "../.."

  prefixes = module.cache.prefixes
  existing = "NONE"
}
