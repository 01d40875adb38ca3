import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetStackPolicyCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  paginateDescribeStackEvents,
  paginateDescribeStacks,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackRollbackComplete,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import type { Parameter, TemplateStage } from "@aws-sdk/client-cloudformation";
import { Sdk, pagesOf } from "../clients";
import { ACCOUNT } from "../server";

const StackName = "images";
const INVALID = "ValidationError";
const OBJECT_URL = "https://templates.s3.us-east-1.amazonaws.com/images.json";
const QUEUE = { Resources: { Queue: { Type: "AWS::SQS::Queue" } } };
const NO_ECHO_TOKEN = template({ Token: { Type: "String", NoEcho: true } });
const PLAIN_TOKEN = template({ Token: { Type: "String" } });
const AUTO_EXPAND = "CAPABILITY_AUTO_EXPAND";
const SAM = "AWS::Serverless-2016-10-31";
const INCLUDE = "AWS::Include";
/** Templates that run macros: where they say so, and which macros. */
const MACROS: readonly (readonly [string, string, readonly string[]])[] = [
  ["the whole template", JSON.stringify({ Transform: SAM, ...QUEUE }), [SAM]],
  ["the whole template, several", JSON.stringify({ Transform: [SAM, "Own"], ...QUEUE }), [SAM, "Own"]],
  ["a part of it", JSON.stringify({ ...QUEUE, Mappings: { "Fn::Transform": { Name: INCLUDE } } }), [INCLUDE]],
  ["a part in the short form", "Resources: { Queue: !Transform { Name: AWS::Include } }\n", [INCLUDE]],
];

let sdk: Sdk;
let client: CloudFormationClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(CloudFormationClient);
});
afterEach(() => sdk.stop());

interface Declaration {
  readonly Type: string;
  readonly [constraint: string]: unknown;
}

interface Values {
  readonly [parameter: string]: string | typeof PREVIOUS;
}

const PREVIOUS = Symbol("the previous value");

type CreateInput = Partial<CreateStackCommand["input"]>;
type UpdateInput = Partial<UpdateStackCommand["input"]>;

function template(parameters: { readonly [name: string]: Declaration }) {
  return JSON.stringify({ Parameters: parameters, ...QUEUE });
}

function withResource(type: string, properties?: object) {
  return JSON.stringify({ Resources: { Thing: { Type: type, Properties: properties } } });
}

function ofLength(length: number) {
  const empty = JSON.stringify({ Description: "", ...QUEUE });
  return JSON.stringify({ Description: "x".repeat(length - empty.length), ...QUEUE });
}

function parameters(values: Values): Parameter[] {
  return Object.entries(values).map(([ParameterKey, value]) =>
    value === PREVIOUS ? { ParameterKey, UsePreviousValue: true } : { ParameterKey, ParameterValue: value },
  );
}

async function settled() {
  for (;;) {
    const [stack] = (await client.send(new DescribeStacksCommand({ StackName }))).Stacks ?? [];
    if (stack?.StackStatus?.endsWith("_IN_PROGRESS") !== true) {
      return stack;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Does what the test will not see under way: it is done when the stack is next described. */
async function withoutDelay<T>(action: () => Promise<T>): Promise<T> {
  const { cloudFormation } = sdk.aws;
  const { duration } = cloudFormation;
  cloudFormation.duration = 0;
  try {
    return await action();
  } finally {
    cloudFormation.duration = duration;
  }
}

async function create(TemplateBody: string | undefined, values: Values = {}, more: CreateInput = {}) {
  const input = { StackName, TemplateBody, Parameters: parameters(values), ...more };
  const { StackId } = await withoutDelay(() => client.send(new CreateStackCommand(input)));
  await settled();
  return StackId ?? "";
}

function startUpdate(TemplateBody: string | undefined, values: Values = {}, more: UpdateInput = {}) {
  const body = TemplateBody === undefined ? { UsePreviousTemplate: true } : { TemplateBody };
  return client.send(new UpdateStackCommand({ StackName, ...body, Parameters: parameters(values), ...more }));
}

async function update(TemplateBody: string | undefined, values: Values = {}, more: UpdateInput = {}) {
  await withoutDelay(() => startUpdate(TemplateBody, values, more));
  return settled();
}

function createChangeSet(TemplateBody: string, more: Partial<CreateChangeSetCommand["input"]> = {}) {
  const input = { StackName, TemplateBody, ChangeSetName: "creation", ChangeSetType: "CREATE" as const, ...more };
  return client.send(new CreateChangeSetCommand(input));
}

function executeChangeSet() {
  return client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName: "creation" }));
}

async function shownTemplate(stage?: TemplateStage) {
  return (await client.send(new GetTemplateCommand({ StackName, TemplateStage: stage }))).TemplateBody ?? "";
}

async function shownValues(): Promise<{ [parameter: string]: string }> {
  const stack = await settled();
  return Object.fromEntries(
    (stack?.Parameters ?? []).map(({ ParameterKey = "", ParameterValue = "" }) => [ParameterKey, ParameterValue]),
  );
}

