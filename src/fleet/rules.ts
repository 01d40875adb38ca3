import type { Rule } from "../validation/rule";

export const TERRAFORM_STACK_NAME: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  maxLength: 128,
  requirement: "be letters, digits, dots, underscores and hyphens, since stacks, folders and states are named after it",
  hint: "choose an id of letters, digits and hyphens",
};

// S3 refuses some keys with `..`, and clients resolve others to another key. Terraform refuses `//`.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
// https://developer.hashicorp.com/terraform/language/backend/s3
export const KEY_PREFIX: Rule = {
  pattern: /^$|^[^/].*\/$/,
  except: /(^|\/)\.{0,2}\/|\p{Cc}/u,
  requirement:
    "end with a slash and not begin with one, with no empty part, no `.` or `..` as a part, and no control character",
  hint: "for example platform/registries/",
};

export const NAME: Rule = {
  pattern: /^[A-Za-z0-9_-]+$/,
  requirement: "be letters, digits, underscores and hyphens",
  hint: "give the name as HCP Terraform shows it",
};
export const HOSTNAME: Rule = {
  pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/,
  requirement: "be a host's name, without scheme",
  hint: "leave it out for HCP Terraform",
};

export const TEXT: Rule = { pattern: /./, requirement: "be text", hint: "give text, or leave it out" };

// https://developer.hashicorp.com/terraform/cloud-docs/workspaces/create
export const WORKSPACE: Rule = {
  ...NAME,
  maxLength: 90,
  requirement: `${NAME.requirement}, up to 90 with the stack's name`,
};
