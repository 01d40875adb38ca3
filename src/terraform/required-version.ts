import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

const ID = "terraform-version-constraint";

/** Terraform 1.5 has `check` blocks, 1.7 `removed` blocks, 1.11 write-only arguments and S3's own state lock. */
export type TerraformMinor = 5 | 7 | 11;

/**
 * Makes a stack insist on a Terraform that can read it, so that an older one says so in a sentence. A
 * `required_version` that the stack overrides itself wins. In HCL, which cdktf cannot write it in, there is none.
 */
export function requireTerraform(scope: Construct, minor: TerraformMinor): void {
  const stack = TerraformStack.of(scope);
  const existing = stack.node.children.find((child) => child instanceof TerraformVersionConstraint);
  // The id is part of no address, and the caller may have taken it.
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
