removed {
  from = module.registry_policy

  lifecycle {
    destroy = false
  }
}
