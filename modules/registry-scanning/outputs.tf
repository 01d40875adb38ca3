output "filters" {
  description = "The filters of each scan frequency."
  value       = local.filters
}
