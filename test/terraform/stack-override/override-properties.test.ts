// Over stacks of all kinds: an override changes the parameters that it names and nothing else, and RESTORE reverts that.
import {
  CloudFormationClient,
  GetStackPolicyCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import type { CreateStackCommandInput, Stack, Tag } from "@aws-sdk/client-cloudformation";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { OverrideAction, OverrideStrategy, StackParameterOverride } from "cdktf-ecr-pull-through-cache";
import type { StackParameterOverrideProps } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { snakeCase } from "../../../modules/generator/hcl";
import { clientConfig } from "../../local-aws/clients";
import {
  createStack,
  createStackByChangeSet,
  describeStack,
  parametersOf,
  updateStack,
} from "../../local-aws/cloudformation/vendor-stacks";
import { ACCOUNT } from "../../local-aws/server";
import { HERE, overriding } from "../../support/overriding";
import { synthesized } from "../../support/synthesis";
import { configuration, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const { ADOPT, AWS_CLI } = OverrideStrategy;
const AUTO_EXPAND = "CAPABILITY_AUTO_EXPAND";
const CAPABILITIES = { none: [], unnamed: ["CAPABILITY_IAM"], named: ["CAPABILITY_NAMED_IAM"] } as const;
const POLICY = JSON.stringify({
  Statement: [{ Effect: "Deny", Action: "Update:Replace", Principal: "*", Resource: "*" }],
});
const ALARM = { Arn: arn("cloudwatch", "alarm:vendor"), Type: "AWS::CloudWatch::Alarm" };

function arn(service: string, name: string): string {
  return `arn:aws:${service}:${HERE.region}:${ACCOUNT}:${name}`;
}

/** A parameter of a stack, with the value to give it where it is overridden. */
interface Setting {
  readonly name: string;
  readonly declaration: { readonly Type: string; readonly Default?: string | number; readonly NoEcho?: boolean };
  readonly value: string;
  readonly override: string | undefined;
}

/** A stack of a vendor, and how it is overridden. */
interface Vendor {
  readonly strategy: OverrideStrategy;
  readonly form: "JSON" | "YAML";
  readonly description: string;
  readonly settings: readonly Setting[];
  readonly role: keyof typeof CAPABILITIES;
  /** Whether the template runs macros, and whether the stack lists that as acknowledged. */
  readonly macros: "none" | "listed" | "unlisted";
  /** Whether the template is sent by its URL. */
  readonly hasUrl: boolean;
  readonly tags: readonly Tag[];
  readonly topics: readonly string[];
  readonly hasServiceRole: boolean;
  readonly timeout: number | undefined;
  readonly hasAlarm: boolean;
  readonly hasPolicy: boolean;
  readonly isProtected: boolean;
}

// Text with all that shells, Terraform, JSON, YAML and XML take for their own.
const FRAGMENTS = [
  ...["a", "Z", "0", " ", "\t", "\n", ..."'\"\\`*#&<>=,;:|~!?(){}[]@é"],
  ...["日本", "🚀", "$(id)", "`id`", "${x}", "%{ if }", "$x", "--", "null", "None"],
];
const text = fc
  .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""))
  // Two asterisks stand for a value that is hidden.
  .filter((value) => value.trim() !== "" && !/^\*{2,}$/.test(value));
const nameInSsm = fc.constantFrom("/team/image", "/team/other", "/é/?");
const VALUES: { readonly [type: string]: fc.Arbitrary<string> } = {
  String: text,
  Number: fc.constantFrom("0", "7", "007", "1.50", "-3"),
  CommaDelimitedList: fc.array(fc.constantFrom("a", " b", "c d", "é"), { minLength: 1, maxLength: 3 }).map(String),
  "AWS::SSM::Parameter::Value<String>": nameInSsm,
  "AWS::SSM::Parameter::Value<List<String>>": nameInSsm,
};
// Words of HCL and what begins with a digit are names of parameters, too.
const NAMES = ["image", "for", "null", "1a", "0", "PATH", "k8sVersion", "each"];

