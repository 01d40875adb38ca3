output "registry_uri" {
  description = "The host that clients in the VPC sign in to and pull from."
  value       = module.endpoints.registry_uri
}

output "repository_uris" {
  description = "The name to pull in place of a registry, by the keys of `upstreams`: append the repository."
  value       = { for key, rule in module.cache.rules : key => module.endpoints.repository_uris[rule.prefix] }

  depends_on = [module.cache, module.endpoints, module.pulls]
}

output "registry_map" {
  description = <<-EOT
    The name to pull in place of a registry, by the domain that stands for the registry in names of
    images, for the module image-uris.
  EOT
  value = {
    for name, uri in module.cache.registry_map :
    name => "${module.endpoints.registry_uri}${trimprefix(uri, module.cache.registry_uri)}"
  }

  depends_on = [module.cache, module.endpoints, module.pulls]
}

output "rules" {
  description = "The cache rules, by the keys of `upstreams`, for the module cache-warmer."
  value       = module.cache.rules
}

output "tagged_prefixes" {
  description = "The prefixes whose creation template sets tags, for the module cache-warmer."
  value       = module.cache.tagged_prefixes
}

output "pull_policy_json" {
  description = "The IAM policy that allows pulls, as JSON."
  value       = module.pulls.json
}

output "policy_arn" {
  description = "ARN of the managed policy; null without one."
  value       = module.pulls.policy_arn
}

output "secret_arns" {
  description = "ARNs of the managed secrets, by the keys of their upstreams."
  value       = module.cache.secret_arns
}

output "security_group_id" {
  description = "The security group of the interface endpoints; null if there is none."
  value       = module.endpoints.security_group_id
}

output "registry_policy_json" {
  description = "The output of pull-through-cache for the module registry-policy; null without `allow_pull_from`."
  value       = module.cache.registry_policy_json
}

output "existing_repository_commands" {
  description = "The output of pull-through-cache for repositories that exist already."
  value       = module.cache.existing_repository_commands
}
