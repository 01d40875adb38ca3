mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  vpc_id          = "vpc-0a1b2c3d"
  subnet_ids      = ["subnet-0a1b2c3d"]
  route_table_ids = { private = "rtb-0a1b2c3d" }
  client_cidrs    = { vpc = "10.0.0.0/16" }
  first_pull      = "INTERNET_ROUTE"
  prefixes        = ["ecr-public", "mirror/quay/"]
}

run "the_smallest_endpoints_are_two_of_ecr_with_private_dns" {
  assert {
    condition = { for name, endpoint in aws_vpc_endpoint.registry : name => endpoint.service_name } == {
      "ecr.api" = "com.amazonaws.eu-west-1.ecr.api"
      "ecr.dkr" = "com.amazonaws.eu-west-1.ecr.dkr"
    }
    error_message = "the endpoints are ${jsonencode([for endpoint in aws_vpc_endpoint.registry : endpoint.service_name])}"
  }
  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.registry :
      endpoint.private_dns_enabled && endpoint.vpc_endpoint_type == "Interface" && endpoint.ip_address_type == "ipv4" &&
      endpoint.subnet_ids == toset(["subnet-0a1b2c3d"]) && endpoint.security_group_ids == toset([output.security_group_id])
    ])
    error_message = "an endpoint has no private DNS, or is somewhere else"
  }
  assert {
    condition     = { api = output.ecr_api_endpoint_id, dkr = output.ecr_dkr_endpoint_id } == { api = aws_vpc_endpoint.registry["ecr.api"].id, dkr = aws_vpc_endpoint.registry["ecr.dkr"].id }
    error_message = "the outputs name other endpoints"
  }
  assert {
    condition     = output.service_endpoint_ids == {}
    error_message = "endpoints are made that nobody asked for: ${jsonencode(output.service_endpoint_ids)}"
  }
}

run "layers_come_by_a_gateway_that_the_route_tables_lead_to" {
  assert {
    condition     = one(aws_vpc_endpoint.s3[*].service_name) == "com.amazonaws.eu-west-1.s3" && one(aws_vpc_endpoint.s3[*].vpc_endpoint_type) == "Gateway"
    error_message = "the endpoint of S3 is ${jsonencode(aws_vpc_endpoint.s3[*].service_name)}"
  }
  assert {
    condition     = jsondecode(one(aws_vpc_endpoint.s3[*].policy)).Statement == [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*" }]
    error_message = "the policy is ${one(aws_vpc_endpoint.s3[*].policy)}"
  }
  assert {
    condition     = { for key, route in aws_vpc_endpoint_route_table_association.s3 : key => [route.route_table_id, route.vpc_endpoint_id] } == { private = ["rtb-0a1b2c3d", output.s3_endpoint_id] }
    error_message = "a route table has no route to S3, or to another endpoint"
  }
}

run "the_policy_of_ecr_lets_through_pulls_under_the_prefixes_and_nothing_else" {
  command = plan

  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.registry : jsondecode(endpoint.policy).Statement == [
        { Effect = "Allow", Principal = "*", Action = "ecr:GetAuthorizationToken", Resource = "*" },
        {
          Effect    = "Allow"
          Principal = "*"
          Action = [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchImportUpstreamImage",
            "ecr:CreateRepository",
          ]
          Resource = [
            "arn:aws:ecr:eu-west-1:111122223333:repository/ecr-public/*",
            "arn:aws:ecr:eu-west-1:111122223333:repository/mirror/quay/*",
          ]
        },
      ]
    ])
    error_message = "the policy is ${aws_vpc_endpoint.registry["ecr.api"].policy}"
  }
}

run "the_policy_of_ecr_lets_through_tags_under_the_prefixes_whose_template_sets_them" {
  command = plan
  variables {
    tagged_prefixes = ["mirror/quay"]
    repository_arns = ["arn:aws:ecr:*:602401143452:repository/eks/*"]
  }

  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.registry : [
        for statement in jsondecode(endpoint.policy).Statement :
        [contains(statement.Action, "ecr:TagResource"), statement.Resource, statement.Principal] if statement.Resource != "*"
        ] == [
        [false, ["arn:aws:ecr:eu-west-1:111122223333:repository/ecr-public/*"], "*"],
        [true, ["arn:aws:ecr:eu-west-1:111122223333:repository/mirror/quay/*"], "*"],
        [false, ["arn:aws:ecr:*:602401143452:repository/eks/*"], "*"],
      ]
    ])
    error_message = "the policy is ${aws_vpc_endpoint.registry["ecr.api"].policy}"
  }
}

