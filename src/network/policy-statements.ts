import type { PolicyStatement } from "../aws/policy-statement";

/** The endpoint policy that allows everything. It is written out, since AWS keeps the former policy when none is given. */
export const FULL_ACCESS = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

/**
 * The statement that allows pushes. A client uploads layers to ECR itself, through `ecr.dkr`, and not to S3. The S3
 * endpoint is for downloads, since ECR serves layers from a bucket, and its policy needs only `s3:GetObject`.
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

/** The statement that allows downloads of layers from S3. */
export function layersStatement(partition: string, region: string): PolicyStatement {
  const layers = `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`;
  return { Effect: "Allow", Action: "s3:GetObject", Resource: layers };
}

/** The statement that allows all actions on buckets. */
export function bucketsStatement(arns: string | string[]): PolicyStatement {
  return { Effect: "Allow", Action: "s3:*", Resource: arns };
}

/** The ARNs of a bucket and of its objects. */
export function bucketArns(partition: string, bucket: string): string[] {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return [arn, `${arn}/*`];
}

/** A statement with the Principal that an endpoint policy must have. */
export function forEverybody({ Effect, ...rest }: PolicyStatement): PolicyStatement {
  return { Effect, Principal: "*", ...rest };
}
