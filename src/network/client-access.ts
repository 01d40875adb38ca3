/** The security group of interface endpoints. */
export const ENDPOINTS_GROUP = {
  namePrefix: "ecr-endpoints-",
  description: "Clients of the endpoints of Amazon ECR in a VPC",
} as const;

/** What clients use of an endpoint. */
export const HTTPS = { ipProtocol: "tcp", fromPort: 443, toPort: 443 } as const;

/** The description of the rule that admits a client. */
export function httpsFrom(client: string): string {
  return `HTTPS from ${client}`;
}
