import {
  DeleteSecretCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { CAUSES, linkTo } from "../../cli/doctor/step";
import type { Cause } from "../../cli/doctor/step";
import { NETWORKS, addNetworks } from "../local-aws/ec2/networks";
import { imageOf } from "../local-aws/ecr/images";
import { Account, FIRST_PULL, READ, SIGN_IN, found } from "../support/doctor";
import type { Machine } from "../support/doctor";
import { readDocument } from "../support/documents";
import { useLocalAws } from "../support/use-local-aws";

// A process for each of some hundred calls would take a minute.
jest.mock("node:child_process", () => ({
  ...jest.requireActual<object>("node:child_process"),
  execFile: jest.requireActual<{ execFile: unknown }>("../support/aws-cli-in-process").execFile,
}));

const GUIDE = readDocument("docs/troubleshooting.md");
const IMAGE = "nginx:1.27";
const DIGEST = `sha256:${"0".repeat(64)}`;
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/11112222-3333-4444-5555-666677778888";

const aws = useLocalAws();

let accounts = 0;
function newAccount(region?: string): Account {
  accounts += 1;
  return new Account(aws, String(100_000_000_000 + accounts), region);
}

/** An account with a cache of Docker Hub, and what else a test creates there. */
interface Case {
  /** What is wrong, as the guide has it. */
  readonly cause: Cause;
  readonly what: string;
  /** The words that the remark has. */
  readonly detail: string;
  readonly solution?: string;
  readonly image?: string | ((account: Account) => string);
  readonly args?: (account: Account) => readonly string[];
  readonly create?: (account: Account, secretArn: string) => Promise<unknown>;
  readonly machine?: Machine;
  readonly region?: string;
  /** Whether the finding is one that makes no pull fail. */
  readonly isHint?: boolean;
}

const asRole =
  (name: string) =>
  (account: Account): string[] => ["--no-pull", "--role", account.roleArn(name)];
const noPull = (): string[] => ["--no-pull"];
const unreachable = (host: RegExp): Machine => ({
  intercept: (url) => {
    if (host.test(url.host)) {
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("timed out"), { code: "ETIMEDOUT" }) });
    }
    return undefined;
  },
});
const inCache =
  (name: string) =>
  ({ host }: Account): string =>
    `${host}/${name}`;

