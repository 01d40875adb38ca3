locals {
  account_id = var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id
  regions    = length(var.regions) == 0 ? [data.aws_region.current.id] : sort(var.regions)
  repository_arns = distinct(flatten([
    for region in local.regions :
    contains(var.prefixes, "ROOT")
    ? ["arn:${data.aws_partition.current.partition}:ecr:${region}:${local.account_id}:repository/*"]
    : [
      for prefix in var.prefixes :
      "arn:${data.aws_partition.current.partition}:ecr:${region}:${local.account_id}:repository/${trimsuffix(prefix, "/")}/*"
    ]
  ]))
  tagged_prefixes = [for prefix in var.tagged_prefixes : prefix if var.create_repositories]
  untagged_prefixes = (
    var.create_repositories
    ? [
      for prefix in var.prefixes : prefix
      if !contains([for prefix in var.tagged_prefixes : trimsuffix(prefix, "/")], trimsuffix(prefix, "/"))
    ]
    : var.prefixes
  )
  tagged_arns = distinct(flatten([
    for region in local.regions :
    contains(local.tagged_prefixes, "ROOT")
    ? ["arn:${data.aws_partition.current.partition}:ecr:${region}:${local.account_id}:repository/*"]
    : [
      for prefix in local.tagged_prefixes :
      "arn:${data.aws_partition.current.partition}:ecr:${region}:${local.account_id}:repository/${trimsuffix(prefix, "/")}/*"
    ]
  ]))
  untagged_arns = distinct(flatten([
    for region in local.regions :
    contains(local.untagged_prefixes, "ROOT")
    ? ["arn:${data.aws_partition.current.partition}:ecr:${region}:${local.account_id}:repository/*"]
    : [
      for prefix in local.untagged_prefixes :
      "arn:${data.aws_partition.current.partition}:ecr:${region}:${local.account_id}:repository/${trimsuffix(prefix, "/")}/*"
    ]
  ]))
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" }],
      [
        for statement in [
          var.create_repositories
          ? {
            Effect = "Allow"
            Action = [
              "ecr:BatchCheckLayerAvailability",
              "ecr:BatchGetImage",
              "ecr:GetDownloadUrlForLayer",
              "ecr:BatchImportUpstreamImage",
              "ecr:CreateRepository",
            ]
            Resource = local.untagged_arns
          }
          : {
            Effect = "Allow"
            Action = [
              "ecr:BatchCheckLayerAvailability",
              "ecr:BatchGetImage",
              "ecr:GetDownloadUrlForLayer",
              "ecr:BatchImportUpstreamImage",
            ]
            Resource = local.untagged_arns
          },
          {
            Effect = "Allow"
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
    )
  })
}
