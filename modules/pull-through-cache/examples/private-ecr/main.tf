# ECR needs a role to read registries of other accounts: the module creates one.
module "cache" {
  source = "../.."

  upstreams = {
    shared = { kind = "private-ecr", prefix = "shared", account_id = "444455556666", region = "us-east-1" }
  }
}