function settingOf(name: string, strategy: OverrideStrategy): fc.Arbitrary<Setting> {
  return fc.constantFrom(...Object.keys(VALUES)).chain((Type) => {
    const given = VALUES[Type] ?? text;
    const stored = Type === "String" || Type === "CommaDelimitedList" ? fc.oneof(given, fc.constant("")) : given;
    return fc
      .record({
        value: stored,
        default: fc.option(Type === "Number" ? fc.constantFrom(0, 7, "1.50") : stored, { nil: undefined }),
        isHidden: strategy === AWS_CLI ? fc.boolean() : fc.constant(false),
        override: fc.option(given, { nil: undefined }),
      })
      .map(({ value, isHidden, ...others }) => {
        const override = isHidden || others.override === value ? undefined : others.override;
        // The provider can only leave out what was empty, which is then its default.
        const Default = strategy === ADOPT && override !== undefined && value === "" ? "" : others.default;
        const declaration = { Type, ...(Default === undefined ? {} : { Default }) };
        return { name, declaration: isHidden ? { ...declaration, NoEcho: true } : declaration, value, override };
      });
  });
}

function vendorOf(strategy: OverrideStrategy): fc.Arbitrary<Vendor> {
  return (
    fc
      .record({
        strategy: fc.constant(strategy),
        form: fc.constantFrom("JSON", "YAML"),
        description: fc.constantFrom("An agent", 'Is it: <ours> & "theirs"?', "Scan — read only", "日本 🚀"),
        settings: fc
          .subarray(NAMES, { minLength: 3 })
          .chain((names) => fc.tuple(...names.map((name) => settingOf(name, strategy))))
          .filter((settings) => settings.some(({ override }) => override !== undefined)),
        role: fc.constantFrom("none", "unnamed", "named"),
        macros: fc.constantFrom("none", "none", "listed", "unlisted"),
        hasUrl: strategy === ADOPT ? fc.constantFrom(false, false, true) : fc.constant(false),
        tags: fc.uniqueArray(
          fc.record({
            Key: fc.constantFrom("team", "a b", "é", "why?"),
            Value: fc.constantFrom("", "x = y", "日本", "?"),
          }),
          { selector: ({ Key }) => Key, maxLength: 3 },
        ),
        topics: fc.subarray([arn("sns", "stacks"), arn("sns", "others")]),
        hasServiceRole: fc.boolean(),
        timeout: fc.constantFrom(undefined, 15),
        hasAlarm: fc.boolean(),
        hasPolicy: fc.boolean(),
        isProtected: fc.boolean(),
      } satisfies { readonly [name in keyof Vendor]: fc.Arbitrary<Vendor[name]> })
      // What is not ASCII is kept by the AWS CLI, and by the URL of the template.
      .map((vendor) => (strategy === ADOPT && !vendor.hasUrl ? withAsciiTemplate(vendor) : vendor))
  );
}

function withAsciiTemplate(vendor: Vendor): Vendor {
  const ascii = (value: string): string => value.replace(/[^\0-\x7f]/gu, "x");
  return {
    ...vendor,
    description: ascii(vendor.description),
    settings: vendor.settings.map(({ declaration: { Default, ...others }, ...setting }) => ({
      ...setting,
      declaration: { ...others, Default: typeof Default === "string" ? ascii(Default) : Default },
    })),
  };
}

/** The template of a vendor's stack; `hides` says whether it has NoEcho parameters. */
function templateOf({ form, description, settings, role, macros }: Vendor, hides = true): string {
  const content = {
    Description: description,
    ...(macros === "none" ? {} : { Transform: "AWS::LanguageExtensions" }),
    Parameters: Object.fromEntries(
      settings.map(({ name, declaration: { NoEcho, ...others } }) => [
        name,
        NoEcho === true && hides ? { ...others, NoEcho } : others,
      ]),
    ),
    Resources: {
      It: { Type: "AWS::SNS::Topic" },
      ...(role === "none" ? {} : { Role: { Type: "AWS::IAM::Role", Properties: {} } }),
      ...(role === "named" ? { Named: { Type: "AWS::IAM::Role", Properties: { RoleName: "vendor" } } } : {}),
    },
  };
  return form === "JSON"
    ? JSON.stringify(content, undefined, 2)
    : `# By the vendor\n${stringify(content)}Outputs:\n  Name: { Value: !GetAtt It.TopicName }\n`;
}