const CASES: readonly Case[] = [
  {
    cause: "UnsupportedUpstreamRegistryException",
    what: "a registry that ECR cannot cache",
    image: "gcr.io/distroless/static:latest",
    detail: "ECR cannot cache Google Container Registry",
    solution: "copy these images into a private repository",
  },
  {
    cause: "UnsupportedUpstreamRegistryException",
    what: "a registry that nobody documents",
    image: "registry.example.com/app:1",
    detail: "ECR cannot cache registry.example.com",
  },
  {
    cause: "A rule fails in China or GovCloud",
    what: "a region without pull-through caches",
    region: "us-gov-west-1",
    image: "quay.io/prometheus/node-exporter:v1.9.1",
    detail: "AWS documents no pull-through caches in us-gov-west-1",
  },
  {
    cause: "SecretNotFoundException",
    what: "a secret that was deleted at once",
    args: noPull,
    create: (account, SecretId) =>
      account
        .client(SecretsManagerClient)
        .send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })),
    detail: "there is no secret arn:aws:secretsmanager:eu-west-1:",
  },
  {
    cause: "UnableToAccessSecretException",
    what: "a secret whose policy denies everybody to read it",
    args: noPull,
    create: (account, SecretId) => {
      const statement = { Effect: "Deny", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" };
      const ResourcePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      return account.client(SecretsManagerClient).send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
    },
    detail: "the policy of the secret denies ECR to read it",
  },
  {
    cause: "UnableToDecryptSecretValueException",
    what: "a secret with a key of its own",
    args: noPull,
    create: (account, SecretId) =>
      account.client(SecretsManagerClient).send(new UpdateSecretCommand({ SecretId, KmsKeyId: KEY })),
    detail: `the secret ecr-pullthroughcache/docker-hub is encrypted with the key ${KEY}`,
  },
  {
    cause: "The authentication to the upstream registry failed",
    what: "a repository that Docker Hub does not have",
    image: "acme/private:1",
    detail: "ECR answers 403: The authentication to the upstream registry failed",
  },
  {
    cause: "a secret with this name is already scheduled for deletion",
    what: "a secret that was deleted with a recovery window",
    args: noPull,
    create: (account, SecretId) =>
      account.client(SecretsManagerClient).send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 })),
    detail: "the secret ecr-pullthroughcache/docker-hub was deleted",
    solution: "restore the secret: aws secretsmanager restore-secret --secret-id arn:aws:secretsmanager:eu-west-1:",
  },
  {
    cause: "no basic auth credentials",
    what: "a role that may not sign in",
    args: asRole("reader"),
    create: (account) => account.createRole("reader", [...READ, ...FIRST_PULL]),
    detail: "may not ecr:GetAuthorizationToken on",
  },
  {
    cause: "Docker Hub rate limit: toomanyrequests",
    what: "too many pulls",
    create: ({ id }) => Promise.resolve(aws.ecr.registry.throttleOnce(id)),
    detail: "ECR answers 429: Rate exceeded",
  },
  {
    cause: "403 Forbidden",
    what: "an official image of Docker Hub without library/",
    image: inCache("docker-hub/nginx:1.27"),
    detail: "Docker Hub has its official images below library/",
    solution: "/docker-hub/library/nginx",
  },
  {
    cause: "403 Forbidden",
    what: "another image of Docker Hub with library/",
    image: inCache("docker-hub/library/grafana/grafana:12"),
    detail: "only official images of Docker Hub are below library/",
    solution: "/docker-hub/grafana/grafana",
  },
  {
    cause: "403 Forbidden",
    what: "a client that may not read",
    args: asRole("creator"),
    create: (account) => account.createRole("creator", [...SIGN_IN, ...FIRST_PULL]),
    detail: "may not ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer on docker-hub/",
  },
  {
    cause: "403 Forbidden",
    what: "a client that signed in to another account",
    image: "444455556666.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1.27",
    detail: "ECR answers 403: User",
    solution: "sign in to the account 444455556666",
  },
  {
    cause: "not found on the first pull",
    what: "a client with AWS's managed read-only policy",
    args: asRole("reader"),
    create: (account) => account.createRole("reader", [...SIGN_IN, ...READ]),
    detail: "may not ecr:BatchImportUpstreamImage, ecr:CreateRepository on docker-hub/library/nginx",
  },
  {
    cause: "not found on the first pull",
    what: "a template with tags, and a client that may not tag",
    args: noPull,
    create: (account) => account.createTemplate({ resourceTags: [{ Key: "team", Value: "a" }] }),
    detail: "may not ecr:TagResource on docker-hub/library/nginx",
  },
  {
    cause: "not found on the first pull",
    what: "a template with tags and KMS encryption and no role",
    args: noPull,
    create: (account) =>
      account.createTemplate({
        resourceTags: [{ Key: "team", Value: "a" }],
        encryptionConfiguration: { encryptionType: "KMS" },
      }),
    detail: "the template docker-hub has tags and KMS encryption, and no role",
  },
  {
    cause: "not found on the first pull",
    what: "a template with a role that does not exist",
    args: noPull,
    create: (account) => account.createTemplate({ customRoleArn: account.roleArn("gone") }),
    detail: "role/gone, which does not exist",
  },
  {
    cause: "not found on the first pull",
    what: "a template with a role that does not trust ECR",
    args: noPull,
    create: async (account) =>
      account.createTemplate({ customRoleArn: await account.createRole("creation", FIRST_PULL) }),
    detail: "role/creation of the template does not trust ecr.amazonaws.com",
  },
  {
    cause: "not found on the first pull",
    what: "a template with a role that may not create repositories",
    args: noPull,
    create: async (account) => {
      const actions = ["ecr:CreateRepository", "ecr:TagResource"];
      const customRoleArn = await account.createRole("creation", actions, { service: "ecr.amazonaws.com" });
      return account.createTemplate({ customRoleArn });
    },
    detail: "role/creation of the template may not ecr:ReplicateImage",
  },
  {
    cause: "not found on the first pull",
    what: "a prefix that no rule has",
    image: inCache("quay/prometheus/node-exporter:v1.9.1"),
    detail: "no rule of eu-west-1 has a prefix of quay/prometheus/node-exporter",
  },
  {
    cause: "not found on the first pull",
    what: "a registry whose rule is in another region",
    image: "quay.io/prometheus/node-exporter:v1.9.1",
    create: ({ id }) => new Account(aws, id, "us-east-1").createRule("quay", "quay.io"),
    machine: { env: { AWS_DEFAULT_REGION: "us-east-1" } },
    detail: "no rule of eu-west-1 caches quay.io; one of us-east-1 does",
    solution: "pull from us-east-1, or create the rule in eu-west-1",
  },
  {
    cause: "not found on the first pull",
    what: "a registry without a rule",
    image: "quay.io/prometheus/node-exporter:v1.9.1",
    detail: "no rule of eu-west-1 caches quay.io",
    solution: "create a rule for quay.io: Upstream.quay() in a cache",
  },
  {
    cause: "not found on the first pull",
    what: "a name with the host of its upstream",
    image: inCache("docker-hub/docker.io/library/nginx:1.27"),
    detail: "the name of the repository contains the host docker.io",
    solution: "/docker-hub/library/nginx",
  },
  {
    cause: "not found on the first pull",
    what: "a repository that a longer prefix of another rule has",
    image: "team/app:1",
    create: (account) => account.createRule("docker-hub/team", "quay.io"),
    detail: "the longer prefix docker-hub/team of another upstream applies to it",
  },
  {
    cause: "not found on the first pull",
    what: "a tag that the upstream does not have",
    image: "nginx:0.0",
    detail: "ECR answers 404: The repository with name 'docker-hub/library/nginx' does not exist",
    solution: "check that registry-1.docker.io has the image and the tag",
  },
  {
    cause: "not found on the first pull",
    what: "an image that is named by its digest",
    image: `nginx@${DIGEST}`,
    detail: "ECR does not cache a first pull by digest",
  },
  {
    cause: "A digest that was pulled before is not found",
    what: "a digest that the lifecycle policy has deleted",
    image: `nginx@${DIGEST}`,
    create: (account) => account.createRepository("docker-hub/library/nginx"),
    detail: "the repository docker-hub/library/nginx does not have the digest",
  },
  {
    cause: "A tag is out of date",
    what: "a tag that was cached today",
    isHint: true,
    args: noPull,
    create: (account) => account.examine([IMAGE]),
    detail: "ECR cached the image less than 24 hours ago",
  },
  {
    cause: "A tag never changes",
    what: "a repository with immutable tags",
    isHint: true,
    args: noPull,
    create: (account) => account.createRepository("docker-hub/library/nginx", { imageTagMutability: "IMMUTABLE" }),
    detail: "the tags of the repository are immutable",
  },
  {
    cause: "A tag never changes",
    what: "a template with immutable tags",
    isHint: true,
    args: noPull,
    create: (account) => account.createTemplate({ imageTagMutability: "IMMUTABLE" }),
    detail: "the tags of the repository are immutable",
  },
  {
    cause: "A tag never changes",
    what: "a repository whose exclusion filters do not match the tag",
    isHint: true,
    args: noPull,
    create: (account) =>
      account.createRepository("docker-hub/library/nginx", {
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: "latest" }],
      }),
    detail: "is immutable, so ECR never refreshes it",
  },
  {
    cause: "A tag never changes",
    what: "a repository with an exclusion filter that makes the tag immutable",
    isHint: true,
    args: noPull,
    create: (account) =>
      account.createRepository("docker-hub/library/nginx", {
        imageTagMutability: "MUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: "1*" }],
      }),
    detail: "is immutable, so ECR never refreshes it",
  },
  {
    cause: "A repository lacks its settings",
    what: "a repository that was there before its template",
    isHint: true,
    args: noPull,
    create: async (account) => {
      await account.createRepository("docker-hub/library/nginx");
      await account.createTemplate({
        imageTagMutability: "IMMUTABLE",
        encryptionConfiguration: { encryptionType: "KMS" },
      });
    },
    detail: "the template docker-hub has another encryption and another mutability of tags",
  },
  {
    cause: "i/o timeout on the first pull",
    what: "a client that cannot reach the host that the upstream serves layers from",
    image: "quay.io/prometheus/node-exporter:v1.9.1",
    create: async (account) => {
      await account.createRule("quay", "quay.io");
      aws.ecr.upstreams.put("quay.io", "prometheus/node-exporter", "v1.9.1", imageOf("layer"));
      aws.ecr.upstreams.blobHosts.set("quay.io", "cdn01.quay.io");
    },
    machine: unreachable(/^cdn01\.quay\.io$/),
    detail: "ECR redirects to cdn01.quay.io for layers, which does not answer: ETIMEDOUT",
  },
  {
    cause: "i/o timeout on the first pull",
    what: "a VPC without a route to the internet",
    args: () => ["--no-pull", "--vpc", NETWORKS.codeBuild],
    create: ({ id }) => Promise.resolve(addNetworks(aws, id)),
    detail: "subnet-0c0de",
  },
  {
    cause: "i/o timeout on every pull",
    what: "a client that cannot reach the registry",
    machine: unreachable(/\.dkr\.ecr\./),
    detail: "does not answer: ETIMEDOUT",
  },
  {
    cause: "i/o timeout on every pull",
    what: "a client that cannot reach the bucket with the layers",
    machine: unreachable(/starport-layer-bucket/),
    detail: "which has the layers, does not answer: ETIMEDOUT",
  },
  {
    cause: "i/o timeout on every pull",
    what: "a VPC without endpoints and without a route",
    args: () => ["--no-pull", "--vpc", NETWORKS.codeBuild],
    create: ({ id }) => Promise.resolve(addNetworks(aws, id)),
    detail: "subnet-0c0de",
  },
  {
    cause: "Access Denied from S3 for layers",
    what: "an S3 endpoint whose policy refuses AWS's own account",
    machine: {
      intercept: ({ host }) =>
        host.includes("starport-layer-bucket") ? new Response("<Error/>", { status: 403 }) : undefined,
    },
    detail: "starport-layer-bucket.s3.eu-west-1.amazonaws.com answers 403",
  },
];

