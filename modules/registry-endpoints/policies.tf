# The policies of the endpoints. The generated ones allow what the inputs name, and nothing else.
locals {
  ecr_endpoint_policy = coalesce(
    var.ecr_endpoint_policy,
    var.full_access ? local.full_access_policy : local.generated_ecr_policy
  )
  s3_endpoint_policy = coalesce(
    var.s3_endpoint_policy,
    var.full_access ? local.full_access_policy : local.generated_s3_policy
  )
}

# The policy of the endpoints ecr.api and ecr.dkr.
locals {
  repository_arn = "arn:${local.partition}:ecr:${local.region}:${local.account_id}:repository"

  tagged_paths      = [for prefix in var.tagged_prefixes : trimsuffix(prefix, "/")]
  untagged_prefixes = [for prefix in var.prefixes : prefix if !contains(local.tagged_paths, trimsuffix(prefix, "/"))]
  untagged_paths    = [for prefix in local.untagged_prefixes : trimsuffix(prefix, "/")]

  # The repositories of the prefix ROOT are those of all other prefixes, too.
  tagged_arns = (
    contains(local.tagged_paths, "ROOT")
    ? ["${local.repository_arn}/*"]
    : distinct([for path in local.tagged_paths : "${local.repository_arn}/${path}/*"])
  )
  untagged_arns = (
    contains(local.untagged_paths, "ROOT")
    ? ["${local.repository_arn}/*"]
    : distinct([for path in local.untagged_paths : "${local.repository_arn}/${path}/*"])
  )

  cache_statements = [
    for statement in [
      # An authorization token is valid for a whole registry: the action has no resources.
      # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
      { Effect = "Allow", Principal = "*", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      { Effect = "Allow", Principal = "*", Action = local.first_pull_actions, Resource = local.untagged_arns },
      { Effect = "Allow", Principal = "*", Action = local.tagging_first_pull_actions, Resource = local.tagged_arns },
    ] :
    statement
    # AWS refuses a statement without resources.
    if length(statement.Resource) > 0
  ]

  read_permission = { Effect = "Allow", Principal = "*", Action = local.read_actions }
  read_statements = (
    length(var.repository_arns) > 0
    ? [merge(local.read_permission, { Resource = var.repository_arns })]
    : []
  )

  push_permission = { Effect = "Allow", Principal = "*", Action = local.push_actions }
  push_statements = (
    length(var.push_repository_arns) > 0
    ? [merge(local.push_permission, { Resource = var.push_repository_arns })]
    : []
  )

  pull_statements = concat(local.cache_statements, local.read_statements)

  generated_ecr_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.pull_statements, local.push_statements)
  })
}

# The policy of the S3 endpoint. ECR signs the URLs of layers with an account of AWS: conditions on the caller's account
# or organization would deny all downloads. https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
locals {
  layers_statement  = { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = local.layers_arn }
  bucket_permission = { Effect = "Allow", Principal = "*", Action = "s3:*" }

  bucket_arns = flatten([
    for bucket in var.bucket_names :
    ["arn:${local.partition}:s3:::${bucket}", "arn:${local.partition}:s3:::${bucket}/*"]
  ])
  bucket_statements = (
    length(local.bucket_arns) > 0
    ? [merge(local.bucket_permission, { Resource = local.bucket_arns })]
    : []
  )

  generated_s3_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.layers_statement], local.bucket_statements)
  })
}

# The validation of an input cannot refer to a local that depends on the input. It adds the length of its ARNs to the
# length of the policy without them.
locals {
  policy_length_without_repository_arns = length(jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.cache_statements, [merge(local.read_permission, { Resource = [] })])
  })) - length("[]")

  policy_length_of_pulls = length(jsonencode({
    Version   = "2012-10-17"
    Statement = local.pull_statements
  }))
  policy_length_without_push_repository_arns = length(jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.pull_statements, [merge(local.push_permission, { Resource = [] })])
  })) - length("[]")

  policy_length_without_bucket_names = length(jsonencode({
    Version   = "2012-10-17"
    Statement = [local.layers_statement, merge(local.bucket_permission, { Resource = [] })]
  })) - length("[]")
}
