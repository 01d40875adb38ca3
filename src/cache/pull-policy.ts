import type { PolicyStatement } from "../aws/policy-document";
import { under } from "./repository-path";

/** Repositories that may be pulled, and whether the first pull may create them. */
export interface PullGrant {
  /** All repositories but the tagged ones. */
  readonly repositoryArns: readonly string[];
  /** The repositories that the first pull creates with tags. */
  readonly taggedRepositoryArns: readonly string[];
  readonly createRepositories: boolean;
}

/** What the names of inline policies begin with: two of one name on a role would overwrite each other without a word. */
export const PULL_POLICY_NAME_PREFIX = "ecr-pull-through-cache-";

/** What only the first pull needs. */
const CREATE_REPOSITORY = ["ecr:CreateRepository"];
/**
 * The same where the creation template sets tags. AWS's pages disagree on `ecr:TagResource`: some versions of this page
 * require it in an identity-based policy, and others do not name it. With it, pulls work whichever is right.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
 */
const CREATE_TAGGED_REPOSITORY = [...CREATE_REPOSITORY, "ecr:TagResource"];
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
  const creating = grants.filter(({ createRepositories }) => createRepositories);
  const others = grants.filter(({ createRepositories }) => !createRepositories);
  const statements = [
    createStatement(arnsIn(creating, ({ repositoryArns }) => repositoryArns)),
    createTaggedStatement(arnsIn(creating, ({ taggedRepositoryArns }) => taggedRepositoryArns)),
    pullStatement(arnsIn(others, ({ repositoryArns }) => repositoryArns)),
  ];
  return [SIGN_IN, ...statements.filter(({ Resource }) => Resource?.length !== 0)];
}

function arnsIn(grants: readonly PullGrant[], of: (grant: PullGrant) => readonly string[]): string[] {
  return [...new Set(grants.flatMap(of))];
}

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

/** What pulls from repositories that exist and cache nothing need. */
export function readStatements(repositories: readonly string[]): PolicyStatement[] {
  return repositories.length === 0 ? [] : [readStatement([...repositories])];
}

/**
 * A token is for a whole registry: it can be had for all resources only.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
 */
export const SIGN_IN: PolicyStatement = { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" };
