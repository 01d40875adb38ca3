import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { stacksWith } from "../terraform/addresses";
import { expressionOf, isUnresolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import type { PullPolicyOptions } from "./pull-policy";
import { withoutTrailingSlash } from "./repository-path";
import { AT_LEAST_ONE_PREFIX, ROLE_NAME } from "./rules";

const OPTIONS = Object.keys({
  prefixes: true,
  createRepositories: true,
} satisfies AllKeys<PullPolicyOptions>);

const ROLE = `be an IamRole, or ${ROLE_NAME.requirement.replace(/^be /, "")}`;

const ROLE_ATTRIBUTE = /^aws_iam_role\.([\w-]+)\.(name|id)$/;

/** Options that the caller cannot change any more. */
export function copyPullOptions({ prefixes, ...options }: PullPolicyOptions): PullPolicyOptions {
  return prefixes === undefined ? options : { ...options, prefixes: [...prefixes] };
}

/** Records what is wrong with the choice of what may be pulled from upstreams of known prefixes. */
export function checkPullOptions(errors: ValidationErrors, options: PullPolicyOptions, known: readonly string[]): void {
  if (!isPlainObject(options)) {
    errors.add("options", "be an object of options", options, "leave it out to have everything pulled");
    return;
  }
  errors.checkKeys("", options, OPTIONS, "an option of a pull policy");
  const { prefixes, createRepositories } = options;
  if (createRepositories !== undefined && typeof createRepositories !== "boolean") {
    errors.add("createRepositories", "be true or false", createRepositories, "leave it out to let pulls create them");
  }
  if (prefixes === undefined) {
    return;
  }
  if (!Array.isArray(prefixes) || prefixes.length === 0) {
    errors.add("prefixes", AT_LEAST_ONE_PREFIX, prefixes, "leave it out for all upstreams");
    return;
  }
  for (const [index, prefix] of prefixes.entries()) {
    if (typeof prefix !== "string" || !known.includes(withoutTrailingSlash(prefix))) {
      const hint = "add an upstream with that prefix";
      errors.add(`prefixes[${index}]`, `be one of ${known.join(", ")}`, prefix, hint);
    }
  }
}

/** What tells a role from all others of the app. Adds an error where it is no role, or not known to be which. */
export function granteeOf(errors: ValidationErrors, scope: Construct, role: IamRole | string): string {
  if (typeof role !== "string") {
    if (!TerraformElement.isTerraformElement(role) || role.terraformResourceType !== "aws_iam_role") {
      errors.add("role", ROLE, role, "give the name of any other role");
      return "";
    }
    return addressIn(TerraformStack.of(role), role.friendlyUniqueId);
  }
  errors.checkString(
    "role",
    role,
    { ...ROLE_NAME, requirement: ROLE },
    "give the role itself, or its name without path and ARN",
  );
  if (!isUnresolved(role)) {
    return `role:${role}`;
  }
  const expression = expressionOf(scope, role);
  if (expression === undefined) {
    errors.add("role", "be known when it is granted something", role, "grant it later, or give the role itself");
    return "";
  }
  // A role's own name stands for the role. Until cdktf prepares its stacks, it does not say which stack it is of.
  const name = ROLE_ATTRIBUTE.exec(expression)?.[1];
  const [stack = TerraformStack.of(scope), ...others] = stacksWith(scope, "aws_iam_role", name);
  if (others.length > 0) {
    const got = [stack, ...others].map(({ node }) => `${node.path}/${name ?? ""}`);
    errors.add("role", "be the only role of the app at its address", got, "give the role itself, not its name");
  }
  return addressIn(stack, name ?? expression);
}

function addressIn(stack: TerraformStack, address: string): string {
  return `${stack.node.path}/${address}`;
}

/** Whether two choices of what may be pulled come to the same. */
export function isSameChoice(one: PullPolicyOptions, other: PullPolicyOptions): boolean {
  const [a, b] = [one, other].map(({ prefixes, createRepositories = true }) => [
    createRepositories,
    prefixes && [...new Set(prefixes.map(withoutTrailingSlash))].sort(),
  ]);
  return JSON.stringify(a) === JSON.stringify(b);
}
