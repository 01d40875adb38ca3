// Ways in which an override could harm a stack that belongs to somebody else: the hand-written form does, where there is
// one, and construct and module do not.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { OverrideAction, OverrideStrategy, StackParameterOverride } from "cdktf-ecr-pull-through-cache";
import type { StackParameterOverrideProps } from "cdktf-ecr-pull-through-cache";
import { snakeCase } from "../../../modules/generator/hcl";
import {
  VENDOR_PARAMETERS,
  createStack,
  createStackByChangeSet,
  protectStack,
  startUpdate,
  updateStack,
  vendorTemplate,
} from "../../local-aws/cloudformation/vendor-stacks";
import { ACCOUNT } from "../../local-aws/server";
import type { Scope } from "../../local-aws/service";
import { HERE, overriding } from "../../support/overriding";
import { synthesized } from "../../support/synthesis";
import { configuration, describeWithTerraform } from "../../support/terraform";
import type { Workspace } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const OTHER_ACCOUNT: Scope = { ...HERE, accountId: "999999999999" };
const OTHER_REGION: Scope = { ...HERE, region: "eu-west-1" };
const ADOPTED = "aws_cloudformation_stack.adopted";
const AWS_CLI = OverrideStrategy.AWS_CLI;
const APPLY = ["apply", "-input=false", "-no-color"];
const VALUE = "ours";

type Props = StackParameterOverrideProps;

// Tests that run at once start before the hooks of their block.
const aws = useLocalAws();
const { newName, vendorStack, workspace, current, parameters, asked } = overriding(aws);

// Tests that run at once start before the hooks of their block.
aws.cloudFormation.noEchoMask = "*****";

const rewrite = (of: Workspace, json: object): void => of.write("main.tf.json", JSON.stringify(json));
async function templateOf(stackName: string): Promise<string> {
  return aws.cloudFormation.templateOf((await current(stackName)).StackId ?? "");
}

/** The resource as one would write it by hand, which keeps all parameters, beside the import block that takes it over. */
function byHand(stackName: string, kept: readonly string[] = ["template_body", "template_url"]): object {
  return {
    ...configuration({
      aws_cloudformation_stack: {
        adopted: {
          name: stackName,
          parameters: `\${merge(data.aws_cloudformation_stack.current.parameters, { image = "${VALUE}" })}`,
          lifecycle: { ignore_changes: [...kept, "timeout_in_minutes", "tags", "tags_all", "capabilities"] },
        },
      },
    }),
    data: { aws_cloudformation_stack: { current: { name: stackName } } },
    import: [{ to: ADOPTED, id: stackName }],
  };
}

/** Props of the construct as inputs of the module. */
function inputsOf(props: Partial<Props>): object {
  return Object.fromEntries(Object.entries(props).map(([name, value]) => [snakeCase(name), value as unknown]));
}

interface Form {
  readonly name: string;
  /** The configuration of an override. */
  readonly json: (props: Props, region?: string) => object;
  /** The address of a resource. */
  readonly at: (address: string) => string;
}

const CONSTRUCT: Form = {
  name: "the construct",
  json: (props, region = HERE.region) => {
    const stack = new TerraformStack(Testing.app(), "stack");
    new AwsProvider(stack, "aws", { region });
    new StackParameterOverride(stack, "override", props);
    return synthesized(stack);
  },
  at: (address) => address,
};

const MODULE: Form = {
  name: "the module",
  json: ({ importBlock, ...props }, region = HERE.region) => ({
    ...configuration(),
    provider: { aws: [{ region }] },
    module: { connector: { source: "./modules/stack-parameter-override", ...inputsOf(props) } },
    ...(props.strategy === AWS_CLI || importBlock === false
      ? {}
      : { import: [{ to: `module.connector.${ADOPTED}[0]`, id: props.stackName }] }),
  }),
  at: (address) =>
    `module.connector.${address.replace(/change-(\w+)$/, 'change["$1"]').replace(ADOPTED, `${ADOPTED}[0]`)}`,
};

