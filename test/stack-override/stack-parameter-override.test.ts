import { DataAwsCloudformationStack } from "@cdktf/provider-aws/lib/data-aws-cloudformation-stack";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { App, Lazy, TerraformHclModule, TerraformLocal, TerraformOutput, TerraformStack, Token } from "cdktf";
import {
  OverrideAction,
  OverrideStrategy,
  PullThroughCache,
  StackParameterOverride,
  Upstream,
} from "cdktf-ecr-pull-through-cache";
import type { StackParameterOverrideProps } from "cdktf-ecr-pull-through-cache";
import { addresses, messageOf, only, stackIn, synthesized, testApp } from "../support/synthesis";
import type { TerraformJson } from "../support/synthesis";

const VALUE = "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public";
const PROPS: StackParameterOverrideProps = { stackName: "vendor", parameters: { image: VALUE } };

function overrideIn(stack: TerraformStack, props: Partial<StackParameterOverrideProps> = {}): StackParameterOverride {
  return new StackParameterOverride(stack, "override", { ...PROPS, ...props });
}

function json(props: Partial<StackParameterOverrideProps> = {}): TerraformJson & { readonly [block: string]: unknown } {
  const stack = stackIn("us-east-1");
  overrideIn(stack, props);
  return synthesized(stack) as TerraformJson & { readonly [block: string]: unknown };
}

function errorOf(props: object): string {
  return messageOf(() => overrideIn(stackIn("us-east-1"), props));
}