// A seed whose stacks are of all kinds.
const SEED = 8;
const ADOPTED = fc.sample(vendorOf(ADOPT), { numRuns: 13, seed: SEED });
const UPDATED = fc.sample(vendorOf(AWS_CLI), { numRuns: 5, seed: SEED });

/** What some of the stacks must be, so that all of this is tried. */
const KINDS: { readonly [kind: string]: (vendor: Vendor) => boolean } = {
  "adopted with its template in JSON": ({ strategy, form, hasUrl }) => strategy === ADOPT && form === "JSON" && !hasUrl,
  "adopted with its template in YAML": ({ strategy, form, hasUrl }) => strategy === ADOPT && form === "YAML" && !hasUrl,
  "adopted, with macros to acknowledge": ({ strategy, macros }) => strategy === ADOPT && macros === "unlisted",
  "adopted, with macros that are acknowledged": ({ strategy, macros }) => strategy === ADOPT && macros === "listed",
  "adopted by URL, and not ASCII": (vendor) => vendor.hasUrl && /[^\0-\x7f]/.test(templateOf(vendor)),
  "by the AWS CLI, with macros to acknowledge": ({ strategy, macros }) => strategy === AWS_CLI && macros === "unlisted",
  "by the AWS CLI, with macros that are acknowledged": ({ strategy, macros }) =>
    strategy === AWS_CLI && macros === "listed",
  "by the AWS CLI, with NoEcho parameters": ({ settings }) =>
    settings.some(({ declaration, value }) => declaration.NoEcho === true && value !== ""),
  "by the AWS CLI, and not ASCII": (vendor) => vendor.strategy === AWS_CLI && /[^\0-\x7f]/.test(templateOf(vendor)),
  "with a named role": ({ role }) => role === "named",
  "with a role without a name": ({ role }) => role === "unnamed",
  "with tags": ({ tags }) => tags.length > 1,
  "with topics": ({ topics }) => topics.length > 1,
  "with a service role": ({ hasServiceRole }) => hasServiceRole,
  "with a timeout": ({ timeout, macros }) => timeout !== undefined && macros !== "unlisted",
  "with an alarm": ({ hasAlarm }) => hasAlarm,
  "with a stack policy": ({ hasPolicy, macros }) => hasPolicy && macros !== "unlisted",
  "with termination protection": ({ isProtected }) => isProtected,
  "without termination protection": ({ isProtected }) => !isProtected,
  "with an empty parameter that is overridden": ({ settings }) =>
    settings.some(({ value, override }) => value === "" && override !== undefined),
  "with an empty parameter that is not": ({ settings }) =>
    settings.some(({ value, override }) => value === "" && override === undefined),
  ...Object.fromEntries(
    Object.keys(VALUES).map((Type) => [
      `with a parameter of ${Type} that is overridden`,
      ({ settings }: Vendor) =>
        settings.some(({ declaration, override }) => declaration.Type === Type && override !== undefined),
    ]),
  ),
};

// Tests that run at once start before the hooks of their block.
const aws = useLocalAws();
const { newName, workspace } = overriding(aws);
let client: CloudFormationClient;

beforeAll(() => {
  client = new CloudFormationClient(clientConfig(aws, HERE));
});

/** A stack that is there, of a vendor. */
interface VendorStack extends Vendor {
  readonly stackName: string;
}

const urlOf = (stackName: string): string => `https://templates.s3.us-east-1.amazonaws.com/${stackName}`;

