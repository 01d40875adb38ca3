import type { IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import { escapeDirectives } from "../terraform/template-directives";
import { literalPrefix } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys, Requirement, Rule } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkArn } from "./arn-checks";
import type { ArnRequirements } from "./arn-checks";
import type { KnownLocation } from "./registry";

/**
 * Permissions boundary, path and start of the name of every IAM role that a construct creates, as many companies
 * require them. They do not apply to roles that you give by their ARNs.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export interface RoleOptions {
  /**
   * ARN of the IAM policy that limits the permissions of the roles: a policy of the roles' account, or one that AWS
   * manages. It must allow every action that the roles need, since IAM allows only what both the boundary and the
   * policy of a role allow: otherwise an apply may succeed, and pulls or runs of a warmer fail. A change updates the
   * roles in place.
   * @default - no permissions boundary
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
   */
  readonly permissionsBoundaryArn?: string;
  /**
   * Path of the roles: `/`, or up to 512 characters of ASCII without spaces that begin and end with a slash, like
   * `/platform/`. The ARNs of the roles contain it. A change replaces the roles: first pulls may fail until the apply
   * has ended.
   * @default "/"
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
   */
  readonly path?: string;
  /**
   * Start of the names of the roles: 1 to 38 letters, digits and `_+=,.@-`. Terraform adds 26 characters, so that
   * several roles can have the same start. A change replaces the roles, as a change of the path does.
   * @default - a start for each purpose, like `ecr-repository-creation-`
   */
  readonly namePrefix?: string;
}

/**
 * The ARN of a policy that can be a permissions boundary.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */
export const BOUNDARY_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
  maxLength: 2048,
  requirement: "be the ARN of an IAM policy",
  hint: "give the policy's ARN, not its name",
};

/** The path of a role. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const ROLE_PATH: Rule = {
  pattern: /^(\/|\/[!-~]+\/)$/,
  maxLength: 512,
  requirement: "be / or up to 512 characters of ASCII without spaces that begin and end with a slash, like /platform/",
  hint: "leave it out for /",
};

/** The start of a role's name: a name has at most 64 characters, and the provider adds 26. */
export const ROLE_NAME_PREFIX: Rule = {
  pattern: /^[\w+=,.@-]+$/,
  maxLength: 38,
  requirement: "be 1 to 38 letters, digits and _+=,.@-",
  hint: "leave it out for a start that says what the role is for",
};

/** Rules of role options that are no patterns. */
export const ROLE_OPTIONS_RULES = {
  options: { requirement: "be an object of role options", hint: "leave it out for roles without options" },
} as const satisfies { readonly [name: string]: Requirement };

/** The hints for a boundary that is not in the partition or the account of the roles. */
export const BOUNDARY_HINTS = {
  account: "IAM accepts a policy of that account, or one that AWS manages",
  partition: "give an ARN of that partition",
} as const;

// In the ARN of a policy that AWS manages, this is the account.
const AWS_MANAGED = "aws";

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
    checkArn(
      errors,
      `${prop}.permissionsBoundaryArn`,
      permissionsBoundaryArn,
      requirementsOf(permissionsBoundaryArn),
      location,
    );
  }
  if (path !== undefined) {
    errors.checkString(`${prop}.path`, path, ROLE_PATH);
  }
  if (namePrefix !== undefined) {
    errors.checkString(`${prop}.namePrefix`, namePrefix, ROLE_NAME_PREFIX);
  }
}

/** The requirements of a boundary: those that AWS manages belong to no account. */
function requirementsOf(arn: string): ArnRequirements {
  const isManaged = literalPrefix(arn).split(":")[4] === AWS_MANAGED;
  return {
    rule: BOUNDARY_ARN,
    service: "iam",
    hint: BOUNDARY_ARN.hint,
    accountHint: isManaged ? undefined : BOUNDARY_HINTS.account,
  };
}

/** The arguments of a role with these options; `namePrefix` is the prefix without options. */
export function roleArguments(
  { permissionsBoundaryArn, path, namePrefix: ownPrefix }: RoleOptions,
  namePrefix: string,
): Pick<IamRoleConfig, "namePrefix" | "path" | "permissionsBoundary"> {
  return {
    namePrefix: ownPrefix ?? namePrefix,
    path: path === undefined ? undefined : escapeDirectives(path),
    permissionsBoundary: permissionsBoundaryArn,
  };
}
