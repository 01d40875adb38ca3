# The existing network, which every plan looks up with `check_network`. The plan fails if AWS would refuse the
# endpoints, or if no client could use them. A test compares the conditions with those of the construct.

data "aws_vpc" "given" {
  count = var.check_network ? 1 : 0

  id = var.vpc_id

  lifecycle {
    # https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    postcondition {
      condition = self.enable_dns_support && self.enable_dns_hostnames
      error_message = join("", [
        "The VPC ${var.vpc_id} must have DNS support and DNS hostnames enabled; otherwise the names of AWS ",
        "services do not resolve to its endpoints.",
      ])
    }
  }
}

data "aws_subnet" "given" {
  count = var.check_network ? length(var.subnet_ids) : 0

  id = var.subnet_ids[count.index]

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "The subnet ${self.id} must be in the VPC ${var.vpc_id}."
    }

    postcondition {
      condition     = !var.dual_stack || self.ipv6_cidr_block != ""
      error_message = "The subnet ${self.id} must have an IPv6 block for dual-stack endpoints."
    }
  }
}

data "aws_route_table" "given" {
  for_each = var.check_network ? var.route_table_ids : {}

  route_table_id = each.value

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "The route table ${each.value} must be in the VPC ${var.vpc_id}."
    }
  }
}

data "aws_vpc_endpoint" "registry" {
  for_each = var.check_network ? local.existing_registry_endpoints : {}

  id = each.value

  lifecycle {
    postcondition {
      condition = self.service_name == local.registry_service_names[each.key]
      error_message = join("", [
        "The endpoint ${each.value} must be an endpoint of the service ",
        "${local.registry_service_names[each.key]}.",
      ])
    }

    postcondition {
      condition     = !var.dual_stack || self.ip_address_type == "dualstack"
      error_message = "The endpoint ${each.value} must be dual-stack, like the endpoints that are created."
    }
  }
}

data "aws_vpc_endpoint" "s3" {
  count = var.check_network && !local.creates_s3_endpoint ? 1 : 0

  id = var.s3_endpoint.id

  lifecycle {
    postcondition {
      condition     = self.service_name == local.s3_service
      error_message = "The endpoint ${var.s3_endpoint.id} must be an endpoint of the service ${local.s3_service}."
    }

    postcondition {
      condition     = self.vpc_endpoint_type == "Gateway"
      error_message = "The endpoint ${var.s3_endpoint.id} must be a gateway endpoint."
    }

    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "The endpoint ${var.s3_endpoint.id} must be in the VPC ${var.vpc_id}."
    }

    postcondition {
      condition     = !var.dual_stack || self.ip_address_type == "dualstack"
      error_message = "The endpoint ${var.s3_endpoint.id} must be dual-stack, like the endpoints that are created."
    }
  }
}

locals {
  subnet_zones = data.aws_subnet.given[*].availability_zone
  subnets_in_a_zone_before = [
    for index, subnet in data.aws_subnet.given :
    subnet.id
    if contains(slice(local.subnet_zones, 0, index), subnet.availability_zone)
  ]

  unreached_endpoints = [
    for endpoint in data.aws_vpc_endpoint.registry :
    endpoint.id
    if !(endpoint.vpc_id == var.vpc_id && endpoint.private_dns_enabled)
  ]

  # A route has one destination, and the provider gives the others as empty text.
  tables_without_default_route = [
    for table in data.aws_route_table.given :
    table.route_table_id
    if !anytrue([
      for route in table.routes :
      contains(["0.0.0.0/0", "::/0"], coalesce(route.cidr_block, route.ipv6_cidr_block, "-"))
    ])
  ]
}
