import { BOUNDARY_ARN, ROLE_NAME_PREFIX, ROLE_PATH } from "../../src/aws/role-options";
import type { Input } from "./definition";
import { following } from "./rules";

/** The input for the permissions boundary, the path and the name of the roles that a module creates. */
export const ROLE_OPTIONS_INPUT: Input = {
  type: "object",
  isOpen: true,
  noun: "role options",
  misnomers: { boundary: "permissions_boundary_arn", prefix: "name_prefix", role_path: "path" },
  default: {},
  description:
    "Options of the IAM roles that the module creates. They do not apply to roles that you give by their ARNs.",
  attributes: {
    permissions_boundary_arn: {
      type: "string",
      description:
        "ARN of the IAM policy that limits the permissions of the roles: one of your account, or one that AWS manages. It must allow every action that the roles need.",
      otherwise: "no permissions boundary",
      rules: [following(BOUNDARY_ARN)],
    },
    path: {
      type: "string",
      description: "Path of the roles, which their ARNs contain. A change replaces the roles.",
      otherwise: '`"/"`',
      rules: [following(ROLE_PATH)],
    },
    name_prefix: {
      type: "string",
      description:
        "Start of the names of the roles, to which Terraform adds 26 characters. A change replaces the roles.",
      otherwise: "a start for each purpose, like `ecr-repository-creation-`",
      rules: [following(ROLE_NAME_PREFIX)],
    },
  },
};