async function created(vendor: Vendor): Promise<VendorStack> {
  const StackName = newName();
  const input: CreateStackCommandInput = {
    StackName,
    TemplateBody: templateOf(vendor),
    Parameters: vendor.settings.map(({ name, value }) => ({ ParameterKey: name, ParameterValue: value })),
    Capabilities: [...CAPABILITIES[vendor.role]],
    Tags: [...vendor.tags],
    NotificationARNs: [...vendor.topics],
    RoleARN: vendor.hasServiceRole ? `arn:aws:iam::${ACCOUNT}:role/deployer` : undefined,
    RollbackConfiguration: vendor.hasAlarm ? { MonitoringTimeInMinutes: 7, RollbackTriggers: [ALARM] } : undefined,
  };
  if (vendor.macros === "unlisted") {
    await createStackByChangeSet(aws, HERE, input);
  } else {
    await createStack(aws, HERE, {
      ...input,
      Capabilities: [...CAPABILITIES[vendor.role], ...(vendor.macros === "listed" ? ([AUTO_EXPAND] as const) : [])],
      TimeoutInMinutes: vendor.timeout,
      StackPolicyBody: vendor.hasPolicy ? POLICY : undefined,
    });
  }
  const EnableTerminationProtection = vendor.isProtected;
  await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection }));
  aws.cloudFormation.putObject(urlOf(StackName), templateOf(vendor));
  return { ...vendor, stackName: StackName };
}

/** The values to give, by the names of the parameters. */
function overridesOf({ settings }: Vendor): { readonly [name: string]: string } {
  return Object.fromEntries(
    settings.flatMap(({ name, override }) => (override === undefined ? [] : [[name, override] as const])),
  );
}

