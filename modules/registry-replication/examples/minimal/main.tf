module "replication" {
  source = "../.."

  destinations = {
    frankfurt = { region = "eu-central-1" }
    recovery  = { region = "eu-central-1", account_id = "444455556666" }
  }

  repository_prefixes = ["team/"]
  existing            = "NONE"
}
