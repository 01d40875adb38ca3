import { SIGN_IN, createTaggedStatement, createStatement, readStatement } from "../../src/cache/policy-statements";
import type { Template } from "./answers";
import { AwsRefusal } from "./aws-cli";
import type { AwsCli, CliOptions } from "./aws-cli";
import { evaluatePolicy, principalOf } from "./policy";
import { findRole, simulate } from "./roles";
import type { Decision } from "./roles";
import { ALLOW_SIGN_IN, PULL_PERMISSIONS, cause, ok, unchecked } from "./step";
import type { Cause, Remark } from "./step";

/** What a client does in a registry. */
export interface Access {
  readonly accountId: string;
  readonly repository: string;
  readonly repositoryArn: string;
  /** Whether ECR has the image, so that the pull does not need the upstream. */
  readonly isCached: boolean;
  /** Whether the pull creates the repository. */
  readonly isNew: boolean;
  readonly template: Template | undefined;
}

/** A policy of the registry or of a repository; undefined if there is none. */
interface ResourcePolicy {
  readonly name: string;
  readonly document: string | undefined;
  /** The permission that the caller of the command lacks to read it. */
  readonly missing?: string;
}

const NO_TOKEN: Cause = "no basic auth credentials";
const SOLUTION = `grant the permission to pull: ${PULL_PERMISSIONS}`;

// The ARN of a session lacks the path of its role.
const SESSION = /^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)/;

/**
 * The user or role to simulate for an ARN; undefined for one that IAM does not simulate, and for a session of a role that
 * does not exist.
 */
export async function principalArnOf(cli: AwsCli, arn: string): Promise<string | undefined> {
  if (/^arn:[^:]+:iam::\d+:(role|user)\//.test(arn)) {
    return arn;
  }
  const [, , , name] = SESSION.exec(arn) ?? [];
  return name === undefined ? undefined : (await findRole(cli, name))?.Arn;
}

/** The solution where the caller may not look up the role of a session. */
export function giveRole(arn: string): string {
  const [, start, accountId, name] = SESSION.exec(arn) ?? [];
  return `give the ARN of the role, with its path if it has one: --role ${start}:iam::${accountId}:role/${name}`;
}

/** Whether a user or a role may do what a pull does. */
export async function permissionRemarks(cli: AwsCli, principal: string, access: Access): Promise<Remark[]> {
  const pull = pullActions(access);
  const [signIn, decisions, policies] = await Promise.all([
    simulate(cli, principal, [SIGN_IN.Action].flat(), "*"),
    simulate(cli, principal, pull, access.repositoryArn),
    resourcePolicies(cli, access),
  ]);
  const missing = new Map<string, { readonly refusal: Refusal; readonly actions: string[] }>();
  const remarks: Remark[] = [];
  const judge = (action: string, decision: Decision, applied: readonly ResourcePolicy[]): void => {
    const judged = judgement(action, decision, applied, principal, access);
    if (judged.kind === "unknown") {
      remarks.push(unchecked(`whether ${principal} may ${action}: ${judged.why}`));
    } else if (judged.kind === "refused") {
      const { why, remedy } = judged;
      const key = JSON.stringify([why, remedy]);
      missing.set(key, { refusal: judged, actions: [...(missing.get(key)?.actions ?? []), action] });
    }
  };
  signIn.forEach((decision, action) => judge(action, decision, []));
  decisions.forEach((decision, action) => judge(action, decision, policies));
  const refused = [...missing.values()].flatMap(({ refusal, actions }) =>
    byCause(actions).map(([heading, its]) => ({ refusal, heading, its })),
  );
  remarks.push(
    ...refused.map(({ refusal, heading, its }) => {
      const resource = heading === NO_TOKEN ? "*" : access.repository;
      const detail = `${principal} may not ${its.join(", ")} on ${resource}: ${refusal.why}`;
      return cause(heading, detail, solutionOf(refusal, heading, its));
    }),
  );
  return remarks.length > 0 ? remarks : [ok(`${principal} may pull ${access.repository}`)];
}

function pullActions({ isCached, isNew, template }: Access): string[] {
  const create = (template?.resourceTags ?? []).length > 0 ? createTaggedStatement : createStatement;
  const { Action } = isCached ? readStatement("*") : create("*");
  return [Action].flat().filter((action) => isNew || !CREATES.includes(action));
}

const CREATES = ["ecr:CreateRepository", "ecr:TagResource"];

