# The registry of the cache.
locals {
  account_id = var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id
  partition  = data.aws_partition.current.partition
  # `id` is the name of the region in every version of the AWS provider; `name` is deprecated in 6.
  region       = data.aws_region.current.id
  registry_uri = "${local.account_id}.dkr.ecr.${local.region}.${data.aws_partition.current.dns_suffix}"
  registry_arn = "arn:${local.partition}:ecr:${local.region}:${local.account_id}"
  ec2_arn      = "arn:${local.partition}:ec2:${local.region}:${local.account_id}"
}

# The names of the images.
locals {
  # The host, the path after a host, the path without a host, and the tag; null for a part that a name does not have.
  name_parts = [for image in var.images : regex(local.image_name, image)]

  # Hosts are case-insensitive, and 443 is their default port.
  hosts = [
    for parts in local.name_parts :
    parts[0] == null ? local.docker_hub_host : trimsuffix(lower(parts[0]), ":443")
  ]

  # The account and the region of a private registry, which has several hosts; null for any other registry.
  private_registries = [for host in local.hosts : try(regex(local.private_registry_host, host), null)]
  dns_suffixes = [
    for registry in local.private_registries :
    concat(
      [for pattern, suffix in local.dns_suffixes_by_region : suffix if can(regex(pattern, registry[1]))],
      [local.default_dns_suffix]
    )[0]
  ]

  # The hosts that ECR requests.
  upstream_hosts = [
    for index, registry in local.private_registries : (
      registry == null
      ? lookup(local.registry_aliases, local.hosts[index], local.hosts[index])
      : "${registry[0]}.dkr.ecr.${registry[1]}.${local.dns_suffixes[index]}"
    )
  ]

  # The paths of Docker Hub's official images begin with library/, which their usual names leave out. Without it ECR
  # answers 403.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
  given_paths = [for parts in local.name_parts : parts[0] == null ? parts[2] : parts[1]]
  paths = [
    for index, path in local.given_paths :
    local.upstream_hosts[index] == local.docker_hub_host && !strcontains(path, "/") ? "library/${path}" : path
  ]

  names = [
    for index, parts in local.name_parts : {
      image = var.images[index]
      host  = local.upstream_hosts[index]
      path  = local.paths[index]
      tag   = parts[3] == null ? "latest" : parts[3]
    }
  ]
}

# The place of each image in the cache.
locals {
  # ECR assumes a slash at the end of a prefix that has none: both forms are one prefix.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html
  rules = [
    for rule in var.rules : {
      host            = rule.upstream_registry_url
      prefix          = trimsuffix(rule.prefix, "/")
      upstream_prefix = trimsuffix(rule.upstream_repository_prefix, "/")
    }
  ]

  rule_hosts           = local.rules[*].host
  indexes_without_rule = [for index, name in local.names : index if !contains(local.rule_hosts, name.host)]

  # Each image with each rule of its registry. Two rules may be for different parts of one registry.
  pairs = flatten([
    for index, name in local.names : [
      for rule in local.rules : {
        index         = index
        prefix        = rule.prefix
        upstream_path = name.path
        cached_part   = rule.upstream_prefix == "ROOT" ? "" : "${rule.upstream_prefix}/"
        first_part    = strcontains(name.path, "/") ? split("/", name.path)[0] : ""
        host          = name.host
      }
      if rule.host == name.host
    ]
  ])

  places = [
    for pair in local.pairs : merge(pair, {
      path = join("", [
        pair.prefix == "ROOT" ? "" : "${pair.prefix}/",
        trimprefix(pair.upstream_path, pair.cached_part),
      ])
    })
  ]

  # The reasons why a rule cannot hold an image; empty if it can.
  problems = [
    for place in local.places : compact([
      (
        place.first_part == place.host || can(regex(local.registry_host, place.first_part))
        ? "leave out ${place.first_part}/ in its path"
        : ""
      ),
      (
        startswith(place.upstream_path, place.cached_part)
        ? ""
        : "the rule ${place.prefix} caches only the part ${place.cached_part} of ${place.host}"
      ),
      # ECR applies the longest prefix that matches.
      join(", ", [
        for rule in local.rules : "the longer prefix ${rule.prefix} of another upstream applies to ${place.path}"
        if rule.prefix != "ROOT"
        && length(rule.prefix) > (place.prefix == "ROOT" ? 0 : length(place.prefix))
        && startswith(place.path, "${rule.prefix}/")
      ]),
      (
        length(place.path) > local.max_path
        ? "its name in the cache has more than ${local.max_path} characters"
        : ""
      ),
    ])
  ]

  # By the indexes of the images, as text.
  problems_of = { for at, place in local.places : place.index => join("; ", local.problems[at])... }
  places_of   = { for at, place in local.places : place.index => place... if length(local.problems[at]) == 0 }

  # The first rule by key applies.
  place_of              = { for index, places in local.places_of : index => places[0] }
  indexes_with_place    = keys(local.place_of)
  indexes_without_place = [for index in keys(local.problems_of) : index if !contains(local.indexes_with_place, index)]

  cached_images = [
    for index, name in local.names : {
      image  = name.image
      prefix = local.place_of[index].prefix
      path   = local.place_of[index].path
      tag    = name.tag
    }
    if contains(local.indexes_with_place, tostring(index))
  ]

  # Two names, like nginx and docker.io/library/nginx, may mean one image.
  indexes_by_image = {
    for index, name in local.names : "${local.place_of[index].path}:${name.tag}" => index...
    if contains(local.indexes_with_place, tostring(index))
  }
  repeated_indexes = flatten([for indexes in values(local.indexes_by_image) : slice(indexes, 1, length(indexes))])
}

