import { LocalAws } from "../local-aws/server";
import type { LocalAwsOptions } from "../local-aws/server";

/** A stand-in for AWS that answers during the tests of a block, or of a file. It answers once `beforeAll` has run. */
export function useLocalAws(options?: LocalAwsOptions): LocalAws {
  const aws = new LocalAws(options);
  beforeAll(() => aws.listen());
  afterAll(() => aws.stop());
  return aws;
}

/**
 * Prepares each test of a block with a new stand-in for AWS. All answer at one address, so that the providers of a test
 * serve the next one.
 */
export function useNewLocalAws(prepare: (aws: LocalAws) => Promise<void> | void): void {
  let current: LocalAws;
  let port: number | undefined;
  beforeEach(async () => {
    current = new LocalAws();
    // Meanwhile, something else may have taken the port.
    port = await current.listen(port).catch(() => current.listen());
    await prepare(current);
  });
  afterEach(() => current.stop());
}
