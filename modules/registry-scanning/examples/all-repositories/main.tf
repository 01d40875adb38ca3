module "scanning" {
  source = "../.."

  scan_type       = "ENHANCED"
  continuous_scan = ["prod/*"]
  scan_on_push    = ["*"]
  existing        = "OVERWRITE"
}

import {
  to = module.scanning.aws_ecr_registry_scanning_configuration.registry
  id = "111122223333"
}
