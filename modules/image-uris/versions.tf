terraform {
  # Validations refer to a local, which Terraform refuses before 1.9.
  required_version = ">= 1.9"
}
