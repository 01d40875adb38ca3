import { SIGN_IN, createTaggedStatement, createStatement, readStatement } from "../../src/cache/policy-statements";
import type { Template } from "./answers";
import { AwsRefusal } from "./aws-cli";
import type { AwsCli, CliOptions } from "./aws-cli";
import { evaluatePolicy, principalOf } from "./policy";
import { findRole, simulate } from "./roles";
import type { Decision } from "./roles";
import { PULL_PERMISSIONS, cause, ok, unchecked } from "./step";
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

const SOLUTION = `grant the permission to pull: ${PULL_PERMISSIONS}`;

/** The user or role to simulate for a caller; undefined for one that IAM does not simulate. */
export async function principalOfCaller(cli: AwsCli, callerArn: string): Promise<string | undefined> {
  const [, kind, name] = /^arn:[^:]+:(?:sts|iam)::\d+:([a-z-]+)(?:\/([^/]+))?/.exec(callerArn) ?? [];
  if (kind === "user") {
    return callerArn;
  }
  // The ARN of a session lacks the path of its role.
  return kind === "assumed-role" && name !== undefined ? (await findRole(cli, name))?.Arn : undefined;
}

/** Whether a user or a role may do what a pull does. */
export async function permissionRemarks(cli: AwsCli, principal: string, access: Access): Promise<Remark[]> {
  const pull = pullActions(access);
  const [signIn, decisions, policies] = await Promise.all([
    simulate(cli, principal, [SIGN_IN.Action].flat(), "*"),
    simulate(cli, principal, pull, access.repositoryArn),
    resourcePolicies(cli, access),
  ]);
  const missing = new Map<string, string[]>();
  const remarks: Remark[] = [];
  const judge = (action: string, decision: Decision, applied: readonly ResourcePolicy[]): void => {
    const judged = judgement(action, decision, applied, principal, access);
    if (judged.kind === "unknown") {
      remarks.push(unchecked(`whether ${principal} may ${action}: ${judged.why}`));
    } else if (judged.kind === "refused") {
      missing.set(judged.why, [...(missing.get(judged.why) ?? []), action]);
    }
  };
  signIn.forEach((decision, action) => judge(action, decision, []));
  decisions.forEach((decision, action) => judge(action, decision, policies));
  const refused = [...missing].flatMap(([why, actions]) =>
    byCause(actions).map(([heading, its]) => ({ why, heading, its })),
  );
  remarks.push(
    ...refused.map(({ why, heading, its }) =>
      cause(heading, `${principal} may not ${its.join(", ")} on ${access.repository}: ${why}`, SOLUTION),
    ),
  );
  return remarks.length > 0 ? remarks : [ok(`${principal} may pull ${access.repository}`)];
}

function pullActions({ isCached, isNew, template }: Access): string[] {
  const create = (template?.resourceTags ?? []).length > 0 ? createTaggedStatement : createStatement;
  const { Action } = isCached ? readStatement("*") : create("*");
  return [Action].flat().filter((action) => isNew || !CREATES.includes(action));
}

const CREATES = ["ecr:CreateRepository", "ecr:TagResource"];

/** The headings for actions that a client may not do. */
function byCause(actions: readonly string[]): [Cause, string[]][] {
  const headings: [Cause, RegExp][] = [
    ["no basic auth credentials", /GetAuthorizationToken/],
    ["not found on the first pull", /CreateRepository|TagResource|BatchImportUpstreamImage/],
    ["403 Forbidden", /BatchGetImage|GetDownloadUrlForLayer|BatchCheckLayerAvailability/],
  ];
  return headings
    .map(([heading, pattern]): [Cause, string[]] => [heading, actions.filter((action) => pattern.test(action))])
    .filter(([, its]) => its.length > 0);
}

type Judgement = { readonly kind: "granted" } | { readonly kind: "refused" | "unknown"; readonly why: string };

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
    return { kind: "refused", why: `${decision.by} denies or does not allow it` };
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
    return { kind: "refused", why: `${denying.name} denies it` };
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
