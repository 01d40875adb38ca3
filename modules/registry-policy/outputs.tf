output "policy_json" {
  description = "The registry policy as JSON."
  value       = local.policy
}
