import { ACCOUNT_ID } from "../aws/partitions";
import { literalJson, parsedObject } from "../aws/policy-document";
import type { KnownLocation } from "../aws/registry";
import { accountOfCache } from "../cache/caches-beside";
import { PullThroughCache } from "../cache/pull-through-cache";
import { IS_CACHE } from "../cache/rules";
import { isUnresolved, literalPrefix } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import { Redacted } from "../validation/redaction";
import type { AllKeys } from "../validation/rule";
import { keyShown } from "../validation/secret-patterns";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkCallersNamed, checkCondition } from "./condition-checks";
import { checkExisting } from "./existing-checks";
import type { RegistryPolicyProps, ReplicationSourceOptions } from "./registry-policy-props";
import {
  ECR_ACTION,
  PRINCIPAL,
  REGISTRY_POLICY_METHOD_RULES,
  REGISTRY_POLICY_RULES,
  REPLICATION_PREFIX,
  REPOSITORY_ARN,
  SERVICE_PRINCIPAL,
  SID,
  STATEMENT_ELEMENTS,
  existingPolicyHint,
  inPartition,
  inRegistry,
  notWith,
} from "./rules";

const PROPS = Object.keys({
  existing: true,
  ownedElsewhere: true,
  forget: true,
  provider: true,
  region: true,
  accountId: true,
  partition: true,
} satisfies AllKeys<RegistryPolicyProps>);

const SOURCE_OPTIONS = Object.keys({
  accountIds: true,
  repositoryPrefixes: true,
} satisfies AllKeys<ReplicationSourceOptions>);

