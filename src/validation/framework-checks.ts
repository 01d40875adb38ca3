import { TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { OWN_FRAMEWORK, frameworkOf, untestedVersion } from "../terraform/framework";
import type { Framework } from "../terraform/framework";
import { warn } from "../terraform/warnings";
import { ValidationErrors } from "./validation-errors";

/**
 * Throws at once if a construct is in an app or a stack of the other framework. The types of both frameworks are the same,
 * so that such a program compiles; CDK Terrain cannot synthesize it.
 */
export function checkFramework(errors: ValidationErrors, construct: Construct): void {
  const { scopes } = construct.node;
  const foreign = scopes.find((scope) => isForeign(frameworkOf(scope)));
  const framework = foreign && frameworkOf(foreign);
  if (foreign === undefined || framework === undefined) {
    return;
  }
  if (scopes.some((scope) => frameworkOf(scope) === OWN_FRAMEWORK)) {
    errors.add(
      "scope",
      `have parents that all belong to ${OWN_FRAMEWORK.name} (package ${OWN_FRAMEWORK.package})`,
      `${foreign.constructor.name} of ${framework.name} (package ${framework.package})`,
      `import the App and all stacks from one package, "${OWN_FRAMEWORK.package}" or "${framework.package}"`,
    );
  } else {
    errors.add(
      "scope",
      `belong to ${OWN_FRAMEWORK.name} (package ${OWN_FRAMEWORK.package})`,
      `a scope of ${framework.name} (package ${framework.package})`,
      `in a program of ${framework.name}, import this package as "${framework.entryPoint}"`,
    );
  }
  errors.throwAndRemove(construct);
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

/** Checks at synth what a construct's stack has by then, and warns of an untested version of the framework. */
export function watchFramework(construct: Construct): void {
  const stack = TerraformStack.of(construct);
  warnOfVersion(stack);
  construct.node.addValidation({
    validate: () => {
      const errors = new ValidationErrors();
      checkConstructsOf(errors, stack);
      return errors.list();
    },
  });
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

function isForeign(framework: Framework | undefined): boolean {
  return framework !== undefined && framework !== OWN_FRAMEWORK;
}
