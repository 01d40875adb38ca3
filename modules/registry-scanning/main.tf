# AWS has one scanning configuration for each account and region. When Terraform destroys it, the registry gets AWS's
# default again: BASIC without rules.
resource "aws_ecr_registry_scanning_configuration" "registry" {
  scan_type = var.scan_type

  dynamic "rule" {
    for_each = local.filters

    content {
      scan_frequency = rule.key

      dynamic "repository_filter" {
        for_each = rule.value

        content {
          filter      = repository_filter.value
          filter_type = "WILDCARD"
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition = length(local.filters) > 0
      error_message = join("", [
        "`prefixes` is required; give the prefixes of the caches, ",
        "or filters in `scan_on_push` or `continuous_scan`",
      ])
    }
  }
}

# Fails the plan of a configuration that was not imported. An unknown condition does not fail a plan, but an unknown
# count does: Terraform knows the id of what it has imported, and does not know the id of what it would create.
resource "terraform_data" "needs_an_import_block" {
  count = (
    # Do not use -target: it overwrites the setting unseen. Write the import block of the README.
    var.existing == "OVERWRITE" ?
    (aws_ecr_registry_scanning_configuration.registry.id == "" ? 1 : 0) :
    0
  )
}
