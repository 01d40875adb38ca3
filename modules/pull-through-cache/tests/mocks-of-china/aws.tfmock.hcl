mock_data "aws_caller_identity" {
  defaults = { account_id = "111122223333" }
}

mock_data "aws_partition" {
  defaults = {
    partition  = "aws-cn"
    dns_suffix = "amazonaws.com.cn"
  }
}

mock_data "aws_region" {
  defaults = { id = "cn-north-1" }
}
