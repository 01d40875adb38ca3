import { Token } from "cdktf";
import { jsonDocument, literalJson } from "../aws/policy-document";
import { isPlainObject } from "../validation/plain-object";
import { EncryptionType } from "./repository-settings";
import type { RepositorySettings, TagMutability } from "./repository-settings";
import { DEFAULT_SETTINGS, ENCRYPTIONS, LIFECYCLE_RULES } from "./rules";

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
  const { untaggedExpirationInDays: untaggedExpirationInDays, keepLastImages, keepAllImages, lifecyclePolicy } = own;
  if (lifecyclePolicy !== undefined || keepAllImages === true) {
    return { untaggedExpirationInDays: untaggedExpirationInDays, keepLastImages, keepAllImages, lifecyclePolicy };
  }
  const limits = untaggedExpirationInDays !== undefined || keepLastImages !== undefined;
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
  const { untaggedExpirationInDays: days, keepLastImages: images = DEFAULT_SETTINGS.keepLastImages } = settings;
  const rules = [...(days === undefined ? [] : [untagged(days)]), newest(images)];
  return settings.keepAllImages === true ? undefined : jsonDocument({ rules });
}
