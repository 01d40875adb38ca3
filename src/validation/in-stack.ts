import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { ValidationErrors } from "./validation-errors";

/** Throws at once if a construct is not in a stack, since other checks use the stack. */
export function checkInStack(errors: ValidationErrors, construct: Construct, hint: string): void {
  if (!construct.node.scopes.some((scope) => TerraformStack.isStack(scope))) {
    errors.add(
      "scope",
      "be a TerraformStack or a construct inside one",
      construct.node.scope?.node.path ?? "nothing",
      hint,
    );
    errors.throwAndRemove(construct);
  }
}
