import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListImagesCommand,
  UpdatePullThroughCacheRuleCommand,
  ValidatePullThroughCacheRuleCommand,
} from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { INVALID, OTHER_ACCOUNT } from "./fixtures";

const RULE = { ecrRepositoryPrefix: "mirror", upstreamRegistryUrl: "quay.io" };
const REPOSITORY = { repositoryName: "mirror/team/app" };
const IMAGES = { ...REPOSITORY, imageIds: [{ imageTag: "v1" }] };

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
});
afterEach(() => sdk.stop());

type Send = (ecr: ECRClient, registryId: string) => Promise<unknown>;

const OPERATIONS: [string, Send][] = [
  [
    "CreatePullThroughCacheRule",
    (ecr, registryId) => ecr.send(new CreatePullThroughCacheRuleCommand({ ...RULE, registryId })),
  ],
  [
    "DescribePullThroughCacheRules",
    (ecr, registryId) => ecr.send(new DescribePullThroughCacheRulesCommand({ registryId })),
  ],
  [
    "UpdatePullThroughCacheRule",
    (ecr, registryId) => ecr.send(new UpdatePullThroughCacheRuleCommand({ ...RULE, registryId })),
  ],
  [
    "ValidatePullThroughCacheRule",
    (ecr, registryId) => ecr.send(new ValidatePullThroughCacheRuleCommand({ ...RULE, registryId })),
  ],
  [
    "DeletePullThroughCacheRule",
    (ecr, registryId) => ecr.send(new DeletePullThroughCacheRuleCommand({ ...RULE, registryId })),
  ],
  ["DescribeRepositories", (ecr, registryId) => ecr.send(new DescribeRepositoriesCommand({ registryId }))],
  ["DeleteRepository", (ecr, registryId) => ecr.send(new DeleteRepositoryCommand({ ...REPOSITORY, registryId }))],
  ["GetLifecyclePolicy", (ecr, registryId) => ecr.send(new GetLifecyclePolicyCommand({ ...REPOSITORY, registryId }))],
  ["GetRepositoryPolicy", (ecr, registryId) => ecr.send(new GetRepositoryPolicyCommand({ ...REPOSITORY, registryId }))],
  ["ListImages", (ecr, registryId) => ecr.send(new ListImagesCommand({ ...REPOSITORY, registryId }))],
  ["DescribeImages", (ecr, registryId) => ecr.send(new DescribeImagesCommand({ ...IMAGES, registryId }))],
  ["BatchGetImage", (ecr, registryId) => ecr.send(new BatchGetImageCommand({ ...IMAGES, registryId }))],
  ["BatchDeleteImage", (ecr, registryId) => ecr.send(new BatchDeleteImageCommand({ ...IMAGES, registryId }))],
  [
    "GetAuthorizationToken",
    (ecr, registryId) => ecr.send(new GetAuthorizationTokenCommand({ registryIds: [registryId] })),
  ],
];

describe("registry of another account", () => {
  test.each(OPERATIONS)("the registry of another account refuses %s", async (operation, send) => {
    await ecr.send(new CreatePullThroughCacheRuleCommand(RULE));
    await expect(send(ecr, OTHER_ACCOUNT)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message:
        `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: ecr:${operation} ` +
        `on resource: arn:aws:ecr:us-east-1:${OTHER_ACCOUNT}:*`,
    });
    expect(sdk.aws.contents()).toEqual([`${ACCOUNT} us-east-1 cache rule mirror`]);
  });
});

describe("registry", () => {
  test("a registry may be named by the account that owns it", async () => {
    await ecr.send(new CreatePullThroughCacheRuleCommand({ ...RULE, registryId: ACCOUNT }));
    const { pullThroughCacheRules } = await ecr.send(new DescribePullThroughCacheRulesCommand({ registryId: ACCOUNT }));
    expect(pullThroughCacheRules).toMatchObject([{ ...RULE, registryId: ACCOUNT }]);
  });

  test.each(["1111222233334", "team"])("a registry cannot be named %s", async (registryId) => {
    await expect(ecr.send(new DescribePullThroughCacheRulesCommand({ registryId }))).rejects.toMatchObject({
      name: INVALID,
      message:
        "Invalid parameter at 'registryId' failed to satisfy constraint: " +
        "'Member must satisfy regular expression pattern: [0-9]{12}'",
    });
  });
});
