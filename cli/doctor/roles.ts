import { AwsRefusal } from "./aws-cli";
import type { AwsCli } from "./aws-cli";

interface TrustPolicy {
  readonly Statement: TrustStatement | readonly TrustStatement[];
}

interface TrustStatement {
  readonly Effect: string;
  readonly Principal?: "*" | { readonly Service?: string | readonly string[] };
}

/** A role of IAM. */
interface Role {
  readonly Arn: string;
  readonly AssumeRolePolicyDocument: TrustPolicy;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html */
interface EvaluationResult {
  readonly EvalActionName: string;
  readonly EvalDecision: "allowed" | "explicitDeny" | "implicitDeny";
  readonly MatchedStatements?: readonly MatchedStatement[];
  /** For the resource `*`; those of another resource are in its result. */
  readonly MissingContextValues?: readonly string[];
  readonly ResourceSpecificResults?: readonly {
    readonly MissingContextValues?: readonly string[];
    readonly MatchedStatements?: readonly MatchedStatement[];
  }[];
  readonly OrganizationsDecisionDetail?: { readonly AllowedByOrganizations: boolean };
  readonly PermissionsBoundaryDecisionDetail?: { readonly AllowedByPermissionsBoundary: boolean };
}

/** A statement that decides; for a denial, the one that denies. */
interface MatchedStatement {
  /** The name of the policy. */
  readonly SourcePolicyId?: string;
}

/** What the policies of a principal say of an action. */
export type Decision =
  | { readonly kind: "allowed" }
  | { readonly kind: "not-allowed" }
  /** Nothing else can allow it. */
  | { readonly kind: "denied"; readonly by: string; readonly isExplicit: boolean }
  /** It depends on values that only a request has. */
  | { readonly kind: "unknown"; readonly keys: readonly string[] };

/** A role by its name or its ARN; undefined if there is none. */
export async function findRole(cli: AwsCli, nameOrArn: string): Promise<Role | undefined> {
  try {
    const name = nameOrArn.replace(/^.*\//, "");
    const { Role } = await cli.call<{ readonly Role: Role }>("iam", "get-role", { "role-name": name });
    return Role;
  } catch (error) {
    if (error instanceof AwsRefusal && error.code === "NoSuchEntity") {
      return undefined;
    }
    throw error;
  }
}

/** Whether a service may assume a role. A condition is taken to be met. */
export function trusts({ AssumeRolePolicyDocument }: Role, service: string): boolean {
  return [AssumeRolePolicyDocument.Statement].flat().some((statement) => {
    const { Effect, Principal } = statement;
    return Effect === "Allow" && typeof Principal === "object" && [Principal.Service].flat().includes(service);
  });
}

/**
 * What the policies of a user or a role say of actions on a resource: also its permissions boundary, and the policies of
 * the organization as far as IAM simulates them.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function simulate(
  cli: AwsCli,
  principalArn: string,
  actions: readonly string[],
  resource: string,
): Promise<ReadonlyMap<string, Decision>> {
  const { EvaluationResults } = await cli.call<{ readonly EvaluationResults: readonly EvaluationResult[] }>(
    "iam",
    "simulate-principal-policy",
    { "policy-source-arn": principalArn, "action-names": actions, "resource-arns": [resource] },
  );
  return new Map(EvaluationResults.map((result) => [result.EvalActionName, decisionOf(result, principalArn)]));
}

function decisionOf(result: EvaluationResult, principalArn: string): Decision {
  const { EvalDecision, MissingContextValues = [], ResourceSpecificResults = [] } = result;
  if (EvalDecision === "allowed") {
    return { kind: "allowed" };
  }
  const missing = ResourceSpecificResults.flatMap(({ MissingContextValues: keys = [] }) => keys);
  if (MissingContextValues.length + missing.length > 0) {
    return { kind: "unknown", keys: [...MissingContextValues, ...missing] };
  }
  if (result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false) {
    return { kind: "denied", by: `the permissions boundary of ${principalArn}`, isExplicit: false };
  }
  if (result.OrganizationsDecisionDetail?.AllowedByOrganizations === false) {
    return { kind: "denied", by: "a policy of the organization", isExplicit: false };
  }
  if (EvalDecision === "implicitDeny") {
    return { kind: "not-allowed" };
  }
  const statements = [result, ...ResourceSpecificResults].flatMap(({ MatchedStatements: matched = [] }) => matched);
  const names = [...new Set(statements.flatMap(({ SourcePolicyId = [] }) => SourcePolicyId))];
  return {
    kind: "denied",
    by: `${names.length === 0 ? "a policy" : `the policy ${names.join(", ")}`} of ${principalArn}`,
    isExplicit: true,
  };
}
