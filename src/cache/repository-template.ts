import { Token } from "cdktf";
import { checkArn } from "../aws/arn-checks";
import type { ArnRequirements } from "../aws/arn-checks";
import { jsonDocument, literalJson, parsedObject } from "../aws/policy-document";
import type { RegistryFacts } from "../aws/registry";
import { isPlainObject } from "../validation/plain-object";
import { looksLikeAToken } from "../validation/redaction";
import type { Faults, Rule } from "../validation/validation-errors";
import { LIFECYCLE_WORDS, checkLifecyclePolicy } from "./lifecycle-policy";
import { EncryptionType, TagMutability } from "./repository-settings";
import type { RepositorySettings } from "./repository-settings";

/** Settings with every default filled in, ready for a template. */
export interface RepositoryTemplate {
  readonly description?: string;
  readonly tagMutability: TagMutability;
  readonly lifecyclePolicy?: string;
  readonly repositoryPolicy?: string;
  readonly encryptionType: EncryptionType;
  readonly kmsKeyArn?: string;
  readonly tags?: { readonly [key: string]: string };
  readonly roleArn?: string;
  /** Whether ECR can create such repositories only through a role. */
  readonly needsRole: boolean;
}

/** What holds where settings say nothing. */
export const DEFAULT_SETTINGS = {
  keepLastImages: 100,
  tagMutability: TagMutability.MUTABLE,
  encryptionType: EncryptionType.AES256,
} as const;

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
export const MAX_REPOSITORY_POLICY = 10240;
export const MAX_TAGS = 50;
/** The key of a tag. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html */
export const TAG_KEY: Rule = {
  // Spelt out, since with the flag i V8 folds the case of every letter of Unicode first, in every program that has tags.
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
  except: /^([aA][wW][sS]:|\p{Z}*$)/u,
  maxLength: 128,
  words: "have keys of 1 to 128 letters, digits, spaces and _.:/=+-@ that do not start with aws:",
};
/** The value of a tag; from the same page. */
export const TAG_VALUE: Rule = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
  maxLength: 256,
  words: "be a string of up to 256 letters, digits, spaces and _.:/=+-@",
};

/**
 * The ARN of a key that encrypts repositories.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfigurationForRepositoryCreationTemplate.html
 */
export const KMS_KEY: Rule = {
  pattern: /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/,
  words: "be the ARN of a KMS key in lower case, not of an alias",
};

/** The description of a template. AWS's limit is 256 characters, the provider's 255. */
export const DESCRIPTION: Rule = {
  pattern: /^/,
  minLength: 1,
  maxLength: 255,
  words: "be a string of 1 to 255 characters",
};

/** What the template of a repository records of its encryption: the template is replaced when this changes. */
export const ENCRYPTIONS = { s3: "keys of Amazon S3", aws: "aws/ecr", own: "a key of yours" } as const;

/** Words of rules that are no patterns. */
export const SETTINGS_WORDS = {
  tagMutability: `be one of ${Object.values(TagMutability).join(", ")}`,
  encryptionType: `be one of ${Object.values(EncryptionType).join(", ")}`,
  ownKey: "not be given beside a key of yours",
  noTemplate: (others: string): string => `not be false beside ${others}`,
  keepAll: "not be true beside `expireUntaggedAfterDays` or `keepLastImages`",
  tags: `have at most ${MAX_TAGS} entries`,
  repositoryPolicy: "be a policy as JSON text",
  policyLength: `be at most ${MAX_REPOSITORY_POLICY} characters`,
} as const;

/** The ARN of an IAM role, with or without a path. */
export const ROLE_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  maxLength: 2048,
  words: "be the ARN of an IAM role",
};

/** A role that ECR assumes for a cache: of the cache's own account, since AWS lets nobody pass on another's. */
export const ROLE_REQUIREMENTS: ArnRequirements = {
  rule: ROLE_ARN,
  service: "iam",
  wayOut: "leave it out to have a role made where one is needed",
  accountWayOut: "give a role of the account that caches, or leave it out to have one made",
};

const KMS_KEY_REQUIREMENTS: ArnRequirements = {
  rule: KMS_KEY,
  service: "kms",
  wayOut: "give the ARN of the key",
  regionWayOut: "give a key of that region; a fleet takes one for each in its `regionalRepositories`",
};

const KNOWN_SETTINGS: readonly string[] = [
  "creationTemplate",
  "description",
  "expireUntaggedAfterDays",
  "keepLastImages",
  "keepAllImages",
  "lifecyclePolicy",
  "tagMutability",
  "kmsKeyArn",
  "encryptionType",
  "tags",
  "repositoryPolicy",
  "roleArn",
] satisfies (keyof RepositorySettings)[];

/** The settings that a lifecycle policy is made from, where none is given as text. */
export const LIFECYCLE_SETTINGS = [
  "expireUntaggedAfterDays",
  "keepLastImages",
  "keepAllImages",
] as const satisfies readonly (keyof RepositorySettings)[];

