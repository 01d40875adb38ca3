import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { ExistingSettings, PullThroughCache, RegistryReplication, Upstream } from "cdktf-ecr-pull-through-cache";
import type { RegistryReplicationProps } from "cdktf-ecr-pull-through-cache";
import { useRegionalResources } from "../support/regional-resources";
import { addresses, messageOf, only, stackIn, synthesized, warnings } from "../support/synthesis";
import type { TerraformJson } from "../support/synthesis";

const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "444455556666";
const TYPE = "aws_ecr_replication_configuration";
const MINIMAL: RegistryReplicationProps = {
  accountId: ACCOUNT,
  destinations: [{ region: "us-east-1" }],
  repositoryPrefixes: ["team/"],
  existing: ExistingSettings.NONE,
};

function stackWith(props: Partial<RegistryReplicationProps> = {}): TerraformStack {
  const stack = stackIn("eu-west-1");
  new RegistryReplication(stack, "replication", { ...MINIMAL, ...props });
  return stack;
}

function faultOf(props: object): string {
  return messageOf(() => synthesized(stackWith(props))).replace(/^stack\/replication: /, "");
}

/** The only rule. */
function ruleOf(json: TerraformJson): unknown {
  return (only(json, TYPE)["replication_configuration"] as { rule: unknown[] }).rule[0];
}

/** Adds a stack to an app, with a cache in us-east-1. */
function addCache(app: TerraformStack, prefix: string, accountId?: string): void {
  const stack = new TerraformStack(app.node.root, "elsewhere");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  new PullThroughCache(stack, "cache", {
    accountId,
    upstreams: [Upstream.privateEcr({ region: "eu-west-1", prefix })],
  });
}

test("the smallest configuration has one rule, with one destination in the own account", () => {
  const json = synthesized(stackWith());
  expect(json.resource).toEqual({
    [TYPE]: {
      replication_configuration_8CE400A3: {
        replication_configuration: {
          rule: [
            {
              destination: [{ region: "us-east-1", registry_id: ACCOUNT }],
              repository_filter: [{ filter: "team/", filter_type: "PREFIX_MATCH" }],
            },
          ],
        },
      },
    },
  });
  expect(json.terraform?.["required_version"]).toBe(">= 1.7.0");
  expect(json).not.toHaveProperty("import");
});

test("the address stays what it was: a changed one deletes the replication rules", () => {
  expect(addresses(synthesized(stackWith()))).toEqual([`${TYPE}.replication_configuration_8CE400A3`]);
});

test("destinations are in the given accounts, and their order stays", () => {
  const destinations = [{ region: "us-west-2", accountId: OTHER_ACCOUNT }, { region: "us-east-1" }];
  expect(ruleOf(synthesized(stackWith({ destinations })))).toMatchObject({
    destination: [
      { region: "us-west-2", registry_id: OTHER_ACCOUNT },
      { region: "us-east-1", registry_id: ACCOUNT },
    ],
  });
});

test("another account in the own region is a destination", () => {
  const destinations = [{ region: "eu-west-1", accountId: OTHER_ACCOUNT }];
  expect(ruleOf(synthesized(stackWith({ destinations })))).toMatchObject({
    destination: [{ region: "eu-west-1", registry_id: OTHER_ACCOUNT }],
  });
});

test("allRepositories has no filter", () => {
  const json = synthesized(stackWith({ repositoryPrefixes: undefined, allRepositories: true }));
  expect(ruleOf(json)).toEqual({ destination: [{ region: "us-east-1", registry_id: ACCOUNT }] });
});

test("OVERWRITE imports the configuration", () => {
  expect(synthesized(stackWith({ existing: ExistingSettings.OVERWRITE }))).toMatchObject({
    import: [{ to: `${TYPE}.replication_configuration_8CE400A3`, id: ACCOUNT }],
  });
});

test("forget removes the resource from the state, creates nothing, and needs no `existing`", () => {
  const json = synthesized(stackWith({ forget: true, existing: undefined }));
  expect(addresses(json)).toEqual([]);
  expect(json).toMatchObject({
    removed: [{ from: `${TYPE}.replication_configuration_8CE400A3`, lifecycle: { destroy: false } }],
  });
});

test("another provider configures its own registry", () => {
  const stack = stackIn("eu-west-1");
  const provider = new AwsProvider(stack, "other", { region: "us-west-2", alias: "other" });
  new RegistryReplication(stack, "replication", { ...MINIMAL, provider });
  expect(only(synthesized(stack), TYPE)["provider"]).toBe("aws.other");
});

