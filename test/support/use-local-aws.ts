import { LocalAws } from "../local-aws/server";
import type { LocalAwsOptions } from "../local-aws/server";

/** A stand-in for AWS that answers during the tests of a block, or of a file. It answers once `beforeAll` has run. */
export function useLocalAws(options?: LocalAwsOptions): LocalAws {
  const aws = new LocalAws(options);
  beforeAll(() => aws.listen());
  afterAll(() => aws.stop());
  return aws;
}
