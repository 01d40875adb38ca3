/** True, false, or undefined if what is known of a request does not decide it. */
export type Match = boolean | undefined;

/** The value of a condition key: known, or known only to match no value or pattern of some kind. */
export type ContextValue = string | { readonly isNot: (wanted: string) => boolean };

/** A request that policies are asked about. */
export interface PolicyRequest {
  /** Like `ecr:BatchGetImage`. */
  readonly action: string;
  /** An ARN, or `*` for an action without resources. */
  readonly resource: string;
  /** Whether an AWS principal of a policy, an ARN or the ID of an account, stands for the caller. */
  readonly isCalledBy: (principal: string) => Match;
  /** What is known of the condition keys, by their names in lower case. */
  readonly context: { readonly [key: string]: ContextValue };
}

/** What one policy says of a request. */
export type Verdict =
  | { readonly kind: "allowed" | "denied" | "not-allowed" }
  /** It depends on these elements and condition keys. */
  | { readonly kind: "unknown"; readonly unknowns: readonly string[] };

type Texts = string | readonly string[];

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | { readonly [type: string]: Texts };
  readonly NotPrincipal?: "*" | { readonly [type: string]: Texts };
  readonly Action?: Texts;
  readonly NotAction?: Texts;
  readonly Resource?: Texts;
  readonly NotResource?: Texts;
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: unknown } };
}

/** A part of a statement and whether it applies to a request. */
interface Part {
  readonly name: string;
  readonly match: Match;
}

const ARN_PARTS = 6;

/**
 * Evaluates one policy of a resource or an endpoint. It decides nothing that it does not know: a condition on an
 * unknown value makes the verdict unknown, unless another statement decides.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluatePolicy(document: string, request: PolicyRequest): Verdict {
  const { Statement: given } = JSON.parse(document) as { readonly Statement: Statement | readonly Statement[] };
  const judged = [given].flat().map((statement) => {
    const parts = partsOf(statement, request);
    return { effect: statement.Effect, parts, match: all(parts.map(({ match }) => match)) };
  });
  const [denies, allows] = (["Deny", "Allow"] as const).map((effect) =>
    judged.filter((item) => item.effect === effect),
  );
  const [denied, allowed] = [denies, allows].map((items = []) => any(items.map(({ match }) => match)));
  if (denied === true) {
    return { kind: "denied" };
  }
  if (allowed === false) {
    return { kind: "not-allowed" };
  }
  if (allowed === true && denied === false) {
    return { kind: "allowed" };
  }
  const undecided = judged.filter(({ match }) => match === undefined).flatMap(({ parts }) => parts);
  const unknowns = undecided.filter(({ match }) => match === undefined).map(({ name }) => name);
  return { kind: "unknown", unknowns: [...new Set(unknowns)] };
}

/** Whether a principal of a policy stands for a caller, whose ARN may be unknown. */
export function principalOf(accountId: string, arn?: string): PolicyRequest["isCalledBy"] {
  return (principal) => {
    if (principal === accountId || new RegExp(`^arn:[^:]+:iam::${accountId}:root$`).test(principal)) {
      return true;
    }
    if (arn === undefined) {
      return principal.includes(`::${accountId}:`) ? undefined : false;
    }
    const [role, own] = [roleIn(principal), roleIn(arn)];
    if (principal === arn || role === undefined || role.isSession === own?.isSession) {
      return principal === arn;
    }
    if (own === undefined || role.name !== own.name || role.accountId !== own.accountId) {
      return false;
    }
    // A role stands for its sessions. Which session a role will have is not known.
    return own.isSession ? true : undefined;
  };
}

interface Role {
  readonly accountId: string | undefined;
  readonly name: string | undefined;
  readonly isSession: boolean;
}

/** The role that an ARN names, by itself or by a session. */
function roleIn(arn: string): Role | undefined {
  const [, accountId, name] = /:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  const [, sessionAccountId, sessionName] = /:sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  const isSession = sessionName !== undefined;
  return name === undefined && !isSession
    ? undefined
    : { accountId: accountId ?? sessionAccountId, name: name ?? sessionName, isSession };
}