run "other_repositories_can_be_pulled_and_not_created" {
  command = plan
  variables {
    prefixes        = ["quay", "ROOT"]
    account_id      = "444455556666"
    repository_arns = ["arn:aws:ecr:*:602401143452:repository/eks/*"]
  }

  assert {
    condition     = jsondecode(aws_vpc_endpoint.registry["ecr.dkr"].policy).Statement[1].Resource == ["arn:aws:ecr:eu-west-1:444455556666:repository/*"]
    error_message = "the policy is ${aws_vpc_endpoint.registry["ecr.dkr"].policy}"
  }
  assert {
    condition = jsondecode(aws_vpc_endpoint.registry["ecr.dkr"].policy).Statement[2] == {
      Effect    = "Allow"
      Principal = "*"
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Resource  = ["arn:aws:ecr:*:602401143452:repository/eks/*"]
    }
    error_message = "the policy is ${aws_vpc_endpoint.registry["ecr.dkr"].policy}"
  }
}

run "pushes_to_named_repositories_are_let_through" {
  command = plan
  variables {
    push_repository_arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/app"]
  }

  assert {
    condition = jsondecode(aws_vpc_endpoint.registry["ecr.dkr"].policy).Statement[2] == {
      Effect    = "Allow"
      Principal = "*"
      Action = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ]
      Resource = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/app"]
    }
    error_message = "the policy is ${aws_vpc_endpoint.registry["ecr.dkr"].policy}"
  }
  assert {
    condition     = aws_vpc_endpoint.registry["ecr.api"].policy == aws_vpc_endpoint.registry["ecr.dkr"].policy
    error_message = "the policy is ${aws_vpc_endpoint.registry["ecr.api"].policy}"
  }
}

run "buckets_are_let_through_with_all_that_is_in_them" {
  command = plan
  variables {
    bucket_names = ["artifacts", "al2023-repos-*"]
  }

  assert {
    condition = jsondecode(one(aws_vpc_endpoint.s3[*].policy)).Statement[1] == {
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::artifacts", "arn:aws:s3:::artifacts/*", "arn:aws:s3:::al2023-repos-*", "arn:aws:s3:::al2023-repos-*/*"]
    }
    error_message = "the policy is ${one(aws_vpc_endpoint.s3[*].policy)}"
  }
}

run "full_access_is_written_out" {
  command = plan
  variables {
    full_access = true
    prefixes    = []
  }

  assert {
    condition = alltrue([
      for endpoint in concat(values(aws_vpc_endpoint.registry), aws_vpc_endpoint.s3) :
      jsondecode(endpoint.policy).Statement == [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }]
    ])
    error_message = "an endpoint does not let everything through"
  }
}

run "policies_of_the_callers_stand_in_place_of_those_made_here" {
  command = plan
  variables {
    prefixes            = []
    ecr_endpoint_policy = "{\"Statement\":{\"Effect\":\"Allow\",\"NotPrincipal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}"
    s3_endpoint_policy  = "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.registry : endpoint.policy == var.ecr_endpoint_policy]) && one(aws_vpc_endpoint.s3[*].policy) == var.s3_endpoint_policy
    error_message = "an endpoint has another policy"
  }
}

run "clients_are_admitted_on_port_443_by_the_keys_of_the_caller" {
  command = plan
  variables {
    dual_stack                = true
    client_cidrs              = { same = "10.0.0.0/16", other = "192.168.0.1/32" }
    client_ipv6_cidrs         = { same = "2001:DB8:0::/56" }
    client_security_group_ids = { same = "444455556666/sg-0a1b2c3d" }
  }

  assert {
    condition     = { for key, rule in aws_vpc_security_group_ingress_rule.cidr : key => rule.cidr_ipv4 } == { same = "10.0.0.0/16", other = "192.168.0.1/32" }
    error_message = "the blocks of IPv4 are not those of the caller"
  }
  assert {
    condition     = { for key, rule in aws_vpc_security_group_ingress_rule.ipv6_cidr : key => [rule.cidr_ipv6, rule.description] } == { same = ["2001:db8::/56", "HTTPS from 2001:db8::/56"] }
    error_message = "the blocks of IPv6 are not those of the caller, in their canonical spelling"
  }
  assert {
    condition     = { for key, rule in aws_vpc_security_group_ingress_rule.security_group : key => rule.referenced_security_group_id } == { same = "444455556666/sg-0a1b2c3d" }
    error_message = "the groups are not those of the caller"
  }
  assert {
    condition = alltrue([
      for rule in concat(values(aws_vpc_security_group_ingress_rule.cidr), values(aws_vpc_security_group_ingress_rule.ipv6_cidr), values(aws_vpc_security_group_ingress_rule.security_group)) :
      rule.ip_protocol == "tcp" && rule.from_port == 443 && rule.to_port == 443
    ])
    error_message = "a rule admits something else than HTTPS"
  }
}

