data "aws_caller_identity" "current" {
  count = nonsensitive(var.account_id == null) ? 1 : 0
}

data "aws_partition" "current" {}

data "aws_region" "current" {}

resource "aws_vpc_endpoint" "registry" {
  for_each = local.registry_services

  vpc_id              = var.vpc_id
  service_name        = each.value
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints[0].id]
  policy              = local.ecr_endpoint_policy
  ip_address_type     = local.ip_address_type

  dns_options {
    dns_record_ip_type = local.ip_address_type
  }

  # Names resolve to an endpoint as long as it exists: ingress rules are created before it and deleted after it.
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
  ip_address_type     = local.ip_address_type

  dns_options {
    dns_record_ip_type = local.ip_address_type
  }

  # As for aws_vpc_endpoint.registry.
  depends_on = [
    aws_vpc_security_group_ingress_rule.cidr,
    aws_vpc_security_group_ingress_rule.ipv6_cidr,
    aws_vpc_security_group_ingress_rule.security_group,
  ]
}

# ECR serves the layers of images from S3: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
resource "aws_vpc_endpoint" "s3" {
  count = local.creates_s3_endpoint ? 1 : 0

  vpc_id            = var.vpc_id
  service_name      = local.s3_service
  vpc_endpoint_type = "Gateway"
  policy            = local.s3_endpoint_policy
  ip_address_type   = var.dual_stack ? "dualstack" : null
}

# The endpoint lists no route tables itself, so that other configurations can add theirs.
resource "aws_vpc_endpoint_route_table_association" "s3" {
  for_each = var.route_table_ids

  vpc_endpoint_id = local.s3_endpoint_id
  route_table_id  = each.value
}

resource "aws_security_group" "endpoints" {
  count = local.creates_interface_endpoints ? 1 : 0

  name_prefix = "ecr-endpoints-"
  description = "Clients of the endpoints of Amazon ECR in a VPC"
  vpc_id      = var.vpc_id

  lifecycle {
    # Here and not at the subnets, since it compares all of them and must hold before any endpoint is created.
    precondition {
      condition = length(local.subnets_in_a_zone_before) == 0
      error_message = join("\n", [
        for id in local.subnets_in_a_zone_before :
        join("", [
          "The subnet ${id} must be in another availability zone than the subnets before it: an endpoint has at ",
          "most one subnet per zone.",
        ])
      ])
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
