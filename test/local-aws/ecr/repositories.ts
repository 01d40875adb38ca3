import { AwsError, Store, optionalList, optionalText, partitionOf, text } from "../service";
import type { Fields, Scope, Service, Tag } from "../service";
import { checkEncryption, checkMutability, checkTags } from "./creation-templates";
import type { CreationTemplate, Encryption, ExclusionFilter } from "./creation-templates";
import { checkRepositoryPolicy } from "./documents";
import { registryHost } from "./hosts";
import { named, sizeOf } from "./images";
import type { Image, Manifest } from "./images";
import { REPOSITORY, checkNoPaging, invalid, now, paged, selected, unsatisfied } from "./parameters";

/** A repository that a caller or the cache created, with the images in it. */
export interface Repository {
  readonly name: string;
  settings: Partial<CreationTemplate>;
  readonly scanOnPush: boolean;
  readonly createdAt: number;
  /** By their digests. */
  readonly manifests: Map<string, Manifest & { readonly pushedAt: number }>;
  /** By their digests. */
  readonly blobs: Map<string, string>;
  /** The digests that tags name. */
  readonly tags: Map<string, string>;
  /** When each image was pulled last, by its digest. */
  readonly pulledAt: Map<string, number>;
}

interface ImageId {
  readonly imageTag?: string;
  readonly imageDigest?: string;
}

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
const NAME = new RegExp(`^${REPOSITORY}$`);
const NAME_LENGTH = [2, 256] as const;
const NO_REPOSITORY = "RepositoryNotFoundException";

/** The repositories of a registry. The cache puts images into them, and `push` does what a client's push ends with. */
export class Repositories {
  private readonly repositories = new Store<Repository>("repository");

  public readonly operations: Service["operations"] = {
    CreateRepository: (input, scope) => {
      const name = newName(input);
      const settings = settingsIn(input, scope);
      if (this.tryFind(name, scope) !== undefined) {
        throw new AwsError(
          "RepositoryAlreadyExistsException",
          `The repository with name '${name}' already exists in the registry with id '${scope.accountId}'`,
        );
      }
      const { scanOnPush } =
        (input["imageScanningConfiguration"] as { readonly scanOnPush?: boolean } | undefined) ?? {};
      return { repository: described(this.create(name, settings, scope, scanOnPush), scope) };
    },
    DescribeRepositories: (input, scope) => {
      for (const name of optionalList<string>(input, "repositoryNames") ?? []) {
        this.find({ repositoryName: name }, scope);
      }
      const { items, nextToken } = selected(this.repositories.in(scope), input, scope, {
        parameter: "repositoryNames",
        error: NO_REPOSITORY,
      });
      return { repositories: items.map((repository) => described(repository, scope)), nextToken };
    },
    DeleteRepository: (input, scope) => {
      const repository = this.find(input, scope);
      if (repository.manifests.size > 0 && input["force"] !== true) {
        throw new AwsError(
          "RepositoryNotEmptyException",
          `The repository with name '${repository.name}' in registry with id '${scope.accountId}' cannot be deleted ` +
            "because it still contains images",
        );
      }
      this.repositories.in(scope).delete(repository.name);
      return { repository: described(repository, scope) };
    },
    GetLifecyclePolicy: (input, scope) => {
      const { name, settings } = this.find(input, scope);
      const lifecyclePolicyText = present(settings.lifecyclePolicy, "LifecyclePolicyNotFoundException", name, scope);
      return { registryId: scope.accountId, repositoryName: name, lifecyclePolicyText };
    },
    GetRepositoryPolicy: (input, scope) => {
      const { name, settings } = this.find(input, scope);
      const policyText = present(settings.repositoryPolicy, "RepositoryPolicyNotFoundException", name, scope);
      return { registryId: scope.accountId, repositoryName: name, policyText };
    },
    // A policy that the repository has is replaced.
    SetRepositoryPolicy: (input, scope) => {
      const repository = this.find(input, scope);
      const policyText = text(input, "policyText");
      checkRepositoryPolicy(policyText);
      repository.settings = { ...repository.settings, repositoryPolicy: policyText };
      return { registryId: scope.accountId, repositoryName: repository.name, policyText };
    },
    DeleteRepositoryPolicy: (input, scope) => {
      const repository = this.find(input, scope);
      const { repositoryPolicy, ...settings } = repository.settings;
      const policyText = present(repositoryPolicy, "RepositoryPolicyNotFoundException", repository.name, scope);
      repository.settings = settings;
      return { registryId: scope.accountId, repositoryName: repository.name, policyText };
    },
    ListTagsForResource: (input, scope) => {
      const arn = text(input, "resourceArn");
      const repository = [...this.repositories.in(scope).values()].find(({ name }) => arnOf(name, scope) === arn);
      if (repository === undefined) {
        throw new AwsError(NO_REPOSITORY, `There is no repository ${arn}`);
      }
      return { tags: repository.settings.resourceTags ?? [] };
    },
    ListImages: (input, scope) => {
      const repository = this.find(input, scope);
      const { tagStatus = "ANY" } = (input["filter"] as { readonly tagStatus?: string } | undefined) ?? {};
      const ids = [...repository.manifests.keys()]
        .flatMap((digest) => imageIds(repository, digest))
        .filter(({ imageTag }) => tagStatus === "ANY" || (tagStatus === "TAGGED") === (imageTag !== undefined));
      const { items, nextToken } = paged(ids, input, scope);
      return { imageIds: items, nextToken };
    },
    DescribeImages: (input, scope) => {
      const repository = this.find(input, scope);
      const ids = optionalList<ImageId>(input, "imageIds") ?? [];
      const manifests = ids.map((id) => {
        const manifest = manifestOf(repository, id);
        if (manifest === undefined) {
          throw new AwsError(
            "ImageNotFoundException",
            `The image with imageId ${JSON.stringify(id)} does not exist within the repository with name ` +
              `'${repository.name}' in the registry with id '${scope.accountId}'`,
          );
        }
        return manifest;
      });
      if (ids.length > 0) {
        checkNoPaging(input, "imageIds");
      }
      const { items, nextToken } =
        ids.length > 0
          ? { items: manifests, nextToken: undefined }
          : paged([...repository.manifests.values()], input, scope);
      return {
        imageDetails: items.map((manifest) => ({
          registryId: scope.accountId,
          repositoryName: repository.name,
          imageDigest: manifest.digest,
          imageTags: tagsOf(repository, manifest.digest),
          imageSizeInBytes: sizeOf(manifest, repository.manifests),
          imagePushedAt: manifest.pushedAt,
          imageManifestMediaType: manifest.mediaType,
          lastRecordedPullTime: repository.pulledAt.get(manifest.digest),
        })),
        nextToken,
      };
    },
    // Only the registry fetches from an upstream; this operation answers cached images.
    BatchGetImage: (input, scope) => {
      const repository = this.find(input, scope);
      const results = requested(input).map((id) => ({ id, manifest: manifestOf(repository, id) }));
      return {
        images: results.flatMap(({ id, manifest }) =>
          manifest === undefined
            ? []
            : [
                {
                  registryId: scope.accountId,
                  repositoryName: repository.name,
                  imageId: { ...id, imageDigest: manifest.digest },
                  imageManifest: manifest.body,
                  imageManifestMediaType: manifest.mediaType,
                },
              ],
        ),
        failures: results.flatMap(({ id, manifest }) => (manifest === undefined ? [notFound(id)] : [])),
      };
    },
    BatchDeleteImage: (input, scope) => {
      const repository = this.find(input, scope);
      const results = requested(input).map((id) => deleteImage(repository, id));
      return {
        imageIds: results.flatMap((result) => ("failureCode" in result ? [] : [result])),
        failures: results.filter((result) => "failureCode" in result),
      };
    },
  };

