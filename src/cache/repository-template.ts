import type { EcrRepositoryCreationTemplateConfig } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import { Token } from "cdktf";
import { jsonDocument, literalJson } from "../aws/policy-document";
import { escapeDirectives } from "../terraform/template-directives";
import { isPlainObject } from "../validation/plain-object";
import { EncryptionType } from "./repository-settings";
import type { RepositorySettings, TagMutability } from "./repository-settings";
import { DEFAULT_SETTINGS, ENCRYPTIONS, GENERATED_LIFECYCLE } from "./rules";

/** The argument for exclusion filters, which `@cdktf/provider-aws` has from 21.9. */
interface ExclusionFilters {
  readonly imageTagMutabilityExclusionFilter?: readonly { readonly filter: string; readonly filterType: string }[];
}

/** A creation template: its arguments, and what other resources depend on. */
export interface RepositoryTemplate {
  /** The arguments that depend on nothing but the settings. */
  readonly config: Omit<EcrRepositoryCreationTemplateConfig, "prefix" | "appliedFor"> & ExclusionFilters;
  readonly tagMutability: TagMutability;
  readonly encryptionType: EncryptionType;
  readonly kmsKeyArn?: string;
  readonly hasTags: boolean;
  /** The caller's role. */
  readonly roleArn?: string;
  /** Whether ECR can create such repositories only with a role. */
  readonly needsRole: boolean;
}

/** A copy of settings, which later changes by the caller do not affect; the checks report what is no object. */
export function copySettings<T extends RepositorySettings | undefined>(settings: T): T {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    return settings;
  }
  const { tags, tagMutabilityExclusionFilters: filters } = settings;
  return {
    ...settings,
    ...(isPlainObject(tags) && { tags: { ...tags } }),
    ...(Array.isArray(filters) && { tagMutabilityExclusionFilters: [...filters] }),
  };
}

/** The settings of one upstream: its own take precedence over the common ones. */
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
  // An upstream with settings of its own has a template, even if the common settings have none.
  const merged: RepositorySettings = { ...common, creationTemplate: true, ...Object.fromEntries(given) };
  return { ...merged, ...mergedLifecycle(own), ...mergedEncryption(own), ...mergedExclusion(own) };
}

/** An upstream's own lifecycle settings replace the common ones that exclude them. */
function mergedLifecycle(own: RepositorySettings): RepositorySettings {
  const { untaggedExpirationInDays, keepLastImages, keepAllImages, lifecyclePolicy } = own;
  if (lifecyclePolicy !== undefined || keepAllImages === true) {
    return { untaggedExpirationInDays, keepLastImages, keepAllImages, lifecyclePolicy };
  }
  const limits = untaggedExpirationInDays !== undefined || keepLastImages !== undefined;
  return limits ? { keepAllImages, lifecyclePolicy } : {};
}

/** An upstream's own key or encryption type replaces both common ones. */
function mergedEncryption({ kmsKeyArn, encryptionType }: RepositorySettings): RepositorySettings {
  return kmsKeyArn === undefined && encryptionType === undefined ? {} : { kmsKeyArn, encryptionType };
}

/** An upstream's own mutability of tags replaces the common exclusion filters, too. */
function mergedExclusion({ tagMutability, tagMutabilityExclusionFilters }: RepositorySettings): RepositorySettings {
  return tagMutability === undefined ? {} : { tagMutabilityExclusionFilters };
}

/** The template of settings, with defaults; undefined if there is no template. */
export function repositoryTemplate(settings: RepositorySettings): RepositoryTemplate | undefined {
  if (settings.creationTemplate === false) {
    return undefined;
  }
  const { kmsKeyArn, roleArn, description, repositoryPolicy } = settings;
  const tags = hasTags(settings.tags) ? settings.tags : undefined;
  const tagMutability = settings.tagMutability ?? DEFAULT_SETTINGS.tagMutability;
  const encryptionType =
    kmsKeyArn === undefined ? (settings.encryptionType ?? DEFAULT_SETTINGS.encryptionType) : EncryptionType.KMS;
  const usesKms = encryptionType === EncryptionType.KMS;
  return {
    config: {
      description: description === undefined ? undefined : escapeDirectives(description),
      imageTagMutability: tagMutability,
      imageTagMutabilityExclusionFilter: settings.tagMutabilityExclusionFilters?.map((filter) => ({
        filter,
        filterType: "WILDCARD",
      })),
      encryptionConfiguration: usesKms ? [{ encryptionType, kmsKey: kmsKeyArn }] : undefined,
      lifecyclePolicy: lifecyclePolicy(settings),
      repositoryPolicy: repositoryPolicy === undefined ? undefined : literalJson(repositoryPolicy),
      resourceTags: tags,
    },
    tagMutability,
    encryptionType,
    kmsKeyArn,
    hasTags: tags !== undefined,
    roleArn,
    needsRole: tags !== undefined || usesKms,
  };
}

/** The encryption of the repositories of a template, as text that changes with it. */
export function encryptionOf({ encryptionType, kmsKeyArn }: RepositoryTemplate): string {
  const { s3, aws, own } = ENCRYPTIONS;
  return kmsKeyArn !== undefined ? own : encryptionType === EncryptionType.KMS ? aws : s3;
}

function hasTags(tags: RepositorySettings["tags"]): boolean {
  return tags !== undefined && (Token.isUnresolved(tags) || Object.keys(tags).length > 0);
}

function lifecyclePolicy(settings: RepositorySettings): string | undefined {
  if (settings.lifecyclePolicy !== undefined) {
    return literalJson(settings.lifecyclePolicy);
  }
  const { untagged, newest } = GENERATED_LIFECYCLE;
  const { untaggedExpirationInDays: days, keepLastImages: images = DEFAULT_SETTINGS.keepLastImages } = settings;
  const rules = [...(days === undefined ? [] : [untagged(days)]), newest(images)];
  return settings.keepAllImages === true ? undefined : jsonDocument({ rules });
}
