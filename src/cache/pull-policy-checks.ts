import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { withoutTrailingSlash } from "../image/repository-path";
import { stacksWith } from "../terraform/addresses";
import { expressionOf, isUnresolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import type { PullPolicyOptions } from "./pull-policy";
import { PULL_RULES, ROLE_NAME, prefixOfUpstream } from "./rules";

const OPTIONS = Object.keys({
  prefixes: true,
  createRepositories: true,
} satisfies AllKeys<PullPolicyOptions>);

const ROLE_ATTRIBUTE = /^aws_iam_role\.([\w-]+)\.(name|id)$/;

/** A copy of options, which later changes by the caller do not affect; its prefixes are keys. */
export function copyPullOptions({ prefixes, ...options }: PullPolicyOptions): PullPolicyOptions {
  return prefixes === undefined ? options : { ...options, prefixes: prefixes.map(withoutTrailingSlash) };
}

/** Adds the errors of options; `known` are the keys of the prefixes of all upstreams. */
export function checkPullOptions(errors: ValidationErrors, options: PullPolicyOptions, known: readonly string[]): void {
  if (!isPlainObject(options)) {
    errors.addBroken("options", PULL_RULES.options, options);
    return;
  }
  errors.checkKeys("", options, OPTIONS, "an option of a pull policy");
  checkPullChoice(errors, options, known);
}

/** Adds the errors of the upstreams and repositories that options choose. */
export function checkPullChoice(
  errors: ValidationErrors,
  { prefixes, createRepositories }: PullPolicyOptions,
  known: readonly string[],
): void {
  errors.checkBoolean("createRepositories", createRepositories, PULL_RULES.createRepositories.hint);
  if (prefixes === undefined) {
    return;
  }
  errors.checkList("prefixes", prefixes, PULL_RULES.prefixes, (place, prefix) => {
    if (typeof prefix !== "string" || !known.includes(withoutTrailingSlash(prefix))) {
      errors.addBroken(place, prefixOfUpstream(known), prefix);
    }
  });
}

/** A key that identifies a role within the app; adds an error if the value is no role. */
export function granteeOfRole(errors: ValidationErrors, role: IamRole): string {
  if (!TerraformElement.isTerraformElement(role) || role.terraformResourceType !== "aws_iam_role") {
    errors.addBroken("role", PULL_RULES.role, role);
    return "";
  }
  return addressIn(TerraformStack.of(role), role.friendlyUniqueId);
}

/**
 * The same for the name of a role, which may be a token; adds an error if it is no name, or if the role cannot be
 * identified yet.
 */
export function granteeOfRoleNamed(errors: ValidationErrors, scope: Construct, roleName: string): string {
  if (!errors.checkString("roleName", roleName, ROLE_NAME)) {
    return "";
  }
  if (!isUnresolved(roleName)) {
    return `role:${roleName}`;
  }
  const expression = expressionOf(scope, roleName);
  if (expression === undefined || expression === "") {
    errors.addBroken("roleName", PULL_RULES.roleKnown, roleName);
    return "";
  }
  // The name of a role of the app identifies the role. Until cdktf prepares its stacks, it does not contain the stack.
  const name = ROLE_ATTRIBUTE.exec(expression)?.[1];
  const [stack = TerraformStack.of(scope), ...others] = stacksWith(scope, "aws_iam_role", name);
  if (others.length > 0) {
    const got = [stack, ...others].map(({ node }) => `${node.path}/${name ?? ""}`);
    errors.addBroken("roleName", PULL_RULES.onlyRole, got);
  }
  return addressIn(stack, name ?? expression);
}

function addressIn(stack: TerraformStack, address: string): string {
  return `${stack.node.path}/${address}`;
}

/** Whether two options allow the same. */
export function isSameChoice(one: PullPolicyOptions, other: PullPolicyOptions): boolean {
  const [a, b] = [one, other]
    .map(copyPullOptions)
    .map(({ prefixes, createRepositories = true }) => [createRepositories, prefixes && [...new Set(prefixes)].sort()]);
  return JSON.stringify(a) === JSON.stringify(b);
}