/** Settings that the caller cannot change any more; what is no object is left for the checks. */
export function copySettings<T extends RepositorySettings | undefined>(settings: T): T {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    return settings;
  }
  const { tags } = settings;
  return isPlainObject(tags) ? { ...settings, tags: { ...tags } } : { ...settings };
}

/** The settings of one upstream: its own, and the common ones where it says nothing. */
export function mergeSettings(
  common: RepositorySettings | undefined,
  own: RepositorySettings | undefined,
): RepositorySettings {
  const given = Object.entries(own ?? {}).filter(([, value]) => value !== undefined);
  if (own === undefined || given.length === 0) {
    return common ?? {};
  }
  if (own.creationTemplate === false) {
    return { creationTemplate: false };
  }
  // An upstream that says how its repositories look wants a template, whatever the others do.
  const merged: RepositorySettings = { ...common, creationTemplate: true, ...Object.fromEntries(given) };
  return { ...merged, ...mergedLifecycle(own), ...mergedEncryption(own) };
}

/** A lifecycle of an upstream's own takes the place of what of the common one excludes it. */
function mergedLifecycle(own: RepositorySettings): RepositorySettings {
  const { expireUntaggedAfterDays, keepLastImages, keepAllImages, lifecyclePolicy } = own;
  if (lifecyclePolicy !== undefined || keepAllImages === true) {
    return { expireUntaggedAfterDays, keepLastImages, keepAllImages, lifecyclePolicy };
  }
  const limits = expireUntaggedAfterDays !== undefined || keepLastImages !== undefined;
  return limits ? { keepAllImages, lifecyclePolicy } : {};
}

/** An upstream's own key or type takes the place of both common ones. */
function mergedEncryption({ kmsKeyArn, encryptionType }: RepositorySettings): RepositorySettings {
  return kmsKeyArn === undefined && encryptionType === undefined ? {} : { kmsKeyArn, encryptionType };
}

/** Fills in the defaults; undefined when there is to be no template. */
export function repositoryTemplate(settings: RepositorySettings): RepositoryTemplate | undefined {
  if (settings.creationTemplate === false) {
    return undefined;
  }
  const tags = hasTags(settings.tags) ? settings.tags : undefined;
  const encryptionType =
    settings.kmsKeyArn === undefined
      ? (settings.encryptionType ?? DEFAULT_SETTINGS.encryptionType)
      : EncryptionType.KMS;
  return {
    description: settings.description,
    tagMutability: settings.tagMutability ?? DEFAULT_SETTINGS.tagMutability,
    lifecyclePolicy: lifecyclePolicy(settings),
    repositoryPolicy: jsonText(settings.repositoryPolicy),
    encryptionType,
    kmsKeyArn: settings.kmsKeyArn,
    tags,
    roleArn: settings.roleArn,
    needsRole: tags !== undefined || encryptionType === EncryptionType.KMS,
  };
}

/** With whose key the repositories of a template are encrypted. */
export function encryptionOf({ encryptionType, kmsKeyArn }: RepositoryTemplate): string {
  const { s3, aws, own } = ENCRYPTIONS;
  return kmsKeyArn !== undefined ? own : encryptionType === EncryptionType.KMS ? aws : s3;
}

/** Records what is wrong with settings as they were given. */
export function checkRepositorySettings(
  faults: Faults,
  prop: string,
  settings: RepositorySettings,
  facts: RegistryFacts,
): void {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    faults.add(prop, "be an object of settings", settings, "to have no template, use { creationTemplate: false }");
    return;
  }
  faults.checkKeys(prop, settings, KNOWN_SETTINGS, "a known setting");
  checkFlags(faults, prop, settings);
  for (const limit of ["expireUntaggedAfterDays", "keepLastImages"] as const) {
    const way = "to delete nothing, use `keepAllImages`";
    faults.checkInteger(`${prop}.${limit}`, settings[limit], 1, Number.MAX_SAFE_INTEGER, way);
  }
  if (settings.tagMutability !== undefined && !Object.values(TagMutability).includes(settings.tagMutability)) {
    faults.add(`${prop}.tagMutability`, SETTINGS_WORDS.tagMutability, settings.tagMutability, "use TagMutability");
  }
  if (settings.description !== undefined) {
    faults.checkString(`${prop}.description`, settings.description, DESCRIPTION, "leave it out for none");
  }
  checkEncryption(faults, prop, settings, facts);
  checkLifecycle(faults, prop, settings);
  if (settings.tags !== undefined) {
    checkTags(faults, `${prop}.tags`, settings.tags);
  }
  if (settings.repositoryPolicy !== undefined) {
    checkRepositoryPolicy(faults, `${prop}.repositoryPolicy`, settings.repositoryPolicy);
  }
  if (settings.roleArn !== undefined) {
    checkArn(faults, `${prop}.roleArn`, settings.roleArn, ROLE_REQUIREMENTS, facts);
  }
}

