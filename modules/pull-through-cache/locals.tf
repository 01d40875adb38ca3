# Location of the registry.
locals {
  # `id` is the name of the region in every version of the AWS provider; `name` is deprecated in 6.
  region       = data.aws_region.current.id
  partition    = data.aws_partition.current.partition
  dns_suffix   = data.aws_partition.current.dns_suffix
  account_id   = var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id
  registry_uri = "${local.account_id}.dkr.ecr.${local.region}.${local.dns_suffix}"
  registry_arn = "arn:${local.partition}:ecr:${local.region}:${local.account_id}"
}

# Upstreams, by the keys of var.upstreams.
locals {
  # The input has type any, since Terraform silently drops attributes that an object type does not have. This gives
  # every upstream all attributes, converted to their types. No try(): it is unknown as a whole if an attribute is.
  upstreams = {
    for key, upstream in var.upstreams :
    key => {
      kind                       = tostring(lookup(upstream, "kind", null))
      prefix                     = tostring(lookup(upstream, "prefix", null))
      credential                 = tostring(lookup(upstream, "credential", null))
      credential_version         = tonumber(lookup(upstream, "credential_version", null))
      secret_name                = tostring(lookup(upstream, "secret_name", null))
      recovery_window_in_days    = tonumber(lookup(upstream, "recovery_window_in_days", null))
      credential_secret_arn      = tostring(lookup(upstream, "credential_secret_arn", null))
      credential_secret_name     = tostring(lookup(upstream, "credential_secret_name", null))
      registry_name              = tostring(lookup(upstream, "registry_name", null))
      upstream_registry_url      = tostring(lookup(upstream, "upstream_registry_url", null))
      region                     = tostring(lookup(upstream, "region", null))
      account_id                 = tostring(lookup(upstream, "account_id", null))
      upstream_repository_prefix = tostring(lookup(upstream, "upstream_repository_prefix", null))
      role                       = lookup(upstream, "role", null)
    }
  }

  kinds = { for key, upstream in local.upstreams : key => upstream.kind == null ? key : upstream.kind }

  prefixes = {
    for key, upstream in local.upstreams :
    key => upstream.prefix == null ? lookup(local.usual_prefixes, local.kinds[key], "") : upstream.prefix
  }

  urls = {
    for key, upstream in local.upstreams :
    key => (
      local.kinds[key] == "azure"
      ? "${upstream.registry_name}.azurecr.io"
      : local.kinds[key] == "private-ecr"
      ? join(".", [coalesce(upstream.account_id, local.account_id), "dkr.ecr", upstream.region, local.dns_suffix])
      : lookup(local.hosts, local.kinds[key], upstream.upstream_registry_url)
    )
  }

  # For every upstream, also one without a region: with a filter, one unknown region would make all unknown.
  upstream_partitions = {
    for key, upstream in local.upstreams :
    key => concat(
      [for pattern, partition in local.partitions_by_region : partition if can(regex(pattern, upstream.region))],
      ["aws"]
    )[0]
  }

  # Private registries of another account, for which ECR needs a role.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
  cross_account_keys = [
    for key, upstream in local.upstreams : key
    if nonsensitive(upstream.account_id == null ? false : upstream.account_id != local.account_id)
  ]

  needs_upstream_role = anytrue([
    for key in local.cross_account_keys : nonsensitive(local.upstreams[key].role == null)
  ])
}

# Names of images, by the keys of their upstreams.
locals {
  repository_uris = {
    for key, prefix in local.prefixes :
    key => prefix == "ROOT" ? local.registry_uri : "${local.registry_uri}/${trimsuffix(prefix, "/")}"
  }

  # The registry of an upstream as names of images have it, with the part of a private registry that is cached.
  cached_parts = {
    for key, upstream in local.upstreams : key => coalesce(upstream.upstream_repository_prefix, "ROOT")
  }
  names = {
    for key, url in local.urls :
    key => join("/", concat(
      [lookup(local.registry_aliases, url, url)],
      local.cached_parts[key] == "ROOT" ? [] : [trimsuffix(local.cached_parts[key], "/")]
    ))
  }
  uris_by_name = { for key, name in local.names : name => local.repository_uris[key]... }
}

