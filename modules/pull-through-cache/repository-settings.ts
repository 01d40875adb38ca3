import { ROLE_ARN } from "../../src/aws/role-arn";
import { EncryptionType, TagMutability } from "../../src/cache/repository-settings";
import {
  DEFAULT_SETTINGS,
  DESCRIPTION,
  KMS_KEY,
  LIFECYCLE_RULES,
  LIFECYCLE_SETTINGS,
  LIFECYCLE_REQUIREMENTS,
  MAX_LIFECYCLE_POLICY,
  MAX_REPOSITORY_POLICY,
  MAX_TAGS,
  SETTINGS_REQUIREMENTS,
  TAG_KEY,
  TAG_VALUE,
} from "../../src/cache/rules";
import { converted, given } from "../generator/attributes";
import type { ValidationRule, Inputs } from "../generator/definition";
import { expression, hcl, quoted, snakeCase } from "../generator/hcl";
import { following, integerFrom, oneOf } from "../generator/rules";

const lengthOf = (value: string): string => quoted(`${expression(`try(length(${value}), 0)`)} characters`);
const nothingDeleted = "to delete nothing, use `keep_all_images`";

/** What messages call them. */
export const SETTINGS_NOUN = "repositories";

/** What they are called by the AWS provider and by people, where it is more than a letter away. */
export const SETTINGS_MISNOMERS = {
  encryption_configuration: "encryption_type",
  immutable: "tag_mutability",
  resource_tags: "tags",
};

