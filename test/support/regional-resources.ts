import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";

/**
 * Makes the constructs take `region` during the tests of a block, as with @cdktf/provider-aws 21. The classes of the
 * installed 20 leave the argument out of the JSON; test/project/consumer.test.ts has it on the resources of 21.
 */
export function useRegionalResources(): void {
  const { prototype } = EcrPullThroughCacheRule;
  if ("region" in prototype) {
    return;
  }
  beforeAll(() => Object.defineProperty(prototype, "region", { configurable: true, value: undefined }));
  afterAll(() => Reflect.deleteProperty(prototype, "region"));
}