/** A statement as the caller wrote it, whose policy variables are escaped for Terraform. */
export interface GivenStatement {
  readonly Sid?: unknown;
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/** Adds the errors in the props of a registry policy, except those that locate the registry. */
export function checkRegistryPolicyProps(
  errors: ValidationErrors,
  props: RegistryPolicyProps,
  { region = "<region>" }: KnownLocation,
): void {
  errors.checkKeys("", props, PROPS, "a property of RegistryPolicy");
  const { existing, ownedElsewhere, forget } = props;
  errors.checkBoolean("ownedElsewhere", ownedElsewhere, "leave it out for false");
  if (ownedElsewhere === true) {
    for (const [prop, value] of Object.entries({ existing, forget: forget === false ? undefined : forget })) {
      if (value !== undefined) {
        errors.addBroken(prop, notWith("ownedElsewhere"), value);
      }
    }
    return;
  }
  checkExisting(errors, props, existingPolicyHint(region, "ExistingSettings."));
}

/** The statements of a policy of the caller. Adds the errors in them. */
export function givenStatements(
  errors: ValidationErrors,
  prop: string,
  json: unknown,
  location: KnownLocation,
): GivenStatement[] {
  errors.checkDocument(prop, json);
  const policy = typeof json === "string" ? parsedObject(literalJson(json)) : undefined;
  if (policy === undefined && isUnresolved(json)) {
    errors.addBroken(prop, REGISTRY_POLICY_RULES.known, json);
    return [];
  }
  if (typeof json === "string" && json.includes("#{TfToken[")) {
    errors.addBroken(prop, REGISTRY_POLICY_RULES.listToken, Redacted.of(json));
    return [];
  }
  const { Statement: given, Version: version } = policy ?? {};
  const statements: readonly unknown[] = given === undefined ? [] : [given].flat();
  if (statements.length === 0 || !statements.every(isPlainObject)) {
    errors.addBroken(prop, REGISTRY_POLICY_RULES.document, typeof json === "string" ? Redacted.of(json) : json);
    return [];
  }
  if (version !== undefined && version !== "2012-10-17") {
    errors.addBroken(`${prop}.Version`, REGISTRY_POLICY_RULES.version, version);
  }
  statements.forEach((statement, index) => checkStatement(errors, `${prop}.Statement[${index}]`, statement, location));
  return [...statements];
}

function checkStatement(
  errors: ValidationErrors,
  place: string,
  statement: GivenStatement,
  location: KnownLocation,
): void {
  const others = Object.keys(statement).filter((key) => !(STATEMENT_ELEMENTS as readonly string[]).includes(key));
  if (others.length > 0) {
    errors.addBroken(place, REGISTRY_POLICY_RULES.elements, others.map(keyShown));
  }
  const { Sid, Effect, Action, Resource, Condition } = statement;
  errors.checkString(`${place}.Sid`, Sid, SID);
  if (Effect !== "Allow" && Effect !== "Deny") {
    errors.addBroken(`${place}.Effect`, REGISTRY_POLICY_RULES.effect, Effect);
  }
  checkPrincipal(errors, place, statement, location);
  checkTexts(errors, `${place}.Action`, Action, (at, action) => errors.checkString(at, action, ECR_ACTION));
  checkTexts(errors, `${place}.Resource`, Resource, (at, arn) => checkResource(errors, at, arn, location));
  checkCondition(errors, `${place}.Condition`, Condition);
}

function checkPrincipal(
  errors: ValidationErrors,
  place: string,
  { Principal: given, Effect, Condition }: GivenStatement,
  location: KnownLocation,
): void {
  const principals = isPlainObject(given) ? given : {};
  const { AWS: aws, Service: service } = principals as { readonly AWS?: unknown; readonly Service?: unknown };
  const kinds = Object.keys(principals);
  const isObject = kinds.length > 0 && kinds.every((kind) => kind === "AWS" || kind === "Service");
  if (given !== "*" && !isObject) {
    errors.addBroken(`${place}.Principal`, REGISTRY_POLICY_RULES.principal, given);
    return;
  }
  if (aws !== undefined) {
    checkTexts(errors, `${place}.Principal.AWS`, aws, (at, principal) => {
      if (errors.checkString(at, principal, PRINCIPAL) && location.partition !== undefined) {
        const [, partition = location.partition] = literalParts(principal);
        if (partition !== location.partition) {
          errors.addBroken(at, inPartition(location.partition), principal);
        }
      }
    });
  }
  if (service !== undefined) {
    checkTexts(errors, `${place}.Principal.Service`, service, (at, name) =>
      errors.checkString(at, name, SERVICE_PRINCIPAL),
    );
  }
  const isAnybody = given === "*" || [aws].flat().includes("*");
  if (Effect === "Allow" && isAnybody) {
    checkCallersNamed(errors, place, Condition);
  }
}

function checkResource(errors: ValidationErrors, place: string, arn: unknown, location: KnownLocation): void {
  if (arn === "*" || !errors.checkString(place, arn, REPOSITORY_ARN)) {
    return;
  }
  const { partition, region, accountId } = location;
  const expected = ["arn", partition, "ecr", region, accountId];
  const actual = literalParts(arn);
  if (expected.some((part, index) => part !== undefined && actual[index] !== undefined && actual[index] !== part)) {
    const requirement = inRegistry(partition ?? "<partition>", region ?? "<region>", accountId ?? "<account>");
    errors.addBroken(place, requirement, arn);
  }
}

/** The parts of an ARN that are literals. */
function literalParts(arn: unknown): string[] {
  const parts = literalPrefix(arn).split(":");
  return isUnresolved(arn) ? parts.slice(0, -1) : parts;
}

/** Checks each text of an element that is one text or a list; adds an error if it is neither. */
function checkTexts(
  errors: ValidationErrors,
  place: string,
  value: unknown,
  check: (place: string, text: unknown) => unknown,
): void {
  if (typeof value === "string") {
    check(place, value);
  } else if (Array.isArray(value) && value.length > 0) {
    value.forEach((text: unknown, index) => check(`${place}[${index}]`, text));
  } else {
    errors.addBroken(place, REGISTRY_POLICY_RULES.texts, value);
  }
}

/** Adds the errors of the accounts that may replicate images. */
export function checkReplicationSource(
  errors: ValidationErrors,
  options: ReplicationSourceOptions,
  { accountId: own }: KnownLocation,
): void {
  if (!isPlainObject(options)) {
    errors.addBroken("options", REGISTRY_POLICY_METHOD_RULES.options, options);
    return;
  }
  errors.checkKeys("", options, SOURCE_OPTIONS, "an option of allowReplicationFrom");
  const { accountIds, repositoryPrefixes } = options;
  errors.checkStrings("accountIds", accountIds, ACCOUNT_ID);
  if (own !== undefined && Array.isArray(accountIds) && accountIds.includes(own)) {
    errors.addBroken(`accountIds[${accountIds.indexOf(own)}]`, REGISTRY_POLICY_RULES.otherAccount, own);
  }
  if (repositoryPrefixes !== undefined) {
    errors.checkStrings("repositoryPrefixes", repositoryPrefixes, REPLICATION_PREFIX);
  }
}

/** Adds the errors of a cache that reads the registry as an upstream, except that it does not. */
export function checkUpstreamOf(errors: ValidationErrors, cache: PullThroughCache, location: KnownLocation): void {
  const { accountId, region } = location;
  for (const [prop, value] of Object.entries({ accountId, region })) {
    if (value === undefined) {
      errors.addBroken(prop, REGISTRY_POLICY_METHOD_RULES.knownRegistry, "none");
    }
  }
  if (!PullThroughCache.isPullThroughCache(cache)) {
    errors.addBroken("cache", IS_CACHE, cache);
    return;
  }
  const reader = accountOfCache(cache);
  if (reader === undefined) {
    errors.addBroken("cache", REGISTRY_POLICY_METHOD_RULES.knownCache, cache.node.path);
  } else if (reader === accountId) {
    errors.addBroken("cache.accountId", REGISTRY_POLICY_RULES.otherAccount, reader);
  }
}
