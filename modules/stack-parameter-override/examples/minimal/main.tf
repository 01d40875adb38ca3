provider "aws" {
  alias  = "acme_agent"
  region = "eu-west-1"
}

module "connector" {
  source    = "../.."
  providers = { aws = aws.acme_agent }

  stack_name = "acme-agent"
  parameters = { imageRegistry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay" }

  require_termination_protection = true
}

import {
  to = module.connector.aws_cloudformation_stack.adopted[0]
  id = "acme-agent"
}
