import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Fn, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import {
  ExistingSettings,
  PullThroughCache,
  PullThroughCacheFleet,
  RegistryPolicy,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type {
  PrivateEcrOptions,
  PullThroughCacheProps,
  RegistryPolicyProps,
  ReplicationSourceOptions,
  UpstreamOptions,
} from "cdktf-ecr-pull-through-cache";
import { resolved } from "../../src/terraform/tokens";
import { useRegionalResources } from "../support/regional-resources";
import { addresses, messageOf, only, stackIn, synthesized, testApp } from "../support/synthesis";
import type { Block, TerraformJson } from "../support/synthesis";

const REGION = "us-east-1";
const ACCOUNT = "111122223333";
const OTHER = "444455556666";
const REPOSITORY = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository`;
const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const LATE = "only Terraform knows it";

/** A statement that breaks no rule. */
const STATEMENT = {
  Sid: "Readers",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
  Action: "ecr:BatchGetImage",
  Resource: `${REPOSITORY}/*`,
};
const EXISTING_HINT = `run aws ecr get-registry-policy --region ${REGION}: if it answers RegistryPolicyNotFoundException use ExistingSettings.NONE, otherwise ExistingSettings.OVERWRITE, which replaces the whole policy`;

function text(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function policyIn(stack: TerraformStack, props: Partial<RegistryPolicyProps> = {}): RegistryPolicy {
  return new RegistryPolicy(stack, "registry", { existing: ExistingSettings.NONE, accountId: ACCOUNT, ...props });
}

/** A policy in a stack of its own, after something was done with it. */
function policyAfter(
  act: (policy: RegistryPolicy) => void,
  props: Partial<RegistryPolicyProps> = {},
): { stack: TerraformStack; policy: RegistryPolicy } {
  const stack = stackIn(REGION);
  const policy = policyIn(stack, props);
  act(policy);
  return { stack, policy };
}

function documentIn(stack: TerraformStack): { Statement: Block[] } {
  return JSON.parse(String(only(synthesized(stack), "aws_ecr_registry_policy")["policy"])) as { Statement: Block[] };
}

/** Terraform JSON of a stack, with blocks that are not resources. */
function blocksOf(stack: TerraformStack): { removed?: object[]; import?: object[]; terraform: Block } {
  return synthesized(stack) as ReturnType<typeof blocksOf>;
}

/** A cache of another account, in a stack of its own of the app, with some upstreams. */
function cacheElsewhere(
  app: App,
  upstreams: readonly Partial<PrivateEcrOptions & UpstreamOptions>[],
  {
    accountId = OTHER,
    name = "downstream",
    region = REGION,
  }: { accountId?: string; name?: string; region?: string } = {},
): PullThroughCache {
  const stack = new TerraformStack(app, name);
  new AwsProvider(stack, "aws", { region });
  return new PullThroughCache(stack, "cache", {
    accountId,
    upstreams: [
      Upstream.quay(),
      ...upstreams.map((options) => Upstream.privateEcr({ accountId: ACCOUNT, region: REGION, ...options })),
    ],
  });
}

test("a policy of one statement is a registry policy after the setting of its scope, and nothing else", () => {
  const { stack } = policyAfter((policy) => policy.addPolicy(text(STATEMENT)));
  expect(synthesized(stack)).toEqual({
    provider: { aws: [{ region: REGION }] },
    resource: {
      aws_ecr_account_setting: { registry_scope_BF3BFDA0: { name: "REGISTRY_POLICY_SCOPE", value: "V2" } },
      aws_ecr_registry_policy: {
        registry_policy_E9F40E0B: {
          depends_on: ["aws_ecr_account_setting.registry_scope_BF3BFDA0"],
          policy: text(STATEMENT),
        },
      },
    },
    terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } },
  });
});

test("the addresses stay as they are", () => {
  const { stack } = policyAfter((policy) => policy.allowReplicationFrom({ accountIds: [OTHER] }), {
    accountId: undefined,
  });
  expect(addresses(synthesized(stack))).toEqual([
    "aws_ecr_account_setting.registry_scope_BF3BFDA0",
    "aws_ecr_registry_policy.registry_policy_E9F40E0B",
    "data.aws_caller_identity.aws-lookup_caller-identity_82AEBEF1",
  ]);
});

