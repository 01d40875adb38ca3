import { Token } from "cdktf";
import { parsedObject } from "../aws/policy-document";
import { isPlainObject } from "../validation/plain-object";
import type { ValidationErrors } from "../validation/validation-errors";
import { POLICY_REQUIREMENTS, MAX_ENDPOINT_POLICY } from "./rules";

/** Records what is wrong with a policy that the caller has written for an endpoint. */
export function checkEndpointPolicy(errors: ValidationErrors, prop: string, policy: unknown): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  const { Statement: given } = (typeof policy === "string" ? parsedObject(policy) : undefined) ?? {};
  const statements: readonly unknown[] = given === undefined ? [] : [given].flat();
  if (typeof policy !== "string" || statements.length === 0 || !statements.every(isPlainObject)) {
    const hint = "write it with JSON.stringify, or with Fn.jsonencode when it holds tokens";
    errors.add(prop, POLICY_REQUIREMENTS.statements, policy, hint);
    return;
  }
  const all = statements as { readonly Effect?: unknown; readonly Principal?: unknown }[];
  if (!all.some(({ Effect }) => Effect === "Allow")) {
    const hint = "an endpoint lets through what its policy allows and nothing else: allow what is left beside the Deny";
    errors.add(prop, POLICY_REQUIREMENTS.allow, all.map(({ Effect }) => Effect).join(), hint);
  }
  if (all.some((statement) => !("Principal" in statement) && !("NotPrincipal" in statement))) {
    errors.add(prop, POLICY_REQUIREMENTS.principal, "a statement without one", 'write "Principal": "*"');
  }
  if (policy.length > MAX_ENDPOINT_POLICY) {
    errors.add(prop, POLICY_REQUIREMENTS.length, policy.length, "join its statements");
  }
}
