import type { PolicyStatement } from "./policy-document";
import { under } from "./repository-path";

/** Repositories that may be pulled, and whether the first pull may create them. */
export interface PullGrant {
  readonly repositoryArns: readonly string[];
  readonly createRepositories: boolean;
}

/** What the names of inline policies begin with: two of one name on a role would overwrite each other without a word. */
export const PULL_POLICY_NAME_PREFIX = "ecr-pull-through-cache-";

const READ = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/** ARNs of the repositories under prefixes, of which ROOT is all there are. */
export function repositoryArns(registryArn: string, prefixes: readonly string[]): string[] {
  const paths = prefixes.map((prefix) => under(prefix, "*"));
  return (paths.includes("*") ? ["*"] : paths).map((path) => `${registryArn}:repository/${path}`);
}

/**
 * What pulls through a cache need. AWS's managed read-only policies have neither the import, which every image that is
 * new or refreshed needs, nor the creation of a repository, which the first pull needs.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 */
export function pullStatements(grants: readonly PullGrant[]): PolicyStatement[] {
  return [
    SIGN_IN,
    ...[true, false].flatMap((createRepositories) => {
      const chosen = grants.filter((grant) => grant.createRepositories === createRepositories);
      const resources = [...new Set(chosen.flatMap((grant) => grant.repositoryArns))];
      return resources.length === 0 ? [] : [pullStatement(resources, createRepositories)];
    }),
  ];
}

/** What pulls through a cache need on its repositories. */
export function pullStatement(repositories: string | string[], createRepositories: boolean): PolicyStatement {
  const action = [...READ, "ecr:BatchImportUpstreamImage", ...(createRepositories ? ["ecr:CreateRepository"] : [])];
  return { Effect: "Allow", Action: action, Resource: repositories };
}

/** What pulls need on repositories that exist and cache nothing. */
export function readStatement(repositories: string | string[]): PolicyStatement {
  return { Effect: "Allow", Action: READ, Resource: repositories };
}

/** What pulls from repositories that exist and cache nothing need. */
export function readStatements(repositories: readonly string[]): PolicyStatement[] {
  return repositories.length === 0 ? [] : [readStatement([...repositories])];
}

/**
 * A token is for a whole registry: it can be had for all resources only.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
 */
export const SIGN_IN: PolicyStatement = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };
