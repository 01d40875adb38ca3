import { Token } from "cdktf";
import { parsedObject, policyDocument } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-document";
import { pullStatements, readStatements } from "../cache/pull-policy";
import type { PullGrant } from "../cache/pull-policy";
import { isPlainObject } from "../validation/plain-object";
import type { Faults } from "../validation/validation-errors";

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
export const MAX_ENDPOINT_POLICY = 20_480;

/** The words of the rules of policies that callers write for endpoints, and of those made here. */
export const POLICY_WORDS = {
  statements: "be a policy with statements as JSON text",
  allow: "have a statement that allows something",
  principal: "have a Principal in every statement",
  length: `be at most ${MAX_ENDPOINT_POLICY} characters`,
  madeLength: (beside: string): string => `make, with ${beside}, a policy of at most ${MAX_ENDPOINT_POLICY} characters`,
} as const;

/** The policy of an endpoint that lets everything through; one that is left out would leave a former one in place. */
export const FULL_ACCESS = policyDocument({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" });

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
export function registryEndpointPolicy(grants: readonly PullGrant[], { pulled, pushed }: NamedRepositories): string {
  return endpointPolicy([
    ...pullStatements(grants),
    ...readStatements(pulled),
    ...(pushed.length === 0 ? [] : [pushStatement([...pushed])]),
  ]);
}

/**
 * Allows pushes. A client uploads layers to ECR itself, through `ecr.dkr`, and not to S3: AWS asks for the S3 endpoint
 * because ECR serves layers from a bucket, and its policy needs `s3:GetObject` alone.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export function pushStatement(repositories: string | string[]): PolicyStatement {
  return {
    Effect: "Allow",
    Action: [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ],
    Resource: repositories,
  };
}

/**
 * What may go through the endpoint of S3: layers of images, and a few buckets. Layers are asked for with URLs that ECR
 * signs with an account of AWS's own, so conditions on the caller's account or organization would refuse them all.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export function s3EndpointPolicy(partition: string, region: string, buckets: readonly string[]): string {
  const ofBuckets = buckets.flatMap((bucket) => bucketArns(partition, bucket));
  return endpointPolicy([
    layersStatement(partition, region),
    ...(ofBuckets.length === 0 ? [] : [bucketsStatement(ofBuckets)]),
  ]);
}

/** What pulls need of S3. */
export function layersStatement(partition: string, region: string): PolicyStatement {
  const layers = `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`;
  return { Effect: "Allow", Action: "s3:GetObject", Resource: layers };
}

/** What may be done with buckets. */
export function bucketsStatement(arns: string | string[]): PolicyStatement {
  return { Effect: "Allow", Action: "s3:*", Resource: arns };
}

/** The ARNs of a bucket and of what is in it. */
export function bucketArns(partition: string, bucket: string): string[] {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return [arn, `${arn}/*`];
}

/** A statement as policies of endpoints have it: they say whose requests it is for. */
export function forEverybody({ Effect, ...rest }: PolicyStatement): PolicyStatement {
  return { Effect, Principal: "*", ...rest };
}

function endpointPolicy(statements: readonly PolicyStatement[]): string {
  return policyDocument(...statements.map(forEverybody));
}

/** Records what is wrong with a policy that the caller has written for an endpoint. */
export function checkEndpointPolicy(faults: Faults, prop: string, policy: unknown): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  const { Statement: given } = (typeof policy === "string" ? parsedObject(policy) : undefined) ?? {};
  const statements: readonly unknown[] = given === undefined ? [] : [given].flat();
  if (typeof policy !== "string" || statements.length === 0 || !statements.every(isPlainObject)) {
    const way = "write it with JSON.stringify, or with Fn.jsonencode when it holds tokens";
    faults.add(prop, POLICY_WORDS.statements, policy, way);
    return;
  }
  const all = statements as { readonly Effect?: unknown; readonly Principal?: unknown }[];
  if (!all.some(({ Effect }) => Effect === "Allow")) {
    const way = "an endpoint lets through what its policy allows and nothing else: allow what is left beside the Deny";
    faults.add(prop, POLICY_WORDS.allow, all.map(({ Effect }) => Effect).join(), way);
  }
  if (all.some((statement) => !("Principal" in statement) && !("NotPrincipal" in statement))) {
    faults.add(prop, POLICY_WORDS.principal, "a statement without one", 'write "Principal": "*"');
  }
  if (policy.length > MAX_ENDPOINT_POLICY) {
    faults.add(prop, POLICY_WORDS.length, policy.length, "join its statements");
  }
}
