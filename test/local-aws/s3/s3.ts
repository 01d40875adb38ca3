import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { AwsError, optionalText, page, text } from "../service";
import type { Fields, Scope, Service } from "../service";

interface S3Object {
  readonly body: string;
  readonly etag: string;
  readonly putAt: Date;
}

/** What a list of objects has: an object, or what the keys of several begin with. */
type Entry = { readonly key: string; readonly object: S3Object } | { readonly commonPrefix: string };

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
    ListObjectsV2:
      "GET /{Bucket}?list-type=2&prefix={Prefix}&delimiter={Delimiter}&max-keys={MaxKeys}&continuation-token={ContinuationToken}",
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
    HeadBucket: (input, scope) => ({ BucketRegion: this.bucket(input, scope).region }),
    ListObjectsV2: (input, scope) => {
      const prefix = optionalText(input, "Prefix") ?? "";
      const delimiter = optionalText(input, "Delimiter") ?? "";
      const objects = [...this.bucket(input, scope).objects]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const MaxKeys = keysPerPage(input);
      const { items, nextToken } = page(entriesOf(objects, prefix, delimiter), { ...input, MaxKeys }, scope, {
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
        Delimiter: input["Delimiter"],
        MaxKeys,
        KeyCount: items.length,
        IsTruncated: next !== undefined,
        ContinuationToken: input["ContinuationToken"],
        NextContinuationToken: next,
        Contents: items.flatMap((entry) => ("key" in entry ? listed(entry.key, entry.object) : [])),
        CommonPrefixes: items.flatMap((entry) => ("key" in entry ? [] : { Prefix: entry.commonPrefix })),
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
      objects.set(key, { body, etag, putAt: new Date() });
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
      // Whoever is told no region asks for it with HeadBucket, which is redirected as well.
      throw new AwsError("PermanentRedirect", message, 301, { "x-amz-bucket-region": bucket.region });
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

/** The objects of a list; those whose keys have the delimiter after the prefix are summed up as what these begin with. */
function entriesOf(objects: readonly (readonly [string, S3Object])[], prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>();
  for (const [key, object] of objects) {
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const commonPrefix = key.slice(0, end + delimiter.length);
    entries.set(end < 0 ? key : commonPrefix, end < 0 ? { key, object } : { commonPrefix });
  }
  return [...entries.values()];
}

function listed(key: string, { body, etag, putAt }: S3Object): Fields {
  return {
    Key: key,
    LastModified: putAt.toISOString(),
    ETag: etag,
    Size: Buffer.byteLength(body),
    StorageClass: "STANDARD",
  };
}

function described({ body, etag, putAt }: S3Object): Fields {
  return { Body: body, ETag: etag, LastModified: putAt.toUTCString() };
}
