resource "aws_sns_topic" "on_call" {
  name = "on-call"
}

# A topic has one policy: it replaces the default policy, and must have the statements of all who publish.
resource "aws_sns_topic_policy" "on_call" {
  arn = aws_sns_topic.on_call.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EventBridge"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.on_call.arn
    }]
  })
}

module "alert" {
  source = "../.."

  prefixes  = ["docker-hub", "ecr-public"]
  topic_arn = aws_sns_topic.on_call.arn
}
