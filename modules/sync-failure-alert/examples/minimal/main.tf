module "cache" {
  source = "../../../pull-through-cache"

  upstreams = { ecr-public = {}, quay = {} }
}

module "alert" {
  source = "../.."

  prefixes  = module.cache.prefixes
  new_topic = { email_addresses = { ops = "ops@example.com" } }
}