/** What the repositories look like that ECR creates; each attribute may be left out. */
export const SETTINGS: Inputs = {
  creation_template: {
    type: "bool",
    description: "Whether there is a creation template. Without one, repositories have no lifecycle.",
    otherwise: "`true`",
  },
  description: {
    type: "string",
    description: "Description of the template.",
    otherwise: "none",
    rules: [following(DESCRIPTION, "leave it out for none")],
  },
  untagged_expiration_in_days: {
    type: "number",
    description:
      "Days after which an untagged image is deleted, counted since the image was cached and not since it lost its tag. An image cached before that is deleted within a day after its tag moves, also when it is in use: who pulls by digest, as Amazon ECS does, then fails, since ECR cannot cache a digest that it does not have.",
    otherwise: "untagged images are not deleted by age",
    rules: [integerFrom(1, nothingDeleted)],
  },
  keep_last_images: {
    type: "number",
    description:
      "How many images a repository keeps; ECR deletes those that were cached first. The index of a multi-architecture image and the manifest of each platform that was pulled count as images of their own, and so do those that a tag has moved away from. The next pull by tag caches a deleted image again; a pull by digest fails.",
    otherwise: `\`${DEFAULT_SETTINGS.keepLastImages}\``,
    rules: [integerFrom(1, nothingDeleted)],
  },
  keep_all_images: {
    type: "bool",
    description: "Whether images are never deleted. Storage then grows without bound.",
    otherwise: "`false`",
  },
  lifecycle_policy: {
    type: "string",
    description:
      "Lifecycle policy of each repository, as JSON. Only the construct checks its rules against AWS's grammar: here AWS refuses a wrong one when you apply.",
    otherwise: "the policy that the settings above make",
    rules: [
      {
        requirement: LIFECYCLE_REQUIREMENTS.document,
        holds: (value) => `can(jsondecode(${value}).rules[0])`,
        hint: "write it with jsonencode",
      },
      {
        requirement: LIFECYCLE_REQUIREMENTS.length,
        holds: (value) => `try(length(${value}) <= ${MAX_LIFECYCLE_POLICY}, false)`,
        shown: lengthOf,
        hint: "leave out descriptions, or join rules",
      },
    ],
  },
  tag_mutability: {
    type: "string",
    description: "Whether tags can move. ECR never refreshes a tag that cannot.",
    otherwise: `\`"${DEFAULT_SETTINGS.tagMutability}"\``,
    rules: [oneOf(Object.values(TagMutability), "leave it out for the default", SETTINGS_REQUIREMENTS.tagMutability)],
  },
  kms_key: {
    type: "object",
    noun: "a KMS key",
    description: "Your KMS key that encrypts the repositories, in the region of the cache.",
    otherwise: "as `encryption_type` says",
    attributes: {
      arn: {
        type: "string",
        required: true,
        description: "Its ARN.",
        rules: [following(KMS_KEY, "give the ARN of the key")],
      },
    },
  },
  encryption_type: {
    type: "string",
    description:
      'How the repositories are encrypted without a key of yours: with keys of Amazon S3, or by `"KMS"` with the key `aws/ecr`, which AWS manages in the account.',
    otherwise: `\`"${DEFAULT_SETTINGS.encryptionType}"\``,
    rules: [oneOf(Object.values(EncryptionType), "leave it out for the default", SETTINGS_REQUIREMENTS.encryptionType)],
  },
  tags: {
    type: "map(string)",
    description: "Tags of the repositories, which the provider's `default_tags` do not reach.",
    otherwise: "none",
    rules: [
      {
        requirement: SETTINGS_REQUIREMENTS.tags,
        holds: (value) => `try(length(${value}) <= ${MAX_TAGS}, false)`,
        shown: (value) => `try(length(${value}), 0)`,
        hint: "ECR takes no more on a repository",
      },
    ],
    keyRules: [following(TAG_KEY, "rename the tag")],
    elementRules: [following(TAG_VALUE, "change it to what AWS takes")],
  },
  repository_policy: {
    type: "string",
    description: "Policy of each repository, as JSON: who else may pull.",
    otherwise: "none",
    rules: [
      {
        requirement: SETTINGS_REQUIREMENTS.repositoryPolicy,
        holds: (value) => `can(keys(jsondecode(${value})))`,
        hint: "write it with jsonencode",
      },
      {
        requirement: SETTINGS_REQUIREMENTS.policyLength,
        holds: (value) => `try(length(${value}) <= ${MAX_REPOSITORY_POLICY}, false)`,
        shown: lengthOf,
        hint: "join its statements",
      },
    ],
  },
  role: {
    type: "object",
    noun: "a role",
    description:
      "An IAM role that ECR creates repositories with, which tags and KMS encryption need: it trusts `ecr.amazonaws.com`.",
    otherwise: "one is made where one is needed",
    attributes: {
      arn: {
        type: "string",
        required: true,
        description: "Its ARN.",
        rules: [following(ROLE_ARN, "leave the role out to have one made where one is needed")],
      },
    },
  },
};

/** Rules of several settings, of those in `settings`, at a place. */
export function settingsRules(place: string, settings: string, each: readonly string[]): ValidationRule[] {
  const at = (name: string): string => given(settings, name);
  const flag = (name: string): string => converted(settings, name, "bool");
  const known = `keys(local.attributes[${quoted(SETTINGS_NOUN)}])`;
  const others = `try([for name, value in ${settings} : name if name != "creation_template" && contains(${known}, name) && value != null && value != false && value != "false"], [])`;
  return [
    {
      each,
      holds: `${flag("creation_template")} != false || length(${others}) == 0`,
      place: `${place}.creation_template`,
      requirement: SETTINGS_REQUIREMENTS.noTemplate(`\${join(", ", [for name in ${others} : "\`\${name}\`"])}`),
      got: "false",
      hint: "without a template ECR knows none of them: leave them out or keep the template",
      told: "It must not be false beside other settings.",
    },
    {
      each,
      holds: `${flag("keep_all_images")} != true || (${at("untagged_expiration_in_days")} == null && ${at("keep_last_images")} == null)`,
      place: `${place}.keep_all_images`,
      requirement: SETTINGS_REQUIREMENTS.keepAll,
      got: "true",
      hint: "choose one or the other",
    },
    ...LIFECYCLE_SETTINGS.map(snakeCase).map((name) => ({
      each,
      holds: `${at("lifecycle_policy")} == null || ${at(name)} == null || ${flag(name)} == false`,
      place: `${place}.${name}`,
      requirement: LIFECYCLE_REQUIREMENTS.beside,
      got: at(name),
      hint: "write all rules into the policy",
    })),
    {
      each,
      holds: `${at("kms_key")} == null || ${at("encryption_type")} == null`,
      place: `${place}.encryption_type`,
      requirement: SETTINGS_REQUIREMENTS.ownKey,
      got: at("encryption_type"),
      hint: "a key means KMS already",
    },
  ];
}

