import type { PlanCondition } from "../terraform/plan-condition";

/** What endpoints need of their network. Ids and names are texts, or expressions in their braces. */
export const NETWORK_CONDITIONS = {
  // https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
  dns: (vpcId: string): PlanCondition => ({
    condition: `\${self.enable_dns_support && self.enable_dns_hostnames}`,
    errorMessage: `The VPC ${vpcId} must have DNS support and DNS hostnames enabled, or names of AWS services do not lead to its endpoints.`,
  }),
  inVpc: (what: string, vpcId: string): PlanCondition => ({
    condition: `\${self.vpc_id == "${vpcId}"}`,
    errorMessage: `${what} must be in the VPC ${vpcId}.`,
  }),
  ownZone: (subnetId: string, zone: string, others: string): PlanCondition => ({
    condition: `\${!contains(${others}, ${zone})}`,
    errorMessage: `The subnet ${subnetId} must be in an availability zone of its own: an endpoint takes one subnet in each zone.`,
  }),
  ipv6Block: (subnetId: string): PlanCondition => ({
    condition: `\${self.ipv6_cidr_block != ""}`,
    errorMessage: `The subnet ${subnetId} must have an IPv6 block for dual-stack endpoints.`,
  }),
  service: (endpointId: string, serviceName: string): PlanCondition => ({
    condition: `\${self.service_name == "${serviceName}"}`,
    errorMessage: `The endpoint ${endpointId} must be one of ${serviceName}.`,
  }),
  gateway: (endpointId: string): PlanCondition => ({
    condition: `\${self.vpc_endpoint_type == "Gateway"}`,
    errorMessage: `The endpoint ${endpointId} must be a gateway endpoint.`,
  }),
  dualStack: (endpointId: string): PlanCondition => ({
    condition: `\${self.ip_address_type == "dualstack"}`,
    errorMessage: `The endpoint ${endpointId} must be dual-stack as well.`,
  }),
  /** A warning and no more: an endpoint of another VPC is reached where DNS of one's own leads to it. */
  reached: (endpoint: string, endpointId: string, vpcId: string): PlanCondition => ({
    condition: `\${${endpoint}.vpc_id == "${vpcId}" && ${endpoint}.private_dns_enabled}`,
    errorMessage: `The endpoint ${endpointId} is of another VPC than ${vpcId}, or has no private DNS: clients pass it by, unless DNS of your own leads to it.`,
  }),
  /** A warning and no more: a proxy, or routes for halves of the internet, may lead there too. */
  defaultRoutes: (tables: string, firstPull: string): PlanCondition => {
    const without = `[for table in ${tables} : table.route_table_id if !anytrue([for route in table.routes : contains(["0.0.0.0/0", "::/0"], coalesce(route.cidr_block, route.ipv6_cidr_block, "-"))])]`;
    return {
      condition: `\${length(${without}) == 0}`,
      errorMessage: `${firstPull} says that clients have a route to the internet, and these route tables have no default route: \${join(", ", ${without})}. Without one the first pull of an image hangs.`,
    };
  },
} as const;
