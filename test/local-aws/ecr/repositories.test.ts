import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-ecr";
import type { CreateRepositoryCommandInput, ImageIdentifier } from "@aws-sdk/client-ecr";
import { REGION, Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { INVALID, ask, signIn } from "./fixtures";
import { imageOf, indexOf } from "./images";

const HOST = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`;
const NAME = "mirror/team/app";
const SINGLE = imageOf("single");
const SEVERAL = indexOf(imageOf("several"));
const [MANIFEST] = SINGLE.manifests;
const [INDEX, CHILD] = SEVERAL.manifests;
const ABSENT = { imageTag: "v9" };

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
  const rule = { ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io" };
  await ecr.send(new CreatePullThroughCacheRuleCommand(rule));
  const { upstreams } = sdk.aws.ecr;
  upstreams.put("quay.io", "team/app", "v1", SINGLE);
  upstreams.put("quay.io", "team/app", "latest", SINGLE);
  upstreams.put("quay.io", "team/app", "v2", SEVERAL);
});
afterEach(() => sdk.stop());

async function pull(...tags: string[]) {
  const headers = { authorization: await signIn(sdk) };
  for (const tag of tags) {
    await ask(sdk, `https://${HOST}/v2/${NAME}/manifests/${tag}`, { headers });
  }
}

async function images() {
  return (await ecr.send(new ListImagesCommand({ repositoryName: NAME }))).imageIds;
}

function remove(...imageIds: ImageIdentifier[]) {
  return ecr.send(new BatchDeleteImageCommand({ repositoryName: NAME, imageIds }));
}

describe("a push", () => {
  const scope = { accountId: ACCOUNT, region: REGION };
  const push = (tag: string) => sdk.aws.ecr.repositories.push("team/app", tag, SINGLE, scope);

  test("fails without a repository", () => {
    expect(() => push("v1")).toThrow("The repository with name 'team/app' does not exist");
  });

  test("fails for a tag that exists, where tags are immutable", async () => {
    const input = { repositoryName: "team/app", imageTagMutability: "IMMUTABLE" as const };
    await ecr.send(new CreateRepositoryCommand(input));
    push("v1");
    push("v2");
    expect(() => push("v1")).toThrow("cannot be overwritten because the tag is immutable");
  });
});

