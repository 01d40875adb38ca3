module "registry" {
  source = "../.."

  upstreams       = { ecr-public = {}, quay = {} }
  vpc_id          = "vpc-0a1b2c3d4e5f60718"
  subnet_ids      = ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"]
  route_table_ids = { private = "rtb-0a1b2c3d4e5f60718" }
  client_cidrs    = { vpc = "10.0.0.0/16" }
  first_pull      = "INTERNET_ROUTE"
  role_names      = { nodes = "eks-node" }
}

output "node_exporter" {
  value = "${module.registry.repository_uris["quay"]}/prometheus/node-exporter:v1.9.1"
}
