import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

const ID = "terraform-version-constraint";

/**
 * Makes a stack insist on Terraform 1.11, the first with write-only arguments and with S3's own state lock,
 * so that an older one says so in a sentence. A `required_version` that the stack overrides itself wins. In HCL, which
 * cdktf cannot write it in, there is none.
 */
export function requireTerraform111(scope: Construct): void {
  const stack = TerraformStack.of(scope);
  if (stack.node.tryFindChild(ID) === undefined) {
    new TerraformVersionConstraint(stack, ID);
  }
}

class TerraformVersionConstraint extends TerraformElement {
  public override toTerraform(): object {
    return { terraform: { required_version: ">= 1.11.0" } };
  }
}
