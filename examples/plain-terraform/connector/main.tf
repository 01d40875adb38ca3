# The Elastio Cloud Connector pulls from the caches of examples/plain-terraform/registries: two parameters of its stack are changed.
# Creates: nothing in AWS; Terraform adopts the stack elastio-account-level-stack, which must exist, and cannot destroy it as long as the call is there.
# Run: terraform init, then terraform apply, when the registries of all regions are there.
terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  alias  = "connector" # of the call below: remove both together, or neither
  region = "us-east-1" # that of the connector's stack
}

module "connector" {
  source    = "../../../modules/stack-parameter-override"
  providers = { aws = aws.connector }

  stack_name = "elastio-account-level-stack"
  parameters = {
    ecrPublicPrefix = "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public" # Elastio fills in both
    # All that its roles are to have, with commas between: add those that they have already.
    globalManagedPolicies = "arn:aws:iam::111122223333:policy/elastio-pull" # in your account
  }
}

import {
  to = module.connector.aws_cloudformation_stack.adopted[0]
  id = "elastio-account-level-stack"
}
