locals {
  account_id = (
    var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id
  )
  registry_uri = "${local.account_id}.dkr.ecr.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"
  registry_arn = "arn:${data.aws_partition.current.partition}:ecr:${data.aws_region.current.id}:${local.account_id}"
  upstreams = {
    for key, element in var.upstreams :
    key => {
      kind                       = tostring(lookup(element, "kind", null))
      prefix                     = tostring(lookup(element, "prefix", null))
      credential                 = tostring(lookup(element, "credential", null))
      credential_version         = tonumber(lookup(element, "credential_version", null))
      secret_name                = tostring(lookup(element, "secret_name", null))
      recovery_window_in_days    = tonumber(lookup(element, "recovery_window_in_days", null))
      credential_secret_arn      = tostring(lookup(element, "credential_secret_arn", null))
      credential_secret_name     = tostring(lookup(element, "credential_secret_name", null))
      registry_name              = tostring(lookup(element, "registry_name", null))
      upstream_registry_url      = tostring(lookup(element, "upstream_registry_url", null))
      region                     = tostring(lookup(element, "region", null))
      account_id                 = tostring(lookup(element, "account_id", null))
      upstream_repository_prefix = tostring(lookup(element, "upstream_repository_prefix", null))
      role = (
        lookup(element, "role", null) == null ? null : { arn = tostring(lookup(element.role, "arn", null)) }
      )
    }
  }
  own_settings = {
    for key, element in {
      for key, element in var.upstreams :
      key => merge({}, lookup(element, "repository_settings", null) == null ? null : element.repository_settings)
    } :
    key => {
      creation_template           = tobool(lookup(element, "creation_template", null))
      description                 = tostring(lookup(element, "description", null))
      untagged_expiration_in_days = tonumber(lookup(element, "untagged_expiration_in_days", null))
      keep_last_images            = tonumber(lookup(element, "keep_last_images", null))
      keep_all_images             = tobool(lookup(element, "keep_all_images", null))
      lifecycle_policy            = tostring(lookup(element, "lifecycle_policy", null))
      tag_mutability              = tostring(lookup(element, "tag_mutability", null))
      kms_key = (
        lookup(element, "kms_key", null) == null ? null : { arn = tostring(lookup(element.kms_key, "arn", null)) }
      )
      encryption_type = tostring(lookup(element, "encryption_type", null))
      tags = (
        lookup(element, "tags", null) == null
        ? tomap(null)
        : tomap({ for name, item in element.tags : name => tostring(item) })
      )
      repository_policy = tostring(lookup(element, "repository_policy", null))
      role = (
        lookup(element, "role", null) == null ? null : { arn = tostring(lookup(element.role, "arn", null)) }
      )
    }
  }
  repository_settings = {
    creation_template           = tobool(lookup(var.repository_settings, "creation_template", null))
    description                 = tostring(lookup(var.repository_settings, "description", null))
    untagged_expiration_in_days = tonumber(lookup(var.repository_settings, "untagged_expiration_in_days", null))
    keep_last_images            = tonumber(lookup(var.repository_settings, "keep_last_images", null))
    keep_all_images             = tobool(lookup(var.repository_settings, "keep_all_images", null))
    lifecycle_policy            = tostring(lookup(var.repository_settings, "lifecycle_policy", null))
    tag_mutability              = tostring(lookup(var.repository_settings, "tag_mutability", null))
    kms_key = (
      lookup(var.repository_settings, "kms_key", null) == null
      ? null
      : { arn = tostring(lookup(var.repository_settings.kms_key, "arn", null)) }
    )
    encryption_type = tostring(lookup(var.repository_settings, "encryption_type", null))
    tags = (
      lookup(var.repository_settings, "tags", null) == null
      ? tomap(null)
      : tomap({ for name, item in var.repository_settings.tags : name => tostring(item) })
    )
    repository_policy = tostring(lookup(var.repository_settings, "repository_policy", null))
    role = (
      lookup(var.repository_settings, "role", null) == null
      ? null
      : { arn = tostring(lookup(var.repository_settings.role, "arn", null)) }
    )
  }
  kinds = {
    for key, element in local.upstreams : key => element.kind == null ? key : element.kind
  }
  prefixes = {
    for key, element in local.upstreams :
    key => element.prefix == null ? lookup(local.usual_prefixes, local.kinds[key], "") : element.prefix
  }
  urls = {
    for key, element in local.upstreams :
    key => local.kinds[key] == "azure"
    ? "${element.registry_name}.azurecr.io"
    : local.kinds[key] == "private-ecr"
    ? "${coalesce(element.account_id, local.account_id)}.dkr.ecr.${element.region}.${data.aws_partition.current.dns_suffix}"
    : lookup(local.hosts, local.kinds[key], element.upstream_registry_url)
  }
  managed_secrets = {
    for key, element in local.upstreams :
    key => coalesce(element.secret_name, "ecr-pullthroughcache/${trimsuffix(local.prefixes[key], "/")}")
    if nonsensitive(element.credential == "managed")
  }
  credential_arns = {
    for key, element in local.upstreams :
    key => element.credential == "managed"
    ? aws_secretsmanager_secret.credential[key].arn
    : element.credential_secret_name != null
    ? data.aws_secretsmanager_secret.credential[key].arn
    : element.credential_secret_arn
  }
  cross_account = [
    for key, element in local.upstreams : key
    if nonsensitive(element.account_id == null ? false : element.account_id != local.account_id)
  ]
  needs_upstream_role = anytrue([
    for key in local.cross_account : nonsensitive(local.upstreams[key].role == null)
  ])
  settings = {
    for key, own in local.own_settings :
    key => {
      creation_template = nonsensitive(
        own.creation_template != null
        ? own.creation_template
        : (
          local.repository_settings.creation_template != false ? true : anytrue([for value in own : value != null])
        )
      )
      description = (
        own.description == null ? local.repository_settings.description : own.description
      )
      untagged_expiration_in_days = (
        own.untagged_expiration_in_days != null
        ? own.untagged_expiration_in_days
        : own.keep_all_images == true ? null : local.repository_settings.untagged_expiration_in_days
      )
      keep_last_images = coalesce(
        own.keep_last_images != null
        ? own.keep_last_images
        : own.keep_all_images == true ? null : local.repository_settings.keep_last_images,
        100
      )
      keep_all_images = coalesce(
        own.keep_all_images,
        (own.untagged_expiration_in_days != null || own.keep_last_images != null)
        ? false
        : local.repository_settings.keep_all_images,
        false
      )
      lifecycle_policy = (
        own.lifecycle_policy != null
        ? own.lifecycle_policy
        : own.keep_all_images == true || own.untagged_expiration_in_days != null || own.keep_last_images != null
        ? null
        : local.repository_settings.lifecycle_policy
      )
      tag_mutability = coalesce(
        own.tag_mutability,
        local.repository_settings.tag_mutability,
        "MUTABLE"
      )
      kms_key = (
        own.kms_key != null || own.encryption_type != null ? own.kms_key : local.repository_settings.kms_key
      )
      encryption_type = (
        nonsensitive(
          (own.kms_key != null || own.encryption_type != null ? own.kms_key : local.repository_settings.kms_key) != null
        )
        ? "KMS"
        : coalesce(own.encryption_type, local.repository_settings.encryption_type, "AES256")
      )
      tags = coalesce(own.tags, local.repository_settings.tags, {})
      repository_policy = (
        own.repository_policy == null ? local.repository_settings.repository_policy : own.repository_policy
      )
      role = own.role == null ? local.repository_settings.role : own.role
    }
  }
  templates = {
    for key, settings in local.settings : key => settings
    if settings.creation_template
  }
  with_own_role = {
    for key, template in local.templates : key => template
    if nonsensitive(template.role == null && (template.encryption_type == "KMS" || length(template.tags) > 0))
  }
  needs_repository_creation_role = length(local.with_own_role) > 0
  needs_kms_keys                 = anytrue([for template in local.with_own_role : template.encryption_type == "KMS"])
  kms_key_arns = distinct([
    for template in local.with_own_role : template.kms_key == null ? "*" : template.kms_key.arn
    if template.encryption_type == "KMS"
  ])
  prefixes_of_tagging_templates = [
    for key, template in local.templates : trimsuffix(local.prefixes[key], "/")
    if length(template.tags) > 0
  ]
  creates_with_tags = {
    for key, prefix in local.prefixes :
    key => anytrue([
      for other in local.prefixes_of_tagging_templates :
      other == trimsuffix(prefix, "/")
      || !contains(keys(local.templates), key) && (other == "ROOT" || startswith(prefix, "${other}/"))
    ])
  }
  tagged_prefixes   = [for key, prefix in local.prefixes : prefix if local.creates_with_tags[key]]
  untagged_prefixes = [for key, prefix in local.prefixes : prefix if !local.creates_with_tags[key]]
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
