import { TerraformElement, TerraformStack } from "cdktf";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

/**
 * An `import` block. cdktf's own `importFrom` runs Terraform when the app is synthesized.
 */
export class ImportBlock extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly block: { readonly to: string; readonly id: string; readonly provider?: TerraformProvider },
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    const { to, id, provider } = this.block;
    return { import: [{ to, id, ...(provider === undefined ? {} : { provider: provider.fqn }) }] };
  }

  public override toHclTerraform(): object {
    const { to, id, provider } = this.block;
    const reference = (value: string): object => ({ value, type: "simple", storageClassType: "reference" });
    return {
      import: [
        {
          to: reference(to),
          id: { value: id, type: "simple", storageClassType: "string" },
          ...(provider === undefined ? {} : { provider: reference(provider.fqn) }),
        },
      ],
    };
  }
}

/** Has Terraform forget a resource, if its state holds it, and leave the thing itself as it is. */
export class RemovedBlock extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly from: string,
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    return { removed: [{ from: this.from, lifecycle: { destroy: false } }] };
  }

  public override toHclTerraform(): object {
    // Left out, it would have Terraform destroy what it must only forget.
    throw new Error(
      `${TerraformStack.of(this).node.path}: cdktf cannot write a removed block in HCL, and without it Terraform would destroy ${this.from}; synthesize this stack to JSON`,
    );
  }
}

/** A `check` block: what does not hold is a warning of every plan and apply. */
export class CheckBlock extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly name: string,
    private readonly assertion: { readonly condition: string; readonly errorMessage: string },
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    const { condition, errorMessage } = this.assertion;
    return { check: { [this.name]: { assert: [{ condition, error_message: errorMessage }] } } };
  }
}