describe("a stack", () => {
  test("is created, and described with what the caller said", async () => {
    const RoleARN = `arn:aws:iam::${ACCOUNT}:role/deployer`;
    const NotificationARNs = [`arn:aws:sns:us-east-1:${ACCOUNT}:stacks`];
    const Tags = [{ Key: "team", Value: "platform" }];
    const id = await create(
      template({ Size: { Type: "Number" } }),
      { Size: "2" },
      { RoleARN, NotificationARNs, Tags, TimeoutInMinutes: 5, Capabilities: ["CAPABILITY_IAM"] },
    );
    expect(id).toMatch(new RegExp(`^arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/images/[0-9a-f-]{36}$`));
    expect(await settled()).toMatchObject({
      StackId: id,
      StackName,
      StackStatus: "CREATE_COMPLETE",
      CreationTime: expect.any(Date) as Date,
      Parameters: [{ ParameterKey: "Size", ParameterValue: "2" }],
      Tags,
      RoleARN,
      NotificationARNs,
      TimeoutInMinutes: 5,
      Capabilities: ["CAPABILITY_IAM"],
      EnableTerminationProtection: false,
    });
  });

  test("is in progress before it is complete, as its events say, the latest first", async () => {
    await client.send(new CreateStackCommand({ StackName, TemplateBody: template({}) }));
    const started = await client.send(new DescribeStacksCommand({ StackName }));
    expect(started.Stacks).toMatchObject([{ StackStatus: "CREATE_IN_PROGRESS" }]);
    await settled();
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    expect(StackEvents.map(({ ResourceStatus }) => ResourceStatus)).toEqual(["CREATE_COMPLETE", "CREATE_IN_PROGRESS"]);
  });

  test("is listed with the others of its account and region", async () => {
    await create(template({}));
    await client.send(new CreateStackCommand({ StackName: "other", TemplateBody: template({}) }));
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
    expect(Stacks.map((stack) => stack.StackName).sort()).toEqual(["images", "other"]);
    const elsewhere = await sdk.client(CloudFormationClient, { region: "eu-west-1" }).send(new DescribeStacksCommand());
    expect(elsewhere.Stacks ?? []).toEqual([]);
  });

  test("refuses a name that another stack has", async () => {
    await create(template({}));
    await expect(create(template({}))).rejects.toMatchObject({ name: "AlreadyExistsException" });
  });

  test.each(["1st", "two words", "a_b"])("refuses the name %s", async (name) => {
    await expect(create(template({}), {}, { StackName: name })).rejects.toMatchObject({ name: INVALID });
  });

  test("has a name of 128 characters at most", async () => {
    const create = (length: number) =>
      client.send(new CreateStackCommand({ StackName: "x".repeat(length), TemplateBody: template({}) }));
    await expect(create(129)).rejects.toMatchObject({ name: INVALID });
    await create(128);
  });

  test("fails to be described or updated when it is not there", async () => {
    await expect(settled()).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining("does not exist") as string,
    });
    await expect(startUpdate(template({}))).rejects.toMatchObject({ name: INVALID });
  });
});

