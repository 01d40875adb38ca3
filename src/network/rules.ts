import { BUCKET_NAME } from "../aws/bucket-names";
import { BLOCK } from "../aws/cidr";
import { CLIENT_GROUP_ID, ENDPOINT_ID, ROUTE_TABLE_ID, SUBNET_ID, VPC_ID } from "../aws/ec2-ids";
import type { Requirement, Rule } from "../validation/rule";
import { IS_REQUIRED } from "../validation/wording";

/** The IDs that `RegistryEndpoints` takes. */
export const ID_RULES = {
  vpc: { ...VPC_ID, hint: "give the VPC of the clients" },
  subnet: { ...SUBNET_ID, hint: "give one private subnet per availability zone" },
  routeTable: { ...ROUTE_TABLE_ID, hint: "give the route tables of the clients' subnets" },
  clientGroup: { ...CLIENT_GROUP_ID, hint: "give the security groups of the clients" },
  endpoint: { ...ENDPOINT_ID, hint: "leave the endpoint out to create a new one" },
} as const satisfies { readonly [name: string]: Rule };

/** The CIDR blocks of clients, by IP version. */
export const CLIENT_BLOCK = {
  4: { ...BLOCK[4], hint: "give blocks like 10.0.0.0/16, and IPv6 blocks in `clientIpv6Cidrs`" },
  6: { ...BLOCK[6], hint: "give blocks like 2001:db8::/56" },
} as const satisfies { readonly [version in 4 | 6]: Rule };

/** The ARN of repositories, wildcards included. */
export const REPOSITORY_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:ecr:[a-z0-9*-]+:(\d{12}|\*):repository\/[a-z0-9._/*?-]+$/,
  requirement: "be the ARN of repositories, like arn:aws:ecr:eu-west-1:111122223333:repository/team/*",
  hint: "give ARNs, wildcards allowed",
};

/** The name of a bucket, wildcards included. */
export const REACHABLE_BUCKET: Rule = { ...BUCKET_NAME, hint: "give names, not ARNs" };

const OWN_REGION = "leave it out: an endpoint reaches its own region only";

/** The rules of endpoints that no pattern expresses. */
export const ENDPOINTS_RULES = {
  noInterface: { requirement: "not be given when no interface endpoint is created", hint: "leave it out" },
  clients: {
    requirement: IS_REQUIRED,
    hint: "give one or more of `clientCidrs`, `clientIpv6Cidrs` and `clientSecurityGroupIds`, for example the VPC's CIDR block",
  },
  ipv6WithoutDualStack: {
    requirement: "not be given without `dualStack`",
    hint: "set `dualStack` to true for endpoints with IPv6 addresses",
  },
  ipv6WithDualStack: {
    requirement: IS_REQUIRED,
    hint: "with `dualStack`, give the VPC's IPv6 block or `clientSecurityGroupIds`: clients with IPv6 addresses prefer IPv6",
  },
  serviceOnce: {
    requirement: "be a service given once",
    hint: "leave out the second one: a VPC has one private DNS name per service",
  },
  dualStackHost: {
    requirement: "be false where AWS documents no dual-stack host of Amazon ECR",
    hint: "leave it out",
  },
  location: (partition: string, region: string): Requirement => ({
    requirement: `be in the partition and region of the VPC, ${partition} and ${region}`,
    hint: OWN_REGION,
  }),
  region: (region: string): Requirement => ({
    requirement: `be in the region of the VPC, ${region}`,
    hint: OWN_REGION,
  }),
} as const;

/** The rules of endpoints that only the construct has: modules take lists of known length, and no constructs. */
export const CONSTRUCT_RULES = {
  knownLength: {
    requirement: "be a list whose length is known at synth",
    hint: "give an array, whose elements may be tokens",
  },
  caches: {
    requirement: "be a list of at least one PullThroughCache",
    hint: "leave it out for all caches of the stack with the same provider and region",
  },
  cacheBeside: {
    requirement: IS_REQUIRED,
    hint: "this stack has no PullThroughCache with the same provider and region: create the cache before the endpoints, or give `caches`, `ecrEndpointPolicy` or `fullAccess`",
  },
  cacheCreatedBefore: {
    requirement: "be created before the endpoints",
    hint: "create the cache first, or list all caches in `caches`",
  },
  cacheOfAnotherStack: {
    requirement: "have a known account and region to be used in another stack",
    hint: "give that cache an `accountId` and a region as literals",
  },
  services: { requirement: "be a list of EndpointService", hint: "for example [EndpointService.CLOUDWATCH_LOGS]" },
  service: {
    requirement: "be an EndpointService",
    hint: 'use a constant like EndpointService.CLOUDWATCH_LOGS, or EndpointService.named("kms")',
  },
  dnsHostnames: {
    requirement: "be the ID of a VPC with DNS hostnames",
    hint: "set `enableDnsHostnames` of that VPC to true",
  },
  dnsSupport: { requirement: "be the ID of a VPC with DNS support", hint: "leave out `enableDnsSupport` of that VPC" },
  oneHost: {
    requirement: "be caches of one account and region",
    hint: "use `repositoryUri`, which takes the prefix of an upstream",
  },
  onePrefix: (prefix: string): Requirement => ({
    requirement: `contain one cache with an upstream of the prefix ${prefix}`,
    hint: "call `repositoryUri` of the cache itself",
  }),
} as const;

/** The rules for endpoints and route tables of one VPC, whichever construct creates them. */
export const CLASH_RULES = {
  onlyGateway: (service: string): Requirement => ({
    requirement: `be the only gateway endpoint of ${service} in its route tables`,
    hint: "give the existing endpoint as `s3EndpointId`",
  }),
  listedTables: {
    requirement: "not be added to an endpoint that lists its route tables itself",
    hint: "add the table to that list: otherwise each of the two removes the tables of the other",
  },
  tableOnce: {
    requirement: "contain a route table once for each endpoint",
    hint: "leave the table out of one of the two",
  },
} as const;

/** Props that have no effect once all of some others are given. */
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

/** The rule for such a prop. */
export function excludedBy(others: readonly string[]): Requirement {
  return {
    requirement: `not be given together with ${others.map((other) => `\`${other}\``).join(" and ")}`,
    hint: "leave one of them out",
  };
}

/** The largest private IPv4 network, and the IPv6 block that a regional internet registry allocates to one network. */
export const WIDEST = { 4: 8, 6: 32 } as const;

/** The warning about a client block that is larger than any private network. */
export function widerThanPrivate(block: string, widest: string): string {
  return `${block} in the clients' blocks is wider than /${widest}, the widest block of a private network: give the blocks of the clients' VPC`;
}

/**
 * The hint for `firstPull`.
 * @param start what precedes the name of a value
 * @param warmer an example of a program that pulls images beforehand
 */
export function firstPullHint(start: string, warmer: string): string {
  return `choose ${start}INTERNET_ROUTE if the clients' subnets have a route to the internet, or ${start}PREWARMED if ${warmer} pulls every image first: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html`;
}

