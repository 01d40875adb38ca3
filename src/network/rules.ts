import type { Rule } from "../validation/rule";

export const REPOSITORY_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:ecr:[a-z0-9*-]+:(\d{12}|\*):repository\/[a-z0-9._/*?-]+$/,
  requirement: "be the ARN of repositories, like arn:aws:ecr:eu-west-1:111122223333:repository/team/*",
  hint: "give ARNs, wildcards allowed",
};

// The widest private block of IPv4, and what a regional internet registry gives a whole network of IPv6.
export const WIDEST = { 4: 8, 6: 32 } as const;

/** What stands between the names of two props that together leave a third nothing to say. */
export const BESIDE_BOTH = "` and `";

/** The words of the rules of endpoints that have no pattern. */
export const ENDPOINTS_REQUIREMENTS = {
  noInterface: "not be given where no interface endpoint is made",
  clients: "be given, or else `clientSecurityGroupIds`",
  blockOnce: "be a block given once",
  ipv6WithoutDualStack: "not be given without `dualStack`",
  ipv6WithDualStack: "be given with `dualStack`",
  serviceOnce: "be a service given once",
  dualStackHost: "be true only where the host for both is known",
  beside: (others: string): string => `not be given beside \`${others}\``,
  place: (partition: string, region: string): string =>
    `be in the partition and region of the VPC, ${partition} and ${region}`,
} as const;

/** Props that say nothing once all of some others are given. */
export const EXCLUDED = [
  ["ecrEndpointPolicy", ["fullAccess"]],
  ["s3EndpointPolicy", ["fullAccess"]],
  ["repositoryArns", ["fullAccess"]],
  ["pushRepositoryArns", ["fullAccess"]],
  ["bucketNames", ["fullAccess"]],
  ["repositoryArns", ["ecrEndpointPolicy"]],
  ["pushRepositoryArns", ["ecrEndpointPolicy"]],
  ["bucketNames", ["s3EndpointPolicy"]],
  ["s3EndpointPolicy", ["s3EndpointId"]],
  ["bucketNames", ["s3EndpointId"]],
  ["ecrEndpointPolicy", ["ecrApiEndpointId", "ecrDkrEndpointId"]],
  ["repositoryArns", ["ecrApiEndpointId", "ecrDkrEndpointId"]],
  ["pushRepositoryArns", ["ecrApiEndpointId", "ecrDkrEndpointId"]],
] as const;

/** Says that a block holds more than any private network does. */
export function widerThanPrivate(block: string, widest: string): string {
  return `${block} of the clients is wider than /${widest}, the widest block of a private network: give the blocks of the clients' VPC`;
}

/** The words of the rule that it is said how first pulls get through, with the names of the ways. */
export function firstPullRequirement(names: readonly string[]): string {
  return `be one of ${names.join(", ")}`;
}

/** Why it has to be said how first pulls get through. */
export function whyFirstPull(warmer: string): string {
  return `for the first pull of an image, and for a refresh that finds new layers, ECR sends the client to the upstream's own host, to which no VPC endpoint leads. Either the clients' subnets have a route to the internet, such as a NAT gateway, or something that has one, such as ${warmer}, pulls every image before they do`;
}

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
export const MAX_ENDPOINT_POLICY = 20_480;

/** The words of the rules of policies that callers write for endpoints, and of those made here. */
export const POLICY_REQUIREMENTS = {
  statements: "be a policy with statements as JSON text",
  allow: "have a statement that allows something",
  principal: "have a Principal in every statement",
  length: `be at most ${MAX_ENDPOINT_POLICY} characters`,
  madeLength: (beside: string): string => `make, with ${beside}, a policy of at most ${MAX_ENDPOINT_POLICY} characters`,
} as const;

/** The words of the rule that a VPC has one endpoint of a service with private DNS. */
export function onlyWithPrivateDns(service: string): string {
  return `be the only endpoint of ${service} with private DNS in its VPC`;
}

/** The props of endpoints that take the ID of an existing endpoint, by the services that every VPC gets one of. */
export const EXISTING_ENDPOINTS: { readonly [name: string]: string } = {
  "ecr.api": "ecrApiEndpointId",
  "ecr.dkr": "ecrDkrEndpointId",
  s3: "s3EndpointId",
};

/** The hint for a service that is asked for although every VPC gets an endpoint of it. */
export function madeAnyway(prop: string): string {
  return `leave it out, or give the endpoint that the VPC has already as \`${prop}\``;
}

/** How a service is named by its last part, in the region that is asked for. */
export const SHORT_NAME: Rule = {
  pattern: /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*$/,
  except: /^(ecr\.(api|dkr)$|s3$|([a-z-]+\.)*amazonaws\.)/,
  requirement:
    "be the last part of an endpoint service's name, like kms, and not of ecr.api, ecr.dkr or s3, which are made anyway",
  hint: "give the last part of the service's name",
};

/** How a service is named in whole. */
export const SERVICE_NAME: Rule = {
  pattern: /^[a-z]+(\.[a-z0-9-]+){3,}$/,
  requirement: "be the whole name of an endpoint service, like com.amazonaws.eu-west-1.kms",
  hint: "give the whole name of the endpoint service",
};

/** The words of the rule that something is where the VPC is. */
export function ofVpcRegion(region: string): string {
  return `be of the region of the VPC, ${region}`;
}

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
