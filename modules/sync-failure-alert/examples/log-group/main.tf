module "alert" {
  source = "../.."

  prefixes  = ["docker-hub", "ecr-public"]
  rule_name = "ecr-sync-failures"
  log_group = { name = "/aws/events/ecr-sync-failures", retention_in_days = 90 }
}