/** The headings about pulls that the command does not name, and why. */
const UNSEEN: { readonly [heading: string]: string } = {
  PullThroughCacheRuleAlreadyExistsException: "only an apply answers it",
  TemplateAlreadyExistsException: "only an apply answers it",
  "Cannot import non-existent remote object": "only Terraform says it",
  "invalid AWS Region": "only the provider says it",
  "LimitExceededException for a rule": "only an apply answers it: rules that exist work",
  "couldn't find resource for a secret": "only a plan answers it",
  "ResourceExistsException for a secret": "only an apply answers it",
  "A new access token is not used": "the command never reads the value of a secret",
  "An access token is in a log": "the command reads no logs",
  ImagePullBackOff: "Kubernetes says it for every cause",
  ErrImagePull: "Kubernetes says it for every cause",
  CannotPullContainerError: "Amazon ECS says it for every cause",
  "AWS Lambda: Source image … does not exist": "the command does not know who pulls",
  "A pull through the cache fails: failure codes": "the command finds the cause that the event names",
  "A push or another bucket is denied": "it is no pull",
  "private-dns-enabled cannot be set because there is already a conflicting DNS domain": "only an apply answers it",
  RouteAlreadyExists: "only an apply answers it",
  DuplicateSubnetsInSameZone: "only an apply answers it",
  ResourceInitializationError: "AWS Fargate says it for every cause",
};

