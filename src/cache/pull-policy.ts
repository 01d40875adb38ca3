import type { PolicyStatement } from "../aws/policy-document";
import { createStatement, createTaggedStatement, pullStatement, readStatement, SIGN_IN } from "./policy-statements";
import { under } from "./repository-path";

/** Repositories that may be pulled, and whether the first pull may create them. */
export interface PullGrant {
  /** All repositories but the tagged ones. */
  readonly repositoryArns: readonly string[];
  /** The repositories that the first pull creates with tags. */
  readonly taggedRepositoryArns: readonly string[];
  readonly createRepositories: boolean;
}

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

/** What pulls from repositories that exist and cache nothing need. */
export function readStatements(repositories: readonly string[]): PolicyStatement[] {
  return repositories.length === 0 ? [] : [readStatement([...repositories])];
}

/** What of a cache may be pulled. */
export interface PullPolicyOptions {
  /**
   * The prefixes of the upstreams that may be pulled.
   * @default - those of all upstreams, also of upstreams added later
   */
  readonly prefixes?: string[];
  /**
   * Whether a pull may create the repository of an image that was never pulled before. Without it, the first pull of
   * such an image fails with "repository does not exist"; images in repositories that exist are pulled and refreshed.
   * @default true
   */
  readonly createRepositories?: boolean;
}