describe("what the registry has already", () => {
  test("OVERWRITE imports the policy of the account and needs a Terraform with expressions in import blocks", () => {
    const { stack } = policyAfter((policy) => policy.addPolicy(text(STATEMENT)), {
      existing: ExistingSettings.OVERWRITE,
    });
    const { import: imports, terraform } = blocksOf(stack);
    expect(imports).toEqual([{ to: "aws_ecr_registry_policy.registry_policy_E9F40E0B", id: ACCOUNT }]);
    expect(terraform["required_version"]).toBe(">= 1.7.0");
  });

  test("forget writes removed blocks of both resources and nothing else", () => {
    const { stack } = policyAfter((policy) => policy.addPolicy(text(STATEMENT)), { existing: undefined, forget: true });
    const { removed, terraform } = blocksOf(stack);
    expect(addresses(synthesized(stack))).toEqual([]);
    const lifecycle = { destroy: false };
    expect(removed).toEqual([
      { from: "aws_ecr_registry_policy.registry_policy_E9F40E0B", lifecycle },
      { from: "aws_ecr_account_setting.registry_scope_BF3BFDA0", lifecycle },
    ]);
    expect(terraform["required_version"]).toBe(">= 1.7.0");
  });

  test("forget needs no statement and may keep `existing`", () => {
    const { stack } = policyAfter(() => undefined, { forget: true });
    expect(addresses(synthesized(stack))).toEqual([]);
  });

  test("a policy that is owned elsewhere creates nothing and has its statements as JSON", () => {
    const { stack, policy } = policyAfter((own) => own.addPolicy(text(STATEMENT)), {
      existing: undefined,
      ownedElsewhere: true,
    });
    expect(addresses(synthesized(stack))).toEqual([]);
    expect(resolved(stack, policy.policyJson)).toBe(text(STATEMENT));
  });

  test.each<readonly [fault: string, props: object, messages: readonly string[]]>([
    ["without existing", { existing: undefined }, [`\`existing\` is required; ${EXISTING_HINT}`]],
    [
      "with another value",
      { existing: "REPLACE" },
      [`\`existing\` must be one of NONE, OVERWRITE, got "REPLACE"; ${EXISTING_HINT}`],
    ],
    [
      "owned elsewhere with existing and forget",
      { ownedElsewhere: true, forget: true },
      [
        '`existing` must not be given with `ownedElsewhere`, got "NONE"; leave out one of the two',
        "`forget` must not be given with `ownedElsewhere`, got true; leave out one of the two",
      ],
    ],
    [
      "with texts as switches, and a misspelt one",
      { ownedElsewhere: "yes", forget: "no", forgets: true },
      [
        "`forgets` is not a property of RegistryPolicy; did you mean `forget`?",
        '`ownedElsewhere` must be true or false, got "yes"; leave it out for false',
        '`forget` must be true or false, got "no"; leave it out for false',
      ],
    ],
    [
      "with a wrong account",
      { accountId: "1111-2222-3333" },
      [
        '`accountId` must be an AWS account ID of 12 digits, got "1111-2222-3333"; give it as a string, with its leading zeros and without hyphens',
      ],
    ],
  ])("fails %s", (_, props, messages) => {
    const stack = stackIn(REGION);
    const message = messageOf(() => policyIn(stack, props));
    const [only] = messages;
    expect(message).toBe(
      messages.length === 1
        ? `stack/registry: ${only ?? ""}`
        : [`stack/registry: ${messages.length} validation errors`, ...messages].join("\n- "),
    );
    expect(stack.node.tryFindChild("registry")).toBeUndefined();
  });

  test("fails outside a stack", () => {
    const props = { existing: ExistingSettings.NONE };
    expect(messageOf(() => new RegistryPolicy(testApp(), "registry", props))).toContain(
      "`scope` must be a TerraformStack or a construct inside one",
    );
  });

  test("fails beside another one of the same registry, and names both", () => {
    const { stack } = policyAfter((policy) => policy.addPolicy(text(STATEMENT)));
    const second = { accountId: ACCOUNT, existing: ExistingSettings.NONE };
    expect(messageOf(() => new RegistryPolicy(stack, "second", second))).toBe(
      'stack/second: `second` must be the only owner of the registry policy of its account and region, but stack/registry owns it, got "stack/second"; AWS has one per account and region, and the last apply would win: declare it once, or give all but one of them `ownedElsewhere: true`, and pass `policyJson` of these to `addPolicy` of that one',
    );
    expect(() => synthesized(stack)).not.toThrow();
  });

  test("one that is forgotten does not own the policy, which another stack may own then", () => {
    const { stack } = policyAfter(() => undefined, { forget: true });
    const other = new TerraformStack(stack.node.root, "other");
    new AwsProvider(other, "aws", { region: REGION });
    expect(() => policyIn(other, { existing: ExistingSettings.OVERWRITE })).not.toThrow();
  });

  test("the same account may have a policy in another region and in another stack", () => {
    const app = testApp();
    for (const region of ["us-east-1", "eu-west-1"]) {
      const stack = new TerraformStack(app, region);
      new AwsProvider(stack, "aws", { region });
      policyIn(stack);
    }
    const again = new TerraformStack(app, "again");
    new AwsProvider(again, "aws", { region: "eu-west-1" });
    expect(messageOf(() => policyIn(again))).toContain("but eu-west-1/registry owns it");
  });
});

describe("the document", () => {
  test("has the statements of all caches, of the user, for replication and for upstreams, in this order", () => {
    const app = testApp();
    const stack = new TerraformStack(app, "stack");
    new AwsProvider(stack, "aws", { region: REGION });
    const policy = policyIn(stack);
    policy.allowUpstreamOf(cacheElsewhere(app, [{ upstreamRepositoryPrefix: "team-a", prefix: "aa" }]));
    policy.allowReplicationFrom({ accountIds: [OTHER] });
    policy.addPolicy(text(STATEMENT));
    for (const prefix of ["one", "two"]) {
      const cache = new PullThroughCache(stack, prefix, { accountId: ACCOUNT, upstreams: [Upstream.quay({ prefix })] });
      cache.allowPullFrom({ accountIds: [OTHER] });
    }
    const { Statement: statements } = documentIn(stack);
    expect(statements.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      ["FirstPullsOfAccounts1Inone", [`${REPOSITORY}/one/*`]],
      ["FirstPullsOfAccounts1Intwo", [`${REPOSITORY}/two/*`]],
      ["Readers", `${REPOSITORY}/*`],
      ["ReplicationFromOtherAccounts", [`${REPOSITORY}/*`]],
      [`UpstreamOf${OTHER}`, [`${REPOSITORY}/team-a/*`]],
    ]);
  });

  test("has no statements of caches with another provider", () => {
    const { stack } = policyAfter((policy) => policy.addPolicy(text(STATEMENT)));
    const provider = new AwsProvider(stack, "ireland", { region: "eu-west-1", alias: "ireland" });
    const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, provider, upstreams: [Upstream.quay()] });
    cache.allowPullFrom({ accountIds: [OTHER] });
    const elsewhere = new RegistryPolicy(stack, "elsewhere", { provider, ownedElsewhere: true });
    expect(documentIn(stack).Statement.map(({ Sid }) => Sid)).toEqual(["Readers"]);
    const { Statement } = JSON.parse(String(resolved(stack, elsewhere.policyJson))) as { Statement: Block[] };
    expect(Statement.map(({ Sid }) => Sid)).toEqual(["FirstPullsOfAccounts1Inquay"]);
  });

  test("has the statements of the caches of a fleet, in each region", () => {
    const fleet = new PullThroughCacheFleet(testApp(), "fleet", {
      accountId: ACCOUNT,
      regions: ["us-east-1", "eu-west-1"],
      upstreams: [Upstream.quay()],
    });
    fleet.allowPullFrom({ accountIds: [OTHER] });
    for (const region of fleet.regions) {
      policyIn(fleet.stackIn(region));
      const [statement] = documentIn(fleet.stackIn(region)).Statement;
      expect(statement?.["Resource"]).toEqual([`arn:aws:ecr:${region}:${ACCOUNT}:repository/quay/*`]);
    }
  });

  test("fails without a statement", () => {
    const { stack } = policyAfter(() => undefined);
    expect(messageOf(() => synthesized(stack))).toContain(
      '`policyJson` must have at least one statement, got "none"; AWS has no empty registry policy: permit something, or leave the construct or module out',
    );
  });

  test("fails with a Sid twice", () => {
    const { stack } = policyAfter((policy) => policy.addPolicy(text(STATEMENT, STATEMENT)));
    expect(messageOf(() => synthesized(stack))).toContain(
      '`policyJson` must have each Sid once, got "Readers"; give one of the two statements another Sid',
    );
  });

  test("may have 10,240 characters, and fails with one more", () => {
    const ofLength = (length: number): TerraformStack => {
      const missing = length - text(STATEMENT).length;
      return policyAfter((policy) => policy.addPolicy(text({ ...STATEMENT, Sid: `Readers${"s".repeat(missing)}` })))
        .stack;
    };
    expect(String(only(synthesized(ofLength(10_240)), "aws_ecr_registry_policy")["policy"])).toHaveLength(10_240);
    expect(messageOf(() => synthesized(ofLength(10_241)))).toContain(
      "`policyJson` must have at most 10240 characters, got 10241; permit an organization in place of many accounts, merge statements, or use wildcards in names of repositories",
    );
  });

  test("counts what AWS gets: policy variables without their escape, and values that are not known as accounts", () => {
    const resource = `${REPOSITORY}/\${aws:PrincipalTag/team}/*`;
    const own = { ...STATEMENT, Resource: resource, Principal: { AWS: LATE } };
    const withAccount = text({ ...own, Principal: { AWS: ACCOUNT } });
    const missing = 10_240 - withAccount.length;
    const fill = (more: number): TerraformStack => {
      const stack = stackIn(REGION);
      const { accountId } = new DataAwsCallerIdentity(stack, "identity");
      const Sid = `Readers${"s".repeat(missing + more)}`;
      policyIn(stack).addPolicy(text({ ...own, Sid, Principal: { AWS: accountId } }));
      return stack;
    };
    expect(() => synthesized(fill(0))).not.toThrow();
    expect(messageOf(() => synthesized(fill(1)))).toContain("got 10241");
  });
});

