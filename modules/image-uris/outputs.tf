output "uris" {
  description = "The names to pull, by the keys of `images`."
  value       = local.uris

  precondition {
    condition = var.pass_through || length(local.keys_without_upstream) == 0
    error_message = replace(join("\n", [
      for key in local.keys_without_upstream : join("", [
        "`images[${jsonencode(key)}]` must come from an upstream of the cache, got ${local.shown[key]}; ",
        "`registry_map` has no ${local.domains[key]}: add it to the cache, or keep the name with ",
        "`pass_through = true`",
      ])
    ]), local.secret_pattern, local.redacted)
  }

  precondition {
    condition = var.pass_through || length(local.keys_without_place) == 0
    error_message = replace(join("\n", [
      for key in local.keys_without_place : join("", [
        "`images[${jsonencode(key)}]` must be an image that the cache can hold, got ${local.shown[key]}; ",
        "${join("; ", distinct(flatten(local.problems[key])))}",
      ])
    ]), local.secret_pattern, local.redacted)
  }
}
