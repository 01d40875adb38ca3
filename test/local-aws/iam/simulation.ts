import { optionalList, text } from "../service";
import type { Fields } from "../service";
import { evaluate } from "./policy-evaluation";
import type { Verdict } from "./policy-evaluation";

/** A user or a role that is simulated. */
export interface Principal {
  readonly arn: string;
  readonly identityPolicies: readonly { readonly name: string; readonly policy: Fields }[];
  /** @default - none */
  readonly boundary?: Fields;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html */
const DECISIONS: { readonly [verdict in Verdict]: string } = {
  Allowed: "allowed",
  ExplicitlyDenied: "explicitDeny",
  ImplicitlyDenied: "implicitDeny",
};

/**
 * Whether a principal may do things. A key has the policy that AWS gives it by default, and no other resource has a
 * policy: IAM simulates policies of resources for users only.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function simulated(input: Fields, principal: Principal): Promise<Fields> {
  text(input, "PolicySourceArn");
  const resources = optionalList<string>(input, "ResourceArns") ?? ["*"];
  const requests = (optionalList<string>(input, "ActionNames") ?? []).flatMap((action) =>
    resources.map((resource) => ({ action, resource })),
  );
  const results = await Promise.all(requests.map(({ action, resource }) => result(action, resource, principal)));
  return { EvaluationResults: results, IsTruncated: false };
}

async function result(action: string, resource: string, principal: Principal): Promise<Fields> {
  const { arn, boundary } = principal;
  const identityPolicies = principal.identityPolicies.map(({ policy }) => policy);
  const [, , , , accountId = ""] = arn.split(":");
  const verdict = await evaluate({
    principalArn: arn,
    action,
    resource,
    accountId,
    identityPolicies,
    boundary,
    resourcePolicy: action.startsWith("kms:") ? delegatingTo(accountId) : undefined,
  });
  const missing = [...new Set(identityPolicies.flatMap((policy) => conditionKeys(policy, action)))];
  const boundaryDetail =
    verdict.boundary === undefined
      ? {}
      : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: verdict.boundary === "Allowed" } };
  const decision = DECISIONS[verdict.overall];
  const matched = decision === "explicitDeny" ? await denying(action, resource, principal) : [];
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: decision,
    MatchedStatements: matched,
    ...boundaryDetail,
    // The keys are beside the resource, unless it is any.
    ...(resource === "*"
      ? { MissingContextValues: missing }
      : {
          ResourceSpecificResults: [
            {
              EvalResourceName: resource,
              EvalResourceDecision: decision,
              MatchedStatements: matched,
              MissingContextValues: missing,
            },
          ],
        }),
  };
}

/** The policies that deny an action, by their names. Where one denies, IAM names no others. */
async function denying(action: string, resource: string, { arn, identityPolicies }: Principal): Promise<Fields[]> {
  const [, , , , accountId = ""] = arn.split(":");
  const judged = await Promise.all(
    identityPolicies.map(async ({ name, policy }) => {
      const { identity } = await evaluate({
        principalArn: arn,
        action,
        resource,
        accountId,
        identityPolicies: [policy],
      });
      return identity === "ExplicitlyDenied" ? [{ SourcePolicyId: name }] : [];
    }),
  );
  return judged.flat();
}

function delegatingTo(accountId: string): object {
  const statement = {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

interface Statement {
  readonly Action?: string | readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: unknown } };
}

/** The keys in the conditions of the statements about an action. */
function conditionKeys({ Statement: statements }: Fields, action: string): string[] {
  return [statements as Statement | Statement[]]
    .flat()
    .filter(({ Action = [] }) => [Action].flat().some((pattern) => pattern === "*" || pattern === action))
    .flatMap(({ Condition = {} }) => Object.values(Condition).flatMap((keys) => Object.keys(keys)));
}
