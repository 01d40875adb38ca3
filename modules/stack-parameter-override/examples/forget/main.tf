provider "aws" {
  alias  = "acme_agent"
  region = "eu-west-1"
}

removed {
  from = module.connector

  lifecycle {
    destroy = false
  }
}
