import { Fn } from "cdktf";
import { withTokens } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-statement";
import type { Registry } from "../aws/registry";
import { withoutTrailingSlash } from "../image/repository-path";
import { isUnresolved } from "../terraform/tokens";
import type { AllowPullOptions } from "./allow-pull-options";
import { FIRST_PULL, READ_REPOSITORY, REFRESH, TAGGED_FIRST_PULL } from "./policy-statements";
import { repositoryArns } from "./pull-policy";

/** Identities of other accounts in one form: conditions of several forms would have to hold together in a statement. */
export interface Principals extends Required<Pick<PolicyStatement, "Principal">>, Pick<PolicyStatement, "Condition"> {
  /** The form, as a part of statement IDs. */
  readonly form: "Accounts" | "Organization" | "OrganizationalUnits";
}

/** The identities of options in all their forms. */
export function principalsOf(options: AllowPullOptions, registry: Registry): Principals[] {
  const { accountIds, organizationId, organizationalUnitPaths } = options;
  // The policy of a resource allows a request by itself if the identity is of the account of the resource. Without this
  // condition, all identities of the cache's account could pull, since they are in the organization, too.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
  const others = (): object => ({ StringNotEquals: { "aws:PrincipalAccount": registry.accountId } });
  const accounts: Principals[] =
    accountIds === undefined
      ? []
      : [
          {
            form: "Accounts",
            Principal: { AWS: accountIds.map((accountId) => `arn:${registry.partition}:iam::${accountId}:root`) },
          },
        ];
  const organization: Principals[] =
    organizationId === undefined
      ? []
      : [
          {
            form: "Organization",
            Principal: "*",
            Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId }, ...others() },
          },
        ];
  const units: Principals[] =
    organizationalUnitPaths === undefined
      ? []
      : [
          {
            form: "OrganizationalUnits",
            Principal: "*",
            Condition: {
              "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": organizationalUnitPaths.map(pathPattern) },
              ...others(),
            },
          },
        ];
  return [...accounts, ...organization, ...units];
}

/**
 * The statements of a registry policy that allow first pulls. The ID of each is unique among all caches of a registry:
 * it has the number of the permission within its cache, and the first prefix, which no other cache of the registry has.
 */
export function firstPullStatements(
  principals: readonly Principals[],
  number: number,
  registryArn: string,
  keys: readonly string[],
  createsWithTags: (key: string) => boolean,
): PolicyStatement[] {
  const parts = [
    { sid: "FirstPullsOf", Action: FIRST_PULL, covered: keys.filter((key) => !createsWithTags(key)) },
    { sid: "TaggedFirstPullsOf", Action: TAGGED_FIRST_PULL, covered: keys.filter(createsWithTags) },
  ];
  return parts.flatMap(({ sid, Action, covered: [first, ...rest] }) =>
    first === undefined
      ? []
      : principals.map(({ form, ...who }) => ({
          Sid: `${sid}${form}${number}In${alphanumeric(first)}`,
          Effect: "Allow",
          ...who,
          Action: [...Action],
          Resource: repositoryArns(registryArn, [first, ...rest]),
        })),
  );
}

/** The statements of a repository policy that allow pulls from the repository. */
export function repositoryStatements(
  principals: readonly Principals[],
  number: number,
  createRepositories: boolean,
): PolicyStatement[] {
  return principals.map(({ form, ...who }) => ({
    Sid: `PullsOf${form}${number}`,
    Effect: "Allow",
    ...who,
    // A registry policy that allows first pulls allows the import as well.
    Action: createRepositories ? [...READ_REPOSITORY] : [...READ_REPOSITORY, ...REFRESH],
  }));
}

/** A prefix for the ID of a statement, which has letters and digits only: different prefixes are different. */
function alphanumeric(prefix: string): string {
  return prefix.replace(/[^A-Za-z0-9]/g, (character) => character.charCodeAt(0).toString(16).toUpperCase());
}

function pathPattern(path: string): string {
  return isUnresolved(path) ? `${Fn.trimsuffix(withTokens(path), "/")}/*` : `${withoutTrailingSlash(path)}/*`;
}
