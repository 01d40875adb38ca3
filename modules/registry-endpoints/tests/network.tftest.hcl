mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  vpc_id          = "vpc-0a1b2c3d"
  subnet_ids      = ["subnet-0a1b2c3d"]
  route_table_ids = { private = "rtb-0a1b2c3d" }
  client_cidrs    = { vpc = "10.0.0.0/16" }
  first_pull      = "INTERNET_ROUTE"
  prefixes        = ["ecr-public"]
}

run "a_network_that_will_do_is_looked_up" {
  command = plan

  assert {
    condition     = length(data.aws_vpc.given) == 1 && length(data.aws_subnet.given) == 1 && keys(data.aws_route_table.given) == ["private"]
    error_message = "something of the network is not looked up"
  }
}

run "nothing_is_looked_up_by_those_who_do_not_want_it" {
  command = plan
  variables {
    check_network    = false
    s3_endpoint      = { id = "vpce-0a1b2c3d" }
    ecr_api_endpoint = { id = "vpce-0b1b2c3d" }
  }

  assert {
    condition     = length(data.aws_vpc.given) + length(data.aws_subnet.given) + length(data.aws_route_table.given) + length(data.aws_vpc_endpoint.registry) + length(data.aws_vpc_endpoint.s3) == 0
    error_message = "something of the network is looked up"
  }
}

run "the_vpc_has_dns_hostnames" {
  command = plan
  override_data {
    target = data.aws_vpc.given
    values = { enable_dns_support = true, enable_dns_hostnames = false }
  }
  expect_failures = [data.aws_vpc.given]
}

run "the_vpc_has_dns_support" {
  command = plan
  override_data {
    target = data.aws_vpc.given
    values = { enable_dns_support = false, enable_dns_hostnames = true }
  }
  expect_failures = [data.aws_vpc.given]
}

run "subnets_are_in_the_vpc" {
  command = plan
  override_data {
    target = data.aws_subnet.given
    values = { vpc_id = "vpc-0b1b2c3d" }
  }
  expect_failures = [data.aws_subnet.given]
}

run "dual_stack_needs_subnets_with_ipv6" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::/56" }
  }
  override_data {
    target = data.aws_subnet.given
    values = { vpc_id = "vpc-0a1b2c3d", ipv6_cidr_block = "" }
  }
  expect_failures = [data.aws_subnet.given]
}

run "subnets_need_no_ipv6_without_dual_stack" {
  command = plan
  override_data {
    target = data.aws_subnet.given
    values = { vpc_id = "vpc-0a1b2c3d", ipv6_cidr_block = "" }
  }

  assert {
    condition     = data.aws_subnet.given[0].ipv6_cidr_block == ""
    error_message = "the subnet has IPv6"
  }
}

run "each_subnet_is_in_a_zone_of_its_own" {
  command = plan
  variables {
    subnet_ids = ["subnet-0a1b2c3d", "subnet-0b1b2c3d"]
  }
  expect_failures = [aws_security_group.endpoints]
}

run "subnets_may_be_in_several_zones" {
  command = plan
  variables {
    subnet_ids = ["subnet-0a1b2c3d", "subnet-0b1b2c3d"]
  }
  override_data {
    target = data.aws_subnet.given[1]
    values = { vpc_id = "vpc-0a1b2c3d", availability_zone = "eu-west-1b" }
  }

  assert {
    condition     = length(data.aws_subnet.given) == 2
    error_message = "a subnet is not looked up"
  }
}

run "route_tables_are_in_the_vpc" {
  command = plan
  override_data {
    target = data.aws_route_table.given
    values = { vpc_id = "vpc-0b1b2c3d" }
  }
  expect_failures = [data.aws_route_table.given]
}

run "an_endpoint_of_ecr_that_exists_is_used" {
  command = plan
  variables {
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
  }

  assert {
    condition     = data.aws_vpc_endpoint.registry["ecr.api"].service_name == "com.amazonaws.eu-west-1.ecr.api"
    error_message = "the endpoint is not looked up"
  }
}

run "an_endpoint_of_ecr_that_exists_is_of_that_service" {
  command = plan
  variables {
    ecr_dkr_endpoint = { id = "vpce-0a1b2c3d" }
  }
  expect_failures = [data.aws_vpc_endpoint.registry]
}

run "an_endpoint_of_s3_that_exists_is_used" {
  command = plan
  variables {
    s3_endpoint = { id = "vpce-0a1b2c3d" }
  }
  override_data {
    target = data.aws_vpc_endpoint.s3
    values = { service_name = "com.amazonaws.eu-west-1.s3", vpc_endpoint_type = "Gateway", vpc_id = "vpc-0a1b2c3d", ip_address_type = "ipv4" }
  }

  assert {
    condition     = length(data.aws_vpc_endpoint.s3) == 1
    error_message = "the endpoint is not looked up"
  }
}

