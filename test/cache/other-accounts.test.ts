import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Fn, TerraformOutput, TerraformStack, Testing, Token } from "cdktf";
import { PullThroughCache, RegistryPolicy, Upstream } from "cdktf-ecr-pull-through-cache";
import type { AllowPullOptions, PullThroughCacheProps } from "cdktf-ecr-pull-through-cache";
import { ownRegistryPolicy } from "../support/registry-policy-owner";
import { blocks, messageOf, only, stackIn, synthesized } from "../support/synthesis";

const ACCOUNT = "111122223333";
const OTHER = "444455556666";
const ORGANIZATION = "o-a1b2c3d4e5";
const BARE = { repositorySettings: { creationTemplate: false } };

function cacheIn(stack: TerraformStack, id: string, props: Partial<PullThroughCacheProps> = {}): PullThroughCache {
  return new PullThroughCache(stack, id, { upstreams: [Upstream.quay()], accountId: ACCOUNT, ...props });
}

/** A cache of quay in a stack whose registry policy has an owner; neither account nor region is known with `undefined`. */
function owned(region: string | undefined, accountId?: string): { stack: TerraformStack; cache: PullThroughCache } {
  const stack = stackIn(region);
  ownRegistryPolicy(stack);
  return { stack, cache: cacheIn(stack, "cache", { accountId }) };
}

function policyOf(stack: TerraformStack): string {
  return String(only(synthesized(stack), "aws_ecr_repository_creation_template").repository_policy);
}

function commandsOf(stack: TerraformStack, cache: PullThroughCache): string {
  new TerraformOutput(stack, "commands", { value: cache.existingRepositoryCommands() });
  return String(synthesized(stack).output?.commands?.value);
}

describe("the text of identities", () => {
  const token = Token.asString(Fn.upper("x"));

  test.each<[string, AllowPullOptions, string]>([
    ["a policy variable", { organizationId: "${aws:PrincipalOrgID}" }, "`organizationId` must be the ID of an org"],
    ["an escaped variable", { organizationId: "$${aws:PrincipalOrgID}" }, "`organizationId` must be the ID of an org"],
    ["an open expression", { organizationId: "${var.organization" }, "`organizationId` must be the ID of an org"],
    ["a wildcard as policy variable", { organizationId: "o-${*}" }, "`organizationId` must be the ID of an org"],
    ["a variable as account", { accountIds: ["${aws:PrincipalAccount}"] }, "`accountIds[0]` must be an AWS account ID"],
    ["a wildcard beside an account", { accountIds: ["*${var.id}"] }, "`accountIds[0]` must be an AWS account ID"],
    [
      "a variable as unit",
      { organizationalUnitPaths: ["${aws:PrincipalOrgID}/r-ab12/ou-ab12-11111111/"] },
      "`organizationalUnitPaths[0]` must be the path of an",
    ],
    [
      "a wildcard before an expression",
      { organizationalUnitPaths: ["*${var.id}"] },
      "`organizationalUnitPaths[0]` must be the path of an",
    ],
    [
      "a wildcard between slashes",
      { organizationalUnitPaths: ["o-a1b2c3d4e5/*/${var.id}"] },
      "`organizationalUnitPaths[0]` must be the path of an",
    ],
    [
      "a wildcard beside a token",
      { organizationalUnitPaths: [`o-a1b2c3d4e5/r-????/${token}`] },
      "`organizationalUnitPaths[0]` must be the path of an",
    ],
  ])("fails for %s", (_, options, message) => {
    const { cache } = owned("us-east-1");
    expect(messageOf(() => cache.allowPullFrom(options))).toContain(`stack/cache: ${message}`);
  });

  test.each<[string, AllowPullOptions]>([
    ["a token", { organizationId: token }],
    ["a conditional expression", { organizationId: '${var.wide ? "o-a1b2c3d4e5" : var.narrow["id"]}' }],
    ["an expression in a path", { organizationalUnitPaths: [`${ORGANIZATION}/r-ab12/\${var.unit}/`] }],
  ])("may be %s", (_, options) => {
    const { cache } = owned("us-east-1");
    expect(() => cache.allowPullFrom(options)).not.toThrow();
  });

  test.each<[string, string | undefined, string | undefined]>([
    ["known", "us-east-1", ACCOUNT],
    ["looked up", undefined, undefined],
  ])("keeps expressions in the policies of a cache whose place is %s", (_, region, accountId) => {
    const { stack, cache } = owned(region, accountId);
    cache.allowPullFrom({
      accountIds: ["${var.account}"],
      organizationId: '${var.ids["organization"]}',
      organizationalUnitPaths: ["${var.unit}"],
    });
    const policy = policyOf(stack);
    expect(policy).not.toContain("$${");
    expect(policy).not.toContain('\\"organization');
    for (const part of [":${var.account}:root", 'var.ids["organization"]', '${trimsuffix(var.unit, "/")}/*']) {
      expect(policy).toContain(part);
    }
  });

  test("keeps expressions beside the statements of an own policy", () => {
    const { stack, cache } = owned("us-east-1", ACCOUNT);
    const repositoryPolicy = JSON.stringify({ Statement: [{ Sid: "Own" }] });
    cache.addUpstream(Upstream.kubernetes({ repositorySettings: { repositoryPolicy } }));
    cache.allowPullFrom({ organizationId: '${var.ids["x"]}', prefixes: ["kubernetes"] });
    const own = blocks(synthesized(stack), "aws_ecr_repository_creation_template").find(
      ({ prefix }) => prefix === "kubernetes",
    );
    expect(own?.repository_policy).toContain('{"aws:PrincipalOrgID":"${var.ids["x"]}"}');
  });
});

