import { TerraformOutput } from "cdktf";
import { FirstPull, PullThroughCache, RegistryEndpoints, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RegistryEndpointsProps } from "cdktf-ecr-pull-through-cache";
import { whyDenied } from "../local-aws/iam/policy-evaluation";
import { blocks, stackIn, synthesized } from "../support/synthesis";

const ACCOUNT = "111122223333";
/** Signs the URLs of layers; it is never the caller's. */
const AWS_ACCOUNT = "000000000000";

/** The policies that one cache and its endpoints come with in a region. */
function policiesIn(region: string, props: Partial<RegistryEndpointsProps> = {}): { readonly [name: string]: object } {
  const stack = stackIn(region);
  const cache = new PullThroughCache(stack, "cache", {
    accountId: ACCOUNT,
    upstreams: [
      Upstream.ecrPublic(),
      Upstream.quay({ prefix: "mirror/quay", repositorySettings: { tags: { team: "platform" } } }),
    ],
  });
  new RegistryEndpoints(stack, "endpoints", {
    vpcId: "vpc-0a1b2c3d",
    subnetIds: ["subnet-0a1b2c3d"],
    routeTableIds: ["rtb-0a1b2c3d"],
    clientCidrs: ["10.0.0.0/16"],
    firstPull: FirstPull.INTERNET_ROUTE,
    ...props,
  });
  new TerraformOutput(stack, "identity", { value: cache.pullPolicyJson() });
  const json = synthesized(stack);
  const ofEndpoints = blocks(json, "aws_vpc_endpoint").map(({ service_name: name, policy }) => [
    String(name).replace(/^.*?(ecr\.\w+|s3)$/, "$1"),
    JSON.parse(String(policy)) as object,
  ]);
  const identity = JSON.parse(String(json.output?.["identity"]?.value)) as object;
  return { identity, ...(Object.fromEntries(ofEndpoints) as { [name: string]: object }) };
}

const PULL_ACTIONS = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:BatchImportUpstreamImage",
  "ecr:CreateRepository",
  "ecr:GetDownloadUrlForLayer",
];
const PUSH_ACTIONS = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];
const OTHER_ACTIONS = [
  "ecr:BatchDeleteImage",
  "ecr:CompleteLayerUpload",
  "ecr:DeleteRepository",
  "ecr:DescribeImages",
  "ecr:GetRepositoryPolicy",
  "ecr:InitiateLayerUpload",
  "ecr:ListImages",
  "ecr:PutImage",
  "ecr:PutLifecyclePolicy",
  "ecr:ReplicateImage",
  "ecr:SetRepositoryPolicy",
  "ecr:UntagResource",
  "ecr:UploadLayerPart",
];

