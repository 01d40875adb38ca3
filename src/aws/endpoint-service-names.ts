import type { Rule } from "../validation/validation-errors";

/**
 * Services whose endpoints are named after the partition, and not `com.amazonaws` as everywhere.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export const NAMED_AFTER_PARTITION: readonly string[] = ["ecr.api", "ecr.dkr", "ec2", "sts", "eks"];

/** What the names of all others begin with, in every partition. */
export const COMMON_PREFIX = "com.amazonaws";

/** The whole name of the endpoint service that has `name` as its last part. */
export function serviceNameOf(name: string, region: string, reverseDnsPrefix: () => string): string {
  return `${NAMED_AFTER_PARTITION.includes(name) ? reverseDnsPrefix() : COMMON_PREFIX}.${region}.${name}`;
}

/** The props of endpoints that take the ID of an existing endpoint, by the services that every VPC gets one of. */
export const EXISTING_ENDPOINTS: { readonly [name: string]: string } = {
  "ecr.api": "ecrApiEndpointId",
  "ecr.dkr": "ecrDkrEndpointId",
  s3: "s3EndpointId",
};

/** The way out for a service that is asked for although every VPC gets an endpoint of it. */
export function madeAnyway(prop: string): string {
  return `leave it out, or give the endpoint that the VPC has already as \`${prop}\``;
}

/** How a service is named by its last part, in the region that is asked for. */
export const SHORT_NAME: Rule = {
  pattern: /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*$/,
  except: /^(ecr\.(api|dkr)$|s3$|([a-z-]+\.)*amazonaws\.)/,
  words:
    "be the last part of an endpoint service's name, like kms, and not of ecr.api, ecr.dkr or s3, which are made anyway",
};

/** How a service is named in whole. */
export const SERVICE_NAME: Rule = {
  pattern: /^[a-z]+(\.[a-z0-9-]+){3,}$/,
  words: "be the whole name of an endpoint service, like com.amazonaws.eu-west-1.kms",
};

/** The words of the rule that something is where the VPC is. */
export function ofVpcRegion(region: string): string {
  return `be of the region of the VPC, ${region}`;
}
