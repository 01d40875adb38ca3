import { ROLE_ARN, ROLE_REQUIREMENTS } from "../../src/aws/role-arn";
import { EncryptionType } from "../../src/cache/repository-settings";
import {
  DEFAULT_SETTINGS,
  DESCRIPTION,
  KMS_KEY,
  LIFECYCLE_SETTINGS,
  LIFECYCLE_POLICY_RULES,
  MAX_LIFECYCLE_POLICY,
  MAX_REPOSITORY_POLICY,
  MAX_TAGS,
  PLAIN_MUTABILITIES,
  SETTINGS_RULES,
  TAG_KEY,
  TAG_VALUE,
} from "../../src/cache/rules";
import { converted, given } from "../generator/attributes";
import type { ValidationRule, Inputs } from "../generator/definition";
import { expression, inSnakeCase, quoted, snakeCase } from "../generator/hcl";
import { following, integerFrom, oneOf } from "../generator/rules";

const lengthOf = (value: string): string => quoted(`${expression(`try(length(${value}), 0)`)} characters`);
const limit = integerFrom(1, inSnakeCase(SETTINGS_RULES.limit.hint));

/** The settings in messages. */
export const SETTINGS_NOUN = "repository settings";

/** Names of settings in the AWS provider, or that people expect, which are more than a letter away. */
export const SETTINGS_MISNOMERS = {
  expire_untagged_after_days: "untagged_expiration_in_days",
  encryption_configuration: "encryption_type",
  immutable: "tag_mutability",
  resource_tags: "tags",
};

const WITH_EXCLUSION = "hashicorp/aws 5.100, with which the module also runs, has no argument for exclusion filters";

/** Settings of the construct that the module does not have. */
export const SETTINGS_MISPLACED = {
  tag_mutability_exclusion_filters: `${WITH_EXCLUSION}: set \`creation_template = false\` and create the template yourself`,
};

/** The settings of repositories that ECR creates; each attribute may be left out. */
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
    rules: [following(DESCRIPTION)],
  },
  untagged_expiration_in_days: {
    type: "number",
    description:
      "Days after which an untagged image is deleted, counted since the image was cached and not since it lost its tag. An image that was cached earlier is deleted within a day after its tag moves, even if it is in use: pulls by digest, as by Amazon ECS, then fail, since ECR cannot cache a digest that it does not have.",
    otherwise: "untagged images are not deleted by age",
    rules: [limit],
  },
  keep_last_images: {
    type: "number",
    description:
      "How many images a repository keeps; ECR deletes those that were cached first. The index of a multi-architecture image and the manifest of each pulled platform count as one image each, and so do the former images of a tag. The next pull by tag caches a deleted image again; a pull by digest fails.",
    otherwise: `\`${DEFAULT_SETTINGS.keepLastImages}\``,
    rules: [limit],
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
    otherwise: "a policy with the settings above",
    rules: [
      {
        requirement: LIFECYCLE_POLICY_RULES.document.requirement,
        holds: (value) => `can(jsondecode(${value}).rules[0])`,
        hint: "write it with jsonencode",
      },
      {
        ...LIFECYCLE_POLICY_RULES.length,
        holds: (value) => `try(length(${value}) <= ${MAX_LIFECYCLE_POLICY}, false)`,
        shown: lengthOf,
      },
    ],
  },
  tag_mutability: {
    type: "string",
    description: "Whether tags can move. ECR never refreshes a tag that cannot move.",
    otherwise: `\`"${DEFAULT_SETTINGS.tagMutability}"\``,
    rules: [oneOf(PLAIN_MUTABILITIES, `${SETTINGS_RULES.tagMutability.hint}; ${WITH_EXCLUSION}`)],
  },
  kms_key: {
    type: "object",
    noun: "a KMS key",
    description: "Your KMS key that encrypts the repositories, in the region of the cache.",
    otherwise: "the encryption of `encryption_type`",
    attributes: {
      arn: {
        type: "string",
        required: true,
        description: "Its ARN.",
        rules: [following(KMS_KEY)],
      },
    },
  },
  encryption_type: {
    type: "string",
    description:
      'Encryption of the repositories without your own KMS key: keys of Amazon S3, or with `"KMS"` the key `aws/ecr`, which AWS manages in the account.',
    otherwise: `\`"${DEFAULT_SETTINGS.encryptionType}"\``,
    rules: [oneOf(Object.values(EncryptionType), SETTINGS_RULES.encryptionType.hint)],
  },
  tags: {
    type: "map(string)",
    description: "Tags of the repositories. The provider's `default_tags` do not apply to them.",
    otherwise: "none",
    rules: [
      {
        ...SETTINGS_RULES.numberOfTags,
        holds: (value) => `try(length(${value}) <= ${MAX_TAGS}, false)`,
        shown: (value) => `try(length(${value}), 0)`,
      },
    ],
    keyRules: [following(TAG_KEY)],
    elementRules: [following(TAG_VALUE)],
  },
  repository_policy: {
    type: "string",
    description: "Policy of each repository, as JSON: who else may pull.",
    otherwise: "none",
    rules: [
      {
        requirement: SETTINGS_RULES.repositoryPolicy.requirement,
        holds: (value) => `can(keys(jsondecode(${value})))`,
        hint: "write it with jsonencode",
      },
      {
        ...SETTINGS_RULES.repositoryPolicyLength,
        holds: (value) => `try(length(${value}) <= ${MAX_REPOSITORY_POLICY}, false)`,
        shown: lengthOf,
      },
    ],
  },
  role: {
    type: "object",
    noun: "a role",
    description:
      "An IAM role with which ECR creates repositories that have tags or KMS encryption; it trusts `ecr.amazonaws.com`.",
    otherwise: "a role is created if one is needed",
    attributes: {
      arn: {
        type: "string",
        required: true,
        description: "Its ARN.",
        rules: [following(ROLE_ARN, ROLE_REQUIREMENTS.hint)],
      },
    },
  },
};

/** The rules that concern several of the settings at a place; `settings` is an expression. */
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
      ...SETTINGS_RULES.noTemplate(`\${join(", ", [for name in ${others} : "\`\${name}\`"])}`),
      got: "false",
      told: "It must not be false beside other settings.",
    },
    {
      each,
      holds: `${flag("keep_all_images")} != true || (${at("untagged_expiration_in_days")} == null && ${at("keep_last_images")} == null)`,
      place: `${place}.keep_all_images`,
      ...SETTINGS_RULES.keepAllImages,
      got: "true",
    },
    ...LIFECYCLE_SETTINGS.map(snakeCase).map((name) => ({
      each,
      holds: `${at("lifecycle_policy")} == null || ${at(name)} == null || ${flag(name)} == false`,
      place: `${place}.${name}`,
      ...LIFECYCLE_POLICY_RULES.beside,
      got: at(name),
    })),
    {
      each,
      holds: `${at("kms_key")} == null || ${at("encryption_type")} == null`,
      place: `${place}.encryption_type`,
      ...SETTINGS_RULES.besideKey,
      got: at("encryption_type"),
    },
  ];
}
