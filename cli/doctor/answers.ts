/** A pull-through cache rule. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PullThroughCacheRule.html */
export interface CacheRule {
  readonly ecrRepositoryPrefix: string;
  readonly upstreamRegistryUrl: string;
  readonly upstreamRepositoryPrefix?: string;
  readonly credentialArn?: string;
  readonly customRoleArn?: string;
}

export interface Encryption {
  readonly encryptionType?: string;
  readonly kmsKey?: string;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html */
export interface ExclusionFilter {
  readonly filter: string;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryCreationTemplate.html */
export interface Template {
  readonly prefix: string;
  readonly appliedFor?: readonly string[];
  readonly customRoleArn?: string;
  readonly encryptionConfiguration?: Encryption;
  readonly imageTagMutability?: string;
  readonly imageTagMutabilityExclusionFilters?: readonly ExclusionFilter[];
  readonly lifecyclePolicy?: string;
  readonly repositoryPolicy?: string;
  readonly resourceTags?: readonly unknown[];
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html */
export interface Repository {
  readonly encryptionConfiguration?: Encryption;
  readonly imageTagMutability?: string;
  readonly imageTagMutabilityExclusionFilters?: readonly ExclusionFilter[];
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html */
export interface ImageDetail {
  readonly imageDigest?: string;
  readonly imagePushedAt?: Timestamp;
  readonly lastRecordedPullTime?: Timestamp;
}

/** Version 1 of the AWS CLI prints seconds, and version 2 a date. */
export type Timestamp = string | number;

export function timeOf(timestamp: Timestamp): Date {
  return new Date(typeof timestamp === "number" ? timestamp * 1000 : timestamp);
}
