# Warnings of every plan and apply, unless they are acknowledged.

locals {
  keys_with_immutable_tags = [for key in local.template_keys : key if local.settings[key].tag_mutability == "IMMUTABLE"]
  unlisted_keys            = [for key, kind in local.kinds : key if kind == "unlisted"]
}

check "immutable_tags" {
  assert {
    condition = (
      contains(var.acknowledged_warnings, "immutable-tags") || length(local.keys_with_immutable_tags) == 0
    )
    error_message = replace(join("\n", concat(
      [
        for key in local.keys_with_immutable_tags :
        "Tags under ${local.prefixes[key]} are immutable: Amazon ECR will never refresh a cached tag."
      ],
      ["If this is meant, add \"immutable-tags\" to acknowledged_warnings."]
    )), local.secret_pattern, local.redacted)
  }
}

check "region_without_pull_through_cache" {
  assert {
    condition = (
      contains(var.acknowledged_warnings, "region-without-pull-through-cache")
      || !contains(local.partitions_without_pull_through_caches, local.partition)
    )
    error_message = join("\n", [
      "Amazon ECR documents no pull-through caches in ${local.region}: AWS will reject the rules.",
      "If this is meant, add \"region-without-pull-through-cache\" to acknowledged_warnings.",
    ])
  }
}

check "unlisted_registry" {
  assert {
    condition = contains(var.acknowledged_warnings, "unlisted-registry") || length(local.unlisted_keys) == 0
    error_message = replace(join("\n", concat(
      [
        for key in local.unlisted_keys : join("", [
          "This version does not know ${local.urls[key]} as a registry that Amazon ECR can cache; ",
          "AWS rejects the rule ${local.prefixes[key]} if it is none.",
        ])
      ],
      ["If this is meant, add \"unlisted-registry\" to acknowledged_warnings."]
    )), local.secret_pattern, local.redacted)
  }
}
