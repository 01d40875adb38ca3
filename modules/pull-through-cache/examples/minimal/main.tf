module "cache" {
  source = "../.."

  upstreams = { ecr-public = {} }
}

output "nginx" {
  value = "${module.cache.repository_uris["ecr-public"]}/nginx/nginx:1.29"
}

output "registry_map" {
  value = module.cache.registry_map
}