/** The quota of an endpoint policy, in characters. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html */
export const MAX_ENDPOINT_POLICY = 20_480;

/** The rules of endpoint policies: those of the caller, and those that are generated. */
export const POLICY_RULES = {
  statements: {
    requirement: "be a policy with statements as JSON text",
    hint: "write it with JSON.stringify, or with Fn.jsonencode when it contains tokens",
  },
  allow: {
    requirement: "have an Allow statement",
    hint: "an endpoint policy denies by default: add a statement with the effect Allow",
  },
  principal: { requirement: "have a Principal in every statement", hint: 'add the Principal "*"' },
  length: { requirement: `be at most ${MAX_ENDPOINT_POLICY} characters`, hint: "merge its statements" },
  /** For a prop that is part of a generated policy, beside `others`. */
  generatedLength: (others: string): Requirement => ({
    requirement: `result, with ${others}, in a policy of at most ${MAX_ENDPOINT_POLICY} characters`,
    hint: "use fewer entries, with wildcards, or `fullAccess`",
  }),
} as const;

/** The rule that a VPC has one endpoint of a service with private DNS. */
export function onlyWithPrivateDns(service: string, hint: string): Requirement {
  return { requirement: `be the only endpoint of ${service} with private DNS in its VPC`, hint };
}

/** The props for the IDs of existing endpoints, by the services whose endpoints are created otherwise. */
export const EXISTING_ENDPOINTS = {
  "ecr.api": "ecrApiEndpointId",
  "ecr.dkr": "ecrDkrEndpointId",
  s3: "s3EndpointId",
} as const;

/** The hint for one of those services in the list of other services. */
export const CREATED_ANYWAY = "leave it out: the endpoints of ecr.api, ecr.dkr and s3 are created anyway";

/** The last part of an endpoint service's name. */
export const SHORT_NAME: Rule = {
  pattern: /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*$/,
  except: /^(ecr\.(api|dkr)$|s3$|([a-z-]+\.)*amazonaws\.)/,
  requirement: "be the last part of an endpoint service's name, like kms, other than ecr.api, ecr.dkr and s3",
  hint: "give the last part in lower case with hyphens, or use EndpointService.fromServiceName for the whole name",
};

/** The whole name of an endpoint service. */
export const SERVICE_NAME: Rule = {
  pattern: /^[a-z]+(\.[a-z0-9-]+){3,}$/,
  requirement: "be the whole name of an endpoint service, like com.amazonaws.eu-west-1.kms",
  hint: "give the whole name, or use EndpointService.named for the last part",
};