describe("a parameter", () => {
  const withDefault = template({ Size: { Type: "String", Default: "small" }, Zone: { Type: "String", Default: "a" } });

  test("that is omitted takes the template's default, silently, whatever it was before", async () => {
    await create(withDefault, { Size: "large" });
    expect(await shownValues()).toEqual({ Size: "large", Zone: "a" });
    await update(undefined, { Zone: "b" });
    expect(await shownValues()).toEqual({ Size: "small", Zone: "b" });
  });

  test("that is omitted and has no default fails, on creation and on update", async () => {
    const required = template({ Size: { Type: "String" }, Zone: { Type: "String" } });
    const error = { name: INVALID, message: "Parameters: [Size, Zone] must have values" };
    await expect(create(required)).rejects.toMatchObject(error);
    await create(required, { Size: "large", Zone: "a" });
    await expect(startUpdate(undefined, { Size: "small" })).rejects.toMatchObject({
      name: INVALID,
      message: "Parameters: [Zone] must have values",
    });
  });

  test("keeps its value when the caller says so", async () => {
    await create(withDefault, { Size: "large", Zone: "b" });
    await update(undefined, { Size: PREVIOUS, Zone: "c" });
    expect(await shownValues()).toEqual({ Size: "large", Zone: "c" });
  });

  test("has a value or the previous one, not both", async () => {
    await create(withDefault);
    const both = [{ ParameterKey: "Size", ParameterValue: "large", UsePreviousValue: true }];
    await expect(startUpdate(undefined, {}, { Parameters: both })).rejects.toMatchObject({ name: INVALID });
  });

  test("may be empty", async () => {
    await create(withDefault, { Size: "" });
    expect(await shownValues()).toEqual({ Size: "", Zone: "a" });
  });

  test("that the template does not declare is refused", async () => {
    const error = { name: INVALID, message: "Parameters: [Colour] do not exist in the template" };
    await expect(create(withDefault, { Colour: "red" })).rejects.toMatchObject(error);
    await create(withDefault);
    await expect(startUpdate(undefined, { Colour: "red" })).rejects.toMatchObject(error);
  });

  test("with NoEcho reads back as ****", async () => {
    await create(NO_ECHO_TOKEN, { Token: "s3cret" });
    expect(await shownValues()).toEqual({ Token: "****" });
    await update(undefined, { Token: "0ther" });
    expect(await shownValues()).toEqual({ Token: "****" });
  });

  test("with NoEcho keeps its value when the caller says so, which a template without NoEcho shows", async () => {
    await create(NO_ECHO_TOKEN, { Token: "s3cret" });
    await update(PLAIN_TOKEN, { Token: PREVIOUS });
    expect(await shownValues()).toEqual({ Token: "s3cret" });
  });

  test("with NoEcho becomes **** when that is sent back, and its value is lost", async () => {
    await create(NO_ECHO_TOKEN, { Token: "s3cret" });
    await update(undefined, await shownValues());
    await update(PLAIN_TOKEN, { Token: PREVIOUS });
    expect(await shownValues()).toEqual({ Token: "****" });
    await update(PLAIN_TOKEN, { Token: "0ther" });
    expect(await shownValues()).toEqual({ Token: "0ther" });
  });

  test("with NoEcho reads back as the mask that a test has chosen, whatever its length", async () => {
    sdk.aws.cloudFormation.noEchoMask = "*****";
    await create(NO_ECHO_TOKEN, { Token: "s3cret" });
    expect(await shownValues()).toEqual({ Token: "*****" });
    await update(PLAIN_TOKEN, { Token: PREVIOUS });
    expect(await shownValues()).toEqual({ Token: "s3cret" });
  });

  test.each(["true", "yes", "on", "TRUE"])("is masked with NoEcho %j, which is text", async (NoEcho) => {
    await create(template({ Token: { Type: "String", NoEcho } }), { Token: "s3cret" });
    expect(await shownValues()).toEqual({ Token: "****" });
  });

  test("that names one of Systems Manager is shown with its name, and with what that resolves to", async () => {
    const types = ["String", "List<String>", "AWS::EC2::Image::Id"];
    const stored = types.map((type, index) => [`P${index}`, { Type: `AWS::SSM::Parameter::Value<${type}>` }] as const);
    const others = { Name: { Type: "AWS::SSM::Parameter::Name" }, Plain: { Type: "String" } };
    const names = [...stored.map(([name]) => name), ...Object.keys(others)];
    await create(
      template({ ...Object.fromEntries(stored), ...others }),
      Object.fromEntries(names.map((name) => [name, `/team/${name}`])),
    );
    expect((await settled())?.Parameters).toEqual(
      names.map((name) => ({
        ParameterKey: name,
        ParameterValue: `/team/${name}`,
        ...(name in others ? {} : { ResolvedValue: `resolved:/team/${name}` }),
      })),
    );
  });

  test.each<[string, Declaration, string, string]>([
    ["AllowedPattern, from end to end", { Type: "String", AllowedPattern: "[a-z]+" }, "abc", "abc1"],
    ["AllowedPattern with alternatives", { Type: "String", AllowedPattern: "on|off" }, "off", "onoff"],
    ["AllowedValues", { Type: "String", AllowedValues: ["small", "large"] }, "large", "medium"],
    ["AllowedValues that are numbers", { Type: "Number", AllowedValues: [1, 2] }, "2", "3"],
    ["MinLength", { Type: "String", MinLength: 2 }, "ab", "a"],
    ["MaxLength", { Type: "String", MaxLength: "2" }, "ab", "abc"],
    ["the type Number", { Type: "Number" }, "1.5", "one"],
    ["4,096 bytes", { Type: "String" }, "x".repeat(4096), "x".repeat(4097)],
  ])("fails unless it fits %s", async (_name, declaration, good, bad) => {
    const body = template({ Size: declaration });
    await expect(create(body, { Size: bad })).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining("Size") as string,
    });
    await create(body, { Size: good });
    expect(await shownValues()).toEqual({ Size: good });
    await expect(startUpdate(undefined, { Size: bad })).rejects.toMatchObject({ name: INVALID });
  });
});

describe("tags", () => {
  const Tags = [
    { Key: "team", Value: "platform" },
    { Key: "stage", Value: "test" },
  ];
  const body = template({ Size: { Type: "String", Default: "small" } });

  test("stay when an update names none", async () => {
    await create(body, {}, { Tags });
    expect(await update(undefined, { Size: "large" })).toMatchObject({ Tags });
    expect(sdk.aws.requests.find(({ operation }) => operation === "UpdateStack")?.input).not.toHaveProperty("Tags");
  });

  test("are all removed by an empty list, which the client does send", async () => {
    await create(body, {}, { Tags });
    const stack = await update(undefined, { Size: "large" }, { Tags: [] });
    expect(sdk.aws.requests.find(({ operation }) => operation === "UpdateStack")?.input["Tags"]).toBe("");
    expect(stack?.Tags ?? []).toEqual([]);
  });

  test("are replaced as a whole, and alone are an update", async () => {
    await create(body, {}, { Tags });
    const changed = [{ Key: "owner", Value: "images" }];
    expect(await update(undefined, {}, { Tags: changed })).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
      Tags: changed,
    });
  });
});