function solutionOf({ remedy }: Refusal, heading: Cause, actions: readonly string[]): string {
  switch (remedy?.kind) {
    case "undeny":
      return `remove the Deny of ${actions.join(", ")} from ${remedy.policy}`;
    case "allow":
      return `allow ${actions.join(", ")} in ${remedy.policy}`;
    default:
      return heading === NO_TOKEN ? ALLOW_SIGN_IN : SOLUTION;
  }
}

/** The headings for actions that a client may not do. */
function byCause(actions: readonly string[]): [Cause, string[]][] {
  const headings: [Cause, RegExp][] = [
    [NO_TOKEN, /GetAuthorizationToken/],
    ["not found on the first pull", /CreateRepository|TagResource|BatchImportUpstreamImage/],
    ["403 Forbidden", /BatchGetImage|GetDownloadUrlForLayer|BatchCheckLayerAvailability/],
  ];
  return headings
    .map(([heading, pattern]): [Cause, string[]] => [heading, actions.filter((action) => pattern.test(action))])
    .filter(([, its]) => its.length > 0);
}

/** Why a client may not do something. */
interface Refusal {
  readonly kind: "refused";
  readonly why: string;
  /** The policy to change. @default - none yet: the permission is to be granted */
  readonly remedy?: { readonly kind: "undeny" | "allow"; readonly policy: string };
}

type Judgement = { readonly kind: "granted" } | { readonly kind: "unknown"; readonly why: string } | Refusal;

/**
 * In one account an identity-based policy or a policy of the resource allows an action, and none may deny it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
function judgement(
  action: string,
  decision: Decision,
  policies: readonly ResourcePolicy[],
  principal: string,
  { accountId, repositoryArn }: Access,
): Judgement {
  if (decision.kind === "denied") {
    const { by, isExplicit } = decision;
    return isExplicit
      ? { kind: "refused", why: `${by} denies it`, remedy: { kind: "undeny", policy: by } }
      : { kind: "refused", why: `${by} denies or does not allow it`, remedy: { kind: "allow", policy: by } };
  }
  const isCalledBy = principalOf(accountId, principal);
  const ask = { action, resource: repositoryArn, context: {} };
  const verdicts = policies.flatMap(({ name, document }) =>
    document === undefined
      ? []
      : [
          {
            name,
            denies: evaluatePolicy(document, { ...ask, isCalledBy }),
            // A policy that names the account leaves the permission to the policies of its users and roles.
            allows: evaluatePolicy(document, { ...ask, isCalledBy: (who) => !isAccount(who) && isCalledBy(who) }),
          },
        ],
  );
  const denying = verdicts.find(({ denies }) => denies.kind === "denied");
  if (denying !== undefined) {
    return {
      kind: "refused",
      why: `${denying.name} denies it`,
      remedy: { kind: "undeny", policy: denying.name },
    };
  }
  // AWS's pages disagree on this action; those that require it do so in an identity-based policy.
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
  const granting = action === "ecr:TagResource" ? [] : verdicts;
  if (decision.kind === "allowed" || granting.some(({ allows }) => allows.kind === "allowed")) {
    return { kind: "granted" };
  }
  const unknowns = granting.flatMap(({ allows }) => (allows.kind === "unknown" ? allows.unknowns : []));
  const keys = [...(decision.kind === "unknown" ? decision.keys : []), ...unknowns];
  if (keys.length > 0) {
    return { kind: "unknown", why: `it depends on ${[...new Set(keys)].join(", ")}` };
  }
  const hidden = policies.find(({ missing }) => missing !== undefined);
  return hidden === undefined
    ? { kind: "refused", why: "no policy allows it" }
    : { kind: "unknown", why: `only ${hidden.name} could allow it, and your credentials lack ${hidden.missing}` };
}

function isAccount(principal: string): boolean {
  return /^\d{12}$|:root$/.test(principal);
}

async function resourcePolicies(cli: AwsCli, access: Access): Promise<ResourcePolicy[]> {
  const { isNew, repository, template } = access;
  return Promise.all([
    policy(cli, "the policy of the registry", "get-registry-policy", {}),
    isNew
      ? { name: "the policy of the repository", document: template?.repositoryPolicy || undefined }
      : policy(cli, "the policy of the repository", "get-repository-policy", { "repository-name": repository }),
  ]);
}

async function policy(cli: AwsCli, name: string, operation: string, options: CliOptions): Promise<ResourcePolicy> {
  try {
    const { policyText } = await cli.call<{ readonly policyText: string }>("ecr", operation, options);
    return { name, document: policyText };
  } catch (error) {
    if (error instanceof AwsRefusal && /NotFoundException$/.test(error.code)) {
      return { name, document: undefined };
    }
    if (error instanceof AwsRefusal && error.isDenied) {
      return { name, document: undefined, missing: error.action };
    }
    throw error;
  }
}
