import type { IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys, Requirement, Rule } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkArn } from "./arn-checks";
import type { ArnRequirements } from "./arn-checks";
import type { KnownLocation } from "./registry";

/**
 * The arguments of every IAM role that a construct creates, for companies whose policies require them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export interface RoleOptions {
  /**
   * ARN of the IAM policy that limits the permissions of the roles, one of the account or of AWS. It must allow what
   * the roles need: otherwise AWS services that use the roles fail with "access denied".
   * @default - no permissions boundary
   */
  readonly permissionsBoundaryArn?: string;
  /**
   * Path of the roles, of at most 512 characters, which begins and ends with a slash, like `/platform/`. A change
   * replaces the roles.
   * @default "/"
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
   */
  readonly path?: string;
  /**
   * Start of the names of the roles, 1 to 38 letters, digits and `_+=,.@-`, to which Terraform adds 26 characters. A change
   * replaces the roles.
   * @default - a prefix that says what the role is for, like `ecr-repository-creation-`
   */
  readonly namePrefix?: string;
}

/** The ARN of a policy that can be a permissions boundary. */
export const BOUNDARY_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
  maxLength: 2048,
  requirement: "be the ARN of an IAM policy",
  hint: "give the policy's ARN, not its name",
};

/** The path of a role. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const ROLE_PATH: Rule = {
  pattern: /^\/([!-.0-~]+\/)*$/,
  maxLength: 512,
  requirement: "be a path of at most 512 characters that begins and ends with a slash, like /platform/",
  hint: "leave it out for /",
};

/** The start of a role's name: a name has at most 64 characters, and the provider adds 26. */
export const ROLE_NAME_PREFIX: Rule = {
  pattern: /^[\w+=,.@-]+$/,
  maxLength: 38,
  requirement: "be the start of a role's name: 1 to 38 letters, digits and _+=,.@-",
  hint: "give a shorter or simpler prefix",
};

/** The rule of options that no pattern expresses. */
export const ROLE_OPTIONS_RULES: { readonly options: Requirement } = {
  options: { requirement: "be an object of role options", hint: "leave it out for the defaults" },
};

const BOUNDARY_REQUIREMENTS: ArnRequirements = { rule: BOUNDARY_ARN, service: "iam", hint: BOUNDARY_ARN.hint };

const OPTIONS = Object.keys({
  permissionsBoundaryArn: true,
  path: true,
  namePrefix: true,
} satisfies AllKeys<RoleOptions>);

/** Adds the errors of role options. */
export function checkRoleOptions(
  errors: ValidationErrors,
  prop: string,
  options: RoleOptions | undefined,
  location: KnownLocation,
): void {
  if (options === undefined) {
    return;
  }
  if (!isPlainObject(options)) {
    errors.addBroken(prop, ROLE_OPTIONS_RULES.options, options);
    return;
  }
  errors.checkKeys(prop, options, OPTIONS, "a role option");
  const { permissionsBoundaryArn, path, namePrefix } = options;
  if (permissionsBoundaryArn !== undefined) {
    checkArn(errors, `${prop}.permissionsBoundaryArn`, permissionsBoundaryArn, BOUNDARY_REQUIREMENTS, location);
  }
  if (path !== undefined) {
    errors.checkString(`${prop}.path`, path, ROLE_PATH);
  }
  if (namePrefix !== undefined) {
    errors.checkString(`${prop}.namePrefix`, namePrefix, ROLE_NAME_PREFIX);
  }
}

/** The arguments of a role with these options; `namePrefix` is the prefix without options. */
export function roleArguments(
  { permissionsBoundaryArn, path, namePrefix: ownPrefix }: RoleOptions,
  namePrefix: string,
): Pick<IamRoleConfig, "namePrefix" | "path" | "permissionsBoundary"> {
  return { namePrefix: ownPrefix ?? namePrefix, path, permissionsBoundary: permissionsBoundaryArn };
}