/** The override of a stack. */
function propsOf(stack: VendorStack, action: OverrideAction): StackParameterOverrideProps {
  const { stackName, strategy, settings, hasUrl, macros, tags } = stack;
  const sentBack = [
    ...settings.filter(({ override }) => override === undefined).map(({ value }) => value),
    ...tags.map(({ Key = "", Value = "" }) => `${Key}${Value}`),
    hasUrl ? "" : templateOf(stack),
  ];
  const asLiteral = (value: string): string => value.replace(/[$%](?=\{)/g, (sign) => `${sign}${sign}`);
  return {
    stackName,
    parameters: Object.fromEntries(Object.entries(overridesOf(stack)).map(([name, value]) => [name, asLiteral(value)])),
    strategy,
    action,
    ...(hasUrl ? { templateUrl: urlOf(stackName) } : {}),
    ...(strategy === ADOPT && macros === "unlisted" ? { capabilities: [AUTO_EXPAND] } : {}),
    ...(strategy === ADOPT && sentBack.join("").includes("?") ? { questionMarksAreGenuine: true } : {}),
  };
}

/** A stack as its vendor knows it: all of it but its status and the time of its last update. */
interface Observed {
  readonly stack: Partial<Stack>;
  readonly parameters: { readonly [name: string]: string };
  readonly capabilities: readonly string[];
  readonly template: unknown;
  readonly policy: string | undefined;
}

async function observed({ stackName, strategy, form, hasUrl }: VendorStack): Promise<Observed> {
  const stack = await describeStack(aws, HERE, stackName);
  const { StackId = "", Capabilities = [], Tags = [], NotificationARNs = [] } = stack;
  const template = aws.cloudFormation.templateOf(StackId);
  const isRewritten = strategy === ADOPT && form === "JSON" && !hasUrl;
  return {
    stack: {
      ...stack,
      ...{ StackStatus: undefined, LastUpdatedTime: undefined, Parameters: undefined, Capabilities: undefined },
      Tags: [...Tags].sort((one, other) => ((one.Key ?? "") < (other.Key ?? "") ? -1 : 1)),
      NotificationARNs: [...NotificationARNs].sort(),
    },
    parameters: parametersOf(stack),
    capabilities: [...Capabilities].sort(),
    // The provider lays out JSON anew.
    template: isRewritten ? (JSON.parse(template) as object) : template,
    policy: (await client.send(new GetStackPolicyCommand({ StackName: stackName }))).StackPolicyBody,
  };
}

/** A stack with other values of parameters; its macros are acknowledged by every update. */
function updated(before: Observed, parameters: { readonly [name: string]: string }, { macros }: Vendor): Observed {
  return {
    ...before,
    parameters: { ...before.parameters, ...parameters },
    capabilities: [...new Set([...before.capabilities, ...(macros === "none" ? [] : [AUTO_EXPAND])])].sort(),
  };
}

/** Overrides stacks, restores them, and compares; `json` is the configuration. */
async function overrideAndRestore(
  stacks: readonly VendorStack[],
  json: (action: OverrideAction) => object,
): Promise<void> {
  const before = await Promise.all(stacks.map(observed));
  const made = await workspace(json(OverrideAction.SET));
  for (const action of [OverrideAction.SET, OverrideAction.RESTORE]) {
    made.write("main.tf.json", JSON.stringify(json(action)));
    // All stacks at once: the provider waits after each update.
    await made.run(["apply", "-input=false", "-no-color", "-auto-approve", "-parallelism=100"]);
    const expected = before.map((was, at) => {
      const vendor = stacks[at] as Vendor;
      return updated(was, action === OverrideAction.RESTORE ? {} : overridesOf(vendor), vendor);
    });
    expect(await Promise.all(stacks.map(observed))).toEqual(expected);
    expect(await made.isUpToDate()).toBe(true);
  }
  for (const stack of stacks) {
    await expectHiddenValues(stack);
  }
  expect(aws.requests.filter(({ operation }) => operation === "DeleteStack")).toEqual([]);
}

/** Compares the values of NoEcho parameters, which a template without NoEcho shows. */
async function expectHiddenValues(stack: VendorStack): Promise<void> {
  const { stackName: StackName, settings } = stack;
  if (settings.some(({ declaration: { NoEcho } }) => NoEcho)) {
    const TemplateBody = templateOf(stack, false);
    const shown = await updateStack(aws, HERE, {
      StackName,
      TemplateBody,
      Capabilities: ["CAPABILITY_NAMED_IAM", AUTO_EXPAND],
    });
    expect(parametersOf(shown)).toEqual(Object.fromEntries(settings.map(({ name, value }) => [name, value])));
  }
}

/** A configuration that calls the module for each stack, and imports those that are adopted. */
function calls(stacks: readonly VendorStack[], action: OverrideAction): object {
  const adopted = stacks.filter(({ strategy }) => strategy === ADOPT);
  return {
    ...configuration(),
    module: Object.fromEntries(
      stacks.map((stack) => {
        const inputs = Object.entries(propsOf(stack, action)).map(([name, value]) => [
          snakeCase(name),
          value as unknown,
        ]);
        return [stack.stackName, { source: "./modules/stack-parameter-override", ...Object.fromEntries(inputs) }];
      }),
    ),
    import: adopted.map(({ stackName }) => ({
      to: `module.${stackName}.aws_cloudformation_stack.adopted[0]`,
      id: stackName,
    })),
  };
}

/** A program with the construct for one stack. */
function program(vendor: VendorStack, action: OverrideAction): object {
  const stack = new TerraformStack(Testing.app(), "stack");
  new AwsProvider(stack, "aws", { region: HERE.region });
  new StackParameterOverride(stack, "override", propsOf(vendor, action));
  return synthesized(stack);
}

describeWithTerraform("an override that is set and restored", () => {
  test("is tried with stacks of all kinds", () => {
    const kinds = Object.keys(KINDS);
    expect(kinds.filter((kind) => ![...ADOPTED, ...UPDATED].some((vendor) => KINDS[kind]?.(vendor)))).toEqual([]);
  });

  test.concurrent("by the module, changes what it names and nothing else", async () => {
    const stacks = await Promise.all([...ADOPTED.slice(3), ...UPDATED.slice(1)].map(created));
    await overrideAndRestore(stacks, (action) => calls(stacks, action));
  });

  test.concurrent.each([...ADOPTED.slice(0, 3), ...UPDATED.slice(0, 1)])(
    "by the construct, changes what it names and nothing else, with stack $# by $strategy",
    async (vendor) => {
      const stack = await created(vendor);
      await overrideAndRestore([stack], (action) => program(stack, action));
    },
  );
});