# Credentials, by the keys of their upstreams.
locals {
  managed_secret_names = {
    for key, upstream in local.upstreams :
    key => coalesce(upstream.secret_name, "${local.secret_name_prefix}${trimsuffix(local.prefixes[key], "/")}")
    if nonsensitive(upstream.credential == "managed")
  }

  looked_up_secret_names = {
    for key, upstream in local.upstreams : key => upstream.credential_secret_name
    if nonsensitive(upstream.credential_secret_name != null)
  }

  has_credential = {
    for key, upstream in local.upstreams :
    key => anytrue([
      upstream.credential != null,
      upstream.credential_secret_arn != null,
      upstream.credential_secret_name != null,
    ])
  }

  credential_arns = merge(
    { for key, upstream in local.upstreams : key => upstream.credential_secret_arn },
    { for key, secret in data.aws_secretsmanager_secret.credential : key => secret.arn },
    { for key, secret in aws_secretsmanager_secret.credential : key => secret.arn }
  )
}

# Settings of the repositories that ECR creates.
locals {
  default_keep_last_images = 100
  default_tag_mutability   = "MUTABLE"
  default_encryption_type  = "AES256"

  # The common settings and those of each upstream, all with every attribute, converted to its type.
  given_settings = [
    for settings in concat(
      [var.repository_settings],
      [
        # In a map of strings lookup() returns a null of type string, which merge() does not accept.
        for upstream in values(var.upstreams) :
        merge({}, lookup(upstream, "repository_settings", null) == null ? null : upstream.repository_settings)
      ]
    ) :
    {
      creation_template           = tobool(lookup(settings, "creation_template", null))
      description                 = tostring(lookup(settings, "description", null))
      untagged_expiration_in_days = tonumber(lookup(settings, "untagged_expiration_in_days", null))
      keep_last_images            = tonumber(lookup(settings, "keep_last_images", null))
      keep_all_images             = tobool(lookup(settings, "keep_all_images", null))
      lifecycle_policy            = tostring(lookup(settings, "lifecycle_policy", null))
      tag_mutability              = tostring(lookup(settings, "tag_mutability", null))
      kms_key                     = lookup(settings, "kms_key", null)
      encryption_type             = tostring(lookup(settings, "encryption_type", null))
      tags = (
        lookup(settings, "tags", null) == null
        ? tomap(null)
        : tomap({ for name, value in settings.tags : name => tostring(value) })
      )
      repository_policy = tostring(lookup(settings, "repository_policy", null))
      role              = lookup(settings, "role", null)
    }
  ]
  common_settings = local.given_settings[0]
  own_settings    = zipmap(keys(var.upstreams), slice(local.given_settings, 1, length(local.given_settings)))

  # An upstream with limits of its own does not take a common `keep_all_images` or `lifecycle_policy`.
  has_own_limits = {
    for key, own in local.own_settings : key => own.untagged_expiration_in_days != null || own.keep_last_images != null
  }

  # An upstream with encryption of its own takes neither the common key nor the common type.
  has_own_encryption = {
    for key, own in local.own_settings : key => own.kms_key != null || own.encryption_type != null
  }

  # An upstream with settings of its own has a template even if the others have none. With `||`, a setting that only an
  # apply knows would make this unknown in any case.
  has_template = {
    for key, own in local.own_settings :
    key => nonsensitive(coalesce(
      own.creation_template,
      local.common_settings.creation_template != false ? true : anytrue([for value in own : value != null])
    ))
  }
  template_keys = [for key, has_template in local.has_template : key if has_template]

  # The settings of an upstream take precedence over the common ones. Conditions are nested where one part may be known
  # only after apply: before Terraform 1.12, `true || unknown` is unknown.
  settings = {
    for key, own in local.own_settings :
    key => {
      description = own.description == null ? local.common_settings.description : own.description

      keep_all_images = coalesce(
        own.keep_all_images,
        local.has_own_limits[key] ? false : local.common_settings.keep_all_images,
        false
      )

      untagged_expiration_in_days = (
        own.untagged_expiration_in_days != null
        ? own.untagged_expiration_in_days
        : own.keep_all_images == true ? null : local.common_settings.untagged_expiration_in_days
      )

      keep_last_images = coalesce(
        own.keep_last_images,
        own.keep_all_images == true ? null : local.common_settings.keep_last_images,
        local.default_keep_last_images
      )

      lifecycle_policy = (
        own.lifecycle_policy != null
        ? own.lifecycle_policy
        : own.keep_all_images == true || local.has_own_limits[key] ? null : local.common_settings.lifecycle_policy
      )

      tag_mutability = coalesce(
        own.tag_mutability,
        local.common_settings.tag_mutability,
        local.default_tag_mutability
      )

      encryption_type = (
        nonsensitive((local.has_own_encryption[key] ? own.kms_key : local.common_settings.kms_key) != null)
        ? "KMS"
        : coalesce(own.encryption_type, local.common_settings.encryption_type, local.default_encryption_type)
      )

      kms_key = local.has_own_encryption[key] ? own.kms_key : local.common_settings.kms_key
      tags    = coalesce(own.tags, local.common_settings.tags, {})
      repository_policy = (
        own.repository_policy == null ? local.common_settings.repository_policy : own.repository_policy
      )
      role = own.role == null ? local.common_settings.role : own.role
    }
  }

  # ECR applies the rules in the order of their priorities.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
  generated_lifecycle_policies = {
    for key, settings in local.settings :
    key => jsonencode({
      rules = concat(
        settings.untagged_expiration_in_days == null ? [] : [{
          rulePriority = 1
          description  = "Delete untagged images by age"
          selection = {
            tagStatus   = "untagged"
            countType   = "sinceImagePushed"
            countUnit   = "days"
            countNumber = settings.untagged_expiration_in_days
          }
          action = { type = "expire" }
        }],
        [{
          rulePriority = 2
          description  = "Keep the newest images"
          selection = {
            tagStatus   = "any"
            countType   = "imageCountMoreThan"
            countNumber = settings.keep_last_images
          }
          action = { type = "expire" }
        }]
      )
    })
  }

  lifecycle_policies = {
    for key, settings in local.settings :
    key => (
      settings.lifecycle_policy != null
      ? settings.lifecycle_policy
      : settings.keep_all_images ? null : local.generated_lifecycle_policies[key]
    )
  }
}

