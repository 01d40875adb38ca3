import { whyMalformed } from "../iam/policy-document";
import type { PolicyKind } from "../iam/policy-document";
import { whyNoLifecyclePolicy } from "./lifecycle-policy";
import { checkLength, unsatisfied } from "./parameters";

const MAX_LIFECYCLE_POLICY = 30_720;
const MAX_POLICY = 10_240;

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

/** The same for the policy of a registry. */
export function checkRegistryPolicy(document: string): void {
  checkPolicy(document, "resource", "Invalid registry policy provided");
}

function checkPolicy(document: string, kind: PolicyKind, constraint: string): void {
  checkLength("PolicyText", document, MAX_POLICY);
  if (whyMalformed(document, kind) !== undefined) {
    throw unsatisfied("PolicyText", constraint);
  }
}
