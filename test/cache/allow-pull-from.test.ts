import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Fn, TerraformOutput, Token } from "cdktf";
import type { TerraformStack } from "cdktf";
import { PullThroughCache, Upstream } from "cdktf-ecr-pull-through-cache";
import type { AllowPullOptions, PullThroughCacheProps, RepositorySettings } from "cdktf-ecr-pull-through-cache";
import { policyLength } from "../../src/aws/policy-document";
import { ownRegistryPolicy } from "../support/registry-policy-owner";
import { addresses, blocks, messageOf, only, stackIn, synthesized } from "../support/synthesis";

const ACCOUNT = "111122223333";
const OTHER = "444455556666";
const ORGANIZATION = "o-a1b2c3d4e5";
const UNIT = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/";
const REPOSITORY = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository`;
const READ = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const IMPORT = "ecr:BatchImportUpstreamImage";
const TAGS: RepositorySettings = { tags: { team: "platform" } };
const NOT_OWN = { StringNotEquals: { "aws:PrincipalAccount": ACCOUNT } };

function cacheIn(stack: TerraformStack, props: Partial<PullThroughCacheProps> = {}): PullThroughCache {
  return new PullThroughCache(stack, "cache", {
    upstreams: [Upstream.ecrPublic(), Upstream.quay()],
    accountId: ACCOUNT,
    ...props,
  });
}

/** A cache in a stack whose registry policy has an owner. */
function owned(props: Partial<PullThroughCacheProps> = {}): { stack: TerraformStack; cache: PullThroughCache } {
  const stack = stackIn("us-east-1");
  ownRegistryPolicy(stack);
  return { stack, cache: cacheIn(stack, props) };
}

/** The texts of the policies of the templates, by their prefixes. */
function policyTexts(stack: TerraformStack): Map<string, string | undefined> {
  return new Map(
    blocks(synthesized(stack), "aws_ecr_repository_creation_template").map(
      ({ prefix, repository_policy: policy }) => [String(prefix), policy as string | undefined] as const,
    ),
  );
}

/** The same, parsed. */
function templatePolicies(stack: TerraformStack): { readonly [prefix: string]: unknown } {
  const parsed = [...policyTexts(stack)].map(
    ([prefix, policy]) => [prefix, policy === undefined ? undefined : (JSON.parse(policy) as unknown)] as const,
  );
  return Object.fromEntries(parsed);
}

function document(...Statement: object[]): object {
  return { Version: "2012-10-17", Statement };
}

function accountsStatement(Action: string[] = READ, number = 1): object {
  return {
    Sid: `PullsOfAccounts${number}`,
    Effect: "Allow",
    Principal: { AWS: [`arn:aws:iam::${OTHER}:root`] },
    Action,
  };
}

test("one call allows an account first pulls by the registry policy, and reads by the policies of new repositories", () => {
  const { stack, cache } = owned();
  cache.allowPullFrom({ accountIds: [OTHER] });
  expect(cache._internals.registryStatements()).toEqual([
    {
      Sid: "FirstPullsOfAccounts1Inecr2Dpublic",
      Effect: "Allow",
      Principal: { AWS: [`arn:aws:iam::${OTHER}:root`] },
      Action: ["ecr:CreateRepository", IMPORT],
      Resource: [`${REPOSITORY}/ecr-public/*`, `${REPOSITORY}/quay/*`],
    },
  ]);
  expect(templatePolicies(stack)).toEqual({
    "ecr-public": document(accountsStatement()),
    quay: document(accountsStatement()),
  });
});

test("each form of identities gets statements of its own, and those with conditions leave out the cache's account", () => {
  const { stack, cache } = owned({ upstreams: [Upstream.quay()] });
  cache.allowPullFrom({
    accountIds: [OTHER],
    organizationId: ORGANIZATION,
    organizationalUnitPaths: [UNIT, "o-a1b2c3d4e5/r-ab12/ou-ab12-33333333"],
  });
  const who = [
    { Principal: { AWS: [`arn:aws:iam::${OTHER}:root`] } },
    { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": ORGANIZATION }, ...NOT_OWN } },
    {
      Principal: "*",
      Condition: {
        "ForAnyValue:StringLike": {
          "aws:PrincipalOrgPaths": [`${UNIT}*`, "o-a1b2c3d4e5/r-ab12/ou-ab12-33333333/*"],
        },
        ...NOT_OWN,
      },
    },
  ];
  const forms = ["Accounts", "Organization", "OrganizationalUnits"];
  expect(cache._internals.registryStatements()).toEqual(
    who.map((one, index) => ({
      Sid: `FirstPullsOf${forms[index] ?? ""}1Inquay`,
      Effect: "Allow",
      ...one,
      Action: ["ecr:CreateRepository", IMPORT],
      Resource: [`${REPOSITORY}/quay/*`],
    })),
  );
  expect(templatePolicies(stack)).toEqual({
    quay: document(
      ...who.map((one, index) => ({ Sid: `PullsOf${forms[index] ?? ""}1`, Effect: "Allow", ...one, Action: READ })),
    ),
  });
});

test("without createRepositories the registry policy gets nothing, and repositories allow the import", () => {
  const stack = stackIn("us-east-1");
  const cache = cacheIn(stack, { upstreams: [Upstream.quay()] });
  cache.allowPullFrom({ accountIds: [OTHER], createRepositories: false });
  expect(cache._internals.registryStatements()).toEqual([]);
  expect(templatePolicies(stack)).toEqual({ quay: document(accountsStatement([...READ, IMPORT])) });
});

test("first pulls that create tagged repositories may tag them", () => {
  const { cache } = owned({ upstreams: [Upstream.quay({ repositorySettings: TAGS }), Upstream.ecrPublic()] });
  cache.allowPullFrom({ accountIds: [OTHER] });
  const statements = cache._internals.registryStatements();
  expect(statements.map(({ Sid, Action, Resource }) => [Sid, Action, Resource])).toEqual([
    ["FirstPullsOfAccounts1Inecr2Dpublic", ["ecr:CreateRepository", IMPORT], [`${REPOSITORY}/ecr-public/*`]],
    [
      "TaggedFirstPullsOfAccounts1Inquay",
      ["ecr:CreateRepository", IMPORT, "ecr:TagResource"],
      [`${REPOSITORY}/quay/*`],
    ],
  ]);
});

test("an upstream without a call that covers it stays as it was", () => {
  const { stack, cache } = owned();
  cache.allowPullFrom({ accountIds: [OTHER], prefixes: ["quay/"] });
  expect(templatePolicies(stack)).toEqual({ "ecr-public": undefined, quay: document(accountsStatement()) });
  expect(cache._internals.registryStatements().flatMap(({ Resource }) => Resource)).toEqual([`${REPOSITORY}/quay/*`]);
});

test("without a call, nothing changes", () => {
  const [stack, other] = [stackIn("us-east-1"), stackIn("us-east-1")];
  const cache = cacheIn(stack);
  cacheIn(other);
  expect(cache._internals.registryStatements()).toEqual([]);
  expect(synthesized(stack)).toEqual(synthesized(other));
});

test("ROOT and a shorter prefix cover the upstreams below, whose templates ECR applies", () => {
  const { stack, cache } = owned({ upstreams: [Upstream.quay({ prefix: "ROOT" }), Upstream.ecrPublic()] });
  cache.allowPullFrom({ accountIds: [OTHER], prefixes: ["ROOT"] });
  expect(templatePolicies(stack)).toEqual({
    ROOT: document(accountsStatement()),
    "ecr-public": document(accountsStatement()),
  });
  expect(cache._internals.registryStatements().map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
    ["FirstPullsOfAccounts1InROOT", [`${REPOSITORY}/*`]],
  ]);
});

test("an upstream that is added later is covered, and so is one under a covered prefix", () => {
  const { stack, cache } = owned({ upstreams: [Upstream.quay({ prefix: "mirror" }), Upstream.ecrPublic()] });
  cache.allowPullFrom({ accountIds: [OTHER], prefixes: ["mirror"] });
  cache.addUpstream(Upstream.kubernetes({ prefix: "mirror/k8s" }));
  cache.addUpstream(Upstream.kubernetes({ prefix: "kubernetes" }));
  expect(templatePolicies(stack)).toEqual({
    mirror: document(accountsStatement()),
    "mirror/k8s": document(accountsStatement()),
    "ecr-public": undefined,
    kubernetes: undefined,
  });
  cache.allowPullFrom({ accountIds: ["777788889999"] });
  const [registry] = cache._internals.registryStatements().slice(-1);
  expect([registry?.Sid, registry?.Resource]).toEqual([
    "FirstPullsOfAccounts2Inmirror",
    ["mirror", "ecr-public", "mirror/k8s", "kubernetes"].map((prefix) => `${REPOSITORY}/${prefix}/*`),
  ]);
});

test("later changes of the options have no effect", () => {
  const { cache } = owned();
  const options = { accountIds: [OTHER] };
  cache.allowPullFrom(options);
  options.accountIds.push("777788889999");
  cache.addUpstream(Upstream.kubernetes());
  expect(JSON.stringify(cache._internals.registryStatements())).not.toContain("777788889999");
});

test.each([
  ["a list", [{ Effect: "Deny", Principal: "*", Action: "ecr:PutImage" }]],
  ["one statement", { Effect: "Deny", Principal: "*", Action: "ecr:PutImage" }],
])("a repository policy of the settings with %s keeps its statements", (_, Statement) => {
  const repositoryPolicy = JSON.stringify({ Version: "2008-10-17", Id: "own", Statement });
  const { stack, cache } = owned({ upstreams: [Upstream.quay()], repositorySettings: { repositoryPolicy } });
  cache.allowPullFrom({ accountIds: [OTHER] });
  expect(templatePolicies(stack)).toEqual({
    quay: {
      Version: "2008-10-17",
      Id: "own",
      Statement: [{ Effect: "Deny", Principal: "*", Action: "ecr:PutImage" }, accountsStatement()],
    },
  });
});

test("policy variables of a repository policy stay literal, and tokens in it resolve", () => {
  const stack = stackIn("us-east-1");
  const { accountId } = new DataAwsCallerIdentity(stack, "me");
  const repositoryPolicy = JSON.stringify({ Statement: [{ Sid: "${aws:username}", Principal: accountId }] });
  ownRegistryPolicy(stack);
  const cache = cacheIn(stack, { upstreams: [Upstream.quay()], repositorySettings: { repositoryPolicy } });
  cache.allowPullFrom({ accountIds: [OTHER] });
  const { repository_policy: policy } = only(synthesized(stack), "aws_ecr_repository_creation_template");
  expect(policy).toContain('"Sid":"$${aws:username}","Principal":"${data.aws_caller_identity.me.account_id}"');
  expect(policy).toContain('"Sid":"PullsOfAccounts1"');
});

test("tokens become references", () => {
  const stack = stackIn(undefined);
  ownRegistryPolicy(stack);
  const other = new DataAwsCallerIdentity(stack, "other", {}).accountId;
  const cache = cacheIn(stack, { upstreams: [Upstream.quay()], accountId: undefined });
  cache.allowPullFrom({
    accountIds: [other],
    organizationId: Token.asString(Fn.upper("o")),
    organizationalUnitPaths: [Token.asString(Fn.upper("path"))],
  });
  const text = JSON.stringify(only(synthesized(stack), "aws_ecr_repository_creation_template"));
  expect(text).toContain("data.aws_caller_identity.other.account_id}:root");
  expect(text).toContain('trimsuffix(upper(\\"path\\"), \\"/\\")}/*');
  expect(text).toContain("data.aws_partition.aws-lookup_partition");
});

describe("existing repositories", () => {
  test("get the policy that new repositories of their prefixes get, at addresses that stay", () => {
    const { stack, cache } = owned({ upstreams: [Upstream.quay(), Upstream.kubernetes({ prefix: "quay/k8s" })] });
    cache.allowPullFrom({ accountIds: [OTHER], existingRepositories: ["quay/team/app"] });
    cache.allowPullFrom({
      organizationId: ORGANIZATION,
      prefixes: ["quay/k8s"],
      existingRepositories: ["quay/k8s/pause"],
    });
    const json = synthesized(stack);
    expect(addresses(json).filter((address) => address.startsWith("aws_ecr_repository_policy"))).toEqual([
      "aws_ecr_repository_policy.cache_repository-policies_quay_2fk8s_2fpause_52FCC30A",
      "aws_ecr_repository_policy.cache_repository-policies_quay_2fteam_2fapp_21B49CD5",
    ]);
    const texts = policyTexts(stack);
    const policies = blocks(json, "aws_ecr_repository_policy").map(
      ({ repository, policy }) => [String(repository), policy] as const,
    );
    expect(new Map(policies)).toEqual(
      new Map([
        ["quay/k8s/pause", texts.get("quay/k8s")],
        ["quay/team/app", texts.get("quay")],
      ]),
    );
  });

  test("are listed with a command for each that has no policy yet", () => {
    const { stack, cache } = owned({
      upstreams: [Upstream.quay(), Upstream.kubernetes({ prefix: "quay/k8s" }), Upstream.ecrPublic()],
    });
    cache.allowPullFrom({ accountIds: [OTHER], prefixes: ["quay"], existingRepositories: ["quay/team/app"] });
    new TerraformOutput(stack, "commands", { value: cache.existingRepositoryCommands() });
    expect(cache.existingRepositoryCommands()).toHaveLength(1);
    const json = synthesized(stack);
    expect(json.data).toEqual({ aws_ecr_repositories: { "cache_existing-repositories_8A8CC606": {} } });
    const names = "data.aws_ecr_repositories.cache_existing-repositories_8A8CC606.names";
    expect(json.output?.commands?.value).toContain(
      `[for name in (${names} == null ? [] : sort(${names})) : "aws ecr get-repository-policy`,
    );
    expect(json.output?.commands?.value).toContain(
      'if startswith(name, "quay/") && !startswith(name, "quay/k8s/") && !contains(["quay/team/app"], name)]',
    );
    expect(json.output?.commands?.value).not.toContain("ecr-public");
  });

  test("are not looked up unless they are asked for", () => {
    const { stack, cache } = owned();
    cache.allowPullFrom({ accountIds: [OTHER] });
    expect(synthesized(stack).data).toBeUndefined();
  });
});

test.each<[string, unknown, string]>([
  [
    "nobody",
    {},
    "`accountIds` is required; name who may pull: `accountIds`, `organizationId` or `organizationalUnitPaths`",
  ],
  ["no account", { accountIds: [] }, "`accountIds` must be a list of at least one account, got []"],
  ["everybody", { accountIds: ["*"] }, '`accountIds[0]` must be an AWS account ID of 12 digits, got "*"'],
  ["11 digits", { accountIds: ["44445555666"] }, "`accountIds[0]` must be an AWS account ID of 12 digits"],
  ["13 digits", { accountIds: ["4444555566667"] }, "`accountIds[0]` must be an AWS account ID of 12 digits"],
  ["an ARN", { accountIds: [`arn:aws-cn:iam::${OTHER}:root`] }, "`accountIds[0]` must be an AWS account ID"],
  ["an account twice", { accountIds: [OTHER, OTHER] }, "`accountIds[1]` must be given once"],
  ["the own account", { accountIds: [ACCOUNT] }, "`accountIds[0]` must be another account than the cache's"],
  ["every organization", { organizationId: "*" }, "`organizationId` must be the ID of an organization"],
  ["a short organization", { organizationId: "o-a1b2c3d4e" }, "`organizationId` must be the ID of an organization"],
  [
    "a long organization",
    { organizationId: `o-${"a".repeat(33)}` },
    "`organizationId` must be the ID of an organization",
  ],
  [
    "a root",
    { organizationalUnitPaths: ["o-a1b2c3d4e5/r-ab12/"] },
    "`organizationalUnitPaths[0]` must be the path of an",
  ],
  [
    "a unit by its ID",
    { organizationalUnitPaths: ["ou-ab12-11111111"] },
    "`organizationalUnitPaths[0]` must be the path of",
  ],
  [
    "a unit twice",
    { organizationalUnitPaths: [UNIT, UNIT.slice(0, -1)] },
    "`organizationalUnitPaths[1]` must be given once",
  ],
  ["no prefix", { organizationId: ORGANIZATION, prefixes: [] }, "`prefixes` must be a list of at least one prefix"],
  ["no upstream", { organizationId: ORGANIZATION, prefixes: ["gcr"] }, "`prefixes[0]` must be one of ecr-public, quay"],
  ["text", { organizationId: ORGANIZATION, createRepositories: "no" }, "`createRepositories` must be true or false"],
  [
    "a typo",
    { organizationId: ORGANIZATION, accountIDs: [OTHER] },
    "`accountIDs` is not an option of allowPullFrom; did you mean `accountIds`?",
  ],
  ["no options", "all", "`options` must be an object of options"],
  [
    "a repository of no upstream",
    { accountIds: [OTHER], existingRepositories: ["team/app"] },
    "`existingRepositories[0]` must be under a prefix that the permission covers, ecr-public, quay",
  ],
  [
    "a repository of an upstream that is not covered",
    { accountIds: [OTHER], prefixes: ["quay"], existingRepositories: ["ecr-public/nginx"] },
    "`existingRepositories[0]` must be under a prefix that the permission covers, quay",
  ],
  [
    "a tag",
    { accountIds: [OTHER], existingRepositories: ["quay/app:1"] },
    "`existingRepositories[0]` must be the path of a",
  ],
  [
    "a path twice",
    { accountIds: [OTHER], existingRepositories: ["quay/a", "quay/a"] },
    "`existingRepositories[1]` must be given once",
  ],
  [
    "a token",
    { accountIds: [OTHER], existingRepositories: [Token.asString(Fn.upper("a"))] },
    "`existingRepositories[0]` must be known at synth",
  ],
])("fails for %s", (_, options, message) => {
  const { stack, cache } = owned();
  const before = synthesized(stack);
  expect(messageOf(() => cache.allowPullFrom(options as AllowPullOptions))).toContain(`stack/cache: ${message}`);
  expect(synthesized(stack)).toEqual(before);
});

test("fails with all mistakes at once", () => {
  const { cache } = owned();
  const message = messageOf(() =>
    cache.allowPullFrom({ accountIds: ["1"], organizationId: "*", organizationalUnitPaths: [], prefixes: ["x"] }),
  );
  expect(message).toContain("4 validation errors");
});

test("fails for a repository in two calls", () => {
  const { cache } = owned();
  cache.allowPullFrom({ accountIds: [OTHER], existingRepositories: ["quay/app"] });
  expect(
    messageOf(() => cache.allowPullFrom({ organizationId: ORGANIZATION, existingRepositories: ["quay/app"] })),
  ).toBe(
    'stack/cache: `existingRepositories[0]` must be given in one call only, got "quay/app"; leave it out here: its policy has the statements of every call that covers it',
  );
});

describe("an upstream without a creation template", () => {
  const bare = Upstream.quay({ repositorySettings: { creationTemplate: false } });

  test.each<[string, Partial<AllowPullOptions>]>([
    ["that is named", { prefixes: ["quay"] }],
    ["when prefixes are left out", {}],
    ["below a prefix that is named", { prefixes: ["ROOT"] }],
  ])("fails %s", (_, options) => {
    const { cache } = owned({ upstreams: [Upstream.ecrPublic({ prefix: "ROOT" }), bare] });
    expect(messageOf(() => cache.allowPullFrom({ accountIds: [OTHER], ...options }))).toBe(
      'stack/cache: `prefixes` must cover only upstreams with a creation template, got "quay"; only a template gives new repositories the policy that other accounts need: remove `creationTemplate: false`, or leave this prefix out',
    );
  });

  test("fails when it is added later, unless no call covers it", () => {
    const { stack, cache } = owned({ upstreams: [Upstream.ecrPublic()] });
    cache.allowPullFrom({ accountIds: [OTHER] });
    const before = synthesized(stack);
    expect(messageOf(() => cache.addUpstream(bare))).toBe(
      "stack/cache: `upstream.repositorySettings.creationTemplate` must not be false for an upstream that other accounts may pull from, got false; allowPullFrom covers its prefix, and only a template gives new repositories the policy that other accounts need",
    );
    expect(synthesized(stack)).toEqual(before);
    const other = owned({ upstreams: [Upstream.ecrPublic()] }).cache;
    other.allowPullFrom({ accountIds: [OTHER], prefixes: ["ecr-public"] });
    expect(() => other.addUpstream(bare)).not.toThrow();
  });
});

test("fails for a repository policy that is a token, also for an upstream that is added later", () => {
  const repositoryPolicy = Fn.jsonencode({ Statement: [] });
  const bad = Upstream.quay({ repositorySettings: { repositoryPolicy } });
  const given = owned({ upstreams: [bad] }).cache;
  expect(messageOf(() => given.allowPullFrom({ accountIds: [OTHER] }))).toContain(
    "must be JSON text without tokens in place of its structure",
  );
  const { cache } = owned({ upstreams: [Upstream.ecrPublic()] });
  cache.allowPullFrom({ accountIds: [OTHER] });
  expect(messageOf(() => cache.addUpstream(bad))).toContain(
    "`upstream.repositorySettings.repositoryPolicy` must be JSON",
  );
});

test("fails at synth without a RegistryPolicy in the stack", () => {
  const stack = stackIn("us-east-1");
  cacheIn(stack).allowPullFrom({ accountIds: [OTHER] });
  expect(messageOf(() => synthesized(stack))).toContain(
    "`RegistryPolicy` is required; allowPullFrom needs statements in the registry policy: create a RegistryPolicy in this stack for the same provider and region",
  );
});

test("fails at synth if the RegistryPolicy of the stack has another provider", () => {
  const stack = stackIn("us-east-1");
  ownRegistryPolicy(stack);
  const provider = new AwsProvider(stack, "other", { alias: "other", region: "eu-west-1" });
  cacheIn(stack, { provider }).allowPullFrom({ accountIds: [OTHER] });
  expect(messageOf(() => synthesized(stack))).toContain("`RegistryPolicy` is required");
});

test("fails at synth with the policy of a repository that is too long", () => {
  const { stack, cache } = owned({ upstreams: [Upstream.quay()] });
  const accountIds = Array.from({ length: 310 }, (_, index) => String(400_000_000_000 + index));
  cache.allowPullFrom({ accountIds });
  const length = policyLength({
    ...(accountsStatement() as { Effect: "Allow"; Action: string[] }),
    Principal: { AWS: accountIds.map((accountId) => `arn:aws:iam::${accountId}:root`) },
  });
  expect(length).toBeGreaterThan(10_240);
  expect(messageOf(() => synthesized(stack))).toContain(
    `\`allowPullFrom for quay\` must make a repository policy of at most 10240 characters, got "${length} characters"; allow an organization or organizational units in place of many accounts`,
  );
});