run "an_endpoint_of_s3_that_exists_is_of_that_service" {
  command = plan
  variables {
    s3_endpoint = { id = "vpce-0a1b2c3d" }
  }
  override_data {
    target = data.aws_vpc_endpoint.s3
    values = { service_name = "com.amazonaws.eu-west-1.dynamodb", vpc_endpoint_type = "Gateway", vpc_id = "vpc-0a1b2c3d", ip_address_type = "ipv4" }
  }
  expect_failures = [data.aws_vpc_endpoint.s3]
}

run "an_endpoint_of_s3_that_exists_is_a_gateway" {
  command = plan
  variables {
    s3_endpoint = { id = "vpce-0a1b2c3d" }
  }
  override_data {
    target = data.aws_vpc_endpoint.s3
    values = { service_name = "com.amazonaws.eu-west-1.s3", vpc_endpoint_type = "Interface", vpc_id = "vpc-0a1b2c3d", ip_address_type = "ipv4" }
  }
  expect_failures = [data.aws_vpc_endpoint.s3]
}

run "an_endpoint_of_s3_that_exists_is_in_the_vpc" {
  command = plan
  variables {
    s3_endpoint = { id = "vpce-0a1b2c3d" }
  }
  override_data {
    target = data.aws_vpc_endpoint.s3
    values = { service_name = "com.amazonaws.eu-west-1.s3", vpc_endpoint_type = "Gateway", vpc_id = "vpc-0b1b2c3d", ip_address_type = "ipv4" }
  }
  expect_failures = [data.aws_vpc_endpoint.s3]
}

run "an_endpoint_of_s3_that_exists_is_dual_stack_as_well" {
  command = plan
  variables {
    s3_endpoint       = { id = "vpce-0a1b2c3d" }
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::/56" }
  }
  override_data {
    target = data.aws_vpc_endpoint.s3
    values = { service_name = "com.amazonaws.eu-west-1.s3", vpc_endpoint_type = "Gateway", vpc_id = "vpc-0a1b2c3d", ip_address_type = "ipv4" }
  }
  expect_failures = [data.aws_vpc_endpoint.s3]
}

run "an_endpoint_of_ecr_that_exists_is_dual_stack_as_well" {
  command = plan
  variables {
    ecr_api_endpoint  = { id = "vpce-0a1b2c3d" }
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::/56" }
  }
  override_data {
    target = data.aws_vpc_endpoint.registry
    values = { service_name = "com.amazonaws.eu-west-1.ecr.api", vpc_id = "vpc-0a1b2c3d", private_dns_enabled = true, ip_address_type = "ipv4" }
  }
  expect_failures = [data.aws_vpc_endpoint.registry]
}

run "an_endpoint_of_another_vpc_is_warned_of" {
  command = plan
  variables {
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
  }
  override_data {
    target = data.aws_vpc_endpoint.registry
    values = { service_name = "com.amazonaws.eu-west-1.ecr.api", vpc_id = "vpc-0b1b2c3d", private_dns_enabled = true, ip_address_type = "ipv4" }
  }
  expect_failures = [check.registry_endpoints_reached]
}

run "an_endpoint_without_private_dns_is_warned_of" {
  command = plan
  variables {
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
  }
  override_data {
    target = data.aws_vpc_endpoint.registry
    values = { service_name = "com.amazonaws.eu-west-1.ecr.api", vpc_id = "vpc-0a1b2c3d", private_dns_enabled = false, ip_address_type = "ipv4" }
  }
  expect_failures = [check.registry_endpoints_reached]
}

run "a_route_table_without_a_default_route_is_warned_of" {
  command = plan
  override_data {
    target = data.aws_route_table.given
    values = { vpc_id = "vpc-0a1b2c3d", routes = [{ cidr_block = "10.0.0.0/8" }] }
  }
  expect_failures = [check.first_pull]
}

run "a_default_route_may_be_of_ipv6" {
  command = plan
  override_data {
    target = data.aws_route_table.given
    values = { vpc_id = "vpc-0a1b2c3d", routes = [{ cidr_block = "", ipv6_cidr_block = "::/0" }] }
  }

  assert {
    condition     = length(data.aws_route_table.given) == 1
    error_message = "the table is not looked up"
  }
}

run "images_that_are_pulled_beforehand_need_no_default_route" {
  command = plan
  variables {
    first_pull = "PREWARMED"
  }
  override_data {
    target = data.aws_route_table.given
    values = { vpc_id = "vpc-0a1b2c3d", routes = [{ cidr_block = "10.0.0.0/8" }] }
  }

  assert {
    condition     = length(data.aws_route_table.given) == 1
    error_message = "the table is not looked up"
  }
}
