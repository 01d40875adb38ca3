module "pulls" {
  source = "../.."

  prefixes       = ["ecr-public"]
  regions        = ["us-east-1", "eu-west-1"]
  managed_policy = { name = "ecr-cache-pull" }
}

output "policy_arn" {
  value = module.pulls.policy_arn
}
