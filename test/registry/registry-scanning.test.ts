import { EcrRegistryScanningConfiguration } from "@cdktf/provider-aws/lib/ecr-registry-scanning-configuration";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import {
  ExistingSettings,
  PullThroughCache,
  RegistryScanning,
  ScanFrequency,
  ScanType,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { RegistryScanningProps } from "cdktf-ecr-pull-through-cache";
import { addresses, blocks, messageOf, only, stackIn, synthesized } from "../support/synthesis";
import type { Block, TerraformJson } from "../support/synthesis";

const ACCOUNT = "111122223333";
const TYPE = "aws_ecr_registry_scanning_configuration";
const ON_PUSH = ScanFrequency.SCAN_ON_PUSH;
const CONTINUOUS = ScanFrequency.CONTINUOUS_SCAN;

/** A stack with a cache of Quay, whose account is known, and the scanning configuration of its registry. */
function stackWith(props: Partial<RegistryScanningProps> = {}): TerraformStack {
  const stack = stackIn("eu-west-1");
  new PullThroughCache(stack, "cache", { upstreams: [Upstream.quay()] });
  new RegistryScanning(stack, "scanning", { accountId: ACCOUNT, ...props });
  return stack;
}

function faultOf(props: object): string {
  return messageOf(() => synthesized(stackWith(props))).replace(/^stack\/scanning: /, "");
}

/** The filters of each frequency that a stack has in the end. */
function filtersOf(json: TerraformJson): Block {
  const { rule } = json.resource?.[TYPE]?.["scanning_configuration_96397B85"] as {
    rule: { scan_frequency: string; repository_filter: { filter: string; filter_type: string }[] }[];
  };
  return Object.fromEntries(rule.map((one) => [one.scan_frequency, one.repository_filter.map(({ filter }) => filter)]));
}

test("the smallest configuration scans the repositories of the caches on push, and reads what the registry has", () => {
  const json = synthesized(stackWith());
  const rule = [{ scan_frequency: "SCAN_ON_PUSH", repository_filter: [{ filter: "quay/*", filter_type: "WILDCARD" }] }];
  const existing = `${TYPE}.scanning_existing_4251E090`;
  const recordOf = (path: string): string =>
    `{ scan_type = ${path}.scan_type, rules = sort([for rule in ${path}.rule : "\${rule.scan_frequency}: \${join(", ", sort([for filter in rule.repository_filter : filter.filter]))}"]) }`;
  const before = "jsonencode(terraform_data.scanning_before_BF0D9BD1.input)";
  expect(json.resource?.[TYPE]).toEqual({
    scanning_configuration_96397B85: {
      scan_type: "BASIC",
      rule,
      lifecycle: {
        precondition: [
          {
            condition: `\${contains([jsonencode({ scan_type = "BASIC", rules = [] }), jsonencode(${recordOf("local.scanning_declared_480863F2")})], ${before})}`,
            error_message: `\`existing\` must be OVERWRITE, since the registry has a scanning configuration already, \${${before}}; set ExistingSettings.OVERWRITE to replace that configuration, or leave out the construct`,
          },
        ],
      },
    },
    scanning_existing_4251E090: { scan_type: "BASIC", lifecycle: { ignore_changes: "all" } },
  });
  expect(json.resource?.["terraform_data"]?.["scanning_before_BF0D9BD1"]).toEqual({
    input: `\${${recordOf(existing)}}`,
    lifecycle: { ignore_changes: ["input"] },
  });
  expect(json).toMatchObject({
    import: [{ to: existing, id: ACCOUNT }],
    locals: { scanning_declared_480863F2: { scan_type: "BASIC", rule } },
    terraform: { required_version: ">= 1.7.0" },
  });
});

test("the addresses stay what they were: a changed one resets the registry", () => {
  const own = (json: TerraformJson): string[] => addresses(json).filter((address) => address.includes("scanning"));
  expect(own(synthesized(stackWith()))).toEqual([
    `${TYPE}.scanning_configuration_96397B85`,
    `${TYPE}.scanning_existing_4251E090`,
    "terraform_data.scanning_before_BF0D9BD1",
  ]);
  expect(own(synthesized(stackWith({ existing: ExistingSettings.OVERWRITE })))).toEqual([
    `${TYPE}.scanning_configuration_96397B85`,
  ]);
});

test("ENHANCED scans the repositories of the caches continuously", () => {
  expect(filtersOf(synthesized(stackWith({ scanType: ScanType.ENHANCED })))).toEqual({ CONTINUOUS_SCAN: ["quay/*"] });
});

test("rules replace the default one, and their filters those of the caches", () => {
  const rules = [{ frequency: CONTINUOUS }, { frequency: ON_PUSH, filters: ["team/*", "*-prod"] }];
  expect(filtersOf(synthesized(stackWith({ scanType: ScanType.ENHANCED, rules })))).toEqual({
    CONTINUOUS_SCAN: ["quay/*"],
    SCAN_ON_PUSH: ["team/*", "*-prod"],
  });
});

test("caches and upstreams that follow are scanned as well, but not those of another provider", () => {
  const stack = stackIn("eu-west-1");
  const provider = new AwsProvider(stack, "other", { region: "us-east-1", alias: "other" });
  new RegistryScanning(stack, "scanning");
  const cache = new PullThroughCache(stack, "cache", { upstreams: [Upstream.quay({ prefix: "my.quay/" })] });
  new PullThroughCache(stack, "elsewhere", { provider, upstreams: [Upstream.quay()] });
  cache.addUpstream(Upstream.kubernetes());
  expect(filtersOf(synthesized(stack))).toEqual({ SCAN_ON_PUSH: ["my.quay/*", "kubernetes/*"] });
});

test("the prefix ROOT is all repositories", () => {
  const stack = stackWith();
  const source = { account: "444455556666", region: "eu-west-1" };
  new PullThroughCache(stack, "root", {
    upstreams: [Upstream.privateEcr({ accountId: source.account, region: source.region, prefix: "ROOT" })],
  });
  expect(filtersOf(synthesized(stack))).toEqual({ SCAN_ON_PUSH: ["*"] });
});

test("an account that the provider names needs no data source", () => {
  const stack = new TerraformStack(new App(), "stack");
  new AwsProvider(stack, "aws", { region: "eu-west-1", allowedAccountIds: [ACCOUNT] });
  new RegistryScanning(stack, "scanning", { rules: [{ frequency: ON_PUSH, filters: ["*"] }] });
  const json = synthesized(stack);
  expect(json.data).toBeUndefined();
  expect(json).toMatchObject({ import: [{ id: ACCOUNT }] });
});

test("OVERWRITE imports the configuration itself, and forgets what NONE has read", () => {
  expect(synthesized(stackWith({ existing: ExistingSettings.OVERWRITE }))).toMatchObject({
    import: [{ to: `${TYPE}.scanning_configuration_96397B85`, id: ACCOUNT }],
    removed: [{ from: `${TYPE}.scanning_existing_4251E090`, lifecycle: { destroy: false } }],
  });
});

test("forget removes the resources from the state, and creates nothing", () => {
  const stack = stackIn("eu-west-1");
  new RegistryScanning(stack, "scanning", { forget: true });
  const json = synthesized(stack);
  expect(addresses(json)).toEqual([]);
  expect(json).toMatchObject({
    removed: [
      { from: `${TYPE}.scanning_configuration_96397B85`, lifecycle: { destroy: false } },
      { from: `${TYPE}.scanning_existing_4251E090`, lifecycle: { destroy: false } },
    ],
    terraform: { required_version: ">= 1.7.0" },
  });
});

test("an account that is not given is looked up", () => {
  expect(synthesized(stackWith({ accountId: undefined }))).toMatchObject({
    import: [{ id: "${data.aws_caller_identity.aws-lookup_caller-identity_82AEBEF1.account_id}" }],
  });
});

test("another provider reads and configures its own registry", () => {
  const stack = stackIn("eu-west-1");
  const provider = new AwsProvider(stack, "other", { region: "us-east-1", alias: "other" });
  new PullThroughCache(stack, "cache", { provider, upstreams: [Upstream.quay()] });
  new RegistryScanning(stack, "scanning", { provider });
  expect(blocks(synthesized(stack), TYPE).map((block) => block["provider"])).toEqual(["aws.other", "aws.other"]);
});

test("tokens are filters and accounts", () => {
  const stack = stackIn("eu-west-1");
  const filter = new TerraformVariable(stack, "filter", { type: "string" }).stringValue;
  const accountId = new TerraformVariable(stack, "account", { type: "string" }).stringValue;
  new RegistryScanning(stack, "scanning", { accountId, rules: [{ frequency: ON_PUSH, filters: [filter] }] });
  const json = synthesized(stack);
  expect(filtersOf(json)).toEqual({ SCAN_ON_PUSH: ["${var.filter}"] });
  expect(json).toMatchObject({ import: [{ id: "${var.account}" }] });
});

test("later changes of the caller's lists change nothing", () => {
  const filters = ["team/*"];
  const rules = [{ frequency: ON_PUSH, filters }];
  const stack = stackWith({ rules });
  filters.push("Not a filter");
  rules.pop();
  expect(filtersOf(synthesized(stack))).toEqual({ SCAN_ON_PUSH: ["team/*"] });
});

test("bounds are taken: 100 filters, one of them with 255 characters", () => {
  const filters = ["f".repeat(255), ...Array.from({ length: 99 }, (_, index) => `filter-${index}`)];
  expect(filtersOf(synthesized(stackWith({ rules: [{ frequency: ON_PUSH, filters }] })))).toEqual({
    SCAN_ON_PUSH: filters,
  });
});

const FILTER =
  "must be a filter of repositories of at most 255 characters: lower-case letters, digits and *, with single `.`, `_`, `-` or `/` between them";

test.each<[string, object, string]>([
  [
    "another scan type",
    { scanType: "FULL" },
    '`scanType` must be one of BASIC, ENHANCED, got "FULL"; leave it out for BASIC',
  ],
  [
    "a misspelt prop",
    { scanTyp: ScanType.BASIC },
    "`scanTyp` is not a property of RegistryScanning; did you mean `scanType`?",
  ],
  [
    "no rule",
    { rules: [] },
    "`rules` must be a list of at least one rule, got []; leave it out to scan the repositories of the caches",
  ],
  [
    "a rule that is a frequency",
    { rules: [ON_PUSH] },
    '`rules[0]` must be a scan rule, got "SCAN_ON_PUSH"; give an object with a `frequency`, and with `filters` if you need them',
  ],
  [
    "a misspelt property of a rule",
    { rules: [{ frequency: ON_PUSH, filter: ["*"] }] },
    "`rules[0].filter` is not a property of a scan rule; did you mean `filters`?",
  ],
  [
    "continuous scans with BASIC",
    { rules: [{ frequency: CONTINUOUS }] },
    '`rules[0].frequency` must be SCAN_ON_PUSH with BASIC, got "CONTINUOUS_SCAN"; continuous scans need ENHANCED',
  ],
  [
    "a rule without frequency",
    { scanType: ScanType.ENHANCED, rules: [{}] },
    "`rules[0].frequency` is required; continuous scans need ENHANCED",
  ],
  [
    "two rules of one frequency",
    { rules: [{ frequency: ON_PUSH }, { frequency: ON_PUSH, filters: ["*"] }] },
    '`rules[1].frequency` must be the only rule of its frequency, got "SCAN_ON_PUSH"; give the filters of both in one rule',
  ],
  [
    "no filter",
    { rules: [{ frequency: ON_PUSH, filters: [] }] },
    "`rules[0].filters` must be a list of at least one filter, got []; leave it out to scan the repositories of the caches, or give * for all repositories",
  ],
  [
    "a filter with two separators in a row",
    { rules: [{ frequency: ON_PUSH, filters: ["team//*"] }] },
    `\`rules[0].filters[0]\` ${FILTER}, got "team//*"; write docker-hub/* for all repositories under docker-hub`,
  ],
  [
    "a filter of 256 characters",
    { rules: [{ frequency: ON_PUSH, filters: ["f".repeat(256)] }] },
    `\`rules[0].filters[0]\` ${FILTER}, got "${"f".repeat(256)}"; write docker-hub/* for all repositories under docker-hub`,
  ],
  [
    "a filter given twice",
    { rules: [{ frequency: ON_PUSH, filters: ["*", "*"] }] },
    '`rules[0].filters[1]` must be given once, got "*"; leave out the second one',
  ],
  [
    "101 filters",
    { rules: [{ frequency: ON_PUSH, filters: Array.from({ length: 101 }, (_, index) => `f${index}`) }] },
    "`rules[0].filters` must have at most 100 filters, got 101; match several prefixes by one filter with *",
  ],
  [
    "another word for existing",
    { existing: "REPLACE" },
    '`existing` must be one of NONE, OVERWRITE, got "REPLACE"; leave it out for NONE',
  ],
  ["a text for forget", { forget: "yes" }, '`forget` must be true or false, got "yes"; leave it out for false'],
  [
    "an account of 11 digits",
    { accountId: "11112222333" },
    '`accountId` must be an AWS account ID of 12 digits, got "11112222333"; give it as a string, with its leading zeros and without hyphens',
  ],
])("fails for %s", (_, props, message) => {
  expect(faultOf(props)).toBe(message);
});

test("fails for a list whose length only Terraform knows", () => {
  const stack = stackIn("eu-west-1");
  const filters = new TerraformVariable(stack, "filters", { type: "list(string)" }).listValue;
  expect(
    messageOf(() => new RegistryScanning(stack, "scanning", { rules: [{ frequency: ON_PUSH, filters }] })),
  ).toMatch(
    /^stack\/scanning: `rules\[0\]\.filters` must be a list whose length is known at synth, got .*; give a literal list; its elements may be tokens$/,
  );
  expect(messageOf(() => new RegistryScanning(stack, "scanning", { rules: Token.asAny(filters) as never }))).toContain(
    "`rules` must be a list whose length is known at synth",
  );
});

test("fails for rules without filters in a stack without caches", () => {
  const alone = (props: Partial<RegistryScanningProps>): string => {
    const stack = stackIn("eu-west-1");
    new RegistryScanning(stack, "scanning", { ...props });
    return messageOf(() => synthesized(stack));
  };
  const hint = "this stack has no PullThroughCache with the same provider and region, so give rules with `filters`";
  expect(alone({})).toContain(`\`rules\` is required; ${hint}`);
  expect(alone({ rules: [{ frequency: ON_PUSH }] })).toContain(`\`rules[0].filters\` is required; ${hint}`);
});

test("null as props is like no props", () => {
  const stack = stackIn("eu-west-1");
  new PullThroughCache(stack, "cache", { upstreams: [Upstream.quay()] });
  new RegistryScanning(stack, "scanning", null as unknown as RegistryScanningProps);
  expect(addresses(synthesized(stack))).toContain(`${TYPE}.scanning_configuration_96397B85`);
});

test("fails with a frequency that is no text", () => {
  const rules = [{ frequency: { toString: null } as unknown as ScanFrequency }];
  expect(faultOf({ rules })).toBe(
    "`rules[0].frequency` must be SCAN_ON_PUSH with BASIC, got a value of type object; continuous scans need ENHANCED",
  );
});

test("fails for a second configuration of one registry, and names both", () => {
  const stack = stackWith();
  const second = (): unknown => new RegistryScanning(stack, "second");
  expect(messageOf(second)).toBe(
    'stack/second: `second` must be the only owner of the scanning configuration of its account and region, but stack/scanning owns it, got "stack/second"; AWS has one per account and region, and the last apply would win: declare it once',
  );
  expect(stack.node.tryFindChild("second")).toBeUndefined();
  const other = new TerraformStack(stack.node.root, "other");
  new AwsProvider(other, "aws", { region: "eu-west-1" });
  expect(messageOf(() => new RegistryScanning(other, "scanning", { accountId: ACCOUNT }))).toContain(
    "but stack/scanning owns it",
  );
  // A configuration that moves to another stack is forgotten in the first one.
  new RegistryScanning(other, "forgotten", { accountId: ACCOUNT, forget: true });
});

test("a declaration with mistakes owns nothing", () => {
  const stack = stackIn("eu-west-1");
  expect(() => new RegistryScanning(stack, "scanning", { scanType: "FULL" as ScanType })).toThrow();
  new RegistryScanning(stack, "scanning", { rules: [{ frequency: ON_PUSH, filters: ["*"] }] });
  expect(only(synthesized(stack), "terraform_data")).toBeDefined();
});

test("fails outside of a stack", () => {
  const app = Testing.app();
  expect(messageOf(() => new RegistryScanning(app, "scanning"))).toContain(
    "`scope` must be a TerraformStack or a construct inside one",
  );
});

test("fails without a provider where all have aliases", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  new AwsProvider(stack, "aws", { region: "eu-west-1", alias: "ireland" });
  new RegistryScanning(stack, "scanning", { rules: [{ frequency: ON_PUSH, filters: ["*"] }] });
  expect(messageOf(() => synthesized(stack))).toContain("`provider` is required");
});

test("fails beside an element with one of its addresses", () => {
  const stack = stackWith();
  const clash = new EcrRegistryScanningConfiguration(stack, "clash", { scanType: "BASIC" });
  clash.overrideLogicalId("scanning_configuration_96397B85");
  expect(messageOf(() => synthesized(stack))).toContain("not have the address of `stack/scanning/configuration`");
});

test("fails in an app with HCL output", () => {
  const stack = stackIn("eu-west-1");
  new RegistryScanning(stack, "scanning", { forget: true });
  expect(messageOf(() => Testing.synthHcl(stack))).toBe(
    "stack/scanning: `hclOutput` must not be set in an app with this construct, got true; synthesize to JSON: the HCL output has no import and removed blocks",
  );
});
