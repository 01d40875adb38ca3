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

run "the_vpc_is_named_by_its_id" {
  command = plan
  variables {
    vpc_id = "vpc-0abc"
  }
  expect_failures = [var.vpc_id]
}

run "subnets_are_named_by_their_ids" {
  command = plan
  variables {
    subnet_ids = ["subnet-0a1b2c3d", "vpc-0a1b2c3d"]
  }
  expect_failures = [var.subnet_ids]
}

run "an_interface_endpoint_needs_a_subnet" {
  command = plan
  variables {
    subnet_ids = []
  }
  expect_failures = [var.subnet_ids]
}

run "an_endpoint_of_another_service_needs_a_subnet" {
  command = plan
  variables {
    subnet_ids       = []
    client_cidrs     = { vpc = "10.0.0.0/16" }
    prefixes         = []
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint = { id = "vpce-0b1b2c3d" }
    check_network    = false
    services         = ["logs"]
  }
  expect_failures = [var.subnet_ids]
}

run "subnets_are_not_given_where_no_interface_endpoint_is_made" {
  command = plan
  variables {
    subnet_ids       = ["subnet-0a1b2c3d"]
    client_cidrs     = {}
    prefixes         = []
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint = { id = "vpce-0b1b2c3d" }
    check_network    = false
  }
  expect_failures = [var.subnet_ids]
}

run "a_subnet_is_given_once" {
  command = plan
  variables {
    subnet_ids = ["subnet-0a1b2c3d", "subnet-0a1b2c3d"]
  }
  expect_failures = [var.subnet_ids]
}

run "route_tables_are_named_by_their_ids" {
  command = plan
  variables {
    route_table_ids = { private = "rtb-0a1b2c3d4" }
  }
  expect_failures = [var.route_table_ids]
}

run "a_route_table_is_required" {
  command = plan
  variables {
    route_table_ids = {}
  }
  expect_failures = [var.route_table_ids]
}

run "a_route_table_is_not_required_by_an_endpoint_of_s3_that_exists" {
  command = plan
  variables {
    route_table_ids = {}
    s3_endpoint     = { id = "vpce-0a1b2c3d" }
    check_network   = false
  }

  assert {
    condition     = length(aws_vpc_endpoint_route_table_association.s3) + length(aws_vpc_endpoint.s3) == 0
    error_message = "a route is made that nobody asked for"
  }
}

run "a_route_table_is_given_once" {
  command = plan
  variables {
    route_table_ids = { one = "rtb-0a1b2c3d", two = "rtb-0a1b2c3d" }
  }
  expect_failures = [var.route_table_ids]
}

run "a_block_of_ipv4_has_a_mask" {
  command = plan
  variables {
    client_cidrs = { vpc = "10.0.0.0" }
  }
  expect_failures = [var.client_cidrs]
}

run "a_block_of_ipv4_starts_at_its_first_address" {
  command = plan
  variables {
    client_cidrs = { vpc = "10.0.0.1/16" }
  }
  expect_failures = [var.client_cidrs]
}

run "a_mask_of_ipv4_is_at_most_32" {
  command = plan
  variables {
    client_cidrs = { vpc = "10.0.0.0/33" }
  }
  expect_failures = [var.client_cidrs]
}

run "a_mask_of_ipv4_may_be_32" {
  command = plan
  variables {
    client_cidrs = { vpc = "10.0.0.0/32" }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.cidr["vpc"].cidr_ipv4 == "10.0.0.0/32"
    error_message = "the block is another one"
  }
}

run "a_block_of_ipv4_has_no_zeros_in_front" {
  command = plan
  variables {
    client_cidrs = { vpc = "010.0.0.0/8" }
  }
  expect_failures = [var.client_cidrs]
}

run "a_block_of_ipv6_is_none_of_ipv4" {
  command = plan
  variables {
    client_cidrs = { vpc = "2001:db8::/56" }
  }
  expect_failures = [var.client_cidrs]
}

run "a_block_is_given_once" {
  command = plan
  variables {
    client_cidrs = { one = "10.0.0.0/16", two = "10.0.0.0/16" }
  }
  expect_failures = [var.client_cidrs]
}

run "a_block_may_be_in_another_one" {
  command = plan
  variables {
    client_cidrs = { one = "10.0.0.0/16", two = "10.0.0.0/17" }
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.cidr) == 2
    error_message = "a block is missing"
  }
}