describe("an override that adopts the stack", () => {
  test("imports it, merges the values into its parameters, keeps the rest and cannot destroy it", () => {
    const { import: imports, locals, data, resource } = json();
    expect(imports).toEqual([{ to: "aws_cloudformation_stack.adopted", id: "vendor" }]);
    expect(locals).toMatchObject({
      given: { image: VALUE },
      values: "${{ for name, value in local.given : name => try(tostring(value), value) }}",
    });
    const provider = "aws.stack-parameter-override";
    expect(data?.["aws_cloudformation_stack"]).toEqual({
      current: { name: "vendor", provider },
      "at-apply": {
        name: '${length(local.differing) == 0 ? data.aws_cloudformation_stack.current.name : "${data.aws_cloudformation_stack.current.name}${substr(timestamp(), 0, 0)}"}',
        depends_on: ["terraform_data.stack"],
        provider,
      },
    });
    expect(resource?.["terraform_data"]).toEqual({
      stack: {
        input: {
          id: "${data.aws_cloudformation_stack.current.id}",
          template_url: "${null}",
          parameters: "${keys(data.aws_cloudformation_stack.current.parameters)}",
        },
        lifecycle: { prevent_destroy: true, ignore_changes: ["input.id"] },
      },
      "change-image": {
        input: {
          before: '${lookup(data.aws_cloudformation_stack.current.parameters, "image", "")}',
          after: VALUE,
        },
        lifecycle: { prevent_destroy: true, ignore_changes: ["input.before"] },
      },
    });
    expect(resource?.["aws_cloudformation_stack"]).toEqual({
      adopted: {
        name: "vendor",
        parameters: "${merge(data.aws_cloudformation_stack.current.parameters, local.values)}",
        capabilities: "${data.aws_cloudformation_stack.current.capabilities}",
        timeouts: { update: "60m" },
        depends_on: ["terraform_data.change-image"],
        provider,
        lifecycle: {
          prevent_destroy: true,
          ignore_changes: [
            "disable_rollback",
            "iam_role_arn",
            "notification_arns",
            "on_failure",
            "policy_body",
            "policy_url",
            "tags",
            "tags_all",
            "template_body",
            "timeout_in_minutes",
          ],
          precondition: expect.any(Array) as unknown,
          postcondition: expect.any(Array) as unknown,
        },
      },
    });
  });

  test("has addresses that depend on no name", () => {
    const expected = [
      "aws_cloudformation_stack.adopted",
      "data.aws_cloudformation_stack.at-apply",
      "data.aws_cloudformation_stack.current",
      "data.aws_default_tags.current",
      "terraform_data.change-image",
      "terraform_data.change-other",
      "terraform_data.stack",
    ];
    const parameters = { image: VALUE, other: "x" };
    expect(addresses(json({ parameters }))).toEqual(expected);
    const stack = stackIn("eu-west-1");
    new StackParameterOverride(stack, "Default", { stackName: "another", parameters });
    expect(addresses(synthesized(stack))).toEqual(expected);
  });

  test("needs Terraform 1.7, which has removed blocks", () => {
    expect(json().terraform?.["required_version"]).toBe(">= 1.7.0");
  });

  test("writes a count that fails the plan without an import, in place of an import block that is turned off", () => {
    const { import: imports, resource } = json({ importBlock: false });
    expect(imports).toBeUndefined();
    expect(resource?.["terraform_data"]?.["needs-terraform-import"]).toEqual({
      count: '${length([for id in [aws_cloudformation_stack.adopted.id] : id if id == ""])}',
    });
  });

  test("makes Terraform wait for an update for 60 minutes, or as long as the caller says", () => {
    const timeoutsOf = (props: Partial<StackParameterOverrideProps>): unknown =>
      only(json(props), "aws_cloudformation_stack")["timeouts"];
    expect([timeoutsOf({}), timeoutsOf({ updateTimeoutInMinutes: 120 })]).toEqual([
      { update: "60m" },
      { update: "120m" },
    ]);
    const { resource } = json({ strategy: OverrideStrategy.AWS_CLI, updateTimeoutInMinutes: 120 });
    expect(JSON.stringify(resource?.["terraform_data"]?.["update"])).toContain("MINUTES = 120");
  });

  test("acknowledges capabilities beside those that the stack lists, with an update only", () => {
    expect(only(json({ capabilities: ["CAPABILITY_AUTO_EXPAND"] }), "aws_cloudformation_stack")["capabilities"]).toBe(
      '${length(local.differing) == 0 ? data.aws_cloudformation_stack.current.capabilities : setunion(data.aws_cloudformation_stack.current.capabilities, ["CAPABILITY_AUTO_EXPAND"])}',
    );
  });

  test("does not check question marks that the caller says are genuine", () => {
    const conditions = (props: Partial<StackParameterOverrideProps>): string =>
      JSON.stringify(only(json(props), "aws_cloudformation_stack")["lifecycle"]);
    expect(conditions({}).match(/question marks/g)).toHaveLength(2);
    expect(conditions({ templateUrl: "https://b.s3.amazonaws.com/t" }).match(/question marks/g)).toHaveLength(1);
    expect(conditions({ questionMarksAreGenuine: true })).not.toContain("question marks");
  });

  test("sends a template's URL", () => {
    const templateUrl = "https://templates.s3.eu-west-1.amazonaws.com/vendor.yaml?versionId=3";
    expect(only(json({ templateUrl }), "aws_cloudformation_stack")["template_url"]).toBe(templateUrl);
  });

  test("takes tokens for the stack's name and the values", () => {
    const { locals, data } = json({ stackName: "${var.stack}", parameters: { image: "${var.image}" } });
    expect(locals).toMatchObject({ given: { image: "${var.image}" } });
    expect(data?.["aws_cloudformation_stack"]?.["current"]).toMatchObject({ name: "${var.stack}" });
  });

  test("returns the former value of a parameter for an output", () => {
    const override = overrideIn(stackIn("us-east-1"));
    expect(Token.isUnresolved(override.previousValue("image"))).toBe(true);
    expect(messageOf(() => override.previousValue("imgae"))).toBe(
      'stack/override: `parameter` must be one of image, got "imgae"; name a parameter that the override sets',
    );
  });

  test.each([
    ["the stack's own", undefined],
    ["one with an alias", "europe"],
  ])("has a provider of its own, which is configured as %s", (_, alias) => {
    const stack = stackIn("us-east-1");
    const configured = { region: "eu-west-1", defaultTags: [{ tags: { team: "platform" } }] };
    const provider = alias === undefined ? undefined : new AwsProvider(stack, alias, { ...configured, alias });
    overrideIn(stack, { provider });
    const written = synthesized(stack) as TerraformJson & { import: object[] };
    const { aws = [] } = written.provider ?? {};
    const [original, copy] = [aws.find((one) => one["alias"] === alias), aws.at(-1)];
    expect(copy).toEqual({ ...original, alias: "stack-parameter-override" });
    expect(written.import).toEqual([{ to: "aws_cloudformation_stack.adopted", id: "vendor" }]);
    const used = ["aws_cloudformation_stack", "aws_default_tags"].flatMap((type) => [
      ...Object.values(written.data?.[type] ?? {}),
      ...Object.values(written.resource?.[type] ?? {}),
    ]);
    expect(used.map((block) => block["provider"])).toEqual(Array(4).fill("aws.stack-parameter-override"));
  });
});

