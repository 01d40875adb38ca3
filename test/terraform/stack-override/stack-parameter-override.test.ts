import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { OverrideAction, OverrideStrategy, StackParameterOverride } from "cdktf-ecr-pull-through-cache";
import type { StackParameterOverrideProps } from "cdktf-ecr-pull-through-cache";
import { stringify } from "yaml";
import {
  NAMED_IAM,
  NAMED_ROLE,
  VENDOR_PARAMETERS,
  parametersOf,
  vendorTemplate,
} from "../../local-aws/cloudformation/vendor-stacks";
import type { LoggedRequest } from "../../local-aws/server";
import { overriding } from "../../support/overriding";
import { synthesized } from "../../support/synthesis";
import { changesOf, configuration, describeWithTerraform } from "../../support/terraform";
import type { Workspace } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "us-east-1";
const ADOPTED = "aws_cloudformation_stack.adopted";
const VALUE = "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public";

// Tests that run at once start before the hooks of their block.
const aws = useLocalAws();
const { vendorStack, workspace, current, asked } = overriding(aws);

describeWithTerraform("the parameters of somebody else's stack", () => {
  /** The JSON of a program that overrides parameters, in a workspace or for one. */
  function program(props: StackParameterOverrideProps, id = "override", provider: object = {}): object {
    const stack = new TerraformStack(Testing.app(), "stack");
    new AwsProvider(stack, "aws", { region: REGION, ...provider });
    new StackParameterOverride(stack, id, props);
    return synthesized(stack);
  }

  async function override(props: StackParameterOverrideProps, provider?: object): Promise<Workspace> {
    return workspace(program(props, "override", provider));
  }

  /** The resource as one would write it by hand, beside the import block that takes the stack over. */
  async function naive(stackName: string, args: object = {}): Promise<Workspace> {
    return workspace({
      ...configuration({ aws_cloudformation_stack: { adopted: { name: stackName, ...args } } }),
      import: [{ to: ADOPTED, id: stackName }],
    });
  }

  /** What keeps the template while one of the other settings is tried. */
  const templateIgnored = (...others: string[]): object => ({
    lifecycle: { ignore_changes: ["template_body", "template_url", "timeout_in_minutes", ...others] },
  });

  const updates = (stackName: string): unknown[] => asked(stackName, "UpdateStack");

  test.concurrent(
    "a one-key update resets all other parameters to their defaults, and the next plan is silent; ours keeps them",
    async () => {
      const [naiveName, ours] = [await vendorStack(), await vendorStack()];
      const byHand = await naive(naiveName, { parameters: { image: VALUE }, ...templateIgnored() });
      await byHand.apply();
      expect(parametersOf(await current(naiveName))).toEqual({ image: VALUE, names: "short" });
      expect(await byHand.isUpToDate()).toBe(true);

      const adopted = await override({ stackName: ours, parameters: { image: VALUE } });
      await adopted.apply();
      expect(parametersOf(await current(ours))).toEqual({ image: VALUE, names: "long" });
      expect(await adopted.isUpToDate()).toBe(true);
    },
  );

  test.concurrent(
    "a merge sends back what stands for a NoEcho parameter as its value; ours fails the plan and says what to do",
    async () => {
      const TemplateBody = vendorTemplate({
        parameters: { ...VENDOR_PARAMETERS, secret: { Type: "String", NoEcho: true } },
      });
      const Parameters = [{ ParameterKey: "secret", ParameterValue: "swordfish" }];
      const [naiveName, ours] = [
        await vendorStack({ TemplateBody, Parameters }),
        await vendorStack({ TemplateBody, Parameters }),
      ];
      const byHand = await workspace({
        ...configuration({
          aws_cloudformation_stack: {
            adopted: {
              name: naiveName,
              parameters: `\${merge(data.aws_cloudformation_stack.current.parameters, { image = "${VALUE}" })}`,
              ...templateIgnored(),
            },
          },
        }),
        data: { aws_cloudformation_stack: { current: { name: naiveName } } },
        import: [{ to: ADOPTED, id: naiveName }],
      });
      await byHand.apply();
      expect(updates(naiveName)).toMatchObject([
        {
          input: {
            Parameters: expect.arrayContaining([{ ParameterKey: "secret", ParameterValue: "****" }]) as unknown,
          },
        },
      ]);

      const message = await (await override({ stackName: ours, parameters: { image: VALUE } })).refusal();
      expect(message).toContain(
        `The stack ${ours} has NoEcho parameters: secret. Terraform cannot read their values, and this update would overwrite them with asterisks. Use OverrideStrategy.AWS_CLI, which keeps them.`,
      );
      expect(updates(ours)).toEqual([]);
    },
  );

  test.concurrent("a stack with a timeout would be replaced; ours updates it", async () => {
    const stackName = await vendorStack({ TimeoutInMinutes: 30 });
    const byHand = await naive(stackName, { lifecycle: { ignore_changes: ["template_body"] } });
    expect(await byHand.changes()).toEqual({ [ADOPTED]: "delete,create" });

    const adopted = await override({ stackName, parameters: { image: VALUE } });
    expect(await adopted.changes()).toMatchObject({ [ADOPTED]: "update" });
  });

  test.concurrent("tags are wiped by an update that does not name them; ours keeps them", async () => {
    const Tags = [{ Key: "vendor", Value: "acme" }];
    const [naiveName, ours] = [await vendorStack({ Tags }), await vendorStack({ Tags })];
    await (await naive(naiveName, { parameters: { image: VALUE }, ...templateIgnored() })).apply();
    expect((await current(naiveName)).Tags).toEqual([]);

    await (await override({ stackName: ours, parameters: { image: VALUE } })).apply();
    expect((await current(ours)).Tags).toEqual(Tags);
  });

  test.concurrent("default tags of the provider are added, and no plan shows them; ours fails the plan", async () => {
    const defaultTags = [{ tags: { team: "platform" } }];
    const [naiveName, ours] = [await vendorStack(), await vendorStack()];
    const byHand = await naive(naiveName, { parameters: { image: VALUE }, ...templateIgnored("tags", "tags_all") });
    byHand.write("provider_override.tf.json", JSON.stringify({ provider: { aws: { default_tags: defaultTags } } }));
    const planned = (await byHand.plan()).resource_changes?.find(({ address }) => address === ADOPTED);
    expect(planned?.change.after).toMatchObject({ tags: {}, tags_all: {} });
    await byHand.apply();
    expect((await current(naiveName)).Tags).toEqual([{ Key: "team", Value: "platform" }]);

    const parameters = { image: VALUE };
    expect(await (await override({ stackName: ours, parameters }, { defaultTags })).refusal()).toContain(
      `The AWS provider has default tags that the stack ${ours} does not have, and this update would add them: team.`,
    );
    const tagged = await vendorStack({ Tags: [{ Key: "team", Value: "platform" }] });
    expect(await (await override({ stackName: tagged, parameters }, { defaultTags })).changes()).toMatchObject({
      [ADOPTED]: "update",
    });
  });

  test.concurrent(
    "capabilities vanish from the update, which AWS then refuses; ours keeps them, and the service role and topics",
    async () => {
      const settings = {
        TemplateBody: vendorTemplate({ resource: NAMED_ROLE }),
        Capabilities: [...NAMED_IAM],
        RoleARN: "arn:aws:iam::111122223333:role/cloudformation",
        NotificationARNs: ["arn:aws:sns:us-east-1:111122223333:stacks"],
      };
      const stackName = await vendorStack(settings);
      const byHand = await naive(stackName, { parameters: { image: VALUE }, ...templateIgnored("iam_role_arn") });
      expect((await byHand.try(["apply", "-no-color", "-auto-approve"])).output).toContain(
        "InsufficientCapabilitiesException",
      );

      await (await override({ stackName, parameters: { image: VALUE } })).apply();
      expect(await current(stackName)).toMatchObject({
        Capabilities: NAMED_IAM,
        RoleARN: settings.RoleARN,
        NotificationARNs: settings.NotificationARNs,
        StackStatus: "UPDATE_COMPLETE",
      });
    },
  );

  test.concurrent(
    "a template of 51,201 bytes cannot be sent back; ours fails the plan, and takes a template's URL",
    async () => {
      const url = "https://templates.s3.us-east-1.amazonaws.com/vendor.json";
      const large = vendorTemplate({ bytes: 51_201 });
      expect(Buffer.byteLength(large)).toBe(51_201);
      aws.cloudFormation.putObject(url, large);
      const stackName = await vendorStack({ TemplateBody: undefined, TemplateURL: url });
      const byHand = await naive(stackName, { parameters: { image: VALUE, names: "long" }, ...templateIgnored() });
      expect((await byHand.try(["apply", "-no-color", "-auto-approve"])).output).toContain("51200");

      const parameters = { image: VALUE };
      expect(await (await override({ stackName, parameters })).refusal()).toContain(
        `The template of the stack ${stackName} is larger than 51200 bytes, and an update cannot send it.`,
      );
      const adopted = await override({ stackName, parameters, templateUrl: url });
      await adopted.apply();
      expect(parametersOf(await current(stackName))).toEqual({ image: VALUE, names: "long" });
      expect(await adopted.isUpToDate()).toBe(true);

      aws.cloudFormation.putObject(url, vendorTemplate());
      adopted.write(
        "main.tf.json",
        JSON.stringify(program({ stackName, parameters: { image: "b" }, templateUrl: url })),
      );
      await adopted.apply();
      adopted.write("main.tf.json", JSON.stringify(program({ stackName, parameters })));
      await adopted.apply();
      const last = updates(stackName).at(-1) as LoggedRequest;
      expect([last.input["TemplateURL"], last.input["TemplateBody"]]).toEqual([undefined, expect.any(String)]);
      expect(await adopted.isUpToDate()).toBe(true);
    },
  );

  test.concurrent("a template of 51,200 bytes is sent back", async () => {
    const stackName = await vendorStack({ TemplateBody: vendorTemplate({ bytes: 51_200 }) });
    await (await override({ stackName, parameters: { image: VALUE } })).apply();
    expect(parametersOf(await current(stackName))).toEqual({ image: VALUE, names: "long" });
  });

  test.concurrent(
    "fails the plan for a parameter that the template does not have, and lists those it has",
    async () => {
      const stackName = await vendorStack();
      expect(await (await override({ stackName, parameters: { imgae: VALUE } })).refusal()).toContain(
        `The template of the stack ${stackName} has no parameter named imgae; it has image, names.`,
      );
      expect(updates(stackName)).toEqual([]);
    },
  );

  test.concurrent.each([
    ["empty", ""],
    ["blank", "  "],
    ["too long", "é".repeat(2_049)],
  ])("fails the plan when a value that only Terraform knows is %s", async (_, value) => {
    const stackName = await vendorStack();
    const json = program({ stackName, parameters: { image: "${var.image}" } });
    const made = await workspace({ ...json, variable: { image: { default: value } } });
    expect(await made.refusal()).toContain("are empty or longer than 4096 bytes: image.");
  });

  test.concurrent.each([
    ["JSON", (content: object) => JSON.stringify(content)],
    ["YAML with short forms", (content: object) => `${stringify(content)}Outputs:\n  Out: { Value: !Sub "x" }\n`],
  ])("fails the plan when a template in %s does not allow a value", async (_, written) => {
    const TemplateBody = written({
      Parameters: {
        names: { Type: "String", AllowedValues: ["short", "long"] },
        image: { Type: "String", Default: "", AllowedPattern: "[a-z]*" },
      },
      Resources: { It: { Type: "AWS::SNS::Topic" } },
    });
    const stackName = await vendorStack({ TemplateBody });
    const refused = await override({ stackName, parameters: { names: "medium", image: "9" } });
    expect(await refused.refusal()).toContain(
      `image = "9", where the template allows [a-z]*; names = "medium", where the template allows ["short","long"].`,
    );
    const allowed = await override({ stackName, parameters: { names: "short", image: "abc" } });
    expect(await allowed.changes()).toMatchObject({ [ADOPTED]: "update" });
  });

  test.concurrent(
    "leaves it to CloudFormation where Terraform cannot tell: lists, numbers, and patterns of Java",
    async () => {
      const TemplateBody = JSON.stringify({
        Parameters: {
          list: { Type: "CommaDelimitedList", Default: "a", AllowedValues: ["a", "b"] },
          number: { Type: "String", Default: "0.1", AllowedValues: [0.1, 0.5] },
          pattern: { Type: "String", Default: "a", AllowedPattern: "(?!b).*" },
          plain: { Type: "String", Default: "a", AllowedValues: ["a", "b"] },
        },
        Resources: { It: { Type: "AWS::SNS::Topic" } },
      });
      const stackName = await vendorStack({ TemplateBody, Parameters: [] });
      const parameters = { list: "a,b", number: "0.10", pattern: "x", plain: "b" };
      const adopted = await override({ stackName, parameters, questionMarksAreGenuine: true });
      expect(await adopted.changes()).toMatchObject({ [ADOPTED]: "update" });
    },
  );

  test.concurrent(
    "a parameter cannot be emptied by hand; ours leaves it out, and refuses where that would not empty it",
    async () => {
      const stackName = await vendorStack({ Parameters: [{ ParameterKey: "names", ParameterValue: "" }] });
      const parameters = { image: VALUE, names: "long" };
      const byHand = await naive(stackName, { parameters, ...templateIgnored() });
      await byHand.apply();
      const emptied = { ...parameters, image: "" };
      const args = { name: stackName, parameters: emptied, ...templateIgnored() };
      byHand.write("main.tf.json", JSON.stringify(configuration({ aws_cloudformation_stack: { adopted: args } })));
      await byHand.apply();
      expect(parametersOf(await current(stackName))).toEqual(parameters);
      expect(await byHand.isUpToDate()).toBe(false);

      const ours = await vendorStack({ Parameters: [{ ParameterKey: "names", ParameterValue: "" }] });
      const adopted = await override({ stackName: ours, parameters });
      await adopted.apply();
      adopted.write(
        "main.tf.json",
        JSON.stringify(program({ stackName: ours, parameters, action: OverrideAction.RESTORE })),
      );
      expect(await adopted.refusal()).toContain(
        `These parameters of the stack ${ours} were empty, and their defaults are not: names.`,
      );
    },
  );

  test.concurrent("fails loudly when the update is rolled back, and converges when it is run again", async () => {
    const stackName = await vendorStack();
    const { StackId = "" } = await current(stackName);
    const adopted = await override({ stackName, parameters: { image: VALUE } });
    aws.cloudFormation.rollBackNextUpdate(StackId, "the image cannot be pulled");
    const { status, output } = await adopted.try(["apply", "-no-color", "-auto-approve"]);
    expect([status, output]).toEqual([1, expect.stringContaining("the image cannot be pulled")]);
    expect(parametersOf(await current(stackName))).toEqual({ image: "", names: "long" });
    expect(await adopted.changes()).toEqual({ [ADOPTED]: "update" });
    await adopted.apply();
    expect(parametersOf(await current(stackName))).toEqual({ image: VALUE, names: "long" });
    expect(await adopted.isUpToDate()).toBe(true);
  });

  test.concurrent("takes a number of Terraform as the text that CloudFormation takes", async () => {
    const TemplateBody = JSON.stringify({
      Parameters: {
        size: { Type: "Number", Default: 1, AllowedValues: [1, 3] },
        names: { Type: "String", Default: "" },
      },
      Resources: { It: { Type: "AWS::SNS::Topic" } },
    });
    const stackName = await vendorStack({ TemplateBody });
    const json = program({ stackName, parameters: { size: "${var.size}" } });
    const made = await workspace({ ...json, variable: { size: { type: "number", default: 3 } } });
    await made.apply();
    expect(parametersOf(await current(stackName))).toEqual({ size: "3", names: "long" });
    expect(await made.isUpToDate()).toBe(true);
  });

  test.concurrent("takes any text as a value, and Terraform sends it as it is", async () => {
    const stackName = await vendorStack();
    const value = 'a "b" \\c\n%{ if } $x ${AWS::Region} é,{"k": [1]}';
    const escaped = value.replace("%{", "%%{").replace("${", () => "$${");
    const adopted = await override({ stackName, parameters: { image: escaped } });
    await adopted.apply();
    expect(parametersOf(await current(stackName))).toEqual({ image: value, names: "long" });
    expect(await adopted.isUpToDate()).toBe(true);
  });

  describe("once it is adopted", () => {
    let stackName: string;
    let adopted: Workspace;
    const rewrite = (json: object): void => adopted.write("main.tf.json", JSON.stringify(json));

    beforeAll(async () => {
      stackName = await vendorStack();
      adopted = await override({ stackName, parameters: { image: VALUE } });
    });

    test("the first plan says what changes from what to what, beside all parameters that the import lists as new", async () => {
      const plan = await adopted.plan();
      const change = (address: string): object | undefined =>
        plan.resource_changes?.find((candidate) => candidate.address === address)?.change;
      expect(change("terraform_data.change-image")).toMatchObject({
        after: { input: { before: "", after: VALUE } },
      });
      expect(change(ADOPTED)).toMatchObject({
        importing: { id: stackName },
        before: { parameters: {} },
        after: { parameters: { image: VALUE, names: "long" } },
      });
      await adopted.apply();
    });

    test("the plan of a later change shows the old and the new value of that parameter only", async () => {
      rewrite(program({ stackName, parameters: { image: "other" } }));
      const plan = await adopted.plan();
      expect(changesOf(plan)).toEqual({ [ADOPTED]: "update", "terraform_data.change-image": "update" });
      const change = plan.resource_changes?.find(({ address }) => address === ADOPTED)?.change;
      expect([change?.before?.["parameters"], change?.after?.["parameters"]]).toEqual([
        { image: VALUE, names: "long" },
        { image: "other", names: "long" },
      ]);
      rewrite(program({ stackName, parameters: { image: VALUE } }));
      expect(await adopted.isUpToDate()).toBe(true);
    });

    test("a new name or place in the program changes nothing", async () => {
      rewrite(program({ stackName, parameters: { image: VALUE } }, "renamed"));
      expect(await adopted.isUpToDate()).toBe(true);
    });

    test("fails to destroy it, and to take another stack in its place", async () => {
      const destroy = await adopted.try(["destroy", "-no-color", "-auto-approve"]);
      expect([destroy.status, destroy.output]).toEqual([1, expect.stringContaining("Instance cannot be destroyed")]);
      const another = await vendorStack();
      rewrite(program({ stackName: another, parameters: { image: VALUE } }));
      expect(await adopted.refusal()).toContain(
        `The stack ${another} is ${(await current(another)).StackId ?? ""}, but Terraform's state has the former values of ${(await current(stackName)).StackId ?? ""}.`,
      );
    });

    test("the other strategy and OverrideAction.FORGET make Terraform forget the stack", async () => {
      rewrite(program({ stackName, parameters: { image: VALUE }, strategy: OverrideStrategy.AWS_CLI }));
      expect((await adopted.changes())[ADOPTED]).toBe("forget");
      rewrite(program({ stackName, parameters: { image: VALUE }, action: OverrideAction.FORGET }));
      expect((await adopted.changes())[ADOPTED]).toBe("forget");
    });

    test.each([{ action: OverrideAction.FORGET }, { strategy: OverrideStrategy.AWS_CLI }])(
      "fails to destroy the stack before %p is applied, since a destroy ignores removed blocks, and deletes nothing",
      async (props) => {
        rewrite(program({ stackName, parameters: { image: VALUE }, ...props }));
        const destroy = await adopted.try(["destroy", "-no-color", "-auto-approve"]);
        expect([destroy.status, destroy.output]).toEqual([1, expect.stringContaining("Instance cannot be destroyed")]);
        expect(aws.operations).not.toContain("DeleteStack");
      },
    );

    test("OverrideAction.RESTORE gives the parameter its former value, and nothing else changes", async () => {
      rewrite(program({ stackName, parameters: { image: VALUE }, action: OverrideAction.RESTORE }));
      expect(await adopted.changes()).toEqual({ [ADOPTED]: "update" });
      await adopted.apply();
      expect(parametersOf(await current(stackName))).toEqual({ image: "", names: "long" });
      expect(await adopted.isUpToDate()).toBe(true);
    });

    test("OverrideAction.FORGET removes the stack from the state and does not change it", async () => {
      const before = updates(stackName).length;
      rewrite(program({ stackName, parameters: { image: VALUE }, action: OverrideAction.FORGET }));
      await adopted.apply();
      expect(await adopted.isUpToDate()).toBe(true);
      rewrite(configuration());
      await adopted.destroy();
      expect(updates(stackName)).toHaveLength(before);
      expect(parametersOf(await current(stackName))).toEqual({ image: "", names: "long" });
    });
  });
});
