import { Token } from "cdktf";
import { parsedObject } from "../aws/policy-document";
import { isPlainObject } from "../validation/plain-object";
import type { Faults } from "../validation/validation-errors";
import { POLICY_WORDS, MAX_ENDPOINT_POLICY } from "./rules";

/** Records what is wrong with a policy that the caller has written for an endpoint. */
export function checkEndpointPolicy(faults: Faults, prop: string, policy: unknown): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  const { Statement: given } = (typeof policy === "string" ? parsedObject(policy) : undefined) ?? {};
  const statements: readonly unknown[] = given === undefined ? [] : [given].flat();
  if (typeof policy !== "string" || statements.length === 0 || !statements.every(isPlainObject)) {
    const way = "write it with JSON.stringify, or with Fn.jsonencode when it holds tokens";
    faults.add(prop, POLICY_WORDS.statements, policy, way);
    return;
  }
  const all = statements as { readonly Effect?: unknown; readonly Principal?: unknown }[];
  if (!all.some(({ Effect }) => Effect === "Allow")) {
    const way = "an endpoint lets through what its policy allows and nothing else: allow what is left beside the Deny";
    faults.add(prop, POLICY_WORDS.allow, all.map(({ Effect }) => Effect).join(), way);
  }
  if (all.some((statement) => !("Principal" in statement) && !("NotPrincipal" in statement))) {
    faults.add(prop, POLICY_WORDS.principal, "a statement without one", 'write "Principal": "*"');
  }
  if (policy.length > MAX_ENDPOINT_POLICY) {
    faults.add(prop, POLICY_WORDS.length, policy.length, "join its statements");
  }
}
