removed {
  from = module.replication

  lifecycle {
    destroy = false
  }
}