describe("the caches of a policy", () => {
  const cacheIn = (stack: TerraformStack, props: Partial<PullThroughCacheProps> = {}): PullThroughCache => {
    const cache = new PullThroughCache(stack, "cache", { accountId: ACCOUNT, upstreams: [Upstream.quay()], ...props });
    cache.allowPullFrom({ accountIds: [OTHER] });
    return cache;
  };
  const sidsIn = (stack: TerraformStack): unknown[] => documentIn(stack).Statement.map(({ Sid }) => Sid);

  describe("with @cdktf/provider-aws 21", () => {
    useRegionalResources();

    test.each<readonly [props: object, ofCache: object]>([
      [{ region: REGION }, {}],
      [{}, { region: REGION }],
    ])("are those of its region, whether an argument or the provider names it: %j, %j", (props, ofCache) => {
      const stack = stackIn(REGION);
      cacheIn(stack, ofCache);
      policyIn(stack, props);
      expect(sidsIn(stack)).toEqual(["FirstPullsOfAccounts1Inquay"]);
      expect(messageOf(() => new RegistryPolicy(stack, "again", { existing: ExistingSettings.NONE }))).toContain(
        "but stack/registry owns it",
      );
    });

    test("are those of the same variable, which each reads for itself", () => {
      const stack = stackIn(undefined);
      const region = new TerraformVariable(stack, "region", { type: "string" });
      cacheIn(stack, { region: region.stringValue });
      policyIn(stack, { region: region.stringValue });
      const [{ policy } = {}] = Object.values(synthesized(stack).resource?.["aws_ecr_registry_policy"] ?? {});
      expect(policy).toContain("FirstPullsOfAccounts1Inquay");
    });

    test("fail without a policy for their region", () => {
      const stack = stackIn(REGION);
      cacheIn(stack);
      policyIn(stack, { region: "eu-west-1" }).allowReplicationFrom({ accountIds: [OTHER] });
      expect(messageOf(() => synthesized(stack))).toContain("`RegistryPolicy` is required");
    });
  });

  test("may come before the provider, and the policy after it", () => {
    const stack = new TerraformStack(testApp(), "stack");
    cacheIn(stack);
    new AwsProvider(stack, "aws", { region: REGION });
    policyIn(stack);
    expect(only(synthesized(stack), "aws_ecr_registry_policy")["policy"]).toContain("FirstPullsOfAccounts1Inquay");
  });

  test("are of its account, or synthesis fails", () => {
    const stack = stackIn(REGION);
    cacheIn(stack, { accountId: "777788889999" });
    policyIn(stack);
    expect(messageOf(() => synthesized(stack))).toContain(
      `\`accountId\` must be the account of stack/cache, 777788889999: both use one provider, got "${ACCOUNT}"; a provider reaches one account: correct one of the two, or give one of them another \`provider\``,
    );
  });

  describe("of several stacks", () => {
    const inStack = (app: App, name: string): TerraformStack => {
      const stack = new TerraformStack(app, name);
      new AwsProvider(stack, "aws", { region: REGION });
      cacheIn(stack, { upstreams: [Upstream.quay({ prefix: name })] });
      return stack;
    };

    test("have their statements in one policy, which gets policyJson of the others", () => {
      const app = testApp();
      const [one, two, three] = ["one", "two", "three"].map((name) => inStack(app, name)) as [
        TerraformStack,
        TerraformStack,
        TerraformStack,
      ];
      const owner = policyIn(one);
      const others = [two, three].map((stack) => policyIn(stack, { existing: undefined, ownedElsewhere: true }));
      others.forEach(({ policyJson }) => owner.addPolicy(policyJson));
      others[0]?.addPolicy(text({ ...STATEMENT, Condition: { StringEquals: { "aws:username": "${aws:username}" } } }));
      others[1]?.allowReplicationFrom({ accountIds: [OTHER] });
      expect(sidsIn(one)).toEqual([
        "FirstPullsOfAccounts1Inone",
        "FirstPullsOfAccounts1Intwo",
        "FirstPullsOfAccounts1Inthree",
        "Readers",
        "ReplicationFromOtherAccounts",
      ]);
      expect(addresses(synthesized(two)).filter((address) => address.includes("registry"))).toEqual([]);
    });

    test("may have accounts that only Terraform knows", () => {
      const app = testApp();
      const stack = inStack(app, "one");
      const owner = policyIn(stack);
      const other = inStack(app, "two");
      const { accountId } = new DataAwsCallerIdentity(other, "identity");
      const policy = policyIn(other, { existing: undefined, ownedElsewhere: true });
      policy.allowReplicationFrom({ accountIds: [accountId] });
      owner.addPolicy(policy.policyJson);
      app.synth();
      const json = JSON.parse(Testing.synth(stack)) as TerraformJson;
      expect(String(only(json, "aws_ecr_registry_policy")["policy"])).toContain(
        "data.terraform_remote_state.cross-stack-reference-input-two.outputs",
      );
    });

    test.each<readonly [fault: string, own: object, other: object]>([
      ["has no ownedElsewhere", { ownedElsewhere: true, existing: undefined }, {}],
      ["goes to one with ownedElsewhere", { ownedElsewhere: true, existing: undefined }, { ownedElsewhere: true }],
      ["is of another account", {}, { ownedElsewhere: true, accountId: OTHER }],
    ])("fail if policyJson %s", (_, own, props) => {
      const app = testApp();
      const [one, two] = ["one", "two"].map((name) => inStack(app, name)) as [TerraformStack, TerraformStack];
      const isCollector = "ownedElsewhere" in props;
      const other = policyIn(two, { ...props, existing: isCollector ? undefined : ExistingSettings.NONE });
      expect(messageOf(() => policyIn(one, own).addPolicy(other.policyJson))).toBe(
        'one/registry: `json` must be `policyJson` of a RegistryPolicy of the same registry with `ownedElsewhere: true`, got "two/registry"; set `ownedElsewhere: true` on each policy but the one that creates the registry policy, and pass the `policyJson` of the others to that one',
      );
    });
  });

  test("stay when their policy is forgotten, and have their statements in policyJson of one with ownedElsewhere", () => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    policyIn(stack, { forget: true });
    const { policyJson } = new RegistryPolicy(stack, "elsewhere", { accountId: ACCOUNT, ownedElsewhere: true });
    expect(addresses(synthesized(stack)).filter((address) => address.includes("registry"))).toEqual([]);
    expect(resolved(stack, policyJson)).toContain("FirstPullsOfAccounts1Inquay");
  });

  test("of a second copy of the package are of one owner as well", () => {
    const stack = stackIn(REGION);
    cacheIn(stack);
    policyIn(stack);
    jest.isolateModules(() => {
      const copy = jest.requireActual<{ RegistryPolicy: typeof RegistryPolicy }>("cdktf-ecr-pull-through-cache");
      expect(copy.RegistryPolicy).not.toBe(RegistryPolicy);
      const props = { existing: ExistingSettings.NONE };
      expect(messageOf(() => new copy.RegistryPolicy(stack, "second", props))).toContain("but stack/registry owns it");
    });
  });
});