test("tokens are regions, accounts and prefixes; an account that is not given is looked up", () => {
  const stack = stackIn("eu-west-1");
  const token = (name: string): string => new TerraformVariable(stack, name, { type: "string" }).stringValue;
  new RegistryReplication(stack, "replication", {
    destinations: [{ region: token("region") }, { region: "us-east-1", accountId: token("account") }],
    repositoryPrefixes: [token("prefix")],
    existing: ExistingSettings.NONE,
  });
  const account_id = "${data.aws_caller_identity.aws-lookup_caller-identity_82AEBEF1.account_id}";
  expect(ruleOf(synthesized(stack))).toEqual({
    destination: [
      { region: "${var.region}", registry_id: account_id },
      { region: "us-east-1", registry_id: "${var.account}" },
    ],
    repository_filter: [{ filter: "${var.prefix}", filter_type: "PREFIX_MATCH" }],
  });
});

test("later changes of the caller's lists change nothing", () => {
  const destinations = [{ region: "us-east-1" }];
  const repositoryPrefixes = ["team/"];
  const stack = stackWith({ destinations, repositoryPrefixes });
  destinations.pop();
  repositoryPrefixes.pop();
  expect(synthesized(stack)).toEqual(synthesized(stackWith()));
});

test("bounds are taken: 25 destinations, and 100 prefixes of 2 to 256 characters", () => {
  const destinations = Array.from({ length: 25 }, (_, index) => ({
    region: "eu-west-1",
    accountId: String(index).padStart(12, "0"),
  }));
  const repositoryPrefixes = ["ab", "p".repeat(256), ...Array.from({ length: 98 }, (_, index) => `prefix-${index}`)];
  const { destination, repository_filter: filters } = ruleOf(
    synthesized(stackWith({ destinations, repositoryPrefixes })),
  ) as { destination: unknown[]; repository_filter: unknown[] };
  expect([destination.length, filters.length]).toEqual([25, 100]);
});

const PREFIX =
  "must be the beginning of repository names, 2 to 256 characters: lower-case letters, digits and `.`, `_`, `-` or `/`";
const PREFIX_HINT = "write team/ for all repositories under team";
const EXISTING_HINT =
  "run `aws ecr describe-registry` in the region: ExistingSettings.NONE if it prints no rules, ExistingSettings.OVERWRITE if it does";

