output "stack_id" {
  description = "ARN of the stack."
  value       = data.aws_cloudformation_stack.current.id
}

output "previous_values" {
  description = <<-EOT
    The values of the parameters when they were first overridden, by their names; known once the
    override is applied.
  EOT
  value       = { for name, change in terraform_data.change : name => change.output.before }
}
