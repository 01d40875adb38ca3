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

  # Options of that role. The boundary is a policy of your account, and must exist.
  role_options = {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
    path                     = "/platform/"
  }
}