test.each<[string, object, string]>([
  [
    "a misspelt prop",
    { repositoryPrefix: "team/" },
    "`repositoryPrefix` is not a property of RegistryReplication; did you mean `repositoryPrefixes`?",
  ],
  ["no destinations", { destinations: undefined }, "`destinations` is required; give the registries that get copies"],
  [
    "an empty list of destinations",
    { destinations: [] },
    "`destinations` must be a list of at least one destination, got []; give the registries that get copies",
  ],
  [
    "a destination that is a region",
    { destinations: ["us-east-1"] },
    '`destinations[0]` must be a destination, got "us-east-1"; give an object with a `region`, and with an `accountId` for another account',
  ],
  [
    "a misspelt property of a destination",
    { destinations: [{ region: "us-east-1", acountId: ACCOUNT }] },
    "`destinations[0].acountId` is not a property of a destination; did you mean `accountId`?",
  ],
  [
    "a destination without region",
    { destinations: [{ accountId: OTHER_ACCOUNT }] },
    "`destinations[0].region` is required; give the region, not an availability zone",
  ],
  [
    "an availability zone",
    { destinations: [{ region: "us-east-1a" }] },
    '`destinations[0].region` must be the name of an AWS region, like eu-west-1, got "us-east-1a"; give the region, not an availability zone',
  ],
  [
    "an account of 11 digits",
    { destinations: [{ region: "us-east-1", accountId: "44445555666" }] },
    '`destinations[0].accountId` must be an AWS account ID of 12 digits, got "44445555666"; give it as a string, with its leading zeros and without hyphens',
  ],
  [
    "the registry itself",
    { destinations: [{ region: "eu-west-1" }] },
    '`destinations[0]` must not be the replicated registry itself, got "eu-west-1"; leave it out, or give another region or account',
  ],
  [
    "the registry itself, with its account",
    { destinations: [{ region: "eu-west-1", accountId: ACCOUNT }] },
    '`destinations[0]` must not be the replicated registry itself, got "eu-west-1"; leave it out, or give another region or account',
  ],
  [
    "a destination given twice, once with the own account",
    { destinations: [{ region: "us-east-1" }, { region: "us-east-1", accountId: ACCOUNT }] },
    "`destinations[1]` must be given once, got a value of type object; leave out the second one",
  ],
  [
    "a region of another partition",
    { destinations: [{ region: "cn-north-1" }] },
    '`destinations[0].region` must be in the partition of the registry, aws, got "cn-north-1"; images cannot be replicated to another partition',
  ],
  [
    "26 destinations",
    {
      destinations: Array.from({ length: 26 }, (_, index) => ({
        region: "us-east-1",
        accountId: String(index).padStart(12, "0"),
      })),
    },
    "`destinations` must have at most 25 destinations, got 26; AWS allows no more for one registry",
  ],
  [
    "neither prefixes nor all repositories",
    { repositoryPrefixes: undefined },
    "`repositoryPrefixes` is required; give the beginnings of the names to replicate, or set `allRepositories` to true to copy every image, cached ones included",
  ],
  [
    "prefixes with all repositories",
    { allRepositories: true },
    '`repositoryPrefixes` must not be given with `allRepositories`, got ["team/"]; leave out one of the two',
  ],
  [
    "an empty list of prefixes",
    { repositoryPrefixes: [] },
    "`repositoryPrefixes` must be a list of at least one prefix, got []; give the beginnings of the names to replicate",
  ],
  [
    "a prefix of one character",
    { repositoryPrefixes: ["t"] },
    `\`repositoryPrefixes[0]\` ${PREFIX}, got "t"; ${PREFIX_HINT}`,
  ],
  [
    "a prefix of 257 characters",
    { repositoryPrefixes: ["p".repeat(257)] },
    `\`repositoryPrefixes[0]\` ${PREFIX}, got "${"p".repeat(257)}"; ${PREFIX_HINT}`,
  ],
  [
    "a prefix with a wildcard",
    { repositoryPrefixes: ["team/*"] },
    `\`repositoryPrefixes[0]\` ${PREFIX}, got "team/*"; ${PREFIX_HINT}`,
  ],
  [
    "a prefix given twice",
    { repositoryPrefixes: ["team/", "team/"] },
    '`repositoryPrefixes[1]` must be given once, got "team/"; leave out the second one',
  ],
  [
    "101 prefixes",
    { repositoryPrefixes: Array.from({ length: 101 }, (_, index) => `prefix-${index}`) },
    "`repositoryPrefixes` must have at most 100 prefixes, got 101; replicate several of them by a shorter prefix",
  ],
  [
    "a text for allRepositories",
    { allRepositories: "yes" },
    '`allRepositories` must be true or false, got "yes"; leave it out for false',
  ],
  ["nothing about existing rules", { existing: undefined }, `\`existing\` is required; ${EXISTING_HINT}`],
  [
    "another word for existing",
    { existing: "REPLACE" },
    `\`existing\` must be one of NONE, OVERWRITE, got "REPLACE"; ${EXISTING_HINT}`,
  ],
  ["a text for forget", { forget: "yes" }, '`forget` must be true or false, got "yes"; leave it out for false'],
])("fails for %s", (_, props, message) => {
  expect(faultOf(props)).toBe(message);
});

test("fails for a list whose length only Terraform knows", () => {
  const stack = stackIn("eu-west-1");
  const repositoryPrefixes = new TerraformVariable(stack, "prefixes", { type: "list(string)" }).listValue;
  expect(messageOf(() => new RegistryReplication(stack, "replication", { ...MINIMAL, repositoryPrefixes }))).toContain(
    "`repositoryPrefixes` must be a list whose length is known at synth",
  );
});

test("fails for a second configuration of one registry, and names both", () => {
  const stack = stackWith();
  expect(messageOf(() => new RegistryReplication(stack, "second", MINIMAL))).toContain(
    "stack/second: `second` must be the only owner of the replication configuration of its account and region, but stack/replication owns it",
  );
});

