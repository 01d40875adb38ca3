import { policyDocument } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-document";

/** The policy of an endpoint that lets everything through; one that is left out would leave a former one in place. */
export const FULL_ACCESS = policyDocument({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" });

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
