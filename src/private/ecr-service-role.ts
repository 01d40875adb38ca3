import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { serviceRole } from "./service-role";
import type { ServiceRole } from "./service-role";

/**
 * The role that ECR creates repositories with, once they have tags or a KMS key; `kmsKeyArns` may still grow.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html
 */
export function repositoryCreationRole(
  scope: Construct,
  kmsKeyArns: ReadonlySet<string>,
  provider: TerraformProvider | undefined,
): ServiceRole {
  return serviceRole(scope, {
    id: "repository-creation-role",
    namePrefix: "ecr-repository-creation-",
    description: "Amazon ECR creates the repositories of a pull-through cache with it",
    service: "ecr.amazonaws.com",
    statements: () => [
      { Effect: "Allow", Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"], Resource: "*" },
      ...(kmsKeyArns.size === 0
        ? []
        : [
            {
              Effect: "Allow" as const,
              Action: ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"],
              Resource: [...kmsKeyArns],
            },
          ]),
    ],
    provider,
  });
}

/**
 * The role that ECR reads a private registry of another account with.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
 */
export function upstreamRole(scope: Construct, provider: TerraformProvider | undefined): ServiceRole {
  return serviceRole(scope, {
    id: "upstream-role",
    namePrefix: "ecr-pull-through-cache-",
    description: "Amazon ECR reads private registries of other accounts for a pull-through cache with it",
    service: "pullthroughcache.ecr.amazonaws.com",
    statements: () => [
      {
        Effect: "Allow",
        Action: [
          "ecr:GetDownloadUrlForLayer",
          "ecr:GetAuthorizationToken",
          "ecr:BatchImportUpstreamImage",
          "ecr:BatchGetImage",
          "ecr:GetImageCopyStatus",
          "ecr:InitiateLayerUpload",
          "ecr:UploadLayerPart",
          "ecr:CompleteLayerUpload",
          "ecr:PutImage",
        ],
        Resource: "*",
      },
    ],
    provider,
  });
}