run "blocks_are_not_given_where_no_interface_endpoint_is_made" {
  command = plan
  variables {
    subnet_ids       = []
    client_cidrs     = { vpc = "10.0.0.0/16" }
    prefixes         = []
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint = { id = "vpce-0b1b2c3d" }
    check_network    = false
  }
  expect_failures = [var.client_cidrs]
}

run "somebody_is_admitted" {
  command = plan
  variables {
    client_cidrs = {}
  }
  expect_failures = [var.client_cidrs]
}

run "a_block_of_ipv6_starts_at_its_first_address" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::1/64" }
  }
  expect_failures = [var.client_ipv6_cidrs]
}

run "a_mask_of_ipv6_is_at_most_128" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::/129" }
  }
  expect_failures = [var.client_ipv6_cidrs]
}

run "a_mask_of_ipv6_may_be_128" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:DB8::1/128" }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.ipv6_cidr["vpc"].cidr_ipv6 == "2001:db8::1/128"
    error_message = "the block is another one"
  }
}

run "a_block_of_ipv6_does_not_stand_for_one_of_ipv4" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "::ffff:10.0.0.0/104" }
  }
  expect_failures = [var.client_ipv6_cidrs]
}

run "a_block_is_given_once_in_whatever_spelling" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { one = "2001:db8::/56", two = "2001:DB8:0::/56" }
  }
  expect_failures = [var.client_ipv6_cidrs]
}

run "blocks_of_ipv6_are_not_given_where_no_interface_endpoint_is_made" {
  command = plan
  variables {
    subnet_ids        = []
    client_cidrs      = {}
    prefixes          = []
    ecr_api_endpoint  = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint  = { id = "vpce-0b1b2c3d" }
    check_network     = false
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::/56" }
  }
  expect_failures = [var.client_ipv6_cidrs]
}

run "blocks_of_ipv6_need_dual_stack" {
  command = plan
  variables {
    client_ipv6_cidrs = { vpc = "2001:db8::/56" }
  }
  expect_failures = [var.client_ipv6_cidrs]
}

run "dual_stack_needs_clients_with_ipv6" {
  command = plan
  variables {
    dual_stack = true
  }
  expect_failures = [var.client_ipv6_cidrs]
}

run "clients_with_ipv6_may_be_a_group" {
  command = plan
  variables {
    dual_stack                = true
    client_security_group_ids = { nodes = "sg-0a1b2c3d" }
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.ipv6_cidr) == 0 && length(aws_vpc_security_group_ingress_rule.security_group) == 1
    error_message = "somebody else is admitted"
  }
}

run "groups_are_named_by_their_ids" {
  command = plan
  variables {
    client_security_group_ids = { nodes = "default" }
  }
  expect_failures = [var.client_security_group_ids]
}

run "a_group_is_given_once" {
  command = plan
  variables {
    client_security_group_ids = { one = "sg-0a1b2c3d", two = "sg-0a1b2c3d" }
  }
  expect_failures = [var.client_security_group_ids]
}

run "groups_are_not_given_where_no_interface_endpoint_is_made" {
  command = plan
  variables {
    subnet_ids                = []
    client_cidrs              = {}
    prefixes                  = []
    ecr_api_endpoint          = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint          = { id = "vpce-0b1b2c3d" }
    check_network             = false
    client_security_group_ids = { nodes = "sg-0a1b2c3d" }
  }
  expect_failures = [var.client_security_group_ids]
}

run "first_pulls_get_through_in_one_of_two_ways" {
  command = plan
  variables {
    first_pull = "NAT"
  }
  expect_failures = [var.first_pull]
}

run "ecr_is_no_other_service" {
  command = plan
  variables {
    services = ["ecr.api"]
  }
  expect_failures = [var.services]
}

run "a_service_is_named_by_its_last_part" {
  command = plan
  variables {
    services = ["com.amazonaws.eu-west-1.kms"]
  }
  expect_failures = [var.services]
}

run "a_service_is_not_named_after_the_product" {
  command = plan
  variables {
    services = ["cloudwatch-logs"]
  }
  expect_failures = [var.services]
}

run "a_service_is_named_as_a_whole" {
  command = plan
  variables {
    service_names = ["kms"]
  }
  expect_failures = [var.service_names]
}

