output "topic_arn" {
  description = "ARN of the topic, created or given; null for a log group."
  value       = local.is_logged ? null : local.destination_arn
}

output "log_group_name" {
  description = "Name of the log group; null for a topic."
  value       = one(aws_cloudwatch_log_group.failures[*].name)
}
