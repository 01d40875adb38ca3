import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";
import { fail } from "./validation-errors";

/** An element that writes nothing to JSON, and throws when its stack is synthesized to HCL. */
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
    const place = this.node.scope?.node.path ?? "";
    fail(place, "hclOutput", "not be set in an app with this construct", true, `synthesize to JSON: ${this.reason}`);
  }
}