describe("capabilities", () => {
  const refused = { name: "InsufficientCapabilitiesException" };
  const unnamed = withResource("AWS::IAM::Role", {});
  const named = withResource("AWS::IAM::Role", { RoleName: "reader" });

  test("are not asked for without IAM resources", async () => {
    await create(withResource("AWS::SQS::Queue", { QueueName: "jobs" }));
    expect(await settled()).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
  });

  test("are refused for an unnamed IAM resource until there is one", async () => {
    await expect(create(unnamed)).rejects.toMatchObject(refused);
    expect(sdk.aws.contents()).toEqual([]);
  });

  test.each(["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"] as const)(
    "of an unnamed IAM resource may be %s",
    async (capability) => {
      await create(unnamed, {}, { Capabilities: [capability] });
      expect(await settled()).toMatchObject({ Capabilities: [capability] });
    },
  );

  test.each([
    ["AWS::IAM::Group", "GroupName"],
    ["AWS::IAM::InstanceProfile", "InstanceProfileName"],
    ["AWS::IAM::ManagedPolicy", "ManagedPolicyName"],
    ["AWS::IAM::Role", "RoleName"],
    ["AWS::IAM::User", "UserName"],
  ])("of an %s that has a name must be CAPABILITY_NAMED_IAM", async (type, property) => {
    const body = withResource(type, { [property]: "reader" });
    await expect(create(body)).rejects.toMatchObject(refused);
    await expect(create(body, {}, { Capabilities: ["CAPABILITY_IAM"] })).rejects.toMatchObject(refused);
    await create(body, {}, { Capabilities: ["CAPABILITY_NAMED_IAM"] });
  });

  test("are asked for again by each update", async () => {
    await create(named, {}, { Capabilities: ["CAPABILITY_NAMED_IAM"] });
    const Tags = [{ Key: "team", Value: "platform" }];
    await expect(startUpdate(undefined, {}, { Tags })).rejects.toMatchObject(refused);
    await update(undefined, {}, { Tags, Capabilities: ["CAPABILITY_NAMED_IAM"] });
  });

  test.each(MACROS)("of macros for %s must be CAPABILITY_AUTO_EXPAND, on creation and on update", async (_, body) => {
    const Tags = [{ Key: "team", Value: "platform" }];
    await expect(create(body)).rejects.toMatchObject(refused);
    await expect(create(body, {}, { Capabilities: ["CAPABILITY_NAMED_IAM"] })).rejects.toMatchObject(refused);
    await create(body, {}, { Capabilities: [AUTO_EXPAND] });
    await expect(startUpdate(undefined, {}, { Tags })).rejects.toMatchObject(refused);
    expect(await update(undefined, {}, { Tags, Capabilities: [AUTO_EXPAND] })).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
      Capabilities: [AUTO_EXPAND],
    });
  });

  test.each(MACROS)(
    "of macros for %s are not asked for by a change set, and are by an update of what it made",
    async (_, body) => {
      await createChangeSet(body);
      await executeChangeSet();
      const stack = await settled();
      expect([stack?.StackStatus, stack?.Capabilities ?? []]).toEqual(["CREATE_COMPLETE", []]);
      const Tags = [{ Key: "team", Value: "platform" }];
      await expect(startUpdate(undefined, {}, { Tags })).rejects.toMatchObject(refused);
    },
  );

  test("of IAM resources are asked for by a change set as well", async () => {
    await expect(createChangeSet(named)).rejects.toMatchObject(refused);
    await createChangeSet(named, { Capabilities: ["CAPABILITY_NAMED_IAM"] });
  });
});

describe("a change set", () => {
  const Description = "A queue";
  const body = JSON.stringify({ Description, Parameters: { Size: { Type: "String" } }, ...QUEUE });
  const Parameters = parameters({ Size: "large" });

  test("leaves a stack in review, which has no update, until it is executed", async () => {
    const { Id, StackId = "" } = await createChangeSet(body, { Parameters });
    expect(Id).toMatch(/^arn:aws:cloudformation:us-east-1:\d+:changeSet\/creation\/[0-9a-f-]{36}$/);
    const inReview = { StackId, StackStatus: "REVIEW_IN_PROGRESS", Description };
    const described = async () => (await client.send(new DescribeStacksCommand({ StackName }))).Stacks;
    expect(await described()).toMatchObject([inReview]);
    await expect(startUpdate(undefined, { Size: "small" })).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining("is in REVIEW_IN_PROGRESS state and can not be updated") as string,
    });
    expect(await described()).toMatchObject([inReview]);

    await executeChangeSet();
    expect(await described()).toMatchObject([{ StackId, StackStatus: "CREATE_IN_PROGRESS" }]);
    expect(await settled()).toMatchObject({ StackId, StackStatus: "CREATE_COMPLETE" });
    expect(await shownValues()).toEqual({ Size: "large" });
    expect(await update(undefined, { Size: "small" })).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
  });

  test("is executed once", async () => {
    await createChangeSet(body, { Parameters });
    await executeChangeSet();
    await expect(executeChangeSet()).rejects.toMatchObject({ name: "InvalidChangeSetStatusException" });
    await settled();
    await expect(executeChangeSet()).rejects.toMatchObject({ name: "InvalidChangeSetStatusException" });
  });

  test("creates a stack whose name is free, and updates none", async () => {
    await expect(createChangeSet(body, { Parameters, ChangeSetType: "UPDATE" })).rejects.toMatchObject({
      name: INVALID,
    });
    await create(body, { Size: "large" });
    await expect(createChangeSet(body, { Parameters })).rejects.toMatchObject({ name: "AlreadyExistsException" });
    await expect(executeChangeSet()).rejects.toMatchObject({ name: "InvalidChangeSetStatusException" });
  });
});

