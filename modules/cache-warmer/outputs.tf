output "project_name" {
  description = "Name of the CodeBuild project, to start it by hand or from elsewhere."
  value       = aws_codebuild_project.warmer.name
}

output "project_arn" {
  description = "ARN of the CodeBuild project, for permissions to start it."
  value       = aws_codebuild_project.warmer.arn
}

output "image_uris" {
  description = "What clients pull from the cache, by the names in `images`."
  value       = { for image in local.cached_images : image.image => "${local.registry_uri}/${image.path}:${image.tag}" }
}