run "fails_with_a_name_of_a_service_that_is_null" {
  command = plan
  variables {
    service_names = [null]
  }
  expect_failures = [var.service_names]
}

run "fails_with_a_name_of_a_bucket_that_is_null" {
  command = plan
  variables {
    bucket_names = [null]
  }
  expect_failures = [var.bucket_names]
}

run "a_service_is_of_the_region_of_the_vpc" {
  command = plan
  variables {
    service_names = ["com.amazonaws.us-east-1.kms"]
  }
  expect_failures = [var.service_names]
}

run "a_service_is_given_once" {
  command = plan
  variables {
    services      = ["a.b.eu-west-1.c"]
    service_names = ["a.b.eu-west-1.c"]
  }
  expect_failures = [var.service_names]
}

run "a_service_has_one_endpoint_with_private_dns" {
  command = plan
  variables {
    services      = ["kms"]
    service_names = ["com.amazonaws.eu-west-1.kms"]
  }
  expect_failures = [var.service_names]
}

run "ecr_has_one_endpoint_with_private_dns" {
  command = plan
  variables {
    service_names = ["com.amazonaws.eu-west-1.ecr.dkr"]
  }
  expect_failures = [var.service_names]
}

run "ecr_that_exists_may_have_an_endpoint_by_its_whole_name" {
  command = plan
  variables {
    ecr_dkr_endpoint = { id = "vpce-0a1b2c3d" }
    service_names    = ["com.amazonaws.eu-west-1.ecr.dkr"]
    check_network    = false
  }

  assert {
    condition     = keys(aws_vpc_endpoint.service) == ["com.amazonaws.eu-west-1.ecr.dkr"]
    error_message = "the endpoint is missing"
  }
}

run "prefixes_are_such_as_ecr_takes" {
  command = plan
  variables {
    prefixes = ["Quay"]
  }
  expect_failures = [var.prefixes]
}

run "tagged_prefixes_are_some_of_the_prefixes" {
  command = plan
  variables {
    tagged_prefixes = ["ecr-public", "quay"]
  }
  expect_failures = [var.tagged_prefixes]
}

run "something_may_be_pulled" {
  command = plan
  variables {
    prefixes = []
  }
  expect_failures = [var.prefixes]
}

run "an_account_has_twelve_digits" {
  command = plan
  variables {
    account_id = "11112222333"
  }
  expect_failures = [var.account_id]
}

run "repositories_are_named_by_their_arns" {
  command = plan
  variables {
    repository_arns = ["team/*"]
  }
  expect_failures = [var.repository_arns]
}

