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
