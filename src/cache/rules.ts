import type { Requirement, Rule } from "../validation/rule";
import { EncryptionType, TagMutability } from "./repository-settings";
import type { RepositorySettings } from "./repository-settings";

/**
 * The prefix of a cache rule and of its template, as the AWS provider checks it: it is narrower than the
 * API, which has begun to take `--` and `__`.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export const REPOSITORY_PREFIX: Rule = {
  pattern: /^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?|ROOT)$/,
  minLength: 2,
  maxLength: 30,
  requirement:
    "be 2 to 30 characters: lower-case letters and digits, with single `.`, `_`, `-` or `/` between them, or ROOT for no prefix",
  hint: "give a prefix that ECR takes, like docker-hub",
};

/** The prefix that stands for none. */
export const ROOT = "ROOT";

/** The rule for a prop that takes a cache. */
export const IS_CACHE: Requirement = {
  requirement: "be a PullThroughCache",
  hint: "give the construct, for example fleet.cacheIn(region)",
};

/**
 * The path of a repository inside its registry, as container clients accept it.
 * https://github.com/distribution/reference
 */
export const REPOSITORY_PATH: Rule = {
  pattern: /^(?:[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\/)*[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/,
  minLength: 1,
  maxLength: 256,
  requirement: "be the path of a repository: lower-case, without registry, tag or digest",
  hint: "give it as the upstream names it",
};

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
export const MAX_REPOSITORY_POLICY = 10240;
export const MAX_TAGS = 50;

/** The key of a tag. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html */
export const TAG_KEY: Rule = {
  // Spelt out, since with the flag i V8 folds the case of every letter of Unicode first, in every program that has tags.
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
  except: /^([aA][wW][sS]:|\p{Z}*$)/u,
  ascii: { pattern: /^[A-Za-z0-9 _.:/=+\-@]+$/, except: /^([aA][wW][sS]:| *$)/ },
  maxLength: 128,
  requirement: "have keys of 1 to 128 letters, digits, spaces and _.:/=+-@ that do not start with aws:",
  hint: "rename the tag",
};

/** The value of a tag; from the same page. */
export const TAG_VALUE: Rule = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
  ascii: { pattern: /^[A-Za-z0-9 _.:/=+\-@]*$/ },
  maxLength: 256,
  requirement: "be a string of up to 256 letters, digits, spaces and _.:/=+-@",
  hint: "change it to what AWS takes",
};

/**
 * The ARN of a key that encrypts repositories.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfigurationForRepositoryCreationTemplate.html
 */
export const KMS_KEY: Rule = {
  pattern: /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/,
  requirement: "be the ARN of a KMS key in lower case, not of an alias",
  hint: "give the ARN of the key",
};

/** The description of a template. AWS's limit is 256 characters, the provider's 255. */
export const DESCRIPTION: Rule = {
  pattern: /^/,
  minLength: 1,
  maxLength: 255,
  requirement: "be a string of 1 to 255 characters",
  hint: "leave it out for none",
};

/** What the template of a repository records of its encryption: the template is replaced when this changes. */
export const ENCRYPTIONS = { s3: "keys of Amazon S3", aws: "aws/ecr", own: "a key of yours" } as const;

/** Words of rules that are no patterns. */
export const SETTINGS_REQUIREMENTS = {
  tagMutability: `be one of ${Object.values(TagMutability).join(", ")}`,
  encryptionType: `be one of ${Object.values(EncryptionType).join(", ")}`,
  ownKey: "not be given beside a key of yours",
  noTemplate: (others: string): string => `not be false beside ${others}`,
  keepAll: "not be true beside `untaggedExpirationInDays` or `keepLastImages`",
  tags: `have at most ${MAX_TAGS} entries`,
  repositoryPolicy: "be a policy as JSON text",
  policyLength: `be at most ${MAX_REPOSITORY_POLICY} characters`,
} as const;

/** The settings that a lifecycle policy is made from, where none is given as text. */
export const LIFECYCLE_SETTINGS = [
  "untaggedExpirationInDays",
  "keepLastImages",
  "keepAllImages",
] as const satisfies readonly (keyof RepositorySettings)[];

/** What holds where settings say nothing. */
export const DEFAULT_SETTINGS = {
  keepLastImages: 100,
  tagMutability: TagMutability.MUTABLE,
  encryptionType: EncryptionType.AES256,
} as const;

/**
 * The rules of a lifecycle by settings; the one for any tag must have the highest priority. Expressions of Terraform may
 * stand for the numbers. There is no rule by age unless it is asked for: its days count from when an image was cached.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export const LIFECYCLE_RULES = {
  untagged: (days: number | string): object => ({
    rulePriority: 1,
    description: "Delete untagged images by age",
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: days },
    action: { type: "expire" },
  }),
  newest: (images: number | string): object => ({
    rulePriority: 2,
    description: "Keep the newest images",
    selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: images },
    action: { type: "expire" },
  }),
} as const;

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
export const MAX_LIFECYCLE_POLICY = 30720;

/** Words of the rules that the plain modules apply too. */
export const LIFECYCLE_REQUIREMENTS = {
  document: "be JSON text of an object whose `rules` are a list of at least one",
  length: `be at most ${MAX_LIFECYCLE_POLICY} characters`,
  beside: "not be given beside `lifecyclePolicy`",
} as const;

/**
 * What the name of a secret must start with for ECR to be allowed to read it.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export const SECRET_PREFIX = "ecr-pullthroughcache/";
export const SECRET_DESCRIPTION = "Credential of an ECR pull-through cache";

/**
 * A secret that ECR may read.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export const SECRET_NAME: Rule = {
  pattern: /^ecr-pullthroughcache\/[A-Za-z0-9/_+=.@-]+$/,
  maxLength: 512,
  requirement: `be a secret's name that starts with ${SECRET_PREFIX}, up to 512 letters, digits and /_+=.@-`,
  hint: "give the secret's own name, which starts with ecr-pullthroughcache/",
};

/**
 * The whole ARN of such a secret.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export const SECRET_ARN: Rule = {
  pattern:
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache\/[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/,
  minLength: 50,
  maxLength: 612,
  requirement: `be the full ARN of a Secrets Manager secret whose name starts with ${SECRET_PREFIX}, with the six characters at its end`,
  hint: "copy it from Secrets Manager",
};

/**
 * In how many days a deleted secret can be restored.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
 */
export const RECOVERY_WINDOWS: { readonly days: readonly number[]; readonly requirement: string } = {
  days: [0, ...Array.from({ length: 24 }, (_, index) => index + 7)],
  requirement: "be 0, or an integer from 7 to 30",
};

/** Words of rules on who writes and who reads a secret. */
export const SECRET_REQUIREMENTS = {
  notWritten: (owner: string): string => `not be a secret that the same stack writes, in ${owner}`,
  writtenOnce: (owner: string): string => `not write a secret that another credential or cache writes, in ${owner}`,
} as const;

export const VARIABLE_NAME: Rule = {
  pattern: /^([a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)$/,
  maxLength: 64,
  requirement: "be the name of a Terraform variable in snake_case, up to 64 characters, like docker_hub_access_token",
  hint: "name the variable, and give its value to Terraform",
};

/**
 * How many rules a registry may have; it cannot be raised.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
 */
export const MAX_RULES = 50;

/**
 * The name of a registry, as images begin with it: a host name of DNS. No upstream that AWS documents has a scheme, a port
 * or a path.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 * https://www.rfc-editor.org/rfc/rfc1123#section-2
 */
export const HOST: Rule = {
  pattern: /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  maxLength: 253,
  requirement: "be a bare host",
  hint: "give the host alone, in lower case: no scheme and no port, and the repository's path belongs in the image's name",
};

export const HOST_HINT =
  "give the host alone, in lower case: no scheme and no port, and the repository's path belongs in the image's name";

/** What Azure names its registries: with a hash behind a hyphen where their owner chose to have one. */
export const AZURE_NAME = "5 to 50 lower-case letters and digits, with or without a hyphen and a hash behind them";

/** A registry's name at Azure. */
export const AZURE_REGISTRY_NAME: Rule = {
  pattern: /^[a-z0-9]{5,50}(-[a-z0-9]+)?$/,
  requirement: `be ${AZURE_NAME}`,
  hint: "give the registry's name as Azure shows it, without .azurecr.io",
};

/** Words of rules that are no patterns. */
export const UPSTREAM_REQUIREMENTS = {
  tooManyRules: `add up to at most ${MAX_RULES} per registry`,
  usedOnce: (owner: string): string => `be used once per registry, and ${owner} uses it already`,
  cacheable: "be a registry that ECR can cache",
  unlisted: "be a registry that this version does not know",
  noUsualPrefix: "an unlisted registry has no usual prefix: give the first part of the names of its repositories",
  required: "be given",
  impossible: "not be given",
  otherAccount: "be given only for an upstream in another account",
  ownPartition: (partition: string): string => `be in the cache's own partition, ${partition}`,
  otherRegion: "be another region than the cache's",
  besideRoot: "not be given beside the prefix ROOT",
  option: "an option of this upstream",
} as const;

/** The words of the rule that something is to be cached. */
export function atLeastOneUpstream(collection: "list" | "map"): string {
  return `be a ${collection} of at least one upstream`;
}

/** The words of the rule that something may be pulled. */
export const AT_LEAST_ONE_PREFIX = "be a list of at least one prefix";

/** The name of a role. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const ROLE_NAME: Rule = {
  pattern: /^[\w+=,.@-]+$/,
  maxLength: 64,
  requirement: "be the name of a role: up to 64 letters, digits and _+=,.@-",
  hint: "give the role's name without path and ARN",
};

const POLICY_NAME_PARTS = "up to 128 letters, digits and _+=,.@-";

/** The name of a managed policy. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const POLICY_NAME: Rule = {
  pattern: ROLE_NAME.pattern,
  maxLength: 128,
  requirement: `be a policy's name: ${POLICY_NAME_PARTS}`,
  hint: "choose another name",
};

export const FLEET_POLICY_NAME: Rule = {
  ...POLICY_NAME,
  requirement: `make a policy's name with that of the fleet: ${POLICY_NAME_PARTS}`,
};
