import { Token } from "cdktf";
import { parsedObject } from "../aws/policy-document";
import { isPlainObject } from "../validation/plain-object";
import type { ValidationErrors } from "../validation/validation-errors";
import { POLICY_RULES, MAX_ENDPOINT_POLICY } from "./rules";

/** Adds the errors in an endpoint policy that the caller has written. */
export function checkEndpointPolicy(errors: ValidationErrors, prop: string, policy: unknown): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  errors.checkDocument(prop, policy);
  const { Statement: given } = (typeof policy === "string" ? parsedObject(policy) : undefined) ?? {};
  const statements: readonly unknown[] = given === undefined ? [] : [given].flat();
  if (typeof policy !== "string" || statements.length === 0 || !statements.every(isPlainObject)) {
    errors.addBroken(prop, POLICY_RULES.statements, policy);
    return;
  }
  const all = statements as { readonly Effect?: unknown; readonly Principal?: unknown }[];
  if (!all.some(({ Effect }) => Effect === "Allow")) {
    errors.addBroken(prop, POLICY_RULES.allow, all.map(({ Effect }) => Effect).join());
  }
  if (all.some((statement) => !("Principal" in statement) && !("NotPrincipal" in statement))) {
    errors.addBroken(prop, POLICY_RULES.principal, "a statement without one");
  }
  if (policy.length > MAX_ENDPOINT_POLICY) {
    errors.addBroken(prop, POLICY_RULES.length, policy.length);
  }
}