test("an account of an expression is a reference in every policy, also in a region that is looked up", () => {
  const stack = stackIn(undefined);
  const cache = cacheIn(stack, "cache", { accountId: "${var.account}" });
  new TerraformOutput(stack, "policy", { value: cache.pullPolicyJson() });
  const policy = String(synthesized(stack).output?.policy?.value);
  expect(policy).toContain(":${var.account}:repository/quay/*");
  expect(policy).not.toContain("$${");
});

test("accounts of an expression may replicate", () => {
  const stack = stackIn(undefined);
  const policy = new RegistryPolicy(stack, "policy", { ownedElsewhere: true });
  policy.allowReplicationFrom({ accountIds: ["${var.source}"] });
  new TerraformOutput(stack, "json", { value: policy.policyJson });
  const json = String(synthesized(stack).output?.json?.value);
  expect(json).toContain(":iam::${var.source}:root");
  expect(json).not.toContain("$${var.source}");
});

describe("commands for existing repositories", () => {
  test("leave out the repositories of other caches of the registry, in whatever order these are created", () => {
    const stack = stackIn("us-east-1");
    ownRegistryPolicy(stack);
    const cache = cacheIn(stack, "cache", { upstreams: [Upstream.quay({ prefix: "pub" })] });
    cache.allowPullFrom({ accountIds: [OTHER] });
    cacheIn(stack, "other", { upstreams: [Upstream.quay({ prefix: "pub/kk" })] });
    // In another stack of the same account and region.
    const beside = new TerraformStack(stack.node.root, "beside");
    new AwsProvider(beside, "aws", { region: "us-east-1" });
    cacheIn(beside, "cache", { upstreams: [Upstream.quay({ prefix: "pub/gg" })] });
    expect(commandsOf(stack, cache)).toContain(
      ' if startswith(name, "pub/") && !startswith(name, "pub/kk/") && !startswith(name, "pub/gg/")]',
    );
  });

  test("are none for ROOT, whose repositories nothing tells from those of others", () => {
    const stack = stackIn("us-east-1");
    ownRegistryPolicy(stack);
    const cache = cacheIn(stack, "cache", { upstreams: [Upstream.quay({ prefix: "ROOT" })] });
    cache.allowPullFrom({ accountIds: [OTHER] });
    expect(commandsOf(stack, cache)).toBe("${flatten([])}");
  });

  test("have the account and region that data sources look up", () => {
    const { stack, cache } = owned(undefined);
    cache.allowPullFrom({ accountIds: [OTHER] });
    const commands = commandsOf(stack, cache);
    expect(commands).toMatch(
      /--region \$\{data\.aws_region\.[\w-]+\.id\} --registry-id \$\{data\.aws_caller_identity\.[\w-]+\.account_id\} /,
    );
    expect(commands).not.toMatch(/--(region|registry-id) data/);
  });
});

describe("another cache of the registry", () => {
  function both(order: "before" | "after", other: Upstream, options: AllowPullOptions): TerraformStack {
    const stack = stackIn("us-east-1");
    ownRegistryPolicy(stack);
    if (order === "before") {
      cacheIn(stack, "other", { upstreams: [other] });
    }
    cacheIn(stack, "cache", { upstreams: [Upstream.quay({ prefix: "pub" })] }).allowPullFrom(options);
    if (order === "after") {
      cacheIn(stack, "other", { upstreams: [other] });
    }
    return stack;
  }

  test.each(["before", "after"] as const)("fails if it has the longer prefix of a repository, %s", (order) => {
    const options = { accountIds: [OTHER], existingRepositories: ["pub/kk/app"] };
    expect(messageOf(() => synthesized(both(order, Upstream.quay({ prefix: "pub/kk" }), options)))).toContain(
      '`existingRepositories` must not be under the longer prefix pub/kk, which stack/other has, got "pub/kk/app"; name it in allowPullFrom of that cache, whose policy applies to it',
    );
    expect(() => synthesized(both(order, Upstream.quay({ prefix: "pub/k" }), options))).not.toThrow();
  });

  test.each(["before", "after"] as const)("fails if it has a covered prefix without a template, %s", (order) => {
    const bare = Upstream.quay({ prefix: "pub/kk", ...BARE });
    expect(messageOf(() => synthesized(both(order, bare, { accountIds: [OTHER] })))).toContain(
      '`allowPullFrom for pub` must not cover the prefix pub/kk without a creation template, which stack/other has, got "pub"; ECR would apply the template of the shorter prefix to its repositories: remove `creationTemplate: false` there, or cover other prefixes here',
    );
    const beside = Upstream.quay({ prefix: "kk", ...BARE });
    expect(() => synthesized(both(order, beside, { accountIds: [OTHER] }))).not.toThrow();
  });
});