# The role with which ECR creates repositories that have tags or KMS encryption.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html
locals {
  keys_of_created_role = [
    for key in local.template_keys : key
    if nonsensitive(
      local.settings[key].role == null
      && (local.settings[key].encryption_type == "KMS" || length(local.settings[key].tags) > 0)
    )
  ]

  # Only AWS knows the ID of its key aws/ecr: for a template with that key the role may use every key.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-custom.html
  kms_key_arns = distinct([
    for key in local.keys_of_created_role :
    local.settings[key].kms_key == null ? "*" : local.settings[key].kms_key.arn
    if local.settings[key].encryption_type == "KMS"
  ])
  # The ARNs may be known only after apply; the types are not.
  needs_kms = anytrue([for key in local.keys_of_created_role : local.settings[key].encryption_type == "KMS"])
}

# Options of the roles that are created. No try(): it is unknown as a whole if an attribute is.
locals {
  role_options = {
    permissions_boundary_arn = tostring(lookup(var.role_options, "permissions_boundary_arn", null))
    path                     = tostring(lookup(var.role_options, "path", null))
    name_prefix              = tostring(lookup(var.role_options, "name_prefix", null))
  }
}

# Permission to pull. The first pull creates the repository, and may need ecr:TagResource if it gets tags.
locals {
  tagging_keys     = [for key in local.template_keys : key if length(local.settings[key].tags) > 0]
  tagging_prefixes = [for key in local.tagging_keys : trimsuffix(local.prefixes[key], "/")]

  # ECR applies the template with the longest matching prefix: an upstream without one gets that of a shorter prefix.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
  inherits_tags = {
    for key, prefix in local.prefixes :
    key => anytrue([
      for tagging in local.tagging_prefixes : tagging == "ROOT" || startswith(prefix, "${tagging}/")
    ])
    if !local.has_template[key]
  }

  creates_with_tags = {
    for key, prefix in local.prefixes :
    key => local.has_template[key] ? contains(local.tagging_keys, key) : local.inherits_tags[key]
  }

  tagged_prefixes   = [for key, prefix in local.prefixes : prefix if local.creates_with_tags[key]]
  untagged_prefixes = [for key, prefix in local.prefixes : prefix if !local.creates_with_tags[key]]

  # ROOT is the prefix of all repositories.
  tagged_arns = (
    contains(local.tagged_prefixes, "ROOT")
    ? ["${local.registry_arn}:repository/*"]
    : [for prefix in local.tagged_prefixes : "${local.registry_arn}:repository/${trimsuffix(prefix, "/")}/*"]
  )
  untagged_arns = (
    contains(local.untagged_prefixes, "ROOT")
    ? ["${local.registry_arn}:repository/*"]
    : [for prefix in local.untagged_prefixes : "${local.registry_arn}:repository/${trimsuffix(prefix, "/")}/*"]
  )
}