  public contents(): string[] {
    return this.repositories.contents();
  }

  public havePolicies(scope: Scope): boolean {
    return [...this.repositories.in(scope).values()].some(({ settings }) => settings.repositoryPolicy !== undefined);
  }

  public tryFind(name: string, scope: Scope): Repository | undefined {
    return this.repositories.in(scope).get(name);
  }

  /** Keeps an image that a client pushes. */
  public push(name: string, tag: string, image: Image, scope: Scope): void {
    const repository = this.find({ repositoryName: name }, scope);
    if (repository.tags.has(tag) && repository.settings.imageTagMutability === "IMMUTABLE") {
      throw new AwsError(
        "ImageTagAlreadyExistsException",
        `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag ` +
          "is immutable.",
      );
    }
    keep(repository, tag, image);
  }

  /** Creates a repository with the settings of a template or of a request, if there are any. */
  public create(
    name: string,
    settings: Partial<CreationTemplate> | undefined,
    scope: Scope,
    scanOnPush = false,
  ): Repository {
    const repository = {
      name,
      settings: settings ?? {},
      scanOnPush,
      createdAt: now(),
      manifests: new Map<string, Manifest & { readonly pushedAt: number }>(),
      blobs: new Map<string, string>(),
      tags: new Map<string, string>(),
      pulledAt: new Map<string, number>(),
    };
    this.repositories.in(scope).set(name, repository);
    return repository;
  }

  private find(input: Fields, scope: Scope): Repository {
    const name = text(input, "repositoryName");
    const repository = this.tryFind(name, scope);
    if (repository === undefined) {
      throw new AwsError(NO_REPOSITORY, absent(name, scope));
    }
    return repository;
  }
}

/** The words of ECR for a repository that does not exist. */
export function absent(name: string, { accountId }: Scope): string {
  return `The repository with name '${name}' does not exist in the registry with id '${accountId}'`;
}

