import type { PlanCondition } from "../terraform/plan-condition";

/** The conditions of endpoints on their network. IDs and names are literals, or expressions in `${…}`. */
export const NETWORK_CONDITIONS = {
  // https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
  dns: (vpcId: string): PlanCondition => ({
    condition: `\${self.enable_dns_support && self.enable_dns_hostnames}`,
    errorMessage: `The VPC ${vpcId} must have DNS support and DNS hostnames enabled; otherwise the names of AWS services do not resolve to its endpoints.`,
  }),
  inVpc: (resource: string, vpcId: string): PlanCondition => ({
    condition: `\${self.vpc_id == "${vpcId}"}`,
    errorMessage: `${resource} must be in the VPC ${vpcId}.`,
  }),
  ownZone: (subnetId: string, zone: string, others: string): PlanCondition => ({
    condition: `\${!contains(${others}, ${zone})}`,
    errorMessage: `The subnet ${subnetId} must be in another availability zone than the subnets before it: an endpoint has at most one subnet per zone.`,
  }),
  ipv6Block: (subnetId: string): PlanCondition => ({
    condition: `\${self.ipv6_cidr_block != ""}`,
    errorMessage: `The subnet ${subnetId} must have an IPv6 block for dual-stack endpoints.`,
  }),
  service: (endpointId: string, serviceName: string): PlanCondition => ({
    condition: `\${self.service_name == "${serviceName}"}`,
    errorMessage: `The endpoint ${endpointId} must be an endpoint of the service ${serviceName}.`,
  }),
  gateway: (endpointId: string): PlanCondition => ({
    condition: `\${self.vpc_endpoint_type == "Gateway"}`,
    errorMessage: `The endpoint ${endpointId} must be a gateway endpoint.`,
  }),
  dualStack: (endpointId: string): PlanCondition => ({
    condition: `\${self.ip_address_type == "dualstack"}`,
    errorMessage: `The endpoint ${endpointId} must be dual-stack, like the endpoints that are created.`,
  }),
  /** Only a warning: with a private hosted zone of their own, clients can reach an endpoint of another VPC. */
  reached: (endpoint: string, endpointId: string, vpcId: string): PlanCondition => ({
    condition: `\${${endpoint}.vpc_id == "${vpcId}" && ${endpoint}.private_dns_enabled}`,
    errorMessage: `The endpoint ${endpointId} is in another VPC than ${vpcId} or has no private DNS: clients in the VPC will not use it unless your own DNS resolves the service name to it.`,
  }),
  /** Only a warning: a proxy, or routes for halves of the internet, may reach the internet as well. */
  defaultRoutes: (tables: string, firstPull: string): PlanCondition => {
    const without = `[for table in ${tables} : table.route_table_id if !anytrue([for route in table.routes : contains(["0.0.0.0/0", "::/0"], coalesce(route.cidr_block, route.ipv6_cidr_block, "-"))])]`;
    return {
      condition: `\${length(${without}) == 0}`,
      errorMessage: `With ${firstPull}, the clients' route tables need a default route, and these have none: \${join(", ", ${without})}. Without a default route the first pull of an image hangs.`,
    };
  },
} as const;
