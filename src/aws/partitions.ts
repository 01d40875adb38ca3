import type { Rule } from "../validation/rule";

/** Twelve digits. */
export const ACCOUNT_ID: Rule = {
  pattern: /^\d{12}$/,
  requirement: "be an AWS account ID of 12 digits",
  hint: "give it as a string, with its leading zeros and without hyphens",
};

/** The hint for an account ID that is a number, too short, or written as the console shows it. */
export const ACCOUNT_ID_HINT = "give it as a string, with its leading zeros and without hyphens";

/** The name of a region, not of one of its zones. */
export const REGION_NAME: Rule = {
  pattern: /^[a-z]{2,4}(-[a-z]+)+-\d+$/,
  requirement: "be the name of an AWS region, like eu-west-1",
  hint: "give the region, not one of its zones",
};

interface Partition {
  /** Region names that belong to the partition. */
  readonly regions: RegExp;
  /** What the names of its registries end with. */
  readonly dnsSuffix: string;
  /** What they end with where clients may come over IPv6, if AWS documents it. */
  readonly dualStackSuffix?: string;
  /** What the names of its endpoint services begin with, as far as they do not begin as everywhere. */
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

/** What the names of a partition's regions match, where those of the ones before it do not. */
export function partitionPattern(partition: string): RegExp | undefined {
  return PARTITIONS[partition]?.regions;
}

/** The partition that a region belongs to. */
export function partitionOf(region: string): string {
  return PARTITION_NAMES.find((name) => partitionPattern(name)?.test(region)) ?? "aws";
}

/** What registry names of a partition end with; undefined for a partition that is not known. */
export function dnsSuffixOf(partition: string): string | undefined {
  return PARTITIONS[partition]?.dnsSuffix;
}

/** What registry names of a partition end with for clients that may come over IPv6, where AWS documents it. */
export function dualStackSuffixOf(partition: string): string | undefined {
  return PARTITIONS[partition]?.dualStackSuffix;
}

/** What the names of a partition's own endpoint services begin with. */
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
