module "cache" {
  source = "../../../pull-through-cache"

  upstreams = { ecr-public = {} }
}

module "scanning" {
  source = "../.."

  scan_type = "BASIC"
  prefixes  = module.cache.prefixes
  existing  = "NONE"
}
