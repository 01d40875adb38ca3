import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { ValidationErrors } from "./validation-errors";

/** Records and throws that a construct is outside of a stack: what else is checked asks its stack. */
export function checkInStack(errors: ValidationErrors, construct: Construct, hint: string): void {
  if (!construct.node.scopes.some((scope) => TerraformStack.isStack(scope))) {
    errors.add("scope", "be a stack or in one", construct.node.scope?.node.path ?? "nothing", hint);
    errors.throwAndRemove(construct);
  }
}
