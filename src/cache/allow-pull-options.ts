/**
 * The identities of other accounts that may pull through a cache, and what they may pull. Give `accountIds`,
 * `organizationId` or `organizationalUnitPaths`, or several of them: an identity needs to be in one of them.
 */
export interface AllowPullOptions {
  /**
   * IDs of other accounts, 12 digits each. The administrators of these accounts choose which of their identities may
   * pull. For an identity of the cache's own account, use `grantPull`.
   * @default - no accounts
   */
  readonly accountIds?: string[];
  /**
   * ID of an organization, like `o-a1b2c3d4e5`, whose accounts may all pull.
   * @default - no organization
   */
  readonly organizationId?: string;
  /**
   * Paths of organizational units whose accounts may pull, including the units below them, like
   * `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`; with or without a slash at the end.
   * @default - no organizational units
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
   */
  readonly organizationalUnitPaths?: string[];
  /**
   * The prefixes of the upstreams that the permission covers, at least one. A prefix also covers the upstreams whose
   * prefixes lie below it, since AWS matches `<prefix>/*`; `ROOT` covers all.
   * @default - the prefixes of all upstreams, including upstreams that are added later
   */
  readonly prefixes?: string[];
  /**
   * Whether a pull may create the repository of an image that nobody has pulled before. If it is false, the registry
   * policy gets no statement, and the other accounts pull only from repositories that exist.
   * @default true
   */
  readonly createRepositories?: boolean;
  /**
   * Paths of repositories that exist already, like `docker-hub/library/nginx`, whose policies Terraform manages from
   * now on: each gets the policy that new repositories of its prefix get. The apply replaces the policy that the
   * repository has, and a destroy deletes the policy. A path is the address of a resource, so it must be a literal.
   * @default - existing repositories keep their policies; `existingRepositoryCommands` lists them
   */
  readonly existingRepositories?: string[];
}
