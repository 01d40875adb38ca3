import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { PolicyStatement } from "../aws/policy-document";
import { serviceRole } from "../aws/service-role";
import type { ServiceRole } from "../aws/service-role";

/**
 * What the role is like that ECR creates repositories with.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html
 */
export const REPOSITORY_CREATION = {
  namePrefix: "ecr-repository-creation-",
  description: "Amazon ECR creates the repositories of a pull-through cache with it",
  service: "ecr.amazonaws.com",
} as const;

export const CREATE_REPOSITORIES: PolicyStatement = {
  Effect: "Allow",
  Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
  Resource: "*",
};

/**
 * The resource of what that role may do with AWS's own key: the key's ID is known to AWS only, and AWS's page has this
 * resource for every key.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-custom.html
 */
export const ANY_KEY = "*";

/** What that role may do with the keys that encrypt repositories. */
export function useOfKeys(kmsKeyArns: string | string[]): PolicyStatement {
  return { Effect: "Allow", Action: ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"], Resource: kmsKeyArns };
}

/**
 * What the role is like that ECR reads a private registry of another account with.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
 */
export const UPSTREAM_READING = {
  namePrefix: "ecr-pull-through-cache-",
  description: "Amazon ECR reads private registries of other accounts for a pull-through cache with it",
  service: "pullthroughcache.ecr.amazonaws.com",
} as const;

export const READ_UPSTREAM: PolicyStatement = {
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
};

/** The role that ECR creates repositories with, once they have tags or KMS encryption; `kmsKeyArns` may still grow. */
export function repositoryCreationRole(
  scope: Construct,
  kmsKeyArns: ReadonlySet<string>,
  provider: TerraformProvider | undefined,
): ServiceRole {
  return serviceRole(scope, {
    ...REPOSITORY_CREATION,
    id: "repository-creation-role",
    statements: () => [CREATE_REPOSITORIES, ...(kmsKeyArns.size === 0 ? [] : [useOfKeys([...kmsKeyArns])])],
    provider,
  });
}

/** The role that ECR reads a private registry of another account with. */
export function upstreamRole(scope: Construct, provider: TerraformProvider | undefined): ServiceRole {
  return serviceRole(scope, {
    ...UPSTREAM_READING,
    id: "upstream-role",
    statements: () => [READ_UPSTREAM],
    provider,
  });
}