# What a build runs.
locals {
  # The first line of these files says only that they are generated.
  program_file = var.include_referrers ? "warm-with-referrers.js" : "warm.js"
  program      = replace(file("${path.module}/${local.program_file}"), "/^[^\\n]+\\n/", "")

  # As one word of a shell.
  program_word = "'${replace(local.program, "'", "'\\''")}'"

  # Names of images contain no quotes.
  images_word = "'${jsonencode([
    for image in local.cached_images : { image = image.image, repository = image.path, tag = image.tag }
  ])}'"

  # https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
  buildspec = jsonencode({
    version = "0.2"
    phases = {
      install = { runtime-versions = { nodejs = 22 } }
      build   = { commands = ["node -e ${local.program_word} -- ${local.images_word}"] }
    }
  })
}

# What a build may do, in a VPC also with network interfaces.
# https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html
locals {
  prefixes = distinct(local.cached_images[*].prefix)
  repository_arns = {
    for prefix in local.prefixes :
    prefix => "${local.registry_arn}:repository/${prefix == "ROOT" ? "*" : "${prefix}/*"}"
  }

  tagged_prefixes = [for prefix in var.tagged_prefixes : trimsuffix(prefix, "/")]
  tagged_arns = [
    for prefix in local.prefixes : local.repository_arns[prefix] if contains(local.tagged_prefixes, prefix)
  ]
  untagged_arns = [
    for prefix in local.prefixes : local.repository_arns[prefix] if !contains(local.tagged_prefixes, prefix)
  ]

  pull_statements = [
    for statement in [
      { Effect = "Allow", Action = local.first_pull_actions, Resource = local.untagged_arns },
      { Effect = "Allow", Action = local.tagging_first_pull_actions, Resource = local.tagged_arns },
    ] : statement
    if length(statement.Resource) > 0
  ]

  subnet_ids  = var.vpc_config == null ? [] : var.vpc_config.subnet_ids
  subnet_arns = [for id in local.subnet_ids : "${local.ec2_arn}:subnet/${id}"]

  network_statements = [
    for statement in [
      { Effect = "Allow", Action = local.network_actions, Resource = "*" },
      {
        Effect   = "Allow"
        Action   = "ec2:CreateNetworkInterfacePermission"
        Resource = "${local.ec2_arn}:network-interface/*"
        Condition = {
          StringEquals = {
            "ec2:AuthorizedService" = "codebuild.amazonaws.com"
            "ec2:Subnet"            = local.subnet_arns
          }
        }
      },
    ] : statement
    if nonsensitive(var.vpc_config != null)
  ]
}

# Options of both roles. No try() around them: it is unknown as a whole if an attribute is.
locals {
  role_options = {
    permissions_boundary_arn = tostring(lookup(var.role_options, "permissions_boundary_arn", null))
    path                     = tostring(lookup(var.role_options, "path", null))
    name_prefix              = tostring(lookup(var.role_options, "name_prefix", null))
  }

  # The parts of the boundary's ARN that must be those of the cache. Policies that AWS manages belong to no account.
  boundary_places = {
    account = {
      index    = 4
      accepted = [local.account_id, "aws"]
      hint     = "IAM accepts a policy of that account, or one that AWS manages"
    }
    partition = {
      index    = 1
      accepted = [local.partition]
      hint     = "give an ARN of that partition"
    }
  }

  misplaced_boundary_parts = [
    for part, place in local.boundary_places : part
    if try(
      !contains(place.accepted, split(":", local.role_options.permissions_boundary_arn)[place.index]),
      false
    )
  ]
}