describe("repository", () => {
  const resourceArn = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/${NAME}`;

  test.each<[string, () => Promise<unknown>]>([
    ["described", () => ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [NAME] }))],
    ["deleted", () => ecr.send(new DeleteRepositoryCommand({ repositoryName: NAME }))],
    ["asked for its lifecycle policy", () => ecr.send(new GetLifecyclePolicyCommand({ repositoryName: NAME }))],
    ["asked for its policy", () => ecr.send(new GetRepositoryPolicyCommand({ repositoryName: NAME }))],
    ["asked for its images", () => images()],
  ])("a repository cannot be %s before it is created", async (_, send) => {
    await expect(send()).rejects.toMatchObject({
      name: "RepositoryNotFoundException",
      message: `The repository with name '${NAME}' does not exist in the registry with id '${ACCOUNT}'`,
    });
  });

  test("a repository has no tags before it is created", async () => {
    await expect(ecr.send(new ListTagsForResourceCommand({ resourceArn }))).rejects.toMatchObject({
      name: "RepositoryNotFoundException",
      message: `There is no repository ${resourceArn}`,
    });
  });

  test("a repository without a template has no policies and no tags", async () => {
    await pull("v1");
    const repositoryName = NAME;
    await expect(ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({
      name: "LifecyclePolicyNotFoundException",
    });
    await expect(ecr.send(new GetRepositoryPolicyCommand({ repositoryName }))).rejects.toMatchObject({
      name: "RepositoryPolicyNotFoundException",
    });
    expect(await ecr.send(new ListTagsForResourceCommand({ resourceArn }))).toMatchObject({ tags: [] });
  });

  test("a repository that a caller creates has the settings of the request, and is deleted", async () => {
    const repositoryName = "team/app";
    const tags = [{ Key: "team", Value: "platform" }];
    const { repository } = await ecr.send(
      new CreateRepositoryCommand({
        repositoryName,
        tags,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      }),
    );
    expect(repository).toMatchObject({
      repositoryArn: `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/team/app`,
      registryId: ACCOUNT,
      repositoryUri: `${HOST}/team/app`,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: "AES256" },
    });
    const described = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }));
    expect(described.repositories).toEqual([repository]);
    const { repositoryArn } = repository ?? {};
    expect(await ecr.send(new ListTagsForResourceCommand({ resourceArn: repositoryArn }))).toMatchObject({ tags });
    await ecr.send(new DeleteRepositoryCommand({ repositoryName }));
    expect(await ecr.send(new DescribeRepositoriesCommand({}))).toMatchObject({ repositories: [] });
  });

  test("a repository that a caller creates is MUTABLE and encrypted with AES256 by default", async () => {
    expect((await ecr.send(new CreateRepositoryCommand({ repositoryName: "ab" }))).repository).toMatchObject({
      imageTagMutability: "MUTABLE",
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: "AES256" },
    });
  });

  test.each<[string, CreateRepositoryCommandInput, string]>([
    ["a name of one character", { repositoryName: "a" }, "Member must have length between 2 and 256"],
    ["a name of 257 characters", { repositoryName: "a".repeat(257) }, "Member must have length between 2 and 256"],
    ["a name in upper case", { repositoryName: "Team/app" }, "must satisfy regular expression"],
    ["a name with an empty part", { repositoryName: "team//app" }, "must satisfy regular expression"],
    [
      "a mutability that ECR does not have",
      { repositoryName: "app", imageTagMutability: "SOMETIMES" as never },
      "imageTagMutability must be one of",
    ],
    [
      "an encryption that ECR does not have",
      { repositoryName: "app", encryptionConfiguration: { encryptionType: "ROT13" as never } },
      "encryptionType must be one of",
    ],
    [
      "a tag of AWS's own",
      { repositoryName: "app", tags: [{ Key: "aws:team", Value: "" }] },
      "tags must not have keys that start with aws:",
    ],
  ])("a repository is not created with %s", async (_, input, message) => {
    await expect(ecr.send(new CreateRepositoryCommand(input))).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining(message) as string,
    });
  });

  test("a repository is not created twice, by a caller or by the cache", async () => {
    await pull("v1");
    await expect(ecr.send(new CreateRepositoryCommand({ repositoryName: NAME }))).rejects.toMatchObject({
      name: "RepositoryAlreadyExistsException",
      message: `The repository with name '${NAME}' already exists in the registry with id '${ACCOUNT}'`,
    });
  });

  test("a repository is deleted with its images when that is said", async () => {
    await pull("v1");
    const repositoryName = NAME;
    await expect(ecr.send(new DeleteRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
      name: "RepositoryNotEmptyException",
    });
    await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
    expect(await ecr.send(new DescribeRepositoriesCommand({}))).toMatchObject({ repositories: [] });
  });

  test("a repository is one of a list in pages", async () => {
    sdk.aws.ecr.upstreams.put("quay.io", "app", "v1", SINGLE);
    await pull("v1");
    await ask(sdk, `https://${HOST}/v2/mirror/app/manifests/v1`, { headers: { authorization: await signIn(sdk) } });
    const first = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 1 }));
    const second = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 1, nextToken: first.nextToken }));
    expect([first.repositories, second.repositories]).toMatchObject([
      [{ repositoryName: NAME }],
      [{ repositoryName: "mirror/app" }],
    ]);
  });
});

