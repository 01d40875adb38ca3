/** The security group of the interface endpoints. */
export const ENDPOINTS_GROUP = {
  namePrefix: "ecr-endpoints-",
  description: "Clients of the endpoints of Amazon ECR in a VPC",
} as const;

/** The protocol and port on which clients call an endpoint. */
export const HTTPS = { ipProtocol: "tcp", fromPort: 443, toPort: 443 } as const;

/** The description of the ingress rule for a client. */
export function httpsFrom(client: string): string {
  return `HTTPS from ${client}`;
}
