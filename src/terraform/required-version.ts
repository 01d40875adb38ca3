import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

const ID = "terraform-version-constraint";

/** Terraform 1.5 has `check` blocks, 1.7 `removed` blocks, 1.11 write-only arguments and S3's own state lock. */
export type TerraformMinor = 5 | 7 | 11;

/**
 * Sets the `required_version` of a stack, so that an older Terraform fails with a clear message. An override of the stack
 * takes precedence. HCL output has none, since cdktf cannot write it.
 */
export function requireTerraform(scope: Construct, minor: TerraformMinor): void {
  const stack = TerraformStack.of(scope);
  const existing = stack.node.children.find((child) => child instanceof TerraformVersionConstraint);
  // The caller may have used the id. It is not part of any address.
  const id = stack.node.tryFindChild(ID) === undefined ? ID : `${ID}-of-pull-through-caches`;
  (existing ?? new TerraformVersionConstraint(stack, id)).atLeast(minor);
}

class TerraformVersionConstraint extends TerraformElement {
  private minor = 0;

  public atLeast(minor: number): void {
    this.minor = Math.max(this.minor, minor);
  }

  public override toTerraform(): object {
    return { terraform: { required_version: `>= 1.${this.minor}.0` } };
  }
}
