module "cache" {
  source = "../../../pull-through-cache"

  upstreams = { ecr-public = {}, quay = {} }
}

module "warmer" {
  source = "../.."

  rules        = module.cache.rules
  images       = ["public.ecr.aws/nginx/nginx:1.27", "quay.io/prometheus/node-exporter:v1.8.2"]
  project_name = "cache-warmer"
}
