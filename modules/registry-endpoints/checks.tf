check "wide_client_cidr" {
  assert {
    condition = (
      contains(var.acknowledged_warnings, "wide-client-cidr")
      || length([
        for block in concat(values(var.client_cidrs), values(var.client_ipv6_cidrs)) :
        join("", [
          "${block} in the clients' blocks is wider than /${(strcontains(block, ":") ? 32 : 8)}, the widest block ",
          "of a private network: give the blocks of the clients' VPC.",
        ])
        if !(try(split("/", block)[1] >= (strcontains(block, ":") ? 32 : 8), true))
      ]) == 0
    )
    error_message = replace(join(
      "\n",
      concat(
        [
          for block in concat(values(var.client_cidrs), values(var.client_ipv6_cidrs)) :
          join("", [
            "${block} in the clients' blocks is wider than /${(strcontains(block, ":") ? 32 : 8)}, the widest ",
            "block of a private network: give the blocks of the clients' VPC.",
          ])
          if !(try(split("/", block)[1] >= (strcontains(block, ":") ? 32 : 8), true))
        ],
        ["If this is meant, add \"wide-client-cidr\" to acknowledged_warnings."]
      )
    ), local.secrets, "(not shown, it may be a secret)")
  }
}

check "registry_endpoints_reached" {
  assert {
    condition = length([
      for endpoint in values(data.aws_vpc_endpoint.registry) :
      join("", [
        "The endpoint ${endpoint.id} is in another VPC than ${var.vpc_id} or has no private DNS: clients in the ",
        "VPC will not use it unless your own DNS resolves the service name to it.",
      ])
      if !(endpoint.vpc_id == "${var.vpc_id}" && endpoint.private_dns_enabled)
    ]) == 0
    error_message = join(
      "\n",
      [
        for endpoint in values(data.aws_vpc_endpoint.registry) :
        join("", [
          "The endpoint ${endpoint.id} is in another VPC than ${var.vpc_id} or has no private DNS: clients in the ",
          "VPC will not use it unless your own DNS resolves the service name to it.",
        ])
        if !(endpoint.vpc_id == "${var.vpc_id}" && endpoint.private_dns_enabled)
      ]
    )
  }
}

check "first_pull" {
  assert {
    condition = (
      var.first_pull != "INTERNET_ROUTE"
      || length([
        for table in values(data.aws_route_table.given) : table.route_table_id
        if !anytrue([
          for route in table.routes :
          contains(["0.0.0.0/0", "::/0"], coalesce(route.cidr_block, route.ipv6_cidr_block, "-"))
        ])
      ]) == 0
    )
    error_message = join("", [
      "With `first_pull` set to INTERNET_ROUTE, the clients' route tables need a default route, and these have ",
      "none: ",
      "${join(", ", [for table in values(data.aws_route_table.given) : table.route_table_id if !anytrue([for route in table.routes : contains(["0.0.0.0/0", "::/0"], coalesce(route.cidr_block, route.ipv6_cidr_block, "-"))])])}. ",
      "Without a default route the first pull of an image hangs.",
    ])
  }
}
