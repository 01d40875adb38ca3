import type { PolicyStatement } from "../aws/policy-statement";

/**
 * The actions that let another account replicate images, and create the repositories that do not exist yet.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html
 */
export const REPLICATE = ["ecr:CreateRepository", "ecr:ReplicateImage"];

/** The Sid of the statement for replication. */
export const REPLICATION_SID = "ReplicationFromOtherAccounts";

/**
 * The actions that let ECR read a registry for a pull-through cache of another account.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
 */
export const READ_AS_UPSTREAM = [
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
  "ecr:BatchImportUpstreamImage",
  "ecr:GetImageCopyStatus",
];

/** The start of the Sid of the statement for the caches of an account; the account ID follows. */
export const UPSTREAM_SID = "UpstreamOf";

/** The permission of accounts to replicate images to repositories; from the second one on, its Sid ends with its number. */
export function replicationStatement(number: number, principals: string[], repositories: string[]): PolicyStatement {
  return {
    Sid: number === 1 ? REPLICATION_SID : `${REPLICATION_SID}${number}`,
    Effect: "Allow",
    Principal: { AWS: principals },
    Action: REPLICATE,
    Resource: repositories,
  };
}

/** The permission of the caches of an account to read repositories. */
export function upstreamStatement(accountId: string, principal: string, repositories: string[]): PolicyStatement {
  return {
    Sid: `${UPSTREAM_SID}${accountId}`,
    Effect: "Allow",
    Principal: { AWS: principal },
    Action: READ_AS_UPSTREAM,
    Resource: repositories,
  };
}
