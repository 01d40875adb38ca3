import { AwsError, Store, found, optionalList, optionalText, text } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";
import { checkLifecyclePolicy, checkRepositoryPolicy } from "./documents";
import { byLongestPrefix, checkLength, checkPrefix, invalid, keyOf, now, removed, selected } from "./parameters";

/** How the images of a repository are encrypted. */
export interface Encryption {
  readonly encryptionType?: string;
  readonly kmsKey?: string;
}

/** Tags that are exempt from the mutability of the other tags. */
export interface ExclusionFilter {
  readonly filterType?: string;
  readonly filter?: string;
}

/** A repository creation template. */
export interface CreationTemplate {
  readonly prefix: string;
  readonly description: string | undefined;
  readonly encryptionConfiguration: Encryption;
  readonly resourceTags: readonly Tag[] | undefined;
  readonly imageTagMutability: string;
  readonly imageTagMutabilityExclusionFilters: readonly ExclusionFilter[] | undefined;
  readonly repositoryPolicy: string | undefined;
  readonly lifecyclePolicy: string | undefined;
  readonly appliedFor: readonly string[];
  readonly customRoleArn: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const MAX_PREFIX = 256;
const MAX_DESCRIPTION = 256;
const MAX_TAGS = 50;
const MAX_FILTERS = 5;
const APPLIED_FOR = ["PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH"];
const MUTABILITIES = ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"];
const ENCRYPTION_TYPES = ["AES256", "KMS", "KMS_DSSE"];
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w/+=,.@-]+$/;
// AWS asks for the full ARN in a template. A repository accepts the ID and the alias of a key too.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfigurationForRepositoryCreationTemplate.html
const KMS_KEY = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[a-z0-9-]+$/;
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const FILTER = /^[0-9a-zA-Z._*-]{1,128}$/;
const NO_TEMPLATE = "TemplateNotFoundException";

/** The repository creation templates of a registry. */
export class CreationTemplates {
  private readonly templates = new Store<CreationTemplate>("repository creation template");

  public readonly operations: Service["operations"] = {
    CreateRepositoryCreationTemplate: (input, scope) => {
      const prefix = text(input, "prefix");
      checkPrefix("prefix", prefix, MAX_PREFIX);
      if (this.templates.in(scope).has(keyOf(prefix))) {
        throw new AwsError("TemplateAlreadyExistsException", `A template for ${prefix} exists already.`);
      }
      return this.put(templateIn(input, undefined), scope);
    },
    DescribeRepositoryCreationTemplates: (input, scope) => {
      const { items, nextToken } = selected(this.templates.in(scope), input, scope, {
        parameter: "prefixes",
        error: NO_TEMPLATE,
      });
      return { registryId: scope.accountId, repositoryCreationTemplates: items, nextToken };
    },
    UpdateRepositoryCreationTemplate: (input, scope) => {
      const former = found(this.templates.in(scope), keyOf(text(input, "prefix")), NO_TEMPLATE);
      return this.put(templateIn(input, former), scope);
    },
    DeleteRepositoryCreationTemplate: (input, scope) => ({
      registryId: scope.accountId,
      repositoryCreationTemplate: removed(this.templates.in(scope), keyOf(text(input, "prefix")), NO_TEMPLATE),
    }),
  };

  public contents(): string[] {
    return this.templates.contents();
  }

  /** The template that a repository of the cache is created with; undefined where there is none. */
  public templateOf(repository: string, scope: Scope): CreationTemplate | undefined {
    const templates = [...this.templates.in(scope)].filter(([, { appliedFor }]) =>
      appliedFor.includes("PULL_THROUGH_CACHE"),
    );
    return byLongestPrefix(new Map(templates), repository);
  }

  public havePolicies(scope: Scope): boolean {
    return [...this.templates.in(scope).values()].some(({ repositoryPolicy }) => repositoryPolicy !== undefined);
  }

  private put(template: CreationTemplate, scope: Scope): Fields {
    checkTemplate(template, scope);
    this.templates.in(scope).set(keyOf(template.prefix), template);
    return { registryId: scope.accountId, repositoryCreationTemplate: template };
  }
}