describe("a template", () => {
  test("has a body of 51,200 bytes at most", async () => {
    await expect(create(ofLength(51_201))).rejects.toMatchObject({ name: INVALID });
    await create(ofLength(51_200));
    expect(await settled()).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
  });

  test("is measured in bytes, not in characters", async () => {
    const body = JSON.stringify({ Metadata: { note: "é".repeat(25_600) }, ...QUEUE });
    expect(body.length).toBeLessThan(51_200);
    await expect(create(body)).rejects.toMatchObject({ name: INVALID });
  });

  test("may be larger as an object of S3", async () => {
    const body = JSON.stringify({ Metadata: { note: "x".repeat(60_000) }, ...QUEUE });
    sdk.aws.cloudFormation.putObject(OBJECT_URL, body);
    await create(undefined, {}, { TemplateURL: OBJECT_URL });
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    expect(TemplateBody).toBe(body);
  });

  test("is an object of 1 MB at most", async () => {
    sdk.aws.cloudFormation.putObject(OBJECT_URL, ofLength(1_048_577));
    await expect(create(undefined, {}, { TemplateURL: OBJECT_URL })).rejects.toMatchObject({ name: INVALID });
  });

  test.each([
    "https://example.com/images.json",
    "http://templates.s3.amazonaws.com/images.json",
    "s3://templates/images.json",
    "https://s3.amazonaws.com.example.com/templates/images.json",
  ])("refuses the URL %s, which is not S3's", async (TemplateURL) => {
    sdk.aws.cloudFormation.putObject(TemplateURL, template({}));
    await expect(create(undefined, {}, { TemplateURL })).rejects.toMatchObject({ name: INVALID });
  });

  test.each([
    "https://s3.amazonaws.com/templates/images.json",
    "https://s3.eu-west-1.amazonaws.com/templates/images.json",
    "https://templates.s3.amazonaws.com/images.json",
    "https://templates.s3-eu-west-1.amazonaws.com/a/b/images.json",
  ])("is read from the URL %s", async (TemplateURL) => {
    sdk.aws.cloudFormation.putObject(TemplateURL, template({}));
    await create(undefined, {}, { TemplateURL });
  });

  test("fails when there is no object at its URL", async () => {
    await expect(create(undefined, {}, { TemplateURL: OBJECT_URL })).rejects.toMatchObject({ name: INVALID });
  });

  test("is a body or a URL, one of both", async () => {
    sdk.aws.cloudFormation.putObject(OBJECT_URL, template({}));
    await expect(create(undefined)).rejects.toMatchObject({ name: INVALID });
    await expect(create(template({}), {}, { TemplateURL: OBJECT_URL })).rejects.toMatchObject({ name: INVALID });
  });

  test("is read as YAML with the short forms of functions, and comes back as it was", async () => {
    const body = [
      "# What the images need.",
      "Description: A role & its <policy>",
      "Parameters:",
      "  Prefix: { Type: String, Default: team }",
      "  Token:",
      "    Type: String",
      "    NoEcho: true",
      "    Default: none",
      "Conditions:",
      "  Named: !Not [!Equals [!Ref Prefix, '']]",
      "Resources:",
      "  Role:",
      "    Type: AWS::IAM::Role",
      "    Properties:",
      "      RoleName: !If [Named, !Sub '${Prefix}-reader', !Ref AWS::NoValue]",
      "      Path: !Join ['', [/, !Select [0, !Split ['-', !Ref Prefix]], /]]",
      "Outputs:",
      "  Arn:",
      "    Value: !GetAtt Role.Arn",
      "",
    ].join("\n");
    await expect(create(body, {}, { Capabilities: ["CAPABILITY_IAM"] })).rejects.toMatchObject({
      name: "InsufficientCapabilitiesException",
    });
    await create(body, {}, { Capabilities: ["CAPABILITY_NAMED_IAM"] });
    expect(await shownValues()).toEqual({ Prefix: "team", Token: "****" });
    expect((await settled())?.Description).toBe("A role & its <policy>");
    expect((await client.send(new GetTemplateCommand({ StackName }))).TemplateBody).toBe(body);
  });

  test("is shown with a question mark for each character that is not ASCII, and kept as it is", async () => {
    const note = (text: string) => JSON.stringify({ Description: text, ...QUEUE });
    const id = await create(note("Größe → 日本 🚀👍🏽 \u0080\u007f\t~"));
    const shown = note("Gr??e ? ?? ??? ?\u007f\t~");
    expect([await shownTemplate(), await shownTemplate("Original"), await shownTemplate("Processed")]).toEqual([
      shown,
      shown,
      shown,
    ]);
    expect(sdk.aws.cloudFormation.templateOf(id)).toBe(note("Größe → 日本 🚀👍🏽 \u0080\u007f\t~"));
    await update(undefined, {}, { Tags: [{ Key: "team", Value: "platform" }] });
    expect(sdk.aws.cloudFormation.templateOf(id)).toBe(note("Größe → 日本 🚀👍🏽 \u0080\u007f\t~"));
    await update(await shownTemplate());
    expect(sdk.aws.cloudFormation.templateOf(id)).toBe(shown);
  });

  test.each(MACROS)(
    "that runs macros for %s is shown with them run, and as it was on demand",
    async (_, body, names) => {
      await create(body, {}, { Capabilities: [AUTO_EXPAND] });
      expect(await shownTemplate("Original")).toBe(body);
      const processed = await shownTemplate();
      expect(processed).not.toBe(body);
      expect(Object.keys(JSON.parse(processed) as object)).toEqual(expect.arrayContaining(["Resources"]));
      expect(JSON.parse(processed)).not.toHaveProperty("Transform");
      expect(await shownTemplate("Processed")).toBe(processed);
      expect(await client.send(new GetTemplateSummaryCommand({ StackName }))).toMatchObject({
        DeclaredTransforms: names,
      });
    },
  );

  test("is the same at both stages without macros", async () => {
    await create(PLAIN_TOKEN, { Token: "a" });
    const answer = await client.send(new GetTemplateCommand({ StackName, TemplateStage: "Original" }));
    expect(answer).toMatchObject({ TemplateBody: PLAIN_TOKEN, StagesAvailable: ["Original", "Processed"] });
    expect(await shownTemplate("Processed")).toBe(PLAIN_TOKEN);
  });

  test("is of no stack that is not there", async () => {
    await expect(shownTemplate()).rejects.toMatchObject({ name: INVALID });
    await expect(client.send(new GetTemplateSummaryCommand({ StackName }))).rejects.toMatchObject({ name: INVALID });
    expect(() => sdk.aws.cloudFormation.templateOf("images")).toThrow("there is no stack images");
  });

  test("is summed up with its parameters, and with none of their values", async () => {
    const id = await create(
      template({ Size: { Type: "Number", Default: 1 }, Token: { Type: "String", NoEcho: true } }),
      { Token: "s3cret" },
    );
    for (const name of [StackName, id]) {
      const { Parameters, DeclaredTransforms = [] } = await client.send(
        new GetTemplateSummaryCommand({ StackName: name }),
      );
      expect(Parameters).toEqual([
        { ParameterKey: "Size", ParameterType: "Number", NoEcho: false },
        { ParameterKey: "Token", ParameterType: "String", NoEcho: true },
      ]);
      expect(DeclaredTransforms).toEqual([]);
    }
  });

  test("is read as JSON, on one line or on many", async () => {
    const body = JSON.stringify({ Parameters: { Size: { Type: "String", Default: "small" } }, ...QUEUE }, null, "\t");
    await create(body.replaceAll("\t", "  "));
    expect(await shownValues()).toEqual({ Size: "small" });
    expect(await update(template({ Size: { Type: "String", Default: "large" } }))).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
    });
    expect(await shownValues()).toEqual({ Size: "large" });
  });

  test.each(["", "text", "{", "a: b: c", "Parameters: {}", '{"Resources":{}}'])("fails when it is %j", async (body) => {
    await expect(create(body)).rejects.toMatchObject({ name: INVALID });
    expect(sdk.aws.contents()).toEqual([]);
  });
});

