import type { Construct, IConstruct } from "constructs";
import { OWN_FRAMEWORK, frameworkOf } from "../terraform/framework";
import type { Framework } from "../terraform/framework";
import type { ValidationErrors } from "./validation-errors";

/**
 * Throws at once if a construct is in an app or a stack of the other framework. The types of both frameworks are the same,
 * but neither synthesizes the constructs of the other.
 */
export function checkFramework(errors: ValidationErrors, construct: Construct): void {
  const framework = construct.node.scopes.map(frameworkOf).find(isForeign);
  if (framework !== undefined) {
    errors.add(
      "scope",
      `belong to ${OWN_FRAMEWORK.name} (package ${OWN_FRAMEWORK.package})`,
      `a scope of ${framework.name} (package ${framework.package})`,
      `in a program of ${framework.name}, import this package as "${framework.entryPoint}"`,
    );
    errors.throwAndRemove(construct);
  }
}

/** Adds an error for the first construct in a stack that belongs to the other framework: an AwsProvider, for example. */
export function checkConstructsOf(errors: ValidationErrors, stack: IConstruct): void {
  const foreign = stack.node.findAll().find((construct) => isForeign(frameworkOf(construct)));
  if (foreign !== undefined) {
    errors.add(
      "scope",
      `be in a stack whose constructs all belong to ${OWN_FRAMEWORK.name} (package ${OWN_FRAMEWORK.package})`,
      `${foreign.node.path} of ${frameworkOf(foreign)?.name ?? ""}`,
      `import that construct from "${OWN_FRAMEWORK.package}" or from "@${OWN_FRAMEWORK.package}/provider-aws"`,
    );
  }
}

function isForeign(framework: Framework | undefined): boolean {
  return framework !== undefined && framework !== OWN_FRAMEWORK;
}
