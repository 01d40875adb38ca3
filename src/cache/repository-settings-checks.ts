import { Token } from "cdktf";
import type { ArnRequirements } from "../aws/arn-checks";
import { checkArn } from "../aws/arn-checks";
import { parsedObject } from "../aws/policy-document";
import type { RegistryFacts } from "../aws/registry";
import { ROLE_REQUIREMENTS } from "../aws/role-arn";
import { isPlainObject } from "../validation/plain-object";
import { looksLikeAToken } from "../validation/redaction";
import type { Faults } from "../validation/validation-errors";
import { checkLifecyclePolicy } from "./lifecycle-policy";
import type { RepositorySettings } from "./repository-settings";
import { EncryptionType, TagMutability } from "./repository-settings";
import {
  DESCRIPTION,
  KMS_KEY,
  LIFECYCLE_WORDS,
  LIFECYCLE_SETTINGS,
  SETTINGS_WORDS,
  TAG_VALUE,
  TAG_KEY,
  MAX_TAGS,
  MAX_REPOSITORY_POLICY,
} from "./rules";

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

export function checkFlags(faults: Faults, prop: string, settings: RepositorySettings): void {
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

export function checkEncryption(
  faults: Faults,
  prop: string,
  settings: RepositorySettings,
  facts: RegistryFacts,
): void {
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

export function checkTags(faults: Faults, prop: string, tags: { readonly [key: string]: string }): void {
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

export function checkRepositoryPolicy(faults: Faults, prop: string, policy: string): void {
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