describe("images of a repository", () => {
  beforeEach(() => pull("v1", "latest", "v2"));

  test("the images of a repository are listed by their tags, and without one where they have none", async () => {
    expect(await images()).toEqual([
      { imageDigest: MANIFEST.digest, imageTag: "v1" },
      { imageDigest: MANIFEST.digest, imageTag: "latest" },
      { imageDigest: INDEX.digest, imageTag: "v2" },
      { imageDigest: CHILD?.digest },
    ]);
  });

  test.each([
    ["TAGGED", 3],
    ["UNTAGGED", 1],
    ["ANY", 4],
  ] as const)("the images of a repository that the filter %s lists are %i", async (tagStatus, count) => {
    const answer = await ecr.send(new ListImagesCommand({ repositoryName: NAME, filter: { tagStatus } }));
    expect(answer.imageIds).toHaveLength(count);
  });

  test("the images of a repository are described, all of them or those that the caller names", async () => {
    const all = await ecr.send(new DescribeImagesCommand({ repositoryName: NAME }));
    expect(all.imageDetails).toHaveLength(3);
    const one = await ecr.send(new DescribeImagesCommand({ repositoryName: NAME, imageIds: [{ imageTag: "v1" }] }));
    expect(one.imageDetails).toMatchObject([
      {
        registryId: ACCOUNT,
        repositoryName: NAME,
        imageDigest: MANIFEST.digest,
        imageTags: ["v1", "latest"],
        imageManifestMediaType: MANIFEST.mediaType,
        imageSizeInBytes: [...SINGLE.blobs.values()].join("").length,
      },
    ]);
    const [several] = all.imageDetails?.filter(({ imageDigest }) => imageDigest === INDEX.digest) ?? [];
    expect(several?.imageSizeInBytes).toBe([...SEVERAL.blobs.values()].join("").length);
  });

  test("the images of a repository cannot be described by an unknown tag, nor by a tag together with a size of pages", async () => {
    const absent = new DescribeImagesCommand({ repositoryName: NAME, imageIds: [ABSENT] });
    await expect(ecr.send(absent)).rejects.toMatchObject({ name: "ImageNotFoundException" });
    const paged = new DescribeImagesCommand({ repositoryName: NAME, imageIds: [{ imageTag: "v1" }], maxResults: 1 });
    await expect(ecr.send(paged)).rejects.toMatchObject({
      name: INVALID,
      message: "maxResults cannot be given together with imageIds",
    });
  });

  test("the images of a repository are answered, and unknown ones are among the failures", async () => {
    const imageIds = [{ imageTag: "v1" }, { imageDigest: INDEX.digest }, ABSENT];
    const answer = await ecr.send(new BatchGetImageCommand({ repositoryName: NAME, imageIds }));
    expect(answer.images).toEqual([
      {
        registryId: ACCOUNT,
        repositoryName: NAME,
        imageId: { imageTag: "v1", imageDigest: MANIFEST.digest },
        imageManifest: MANIFEST.body,
        imageManifestMediaType: MANIFEST.mediaType,
      },
      expect.objectContaining({ imageId: { imageDigest: INDEX.digest }, imageManifest: INDEX.body }),
    ]);
    expect(answer.failures).toEqual([
      { imageId: ABSENT, failureCode: "ImageNotFound", failureReason: "Requested image not found" },
    ]);
  });

  test("the images of a repository lose a tag, and go with their last one", async () => {
    expect((await remove({ imageTag: "v1" })).imageIds).toEqual([{ imageTag: "v1", imageDigest: MANIFEST.digest }]);
    expect(await images()).toContainEqual({ imageDigest: MANIFEST.digest, imageTag: "latest" });
    await remove({ imageTag: "latest" });
    expect(await images()).toEqual([{ imageDigest: INDEX.digest, imageTag: "v2" }, { imageDigest: CHILD?.digest }]);
  });

  test("the images of a repository go by their digest with all their tags", async () => {
    await remove({ imageDigest: MANIFEST.digest });
    expect(await images()).toEqual([{ imageDigest: INDEX.digest, imageTag: "v2" }, { imageDigest: CHILD?.digest }]);
  });

  test("the images of a repository are not deleted while an index names them", async () => {
    const { failures } = await remove({ imageDigest: CHILD?.digest }, ABSENT);
    expect(failures).toMatchObject([
      { imageId: { imageDigest: CHILD?.digest }, failureCode: "ImageReferencedByManifestList" },
      { imageId: ABSENT, failureCode: "ImageNotFound" },
    ]);
    expect(await images()).toHaveLength(4);
  });

  test("the images of a repository come from a push as well", async () => {
    sdk.aws.ecr.repositories.push(NAME, "own", imageOf("own"), { accountId: ACCOUNT, region: REGION });
    expect(await images()).toContainEqual({ imageDigest: imageOf("own").manifests[0].digest, imageTag: "own" });
  });

  test("the images of a repository are fetched anew when they were deleted", async () => {
    await remove({ imageDigest: MANIFEST.digest });
    await pull("v1");
    expect(await images()).toContainEqual({ imageDigest: MANIFEST.digest, imageTag: "v1" });
  });
});