describe("OverrideAction.RESTORE", () => {
  test("takes the values from the records, and does not change the records", () => {
    const { locals, resource } = json({ action: OverrideAction.RESTORE });
    expect(locals).toMatchObject({ given: { image: "${terraform_data.change-image.output.before}" } });
    expect(resource?.["terraform_data"]?.["change-image"]?.["lifecycle"]).toEqual({
      prevent_destroy: true,
      ignore_changes: ["input"],
    });
    expect(resource?.["aws_cloudformation_stack"]?.["adopted"]?.["parameters"]).toBe(
      '${{ for name, value in merge(data.aws_cloudformation_stack.current.parameters, local.values) : name => value if value != "" || !contains(keys(local.values), name) }}',
    );
  });

  test("restores parameters whose names begin with a digit or are keywords of Terraform", () => {
    const { resource } = json({ action: OverrideAction.RESTORE, parameters: { for: "a", "1a": "b" } });
    expect(JSON.stringify(resource?.["aws_cloudformation_stack"]?.["adopted"]?.["lifecycle"])).toContain(
      JSON.stringify(
        'for name, change in { "for" = terraform_data.change-for, "1a" = terraform_data.change-1a } :',
      ).slice(1, -1),
    );
  });
});

describe("OverrideAction.FORGET", () => {
  test("makes Terraform forget the stack, and keeps the records, which make an early destroy fail", () => {
    const { removed, resource, data, import: imports } = json({ action: OverrideAction.FORGET });
    expect(removed).toEqual([{ from: "aws_cloudformation_stack.adopted", lifecycle: { destroy: false } }]);
    expect([data, imports]).toEqual([undefined, undefined]);
    expect(resource).toEqual({
      terraform_data: {
        "change-image": {
          input: { before: "${null}" },
          lifecycle: { prevent_destroy: true, ignore_changes: ["input"] },
        },
        stack: { input: {}, lifecycle: { prevent_destroy: true, ignore_changes: ["input"] } },
      },
    });
  });
});

describe("an override by the AWS CLI", () => {
  const strategy = OverrideStrategy.AWS_CLI;

  test("owns a record of the update, forgets a stack that was adopted before, and checks the values", () => {
    const { resource, removed, import: imports, check } = json({ strategy });
    expect(Object.keys(resource ?? {})).toEqual(["terraform_data"]);
    expect(removed).toEqual([{ from: "aws_cloudformation_stack.adopted", lifecycle: { destroy: false } }]);
    expect(imports).toBeUndefined();
    expect(Object.keys(check as object)).toEqual(["parameters"]);
    expect(resource?.["terraform_data"]?.["update"]).toMatchObject({
      triggers_replace: { stack: "${data.aws_cloudformation_stack.current.id}", parameters: "${local.values}" },
      depends_on: ["terraform_data.stack", "terraform_data.change-image"],
    });
  });

  test("has addresses that depend on no name", () => {
    expect(addresses(json({ strategy }))).toEqual([
      "data.aws_cloudformation_stack.after-update",
      "data.aws_cloudformation_stack.current",
      "terraform_data.change-image",
      "terraform_data.stack",
      "terraform_data.update",
    ]);
  });

  test("fails on props that only an adopted stack takes", () => {
    expect(errorOf({ strategy, importBlock: true })).toBe(
      "stack/override: `importBlock` must not be set with the strategy AWS_CLI, got true; omit it: this strategy does not adopt the stack and keeps its template",
    );
    expect(
      errorOf({
        strategy,
        templateUrl: "https://b.s3.amazonaws.com/t",
        capabilities: ["CAPABILITY_IAM"],
        questionMarksAreGenuine: false,
      }),
    ).toMatch(
      /`templateUrl` must not be set[^]*`capabilities` must not be set[^]*`questionMarksAreGenuine` must not be set/,
    );
  });
});

