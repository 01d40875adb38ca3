# Warnings of every plan and apply, unless they are acknowledged.

check "first_pull_by_digest" {
  assert {
    condition = (
      contains(var.acknowledged_warnings, "first-pull-by-digest") || length(local.keys_with_digest) == 0
    )
    error_message = replace(join("\n", concat(
      [
        for key in local.keys_with_digest : join("", [
          "Amazon ECR does not cache the first pull of images[${jsonencode(key)}], ${local.shown[key]}, since ",
          "the name has a digest: pull its tag through the cache once.",
        ])
      ],
      ["If this is meant, add \"first-pull-by-digest\" to acknowledged_warnings."]
    )), local.secret_pattern, local.redacted)
  }
}
