# The names of the images, by the keys of var.images.
locals {
  # The host, the path after a host, the path without a host, and the tag and the digest. While another image is known
  # only after apply, Terraform has not checked the images yet: a name that it refuses in the apply must not fail here.
  references = {
    for key, image in var.images :
    key => try(regex(local.image_reference, image), [null, null, image, ""])
  }

  # Hosts are case-insensitive, and 443 is their default port.
  hosts = {
    for key, reference in local.references :
    key => reference[0] == null ? "docker.io" : trimsuffix(lower(reference[0]), ":443")
  }

  # The account and the region of a private registry, which has several hosts; null for any other registry.
  private_registries = { for key, host in local.hosts : key => try(regex(local.private_registry_host, host), null) }
  dns_suffixes = {
    for key, registry in local.private_registries :
    key => concat(
      [for pattern, suffix in local.dns_suffixes_by_region : suffix if can(regex(pattern, registry[1]))],
      [local.default_dns_suffix]
    )[0]
  }

  # The domain that stands for the registry, as in the keys of var.registry_map.
  domains = {
    for key, registry in local.private_registries :
    key => (
      registry == null
      ? lookup(local.registry_aliases, local.hosts[key], local.hosts[key])
      : "${registry[0]}.dkr.ecr.${registry[1]}.${local.dns_suffixes[key]}"
    )
  }

  # The paths of Docker Hub's official images begin with library/, which their usual names leave out.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html
  given_paths = {
    for key, reference in local.references : key => reference[0] == null ? reference[2] : reference[1]
  }
  paths = {
    for key, path in local.given_paths :
    key => local.domains[key] == "docker.io" && !strcontains(path, "/") ? "library/${path}" : path
  }
}

# The places of the images in the cache.
locals {
  registry     = split("/", values(var.registry_map)[0])[0]
  own_registry = try(regex(local.private_registry_host, local.registry), null)

  # A name that is in the cache already stays as it is.
  is_own = {
    for key, registry in local.private_registries : key => registry == null ? false : registry == local.own_registry
  }

  # The keys of the map that have the registry of an image: several if the cache has parts of it.
  map_keys = {
    for key, domain in local.domains :
    key => [for name in keys(var.registry_map) : name if split("/", name)[0] == domain]
  }

  # An image under each of these keys.
  places = {
    for key, names in local.map_keys :
    key => [
      for name in names : {
        name  = name
        start = var.registry_map[name]
        uri   = "${var.registry_map[name]}${trimprefix("${local.domains[key]}/${local.paths[key]}", name)}"
      }
    ]
  }

  # The first part of a path that has several.
  first_parts = { for key, path in local.paths : key => strcontains(path, "/") ? split("/", path)[0] : "" }

  # The reasons why the cache cannot have an image in a place; empty if it can.
  problems = {
    for key, places in local.places :
    key => [
      for place in places : compact([
        (
          startswith("${local.domains[key]}/${local.paths[key]}", "${place.name}/")
          ? ""
          : "the cache has only the part ${trimprefix(place.name, "${local.domains[key]}/")}/ of this registry"
        ),
        (
          local.first_parts[key] == local.domains[key] || can(regex(local.registry_host, local.first_parts[key]))
          ? "leave out ${local.first_parts[key]}/ in its path"
          : ""
        ),
        # ECR applies the rule with the longest prefix that matches.
        join("; ", [
          for start in values(var.registry_map) :
          "the longer prefix ${trimprefix(start, "${local.registry}/")} of another upstream applies to it"
          if length(start) > length(place.start) && startswith(place.uri, "${start}/")
        ]),
        (
          length(trimprefix(place.uri, "${local.registry}/")) > local.max_path
          ? "its name in the cache has more than ${local.max_path} characters"
          : ""
        ),
      ])
    ]
  }

  # The first place that can have the image applies.
  uris_in_cache = {
    for key, places in local.places :
    key => [for at, place in places : place.uri if length(local.problems[key][at]) == 0]
  }

  uris = {
    for key, image in var.images :
    key => (
      local.is_own[key] || length(local.uris_in_cache[key]) == 0
      ? image
      : "${local.uris_in_cache[key][0]}${local.references[key][3]}"
    )
  }
}

# What the output refuses, and what it warns of.
locals {
  keys_without_upstream = [for key, names in local.map_keys : key if length(names) == 0 && !local.is_own[key]]

  keys_without_place = [
    for key, uris in local.uris_in_cache : key
    if length(uris) == 0 && length(local.map_keys[key]) > 0 && !local.is_own[key]
  ]

  keys_with_digest = [
    for key, names in local.map_keys : key
    if length(names) > 0 && !local.is_own[key] && strcontains(var.images[key], "@")
  ]

  # Messages show no digests: a tag and a digest together would look like a user name and a password.
  shown = { for key, image in var.images : key => jsonencode(split("@", image)[0]) }
}
