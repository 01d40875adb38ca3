data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {
  count = nonsensitive(var.account_id == null) ? 1 : 0
}

# AWS has one replication configuration for each account and region. When Terraform destroys it, the registry has no
# replication rules.
resource "aws_ecr_replication_configuration" "registry" {
  replication_configuration {
    rule {
      dynamic "destination" {
        for_each = local.destinations

        content {
          region      = destination.value.region
          registry_id = destination.value.account_id
        }
      }

      dynamic "repository_filter" {
        for_each = var.repository_prefixes

        content {
          filter      = repository_filter.value
          filter_type = "PREFIX_MATCH"
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition = length(local.own_registry) == 0
      error_message = join("\n", [
        for key, destination in local.own_registry : join("", [
          "`destinations[${jsonencode(key)}]` must not be the replicated registry itself, ",
          "got ${jsonencode(destination)}; leave it out, or give another region or account",
        ])
      ])
    }

    precondition {
      condition = length(local.other_partitions) == 0
      error_message = join("\n", [
        for key, region in local.other_partitions : join("", [
          "`destinations[${jsonencode(key)}].region` must be in the partition of the registry, ${local.partition}, ",
          "got ${jsonencode(region)}; images cannot be replicated to another partition",
        ])
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
    (aws_ecr_replication_configuration.registry.id == "" ? 1 : 0) :
    0
  )
}