describe("an update", () => {
  const body = template({ Size: { Type: "String", Default: "small" } });

  test("fails when it changes nothing", async () => {
    await create(body, {}, { Tags: [{ Key: "team", Value: "platform" }] });
    const error = { name: INVALID, message: "No updates are to be performed." };
    await expect(startUpdate(undefined)).rejects.toMatchObject(error);
    await expect(startUpdate(body, { Size: "small" })).rejects.toMatchObject(error);
    await expect(startUpdate(undefined, { Size: PREVIOUS })).rejects.toMatchObject(error);
    expect(await settled()).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
  });

  test("is refused while another is in progress, and while the stack is being created", async () => {
    sdk.aws.cloudFormation.duration = 1_500;
    await client.send(new CreateStackCommand({ StackName, TemplateBody: body }));
    await expect(startUpdate(undefined, { Size: "large" })).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining("is in CREATE_IN_PROGRESS state and can not be updated") as string,
    });
    await settled();
    await startUpdate(undefined, { Size: "large" });
    await expect(startUpdate(undefined, { Size: "larger" })).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining("is in UPDATE_IN_PROGRESS state and can not be updated") as string,
    });
    await settled();
    expect(await shownValues()).toEqual({ Size: "large" });
  });

  test("names its stack by ARN too", async () => {
    const id = await create(body);
    expect(await startUpdate(undefined, { Size: "large" }, { StackName: id })).toMatchObject({ StackId: id });
    expect(await settled()).toMatchObject({ StackId: id, StackStatus: "UPDATE_COMPLETE" });
  });

  test("that is rolled back leaves what was before it, and its events name the reason", async () => {
    const Tags = [{ Key: "team", Value: "platform" }];
    const stackId = await create(body, { Size: "medium" }, { Tags });
    sdk.aws.cloudFormation.rollBackNextUpdate(stackId, "The queue is too large.");
    const stack = await update(PLAIN_TOKEN, { Token: "s3cret" }, { Tags: [] });
    expect(stack).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE", Tags });
    expect(await shownValues()).toEqual({ Size: "medium" });
    expect((await client.send(new GetTemplateCommand({ StackName }))).TemplateBody).toBe(body);

    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    const ofUpdate = StackEvents.slice(0, -2).reverse();
    expect(ofUpdate.map(({ ResourceStatus }) => ResourceStatus)).toEqual([
      "UPDATE_IN_PROGRESS",
      "UPDATE_FAILED",
      "UPDATE_ROLLBACK_IN_PROGRESS",
      "UPDATE_ROLLBACK_COMPLETE",
    ]);
    expect(ofUpdate[1]).toMatchObject({ ResourceStatusReason: "The queue is too large." });
    expect(ofUpdate[1]?.LogicalResourceId).not.toBe(StackName);
  });

  test("leaves alarms, stack policy, timeout, role, topics and termination protection unless it names them", async () => {
    const alarm = { Type: "AWS::CloudWatch::Alarm" };
    const RollbackConfiguration = {
      MonitoringTimeInMinutes: 7,
      RollbackTriggers: [{ Arn: `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:images`, ...alarm }],
    };
    const RoleARN = `arn:aws:iam::${ACCOUNT}:role/deployer`;
    const NotificationARNs = [`arn:aws:sns:us-east-1:${ACCOUNT}:stacks`];
    const policy = (Effect: string) =>
      JSON.stringify({ Statement: [{ Effect, Action: "Update:*", Principal: "*", Resource: "*" }] });
    const shownPolicy = async () => (await client.send(new GetStackPolicyCommand({ StackName }))).StackPolicyBody;
    await create(
      body,
      {},
      {
        RollbackConfiguration,
        RoleARN,
        NotificationARNs,
        StackPolicyBody: policy("Deny"),
        EnableTerminationProtection: true,
        TimeoutInMinutes: 5,
      },
    );
    const kept = { RoleARN, NotificationARNs, EnableTerminationProtection: true, TimeoutInMinutes: 5 };
    expect(await update(undefined, { Size: "large" })).toMatchObject({ ...kept, RollbackConfiguration });
    expect(await shownPolicy()).toBe(policy("Deny"));

    const named = { RollbackConfiguration: { MonitoringTimeInMinutes: 8 }, StackPolicyBody: policy("Allow") };
    const { RollbackConfiguration: shown, ...stack } = (await update(undefined, { Size: "larger" }, named)) ?? {};
    expect(stack).toMatchObject(kept);
    expect(shown).toEqual({ ...RollbackConfiguration, ...named.RollbackConfiguration });
    expect(await shownPolicy()).toBe(policy("Allow"));
  });

  test("is granted after one that was rolled back", async () => {
    const stackId = await create(body);
    sdk.aws.cloudFormation.rollBackNextUpdate(stackId, "The queue is too large.");
    await update(undefined, { Size: "large" });
    expect(await update(undefined, { Size: "large" })).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await shownValues()).toEqual({ Size: "large" });
  });
});

