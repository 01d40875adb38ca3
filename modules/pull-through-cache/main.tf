data "aws_caller_identity" "current" {
  count = nonsensitive(var.account_id == null) ? 1 : 0
}

data "aws_partition" "current" {
}

data "aws_region" "current" {
}

data "aws_secretsmanager_secret" "credential" {
  for_each = {
    for key, element in local.upstreams : key => element.credential_secret_name
    if nonsensitive(element.credential_secret_name != null)
  }

  name = each.value
}

resource "aws_ecr_pull_through_cache_rule" "upstream" {
  for_each = local.prefixes

  ecr_repository_prefix = each.value
  upstream_registry_url = local.urls[each.key]
  upstream_repository_prefix = (
    local.kinds[each.key] == "private-ecr" && each.value != "ROOT"
    ? coalesce(local.upstreams[each.key].upstream_repository_prefix, "ROOT")
    : null
  )
  credential_arn = local.credential_arns[each.key]
  custom_role_arn = (
    !contains(local.cross_account, each.key)
    ? null
    : local.upstreams[each.key].role != null ? local.upstreams[each.key].role.arn : aws_iam_role.upstream[0].arn
  )

  lifecycle {
    replace_triggered_by = [terraform_data.authentication[each.key]]

    precondition {
      condition = (
        local.upstreams[each.key].credential_secret_arn == null
        || try(
          split(":", local.upstreams[each.key].credential_secret_arn)[1] == data.aws_partition.current.partition,
          false
        )
      )
      error_message = replace(
        join("", [
          "`upstreams[${jsonencode(each.key)}].credential_secret_arn` must be in the partition of the cache, ",
          "${data.aws_partition.current.partition}, got ",
          "${jsonencode(local.upstreams[each.key].credential_secret_arn)}; use one of that partition",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        local.upstreams[each.key].credential_secret_arn == null
        || try(split(":", local.upstreams[each.key].credential_secret_arn)[3] == data.aws_region.current.id, false)
      )
      error_message = replace(
        join("", [
          "`upstreams[${jsonencode(each.key)}].credential_secret_arn` must be in the region of the cache, ",
          "${data.aws_region.current.id}, got ${jsonencode(local.upstreams[each.key].credential_secret_arn)}; ",
          "replicate the secret there and use `credential_secret_name`, which looks it up in each region",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        local.upstreams[each.key].credential_secret_arn == null
        || try(split(":", local.upstreams[each.key].credential_secret_arn)[4] == local.account_id, false)
      )
      error_message = replace(
        join("", [
          "`upstreams[${jsonencode(each.key)}].credential_secret_arn` must be in the account of the cache, ",
          "${local.account_id}, got ${jsonencode(local.upstreams[each.key].credential_secret_arn)}; create a ",
          "secret there: ECR does not read secrets of other accounts",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        try(local.upstreams[each.key].role.arn, null) == null
        || try(
          split(":", try(local.upstreams[each.key].role.arn, null))[1] == data.aws_partition.current.partition,
          false
        )
      )
      error_message = replace(
        join("", [
          "`upstreams[${jsonencode(each.key)}].role.arn` must be in the partition of the cache, ",
          "${data.aws_partition.current.partition}, got ",
          "${jsonencode(try(local.upstreams[each.key].role.arn, null))}; use one of that partition",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        try(local.upstreams[each.key].role.arn, null) == null
        || try(split(":", try(local.upstreams[each.key].role.arn, null))[4] == local.account_id, false)
      )
      error_message = replace(
        join("", [
          "`upstreams[${jsonencode(each.key)}].role.arn` must be in the account of the cache, ${local.account_id}, ",
          "got ${jsonencode(try(local.upstreams[each.key].role.arn, null))}; give a role of that account, or ",
          "leave it out: a role is created if one is needed",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = local.upstreams[each.key].role == null || contains(local.cross_account, each.key)
      error_message = replace(
        join("", [
          "`upstreams[${jsonencode(each.key)}].role` must be given only for an upstream in another account, got ",
          "${jsonencode(local.upstreams[each.key].role)}; set `account_id` to that account, or leave the role out",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        local.upstreams[each.key].region == null
        || try(
          concat(
            can(regex("^cn-", local.upstreams[each.key].region)) ? ["aws-cn"] : [],
            can(regex("^us-gov-", local.upstreams[each.key].region)) ? ["aws-us-gov"] : [],
            can(regex("^us-iso-", local.upstreams[each.key].region)) ? ["aws-iso"] : [],
            can(regex("^us-isob-", local.upstreams[each.key].region)) ? ["aws-iso-b"] : [],
            can(regex("^eu-isoe-", local.upstreams[each.key].region)) ? ["aws-iso-e"] : [],
            can(regex("^us-isof-", local.upstreams[each.key].region)) ? ["aws-iso-f"] : [],
            can(regex("^eusc-", local.upstreams[each.key].region)) ? ["aws-eusc"] : [],
            ["aws"]
          )[0] == data.aws_partition.current.partition,
          false
        )
      )
      error_message = replace(
        join("", [
          "`upstreams[${jsonencode(each.key)}].region` must be in the partition of the cache, ",
          "${data.aws_partition.current.partition}, got ${jsonencode(local.upstreams[each.key].region)}; ECR ",
          "cannot reach a registry in another partition",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        local.upstreams[each.key].region != data.aws_region.current.id || contains(local.cross_account, each.key)
      )
      error_message = replace(
        join("", [
          "`upstreams[${jsonencode(each.key)}].region` must be another region than the cache's, got ",
          "${jsonencode(local.upstreams[each.key].region)}; a registry cannot cache itself: pull from it directly",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }
  }

  depends_on = [
    aws_ecr_repository_creation_template.upstream,
    aws_secretsmanager_secret_version.credential,
    aws_iam_role_policy.upstream,
  ]
}

resource "aws_ecr_repository_creation_template" "upstream" {
  for_each = local.templates

  prefix               = local.prefixes[each.key]
  description          = each.value.description
  applied_for          = ["PULL_THROUGH_CACHE"]
  image_tag_mutability = each.value.tag_mutability
  lifecycle_policy = (
    each.value.lifecycle_policy != null
    ? each.value.lifecycle_policy
    : each.value.keep_all_images
    ? null
    : jsonencode({
      rules = concat(
        each.value.untagged_expiration_in_days == null
        ? []
        : [
          {
            rulePriority = 1
            description  = "Delete untagged images by age"
            selection = {
              tagStatus   = "untagged"
              countType   = "sinceImagePushed"
              countUnit   = "days"
              countNumber = each.value.untagged_expiration_in_days
            }
            action = { type = "expire" }
          },
        ],
        [
          {
            rulePriority = 2
            description  = "Keep the newest images"
            selection = {
              tagStatus   = "any"
              countType   = "imageCountMoreThan"
              countNumber = each.value.keep_last_images
            }
            action = { type = "expire" }
          },
        ]
      )
    })
  )
  repository_policy = each.value.repository_policy
  resource_tags     = length(each.value.tags) == 0 ? null : each.value.tags
  custom_role_arn = (
    each.value.role != null
    ? each.value.role.arn
    : contains(keys(local.with_own_role), each.key) ? aws_iam_role.repository_creation[0].arn : null
  )

  dynamic "encryption_configuration" {
    for_each = each.value.encryption_type == "KMS" ? [each.value.encryption_type] : []

    content {
      encryption_type = encryption_configuration.value
      kms_key         = each.value.kms_key == null ? null : each.value.kms_key.arn
    }
  }

  lifecycle {
    replace_triggered_by = [terraform_data.encryption[each.key]]

    precondition {
      condition = (
        try(each.value.kms_key.arn, null) == null
        || try(split(":", try(each.value.kms_key.arn, null))[1] == data.aws_partition.current.partition, false)
      )
      error_message = replace(
        join("", [
          "`${local.own_settings[each.key].kms_key == null ? "" : "upstreams[${jsonencode(each.key)}]."}repository_settings.kms_key.arn` ",
          "must be in the partition of the cache, ${data.aws_partition.current.partition}, got ",
          "${jsonencode(try(each.value.kms_key.arn, null))}; use one of that partition",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        try(each.value.kms_key.arn, null) == null
        || try(split(":", try(each.value.kms_key.arn, null))[3] == data.aws_region.current.id, false)
      )
      error_message = replace(
        join("", [
          "`${local.own_settings[each.key].kms_key == null ? "" : "upstreams[${jsonencode(each.key)}]."}repository_settings.kms_key.arn` ",
          "must be in the region of the cache, ${data.aws_region.current.id}, got ",
          "${jsonencode(try(each.value.kms_key.arn, null))}; use a key of that region",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        try(each.value.role.arn, null) == null
        || try(split(":", try(each.value.role.arn, null))[1] == data.aws_partition.current.partition, false)
      )
      error_message = replace(
        join("", [
          "`${local.own_settings[each.key].role == null ? "" : "upstreams[${jsonencode(each.key)}]."}repository_settings.role.arn` ",
          "must be in the partition of the cache, ${data.aws_partition.current.partition}, got ",
          "${jsonencode(try(each.value.role.arn, null))}; use one of that partition",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        try(each.value.role.arn, null) == null
        || try(split(":", try(each.value.role.arn, null))[4] == local.account_id, false)
      )
      error_message = replace(
        join("", [
          "`${local.own_settings[each.key].role == null ? "" : "upstreams[${jsonencode(each.key)}]."}repository_settings.role.arn` ",
          "must be in the account of the cache, ${local.account_id}, got ",
          "${jsonencode(try(each.value.role.arn, null))}; give a role of that account, or leave it out: a role is ",
          "created if one is needed",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }
  }

  depends_on = [aws_iam_role_policy.repository_creation]
}

resource "aws_secretsmanager_secret" "credential" {
  for_each = local.managed_secrets

  name                    = each.value
  description             = "Credential of an ECR pull-through cache"
  recovery_window_in_days = coalesce(local.upstreams[each.key].recovery_window_in_days, 0)

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_secretsmanager_secret_version" "credential" {
  for_each = local.managed_secrets

  secret_id = aws_secretsmanager_secret.credential[each.key].id
  secret_string_wo = jsonencode({
    username    = var.credentials[each.key].username
    accessToken = var.credentials[each.key].access_token
  })
  secret_string_wo_version = coalesce(local.upstreams[each.key].credential_version, 1)

  lifecycle {
    create_before_destroy = true

    precondition {
      condition = contains(keys(var.credentials), each.key)
      error_message = replace(
        join("", [
          "`credentials[${jsonencode(each.key)}]` must have a username and an access_token that are not empty, ",
          "got nothing; set both for every plan and apply",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }

    precondition {
      condition = (
        !contains(keys(var.credentials), each.key)
        || try(
          trimspace(var.credentials[each.key].username) != ""
          && trimspace(var.credentials[each.key].access_token) != "",
          false
        )
      )
      error_message = replace(
        join("", [
          "`credentials[${jsonencode(each.key)}]` must have a username and an access_token that are not empty, ",
          "got a value not shown, since it may be a secret; set both for every plan and apply",
        ]),
        local.secrets,
        "(not shown, it may be a secret)"
      )
    }
  }
}

resource "aws_iam_role" "repository_creation" {
  count = local.needs_repository_creation_role ? 1 : 0

  name_prefix        = "ecr-repository-creation-"
  description        = "Amazon ECR creates the repositories of a pull-through cache with it"
  assume_role_policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ecr.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"
}

resource "aws_iam_role" "upstream" {
  count = local.needs_upstream_role ? 1 : 0

  name_prefix        = "ecr-pull-through-cache-"
  description        = "Amazon ECR reads private registries of other accounts for a pull-through cache with it"
  assume_role_policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"pullthroughcache.ecr.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"
}

resource "aws_iam_role_policy" "repository_creation" {
  count = local.needs_repository_creation_role ? 1 : 0

  role = aws_iam_role.repository_creation[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"]
          Resource = "*"
        },
      ],
      local.needs_kms_keys
      ? [
        {
          Effect   = "Allow"
          Action   = ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"]
          Resource = local.kms_key_arns
        },
      ]
      : []
    )
  })
}

resource "aws_iam_role_policy" "upstream" {
  count = local.needs_upstream_role ? 1 : 0

  role = aws_iam_role.upstream[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "ecr:GetDownloadUrlForLayer",
          "ecr:GetAuthorizationToken",
          "ecr:BatchImportUpstreamImage",
          "ecr:BatchGetImage",
          "ecr:GetImageCopyStatus",
          "ecr:InitiateLayerUpload",
          "ecr:UploadLayerPart",
          "ecr:CompleteLayerUpload",
          "ecr:PutImage",
        ]
        Resource = "*"
      },
    ]
  })
}

resource "terraform_data" "encryption" {
  for_each = local.templates

  input = (
    each.value.kms_key != null
    ? "a key of yours"
    : each.value.encryption_type == "KMS" ? "aws/ecr" : "keys of Amazon S3"
  )
}

resource "terraform_data" "authentication" {
  for_each = local.kinds

  input = (
    each.value != "unlisted"
    ? "by its host"
    : local.upstreams[each.key].credential == null
    && local.upstreams[each.key].credential_secret_arn == null
    && local.upstreams[each.key].credential_secret_name == null
    ? "none"
    : "credential"
  )
}
