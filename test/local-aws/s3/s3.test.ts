import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { Sdk, pagesOf } from "../clients";
import { ACCOUNT } from "../server";

const Bucket = "terraform-states";
const Key = "registries/us-east-1.tfstate";

let sdk: Sdk;
let client: S3Client;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(S3Client);
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterEach(() => sdk.stop());

function put(Body: string, options: Partial<PutObjectCommand["input"]> = {}) {
  return client.send(new PutObjectCommand({ Bucket, Key, Body, ...options }));
}

async function get(of: S3Client = client, key = Key) {
  return (await of.send(new GetObjectCommand({ Bucket, Key: key }))).Body?.transformToString();
}

async function keys(Prefix?: string) {
  const { Contents = [], KeyCount } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
  expect(KeyCount).toBe(Contents.length);
  return Contents.map((object) => object.Key);
}

describe("a bucket", () => {
  test("is there, with nothing in it", async () => {
    await client.send(new HeadBucketCommand({ Bucket }));
    expect(await keys()).toEqual([]);
    expect(sdk.aws.contents()).toEqual([]);
  });

  test.each(["ab", "a".repeat(64), "a_b", "a-", "a..b", "192.168.5.4", "xn--a", "sthree-a", "a-s3alias", "a--ol-s3"])(
    "fails to be made with the name %s",
    async (name) => {
      await expect(client.send(new CreateBucketCommand({ Bucket: name }))).rejects.toMatchObject({
        name: "InvalidBucketName",
        message: "The specified bucket is not valid.",
      });
    },
  );

  test.each(["a.b", "a".repeat(63), "1-2.3"])("is made with the name %s", async (name) => {
    await client.send(new CreateBucketCommand({ Bucket: name }));
    await client.send(new HeadBucketCommand({ Bucket: name }));
  });

  test("fails to be made twice, by whomever: names are unique among all accounts", async () => {
    const create = (of: S3Client) => of.send(new CreateBucketCommand({ Bucket }));
    await expect(create(client)).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou" });
    const other = sdk.client(S3Client, { accountId: "444455556666" });
    await expect(create(other)).rejects.toMatchObject({ name: "BucketAlreadyExists" });
  });

  test("fails to answer what is not kept of it, by name", async () => {
    const versioning = client.send(new GetBucketVersioningCommand({ Bucket }));
    await expect(versioning).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining(`s3: GET /${Bucket}/?versioning`) as string,
    });
  });

  test("fails to be found where there is none", async () => {
    const head = client.send(new HeadBucketCommand({ Bucket: "absent" }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
    const list = client.send(new ListObjectsV2Command({ Bucket: "absent" }));
    await expect(list).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  test("fails for another account, and through another region", async () => {
    await put("{}");
    await expect(get(sdk.client(S3Client, { accountId: "444455556666" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await expect(get(sdk.client(S3Client, { region: "eu-west-1" }))).rejects.toMatchObject({
      name: "PermanentRedirect",
    });
  });

  test("tells its region, also to whoever asks through another one", async () => {
    expect(await client.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: "us-east-1" });
    const head = sdk.client(S3Client, { region: "eu-west-1" }).send(new HeadBucketCommand({ Bucket }));
    await expect(head).rejects.toMatchObject({
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { "x-amz-bucket-region": "us-east-1" } },
    });
  });
});

describe("an object", () => {
  test("is what was put there last", async () => {
    const first = await put('{"serial":1}');
    const second = await put('{"serial":2,"name":"ä"}');
    expect(await get()).toBe('{"serial":2,"name":"ä"}');
    expect(second.ETag).not.toBe(first.ETag);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    expect([head.ETag, head.ContentLength]).toEqual([second.ETag, Buffer.byteLength('{"serial":2,"name":"ä"}')]);
  });

  test("has the time when it was put, and the class of its storage", async () => {
    await put("{}");
    const { LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(Math.abs(Number(LastModified) - Date.now())).toBeLessThan(60_000);
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents).toMatchObject([{ Key, Size: 2, StorageClass: "STANDARD" }]);
    expect(Math.abs(Number(Contents[0]?.LastModified) - Date.now())).toBeLessThan(60_000);
  });

  test("is put only where there is none, if that is asked for: so a lock is held by one", async () => {
    await put("mine", { IfNoneMatch: "*" });
    await expect(put("yours", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await get()).toBe("mine");
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await put("yours", { IfNoneMatch: "*" });
    expect(await get()).toBe("yours");
  });

  test("is listed by how its key begins, in the order of the keys", async () => {
    await put("{}");
    await put("{}", { Key: "other" });
    expect(await keys()).toEqual(["other", Key]);
    expect(await keys("registries/")).toEqual([Key]);
    expect(await keys("absent/")).toEqual([]);
    expect(sdk.aws.contents()).toContain(`${ACCOUNT} us-east-1 object ${Bucket}/${Key}`);
  });

  test("fails to be read when it was deleted, which may be done twice", async () => {
    await put("{}");
    for (let time = 0; time < 2; time++) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    }
    await expect(get()).rejects.toMatchObject({ name: "NoSuchKey" });
    const head = client.send(new HeadObjectCommand({ Bucket, Key }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });
});

describe("a list of objects", () => {
  const list = (options: Partial<ListObjectsV2Command["input"]>) =>
    client.send(new ListObjectsV2Command({ Bucket, ...options }));

  test("is read to its end page by page", async () => {
    await sdk.stop();
    sdk = await Sdk.start({ pageSize: 1 });
    client = sdk.client(S3Client);
    await client.send(new CreateBucketCommand({ Bucket }));
    await put("{}", { Key: "b" });
    await put("{}", { Key: "a" });
    const pages = await pagesOf(paginateListObjectsV2({ client }, { Bucket }));
    const NextContinuationToken = pages[0]?.NextContinuationToken;
    expect(pages).toMatchObject([
      { KeyCount: 1, IsTruncated: true, NextContinuationToken: expect.any(String) as string, Contents: [{ Key: "a" }] },
      { KeyCount: 1, IsTruncated: false, ContinuationToken: NextContinuationToken, Contents: [{ Key: "b" }] },
    ]);
  });

  test("has what keys begin with in place of the keys that go on after the delimiter", async () => {
    for (const key of ["a", "b/1", "b/2", "c/d/e"]) {
      await put("{}", { Key: key });
    }
    const top = await list({ Delimiter: "/" });
    expect(top).toMatchObject({ Delimiter: "/", KeyCount: 3, Contents: [{ Key: "a" }] });
    expect(top.CommonPrefixes).toEqual([{ Prefix: "b/" }, { Prefix: "c/" }]);
    const below = await list({ Delimiter: "/", Prefix: "b/" });
    expect(below.Contents?.map((object) => object.Key)).toEqual(["b/1", "b/2"]);
    expect(below.CommonPrefixes).toBeUndefined();
  });

  test.each([
    [0, 0, 0, false],
    [1, 1, 1, true],
    [2, 2, 2, false],
    [1001, 1000, 2, false],
  ])("for %i keys counts to %i, and has %i of two", async (asked, MaxKeys, KeyCount, IsTruncated) => {
    await put("{}", { Key: "a" });
    await put("{}", { Key: "b" });
    expect(await list({ MaxKeys: asked })).toMatchObject({ MaxKeys, KeyCount, IsTruncated });
  });

  test.each([{ MaxKeys: -1 }, { ContinuationToken: "page-7" }])("fails for %j", async (options) => {
    await expect(list(options)).rejects.toMatchObject({ name: "InvalidArgument" });
  });
});
