// @cloud-copilot/iam-simulate is under the AGPL. This is the only file that may import it: nothing that is shipped may
// contain or load it. ESLint and test/project/licenses.test.ts check that.
import { runSimulation } from "@cloud-copilot/iam-simulate";

/** One action on one resource, and the policies that have a say in it. */
export interface Access {
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  /** The account that owns the resource. */
  readonly accountId: string;
  /** Documents. @default - the principal may do everything */
  readonly identityPolicies?: readonly object[];
  /** A document. @default - the principal has no permissions boundary */
  readonly boundary?: object;
  /** A document. @default - the resource has no policy */
  readonly resourcePolicy?: object;
  /** A document. @default - the request goes through no endpoint */
  readonly endpointPolicy?: object;
  /** @default - there is nothing that a condition could match */
  readonly context?: { readonly [key: string]: string | string[] };
}

export const FULL_ACCESS = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/** What a kind of policy says of an access. */
export type Verdict = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied";

/** What all policies together say, and each kind by itself; undefined for a kind that there is none of. */
export interface Evaluation {
  readonly overall: Verdict;
  readonly identity: Verdict | undefined;
  readonly boundary: Verdict | undefined;
  readonly resource: string | undefined;
  readonly endpoint: Verdict | undefined;
}

/** Asks all policies. */
export async function evaluate(access: Access): Promise<Evaluation> {
  const {
    principalArn,
    action,
    resource,
    accountId,
    identityPolicies = [FULL_ACCESS],
    boundary,
    resourcePolicy,
    endpointPolicy,
    context,
  } = access;
  const simulation = await runSimulation(
    {
      request: {
        principal: principalArn,
        action,
        resource: { resource, accountId },
        contextVariables: { ...context },
      },
      resourcePolicy,
      identityPolicies: identityPolicies.map((policy, index) => ({ name: `identity policy ${index + 1}`, policy })),
      permissionBoundaryPolicies: boundary && [{ name: "permissions boundary", policy: boundary }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      vpcEndpointPolicies: endpointPolicy && [{ name: "endpoint policy", policy: endpointPolicy }],
    },
    {},
  );
  if (simulation.resultType !== "single") {
    const reason = simulation.resultType === "error" ? JSON.stringify(simulation.errors) : "it is not one resource";
    throw new Error(`cannot evaluate ${action} on ${resource}: ${reason}`);
  }
  const { analysis, ignoredContextKeys = [] } = simulation.result;
  if (ignoredContextKeys.length > 0) {
    throw new Error(`${action} has no ${ignoredContextKeys.join(", ")}`);
  }
  return {
    overall: simulation.overallResult,
    identity: analysis.identityAnalysis?.result,
    boundary: analysis.permissionBoundaryAnalysis?.result,
    resource: analysis.resourceAnalysis?.result,
    endpoint: analysis.endpointAnalysis?.result,
  };
}

/** Which of the policies refuses an access and how; undefined where it is allowed. */
export async function whyDenied(access: Access): Promise<string | undefined> {
  const { overall, endpoint, identity, resource } = await evaluate(access);
  if (overall === "Allowed") {
    return undefined;
  }
  const verdicts = [
    ["the endpoint policy", endpoint],
    ["the identity policy", identity],
    ["the resource policy", resource],
  ] as const;
  const [who, verdict] = verdicts.find(([, result]) => result !== undefined && result !== "Allowed") ?? [];
  const verb = verdict === "ExplicitlyDenied" ? "denies" : "does not allow";
  return `${who ?? "something"} ${verb} ${access.action} on ${access.resource}`;
}
