import { policyDocument } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-document";
import { pullStatements, readStatements } from "../cache/pull-policy";
import type { PullGrant } from "../cache/pull-policy";
import { bucketArns, bucketsStatement, forEverybody, layersStatement, pushStatement } from "./policy-statements";

/** Repositories that a policy names beside those of caches. */
export interface NamedRepositories {
  /** ARNs of the repositories that clients may pull from. */
  readonly pulled: readonly string[];
  /** ARNs of the repositories that clients may push to. */
  readonly pushed: readonly string[];
}

/**
 * The policy of the endpoints of ECR. It allows pulls through caches, pulls from other repositories, pushes to others
 * again, and nothing else. It grants nothing to anybody: a caller still needs permissions of its own.
 */
export function ecrPolicyDocument(grants: readonly PullGrant[], { pulled, pushed }: NamedRepositories): string {
  return endpointPolicy([
    ...pullStatements(grants),
    ...readStatements(pulled),
    ...(pushed.length === 0 ? [] : [pushStatement([...pushed])]),
  ]);
}

/**
 * What may go through the endpoint of S3: layers of images, and a few buckets. Layers are asked for with URLs that ECR
 * signs with an account of AWS's own, so conditions on the caller's account or organization would refuse them all.
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
