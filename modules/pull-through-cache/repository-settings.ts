import {
  DEFAULT_SETTINGS,
  KMS_KEY,
  MAX_REPOSITORY_POLICY,
  MAX_TAGS,
  ROLE_ARN,
  SETTINGS_WORDS,
  TAG_KEY,
  TAG_VALUE,
  lifecycleDocument,
} from "../../src/private/repository-template";
import { TagMutability } from "../../src/repository-settings";
import type { Fault, Inputs } from "../generator/definition";
import { expression, hcl, quoted } from "../generator/hcl";
import { following, integerFrom, oneOf } from "../generator/rules";

const nothingDeleted = "to delete nothing, use `keep_all_images`";

/** What the repositories look like that ECR creates; each attribute may be left out. */
export const SETTINGS: Inputs = {
  creation_template: {
    type: "bool",
    description: "Whether there is a creation template. Without one, repositories have no lifecycle.",
    otherwise: "`true`",
  },
  expire_untagged_after_days: {
    type: "number",
    description: "Days after which an untagged image is deleted.",
    otherwise: `\`${DEFAULT_SETTINGS.expireUntaggedAfterDays}\``,
    rules: [integerFrom(1, nothingDeleted)],
  },
  keep_last_images: {
    type: "number",
    description: "How many images a repository keeps; the oldest go first.",
    otherwise: `\`${DEFAULT_SETTINGS.keepLastImages}\``,
    rules: [integerFrom(1, nothingDeleted)],
  },
  keep_all_images: {
    type: "bool",
    description: "Whether images are never deleted. Storage then grows without bound.",
    otherwise: "`false`",
  },
  tag_mutability: {
    type: "string",
    description: "Whether tags can move. ECR never refreshes a tag that cannot.",
    otherwise: `\`"${DEFAULT_SETTINGS.tagMutability}"\``,
    rules: [oneOf(Object.values(TagMutability), "leave it out for the default", SETTINGS_WORDS.tagMutability)],
  },
  kms_key: {
    type: "object",
    description: "The key that encrypts the repositories, in the region of the cache.",
    otherwise: "AES-256",
    attributes: {
      arn: {
        type: "string",
        required: true,
        description: "Its ARN.",
        rules: [following(KMS_KEY, "give the ARN of the key")],
      },
    },
  },
  tags: {
    type: "map(string)",
    description: "Tags of the repositories, which the provider's `default_tags` do not reach.",
    otherwise: "none",
    rules: [
      {
        words: SETTINGS_WORDS.tags,
        holds: (value) => `try(length(${value}) <= ${MAX_TAGS}, false)`,
        shown: (value) => `try(length(${value}), 0)`,
        wayOut: "ECR takes no more on a repository",
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
        words: SETTINGS_WORDS.repositoryPolicy,
        holds: (value) => `can(keys(jsondecode(${value})))`,
        wayOut: "write it with jsonencode",
      },
      {
        words: SETTINGS_WORDS.policyLength,
        holds: (value) => `try(length(${value}) <= ${MAX_REPOSITORY_POLICY}, false)`,
        shown: (value) => quoted(`${expression(`try(length(${value}), 0)`)} characters`),
        wayOut: "join its statements",
      },
    ],
  },
  role: {
    type: "object",
    description:
      "An IAM role that ECR creates repositories with, which tags and a KMS key need: it trusts `ecr.amazonaws.com`.",
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
export function settingsFaults(place: string, settings: string, each: readonly string[]): Fault[] {
  const of = (name: string): string => `try(${settings}.${name}, null)`;
  const given = `[for name, value in ${settings} : name if name != "creation_template" && value != null && value != false]`;
  const others = `try(${given}, [])`;
  return [
    {
      each,
      holds: `${of("creation_template")} != false || length(${others}) == 0`,
      place: `${place}.creation_template`,
      words: SETTINGS_WORDS.noTemplate(`\${join(", ", [for name in ${others} : "\`\${name}\`"])}`),
      got: "false",
      wayOut: "without a template ECR knows none of them: leave them out or keep the template",
      told: "It must not be false beside other settings.",
    },
    {
      each,
      holds: `${of("keep_all_images")} != true || (${of("expire_untagged_after_days")} == null && ${of("keep_last_images")} == null)`,
      place: `${place}.keep_all_images`,
      words: SETTINGS_WORDS.keepAll,
      got: "true",
      wayOut: "choose one or the other",
    },
  ];
}

/**
 * The settings of every upstream: its own, and the common ones where it says nothing. One that says how its repositories
 * look wants a template, whatever the others do, and limits of its own stand beside no common `keep_all_images`.
 */
export function mergedSettings(): string {
  // Not with try, whose result is unknown where an ARN in it is: what is made depends on whether an object is there.
  const own = (name: string): string => `(element.repositories == null ? null : element.repositories.${name})`;
  const common = (name: string): string => `var.repositories.${name}`;
  const either = (name: string): string => `${own(name)} == null ? ${common(name)} : ${own(name)}`;
  const limits = `${own("expire_untagged_after_days")} != null || ${own("keep_last_images")} != null`;
  const saysSomething =
    "(element.repositories == null ? false : anytrue([for value in element.repositories : value != null]))";
  const limit = (name: string, standard: number): string =>
    `coalesce(${own(name)}, ${own("keep_all_images")} == true ? null : ${common(name)}, ${standard})`;
  const settings = {
    creation_template: expression(
      `${own("creation_template")} != null ? ${own("creation_template")} : (${common("creation_template")} != false ? true : ${saysSomething})`,
    ),
    keep_all_images: expression(
      `coalesce(${own("keep_all_images")}, (${limits}) ? false : ${common("keep_all_images")}, false)`,
    ),
    expire_untagged_after_days: expression(
      limit("expire_untagged_after_days", DEFAULT_SETTINGS.expireUntaggedAfterDays),
    ),
    keep_last_images: expression(limit("keep_last_images", DEFAULT_SETTINGS.keepLastImages)),
    tag_mutability: expression(
      `coalesce(${own("tag_mutability")}, ${common("tag_mutability")}, "${DEFAULT_SETTINGS.tagMutability}")`,
    ),
    kms_key: expression(either("kms_key")),
    tags: expression(`coalesce(${own("tags")}, ${common("tags")}, {})`),
    repository_policy: expression(either("repository_policy")),
    role: expression(either("role")),
  };
  return expression(`{ for key, element in var.upstreams : key => ${hcl(settings)} }`);
}

/** The lifecycle of repositories with settings that are given as an expression. */
export function lifecyclePolicy(settings: string): string {
  const document = lifecycleDocument(
    expression(`${settings}.expire_untagged_after_days`),
    expression(`${settings}.keep_last_images`),
  );
  return expression(`${settings}.keep_all_images ? null : jsonencode(${hcl(document)})`);
}
