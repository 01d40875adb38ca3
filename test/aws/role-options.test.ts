import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import type { TerraformStack } from "cdktf";
import { CacheWarmer, PullThroughCache, PullThroughCacheFleet, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RoleOptions } from "cdktf-ecr-pull-through-cache";
import { blocks, messageOf, stackIn, synthesized, testApp } from "../support/synthesis";
import type { TerraformJson } from "../support/synthesis";

const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "444455556666";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/team/bounds`;
const OPTIONS: RoleOptions = { permissionsBoundaryArn: BOUNDARY, path: "/platform/", namePrefix: "acme-" };

/** A stack with every role that constructs create. */
function everyRole(roleOptions?: RoleOptions): TerraformStack {
  const stack = stackIn("eu-west-1");
  const cache = new PullThroughCache(stack, "cache", {
    accountId: ACCOUNT,
    upstreams: [Upstream.quay(), Upstream.privateEcr({ accountId: OTHER_ACCOUNT, region: "eu-west-1" })],
    repositorySettings: { tags: { team: "platform" } },
    roleOptions,
  });
  new CacheWarmer(stack, "warmer", { cache, images: ["quay.io/a/b"], roleOptions });
  return stack;
}

function cacheWith(roleOptions: unknown): TerraformStack {
  const stack = stackIn("eu-west-1");
  new PullThroughCache(stack, "cache", {
    accountId: ACCOUNT,
    upstreams: [Upstream.quay()],
    roleOptions: roleOptions as RoleOptions,
  });
  return stack;
}

/** JSON with its roles as they are without options. */
function withoutOptions(json: TerraformJson): object {
  const prefixes = new Map(
    Object.entries(synthesized(everyRole()).resource?.["aws_iam_role"] ?? {}).map(([name, role]) => [
      name,
      role["name_prefix"],
    ]),
  );
  return JSON.parse(
    JSON.stringify(json, (key, value: unknown) =>
      key === "path" || key === "permissions_boundary"
        ? undefined
        : key === "aws_iam_role"
          ? Object.fromEntries(
              Object.entries(value as { readonly [name: string]: object }).map(([name, role]) => [
                name,
                { ...role, name_prefix: prefixes.get(name) },
              ]),
            )
          : value,
    ),
  ) as object;
}

test("every role that a construct creates has the options, and nothing else differs", () => {
  const json = synthesized(everyRole(OPTIONS));
  const roles = blocks(json, "aws_iam_role");
  expect(roles).toHaveLength(4);
  for (const role of roles) {
    expect(role).toMatchObject({ name_prefix: "acme-", path: "/platform/", permissions_boundary: BOUNDARY });
  }
  expect(withoutOptions(json)).toEqual(synthesized(everyRole()));
});

test("roles without options have names that say what they are for, and neither a path nor a boundary", () => {
  for (const options of [undefined, {}]) {
    const roles = blocks(synthesized(everyRole(options)), "aws_iam_role");
    expect(roles.map((role) => role["name_prefix"])).toEqual([
      "ecr-repository-creation-",
      "ecr-pull-through-cache-",
      "ecr-cache-warmer-",
      "ecr-cache-warmer-schedule-",
    ]);
    for (const role of roles) {
      expect(role).not.toHaveProperty("path");
      expect(role).not.toHaveProperty("permissions_boundary");
    }
  }
});

test("a role of a fleet has the options in every region", () => {
  const fleet = new PullThroughCacheFleet(testApp(), "fleet", {
    regions: ["eu-west-1", "us-east-1"],
    upstreams: [Upstream.quay()],
    repositorySettings: { tags: { team: "platform" } },
    roleOptions: OPTIONS,
  });
  for (const region of fleet.regions) {
    expect(blocks(synthesized(fleet.stackIn(region)), "aws_iam_role")).toEqual([
      expect.objectContaining({ name_prefix: "acme-", path: "/platform/", permissions_boundary: BOUNDARY }),
    ]);
  }
});

test("a role that is given by its ARN is not created, whatever the options", () => {
  const stackWith = (roleOptions?: RoleOptions): TerraformStack => {
    const stack = stackIn("eu-west-1");
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/own`;
    new PullThroughCache(stack, "cache", {
      upstreams: [Upstream.quay()],
      repositorySettings: { tags: { team: "platform" }, roleArn },
      roleOptions,
    });
    return stack;
  };
  expect(synthesized(stackWith(OPTIONS))).toEqual(synthesized(stackWith()));
});

test("a boundary may be a policy of the same stack, and a path has no template directives", () => {
  const stack = stackIn("eu-west-1");
  const policy = new IamPolicy(stack, "bounds", { policy: "{}" });
  new PullThroughCache(stack, "cache", {
    accountId: ACCOUNT,
    upstreams: [Upstream.quay()],
    repositorySettings: { tags: { team: "platform" } },
    roleOptions: { permissionsBoundaryArn: policy.arn, path: "/50%{/" },
  });
  expect(blocks(synthesized(stack), "aws_iam_role")).toEqual([
    expect.objectContaining({ permissions_boundary: "${aws_iam_policy.bounds.arn}", path: "/50%%{/" }),
  ]);
});

test("a later change of the given options changes nothing", () => {
  const options = { namePrefix: "acme-" };
  const stack = everyRole(options);
  options.namePrefix = "other-";
  expect(blocks(synthesized(stack), "aws_iam_role").map((role) => role["name_prefix"])).toEqual(Array(4).fill("acme-"));
});

