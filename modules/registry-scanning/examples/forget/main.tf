removed {
  from = module.scanning

  lifecycle {
    destroy = false
  }
}