/** Keeps an image under a tag. */
export function keep(repository: Repository, tag: string, { manifests, blobs }: Image): void {
  for (const manifest of manifests) {
    repository.manifests.set(manifest.digest, { ...manifest, pushedAt: now() });
  }
  for (const [digest, blob] of blobs) {
    repository.blobs.set(digest, blob);
  }
  repository.tags.set(tag, manifests[0].digest);
}

/** The name of a repository that a caller creates. */
function newName(input: Fields): string {
  const name = text(input, "repositoryName");
  const [shortest, longest] = NAME_LENGTH;
  if (name.length < shortest || name.length > longest) {
    throw unsatisfied("repositoryName", `Member must have length between ${shortest} and ${longest}`);
  }
  if (!NAME.test(name)) {
    throw unsatisfied("repositoryName", `must satisfy regular expression '${REPOSITORY}'`);
  }
  return name;
}

/** The settings that a caller creates a repository with. A KMS key is taken by its ARN alone. */
function settingsIn(input: Fields, scope: Scope): Partial<CreationTemplate> {
  const settings = {
    imageTagMutability: optionalText(input, "imageTagMutability") ?? "MUTABLE",
    imageTagMutabilityExclusionFilters: optionalList<ExclusionFilter>(input, "imageTagMutabilityExclusionFilters"),
    encryptionConfiguration: (input["encryptionConfiguration"] as Encryption | undefined) ?? {
      encryptionType: "AES256",
    },
    resourceTags: optionalList<Tag>(input, "tags") ?? [],
  };
  checkMutability(settings);
  checkEncryption(settings.encryptionConfiguration, scope);
  checkTags("tags", settings.resourceTags);
  return settings;
}

function described({ name, settings, scanOnPush, createdAt }: Repository, scope: Scope): Fields {
  return {
    repositoryArn: arnOf(name, scope),
    registryId: scope.accountId,
    repositoryName: name,
    repositoryUri: `${registryHost(scope)}/${name}`,
    createdAt,
    imageTagMutability: settings.imageTagMutability ?? "MUTABLE",
    imageTagMutabilityExclusionFilters: settings.imageTagMutabilityExclusionFilters,
    imageScanningConfiguration: { scanOnPush },
    encryptionConfiguration: settings.encryptionConfiguration ?? { encryptionType: "AES256" },
  };
}

function arnOf(name: string, { accountId, region }: Scope): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${accountId}:repository/${name}`;
}

function present(document: string | undefined, error: string, name: string, { accountId }: Scope): string {
  if (document === undefined || document === "") {
    throw new AwsError(error, `The repository with name '${name}' in registry with id '${accountId}' has none`);
  }
  return document;
}

function requested(input: Fields): ImageId[] {
  const ids = optionalList<ImageId>(input, "imageIds") ?? [];
  if (ids.length < 1 || ids.length > 100) {
    throw invalid("imageIds must have 1 to 100 members");
  }
  return ids;
}

function manifestOf(
  { manifests, tags }: Repository,
  { imageTag, imageDigest }: ImageId,
): (Manifest & { readonly pushedAt: number }) | undefined {
  const tagged = imageTag === undefined ? undefined : tags.get(imageTag);
  const isOne = imageTag === undefined || imageDigest === undefined || tagged === imageDigest;
  return isOne ? manifests.get(tagged ?? (imageTag === undefined ? (imageDigest ?? "") : "")) : undefined;
}

function tagsOf({ tags }: Repository, digest: string): string[] {
  return [...tags].filter(([, tagged]) => tagged === digest).map(([tag]) => tag);
}

/** An image has an ID for each of its tags, and one without a tag where it has none. */
function imageIds(repository: Repository, imageDigest: string): ImageId[] {
  const tags = tagsOf(repository, imageDigest);
  return tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag }));
}

/** Deletes one tag, and the image with its last tag. Without a tag, deletes the image and all its tags. */
function deleteImage(repository: Repository, id: ImageId): ImageId | Fields {
  const manifest = manifestOf(repository, id);
  if (manifest === undefined) {
    return notFound(id);
  }
  const { digest } = manifest;
  const isLast = tagsOf(repository, digest).every((tag) => tag === id.imageTag);
  const goes = id.imageTag === undefined || isLast;
  if (goes && [...repository.manifests.values()].some((other) => named(other).includes(digest))) {
    return {
      imageId: id,
      failureCode: "ImageReferencedByManifestList",
      failureReason: "Requested image referenced by manifest list",
    };
  }
  for (const tag of id.imageTag === undefined ? tagsOf(repository, digest) : [id.imageTag]) {
    repository.tags.delete(tag);
  }
  if (goes) {
    repository.manifests.delete(digest);
  }
  return { ...id, imageDigest: digest };
}

function notFound(imageId: ImageId): Fields {
  return { imageId, failureCode: "ImageNotFound", failureReason: "Requested image not found" };
}