function partsOf(statement: Statement, request: PolicyRequest): Part[] {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const inAny = (patterns: Texts, matches: (pattern: string) => Match): Match => any([patterns].flat().map(matches));
  const action = (pattern: string): Match => like(pattern.toLowerCase(), request.action.toLowerCase());
  const resource = (pattern: string): Match => likeArn(pattern, request.resource);
  // Identity-based policies have no principal, and policies of repositories have no resource.
  return [
    { name: "Principal", match: Principal === undefined ? true : isPrincipal(Principal, request) },
    { name: "NotPrincipal", match: NotPrincipal === undefined ? true : not(isPrincipal(NotPrincipal, request)) },
    { name: "Action", match: Action === undefined ? true : inAny(Action, action) },
    { name: "NotAction", match: NotAction === undefined ? true : not(inAny(NotAction, action)) },
    { name: "Resource", match: Resource === undefined ? true : inAny(Resource, resource) },
    { name: "NotResource", match: NotResource === undefined ? true : not(inAny(NotResource, resource)) },
    ...Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ name: key, match: isMet(operator, key, values, request) })),
    ),
  ];
}

function isPrincipal(principal: "*" | { readonly [type: string]: Texts }, { isCalledBy }: PolicyRequest): Match {
  const named = principal === "*" ? ["*"] : [principal["AWS"] ?? []].flat();
  return any(named.map((name) => (name === "*" ? true : isCalledBy(name))));
}

/** Whether a condition is met. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
function isMet(operator: string, key: string, values: unknown, { context }: PolicyRequest): Match {
  const value = context[key.toLowerCase()];
  const wanted = [values].flat().map(String);
  const [, negation, comparison = ""] =
    /^(?:string|arn)(not)?(equals|equalsignorecase|like)(?:ifexists)?$/i.exec(operator) ?? [];
  const isArn = /^arn/i.test(operator);
  if (value === undefined) {
    return undefined;
  }
  if (/^null$/i.test(operator)) {
    return any(wanted.map((text) => text.toLowerCase() === "false"));
  }
  if (/^bool(ifexists)?$/i.test(operator)) {
    return any(wanted.map((text) => compared(value, text, "equalsignorecase", false)));
  }
  if (comparison === "") {
    return undefined;
  }
  const met = any(wanted.map((text) => compared(value, text, isArn ? "like" : comparison.toLowerCase(), isArn)));
  return negation === undefined ? met : not(met);
}

function compared(value: ContextValue, wanted: string, comparison: string, isArn: boolean): Match {
  if (wanted.includes("${")) {
    return undefined;
  }
  if (typeof value !== "string") {
    const isAnything = comparison === "like" && /^\*+$/.test(wanted);
    return isAnything || (value.isNot(wanted) ? false : undefined);
  }
  if (comparison === "like") {
    return isArn ? likeArn(wanted, value) : like(wanted, value);
  }
  return comparison === "equals" ? wanted === value : wanted.toLowerCase() === value.toLowerCase();
}

/** Whether a pattern of ARNs matches: a wildcard stays within its part of the ARN, but for the last part. */
function likeArn(pattern: string, arn: string): Match {
  if (/^\*+$/.test(pattern)) {
    return true;
  }
  if (pattern.includes("${")) {
    return undefined;
  }
  const [patterns, parts] = [pattern, arn].map((text) => {
    const split = text.split(":");
    return [
      ...split.slice(0, ARN_PARTS - 1),
      ...(split.length < ARN_PARTS ? [] : [split.slice(ARN_PARTS - 1).join(":")]),
    ];
  }) as [string[], string[]];
  if (parts.length < ARN_PARTS || (patterns.length < ARN_PARTS && !pattern.includes("*"))) {
    return false;
  }
  return parts.every((part, index) => like(patterns[index] ?? "*", part));
}

function like(pattern: string, text: string): boolean {
  const expression = pattern.replace(/[\\^$.*+?()[\]{}|]/g, (character) =>
    character === "*" ? ".*" : character === "?" ? "." : `\\${character}`,
  );
  return new RegExp(`^${expression}$`, "s").test(text);
}

function any(matches: readonly Match[]): Match {
  return matches.includes(true) ? true : matches.includes(undefined) ? undefined : false;
}

function all(matches: readonly Match[]): Match {
  return matches.includes(false) ? false : matches.includes(undefined) ? undefined : true;
}

function not(match: Match): Match {
  return match === undefined ? undefined : !match;
}