test.each<[string, RoleOptions]>([
  ["a policy that AWS manages", { permissionsBoundaryArn: "arn:aws:iam::aws:policy/PowerUserAccess" }],
  ["a policy with a path", { permissionsBoundaryArn: BOUNDARY }],
  ["the default path", { path: "/" }],
  ["a path of several parts", { path: "/division_abc/subdivision_xyz/" }],
  ["the longest path", { path: `/${"x".repeat(510)}/` }],
  ["a path of all characters", { path: "/!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~/" }],
  ["the longest start of a name", { namePrefix: "x".repeat(38) }],
  ["a start of all characters", { namePrefix: "aZ0_+=,.@-" }],
])("%s is taken", (_, options) => {
  expect(() => cacheWith(options)).not.toThrow();
});

const PATH =
  "`roleOptions.path` must be / or up to 512 characters of ASCII without spaces that begin and end with a slash, like /platform/";
const PREFIX = "`roleOptions.namePrefix` must be 1 to 38 letters, digits and _+=,.@-";
const NO_START = "leave it out for a start that says what the role is for";
const NO_BOUNDARY = "`roleOptions.permissionsBoundaryArn` must be the ARN of an IAM policy";

test.each<[string, unknown, string]>([
  [
    "no object",
    BOUNDARY,
    `\`roleOptions\` must be an object of role options, got "${BOUNDARY}"; leave it out for roles without options`,
  ],
  ["null", null, "`roleOptions` must be an object of role options, got null; leave it out for roles without options"],
  [
    "an option that there is not",
    { permissionsBoundary: BOUNDARY },
    "`roleOptions.permissionsBoundary` is not a role option; did you mean `permissionsBoundaryArn`?",
  ],
  [
    "the name of a policy",
    { permissionsBoundaryArn: "bounds" },
    `${NO_BOUNDARY}, got "bounds"; give the policy's ARN, not its name`,
  ],
  [
    "the ARN of a role",
    { permissionsBoundaryArn: `arn:aws:iam::${ACCOUNT}:role/bounds` },
    `${NO_BOUNDARY}, got "arn:aws:iam::${ACCOUNT}:role/bounds"; give the policy's ARN, not its name`,
  ],
  [
    "a boundary of another account",
    { permissionsBoundaryArn: `arn:aws:iam::${OTHER_ACCOUNT}:policy/bounds` },
    `\`roleOptions.permissionsBoundaryArn\` must be in the account of the cache, ${ACCOUNT}, got "arn:aws:iam::${OTHER_ACCOUNT}:policy/bounds"; IAM accepts a policy of that account, or one that AWS manages`,
  ],
  [
    "a boundary of another partition",
    { permissionsBoundaryArn: "arn:aws-cn:iam::aws:policy/PowerUserAccess" },
    '`roleOptions.permissionsBoundaryArn` must be in the partition of the cache, aws, got "arn:aws-cn:iam::aws:policy/PowerUserAccess"; give an ARN of that partition',
  ],
  ["an empty path", { path: "" }, `${PATH}, got ""; leave it out for /`],
  ["a path without a slash in front", { path: "platform/" }, `${PATH}, got "platform/"; leave it out for /`],
  ["a path without a slash at its end", { path: "/platform" }, `${PATH}, got "/platform"; leave it out for /`],
  ["a path with a space", { path: "/my team/" }, `${PATH}, got "/my team/"; leave it out for /`],
  ["two slashes", { path: "//" }, `${PATH}, got "//"; leave it out for /`],
  ["an empty start", { namePrefix: "" }, `${PREFIX}, got ""; ${NO_START}`],
  ["a start with a slash", { namePrefix: "a/b" }, `${PREFIX}, got "a/b"; ${NO_START}`],
])("fails with %s", (_, options, message) => {
  expect(messageOf(() => cacheWith(options))).toBe(`stack/cache: ${message}`);
});

test.each([
  ["a path of 513 characters", { path: `/${"x".repeat(511)}/` }, PATH],
  ["a start of 39 characters", { namePrefix: "x".repeat(39) }, PREFIX],
  ["a boundary of 2,049 characters", { permissionsBoundaryArn: BOUNDARY.padEnd(2049, "x") }, NO_BOUNDARY],
])("fails with %s", (_, options, rule) => {
  expect(messageOf(() => cacheWith(options))).toContain(rule);
});

test("a warmer and a fleet refuse what a cache refuses, a fleet once for all of its regions", () => {
  const roleOptions = { path: "platform", permissionsBoundaryArn: "arn:aws-cn:iam::aws:policy/bounds" };
  const words = [
    `${PATH}, got "platform"; leave it out for /`,
    '`roleOptions.permissionsBoundaryArn` must be in the partition of the cache, aws, got "arn:aws-cn:iam::aws:policy/bounds"; give an ARN of that partition',
  ];
  const ofWarmer = messageOf(() => {
    const stack = stackIn("eu-west-1");
    const cache = new PullThroughCache(stack, "cache", { upstreams: [Upstream.quay()] });
    new CacheWarmer(stack, "warmer", { cache, images: ["quay.io/a/b"], roleOptions });
  });
  const regions = ["eu-west-1", "us-east-1"];
  const ofFleet = messageOf(
    () => new PullThroughCacheFleet(testApp(), "fleet", { regions, upstreams: [Upstream.quay()], roleOptions }),
  );
  for (const message of [ofWarmer, ofFleet]) {
    expect(words.filter((text) => message.split(text).length !== 2)).toEqual([]);
  }
});