describe("an own repository policy", () => {
  function allowWith(policy: object): void {
    const stack = stackIn("us-east-1");
    const repositorySettings = { repositoryPolicy: JSON.stringify(policy) };
    cacheIn(stack, "cache", { repositorySettings }).allowPullFrom({ accountIds: [OTHER], createRepositories: false });
  }

  test.each<[string, unknown, string]>([
    ["null", null, "null"],
    ["text", "x", '"x"'],
    ["lists in a list", [[{}]], "[a list]"],
  ])("fails with %s as Statement", (_, Statement, got) => {
    expect(messageOf(() => allowWith({ Statement }))).toBe(
      `stack/cache: \`repositoryPolicy of quay\` must have an object or a list of objects as Statement, got ${got}; allowPullFrom adds its statements there: write each as an object`,
    );
  });

  test.each(["PullsOfAccounts1", "PullsOfOrganization2", "PullsOfOrganizationalUnits10"])("fails with %s", (Sid) => {
    expect(messageOf(() => allowWith({ Statement: { Sid } }))).toBe(
      `stack/cache: \`repositoryPolicy of quay\` must have no Sid like PullsOfAccounts1, got "${Sid}"; allowPullFrom gives such Sids to its own statements: choose another`,
    );
  });

  test.each([{}, { Statement: [] }, { Statement: [{ Sid: "PullsOfAccounts" }, {}] }])("may be %j", (policy) => {
    expect(() => allowWith(policy)).not.toThrow();
  });

  test("fails the same way with an upstream that is added later", () => {
    const { cache } = owned("us-east-1");
    cache.allowPullFrom({ accountIds: [OTHER] });
    const repositorySettings = { repositoryPolicy: JSON.stringify({ Statement: null }) };
    expect(messageOf(() => cache.addUpstream(Upstream.kubernetes({ repositorySettings })))).toContain(
      "`upstream.repositorySettings.repositoryPolicy` must have an object or a list of objects as Statement",
    );
  });
});

describe("HCL output", () => {
  const POLICY = JSON.stringify({ Statement: [{ Sid: "Own" }] });

  function hcl(repositoryPolicy: string | undefined, accountId: string | undefined, organizationId: string): string {
    const stack = new TerraformStack(new App({ hclOutput: true }), "stack");
    new AwsProvider(stack, "aws", { region: "us-east-1" });
    const cache = cacheIn(stack, "cache", { accountId, repositorySettings: { repositoryPolicy } });
    cache.allowPullFrom({ organizationId, createRepositories: false });
    return String(Testing.synthHcl(stack));
  }

  test("has the policies that need no escapes", () => {
    expect(hcl(POLICY, ACCOUNT, ORGANIZATION)).toContain(
      'repository_policy = "{\\"Statement\\":[{\\"Sid\\":\\"Own\\"}',
    );
    expect(hcl(undefined, undefined, ORGANIZATION)).toContain('repository_policy = "${jsonencode(');
  });

  test.each<[string, string | undefined, string | undefined, string]>([
    ["an own policy and an account that is looked up", POLICY, undefined, ORGANIZATION],
    ["an expression in a literal policy", undefined, ACCOUNT, "${var.organization}"],
  ])("fails with %s", (_, policy, accountId, organizationId) => {
    expect(messageOf(() => hcl(policy, accountId, organizationId))).toBe(
      "stack/cache: `hclOutput` must not be set in an app with this construct, got true; synthesize to JSON: the HCL output does not escape the quotes of a repository policy that contains references or policy variables",
    );
  });
});

test.each(["accountIds", "organizationalUnitPaths"])("fails for %s that are a token as a whole", (option) => {
  const { cache } = owned("us-east-1");
  const list = Token.asList(Fn.tolist(["a"]));
  const message = messageOf(() => cache.allowPullFrom({ [option]: list }));
  expect(message).toContain(`stack/cache: \`${option}\` must be a list that is known at synth, got`);
  expect(message).toContain("; list the elements one by one: each of them may be a token");
});

test("fails for the own account, also if only the AWS provider names it", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  new AwsProvider(stack, "aws", { region: "us-east-1", allowedAccountIds: [ACCOUNT] });
  const cache = cacheIn(stack, "cache", { accountId: undefined });
  expect(messageOf(() => cache.allowPullFrom({ accountIds: [ACCOUNT] }))).toContain(
    "`accountIds[0]` must be another account than the cache's",
  );
});
