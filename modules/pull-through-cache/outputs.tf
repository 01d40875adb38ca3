output "registry_uri" {
  description = "The host that clients sign in to and pull from."
  value       = local.registry_uri
}

output "repository_uris" {
  description = "The name to pull in place of a registry, by the keys of `upstreams`: append the repository."
  value       = local.repository_uris

  depends_on = [aws_ecr_pull_through_cache_rule.upstream]
}

output "registry_map" {
  description = <<-EOT
    The name to pull in place of a registry, by the domain that stands for the registry in names of
    images (`docker.io` for Docker Hub), or by the domain and the part of a private registry that is
    cached; for the module image-uris. Of several upstreams with one such name, the first by key
    applies.
  EOT
  value       = { for name, uris in local.uris_by_name : name => uris[0] }

  depends_on = [aws_ecr_pull_through_cache_rule.upstream]
}

output "prefixes" {
  description = "The prefixes of the upstreams, for the modules registry-endpoints and pull-policy."
  value       = values(local.prefixes)
}

output "tagged_prefixes" {
  description = "The prefixes whose creation template sets tags, for the same modules."
  value       = local.tagged_prefixes
}

output "rules" {
  description = <<-EOT
    The rules, by the keys of `upstreams`, for the module cache-warmer: `prefix`,
    `upstream_registry_url` and `upstream_repository_prefix`.
  EOT
  value = {
    for key, rule in aws_ecr_pull_through_cache_rule.upstream :
    key => {
      prefix                = rule.ecr_repository_prefix
      upstream_registry_url = rule.upstream_registry_url
      # Without one the provider reads an empty text, and AWS means ROOT.
      # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
      upstream_repository_prefix = coalesce(rule.upstream_repository_prefix, "ROOT")
    }
  }
}

output "secret_arns" {
  description = "ARNs of the managed secrets, by the keys of their upstreams."
  value       = { for key, secret in aws_secretsmanager_secret.credential : key => secret.arn }
}

output "pull_policy_json" {
  description = <<-EOT
    The IAM policy that allows an identity to pull through all of these upstreams, including first
    pulls; the module pull-policy attaches it.
  EOT
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" }],
      [
        for statement in [
          { Effect = "Allow", Action = local.first_pull_actions, Resource = local.untagged_arns },
          { Effect = "Allow", Action = local.tagging_first_pull_actions, Resource = local.tagged_arns },
        ] :
        statement if length(statement.Resource) > 0
      ]
    )
  })
}

output "registry_policy_json" {
  description = <<-EOT
    The statements that the policy of the registry needs for `allow_pull_from`, as a JSON document for
    the module registry-policy; null if it needs none.
  EOT
  value = length(local.registry_statements) == 0 ? null : jsonencode({
    Version   = "2012-10-17"
    Statement = local.registry_statements
  })

  precondition {
    condition = !contains(local.allow_pull_from.account_ids, local.account_id)
    error_message = join("", [
      "`allow_pull_from.account_ids` must be another account than the cache's, got ${jsonencode(local.account_id)}; ",
      "use the module pull-policy for its identities: they need no registry policy",
    ])
  }

  precondition {
    condition = length(local.unknown_covering_prefixes) == 0
    error_message = replace(join("\n", [
      for index, prefix in local.unknown_covering_prefixes : join("", [
        "`allow_pull_from.prefixes[${index}]` must be one of ${join(", ", values(local.prefixes))}, ",
        "got ${jsonencode(prefix)}; add an upstream with that prefix",
      ])
    ]), local.secret_pattern, local.redacted)
  }

  precondition {
    condition = length(local.keys_without_template) == 0
    error_message = replace(join("\n", [
      for key in local.keys_without_template : join("", [
        "`allow_pull_from.prefixes` must cover only upstreams with a creation template, ",
        "got ${jsonencode(local.prefixes[key])}; ",
        "only a template gives new repositories the policy that other accounts need: ",
        "remove `creation_template = false`, or leave this prefix out",
      ])
    ]), local.secret_pattern, local.redacted)
  }

  precondition {
    condition = length(local.keys_without_statements) == 0
    error_message = replace(join("\n", [
      for key in local.keys_without_statements : join("", [
        "`repository_policy of ${local.prefixes[key]}` must have an object or a list of objects as Statement, ",
        "got ${jsonencode(local.given_repository_policies[key].Statement)}; ",
        "allow_pull_from adds its statements there: write each as an object",
      ])
    ]), local.secret_pattern, local.redacted)
  }

  precondition {
    condition = length(flatten(values(local.taken_sids))) == 0
    error_message = replace(join("\n", flatten([
      for key, sids in local.taken_sids : [
        for sid in sids : join("", [
          "`repository_policy of ${local.prefixes[key]}` must have no Sid like PullsOfAccounts1, ",
          "got ${jsonencode(sid)}; allow_pull_from gives such Sids to its own statements: choose another",
        ])
      ]
    ])), local.secret_pattern, local.redacted)
  }

  precondition {
    condition = length(local.uncovered_existing) == 0
    error_message = replace(join("\n", [
      for index, path in local.uncovered_existing : join("", [
        "`allow_pull_from.existing_repositories[${index}]` must be under a prefix that the permission covers, ",
        "${join(", ", [for key in local.covered_keys : local.prefixes[key]])}, got ${jsonencode(path)}; ",
        "use the path in the registry of the cache, like docker-hub/library/nginx",
      ])
    ]), local.secret_pattern, local.redacted)
  }
}

output "existing_repository_commands" {
  description = <<-EOT
    For each existing repository that `allow_pull_from` covers, a shell command that gives the
    repository the policy of new repositories, unless it has a policy already. Repositories of the
    prefix ROOT have none: name them in `existing_repositories`.
  EOT
  value       = local.existing_repository_commands
}
