locals {
  partition  = data.aws_partition.current.partition
  account_id = var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id

  # `id` is the name of the region in every version of the AWS provider; `name` is deprecated in 6.
  registry_arn = "arn:${local.partition}:ecr:${data.aws_region.current.id}:${local.account_id}"

  # The statements of the policies, and their places for messages.
  given = flatten([
    for index, document in var.policies : [
      for position, statement in try(flatten([jsondecode(document).Statement]), []) :
      { place = "policies[${index}].Statement[${position}]", statement = statement }
    ]
  ])
  given_statements = [for given in local.given : given.statement]

  # Both attributes with their types, also where an attribute is left out.
  replication_from = [
    for given in [merge({}, var.replication_from)] : {
      account_ids = (
        lookup(given, "account_ids", null) == null
        ? tolist([])
        : tolist([for account_id in given.account_ids : tostring(account_id)])
      )
      repository_prefixes = (
        lookup(given, "repository_prefixes", null) == null
        ? tolist([""])
        : tolist([for prefix in given.repository_prefixes : tostring(prefix)])
      )
    }
  ][0]

  replication_statements = [
    for source in [local.replication_from] : {
      Sid       = local.replication_sid
      Effect    = "Allow"
      Principal = { AWS = [for account_id in source.account_ids : "arn:${local.partition}:iam::${account_id}:root"] }
      Action    = local.replication_actions
      Resource  = [for prefix in source.repository_prefixes : "${local.registry_arn}:repository/${prefix}*"]
    }
    if length(source.account_ids) > 0
  ]

  # The prefixes of the repositories that the caches of each account read.
  upstream_prefixes = {
    for account_id in distinct([for upstream in var.upstream_of : upstream.account_id]) :
    account_id => distinct([
      for upstream in var.upstream_of : trimsuffix(upstream.repository_prefix, "/")
      if upstream.account_id == account_id
    ])
  }

  upstream_statements = [
    for account_id, prefixes in local.upstream_prefixes : {
      Sid       = "${local.upstream_sid}${account_id}"
      Effect    = "Allow"
      Principal = { AWS = "arn:${local.partition}:iam::${account_id}:root" }
      Action    = local.upstream_actions
      # ROOT is the prefix of all repositories: the other prefixes add nothing to it.
      Resource = (
        contains(prefixes, "ROOT")
        ? ["${local.registry_arn}:repository/*"]
        : [for prefix in prefixes : "${local.registry_arn}:repository/${prefix}/*"]
      )
    }
  ]

  statements = concat(local.given_statements, local.replication_statements, local.upstream_statements)
  policy     = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}

# What the preconditions of the policy refuse.
locals {
  sids          = [for statement in local.statements : statement.Sid]
  repeated_sids = distinct([for index, sid in local.sids : sid if index(local.sids, sid) != index])

  foreign_resources = flatten([
    for given in local.given : [
      for number, resource in flatten([given.statement.Resource]) :
      { place = "${given.place}.Resource[${number}]", got = resource }
      if resource != "*" && !startswith(resource, "${local.registry_arn}:repository/")
    ]
  ])

  foreign_principals = flatten([
    for given in local.given : [
      for number, principal in try(flatten([given.statement.Principal.AWS]), []) :
      { place = "${given.place}.Principal.AWS[${number}]", got = principal }
      if startswith(principal, "arn:") && !startswith(principal, "arn:${local.partition}:")
    ]
  ])

  own_account_inputs = concat(
    [
      for index, account_id in local.replication_from.account_ids : "replication_from.account_ids[${index}]"
      if account_id == local.account_id
    ],
    [
      for key, upstream in var.upstream_of : "upstream_of[${jsonencode(key)}].account_id"
      if upstream.account_id == local.account_id
    ]
  )
}