describe.each([
  ["aws", "eu-west-1", "us-east-1"],
  ["aws-cn", "cn-north-1", "cn-northwest-1"],
  ["aws-us-gov", "us-gov-west-1", "us-gov-east-1"],
])("in %s", (partition, region, elsewhere) => {
  const policies = policiesIn(region);
  const principalArn = `arn:${partition}:iam::${ACCOUNT}:role/puller`;
  const repository = (path: string, account = ACCOUNT, at = region): string =>
    `arn:${partition}:ecr:${at}:${account}:repository/${path}`;
  const bucket = (path: string): string => `arn:${partition}:s3:::${path}`;

  /** Whether a policy lets an action through, where nothing else would stop it. */
  async function admits(name: string, action: string, resource: string, by = policies): Promise<boolean> {
    const accountId = /:(\d{12}):/.exec(resource)?.[1] ?? (name === "s3" ? AWS_ACCOUNT : ACCOUNT);
    const policy = by[name] ?? {};
    const principal = name === "s3" ? principalArn.replace(ACCOUNT, AWS_ACCOUNT) : principalArn;
    const access = { principalArn: principal, action, resource, accountId };
    const given = name === "identity" ? { identityPolicies: [policy] } : { endpointPolicy: policy };
    return (await whyDenied({ ...access, ...given })) === undefined;
  }

  describe.each(["ecr.api", "ecr.dkr", "identity"])("the policy of %s", (name) => {
    test("admits signing in", async () => {
      expect(await admits(name, "ecr:GetAuthorizationToken", "*")).toBe(true);
    });

    test.each(PULL_ACTIONS)("admits %s on what the cache has, also for the first time", async (action) => {
      for (const path of ["ecr-public/elastio/agent", "ecr-public/a", "mirror/quay/prometheus/node-exporter"]) {
        expect([path, await admits(name, action, repository(path))]).toEqual([path, true]);
      }
    });

    test.each(PULL_ACTIONS)("refuses %s on anything else", async (action) => {
      for (const other of [
        repository("ecr-public"),
        repository("ecr-publicity/app"),
        repository("team/ecr-public/app"),
        repository("mirror/app"),
        repository("quay/app"),
        repository("ecr-public/app", ACCOUNT, elsewhere),
      ]) {
        expect([other, await admits(name, action, other)]).toEqual([other, false]);
      }
    });

    test.each(OTHER_ACTIONS)("refuses %s, also on what the cache has", async (action) => {
      expect(await admits(name, action, repository("ecr-public/elastio/agent"))).toBe(false);
    });

    test("admits ecr:TagResource where the creation template sets tags, and nowhere else", async () => {
      const tagging = "ecr:TagResource";
      expect(await admits(name, tagging, repository("mirror/quay/prometheus/node-exporter"))).toBe(true);
      for (const other of ["ecr-public/elastio/agent", "mirror/app", "quay/app"]) {
        expect([other, await admits(name, tagging, repository(other))]).toEqual([other, false]);
      }
    });

    test.each(["ecr:PutRegistryPolicy", "ecr:CreatePullThroughCacheRule", "ecr:DescribeRegistry"])(
      "refuses %s",
      async (action) => {
        expect(await admits(name, action, "*")).toBe(false);
      },
    );
  });

  describe.each(["ecr.api", "ecr.dkr"])("the policy of %s that names a repository for pushes", (name) => {
    const pushing = policiesIn(region, { pushRepositoryArns: [repository("team/app")] });

    test.each(PUSH_ACTIONS)("admits %s on that repository", async (action) => {
      expect(await admits(name, action, repository("team/app"), pushing)).toBe(true);
      expect(await admits(name, action, repository("team/app"))).toBe(false);
    });

    test.each(PUSH_ACTIONS)("refuses %s on any other repository", async (action) => {
      for (const other of [
        repository("team"),
        repository("team/app2"),
        repository("team/app/web"),
        repository("team/app", "444455556666"),
        repository("team/app", ACCOUNT, elsewhere),
      ]) {
        expect([other, await admits(name, action, other, pushing)]).toEqual([other, false]);
      }
    });

    test.each(["ecr:CreateRepository", "ecr:BatchImportUpstreamImage", "ecr:BatchDeleteImage", "ecr:TagResource"])(
      "refuses %s on that repository",
      async (action) => {
        expect(await admits(name, action, repository("team/app"), pushing)).toBe(false);
      },
    );

    test.each(["ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"])(
      "refuses %s on what the cache has",
      async (action) => {
        expect(await admits(name, action, repository("ecr-public/elastio/agent"), pushing)).toBe(false);
      },
    );

    test("leaves the policy of s3 as it is", () => {
      expect(pushing["s3"]).toEqual(policies["s3"]);
    });
  });

  describe("the policy of s3", () => {
    test("admits layers, whose URLs are signed by an account of AWS's own", async () => {
      expect(await admits("s3", "s3:GetObject", bucket(`prod-${region}-starport-layer-bucket/ab/cd`))).toBe(true);
    });

    test.each([
      ["s3:PutObject", `prod-${region}-starport-layer-bucket/ab/cd`],
      ["s3:DeleteObject", `prod-${region}-starport-layer-bucket/ab/cd`],
      ["s3:ListBucket", `prod-${region}-starport-layer-bucket`],
      ["s3:GetObject", `prod-${elsewhere}-starport-layer-bucket/ab/cd`],
      ["s3:GetObject", "somebody-elses-bucket/secret"],
      ["s3:PutObject", "somebody-elses-bucket/secret"],
    ])("refuses %s on %s", async (action, path) => {
      expect(await admits("s3", action, bucket(path))).toBe(false);
    });
  });
});