describe("a deletion", () => {
  async function gone(StackId: string) {
    await client.send(new DeleteStackCommand({ StackName }));
    await waitUntilStackDeleteComplete({ client, minDelay: 1, maxDelay: 1, maxWaitTime: 10 }, { StackName: StackId });
  }

  test("leaves a stack that is described by its ARN, and not by its name", async () => {
    const id = await create(template({}));
    await gone(id);
    await expect(settled()).rejects.toMatchObject({
      name: INVALID,
      message: `Stack with id ${StackName} does not exist`,
    });
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: id }));
    expect(Stacks).toMatchObject([{ StackId: id, StackStatus: "DELETE_COMPLETE" }]);
    expect((await client.send(new DescribeStacksCommand({}))).Stacks ?? []).toEqual([]);
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("is in progress first, and then no update is taken", async () => {
    await create(template({}));
    await client.send(new DeleteStackCommand({ StackName }));
    expect((await client.send(new DescribeStacksCommand({ StackName }))).Stacks).toMatchObject([
      { StackStatus: "DELETE_IN_PROGRESS" },
    ]);
    await expect(startUpdate(PLAIN_TOKEN, { Token: "a" })).rejects.toMatchObject({ name: INVALID });
  });

  test("frees the name for a stack of another ARN", async () => {
    const first = await create(template({}));
    await gone(first);
    const second = await create(template({}));
    expect(second).not.toBe(first);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: first }));
    expect(Stacks).toMatchObject([{ StackId: first, StackStatus: "DELETE_COMPLETE" }]);
    expect(await settled()).toMatchObject({ StackId: second, StackStatus: "CREATE_COMPLETE" });
  });

  test("of a stack that is not there is no error", async () => {
    await client.send(new DeleteStackCommand({ StackName: "absent" }));
    expect(sdk.aws.requests.map(({ errorCode }) => errorCode)).toEqual([undefined]);
  });

  test("is refused while termination protection is on", async () => {
    await create(template({}), {}, { EnableTerminationProtection: true });
    await expect(client.send(new DeleteStackCommand({ StackName }))).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining("TerminationProtection") as string,
    });
    expect(await settled()).toMatchObject({ StackStatus: "CREATE_COMPLETE", EnableTerminationProtection: true });
  });
});

