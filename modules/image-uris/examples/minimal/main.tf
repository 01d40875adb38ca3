module "cache" {
  source = "../../../pull-through-cache"

  upstreams = { ecr-public = {}, quay = {} }
}

module "images" {
  source = "../.."

  registry_map = module.cache.registry_map
  images = {
    app      = "public.ecr.aws/nginx/nginx:1.29"
    exporter = "quay.io/prometheus/node-exporter:v1.9.1"
  }
}

# For example the argument `container_definitions` of an `aws_ecs_task_definition`.
output "container_definitions" {
  value = jsonencode([for name, uri in module.images.uris : { name = name, image = uri, memory = 128 }])
}
