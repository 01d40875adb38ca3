# In the account that pulls: the cache is in account 444455556666.
resource "aws_iam_role" "nodes" {
  name_prefix = "nodes-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

module "pulls" {
  source = "../.."

  account_id = "444455556666"
  regions    = ["eu-west-1", "us-east-1"]
  prefixes   = ["docker-hub", "quay"]
  role_names = { nodes = aws_iam_role.nodes.name }
}