run "repositories_are_given_once" {
  command = plan
  variables {
    repository_arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*", "arn:aws:ecr:eu-west-1:111122223333:repository/team/*"]
  }
  expect_failures = [var.repository_arns]
}

run "repositories_are_of_the_region_of_the_vpc" {
  command = plan
  variables {
    repository_arns = ["arn:aws:ecr:us-east-1:111122223333:repository/team/*"]
  }
  expect_failures = [var.repository_arns]
}

run "repositories_are_of_the_partition_of_the_vpc" {
  command = plan
  variables {
    repository_arns = ["arn:aws-cn:ecr:eu-west-1:111122223333:repository/team/*"]
  }
  expect_failures = [var.repository_arns]
}

run "repositories_are_not_given_beside_full_access" {
  command = plan
  variables {
    repository_arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*"]
    full_access     = true
  }
  expect_failures = [var.repository_arns]
}

run "repositories_are_not_given_beside_a_policy" {
  command = plan
  variables {
    repository_arns     = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*"]
    ecr_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
  }
  expect_failures = [var.repository_arns]
}

run "repositories_are_not_given_where_no_endpoint_of_ecr_is_made" {
  command = plan
  variables {
    subnet_ids       = []
    client_cidrs     = {}
    prefixes         = []
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint = { id = "vpce-0b1b2c3d" }
    check_network    = false
    repository_arns  = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*"]
  }
  expect_failures = [var.repository_arns]
}

run "the_policy_of_ecr_has_at_most_20480_characters" {
  command = plan
  variables {
    repository_arns = [for index in range(400) : "arn:aws:ecr:eu-west-1:111122223333:repository/team-${index + 1000}"]
  }
  expect_failures = [var.repository_arns]
}

run "repositories_for_pushes_are_named_by_their_arns" {
  command = plan
  variables {
    push_repository_arns = ["team/*"]
  }
  expect_failures = [var.push_repository_arns]
}

run "repositories_for_pushes_are_given_once" {
  command = plan
  variables {
    push_repository_arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*", "arn:aws:ecr:eu-west-1:111122223333:repository/team/*"]
  }
  expect_failures = [var.push_repository_arns]
}

run "repositories_for_pushes_are_of_the_region_of_the_vpc" {
  command = plan
  variables {
    push_repository_arns = ["arn:aws:ecr:us-east-1:111122223333:repository/team/*"]
  }
  expect_failures = [var.push_repository_arns]
}

run "repositories_for_pushes_are_of_the_partition_of_the_vpc" {
  command = plan
  variables {
    push_repository_arns = ["arn:aws-cn:ecr:eu-west-1:111122223333:repository/team/*"]
  }
  expect_failures = [var.push_repository_arns]
}

run "repositories_for_pushes_are_not_given_beside_full_access" {
  command = plan
  variables {
    push_repository_arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*"]
    full_access          = true
  }
  expect_failures = [var.push_repository_arns]
}

run "repositories_for_pushes_are_not_given_beside_a_policy" {
  command = plan
  variables {
    push_repository_arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*"]
    ecr_endpoint_policy  = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
  }
  expect_failures = [var.push_repository_arns]
}

run "repositories_for_pushes_are_not_given_where_no_endpoint_of_ecr_is_made" {
  command = plan
  variables {
    subnet_ids           = []
    client_cidrs         = {}
    prefixes             = []
    ecr_api_endpoint     = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint     = { id = "vpce-0b1b2c3d" }
    check_network        = false
    push_repository_arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/*"]
  }
  expect_failures = [var.push_repository_arns]
}

run "the_policy_of_ecr_with_pushes_has_at_most_20480_characters" {
  command = plan
  variables {
    push_repository_arns = [for index in range(400) : "arn:aws:ecr:eu-west-1:111122223333:repository/team-${index + 1000}"]
  }
  expect_failures = [var.push_repository_arns]
}

run "a_long_policy_of_ecr_is_taken" {
  command = plan
  variables {
    repository_arns = [for index in range(300) : "arn:aws:ecr:eu-west-1:111122223333:repository/team-${index + 1000}"]
  }

  assert {
    condition     = length(aws_vpc_endpoint.registry["ecr.api"].policy) > 17000 && length(aws_vpc_endpoint.registry["ecr.api"].policy) <= 20480
    error_message = "the policy has ${length(aws_vpc_endpoint.registry["ecr.api"].policy)} characters"
  }
}

run "buckets_are_named_by_their_names" {
  command = plan
  variables {
    bucket_names = ["arn:aws:s3:::bucket"]
  }
  expect_failures = [var.bucket_names]
}

run "a_buckets_name_has_at_least_3_characters" {
  command = plan
  variables {
    bucket_names = ["ab"]
  }
  expect_failures = [var.bucket_names]
}

run "a_buckets_name_may_have_3_characters" {
  command = plan
  variables {
    bucket_names = ["abc"]
  }

  assert {
    condition     = strcontains(one(aws_vpc_endpoint.s3[*].policy), "arn:aws:s3:::abc/*")
    error_message = "the bucket is not in the policy"
  }
}

run "a_bucket_is_given_once" {
  command = plan
  variables {
    bucket_names = ["bucket", "bucket"]
  }
  expect_failures = [var.bucket_names]
}

run "buckets_are_not_given_beside_full_access" {
  command = plan
  variables {
    bucket_names = ["bucket"]
    full_access  = true
  }
  expect_failures = [var.bucket_names]
}

run "buckets_are_not_given_beside_a_policy" {
  command = plan
  variables {
    bucket_names       = ["bucket"]
    s3_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
  }
  expect_failures = [var.bucket_names]
}

run "buckets_are_not_given_beside_an_endpoint_of_s3" {
  command = plan
  variables {
    bucket_names  = ["bucket"]
    s3_endpoint   = { id = "vpce-0a1b2c3d" }
    check_network = false
  }
  expect_failures = [var.bucket_names]
}

run "the_policy_of_s3_has_at_most_20480_characters" {
  command = plan
  variables {
    bucket_names = [for index in range(400) : "bucket-of-some-length-${index + 1000}"]
  }
  expect_failures = [var.bucket_names]
}

run "a_policy_for_ecr_is_json" {
  command = plan
  variables {
    ecr_endpoint_policy = "Allow all"
  }
  expect_failures = [var.ecr_endpoint_policy]
}

run "a_policy_for_ecr_has_statements" {
  command = plan
  variables {
    ecr_endpoint_policy = jsonencode({ Statement = [] })
  }
  expect_failures = [var.ecr_endpoint_policy]
}

run "a_policy_for_ecr_has_no_statement_that_is_text" {
  command = plan
  variables {
    ecr_endpoint_policy = jsonencode({ Statement = ["Allow"] })
  }
  expect_failures = [var.ecr_endpoint_policy]
}

run "a_policy_for_ecr_allows_something" {
  command = plan
  variables {
    ecr_endpoint_policy = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }] })
  }
  expect_failures = [var.ecr_endpoint_policy]
}

run "a_policy_for_ecr_has_a_principal_in_every_statement" {
  command = plan
  variables {
    ecr_endpoint_policy = jsonencode({ Statement = { Effect = "Allow", Action = "*", Resource = "*" } })
  }
  expect_failures = [var.ecr_endpoint_policy]
}

run "a_policy_for_ecr_has_at_most_20480_characters" {
  command = plan
  variables {
    ecr_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = format("%20404s", "") }] })
  }
  expect_failures = [var.ecr_endpoint_policy]
}

run "a_policy_for_ecr_may_have_20480_characters" {
  command = plan
  variables {
    ecr_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = format("%20403s", "") }] })
  }

  assert {
    condition     = length(var.ecr_endpoint_policy) == 20480
    error_message = "the policy has ${length(var.ecr_endpoint_policy)} characters"
  }
}

run "a_policy_for_ecr_is_not_given_beside_full_access" {
  command = plan
  variables {
    ecr_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
    full_access         = true
  }
  expect_failures = [var.ecr_endpoint_policy]
}

run "a_policy_for_s3_is_json" {
  command = plan
  variables {
    s3_endpoint_policy = "Allow all"
  }
  expect_failures = [var.s3_endpoint_policy]
}

run "a_policy_for_s3_has_statements" {
  command = plan
  variables {
    s3_endpoint_policy = jsonencode({ Statement = [] })
  }
  expect_failures = [var.s3_endpoint_policy]
}

run "a_policy_for_s3_has_no_statement_that_is_text" {
  command = plan
  variables {
    s3_endpoint_policy = jsonencode({ Statement = ["Allow"] })
  }
  expect_failures = [var.s3_endpoint_policy]
}

run "a_policy_for_s3_allows_something" {
  command = plan
  variables {
    s3_endpoint_policy = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }] })
  }
  expect_failures = [var.s3_endpoint_policy]
}

run "a_policy_for_s3_has_a_principal_in_every_statement" {
  command = plan
  variables {
    s3_endpoint_policy = jsonencode({ Statement = { Effect = "Allow", Action = "*", Resource = "*" } })
  }
  expect_failures = [var.s3_endpoint_policy]
}

run "a_policy_for_s3_has_at_most_20480_characters" {
  command = plan
  variables {
    s3_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = format("%20404s", "") }] })
  }
  expect_failures = [var.s3_endpoint_policy]
}

run "a_policy_for_s3_may_have_20480_characters" {
  command = plan
  variables {
    s3_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = format("%20403s", "") }] })
  }

  assert {
    condition     = length(var.s3_endpoint_policy) == 20480
    error_message = "the policy has ${length(var.s3_endpoint_policy)} characters"
  }
}

run "a_policy_for_s3_is_not_given_beside_full_access" {
  command = plan
  variables {
    s3_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
    full_access        = true
  }
  expect_failures = [var.s3_endpoint_policy]
}

run "a_policy_for_ecr_is_not_given_where_no_endpoint_of_it_is_made" {
  command = plan
  variables {
    subnet_ids          = []
    client_cidrs        = {}
    prefixes            = []
    ecr_api_endpoint    = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint    = { id = "vpce-0b1b2c3d" }
    check_network       = false
    ecr_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
  }
  expect_failures = [var.ecr_endpoint_policy]
}

run "a_policy_for_s3_is_not_given_where_no_endpoint_of_it_is_made" {
  command = plan
  variables {
    s3_endpoint_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
    s3_endpoint        = { id = "vpce-0a1b2c3d" }
    check_network      = false
  }
  expect_failures = [var.s3_endpoint_policy]
}

run "dual_stack_is_only_where_aws_documents_it" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::/56" }
  }
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-iso", dns_suffix = "c2s.ic.gov", reverse_dns_prefix = "gov.ic.c2s" }
  }
  expect_failures = [var.dual_stack]
}

run "an_endpoint_of_ecr_api_is_named_by_its_id" {
  command = plan
  variables {
    ecr_api_endpoint = { id = "vpce-1" }
    check_network    = false
  }
  expect_failures = [var.ecr_api_endpoint]
}

run "an_endpoint_of_ecr_dkr_is_named_by_its_id" {
  command = plan
  variables {
    ecr_dkr_endpoint = { id = "vpce-1" }
    check_network    = false
  }
  expect_failures = [var.ecr_dkr_endpoint]
}

run "an_endpoint_of_s3_is_named_by_its_id" {
  command = plan
  variables {
    s3_endpoint   = { id = "vpce-1" }
    check_network = false
  }
  expect_failures = [var.s3_endpoint]
}

run "an_endpoint_that_exists_has_an_id" {
  command = plan
  variables {
    s3_endpoint   = { id = null }
    check_network = false
  }
  expect_failures = [var.s3_endpoint]
}

run "only_warnings_that_there_are_can_be_acknowledged" {
  command = plan
  variables {
    acknowledged_warnings = ["nothing-warms"]
  }
  expect_failures = [var.acknowledged_warnings]
}

run "a_block_wider_than_a_private_network_is_warned_of" {
  command = plan
  variables {
    client_cidrs = { all = "8.0.0.0/7" }
  }
  expect_failures = [check.wide_client_cidr]
}

run "a_block_of_ipv6_wider_than_a_network_is_warned_of" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { all = "2001:d00::/24" }
  }
  expect_failures = [check.wide_client_cidr]
}

run "the_widest_blocks_of_private_networks_are_not_warned_of" {
  command = plan
  variables {
    dual_stack        = true
    client_cidrs      = { all = "10.0.0.0/8" }
    client_ipv6_cidrs = { all = "2001:db8::/32" }
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.cidr) + length(aws_vpc_security_group_ingress_rule.ipv6_cidr) == 2
    error_message = "a block is missing"
  }
}

run "a_warning_can_be_acknowledged" {
  command = plan
  variables {
    client_cidrs          = { all = "0.0.0.0/0" }
    acknowledged_warnings = ["wide-client-cidr"]
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.cidr["all"].cidr_ipv4 == "0.0.0.0/0"
    error_message = "the block is another one"
  }
}

run "fails_with_sensitive_subnets" {
  command = plan

  variables {
    subnet_ids = sensitive(["subnet-0a1b2c3d"])
  }

  expect_failures = [var.subnet_ids]
}

run "fails_with_sensitive_route_tables" {
  command = plan

  variables {
    route_table_ids = sensitive({ private = "rtb-0a1b2c3d" })
  }

  expect_failures = [var.route_table_ids]
}

run "fails_with_sensitive_blocks_of_clients" {
  command = plan

  variables {
    client_cidrs = sensitive({ vpc = "10.0.0.0/16" })
  }

  expect_failures = [var.client_cidrs]
}

run "fails_with_sensitive_ipv6_blocks_of_clients" {
  command = plan

  variables {
    client_ipv6_cidrs = sensitive({ vpc = "2001:db8::/56" })
    dual_stack        = true
  }

  expect_failures = [var.client_ipv6_cidrs]
}

run "fails_with_sensitive_groups_of_clients" {
  command = plan

  variables {
    client_security_group_ids = sensitive({ nodes = "sg-0a1b2c3d" })
  }

  expect_failures = [var.client_security_group_ids]
}

run "fails_with_sensitive_services" {
  command = plan

  variables {
    services = sensitive(["logs"])
  }

  expect_failures = [var.services]
}

run "fails_with_sensitive_names_of_services" {
  command = plan

  variables {
    service_names = sensitive(["com.amazonaws.eu-west-1.logs"])
  }

  expect_failures = [var.service_names]
}
