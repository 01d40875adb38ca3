data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {
  count = nonsensitive(var.account_id == null) ? 1 : 0
}

resource "aws_iam_role_policy" "pull" {
  for_each = var.role_names

  # Two inline policies of a role with the same name would overwrite each other.
  name_prefix = "ecr-pull-through-cache-"
  role        = each.value
  policy      = local.policy

  lifecycle {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    precondition {
      condition = length(local.policy) <= 10240
      error_message = replace(join("", [
        "`role_names[${jsonencode(each.key)}]` must have at most 10240 characters of inline policies from all grants ",
        "to it, got ${length(local.policy)}; ",
        "use fewer prefixes, or create a `managed_policy` for some of them",
      ]), local.secret_pattern, local.redacted)
    }
  }
}

resource "aws_iam_policy" "pull" {
  count = nonsensitive(var.managed_policy == null) ? 0 : 1

  name        = var.managed_policy.name
  description = "Permission to pull through caches of Amazon ECR"
  policy      = local.policy

  lifecycle {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    precondition {
      condition = length(local.policy) <= 6144
      error_message = join("", [
        "`managed_policy` must make a policy of at most 6144 characters, got ${length(local.policy)}; ",
        "use fewer prefixes, or call the module several times, each for some of them",
      ])
    }
  }
}
