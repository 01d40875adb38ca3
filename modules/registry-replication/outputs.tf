output "destinations" {
  description = "The account and region of each destination, by your keys."
  value       = local.destinations
}