describe("termination protection", () => {
  const protect = (EnableTerminationProtection: boolean, name: string) =>
    client.send(new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection }));

  test("is switched on and off for a stack by its name or its ARN, which is no update of it", async () => {
    const StackId = await create(template({}));
    const before = await settled();
    expect(await protect(true, StackName)).toMatchObject({ StackId });
    expect(await settled()).toEqual({ ...before, EnableTerminationProtection: true });
    await expect(client.send(new DeleteStackCommand({ StackName }))).rejects.toMatchObject({ name: INVALID });
    expect(await protect(false, StackId)).toMatchObject({ StackId });
    expect(await settled()).toEqual(before);
    await client.send(new DeleteStackCommand({ StackName }));
  });

  test("is of no stack that is not there", async () => {
    await expect(protect(true, StackName)).rejects.toMatchObject({ name: INVALID });
  });
});

describe("the client's waiters", () => {
  const waiting = () => ({ client, minDelay: 1, maxDelay: 1, maxWaitTime: 10 });
  const body = template({ Size: { Type: "String", Default: "small" } });
  const success = { state: "SUCCESS" };

  test("see a creation, an update, a rollback and a deletion end", async () => {
    const { StackId = "" } = await client.send(new CreateStackCommand({ StackName, TemplateBody: body }));
    expect(await waitUntilStackCreateComplete(waiting(), { StackName })).toMatchObject(success);

    await startUpdate(undefined, { Size: "large" });
    expect(await waitUntilStackUpdateComplete(waiting(), { StackName })).toMatchObject(success);

    sdk.aws.cloudFormation.rollBackNextUpdate(StackId, "The queue is too large.");
    await startUpdate(undefined, { Size: "larger" });
    expect(await waitUntilStackRollbackComplete(waiting(), { StackName })).toMatchObject(success);

    await client.send(new DeleteStackCommand({ StackName }));
    expect(await waitUntilStackDeleteComplete(waiting(), { StackName })).toMatchObject(success);
  });

  test("fail on an update that was rolled back", async () => {
    const stackId = await create(body);
    sdk.aws.cloudFormation.rollBackNextUpdate(stackId, "The queue is too large.");
    await startUpdate(undefined, { Size: "large" });
    await expect(waitUntilStackUpdateComplete(waiting(), { StackName })).rejects.toThrow("UPDATE_ROLLBACK_COMPLETE");
  });
});

describe("a list", () => {
  test("is read to its end page by page, events from the last to the first", async () => {
    await sdk.stop();
    sdk = await Sdk.start({ pageSize: 1 });
    client = sdk.client(CloudFormationClient);
    await create(PLAIN_TOKEN, { Token: "a" });
    await create(PLAIN_TOKEN, { Token: "a" }, { StackName: "other" });
    expect(await pagesOf(paginateDescribeStacks({ client }, {}))).toMatchObject(
      [StackName, "other"].map((name) => ({ Stacks: [{ StackName: name }] })),
    );
    expect(await pagesOf(paginateDescribeStackEvents({ client }, { StackName }))).toMatchObject(
      ["CREATE_COMPLETE", "CREATE_IN_PROGRESS"].map((ResourceStatus) => ({ StackEvents: [{ ResourceStatus }] })),
    );
  });

  const input = { StackName, NextToken: "page-7" };

  test.each<[string, () => Promise<unknown>]>([
    ["stacks", () => client.send(new DescribeStacksCommand(input))],
    ["events", () => client.send(new DescribeStackEventsCommand(input))],
  ])("of %s fails for a token that was not answered", async (_, list) => {
    await create(PLAIN_TOKEN, { Token: "a" });
    await expect(list()).rejects.toMatchObject({ name: INVALID, message: "NextToken is not one that was answered" });
  });
});
