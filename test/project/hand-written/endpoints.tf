# The three endpoints that clients in private subnets pull through.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
#
# Guides leave out the type or the private DNS of the endpoints of ECR: Terraform then makes gateways, or endpoints that
# clients pass by.
resource "aws_vpc_endpoint" "ecr_api" {
  vpc_id              = "vpc-0e450000000000001"
  service_name        = "com.amazonaws.eu-west-1.ecr.api"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = ["subnet-0e45000000000000a", "subnet-0e45000000000000b"]
  security_group_ids  = [aws_security_group.endpoints.id]
  policy              = local.ecr_policy
}

resource "aws_vpc_endpoint" "ecr_dkr" {
  vpc_id              = "vpc-0e450000000000001"
  service_name        = "com.amazonaws.eu-west-1.ecr.dkr"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = ["subnet-0e45000000000000a", "subnet-0e45000000000000b"]
  security_group_ids  = [aws_security_group.endpoints.id]
  policy              = local.ecr_policy
}

# Layers come from S3, through a gateway, which costs nothing. An interface endpoint, which guides show as well, costs by
# the hour and the GB, and without private DNS clients pass it by.
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = "vpc-0e450000000000001"
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Gateway"
  policy            = local.s3_policy
}

resource "aws_vpc_endpoint_route_table_association" "s3_a" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = "rtb-0e45000000000000a"
}

resource "aws_vpc_endpoint_route_table_association" "s3_b" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = "rtb-0e45000000000000b"
}

resource "aws_security_group" "endpoints" {
  vpc_id = "vpc-0e450000000000001"
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id = aws_security_group.endpoints.id
  cidr_ipv4         = "10.0.0.0/16"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

locals {
  # Guides list what pulls of plain ECR need. The first pull through a cache creates a repository, and every image that is
  # new or refreshed is imported.
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
  ecr_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = "ecr:GetAuthorizationToken"
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = "*"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:BatchImportUpstreamImage",
          "ecr:CreateRepository",
          "ecr:GetDownloadUrlForLayer",
        ]
        Resource = [
          "arn:aws:ecr:eu-west-1:111122223333:repository/docker-hub/*",
          "arn:aws:ecr:eu-west-1:111122223333:repository/ecr-public/*",
        ]
      },
    ]
  })

  # Guides add a condition on the account or the organization. An account of AWS's own serves the layers, and every pull
  # fails.
  s3_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
      },
    ]
  })
}
