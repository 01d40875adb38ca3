variables {
  registry_map = {
    "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks" = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/eks"
    "docker.io"                                        = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub"
    "quay.io"                                          = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    "registry.k8s.io"                                  = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/kubernetes"
  }
  images = {}
}

run "gives_images_their_names_in_the_cache" {
  command = plan
  variables {
    images = {
      addon    = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/coredns:v1.11.1-eksbuild.9"
      alias    = "k8s.gcr.io/pause:3.9"
      exporter = "Quay.io:443/prometheus/node-exporter:v1.9.1"
      own      = "111122223333.dkr-ecr.eu-west-1.on.aws/kubernetes/pause:3.9"
      web      = "nginx:1.29"
    }
  }

  assert {
    condition = output.uris == {
      addon    = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/eks/coredns:v1.11.1-eksbuild.9"
      alias    = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/kubernetes/pause:3.9"
      exporter = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/prometheus/node-exporter:v1.9.1"
      own      = "111122223333.dkr-ecr.eu-west-1.on.aws/kubernetes/pause:3.9"
      web      = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1.29"
    }
    error_message = "the names are ${jsonencode(output.uris)}"
  }
}

run "gives_names_at_the_host_of_the_map" {
  command = plan
  variables {
    registry_map = { "quay.io" = "111122223333.dkr-ecr.eu-west-1.on.aws/quay" }
    images = {
      exporter = "quay.io/prometheus/node-exporter:v1.9.1"
      own      = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay/prometheus/node-exporter:v1.9.1"
    }
  }

  assert {
    condition = output.uris == {
      exporter = "111122223333.dkr-ecr.eu-west-1.on.aws/quay/prometheus/node-exporter:v1.9.1"
      own      = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay/prometheus/node-exporter:v1.9.1"
    }
    error_message = "the names are ${jsonencode(output.uris)}"
  }
}

run "keeps_the_names_of_images_that_pass_through" {
  command = plan
  variables {
    images       = { distroless = "gcr.io/distroless/static:nonroot", hidden = "quay.io/kubernetes/pause", web = "nginx" }
    pass_through = true
  }

  assert {
    condition = output.uris == {
      distroless = "gcr.io/distroless/static:nonroot"
      hidden     = "quay.io/kubernetes/pause"
      web        = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx"
    }
    error_message = "the names are ${jsonencode(output.uris)}"
  }
}

run "keeps_tags_and_digests_where_the_warning_is_acknowledged" {
  command = plan
  variables {
    images                = { web = "nginx:1.29@sha256:${format("%064d", 0)}" }
    acknowledged_warnings = ["first-pull-by-digest"]
  }

  assert {
    condition = output.uris == {
      web = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1.29@sha256:${format("%064d", 0)}"
    }
    error_message = "the names are ${jsonencode(output.uris)}"
  }
}

run "does_not_warn_of_digests_of_images_that_do_not_come_through_the_cache" {
  command = plan
  variables {
    images = {
      other = "gcr.io/distroless/static@sha256:${format("%064d", 0)}"
      own   = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app@sha256:${format("%064d", 0)}"
    }
    pass_through = true
  }

  assert {
    condition     = output.uris == { for key, image in var.images : key => image }
    error_message = "the names are ${jsonencode(output.uris)}"
  }
}

run "takes_no_images" {
  command = plan

  assert {
    condition     = output.uris == {}
    error_message = "the names are ${jsonencode(output.uris)}"
  }
}

run "warns_of_a_first_pull_by_digest" {
  command = plan
  variables {
    images = { web = "nginx@sha256:${format("%064d", 0)}" }
  }
  expect_failures = [check.first_pull_by_digest]
}

run "fails_with_an_acknowledgement_of_no_warning" {
  command = plan
  variables {
    acknowledged_warnings = ["digest"]
  }
  expect_failures = [var.acknowledged_warnings]
}

run "fails_with_an_image_of_no_upstream_of_the_cache" {
  command = plan
  variables {
    images = { web = "nginx", distroless = "gcr.io/distroless/static" }
  }
  expect_failures = [output.uris]
}

run "fails_with_an_image_of_a_part_that_is_not_cached" {
  command = plan
  variables {
    images = { app = "602401143452.dkr.ecr.us-west-2.amazonaws.com/team/app" }
  }
  expect_failures = [output.uris]
}

run "fails_with_a_host_inside_of_a_name" {
  command = plan
  variables {
    images = { web = "quay.io/ghcr.io/a" }
  }
  expect_failures = [output.uris]
}

run "fails_with_an_image_under_the_longer_prefix_of_another_upstream" {
  command = plan
  variables {
    images = { web = "quay.io/kubernetes/pause" }
  }
  expect_failures = [output.uris]
}

run "fails_with_257_characters_in_the_cache" {
  command = plan
  variables {
    images = { web = "${format("%0246d", 0)}" }
  }
  expect_failures = [output.uris]
}

run "fails_with_a_path_of_256_characters" {
  command = plan
  variables {
    images = { web = "quay.io/${format("%0256d", 0)}" }
  }
  expect_failures = [var.images]
}

run "fails_with_an_official_image_whose_path_has_256_characters" {
  command = plan
  variables {
    images = { web = format("%0248d", 0) }
  }
  expect_failures = [var.images]
}

run "fails_with_the_id_of_an_image" {
  command = plan
  variables {
    images = { web = format("%064d", 0) }
  }
  expect_failures = [var.images]
}

run "fails_with_a_name_in_upper_case" {
  command = plan
  variables {
    images = { web = "Nginx" }
  }
  expect_failures = [var.images]
}

run "fails_with_an_image_that_is_null" {
  command = plan
  variables {
    images = { web = null }
  }
  expect_failures = [var.images]
}

run "fails_with_a_url_for_a_registry" {
  command = plan
  variables {
    registry_map = { "https://quay.io" = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay" }
  }
  expect_failures = [var.registry_map]
}

run "fails_with_a_prefix_without_a_registry" {
  command = plan
  variables {
    registry_map = { "quay.io" = "quay" }
  }
  expect_failures = [var.registry_map]
}

run "fails_with_a_registry_that_is_null" {
  command = plan
  variables {
    registry_map = { "quay.io" = null }
  }
  expect_failures = [var.registry_map]
}

run "fails_with_a_map_of_no_registry" {
  command = plan
  variables {
    registry_map = {}
  }
  expect_failures = [var.registry_map]
}

run "fails_with_the_maps_of_two_regions" {
  command = plan
  variables {
    registry_map = {
      "quay.io"         = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay"
      "registry.k8s.io" = "111122223333.dkr.ecr.us-east-1.amazonaws.com/kubernetes"
    }
  }
  expect_failures = [var.registry_map]
}
