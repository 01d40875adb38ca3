# Its key policy allows events.amazonaws.com the actions kms:GenerateDataKey* and kms:Decrypt.
variable "kms_key_arn" {
  type    = string
  default = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

module "alert" {
  source = "../.."

  prefixes  = ["docker-hub", "ecr-public"]
  new_topic = { name = "ecr-sync-failures", kms_key_arn = var.kms_key_arn }
}

output "topic_arn" {
  value = module.alert.topic_arn
}