# Pulls of other accounts.
locals {
  # All attributes with their types, as for the upstreams.
  allow_pull_from = [
    for given in [merge({}, var.allow_pull_from)] : {
      account_ids = (
        lookup(given, "account_ids", null) == null
        ? tolist([])
        : tolist([for account_id in given.account_ids : tostring(account_id)])
      )
      organization_id = tostring(lookup(given, "organization_id", null))
      organizational_unit_paths = (
        lookup(given, "organizational_unit_paths", null) == null
        ? tolist([])
        : tolist([for path in given.organizational_unit_paths : "${trimsuffix(path, "/")}/*"])
      )
      prefixes = (
        lookup(given, "prefixes", null) == null
        ? tolist(null)
        : tolist([for prefix in given.prefixes : trimsuffix(prefix, "/")])
      )
      create_repositories = coalesce(tobool(lookup(given, "create_repositories", null)), true)
      existing_repositories = (
        lookup(given, "existing_repositories", null) == null
        ? tolist([])
        : tolist([for path in given.existing_repositories : tostring(path)])
      )
    }
  ][0]

  # Without prefixes, all upstreams are covered. AWS matches `<prefix>/*`, which contains the prefixes below.
  covering_prefixes = local.allow_pull_from.prefixes == null ? ["ROOT"] : local.allow_pull_from.prefixes
  covered_keys = [
    for key, prefix in local.prefixes : key
    if var.allow_pull_from != null && anytrue([
      for covering in local.covering_prefixes :
      covering == "ROOT" || startswith("${trimsuffix(prefix, "/")}/", "${covering}/")
    ])
  ]

  # The policy of a resource allows a request by itself if the identity is of the account of the resource. Without this
  # condition, all identities of the cache's account could pull, since they are in the organization, too.
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
  other_accounts = { "aws:PrincipalAccount" = local.account_id }

  # Identities in one form each: conditions of several forms would have to hold together in a statement.
  pulling_principals = concat(
    length(local.allow_pull_from.account_ids) == 0 ? [] : [{
      form = "Accounts"
      who = {
        Principal = {
          AWS = [for account_id in local.allow_pull_from.account_ids : "arn:${local.partition}:iam::${account_id}:root"]
        }
      }
    }],
    local.allow_pull_from.organization_id == null ? [] : [{
      form = "Organization"
      who = {
        Principal = "*"
        Condition = {
          StringEquals    = { "aws:PrincipalOrgID" = local.allow_pull_from.organization_id }
          StringNotEquals = local.other_accounts
        }
      }
    }],
    length(local.allow_pull_from.organizational_unit_paths) == 0 ? [] : [{
      form = "OrganizationalUnits"
      who = {
        Principal = "*"
        Condition = {
          "ForAnyValue:StringLike" = { "aws:PrincipalOrgPaths" = local.allow_pull_from.organizational_unit_paths }
          StringNotEquals          = local.other_accounts
        }
      }
    }]
  )

  first_pulls = [
    {
      sid      = "FirstPullsOf"
      actions  = local.registry_policy_actions
      prefixes = [for key in local.covered_keys : local.prefixes[key] if !local.creates_with_tags[key]]
    },
    {
      sid      = "TaggedFirstPullsOf"
      actions  = local.tagging_registry_policy_actions
      prefixes = [for key in local.covered_keys : local.prefixes[key] if local.creates_with_tags[key]]
    },
  ]

  # The IDs of statements are unique among all caches of a registry: no other cache has the same prefix. An ID has
  # letters and digits only.
  registry_statements = flatten([
    for pulls in local.first_pulls : [
      for principals in local.pulling_principals : merge(
        {
          Sid = join("", [
            pulls.sid,
            principals.form,
            "1In",
            replace(replace(replace(replace(
              trimsuffix(pulls.prefixes[0], "/"), "-", "2D"), "/", "2F"), ".", "2E"), "_", "5F"
            ),
          ])
          Effect = "Allow"
          Action = pulls.actions
          Resource = (
            contains(pulls.prefixes, "ROOT")
            ? ["${local.registry_arn}:repository/*"]
            : [for prefix in pulls.prefixes : "${local.registry_arn}:repository/${trimsuffix(prefix, "/")}/*"]
          )
        },
        principals.who
      )
    ]
    if local.allow_pull_from.create_repositories && length(pulls.prefixes) > 0
  ])

  # A registry policy that allows first pulls allows the import as well.
  repository_statements = [
    for principals in local.pulling_principals : merge(
      {
        Sid    = "PullsOf${principals.form}1"
        Effect = "Allow"
        Action = (
          local.allow_pull_from.create_repositories
          ? local.repository_policy_actions
          : local.refreshing_repository_policy_actions
        )
      },
      principals.who
    )
  ]

  # The statements are added to a policy of the settings.
  given_repository_policies = {
    for key in local.template_keys :
    key => jsondecode(coalesce(local.settings[key].repository_policy, jsonencode({ Version = "2012-10-17" })))
  }
  given_statements = {
    for key in local.covered_keys :
    key => (
      can(keys(local.given_repository_policies[key].Statement))
      ? tolist([jsonencode(local.given_repository_policies[key].Statement)])
      : tolist(try([for statement in local.given_repository_policies[key].Statement : jsonencode(statement)], ["null"]))
    )
    if local.has_template[key] && can(local.given_repository_policies[key].Statement)
  }
  keys_without_statements = [
    for key, statements in local.given_statements : key
    if !alltrue([for statement in statements : can(keys(jsondecode(statement)))])
  ]
  taken_sids = {
    for key, statements in local.given_statements :
    key => [
      for statement in statements : jsondecode(statement).Sid
      if can(regex("^PullsOf(Accounts|Organization|OrganizationalUnits)\\d+$", jsondecode(statement).Sid))
    ]
  }
  repository_policies = {
    for key in local.template_keys :
    key => (
      !contains(local.covered_keys, key)
      ? local.settings[key].repository_policy
      : jsonencode(merge(local.given_repository_policies[key], {
        Statement = flatten([
          lookup(local.given_repository_policies[key], "Statement", []),
          local.repository_statements
        ])
      }))
    )
  }

  # What begins with the prefix of an upstream, and what begins with the longer prefix of another one.
  starts = {
    for key, prefix in local.prefixes : key => prefix == "ROOT" ? "" : "${trimsuffix(prefix, "/")}/"
  }
  starts_below = {
    for key, start in local.starts :
    key => [for other in values(local.starts) : other if other != start && startswith(other, start)]
  }

  # The keys of the covered upstreams that apply to existing repositories.
  keys_of_existing = {
    for path in local.allow_pull_from.existing_repositories :
    path => [
      for key in local.covered_keys : key
      if local.has_template[key] && startswith(path, local.starts[key]) && !anytrue([
        for start in local.starts_below[key] : startswith(path, start)
      ])
    ]
  }

  uncovered_existing = {
    for index, path in local.allow_pull_from.existing_repositories : index => path
    if length(local.keys_of_existing[path]) == 0
  }
  unknown_covering_prefixes = {
    for index, prefix in local.allow_pull_from.prefixes == null ? [] : local.allow_pull_from.prefixes :
    index => prefix
    if !contains([for known in values(local.prefixes) : trimsuffix(known, "/")], prefix)
  }
  keys_without_template = [for key in local.covered_keys : key if !local.has_template[key]]

  # The names are null in a registry without repositories.
  existing_names = flatten([
    for names in data.aws_ecr_repositories.existing[*].names : names == null ? [] : sort(names)
  ])
  repository_arguments = "--region ${local.region} --registry-id ${local.account_id}"
  # None for ROOT: every repository of the registry begins as it does, whoever created it.
  existing_repository_commands = flatten([
    for key in local.covered_keys : [
      for name in local.existing_names :
      join(" ", [
        "aws ecr get-repository-policy ${local.repository_arguments} --repository-name ${name} 2>&1",
        "| grep -q RepositoryPolicyNotFoundException &&",
        "aws ecr set-repository-policy ${local.repository_arguments} --repository-name ${name}",
        "--policy-text '${replace(local.repository_policies[key], "'", "'\\''")}'",
        "|| echo '${name}: not changed' >&2",
      ])
      if startswith(name, local.starts[key]) && !anytrue([
        for start in local.starts_below[key] : startswith(name, start)
      ]) && !contains(local.allow_pull_from.existing_repositories, name)
    ]
    if local.has_template[key] && local.prefixes[key] != "ROOT"
  ])
}

