module "cache" {
  source = "../.."

  upstreams = {
    ecr-public = {}
    kubernetes = { repository_settings = { keep_all_images = true } }
    quay       = { repository_settings = { keep_last_images = 20 } }
  }

  # ECR needs a role to create repositories with tags: the module creates one.
  repository_settings = {
    keep_last_images = 50
    tags             = { team = "platform" }
  }
}
