locals {
  client_blocks = [
    for block in concat(values(var.client_cidrs), values(var.client_ipv6_cidrs)) : {
      cidr   = block
      length = split("/", block)[1]
      widest = strcontains(block, ":") ? local.widest_client_blocks.ipv6 : local.widest_client_blocks.ipv4
    }
  ]
  wide_client_blocks = [for block in local.client_blocks : block if block.length < block.widest]
}

check "wide_client_cidr" {
  assert {
    condition = (
      contains(var.acknowledged_warnings, "wide-client-cidr")
      || length(local.wide_client_blocks) == 0
    )
    error_message = replace(
      join("\n", concat(
        [
          for block in local.wide_client_blocks :
          join("", [
            "${block.cidr} in the clients' blocks is wider than /${block.widest}, the widest block of a private ",
            "network: give the blocks of the clients' VPC.",
          ])
        ],
        ["If this is meant, add \"wide-client-cidr\" to acknowledged_warnings."]
      )),
      local.secret_pattern,
      local.redacted
    )
  }
}

# Only a warning: with a private hosted zone of their own, clients can reach an endpoint of another VPC.
check "registry_endpoints_reached" {
  assert {
    condition = length(local.unreached_endpoints) == 0
    error_message = join("\n", [
      for id in local.unreached_endpoints :
      join("", [
        "The endpoint ${id} is in another VPC than ${var.vpc_id} or has no private DNS: clients in the VPC will ",
        "not use it unless your own DNS resolves the service name to it.",
      ])
    ])
  }
}

# Only a warning: a proxy, or routes for halves of the internet, may reach the internet as well.
check "first_pull" {
  assert {
    condition = var.first_pull != "INTERNET_ROUTE" || length(local.tables_without_default_route) == 0
    error_message = join("", [
      "With `first_pull` set to INTERNET_ROUTE, the clients' route tables need a default route, and these have ",
      "none: ${join(", ", local.tables_without_default_route)}. Without a default route the first pull of an ",
      "image hangs.",
    ])
  }
}