function checkFlags(faults: Faults, prop: string, settings: RepositorySettings): void {
  for (const flag of ["creationTemplate", "keepAllImages"] as const) {
    if (settings[flag] !== undefined && typeof settings[flag] !== "boolean") {
      faults.add(`${prop}.${flag}`, "be true or false", settings[flag], "leave it out for the default");
    }
  }
  const others = Object.entries(settings).filter(
    ([name, value]) => name !== "creationTemplate" && value !== undefined && value !== false,
  );
  if (settings.creationTemplate === false && others.length > 0) {
    faults.add(
      `${prop}.creationTemplate`,
      SETTINGS_WORDS.noTemplate(others.map(([name]) => `\`${name}\``).join(", ")),
      false,
      "without a template ECR knows none of them: leave them out or keep the template",
    );
  }
  if (
    settings.keepAllImages === true &&
    (settings.expireUntaggedAfterDays !== undefined || settings.keepLastImages !== undefined)
  ) {
    faults.add(`${prop}.keepAllImages`, SETTINGS_WORDS.keepAll, true, "choose one or the other");
  }
}

function checkEncryption(faults: Faults, prop: string, settings: RepositorySettings, facts: RegistryFacts): void {
  const { kmsKeyArn, encryptionType } = settings;
  if (kmsKeyArn !== undefined) {
    checkArn(faults, `${prop}.kmsKeyArn`, kmsKeyArn, KMS_KEY_REQUIREMENTS, facts);
  }
  if (encryptionType === undefined) {
    return;
  }
  const place = `${prop}.encryptionType`;
  if (!Object.values(EncryptionType).includes(encryptionType)) {
    faults.add(place, SETTINGS_WORDS.encryptionType, encryptionType, "use EncryptionType");
  }
  if (kmsKeyArn !== undefined) {
    faults.add(place, SETTINGS_WORDS.ownKey, encryptionType, "a key means KMS already");
  }
}

function checkLifecycle(faults: Faults, prop: string, settings: RepositorySettings): void {
  if (settings.lifecyclePolicy === undefined) {
    return;
  }
  checkLifecyclePolicy(faults, `${prop}.lifecyclePolicy`, settings.lifecyclePolicy);
  for (const name of LIFECYCLE_SETTINGS) {
    if (settings[name] !== undefined && settings[name] !== false) {
      faults.add(`${prop}.${name}`, LIFECYCLE_WORDS.beside, settings[name], "write all rules into the policy");
    }
  }
}

function checkTags(faults: Faults, prop: string, tags: { readonly [key: string]: string }): void {
  if (Token.isUnresolved(tags)) {
    return;
  }
  if (!isPlainObject(tags)) {
    faults.add(prop, "be a map of strings", tags, "give each tag as a key and its value");
    return;
  }
  if (Object.keys(tags).length > MAX_TAGS) {
    faults.add(prop, SETTINGS_WORDS.tags, Object.keys(tags).length, "ECR takes no more on a repository");
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key === "__proto__") {
      faults.add(prop, "have no key that JavaScript reserves", key, "rename the tag: cdktf would leave it out");
    }
    faults.checkString(prop, key, TAG_KEY, "rename the tag");
    const shownKey = looksLikeAToken(key) ? "(a key not shown)" : JSON.stringify(key);
    faults.checkString(`${prop}[${shownKey}]`, value, TAG_VALUE, "change it to what AWS takes");
  }
}

function checkRepositoryPolicy(faults: Faults, prop: string, policy: string): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  if (typeof policy !== "string" || parsedObject(policy) === undefined) {
    faults.add(
      prop,
      SETTINGS_WORDS.repositoryPolicy,
      policy,
      "write it with JSON.stringify, or with Fn.jsonencode when it holds tokens",
    );
  } else if (policy.length > MAX_REPOSITORY_POLICY) {
    faults.add(prop, SETTINGS_WORDS.policyLength, `${policy.length} characters`, "join its statements");
  }
}

function hasTags(tags: RepositorySettings["tags"]): boolean {
  return tags !== undefined && (Token.isUnresolved(tags) || Object.keys(tags).length > 0);
}

/** JSON text of the caller's, safe to stand in Terraform JSON. */
function jsonText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : literalJson(text);
}

function lifecyclePolicy(settings: RepositorySettings): string | undefined {
  if (settings.lifecyclePolicy !== undefined) {
    return jsonText(settings.lifecyclePolicy);
  }
  const { untagged, newest } = LIFECYCLE_RULES;
  const { expireUntaggedAfterDays: days, keepLastImages: images = DEFAULT_SETTINGS.keepLastImages } = settings;
  const rules = [...(days === undefined ? [] : [untagged(days)]), newest(images)];
  return settings.keepAllImages === true ? undefined : jsonDocument({ rules });
}

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
