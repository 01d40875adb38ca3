import { whyMalformed } from "../iam/policy-document";
import type { PolicyKind } from "../iam/policy-document";
import { whyNoLifecyclePolicy } from "./lifecycle-policy";
import { checkLength, unsatisfied } from "./parameters";

const MAX_LIFECYCLE_POLICY = 30_720;
const MAX_POLICY = 10_240;
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
const V1_ACTIONS = ["ecr:replicateimage", "ecr:batchimportupstreamimage", "ecr:createrepository"];

/** Refuses a lifecycle policy that Amazon ECR refuses. */
export function checkLifecyclePolicy(document: string): void {
  checkLength("LifecyclePolicyText", document, MAX_LIFECYCLE_POLICY);
  const reason = whyNoLifecyclePolicy(document);
  if (reason !== undefined) {
    throw unsatisfied("LifecyclePolicyText", `Lifecycle policy validation failure: ${reason}`);
  }
}

/** Refuses a policy of a repository that Amazon ECR refuses; ECR does not say why. */
export function checkRepositoryPolicy(document: string): void {
  checkPolicy(document, "repository", "Invalid repository policy provided");
}

/** The same for the policy of a registry. Its actions are those of Amazon ECR; under the scope V1 they are only three. */
export function checkRegistryPolicy(document: string, scope: string): void {
  const constraint = "Invalid registry policy provided";
  checkPolicy(document, "resource", constraint);
  const { Statement } = JSON.parse(document) as { readonly Statement: PolicyActions | PolicyActions[] };
  const actions = [Statement].flat().flatMap(({ Action, NotAction }) => [Action ?? [], NotAction ?? []].flat());
  const isAllowed = (action: string): boolean =>
    scope === "V1" ? V1_ACTIONS.includes(action.toLowerCase()) : /^(ecr:|\*$)/i.test(action);
  if (!actions.every(isAllowed)) {
    throw unsatisfied("PolicyText", constraint);
  }
}

interface PolicyActions {
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
}

function checkPolicy(document: string, kind: PolicyKind, constraint: string): void {
  checkLength("PolicyText", document, MAX_POLICY);
  if (whyMalformed(document, kind) !== undefined) {
    throw unsatisfied("PolicyText", constraint);
  }
}