/**
 * The settings of every upstream: its own, and the common ones where it says nothing. One that says how its repositories
 * look wants a template, whatever the others do, and limits of its own stand beside no common `keep_all_images`.
 */
export function mergedSettings(): string {
  const own = (name: string): string => `own.${name}`;
  const common = (name: string): string => `local.repositories.${name}`;
  const either = (name: string): string => `${own(name)} == null ? ${common(name)} : ${own(name)}`;
  const ownEncryption = `${own("kms_key")} != null || ${own("encryption_type")} != null`;
  const limits = `${own("untagged_expiration_in_days")} != null || ${own("keep_last_images")} != null`;
  const saysSomething = "anytrue([for value in own : value != null])";
  const limit = (name: string): string =>
    `${own(name)} != null ? ${own(name)} : ${own("keep_all_images")} == true ? null : ${common(name)}`;
  const key = `${ownEncryption} ? ${own("kms_key")} : ${common("kms_key")}`;
  const settings = {
    creation_template: expression(
      `nonsensitive(${own("creation_template")} != null ? ${own("creation_template")} : (${common("creation_template")} != false ? true : ${saysSomething}))`,
    ),
    keep_all_images: expression(
      `coalesce(${own("keep_all_images")}, (${limits}) ? false : ${common("keep_all_images")}, false)`,
    ),
    description: expression(either("description")),
    untagged_expiration_in_days: expression(limit("untagged_expiration_in_days")),
    keep_last_images: expression(`coalesce(${limit("keep_last_images")}, ${DEFAULT_SETTINGS.keepLastImages})`),
    lifecycle_policy: expression(
      `${own("lifecycle_policy")} != null ? ${own("lifecycle_policy")} : ${own("keep_all_images")} == true || ${limits} ? null : ${common("lifecycle_policy")}`,
    ),
    tag_mutability: expression(
      `coalesce(${own("tag_mutability")}, ${common("tag_mutability")}, "${DEFAULT_SETTINGS.tagMutability}")`,
    ),
    kms_key: expression(key),
    encryption_type: expression(
      `nonsensitive((${key}) != null) ? "${EncryptionType.KMS}" : coalesce(${own("encryption_type")}, ${common("encryption_type")}, "${DEFAULT_SETTINGS.encryptionType}")`,
    ),
    tags: expression(`coalesce(${own("tags")}, ${common("tags")}, {})`),
    repository_policy: expression(either("repository_policy")),
    role: expression(either("role")),
  };
  return expression(`{ for key, own in local.own_settings : key => ${hcl(settings)} }`);
}

/** The lifecycle of repositories with settings that are given as an expression. */
export function lifecyclePolicy(settings: string): string {
  const days = `${settings}.untagged_expiration_in_days`;
  const untagged = hcl(LIFECYCLE_RULES.untagged(expression(days)));
  const newest = hcl(LIFECYCLE_RULES.newest(expression(`${settings}.keep_last_images`)));
  const made = `jsonencode({ rules = concat(${days} == null ? [] : [${untagged}], [${newest}]) })`;
  const given = `${settings}.lifecycle_policy`;
  return expression(`${given} != null ? ${given} : ${settings}.keep_all_images ? null : ${made}`);
}