/** A template with what a request says; what the request leaves out stays what it was. */
function templateIn(input: Fields, former: CreationTemplate | undefined): CreationTemplate {
  const mutability = optionalText(input, "imageTagMutability");
  const filters = optionalList<ExclusionFilter>(input, "imageTagMutabilityExclusionFilters");
  return {
    prefix: former?.prefix ?? text(input, "prefix"),
    description: optionalText(input, "description") ?? former?.description,
    encryptionConfiguration: (input["encryptionConfiguration"] as Encryption | undefined) ??
      former?.encryptionConfiguration ?? { encryptionType: "AES256" },
    resourceTags: optionalList<Tag>(input, "resourceTags") ?? former?.resourceTags,
    imageTagMutability: mutability ?? former?.imageTagMutability ?? "MUTABLE",
    // The former filters belong to the former mutability.
    imageTagMutabilityExclusionFilters:
      filters ?? (mutability === undefined ? former?.imageTagMutabilityExclusionFilters : undefined),
    repositoryPolicy: optionalText(input, "repositoryPolicy") ?? former?.repositoryPolicy,
    lifecyclePolicy: optionalText(input, "lifecyclePolicy") ?? former?.lifecyclePolicy,
    appliedFor: optionalList<string>(input, "appliedFor") ?? former?.appliedFor ?? [],
    customRoleArn: optionalText(input, "customRoleArn") ?? former?.customRoleArn,
    createdAt: former?.createdAt ?? now(),
    updatedAt: now(),
  };
}

function checkTemplate(template: CreationTemplate, scope: Scope): void {
  const { appliedFor, customRoleArn = "", repositoryPolicy = "", lifecyclePolicy = "" } = template;
  if (appliedFor.length === 0 || appliedFor.some((use) => !APPLIED_FOR.includes(use))) {
    throw invalid(`appliedFor must name ${APPLIED_FOR.join(", ")}`);
  }
  if (customRoleArn !== "" && !ROLE_ARN.test(customRoleArn)) {
    throw invalid(`${customRoleArn} is not the ARN of a role`);
  }
  checkLength("description", template.description, MAX_DESCRIPTION);
  checkMutability(template);
  checkEncryption(template.encryptionConfiguration, scope);
  checkTags("resourceTags", template.resourceTags ?? []);
  // An empty document removes the setting.
  if (lifecyclePolicy !== "") {
    checkLifecyclePolicy(lifecyclePolicy);
  }
  if (repositoryPolicy !== "") {
    checkRepositoryPolicy(repositoryPolicy);
  }
}

/** Refuses a mutability of tags that ECR does not have, for templates and for repositories. */
export function checkMutability(
  template: Pick<CreationTemplate, "imageTagMutability" | "imageTagMutabilityExclusionFilters">,
): void {
  const { imageTagMutability, imageTagMutabilityExclusionFilters: filters = [] } = template;
  if (!MUTABILITIES.includes(imageTagMutability)) {
    throw invalid(`imageTagMutability must be one of ${MUTABILITIES.join(", ")}`);
  }
  if (!imageTagMutability.endsWith("_WITH_EXCLUSION")) {
    if (filters.length > 0) {
      throw invalid(`imageTagMutabilityExclusionFilters cannot be given with ${imageTagMutability}`);
    }
    return;
  }
  if (filters.length < 1 || filters.length > MAX_FILTERS) {
    throw invalid(`imageTagMutabilityExclusionFilters must have 1 to ${MAX_FILTERS} filters`);
  }
  if (filters.some(({ filterType, filter = "" }) => filterType !== "WILDCARD" || !FILTER.test(filter))) {
    throw invalid(`imageTagMutabilityExclusionFilters must be of the type WILDCARD and match ${FILTER.source}`);
  }
}

/** Refuses an encryption that ECR does not have, for templates and for repositories. */
export function checkEncryption({ encryptionType = "", kmsKey = "" }: Encryption, { region }: Scope): void {
  if (!ENCRYPTION_TYPES.includes(encryptionType)) {
    throw invalid(`encryptionType must be one of ${ENCRYPTION_TYPES.join(", ")}`);
  }
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
  if (encryptionType === "KMS_DSSE" && !region.startsWith("us-gov-")) {
    throw invalid(`encryptionType KMS_DSSE is not available in ${region}`);
  }
  if (kmsKey === "") {
    return;
  }
  if (encryptionType === "AES256") {
    throw invalid("kmsKey cannot be given with encryptionType AES256");
  }
  const keyRegion = KMS_KEY.exec(kmsKey)?.[1];
  if (keyRegion === undefined) {
    throw invalid(`kmsKey must match ${KMS_KEY.source}`);
  }
  if (keyRegion !== region) {
    throw invalid(`kmsKey must be a key of ${region}, got one of ${keyRegion}`);
  }
}

/** Refuses tags that ECR does not take. */
export function checkTags(parameter: string, tags: readonly Tag[]): void {
  if (tags.length > MAX_TAGS) {
    throw invalid(`${parameter} must have at most ${MAX_TAGS} tags`);
  }
  for (const { Key: key = "", Value: value = "" } of tags) {
    if (key === "" || key.length > 128 || value.length > 256) {
      throw invalid(`${parameter} must have keys of 1 to 128 characters and values of at most 256`);
    }
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalid(`${parameter} must not have keys that start with aws:`);
    }
    if (!TAG_CHARACTERS.test(key) || !TAG_CHARACTERS.test(value)) {
      throw invalid(`${parameter} must consist of letters, digits, spaces and _.:/=+-@`);
    }
  }
}
