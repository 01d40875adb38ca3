import type { Rule } from "../validation/rule";

/**
 * The ID of an organization.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
 */
export const ORGANIZATION_ID: Rule = {
  pattern: /^o-[a-z0-9]{10,32}$/,
  requirement: "be the ID of an organization, like o-a1b2c3d4e5",
  hint: "use the ID that AWS Organizations shows, not an ARN; `*` would allow everybody",
};

/**
 * The path of an organizational unit, with or without a slash at its end.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
 */
export const ORGANIZATIONAL_UNIT_PATH: Rule = {
  pattern: /^o-[a-z0-9]{10,32}\/r-[a-z0-9]{4,32}(\/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})+\/?$/,
  requirement: "be the path of an organizational unit, like o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/",
  hint: "begin with the IDs of the organization and of its root, and list each unit above",
};
