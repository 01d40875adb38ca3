import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { checkConstructsOf, checkFramework, watchFramework } from "./framework-checks";
import type { ValidationErrors } from "./validation-errors";

/**
 * Throws at once if a construct is not in a stack, or the stack has constructs of the other framework, since other checks
 * use the stack.
 */
export function checkInStack(errors: ValidationErrors, construct: Construct, hint: string): void {
  checkFramework(errors, construct);
  const stack = construct.node.scopes.find((scope) => TerraformStack.isStack(scope));
  if (stack === undefined) {
    errors.add(
      "scope",
      "be a TerraformStack or a construct inside one",
      construct.node.scope?.node.path ?? "nothing",
      hint,
    );
    errors.throwAndRemove(construct);
  } else {
    checkConstructsOf(errors, stack);
    errors.throwAndRemove(construct);
    watchFramework(construct);
  }
}
