/**
 * Services whose endpoint names begin with the reverse DNS name of the partition, and not with `com.amazonaws`.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export const NAMED_AFTER_PARTITION: readonly string[] = ["ecr.api", "ecr.dkr", "ec2", "sts", "eks"];

/** The prefix of the other endpoint services in all partitions. */
export const COMMON_PREFIX = "com.amazonaws";

/** The full name of an endpoint service in a region, given its last part. */
export function serviceNameOf(name: string, region: string, reverseDnsPrefix: () => string): string {
  return `${NAMED_AFTER_PARTITION.includes(name) ? reverseDnsPrefix() : COMMON_PREFIX}.${region}.${name}`;
}
