data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {
  count = nonsensitive(var.account_id == null) ? 1 : 0
}

# Under the scope V1, AWS ignores or refuses all actions but three.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
resource "aws_ecr_account_setting" "scope" {
  name  = "REGISTRY_POLICY_SCOPE"
  value = "V2"
}

resource "aws_ecr_registry_policy" "registry" {
  policy = local.policy

  lifecycle {
    precondition {
      condition = length(local.statements) > 0
      error_message = join("", [
        "`policies` must have at least one statement, got none; ",
        "AWS has no empty registry policy: permit something, or leave the construct or module out",
      ])
    }

    precondition {
      condition = length(local.repeated_sids) == 0
      error_message = replace(join("\n", [
        for sid in local.repeated_sids : join("", [
          "`policies` must have each Sid once, got ${jsonencode(sid)}; ",
          "give one of the two statements another Sid",
        ])
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = length(local.foreign_resources) == 0
      error_message = replace(join("\n", [
        for resource in local.foreign_resources : join("", [
          "`${resource.place}` must be * or the ARN of repositories of this registry, ",
          "arn:${local.partition}:ecr:${data.aws_region.current.id}:${local.account_id}:repository/…, got ",
          "${jsonencode(resource.got)}; ",
          "a registry policy applies to its own account and region only",
        ])
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = length(local.foreign_principals) == 0
      error_message = replace(join("\n", [
        for principal in local.foreign_principals : join("", [
          "`${principal.place}` must be in the partition of the registry, ",
          "${local.partition}, got ${jsonencode(principal.got)}; ",
          "accounts of another partition cannot use the registry",
        ])
      ]), local.secret_pattern, local.redacted)
    }

    precondition {
      condition = length(local.own_account_inputs) == 0
      error_message = join("\n", [
        for input in local.own_account_inputs : join("", [
          "`${input}` must be another account than that of the registry, got ${jsonencode(local.account_id)}; ",
          "leave it out: a registry policy is for other accounts",
        ])
      ])
    }

    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryPolicy.html
    precondition {
      condition = length(local.policy) <= 10240
      error_message = join("", [
        "`policies` must have at most 10240 characters, got ${length(local.policy)}; permit an organization in ",
        "place of many accounts, merge statements, or use wildcards in names of repositories",
      ])
    }
  }

  depends_on = [aws_ecr_account_setting.scope]
}

# Fails the plan of OVERWRITE if the policy was not imported. An unknown condition does not fail a plan, but an
# unknown count does: Terraform knows the id of a policy that it has imported, and not of one that it would create.
resource "terraform_data" "needs_an_import_block" {
  count = (
    # Do not use -target: it overwrites the policy unseen. Write the import block of the README.
    var.existing == "OVERWRITE" ?
    (aws_ecr_registry_policy.registry.id == "" ? 1 : 0) :
    0
  )
}
