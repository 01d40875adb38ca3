import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { AwsError, optionalText, page, text } from "../service";
import type { Fields, Scope, Service } from "../service";

interface S3Object {
  readonly body: string;
  readonly etag: string;
}

interface Bucket extends Scope {
  readonly objects: Map<string, S3Object>;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
const MAX_KEYS = 1_000;

/** Amazon S3, as far as Terraform keeps states in it: buckets, and objects that are text, without versions. */
export class S3 implements Service {
  public readonly routes = {
    CreateBucket: "PUT /{Bucket}",
    HeadBucket: "HEAD /{Bucket}",
    ListObjectsV2: "GET /{Bucket}?prefix={Prefix}&max-keys={MaxKeys}&continuation-token={ContinuationToken}",
    HeadObject: "HEAD /{Bucket}/{Key+}",
    GetObject: "GET /{Bucket}/{Key+}",
    PutObject: "PUT /{Bucket}/{Key+}",
    DeleteObject: "DELETE /{Bucket}/{Key+}",
  };

  // Their names are unique among all accounts and regions.
  private readonly buckets = new Map<string, Bucket>();

  public readonly operations: Service["operations"] = {
    CreateBucket: (input, scope) => {
      const name = text(input, "Bucket");
      if (!isBucketName(name)) {
        throw new AwsError("InvalidBucketName", "The specified bucket is not valid.");
      }
      const existing = this.buckets.get(name);
      if (existing !== undefined) {
        const code = existing.accountId === scope.accountId ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists";
        throw new AwsError(code, `The bucket ${name} exists.`, 409);
      }
      this.buckets.set(name, { ...scope, objects: new Map() });
      return {};
    },
    HeadBucket: (input, scope) => {
      this.bucket(input, scope);
      return {};
    },
    ListObjectsV2: (input, scope) => {
      const prefix = optionalText(input, "Prefix") ?? "";
      const objects = [...this.bucket(input, scope).objects]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const MaxKeys = keysPerPage(input);
      const { items, nextToken } = page(objects, { ...input, MaxKeys }, scope, {
        limit: "MaxKeys",
        token: "ContinuationToken",
        bounds: [0, MAX_KEYS],
        error: "InvalidArgument",
      });
      // A caller that asks for no keys gets no keys, and not the promise of more.
      const next = MaxKeys === 0 ? undefined : nextToken;
      return {
        Name: input["Bucket"],
        Prefix: prefix,
        MaxKeys,
        KeyCount: items.length,
        IsTruncated: next !== undefined,
        ContinuationToken: input["ContinuationToken"],
        NextContinuationToken: next,
        Contents: items.map(([Key, { body, etag }]) => ({ Key, ETag: etag, Size: Buffer.byteLength(body) })),
      };
    },
    HeadObject: (input, scope) => described(this.object(input, scope)),
    GetObject: (input, scope) => described(this.object(input, scope)),
    PutObject: (input, scope) => {
      const { objects } = this.bucket(input, scope);
      const key = text(input, "Key");
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
      if (input["IfNoneMatch"] === "*" && objects.has(key)) {
        throw new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
      }
      const body = String(input["Body"]);
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      objects.set(key, { body, etag });
      return { ETag: etag };
    },
    DeleteObject: (input, scope) => {
      // What is not there is deleted as well.
      this.bucket(input, scope).objects.delete(text(input, "Key"));
      return {};
    },
  };

  /** Objects: buckets are made by nobody but those who test. */
  public contents(): string[] {
    return [...this.buckets].flatMap(([name, { accountId, region, objects }]) =>
      [...objects.keys()].map((key) => `${accountId} ${region} object ${name}/${key}`),
    );
  }

  private bucket(input: Fields, { accountId, region }: Scope): Bucket {
    const name = text(input, "Bucket");
    const bucket = this.buckets.get(name);
    if (bucket === undefined) {
      throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404);
    }
    if (bucket.accountId !== accountId) {
      throw new AwsError("AccessDenied", "Access Denied", 403);
    }
    if (bucket.region !== region) {
      const message = `The bucket ${name} is in ${bucket.region}, and not in ${region}.`;
      throw new AwsError("PermanentRedirect", message, 301);
    }
    return bucket;
  }

  private object(input: Fields, scope: Scope): S3Object {
    const object = this.bucket(input, scope).objects.get(text(input, "Key"));
    if (object === undefined) {
      throw new AwsError("NoSuchKey", "The specified key does not exist.", 404);
    }
    return object;
  }
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const RESERVED_STARTS = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS = ["-s3alias", "--ol-s3", ".mrap", "--table-s3"];

/** Whether S3 takes a name for a new bucket. */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    isIP(name) === 0 &&
    !RESERVED_STARTS.some((start) => name.startsWith(start)) &&
    !RESERVED_ENDS.some((end) => name.endsWith(end))
  );
}

/** How many keys a caller asks for; S3 answers 1,000 of them to a caller that asks for more. */
function keysPerPage(input: Fields): number {
  const asked = optionalText(input, "MaxKeys") ?? `${MAX_KEYS}`;
  if (!/^\d+$/.test(asked)) {
    throw new AwsError("InvalidArgument", "Provided max-keys not an integer or within integer range");
  }
  return Math.min(Number(asked), MAX_KEYS);
}

function described({ body, etag }: S3Object): Fields {
  return { Body: body, ETag: etag };
}
