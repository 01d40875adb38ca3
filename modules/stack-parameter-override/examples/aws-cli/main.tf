module "connector" {
  source = "../.."

  stack_name = "acme-agent"
  parameters = { imageRegistry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay" }
  strategy   = "AWS_CLI"
}
