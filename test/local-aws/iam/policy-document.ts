/**
 * The place of a policy: an identity of IAM, a resource, a repository of Amazon ECR, or the trust policy of a role. A
 * repository's policy applies to that repository, so its statements have no Resource.
 */
export type PolicyKind = "identity" | "resource" | "repository" | "trust";

interface KindRules {
  readonly hasPrincipal: boolean;
  readonly hasResource: boolean;
  readonly sid: RegExp;
  readonly action: RegExp;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
const ACTION = /^(?:\*|\*:\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/i;
// AWS documents the characters for IAM only. AWS's examples for repositories have spaces.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
const IAM_SID = /^[A-Za-z0-9]*$/;
const ANY_SID = /^[^]*$/;

const KINDS: { readonly [kind in PolicyKind]: KindRules } = {
  identity: { hasPrincipal: false, hasResource: true, sid: IAM_SID, action: ACTION },
  resource: { hasPrincipal: true, hasResource: true, sid: ANY_SID, action: ACTION },
  repository: { hasPrincipal: true, hasResource: false, sid: ANY_SID, action: ACTION },
  trust: { hasPrincipal: true, hasResource: false, sid: IAM_SID, action: /^sts:[A-Za-z*?]+$/i },
};

const POLICY_KEYS = ["Version", "Id", "Statement"];
const STATEMENT_KEYS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];
const VERSIONS = ["2012-10-17", "2008-10-17"];
const RESOURCE = /^(?:\*|arn:aws[a-z-]*:[^:]+:[^:]*:[^:]*:[^]+)$/;
const HOST_NAME = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;

// AWS refuses a wildcard in a part of a principal's ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
const PRINCIPALS: { readonly [type: string]: RegExp } = {
  AWS: /^(?:\*|\d{12}|arn:aws[a-z-]*:(?:iam|sts)::(?:\d{12}|cloudfront):(?:root|(?:user|role|assumed-role|federated-user)\/[^*?]+))$/,
  Service: HOST_NAME,
  Federated: /^(?:\*|[a-z0-9-]+(?:\.[a-z0-9-]+)+|arn:aws[a-z-]*:iam::\d{12}:(?:saml|oidc)-provider\/[^*?]+)$/,
  CanonicalUser: /^[0-9a-f]{64}$/,
};

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const COMPARISONS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];
const OPERATORS = new Set([
  ...["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"].map((x) => `String${x}`),
  ...COMPARISONS.flatMap((comparison) => [`Numeric${comparison}`, `Date${comparison}`]),
  ...["Equals", "NotEquals", "Like", "NotLike"].map((comparison) => `Arn${comparison}`),
  ...["Bool", "BinaryEquals", "IpAddress", "NotIpAddress"],
]);

type Json = { readonly [key: string]: unknown };

