import { policyDocument } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-statement";
import { pullStatements, readStatements } from "../cache/pull-policy";
import type { PullGrant } from "../cache/pull-policy";
import { bucketArns, bucketsStatement, forEverybody, layersStatement, pushStatement } from "./policy-statements";

/** The repositories that a policy names beside those of caches. */
interface NamedRepositories {
  /** ARNs of the repositories that clients may pull from. */
  readonly pulled: readonly string[];
  /** ARNs of the repositories that clients may push to. */
  readonly pushed: readonly string[];
}

/**
 * The policy of the ECR endpoints. It allows pulls through caches, pulls from other repositories, pushes to named
 * repositories, and nothing else. An endpoint policy grants no permissions: callers need an IAM policy as well.
 */
export function ecrPolicyDocument(grants: readonly PullGrant[], { pulled, pushed }: NamedRepositories): string {
  return endpointPolicy([
    ...pullStatements(grants),
    ...readStatements(pulled),
    ...(pushed.length === 0 ? [] : [pushStatement([...pushed])]),
  ]);
}

/**
 * The policy of the S3 endpoint. It allows downloads of image layers, access to the named buckets, and nothing else. ECR
 * signs the URLs of layers with an account of AWS, so conditions on the caller's account or organization would deny all
 * downloads.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export function s3PolicyDocument(partition: string, region: string, buckets: readonly string[]): string {
  const ofBuckets = buckets.flatMap((bucket) => bucketArns(partition, bucket));
  return endpointPolicy([
    layersStatement(partition, region),
    ...(ofBuckets.length === 0 ? [] : [bucketsStatement(ofBuckets)]),
  ]);
}

function endpointPolicy(statements: readonly PolicyStatement[]): string {
  return policyDocument(...statements.map(forEverybody));
}
