module "cache" {
  source = "../../../pull-through-cache"

  upstreams = { ecr-public = {} }
}

module "endpoints" {
  source = "../.."

  vpc_id          = "vpc-0a1b2c3d4e5f60718"
  subnet_ids      = ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"]
  route_table_ids = { private = "rtb-0a1b2c3d4e5f60718" }
  client_cidrs    = { vpc = "10.0.0.0/16" }
  first_pull      = "INTERNET_ROUTE"
  prefixes        = module.cache.prefixes
}
