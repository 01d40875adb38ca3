# The location of the registry.
locals {
  partition = data.aws_partition.current.partition
  # `id` is the name of the region in every version of the AWS provider; `name` is deprecated in 6.
  region = data.aws_region.current.id
}

# The registry and its hosts.
locals {
  account_id = var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id

  ipv4_host         = "${local.account_id}.dkr.ecr.${local.region}.${data.aws_partition.current.dns_suffix}"
  dual_stack_suffix = lookup(local.dual_stack_suffixes, local.partition, "")
  dual_stack_host   = "${local.account_id}.dkr-ecr.${local.region}.${local.dual_stack_suffix}"
  host              = var.dual_stack ? local.dual_stack_host : local.ipv4_host
}

# The endpoints: those that are created, and those that exist already. Terraform refuses sensitive values in `count` and
# `for_each`; which endpoints are created is no secret.
locals {
  creates_registry_endpoints  = nonsensitive(var.ecr_api_endpoint == null || var.ecr_dkr_endpoint == null)
  creates_other_endpoints     = nonsensitive(length(var.services) > 0 || length(var.service_names) > 0)
  creates_interface_endpoints = local.creates_registry_endpoints || local.creates_other_endpoints
  creates_s3_endpoint         = nonsensitive(var.s3_endpoint == null)

  given_registry_endpoints = { "ecr.api" = var.ecr_api_endpoint, "ecr.dkr" = var.ecr_dkr_endpoint }

  existing_registry_endpoints = {
    for name, endpoint in local.given_registry_endpoints : name => endpoint.id if nonsensitive(endpoint != null)
  }
  registry_endpoint_ids = merge(
    local.existing_registry_endpoints,
    { for name, endpoint in aws_vpc_endpoint.registry : name => endpoint.id }
  )
  s3_endpoint_id = local.creates_s3_endpoint ? one(aws_vpc_endpoint.s3[*].id) : var.s3_endpoint.id

  ip_address_type = var.dual_stack ? "dualstack" : "ipv4"
}

# The names of endpoint services, by their last parts.
locals {
  reverse_dns_prefix = data.aws_partition.current.reverse_dns_prefix

  registry_service_names = {
    for name in keys(local.given_registry_endpoints) :
    name => "${local.reverse_dns_prefix}.${local.region}.${name}"
  }
  registry_services = {
    for name, service in local.registry_service_names :
    name => service
    if nonsensitive(local.given_registry_endpoints[name] == null)
  }

  services_by_name = {
    for name in var.services :
    name => join(".", [
      contains(local.services_named_after_partition, name) ? local.reverse_dns_prefix : local.common_service_prefix,
      local.region,
      name,
    ])
  }
  services = merge(local.services_by_name, { for service in var.service_names : service => service })

  s3_service = "${local.common_service_prefix}.${local.region}.s3"
}

# The clients.
locals {
  # AWS returns the canonical spelling, and any other would be a change in every plan.
  client_ipv6_cidrs = {
    for key, block in var.client_ipv6_cidrs : key => "${cidrhost(block, 0)}/${split("/", block)[1]}"
  }
}
