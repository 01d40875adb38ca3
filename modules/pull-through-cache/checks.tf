check "immutable_tags" {
  assert {
    condition = (
      contains(var.acknowledged_warnings, "immutable-tags")
      || length([
        for key, template in local.templates :
        "Tags under ${local.prefixes[key]} are immutable: Amazon ECR will never refresh a cached tag."
        if !(template.tag_mutability != "IMMUTABLE")
      ]) == 0
    )
    error_message = replace(join(
      "\n",
      concat(
        [
          for key, template in local.templates :
          "Tags under ${local.prefixes[key]} are immutable: Amazon ECR will never refresh a cached tag."
          if !(template.tag_mutability != "IMMUTABLE")
        ],
        ["If this is meant, add \"immutable-tags\" to acknowledged_warnings."]
      )
    ), local.secrets, "(not shown, it may be a secret)")
  }
}

check "region_without_pull_through_cache" {
  assert {
    condition = (
      contains(var.acknowledged_warnings, "region-without-pull-through-cache")
      || length([
        for partition in [data.aws_partition.current.partition] :
        "Amazon ECR documents no pull-through caches in ${data.aws_region.current.id}: AWS will reject the rules."
        if !(!contains(["aws-cn", "aws-us-gov"], partition))
      ]) == 0
    )
    error_message = replace(join(
      "\n",
      concat(
        [
          for partition in [data.aws_partition.current.partition] :
          "Amazon ECR documents no pull-through caches in ${data.aws_region.current.id}: AWS will reject the rules."
          if !(!contains(["aws-cn", "aws-us-gov"], partition))
        ],
        ["If this is meant, add \"region-without-pull-through-cache\" to acknowledged_warnings."]
      )
    ), local.secrets, "(not shown, it may be a secret)")
  }
}

check "unlisted_registry" {
  assert {
    condition = (
      contains(var.acknowledged_warnings, "unlisted-registry")
      || length([
        for key, kind in local.kinds :
        join("", [
          "This version does not know ${local.urls[key]} as a registry that Amazon ECR can cache; AWS rejects the ",
          "rule ${local.prefixes[key]} if it is none.",
        ])
        if !(kind != "unlisted")
      ]) == 0
    )
    error_message = replace(join(
      "\n",
      concat(
        [
          for key, kind in local.kinds :
          join("", [
            "This version does not know ${local.urls[key]} as a registry that Amazon ECR can cache; AWS rejects ",
            "the rule ${local.prefixes[key]} if it is none.",
          ])
          if !(kind != "unlisted")
        ],
        ["If this is meant, add \"unlisted-registry\" to acknowledged_warnings."]
      )
    ), local.secrets, "(not shown, it may be a secret)")
  }
}
