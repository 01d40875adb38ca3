terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "terraform_data" "address" {
  input = "ops@example.com"
}

resource "terraform_data" "key" {
  input = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
}

module "alert" {
  source = "../.."

  prefixes = ["quay"]
  new_topic = {
    email_addresses = { ops = terraform_data.address.output }
    kms_key_arn     = terraform_data.key.output
  }
}