describe("the Terraform stack of an override", () => {
  const MESSAGE =
    '[stack/override] `scope` must contain no resources and no modules beside the override, got ["stack/OTHER"]; move them or the override to another Terraform stack: Terraform cannot destroy them while the override has `prevent_destroy`';

  test.each<[string, (stack: TerraformStack) => unknown]>([
    ["topic", (stack) => new SnsTopic(stack, "topic")],
    ["module", (stack) => new TerraformHclModule(stack, "module", { source: "acme/module/aws", version: "1.0.0" })],
  ])("fails beside a %s, created before or after the override", (name, create) => {
    for (const first of [true, false]) {
      const stack = stackIn("us-east-1");
      const steps = [() => create(stack), () => overrideIn(stack)];
      (first ? steps : steps.reverse()).forEach((step) => step());
      expect(messageOf(() => App.of(stack).synth())).toContain(MESSAGE.replace("OTHER", name));
    }
  });

  test.each<[string, (stack: TerraformStack) => unknown]>([
    [
      "data.aws_cloudformation_stack.current",
      (stack) => new DataAwsCloudformationStack(stack, "current", { name: "x" }),
    ],
    ["local.values", (stack) => new TerraformLocal(stack, "values", { names: "x" })],
  ])("fails beside something else with the address %s", (address, create) => {
    const stack = stackIn("us-east-1");
    create(stack);
    overrideIn(stack);
    const name = address.replace(/^.*[.]/, "");
    expect(messageOf(() => App.of(stack).synth())).toContain(
      `[stack/override] \`stack/${name}\` must not have the address of \`stack/override/${name}\`, got "${address}"; choose another id`,
    );
  });

  test("fails on a second override", () => {
    const stack = stackIn("us-east-1");
    overrideIn(stack);
    expect(messageOf(() => new StackParameterOverride(stack, "second", { ...PROPS, stackName: "second" }))).toBe(
      'stack/second: `scope` must contain no other StackParameterOverride, got "stack/override"; list all parameters of one CloudFormation stack in one override, and use another Terraform stack for another CloudFormation stack',
    );
  });

  test("fails for a CloudFormation stack that another override of the app changes", () => {
    const synthesize =
      (others: object, stackName = "vendor") =>
      (): void => {
        const app = testApp();
        for (const [id, config] of Object.entries({ first: {}, second: others })) {
          const stack = new TerraformStack(app, id);
          new AwsProvider(stack, "aws", { region: "us-east-1", ...config });
          overrideIn(stack, { stackName, parameters: { [id]: "x" } });
        }
        app.synth();
      };
    expect(messageOf(synthesize({}))).toContain(
      '[second/override] `stackName` must not be the stack of `first/override`, got "vendor"; list all parameters of one CloudFormation stack in one override; for stacks of the same name in two accounts, set `allowedAccountIds` of both providers',
    );
    expect(synthesize({ allowedAccountIds: ["111122223333"] })).not.toThrow();
    expect(synthesize({ region: "eu-west-1" })).not.toThrow();
    expect(synthesize({ profile: "other-account" })).not.toThrow();
    expect(synthesize({}, "${var.stack}")).not.toThrow();
  });

  test("fails beside a cache, which Terraform could not destroy, and names the cache once", () => {
    const stack = stackIn("us-east-1");
    new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
    overrideIn(stack);
    expect(messageOf(() => App.of(stack).synth())).toContain('beside the override, got ["stack/cache"]; ');
  });
});

