data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {
  count = nonsensitive(var.account_id == null) ? 1 : 0
}

data "aws_secretsmanager_secret" "credential" {
  for_each = local.looked_up_secret_names

  name = each.value
}

resource "aws_ecr_pull_through_cache_rule" "upstream" {
  for_each = local.prefixes

  ecr_repository_prefix = each.value
  upstream_registry_url = local.urls[each.key]
  credential_arn        = local.credential_arns[each.key]

  # AWS answers with ROOT. Without it here, every apply would replace the rule.
  upstream_repository_prefix = (
    local.kinds[each.key] == "private-ecr" && each.value != "ROOT"
    ? coalesce(local.upstreams[each.key].upstream_repository_prefix, "ROOT")
    : null
  )

  custom_role_arn = (
    contains(local.cross_account_keys, each.key)
    ? (local.upstreams[each.key].role == null ? aws_iam_role.upstream[0].arn : local.upstreams[each.key].role.arn)
    : null
  )

  lifecycle {
    replace_triggered_by = [terraform_data.authentication[each.key]]

    precondition {
      condition = length(local.misplaced_secret_parts[each.key]) == 0
      error_message = replace(join("\n", [
        for part in local.misplaced_secret_parts[each.key] : join("", [
          "`upstreams[${jsonencode(each.key)}].credential_secret_arn` must be in the ${part} of the cache, ",
          "${local.location[part]}, got ${jsonencode(local.upstreams[each.key].credential_secret_arn)}; ",
          local.secret_location_hints[part],
        ])
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = length(local.misplaced_upstream_role_parts[each.key]) == 0
      error_message = replace(join("\n", [
        for part in local.misplaced_upstream_role_parts[each.key] : join("", [
          "`upstreams[${jsonencode(each.key)}].role.arn` must be in the ${part} of the cache, ",
          "${local.location[part]}, got ${jsonencode(local.upstreams[each.key].role.arn)}; ",
          local.role_location_hints[part],
        ])
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = local.upstreams[each.key].role == null || contains(local.cross_account_keys, each.key)
      error_message = replace(join("", [
        "`upstreams[${jsonencode(each.key)}].role` must be given only for an upstream in another account, ",
        "got ${jsonencode(local.upstreams[each.key].role)}; ",
        "set `account_id` to that account, or leave the role out",
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = local.upstreams[each.key].region == null || local.upstream_partitions[each.key] == local.partition
      error_message = replace(join("", [
        "`upstreams[${jsonencode(each.key)}].region` must be in the partition of the cache, ",
        "${local.partition}, got ${jsonencode(local.upstreams[each.key].region)}; ",
        "ECR cannot reach a registry in another partition",
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = local.upstreams[each.key].region != local.region || contains(local.cross_account_keys, each.key)
      error_message = replace(join("", [
        "`upstreams[${jsonencode(each.key)}].region` must be another region than the cache's, ",
        "got ${jsonencode(local.upstreams[each.key].region)}; ",
        "a registry cannot cache itself: pull from it directly",
      ]), local.secret_pattern, local.redacted)
    }
  }

  # The first pull must find the template. AWS reads the secret and the role's policy when it creates the rule.
  depends_on = [
    aws_ecr_repository_creation_template.upstream,
    aws_secretsmanager_secret_version.credential,
    aws_iam_role_policy.upstream,
  ]
}

resource "aws_ecr_repository_creation_template" "upstream" {
  for_each = toset(local.template_keys)

  prefix               = local.prefixes[each.key]
  description          = local.settings[each.key].description
  applied_for          = ["PULL_THROUGH_CACHE"]
  image_tag_mutability = local.settings[each.key].tag_mutability
  lifecycle_policy     = local.lifecycle_policies[each.key]
  repository_policy    = local.settings[each.key].repository_policy
  resource_tags        = length(local.settings[each.key].tags) == 0 ? null : local.settings[each.key].tags

  custom_role_arn = (
    local.settings[each.key].role != null
    ? local.settings[each.key].role.arn
    : contains(local.keys_of_created_role, each.key) ? aws_iam_role.repository_creation[0].arn : null
  )

  # Encryption with keys of Amazon S3 is AWS's default.
  dynamic "encryption_configuration" {
    for_each = local.settings[each.key].encryption_type == "KMS" ? ["KMS"] : []

    content {
      encryption_type = encryption_configuration.value
      kms_key         = local.settings[each.key].kms_key == null ? null : local.settings[each.key].kms_key.arn
    }
  }

  lifecycle {
    replace_triggered_by = [terraform_data.encryption[each.key]]

    precondition {
      condition = length(local.misplaced_key_parts[each.key]) == 0
      error_message = replace(join("\n", [
        for part in local.misplaced_key_parts[each.key] : join("", [
          "`${local.own_settings[each.key].kms_key == null ? "" : "upstreams[${jsonencode(each.key)}]."}",
          "repository_settings.kms_key.arn` must be in the ${part} of the cache, ",
          "${local.location[part]}, got ${jsonencode(local.settings[each.key].kms_key.arn)}; ",
          local.key_location_hints[part],
        ])
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = length(local.misplaced_creation_role_parts[each.key]) == 0
      error_message = replace(join("\n", [
        for part in local.misplaced_creation_role_parts[each.key] : join("", [
          "`${local.own_settings[each.key].role == null ? "" : "upstreams[${jsonencode(each.key)}]."}",
          "repository_settings.role.arn` must be in the ${part} of the cache, ",
          "${local.location[part]}, got ${jsonencode(local.settings[each.key].role.arn)}; ",
          local.role_location_hints[part],
        ])
      ]), local.secret_pattern, local.redacted)
    }
  }

  # ECR uses the role at the first pull: by then the role must have its policy.
  depends_on = [aws_iam_role_policy.repository_creation]
}

resource "aws_secretsmanager_secret" "credential" {
  for_each = local.managed_secret_names

  name                    = each.value
  description             = "Credential of an ECR pull-through cache"
  recovery_window_in_days = coalesce(local.upstreams[each.key].recovery_window_in_days, 0)

  lifecycle {
    # Otherwise Terraform deletes a secret before the rule has its new credential, which AWS may reject.
    create_before_destroy = true
  }
}

# The value is ephemeral and write-only: it is in no plan and no state.
resource "aws_secretsmanager_secret_version" "credential" {
  for_each = local.managed_secret_names

  secret_id                = aws_secretsmanager_secret.credential[each.key].id
  secret_string_wo_version = coalesce(local.upstreams[each.key].credential_version, 1)

  # The names of the keys are those that ECR reads.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
  secret_string_wo = jsonencode({
    username    = var.credentials[each.key].username
    accessToken = var.credentials[each.key].access_token
  })

  lifecycle {
    # As for the secret.
    create_before_destroy = true

    # A message must not depend on an ephemeral value, so there is a precondition for each of the two messages.
    precondition {
      condition = contains(keys(var.credentials), each.key)
      error_message = replace(join("", [
        "`credentials[${jsonencode(each.key)}]` must have a username and an access_token that are not empty, ",
        "got nothing; set both for every plan and apply",
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = !contains(keys(var.credentials), each.key) || try(
        trimspace(var.credentials[each.key].username) != "" && trimspace(var.credentials[each.key].access_token) != "",
        false
      )
      error_message = replace(join("", [
        "`credentials[${jsonencode(each.key)}]` must have a username and an access_token that are not empty, ",
        "got a value not shown, since it may be a secret; set both for every plan and apply",
      ]), local.secret_pattern, local.redacted)
    }
  }
}

# The role with which ECR creates repositories that have tags or KMS encryption.
resource "aws_iam_role" "repository_creation" {
  count = length(local.keys_of_created_role) > 0 ? 1 : 0

  name_prefix          = coalesce(local.role_options.name_prefix, "ecr-repository-creation-")
  path                 = local.role_options.path
  permissions_boundary = local.role_options.permissions_boundary_arn
  description          = "Amazon ECR assumes this role to create repositories of a pull-through cache"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecr.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })

  lifecycle {
    precondition {
      condition = length(local.misplaced_boundary_parts) == 0
      error_message = replace(join("\n", [
        for part in local.misplaced_boundary_parts : join("", [
          "`role_options.permissions_boundary_arn` must be in the ${part} of the cache, ",
          "${local.boundary_places[part].accepted[0]}, ",
          "got ${jsonencode(local.role_options.permissions_boundary_arn)}; ${local.boundary_places[part].hint}",
        ])
      ]), local.secret_pattern, local.redacted)
    }
  }
}

resource "aws_iam_role_policy" "repository_creation" {
  count = length(local.keys_of_created_role) > 0 ? 1 : 0

  role = aws_iam_role.repository_creation[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = local.repository_creation_actions, Resource = "*" }],
      local.needs_kms ? [{ Effect = "Allow", Action = local.kms_actions, Resource = local.kms_key_arns }] : []
    )
  })
}

# The role with which ECR reads private registries of other accounts.
resource "aws_iam_role" "upstream" {
  count = local.needs_upstream_role ? 1 : 0

  name_prefix          = coalesce(local.role_options.name_prefix, "ecr-pull-through-cache-")
  path                 = local.role_options.path
  permissions_boundary = local.role_options.permissions_boundary_arn

  description = "Amazon ECR assumes this role to read private registries of other accounts for a pull-through cache"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "pullthroughcache.ecr.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  lifecycle {
    precondition {
      condition = length(local.misplaced_boundary_parts) == 0
      error_message = replace(join("\n", [
        for part in local.misplaced_boundary_parts : join("", [
          "`role_options.permissions_boundary_arn` must be in the ${part} of the cache, ",
          "${local.boundary_places[part].accepted[0]}, ",
          "got ${jsonencode(local.role_options.permissions_boundary_arn)}; ${local.boundary_places[part].hint}",
        ])
      ]), local.secret_pattern, local.redacted)
    }
  }
}

resource "aws_iam_role_policy" "upstream" {
  count = local.needs_upstream_role ? 1 : 0

  role = aws_iam_role.upstream[0].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = local.upstream_reading_actions, Resource = "*" }]
  })
}

# The provider sends nothing when a rule loses its credential, and shows the same change in every plan. A change of this
# resource replaces the rule. The credential of a registry with a known host never comes or goes.
resource "terraform_data" "authentication" {
  for_each = local.kinds

  input = (
    each.value != "unlisted"
    ? "by its host"
    : local.has_credential[each.key] ? "credential" : "none"
  )
}

# Nor can the provider remove a key from a template: it continues to send the former key. A change of this resource
# replaces the template.
resource "terraform_data" "encryption" {
  for_each = toset(local.template_keys)

  input = (
    local.settings[each.key].kms_key != null
    ? "a key of yours"
    : local.settings[each.key].encryption_type == "KMS" ? "aws/ecr" : "keys of Amazon S3"
  )
}
