resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  for_each = { a = "10.0.0.0/20", b = "10.0.16.0/20" }

  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = each.value
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "nodes" {
  name_prefix = "nodes-"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

module "endpoints" {
  source = "../.."

  vpc_id                    = aws_vpc.main.id
  subnet_ids                = [for subnet in aws_subnet.private : subnet.id]
  route_table_ids           = { private = aws_route_table.private.id }
  client_security_group_ids = { nodes = aws_security_group.nodes.id }
  first_pull                = "PREWARMED"
  services                  = ["logs", "sts", "ec2"]
  prefixes                  = ["ecr-public", "docker-hub"]
  s3_endpoint               = { id = aws_vpc_endpoint.s3.id }
  check_network             = false
}
