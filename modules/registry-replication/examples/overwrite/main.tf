module "replication" {
  source = "../.."

  destinations     = { frankfurt = { region = "eu-central-1" } }
  all_repositories = true
  existing         = "OVERWRITE"
}

import {
  to = module.replication.aws_ecr_replication_configuration.registry
  id = "111122223333"
}
