data "aws_caller_identity" "current" {
  count = nonsensitive(var.account_id == null) ? 1 : 0
}

data "aws_partition" "current" {
}

data "aws_region" "current" {
}

data "aws_vpc" "given" {
  count = var.check_network ? 1 : 0

  id = var.vpc_id

  lifecycle {
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
      condition     = self.vpc_id == "${var.vpc_id}"
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
      condition     = self.vpc_id == "${var.vpc_id}"
      error_message = "The route table ${each.value} must be in the VPC ${var.vpc_id}."
    }
  }
}

data "aws_vpc_endpoint" "registry" {
  for_each = var.check_network ? local.existing_registry_endpoints : {}

  id = each.value

  lifecycle {
    postcondition {
      condition = self.service_name == "${ { "ecr.api" = "${data.aws_partition.current.reverse_dns_prefix}.${data.aws_region.current.id}.ecr.api", "ecr.dkr" = "${data.aws_partition.current.reverse_dns_prefix}.${data.aws_region.current.id}.ecr.dkr" }[each.key]}"
      error_message = join("", [
        "The endpoint ${each.value} must be an endpoint of the service ",
        "${ { "ecr.api" = "${data.aws_partition.current.reverse_dns_prefix}.${data.aws_region.current.id}.ecr.api", "ecr.dkr" = "${data.aws_partition.current.reverse_dns_prefix}.${data.aws_region.current.id}.ecr.dkr" }[each.key]}.",
      ])
    }

    postcondition {
      condition     = !var.dual_stack || self.ip_address_type == "dualstack"
      error_message = "The endpoint ${each.value} must be dual-stack, like the endpoints that are created."
    }
  }
}

data "aws_vpc_endpoint" "s3" {
  count = nonsensitive(var.check_network && var.s3_endpoint != null) ? 1 : 0

  id = var.s3_endpoint.id

  lifecycle {
    postcondition {
      condition     = self.service_name == "com.amazonaws.${data.aws_region.current.id}.s3"
      error_message = "The endpoint ${var.s3_endpoint.id} must be an endpoint of the service com.amazonaws.${data.aws_region.current.id}.s3."
    }

    postcondition {
      condition     = self.vpc_endpoint_type == "Gateway"
      error_message = "The endpoint ${var.s3_endpoint.id} must be a gateway endpoint."
    }

    postcondition {
      condition     = self.vpc_id == "${var.vpc_id}"
      error_message = "The endpoint ${var.s3_endpoint.id} must be in the VPC ${var.vpc_id}."
    }

    postcondition {
      condition     = !var.dual_stack || self.ip_address_type == "dualstack"
      error_message = "The endpoint ${var.s3_endpoint.id} must be dual-stack, like the endpoints that are created."
    }
  }
}

resource "aws_security_group" "endpoints" {
  count = (
    nonsensitive(
      var.ecr_api_endpoint == null
      || var.ecr_dkr_endpoint == null
      || length(var.services) > 0
      || length(var.service_names) > 0
    )
    ? 1
    : 0
  )

  name_prefix = "ecr-endpoints-"
  description = "Clients of the endpoints of Amazon ECR in a VPC"
  vpc_id      = var.vpc_id

  lifecycle {
    precondition {
      condition = length([
        for key, subnet in data.aws_subnet.given :
        join("", [
          "The subnet ${subnet.id} must be in another availability zone than the subnets before it: an endpoint ",
          "has at most one subnet per zone.",
        ])
        if !(!contains(slice(data.aws_subnet.given[*].availability_zone, 0, key), subnet.availability_zone))
      ]) == 0
      error_message = join(
        "\n",
        [
          for key, subnet in data.aws_subnet.given :
          join("", [
            "The subnet ${subnet.id} must be in another availability zone than the subnets before it: an endpoint ",
            "has at most one subnet per zone.",
          ])
          if !(!contains(slice(data.aws_subnet.given[*].availability_zone, 0, key), subnet.availability_zone))
        ]
      )
    }
  }
}

resource "aws_vpc_security_group_ingress_rule" "cidr" {
  for_each = var.client_cidrs

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from ${each.value}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.value
}

resource "aws_vpc_security_group_ingress_rule" "ipv6_cidr" {
  for_each = local.client_ipv6_cidrs

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from ${each.value}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv6         = each.value
}

resource "aws_vpc_security_group_ingress_rule" "security_group" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.endpoints[0].id
  description                  = "HTTPS from ${each.value}"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = each.value
}

resource "aws_vpc_endpoint" "registry" {
  for_each = local.registry_services

  vpc_id              = var.vpc_id
  service_name        = each.value
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints[0].id]
  policy              = local.ecr_endpoint_policy
  ip_address_type     = var.dual_stack ? "dualstack" : "ipv4"

  dns_options {
    dns_record_ip_type = var.dual_stack ? "dualstack" : "ipv4"
  }

  depends_on = [
    aws_vpc_security_group_ingress_rule.cidr,
    aws_vpc_security_group_ingress_rule.ipv6_cidr,
    aws_vpc_security_group_ingress_rule.security_group,
  ]
}

resource "aws_vpc_endpoint" "service" {
  for_each = local.services

  vpc_id              = var.vpc_id
  service_name        = each.value
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints[0].id]
  ip_address_type     = var.dual_stack ? "dualstack" : "ipv4"

  dns_options {
    dns_record_ip_type = var.dual_stack ? "dualstack" : "ipv4"
  }

  depends_on = [
    aws_vpc_security_group_ingress_rule.cidr,
    aws_vpc_security_group_ingress_rule.ipv6_cidr,
    aws_vpc_security_group_ingress_rule.security_group,
  ]
}

resource "aws_vpc_endpoint" "s3" {
  count = nonsensitive(var.s3_endpoint == null) ? 1 : 0

  vpc_id            = var.vpc_id
  service_name      = "com.amazonaws.${data.aws_region.current.id}.s3"
  vpc_endpoint_type = "Gateway"
  policy            = local.s3_endpoint_policy
  ip_address_type   = var.dual_stack ? "dualstack" : null
}

resource "aws_vpc_endpoint_route_table_association" "s3" {
  for_each = var.route_table_ids

  vpc_endpoint_id = local.s3_endpoint_id
  route_table_id  = each.value
}
