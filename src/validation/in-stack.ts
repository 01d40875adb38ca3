import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Faults } from "./validation-errors";

/** Records and throws that a construct is outside of a stack: what else is checked asks its stack. */
export function checkInStack(faults: Faults, construct: Construct, wayOut: string): void {
  if (!construct.node.scopes.some((scope) => TerraformStack.isStack(scope))) {
    faults.add("scope", "be a stack or in one", construct.node.scope?.node.path ?? "nothing", wayOut);
    faults.throwAndRemove(construct);
  }
}