# Parts of given ARNs that are not those of the cache. Only the plan knows the location of the cache: validations do
# not. Each precondition costs time for every instance, so there is one for each ARN and not for each part.
locals {
  location  = { account = local.account_id, partition = local.partition, region = local.region }
  arn_parts = { account = 4, partition = 1, region = 3 }

  secret_location_hints = {
    account   = "create a secret there: ECR does not read secrets of other accounts"
    partition = "use one of that partition"
    region    = "replicate the secret there and use `credential_secret_name`, which looks it up in each region"
  }

  # IAM has no regions.
  role_location_hints = {
    account   = "give a role of that account, or leave it out: a role is created if one is needed"
    partition = "use one of that partition"
  }

  # Policies that AWS manages belong to no account.
  boundary_places = {
    account = {
      accepted = [local.account_id, "aws"]
      hint     = "IAM accepts a policy of that account, or one that AWS manages"
    }
    partition = {
      accepted = [local.partition]
      hint     = "give an ARN of that partition"
    }
  }

  # ECR can use keys of other accounts.
  key_location_hints = {
    partition = "use one of that partition"
    region    = "use a key of that region"
  }

  # Validations have checked the form of the ARNs: a part is missing only if there is no ARN.
  misplaced_secret_parts = {
    for key, upstream in local.upstreams :
    key => [
      for part, hint in local.secret_location_hints : part
      if try(split(":", upstream.credential_secret_arn)[local.arn_parts[part]] != local.location[part], false)
    ]
  }
  misplaced_upstream_role_parts = {
    for key, upstream in local.upstreams :
    key => [
      for part, hint in local.role_location_hints : part
      if try(split(":", upstream.role.arn)[local.arn_parts[part]] != local.location[part], false)
    ]
  }
  misplaced_key_parts = {
    for key, settings in local.settings :
    key => [
      for part, hint in local.key_location_hints : part
      if try(split(":", settings.kms_key.arn)[local.arn_parts[part]] != local.location[part], false)
    ]
  }
  misplaced_boundary_parts = [
    for part, place in local.boundary_places : part
    if try(
      !contains(place.accepted, split(":", local.role_options.permissions_boundary_arn)[local.arn_parts[part]]),
      false
    )
  ]
  misplaced_creation_role_parts = {
    for key, settings in local.settings :
    key => [
      for part, hint in local.role_location_hints : part
      if try(split(":", settings.role.arn)[local.arn_parts[part]] != local.location[part], false)
    ]
  }
}
