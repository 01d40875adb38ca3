import { OverrideAction, OverrideStrategy, StackParameterOverride } from "cdktf-ecr-pull-through-cache";
import type { StackParameterOverrideProps } from "cdktf-ecr-pull-through-cache";
import * as fc from "fast-check";
import { snakeCase } from "../../../modules/generator/hcl";
import { NAMED_IAM, NAMED_ROLE, VENDOR_PARAMETERS, vendorTemplate } from "../../local-aws/cloudformation/vendor-stacks";
import { failBoth, planBoth, refuseBoth } from "../../support/module-agreement";
import type { Declaration, Subject } from "../../support/module-agreement";
import { overriding } from "../../support/overriding";
import { changesOf, configuration, describeWithTerraform } from "../../support/terraform";
import type { Workspace } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "us-east-1";
const MODULE = "stack-parameter-override";
const ADOPTED = "aws_cloudformation_stack.adopted";
const CONNECTOR = "module.connector";
const INSTANCE = `${CONNECTOR}.${ADOPTED}[0]`;
const UPDATE = `${CONNECTOR}.terraform_data.update[0]`;
const IMAGE = `${CONNECTOR}.terraform_data.change["image"]`;
const RECORD = `${CONNECTOR}.terraform_data.stack`;
const VALUE = "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public";
const ADOPT = OverrideStrategy.ADOPT;
const AWS_CLI = OverrideStrategy.AWS_CLI;
const SECRET = { ...VENDOR_PARAMETERS, secret: { Type: "String", NoEcho: true } };

/** What the module is called with. */
interface Inputs {
  readonly stack_name: string;
  readonly parameters: { readonly [name: string]: string };
  readonly strategy?: OverrideStrategy;
  readonly template_url?: string;
  readonly action?: string;
}

/** A configuration that calls the module and, unless told otherwise, imports the stack that it adopts. */
function called(inputs: Inputs, imports: boolean = inputs.strategy !== AWS_CLI): object {
  return {
    ...configuration(),
    module: { connector: { source: `./modules/${MODULE}`, ...inputs } },
    output: { previous: { value: `\${${CONNECTOR}.previous_values}` } },
    ...(imports ? { import: [{ to: INSTANCE, id: inputs.stack_name }] } : {}),
  };
}

/** A configuration that makes Terraform forget the resources of the call. */
const FORGOTTEN = { ...configuration(), removed: [{ from: CONNECTOR, lifecycle: { destroy: false } }] };

// Tests that run at once start before the hooks of their block.
const aws = useLocalAws();
const { vendorStack, workspace, current, parameters, asked: operationsOn } = overriding(aws);

