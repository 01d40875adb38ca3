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

  # Grouped by name: for a name that is given twice, the only error is that of the precondition.
  value = {
    for name, images in { for image in local.cached_images : image.image => image... } :
    name => "${local.registry_uri}/${images[0].path}:${images[0].tag}"
  }
}
