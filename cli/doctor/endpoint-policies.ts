import { partitionOf } from "../../src/aws/partitions";
import type { PolicyStatement } from "../../src/aws/policy-statement";
import {
  SIGN_IN,
  createStatement,
  createTaggedStatement,
  pullStatement,
  readStatement,
} from "../../src/cache/policy-statements";
import { layersStatement } from "../../src/network/policy-statements";
import type { Endpoint } from "./network-facts";
import type { NetworkQuestion } from "./network-question";
import { evaluatePolicy, principalOf } from "./policy";
import type { ContextValue, PolicyRequest, Verdict } from "./policy";
import { cause, unchecked } from "./step";
import type { Cause, Remark } from "./step";

/** The services that a pull uses. */
export type PullService = "ecr.api" | "ecr.dkr" | "s3";

/** What pulls ask for through an endpoint. */
interface Requests {
  readonly actions: readonly string[];
  readonly resource: string;
  readonly isCalledBy: PolicyRequest["isCalledBy"];
  readonly context: PolicyRequest["context"];
  readonly solution: string;
}

/** What the policy of an endpoint refuses of a pull. An endpoint policy grants nothing, so that this is all it does. */
export function policyRemarks(endpoint: Endpoint, service: PullService, question: NetworkQuestion): Remark[] {
  const { VpcEndpointId: id, PolicyDocument: document } = endpoint;
  const { actions, resource, isCalledBy, context, solution } = requestsOf(service, id, question);
  const known = { ...context, "aws:sourcevpc": question.vpcId, "aws:sourcevpce": id };
  const verdicts = new Map<
    string,
    { readonly verdict: Verdict; readonly heading: Cause; readonly actions: string[] }
  >();
  for (const action of actions) {
    const verdict = evaluatePolicy(document, { action, resource, isCalledBy, context: known });
    const heading = headingOf(action);
    const key = JSON.stringify([verdict, heading]);
    verdicts.set(key, { verdict, heading, actions: [...(verdicts.get(key)?.actions ?? []), action] });
  }
  return [...verdicts.values()].flatMap(({ verdict, heading, actions: judged }) => {
    const asked = `${judged.join(", ")} on ${resource}`;
    switch (verdict.kind) {
      case "allowed":
        return [];
      case "denied":
        return [cause(heading, `the policy of the endpoint ${id} of ${service} denies ${asked}`, solution)];
      case "not-allowed":
        return [cause(heading, `the policy of the endpoint ${id} of ${service} does not allow ${asked}`, solution)];
      case "unknown":
        return [
          unchecked(
            `whether the policy of the endpoint ${id} of ${service} allows ${asked} depends on ${verdict.unknowns.join(", ")}`,
          ),
        ];
    }
  });
}

function requestsOf(service: PullService, id: string, question: NetworkQuestion): Requests {
  const { registry, caller, repository } = question;
  const { accountId, arn } = caller;
  const partition = partitionOf(registry.region);
  const common = { "aws:securetransport": "true", "aws:requestedregion": registry.region };
  if (service === "s3") {
    const layers = String(layersStatement(partition, registry.region).Resource);
    return {
      actions: ["s3:GetObject"],
      resource: layers.replace("*", "layer"),
      isCalledBy: (principal) => (principal.includes(accountId) ? false : undefined),
      context: { ...common, ...contextOfLayers(accountId) },
      solution: `allow s3:GetObject on ${layers} in the policy of ${id}, without conditions on an account or an organization, as RegistryEndpoints and the module registry-endpoints do`,
    };
  }
  const isCalledBy = principalOf(accountId, arn);
  const context = {
    ...common,
    "aws:principalaccount": accountId,
    "aws:resourceaccount": registry.accountId,
    "aws:principalisawsservice": "false",
    // The ARN of a session is not the value of the key.
    ...(arn?.includes(":iam::") === true && { "aws:principalarn": arn }),
  };
  if (service === "ecr.api") {
    const solution = `allow ecr:GetAuthorizationToken on * in the policy of ${id}`;
    return { actions: [String(SIGN_IN.Action)], resource: "*", isCalledBy, context, solution };
  }
  const resource = `arn:${partition}:ecr:${registry.region}:${registry.accountId}:repository/${repository}`;
  const actions = [statementOf(question)(resource).Action].flat();
  const solution = `allow ${actions.join(", ")} on ${resource} in the policy of ${id}, as RegistryEndpoints with caches and the module registry-endpoints with prefixes do`;
  return { actions, resource, isCalledBy, context, solution };
}

/** The permission that the next pull needs. */
function statementOf({ isCached, isNew, hasTags }: NetworkQuestion): (repository: string) => PolicyStatement {
  if (isCached) {
    return readStatement;
  }
  return !isNew ? pullStatement : hasTags ? createTaggedStatement : createStatement;
}

/** ECR signs the URLs of layers with an account of AWS, and the bucket belongs to AWS: never to the caller's account. */
function contextOfLayers(accountId: string): PolicyRequest["context"] {
  const account: ContextValue = { isNot: (wanted) => wanted === accountId };
  // Only a pattern could match the organization of AWS, which nobody names.
  const organization: ContextValue = { isNot: (wanted) => !/[*?]/.test(wanted) };
  return {
    "aws:principalaccount": account,
    "aws:resourceaccount": account,
    "s3:resourceaccount": account,
    "aws:principalorgid": organization,
    "aws:resourceorgid": organization,
    "aws:principalarn": { isNot: (wanted) => wanted.includes(`::${accountId}:`) },
  };
}

/** The heading for what a client reads if an action is refused. */
function headingOf(action: string): Cause {
  switch (action) {
    case "ecr:GetAuthorizationToken":
      return "no basic auth credentials";
    case "ecr:BatchImportUpstreamImage":
    case "ecr:CreateRepository":
    case "ecr:TagResource":
      return "not found on the first pull";
    case "s3:GetObject":
      return "Access Denied from S3 for layers";
    default:
      return "403 Forbidden";
  }
}
