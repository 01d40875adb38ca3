resource "aws_iam_role" "nodes" {
  name_prefix = "nodes-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

module "pulls" {
  source = "../.."

  prefixes   = ["ecr-public", "docker-hub"]
  role_names = { nodes = aws_iam_role.nodes.name }
}
