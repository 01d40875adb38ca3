import { Token } from "cdktf";
import { ORGANIZATIONAL_UNIT_PATH, ORGANIZATION_ID } from "../aws/organizations";
import { ACCOUNT_ID } from "../aws/partitions";
import { parsedObject, textBesideExpressions } from "../aws/policy-document";
import { ROOT, isUnder, withoutTrailingSlash } from "../image/repository-path";
import { isUnresolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import { atLeastOne } from "../validation/rule";
import type { AllKeys, Requirement, Rule } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import type { AllowPullOptions } from "./allow-pull-options";
import { checkPullChoice } from "./pull-policy-checks";
import { ALLOW_PULL_RULES, PULL_RULES, REPOSITORY_PATH } from "./rules";

const OPTIONS = Object.keys({
  accountIds: true,
  organizationId: true,
  organizationalUnitPaths: true,
  prefixes: true,
  createRepositories: true,
  existingRepositories: true,
} satisfies AllKeys<AllowPullOptions>);

/** The characters of account IDs, of organization IDs and of paths of organizational units. */
const IDENTITY_PART = /^[a-z0-9/-]*$/;

type ListCheck = [rule: Requirement, check: (place: string, element: unknown) => unknown];

/** The Sids that `repositoryStatements` gives. */
const ADDED_SID = /^PullsOf(Accounts|Organization|OrganizationalUnits)\d+$/;

/** The part of a cache that options are checked against. */
export interface AllowPullContext {
  /** The account of the cache; undefined if it is not known at synth. */
  readonly accountId: string | undefined;
  /** The keys of the prefixes of all upstreams. */
  readonly prefixes: readonly string[];
  /** Whether an upstream has a creation template, by the key of its prefix. */
  readonly hasTemplate: (key: string) => boolean;
  /** The repository policy in the settings of an upstream. */
  readonly ownPolicy: (key: string) => string | undefined;
  /** The existing repositories whose policies the cache manages already. */
  readonly managed: ReadonlySet<string>;
}

/** Adds the errors of options. */
export function checkAllowPullOptions(
  errors: ValidationErrors,
  options: AllowPullOptions,
  context: AllowPullContext,
): void {
  if (!isPlainObject(options)) {
    errors.addBroken("options", ALLOW_PULL_RULES.options, options);
    return;
  }
  errors.checkKeys("", options, OPTIONS, "an option of allowPullFrom");
  checkPrincipals(errors, options, context.accountId);
  const before = errors.list().length;
  checkPullChoice(errors, options, context.prefixes);
  if (errors.list().length === before) {
    checkCoverage(errors, options, context);
  }
}

/** The keys of the prefixes that options cover: those that are given, and those below them; without options, all. */
export function coveredKeys({ prefixes }: AllowPullOptions, known: readonly string[]): string[] {
  const given = prefixes?.map(withoutTrailingSlash);
  return given === undefined
    ? [...known]
    : known.filter((key) => given.some((prefix) => prefix === key || isUnder(prefix, key)));
}

/** The key of the prefix that applies to a path: the longest one; undefined if none does. */
export function keyOfPath(path: string, known: readonly string[]): string | undefined {
  const lengthOf = (key: string): number => (key === ROOT ? 0 : key.length);
  return known.filter((key) => isUnder(key, path)).sort((one, other) => lengthOf(other) - lengthOf(one))[0];
}

/** Adds the errors of settings of an upstream that other accounts may pull from; undefined without a template. */
export function checkPolicyTemplate(
  errors: ValidationErrors,
  settings: string,
  template: { readonly ownPolicy: string | undefined } | undefined,
): void {
  if (template === undefined) {
    errors.addBroken(`${settings}.creationTemplate`, ALLOW_PULL_RULES.templateOfCovered, false);
  } else {
    checkOwnPolicy(errors, `${settings}.repositoryPolicy`, template.ownPolicy);
  }
}

/** Adds an error unless statements can be added to a policy: its text is JSON, in which single values may be tokens. */
function checkOwnPolicy(errors: ValidationErrors, place: string, policy: string | undefined): void {
  if (policy === undefined) {
    return;
  }
  const document = parsedObject(policy);
  if (document === undefined) {
    errors.addBroken(place, ALLOW_PULL_RULES.parsedPolicy, policy);
    return;
  }
  const { Statement: given = [] } = document;
  const statements: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (!statements.every(isPlainObject)) {
    errors.addBroken(place, ALLOW_PULL_RULES.ownStatements, given);
  }
  for (const { Sid: sid } of statements.filter(isPlainObject) as readonly { readonly Sid?: unknown }[]) {
    if (typeof sid === "string" && ADDED_SID.test(sid)) {
      errors.addBroken(place, ALLOW_PULL_RULES.ownSids, sid);
    }
  }
}

function checkPrincipals(errors: ValidationErrors, options: AllowPullOptions, ownAccount: string | undefined): void {
  const { accountIds, organizationId, organizationalUnitPaths } = options;
  if (accountIds === undefined && organizationId === undefined && organizationalUnitPaths === undefined) {
    errors.addBroken("accountIds", ALLOW_PULL_RULES.principals, undefined);
  }
  if (accountIds !== undefined) {
    checkKnownList(errors, "accountIds", accountIds, ALLOW_PULL_RULES.accountIds, (place, accountId) => {
      if (checkIdentity(errors, place, accountId, ACCOUNT_ID) && accountId === ownAccount) {
        errors.addBroken(place, ALLOW_PULL_RULES.otherAccount, accountId);
      }
      return accountId;
    });
  }
  if (organizationId !== undefined) {
    checkIdentity(errors, "organizationId", organizationId, ORGANIZATION_ID);
  }
  if (organizationalUnitPaths !== undefined) {
    checkKnownList(
      errors,
      "organizationalUnitPaths",
      organizationalUnitPaths,
      { requirement: atLeastOne("list"), hint: ORGANIZATIONAL_UNIT_PATH.hint },
      (place, path) =>
        checkIdentity(errors, place, path, ORGANIZATIONAL_UNIT_PATH) ? withoutTrailingSlash(String(path)) : undefined,
    );
  }
}

/** Like `checkList`, with an error of its own for a list whose elements only Terraform knows. */
function checkKnownList(errors: ValidationErrors, prop: string, list: unknown, ...rest: ListCheck): void {
  if (Token.isUnresolved(list)) {
    errors.addBroken(prop, ALLOW_PULL_RULES.knownList, list);
  } else {
    errors.checkList(prop, list, ...rest);
  }
}

/**
 * Like `checkString`, and it also checks the text beside tokens and expressions. Conditions compare with patterns, and AWS
 * replaces policy variables: `*` and `${aws:PrincipalOrgID}` would allow every organization.
 */
function checkIdentity(errors: ValidationErrors, place: string, value: unknown, rule: Rule): boolean {
  if (typeof value === "string" && isUnresolved(value) && !IDENTITY_PART.test(textBesideExpressions(value))) {
    errors.addBroken(place, rule, value);
    return false;
  }
  return errors.checkString(place, value, rule);
}

/** Adds an error for each covered upstream without a template, and for each repository that no policy could cover. */
function checkCoverage(errors: ValidationErrors, options: AllowPullOptions, context: AllowPullContext): void {
  const covered = coveredKeys(options, context.prefixes);
  for (const key of covered) {
    if (!context.hasTemplate(key)) {
      errors.addBroken("prefixes", ALLOW_PULL_RULES.withTemplate, key);
    } else {
      checkOwnPolicy(errors, `repositoryPolicy of ${key}`, context.ownPolicy(key));
    }
  }
  const { existingRepositories } = options;
  if (existingRepositories === undefined) {
    return;
  }
  errors.checkList("existingRepositories", existingRepositories, ALLOW_PULL_RULES.existing, (place, path) => {
    if (typeof path !== "string" || isUnresolved(path)) {
      errors.addBroken(place, ALLOW_PULL_RULES.literalPath, path);
    } else if (errors.checkString(place, path, REPOSITORY_PATH, PULL_RULES.noTag.hint)) {
      if (!covered.includes(keyOfPath(path, context.prefixes) ?? "")) {
        errors.addBroken(place, ALLOW_PULL_RULES.coveredPath(covered), path);
      } else if (context.managed.has(path)) {
        errors.addBroken(place, ALLOW_PULL_RULES.managedOnce, path);
      }
    }
    return path;
  });
}
