// A vendor's CloudFormation stack says where its agent pulls images from: that one parameter is changed, and nothing else.
// Creates: nothing in AWS; Terraform adopts the stack acme-agent, which must exist, and cannot destroy it.
// Run: npx tsx examples/vendor-stack/main.ts, then terraform init and plan in cdktf.out/stacks/vendor-stack.
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { OverrideStrategy, StackParameterOverride } from "cdktf-ecr-pull-through-cache";

const app = new App();
const stack = new TerraformStack(app, "vendor-stack");
new AwsProvider(stack, "aws", { region: "eu-west-1" });
new LocalBackend(stack, { path: "../../../terraform.vendor-stack.tfstate" });

const override = new StackParameterOverride(stack, "agent", {
  stackName: "acme-agent",
  parameters: { imageRegistry: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/quay" },
  strategy: OverrideStrategy.ADOPT, // AWS_CLI where the stack has NoEcho parameters
});

new TerraformOutput(stack, "former-registry", { value: override.previousValue("imageRegistry") });

app.synth();
