output "registry_uri" {
  description = "The host that clients of these endpoints sign in to and pull from."
  value       = local.host
}

output "repository_uris" {
  description = <<-EOT
    The URIs that clients of these endpoints pull from in place of a registry, by the elements of
    `prefixes`: append a slash and the repository.
  EOT
  value = {
    for prefix in distinct(var.prefixes) :
    prefix => prefix == "ROOT" ? local.host : "${local.host}/${trimsuffix(prefix, "/")}"
  }

  depends_on = [aws_vpc_endpoint.registry, aws_vpc_endpoint.s3, aws_vpc_endpoint_route_table_association.s3]
}

output "ecr_api_endpoint_id" {
  description = "ID of the `ecr.api` endpoint, created or given."
  value       = local.registry_endpoint_ids["ecr.api"]
}

output "ecr_dkr_endpoint_id" {
  description = "ID of the `ecr.dkr` endpoint, created or given."
  value       = local.registry_endpoint_ids["ecr.dkr"]
}

output "s3_endpoint_id" {
  description = "ID of the S3 gateway endpoint, created or given."
  value       = local.s3_endpoint_id
}

output "security_group_id" {
  description = "ID of the security group of the interface endpoints; null if no interface endpoint is created."
  value       = one(aws_security_group.endpoints[*].id)
}

output "service_endpoint_ids" {
  description = "IDs of the endpoints of other services, by the elements of `services` and `service_names`."
  value       = { for name, endpoint in aws_vpc_endpoint.service : name => endpoint.id }
}