describeWithTerraform("a stack that belongs to somebody else", () => {
  test.concurrent("written by hand, loses what is not ASCII in its template, and the next plan is silent", async () => {
    const TemplateBody = JSON.stringify({
      Parameters: VENDOR_PARAMETERS,
      Resources: { Topic: { Type: "AWS::SNS::Topic", Properties: { DisplayName: "→ done, 日本" } } },
    });
    const stackName = await vendorStack({ TemplateBody });
    const naive = await workspace(byHand(stackName));
    await naive.apply();
    expect(await templateOf(stackName)).toContain("? done, ??");
    expect(await naive.isUpToDate()).toBe(true);
  });

  test.concurrent("written by hand, is another one of its name with the credentials of another account", async () => {
    const stackName = await vendorStack();
    await createStack(aws, OTHER_ACCOUNT, { StackName: stackName, TemplateBody: vendorTemplate() });
    const naive = await workspace(byHand(stackName));
    await naive.apply();
    await naive.apply(aws.environment(OTHER_ACCOUNT.accountId));
    expect(await parameters(stackName, OTHER_ACCOUNT)).toMatchObject({ image: VALUE });
  });

  test.concurrent("written by hand, goes back to what a plan that waited has read of it", async () => {
    const stackName = await vendorStack();
    const naive = await workspace(byHand(stackName));
    await naive.run(["plan", "-input=false", "-out=tfplan"]);
    const TemplateBody = vendorTemplate({ resource: { Type: "AWS::SQS::Queue" } });
    await updateStack(aws, HERE, { StackName: stackName, TemplateBody });
    await naive.run([...APPLY, "tfplan"]);
    expect(await templateOf(stackName)).not.toContain("AWS::SQS::Queue");
  });

  test.concurrent("written by hand, loses digits of numbers in a template of JSON", async () => {
    const number = "12345678901234567890";
    const TemplateBody = vendorTemplate().replace('"short"', number);
    const stackName = await vendorStack({ TemplateBody });
    const naive = await workspace(byHand(stackName));
    await naive.apply();
    expect(await templateOf(stackName)).not.toContain(number);
  });

  describe.each([CONSTRUCT, MODULE])("changed by $name", ({ json, at }) => {
    const override = async (props: Props): Promise<Workspace> => workspace(json(props));

    test.concurrent(
      "keeps its template: fails the plan for question marks until they are said to be genuine",
      async () => {
        const Description = "Scan — read only";
        const TemplateBody = JSON.stringify({ ...(JSON.parse(vendorTemplate()) as object), Description });
        const stackName = await vendorStack({ TemplateBody });
        const props = { stackName, parameters: { image: VALUE } };
        const adopted = await override(props);
        expect(await adopted.refusal()).toContain(
          `The template of the stack ${stackName} contains question marks. CloudFormation shows a question mark in place of each character that is not ASCII`,
        );
        const url = `https://templates.s3.us-east-1.amazonaws.com/${stackName}.json`;
        aws.cloudFormation.putObject(url, TemplateBody);
        rewrite(adopted, json({ ...props, templateUrl: url }));
        await adopted.apply();
        expect([await templateOf(stackName), await adopted.isUpToDate()]).toEqual([TemplateBody, true]);
        rewrite(adopted, json({ ...props, questionMarksAreGenuine: true }));
        expect((await adopted.changes())[at(ADOPTED)]).toBe("update");
      },
    );

    test.concurrent("keeps other parameters and tags: fails the plan for question marks in them", async () => {
      const stackName = await vendorStack({
        Parameters: [{ ParameterKey: "names", ParameterValue: "Gr??e" }],
        Tags: [{ Key: "team", Value: "B?ro" }],
      });
      const props = { stackName, parameters: { image: "why?" } };
      const adopted = await override(props);
      expect(await adopted.refusal()).toContain(
        `These parameters or tags of the stack ${stackName} contain question marks: names, the tag team.`,
      );
      rewrite(adopted, json({ ...props, questionMarksAreGenuine: true }));
      expect(await adopted.changes()).toMatchObject({ [at(ADOPTED)]: "update" });
    });

    test.concurrent("is never another one of its name, in another account or region", async () => {
      const stackName = await vendorStack();
      // Another version of the vendor's template.
      const TemplateBody = vendorTemplate({
        parameters: { ...VENDOR_PARAMETERS, added: { Type: "String", Default: "" } },
      });
      for (const scope of [OTHER_ACCOUNT, OTHER_REGION]) {
        await createStack(aws, scope, { StackName: stackName, TemplateBody });
      }
      const props = { stackName, parameters: { image: VALUE } };
      const adopted = await override(props);
      await adopted.apply();
      const message = (scope: Scope): unknown =>
        expect.stringMatching(
          `The stack ${stackName} is arn:aws:cloudformation:${scope.region}:${scope.accountId}:stack/${stackName}/\\S+, but Terraform's state has the former values of arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/`,
        );
      const plan = ["plan", "-input=false", "-no-color"];
      const account = await adopted.try(plan, aws.environment(OTHER_ACCOUNT.accountId));
      expect([account.status, account.output.replace(/[│╷╵\s]+/g, " ")]).toEqual([1, message(OTHER_ACCOUNT)]);
      rewrite(adopted, json({ ...props, parameters: { names: VALUE } }, OTHER_REGION.region));
      expect(await adopted.refusal()).toEqual(message(OTHER_REGION));
    });

    test.concurrent.each([
      "the first one",
      "one that repairs a value",
      "one for a parameter that the vendor has added",
    ] as const)("keeps what its vendor changes while a plan waits: %s", async (kind) => {
      const stackName = await vendorStack({ Tags: [{ Key: "version", Value: "1" }] });
      const adopted = await override({ stackName, parameters: { image: VALUE } });
      if (kind !== "the first one") {
        await adopted.apply();
      }
      // What a plan repairs changes no record, and a parameter that the vendor has added changes no value.
      let declared: object = VENDOR_PARAMETERS;
      if (kind === "one that repairs a value") {
        await startUpdate(aws, HERE, stackName, { image: "theirs" });
      } else if (kind === "one for a parameter that the vendor has added") {
        declared = { ...declared, another: { Type: "String", Default: "" } };
        await updateStack(aws, HERE, { StackName: stackName, TemplateBody: vendorTemplate({ parameters: declared }) });
      }
      await adopted.run(["plan", "-input=false", "-out=tfplan"]);
      const TemplateBody = vendorTemplate({
        parameters: { ...declared, added: { Type: "String", Default: "" } },
        resource: { Type: "AWS::SQS::Queue" },
      });
      const Parameters = [{ ParameterKey: "added", ParameterValue: "custom" }];
      const Tags = [{ Key: "version", Value: "2" }];
      await updateStack(aws, HERE, { StackName: stackName, TemplateBody, Parameters, Tags });
      const before = asked(stackName, "UpdateStack").length;
      const { status, output } = await adopted.try([...APPLY, "tfplan"]);
      expect([status, output.replace(/[│╷╵\s]+/g, " ")]).toEqual([
        1,
        expect.stringContaining(
          `Somebody has changed the stack ${stackName} since this plan was made: template_body, parameters, tags. This update would revert that. Plan again.`,
        ),
      ]);
      expect(asked(stackName, "UpdateStack")).toHaveLength(before);
      await adopted.apply();
      expect(await current(stackName)).toMatchObject({ Tags });
      expect(await parameters(stackName)).toMatchObject({ image: VALUE, names: "long", added: "custom" });
      expect([await templateOf(stackName), await adopted.isUpToDate()]).toEqual([
        expect.stringContaining("AWS::SQS::Queue"),
        true,
      ]);
    });

    test.concurrent(
      "keeps what its vendor has changed since the last run: fails a plan that does not read it",
      async () => {
        const stackName = await vendorStack({ Tags: [{ Key: "version", Value: "1" }] });
        const adopted = await override({ stackName, parameters: { image: VALUE } });
        await adopted.apply();
        const TemplateBody = vendorTemplate({ resource: { Type: "AWS::SQS::Queue" } });
        await updateStack(aws, HERE, { StackName: stackName, TemplateBody, Tags: [{ Key: "version", Value: "2" }] });
        rewrite(adopted, json({ stackName, parameters: { image: "new" } }));
        const { status, output } = await adopted.try(["plan", "-input=false", "-no-color", "-refresh=false"]);
        const text = output.replace(/[│╷╵\s]+/g, " ");
        expect([status, text]).toEqual([
          1,
          expect.stringContaining(`The template of the stack ${stackName} differs from the one in Terraform's state.`),
        ]);
        expect(text).toContain(`The tags or topics of the stack ${stackName} differ from those in Terraform's state.`);
        expect(await adopted.changes()).toMatchObject({ [at(ADOPTED)]: "update" });
      },
    );

    test.concurrent("keeps a parameter that appears between plan and apply of the AWS CLI's strategy", async () => {
      const stackName = await vendorStack();
      const made = await override({ stackName, parameters: { image: VALUE }, strategy: AWS_CLI });
      await made.run(["plan", "-input=false", "-out=tfplan"]);
      const TemplateBody = vendorTemplate({
        parameters: { ...VENDOR_PARAMETERS, added: { Type: "String", Default: "" } },
      });
      const Parameters = [{ ParameterKey: "added", ParameterValue: "custom" }];
      await updateStack(aws, HERE, { StackName: stackName, TemplateBody, Parameters });
      await made.run([...APPLY, "tfplan"]);
      expect(await parameters(stackName)).toEqual({ image: VALUE, names: "long", added: "custom" });
    });

    test.concurrent.each([
      ["for the whole template, in JSON", JSON.stringify({ Transform: "AWS::LanguageExtensions" }).slice(1, -1)],
      ["for a part of it", JSON.stringify({ Mappings: { "Fn::Transform": { Name: "AWS::Include" } } }).slice(1, -1)],
    ])("is changed although it runs macros that it does not acknowledge, %s", async (_, section) => {
      const TemplateBody = vendorTemplate().replace("{", `{${section},`);
      const names = [newName(), newName()] as const;
      for (const StackName of names) {
        await createStackByChangeSet(aws, HERE, { StackName, TemplateBody });
      }
      const [stackName, other] = names;
      const props = { stackName, parameters: { image: VALUE } };
      const adopted = await override(props);
      expect(await adopted.refusal()).toContain(
        `The template of the stack ${stackName} runs macros, and an update must acknowledge CAPABILITY_AUTO_EXPAND`,
      );
      rewrite(adopted, json({ ...props, capabilities: ["CAPABILITY_AUTO_EXPAND"] }));
      await adopted.apply();
      expect(await current(stackName)).toMatchObject({ Capabilities: ["CAPABILITY_AUTO_EXPAND"] });
      expect([await parameters(stackName), await templateOf(stackName), await adopted.isUpToDate()]).toMatchObject([
        { image: VALUE },
        JSON.stringify(JSON.parse(await templateOf(stackName))),
        true,
      ]);

      const byCli = await override({ stackName: other, parameters: { image: VALUE }, strategy: AWS_CLI });
      await byCli.apply();
      expect([await parameters(other), await templateOf(other)]).toMatchObject([{ image: VALUE }, TemplateBody]);
    });

    test.concurrent("keeps NoEcho values, whatever CloudFormation shows for them", async () => {
      const template = (declaration: object): string =>
        vendorTemplate({ parameters: { ...VENDOR_PARAMETERS, secret: { Type: "String", ...declaration } } });
      const Parameters = [{ ParameterKey: "secret", ParameterValue: "swordfish" }];
      const stackName = await vendorStack({ TemplateBody: template({ NoEcho: true }), Parameters });
      const adopted = await override({ stackName, parameters: { image: VALUE } });
      expect(await adopted.refusal()).toContain(`The stack ${stackName} has NoEcho parameters: secret.`);
      // Terraform takes this for no boolean: only the mask tells.
      const unread = await vendorStack({ TemplateBody: template({ NoEcho: "yes" }), Parameters });
      expect(await (await override({ stackName: unread, parameters: { image: VALUE } })).refusal()).toContain(
        `The stack ${unread} has NoEcho parameters: secret.`,
      );
      const asterisk = await vendorStack({
        TemplateBody: template({}),
        Parameters: [{ ParameterKey: "secret", ParameterValue: "*" }],
      });
      expect(
        (await (await override({ stackName: asterisk, parameters: { image: VALUE } })).changes())[at(ADOPTED)],
      ).toBe("update");
    });

    test.concurrent.each(["12345678901234567890", "0.12345678901234567890", "1e400"])(
      "keeps its template: fails the plan for the number %s in JSON, which would lose digits",
      async (number) => {
        const TemplateBody = vendorTemplate().replace('"short"', number);
        const stackName = await vendorStack({ TemplateBody });
        const { status, output } = await (
          await override({ stackName, parameters: { image: VALUE } })
        ).try(["plan", "-input=false", "-no-color"]);
        expect([status, output.replace(/[│╷╵\s]+/g, " ")]).toEqual([
          1,
          expect.stringMatching(
            `The template of the stack ${stackName} is JSON with numbers that Terraform's AWS provider cannot send exactly|cannot unmarshal number`,
          ),
        ]);
      },
    );

    test.concurrent("fails to restore a parameter without a former value in the state", async () => {
      const stackName = await vendorStack();
      const props = { stackName, parameters: { image: VALUE } };
      const adopted = await override(props);
      await adopted.apply();
      const unknown = `Terraform's state has no former values of these parameters of the stack ${stackName}: image.`;
      // The state is lost, the override is applied again, and then restores.
      const anew = await override(props);
      await anew.apply();
      rewrite(anew, json({ ...props, action: OverrideAction.RESTORE }));
      expect(await anew.refusal()).toContain(unknown);
      // One record is lost.
      await adopted.run(["state", "rm", at("terraform_data.change-image")]);
      rewrite(adopted, json({ ...props, action: OverrideAction.RESTORE }));
      expect(await adopted.refusal()).toContain(unknown);
      expect(await parameters(stackName)).toMatchObject({ image: VALUE });
    });

    test.concurrent("is never created: fails the plan where nobody has imported it", async () => {
      const stackName = await vendorStack();
      const made = await override({ stackName, parameters: { image: VALUE }, importBlock: false });
      expect(await made.refusal()).toMatch(/terraform_data"?[. ]"?needs[-_]/);
      await made.run(["import", "-input=false", "-no-color", at(ADOPTED), stackName]);
      expect((await made.changes())[at(ADOPTED)]).toBe("update");
    });

    test.concurrent("has termination protection before it is adopted, if the caller requires that", async () => {
      const stackName = await vendorStack();
      const props = { stackName, parameters: { image: VALUE }, requireTerminationProtection: true };
      const adopted = await override(props);
      expect(await adopted.refusal()).toContain(
        `The stack ${stackName} has no termination protection. Enable it, so that AWS refuses to delete the stack`,
      );
      await protectStack(aws, HERE, stackName);
      expect(await adopted.changes()).toMatchObject({ [at(ADOPTED)]: "update" });
    });

    test.concurrent("in review, is not waited for, and the reason comes before all else", async () => {
      const StackName = newName();
      await createStackByChangeSet(aws, HERE, { StackName, TemplateBody: vendorTemplate() }, false);
      const made = await override({ stackName: StackName, parameters: { image: VALUE }, strategy: AWS_CLI });
      const { status, output } = await made.try([...APPLY, "-auto-approve"]);
      expect([status, output.replace(/[│╷╵\s]+/g, " ")]).toEqual([
        1,
        expect.stringMatching(
          /Error running command '(?:eval "\$UPDATE"|\S+\/update\.sh)': exit status 1\. Output: arn:\S+ is in REVIEW_IN_PROGRESS: somebody must execute the change set/,
        ),
      ]);
    });

    test.concurrent("is waited for as long as the caller says", async () => {
      const names = [await vendorStack(), await vendorStack()] as const;
      const updateTimeoutInMinutes = 1;
      const [adopted, made] = await Promise.all([
        override({ stackName: names[0], parameters: { image: VALUE }, updateTimeoutInMinutes }),
        override({ stackName: names[1], parameters: { image: VALUE }, updateTimeoutInMinutes, strategy: AWS_CLI }),
      ]);
      for (const name of names) {
        aws.cloudFormation.rollBackNextUpdate(
          (await current(name)).StackId ?? "",
          "the image cannot be pulled",
          90_000,
        );
      }
      const outcomes = await Promise.all(
        [adopted, made].map((one) => one.try([...APPLY, "-auto-approve"], { SLEEP: "10" })),
      );
      const [byTerraform, byCli] = outcomes.map(({ status, output }) => `${String(status)} ${output}`);
      expect(byTerraform).toMatch(/^1 [^]*timeout while waiting for state/);
      expect(byCli?.replace(/[│╷╵\s]+/g, " ")).toMatch(
        /^1 .*Output: arn:\S+ is still in UPDATE_IN_PROGRESS after 1 minutes: the update continues/,
      );
    });
  });

  test.concurrent(
    "whose construct is gone, fails every plan as long as the state holds it, and is not deleted",
    async () => {
      const stackName = await vendorStack();
      const adopted = await workspace(CONSTRUCT.json({ stackName, parameters: { image: VALUE } }));
      await adopted.apply();
      rewrite(adopted, configuration());
      for (const command of ["plan", "apply", "destroy"]) {
        const { status, output } = await adopted.try([command, ...(command === "plan" ? [] : ["-auto-approve"])]);
        expect([status, output]).toEqual([1, expect.stringContaining("Provider configuration not present")]);
      }
      expect(asked(stackName, "DeleteStack")).toEqual([]);
    },
  );

  test.concurrent("whose module call is gone, is not deleted where its provider is gone with it", async () => {
    const stackName = await vendorStack();
    const call = MODULE.json({ stackName, parameters: { image: VALUE } }) as {
      readonly module: { readonly connector: object };
    };
    const adopted = await workspace({
      ...call,
      provider: { aws: [{ alias: "acme_agent", region: HERE.region }] },
      module: { connector: { ...call.module.connector, providers: { aws: "aws.acme_agent" } } },
    });
    await adopted.apply();
    rewrite(adopted, { ...configuration(), provider: { aws: [{ region: HERE.region }] } });
    expect(await adopted.refusal()).toContain("Provider configuration not present");
    expect(asked(stackName, "DeleteStack")).toEqual([]);
  });

  test.concurrent("with termination protection, stays when Terraform deletes it", async () => {
    const stackName = await vendorStack({ EnableTerminationProtection: true });
    const adopted = await workspace(MODULE.json({ stackName, parameters: { image: VALUE } }));
    await adopted.apply();
    rewrite(adopted, { ...configuration(), provider: { aws: [{ region: HERE.region }] } });
    await adopted.apply();
    expect([await parameters(stackName), asked(stackName, "DeleteStack").map(({ errorCode }) => errorCode)]).toEqual([
      { image: VALUE, names: "long" },
      ["ValidationError"],
    ]);
  });

  test.concurrent(
    "is changed by two states, each with a parameter of its own, and neither takes back the other's",
    async () => {
      const stackName = await vendorStack();
      const [first, second] = [
        await workspace(CONSTRUCT.json({ stackName, parameters: { image: VALUE } })),
        await workspace(MODULE.json({ stackName, parameters: { names: VALUE } })),
      ];
      await first.apply();
      await second.apply();
      expect([await first.isUpToDate(), await second.isUpToDate()]).toEqual([true, true]);
      expect(await parameters(stackName)).toEqual({ image: VALUE, names: VALUE });
    },
  );
});
