locals {
  # The filter of ROOT matches all repositories.
  cache_filters = (
    contains(var.prefixes, "ROOT") ?
    ["*"] :
    [for prefix in var.prefixes : "${trimsuffix(prefix, "/")}/*"]
  )

  own_filters = {
    SCAN_ON_PUSH    = var.scan_on_push
    CONTINUOUS_SCAN = var.continuous_scan
  }

  # A frequency without filters has no rule.
  filters = {
    for frequency, own in local.own_filters :
    frequency => distinct(concat(own, local.default_frequencies[var.scan_type] == frequency ? local.cache_filters : []))
    if length(own) > 0 || (local.default_frequencies[var.scan_type] == frequency && length(local.cache_filters) > 0)
  }
}
