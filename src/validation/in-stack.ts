import { TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { OWN_FRAMEWORK, untestedVersion } from "../terraform/framework";
import { warn } from "../terraform/warnings";
import { checkConstructsOf, checkFramework } from "./framework-checks";
import { ValidationErrors } from "./validation-errors";

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
    warnOfVersion(stack);
    construct.node.addValidation({ validate: () => constructErrors(stack) });
  }
}

/** For each stack once. */
function warnOfVersion(stack: Construct): void {
  const version = untestedVersion();
  if (version !== undefined) {
    const { package: name, testedVersion } = OWN_FRAMEWORK;
    warn(
      stack,
      "framework-version",
      `the program has ${name} ${version}; this version of cdktf-ecr-pull-through-cache is tested with ${name} ${testedVersion}`,
    );
  }
}

function constructErrors(stack: IConstruct): string[] {
  const errors = new ValidationErrors();
  checkConstructsOf(errors, stack);
  return errors.list();
}