/** The headings of a section of the guide, without their backquotes. */
function headingsOf(section: string): string[] {
  const [, text = ""] = new RegExp(`^## ${section}$(.*?)(?=^## |(?![^]))`, "ms").exec(GUIDE.text) ?? [];
  return [...text.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) => heading.replaceAll("`", ""));
}

test("the table has every heading of the guide about pulls, once as found or with the reason why not", () => {
  const sections = ["Create a rule", "Credentials", "First pull", "Later pulls", "Private subnets"];
  const headings = sections.flatMap(headingsOf);
  const created = [...new Set(CASES.map(({ cause }) => cause))];
  expect(headings.length).toBeGreaterThan(30);
  expect([...created, ...Object.keys(UNSEEN)].sort()).toEqual([...headings].sort());
  expect([...CAUSES].sort()).toEqual([...created].sort());
});

test("the links of the causes lead to their headings", () => {
  for (const cause of CAUSES) {
    const [page = "", anchor = ""] = linkTo(cause).split("#");
    expect(page).toMatch(/\/docs\/troubleshooting\.md$/);
    expect([cause, GUIDE.anchors.includes(anchor)]).toEqual([cause, true]);
  }
});

describe("doctor finds", () => {
  const titled = CASES.map((item): [string, Case] => [`${item.cause}: ${item.what}`, item]);

  test.concurrent.each(titled)("%s", async (_, item) => {
    const { cause, detail, solution = "", image = IMAGE, args = () => [], create, machine, region, isHint } = item;
    const account = newAccount(region);
    const secretArn = region === undefined ? await account.createCache() : "";
    await create?.(account, secretArn);
    const name = typeof image === "string" ? image : image(account);
    const report = await account.examine([name, ...args(account)], machine);
    const remarks = found(report, isHint === true ? "hint" : "cause").filter((remark) => remark.cause === cause);
    expect(remarks).toContainEqual(
      expect.objectContaining({
        detail: expect.stringContaining(detail) as string,
        solution: expect.stringContaining(solution) as string,
        link: linkTo(cause),
      }),
    );
    expect(report.code).toBe(isHint === true ? 0 : 1);
  });
});

test.each([
  ["a filter excludes from immutable tags", "IMMUTABLE_WITH_EXCLUSION" as const, "1.*"],
  ["no filter makes immutable", "MUTABLE_WITH_EXCLUSION" as const, "1*27-*"],
])("doctor has no hint for a tag that %s", async (_, imageTagMutability, filter) => {
  const account = newAccount();
  await account.createCache();
  await account.createRepository("docker-hub/library/nginx", {
    imageTagMutability,
    imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter }],
  });
  const report = await account.examine([IMAGE, ...noPull()]);
  expect(found(report, "hint").filter(({ cause }) => cause === "A tag never changes")).toEqual([]);
});
