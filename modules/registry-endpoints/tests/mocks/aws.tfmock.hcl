mock_data "aws_region" {
  defaults = { id = "eu-west-1" }
}

mock_data "aws_partition" {
  defaults = {
    partition          = "aws"
    dns_suffix         = "amazonaws.com"
    reverse_dns_prefix = "com.amazonaws"
  }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "111122223333" }
}

mock_data "aws_vpc" {
  defaults = {
    enable_dns_support   = true
    enable_dns_hostnames = true
  }
}

mock_data "aws_subnet" {
  defaults = {
    vpc_id            = "vpc-0a1b2c3d"
    availability_zone = "eu-west-1a"
    ipv6_cidr_block   = "2001:db8::/64"
  }
}

mock_data "aws_route_table" {
  defaults = {
    vpc_id = "vpc-0a1b2c3d"
    routes = [{ cidr_block = "0.0.0.0/0" }]
  }
}

mock_data "aws_vpc_endpoint" {
  defaults = {
    vpc_id              = "vpc-0a1b2c3d"
    service_name        = "com.amazonaws.eu-west-1.ecr.api"
    vpc_endpoint_type   = "Interface"
    private_dns_enabled = true
    ip_address_type     = "dualstack"
  }
}
