locals {
  account_id = (
    var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id
  )
  registry_uri = "${local.account_id}.dkr.ecr.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"
  registry_arn = "arn:${data.aws_partition.current.partition}:ecr:${data.aws_region.current.id}:${local.account_id}"
  host = (
    var.dual_stack
    ? "${local.account_id}.dkr-ecr.${data.aws_region.current.id}.${lookup({ "aws-cn" = "on.amazonwebservices.com.cn", "aws-us-gov" = "on.aws", aws = "on.aws" }, data.aws_partition.current.partition, "")}"
    : local.registry_uri
  )
  untagged_prefixes = [
    for prefix in var.prefixes : prefix
    if !contains([for prefix in var.tagged_prefixes : trimsuffix(prefix, "/")], trimsuffix(prefix, "/"))
  ]
  untagged_arns = distinct(
    contains(local.untagged_prefixes, "ROOT")
    ? ["${local.registry_arn}:repository/*"]
    : [for prefix in local.untagged_prefixes : "${local.registry_arn}:repository/${trimsuffix(prefix, "/")}/*"]
  )
  tagged_arns = distinct(
    contains(var.tagged_prefixes, "ROOT")
    ? ["${local.registry_arn}:repository/*"]
    : [for prefix in var.tagged_prefixes : "${local.registry_arn}:repository/${trimsuffix(prefix, "/")}/*"]
  )
  ecr_endpoint_policy = (
    var.ecr_endpoint_policy != null
    ? var.ecr_endpoint_policy
    : var.full_access
    ? "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}"
    : jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        concat(
          [{ Effect = "Allow", Principal = "*", Action = "ecr:GetAuthorizationToken", Resource = "*" }],
          [
            for statement in [
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
                Resource = local.untagged_arns
              },
              {
                Effect    = "Allow"
                Principal = "*"
                Action = [
                  "ecr:BatchCheckLayerAvailability",
                  "ecr:BatchGetImage",
                  "ecr:GetDownloadUrlForLayer",
                  "ecr:BatchImportUpstreamImage",
                  "ecr:CreateRepository",
                  "ecr:TagResource",
                ]
                Resource = local.tagged_arns
              },
            ] :
            statement
            if length(statement.Resource) > 0
          ]
        ),
        length(var.repository_arns) == 0
        ? []
        : [
          {
            Effect    = "Allow"
            Principal = "*"
            Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
            Resource  = var.repository_arns
          },
        ],
        length(var.push_repository_arns) == 0
        ? []
        : [
          {
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
            Resource = var.push_repository_arns
          },
        ]
      )
    })
  )
  s3_endpoint_policy = (
    var.s3_endpoint_policy != null
    ? var.s3_endpoint_policy
    : var.full_access
    ? "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}"
    : jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          {
            Effect    = "Allow"
            Principal = "*"
            Action    = "s3:GetObject"
            Resource  = "arn:${data.aws_partition.current.partition}:s3:::prod-${data.aws_region.current.id}-starport-layer-bucket/*"
          },
        ],
        length(var.bucket_names) == 0
        ? []
        : [
          {
            Effect    = "Allow"
            Principal = "*"
            Action    = "s3:*"
            Resource = flatten([
              for bucket in var.bucket_names :
              [
                "arn:${data.aws_partition.current.partition}:s3:::${bucket}",
                "arn:${data.aws_partition.current.partition}:s3:::${bucket}/*",
              ]
            ])
          },
        ]
      )
    })
  )
  client_ipv6_cidrs = {
    for key, block in var.client_ipv6_cidrs : key => try("${cidrhost(block, 0)}/${split("/", block)[1]}", block)
  }
  registry_services = {
    for name, whole in {
      "ecr.api" = "${data.aws_partition.current.reverse_dns_prefix}.${data.aws_region.current.id}.ecr.api"
      "ecr.dkr" = "${data.aws_partition.current.reverse_dns_prefix}.${data.aws_region.current.id}.ecr.dkr"
    } :
    name => whole
    if nonsensitive({ "ecr.api" = var.ecr_api_endpoint, "ecr.dkr" = var.ecr_dkr_endpoint }[name] == null)
  }
  services = merge(
    {
      for name in var.services :
      name => "${contains(["ecr.api", "ecr.dkr", "ec2", "sts", "eks"], name) ? data.aws_partition.current.reverse_dns_prefix : "com.amazonaws"}.${data.aws_region.current.id}.${name}"
    },
    { for name in var.service_names : name => name }
  )
  existing_registry_endpoints = {
    for name, endpoint in { "ecr.api" = var.ecr_api_endpoint, "ecr.dkr" = var.ecr_dkr_endpoint } :
    name => endpoint.id
    if nonsensitive(endpoint != null)
  }
  registry_endpoint_ids = merge(
    local.existing_registry_endpoints,
    { for name, endpoint in aws_vpc_endpoint.registry : name => endpoint.id }
  )
  s3_endpoint_id = var.s3_endpoint == null ? one(aws_vpc_endpoint.s3[*].id) : var.s3_endpoint.id
}
