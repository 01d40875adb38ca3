import type { PolicyStatement } from "../aws/policy-statement";
import { under } from "../image/repository-path";
import { createStatement, createTaggedStatement, pullStatement, readStatement, SIGN_IN } from "./policy-statements";

/** Repositories that an identity may pull, and whether its first pull may create them. */
export interface PullGrant {
  /** The repositories without tags. */
  readonly repositoryArns: readonly string[];
  /** The repositories that the first pull creates with tags. */
  readonly taggedRepositoryArns: readonly string[];
  readonly createRepositories: boolean;
}

/** ARNs of the repositories under prefixes, which are given by their keys; under ROOT are all repositories. */
export function repositoryArns(registryArn: string, prefixKeys: readonly string[]): string[] {
  const paths = prefixKeys.map((key) => under(key, "*"));
  return (paths.includes("*") ? ["*"] : paths).map((path) => `${registryArn}:repository/${path}`);
}

/**
 * The permissions that pulls through a cache need. AWS's managed read-only policies contain neither the import, which
 * every new or refreshed image needs, nor the creation of a repository, which the first pull needs.
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

/** The permissions that pulls from other existing repositories need. */
export function readStatements(repositories: readonly string[]): PolicyStatement[] {
  return repositories.length === 0 ? [] : [readStatement([...repositories])];
}

/** The upstreams and repositories that a permission to pull covers. */
export interface PullPolicyOptions {
  /**
   * The prefixes of the upstreams that the permission covers, at least one. AWS matches `<prefix>/*`, so the permission
   * also covers upstreams whose prefixes lie below one of these. Only `ecr:TagResource` is limited to the prefixes that you
   * give: to allow first pulls through an upstream below whose repositories get tags, give its prefix as well.
   * @default - the prefixes of all upstreams, including upstreams that are added later
   */
  readonly prefixes?: string[];
  /**
   * Whether a pull may create the repository of an image that nobody has pulled before. If it is false, the first pull
   * of such an image fails with "repository does not exist"; pulls from existing repositories work and refresh their
   * images.
   * @default true
   */
  readonly createRepositories?: boolean;
}
