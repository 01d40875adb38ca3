import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { OverrideAction, OverrideStrategy, StackParameterOverride } from "cdktf-ecr-pull-through-cache";
import type { StackParameterOverrideProps } from "cdktf-ecr-pull-through-cache";
import { describeStack, startUpdate } from "../../local-aws/cloudformation/vendor-stacks";
import type { LoggedRequest } from "../../local-aws/server";
import { HERE, isAbout, overriding } from "../../support/overriding";
import { stackIn, synthesized } from "../../support/synthesis";
import { temporaryFolder } from "../../support/temporary-folder";
import { configuration, describeWithTerraform } from "../../support/terraform";
import type { Workspace } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "eu-west-1";
const VALUE = "{{account_id}}.dkr.ecr.{{region}}.amazonaws.com/ecr-public";
const TEMPLATE = JSON.stringify({
  Parameters: {
    image: { Type: "String", Default: "" },
    note: { Type: "String", Default: "none" },
    secret: { Type: "String", NoEcho: true },
  },
  Resources: { Role: { Type: "AWS::IAM::Role", Properties: { RoleName: "vendor" } } },
});

// Tests that run at once start before the hooks of their block.
const aws = useLocalAws();
const { parameters, ...made } = overriding(aws, { ...HERE, region: REGION });

