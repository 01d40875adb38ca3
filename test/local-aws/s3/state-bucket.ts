import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { clientConfig } from "../clients";
import { ACCOUNT } from "../server";
import type { LocalAws } from "../server";

/** The bucket that an example names for its states. */
export function stateBucket(accountId = ACCOUNT): string {
  return `terraform-states-${accountId}`;
}

/** Makes that bucket, which is there before anything of an example is. */
export async function createStateBucket(aws: LocalAws, accountId?: string): Promise<void> {
  await new S3Client(clientConfig(aws, { accountId })).send(
    new CreateBucketCommand({ Bucket: stateBucket(accountId) }),
  );
}