describe("bad input", () => {
  test.each<[string, object, string]>([
    [
      "an ARN for a name",
      { stackName: "arn:aws:cloudformation:us-east-1:111122223333:stack/vendor/1" },
      '`stackName` must be a stack name: a letter, then letters, digits and hyphens, at most 128 characters, got "arn:aws:cloudformation:us-east-1:111122223333:stack/vendor/1"; use the name that CloudFormation shows, not the ARN',
    ],
    ["a name that is too long", { stackName: "v".repeat(129) }, "`stackName` must be a stack name"],
    [
      "a stack of a stack set",
      { stackName: "StackSet-agent-0a1b" },
      '`stackName` must not belong to a stack set, whose next operation would overwrite the parameters, got "StackSet-agent-0a1b"; change the parameter in the stack set',
    ],
    [
      "a capability that is none",
      { capabilities: ["CAPABILITY_ADMIN"] },
      '`capabilities[0]` must be one of CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND, got "CAPABILITY_ADMIN"; omit those that the stack lists already',
    ],
    [
      "a token for all capabilities",
      { capabilities: Token.asList("${var.capabilities}") },
      "`capabilities` must be a list, got a token; write the list itself: only its elements may be tokens",
    ],
    [
      "no time for an update",
      { updateTimeoutInMinutes: 0 },
      "`updateTimeoutInMinutes` must be an integer of 1 or more, got 0; use whole minutes, enough for the longest update of the stack",
    ],
    [
      "a token for the minutes",
      { updateTimeoutInMinutes: Token.asNumber("${var.minutes}") },
      "`updateTimeoutInMinutes` must be an integer of 1 or more, got a token; use a number, not a token",
    ],
    [
      "a text for what decides the shape",
      { questionMarksAreGenuine: "yes" },
      '`questionMarksAreGenuine` must be true or false, got "yes"; use a literal: it decides what is synthesized',
    ],
    ["no name", { stackName: "" }, "`stackName` must be a stack name"],
    [
      "no parameters",
      { parameters: {} },
      "`parameters` must be an object with at least one parameter, got a value of type object; declare the parameters to change with their values",
    ],
    ["a list of parameters", { parameters: ["image"] }, "`parameters` must be an object with at least one parameter"],
    [
      "a parameter that no template can have",
      { parameters: { "ecr-public": "x" } },
      '`parameters` must have parameter names of letters and digits, got "ecr-public"; copy the name from the template',
    ],
    [
      "an empty value",
      { parameters: { image: "" } },
      '`parameters.image` must not be empty, got ""; set `action` to RESTORE to give a parameter its former value',
    ],
    ["a blank value", { parameters: { image: " \n" } }, "`parameters.image` must not be empty"],
    [
      "a number",
      { parameters: { image: 3 } },
      "`parameters.image` must be a string, got 3; write the value as text, such as `3` or `a,b`",
    ],
    [
      "a pseudo parameter",
      { parameters: { image: "${AWS::AccountId}.dkr" } },
      '`parameters.image` must contain no `${…::…}` of CloudFormation and no `%{`, which Terraform would evaluate, got "${AWS::AccountId}.dkr"; write `$${` or `%%{` for the literal characters',
    ],
    [
      "a directive of Terraform's templates",
      { parameters: { image: "100%{ x" } },
      "`parameters.image` must contain no `${…::…}`",
    ],
    ["a control character", { parameters: { image: "a\0b" } }, "`parameters.image` must contain no control characters"],
    [
      "nothing for a value",
      { parameters: { image: undefined } },
      "`parameters.image` is required; write the value as text",
    ],
    [
      "a value of 4097 bytes",
      { parameters: { image: `${"é".repeat(2048)}x` } },
      `\`parameters.image\` must be at most 4096 bytes long, got "${"é".repeat(20)}…"; shorten it`,
    ],
    [
      "a strategy that is none",
      { strategy: "cli" },
      '`strategy` must be one of ADOPT, AWS_CLI, got "cli"; omit it for ADOPT',
    ],
    [
      "a template's URL that is not S3's",
      { templateUrl: "https://example.com/template.yaml" },
      '`templateUrl` must be the https URL of an object in S3, without a signature, got "https://example.com/template.yaml"; upload the template to an S3 bucket',
    ],
    [
      "a signed URL",
      { templateUrl: "https://b.s3.amazonaws.com/t?X-Amz-Signature=abc" },
      '`templateUrl` must be the https URL of an object in S3, without a signature, got "https://b.s3.amazonaws.com/t?…"',
    ],
    [
      "a token for what decides the shape",
      { importBlock: Token.asAny("${var.imports}") },
      "`importBlock` must be true or false, got a token; use a literal: it decides what is synthesized",
    ],
    [
      "an action that is none",
      { action: "UNDO" },
      '`action` must be one of SET, RESTORE, FORGET, got "UNDO"; omit it for SET',
    ],
    [
      "a token for the action",
      { action: Token.asAny("${var.action}") },
      "`action` must be one of SET, RESTORE, FORGET, got a token; omit it for SET",
    ],
    [
      "a misspelt prop",
      { paramters: {} },
      "`paramters` is not a property of StackParameterOverride; did you mean `parameters`?",
    ],
    ["a region", { region: "eu-west-1" }, "`region` must not be set with @cdktf/provider-aws 20"],
  ])("fails on %s", (_, props, message) => {
    expect(errorOf(props)).toContain(`stack/override: ${message}`);
  });

  test("fails on an access token without showing it", () => {
    const message = errorOf({ parameters: { image: "ghp_0123456789abcdefghij" } });
    expect(message).toContain("`parameters.image` must contain no access token");
    expect(message).not.toContain("0123456789");
  });

  test.each([
    ["an access token beside an expression", "x ${var.a} ghp_0123456789abcdefghij", "must contain no access token"],
    [
      "an access token in a token of cdktf",
      Lazy.stringValue({ produce: () => "ghp_0123456789abcdefghij" }),
      "must contain no access token",
    ],
    ["nothing in a token of cdktf", Lazy.stringValue({ produce: () => undefined }), "is required"],
    ["an empty token of cdktf", Lazy.stringValue({ produce: () => "" }), "must not be empty"],
  ])("fails on %s at the latest when it is synthesized", (_, image, rule) => {
    const message = messageOf(() => {
      const stack = stackIn("us-east-1");
      overrideIn(stack, { parameters: { image } });
      App.of(stack).synth();
    });
    expect(message).toContain(`\`parameters.image\` ${rule}`);
    expect(message).not.toContain("0123456789");
  });

  test("fails on a provider that ignores tags, given or the stack's own, when it adopts the stack", () => {
    const rule =
      '`provider` must have no `ignoreTags`, got "stack/aws"; use an AwsProvider without them: an update removes the tags that the provider ignores';
    const synthesize = (strategy: OverrideStrategy, alias?: string) => () => {
      const stack = new TerraformStack(testApp(), "stack");
      const provider = new AwsProvider(stack, "aws", {
        region: "us-east-1",
        alias,
        ignoreTags: [{ keys: ["vendor"] }],
      });
      overrideIn(stack, { strategy, provider: alias === undefined ? undefined : provider });
      App.of(stack).synth();
    };
    expect(messageOf(synthesize(OverrideStrategy.ADOPT))).toContain(rule);
    expect(messageOf(synthesize(OverrideStrategy.ADOPT, "hiding"))).toContain(rule);
    expect(synthesize(OverrideStrategy.AWS_CLI)).not.toThrow();
  });

  test("gives another stack a former value through its state", () => {
    const app = testApp();
    const [vendor, other] = ["vendor", "other"].map((id) => new TerraformStack(app, id)) as [
      TerraformStack,
      TerraformStack,
    ];
    [vendor, other].forEach((stack) => new AwsProvider(stack, "aws", { region: "us-east-1" }));
    const override = overrideIn(vendor);
    new TerraformOutput(other, "was", { value: override.previousValue("image") });
    app.synth();
    expect(only(synthesized(other), "terraform_remote_state")["backend"]).toBe("local");
  });

  test("takes values of 4096 bytes, and strings that only look empty to cdktf", () => {
    const image = Lazy.stringValue({ produce: () => "x" });
    expect(json({ parameters: { long: "é".repeat(2048), image } })["locals"]).toMatchObject({ given: { image: "x" } });
  });

  test("fails on an access token for a parameter's name with one error that does not show it", () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    const message = messageOf(() => overrideIn(stackIn("us-east-1"), { parameters: { [token]: 5 as never } }));
    expect(message).toContain("`parameters` must ");
    expect(message).not.toContain(token);
  });

  test("fails outside of a stack, with every error at once, and adds no construct", () => {
    expect(messageOf(() => new StackParameterOverride(testApp(), "override", PROPS))).toContain(
      "override: `scope` must be a TerraformStack or a construct inside one",
    );
    const stack = stackIn("us-east-1");
    expect(messageOf(() => overrideIn(stack, { stackName: "1", parameters: {} }))).toContain("2 validation errors");
    expect(stack.node.tryFindChild("override")).toBeUndefined();
    overrideIn(stack);
  });

  test("fails in HCL, in which cdktf cannot write removed blocks", () => {
    const stack = stackIn("us-east-1");
    overrideIn(stack);
    expect(messageOf(() => stack.toHclTerraform())).toBe(
      "stack/override: `hclOutput` must not be set in an app with this construct, got true; synthesize to JSON: the HCL output has no removed blocks, without which Terraform would delete the stack",
    );
  });

  test("fails when every provider of the stack has an alias and none is given", () => {
    const stack = new TerraformStack(testApp(), "stack");
    new AwsProvider(stack, "europe", { region: "eu-west-1", alias: "europe" });
    overrideIn(stack);
    expect(messageOf(() => App.of(stack).synth())).toContain("[stack/override] `provider` is required");
  });
});