describeWithTerraform("a stack with NoEcho parameters, updated by the AWS CLI", () => {
  const vendorStack = (): Promise<string> =>
    made.vendorStack({
      TemplateBody: TEMPLATE,
      Parameters: [
        { ParameterKey: "note", ParameterValue: "ours" },
        { ParameterKey: "secret", ParameterValue: "swordfish" },
      ],
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Tags: [{ Key: "vendor", Value: "acme" }],
    });

  function json(props: Omit<StackParameterOverrideProps, "strategy">): object {
    const stack = stackIn(REGION);
    new StackParameterOverride(stack, "override", { ...props, strategy: OverrideStrategy.AWS_CLI });
    return synthesized(stack);
  }

  const override = (props: Omit<StackParameterOverrideProps, "strategy">): Promise<Workspace> =>
    made.workspace(json(props));

  const updates = (stackName: string): LoggedRequest[] => made.asked(stackName, "UpdateStack");

  test.concurrent("changes what is named, and says of everything else that it stays as it was", async () => {
    const stackName = await vendorStack();
    const workspace = await override({ stackName, parameters: { image: VALUE } });
    const before = updates(stackName).length;
    expect(await workspace.apply()).not.toContain("Somebody has changed");
    expect(updates(stackName).slice(before)).toMatchObject([
      {
        errorCode: undefined,
        input: {
          UsePreviousTemplate: "true",
          Parameters: [
            { ParameterKey: "note", UsePreviousValue: "true" },
            { ParameterKey: "secret", UsePreviousValue: "true" },
            { ParameterKey: "image", ParameterValue: VALUE },
          ],
        },
      },
    ]);
    expect(await describeStack(aws, { region: REGION }, stackName)).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Tags: [{ Key: "vendor", Value: "acme" }],
    });
    expect(await parameters(stackName)).toEqual({ image: VALUE, note: "ours", secret: "****" });
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test.concurrent("does nothing when the value is right already", async () => {
    const stackName = await vendorStack();
    const workspace = await override({ stackName, parameters: { image: VALUE } });
    await workspace.apply();
    const before = updates(stackName).length;
    await workspace.apply();
    const output = await workspace.run(["apply", "-no-color", "-auto-approve", "-replace=terraform_data.update"]);
    expect(output).toContain("The parameters are as declared already.");
    expect(updates(stackName)).toHaveLength(before);
  });

  test.concurrent("warns when somebody else has changed the value since, and sets it again when told to", async () => {
    const stackName = await vendorStack();
    const workspace = await override({ stackName, parameters: { image: VALUE } });
    await workspace.apply();
    const other = await override({ stackName, parameters: { image: "theirs" } });
    await other.apply();
    const plan = await workspace.run(["plan", "-no-color"]);
    expect(plan.replace(/[│╷╵\s]+/g, " ")).toContain(
      `Somebody has changed these parameters of the stack ${stackName} since: image. To set them again: terraform apply -replace=terraform_data.update`,
    );
    await workspace.run(["apply", "-no-color", "-auto-approve", "-replace=terraform_data.update"]);
    expect(await parameters(stackName)).toMatchObject({ image: VALUE });
    expect(await workspace.run(["plan", "-no-color"])).not.toContain("Warning");
  });

  test.concurrent(
    "restores former values, empty ones as well, and does not change the stack when the override is deleted",
    async () => {
      const stackName = await vendorStack();
      const props = { stackName, parameters: { image: VALUE, note: "changed" } };
      const workspace = await override(props);
      await workspace.apply();
      workspace.write("main.tf.json", JSON.stringify(json({ ...props, action: OverrideAction.RESTORE })));
      await workspace.apply();
      expect(await parameters(stackName)).toEqual({ image: "", note: "ours", secret: "****" });
      expect(await workspace.isUpToDate()).toBe(true);
      const before = updates(stackName).length;
      expect((await workspace.try(["destroy", "-no-color", "-auto-approve"])).output).toContain("cannot be destroyed");
      workspace.write("main.tf.json", JSON.stringify(configuration()));
      await workspace.apply();
      expect(await workspace.isUpToDate()).toBe(true);
      expect(updates(stackName)).toHaveLength(before);
      expect(await parameters(stackName)).toEqual({ image: "", note: "ours", secret: "****" });
    },
  );

  test.concurrent("fails the plan for another stack than the one whose values are remembered", async () => {
    const [first, second] = [await vendorStack(), await vendorStack()];
    const workspace = await override({ stackName: first, parameters: { image: VALUE } });
    await workspace.apply();
    workspace.write("main.tf.json", JSON.stringify(json({ stackName: second, parameters: { image: VALUE } })));
    expect(await workspace.refusal()).toContain(
      `The stack ${second} is ${(await describeStack(aws, { region: REGION }, second)).StackId ?? ""}, but Terraform's state has the former values of ${(await describeStack(aws, { region: REGION }, first)).StackId ?? ""}.`,
    );
  });

  test.concurrent("waits for what is under way, whatever it is", async () => {
    const stackName = await vendorStack();
    const workspace = await override({ stackName, parameters: { image: VALUE } });
    const { StackId = "" } = await describeStack(aws, { region: REGION }, stackName);
    aws.cloudFormation.rollBackNextUpdate(StackId, "theirs", 8_000);
    await startUpdate(aws, { region: REGION }, stackName, { note: "theirs" });
    await workspace.apply();
    expect(await parameters(stackName)).toEqual({ image: VALUE, note: "ours", secret: "****" });
  });

  test.concurrent("tells a newline at the end of a value from none", async () => {
    const stackName = await vendorStack();
    const workspace = await override({ stackName, parameters: { image: "v\n" } });
    await workspace.apply();
    workspace.write("main.tf.json", JSON.stringify(json({ stackName, parameters: { image: "v" } })));
    await workspace.apply();
    expect(await parameters(stackName)).toMatchObject({ image: "v" });
  });

  test.concurrent(
    "fails loudly when the update is rolled back, with the reason, and converges when it is run again",
    async () => {
      const stackName = await vendorStack();
      const workspace = await override({ stackName, parameters: { image: VALUE } });
      const { StackId = "" } = await describeStack(aws, { region: REGION }, stackName);
      aws.cloudFormation.rollBackNextUpdate(StackId, "the image cannot be pulled");
      const { status, output } = await workspace.try(["apply", "-no-color", "-auto-approve"]);
      expect(status).toBe(1);
      expect(output).toMatch(
        /did not complete, and the stack is now UPDATE_ROLLBACK_COMPLETE:.*the image cannot be pulled/,
      );
      expect(await parameters(stackName)).toMatchObject({ image: "" });
      await workspace.apply();
      expect(await parameters(stackName)).toMatchObject({ image: VALUE });
      expect(await workspace.isUpToDate()).toBe(true);
    },
  );

  test.concurrent("fails loudly when AWS refuses the update", async () => {
    const stackName = await vendorStack();
    const workspace = await override({ stackName, parameters: { image: VALUE } });
    aws.refuseOnce({
      operation: "UpdateStack",
      code: "AccessDenied",
      when: (input) => isAbout(stackName, input),
    });
    const { status, output } = await workspace.try(["apply", "-no-color", "-auto-approve"]);
    expect([status, output]).toEqual([1, expect.stringContaining("An error occurred (AccessDenied)")]);
  });

  test.concurrent("fails the plan for a NoEcho parameter, whose value the state would contain", async () => {
    const workspace = await override({ stackName: await vendorStack(), parameters: { secret: "guppy" } });
    expect(await workspace.refusal()).toContain("Terraform's state would contain their values: secret.");
  });

  test.concurrent("says what is missing where there is no AWS CLI", async () => {
    const workspace = await override({ stackName: await vendorStack(), parameters: { image: VALUE } });
    const tools = temporaryFolder();
    const terraform = execFileSync("/bin/sh", ["-c", "command -v terraform"], { encoding: "utf8" }).trim();
    fs.symlinkSync(terraform, path.join(tools, "terraform"));
    const { status, output } = await workspace.try(["apply", "-no-color", "-auto-approve"], { PATH: tools });
    expect([status, output]).toEqual([1, expect.stringContaining("The AWS CLI is not on PATH")]);
  });
});
