import type { Rule } from "../validation/rule";

/** The ID of an AWS account. */
export const ACCOUNT_ID: Rule = {
  pattern: /^\d{12}$/,
  requirement: "be an AWS account ID of 12 digits",
  hint: "give it as a string, with its leading zeros and without hyphens",
};

/** The name of a region. */
export const REGION_NAME: Rule = {
  pattern: /^[a-z]{2,4}(-[a-z]+)+-\d+$/,
  requirement: "be the name of an AWS region, like eu-west-1",
  hint: "give the region, not an availability zone",
};

interface Partition {
  /** The pattern of the partition's region names. */
  readonly regions: RegExp;
  /** The suffix of registry hosts. */
  readonly dnsSuffix: string;
  /** The suffix of registry hosts for IPv4 and IPv6, if AWS documents one. */
  readonly dualStackSuffix?: string;
  /** The prefix of the endpoint services that are named after the partition. */
  readonly reverseDnsPrefix: string;
}

// https://docs.aws.amazon.com/general/latest/gr/ecr.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
const PARTITIONS: { readonly [partition: string]: Partition } = {
  "aws-cn": {
    regions: /^cn-/,
    dnsSuffix: "amazonaws.com.cn",
    dualStackSuffix: "on.amazonwebservices.com.cn",
    reverseDnsPrefix: "cn.com.amazonaws",
  },
  "aws-us-gov": {
    regions: /^us-gov-/,
    dnsSuffix: "amazonaws.com",
    dualStackSuffix: "on.aws",
    reverseDnsPrefix: "com.amazonaws",
  },
  "aws-iso": { regions: /^us-iso-/, dnsSuffix: "c2s.ic.gov", reverseDnsPrefix: "gov.ic.c2s" },
  "aws-iso-b": { regions: /^us-isob-/, dnsSuffix: "sc2s.sgov.gov", reverseDnsPrefix: "gov.sgov.sc2s" },
  "aws-iso-e": { regions: /^eu-isoe-/, dnsSuffix: "cloud.adc-e.uk", reverseDnsPrefix: "uk.adc-e.cloud" },
  "aws-iso-f": { regions: /^us-isof-/, dnsSuffix: "csp.hci.ic.gov", reverseDnsPrefix: "gov.ic.hci.csp" },
  "aws-eusc": { regions: /^eusc-/, dnsSuffix: "amazonaws.eu", reverseDnsPrefix: "eu.amazonaws" },
  aws: { regions: /^/, dnsSuffix: "amazonaws.com", dualStackSuffix: "on.aws", reverseDnsPrefix: "com.amazonaws" },
};

export const PARTITION_NAMES: readonly string[] = Object.keys(PARTITIONS);

/** The pattern of a partition's region names. Patterns are tried in the order of the partitions; the first match wins. */
export function partitionPattern(partition: string): RegExp | undefined {
  return PARTITIONS[partition]?.regions;
}

/** The partition that a region belongs to. */
export function partitionOf(region: string): string {
  return PARTITION_NAMES.find((name) => partitionPattern(name)?.test(region)) ?? "aws";
}

/** The suffixes of registry hosts in all partitions. */
export const REGISTRY_SUFFIXES: readonly string[] = [
  ...new Set(
    Object.values(PARTITIONS).flatMap(({ dnsSuffix, dualStackSuffix }) =>
      dualStackSuffix === undefined ? [dnsSuffix] : [dnsSuffix, dualStackSuffix],
    ),
  ),
];

/** The suffix of a partition's registry hosts; undefined for an unknown partition. */
export function dnsSuffixOf(partition: string): string | undefined {
  return PARTITIONS[partition]?.dnsSuffix;
}

/** The suffix of a partition's registry hosts for IPv4 and IPv6; undefined if AWS documents none. */
export function dualStackSuffixOf(partition: string): string | undefined {
  return PARTITIONS[partition]?.dualStackSuffix;
}

/** The prefix of the endpoint services that are named after the partition; undefined for an unknown partition. */
export function reverseDnsPrefixOf(partition: string): string | undefined {
  return PARTITIONS[partition]?.reverseDnsPrefix;
}

/**
 * Whether AWS documents that pull-through caches are not available in a partition.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export function lacksPullThroughCaches(partition: string): boolean {
  return partition === "aws-cn" || partition === "aws-us-gov";
}
