import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";

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
