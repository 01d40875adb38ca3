locals {
  partition  = data.aws_partition.current.partition
  account_id = var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id

  # `id` is the name of the region in every version of the AWS provider; `name` is deprecated in 6.
  regions = length(var.regions) == 0 ? [data.aws_region.current.id] : sort(var.regions)

  registry_arns = [for region in local.regions : "arn:${local.partition}:ecr:${region}:${local.account_id}"]

  # Only a pull that creates repositories tags them. Rules refuse null, but Terraform may evaluate them after this.
  tagged_prefixes   = [for prefix in compact(var.tagged_prefixes) : trimsuffix(prefix, "/") if var.create_repositories]
  all_prefixes      = [for prefix in compact(var.prefixes) : trimsuffix(prefix, "/")]
  untagged_prefixes = [for prefix in local.all_prefixes : prefix if !contains(local.tagged_prefixes, prefix)]

  # ROOT is the prefix of all repositories: the other prefixes add nothing to it.
  paths = {
    for name, prefixes in {
      all      = local.all_prefixes
      tagged   = local.tagged_prefixes
      untagged = local.untagged_prefixes
    } :
    name => contains(prefixes, "ROOT") ? ["*"] : [for prefix in prefixes : "${prefix}/*"]
  }

  arns = {
    for name, paths in local.paths :
    name => distinct([for pair in setproduct(local.registry_arns, paths) : "${pair[0]}:repository/${pair[1]}"])
  }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      # A token to sign in is valid for a whole registry: the action has no resources.
      [{ Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" }],
      [
        for statement in [
          {
            Effect   = "Allow"
            Action   = var.create_repositories ? local.first_pull_actions : local.pull_actions
            Resource = local.arns.untagged
          },
          { Effect = "Allow", Action = local.tagging_first_pull_actions, Resource = local.arns.tagged },
        ] :
        statement if length(statement.Resource) > 0
      ]
    )
  })

  # What the preconditions of the output `json` refuse.
  regions_of_other_partitions = [
    for region in local.regions : region
    if local.partition != concat(
      [for pattern, partition in local.partitions_by_region : partition if can(regex(pattern, region))],
      ["aws"]
    )[0]
  ]

  tagged_prefixes_without_cache = {
    for index, prefix in var.tagged_prefixes : index => prefix
    if !try(contains(local.all_prefixes, trimsuffix(prefix, "/")), false)
  }
}