/**
 * Why a policy document is not of IAM's grammar; undefined where it is. Each service words its own error.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function whyMalformed(document: string, kind: PolicyKind): string | undefined {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    return "the document is not JSON";
  }
  const [reason] = isObject(policy) ? policyFaults(policy, KINDS[kind]) : ["the document is not an object"];
  return reason;
}

function* policyFaults(policy: Json, rules: KindRules): Generator<string> {
  yield* unknownKeys("the document", policy, POLICY_KEYS);
  const { Version: version, Id: id, Statement: statement } = policy;
  if (version !== undefined && !VERSIONS.includes(version as string)) {
    yield `Version must be ${VERSIONS.join(" or ")}`;
  }
  if (id !== undefined && typeof id !== "string") {
    yield "Id must be a string";
  }
  if (!isObject(statement) && !(Array.isArray(statement) && statement.length > 0)) {
    yield "Statement must be an object or a list that is not empty";
  }
  const sids = new Set<unknown>();
  for (const [index, item] of [statement].flat().entries()) {
    const path = `Statement[${index}]`;
    if (!isObject(item)) {
      yield `${path} must be an object`;
      continue;
    }
    yield* statementFaults(path, item, rules);
    const { Sid: sid } = item;
    if (sids.has(sid)) {
      yield `${path}.Sid must be unique, got "${String(sid)}" again`;
    }
    if (sid !== undefined && sid !== "") {
      sids.add(sid);
    }
  }
}

function* statementFaults(path: string, statement: Json, rules: KindRules): Generator<string> {
  yield* unknownKeys(path, statement, STATEMENT_KEYS);
  const { Sid: sid, Effect: effect, Condition: condition } = statement;
  if (sid !== undefined && !(typeof sid === "string" && rules.sid.test(sid))) {
    yield `${path}.Sid must be a string${rules.sid === IAM_SID ? " of letters and digits" : ""}`;
  }
  if (effect !== "Allow" && effect !== "Deny") {
    yield `${path}.Effect must be Allow or Deny`;
  }
  yield* eitherOf(path, statement, "Action", true);
  yield* eitherOf(path, statement, "Resource", rules.hasResource);
  yield* eitherOf(path, statement, "Principal", rules.hasPrincipal);
  for (const name of ["Action", "NotAction"]) {
    yield* textFaults(`${path}.${name}`, statement[name], rules.action);
  }
  for (const name of ["Resource", "NotResource"]) {
    yield* textFaults(`${path}.${name}`, statement[name], RESOURCE);
  }
  for (const name of ["Principal", "NotPrincipal"]) {
    yield* principalFaults(`${path}.${name}`, statement[name]);
  }
  yield* conditionFaults(`${path}.Condition`, condition);
}

function* unknownKeys(path: string, object: Json, known: readonly string[]): Generator<string> {
  for (const key of Object.keys(object).filter((name) => !known.includes(name))) {
    yield `${path} has an unknown element ${key}`;
  }
}

/** An element has a negated form. A kind of policy needs exactly one of the two, or refuses both. */
function* eitherOf(path: string, statement: Json, name: string, isWanted: boolean): Generator<string> {
  const names = [name, `Not${name}`];
  const given = names.filter((element) => statement[element] !== undefined);
  if (isWanted && given.length !== 1) {
    yield `${path} must have exactly one of ${names.join(" and ")}`;
  }
  if (!isWanted && given.length > 0) {
    yield `${path} must not have ${given[0] ?? name}`;
  }
}

function* textFaults(path: string, value: unknown, pattern: RegExp): Generator<string> {
  if (value === undefined) {
    return;
  }
  const items: unknown[] = [value].flat();
  if (items.length === 0) {
    yield `${path} must not be empty`;
  }
  for (const item of items) {
    if (typeof item !== "string" || !pattern.test(item)) {
      yield `${path} cannot be ${JSON.stringify(item)}`;
    }
  }
}

function* principalFaults(path: string, principal: unknown): Generator<string> {
  if (principal === undefined || principal === "*") {
    return;
  }
  if (!isObject(principal) || Object.keys(principal).length === 0) {
    yield `${path} must be * or an object that is not empty`;
    return;
  }
  yield* unknownKeys(path, principal, Object.keys(PRINCIPALS));
  for (const [type, pattern] of Object.entries(PRINCIPALS)) {
    yield* textFaults(`${path}.${type}`, principal[type], pattern);
  }
}

function* conditionFaults(path: string, condition: unknown): Generator<string> {
  if (condition === undefined) {
    return;
  }
  if (!isObject(condition)) {
    yield `${path} must be an object`;
    return;
  }
  for (const [operator, keys] of Object.entries(condition)) {
    // Null tests whether a key exists, so AWS has no NullIfExists.
    const known = operator.replace(/^For(?:AllValues|AnyValue):/, "").replace(/IfExists$/, "");
    if (!(OPERATORS.has(known) || /^(?:For(?:AllValues|AnyValue):)?Null$/.test(operator))) {
      yield `${path} has an unknown operator ${operator}`;
    }
    if (!isObject(keys)) {
      yield `${path}.${operator} must be an object`;
      continue;
    }
    for (const [key, values] of Object.entries(keys)) {
      if (![values].flat().every((value) => ["string", "number", "boolean"].includes(typeof value))) {
        yield `${path}.${operator}.${key} must be a value or a list of values`;
      }
    }
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
