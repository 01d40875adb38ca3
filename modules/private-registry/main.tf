# Most variables have no validations: each of the three modules checks its own inputs.

module "cache" {
  source = "../pull-through-cache"

  upstreams             = var.upstreams
  credentials           = var.credentials
  repository_settings   = var.repository_settings
  role_options          = var.role_options
  account_id            = var.account_id
  acknowledged_warnings = setintersection(var.acknowledged_warnings, local.cache_warnings)
}

module "endpoints" {
  source = "../registry-endpoints"

  prefixes             = module.cache.prefixes
  tagged_prefixes      = module.cache.tagged_prefixes
  account_id           = var.account_id
  repository_arns      = var.repository_arns
  push_repository_arns = var.push_repository_arns
  bucket_names         = var.bucket_names
  full_access          = var.full_access
  ecr_endpoint_policy  = var.ecr_endpoint_policy
  s3_endpoint_policy   = var.s3_endpoint_policy

  vpc_id                    = var.vpc_id
  subnet_ids                = var.subnet_ids
  route_table_ids           = var.route_table_ids
  client_cidrs              = var.client_cidrs
  client_ipv6_cidrs         = var.client_ipv6_cidrs
  client_security_group_ids = var.client_security_group_ids
  first_pull                = var.first_pull
  check_network             = var.check_network

  services         = var.services
  service_names    = var.service_names
  dual_stack       = var.dual_stack
  ecr_api_endpoint = var.ecr_api_endpoint
  ecr_dkr_endpoint = var.ecr_dkr_endpoint
  s3_endpoint      = var.s3_endpoint

  acknowledged_warnings = setintersection(var.acknowledged_warnings, local.endpoint_warnings)
}

module "pulls" {
  source = "../pull-policy"

  prefixes            = module.cache.prefixes
  tagged_prefixes     = module.cache.tagged_prefixes
  create_repositories = var.create_repositories
  role_names          = var.role_names
  managed_policy      = var.managed_policy
  account_id          = var.account_id
}