describe("addPolicy", () => {
  test("takes everything that a statement may have", () => {
    const statements = [
      {
        Sid: "One",
        Effect: "Allow",
        Principal: {
          AWS: [OTHER, `arn:aws:iam::${OTHER}:role/path/build@ci`],
          Service: "replication.ecr.amazonaws.com",
        },
        Action: ["ecr:Batch*", "ecr:GetDownloadUrlForLayer"],
        Resource: [`${REPOSITORY}/a`, "*"],
      },
      {
        Sid: "Two of them",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "ecr:CreateRepository",
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
      },
      { Sid: "Three", Effect: "Deny", Principal: "*", Action: "ecr:DeleteRepository", Resource: "*" },
    ];
    const { stack } = policyAfter((policy) => policy.addPolicy(text(...statements)));
    expect(documentIn(stack).Statement).toEqual(statements);
  });

  test("takes one statement that is no list, and several policies", () => {
    const { stack } = policyAfter((policy) => {
      policy.addPolicy(JSON.stringify({ Statement: STATEMENT }));
      policy.addPolicy(text({ ...STATEMENT, Sid: "Others" }));
    });
    expect(documentIn(stack).Statement).toEqual([STATEMENT, { ...STATEMENT, Sid: "Others" }]);
  });

  test("keeps policy variables, quotes and tokens", () => {
    const stack = stackIn(REGION);
    const { accountId } = new DataAwsCallerIdentity(stack, "identity");
    const condition = { StringEquals: { "aws:PrincipalTag/note": '${aws:username} "%{x}" \\' } };
    policyIn(stack, { accountId: undefined }).addPolicy(
      text({ ...STATEMENT, Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Condition: condition }),
    );
    const { policy } = only(synthesized(stack), "aws_ecr_registry_policy");
    const escaped = { StringEquals: { "aws:PrincipalTag/note": '$${aws:username} "%%{x}" \\' } };
    const reference = "arn:aws:iam::${data.aws_caller_identity.identity.account_id}:root";
    expect(policy).toBe(text({ ...STATEMENT, Principal: { AWS: reference }, Condition: escaped }));
  });

  const document = (json: unknown) => (policy: RegistryPolicy) => {
    policy.addPolicy(json as string);
  };
  const changed = (change: object) => document(text({ ...STATEMENT, ...change }));
  const notPolicy = (got: string): string =>
    `\`json\` must be a policy with at least one statement as JSON text, got ${got}; write it with JSON.stringify, or with jsonencode in Terraform`;
  const withheld = (length: number): string => `a string of ${length} characters (not shown, it may be a secret)`;
  const anybody = (...got: string[]): string =>
    `\`json.Statement[0]\` must have a Condition that names accounts or organizations, with the Principal * and the Effect Allow, got ${JSON.stringify(got)}; add StringEquals, StringLike, ArnEquals or ArnLike with aws:PrincipalOrgID, aws:PrincipalOrgPaths, aws:PrincipalAccount, aws:PrincipalArn, aws:SourceOrgID, aws:SourceOrgPaths, aws:SourceAccount or aws:SourceArn, and write IDs out: without it, every AWS account has the permission`;
  const noCondition = (got: string): string =>
    `\`json.Statement[0].Condition\` must be an object of condition operators with condition keys and their values, got ${got}; for example { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }; leave it out for no condition`;
  const principal = (place: string, got: string): string =>
    `\`json.Statement[0].Principal${place}\` must be an account ID of 12 digits, or the ARN of an account, a user, a role or a session, without wildcards, got ${got}; for principals by a pattern, use * with a Condition`;
  const resource = (got: string): string =>
    `\`json.Statement[0].Resource\` must be * or the ARN of repositories of this registry, ${REPOSITORY}/…, got ${got}; a registry policy applies to its own account and region only`;

  test.each<readonly [fault: string, act: (policy: RegistryPolicy) => void, message: string]>([
    ["text that is no JSON", document("{"), notPolicy(withheld(1))],
    ["an object in place of text", document(STATEMENT), notPolicy("a value of type object")],
    ["a policy without statements", document(text()), notPolicy(withheld(39))],
    ["a list", document("[]"), notPolicy(withheld(2))],
    [
      "a token as a whole",
      document(Fn.jsonencode({ Statement: STATEMENT })),
      "`json` must be known at synth, got a token; write the policy with JSON.stringify: only texts in it may be tokens, since its statements become part of one policy",
    ],
    [
      "another version of the policy language",
      document(JSON.stringify({ Version: "2008-10-17", Statement: STATEMENT })),
      '`json.Version` must be 2012-10-17, got "2008-10-17"; write the policy in this version of the policy language',
    ],
    [
      "NotResource",
      changed({ NotResource: "*" }),
      '`json.Statement[0]` must have the elements Sid, Effect, Principal, Action, Resource, Condition and no others, got ["NotResource"]; list what is allowed or denied, and for exceptions use a Condition',
    ],
    [
      "no Sid",
      changed({ Sid: undefined }),
      "`json.Statement[0].Sid` is required; give each statement a Sid that no other statement of the registry policy has",
    ],
    [
      "another effect",
      changed({ Effect: "allow" }),
      '`json.Statement[0].Effect` must be one of Allow, Deny, got "allow"; write it with a capital letter',
    ],
    [
      "no principal",
      changed({ Principal: undefined }),
      '`json.Statement[0].Principal` is required; for example { AWS: "arn:aws:iam::111122223333:root" }',
    ],
    [
      "principals of another kind",
      changed({ Principal: { Federated: "cognito-identity.amazonaws.com" } }),
      '`json.Statement[0].Principal` must be *, or an object with AWS or Service or both, got a value of type object; for example { AWS: "arn:aws:iam::111122223333:root" }',
    ],
    ["an account of 11 digits", changed({ Principal: { AWS: "11112222333" } }), principal(".AWS", '"11112222333"')],
    [
      "a pattern of roles",
      changed({ Principal: { AWS: [OTHER, `arn:aws:iam::${OTHER}:role/*`] } }),
      principal(".AWS[1]", `"arn:aws:iam::${OTHER}:role/*"`),
    ],
    [
      "a principal of another partition",
      changed({ Principal: { AWS: `arn:aws-cn:iam::${OTHER}:root` } }),
      `\`json.Statement[0].Principal.AWS\` must be in the partition of the registry, aws, got "arn:aws-cn:iam::${OTHER}:root"; accounts of another partition cannot use the registry`,
    ],
    [
      "a service that is none",
      changed({ Principal: { Service: "ecr" } }),
      '`json.Statement[0].Principal.Service` must be the name of an AWS service, like replication.ecr.amazonaws.com, got "ecr"; use the service principal that the service documents',
    ],
    [
      "a Sid of spaces",
      changed({ Sid: " " }),
      '`json.Statement[0].Sid` must be a text that identifies the statement, got " "; give each statement a Sid that no other statement of the registry policy has',
    ],
    ["everybody", changed({ Principal: "*" }), anybody()],
    [
      "everybody in a list, with a condition on the connection",
      changed({ Principal: { AWS: ["*"] }, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      anybody("Bool aws:SecureTransport"),
    ],
    [
      "no action",
      changed({ Action: [] }),
      "`json.Statement[0].Action` must be a text or a list of at least one, got []; list each value as a text",
    ],
    [
      "actions of another service",
      changed({ Action: ["ecr:BatchGetImage", "s3:GetObject"] }),
      '`json.Statement[0].Action[1]` must be an action of Amazon ECR, like ecr:CreateRepository, got "s3:GetObject"; a registry policy allows no actions of other services',
    ],
    [
      "something that is no repository",
      changed({ Resource: "docker-hub/*" }),
      '`json.Statement[0].Resource` must be * or the ARN of repositories, like arn:aws:ecr:eu-west-1:111122223333:repository/*, got "docker-hub/*"; write the region and the account out; the name of the repository may have wildcards',
    ],
    [
      "a resource of another account",
      changed({ Resource: `arn:aws:ecr:${REGION}:${OTHER}:repository/*` }),
      resource(`"arn:aws:ecr:${REGION}:${OTHER}:repository/*"`),
    ],
    [
      "a resource of another region",
      changed({ Resource: `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/*` }),
      resource(`"arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/*"`),
    ],
    ["a condition that is none", changed({ Condition: "aws:PrincipalOrgID" }), noCondition('"aws:PrincipalOrgID"')],
    ["an empty condition", changed({ Condition: {} }), noCondition("[]")],
    ["an operator without a key", changed({ Condition: { StringEquals: {} } }), noCondition('["StringEquals"]')],
    [
      "a prototype as operator",
      document(text(STATEMENT).replace('"Sid"', '"Condition":{"__proto__":{"aws:PrincipalOrgID":"o-1"}},"Sid"')),
      noCondition('["__proto__ aws:PrincipalOrgID"]'),
    ],
    ...[null, [], {}, [null], ["o-a1b2c3d4e5", []]].map(
      (values) =>
        [
          `the values ${JSON.stringify(values)} of a condition key`,
          changed({ Condition: { StringEquals: { "aws:PrincipalOrgID": values } } }),
          noCondition('["StringEquals aws:PrincipalOrgID"]'),
        ] as const,
    ),
  ])("fails with %s", (_, act, message) => {
    expect(messageOf(() => policyAfter(act))).toBe(`stack/registry: ${message}`);
  });

  test("fails with a list that only Terraform knows", () => {
    const condition = { StringEquals: { "aws:PrincipalAccount": Token.asList("${var.accounts}") } };
    expect(messageOf(() => policyAfter(changed({ Condition: condition })))).toMatch(
      /^stack\/registry: `json` must have no list of which only Terraform knows the length, got a string of \d+ characters \(not shown, it may be a secret\); list the values in the policy: each may be a token$/,
    );
  });

  test.each<readonly [operator: string, key: string, values: unknown]>([
    ["StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"],
    ["StringEqualsIgnoreCase", "AWS:principalorgid", ["o-a1b2c3d4e5"]],
    ["StringLike", "aws:SourceOrgPaths", "o-a1b2c3d4e5/*"],
    ["ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ["o-a1b2c3d4e5/r-ab12/*", "o-b1b2c3d4e5/*"]],
    ["StringEquals", "aws:PrincipalAccount", [OTHER, "777788889999"]],
    ["ArnLike", "aws:PrincipalArn", `arn:aws:iam::${OTHER}:role/team-*`],
    ["ArnEquals", "aws:SourceArn", `arn:aws:lambda:*:${OTHER}:function:*`],
    ["StringEquals", "aws:SourceOrgID", "${aws:ResourceOrgID}"],
    ["StringEquals", "aws:SourceAccount", "${var.account}"],
    ["ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "${var.organization}/*"],
    ["ArnLike", "aws:SourceArn", "arn:aws:lambda:*:${var.account}:function:*"],
  ])("permits everybody whom %s with %s names", (operator, key, values) => {
    const own = {
      Principal: "*",
      Condition: { [operator]: { [key]: values }, Bool: { "aws:SecureTransport": "true" } },
    };
    expect(() => policyAfter(changed(own))).not.toThrow();
  });

  test.each<readonly [operator: string, key: string, values: unknown]>([
    ["StringLike", "aws:PrincipalOrgID", "*"],
    ["StringLike", "aws:PrincipalOrgID", ["o-a1b2c3d4e5", "o-*"]],
    ["StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"],
    ["StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"],
    ["ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*"],
    ["StringEquals", "aws:PrincipalOrgID", "${aws:PrincipalOrgID}"],
    ["StringEquals", "aws:PrincipalAccount", "${aws:PrincipalTag/account}"],
    ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/team"],
    ["StringLike", "aws:PrincipalAccount", "*${var.account}"],
    ["StringLike", "aws:PrincipalOrgID", "o-*${var.id}"],
    ["StringLike", "aws:PrincipalOrgID", "${var.id}*"],
    ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/${var.role}"],
    ["StringEquals", "aws:PrincipalTag/team", "a"],
    ["StringEquals", "aws:PrincipalAccount", 1],
  ])("fails with everybody whom %s with %s does not name", (operator, key, values) => {
    const own = { Principal: "*", Condition: { [operator]: { [key]: values } } };
    expect(messageOf(() => policyAfter(changed(own)))).toBe(`stack/registry: ${anybody(`${operator} ${key}`)}`);
  });

  test("fails with everybody and an empty condition, and says both", () => {
    const message = messageOf(() => policyAfter(changed({ Principal: "*", Condition: { StringEquals: {} } })));
    expect(message).toBe(
      `stack/registry: 2 validation errors\n- ${anybody("StringEquals")}\n- ${noCondition('["StringEquals"]')}`,
    );
  });

  test("fails with everything that is wrong at once, and adds nothing", () => {
    const stack = stackIn(REGION);
    const policy = policyIn(stack);
    const bad = { ...STATEMENT, Sid: "", Effect: "Permit" };
    expect(messageOf(() => policy.addPolicy(text(STATEMENT, bad)))).toContain("2 validation errors");
    expect(messageOf(() => synthesized(stack))).toContain("at least one statement");
  });

  test("never shows what may be a secret", () => {
    const secret = `ghp_${"a1B2".repeat(9)}`;
    for (const json of [secret, text({ ...STATEMENT, Action: secret, Sid: { secret }, [secret]: 1 })]) {
      expect(messageOf(() => policyAfter(document(json)))).not.toContain(secret);
    }
  });

  test("checks a resource as far as the registry and the ARN are known", () => {
    const stack = stackIn(undefined);
    const policy = policyIn(stack, { accountId: undefined });
    const { accountId } = new DataAwsCallerIdentity(stack, "identity");
    const of = (region: string, account: string): string => `arn:aws:ecr:${region}:${account}:repository/*`;
    policy.addPolicy(text({ ...STATEMENT, Resource: [of("eu-west-1", OTHER), of("eu-west-1", accountId)] }));
    const known = policyIn(stackIn(REGION), { accountId: undefined });
    expect(() => known.addPolicy(text({ ...STATEMENT, Resource: of(REGION, accountId) }))).not.toThrow();
    expect(messageOf(() => known.addPolicy(text({ ...STATEMENT, Resource: of("eu-west-1", accountId) })))).toContain(
      `this registry, arn:aws:ecr:${REGION}:<account>:repository/…, got a token`,
    );
  });
});

test("the account that the provider names is that of the registry, and needs no data source", () => {
  const stack = new TerraformStack(new App(), "stack");
  const assumeRole = [{ roleArn: `arn:aws:iam::${ACCOUNT}:role/deploy` }];
  new AwsProvider(stack, "aws", { region: REGION, assumeRole });
  const policy = policyIn(stack, { accountId: undefined, existing: ExistingSettings.OVERWRITE });
  const own = { accountIds: [ACCOUNT] };
  expect(() => policy.allowReplicationFrom(own)).toThrow("another account than that of the registry");
  policy.allowReplicationFrom({ accountIds: [OTHER] });
  const json = synthesized(stack);
  expect(json.data).toBeUndefined();
  expect(json).toMatchObject({ import: [{ id: ACCOUNT }] });
  expect(documentIn(stack).Statement[0]?.Resource).toEqual([`${REPOSITORY}/*`]);
});

describe("allowReplicationFrom", () => {
  test("allows accounts to replicate to the repositories with the prefixes, and to create them", () => {
    const { stack } = policyAfter((policy) =>
      policy.allowReplicationFrom({ accountIds: [OTHER, "777788889999"], repositoryPrefixes: ["prod", "base/"] }),
    );
    expect(documentIn(stack).Statement).toEqual([
      {
        Sid: "ReplicationFromOtherAccounts",
        Effect: "Allow",
        Principal: { AWS: [`arn:aws:iam::${OTHER}:root`, "arn:aws:iam::777788889999:root"] },
        Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
        Resource: [`${REPOSITORY}/prod*`, `${REPOSITORY}/base/*`],
      },
    ]);
  });

  test("may be called again, and numbers the statements", () => {
    const { stack } = policyAfter((policy) => {
      policy.allowReplicationFrom({ accountIds: [OTHER] });
      policy.allowReplicationFrom({ accountIds: ["777788889999"], repositoryPrefixes: ["prod"] });
    });
    const sids = documentIn(stack).Statement.map(({ Sid }) => Sid);
    expect(sids).toEqual(["ReplicationFromOtherAccounts", "ReplicationFromOtherAccounts2"]);
  });

  test("takes accounts that only Terraform knows, one by one and as a list", () => {
    const stack = stackIn(REGION);
    const list = new TerraformVariable(stack, "accounts", { type: "list(string)" });
    const { accountId } = new DataAwsCallerIdentity(stack, "identity");
    const policy = policyIn(stack);
    policy.allowReplicationFrom({ accountIds: [accountId] });
    policy.allowReplicationFrom({ accountIds: Token.asList(list.value) });
    const text = String(only(synthesized(stack), "aws_ecr_registry_policy")["policy"]);
    expect(text).toContain('"arn:aws:iam::${data.aws_caller_identity.identity.account_id}:root"');
    expect(text).toContain('formatlist("arn:aws:iam::%s:root", var.accounts)');
  });

  test.each<readonly [fault: string, options: unknown, message: string]>([
    [
      "without accounts",
      { accountIds: [] },
      "`accountIds` must be a list of at least one, got []; give it as a string, with its leading zeros and without hyphens",
    ],
    [
      "with the registry's own account",
      { accountIds: [OTHER, ACCOUNT] },
      `\`accountIds[1]\` must be another account than that of the registry, got "${ACCOUNT}"; leave it out: a registry policy is for other accounts`,
    ],
    [
      "with an account twice",
      { accountIds: [OTHER, OTHER] },
      `\`accountIds[1]\` must be given once, got "${OTHER}"; leave out the second one`,
    ],
    [
      "with a pattern as prefix",
      { accountIds: [OTHER], repositoryPrefixes: ["prod/*"] },
      '`repositoryPrefixes[0]` must be the beginning of repository names, 2 to 256 characters: lower-case letters, digits and `.`, `_`, `-` or `/`, got "prod/*"; write team/ for all repositories under team',
    ],
    [
      "with a misspelt option",
      { accountIds: [OTHER], prefixes: ["prod"] },
      "`prefixes` is not an option of allowReplicationFrom; use one of accountIds, repositoryPrefixes",
    ],
    [
      "without options",
      OTHER,
      `\`options\` must be an object of options, got "${OTHER}"; for example { accountIds: ["111122223333"] }`,
    ],
  ])("fails %s", (_, options, message) => {
    const act = (policy: RegistryPolicy): void => policy.allowReplicationFrom(options as ReplicationSourceOptions);
    expect(messageOf(() => policyAfter(act))).toBe(`stack/registry: ${message}`);
  });

  test("takes prefixes of 2 and of 256 characters, and fails with one less and one more", () => {
    const withPrefix = (length: number) => () =>
      policyAfter((policy) =>
        policy.allowReplicationFrom({ accountIds: [OTHER], repositoryPrefixes: ["a".repeat(length)] }),
      );
    expect(withPrefix(2)).not.toThrow();
    expect(withPrefix(256)).not.toThrow();
    expect(withPrefix(1)).toThrow("2 to 256");
    expect(withPrefix(257)).toThrow("2 to 256");
  });
});

describe("allowUpstreamOf", () => {
  test("allows the account of the cache to read what the cache has as upstreams in this registry, also later ones", () => {
    const { stack, policy } = policyAfter(() => undefined);
    const app = stack.node.root as App;
    const cache = cacheElsewhere(app, [
      { prefix: "aa", upstreamRepositoryPrefix: "team-a/" },
      { prefix: "elsewhere", region: "eu-west-1" },
      { prefix: "others", accountId: "777788889999" },
    ]);
    policy.allowUpstreamOf(cache);
    const later = { accountId: ACCOUNT, region: REGION, prefix: "bb", upstreamRepositoryPrefix: "team-b" };
    cache.addUpstream(Upstream.privateEcr(later));
    expect(documentIn(stack).Statement).toEqual([
      {
        Sid: `UpstreamOf${OTHER}`,
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
        Action: [
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchImportUpstreamImage",
          "ecr:GetImageCopyStatus",
        ],
        Resource: [`${REPOSITORY}/team-a/*`, `${REPOSITORY}/team-b/*`],
      },
    ]);
  });

  test.each([
    ["without upstreamRepositoryPrefix", { prefix: "ecr" }],
    ["with the prefix ROOT", { prefix: "ROOT" }],
    ["with ROOT as upstreamRepositoryPrefix", { prefix: "ecr", upstreamRepositoryPrefix: "ROOT" }],
  ])("allows all repositories to an upstream %s", (_, options) => {
    const { stack, policy } = policyAfter(() => undefined);
    policy.allowUpstreamOf(
      cacheElsewhere(stack.node.root as App, [options, { prefix: "aa", upstreamRepositoryPrefix: "a1" }]),
    );
    expect(documentIn(stack).Statement.map(({ Resource }) => Resource)).toEqual([[`${REPOSITORY}/*`]]);
  });

  test("has one statement for each account, sorted", () => {
    const { stack, policy } = policyAfter(() => undefined);
    const app = stack.node.root as App;
    const caches = ["777788889999", OTHER, "777788889999"].map((accountId, index) =>
      cacheElsewhere(app, [{ upstreamRepositoryPrefix: `team-${index}` }], {
        accountId,
        name: `stack-${index}`,
        region: index === 0 ? "eu-west-1" : REGION,
      }),
    );
    caches.forEach((cache) => policy.allowUpstreamOf(cache));
    policy.allowUpstreamOf(caches[0] as PullThroughCache);
    expect(documentIn(stack).Statement.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      [`UpstreamOf${OTHER}`, [`${REPOSITORY}/team-1/*`]],
      ["UpstreamOf777788889999", [`${REPOSITORY}/team-0/*`, `${REPOSITORY}/team-2/*`]],
    ]);
  });

  test("takes the account that the provider of the cache names", () => {
    const { stack, policy } = policyAfter(() => undefined);
    const other = new TerraformStack(stack.node.root, "downstream");
    new AwsProvider(other, "aws", { region: REGION, allowedAccountIds: [OTHER] });
    const upstreams = [Upstream.privateEcr({ accountId: ACCOUNT, region: REGION })];
    policy.allowUpstreamOf(new PullThroughCache(other, "cache", { upstreams }));
    expect(documentIn(stack).Statement.map(({ Sid }) => Sid)).toEqual([`UpstreamOf${OTHER}`]);
  });

  test("makes the stack of the cache wait for that of the policy, unless it waits the other way round", () => {
    const { stack, policy } = policyAfter(() => undefined);
    const app = stack.node.root as App;
    const cache = cacheElsewhere(app, [{}]);
    const before = cacheElsewhere(app, [{}], { name: "before", accountId: "777788889999" });
    stack.addDependency(TerraformStack.of(before));
    [cache, before].forEach((reader) => policy.allowUpstreamOf(reader));
    expect(TerraformStack.of(cache).dependencies).toEqual([stack]);
    expect(TerraformStack.of(before).dependencies).toEqual([]);
  });

  test("takes the caches of a fleet", () => {
    const app = testApp();
    const stack = new TerraformStack(app, "upstream");
    new AwsProvider(stack, "aws", { region: REGION });
    const policy = policyIn(stack);
    const fleet = new PullThroughCacheFleet(app, "fleet", {
      accountId: OTHER,
      regions: ["us-east-1", "eu-west-1"],
      upstreams: [Upstream.privateEcr({ accountId: ACCOUNT, region: REGION })],
    });
    fleet.regions.forEach((region) => policy.allowUpstreamOf(fleet.cacheIn(region)));
    expect(documentIn(stack).Statement.map(({ Sid }) => Sid)).toEqual([`UpstreamOf${OTHER}`]);
    app.synth();
    expect(fleet.manifest().stages.map((stage) => stage.map(({ name }) => name))).toEqual([
      ["upstream"],
      ["fleet-us-east-1", "fleet-eu-west-1"],
    ]);
  });

  test("fails at synth with a cache that has no upstream in the registry, and names those that it has", () => {
    const { stack, policy } = policyAfter(() => undefined);
    policy.allowUpstreamOf(cacheElsewhere(stack.node.root as App, [{ region: "eu-west-1" }]));
    expect(messageOf(() => synthesized(stack))).toContain(
      `\`downstream/cache\` must have an upstream in this registry, ${HOST}, with its \`accountId\`, got ["quay.io","${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"]; add Upstream.privateEcr with this account and region to the cache`,
    );
  });

  test.each<
    readonly [fault: string, cache: (app: App) => unknown, props: Partial<RegistryPolicyProps>, message: string]
  >([
    [
      "what is no cache",
      () => "cache",
      {},
      '`cache` must be a PullThroughCache, got "cache"; give the construct, for example fleet.cacheIn(region)',
    ],
    [
      "a cache of the registry's account",
      (app) => cacheElsewhere(app, [{ accountId: undefined, region: "eu-west-1" }], { accountId: ACCOUNT }),
      {},
      `\`cache.accountId\` must be another account than that of the registry, got "${ACCOUNT}"; leave it out: a registry policy is for other accounts`,
    ],
    [
      "a cache whose account is not known",
      (app) => cacheElsewhere(app, [{}], { accountId: Token.asString({ resolve: () => OTHER }) }),
      {},
      '`cache` must have an account that is known at synth, got "downstream/cache"; give the cache `accountId` as a literal: its stack is applied with credentials of another account',
    ],
    [
      "a registry whose account is not known",
      (app) => cacheElsewhere(app, [{}]),
      { accountId: undefined },
      '`accountId` must be known at synth for `allowUpstreamOf`, got "none"; give the RegistryPolicy `accountId` and the region of its provider as literals: they identify the upstreams in this registry',
    ],
  ])("fails with %s", (_, cacheOf, props, message) => {
    const { stack, policy } = policyAfter(() => undefined, props);
    const cache = cacheOf(stack.node.root as App) as PullThroughCache;
    expect(messageOf(() => policy.allowUpstreamOf(cache))).toBe(`stack/registry: ${message}`);
  });
});

describe("HCL output", () => {
  const hcl = (props: Partial<RegistryPolicyProps>, condition = "o-a1b2c3d4e5"): string => {
    const stack = new TerraformStack(new App({ hclOutput: true }), "stack");
    new AwsProvider(stack, "aws", { region: REGION });
    const policy = policyIn(stack, props);
    policy.addPolicy(text({ ...STATEMENT, Condition: { StringEquals: { "aws:PrincipalOrgID": condition } } }));
    policy.allowReplicationFrom({ accountIds: [OTHER] });
    return String(Testing.synthHcl(stack));
  };

  test("has the policy, also with values that only Terraform knows", () => {
    expect(hcl({})).toContain('policy = "{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Sid\\":\\"Readers\\"');
    expect(hcl({ accountId: undefined })).toContain('policy = "${jsonencode({"Version" = "2012-10-17"');
  });

  test.each([
    [
      "OVERWRITE",
      { existing: ExistingSettings.OVERWRITE },
      "o-1",
      "the HCL output has no import blocks, without which Terraform would silently overwrite the policy",
    ],
    [
      "forget",
      { forget: true },
      "o-1",
      "the HCL output has no removed blocks, without which Terraform would delete the policy",
    ],
    [
      "a policy variable",
      {},
      "${aws:username}",
      "the HCL output does not escape quotes, backslashes and policy variables of `addPolicy`",
    ],
  ])("fails with %s", (_, props, condition, reason) => {
    expect(messageOf(() => hcl(props, condition))).toBe(
      `stack/registry: \`hclOutput\` must not be set in an app with this construct, got true; synthesize to JSON: ${reason}`,
    );
  });
});

test("fails without a provider where all have aliases, and where an address is taken", () => {
  const stack = new TerraformStack(testApp(), "stack");
  new AwsProvider(stack, "aws", { region: REGION, alias: "main" });
  policyIn(stack).addPolicy(text(STATEMENT));
  expect(messageOf(() => synthesized(stack))).toContain(
    "`provider` is required; every AWS provider of the stack has an alias: main",
  );
});
