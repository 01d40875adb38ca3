import { Token } from "cdktf";
import type { ArnRequirements } from "../aws/arn-checks";
import { checkArn } from "../aws/arn-checks";
import { parsedObject } from "../aws/policy-document";
import type { KnownLocation } from "../aws/registry";
import { ROLE_REQUIREMENTS } from "../aws/role-arn";
import { isPlainObject } from "../validation/plain-object";
import { looksLikeSecret } from "../validation/secret-patterns";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkLifecyclePolicy } from "./lifecycle-policy";
import type { RepositorySettings } from "./repository-settings";
import { EncryptionType } from "./repository-settings";
import {
  DESCRIPTION,
  KMS_KEY,
  KMS_KEY_REGION_HINT,
  LIFECYCLE_POLICY_RULES,
  LIFECYCLE_SETTINGS,
  MAX_REPOSITORY_POLICY,
  MAX_TAGS,
  SETTINGS_RULES,
  TAG_KEY,
  TAG_VALUE,
} from "./rules";
import { checkExclusion, checkExclusionFilters, checkTagMutability } from "./tag-mutability";

const KMS_KEY_REQUIREMENTS: ArnRequirements = {
  rule: KMS_KEY,
  service: "kms",
  hint: KMS_KEY.hint,
  regionHint: `${KMS_KEY_REGION_HINT}; a fleet takes one for each in its \`repositorySettingsByRegion\``,
};

type Check<T> = (errors: ValidationErrors, place: string, value: T, location: KnownLocation) => void;

/** The check of each setting by itself; the compiler requires one for every setting. */
const CHECKS: { readonly [name in keyof RepositorySettings]-?: Check<NonNullable<RepositorySettings[name]>> } = {
  creationTemplate: checkFlag,
  description: (errors, place, value) => errors.checkString(place, value, DESCRIPTION),
  untaggedExpirationInDays: checkLimit,
  keepLastImages: checkLimit,
  keepAllImages: checkFlag,
  lifecyclePolicy: (errors, place, value) => checkLifecyclePolicy(errors, place, value),
  tagMutability: checkTagMutability,
  tagMutabilityExclusionFilters: checkExclusionFilters,
  kmsKeyArn: (errors, place, value, location) => checkArn(errors, place, value, KMS_KEY_REQUIREMENTS, location),
  encryptionType: (errors, place, value) =>
    errors.checkEnum(place, value, Object.values(EncryptionType), SETTINGS_RULES.encryptionType.hint),
  tags: checkTags,
  repositoryPolicy: checkRepositoryPolicy,
  roleArn: (errors, place, value, location) => checkArn(errors, place, value, ROLE_REQUIREMENTS, location),
};

/** Adds the errors of settings as they were given. */
export function checkRepositorySettings(
  errors: ValidationErrors,
  prop: string,
  settings: RepositorySettings,
  location: KnownLocation,
): void {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    errors.addBroken(prop, SETTINGS_RULES.settings, settings);
    return;
  }
  errors.checkKeys(prop, settings, Object.keys(CHECKS), "a repository setting");
  for (const name of Object.keys(CHECKS) as (keyof RepositorySettings)[]) {
    if (settings[name] !== undefined) {
      (CHECKS[name] as Check<unknown>)(errors, `${prop}.${name}`, settings[name], location);
    }
  }
  checkTogether(errors, prop, settings);
}

/** Adds the errors of settings that depend on the account and region of the cache. */
export function checkSettingsInRegion(
  errors: ValidationErrors,
  prop: string,
  settings: RepositorySettings | undefined,
  location: KnownLocation,
): void {
  for (const name of ["kmsKeyArn", "roleArn"] as const) {
    const arn = settings?.[name];
    if (arn !== undefined) {
      CHECKS[name](errors, `${prop}.${name}`, arn, location);
    }
  }
}

/** Adds an error for every setting that another one excludes, or that needs another one. */
function checkTogether(errors: ValidationErrors, prop: string, settings: RepositorySettings): void {
  const { creationTemplate, keepAllImages, untaggedExpirationInDays, keepLastImages } = settings;
  const others = Object.entries(settings).filter(
    ([name, value]) => name !== "creationTemplate" && value !== undefined && value !== false,
  );
  if (creationTemplate === false && others.length > 0) {
    const names = others.map(([name]) => `\`${name}\``).join(", ");
    errors.addBroken(`${prop}.creationTemplate`, SETTINGS_RULES.noTemplate(names), false);
  }
  if (keepAllImages === true && (untaggedExpirationInDays !== undefined || keepLastImages !== undefined)) {
    errors.addBroken(`${prop}.keepAllImages`, SETTINGS_RULES.keepAllImages, true);
  }
  if (settings.encryptionType !== undefined && settings.kmsKeyArn !== undefined) {
    errors.addBroken(`${prop}.encryptionType`, SETTINGS_RULES.besideKey, settings.encryptionType);
  }
  checkExclusion(errors, prop, settings);
  for (const name of settings.lifecyclePolicy === undefined ? [] : LIFECYCLE_SETTINGS) {
    if (settings[name] !== undefined && settings[name] !== false) {
      errors.addBroken(`${prop}.${name}`, LIFECYCLE_POLICY_RULES.beside, settings[name]);
    }
  }
}

function checkFlag(errors: ValidationErrors, place: string, value: unknown): void {
  errors.checkBoolean(place, value, SETTINGS_RULES.flag.hint);
}

function checkLimit(errors: ValidationErrors, place: string, value: unknown): void {
  errors.checkInteger(place, value, { min: 1 }, SETTINGS_RULES.limit.hint);
}

function checkTags(errors: ValidationErrors, prop: string, tags: { readonly [key: string]: string }): void {
  if (Token.isUnresolved(tags)) {
    return;
  }
  if (!isPlainObject(tags)) {
    errors.addBroken(prop, SETTINGS_RULES.tags, tags);
    return;
  }
  if (Object.keys(tags).length > MAX_TAGS) {
    errors.addBroken(prop, SETTINGS_RULES.numberOfTags, Object.keys(tags).length);
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key === "__proto__") {
      errors.addBroken(prop, SETTINGS_RULES.reservedTag, key);
    }
    errors.checkString(prop, key, TAG_KEY);
    const shownKey = looksLikeSecret(key) ? "(a key not shown)" : JSON.stringify(key);
    errors.checkString(`${prop}[${shownKey}]`, value, TAG_VALUE);
  }
}

function checkRepositoryPolicy(errors: ValidationErrors, prop: string, policy: string): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  errors.checkDocument(prop, policy);
  if (typeof policy !== "string" || parsedObject(policy) === undefined) {
    errors.addBroken(prop, SETTINGS_RULES.repositoryPolicy, policy);
  } else if (policy.length > MAX_REPOSITORY_POLICY) {
    errors.addBroken(prop, SETTINGS_RULES.repositoryPolicyLength, `${policy.length} characters`);
  }
}