run "other_services_have_endpoints_without_a_policy_named_as_aws_names_them" {
  variables {
    services      = ["logs", "sts", "ec2", "eks", "eks-auth"]
    service_names = ["aws.sagemaker.cn-north-1.notebook"]
  }
  override_data {
    target = data.aws_region.current
    values = { id = "cn-north-1" }
  }
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn", reverse_dns_prefix = "cn.com.amazonaws" }
  }

  assert {
    condition = { for name, endpoint in aws_vpc_endpoint.service : name => endpoint.service_name } == {
      logs                                = "com.amazonaws.cn-north-1.logs"
      sts                                 = "cn.com.amazonaws.cn-north-1.sts"
      ec2                                 = "cn.com.amazonaws.cn-north-1.ec2"
      eks                                 = "cn.com.amazonaws.cn-north-1.eks"
      eks-auth                            = "com.amazonaws.cn-north-1.eks-auth"
      "aws.sagemaker.cn-north-1.notebook" = "aws.sagemaker.cn-north-1.notebook"
    }
    error_message = "the services are ${jsonencode([for endpoint in aws_vpc_endpoint.service : endpoint.service_name])}"
  }
  assert {
    condition     = [for name in ["ecr.api", "ecr.dkr"] : aws_vpc_endpoint.registry[name].service_name] == ["cn.com.amazonaws.cn-north-1.ecr.api", "cn.com.amazonaws.cn-north-1.ecr.dkr"]
    error_message = "the endpoints of ECR are of ${aws_vpc_endpoint.registry["ecr.api"].service_name}"
  }
  assert {
    condition     = one(aws_vpc_endpoint.s3[*].service_name) == "com.amazonaws.cn-north-1.s3"
    error_message = "the endpoint of S3 is of ${one(aws_vpc_endpoint.s3[*].service_name)}"
  }
  assert {
    condition     = output.service_endpoint_ids == { for name, endpoint in aws_vpc_endpoint.service : name => endpoint.id }
    error_message = "the outputs name other endpoints"
  }
}

run "dual_stack_is_for_all_endpoints_and_for_the_host" {
  command = plan
  variables {
    dual_stack        = true
    client_ipv6_cidrs = { vpc = "2001:db8::/56" }
    services          = ["logs"]
    prefixes          = ["ecr-public", "mirror/quay/", "ROOT"]
  }

  assert {
    condition = alltrue([
      for endpoint in concat(values(aws_vpc_endpoint.registry), values(aws_vpc_endpoint.service)) :
      endpoint.ip_address_type == "dualstack" && one(endpoint.dns_options[*].dns_record_ip_type) == "dualstack"
    ]) && one(aws_vpc_endpoint.s3[*].ip_address_type) == "dualstack"
    error_message = "an endpoint is not dual-stack"
  }
  assert {
    condition     = output.registry_uri == "111122223333.dkr-ecr.eu-west-1.on.aws"
    error_message = "the host is ${output.registry_uri}"
  }
  assert {
    condition = output.repository_uris == {
      ecr-public     = "111122223333.dkr-ecr.eu-west-1.on.aws/ecr-public"
      "mirror/quay/" = "111122223333.dkr-ecr.eu-west-1.on.aws/mirror/quay"
      ROOT           = "111122223333.dkr-ecr.eu-west-1.on.aws"
    }
    error_message = "the repositories are at ${jsonencode(output.repository_uris)}"
  }
}

run "without_dual_stack_the_host_is_that_of_the_cache" {
  command = plan

  assert {
    condition     = output.registry_uri == "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    error_message = "the host is ${output.registry_uri}"
  }
  assert {
    condition     = output.repository_uris["ecr-public"] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com/ecr-public"
    error_message = "the repositories are at ${jsonencode(output.repository_uris)}"
  }
}

run "what_exists_is_used_and_only_what_is_missing_is_made" {
  command = plan
  variables {
    subnet_ids       = []
    client_cidrs     = {}
    prefixes         = []
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
    ecr_dkr_endpoint = { id = "vpce-0b1b2c3d" }
    s3_endpoint      = { id = "vpce-0c1b2c3d" }
    check_network    = false
  }

  assert {
    condition     = length(aws_vpc_endpoint.registry) + length(aws_vpc_endpoint.s3) + length(aws_vpc_endpoint.service) + length(aws_security_group.endpoints) == 0
    error_message = "something is made that exists"
  }
  assert {
    condition     = [output.ecr_api_endpoint_id, output.ecr_dkr_endpoint_id, output.s3_endpoint_id] == ["vpce-0a1b2c3d", "vpce-0b1b2c3d", "vpce-0c1b2c3d"]
    error_message = "the outputs name other endpoints"
  }
  assert {
    condition     = output.security_group_id == null
    error_message = "there is a security group for nothing: ${jsonencode(output.security_group_id)}"
  }
  assert {
    condition     = aws_vpc_endpoint_route_table_association.s3["private"].vpc_endpoint_id == "vpce-0c1b2c3d"
    error_message = "the route table leads to ${aws_vpc_endpoint_route_table_association.s3["private"].vpc_endpoint_id}"
  }
}

run "one_endpoint_of_ecr_is_made_beside_one_that_exists" {
  command = plan
  variables {
    ecr_api_endpoint = { id = "vpce-0a1b2c3d" }
  }

  assert {
    condition     = keys(aws_vpc_endpoint.registry) == ["ecr.dkr"]
    error_message = "the endpoints are ${jsonencode(keys(aws_vpc_endpoint.registry))}"
  }
}
