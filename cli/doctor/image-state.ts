import type { ImageDetail, Repository } from "./answers";
import { timeOf } from "./answers";
import { AwsRefusal } from "./aws-cli";
import type { AwsCli, CliOptions } from "./aws-cli";
import type { Place } from "./place";
import { cause, hint, ok } from "./step";
import type { Remark } from "./step";

/** What ECR has of an image. */
export interface ImageState {
  /** Undefined if there is none. */
  readonly repository?: Repository;
  /** Undefined if ECR does not have the image. */
  readonly image?: ImageDetail;
}

const HOURS_24 = 24 * 60 * 60 * 1000;

export async function imageState(cli: AwsCli, { path, reference, isDigest }: Place): Promise<ImageState> {
  const repositories = await found<{ readonly repositories: readonly Repository[] }>(cli, "describe-repositories", {
    "repository-names": [path],
  });
  const [repository] = repositories?.repositories ?? [];
  if (repository === undefined) {
    return {};
  }
  const images = await found<{ readonly imageDetails: readonly ImageDetail[] }>(cli, "describe-images", {
    "repository-name": path,
    "image-ids": [`${isDigest ? "imageDigest" : "imageTag"}=${reference}`],
  });
  return { repository, image: images?.imageDetails[0] };
}

export function imageRemarks({ repository, image }: ImageState, place: Place): Remark[] {
  const { path, reference, isDigest } = place;
  if (image !== undefined) {
    const cachedAt = image.imagePushedAt === undefined ? undefined : timeOf(image.imagePushedAt);
    const pulledAt = image.lastRecordedPullTime === undefined ? undefined : timeOf(image.lastRecordedPullTime);
    const since = cachedAt === undefined ? "" : ` since ${cachedAt.toISOString()}`;
    const pulled = pulledAt === undefined ? "" : `, last pulled ${pulledAt.toISOString()}`;
    return [ok(`ECR has the image${since}${pulled}`), ...(isDigest ? [] : freshness(cachedAt))];
  }
  if (!isDigest) {
    return [
      ok(
        repository === undefined
          ? `ECR does not have the repository ${path} yet: the next pull creates it`
          : `ECR does not have ${path}:${reference} yet: the next pull is a first pull`,
      ),
    ];
  }
  return [
    repository === undefined
      ? cause(
          "not found on the first pull",
          "the image is named by its digest, and ECR does not cache a first pull by digest",
          "pull the tag once",
        )
      : cause(
          "A digest that was pulled before is not found",
          `the repository ${path} does not have the digest, and ECR cannot cache a digest`,
          "pull the tag again; let the lifecycle policy keep more images",
        ),
  ];
}

function freshness(cachedAt: Date | undefined): Remark[] {
  return cachedAt === undefined || Date.now() - cachedAt.getTime() > HOURS_24
    ? []
    : [
        hint(
          "A tag is out of date",
          `ECR cached the image less than 24 hours ago, at ${cachedAt.toISOString()}, and asks the upstream for a tag at most once in 24 hours`,
          "pull another tag, such as a version, if the upstream has a newer image",
        ),
      ];
}

/** An answer, or undefined if there is no such thing. */
async function found<Answer>(cli: AwsCli, operation: string, options: CliOptions): Promise<Answer | undefined> {
  try {
    return await cli.call<Answer>("ecr", operation, options);
  } catch (error) {
    if (error instanceof AwsRefusal && /^(Repository|Image)NotFoundException$/.test(error.code)) {
      return undefined;
    }
    throw error;
  }
}
