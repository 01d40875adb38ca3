locals {
  account_id = var.account_id == null ? one(data.aws_caller_identity.current[*].account_id) : var.account_id

  # `id` is the name of the region in every version of the AWS provider; `name` is deprecated in 6.
  region    = data.aws_region.current.id
  partition = data.aws_partition.current.partition

  destinations = {
    for key, destination in var.destinations :
    key => {
      region     = tostring(try(destination.region, null))
      account_id = tostring(try(coalesce(destination.account_id), local.account_id))
    }
  }

  # What the preconditions refuse.
  own_registry = {
    for key, destination in local.destinations : key => destination
    if destination.region == local.region && destination.account_id == local.account_id
  }

  other_partitions = {
    for key, destination in local.destinations : key => destination.region
    if local.partition != concat(
      [for pattern, partition in local.partitions_by_region : partition if can(regex(pattern, destination.region))],
      ["aws"]
    )[0]
  }
}
