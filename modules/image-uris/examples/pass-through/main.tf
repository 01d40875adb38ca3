variable "images" {
  type = map(string)
  default = {
    app   = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.4.0"
    proxy = "quay.io/oauth2-proxy/oauth2-proxy:v7.12.0"
  }
}

module "cache" {
  source = "../../../pull-through-cache"

  upstreams = { quay = {} }
}

# The cache has no upstream for `app`, which keeps its name.
module "images" {
  source = "../.."

  registry_map = module.cache.registry_map
  images       = var.images
  pass_through = true
}

output "uris" {
  value = module.images.uris
}