describeWithTerraform("the module stack-parameter-override", () => {
  const rewrite = (of: Workspace, json: object): void => of.write("main.tf.json", JSON.stringify(json));

  test.concurrent(
    "changes what is named and keeps all else: parameters, tags, capabilities, service role, topics and timeout",
    async () => {
      const settings = {
        Capabilities: [...NAMED_IAM],
        RoleARN: "arn:aws:iam::111122223333:role/cloudformation",
        NotificationARNs: ["arn:aws:sns:us-east-1:111122223333:stacks"],
        Tags: [{ Key: "vendor", Value: "acme" }],
        TimeoutInMinutes: 30,
      };
      const stackName = await vendorStack({ ...settings, TemplateBody: vendorTemplate({ resource: NAMED_ROLE }) });
      const adopted = await workspace(called({ stack_name: stackName, parameters: { image: VALUE } }));
      const plan = await adopted.plan();
      expect(changesOf(plan)).toEqual({ [INSTANCE]: "update", [IMAGE]: "create", [RECORD]: "create" });
      expect(plan.resource_changes?.find(({ address }) => address === IMAGE)?.change).toMatchObject({
        after: { input: { before: "", after: VALUE } },
      });
      await adopted.apply();
      expect(await current(stackName)).toMatchObject({ ...settings, StackStatus: "UPDATE_COMPLETE" });
      expect(await parameters(stackName)).toEqual({ image: VALUE, names: "long" });
      expect(await adopted.isUpToDate()).toBe(true);
    },
  );

  describe("without its import block", () => {
    test("fails the plan, and where that is gone around, AWS refuses to create the stack", async () => {
      const stackName = await vendorStack();
      const forgotten = await workspace(called({ stack_name: stackName, parameters: { image: VALUE } }, false));
      expect(await forgotten.refusal()).toContain('in resource "terraform_data" "needs_an_import_block"');
      const target = ["apply", "-no-color", "-auto-approve", `-target=${CONNECTOR}.${ADOPTED}`];
      expect((await forgotten.try(target)).output).toContain("AlreadyExistsException");
      expect(await parameters(stackName)).toEqual({ image: "", names: "long" });
    });

    test("takes a stack that was imported by hand", async () => {
      const stackName = await vendorStack();
      const made = await workspace(called({ stack_name: stackName, parameters: { image: VALUE } }, false));
      await made.run(["import", "-input=false", "-no-color", INSTANCE, stackName]);
      expect(await made.changes()).toEqual({ [INSTANCE]: "update", [IMAGE]: "create", [RECORD]: "create" });
    });
  });

  test.concurrent("takes values that only an apply tells, and holds them to the rules then", async () => {
    const stackName = await vendorStack();
    const later = (input: string): object => ({
      ...called({ stack_name: stackName, parameters: { image: "${terraform_data.later.output}" } }),
      resource: { terraform_data: { later: { input } } },
    });
    const made = await workspace(later("  "));
    const { status, output } = await made.try(["apply", "-input=false", "-no-color", "-auto-approve"]);
    expect([status, output.replace(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining('`parameters["image"]` must not be empty'),
    ]);
    rewrite(made, later(VALUE));
    await made.apply();
    expect(await parameters(stackName)).toEqual({ image: VALUE, names: "long" });
  });

  test.concurrent("fails the plan for an action that only an apply knows", async () => {
    const action = "${terraform_data.later.output}";
    const made = await workspace({
      ...called({ stack_name: await vendorStack(), parameters: { image: VALUE }, action }),
      resource: { terraform_data: { later: { input: OverrideAction.RESTORE } } },
    });
    expect(await made.refusal()).toMatch(
      /Invalid for_each argument.* var\.action is a string, known only after apply/s,
    );
  });

  describe("once it has adopted a stack", () => {
    let stackName: string;
    let adopted: Workspace;
    const inputs = (given: Partial<Inputs> = {}): Inputs => ({
      stack_name: stackName,
      parameters: { image: VALUE },
      ...given,
    });

    beforeAll(async () => {
      stackName = await vendorStack();
      adopted = await workspace(called(inputs()));
      await adopted.apply();
    });

    test("a parameter more is one record more, and one that is taken out is forgotten and stays as it is", async () => {
      rewrite(adopted, called(inputs({ parameters: { image: VALUE, names: "other" } })));
      const added = `${CONNECTOR}.terraform_data.change["names"]`;
      expect(await adopted.changes()).toEqual({ [INSTANCE]: "update", [added]: "create" });
      await adopted.apply();
      rewrite(adopted, called(inputs()));
      expect(await adopted.changes()).toEqual({ [added]: "delete" });
      await adopted.apply();
      expect(await parameters(stackName)).toEqual({ image: VALUE, names: "other" });
    });

    test("fails to destroy it, and to take another stack in its place", async () => {
      const destroy = await adopted.try(["destroy", "-no-color", "-auto-approve"]);
      expect([destroy.status, destroy.output]).toEqual([1, expect.stringContaining("Instance cannot be destroyed")]);
      const another = await vendorStack();
      rewrite(adopted, called(inputs({ stack_name: another }), false));
      expect(await adopted.refusal()).toContain(
        `The stack ${another} is ${(await current(another)).StackId ?? ""}, but Terraform's state has the former values of ${(await current(stackName)).StackId ?? ""}.`,
      );
    });

    test.each([
      ["the AWS CLI's strategy", "Instance cannot be destroyed", {}],
      [
        "that beside a removed block",
        "Removed resource still exists",
        { removed: [{ from: `${CONNECTOR}.${ADOPTED}`, lifecycle: { destroy: false } }] },
      ],
    ])("fails the plan for %s, and deletes nothing when it is destroyed", async (_, message, blocks) => {
      rewrite(adopted, { ...called(inputs({ strategy: AWS_CLI })), ...blocks });
      expect(await adopted.refusal()).toContain(message);
      expect((await adopted.try(["destroy", "-no-color", "-auto-approve"])).status).toBe(1);
      expect(operationsOn(stackName, "DeleteStack").length).toBe(0);
    });

    test("RESTORE gives the parameter its former value, and nothing else changes", async () => {
      rewrite(adopted, called(inputs({ action: OverrideAction.RESTORE })));
      expect(await adopted.changes()).toEqual({ [INSTANCE]: "update" });
      await adopted.apply();
      expect(await parameters(stackName)).toEqual({ image: "", names: "other" });
      expect(await adopted.isUpToDate()).toBe(true);
      expect(JSON.parse(await adopted.run(["output", "-json", "previous"]))).toEqual({ image: "" });
    });

    test("a removed block makes Terraform forget the stack; without it, and with a destroy before it is applied, Terraform would delete the stack", async () => {
      rewrite(adopted, configuration());
      expect((await adopted.changes())[INSTANCE]).toBe("delete");
      rewrite(adopted, FORGOTTEN);
      await adopted.run(["plan", "-destroy", "-no-color", "-out=tfplan"]);
      const destroy = JSON.parse(await adopted.run(["show", "-json", "tfplan"])) as Parameters<typeof changesOf>[0];
      expect(changesOf(destroy)[INSTANCE]).toBe("delete");

      const before = operationsOn(stackName, "UpdateStack").length;
      await adopted.apply();
      expect((await adopted.run(["state", "list"])).trim()).toBe("");
      expect([operationsOn(stackName, "UpdateStack").length, operationsOn(stackName, "DeleteStack").length]).toEqual([
        before,
        0,
      ]);
      expect(await parameters(stackName)).toEqual({ image: "", names: "other" });
    });

    test("once the state has forgotten it, the AWS CLI updates it, with the former values still known", async () => {
      const name = await vendorStack();
      const switched = await workspace(called({ stack_name: name, parameters: { image: VALUE } }));
      await switched.apply();
      await switched.run(["state", "rm", `${CONNECTOR}.${ADOPTED}`]);
      const inputs: Inputs = {
        stack_name: name,
        parameters: { image: VALUE },
        strategy: AWS_CLI,
        action: OverrideAction.RESTORE,
      };
      rewrite(switched, called(inputs, true));
      expect(await switched.refusal()).toContain("Configuration for import target does not exist");
      rewrite(switched, called(inputs));
      expect(await switched.changes()).toEqual({ [UPDATE]: "create" });
      await switched.apply();
      expect(await parameters(name)).toEqual({ image: "", names: "long" });
    });
  });

  test.concurrent(
    "by the AWS CLI: sets parameters, keeps all else, warns, restores, and leaves nothing behind when the call is deleted",
    async () => {
      const stackName = await vendorStack({
        TemplateBody: vendorTemplate({ parameters: SECRET, resource: NAMED_ROLE }),
        Parameters: [
          { ParameterKey: "names", ParameterValue: "long" },
          { ParameterKey: "secret", ParameterValue: "swordfish" },
        ],
        Capabilities: [...NAMED_IAM],
      });
      const inputs: Inputs = { stack_name: stackName, parameters: { image: VALUE, names: "a b" }, strategy: AWS_CLI };
      const made = await workspace(called(inputs));
      await made.apply();
      expect(await parameters(stackName)).toEqual({ image: VALUE, names: "a b", secret: "****" });
      expect(operationsOn(stackName, "UpdateStack").at(-1)).toMatchObject({
        input: {
          UsePreviousTemplate: "true",
          Parameters: [
            { ParameterKey: "secret", UsePreviousValue: "true" },
            { ParameterKey: "image", ParameterValue: VALUE },
            { ParameterKey: "names", ParameterValue: "a b" },
          ],
        },
      });
      expect(await made.isUpToDate()).toBe(true);

      const updates = operationsOn(stackName, "UpdateStack").length;
      const again = ["apply", "-no-color", "-auto-approve", `-replace=${UPDATE}`];
      expect(await made.run(again)).toContain("The parameters are as declared already.");
      expect(operationsOn(stackName, "UpdateStack").length).toBe(updates);

      await (await workspace(called({ ...inputs, parameters: { image: "theirs" } }))).apply();
      const plan = await made.run(["plan", "-no-color"]);
      expect(plan.replace(/[│╷╵\s]+/g, " ")).toContain(
        `Somebody has changed these parameters of the stack ${stackName} since: image.`,
      );
      await made.run(again);
      expect(await parameters(stackName)).toMatchObject({ image: VALUE });

      rewrite(made, called({ ...inputs, action: OverrideAction.RESTORE }));
      await made.apply();
      expect(await parameters(stackName)).toEqual({ image: "", names: "long", secret: "****" });
      rewrite(made, configuration());
      await made.apply();
      expect((await made.run(["state", "list"])).trim()).toBe("");
      expect(operationsOn(stackName, "DeleteStack").length).toBe(0);
    },
  );

  describe("beside the construct", () => {
    let subject: Subject;
    const URL = "https://templates.s3.us-east-1.amazonaws.com/vendor.json?versionId=3";

    beforeAll(() => {
      subject = { module: MODULE, region: REGION, aws };
    });

    /** A declaration as the construct's props and as the module's inputs, with the import that both need. */
    function bothForms(props: StackParameterOverrideProps): Declaration {
      const adopts = props.strategy !== AWS_CLI;
      return {
        construct: (stack) =>
          new StackParameterOverride(stack, "override", { ...props, ...(adopts ? { importBlock: false } : {}) }),
        inputs: Object.fromEntries(Object.entries(props).map(([name, value]) => [snakeCase(name), value as unknown])),
        imports: adopts ? { construct: ADOPTED, module: `${ADOPTED}[0]`, id: props.stackName } : undefined,
      };
    }

    test("plans the same change of the same stack, for declarations of all kinds", async () => {
      const names = [await vendorStack(), await vendorStack({ Tags: [{ Key: "vendor", Value: "acme" }] })];
      const value = fc.constantFrom(VALUE, "short", 'a "b" \\c', "x\n", "%", "1", "true", "{}");
      const given = fc.record(
        {
          stackName: fc.constantFrom(...names),
          parameters: fc.oneof(
            fc.record({ image: value }),
            fc.record({ names: value }),
            fc.record({ image: value, names: value }),
          ),
          strategy: fc.constantFrom(ADOPT, AWS_CLI),
          capabilities: fc.constant<string[]>(["CAPABILITY_AUTO_EXPAND"]),
          questionMarksAreGenuine: fc.boolean(),
          updateTimeoutInMinutes: fc.constantFrom(1, 90),
          templateUrl: fc.constant(URL),
        },
        { requiredKeys: ["stackName", "parameters"] },
      );
      const declarations = fc
        .sample(given, { numRuns: 36, seed: 20_26 })
        .map(({ templateUrl, capabilities, questionMarksAreGenuine, ...others }) =>
          others.strategy === AWS_CLI ? others : { ...others, templateUrl, capabilities, questionMarksAreGenuine },
        );
      const pairs = await planBoth(subject, declarations.map(bothForms));
      for (const [index, { construct, module }] of pairs.entries()) {
        const declaration = declarations[index];
        expect({ declaration, planned: module }).toEqual({ declaration, planned: construct });
      }
      const types = pairs.flatMap(({ module }) => module.map(({ type }) => type));
      expect(new Set(types)).toEqual(new Set(["aws_cloudformation_stack", "terraform_data"]));
      expect(types.length).toBeGreaterThan(72);
    });

    test("refuses what the construct refuses, by the same rules", async () => {
      const good: StackParameterOverrideProps = { stackName: "vendor", parameters: { image: VALUE } };
      const bad: { readonly [fault: string]: object } = {
        "an ARN for a name": { stackName: "arn:aws:cloudformation:us-east-1:111122223333:stack/vendor/1" },
        "a name of 129 characters": { stackName: "v".repeat(129) },
        "no name": { stackName: "" },
        "no parameters": { parameters: {} },
        "a parameter with a hyphen": { parameters: { "ecr-public": "x" } },
        "a parameter's name of 256 characters": { parameters: { ["n".repeat(256)]: "x" } },
        "an empty value": { parameters: { image: "" } },
        "a blank value": { parameters: { image: " \n\t" } },
        "no value": { parameters: { image: null } },
        "a value of 4097 bytes": { parameters: { image: `${"é".repeat(2048)}x` } },
        "a control character": { parameters: { image: "a\u0007b" } },
        "an access token": { parameters: { image: "ghp_0123456789abcdefghij" } },
        "an access token in capitals, in other text": { parameters: { image: "x:XOXB-aaaaaaaaaaaaaaaaaaaaaaa1" } },
        "two values at fault": { parameters: { image: "", names: "glpat-0123456789abcdefghij" } },
        "a strategy that is none": { strategy: "cli" },
        "a stack of a stack set": { stackName: "StackSet-agent-0a1b" },
        "a capability that is none": { capabilities: ["CAPABILITY_ADMIN"] },
        "no time for an update": { updateTimeoutInMinutes: 0 },
        "half a minute for an update": { updateTimeoutInMinutes: 0.5 },
        "a template's URL that is not S3's": { templateUrl: "https://example.com/template.yaml" },
        "a signed URL": { templateUrl: "https://b.s3.amazonaws.com/t?X-Amz-Signature=abc" },
      };
      const declarations = Object.values(bad).map((props) => bothForms({ ...good, ...props }));
      const refusals = await refuseBoth(subject, declarations);
      const named = (side: "construct" | "module"): object =>
        Object.fromEntries(Object.keys(bad).map((fault, index) => [fault, refusals[index]?.[side]] as const));
      expect(named("module")).toEqual(named("construct"));
    });

    test("fails the plan where the construct does, in the same words but for what to do", async () => {
      const url = "https://templates.s3.us-east-1.amazonaws.com/large.json";
      aws.cloudFormation.putObject(url, vendorTemplate({ bytes: 51_201 }));
      const limited = { ...SECRET, image: { Type: "String", Default: "", AllowedPattern: "[a-z]*" } };
      const secret = [{ ParameterKey: "secret", ParameterValue: "swordfish" }];
      const [plain, hidden, large, allowing] = [
        await vendorStack(),
        await vendorStack({ TemplateBody: vendorTemplate({ parameters: SECRET }), Parameters: secret }),
        await vendorStack({ TemplateBody: undefined, TemplateURL: url }),
        await vendorStack({ TemplateBody: vendorTemplate({ parameters: limited }), Parameters: secret }),
      ];
      const bad: { readonly [fault: string]: StackParameterOverrideProps } = {
        "a parameter that the template lacks": { stackName: plain, parameters: { imgae: VALUE } },
        "a stack with NoEcho parameters": { stackName: hidden, parameters: { image: VALUE } },
        "a template of 51,201 bytes": { stackName: large, parameters: { image: VALUE } },
        "a value that is not allowed, and NoEcho": { stackName: allowing, parameters: { image: "9" } },
        "restored before it is set": { stackName: plain, parameters: { image: VALUE }, action: OverrideAction.RESTORE },
        "the AWS CLI: restored before it is set": {
          stackName: plain,
          parameters: { image: VALUE },
          strategy: AWS_CLI,
          action: OverrideAction.RESTORE,
        },
        "the AWS CLI: a parameter that the template lacks": {
          stackName: plain,
          parameters: { imgae: VALUE },
          strategy: AWS_CLI,
        },
        "the AWS CLI: a NoEcho parameter": { stackName: hidden, parameters: { secret: "guppy" }, strategy: AWS_CLI },
        "the AWS CLI: a value that is not allowed": {
          stackName: allowing,
          parameters: { image: "9" },
          strategy: AWS_CLI,
        },
      };
      const failures = await failBoth(subject, Object.values(bad).map(bothForms));
      const named = (side: "construct" | "module"): { readonly [fault: string]: string[] } =>
        Object.fromEntries(
          Object.keys(bad).map((fault, index) => [
            fault,
            (failures[index]?.[side] ?? []).map((message) => message.replace(/(\. [A-Z]|\.$).*/s, "")),
          ]),
        );
      expect(named("module")).toEqual(named("construct"));
      expect(Object.values(named("module")).map((messages) => messages.length)).toEqual([1, 1, 1, 2, 1, 1, 1, 1, 1]);
    });

    test("fails on inputs that only an adopted stack takes, as the construct does", async () => {
      const props = { stackName: await vendorStack(), parameters: { image: VALUE }, strategy: AWS_CLI };
      const ofAdopted = [{ templateUrl: URL }, { capabilities: ["CAPABILITY_IAM"] }, { questionMarksAreGenuine: true }];
      const rule = "not be set with the strategy AWS_CLI";
      expect(
        await refuseBoth(
          subject,
          ofAdopted.map((given) => bothForms({ ...props, ...given })),
        ),
      ).toEqual(ofAdopted.map(() => ({ construct: [rule], module: [rule] })));
    });
  });
});
