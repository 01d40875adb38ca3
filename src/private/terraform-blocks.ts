import { TerraformElement } from "cdktf";
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
}

/** A `check` block, named after its place: what does not hold is a warning of every plan and apply. */
export class CheckBlock extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly assertion: { readonly condition: string; readonly errorMessage: string },
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    const { condition, errorMessage } = this.assertion;
    return { check: { [this.friendlyUniqueId]: { assert: [{ condition, error_message: errorMessage }] } } };
  }
}

/** Writes nothing, and keeps its stack from being written in HCL. */
export class JsonOnly extends TerraformElement {
  public constructor(
    scope: Construct,
    id: string,
    private readonly reason: string,
  ) {
    super(scope, id);
  }

  public override toTerraform(): object {
    return {};
  }

  public override toHclTerraform(): object {
    throw new Error(
      `${this.node.scope?.node.path ?? ""}: \`hclOutput\` must not be set in an app with this construct, got true; synthesize to JSON: ${this.reason}`,
    );
  }
}
