import { Token } from "cdktf";
import type { ArnRequirements } from "../aws/arn-checks";
import { checkArn } from "../aws/arn-checks";
import { parsedObject } from "../aws/policy-document";
import type { KnownLocation } from "../aws/registry";
import { ROLE_REQUIREMENTS } from "../aws/role-arn";
import { isPlainObject } from "../validation/plain-object";
import { looksLikeSecret } from "../validation/redaction";
import type { AllKeys } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import { checkLifecyclePolicy } from "./lifecycle-policy";
import type { RepositorySettings } from "./repository-settings";
import { EncryptionType, TagMutability } from "./repository-settings";
import {
  DESCRIPTION,
  KMS_KEY,
  LIFECYCLE_REQUIREMENTS,
  LIFECYCLE_SETTINGS,
  SETTINGS_REQUIREMENTS,
  TAG_VALUE,
  TAG_KEY,
  MAX_TAGS,
  MAX_REPOSITORY_POLICY,
} from "./rules";

const KMS_KEY_REQUIREMENTS: ArnRequirements = {
  rule: KMS_KEY,
  service: "kms",
  hint: "give the ARN of the key",
  regionHint: "give a key of that region; a fleet takes one for each in its `repositorySettingsByRegion`",
};

const KNOWN_SETTINGS = Object.keys({
  creationTemplate: true,
  description: true,
  untaggedExpirationInDays: true,
  keepLastImages: true,
  keepAllImages: true,
  lifecyclePolicy: true,
  tagMutability: true,
  kmsKeyArn: true,
  encryptionType: true,
  tags: true,
  repositoryPolicy: true,
  roleArn: true,
} satisfies AllKeys<RepositorySettings>);

/** Records what is wrong with settings as they were given. */
export function checkRepositorySettings(
  errors: ValidationErrors,
  prop: string,
  settings: RepositorySettings,
  location: KnownLocation,
): void {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    errors.add(prop, "be an object of settings", settings, "to have no template, use { creationTemplate: false }");
    return;
  }
  errors.checkKeys(prop, settings, KNOWN_SETTINGS, "a known setting");
  checkFlags(errors, prop, settings);
  for (const limit of ["untaggedExpirationInDays", "keepLastImages"] as const) {
    const hint = "to delete nothing, use `keepAllImages`";
    errors.checkInteger(`${prop}.${limit}`, settings[limit], { min: 1 }, hint);
  }
  if (settings.tagMutability !== undefined && !Object.values(TagMutability).includes(settings.tagMutability)) {
    errors.add(
      `${prop}.tagMutability`,
      SETTINGS_REQUIREMENTS.tagMutability,
      settings.tagMutability,
      "use TagMutability",
    );
  }
  if (settings.description !== undefined) {
    errors.checkString(`${prop}.description`, settings.description, DESCRIPTION, "leave it out for none");
  }
  checkEncryption(errors, prop, settings, location);
  checkLifecycle(errors, prop, settings);
  if (settings.tags !== undefined) {
    checkTags(errors, `${prop}.tags`, settings.tags);
  }
  if (settings.repositoryPolicy !== undefined) {
    checkRepositoryPolicy(errors, `${prop}.repositoryPolicy`, settings.repositoryPolicy);
  }
  if (settings.roleArn !== undefined) {
    checkArn(errors, `${prop}.roleArn`, settings.roleArn, ROLE_REQUIREMENTS, location);
  }
}

/** Adds the errors of settings that depend on the account and region of the cache. */
export function checkSettingsInRegion(
  errors: ValidationErrors,
  prop: string,
  settings: RepositorySettings | undefined,
  location: KnownLocation,
): void {
  if (settings?.kmsKeyArn !== undefined) {
    checkArn(errors, `${prop}.kmsKeyArn`, settings.kmsKeyArn, KMS_KEY_REQUIREMENTS, location);
  }
  if (settings?.roleArn !== undefined) {
    checkArn(errors, `${prop}.roleArn`, settings.roleArn, ROLE_REQUIREMENTS, location);
  }
}

