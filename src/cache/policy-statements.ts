/** What the names of inline policies begin with: two of one name on a role would overwrite each other without a word. */

import type { PolicyStatement } from "../aws/policy-document";

export const PULL_POLICY_NAME_PREFIX = "ecr-pull-through-cache-";

/** What only the first pull needs. */
const CREATE_REPOSITORY = ["ecr:CreateRepository"];

/**
 * The same where the creation template sets tags. AWS's pages disagree on `ecr:TagResource`: some versions of this page
 * require it in an identity-based policy, and others do not name it. With it, pulls work whichever is right.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 */
const CREATE_TAGGED_REPOSITORY = [...CREATE_REPOSITORY, "ecr:TagResource"];
export const READ = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/** What pulls need on repositories of a cache. */
export function pullStatement(repositories: string | string[], firstPull: readonly string[] = []): PolicyStatement {
  return { Effect: "Allow", Action: [...READ, "ecr:BatchImportUpstreamImage", ...firstPull], Resource: repositories };
}

/** What pulls need on repositories of a cache that the first pull creates, without tags. */
export function createStatement(repositories: string | string[]): PolicyStatement {
  return pullStatement(repositories, CREATE_REPOSITORY);
}

/** What pulls need on repositories of a cache that the first pull creates, with tags. */
export function createTaggedStatement(repositories: string | string[]): PolicyStatement {
  return pullStatement(repositories, CREATE_TAGGED_REPOSITORY);
}

/** What pulls need on repositories that exist and cache nothing. */
export function readStatement(repositories: string | string[]): PolicyStatement {
  return { Effect: "Allow", Action: READ, Resource: repositories };
}

/**
 * A token is for a whole registry: it can be had for all resources only.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
 */
export const SIGN_IN: PolicyStatement = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };

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
