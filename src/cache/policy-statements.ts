import type { PolicyStatement } from "../aws/policy-statement";

/** The start of the names of inline policies; two policies of a role with the same name would silently overwrite each other. */
export const PULL_POLICY_NAME_PREFIX = "ecr-pull-through-cache-";

/** The permission that only the first pull needs. */
const CREATE_REPOSITORY = ["ecr:CreateRepository"];

/**
 * The same where the creation template sets tags. AWS's pages disagree on `ecr:TagResource`: some versions of this page
 * require it in an identity-based policy, and others do not name it. With it, pulls work whichever is right.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 */
const CREATE_TAGGED_REPOSITORY = [...CREATE_REPOSITORY, "ecr:TagResource"];
const READ = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/**
 * The permissions that pulls from another account need in the policy of the repository. A pull does not need
 * `ecr:BatchCheckLayerAvailability` there: clients send it before they push layers.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html
 */
export const READ_REPOSITORY = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/**
 * The permission that pulls need to import new and refreshed images. AWS accepts it in the policy of the registry or of
 * the repository. The latter grants less, since it is about repositories that exist, but it comes too late for the
 * first pull.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 */
export const REFRESH = ["ecr:BatchImportUpstreamImage"];

/** The permissions that first pulls from another account need in the policy of the registry. */
export const FIRST_PULL = [...CREATE_REPOSITORY, ...REFRESH];

/** The same where the creation template sets tags. */
export const TAGGED_FIRST_PULL = [...FIRST_PULL, "ecr:TagResource"];

/** The permissions that pulls need on repositories of a cache. */
export function pullStatement(repositories: string | string[], firstPull: readonly string[] = []): PolicyStatement {
  return { Effect: "Allow", Action: [...READ, "ecr:BatchImportUpstreamImage", ...firstPull], Resource: repositories };
}

/** The same for repositories that the first pull creates without tags. */
export function createStatement(repositories: string | string[]): PolicyStatement {
  return pullStatement(repositories, CREATE_REPOSITORY);
}

/** The same for repositories that the first pull creates with tags. */
export function createTaggedStatement(repositories: string | string[]): PolicyStatement {
  return pullStatement(repositories, CREATE_TAGGED_REPOSITORY);
}

/** The permissions that pulls need on other existing repositories. */
export function readStatement(repositories: string | string[]): PolicyStatement {
  return { Effect: "Allow", Action: READ, Resource: repositories };
}

/**
 * The permission to sign in. An authorization token is valid for a whole registry, so that the action has no resources.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
 */
export const SIGN_IN: PolicyStatement = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };

/**
 * The role with which ECR creates repositories.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html
 */
export const REPOSITORY_CREATION = {
  namePrefix: "ecr-repository-creation-",
  description: "Amazon ECR assumes this role to create repositories of a pull-through cache",
  service: "ecr.amazonaws.com",
} as const;

/** The permissions of that role on repositories. */
export const CREATE_REPOSITORIES: PolicyStatement = {
  Effect: "Allow",
  Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
  Resource: "*",
};

/**
 * The resource of that role's permissions on AWS's own key, whose ID only AWS knows. AWS's page uses this resource for
 * every key.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-custom.html
 */
export const ANY_KEY = "*";

/** The permissions of that role on the keys that encrypt repositories. */
export function useOfKeys(kmsKeyArns: string | string[]): PolicyStatement {
  return { Effect: "Allow", Action: ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"], Resource: kmsKeyArns };
}

/**
 * The role with which ECR reads private registries of other accounts.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
 */
export const UPSTREAM_READING = {
  namePrefix: "ecr-pull-through-cache-",
  description: "Amazon ECR assumes this role to read private registries of other accounts for a pull-through cache",
  service: "pullthroughcache.ecr.amazonaws.com",
} as const;

/** The permissions of that role. */
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