export function checkFlags(errors: ValidationErrors, prop: string, settings: RepositorySettings): void {
  for (const flag of ["creationTemplate", "keepAllImages"] as const) {
    if (settings[flag] !== undefined && typeof settings[flag] !== "boolean") {
      errors.add(`${prop}.${flag}`, "be true or false", settings[flag], "leave it out for the default");
    }
  }
  const others = Object.entries(settings).filter(
    ([name, value]) => name !== "creationTemplate" && value !== undefined && value !== false,
  );
  if (settings.creationTemplate === false && others.length > 0) {
    errors.add(
      `${prop}.creationTemplate`,
      SETTINGS_REQUIREMENTS.noTemplate(others.map(([name]) => `\`${name}\``).join(", ")),
      false,
      "without a template ECR knows none of them: leave them out or keep the template",
    );
  }
  if (
    settings.keepAllImages === true &&
    (settings.untaggedExpirationInDays !== undefined || settings.keepLastImages !== undefined)
  ) {
    errors.add(`${prop}.keepAllImages`, SETTINGS_REQUIREMENTS.keepAll, true, "choose one or the other");
  }
}

export function checkEncryption(
  errors: ValidationErrors,
  prop: string,
  settings: RepositorySettings,
  location: KnownLocation,
): void {
  const { kmsKeyArn, encryptionType } = settings;
  if (kmsKeyArn !== undefined) {
    checkArn(errors, `${prop}.kmsKeyArn`, kmsKeyArn, KMS_KEY_REQUIREMENTS, location);
  }
  if (encryptionType === undefined) {
    return;
  }
  const place = `${prop}.encryptionType`;
  if (!Object.values(EncryptionType).includes(encryptionType)) {
    errors.add(place, SETTINGS_REQUIREMENTS.encryptionType, encryptionType, "use EncryptionType");
  }
  if (kmsKeyArn !== undefined) {
    errors.add(place, SETTINGS_REQUIREMENTS.ownKey, encryptionType, "a key means KMS already");
  }
}

function checkLifecycle(errors: ValidationErrors, prop: string, settings: RepositorySettings): void {
  if (settings.lifecyclePolicy === undefined) {
    return;
  }
  checkLifecyclePolicy(errors, `${prop}.lifecyclePolicy`, settings.lifecyclePolicy);
  for (const name of LIFECYCLE_SETTINGS) {
    if (settings[name] !== undefined && settings[name] !== false) {
      errors.add(`${prop}.${name}`, LIFECYCLE_REQUIREMENTS.beside, settings[name], "write all rules into the policy");
    }
  }
}

export function checkTags(errors: ValidationErrors, prop: string, tags: { readonly [key: string]: string }): void {
  if (Token.isUnresolved(tags)) {
    return;
  }
  if (!isPlainObject(tags)) {
    errors.add(prop, "be a map of strings", tags, "give each tag as a key and its value");
    return;
  }
  if (Object.keys(tags).length > MAX_TAGS) {
    errors.add(prop, SETTINGS_REQUIREMENTS.tags, Object.keys(tags).length, "ECR takes no more on a repository");
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key === "__proto__") {
      errors.add(prop, "have no key that JavaScript reserves", key, "rename the tag: cdktf would leave it out");
    }
    errors.checkString(prop, key, TAG_KEY, "rename the tag");
    const shownKey = looksLikeSecret(key) ? "(a key not shown)" : JSON.stringify(key);
    errors.checkString(`${prop}[${shownKey}]`, value, TAG_VALUE, "change it to what AWS takes");
  }
}

export function checkRepositoryPolicy(errors: ValidationErrors, prop: string, policy: string): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  if (typeof policy !== "string" || parsedObject(policy) === undefined) {
    errors.add(
      prop,
      SETTINGS_REQUIREMENTS.repositoryPolicy,
      policy,
      "write it with JSON.stringify, or with Fn.jsonencode when it holds tokens",
    );
  } else if (policy.length > MAX_REPOSITORY_POLICY) {
    errors.add(prop, SETTINGS_REQUIREMENTS.policyLength, `${policy.length} characters`, "join its statements");
  }
}