describe("a cache in the region of a destination", () => {
  const conflict = "must not get copies of repositories that a cache there fills: elsewhere/cache caches";

  test.each<[string, string, Partial<RegistryReplicationProps>]>([
    ["under a replicated prefix", "team/images", {}],
    ["whose prefix is longer than the replicated beginning", "team", { repositoryPrefixes: ["te"] }],
    ["whose prefix begins a replicated name", "team", { repositoryPrefixes: ["team/app"] }],
    ["with the prefix ROOT", "ROOT", {}],
    ["where all is replicated", "other", { repositoryPrefixes: undefined, allRepositories: true }],
  ])("fails the synthesis in the same account, also when it follows: %s", (_, prefix, props) => {
    const stack = stackWith(props);
    addCache(stack, prefix, ACCOUNT);
    expect(messageOf(() => synthesized(stack))).toContain(
      `[stack/replication] \`destinations[0]\` ${conflict} ${prefix} in us-east-1, got "us-east-1"; a repository is either replicated or cached: replicate other prefixes, or leave out one of the two`,
    );
  });

  describe("with @cdktf/provider-aws 21", () => {
    useRegionalResources();

    test("fails the synthesis with the provider of the configuration, whose account nothing names", () => {
      const stack = stackWith({ accountId: undefined });
      new PullThroughCache(stack, "cache", {
        region: "us-east-1",
        upstreams: [Upstream.ecrPublic({ prefix: "team" })],
      });
      expect(messageOf(() => synthesized(stack))).toContain(
        "must not get copies of repositories that a cache there fills: stack/cache caches team in us-east-1",
      );
    });

    test("warns with the provider of the configuration, if copies go to an account that may be another one", () => {
      const stack = stackWith({ accountId: undefined, destinations: [{ region: "us-east-1", accountId: ACCOUNT }] });
      new PullThroughCache(stack, "cache", {
        region: "us-east-1",
        upstreams: [Upstream.ecrPublic({ prefix: "team" })],
      });
      synthesized(stack);
      expect(warnings(stack)).toEqual([expect.stringContaining("copies of repositories may go to us-east-1")]);
    });
  });

  test("fails the synthesis in the account of a destination", () => {
    const stack = stackWith({ destinations: [{ region: "us-east-1", accountId: OTHER_ACCOUNT }] });
    addCache(stack, "team", OTHER_ACCOUNT);
    expect(messageOf(() => synthesized(stack))).toContain(conflict);
  });

  test.each<[string, string, string | undefined, Partial<RegistryReplicationProps>]>([
    ["has another prefix", "teams", ACCOUNT, {}],
    ["is in another account", "team", OTHER_ACCOUNT, {}],
    ["is in another region", "team", ACCOUNT, { destinations: [{ region: "us-west-2" }] }],
    ["is where nothing is replicated any more", "team", ACCOUNT, { forget: true }],
  ])("is no conflict when it %s", (_, prefix, account, props) => {
    const stack = stackWith(props);
    addCache(stack, prefix, account);
    synthesized(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test("is not compared with prefixes that only Terraform knows", () => {
    const stack = stackIn("eu-west-1");
    const prefix = new TerraformVariable(stack, "prefix", { type: "string" }).stringValue;
    new RegistryReplication(stack, "replication", { ...MINIMAL, repositoryPrefixes: [prefix] });
    addCache(stack, "team", ACCOUNT);
    synthesized(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test("warns if the account of one of both is not known at synth", () => {
    const stack = stackWith();
    addCache(stack, "team");
    synthesized(stack);
    expect(warnings(stack)).toEqual([
      'copies of repositories may go to us-east-1, where elsewhere/cache caches team: a repository is either replicated or cached. If both are in one account, replicate other prefixes; give both an `accountId` to make this an error (if this is meant, add "replicates-to-cache" to the list "cdktf-ecr-pull-through-cache:acknowledgedWarnings" in the app\'s context)',
    ]);
  });
});

test("fails outside of a stack", () => {
  expect(messageOf(() => new RegistryReplication(Testing.app(), "replication", MINIMAL))).toContain(
    "`scope` must be a TerraformStack or a construct inside one",
  );
});

test("fails in an app with HCL output", () => {
  expect(messageOf(() => Testing.synthHcl(stackWith()))).toContain(
    "`hclOutput` must not be set in an app with this construct",
  );
});

test("fails with null as props, and leaves no construct", () => {
  const stack = stackIn("eu-west-1");
  const act = (): unknown => new RegistryReplication(stack, "replication", null as unknown as RegistryReplicationProps);
  expect(messageOf(act)).toContain("`destinations` is required");
  expect(stack.node.tryFindChild("replication")).toBeUndefined();
});
